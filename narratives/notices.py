"""What is published without an event: notices 通知 that staff write, and the posters of a month."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from core.deadlines import local
from core.errors import Refused
from core.facts import Fact, FactKind
from core.messages import Json, Reply
from core.turn import Turn
from narratives.meant import community_of
from narratives.ports import PublishingWork
from narratives.publications import (
    Publication,
    PublicationAction,
    PublicationKind,
    PublicationState,
    advance,
)

NOTICE_LIMIT = 1000  # characters of one notice
TITLE = 24  # characters
_MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")
_CLAUSE = re.compile(r"[\n。！？!?；;，,：:]")


async def write(text: str, turn: Turn, uow: PublishingWork) -> Reply:
    """通知 text: grid workers for their grid, staff for their community; shown and approved like a log.

    Raises Refused `staff_only`, `no_community`, `notice_how`, `notice_too_long`.
    """
    if not turn.who.is_staff:
        raise Refused("staff_only")
    areas = turn.policy.areas
    here = turn.in_group and turn.chat.area in areas and areas.is_within(turn.chat.area, turn.who.area)
    area = turn.about or (turn.chat.area if here else turn.who.area)
    if area in areas and not areas.is_within(area, turn.who.area):
        raise Refused("staff_only")
    community = areas.community_of(area) if area in areas else None
    if community is None:
        raise Refused("no_community")
    words = text.strip()
    if len(words) < 2:
        raise Refused("notice_how")
    if len(words) > NOTICE_LIMIT:
        raise Refused("notice_too_long", most=NOTICE_LIMIT)
    notice = await _begin(PublicationKind.NOTICE, community, area, turn.token, turn.now, uow, words, turn.who.id)
    await uow.facts.append(_asked(FactKind.NOTICE_WRITTEN, notice, turn, text=words))
    return Reply("notice_written", {"log": notice.number})


async def poster(kind: PublicationKind, month: str, turn: Turn, uow: PublishingWork) -> Reply:
    """The honours or the figures of a month (YYYY-MM) as a poster, approved like a log; a waiting one is drawn anew.

    Raises Refused `bad_month`, `poster_is_up`, and as `community_of`.
    """
    community = community_of(turn)
    if not is_month(month):
        raise Refused("bad_month", month=month[:20])
    known = await uow.publications.of_month(community, kind, month)
    if known is not None and known.state == PublicationState.APPROVED:
        raise Refused("poster_is_up", log=known.number)
    if known is None or not known.waits:
        known = await _begin(kind, community, community, turn.token, turn.now, uow, month=month)
    elif known.state == PublicationState.WAITING:
        known = await uow.publications.save(advance(known, PublicationAction.CHANGE))
    await uow.facts.append(_asked(FactKind.POSTER_ASKED, known, turn, poster=kind, month=month))
    return Reply("poster_asked", {"log": known.number})


def is_month(text: str) -> bool:
    """Whether it is a month YYYY-MM of this century."""
    return _MONTH.fullmatch(text) is not None


def title_of(text: str) -> str:
    """The notice's first clause, at most TITLE characters."""
    first = next((part.strip() for part in _CLAUSE.split(text) if part.strip()), text.strip())
    return first if len(first) <= TITLE else first[: TITLE - 1] + "…"


async def _begin(
    kind: PublicationKind,
    community: str,
    area: str,
    token: str,
    now: datetime,
    uow: PublishingWork,
    text: str = "",
    author: int | None = None,
    month: str = "",
) -> Publication:
    """A publication of which only what it is to tell is known; the reaction to its fact composes and draws it."""
    serial = await uow.publications.next_serial(community)
    new = Publication(
        id=0,
        community=community,
        serial=serial,
        kind=kind,
        area=area,
        event=None,
        state=PublicationState.DRAWING,
        title=title_of(text) if text else month,
        text=text,
        at=now,
        token=token,
        month=month,
        changed_text=text,
        author=author,
    )
    return await uow.publications.add(new)


def _asked(kind: FactKind, publication: Publication, turn: Turn, **data: Json) -> Fact:
    return Fact(publication.community, kind, turn.now, None, turn.who.id, {"log": publication.serial, **data})


def month_meant(name: str, turn: Turn) -> str:
    """YYYY-MM of what was typed: the newest month of that name; without one, the month that is ending or has just ended."""
    today = local(turn.now, turn.policy.calendar).date()
    if name and not name.startswith("-"):
        return name
    if name:
        year = today.year if int(name[1:]) <= today.month else today.year - 1
        return f"{year}{name}"
    return f"{today - timedelta(days=9):%Y-%m}"
