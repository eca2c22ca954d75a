"""The practice room: a channel like any other, whose platform is practice.db.

What a person posts is kept first, then handed to Huying, whose answers are shown in the chats. Both halves may be
repeated: a message has one uid in Huying's inbox, an outgoing row is shown once. A crash in between is made good when the
client tries again with the same id, or by `resume` at the next start.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import uuid
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bots.channel import Rendered, TransportError
from bots.practice.clock import PracticeClock
from bots.practice.store import PracticeStore
from bots.practice.values import CAPABILITIES, Delivery, Intake, Message, RoomChat, RoomPerson, message_uid, press_uid
from core.errors import Refused
from core.messages import ChatKind, Incoming, Photo, Press
from core.privacy import clean

logger = logging.getLogger(__name__)

AT_ONCE = 200  # messages of one answer to a poll


class Bot(Protocol):
    """Huying, as the practice room sees it."""

    async def answer(self, incoming: Incoming) -> Sequence[tuple[int, Rendered]]:
        """What is to be said now in the chat of the message: each outgoing row, in words, committed; the same for the same message.

        Nothing at all for what is not addressed to the bot.
        """
        ...

    async def said(self, receipts: Mapping[int, str]) -> None:
        """Those outgoing rows of an answer are shown, as the messages of these ids."""
        ...

    async def stage_photo(self, data: bytes) -> Photo:
        """Store the picture, drawn anew. Raises Refused `photo_unreadable` or `photo_too_large`."""
        ...

    async def settle_due(self, until: datetime) -> None:
        """Do everything that falls due by then, moving the clock to each moment; returns when it is done and delivered."""
        ...

    def media_path(self, name: str) -> Path: ...


@dataclass(frozen=True, slots=True)
class Post:
    """What a client asks to be said. `id` is the client's own, "" for none; `reply_to` the id of a message in the chat."""

    chat: str
    sender: str
    text: str
    photos: tuple[bytes, ...] = ()
    id: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class ButtonPress:
    chat: str
    sender: str
    message: str
    choice: str
    id: str = ""


