from __future__ import annotations

from datetime import timedelta

import pytest

from core.events import OPEN, Status
from core.tracking import LoopStep, is_late, progress_of, time_left
from tests.core.builders import MONDAY, event

DAY = timedelta(days=1)
AT_WORK = [Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS]


@pytest.mark.parametrize("status", AT_WORK)
def test_an_event_at_work_is_late_just_after_its_deadline(status: Status) -> None:
    assert is_late(event(status=status), MONDAY + timedelta(seconds=1))
    assert not is_late(event(status=status), MONDAY)


@pytest.mark.parametrize("status", [Status.AWAITING_FEEDBACK, Status.CLOSED])
def test_waiting_for_stars_makes_nothing_late(status: Status) -> None:
    assert not is_late(event(status=status, handled_at=MONDAY), MONDAY + 30 * DAY)
    assert is_late(event(status=status, handled_at=MONDAY + DAY), MONDAY + 30 * DAY)


@pytest.mark.parametrize("status", [Status.REJECTED, Status.WITHDRAWN, Status.MERGED])
def test_what_ended_otherwise_is_never_late(status: Status) -> None:
    assert not is_late(event(status=status, handled_at=MONDAY + DAY), MONDAY + 30 * DAY)


def test_time_left_turns_negative_after_the_deadline() -> None:
    assert time_left(event(), MONDAY - DAY) == DAY
    assert time_left(event(), MONDAY + DAY) == -DAY
    assert time_left(event(status=Status.CLOSED), MONDAY + DAY) == timedelta()


@pytest.mark.parametrize(
    ("status", "done", "current"),
    [
        (Status.NEW, 1, LoopStep.ASSIGN),
        (Status.ASSIGNED, 2, LoopStep.HANDLE),
        (Status.IN_PROGRESS, 2, LoopStep.HANDLE),
        (Status.AWAITING_FEEDBACK, 3, LoopStep.FEEDBACK),
        (Status.CLOSED, 5, None),
        (Status.REJECTED, 1, None),
        (Status.WITHDRAWN, 1, None),
        (Status.MERGED, 1, None),
    ],
)
def test_every_status_has_its_place_in_the_loop(status: Status, done: int, current: LoopStep | None) -> None:
    progress = progress_of(status)
    assert (len(progress.done), progress.current) == (done, current)
    assert (progress.current is None) == (status not in OPEN)
