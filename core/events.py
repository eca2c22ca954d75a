"""The event 事件 and the reports that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    NEW = "new"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    AWAITING_FEEDBACK = "awaiting_feedback"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"

    @property
    def is_open(self) -> bool:
        return self in OPEN


OPEN = frozenset({Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.AWAITING_FEEDBACK})


class Tier(StrEnum):
    """一般 (grid worker), 疑难 (community), 重大 (street)."""

    GENERAL = "general"
    DIFFICULT = "difficult"
    MAJOR = "major"


class Kind(StrEnum):
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Event:
    """One civic matter. Times are aware UTC; `community` and `grid` are area codes; `reporter` and `handler` person ids.

    `serial` is the community's running number (编号7); `title` is a masked summary of at most 24 characters;
    `rate_by` is set while stars are awaited; `stars` and `comment` are the reporter's; `private`: the reporter said 不公开;
    `photos_allowed`: whether the reporter's own photos may be shown (None: not answered, which means no);
    `people`: how many residents reported it; `reopened`: how often; `adopted`: a suggestion taken up;
    `version` rises with every change and guards against two at once.
    """

    id: int
    community: str
    serial: int
    kind: Kind
    status: Status
    tier: Tier
    category: str
    grid: str
    title: str
    reporter: int
    created_at: datetime
    deadline: datetime
    urgent: bool = False
    place: str = ""
    handler: int | None = None
    handled_at: datetime | None = None
    rate_by: datetime | None = None
    closed_at: datetime | None = None
    stars: int | None = None
    comment: str = ""
    private: bool = False
    photos_allowed: bool | None = None
    people: int = 1
    reopened: int = 0
    adopted: bool = False
    merged_into: int | None = None
    number: str = ""
    version: int = 0


class ReportKind(StrEnum):
    FIRST = "first"
    ME_TOO = "me_too"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Report:
    """One resident's message about an event, as they wrote it (unmasked: for the handler only)."""

    id: int
    event: int
    person: int
    chat: int | None
    kind: ReportKind
    text: str
    at: datetime


class Stage(StrEnum):
    """When in the handling a picture was taken."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class EventPhoto:
    """A picture that belongs to an event, by whom, and at which stage."""

    name: str
    width: int
    height: int
    event: int
    person: int
    stage: Stage
    at: datetime


def number_of(serial: int, created_local_date: str) -> str:
    """The number people see, such as EV-20261123-0007; the date is the local day of the report, as YYYYMMDD."""
    return f"EV-{created_local_date}-{serial:04d}"
