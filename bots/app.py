"""The one composition root: puts the parts together, starts the loops, opens the doors, and takes it all down in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from bots.answer import Door, answer, is_for_bot
from bots.channel import Transport
from bots.clock import Clock, RealClock
from bots.community import load_policy
from bots.config import Settings
from bots.delivery import Delivery
from bots.drawing import Drawing
from bots.house import House, Wakeup
from bots.practice.clock import PracticeClock
from bots.practice.room import PracticeRoom
from bots.practice.seed import load_cast, seed_registry, seed_rewards, seed_room
from bots.practice.store import PracticeStore
from bots.practice.values import CHANNEL
from bots.practice.values import Delivery as Shown
from bots.texts import load_texts
from bots.worker import Worker
from core.deadlines import next_open
from core.errors import Refused
from core.messages import Incoming, Photo, Urgency
from core.policy import Policy
from storage.media import MediaStore, clean_photo
from storage.unit_of_work import Database, Unit

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Huying:
    """A running Huying: its parts, its worker, and the practice room where there is one."""

    house: House
    worker: Worker
    door: Door
    room: PracticeRoom | None = None

    async def answer(self, incoming: Incoming) -> Sequence[Shown]:
        """What is to be said at once in the chat of this message; nothing for what is not addressed to the bot."""
        if not is_for_bot(incoming, self.house.policy):
            return ()
        inbox = await answer(incoming, self.door)
        if inbox is None:
            return ()
        self.house.wakeup.wake()
        answers = await self.house.delivery.answers(inbox)
        return [Shown(row.id, incoming.chat, rendered) for row, rendered in answers]

    async def said(self, receipts: Mapping[int, str]) -> None:
        await self.house.delivery.said(receipts)

    async def stage_photo(self, data: bytes) -> Photo:
        """The picture, drawn anew without its metadata and stored. Raises Refused `photo_unreadable`, `photo_too_large`."""
        try:
            photo = await self.house.drawing.run(clean_photo, data)
        except (TimeoutError, BrokenProcessPool):
            logger.warning("a photo of %d bytes could not be redrawn", len(data))
            raise Refused("photo_unreadable") from None
        name = await self.house.media.put(photo.data, "jpg")
        return Photo(name, photo.width, photo.height)

    async def settle_due(self, until: datetime) -> None:
        await self.worker.settle_until(until)

    def media_path(self, name: str) -> Path:
        return self.house.media.path(name)


def leaves_at(policy: Policy, urgency: Urgency, now: datetime) -> datetime:
    """When something of that urgency may be said, by the policy's hours."""
    hours = {Urgency.NOTICE: policy.notice_hours, Urgency.POST: policy.post_hours}.get(urgency)
    return next_open(now, hours, policy.calendar.zone) if hours else now


def database_url(settings: Settings) -> str:
    """The address of the database: PostgreSQL where one is set, else SQLite in the data folder."""
    return settings.database or f"sqlite://{(settings.data / 'huying.db').resolve()}"


@asynccontextmanager
async def open_huying(
    settings: Settings, *, start: datetime | None = None, loops: bool = True
) -> AsyncIterator[Huying]:
    """Open everything, recover what a crash cut off, run the loops, and close it all in order.

    `start`: when a new practice clock begins. `loops=False`: the caller settles by hand.
    """
    policy = load_policy(settings.community)
    texts = load_texts(settings.language, policy.calendar.zone, settings.texts)
    settings.data.mkdir(parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        clock: Clock = RealClock()
        room: PracticeRoom | None = None
        transports: dict[str, Transport] = {}
        if settings.practice:
            store = await PracticeStore.open(settings.data / "practice.db")
            stack.push_async_callback(store.close)
            clock = practice_clock = await PracticeClock.open(store, start)
            room = PracticeRoom(store, practice_clock, policy.bot_name)
            transports[CHANNEL] = room
            await seed_room(load_cast(policy.areas), store, policy.bot_name)
        db = await Database.open(database_url(settings), clock=clock.now, when=partial(leaves_at, policy))
        stack.push_async_callback(db.close)
        if room is not None:
            stack.push_async_callback(room.close)
            await db.run(lambda uow: _seed(uow, policy))
        drawing = Drawing(settings.drawers)
        drawing.start()
        stack.push_async_callback(drawing.close)
        media = MediaStore(settings.data / "media")
        delivery = Delivery(db, texts, clock, transports, partial(leaves_at, policy))
        house = House(settings, policy, texts, db, media, drawing, clock, Wakeup(), delivery)
        worker = Worker(house)
        huying = Huying(house, worker, Door(db, policy, address=settings.public_url.rstrip("/")), room)
        await db.run(lambda uow: seed_rewards(policy, uow.registry))
        if db.dialect == "sqlite":  # no other process shares it
            await delivery.recover()
            await db.run(lambda uow: uow.facts.free())
        if room is not None:
            room.connect(huying)
            await room.resume()
        if loops:
            stack.push_async_callback(_stop_loops, *_start_loops(worker, house))
        yield huying


async def _seed(uow: Unit, policy: Policy) -> None:
    await seed_registry(load_cast(policy.areas), policy, uow.registry)


def _start_loops(worker: Worker, house: House) -> tuple[asyncio.Event, asyncio.Task[None], House]:
    stop = asyncio.Event()
    return stop, asyncio.create_task(worker.run(stop)), house


async def _stop_loops(stop: asyncio.Event, loops: asyncio.Task[None], house: House) -> None:
    stop.set()
    house.wakeup.wake()
    await loops
