"""How fast we speak: never more in any time than the rate allows, however many speak, and no slower than it must be."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.practice.platforms.telegram import limits
from bots.telegram.transport import CAPABILITIES
from storage.pace import Rate
from storage.unit_of_work import Database, Unit
from tests.storage.builders import MONDAY
from tests.storage.conftest import ON_POSTGRES, ON_SQLITE, Opens

MS, SECOND = timedelta(milliseconds=1), timedelta(seconds=1)
Said = list[tuple[datetime, int]]  # when, and how many messages

RATES = st.builds(
    Rate, st.integers(1, 5_000_000).map(lambda us: timedelta(microseconds=us)), st.integers(min_value=1, max_value=12)
)
# Gaps in microseconds, mostly about as long as a message costs, and how many messages are wanted then.
WANTED = st.lists(st.tuples(st.integers(0, 12_000_000), st.integers(1, 14)), min_size=1, max_size=25)
_names = itertools.count()


def examples(most: int) -> settings:
    """The same examples every time, on one database with a key for each."""
    same_database = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=most, derandomize=True, deadline=None, suppress_health_check=same_database)


async def take(db: Database, key: str, rate: Rate, count: int, now: datetime) -> datetime | None:
    return await db.run(lambda uow: uow.pace.take(key, rate, count, now))


async def reserve(db: Database, key: str, rate: Rate, counts: Sequence[int], now: datetime) -> tuple[datetime, ...]:
    """Planned one after another and reserved together, as the way out does it."""

    async def work(uow: Unit) -> tuple[datetime, ...]:
        moments, tat = [], await uow.pace.hold(key, rate, now)
        for count in counts:
            moments.append(rate.moment(tat, count, now))
            tat += count * rate.cost
        await uow.pace.reserve(key, rate, sum(counts), now)
        return tuple(moments)

    return await db.run(work)


def too_much(said: Said, rate: Rate) -> list[str]:
    """Every time in which more was said than the rate promises, from one message to another."""
    said = sorted(said)
    most = max(rate.burst, *(count for _, count in said))
    found = []
    for first in range(len(said)):
        total = 0
        for at, some in said[first:]:
            total += some
            within = at - said[first][0]
            if total > within / rate.every + most + 1e-9:
                found.append(f"{total} in {within} with {rate}")
    return found


@ON_SQLITE
@examples(60)
@given(rate=RATES, wanted=WANTED)
async def test_what_is_taken_never_goes_beyond_the_rate_and_the_moment_named_is_the_first(
    db: Database, rate: Rate, wanted: list[tuple[int, int]]
) -> None:
    key, now = f"take {next(_names)}", MONDAY
    said: Said = []
    for gap_us, count in wanted:
        now += timedelta(microseconds=gap_us)
        free = await take(db, key, rate, count, now)
        if free is not None:
            assert free > now
            assert await take(db, key, rate, count, free - timedelta(microseconds=1)) == free  # nothing was taken
            now = free
            assert await take(db, key, rate, count, now) is None
        said.append((now, count))
    assert too_much(said, rate) == []


@ON_SQLITE
@examples(60)
@given(rate=RATES, wanted=WANTED, together=st.integers(1, 5))
async def test_what_is_reserved_never_goes_beyond_the_rate_and_keeps_its_order(
    db: Database, rate: Rate, wanted: list[tuple[int, int]], together: int
) -> None:
    key, now = f"reserve {next(_names)}", MONDAY
    said: Said = []
    for start in range(0, len(wanted), together):
        some = wanted[start : start + together]
        now += timedelta(microseconds=some[0][0])
        counts = [count for _, count in some]
        moments = await reserve(db, key, rate, counts, now)
        assert min(moments) >= now
        said += zip(moments, counts, strict=True)
    assert said == sorted(said, key=lambda one: one[0])
    assert too_much(said, rate) == []


@ON_SQLITE
@examples(40)
@given(
    rate=RATES,
    wanted=st.lists(
        st.tuples(st.integers(0, 12_000_000), st.integers(1, 14), st.sampled_from(("take", "reserve", "rest"))),
        max_size=25,
    ),
)
async def test_taking_reserving_and_resting_together_never_go_beyond_the_rate_nor_break_the_rest(
    db: Database, rate: Rate, wanted: list[tuple[int, int, str]]
) -> None:
    key, now = f"mixed {next(_names)}", MONDAY
    said: Said = []
    rests: list[tuple[int, datetime]] = []
    for gap_us, count, how in wanted:
        now += timedelta(microseconds=gap_us)
        if how == "rest":
            until = now + count * SECOND
            await db.run(lambda uow, until=until: uow.pace.rest(key, rate, until))  # type: ignore[misc]
            rests.append((len(said), until))
        elif how == "reserve":
            said.append(((await reserve(db, key, rate, [count], now))[0], count))
        elif await take(db, key, rate, count, now) is None:
            said.append((now, count))
    if said:
        assert too_much(said, rate) == []
    for before, until in rests:
        assert [at for at, _ in said[before:] if at < until] == []


async def test_after_a_rest_a_burst_leaves_at_once_and_then_one_at_a_time(db: Database) -> None:
    rate = Rate(SECOND, 3)
    assert [await take(db, "a", rate, 1, MONDAY) for _ in range(4)] == [None, None, None, MONDAY + SECOND]
    assert await take(db, "a", rate, 1, MONDAY + SECOND) is None
    assert await take(db, "a", rate, 2, MONDAY + SECOND) == MONDAY + 3 * SECOND
    later = MONDAY + 60 * SECOND
    assert await reserve(db, "a", rate, [1] * 5, later) == (
        later, later, later, later + SECOND, later + 2 * SECOND,
    )  # fmt: skip


async def test_an_album_larger_than_a_burst_waits_for_a_full_rest_and_is_paid_for_after_it(db: Database) -> None:
    rate = Rate(SECOND, 3)
    assert await take(db, "a", rate, 1, MONDAY) is None
    assert await take(db, "a", rate, 9, MONDAY) == MONDAY + SECOND
    assert await take(db, "a", rate, 9, MONDAY + SECOND) is None
    assert await take(db, "a", rate, 1, MONDAY + SECOND) == MONDAY + 8 * SECOND


async def test_keys_do_not_know_of_each_other(db: Database) -> None:
    rate = Rate(SECOND, 1)
    assert [await take(db, key, rate, 1, MONDAY) for key in ("a", "b", "c")] == [None] * 3
    await db.run(lambda uow: uow.pace.rest("a", rate, MONDAY + 60 * SECOND))
    assert await take(db, "b", rate, 1, MONDAY + SECOND) is None
    assert await take(db, "a", rate, 1, MONDAY + SECOND) == MONDAY + 60 * SECOND


async def test_a_shorter_rest_does_not_end_a_longer_one(db: Database) -> None:
    rate = Rate(SECOND, 2)
    for seconds in (30, 5):
        await db.run(lambda uow, until=MONDAY + seconds * SECOND: uow.pace.rest("a", rate, until))  # type: ignore[misc]
    assert await take(db, "a", rate, 1, MONDAY + 29 * SECOND) == MONDAY + 30 * SECOND


async def test_what_is_rolled_back_was_not_taken(db: Database) -> None:
    rate = Rate(SECOND, 1)

    async def fails(uow: object) -> None:
        assert await uow.pace.take("a", rate, 1, MONDAY) is None  # type: ignore[attr-defined]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await db.run(fails)
    assert await take(db, "a", rate, 1, MONDAY) is None


@pytest.mark.parametrize("replicas", [2, 4])
@ON_POSTGRES
async def test_replicas_that_speak_at_once_together_keep_the_rate(opens: Opens, replicas: int) -> None:
    rate, dbs = Rate(100 * MS, 3), [await opens() for _ in range(replicas)]
    said: Said = []

    async def speaks(db: Database, steps: int) -> None:
        """Each goes its own way through the same five seconds."""
        for n in range(steps):
            now = MONDAY + n * 5 * SECOND / steps
            count = 1 + n % 4
            if await take(db, "chat", rate, count, now) is None:
                said.append((now, count))

    await asyncio.gather(*(speaks(db, 40 + 7 * n) for n, db in enumerate(dbs)))
    assert too_much(said, rate) == []
    assert sum(count for _, count in said) > 40  # of 50 and a burst: it lets us speak, too


@ON_POSTGRES
async def test_replicas_that_reserve_at_once_never_get_the_same_moment(opens: Opens) -> None:
    rate, dbs = Rate(50 * MS, 10), [await opens() for _ in range(3)]
    got = await asyncio.gather(*(reserve(db, "account", rate, [1, 2, 1], MONDAY) for db in dbs for _ in range(20)))
    said = [one for moments in got for one in zip(moments, (1, 2, 1), strict=True)]
    assert too_much(said, rate) == []
    assert max(at for at, _ in said) == MONDAY + (240 - 10) * rate.every  # and nobody waits longer than for the others


@pytest.mark.parametrize(
    ("rate", "scope"),
    [(CAPABILITIES.overall, "all"), (CAPABILITIES.per_group, "group"), (CAPABILITIES.per_direct, "private")],
)
def test_our_rates_stay_within_telegrams_with_the_largest_album_on_top(rate: Rate, scope: str) -> None:
    (theirs,) = (one for one in limits.RATES if one.scope == scope)
    most = max(rate.burst, 1 if scope == "private" else CAPABILITIES.images)
    assert theirs.within // rate.every + most <= theirs.messages
