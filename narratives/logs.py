"""The handling log 治理叙事 and the one table of what may happen to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from core.errors import Refused


class LogState(StrEnum):
    DRAWING = "drawing"  # the text stands, its picture is being drawn
    WAITING = "waiting"  # for a person's approval
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # the event was reopened or made private


class LogAction(StrEnum):
    DRAW = "draw"
    CHANGE = "change"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


LOG_STEPS: Mapping[tuple[LogState, LogAction], LogState] = MappingProxyType(
    {
        (LogState.DRAWING, LogAction.DRAW): LogState.WAITING,
        (LogState.DRAWING, LogAction.CHANGE): LogState.DRAWING,
        (LogState.DRAWING, LogAction.REFUSE): LogState.REFUSED,
        (LogState.DRAWING, LogAction.WITHDRAW): LogState.WITHDRAWN,
        (LogState.WAITING, LogAction.CHANGE): LogState.DRAWING,
        (LogState.WAITING, LogAction.APPROVE): LogState.APPROVED,
        (LogState.WAITING, LogAction.REFUSE): LogState.REFUSED,
        (LogState.WAITING, LogAction.WITHDRAW): LogState.WITHDRAWN,
        (
            LogState.APPROVED,
            LogAction.WITHDRAW,
        ): LogState.WITHDRAWN,  # leaves the screen; a post already read stays read
    }
)


@dataclass(frozen=True, slots=True)
class HandlingLog:
    """`serial` is the community's running number (L3); `text` is what will be posted with the picture `image` (a media
    name; "" while drawing). `changed_text` is what staff wrote instead of the story (修改), "" when they did not."""

    id: int
    community: str
    serial: int
    event: int
    state: LogState
    title: str
    text: str
    at: datetime
    image: str = ""
    changed_text: str = ""
    approved_by: int | None = None
    approved_at: datetime | None = None
    reason: str = ""
    version: int = 0

    @property
    def number(self) -> str:
        return f"L{self.serial}"


def advance(log: HandlingLog, action: LogAction) -> HandlingLog:
    """The log after the action; raises Refused `log_impossible` when the table has no such step."""
    state = LOG_STEPS.get((log.state, action))
    if state is None:
        raise Refused("log_impossible", log=log.number, state=log.state, action=action)
    return replace(log, state=state)
