"""What comes in from Telegram: messages, presses and what becomes of the bot in its chats, in the order of each chat."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from weakref import WeakValueDictionary

from telegram import Bot, LinkPreviewOptions
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError, TimedOut

from bots import membership
from bots.arrival import called_by_platform
from bots.house import House
from bots.telegram import callbacks, menus, wire
from bots.telegram.capabilities import CAPABILITIES
from bots.telegram.incoming import CHANNEL, Heard, Me, message, press
from core.commands import Word, parse
from core.errors import Refused
from core.messages import Audience, ChatKind, Choice, Incoming, Outgoing, Photo, Press, Reply
from core.people import Role
from storage.unit_of_work import Unit

logger = logging.getLogger(__name__)

ALBUM_S = 0.7  # how long the further pictures of an album are waited for
FETCHES = 3  # of a picture that does not come
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
PRESENT = frozenset({"member", "administrator", "restricted", "creator"})


class Huying(Protocol):
    """What the door needs of bots.app.Huying."""

    @property
    def house(self) -> House: ...
    async def take(self, incoming: Incoming) -> int | None: ...
    async def stage_photo(self, data: bytes) -> Photo: ...
    async def concerns_bot(self, incoming: Incoming) -> bool: ...


@dataclass(slots=True)
class Door:
    """`me` is known once Telegram said who we are; `album_s`: how long the further pictures of an album are waited for."""

    bot: Bot
    key: bytes
    huying: Huying
    me: Me
    album_s: float = ALBUM_S
    _locks: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _albums: dict[tuple[int, str], tuple[list[wire.Message], asyncio.Task[None]]] = field(default_factory=dict)
    _aside: set[asyncio.Task[None]] = field(default_factory=set)
    _menus: dict[str, Role] = field(default_factory=dict)

    async def handle(self, update: wire.Update) -> None:
        """One update, when what it causes is committed: the pictures of an album together, a chat's in their order.

        Raises what the database or the network raises: then it must come again.
        """
        said = update.message
        if said is None or not said.media_group_id:
            await self._in_order(_chat(update), self._one(update))
            return
        key = (said.chat.id, said.media_group_id)
        if key not in self._albums:
            self._albums[key] = ([], asyncio.create_task(self._album(key)))
        parts, whole = self._albums[key]
        if all(part.message_id != said.message_id for part in parts):
            parts.append(said)
        await asyncio.shield(whole)

    async def handle_all(self, updates: Sequence[wire.Update]) -> None:
        """Many updates: chats side by side, each in its order."""
        chats: dict[int, list[list[wire.Update]]] = {}
        for update in updates:
            jobs = chats.setdefault(_chat(update), [])
            if jobs and _album(update) and _album(update) == _album(jobs[-1][-1]):
                jobs[-1].append(update)
            else:
                jobs.append([update])
        await asyncio.gather(*(self._jobs(chat, jobs) for chat, jobs in chats.items()))

    async def can_write(self) -> bool:
        """Whether the database takes anything: what fails while it does not may be done later."""
        key, overall, clock = f"{CHANNEL}:{self.me.account}", CAPABILITIES.overall, self.huying.house.clock
        assert overall is not None
        try:
            await self.huying.house.db.run(lambda uow: uow.pace.hold(key, overall, clock.now()))
        except Exception as error:
            logger.warning("the database takes nothing: %s", type(error).__name__)
            return False
        return True

    async def quiet(self) -> None:
        """When what goes on beside the answers is done: buttons taken away, menus set."""
        while self._aside:
            await asyncio.gather(*self._aside)

    async def close(self) -> None:
        for task in [*self._aside, *(whole for _, whole in self._albums.values())]:
            task.cancel()
        await asyncio.gather(*self._aside, return_exceptions=True)

    # ---- one after another

    async def _jobs(self, chat: int, jobs: Sequence[Sequence[wire.Update]]) -> None:
        for job in jobs:
            parts = [update.message for update in job if update.message is not None]
            work = self._said(parts) if len(job) > 1 else self._one(job[0])
            await self._in_order(chat, work)

    async def _in_order(self, chat: int, work: Coroutine[Any, Any, None]) -> None:
        lock = self._locks.setdefault(chat, asyncio.Lock())
        async with lock:
            await work

    async def _album(self, key: tuple[int, str]) -> None:
        try:
            await asyncio.sleep(self.album_s)
        finally:
            parts, _ = self._albums.pop(key)
        await self._in_order(key[0], self._said(sorted(parts, key=lambda part: part.message_id)))

    async def _one(self, update: wire.Update) -> None:
        if update.callback_query is not None:
            await self._pressed(update.callback_query)
        elif update.my_chat_member is not None:
            await self._membership(update.my_chat_member, update.update_id)
        elif update.message is not None and update.message.migrate_to_chat_id is not None:
            old, new = str(update.message.chat.id), str(update.message.migrate_to_chat_id)
            await self.huying.house.db.run(lambda uow: uow.chats.move(CHANNEL, self.me.account, old, new))
        elif update.message is not None:
            await self._said([update.message])

    # ---- what is said

    async def _said(self, parts: Sequence[wire.Message]) -> None:
        heard = message(parts, self.me)
        if heard is None:
            return
        incoming = await self._with_photos(heard)
        await self.huying.take(replace(incoming, opens=self.me.link("")))
        if incoming.direct:
            self._beside(self._menu(incoming))

    async def _with_photos(self, heard: Heard) -> Incoming:
        """The message with its pictures, fetched only when it is for us; one that cannot be had is told of."""
        incoming = heard.incoming
        if not heard.files or not await self.huying.concerns_bot(incoming):
            return incoming
        photos, lost = [], False
        for file in heard.files:
            photo = await self._photo(file)
            photos += [photo] if photo else []
            lost = lost or photo is None
        return replace(incoming, photos=tuple(photos), attachment="photo" if lost else "")

    async def _photo(self, file_id: str) -> Photo | None:
        for attempt in range(FETCHES):
            try:
                file = await self.bot.get_file(file_id)
                return await self.huying.stage_photo(bytes(await file.download_as_bytearray()))
            except (
                BadRequest,
                InvalidToken,
                Refused,
            ) as error:  # the library calls a file that is gone an invalid token
                logger.info("a picture cannot be had: %s", error)
                return None
            except (NetworkError, TimedOut) as error:
                logger.warning("a picture did not come, try %d: %s", attempt + 1, error)
        return None

    # ---- what is pressed

    async def _pressed(self, callback: wire.Callback) -> None:
        pressed = callbacks.read(callback.data, self.key)
        incoming = press(callback, pressed, self.me, self.huying.house.clock.now()) if pressed else None
        if incoming is None or pressed is None:
            texts = self.huying.house.texts
            self._beside(self._answered(callback.id, texts.render(Reply("choice_gone"))))
            return
        db = self.huying.house.db
        before = await db.read(lambda uow: uow.outgoing.is_answered(pressed.outgoing))
        await self.huying.take(replace(incoming, opens=self.me.link("")))
        self._beside(self._answered(callback.id))
        if await db.read(lambda uow: uow.outgoing.is_answered(pressed.outgoing)):
            self._beside(self._taken(callback, pressed, named=not before))

    async def _answered(self, callback: str, words: str | None = None) -> None:
        """The button stops turning; with words, they are shown to whoever pressed it."""
        await self.bot.answer_callback_query(callback, words, show_alert=words is not None)

    async def _taken(self, callback: wire.Callback, pressed: Press, named: bool) -> None:
        """The message loses its buttons, and says what was chosen."""
        shown = callback.message
        if shown is None or not shown.date:
            return
        await self._pace(str(shown.chat.id), shown.chat.type == "private")
        words, mark = shown.text or shown.caption, ""
        if named:
            row = await self.huying.house.db.read(lambda uow: uow.outgoing.get(pressed.outgoing))
            chosen = [one for one in row.reply.choices if one.id == pressed.choice] if row else []
            mark = f"\n\n✓ {self._label(chosen[0])}" if chosen else ""
        limit = CAPABILITIES.text_limit if shown.text else CAPABILITIES.caption_limit
        where: dict[str, Any] = {"chat_id": shown.chat.id, "message_id": shown.message_id}
        if not mark or not words or len((words + mark).encode("utf-16-le")) // 2 > limit:
            await self.bot.edit_message_reply_markup(**where)
        elif shown.text:
            await self.bot.edit_message_text(words + mark, **where, link_preview_options=_NO_PREVIEW)
        else:
            await self.bot.edit_message_caption(caption=words + mark, **where)

    def _label(self, choice: Choice) -> str:
        return self.huying.house.texts.label(choice)

    async def _pace(self, chat: str, direct: bool) -> None:
        """Wait for a turn in what the chat and the account may say."""
        key, rate = f"{CHANNEL}:{self.me.account}", CAPABILITIES.per_direct if direct else CAPABILITIES.per_group
        assert rate is not None
        assert CAPABILITIES.overall is not None
        clock, overall = self.huying.house.clock, CAPABILITIES.overall

        async def work(uow: Unit) -> Any:
            at = await uow.pace.reserve(key, overall, 1, clock.now())  # the account first, as bots/delivery.py does
            return await uow.pace.reserve(f"{key}:{chat}", rate, 1, at)

        at = await self.huying.house.db.run(work)
        while clock.now() < at:
            await clock.wait_until(at)

    # ---- who is where

    async def _membership(self, change: wire.Membership, update: int) -> None:
        account, chat, now = self.me.account, str(change.chat.id), self.huying.house.clock.now()
        if change.chat.type == "channel":  # nobody can speak to us there
            return
        present = change.new_chat_member.status in PRESENT and change.new_chat_member.is_member
        told = Incoming(CHANNEL, account, chat, sender="", message_id=f"member:{update}", at=now)

        async def work(uow: Unit) -> None:
            if not (await uow.inbox.receive(told, "")).new:
                return  # told once more, perhaps after it became otherwise
            if change.chat.type == "private":
                if not present:
                    await membership.silenced(CHANNEL, account, chat, uow)
            elif not present:
                await membership.lost(CHANNEL, account, chat, "the bot was removed from the group", uow)
            else:
                await membership.found(CHANNEL, account, chat, uow)
                if await uow.chats.bound_part(CHANNEL, account, chat) is None:
                    await self._greet(change.chat, update, uow)

        await self.huying.house.db.run(work)
        self.huying.house.wakeup.wake()

    async def _greet(self, chat: wire.Chat, update: int, uow: Unit) -> None:
        """A group nobody bound yet is told how that is done."""
        known = await uow.registry.add_chat(
            CHANNEL,
            self.me.account,
            str(chat.id),
            ChatKind.GROUP,
            Audience.RESIDENTS,
            "",
            "",
            called_by_platform(chat.title),
        )
        reply = Reply("group_unbound", {"bot": self.huying.house.policy.bot_name})
        await uow.outgoing.add(Outgoing(f"{CHANNEL}:{self.me.account}:hello:{update}", reply, chat=known.id))

    async def _menu(self, incoming: Incoming) -> None:
        """The 1:1 chat's menu, when the person's role is not the one it was made for."""
        if incoming.chat in self._menus and parse(incoming.text).word != Word.BIND:
            return
        look = self.huying.house.db.read
        person = await look(lambda uow: uow.registry.person_of(CHANNEL, incoming.account, incoming.sender))
        if person is None or self._menus.get(incoming.chat, Role.RESIDENT) == person.role:
            self._menus[incoming.chat] = person.role if person else Role.RESIDENT
            return
        self._menus[incoming.chat] = person.role
        await menus.set_menu(self.bot, int(incoming.chat), person.role, self.huying.house.texts.menu)

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """What nobody waits for, and what may fail without harm."""

        async def guarded() -> None:
            try:
                await work
            except TelegramError as error:
                logger.info("beside an answer: %s", error)
            except Exception:
                logger.exception("beside an answer")

        task = asyncio.create_task(guarded())
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


def _chat(update: wire.Update) -> int:
    """Whose order it belongs to."""
    if update.message is not None:
        return update.message.chat.id
    if update.my_chat_member is not None:
        return update.my_chat_member.chat.id
    callback = update.callback_query
    if callback is None:
        return 0
    return callback.message.chat.id if callback.message else callback.from_.id


def _album(update: wire.Update) -> str:
    return update.message.media_group_id if update.message else ""
