"""Facts are kept in order, and each is reacted to by one worker until it is settled."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from core.facts import Fact, FactKind
from storage.unit_of_work import Database, Unit
from tests.storage.builders import MINUTE, MONDAY, Clock, Seeded, add_event, fact
from tests.storage.conftest import Opens


async def claim(db: Database, clock: Clock, limit: int = 20) -> tuple[Fact, ...]:
    return await db.run(lambda uow: uow.facts.claim(clock.now, limit, MINUTE))


async def append(db: Database, *facts: Fact) -> None:
    await db.run(lambda uow: uow.facts.append(*facts))


async def test_a_fact_claimed_belongs_to_nobody_else_until_its_lease_ends(db: Database, clock: Clock) -> None:
    await append(db, fact(), fact(kind=FactKind.CLOSED))
    first = await claim(db, clock)
    assert [one.kind for one in first] == [FactKind.REPORTED, FactKind.CLOSED]
    assert await claim(db, clock) == ()
    clock.now += MINUTE
    assert await claim(db, clock) == first


async def test_a_fact_is_settled_once_and_never_claimed_again(db: Database, clock: Clock) -> None:
    await append(db, fact())
    (one,) = await claim(db, clock)
    assert await db.run(lambda uow: uow.facts.settle(one.id, clock.now))
    assert not await db.run(lambda uow: uow.facts.settle(one.id, clock.now))
    clock.now += timedelta(days=1)
    assert await claim(db, clock) == ()


async def test_a_fact_to_be_tried_again_holds_up_its_event_and_no_other(
    db: Database, seeded: Seeded, clock: Clock
) -> None:
    one = await db.run(lambda uow: add_event(uow, seeded))
    other = await db.run(lambda uow: add_event(uow, seeded))
    (failed, _) = await claim(db, clock)
    assert await db.run(lambda uow: uow.facts.release(failed.id, clock.now + 5 * MINUTE)) == 1
    await append(db, fact(event=one.id, kind=FactKind.CLOSED), fact(event=other.id, kind=FactKind.CLOSED), fact())
    clock.now += 2 * MINUTE
    await db.run(lambda uow: uow.facts.settle(2, clock.now))
    assert [(each.event, each.kind) for each in await claim(db, clock)] == [
        (other.id, FactKind.CLOSED),
        (None, FactKind.REPORTED),
    ]
    clock.now += 3 * MINUTE
    assert [each.event for each in await claim(db, clock)][:2] == [one.id, one.id]


async def test_claims_of_several_workers_never_overlap(opens: Opens, engine: str, clock: Clock) -> None:
    dbs = [await opens()]
    dbs += [await opens() for _ in range(3)] if engine == "postgres" else dbs * 3
    await append(dbs[0], *(fact() for _ in range(100)))

    async def work(db: Database) -> list[int]:
        claimed: list[int] = []
        while rows := await claim(db, clock, limit=7):
            claimed += [row.id for row in rows]
        return claimed

    claimed = [id for one in await asyncio.gather(*(work(db) for db in dbs)) for id in one]
    assert sorted(claimed) == list(range(1, 101))


async def test_the_latest_fact_of_a_person_is_found_by_kind_and_time(db: Database, seeded: Seeded) -> None:
    who = seeded.resident.id
    await append(
        db,
        fact(actor=who, kind=FactKind.RATED, at=MONDAY),
        fact(actor=who, kind=FactKind.RATED, at=MONDAY + MINUTE, data={"stars": 5}),
        fact(actor=who, kind=FactKind.JOINED, at=MONDAY + 2 * MINUTE),
        fact(actor=seeded.neighbour.id, kind=FactKind.RATED, at=MONDAY + 3 * MINUTE),
    )

    async def latest(uow: Unit) -> list[Fact | None]:
        return [
            await uow.facts.latest_by(who, (FactKind.RATED,), MONDAY),
            await uow.facts.latest_by(who, (FactKind.RATED,), MONDAY + 2 * MINUTE),
            await uow.facts.latest_by(who, (), MONDAY),
        ]

    found, later, nothing = await db.read(latest)
    assert found is not None
    assert (found.at, found.data) == (MONDAY + MINUTE, {"stars": 5})
    assert later is None
    assert nothing is None
