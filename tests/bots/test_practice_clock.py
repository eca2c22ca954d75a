"""The practice clock: where it begins, that it runs, and that it never goes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bots.channel import Rendered
from bots.practice.clock import PracticeClock, parse_duration
from bots.practice.store import PracticeStore
from bots.practice.values import Delivery
from core.errors import Refused

if TYPE_CHECKING:
    from tests.bots.conftest import Stand

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[PracticeStore]:
    store = await PracticeStore.open(tmp_path / "practice.db")
    yield store
    await store.close()


@pytest.mark.parametrize(
    "text", ["", "PT26", "26H", "pt26h", "PT-1H", "P1DT", "P1H", "PT1D", " PT1H", "PT1H\n", "PT0S"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="bad_duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "hours"), [("PT26H", 26), ("P8D", 192), ("PT90M", 1.5), ("P1DT2H", 26), ("PT3600S", 1), ("P400D", 9600)]
)
def test_a_duration_is_read(text: str, hours: float) -> None:
    assert parse_duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize("real", [MONDAY - 9 * HOUR, THURSDAY, MONDAY + timedelta(days=6, hours=14)])
async def test_a_new_clock_begins_on_the_monday_of_the_real_week_at_half_past_nine(
    store: PracticeStore, real: datetime
) -> None:
    clock = await PracticeClock.open(store, real=lambda: real, ticks=lambda: 0.0)
    assert clock.now() == MONDAY
    assert clock.now().tzinfo is UTC


async def test_it_runs_on_in_real_time(store: PracticeStore) -> None:
    ticks = [100.0]
    clock = await PracticeClock.open(store, MONDAY, real=lambda: THURSDAY, ticks=lambda: ticks[0])
    ticks[0] += 3600
    assert clock.now() == MONDAY + HOUR
    await clock.set(MONDAY + 3 * HOUR)
    ticks[0] += 60
    assert clock.now() == MONDAY + 3 * HOUR + timedelta(minutes=1)


async def test_setting_it_back_changes_nothing(store: PracticeStore) -> None:
    clock = await PracticeClock.open(store, MONDAY, real=lambda: THURSDAY, ticks=lambda: 0.0)
    await clock.set(MONDAY - HOUR)
    assert clock.now() == MONDAY


@pytest.mark.parametrize("away", [-500 * HOUR, timedelta(), 5 * HOUR])
async def test_it_never_goes_back_after_a_restart_whatever_the_real_clock_says(
    store: PracticeStore, away: timedelta
) -> None:
    clock = await PracticeClock.open(store, MONDAY, real=lambda: THURSDAY, ticks=lambda: 0.0)
    await clock.set(MONDAY + 26 * HOUR)
    again = await PracticeClock.open(store, MONDAY, real=lambda: THURSDAY + away, ticks=lambda: 7.0)
    assert again.now() == MONDAY + 26 * HOUR + max(away, timedelta())


async def test_it_is_never_behind_the_newest_message(stand: Stand) -> None:
    await stand.store.deliver([Delivery(1, "group", Rendered("晚", "late", {}))], MONDAY + 9 * HOUR)
    again = await PracticeClock.open(stand.store, real=lambda: MONDAY, ticks=lambda: 0.0)
    assert again.now() == MONDAY + 9 * HOUR


async def test_moving_it_answers_when_all_that_fell_due_is_done(stand: Stand) -> None:
    seen: list[datetime] = []

    async def settle(until: datetime) -> None:
        seen.append(stand.room.clock.now())
        await stand.room.clock.set(until - HOUR)
        await stand.room.deliver(3, "group", Rendered("到点了", "late", {}))

    stand.bot.settle_due = settle  # type: ignore[method-assign]
    answer = await stand.post("/practice/api/clock", {"advance": "PT26H"})
    assert answer == {"now": "2026-11-24T11:30:00+08:00"}
    assert seen == [MONDAY]
    assert [one["at"] for one in await stand.messages()] == ["2026-11-24T10:30:00+08:00"]
    assert await stand.get("/practice/api/clock") == answer


async def test_it_cannot_be_moved_beyond_its_last_year(stand: Stand) -> None:
    await stand.room.clock.set(datetime(2200, 12, 30, tzinfo=UTC))
    assert await stand.post("/practice/api/clock", {"advance": "P8D"}, 400) == "clock_too_far"
    assert stand.bot.settled == []
