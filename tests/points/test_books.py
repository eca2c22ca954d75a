"""The books of a town in which anything may happen in any order, checked after every step."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from core.errors import Refused
from core.events import Event, Kind
from core.messages import Reply
from core.people import Person
from points import redeem
from points.award import award
from points.ledger import issue_account, person_account, redeemed_account
from points.rewards import RedemptionState, Reward, code_from
from storage.unit_of_work import Database, Unit
from tests.points.builders import (
    HOME,
    MONDAY,
    POLICY,
    Town,
    add_event,
    assert_books_are_right,
    balances,
    give,
    settle_in,
    turn,
)

T = TypeVar("T")
PEOPLE = st.sampled_from(["resident", "neighbour", "stranger"])
STAFF = st.sampled_from(["staff", "colleague"])
ITEMS = st.sampled_from(["洗手液", "洗手液", "爱心雨伞"])
PURSE = 30  # what everybody has at first: enough for something and not for all
PIECES = 1  # laid on the shelf beside those of the town


@dataclass(frozen=True)
class Bought:
    """What the model remembers of one redemption."""

    code: str
    who: str
    reward: int
    count: int
    points: int
    state: RedemptionState = RedemptionState.RESERVED


class Books(RuleBasedStateMachine):
    """The model: a purse for everybody, a shelf, and the redemptions by their codes."""

    events: Bundle[Event] = Bundle("events")
    codes: Bundle[str] = Bundle("codes")

    def __init__(self, migrated: Path) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="huying-books-"))
        shutil.copy(migrated, self.folder / "huying.db")
        self.runner = asyncio.Runner()
        self.db = self.wait(Database.open(f"sqlite://{self.folder}/huying.db", clock=lambda: MONDAY, migrate=False))
        self.town: Town = self.run(settle_in)
        rewards = (self.town.soap, self.town.umbrella, self.town.strange_soap)
        self.initial = {reward.id: reward.stock + PIECES for reward in rewards}
        for reward in self.initial:
            self.run(lambda uow, reward=reward: uow.shelf.put_back(reward, PIECES))  # type: ignore[misc]
        self.stock = dict(self.initial)
        self.price = {reward.id: reward.price for reward in rewards}
        self.purse = dict.fromkeys(("resident", "neighbour", "stranger"), PURSE)
        self.issued = PURSE * len(self.purse)
        for who in self.purse:
            self.run(partial(give, person=self.person(who), points=PURSE))
        self.rewarded: set[int] = set()
        self.bought: dict[str, Bought] = {}
        self.turns = 0

    def teardown(self) -> None:
        self.wait(self.db.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def run(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        return self.wait(self.db.run(work))

    def person(self, who: str) -> Person:
        found: Person = getattr(self.town, who)
        return found

    def refused(self, work: Callable[[Unit], Awaitable[Reply]]) -> str:
        """The key of the refusal, "" when it was done."""
        try:
            self.run(work)
        except Refused as refused:
            return refused.key
        return ""

    def reward(self, item: str, who: str) -> Reward | None:
        """The reward a person means by that word, on the shelf of their own community."""
        if who == "stranger":
            return self.town.strange_soap if item == "洗手液" else None
        return {"洗手液": self.town.soap, "爱心雨伞": self.town.umbrella}.get(item)

    # ------------------------------------------------------------------------------------------------------- what happens
    @rule(target=events, who=PEOPLE | STAFF, kind=st.sampled_from(Kind), adopted=st.booleans())
    def close_and_award(self, who: str, kind: Kind, adopted: bool) -> Event:
        event = self.run(lambda uow: add_event(uow, self.person(who), kind=kind, adopted=adopted))
        self.award_it(event)
        return event

    @rule(event=events, reopened=st.integers(0, 2))
    def award_again(self, event: Event, reopened: int) -> None:
        self.award_it(replace(event, reopened=reopened))

    def award_it(self, event: Event) -> None:
        given = self.run(lambda uow: award(event, POLICY, uow, MONDAY))
        expected = 0
        if event.id not in self.rewarded and event.reporter not in (self.town.staff.id, self.town.colleague.id):
            if event.kind != Kind.SUGGESTION:
                expected = 5
            elif event.adopted:
                expected = 10
            who = next(name for name in self.purse if self.person(name).id == event.reporter)
            self.purse[who] += expected
            self.issued += expected
        self.rewarded.add(event.id)
        assert given == expected

    def redeemed(self, who: str, item: str, count: int | None) -> tuple[str, str]:
        """A fresh code, and the key of the refusal of redeeming with it, "" when it was done."""
        self.turns += 1
        one = turn(self.person(who), key=f"in:{self.turns}", code=code_from(self.turns))
        return one.code, self.refused(lambda uow: redeem.redeem(item, count, one, uow))

    @rule(target=codes, who=PEOPLE, item=ITEMS, count=st.sampled_from([None, 1, 2, 3, 0]))
    def redeem(self, who: str, item: str, count: int | None) -> Any:
        code, refused = self.redeemed(who, item, count)
        pieces = 1 if count is None else count
        reward = self.reward(item, who)
        if pieces == 0:
            assert refused == "count_out_of_range"
        elif reward is None:
            assert refused == "reward_unknown"
        elif self.stock[reward.id] < pieces:
            assert refused == "out_of_stock"
        elif self.purse[who] < (price := self.price[reward.id] * pieces):
            assert refused == "points_short"
        else:
            assert refused == ""
            self.purse[who] -= price
            self.stock[reward.id] -= pieces
            self.bought[code] = Bought(code, who, reward.id, pieces, price)
            return code
        return multiple()

    @rule(code=codes)
    def cancel_ones_own(self, code: str) -> None:
        self.cancel_it(code, self.bought[code].who)

    @rule(code=codes, who=PEOPLE)
    def cancel(self, code: str, who: str) -> None:
        self.cancel_it(code, who)

    def cancel_it(self, code: str, who: str) -> None:
        refused = self.refused(lambda uow: redeem.cancel(code, turn(self.person(who)), uow))
        one = self.bought[code]
        if one.who != who:
            assert refused == "code_unknown"
        elif one.state != RedemptionState.RESERVED:
            assert refused == "redemption_settled"
        else:
            assert refused == ""
            self.purse[who] += one.points
            self.stock[one.reward] += one.count
            self.bought[code] = replace(one, state=RedemptionState.CANCELLED)

    @rule(code=codes, who=STAFF | STAFF | PEOPLE)
    def hand_over(self, code: str, who: str) -> None:
        refused = self.refused(lambda uow: redeem.hand_over(code, turn(self.person(who)), uow))
        one = self.bought[code]
        if who not in ("staff", "colleague"):
            assert refused == "staff_only"
        elif one.who == "stranger":
            assert refused == "code_unknown"
        elif one.state != RedemptionState.RESERVED:
            assert refused == "redemption_settled"
        else:
            assert refused == ""
            self.bought[code] = replace(one, state=RedemptionState.HANDED_OVER)

    @rule(code=codes)
    def hand_over_and_cancel_at_once(self, code: str) -> None:
        one = self.bought[code]
        steps = (
            partial(redeem.cancel, code, turn(self.person(one.who))),
            partial(
                redeem.hand_over, code, turn(self.town.strange_staff if one.who == "stranger" else self.town.staff)
            ),
        )

        async def both() -> list[Reply | BaseException]:
            return await asyncio.gather(*(self.db.run(step) for step in steps), return_exceptions=True)

        done = [isinstance(result, Reply) for result in self.wait(both())]
        assert sum(done) == (1 if one.state == RedemptionState.RESERVED else 0)
        if done[0]:
            self.purse[one.who] += one.points
            self.stock[one.reward] += one.count
            self.bought[code] = replace(one, state=RedemptionState.CANCELLED)
        elif done[1]:
            self.bought[code] = replace(one, state=RedemptionState.HANDED_OVER)

    @rule(price=st.integers(1, 12))
    def change_the_price_of_the_soap(self, price: int) -> None:
        self.run(lambda uow: uow.registry.add_reward(HOME, "hand-soap", "洗手液", price, 1000))
        self.price[self.town.soap.id] = price

    # ------------------------------------------------------------------------------------------------------ what is always so
    @invariant()
    def the_books_are_right(self) -> None:
        self.wait(self.db.read(assert_books_are_right))

    @invariant()
    def everybody_has_what_the_model_says(self) -> None:
        found = self.wait(self.db.read(balances))
        for who, points in self.purse.items():
            assert found.get(person_account(self.person(who).id), 0) == points
        spent = {"xiuyue": 0, "fenglin": 0}
        for one in self.bought.values():
            if one.state != RedemptionState.CANCELLED:
                spent["fenglin" if one.who == "stranger" else "xiuyue"] += one.points
        assert {community: found.get(redeemed_account(community), 0) for community in spent} == spent
        assert found.get(issue_account(HOME), 0) == -self.issued

    @invariant()
    def no_piece_is_lost_or_made(self) -> None:
        async def look(uow: Unit) -> tuple[dict[int, int], dict[str, RedemptionState], dict[int, int]]:
            shelf = (*await uow.shelf.rewards(HOME), *await uow.shelf.rewards("fenglin"))
            rows = [r for who in self.purse for r in await uow.shelf.redemptions_of(self.person(who).id, 100)]
            gone = dict.fromkeys(self.initial, 0)
            for row in rows:
                if row.state != RedemptionState.CANCELLED:
                    gone[row.reward] += row.count
            return {reward.id: reward.stock for reward in shelf}, {row.code: row.state for row in rows}, gone

        stock, states, gone = self.wait(self.db.read(look))
        assert stock == self.stock
        assert min(stock.values()) >= 0
        assert {reward: stock[reward] + gone[reward] for reward in stock} == self.initial
        assert states == {code: one.state for code, one in self.bought.items()}


def test_whatever_happens_in_whatever_order_no_point_and_no_piece_is_lost_or_made(migrated: Path) -> None:
    run_state_machine_as_test(
        lambda: Books(migrated),  # type: ignore[arg-type]  # a factory will do
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
