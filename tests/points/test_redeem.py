from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.commands import parse
from core.errors import Refused
from core.messages import Reply
from core.people import Person, Role
from core.turn import Turn
from points import redeem
from points.ledger import person_account, redeemed_account
from points.rewards import RedemptionState, Reward, code_from
from storage.unit_of_work import Database, Unit
from tests.points.builders import (
    CODE,
    ELSEWHERE,
    HOME,
    MONDAY,
    OTHER_CODE,
    Town,
    assert_books_are_right,
    everything,
    give,
    refusals,
    stock_of,
    turn,
)

Work = Callable[[Unit], Awaitable[Reply]]


async def refused_and_nothing_moved(work: Work, db: Database) -> Refused:
    """The refusal of a unit after which balances, stock, redemptions, facts and messages are what they were."""
    before = await db.read(everything)
    with pytest.raises(Refused) as refused:
        await db.run(work)
    assert await db.read(everything) == before
    return refused.value


@pytest.fixture
async def rich(db: Database, town: Town) -> Town:
    """The town where the resident has 40 points: four soaps, or one umbrella."""

    async def work(uow: Unit) -> None:
        await give(uow, town.resident, 40)
        await give(uow, town.stranger, 40)

    await db.run(work)
    return town


@pytest.fixture
async def bought(db: Database, rich: Town) -> Town:
    """The resident has taken two soaps under CODE and has 20 points left; one soap is on the shelf."""
    await db.run(lambda uow: redeem.redeem("洗手液", 2, turn(rich.resident), uow))
    return rich


async def state_of(uow: Unit, code: str = CODE) -> RedemptionState:
    found = await uow.shelf.redemption(HOME, code)
    assert found is not None
    return found.state


# ------------------------------------------------------------------------------------------------------------- refused
@pytest.mark.parametrize("count", [0, -1, 11, 10**9, -(10**9)])
async def test_a_count_that_nobody_can_mean_moves_nothing(db: Database, rich: Town, count: int) -> None:
    refused = await refused_and_nothing_moved(lambda uow: redeem.redeem("洗手液", count, turn(rich.resident), uow), db)
    assert (refused.key, refused.params) == ("count_out_of_range", {"count": count, "most": 10})


@pytest.mark.parametrize("item", ["自行车", "", "  ", "0", "3", "99", "²", "①", "9" * 4000, "洗手液和爱心雨伞"])
async def test_what_is_not_on_the_shelf_moves_nothing(db: Database, rich: Town, item: str) -> None:
    refused = await refused_and_nothing_moved(lambda uow: redeem.redeem(item, 1, turn(rich.resident), uow), db)
    assert refused.key == "reward_unknown"
    assert [choice.id for choice in refused.choices] == ["catalogue"]
    assert len(str(refused.params["reward"])) <= 40


async def test_an_item_that_may_be_either_of_two_moves_nothing(db: Database, rich: Town) -> None:
    await db.run(lambda uow: uow.registry.add_reward(HOME, "soap-2", "洗手液大瓶", 20, 5))
    refused = await refused_and_nothing_moved(lambda uow: redeem.redeem("手液", 1, turn(rich.resident), uow), db)
    assert refused.key == "reward_unknown"


@pytest.mark.parametrize(("item", "count", "price"), [("洗手液", 1, 10), ("洗手液", 3, 30), ("爱心雨伞", None, 25)])
async def test_too_few_points_move_nothing_and_give_the_pieces_back(
    db: Database, town: Town, item: str, count: int | None, price: int
) -> None:
    await db.run(lambda uow: give(uow, town.resident, 9))
    refused = await refused_and_nothing_moved(lambda uow: redeem.redeem(item, count, turn(town.resident), uow), db)
    assert (refused.key, refused.params) == ("points_short", {"balance": 9, "price": price})


async def test_more_pieces_than_there_are_move_nothing(db: Database, rich: Town) -> None:
    refused = await refused_and_nothing_moved(lambda uow: redeem.redeem("洗手液", 4, turn(rich.resident), uow), db)
    assert (refused.key, refused.params) == ("out_of_stock", {"reward": "洗手液", "stock": 3})


