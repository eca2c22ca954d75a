from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import Refused
from points.ledger import (
    Posting,
    Transaction,
    Unbalanced,
    issue_account,
    may_go_negative,
    person_account,
    redeemed_account,
    transfer,
)
from storage.unit_of_work import Database, Unit
from tests.points.builders import ELSEWHERE, HOME, MONDAY, assert_books_are_right, balances, everything

ISSUED, REDEEMED = issue_account(HOME), redeemed_account(HOME)
LI, SUN = person_account(1), person_account(2)


def transaction(points: int = 10, source: str = ISSUED, target: str = LI, **changes: Any) -> Transaction:
    first = Transaction(HOME, "verified_report:1", "verified_report", MONDAY, transfer(points, source, target))
    return replace(first, **changes)


@pytest.mark.parametrize(
    "postings",
    [
        (),
        (Posting(LI, 0),),
        (Posting(LI, 5),),
        (Posting(LI, 5), Posting(SUN, 5)),
        (Posting(ISSUED, -5), Posting(LI, 6)),
        (Posting(ISSUED, -5), Posting(LI, 3), Posting(SUN, 1)),
    ],
)
def test_postings_that_do_not_sum_to_zero_make_no_transaction(postings: tuple[Posting, ...]) -> None:
    with pytest.raises(Unbalanced, match="verified_report:1"):
        transaction(postings=postings)


@pytest.mark.parametrize("points", [0, -1, -(10**9)])
def test_nothing_and_less_than_nothing_cannot_be_moved(points: int) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        transfer(points, ISSUED, LI)


def test_a_transfer_takes_from_the_source_what_it_gives_to_the_target() -> None:
    assert transfer(7, ISSUED, LI) == (Posting(ISSUED, -7), Posting(LI, 7))


def test_only_the_issuing_account_may_go_negative() -> None:
    assert may_go_negative(ISSUED)
    assert [account for account in (LI, SUN, REDEEMED) if may_go_negative(account)] == []


@pytest.mark.parametrize("source", [LI, SUN, REDEEMED])
async def test_a_balance_never_goes_negative_and_the_attempt_changes_nothing(db: Database, source: str) -> None:
    async def earn(uow: Unit) -> bool:
        return await uow.ledger.post(transaction(9))

    assert await db.run(earn)
    before = await db.read(everything)
    for target in ("a", "z"):  # before and after the source in the alphabet, so that either is moved first
        spent = transaction(10, source, target, key="redemption:1")
        with pytest.raises(Refused, match="points_short") as refused:
            await db.run(lambda uow, spent=spent: uow.ledger.post(spent))  # type: ignore[misc]
        assert refused.value.params == {"balance": 9 if source == LI else 0, "price": 10}
    assert await db.read(everything) == before


async def test_the_last_point_may_be_spent(db: Database) -> None:
    async def work(uow: Unit) -> tuple[bool, bool]:
        spent = transaction(10, LI, REDEEMED, key="redemption:1")
        return await uow.ledger.post(transaction(10)), await uow.ledger.post(spent)

    assert await db.run(work) == (True, True)
    assert await db.read(balances) == {ISSUED: -10, LI: 0, REDEEMED: 10}


async def test_a_key_posted_again_posts_nothing_whatever_it_says(db: Database) -> None:
    assert await db.run(lambda uow: uow.ledger.post(transaction(10))) is True
    before = await db.read(everything)
    for points in (10, 3, 10**9):
        again = transaction(points)
        assert await db.run(lambda uow, again=again: uow.ledger.post(again)) is False  # type: ignore[misc]
    assert await db.read(everything) == before


async def test_a_key_posted_twice_in_one_unit_posts_once(db: Database) -> None:
    async def work(uow: Unit) -> tuple[bool, bool]:
        return await uow.ledger.post(transaction()), await uow.ledger.post(transaction())

    assert await db.run(work) == (True, False)
    assert await db.read(balances) == {ISSUED: -10, LI: 10}


async def test_the_same_key_of_another_community_is_another_transaction(db: Database) -> None:
    async def work(uow: Unit) -> tuple[bool, bool]:
        there = transaction(4, issue_account(ELSEWHERE), SUN, community=ELSEWHERE)
        return await uow.ledger.post(transaction()), await uow.ledger.post(there)

    assert await db.run(work) == (True, True)
    assert await db.read(balances) == {ISSUED: -10, LI: 10, issue_account(ELSEWHERE): -4, SUN: 4}


async def test_an_account_nobody_posted_to_has_no_points_and_no_entries(db: Database) -> None:
    assert await db.read(lambda uow: uow.ledger.balance(LI)) == 0
    assert await db.read(lambda uow: uow.ledger.entries(LI)) == ()


async def test_the_entries_come_newest_first_each_with_the_balance_after_it(db: Database) -> None:
    moves = ((5, ISSUED, LI), (10, ISSUED, LI), (99, ISSUED, SUN), (12, LI, REDEEMED), (7, ISSUED, LI))

    async def work(uow: Unit) -> None:
        for number, (points, source, target) in enumerate(moves):
            at = MONDAY + timedelta(hours=number)
            data = {"title": f"第{number}件"}
            assert await uow.ledger.post(transaction(points, source, target, key=f"{number}", at=at, data=data))

    await db.run(work)
    entries = await db.read(lambda uow: uow.ledger.entries(LI))
    assert [(entry.points, entry.balance) for entry in entries] == [(7, 10), (-12, 3), (10, 15), (5, 5)]
    assert [entry.at - MONDAY for entry in entries] == [timedelta(hours=hours) for hours in (4, 3, 1, 0)]
    assert [entry.data["title"] for entry in entries] == ["第4件", "第3件", "第1件", "第0件"]
    assert await db.read(lambda uow: uow.ledger.entries(LI, 2)) == entries[:2]
    assert await db.read(lambda uow: uow.ledger.balance(LI)) == 10
    await db.read(assert_books_are_right)


async def test_what_fails_after_a_posting_takes_the_posting_back(db: Database) -> None:
    async def work(uow: Unit) -> None:
        assert await uow.ledger.post(transaction())
        raise Refused("out_of_stock")

    before = await db.read(everything)
    with pytest.raises(Refused, match="out_of_stock"):
        await db.run(work)
    assert await db.read(everything) == before
