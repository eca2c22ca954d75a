from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from core.errors import Refused
from narratives.publications import (
    PUBLICATION_STEPS,
    Draft,
    Publication,
    PublicationAction,
    PublicationKind,
    PublicationState,
    advance,
    composed,
)

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
# What the office agreed on, written down a second time by hand: action, from which states, to which.
AGREED = (
    (PublicationAction.DRAW, "drawing", "waiting"),
    (PublicationAction.CHANGE, "drawing waiting", "drawing"),
    (PublicationAction.CONFIRM, "waiting", "waiting"),
    (PublicationAction.APPROVE, "waiting", "approved"),
    (PublicationAction.UNDO, "approved", "waiting"),
    (PublicationAction.REFUSE, "drawing waiting", "refused"),
    (PublicationAction.WITHDRAW, "drawing waiting approved", "withdrawn"),
)
LEGAL = {
    (PublicationState(state), action): PublicationState(to) for action, states, to in AGREED for state in states.split()
}
ILLEGAL = [pair for pair in product(PublicationState, PublicationAction) if pair not in LEGAL]


def log(state: PublicationState, **changes: Any) -> Publication:
    first = Publication(
        11, "xiuyue", 3, PublicationKind.LOG, "xiuyue-3", 7, state, "3号楼门口清爽了", "垃圾当天清走。", MONDAY,
        images=("picture.png",), changed_text="当天清走，放了新桶。", version=4,
    )  # fmt: skip
    return replace(first, **changes)


@pytest.mark.parametrize(("state", "action"), ILLEGAL)
def test_an_illegal_step_is_refused_and_changes_nothing(state: PublicationState, action: PublicationAction) -> None:
    before = log(state)
    kept = replace(before)
    key = "log_still_drawing" if state == PublicationState.DRAWING else "log_impossible"
    with pytest.raises(Refused, match=key) as refused:
        advance(before, action)
    assert refused.value.params == {"log": "L3", "state": state, "action": action}
    assert before == kept


@pytest.mark.parametrize("state", [PublicationState.REFUSED, PublicationState.WITHDRAWN])
def test_nothing_leads_out_of_an_end(state: PublicationState) -> None:
    assert [action for start, action in PUBLICATION_STEPS if start == state] == []


@pytest.mark.parametrize("state", sorted(set(PublicationState) - {PublicationState.WAITING}))
def test_only_what_is_drawn_and_waiting_can_be_approved(state: PublicationState) -> None:
    with pytest.raises(Refused):
        advance(log(state), PublicationAction.APPROVE)


@pytest.mark.parametrize(("pair", "to"), LEGAL.items())
def test_a_legal_step_gives_the_agreed_state_and_changes_nothing_else(
    pair: tuple[PublicationState, PublicationAction], to: PublicationState
) -> None:
    before = log(pair[0])
    assert advance(before, pair[1]) == replace(before, state=to)


def test_the_table_holds_no_step_beyond_those_agreed() -> None:
    assert dict(PUBLICATION_STEPS) == LEGAL


def test_the_number_people_see_is_the_communitys_running_number() -> None:
    assert log(PublicationState.WAITING, serial=12).number == "L12"


@pytest.mark.parametrize("state", ["approved", "refused", "withdrawn"])
def test_what_was_decided_upon_is_not_composed_again(state: str) -> None:
    with pytest.raises(ValueError, match="L3 is decided upon"):
        composed(log(PublicationState(state)), Draft("新", "新"))


def test_a_new_edition_forgets_its_pictures_and_who_confirmed_the_last_one() -> None:
    waiting = log(PublicationState.WAITING, edition=2, confirmed_by=9, remind_at=MONDAY)
    anew = composed(waiting, Draft("新题", "新文", ("photo.jpg",), "8岁男孩"))
    assert (anew.state, anew.images, anew.edition) == (PublicationState.DRAWING, (), 3)
    assert (anew.confirmed_by, anew.remind_at, anew.minor) == (None, None, "8岁男孩")
    assert (anew.title, anew.text, anew.photos) == ("新题", "新文", ("photo.jpg",))


def test_what_nobody_has_seen_yet_is_no_other_edition() -> None:
    first = composed(log(PublicationState.DRAWING, images=(), edition=0), Draft("一", "一"))
    assert composed(first, Draft("二", "二")).edition == first.edition == 1
