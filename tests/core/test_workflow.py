from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from core.errors import Refused
from core.events import OPEN, Status
from core.people import Right
from core.workflow import STEPS, Action, advance
from tests.core.builders import event

OWN, HANDLE, DIRECT, SYSTEM = Right.OWN, Right.HANDLE, Right.DIRECT, Right.SYSTEM

# What the office agreed on, written down a second time by hand: action, from which statuses, to which, by whom.
AGREED: tuple[tuple[Action, str, str, set[Right]], ...] = (
    (Action.ASSIGN, "new", "assigned", {DIRECT, SYSTEM}),
    (Action.ASSIGN, "assigned in_progress", "assigned", {DIRECT}),
    (Action.ACCEPT, "assigned", "in_progress", {HANDLE}),
    (Action.PROGRESS, "assigned in_progress", "in_progress", {HANDLE}),
    (Action.PROGRESS, "awaiting_feedback", "awaiting_feedback", {HANDLE}),
    (Action.TRANSFER, "assigned in_progress", "assigned", {HANDLE, DIRECT}),
    (Action.SEND_BACK, "assigned in_progress", "new", {HANDLE}),
    (Action.ESCALATE, "new", "assigned", {DIRECT}),
    (Action.ESCALATE, "assigned in_progress", "assigned", {HANDLE, DIRECT}),
    (Action.FINISH, "assigned in_progress awaiting_feedback", "awaiting_feedback", {HANDLE}),
    (Action.RATE, "awaiting_feedback closed", "closed", {OWN}),
    (Action.RATE_LOW, "awaiting_feedback", "awaiting_feedback", {OWN}),
    (Action.RATE_LOW, "closed", "closed", {OWN}),
    (Action.SETTLE, "awaiting_feedback", "closed", {OWN}),
    (Action.EXPIRE, "awaiting_feedback", "closed", {SYSTEM}),
    (Action.REOPEN, "awaiting_feedback closed", "in_progress", {OWN}),
    (Action.WITHDRAW, "new assigned in_progress awaiting_feedback", "withdrawn", {OWN}),
    (Action.REJECT, "new assigned in_progress", "rejected", {DIRECT}),
    (Action.MERGE, "new assigned in_progress", "merged", {OWN, DIRECT}),
    (Action.REFILE, "new", "new", {OWN, DIRECT}),
    (Action.REFILE, "assigned", "assigned", {OWN, DIRECT}),
    (Action.REFILE, "in_progress", "in_progress", {DIRECT}),
    (Action.ADOPT, "new", "new", {DIRECT}),
    (Action.ADOPT, "assigned", "assigned", {DIRECT}),
    (Action.ADOPT, "in_progress", "in_progress", {DIRECT}),
    (Action.ADOPT, "awaiting_feedback", "awaiting_feedback", {DIRECT}),
    (Action.ADOPT, "closed", "closed", {DIRECT}),
)
LEGAL = {
    (Status(status), action, right): Status(to)
    for action, statuses, to, rights in AGREED
    for status in statuses.split()
    for right in rights
}
EVERY = list(product(Status, Action, Right))
KNOWN_STEPS = {(status, action) for status, action, _ in LEGAL}


@pytest.mark.parametrize(("status", "action", "right"), [triple for triple in EVERY if triple not in LEGAL])
def test_an_illegal_step_is_refused_and_changes_nothing(status: Status, action: Action, right: Right) -> None:
    before = event(status=status, handler=9)
    kept = replace(before)
    with pytest.raises(Refused) as refused:
        advance(before, action, {right})
    assert before == kept
    assert refused.value.key == ("not_yours" if (status, action) in KNOWN_STEPS else "step_impossible")
    assert refused.value.params["serial"] == 7
    assert refused.value.params["number"] == "EV-20261123-0007"


@pytest.mark.parametrize(("triple", "to"), LEGAL.items())
def test_a_legal_step_gives_the_agreed_status_and_changes_nothing_else(
    triple: tuple[Status, Action, Right], to: Status
) -> None:
    status, action, right = triple
    before = event(status=status, handler=9)
    assert advance(before, action, {right}) == replace(before, status=to)


@pytest.mark.parametrize(("status", "action"), sorted(KNOWN_STEPS))
def test_nobody_without_any_right_takes_a_step(status: Status, action: Action) -> None:
    with pytest.raises(Refused, match="not_yours"):
        advance(event(status=status), action, frozenset())


def test_one_right_of_several_is_enough() -> None:
    assert advance(event(), Action.REJECT, {Right.OWN, Right.DIRECT}).status == Status.REJECTED


def test_the_table_holds_no_step_beyond_those_agreed() -> None:
    assert set(STEPS) == KNOWN_STEPS


@pytest.mark.parametrize("status", sorted(OPEN))
def test_every_open_status_can_be_left_by_somebody(status: Status) -> None:
    assert any(start == status and step.to != status for (start, _), step in STEPS.items())


@pytest.mark.parametrize("status", [Status.REJECTED, Status.WITHDRAWN, Status.MERGED])
def test_nothing_leads_out_of_an_end(status: Status) -> None:
    assert not [action for start, action in STEPS if start == status]
