"""Many groups and people on a stand-in of Telegram, one or more processes that speak to them, and time that passes only while
everybody waits: what the platform sees is when each meant to speak, and no test sleeps."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bots.channel import Rendered
from bots.config import Settings
from bots.delivery import Delivery
from bots.practice.platforms.telegram.standin import StandIn
from bots.practice.platforms.telegram.values import Seen
from bots.telegram.incoming import CHANNEL
from bots.telegram.telegram import Telegram
from bots.telegram.transport import TelegramTransport
from bots.texts import Texts, load_texts
from core.messages import Audience, ChatKind, Choice, Outgoing, Reply, Urgency
from core.people import Role
from storage.outbox import OutgoingState, Queued, to_queued
from storage.sql import Row, unpack
from storage.unit_of_work import Database, Unit
from tests.bots.platforms.conftest import png
from tests.conftest import MONDAY

TOKEN, ACCOUNT = "100200300:stand-in", "100200300"
FIRST_PERSON, FIRST_GROUP = 7_000_001, -1_002_000_000_001
LOOK = timedelta(seconds=1)  # how often an idle process looks, as the worker does
T = TypeVar("T")


class Turns:
    """A clock whose time passes only while nobody is busy; then whoever waits for the earliest moment is next."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at
        self._busy = 0
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def now(self) -> datetime:
        return self.at

    async def set(self, to: datetime) -> None:
        self.at = max(self.at, to)

    async def wait_until(self, at: datetime) -> None:
        if at <= self.at:
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (at, next(self._numbers), turn))
        self._look()
        await turn

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._look()

    def _look(self, rounds: int = 4) -> None:
        """After some rounds of the loop, in which whoever goes on at once becomes busy again or waits."""
        loop = asyncio.get_running_loop()
        loop.call_soon(self._look, rounds - 1) if rounds else loop.call_soon(self._next)

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        at, _, turn = heapq.heappop(self._waiting)
        self.at = max(self.at, at)
        if not turn.done():
            turn.set_result(None)
        self._look()


