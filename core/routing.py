"""Whose is it, and how long may it take."""

from __future__ import annotations

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


def term_of(tier: Tier, urgent: bool, policy: Policy) -> Term:
    """How long a matter of that tier may take; what is urgent has its own term, whatever the tier."""
    return policy.urgent_term if urgent else policy.terms[tier]


def route(judgement: Judgement, policy: Policy) -> Routing:
    """General matters go to the grid worker, difficult ones to the community, major ones to the street.

    What is urgent keeps its handler and gets the urgent term. A category that is not in the policy counts as general.
    """
    category = policy.categories.get(judgement.category)
    tier = category.tier if category else Tier.GENERAL
    return Routing(tier, policy.handlers[tier], term_of(tier, judgement.urgent, policy))
