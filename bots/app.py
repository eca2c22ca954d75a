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
from typing import TYPE_CHECKING

from bots.answer import Door, answer, concerns_bot
from bots.channel import Rendered, Transport
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
from bots.texts import load_texts
from bots.worker import Worker
from core.deadlines import next_open
from core.errors import Refused
from core.messages import Incoming, Photo, Urgency
from core.policy import Policy
from storage.media import MediaStore, clean_photo
from storage.unit_of_work import Database, Unit

if TYPE_CHECKING:
    from bots.telegram.telegram import Telegram

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Huying:
    """A running Huying: its parts, its worker, and the practice room where there is one."""

    house: House
    worker: Worker
    door: Door
    room: PracticeRoom | None = None
    telegram: Telegram | None = None

    async def concerns_bot(self, incoming: Incoming) -> bool:
        """Whether it is for the bot; a door fetches nothing for what is not."""
        return await concerns_bot(incoming, self.door)

    async def take(self, incoming: Incoming) -> int | None:
        """What the message asks is done and committed, and the loops say what follows; None for what is not for the bot."""
        if not await self.concerns_bot(incoming):
            return None
        inbox = await answer(incoming, self.door)
        self.house.wakeup.wake()
        return inbox

    async def answer(self, incoming: Incoming) -> Sequence[tuple[int, Rendered]]:
        """`take`, for a door that says the answers itself: each outgoing row of them, in words."""
        inbox = await self.take(incoming)
        if inbox is None:
            return ()
        return [(row.id, rendered) for row, rendered in await self.house.delivery.answers(inbox)]

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
    settings: Settings, *, start: datetime | None = None, loops: bool = True, clock: Clock | None = None
) -> AsyncIterator[Huying]:
    """Open everything, recover what a crash cut off, run the loops, and close it all in order.

    `start`: when a new practice clock begins. `loops=False`: the caller settles by hand. `clock`: a practice clock of the caller's.
    """
    policy = load_policy(settings.community)
    texts = load_texts(settings.language, policy.calendar.zone, settings.texts)
    settings.data.mkdir(parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        clock = clock or RealClock()
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
        telegram: Telegram | None = None
        if settings.telegram_token.get_secret_value():
            from bots.telegram.telegram import Telegram  # whoever has no Telegram does not load its library

            telegram = Telegram(settings, media.read)
            await telegram.open()
            stack.push_async_callback(telegram.close)
            transports[telegram.transport.capabilities.channel] = telegram.transport
        delivery = Delivery(db, texts, clock, transports, partial(leaves_at, policy))
        house = House(settings, policy, texts, db, media, drawing, clock, Wakeup(), delivery)
        worker = Worker(house)
        at_door = frozenset(name for name, transport in transports.items() if transport.capabilities.answers_at_door)
        door = Door(db, policy, address=settings.public_url.rstrip("/"), at_door=at_door)
        huying = Huying(house, worker, door, room, telegram)
        await db.run(lambda uow: seed_rewards(policy, uow.registry))
        if db.dialect == "sqlite":  # no other process shares it
            await delivery.recover()
            await db.run(lambda uow: uow.facts.free())
        if telegram is not None:
            telegram.connect(huying)
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
