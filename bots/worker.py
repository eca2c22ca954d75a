"""The loops that carry out what was written down: facts are reacted to, times that ended are closed, messages are sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bots import digests
from bots.house import House
from bots.reactions import REACTIONS
from core.errors import Conflict
from core.facts import Fact
from core.loop.evaluate import expire
from narratives import publish
from storage.unit_of_work import Unit

logger = logging.getLogger(__name__)

IDLE = timedelta(seconds=1)  # how long a loop sleeps when nothing wakes it
LEASE = timedelta(minutes=2)  # how long a claimed fact is left to the one who claimed it
RETRY = timedelta(seconds=30)  # after a reaction that failed, doubling
LONGEST_RETRY = timedelta(hours=1)
DIGEST_RETRY = timedelta(minutes=5)
BATCH = 20


class Worker:
    """Runs the two loops, and everything that is due at once on request."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._reacting = asyncio.Lock()  # so that `settle` also waits for what a loop has in hand
        self._sending = asyncio.Lock()
        self._digests_from: datetime | None = None  # after one that failed

    async def run(self, stop: asyncio.Event) -> None:
        """Both loops until `stop` is set."""
        await asyncio.gather(self._loop(stop, self._react), self._loop(stop, self.send))
        await self._house.delivery.finish()

    async def _loop(self, stop: asyncio.Event, one_pass: Callable[[], Awaitable[int]]) -> None:
        house = self._house
        while not stop.is_set():
            try:
                did = await one_pass()
            except Exception:
                logger.exception("a loop failed and goes on")
                did = 0
            if not did:
                await house.wakeup.wait(stop, IDLE)

    async def settle(self) -> None:
        """Everything that is due now, and what follows from it, until nothing is left to do."""
        while await self._react() or await self.send():
            pass

    async def settle_until(self, until: datetime) -> None:
        """Move the practice clock to `until`, stopping at each moment on the way at which something falls due."""
        clock = self._house.clock
        while True:
            await self.settle()
            due = await self._next_due(clock.now())
            if due is None or due > until:
                break
            await clock.set(due)
        await clock.set(until)
        await self.settle()

    async def _next_due(self, now: datetime) -> datetime | None:
        moments = (
            await self._house.db.read(lambda uow: uow.outgoing.next_due(now)),
            await digests.next_due(self._house),
        )
        return min((moment for moment in moments if moment is not None), default=None)

    async def _react(self) -> int:
        """One pass over facts and ended times; returns how many there were."""
        async with self._reacting:
            return await self._facts() + await self._ended_times() + await self._reminders() + await self._digests()

    async def _facts(self) -> int:
        house = self._house
        facts = await house.db.run(lambda uow: uow.facts.claim(house.clock.now(), BATCH, LEASE))
        failed: set[int | None] = set()
        for fact in facts:
            if fact.event is not None and fact.event in failed:  # what happened later waits for what failed before it
                await self._again(fact)
                continue
            try:
                for reaction in REACTIONS.get(fact.kind, ()):
                    await reaction(fact, house)
            except Exception:
                logger.exception("reaction failed fact=%d kind=%s", fact.id, fact.kind)
                failed.add(fact.event)
                await self._again(fact)
            else:
                await house.db.run(lambda uow, id=fact.id: uow.facts.settle(id, house.clock.now()))  # type: ignore[misc]
        return len(facts)

    async def _again(self, fact: Fact) -> None:
        """Leave the fact for a later try: the more often it was tried, the later."""
        now = self._house.clock.now()

        async def work(uow: Unit) -> None:
            tried = await uow.facts.release(fact.id, now + RETRY)
            if tried > 1:
                await uow.facts.release(fact.id, now + min(RETRY * 2 ** min(tried - 1, 10), LONGEST_RETRY))

        await self._house.db.run(work)

    async def _ended_times(self) -> int:
        house = self._house

        async def due(uow: Unit) -> tuple[int, ...]:
            return tuple(event.id for event in await uow.events.to_expire(house.clock.now()))

        ended = await house.db.read(due)
        closed = 0
        for event_id in ended:

            async def work(uow: Unit, event_id: int = event_id) -> None:
                event = await uow.events.get(event_id)
                if event.rate_by is not None and event.rate_by <= house.clock.now():
                    await expire(event, house.policy, uow)

            try:
                await house.db.run(work)
                closed += 1
            except Conflict:
                logger.info("rated while it expired event=%d", event_id)
            except Exception:  # the others' time has ended all the same
                logger.exception("cannot close event=%d", event_id)
        return closed

    async def _reminders(self) -> int:
        house = self._house
        if not await house.db.read(lambda uow: uow.publications.to_remind(house.clock.now())):
            return 0
        try:
            return await house.db.run(lambda uow: publish.remind(house.policy, uow, house.clock.now()))
        except Conflict:  # decided upon in the same moment: the next pass reminds of the others
            return 0

    async def _digests(self) -> int:
        now = self._house.clock.now()
        if self._digests_from is not None and now < self._digests_from:
            return 0
        try:
            return await digests.post_due(self._house)
        except digests.DigestFailed:
            self._digests_from = now + DIGEST_RETRY
            return 0

    async def send(self) -> int:
        """One pass over what is due to be said; returns how much there was."""
        async with self._sending:
            return await self._house.delivery.send_due()
