from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.events import Kind, Tier
from core.people import Role
from core.policy import Term
from core.routing import route
from core.understanding import Judgement
from tests.core.builders import POLICY


def judged(category: str, urgent: bool = False) -> Judgement:
    return Judgement(Kind.COMPLAINT, category, 0.9, ((category, 0.9),), urgent, "3号楼", "电梯坏了")


@pytest.mark.parametrize(
    ("category", "tier", "role", "days"),
    [
        ("一个没人知道的类别", Tier.GENERAL, Role.GRID_WORKER, 3),
        ("物业管理", Tier.GENERAL, Role.GRID_WORKER, 3),
        ("规划与征拆", Tier.DIFFICULT, Role.COMMUNITY_STAFF, 7),
        ("重大工程", Tier.MAJOR, Role.STREET_STAFF, 15),
    ],
)
def test_the_category_decides_the_tier_and_the_tier_the_rest(category: str, tier: Tier, role: Role, days: int) -> None:
    routing = route(judged(category), POLICY)
    assert (routing.tier, routing.role, routing.term) == (tier, role, Term(working_days=days))


@pytest.mark.parametrize("category", ["物业管理", "规划与征拆", "重大工程"])
def test_an_urgent_matter_keeps_its_handler_and_gets_the_urgent_term(category: str) -> None:
    calm, urgent = route(judged(category), POLICY), route(judged(category, urgent=True), POLICY)
    assert (urgent.tier, urgent.role) == (calm.tier, calm.role)
    assert urgent.term == Term(span=timedelta(hours=24))


def test_a_community_may_give_a_tier_to_another_role() -> None:
    policy = replace(POLICY, handlers={**POLICY.handlers, Tier.GENERAL: Role.COMMUNITY_STAFF})
    assert route(judged("物业管理"), policy).role == Role.COMMUNITY_STAFF
