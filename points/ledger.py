"""Double entry: every transaction's postings sum to zero; nothing is edited, a mistake is reversed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.errors import DomainError
from core.messages import Json


class Unbalanced(DomainError):
    """The postings do not sum to zero: a bug, never a person's fault."""


@dataclass(frozen=True, slots=True)
class Posting:
    """So many whole points onto (positive) or off (negative) an account."""

    account: str
    points: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement of points. `key` is unique in the community: posting it twice is posting it once.

    `kind` names the rule (verified_report, adopted_suggestion, redemption, reversal); `data` what to show about it.
    """

    community: str
    key: str
    kind: str
    at: datetime
    postings: tuple[Posting, ...]
    event: int | None = None
    data: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if sum(posting.points for posting in self.postings) != 0 or len(self.postings) < 2:
            raise Unbalanced(self.key)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an account's statement: what it was, how many points, and the balance after it."""

    kind: str
    points: int
    balance: int
    at: datetime
    data: Mapping[str, Json]


def person_account(person: int) -> str:
    """The account of a resident or volunteer; its balance is never negative."""
    return f"person:{person}"


def issue_account(community: str) -> str:
    """Where a community's earned points come from; its balance is minus what was ever issued."""
    return f"community:{community}:issued"


def redeemed_account(community: str) -> str:
    """Where redeemed points go."""
    return f"community:{community}:redeemed"


def may_go_negative(account: str) -> bool:
    """Only the issuing account may: it is the source."""
    return account.endswith(":issued")


def transfer(points: int, source: str, target: str) -> tuple[Posting, ...]:
    """The two postings that move `points` (more than 0) from one account to another."""
    if points <= 0:
        raise ValueError("points to move must be more than 0")
    return (Posting(source, -points), Posting(target, points))
