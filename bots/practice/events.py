"""The events a person of the practice room may look at beside the chat, and where each stands in the loop."""

from __future__ import annotations

from bots.house import House
from bots.practice.values import ACCOUNT, CHANNEL
from core.messages import Json
from core.people import Right, rights_in
from core.policy import Policy
from core.tracking import LoopStep, progress_of
from storage import queries
from storage.queries import EventLine
from storage.unit_of_work import Unit

SHOWN = 20


async def events_of_person(external: str, house: House) -> list[dict[str, Json]]:
    """Newest first: the person's own, and for those who direct a community all of it."""
    areas = house.policy.areas

    async def look(uow: Unit) -> tuple[EventLine, ...]:
        person = await uow.registry.person_of(CHANNEL, ACCOUNT, external)
        if person is None:
            return ()
        community = areas.community_of(person.area)
        if community and Right.DIRECT in rights_in(person, community, areas):
            return await queries.events_for(uow, community=community, limit=SHOWN)
        if community is None:
            return await queries.events_for(uow, limit=SHOWN)
        return await queries.events_for(uow, person=person.id, limit=SHOWN)

    found = await house.db.read(look)
    return [_shown(line, house.policy, house) for line in found]


def _shown(line: EventLine, policy: Policy, house: House) -> dict[str, Json]:
    progress = progress_of(line.status)
    states = {step: "done" for step in progress.done} | ({progress.current: "current"} if progress.current else {})
    steps: list[Json] = [{"step": step, "state": states.get(step, "todo")} for step in LoopStep]
    return {
        "number": line.number,
        "serial": line.serial,
        "title": line.title,
        "category": line.category,
        "tier": line.tier,
        "status": line.status,
        "step": progress.current,
        "steps": steps,
        "handler": line.handler,
        "grid": policy.areas[line.grid].name,
        "deadline": line.deadline.isoformat(),
        "late": line.status.is_open and line.status != "awaiting_feedback" and line.deadline < house.clock.now(),
        "people": line.people,
        "stars": line.stars,
    }
