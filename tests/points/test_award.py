from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.events import Kind, Status
from core.policy import PointRules
from points.award import award
from points.ledger import person_account
from storage.unit_of_work import Database, Unit
from tests.points.builders import MONDAY, POLICY, Town, add_event, assert_books_are_right, balances, everything


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.CLOSED}))
async def test_an_event_that_is_not_closed_earns_nothing(db: Database, town: Town, status: Status) -> None:
    async def work(uow: Unit) -> int:
        return await award(await add_event(uow, town.resident, status=status), POLICY, uow, MONDAY)

    assert await db.run(work) == 0
    assert (await db.read(everything))["ledger_transaction"] == ()
    assert (await db.read(everything))["outgoing"] == ()


@pytest.mark.parametrize(
    ("who", "changes"),
    [("staff", {}), ("staff", {"kind": Kind.SUGGESTION, "adopted": True}), ("resident", {"kind": Kind.SUGGESTION})],
)
async def test_staff_and_a_suggestion_not_adopted_earn_nothing_and_are_told_nothing(
    db: Database, town: Town, who: str, changes: dict[str, Any]
) -> None:
    async def work(uow: Unit) -> int:
        return await award(await add_event(uow, getattr(town, who), **changes), POLICY, uow, MONDAY)

    before = await db.read(everything)
    assert await db.run(work) == 0
    assert await db.read(everything) == before


async def test_rules_of_zero_points_move_nothing_and_do_not_stop_what_follows(db: Database, town: Town) -> None:
    policy = replace(POLICY, points=PointRules(0, 0))

    async def work(uow: Unit) -> int:
        return await award(await add_event(uow, town.resident), policy, uow, MONDAY)

    before = await db.read(everything)
    assert await db.run(work) == 0
    assert await db.read(everything) == before


async def test_awarding_twice_is_awarding_once(db: Database, town: Town) -> None:
    event = await db.run(lambda uow: add_event(uow, town.resident))
    assert await db.run(lambda uow: award(event, POLICY, uow, MONDAY)) == 5
    before = await db.read(everything)
    assert await db.run(lambda uow: award(event, POLICY, uow, MONDAY + timedelta(days=1))) == 0
    assert await db.read(everything) == before


async def test_ten_who_award_at_once_award_once(db: Database, town: Town) -> None:
    event = await db.run(lambda uow: add_event(uow, town.resident))
    given = await asyncio.gather(*(db.run(lambda uow: award(event, POLICY, uow, MONDAY)) for _ in range(10)))
    assert sorted(given) == [0] * 9 + [5]
    assert await db.read(lambda uow: uow.ledger.balance(person_account(town.resident.id))) == 5
    await db.read(assert_books_are_right)


async def test_an_event_reopened_and_closed_again_earns_nothing_more(db: Database, town: Town) -> None:
    event = await db.run(lambda uow: add_event(uow, town.resident))
    await db.run(lambda uow: award(event, POLICY, uow, MONDAY))
    again = replace(event, reopened=1, closed_at=MONDAY + timedelta(days=2))
    assert await db.run(lambda uow: award(again, POLICY, uow, MONDAY + timedelta(days=2))) == 0


@pytest.mark.parametrize(
    ("changes", "rule", "points"),
    [
        ({}, "verified_report", 5),
        ({"kind": Kind.QUESTION}, "verified_report", 5),
        ({"kind": Kind.SUGGESTION, "adopted": True}, "adopted_suggestion", 10),
    ],
)
async def test_the_reporter_gets_the_points_and_reads_of_them_once(
    db: Database, town: Town, changes: dict[str, Any], rule: str, points: int
) -> None:
    async def work(uow: Unit) -> int:
        event = await add_event(uow, town.resident, **changes)
        assert await award(event, POLICY, uow, MONDAY) == points
        return event.id

    event = await db.run(work)
    account = person_account(town.resident.id)
    assert await db.read(balances) == {"community:xiuyue:issued": -points, account: points}
    (entry,) = await db.read(lambda uow: uow.ledger.entries(account))
    assert (entry.kind, entry.points, entry.at) == (rule, points, MONDAY)
    assert entry.data["title"] == "3号楼门口垃圾清走了"
    (fact,) = await db.read(lambda uow: uow.facts.of_event(event))
    assert (fact.kind, fact.actor, fact.data) == ("awarded", None, {"points": points, "rule": rule})
    said = await db.run(lambda uow: uow.outgoing.claim(MONDAY, 10, timedelta(minutes=1)))
    assert [(one.reply.key, one.person, one.chat, one.urgency) for one in said] == [
        ("points_earned", town.resident.id, None, "notice")
    ]
    assert said[0].reply.params["points"] == said[0].reply.params["balance"] == points


async def test_two_events_earn_twice_and_the_balance_told_grows(db: Database, town: Town) -> None:
    async def work(uow: Unit) -> int:
        return await award(await add_event(uow, town.resident), POLICY, uow, MONDAY)

    assert [await db.run(work), await db.run(work)] == [5, 5]
    said = [await db.read(lambda uow, id=id: uow.outgoing.get(id)) for id in (1, 2)]  # type: ignore[misc]
    assert [one and one.reply.params["balance"] for one in said] == [5, 10]
    await db.read(assert_books_are_right)
