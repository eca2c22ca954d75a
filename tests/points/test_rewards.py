from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

import pytest

from core.errors import Refused
from points.rewards import (
    CODE_ALPHABET,
    REDEMPTION_STEPS,
    Redemption,
    RedemptionAction,
    RedemptionState,
    advance,
    code_from,
    is_code,
)
from tests.points.builders import MONDAY

RESERVED, HANDED_OVER, CANCELLED = RedemptionState
# What the office agreed on, written down a second time by hand.
AGREED = {
    (RESERVED, RedemptionAction.HAND_OVER): HANDED_OVER,
    (RESERVED, RedemptionAction.CANCEL): CANCELLED,
}
ILLEGAL = [pair for pair in product(RedemptionState, RedemptionAction) if pair not in AGREED]

ALL = 32**7
NUMBERS = (0, 1, 31, 32, ALL // 2, ALL - 1, *Random(20261123).sample(range(ALL), 400))
CODES = [code_from(number) for number in NUMBERS]


def redemption(state: RedemptionState) -> Redemption:
    return Redemption(1, "xiuyue", CODES[0], 7, 3, "洗手液", 2, 20, state, MONDAY)


@pytest.mark.parametrize(("state", "action"), ILLEGAL)
def test_an_illegal_step_is_refused_and_changes_nothing(state: RedemptionState, action: RedemptionAction) -> None:
    before = redemption(state)
    kept = replace(before)
    with pytest.raises(Refused, match="redemption_settled") as refused:
        advance(before, action)
    assert refused.value.params == {"code": CODES[0], "state": state}
    assert before == kept


@pytest.mark.parametrize(("pair", "to"), AGREED.items())
def test_a_legal_step_gives_the_agreed_state(
    pair: tuple[RedemptionState, RedemptionAction], to: RedemptionState
) -> None:
    assert advance(redemption(pair[0]), pair[1]) == to


def test_the_table_holds_no_step_beyond_those_agreed() -> None:
    assert dict(REDEMPTION_STEPS) == AGREED


@pytest.mark.parametrize("code", CODES[::40])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda code: "",
        lambda code: code[:-1],
        lambda code: code + code[-1],
        lambda code: code.lower(),
        lambda code: f" {code[1:]}",
        lambda code: f"{code[:4]} {code[4:]}",
        lambda code: f"O{code[1:]}",
        lambda code: f"{code[:3]}1{code[4:]}",
        lambda code: f"{code[:-1]}我",
        lambda code: f"{code}\n",
    ],
)
def test_what_is_not_written_as_a_code_is_none(code: str, spoil: object) -> None:
    assert callable(spoil)
    assert is_code(code)
    assert not is_code(spoil(code))


def test_every_single_wrong_character_is_caught() -> None:
    missed = [
        (code, wrong)
        for code in CODES
        for place, right in enumerate(code)
        for other in CODE_ALPHABET
        if other != right and is_code(wrong := code[:place] + other + code[place + 1 :])
    ]
    assert missed == []


@pytest.mark.parametrize("place", range(7))
def test_a_swap_of_neighbours_is_caught_unless_they_lie_exactly_sixteen_apart(place: int) -> None:
    far: set[bool] = set()
    for code in CODES:
        one, two = code[place], code[place + 1]
        if one == two:
            continue
        sixteen = abs(CODE_ALPHABET.index(one) - CODE_ALPHABET.index(two)) == 16
        far.add(sixteen)
        assert is_code(code[:place] + two + one + code[place + 2 :]) == sixteen, code
    assert far == {True, False}  # the sample holds both


def test_a_code_has_eight_characters_of_which_none_is_mistaken_for_another() -> None:
    assert len(CODE_ALPHABET) == len(set(CODE_ALPHABET)) == 32
    assert not set(CODE_ALPHABET) & set("IO01")
    for code in CODES:
        assert is_code(code)
        assert len(code) == 8
        assert code.isascii()
        assert not set(code) & set("IO01")


def test_two_numbers_never_share_a_code_not_even_its_first_seven() -> None:
    assert len({code[:7] for code in CODES}) == len(set(NUMBERS))


def test_every_character_comes_up_in_every_place() -> None:
    for place in range(8):
        assert {code[place] for code in CODES} == set(CODE_ALPHABET)
