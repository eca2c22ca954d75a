"""What the pages show that anybody may open, asked from the database: community screens and public pages."""

from __future__ import annotations

from datetime import datetime

from bots.house import House
from bots.web.public import PublicLog
from bots.web.screen import ScreenHonours, ScreenLog, ScreenNotice, ScreenState
from core.areas import Level
from narratives.publications import PublicationKind
from storage import queries
from storage.unit_of_work import Unit


async def screen_state(area: str, house: House) -> ScreenState | None:
    """The state of the screen of an area; None for a code that is no area."""
    areas = house.policy.areas
    if area not in areas:
        return None
    grid = area if areas[area].level == Level.GRID else None
    community = areas.community_of(area)
    below = [a.code for a in areas.all(Level.COMMUNITY) if areas.is_within(a.code, area)]
    communities = [community] if community else below

    async def look(uow: Unit) -> queries.ScreenState:
        return await queries.screen_state(uow, communities, house.clock.now(), grid)

    found = await house.db.read(look)
    told: dict[type, list[queries.Shown]] = {ScreenLog: [], ScreenNotice: [], ScreenHonours: []}
    for shown in found.shown:
        told[_ON_SCREEN[shown.kind]].append(shown)
    return ScreenState(
        area,
        areas[area].name,
        found.open,
        found.closed,
        tuple(ScreenLog(*_fields(one)) for one in told[ScreenLog]),
        tuple(ScreenHonours(*_fields(one)) for one in told[ScreenHonours]),
        tuple(ScreenNotice(*_fields(one)) for one in told[ScreenNotice]),
    )


_ON_SCREEN = {
    PublicationKind.LOG: ScreenLog,
    PublicationKind.NOTICE: ScreenNotice,
    PublicationKind.HONOURS: ScreenHonours,
    PublicationKind.MONTH: ScreenNotice,  # news of the community; nobody is honoured there
}


def _fields(one: queries.Shown) -> tuple[str, str, str, tuple[str, ...], datetime]:
    return one.number, one.title, one.text, one.images, one.posted_at


async def public_log(token: str, house: House) -> PublicLog | None:
    """What is published under the token; None for an unknown one, and for what is not approved (any more)."""

    async def look(uow: Unit) -> PublicLog | None:
        found = await uow.publications.by_token(token)
        if found is None or found.approved_at is None:
            return None
        if found.community not in house.policy.areas:
            return None
        event = await uow.events.get(found.event) if found.event is not None else None
        if event is not None and event.private:
            return None
        return PublicLog(
            number=event.number if event else "",
            community=house.policy.areas[found.community].name,
            title=found.title,
            text=found.text,
            images=found.images,
            posted_at=found.approved_at,
            kind=found.kind,
        )

    return await house.db.read(look)
