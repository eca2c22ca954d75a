"""One unit is one transaction: all of it or nothing, whatever happens to whoever asked for it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import Conflict, Refused
from core.events import Event, ReportKind, Status
from core.facts import FactKind
from core.messages import Outgoing, Reply
from core.people import Role
from core.ports import UnitOfWork
from narratives.ports import PublishingWork
from points.ports import PointsWork
from storage import connections
from storage.unit_of_work import Database, Unit
from tests.storage.builders import (
    COMMUNITY,
    GRID,
    MONDAY,
    STREET,
    Seeded,
    add_event,
    event,
    fact,
    incoming,
    outgoing,
    question,
)
from tests.storage.conftest import ON_POSTGRES, ON_SQLITE, Opens

CANCELLED = 200
STATEMENTS_OF_AN_ACKNOWLEDGEMENT = 12


def asked_of(uow: Unit) -> tuple[UnitOfWork, PointsWork, PublishingWork]:
    """mypy holds the unit against the three protocols here."""
    return uow, uow, uow


async def events_of(db: Database, seeded: Seeded) -> tuple[Event, ...]:
    return await db.read(lambda uow: uow.events.of_reporter(seeded.resident.id, limit=1000))


@pytest.mark.parametrize("error", [Refused("not_yours"), ValueError("a bug"), asyncio.CancelledError()])
async def test_whatever_is_raised_in_a_unit_rolls_all_of_it_back(
    db: Database, seeded: Seeded, error: BaseException
) -> None:
    async def work(uow: Unit) -> None:
        await uow.inbox.receive(incoming(), "digest")
        await add_event(uow, seeded)
        await uow.outgoing.add(outgoing("said", seeded))
        raise error

    with pytest.raises(type(error)):
        await db.run(work)
    assert await events_of(db, seeded) == ()
    assert (await db.run(lambda uow: uow.inbox.receive(incoming(), "digest"))).new
    assert await db.run(lambda uow: uow.session.all("SELECT id FROM outgoing WHERE key = ?", "said")) == []
    assert await db.run(lambda uow: uow.events.next_serial(COMMUNITY)) == 1


async def test_two_hundred_cancelled_units_leave_the_database_answering(db: Database, seeded: Seeded) -> None:
    chance = random.Random(7)

    async def work(uow: Unit) -> None:
        await add_event(uow, seeded)

    for _ in range(CANCELLED):
        task = asyncio.create_task(db.run(work))
        for _ in range(chance.randrange(60)):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    async with asyncio.timeout(5):
        found = await events_of(db, seeded)
        for one in found:  # none is there by half
            assert len(await db.read(lambda uow, id=one.id: uow.facts.of_event(id))) == 1  # type: ignore[misc]
        assert await db.run(lambda uow: uow.events.next_serial(COMMUNITY)) == len(found) + 1


async def test_a_unit_cancelled_itself_rolls_back_and_gives_its_connection_back(db: Database, seeded: Seeded) -> None:
    chance = random.Random(8)
    committed = 0

    async def work(uow: Unit) -> None:
        await add_event(uow, seeded)

    for _ in range(50):
        before = asyncio.all_tasks()
        task = asyncio.create_task(db.run(work))
        for _ in range(chance.randrange(60)):
            await asyncio.sleep(0)
        for each in asyncio.all_tasks() - before:  # as the end of asyncio.run does
            each.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
            committed += 1
    async with asyncio.timeout(5):
        found = await events_of(db, seeded)
        assert await db.run(lambda uow: uow.events.next_serial(COMMUNITY)) == len(found) + 1
    assert len(found) >= committed


async def test_a_caller_cancelled_again_and_again_still_waits_for_its_unit(db: Database, seeded: Seeded) -> None:
    done = False

    async def work(uow: Unit) -> None:
        nonlocal done
        await add_event(uow, seeded)
        done = True

    task = asyncio.create_task(db.run(work))
    for _ in range(10):
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done
    assert len(await events_of(db, seeded)) == 1


async def test_units_at_once_each_get_their_own_number(db: Database) -> None:
    numbers = await asyncio.gather(*(db.run(lambda uow: uow.events.next_serial(COMMUNITY)) for _ in range(30)))
    assert sorted(numbers) == list(range(1, 31))


async def test_what_somebody_changed_in_between_is_a_conflict_and_stays_as_they_left_it(
    db: Database, seeded: Seeded
) -> None:
    stale = await db.run(lambda uow: add_event(uow, seeded))

    async def close(uow: Unit) -> Event:
        return await uow.events.save(replace(stale, status=Status.CLOSED))

    assert (await db.run(close)).version == 1
    with pytest.raises(Conflict):
        await db.run(lambda uow: uow.events.save(stale))
    assert (await db.read(lambda uow: uow.events.get(stale.id))).status is Status.CLOSED


# SQLite has one writer: there units never wait for each other.
@ON_POSTGRES
async def test_two_units_that_wait_for_each_other_end_in_one_conflict(opens: Opens) -> None:
    one, other = await opens(), await opens()
    both = asyncio.Barrier(2)

    def work(first: str, second: str) -> Callable[[Unit], Awaitable[int]]:
        async def run(uow: Unit) -> int:
            await uow.events.next_serial(first)
            await both.wait()
            return await uow.events.next_serial(second)

        return run

    ended = await asyncio.gather(one.run(work("a", "b")), other.run(work("b", "a")), return_exceptions=True)
    assert [type(each) for each in ended].count(Conflict) == 1


@ON_SQLITE
async def test_a_file_locked_by_a_stranger_is_a_conflict_and_not_a_bug(url: str) -> None:
    db = await Database.open(f"{url}?busy_timeout=1", alone=False)
    path = connections.sqlite_path(url)
    assert path is not None
    stranger = sqlite3.connect(path, isolation_level=None)
    try:
        stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(Conflict):
            await db.run(lambda uow: uow.events.next_serial(COMMUNITY))
        stranger.execute("ROLLBACK")
        assert await db.run(lambda uow: uow.events.next_serial(COMMUNITY)) == 1
    finally:
        stranger.close()
        await db.close()


async def test_reading_sees_what_is_committed_and_on_sqlite_cannot_write(db: Database, seeded: Seeded) -> None:
    inside, seen = asyncio.Event(), asyncio.Event()

    async def work(uow: Unit) -> None:
        await add_event(uow, seeded)
        inside.set()
        await seen.wait()

    unit = asyncio.create_task(db.run(work))
    await inside.wait()
    assert await events_of(db, seeded) == ()  # and it did not wait for the unit
    seen.set()
    await unit
    assert len(await events_of(db, seeded)) == 1
    if db.dialect == "sqlite":
        with pytest.raises(Exception, match="readonly"):
            await db.read(lambda uow: uow.events.next_serial(COMMUNITY))


async def test_closing_waits_for_the_unit_under_way(opens: Opens, seeded: Seeded, db: Database) -> None:
    unit = asyncio.create_task(db.run(lambda uow: add_event(uow, seeded)))
    await asyncio.sleep(0)
    await db.close()
    assert (await unit).id == 1


async def test_text_no_database_can_hold_is_stored_without_what_offends(db: Database, seeded: Seeded) -> None:
    text = "灯\x00坏\ud800了\u202e" + "很" * 4000

    async def work(uow: Unit) -> int:
        kept = await add_event(uow, seeded, title=text)
        await uow.facts.append(fact(event=kept.id, data={"te\x00xt": [text], "back\\u0000slash": "\\u0000"}))
        return kept.id

    kept = await db.run(work)
    clean = "灯坏?了\u202e" + "很" * 4000
    assert (await db.read(lambda uow: uow.events.get(kept))).title == clean
    facts = await db.read(lambda uow: uow.facts.of_event(kept))
    assert facts[-1].data == {"text": [clean], "back\\u0000slash": "\\u0000"}


async def test_a_report_is_acknowledged_in_twelve_statements_at_most(db: Database, seeded: Seeded) -> None:
    async def take(uow: Unit) -> None:
        received = await uow.inbox.receive(incoming(), "digest")
        found = await uow.people.arriving("practice", "room", "li", "group", MONDAY - timedelta(minutes=10))
        assert found.person == seeded.resident
        serial = await uow.events.next_serial(COMMUNITY)
        await uow.events.open_in_grid(COMMUNITY, GRID, MONDAY - timedelta(days=14))
        handler = await uow.people.on_duty(GRID, COMMUNITY, Role.GRID_WORKER, STREET)
        assert handler == seeded.worker
        id = await uow.events.add(event(seeded, serial=serial))
        await uow.reports.add(id, seeded.resident.id, seeded.group.id, ReportKind.FIRST, "楼道灯坏了", MONDAY)
        await uow.facts.append(fact(event=id), fact(event=id, kind=FactKind.ASSIGNED))
        await uow.outgoing.add(
            Outgoing(f"in:{received.id}:reply", Reply("filed"), chat=seeded.group.id),
            Outgoing(f"in:{received.id}:task", question(), person=seeded.worker.id),
        )

    before = db.statements
    await db.run(take)
    assert db.statements - before <= STATEMENTS_OF_AN_ACKNOWLEDGEMENT


@ON_SQLITE
async def test_the_settings_of_sqlite_really_hold(db: Database) -> None:
    async def settings(uow: Unit) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
        return {name: dict(await uow.session.one(f"PRAGMA {name}") or {}).popitem()[1] for name in names}

    ours = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    assert await db.run(settings) == {**ours, "query_only": 0}
    assert await db.read(settings) == {**ours, "query_only": 1}
