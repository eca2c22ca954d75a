"""Points are never made, lost or spent twice, however many ask at once."""

from __future__ import annotations

import asyncio
import random

import pytest

from core.errors import Refused
from points.ledger import issue_account, person_account
from points.rewards import RedemptionState, Reward
from storage.audit import audit
from storage.unit_of_work import Database, Unit
from tests.storage.builders import COMMUNITY, MONDAY, Seeded, earned, spent


async def balance(db: Database, account: str) -> int:
    return await db.read(lambda uow: uow.ledger.balance(account))


async def findings(db: Database) -> tuple[str, ...]:
    return await db.read(lambda uow: audit(uow.session))


async def test_who_has_too_little_is_refused_and_nothing_moves(db: Database, seeded: Seeded) -> None:
    who = seeded.resident.id
    await db.run(lambda uow: uow.ledger.post(earned(who, 5, "a")))
    with pytest.raises(Refused) as refused:
        await db.run(lambda uow: uow.ledger.post(spent(who, 6, "b")))
    assert (refused.value.key, refused.value.params) == ("points_short", {"balance": 5, "price": 6})
    with pytest.raises(Refused):  # and who never had any
        await db.run(lambda uow: uow.ledger.post(spent(seeded.neighbour.id, 1, "c")))
    assert await balance(db, person_account(who)) == 5
    assert await balance(db, f"community:{COMMUNITY}:redeemed") == 0
    assert await findings(db) == ()


async def test_a_transaction_posted_twice_counts_once(db: Database, seeded: Seeded) -> None:
    who = seeded.resident.id
    assert await db.run(lambda uow: uow.ledger.post(earned(who, 5, "a")))
    assert not await db.run(lambda uow: uow.ledger.post(earned(who, 5, "a")))
    got = await asyncio.gather(*(db.run(lambda uow: uow.ledger.post(earned(who, 5, "b"))) for _ in range(10)))
    assert sum(got) == 1
    assert await balance(db, person_account(who)) == 10
    assert await balance(db, issue_account(COMMUNITY)) == -10


async def test_of_sixty_who_spend_thirty_of_a_hundred_at_once_three_succeed(db: Database, seeded: Seeded) -> None:
    who = seeded.resident.id
    await db.run(lambda uow: uow.ledger.post(earned(who, 100, "a")))
    ended = await asyncio.gather(
        *(db.run(lambda uow, n=n: uow.ledger.post(spent(who, 30, f"s{n}"))) for n in range(60)),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert ended.count(True) == 3
    assert sum(isinstance(one, Refused) for one in ended) == 57
    assert await balance(db, person_account(who)) == 10
    assert await findings(db) == ()


async def test_a_statement_shows_the_balance_after_each_line_newest_first(db: Database, seeded: Seeded) -> None:
    who = seeded.resident.id
    for n, points in enumerate((5, 10, -3, 7)):
        move = earned(who, points, f"k{n}") if points > 0 else spent(who, -points, f"k{n}")
        await db.run(lambda uow, move=move: uow.ledger.post(move))  # type: ignore[misc]
    lines = await db.read(lambda uow: uow.ledger.entries(person_account(who), limit=3))
    assert [(line.points, line.balance) for line in lines] == [(7, 19), (-3, 12), (10, 15)]
    assert lines[0].data == {"serial": 7}
    assert await db.read(lambda uow: uow.ledger.entries(person_account(seeded.staff.id))) == ()


async def test_random_movements_keep_the_books_in_order(db: Database, seeded: Seeded) -> None:
    chance = random.Random(3)
    people = [seeded.resident.id, seeded.neighbour.id, seeded.worker.id]
    expected = dict.fromkeys(people, 0)
    for n in range(200):
        who, points, key = chance.choice(people), chance.randint(1, 9), f"k{chance.randrange(150)}"
        move = chance.choice((earned, spent))(who, points, key)
        try:
            if await db.run(lambda uow, move=move: uow.ledger.post(move)):  # type: ignore[misc]
                expected[who] += points if move.kind == "verified_report" else -points
        except Refused:
            assert expected[who] < points, n
    assert {who: await balance(db, person_account(who)) for who in people} == expected
    assert await findings(db) == ()


async def put(db: Database, stock: int) -> Reward:
    return await db.run(lambda uow: uow.registry.add_reward(COMMUNITY, "soap", "洗衣液", 30, stock))


async def test_of_fifty_who_want_the_last_piece_at_once_one_gets_it(db: Database, seeded: Seeded) -> None:
    reward = await put(db, 1)
    await db.run(lambda uow: uow.ledger.post(earned(seeded.resident.id, 10_000, "a")))

    def redeem(n: int) -> object:
        async def work(uow: Unit) -> None:
            await uow.ledger.post(spent(seeded.resident.id, reward.price, f"r{n}"))
            if not await uow.shelf.take(reward.id, 1):
                raise Refused("sold_out")
            await uow.shelf.add_redemption(COMMUNITY, f"CODE{n}", seeded.resident.id, reward, 1, 30, MONDAY)

        return db.run(work)

    ended = await asyncio.gather(*(redeem(n) for n in range(50)), return_exceptions=True)  # type: ignore[call-overload]
    assert [one for one in ended if one is not None and not isinstance(one, Refused)] == []
    assert ended.count(None) == 1
    assert await balance(db, person_account(seeded.resident.id)) == 10_000 - 30
    assert len(await db.read(lambda uow: uow.shelf.redemptions_of(seeded.resident.id))) == 1
    assert (await db.read(lambda uow: uow.shelf.rewards(COMMUNITY)))[0].stock == 0


async def test_a_redemption_is_handed_over_or_cancelled_once(db: Database, seeded: Seeded) -> None:
    reward = await put(db, 5)
    staff = seeded.staff.id
    await db.run(lambda uow: uow.shelf.add_redemption(COMMUNITY, "C", seeded.resident.id, reward, 2, 60, MONDAY))
    found = await db.read(lambda uow: uow.shelf.redemption(COMMUNITY, "C"))
    assert found is not None
    assert (found.reward_name, found.count, found.points, found.state) == ("洗衣液", 2, 60, RedemptionState.RESERVED)
    ended = await asyncio.gather(
        *(
            db.run(lambda uow, state=state: uow.shelf.settle(found, state, staff, MONDAY))  # type: ignore[misc]
            for state in (RedemptionState.HANDED_OVER, RedemptionState.CANCELLED) * 3
        )
    )
    assert sum(ended) == 1
    assert await db.read(lambda uow: uow.shelf.redemption("elsewhere", "C")) is None


async def test_putting_a_reward_on_the_shelf_again_keeps_its_stock(db: Database) -> None:
    reward = await put(db, 5)
    assert await db.run(lambda uow: uow.shelf.take(reward.id, 2))
    assert not await db.run(lambda uow: uow.shelf.take(reward.id, 4))
    assert (await put(db, 99)).stock == 3
    await db.run(lambda uow: uow.shelf.put_back(reward.id, 2))
    assert (await put(db, 99)).stock == 5
