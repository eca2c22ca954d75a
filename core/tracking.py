"""Where an event stands in the loop 收集—分办—处置—反馈—测评, and whether it is late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.events import Event, Status


class LoopStep(StrEnum):
    COLLECT = "collect"  # 收集
    ASSIGN = "assign"  # 分办
    HANDLE = "handle"  # 处置
    FEEDBACK = "feedback"  # 反馈
    EVALUATE = "evaluate"  # 测评


@dataclass(frozen=True, slots=True)
class LoopProgress:
    """The steps done, in order, and the one the event waits in; None when nothing more will happen."""

    done: tuple[LoopStep, ...]
    current: LoopStep | None


_STEPS = tuple(LoopStep)
_CURRENT: Mapping[Status, LoopStep] = {
    Status.NEW: LoopStep.ASSIGN,
    Status.ASSIGNED: LoopStep.HANDLE,
    Status.IN_PROGRESS: LoopStep.HANDLE,
    Status.AWAITING_FEEDBACK: LoopStep.FEEDBACK,
}
_AT_WORK = frozenset({Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS})
_HANDLED = frozenset({Status.AWAITING_FEEDBACK, Status.CLOSED})


def progress_of(status: Status) -> LoopProgress:
    """A closed event has all five steps behind it; one rejected, withdrawn or merged stopped after the first."""
    current = _CURRENT.get(status)
    if current is not None:
        return LoopProgress(_STEPS[: _STEPS.index(current)], current)
    return LoopProgress(_STEPS if status == Status.CLOSED else _STEPS[:1], None)


def is_late(event: Event, now: datetime) -> bool:
    """Past its deadline while being worked on, or handled after it; never when rejected, withdrawn or merged."""
    if event.status in _HANDLED:
        return event.handled_at is not None and event.handled_at > event.deadline
    return event.status in _AT_WORK and now > event.deadline


def time_left(event: Event, now: datetime) -> timedelta:
    """Until the deadline, negative when it has passed; zero for an event nobody works on any more."""
    return event.deadline - now if event.status in _AT_WORK else timedelta()
