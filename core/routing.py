"""Whose is it, and how long may it take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.events import Tier
from core.people import Role
from core.policy import Policy, Term
from core.understanding import Judgement


@dataclass(frozen=True, slots=True)
class Routing:
    """The tier of the matter, the role that handles it and the term it has."""

    tier: Tier
    role: Role
    term: Term


_Rule = tuple[Callable[[Judgement, Policy], bool], Callable[[Policy, Tier], Term]]

# The first rule that holds gives the term; the tier is always the category's.
_TERMS: tuple[_Rule, ...] = (
    (lambda judgement, policy: judgement.urgent, lambda policy, tier: policy.urgent_term),
    (lambda judgement, policy: True, lambda policy, tier: policy.terms[tier]),
)


def route(judgement: Judgement, policy: Policy) -> Routing:
    """General matters go to the grid worker, difficult ones to the community, major ones to the street.

    What is urgent keeps its handler and gets the urgent term. A category that is not in the policy counts as general.
    """
    category = policy.categories.get(judgement.category)
    tier = category.tier if category else Tier.GENERAL
    term = next(term(policy, tier) for holds, term in _TERMS if holds(judgement, policy))
    return Routing(tier, policy.handlers[tier], term)
