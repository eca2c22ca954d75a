from __future__ import annotations

from typing import Any

import pytest

from core.events import Kind, Tier
from core.people import STAFF, Person, Role
from core.policy import PointRules
from points.earning import Earned, earned
from tests.points.builders import closed

RULES = PointRules(verified_report=3, adopted_suggestion=11)
REPORT, SUGGESTION = Earned("verified_report", 3), Earned("adopted_suggestion", 11)


def person(role: Role = Role.RESIDENT) -> Person:
    return Person(7, "李秀兰", role, "xiuyue-3")


@pytest.mark.parametrize("role", sorted(STAFF))
@pytest.mark.parametrize("kind", Kind)
def test_staff_earn_nothing_for_their_own_work(role: Role, kind: Kind) -> None:
    assert earned(closed(person(role), kind=kind, adopted=True, stars=5), person(role), RULES) == ()


def test_a_suggestion_that_was_not_adopted_earns_nothing() -> None:
    assert earned(closed(person(), kind=Kind.SUGGESTION, stars=5), person(), RULES) == ()


def test_a_rule_of_zero_points_is_switched_off() -> None:
    off = PointRules(verified_report=0, adopted_suggestion=0)
    assert earned(closed(person()), person(), off) == ()
    assert earned(closed(person(), kind=Kind.SUGGESTION, adopted=True), person(), off) == ()


def test_an_adopted_suggestion_earns_its_own_points_and_not_those_of_a_report() -> None:
    assert earned(closed(person(), kind=Kind.SUGGESTION, adopted=True), person(), RULES) == (SUGGESTION,)


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.QUESTION])
@pytest.mark.parametrize("role", sorted(set(Role) - STAFF))
def test_whoever_is_not_staff_earns_by_a_report_that_was_handled(role: Role, kind: Kind) -> None:
    assert earned(closed(person(role), kind=kind), person(role), RULES) == (REPORT,)


@pytest.mark.parametrize(
    "changes",
    [
        {"stars": None},
        *({"stars": stars} for stars in range(1, 6)),
        {"comment": "太慢了"},
        {"private": True},
        {"urgent": True},
        {"people": 13},
        {"reopened": 2},
        {"tier": Tier.MAJOR},
        {"photos_allowed": False},
    ],
)
def test_neither_stars_nor_their_absence_nor_anything_else_moves_the_price(changes: dict[str, Any]) -> None:
    assert earned(closed(person(), **changes), person(), RULES) == (REPORT,)
