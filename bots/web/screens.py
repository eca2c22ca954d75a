"""What a community screen shows, asked from the database."""

from __future__ import annotations

from bots.house import House
from bots.web.screen import ScreenLog, ScreenState
from core.areas import Level
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
        return await queries.screen_state(uow, communities, grid)

    found = await house.db.read(look)
    logs = tuple(
        ScreenLog(log.number, log.title, log.text, (log.image,) if log.image else (), log.posted_at)
        for log in found.logs
    )
    return ScreenState(area, areas[area].name, found.open, found.closed, logs)