class PracticeRoom:
    """The room, open. `connect` gives it the bot before anything is posted."""

    def __init__(self, store: PracticeStore, clock: PracticeClock, bot_name: str) -> None:
        self.clock = clock
        self._store, self._bot_name = store, bot_name
        self._bot: Bot | None = None
        self._running: dict[str, tuple[str, asyncio.Task[Sequence[Message]]]] = {}
        self._news: dict[
            str, asyncio.Event
        ] = {}  # of the chats somebody waits at; set, and gone, when something is new
        self._moving = asyncio.Lock()
        self._closing = False

    @property
    def bot(self) -> Bot:
        if self._bot is None:
            raise RuntimeError("the practice room is not connected to a bot")
        return self._bot

    def connect(self, bot: Bot) -> None:
        self._bot = bot

    async def resume(self) -> int:
        """Answer what was kept before the process died and never answered; returns how many."""
        waiting = await self._store.unanswered()
        for intake in waiting:
            try:
                await self._once(intake.uid, intake.digest, self._answer(intake))
            except Exception:
                logger.exception("resume failed chat=%s", intake.chat)
        return len(waiting)

    async def close(self) -> None:
        """Let the long polls go, finish what is being answered, write down the time."""
        self.stop_polls()
        await asyncio.gather(*(task for _, task in self._running.values()), return_exceptions=True)
        await self.clock.keep()

    # ---- what people do

    async def post(self, post: Post) -> tuple[str, Sequence[Message]]:
        """Say it; returns the message's id and the bot's messages in this chat caused by it.

        Raises Refused unknown_chat, unknown_person, not_in_chat, unknown_message, empty_message, other_body, photo_….
        """
        await self._check_sender(post.chat, post.sender)
        id = post.id or uuid.uuid4().hex
        uid = message_uid(post.chat, post.sender, id)
        prints = await asyncio.to_thread(_fingerprints, post.photos) if post.photos else []
        digest = _digest(post.text, prints, post.reply_to)
        return id, await self._once(uid, digest, self._post(post, id, uid, digest))

    async def press(self, press: ButtonPress) -> Sequence[Message]:
        """Press a button of the bot's; returns the bot's messages in this chat caused by it.

        Raises Refused unknown_chat, unknown_person, not_in_chat, unknown_message, unknown_choice, other_body.
        """
        await self._check_sender(press.chat, press.sender)
        id = press.id or uuid.uuid4().hex
        digest = _digest(press.chat, press.sender, press.message, press.choice)
        return await self._once(press_uid(id), digest, self._press(press, id, digest))

    async def _post(self, post: Post, id: str, uid: str, digest: str) -> Sequence[Message]:
        intake = await self._store.taken(uid) if post.id else None
        if intake is None:
            text = clean(post.text)
            if not text.strip() and not post.photos:
                raise Refused("empty_message")
            reply_to = None
            if post.reply_to:
                target = await self._message(post.chat, post.reply_to)
                reply_to = target.outgoing
            photos = await asyncio.gather(*(self.bot.stage_photo(photo) for photo in post.photos))
            intake = await self._store.take(
                Intake(uid, id, post.chat, post.sender, digest, self.clock.now(), text, tuple(photos), reply_to)
            )
            self._tell(post.chat)
        return await self._answer_same(intake, digest)

    async def _press(self, press: ButtonPress, id: str, digest: str) -> Sequence[Message]:
        uid = press_uid(id)
        intake = await self._store.taken(uid)
        if intake is None:
            message = await self._message(press.chat, press.message)
            if message.outgoing is None:
                raise Refused("unknown_message")
            if press.choice not in dict(message.choices):
                raise Refused("unknown_choice")
            pressed = Press(message.outgoing, press.choice)
            intake = await self._store.take(
                Intake(uid, id, press.chat, press.sender, digest, self.clock.now(), press=pressed)
            )
        return await self._answer_same(intake, digest)

    async def _answer_same(self, intake: Intake, digest: str) -> Sequence[Message]:
        if intake.digest != digest:
            raise Refused("other_body")
        return await self._answer(intake)

    async def _answer(self, intake: Intake) -> Sequence[Message]:
        if intake.answered:
            return await self._store.caused_by(intake.uid, intake.chat)
        answers = await self.bot.answer(intake.incoming(self._bot_name))
        deliveries = [Delivery(outgoing, intake.chat, rendered) for outgoing, rendered in answers]
        shown = await self._deliver(deliveries, cause=intake.uid)
        if shown:
            await self.bot.said({outgoing: message.id for outgoing, message in shown.items()})
        return sorted((one for one in shown.values() if one.chat == intake.chat), key=lambda one: one.seq)

    async def _once(self, uid: str, digest: str, work: Coroutine[None, None, Sequence[Message]]) -> Sequence[Message]:
        """Run the work in a task of its own, which goes on when the client leaves; who comes meanwhile waits for it."""
        running = self._running.get(uid)
        if running is not None:
            work.close()
            if running[0] != digest:
                raise Refused("other_body")
            return await asyncio.shield(running[1])
        task = asyncio.create_task(work)
        self._running[uid] = (digest, task)
        task.add_done_callback(lambda done: self._done(uid, done))
        return await asyncio.shield(task)

    def _done(self, uid: str, task: asyncio.Task[Sequence[Message]]) -> None:
        del self._running[uid]
        if not task.cancelled():
            task.exception()  # told to whoever waits for it; nobody may be left

    async def _check_sender(self, chat: str, sender: str) -> None:
        if await self._store.is_member(chat, sender):
            return
        await self.check_chat(chat)
        await self.check_person(sender)
        raise Refused("not_in_chat")

    async def _message(self, chat: str, id: str) -> Message:
        message = await self._store.message(chat, id)
        if message is None:
            raise Refused("unknown_message")
        return message

    # ---- what Huying says: bots.channel.Transport

    capabilities = CAPABILITIES

    def weight(self, kind: ChatKind, rendered: Rendered) -> int:
        return 1

    async def deliver(
        self, outgoing: int, chat: str, rendered: Rendered, said: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        shown = await self._deliver([Delivery(outgoing, chat, rendered)])
        if outgoing not in shown:
            raise TransportError(f"there is no chat {chat!r} in the practice room", permanent=True)
        return (shown[outgoing].id,)

    async def was_delivered(self, outgoing: int) -> str | None:
        return await self._store.delivered(outgoing)

    async def _deliver(self, deliveries: Sequence[Delivery], cause: str | None = None) -> dict[int, Message]:
        shown = await self._store.deliver(deliveries, self.clock.now(), cause)
        for delivery in deliveries:
            if delivery.outgoing not in shown:
                logger.warning("no such chat in the practice room outgoing=%d", delivery.outgoing)
        for chat in {message.chat for message in shown.values()}:
            self._tell(chat)
        return shown

    # ---- what can be read

    async def add(self, people: Sequence[RoomPerson], chats: Sequence[RoomChat]) -> None:
        """More people and chats, or the same ones brought up to date."""
        await self._store.add(people, chats)

    async def people(self) -> tuple[RoomPerson, ...]:
        return await self._store.people()

    async def chats(self) -> tuple[RoomChat, ...]:
        return await self._store.chats()

    async def check_person(self, person: str) -> None:
        if not await self._store.is_person(person):
            raise Refused("unknown_person")

    async def check_chat(self, chat: str) -> None:
        if not await self._store.is_chat(chat):
            raise Refused("unknown_chat")

    async def latest(self) -> dict[str, Message]:
        """The newest message of every chat that has one."""
        return {message.chat: message for message in await self._store.latest()}

    async def messages(self, chat: str, after: int, wait: timedelta = timedelta()) -> tuple[Message, ...]:
        """At most 200 messages with a greater seq, waiting for the first one as long as `wait`."""
        await self.check_chat(chat)
        news = self._news.setdefault(chat, asyncio.Event())  # before looking, so that nothing slips through
        found = await self._store.messages(chat, after, AT_ONCE)
        if found or not wait or self._closing:
            return found
        try:
            await asyncio.wait_for(news.wait(), wait.total_seconds())
        except TimeoutError:
            return ()
        return await self._store.messages(chat, after, AT_ONCE)

    async def media(self, name: str) -> Path:
        """Where a picture lies that somebody showed in the room; raises Refused `unknown_media` for any other."""
        if not await self._store.has_media(name):
            raise Refused("unknown_media")
        return self.bot.media_path(name)

    def stop_polls(self) -> None:
        """Answer every long poll at once, now and from now on, so that the server can stop."""
        self._closing = True
        for chat in list(self._news):
            self._tell(chat)

    def _tell(self, chat: str) -> None:
        if news := self._news.pop(chat, None):
            news.set()

    # ---- what time it is

    async def advance(self, by: timedelta) -> datetime:
        """Move the clock forward and do all that falls due; returns the time it then is. Raises Refused clock_too_far."""
        async with self._moving:
            to = self.clock.moment(by)
            await self.bot.settle_due(to)  # which moves the clock from one due moment to the next
            await self.clock.set(to)
            return self.clock.now()


def _fingerprints(photos: Sequence[bytes]) -> list[str]:
    return [hashlib.sha256(photo).hexdigest() for photo in photos]


def _digest(*parts: str | list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
