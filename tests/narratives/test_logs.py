from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from core.errors import Refused
from narratives.logs import LOG_STEPS, HandlingLog, LogAction, LogState, advance

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
# What the office agreed on, written down a second time by hand: action, from which states, to which.
AGREED = (
    (LogAction.DRAW, "drawing", "waiting"),
    (LogAction.CHANGE, "drawing waiting", "drawing"),
    (LogAction.APPROVE, "waiting", "approved"),
    (LogAction.REFUSE, "drawing waiting", "refused"),
    (LogAction.WITHDRAW, "drawing waiting approved", "withdrawn"),
)
LEGAL = {(LogState(state), action): LogState(to) for action, states, to in AGREED for state in states.split()}
ILLEGAL = [pair for pair in product(LogState, LogAction) if pair not in LEGAL]


def log(state: LogState, **changes: Any) -> HandlingLog:
    first = HandlingLog(
        11, "xiuyue", 3, 7, state, "3号楼门口清爽了", "垃圾当天清走。", MONDAY,
        image="picture.png", changed_text="当天清走，放了新桶。", version=4,
    )  # fmt: skip
    return replace(first, **changes)


@pytest.mark.parametrize(("state", "action"), ILLEGAL)
def test_an_illegal_step_is_refused_and_changes_nothing(state: LogState, action: LogAction) -> None:
    before = log(state)
    kept = replace(before)
    with pytest.raises(Refused, match="log_impossible") as refused:
        advance(before, action)
    assert refused.value.params == {"log": "L3", "state": state, "action": action}
    assert before == kept


@pytest.mark.parametrize("state", [LogState.REFUSED, LogState.WITHDRAWN])
def test_nothing_leads_out_of_an_end(state: LogState) -> None:
    assert [action for start, action in LOG_STEPS if start == state] == []


@pytest.mark.parametrize("state", sorted(set(LogState) - {LogState.WAITING}))
def test_only_what_is_drawn_and_waiting_can_be_approved(state: LogState) -> None:
    with pytest.raises(Refused):
        advance(log(state), LogAction.APPROVE)


@pytest.mark.parametrize(("pair", "to"), LEGAL.items())
def test_a_legal_step_gives_the_agreed_state_and_changes_nothing_else(
    pair: tuple[LogState, LogAction], to: LogState
) -> None:
    before = log(pair[0])
    assert advance(before, pair[1]) == replace(before, state=to)


def test_the_table_holds_no_step_beyond_those_agreed() -> None:
    assert dict(LOG_STEPS) == LEGAL


def test_the_number_people_see_is_the_communitys_running_number() -> None:
    assert log(LogState.WAITING, serial=12).number == "L12"
