"""What a button carries is read back as the press it was made for, and nothing else is a press."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.community import load_policy
from bots.telegram.callbacks import LIMIT, key_of, read, sign
from core.areas import Level
from core.messages import Press
from tests.bots.telegram.conftest import steady

ROOT = Path(__file__).resolve().parents[3]
KEY, OTHER_KEY = key_of("100200300:stand-in"), key_of("100200300:stand-out")
LARGEST_ROW = 2**63 - 1  # of a database's own number
LONGEST_CODE = 24  # of a community's reward or area (bots/community.py)
LONGEST_NUMBER = "9" * 19

rows = st.integers(0, LARGEST_ROW)
choices = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=31)

# What stands in a made-up choice id, by the words of the source, at its longest.
LONGEST = {
    "{e.serial}": LONGEST_NUMBER, "{n}": LONGEST_NUMBER, "{person.id}": LONGEST_NUMBER, "one.number": f"L{LONGEST_NUMBER}",
    "{one.id}": LONGEST_NUMBER, "{identity.id}": LONGEST_NUMBER,
    "{decision}": "dropped", "{home.code}": "c" * LONGEST_CODE, "str(n)": "5", "{r.code}": "r" * LONGEST_CODE, "one['id']": "kept",
}  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        "", ".", "..", "7", "7.yes", "7.yes.", ".yes.AAAAAAAAAAAA", "7..AAAAAAAAAAAA", "yes", "取消", "7.是.AAAAAAAAAAAA",
        "-7.yes.AAAAAAAAAAAA", "+7.yes.AAAAAAAAAAAA", "7 .yes.AAAAAAAAAAAA", "7.0.yes.AAAAAAAAAAAA", "٧.yes.AAAAAAAAAAAA",
        "7.yes.AAAAAAAAAAAA", "7.yes.éAAAAAAAAAAA", "7.yes.\udcffAAAAAAAAAAA", "7.yes.\x00AAAAAAAAAAA", "9" * 64, "7.yes." + "A" * 4096,
    ],
)  # fmt: skip
def test_what_was_never_signed_is_no_press(data: str) -> None:
    assert read(data, KEY) is None


@steady
@given(rows, choices, st.data())
def test_data_changed_in_any_one_place_are_no_press(row: int, choice: str, data: st.DataObject) -> None:
    signed = sign(row, choice, KEY)
    at = data.draw(st.integers(0, len(signed) - 1))
    put = data.draw(st.characters())
    for changed in (
        signed[:at] + put + signed[at + 1 :],
        signed[:at] + signed[at + 1 :],
        signed[:at] + put + signed[at:],
    ):
        assert changed == signed or read(changed, KEY) is None


@steady
@given(rows, choices, st.text(min_size=1))
def test_data_with_something_before_or_behind_are_no_press(row: int, choice: str, more: str) -> None:
    signed = sign(row, choice, KEY)
    assert read(signed + more, KEY) is None
    assert read(more + signed, KEY) is None


@steady
@given(rows, choices)
def test_data_cut_anywhere_are_no_press(row: int, choice: str) -> None:
    signed = sign(row, choice, KEY)
    for end in range(len(signed)):
        assert read(signed[:end], KEY) is None
        assert read(signed[end + 1 :], KEY) is None


@steady
@given(rows, choices, rows, choices)
def test_the_signature_of_one_button_does_not_fit_another(row: int, choice: str, other: int, another: str) -> None:
    mac = sign(row, choice, KEY).rpartition(".")[2]
    assert (row, choice) == (other, another) or read(f"{other}.{another}.{mac}", KEY) is None


@steady
@given(rows, choices)
def test_buttons_of_a_bot_with_another_token_are_no_press(row: int, choice: str) -> None:
    assert read(sign(row, choice, OTHER_KEY), KEY) is None


def test_a_row_with_a_nought_before_it_is_not_what_was_signed() -> None:
    row, _, rest = sign(7, "yes", KEY).partition(".")
    assert read(f"0{row}.{rest}", KEY) is None


@steady
@given(rows, choices)
def test_what_was_signed_is_read_back_and_fits_on_a_button(row: int, choice: str) -> None:
    signed = sign(row, choice, KEY)
    assert 1 <= len(signed.encode()) <= LIMIT
    assert read(signed, KEY) == Press(row, choice)


@pytest.mark.parametrize(
    ("row", "choice"), [(7, ""), (7, "a.b"), (7, "是"), (7, "a b"), (7, "a" * 32), (-1, "yes"), (10**19, "yes")]
)
def test_a_choice_that_does_not_fit_on_a_button_is_refused(row: int, choice: str) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        sign(row, choice, KEY)


def test_every_choice_that_the_house_makes_fits_on_a_button() -> None:
    made = dict(choices_of_the_source())
    assert {"accept", "yes", "photos_yes", "did_you_mean"} <= set(made.values()), "the source is not read any more"
    assert len(made) >= 25
    for where, choice in made.items():
        signed = sign(LARGEST_ROW, choice, KEY)
        assert read(signed, KEY) == Press(LARGEST_ROW, choice), where


def test_every_reward_and_area_of_the_shipped_community_fits_on_a_button() -> None:
    policy = load_policy()
    for reward in policy.rewards:
        sign(LARGEST_ROW, f"reward-{reward.code}", KEY)
    for area in policy.areas.all(Level.GRID):
        sign(LARGEST_ROW, f"home-{area.code}", KEY)


def choices_of_the_source() -> Iterator[tuple[str, str]]:
    """(file:line, id) of every Choice made in the house, its variable part at its longest; a new kind must be named in LONGEST."""
    for package in ("core", "points", "narratives", "storage", "bots"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Choice":
                    where = f"{file.relative_to(ROOT)}:{node.lineno}"
                    first = node.args[0] if node.args else next(k.value for k in node.keywords if k.arg == "id")
                    yield where, _id(first, where)


def _id(node: ast.expr, where: str) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value)
            if isinstance(part, ast.Constant)
            else _longest(ast.unparse(ast.JoinedStr([part]))[2:-1], where)
            for part in node.values
        )
    return _longest(ast.unparse(node), where)


def _longest(written: str, where: str) -> str:
    assert written in LONGEST, f"{where}: how long can {written} be?"
    return LONGEST[written]
