"""What is published 发布: handling logs 治理叙事, notices and posters, and the one table of what may happen to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from core.errors import Refused


class PublicationKind(StrEnum):
    LOG = "log"  # the handling of an event
    NOTICE = "notice"  # 通知, written by staff
    HONOURS = "honours"  # 最美治理参与者 of a month
    MONTH = "month"  # a community's month in figures


POSTERS = (PublicationKind.HONOURS, PublicationKind.MONTH)  # made of figures: there are no words to change


class PublicationState(StrEnum):
    DRAWING = "drawing"  # the text stands, its pictures are being drawn
    WAITING = "waiting"  # for a person's approval
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # the event was reopened or made private, or staff took it down


class PublicationAction(StrEnum):
    DRAW = "draw"
    CHANGE = "change"  # its words, or its photos
    CONFIRM = "confirm"  # by the first of two
    APPROVE = "approve"
    UNDO = "undo"  # before any post has left
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


_S, _A = PublicationState, PublicationAction
PUBLICATION_STEPS: Mapping[tuple[PublicationState, PublicationAction], PublicationState] = MappingProxyType(
    {
        (_S.DRAWING, _A.DRAW): _S.WAITING,
        (_S.DRAWING, _A.CHANGE): _S.DRAWING,
        (_S.DRAWING, _A.REFUSE): _S.REFUSED,
        (_S.DRAWING, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.WAITING, _A.CHANGE): _S.DRAWING,
        (_S.WAITING, _A.CONFIRM): _S.WAITING,
        (_S.WAITING, _A.APPROVE): _S.APPROVED,
        (_S.WAITING, _A.REFUSE): _S.REFUSED,
        (_S.WAITING, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.APPROVED, _A.UNDO): _S.WAITING,
        (_S.APPROVED, _A.WITHDRAW): _S.WITHDRAWN,  # leaves screen and page; a post already read stays read
    }
)

Box: TypeAlias = tuple[float, float, float, float]
"""x, y, width and height of a rectangle, as fractions of the upright picture."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be published, as it was composed: `text` goes with the pictures, `photos` are those it shows, by media
    name; `minor` is the phrase that tells of an under-age person, "" when nothing does."""

    title: str
    text: str
    photos: tuple[str, ...] = ()
    minor: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """`serial` is the community's running number (L3); `area` is the code of the grid or community whose groups read it;
    `event` is None for what is about no event; `month` is its first day's YYYY-MM for posters, else "".

    `images` are the media names of its pictures, () while drawing; `photos` those of the photos in them. What staff made
    of it: `changed_text` stands instead of the story or the notice, `dropped` photos are left out, `boxes` are covered.
    `edition` rises each time it is composed or taken back, so that nobody approves what they have not seen.
    `confirmed_by`: the first of two people. `token`: of the public page, which exists while it is approved.
    """

    id: int
    community: str
    serial: int
    kind: PublicationKind
    area: str
    event: int | None
    state: PublicationState
    title: str
    text: str
    at: datetime
    token: str = ""
    month: str = ""
    images: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    minor: str = ""
    changed_text: str = ""
    dropped: tuple[str, ...] = ()
    boxes: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)
    author: int | None = None
    edition: int = 0
    confirmed_by: int | None = None
    approved_by: int | None = None
    approved_at: datetime | None = None
    remind_at: datetime | None = None
    reason: str = ""
    version: int = 0

    @property
    def number(self) -> str:
        return f"L{self.serial}"

    @property
    def waits(self) -> bool:
        """Whether nobody has decided upon it yet."""
        return self.state in (PublicationState.DRAWING, PublicationState.WAITING)


def advance(publication: Publication, action: PublicationAction) -> Publication:
    """The publication after the action; where the table has no such step raises Refused `log_still_drawing`, `log_impossible`."""
    state = PUBLICATION_STEPS.get((publication.state, action))
    if state is None:
        key = "log_still_drawing" if publication.state == PublicationState.DRAWING else "log_impossible"
        raise Refused(key, log=publication.number, state=publication.state, action=action)
    return replace(publication, state=state)


def is_composed_so(publication: Publication, draft: Draft) -> bool:
    """Whether its present edition says just this."""
    return draft == Draft(publication.title, publication.text, publication.photos, publication.minor)


def composed(publication: Publication, draft: Draft) -> Publication:
    """A new edition: its pictures are still to be drawn, and whoever confirmed the last one is asked again.

    One whose pictures nobody has seen yet is not another edition.
    """
    if not publication.waits:
        raise ValueError(f"{publication.number} is decided upon")
    return replace(
        publication,
        state=PublicationState.DRAWING,
        title=draft.title,
        text=draft.text,
        photos=draft.photos,
        minor=draft.minor,
        images=(),
        edition=publication.edition + 1 if publication.images or not publication.edition else publication.edition,
        confirmed_by=None,
        remind_at=None,
    )