async def test_a_code_that_is_taken_already_moves_nothing(db: Database, bought: Town) -> None:
    async def again(uow: Unit) -> Reply:
        return await redeem.redeem("洗手液", 1, turn(bought.resident, key="in:2"), uow)

    assert (await refused_and_nothing_moved(again, db)).key == "try_again"


async def test_a_person_above_communities_has_no_shelf(db: Database, rich: Town) -> None:
    mayor = turn(Person(rich.staff.id, "郑市长", Role.CITY_STAFF, "binhai"))
    attempts: tuple[Work, ...] = (
        lambda uow: redeem.catalogue(mayor, uow),
        lambda uow: redeem.redeem("洗手液", 1, mayor, uow),
        lambda uow: redeem.cancel(CODE, mayor, uow),
        lambda uow: redeem.hand_over(CODE, mayor, uow),
    )
    for work in attempts:
        assert (await refused_and_nothing_moved(work, db)).key == "no_community"


# --------------------------------------------------------------------------------------------------------------- codes
def spoilt(code: str) -> str:
    """The code with another last character: well formed, but forged."""
    return code[:-1] + ("A" if code[-1] != "A" else "B")


BAD_CODES = (spoilt(CODE), OTHER_CODE, CODE[:-1], CODE[::-1] + "9", "", "  ", "我的兑换码", "O" * 8, "A" * 4000)


@pytest.mark.parametrize("code", BAD_CODES)
async def test_a_forged_or_unknown_code_is_neither_handed_over_nor_cancelled(
    db: Database, bought: Town, code: str
) -> None:
    attempts: tuple[Work, ...] = (
        lambda uow: redeem.hand_over(code, turn(bought.staff), uow),
        lambda uow: redeem.cancel(code, turn(bought.resident), uow),
    )
    for work in attempts:
        refused = await refused_and_nothing_moved(work, db)
        assert refused.key == "code_unknown"
        assert len(str(refused.params["code"])) <= 20


async def test_a_code_of_another_community_is_unknown_here(db: Database, bought: Town) -> None:
    here = turn(bought.staff)
    there = turn(bought.strange_staff)
    await db.run(lambda uow: redeem.redeem("洗手液", 1, turn(bought.stranger, code=OTHER_CODE), uow))
    attempts: tuple[Work, ...] = (
        lambda uow: redeem.hand_over(OTHER_CODE, here, uow),
        lambda uow: redeem.hand_over(CODE, there, uow),
        lambda uow: redeem.cancel(CODE, turn(bought.stranger), uow),
        lambda uow: redeem.cancel(OTHER_CODE, turn(bought.resident), uow),
    )
    for work in attempts:
        assert (await refused_and_nothing_moved(work, db)).key == "code_unknown"


async def test_nobody_cancels_what_somebody_else_redeemed(db: Database, bought: Town) -> None:
    for other in (bought.neighbour, bought.staff):
        refused = await refused_and_nothing_moved(lambda uow, who=other: redeem.cancel(CODE, turn(who), uow), db)  # type: ignore[misc]
        assert (refused.key, refused.params) == ("code_unknown", {"code": CODE})


@pytest.mark.parametrize("role", sorted({*Role} - {Role.COMMUNITY_STAFF, Role.STREET_STAFF}))
async def test_nobody_without_the_right_hands_over(db: Database, bought: Town, role: Role) -> None:
    someone = Person(bought.neighbour.id, "孙大爷", role, HOME)
    refused = await refused_and_nothing_moved(lambda uow: redeem.hand_over(CODE, turn(someone), uow), db)
    assert refused.key == "staff_only"


async def test_staff_of_the_next_community_hand_nothing_over_in_a_group_of_this_one(db: Database, bought: Town) -> None:
    there = turn(bought.strange_staff, chat=bought.group)
    refused = await refused_and_nothing_moved(lambda uow: redeem.hand_over(CODE, there, uow), db)
    assert refused.key == "staff_only"


