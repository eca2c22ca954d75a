"""The stand-in itself: a world with people in it, a bot's door, what it can be asked, and the record of all that passed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime

import aiohttp
from aiohttp import web

from bots.practice.platforms.telegram import people
from bots.practice.platforms.telegram.bell import Bell
from bots.practice.platforms.telegram.faults import Faults
from bots.practice.platforms.telegram.limits import Limits
from bots.practice.platforms.telegram.server import Advance, build
from bots.practice.platforms.telegram.updates import Updates
from bots.practice.platforms.telegram.values import Call, Handed, Json, Misuse, Overrun, Seen, User
from bots.practice.platforms.telegram.world import Chat, World

PUSH_TIMEOUT = aiohttp.ClientTimeout(total=60)


class StandIn:
    """Telegram for one bot, in memory. What people do raises Misuse when no person could do it."""

    def __init__(
        self,
        token: str = "100200300:stand-in",
        *,
        username: str = "huying_bot",
        name: str = "小应",
        now: Callable[[], datetime],
        limits: Limits | None = None,
        privacy: bool = False,
        seed: int = 0,
    ) -> None:
        self.token = token
        self.faults = Faults(seed)
        self.bell = Bell()
        self.record: list[Call | Handed] = []
        self._numbers = 0
        updates = Updates(self.bell, now, self._handed, 700_000_001 + seed)
        bot = User(int(token.partition(":")[0]), name, username, bot=True)
        self.world = World(bot, privacy, now, limits or Limits(), updates, seed)
        self._client: aiohttp.ClientSession | None = None

    # scenery

    def add_user(self, id: int, first_name: str, *, username: str = "", note: str = "") -> None:
        self._new(id, id > 0)
        self.world.users[id] = User(id, first_name, username, note=note)
        self.world.chats[id] = Chat(id, "private", first_name, [id], started=False, note=note)

    def add_group(
        self,
        id: int,
        title: str,
        members: Iterable[int],
        *,
        forum: bool = False,
        supergroup: bool = True,
        bot: bool = True,
        note: str = "",
    ) -> None:
        """A group that is there already: nobody is told of it."""
        self._new(id, id < 0 and (supergroup or not forum))
        known = [self.world.user(member).id for member in members]
        kind = "supergroup" if supergroup else "group"
        self.world.chats[id] = Chat(id, kind, title, known, "member" if bot else "left", forum, note=note)

    def _new(self, id: int, fits: bool) -> None:
        if not fits or id in self.world.chats or id == self.world.bot.id:
            raise Misuse("no_id", f"{id} is taken, or no id for this")

    # what people do

    def add_topic(self, chat: int, name: str) -> int:
        return people.add_topic(self.world, chat, name)

    def add_member(self, chat: int, user: int) -> None:
        people.add_member(self.world, chat, user)

    def remove_member(self, chat: int, user: int) -> None:
        people.remove_member(self.world, chat, user)

    def start(self, user: int, payload: str = "") -> int:
        """Open the 1:1 chat with /start; gives the message id."""
        return people.start(self.world, user, payload)

    def say(
        self,
        chat: int,
        user: int,
        text: str = "",
        *,
        photos: Sequence[bytes] = (),
        reply_to: int | None = None,
        thread: int | None = None,
        kind: str = "",
        edit: int | None = None,
    ) -> tuple[int, ...]:
        """Write a message, or with `edit` change the words of one. Several photos are an album. Gives the message ids."""
        if edit is not None:
            return people.edit(self.world, chat, user, edit, text)
        return people.say(self.world, chat, user, text, photos=photos, reply_to=reply_to, thread=thread, kind=kind)

    def press(self, chat: int, user: int, message_id: int, data: str) -> str:
        """Press a button; gives the callback query's id."""
        return people.press(self.world, chat, user, message_id, data)

    def forge_press(self, chat: int, user: int, message_id: int, data: str) -> str:
        return people.forge_press(self.world, chat, user, message_id, data)

    def block(self, user: int) -> None:
        people.block(self.world, user)

    def unblock(self, user: int) -> None:
        people.unblock(self.world, user)

    def kick(self, chat: int) -> None:
        people.kick(self.world, chat)

    def readmit(self, chat: int) -> None:
        people.readmit(self.world, chat)

    def migrate(self, chat: int) -> int:
        """A small group becomes a supergroup; gives its new id."""
        return people.migrate(self.world, chat)

    # what can be seen

    def messages(self, chat: int, after: int = 0) -> tuple[Seen, ...]:
        """What is new after that seq, in the order of seq; a changed message stands where it changed."""
        return self.world.seen(self.world.chat(chat), after)

    def photo(self, file_id: str) -> bytes:
        if file_id not in self.world.files:
            raise Misuse("no_file", "there is no such file", "not_found")
        return self.world.files[file_id].content

    def told(self, query_id: str) -> Json | None:
        """What answerCallbackQuery showed: {"text", "show_alert"}, or None when the press is not answered yet."""
        query = self.world.queries.get(query_id)
        return query.answer if query else None

    @property
    def calls(self) -> tuple[Call, ...]:
        return tuple(one for one in self.record if isinstance(one, Call))

    @property
    def updates(self) -> tuple[Json, ...]:
        return tuple(self.world.updates.made)

    @property
    def polling(self) -> bool:
        """Whether a bot waits in getUpdates now."""
        return self.world.updates.waiting > 0

    async def until(self, holds: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait until something holds, looked at whenever anything changes; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not holds():
                await self.bell.heard()

    @property
    def commands(self) -> dict[str, list[Json]]:
        return dict(self.world.commands)

    @property
    def overruns(self) -> tuple[Overrun, ...]:
        return tuple(self.world.overruns)

    # the record

    def next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def note(self, entry: Call | Handed) -> None:
        self.record.append(entry)
        self.bell.ring()

    def _handed(self, update: Json, status: int | None) -> None:
        self.note(Handed(self.next_number(), update, status, self.world.now()))

    # serving

    async def push(self) -> int:
        """Post what waits for the webhook, also after a failure; gives how many updates it took."""
        if self._client is None:
            raise RuntimeError("the stand-in is not serving")
        return await self.world.updates.push(self._client)

    @contextlib.asynccontextmanager
    async def serving(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        advance: Advance | None = None,
        retry_s: float | None = None,
    ) -> AsyncIterator[str]:
        """Serve on loopback; gives the url. `advance` moves the clock for the page.

        A webhook that failed is tried again when `push()` says so, or by itself every `retry_s` seconds of real time.
        """
        runner = web.AppRunner(build(self, advance), handler_cancellation=True, access_log=None, shutdown_timeout=1)
        await runner.setup()
        self.world.updates.closing = False
        async with aiohttp.ClientSession(timeout=PUSH_TIMEOUT) as self._client:
            pushing = asyncio.create_task(self.world.updates.keep_pushing(self._client, retry_s))
            try:
                site = web.TCPSite(runner, host, port)
                await site.start()
                yield f"http://{host}:{runner.addresses[0][1]}"
            finally:
                self.world.updates.closing = True
                self.bell.ring()
                self.faults.release()
                pushing.cancel()
                await asyncio.gather(pushing, return_exceptions=True)
                await runner.cleanup()
                self._client = None