class Units(Database):
    """A database at whose work the clock stands still."""

    clock: Turns

    async def run(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        with self.clock.busy():
            return await super().run(work)


class Calls(TelegramTransport):
    """The transport, at whose calls the clock stands still."""

    clock: Turns

    async def deliver(
        self, outgoing: int, chat: str, rendered: Rendered, said: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        with self.clock.busy():
            return await super().deliver(outgoing, chat, rendered, said)


def texts() -> Texts:
    """Ours, and a sentence that is only what it is given."""
    ours = load_texts("zh", "Asia/Shanghai")
    return replace(ours, say={**ours.say, "plain": "{text}"}, choice={**ours.choice, "plain": "好"})


async def picture(name: str) -> bytes:
    """A picture by which its name can be told."""
    return png() + name.encode()


@dataclass
class Process:
    """One process that speaks: its own connections to the database and to the platform."""

    db: Database
    delivery: Delivery
    clock: Turns

    async def say_all(self, look: timedelta | None = None) -> None:
        """Until nothing waits and nothing is under way; idle, it looks again when something falls due, or after `look`."""
        while True:
            while await self.delivery.send_due():
                pass
            due = await self._next_due()
            if due is None:
                return
            await self.clock.wait_until(min(due, self.clock.now() + look) if look else due)

    async def _next_due(self) -> datetime | None:
        with self.clock.busy():
            return await self.db.read(lambda uow: uow.outgoing.next_due(self.clock.now()))


@dataclass
class Neighbourhood:
    clock: Turns
    standin: StandIn
    processes: Sequence[Process]
    groups: dict[int, int] = field(default_factory=dict)  # our id -> Telegram's
    people: dict[int, int] = field(default_factory=dict)

    @property
    def db(self) -> Database:
        return self.processes[0].db

    async def write(self, posts: int) -> None:
        """So many things to say, every other one to a group, two of which get most; some have two pictures, some are long, some
        have both and a button."""
        groups, people = list(self.groups), list(self.people)
        said = []
        for n in range(posts):
            group = n % 2 == 0
            text = f"第{n}则。" + ("很长的通知。" * 900 if n % 11 == 0 else "请大家看一看。") + f"完{n}。"
            images = (f"{n}-a", f"{n}-b") if group and n % 14 == 0 else ()
            choices = (Choice("ok", "plain", "好"),) if images and n % 28 == 0 else ()
            reply = Reply("plain", {"text": text}, choices, images)
            if group:
                chat = groups[n // 6 % len(groups)] if n % 3 == 0 else groups[n // 2 % 2]
                said.append(Outgoing(f"p{n}", reply, chat=chat, urgency=Urgency.POST))
            else:
                said.append(Outgoing(f"p{n}", reply, person=people[n // 2 % len(people)], urgency=Urgency.NOTICE))
        for start in range(0, posts, 200):
            await self.db.run(lambda uow, some=said[start : start + 200]: uow.outgoing.add(*some))  # type: ignore[misc]

    async def say_all(self) -> None:
        look = LOOK if len(self.processes) > 1 else None
        async with asyncio.TaskGroup() as beside, asyncio.TaskGroup() as group:
            releasing = beside.create_task(lets_go(self.standin))
            speaking = [group.create_task(process.say_all(look)) for process in self.processes]
            await asyncio.wait(speaking)
            releasing.cancel()

    def seen(self, row: Queued) -> tuple[Seen, ...]:
        """What stands in the chat of that row."""
        telegram = self.groups[row.chat] if row.chat is not None else self.people[row.person or 0]
        return self.standin.messages(telegram)


async def lets_go(standin: StandIn) -> None:
    """A call that hangs hangs until its client has given up, which here it does at once: its connection is closed."""
    seen = 0
    while True:
        calls = standin.record[seen:]
        seen += len(calls)
        if any(getattr(call, "fault", "") == "timeout" for call in calls):
            standin.faults.release()
        await standin.bell.heard()


@contextlib.asynccontextmanager
async def neighbourhood(
    urls: Sequence[str], *, groups: int = 25, people: int = 25, seed: int = 0
) -> AsyncIterator[Neighbourhood]:
    """One process for each url; all urls are the same database."""
    clock = Turns()
    standin = StandIn(TOKEN, now=clock.now, seed=seed)
    async with contextlib.AsyncExitStack() as stack:
        api = await stack.enter_async_context(standin.serving())
        processes = []
        for url in urls:
            db = await Units.open(url, clock=clock.now)
            assert isinstance(db, Units)
            db.clock = clock
            stack.push_async_callback(db.close)
            telegram = Telegram(Settings(telegram_token=TOKEN, telegram_api=api), picture)  # type: ignore[arg-type]
            await telegram.open()
            stack.push_async_callback(telegram.close)
            transport = Calls(telegram.bot, b"key", picture)
            transport.clock = clock
            processes.append(Process(db, Delivery(db, texts(), clock, {CHANNEL: transport}), clock))
        stand = Neighbourhood(clock, standin, processes)
        await settle_in(stand, groups, people)
        yield stand


async def settle_in(stand: Neighbourhood, groups: int, people: int) -> None:
    async def work(uow: Unit) -> None:
        for n in range(people):
            id = FIRST_PERSON + n
            stand.standin.add_user(id, f"居民{n}")
            stand.standin.world.chats[id].started = True
            known = await uow.registry.register(
                CHANNEL, ACCOUNT, str(id), f"居民{n}", Role.RESIDENT, "xiuyue-3", "xiuyue", str(id)
            )
            stand.people[known.id] = id
        for n in range(groups):
            id = FIRST_GROUP - n
            stand.standin.add_group(id, f"{n}号楼群", [FIRST_PERSON])
            chat = await uow.registry.add_chat(
                CHANNEL, ACCOUNT, str(id), ChatKind.GROUP, Audience.RESIDENTS, "xiuyue-3", "xiuyue", f"{n}号楼群"
            )
            stand.groups[chat.id] = id

    await stand.db.run(work)


async def check(stand: Neighbourhood) -> Counter[str]:
    """Everything that was promised of what was written; returns how many ended how."""
    rows = await rows_of(stand.db)
    told = {(fact["data"]["outgoing"], fact["data"]["state"]) for fact in await facts(stand.db, "post_troubled")}
    troubled: set[tuple[int, str]] = set()
    order: dict[tuple[int | None, int | None], list[int]] = {}
    for row, stored in rows:
        n = int(row.key.removeprefix("p"))
        seen = stand.seen(row)
        begins = [one.seq for one in seen if one.text.startswith(f"第{n}则。")]
        ends = [one.seq for one in seen if one.text.endswith(f"完{n}。")]
        pictures = Counter(
            name for one in seen for file in one.photos for name in row.reply.images
            if stand.standin.photo(file) == png() + name.encode()
        )  # fmt: skip
        assert row.state in (OutgoingState.SENT, OutgoingState.UNKNOWN, OutgoingState.FAILED), row.key
        if row.chat is not None:
            assert len(begins) <= 1, f"{row.key} stands in the group {len(begins)} times"
            assert len(ends) <= 1, row.key
            assert set(pictures.values()) <= {1}, row.key
            if row.state is not OutgoingState.SENT:
                troubled.add((row.id, str(row.state)))
        if row.state is OutgoingState.SENT:
            assert begins, row.key
            assert ends, row.key
            assert len(pictures) == len(row.reply.images), row.key
            assert {int(id) for id in row.said} <= {one.message_id for one in seen}, row.key
        elif row.state is OutgoingState.UNKNOWN and row.person is not None:
            assert stored["doubts"] == 2, row.key  # it was said once more
        if begins and not (row.person is not None and stored["doubts"]):  # what was in doubt is said again, later
            order.setdefault((row.chat, row.person), []).append(begins[0])
    assert told == troubled
    for chat, begun in order.items():
        assert begun == sorted(begun), chat
    assert stand.standin.overruns == ()
    return Counter(str(row.state) for row, _ in rows)


async def rows_of(db: Database) -> list[tuple[Queued, Row]]:
    found = await db.read(lambda uow: uow.session.all("SELECT * FROM outgoing ORDER BY id"))
    return [(to_queued(row), row) for row in found]


async def facts(db: Database, kind: str) -> list[Row]:
    rows = await db.read(lambda uow: uow.session.all("SELECT data FROM fact WHERE kind = ? ORDER BY id", kind))
    return [{"data": unpack(row["data"])} for row in rows]
