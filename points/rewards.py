"""Rewards and their redemption: reserved with a code, then handed over or cancelled, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from core.errors import Refused

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: they are mixed up when read aloud
CODE_LENGTH = 8  # the last is a check character
MAX_COUNT = 10  # of one reward in one redemption


@dataclass(frozen=True, slots=True)
class Reward:
    """Something on the shelf: price in points, stock in pieces."""

    id: int
    community: str
    code: str
    name: str
    price: int
    stock: int


class RedemptionState(StrEnum):
    RESERVED = "reserved"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


class RedemptionAction(StrEnum):
    HAND_OVER = "hand_over"
    CANCEL = "cancel"


REDEMPTION_STEPS: Mapping[tuple[RedemptionState, RedemptionAction], RedemptionState] = MappingProxyType(
    {
        (RedemptionState.RESERVED, RedemptionAction.HAND_OVER): RedemptionState.HANDED_OVER,
        (RedemptionState.RESERVED, RedemptionAction.CANCEL): RedemptionState.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class Redemption:
    """`points` is the whole price paid; `code` is what the resident shows when collecting."""

    id: int
    community: str
    code: str
    person: int
    reward: int
    reward_name: str
    count: int
    points: int
    state: RedemptionState
    at: datetime


def advance(redemption: Redemption, action: RedemptionAction) -> RedemptionState:
    """The state after the action; raises Refused `redemption_settled` when it is settled already."""
    state = REDEMPTION_STEPS.get((redemption.state, action))
    if state is None:
        raise Refused("redemption_settled", code=redemption.code, state=redemption.state)
    return state


def code_from(number: int) -> str:
    """A code of eight characters from a random number in [0, 32**7): seven digits and a check character."""
    body = ""
    for _ in range(CODE_LENGTH - 1):
        number, digit = divmod(number, len(CODE_ALPHABET))
        body += CODE_ALPHABET[digit]
    return body + _check(body)


def is_code(text: str) -> bool:
    """Whether the text is a well-formed code with a right check character (upper case, no spaces)."""
    return (
        len(text) == CODE_LENGTH
        and all(character in CODE_ALPHABET for character in text)
        and _check(text[:-1]) == text[-1]
    )


def _check(body: str) -> str:
    """Position-weighted sum modulo 32: the odd weights catch every single wrong character. Neighbours' weights, the check's
    own -1 among them, differ by 2 or by 14, so that a swap is caught unless the two lie exactly 16 apart."""
    total = sum((index * 2 + 1) * CODE_ALPHABET.index(character) for index, character in enumerate(body))
    return CODE_ALPHABET[total % 32]