@pytest.mark.parametrize("first", ["hand_over", "cancel"])
@pytest.mark.parametrize("second", ["hand_over", "cancel"])
async def test_a_code_once_settled_moves_nothing_more(db: Database, bought: Town, first: str, second: str) -> None:
    steps: dict[str, Work] = {
        "hand_over": lambda uow: redeem.hand_over(CODE, turn(bought.staff), uow),
        "cancel": lambda uow: redeem.cancel(CODE, turn(bought.resident), uow),
    }
    await db.run(steps[first])
    refused = await refused_and_nothing_moved(steps[second], db)
    state = {"hand_over": "handed_over", "cancel": "cancelled"}[first]
    assert (refused.key, refused.params) == ("redemption_settled", {"code": CODE, "state": state})


# ------------------------------------------------------------------------------------------------------------- at once
async def test_thirty_who_want_the_last_piece_at_once_get_it_once(db: Database, town: Town) -> None:
    async def move_in(uow: Unit) -> list[Person]:
        people = [await uow.registry.add_person(f"居民{n}", Role.RESIDENT, "xiuyue-3", HOME) for n in range(30)]
        for person in people:
            await give(uow, person, 25)
        return people

    people = await db.run(move_in)
    turns = [turn(person, code=code_from(person.id)) for person in people]
    results = await asyncio.gather(
        *(db.run(lambda uow, one=one: redeem.redeem("爱心雨伞", 1, one, uow)) for one in turns),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert refusals(results) == ["out_of_stock"] * 29
    (won,) = [one for one, result in zip(turns, results, strict=True) if isinstance(result, Reply)]
    assert await db.read(lambda uow: stock_of(uow, town.umbrella)) == 0
    held = {one.who.id: await db.read(lambda uow, one=one: holding(uow, one.who)) for one in turns}  # type: ignore[misc]
    assert held.pop(won.who.id) == (0, [won.code])
    assert set(map(str, held.values())) == {"(25, [])"}
    await db.read(assert_books_are_right)


async def holding(uow: Unit, who: Person) -> tuple[int, list[str]]:
    """The person's balance and the codes of their redemptions."""
    codes = [one.code for one in await uow.shelf.redemptions_of(who.id)]
    return await uow.ledger.balance(person_account(who.id)), codes


async def test_thirty_at_once_from_one_purse_spend_what_is_in_it_and_no_more(db: Database, town: Town) -> None:
    async def fill(uow: Unit) -> Reward:
        await give(uow, town.resident, 44)
        return await uow.registry.add_reward(HOME, "bags", "垃圾袋一卷", 5, 50)

    bags = await db.run(fill)
    turns = [turn(town.resident, key=f"in:{n}", code=code_from(n)) for n in range(30)]
    results = await asyncio.gather(
        *(db.run(lambda uow, one=one: redeem.redeem("垃圾袋一卷", 1, one, uow)) for one in turns),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert refusals(results) == ["points_short"] * 22
    assert await db.read(lambda uow: uow.ledger.balance(person_account(town.resident.id))) == 4
    assert await db.read(lambda uow: stock_of(uow, bags)) == 42
    assert len(await db.read(lambda uow: uow.shelf.redemptions_of(town.resident.id, 100))) == 8
    await db.read(assert_books_are_right)


async def test_of_two_staff_who_hand_over_at_once_one_wins(db: Database, bought: Town) -> None:
    turns = [turn(bought.staff, key="in:8"), turn(bought.colleague, key="in:9")]
    results = await asyncio.gather(
        *(db.run(lambda uow, one=one: redeem.hand_over(CODE, one, uow)) for one in turns),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert refusals(results) == ["redemption_settled"]
    assert await db.read(state_of) == RedemptionState.HANDED_OVER
    rows = await db.read(everything)
    assert len(rows["outgoing"]) == 1  # the owner hears of it once
    assert str(rows["fact"]).count("'handed_over'") == 1


async def test_what_somebody_else_settled_since_it_was_read_is_not_settled_again(db: Database, bought: Town) -> None:
    read = await db.read(lambda uow: uow.shelf.redemption(HOME, CODE))
    assert read is not None
    await db.run(lambda uow: redeem.cancel(CODE, turn(bought.resident), uow))
    before = await db.read(everything)
    handed_over = RedemptionState.HANDED_OVER
    assert not await db.run(lambda uow: uow.shelf.settle(read, handed_over, bought.staff.id, MONDAY))
    assert await db.read(everything) == before


@pytest.mark.parametrize("cancel_first", [True, False])
async def test_of_cancelling_and_handing_over_at_once_one_wins(db: Database, bought: Town, cancel_first: bool) -> None:
    steps: list[Work] = [
        lambda uow: redeem.hand_over(CODE, turn(bought.staff), uow),
        lambda uow: redeem.cancel(CODE, turn(bought.resident), uow),
    ]
    if cancel_first:
        steps.reverse()
    results = await asyncio.gather(*(db.run(step) for step in steps), return_exceptions=True)
    assert refusals(results) == ["redemption_settled"]
    cancelled = await db.read(state_of) == RedemptionState.CANCELLED
    assert await db.read(lambda uow: holding(uow, bought.resident)) == (40 if cancelled else 20, [CODE])
    assert await db.read(lambda uow: stock_of(uow, bought.soap)) == (3 if cancelled else 1)
    await db.read(assert_books_are_right)


# ------------------------------------------------------------------------------------------------------- and what works
@pytest.mark.parametrize("item", ["洗手液", " 洗手液 ", "hand-soap", "1", "洗手", "洗手液两瓶"])
async def test_a_reward_is_meant_by_name_code_number_or_part_of_the_name(db: Database, rich: Town, item: str) -> None:
    reply = await db.run(lambda uow: redeem.redeem(item, None, turn(rich.resident), uow))
    assert reply.params["reward"] == "洗手液"


async def test_an_exact_name_is_preferred_to_one_that_contains_it(db: Database, rich: Town) -> None:
    await db.run(lambda uow: uow.registry.add_reward(HOME, "soap-2", "洗手液大瓶", 20, 5))
    for item in ("洗手液", "洗手液大瓶"):
        turned = turn(rich.resident, code=code_from(len(item)))
        reply = await db.run(lambda uow, item=item, one=turned: redeem.redeem(item, 1, one, uow))  # type: ignore[misc]
        assert reply.params["reward"] == item


async def test_a_redemption_takes_points_and_pieces_and_gives_a_code_in_private(db: Database, rich: Town) -> None:
    reply = await db.run(lambda uow: redeem.redeem("洗手液", 2, turn(rich.resident, chat=rich.group), uow))
    assert (reply.key, reply.private, reply.asked) == ("redeemed", True, (rich.resident.id,))
    assert reply.params == {"code": CODE, "reward": "洗手液", "count": 2, "points": 20, "balance": 20}
    assert [choice.says for choice in reply.choices] == [f"取消兑换 {CODE}"]
    assert await db.read(lambda uow: stock_of(uow, rich.soap)) == 1
    (mine,) = await db.read(lambda uow: uow.shelf.redemptions_of(rich.resident.id))
    assert (mine.community, mine.code, mine.person, mine.reward) == (HOME, CODE, rich.resident.id, rich.soap.id)
    assert (mine.count, mine.points, mine.state, mine.at) == (2, 20, RedemptionState.RESERVED, MONDAY)
    assert await db.read(lambda uow: uow.ledger.balance(redeemed_account(HOME))) == 20
    await db.read(assert_books_are_right)


async def test_cancelling_restores_balance_and_stock_exactly_also_after_the_price_went_up(
    db: Database, rich: Town
) -> None:
    before = await db.read(lambda uow: holding(uow, rich.resident))
    await db.run(lambda uow: redeem.redeem("洗手液", 2, turn(rich.resident), uow))
    await db.run(lambda uow: uow.registry.add_reward(HOME, "hand-soap", "洗手液", 99, 0))
    reply = await db.run(lambda uow: redeem.cancel(CODE, turn(rich.resident), uow))
    assert (reply.key, reply.private) == ("redemption_cancelled", True)
    assert reply.params == {"code": CODE, "reward": "洗手液", "points": 20, "balance": 40}
    assert await db.read(lambda uow: holding(uow, rich.resident)) == (before[0], [CODE])
    assert await db.read(lambda uow: stock_of(uow, rich.soap)) == 3
    assert await db.read(lambda uow: uow.ledger.balance(redeemed_account(HOME))) == 0
    entries = await db.read(lambda uow: uow.ledger.entries(person_account(rich.resident.id)))
    assert [(entry.kind, entry.points) for entry in entries[:2]] == [("reversal", 20), ("redemption", -20)]
    await db.read(assert_books_are_right)


async def test_the_pieces_put_back_can_be_redeemed_by_the_next(db: Database, rich: Town) -> None:
    async def work(uow: Unit) -> Reply:
        await give(uow, rich.neighbour, 25)
        await redeem.redeem("爱心雨伞", 1, turn(rich.resident), uow)
        await redeem.cancel(CODE, turn(rich.resident), uow)
        return await redeem.redeem("爱心雨伞", 1, turn(rich.neighbour, code=OTHER_CODE), uow)

    assert (await db.run(work)).params["balance"] == 0
    assert await db.read(lambda uow: holding(uow, rich.resident)) == (40, [CODE])


async def test_handing_over_tells_the_owner_and_moves_neither_points_nor_pieces(db: Database, bought: Town) -> None:
    written = f" {CODE.lower()} "
    reply = await db.run(lambda uow: redeem.hand_over(written, turn(bought.staff), uow))
    assert (reply.key, reply.params) == ("handed_over", {"code": CODE, "reward": "洗手液", "count": 2})
    said = await db.run(lambda uow: uow.outgoing.claim(MONDAY, 10, timedelta(minutes=1)))
    assert [(one.reply.key, one.person, one.chat) for one in said] == [
        ("handed_over_for_owner", bought.resident.id, None)
    ]
    assert await db.read(lambda uow: holding(uow, bought.resident)) == (20, [CODE])
    assert await db.read(lambda uow: stock_of(uow, bought.soap)) == 1
    assert await db.read(lambda uow: uow.ledger.balance(redeemed_account(HOME))) == 20
    await db.read(assert_books_are_right)


@pytest.mark.parametrize("role", [Role.COMMUNITY_STAFF, Role.STREET_STAFF])
async def test_staff_of_the_community_and_of_its_street_hand_over(db: Database, bought: Town, role: Role) -> None:
    who = Person(bought.staff.id, "刘敏", role, HOME if role == Role.COMMUNITY_STAFF else "guilin")
    await db.run(lambda uow: redeem.hand_over(CODE, turn(who, chat=bought.group), uow))
    assert await db.read(state_of) == RedemptionState.HANDED_OVER


# -------------------------------------------------------------------------------------------------- asked in a strange group
async def test_who_redeems_in_a_group_elsewhere_redeems_at_home_and_may_cancel_in_private(
    db: Database, rich: Town
) -> None:
    away = turn(rich.resident, chat=rich.strange_group)
    shown = await db.run(lambda uow: redeem.catalogue(away, uow))
    assert "枫林洗手液" not in str(shown.params)
    await db.run(lambda uow: redeem.redeem("洗手液", 1, away, uow))
    assert await db.read(lambda uow: stock_of(uow, rich.strange_soap)) == 3
    assert await db.read(lambda uow: uow.shelf.redemption(ELSEWHERE, CODE)) is None
    reply = await db.run(lambda uow: redeem.cancel(CODE, turn(rich.resident), uow))
    assert reply.params["balance"] == 40
    assert await db.read(lambda uow: stock_of(uow, rich.soap)) == 3


# --------------------------------------------------------------------------------------------------------- shown in private
async def test_an_empty_shelf_says_so(db: Database, town: Town) -> None:
    nowhere = replace(town.resident, area="fenglin-1")

    async def work(uow: Unit) -> Reply:
        await uow.session.all("DELETE FROM reward WHERE community = ?", ELSEWHERE)
        return await redeem.catalogue(turn(nowhere), uow)

    assert (await refused_and_nothing_moved(work, db)).key == "shelf_empty"


@pytest.mark.parametrize(
    ("points", "key", "choices"),
    [
        (9, "catalogue_short", []),
        (10, "catalogue", ["reward-hand-soap"]),
        (25, "catalogue", ["reward-hand-soap", "reward-umbrella"]),
    ],
)
async def test_the_catalogue_offers_what_the_balance_reaches(
    db: Database, town: Town, points: int, key: str, choices: list[str]
) -> None:
    await db.run(lambda uow: give(uow, town.resident, points))
    reply = await db.run(lambda uow: redeem.catalogue(turn(town.resident), uow))
    assert (reply.key, reply.private, reply.asked) == (key, True, (town.resident.id,))
    assert [choice.id for choice in reply.choices] == choices
    assert reply.params["items"] == [
        {"reward": "洗手液", "price": 10, "stock": 3},
        {"reward": "爱心雨伞", "price": 25, "stock": 1},
    ]


async def test_the_catalogue_shows_what_is_out_of_stock_without_offering_it(db: Database, rich: Town) -> None:
    await db.run(lambda uow: uow.shelf.take(rich.soap.id, 3))
    reply = await db.run(lambda uow: redeem.catalogue(turn(rich.resident), uow))
    assert [choice.id for choice in reply.choices] == ["reward-umbrella"]
    assert "洗手液" in str(reply.params["items"])


async def test_every_choice_of_the_catalogue_means_one_piece_of_its_reward_whatever_the_name(
    db: Database, rich: Town
) -> None:
    async def put(uow: Unit) -> None:
        await give(uow, rich.resident, 100)
        for number, name in enumerate(("超市代金券10", "毛巾 2条", "垃圾袋一卷", "Wi-Fi 卡")):
            await uow.registry.add_reward(HOME, f"r{number}", name, 1, 9)

    async def redeem_as_said(says: str, one: Turn) -> Reply:
        said = parse(says)
        return await db.run(lambda uow: redeem.redeem(said.name, said.count, one, uow))

    await db.run(put)
    choices = (await db.run(lambda uow: redeem.catalogue(turn(rich.resident), uow))).choices
    assert len(choices) == 6
    for number, choice in enumerate(choices):
        reply = await redeem_as_said(choice.says, turn(rich.resident, code=code_from(number)))
        assert (reply.params["reward"], reply.params["count"]) == (choice.params["reward"], 1)


async def test_the_points_are_shown_in_private_with_the_last_entries_newest_first(db: Database, bought: Town) -> None:
    reply = await db.run(lambda uow: redeem.show_points(turn(bought.resident), uow))
    assert (reply.key, reply.private, reply.asked) == ("points", True, (bought.resident.id,))
    assert (reply.params["balance"], reply.params["count"]) == (20, 2)
    items = reply.params["items"]
    assert isinstance(items, list)
    assert items[0] == {"rule": "redemption", "points": "-20", "at": MONDAY.isoformat(), "what": "洗手液"}
    assert isinstance(items[1], dict)
    assert items[1]["points"] == "+40"


async def test_who_has_no_points_and_no_redemptions_reads_so_in_private(db: Database, town: Town) -> None:
    points = await db.run(lambda uow: redeem.show_points(turn(town.resident), uow))
    assert (points.key, points.params["balance"], points.private) == ("points_none", 0, True)
    mine = await db.run(lambda uow: redeem.my_redemptions(turn(town.resident), uow))
    assert (mine.key, mine.private) == ("redemptions_none", True)


async def test_my_redemptions_are_mine_alone_newest_first_with_where_they_stand(db: Database, bought: Town) -> None:
    async def work(uow: Unit) -> None:
        await give(uow, bought.neighbour, 25)
        await redeem.redeem("雨伞", 1, turn(bought.neighbour, code=code_from(1)), uow)
        await redeem.redeem("洗手液", 1, turn(bought.resident, code=OTHER_CODE), uow)
        await redeem.hand_over(CODE, turn(bought.staff), uow)

    await db.run(work)
    reply = await db.run(lambda uow: redeem.my_redemptions(turn(bought.resident), uow))
    assert (reply.key, reply.private, reply.params["count"]) == ("my_redemptions", True, 2)
    items = reply.params["items"]
    assert isinstance(items, list)
    assert [(item["code"], item["redemption"], item["count"]) for item in items if isinstance(item, dict)] == [
        (OTHER_CODE, "reserved", 1),
        (CODE, "handed_over", 2),
    ]
