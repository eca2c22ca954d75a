"""The practice clock: begins on a Monday at 09:30 +08:00, runs on in real time, can be moved on, never goes back."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from bots.practice.store import PracticeStore
from core.errors import Refused

ZONE = timezone(timedelta(hours=8))
LONGEST = timedelta(days=400)  # of one step forward
LAST_YEAR = 2200  # however often it is moved forward
_DURATION = re.compile(
    r"P(?=[\dT])(?:(?P<days>\d{1,9})D)?(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)


def parse_duration(text: str) -> timedelta:
    """A duration of ISO 8601 in whole days, hours, minutes and seconds: PT26H, P8D, PT90M, P1DT2H.

    Raises Refused `bad_duration` for anything else, for nothing at all, and for more than 400 days.
    """
    found = _DURATION.fullmatch(text)
    parts = {name: int(digits) for name, digits in found.groupdict().items() if digits} if found else {}
    try:
        duration = timedelta(**parts)
    except OverflowError:
        duration = timedelta()
    if not timedelta() < duration <= LONGEST:
        raise Refused("bad_duration", days=LONGEST.days)
    return duration


def real_now() -> datetime:
    return datetime.now(UTC)


class PracticeClock:
    """What time it is in the practice room. `now` is aware UTC."""

    def __init__(self, store: PracticeStore, base: datetime, real: Callable[[], datetime], ticks: Callable[[], float]):
        self._store, self._real, self._ticks = store, real, ticks
        self._base, self._began = base, ticks()

    @classmethod
    async def open(
        cls,
        store: PracticeStore,
        start: datetime | None = None,
        real: Callable[[], datetime] = real_now,
        ticks: Callable[[], float] = time.monotonic,
    ) -> PracticeClock:
        """The clock of the store; a new one begins at `start`, else at 09:30 on the Monday of the real week.

        `ticks` are seconds that never go back; `real` is the wall clock, which bridges the time between two runs.
        """
        saved = await store.clock()
        if saved is None:
            base = start or _monday(real())
        else:
            practice, at = saved
            base = practice + max(real() - at, timedelta())
        newest = await store.newest_at()
        clock = cls(store, max(base, newest) if newest else base, real, ticks)
        await clock._save(clock.now())
        return clock

    def now(self) -> datetime:
        return self._base + timedelta(seconds=self._ticks() - self._began)

    def moment(self, ahead: timedelta) -> datetime:
        """What it will be so much later; raises Refused `clock_too_far`."""
        to = self.now() + ahead
        if to.year > LAST_YEAR:
            raise Refused("clock_too_far", year=LAST_YEAR)
        return to

    async def set(self, to: datetime) -> None:
        """Move the clock forward to that moment, for good; an earlier one changes nothing."""
        if to > self.now():
            await self._save(to)
            self._base, self._began = to.astimezone(UTC), self._ticks()

    async def wait_until(self, at: datetime) -> None:
        await asyncio.sleep(max(0.0, (at - self.now()).total_seconds()))

    async def keep(self) -> None:
        """Write down how far it has run; done when the room closes."""
        await self._save(self.now())

    async def _save(self, practice: datetime) -> None:
        await self._store.save_clock(practice, self._real())


def _monday(real: datetime) -> datetime:
    local = real.astimezone(ZONE)
    monday = local - timedelta(days=local.weekday())
    return monday.replace(hour=9, minute=30, second=0, microsecond=0).astimezone(UTC)
