"""The list of a community: what waits, what was decided lately; and the forms for a notice and for a month's posters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from bots.answer import random_token
from bots.web.workbench.door import HOME, Note, Visit, own_token
from core.areas import Level
from core.errors import Conflict, Refused
from core.messages import Reply
from core.people import Person
from core.privacy import clean
from narratives import notices
from narratives.notices import NOTICE_LIMIT
from narratives.publications import POSTERS, Publication, PublicationKind, PublicationState
from storage import queries, sending
from storage.unit_of_work import Unit

WAITING, DECIDED = 50, 15  # at most, of a list
MONTHS = 12  # to choose from for a poster


@dataclass(frozen=True, slots=True)
class Listing:
    """`drawing` and `waiting` oldest first, `decided` newest first; `people` are those who decided, by id."""

    drawing: tuple[Publication, ...]
    waiting: tuple[Publication, ...]
    decided: tuple[Publication, ...]
    people: Mapping[int, Person]
    now: datetime


async def home(visit: Visit) -> web.StreamResponse:
    """One's own community, or the communities to choose from."""
    areas = visit.desk.house.policy.areas
    if visit.own_community is not None:
        return visit.go(f"{HOME}/{visit.own_community}")
    below = [area for area in areas.all(Level.COMMUNITY) if areas.is_within(area.code, visit.person.area)]

    async def look(uow: Unit) -> tuple[dict[str, queries.Waiting], datetime]:
        return await queries.waiting_in(uow, [area.code for area in below]), uow.now

    waiting, now = await visit.desk.house.db.read(look)
    return visit.page("home.html", below=below, waiting=waiting, now=now, late=_late_after(visit))


async def show(visit: Visit) -> web.StreamResponse:
    return await _show(visit)


async def _show(visit: Visit, status: int = 200, note: Note | None = None) -> web.Response:
    async def look(uow: Unit) -> tuple[Listing, int]:
        return await _listing(visit.community, uow), await sending.troubled(uow, visit.community)

    listing, troubled = await visit.desk.house.db.read(look)
    months = _months(visit.desk.local(listing.now))
    return visit.page(
        "list.html",
        status,
        note,
        listing=listing,
        months=months,
        posters=POSTERS,
        late=_late_after(visit),
        troubled=troubled,
    )


async def _listing(community: str, uow: Unit) -> Listing:
    latest = await uow.publications.latest(community)
    decided = [one for one in latest if not one.waits][:DECIDED]
    waiting = await uow.publications.waiting(community, WAITING)
    drawing = [one for one in reversed(latest) if one.state == PublicationState.DRAWING]
    named = {one.approved_by for one in decided} | {one.confirmed_by for one in waiting}
    people = await uow.people.many(sorted(person for person in named if person is not None))
    return Listing(tuple(drawing), waiting, tuple(decided), people, uow.now)


async def notice(visit: Visit) -> web.StreamResponse:
    return _notice(visit)


def _notice(visit: Visit, status: int = 200, note: Note | None = None) -> web.Response:
    policy = visit.desk.house.policy
    return visit.page(
        "notice.html",
        status,
        note,
        places=(policy.areas[visit.community], *policy.areas.grids(visit.community)),
        phones=policy.publishing.phones,
        most=NOTICE_LIMIT,
        text=visit.form.get("text", ""),
        chosen=visit.form.get("area", visit.community),
        once=visit.form.get("once") or random_token(),
    )


async def write_notice(visit: Visit) -> web.StreamResponse:
    """It is drawn and then waits like a log. The same form sent twice writes it once."""
    area, text = visit.form.get("area", ""), clean(visit.form.get("text", ""))
    token = own_token(visit.secret, visit.form.get("once", ""))
    areas = visit.desk.house.policy.areas
    if area not in areas or areas.community_of(area) != visit.community:
        raise web.HTTPNotFound

    async def work(uow: Unit) -> Reply | int:
        known = await queries.serial_of_token(uow, visit.community, token)
        return known if known is not None else await notices.write(text, visit.turn(uow, area, token), uow)

    try:
        done = await visit.run(work)
    except (Refused, Conflict) as error:
        return _notice(visit, *visit.regret(error))
    if isinstance(done, int):
        return visit.go(f"{HOME}/{visit.community}/L{done}")
    return visit.go(f"{HOME}/{visit.community}/{done.params['log']}", Note(visit.desk.reply(done)))


async def ask_poster(visit: Visit) -> web.StreamResponse:
    kind, month = visit.form.get("kind", ""), visit.form.get("month", "")
    if kind not in POSTERS:
        raise web.HTTPNotFound
    try:
        done = await visit.run(lambda uow: notices.poster(PublicationKind(kind), month, visit.turn(uow), uow))
    except (Refused, Conflict) as error:
        return await _show(visit, *visit.regret(error))
    return visit.go(f"{HOME}/{visit.community}/{done.params['log']}", Note(visit.desk.reply(done)))


def _late_after(visit: Visit) -> timedelta:
    """What has waited longer is marked: staff are reminded of it, too."""
    return visit.desk.house.policy.publishing.remind_after


def _months(today: datetime) -> tuple[str, ...]:
    """This month and those before it as YYYY-MM, newest first."""
    count = today.year * 12 + today.month - 1
    return tuple(f"{(count - back) // 12}-{(count - back) % 12 + 1:02d}" for back in range(MONTHS))
