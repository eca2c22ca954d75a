"""One person on several channels, and whose a group is: codes are given here, and 绑定 and 解绑 use them.

A code is the only way to become somebody: it is given 1:1 to the person, or by staff to somebody they invited; it is used once,
ends soon, and wrong tries are counted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.areas import Areas, Level
from core.errors import Refused
from core.messages import Audience, Reply
from core.people import Right, Role, rights_in
from core.privacy import clean
from core.turn import Turn
from storage.logins import LoginKind
from storage.unit_of_work import Unit

OWN_LASTS = timedelta(minutes=15)
CHAT_LASTS = timedelta(hours=24)
INVITED_LASTS = timedelta(days=7)
MISS_LASTS = timedelta(hours=1)
MISSES = 5  # wrong codes within that time; then whatever is typed is refused
FORGOTTEN_AFTER = timedelta(days=1)  # what has ended so long ago
NAME_LIMIT = 30  # characters of the name of somebody invited

_LEVELS: Mapping[Role, tuple[Level, ...]] = {
    Role.RESIDENT: (Level.GRID, Level.COMMUNITY),
    Role.VOLUNTEER: (Level.GRID, Level.COMMUNITY),
    Role.PARTNER: (Level.COMMUNITY, Level.GRID),
    Role.GRID_WORKER: (Level.GRID, Level.COMMUNITY),
    Role.COMMUNITY_STAFF: (Level.COMMUNITY,),
    Role.STREET_STAFF: (Level.STREET,),
    Role.DISTRICT_STAFF: (Level.DISTRICT,),
    Role.CITY_STAFF: (Level.CITY,),
}
_RANKS = (Role.GRID_WORKER, Role.COMMUNITY_STAFF, Role.STREET_STAFF, Role.DISTRICT_STAFF, Role.CITY_STAFF)
_JOINS = frozenset({Role.RESIDENT, Role.VOLUNTEER})  # who may become somebody else


@dataclass(frozen=True, slots=True)
class Code:
    """What opens something for whoever types it. `link`: an address that types it for them, "" unless a channel gives one."""

    code: str
    expires_at: datetime
    link: str = ""


# ------------------------------------------------------------------------------------------------------------ giving codes


async def chat_code(area: str, audience: Audience, daily: bool, turn: Turn, uow: Unit) -> Code:
    """A code that binds the group in which it is typed. Raises Refused `staff_only`, `bad_area`."""
    areas = turn.policy.areas
    if area not in areas or areas.community_of(area) is None:
        raise Refused("bad_area")
    if Right.APPROVE not in rights_in(turn.who, area, areas):
        raise Refused("staff_only")
    target = json.dumps({"area": area, "audience": audience, "daily": daily})
    return await _give(LoginKind.CHAT, turn.who.id, CHAT_LASTS, turn.code, turn.now, uow, target)


async def invite(name: str, role: Role, area: str, turn: Turn, uow: Unit) -> Code:
    """Adds the person and gives their code. Raises Refused `staff_only`, `bad_role`, `bad_area`, `bad_name`, `name_taken`."""
    if area not in turn.policy.areas:
        raise Refused("bad_area")
    if Right.APPROVE not in rights_in(turn.who, area, turn.policy.areas):
        raise Refused("staff_only")
    if _rank(role) > _rank(turn.who.role):
        raise Refused("bad_role")
    return await enrol(name, role, area, turn.policy.areas, turn.code, turn.now, uow)


async def enrol(
    name: str, role: Role, area: str, areas: Areas, code: str, now: datetime, uow: Unit, *, again: bool = False
) -> Code:
    """`invite` without anybody who invites. `again`: staff who are there already as just that get a new code."""
    name = " ".join(clean(name).split())
    if not name or len(name) > NAME_LIMIT or not any(character.isalpha() for character in name):
        raise Refused("bad_name", most=NAME_LIMIT)
    if area not in areas or areas[area].level not in _LEVELS[role]:
        raise Refused("bad_area")
    community = areas.community_of(area)
    if community is not None and _rank(role):  # staff hand matters on by name
        colleagues = await uow.people.staff(community, areas[community].parent or "")
        known = next((one for one in colleagues if one.name == name), None)
        if known and again and (known.role, known.area) == (role, area):
            return await _give(LoginKind.PERSON, known.id, INVITED_LASTS, code, now, uow)
        if known:
            raise Refused("name_taken", name=name)
    person = await uow.registry.add_person(name, role, area, community or "")
    return await _give(LoginKind.PERSON, person.id, INVITED_LASTS, code, now, uow)


async def new_code(person: int, turn: Turn, uow: Unit) -> Code:
    """A code for somebody invited earlier, or who changed their phone; the one they had before ends.

    Raises Refused `staff_only`, `bad_role` for somebody above, `code_of_equal`, `person_unknown`.
    """
    found = (await uow.people.many((person,))).get(person)
    if found is None or found.area not in turn.policy.areas:
        raise Refused("person_unknown")
    if Right.APPROVE not in rights_in(turn.who, found.area, turn.policy.areas):
        raise Refused("staff_only")
    if _rank(found.role) > _rank(turn.who.role):
        raise Refused("bad_role")
    # Whoever could become a colleague could approve in two names what two must see.
    if _rank(found.role) == _rank(turn.who.role) and await uow.people.identities(person, limit=1):
        raise Refused("code_of_equal", name=found.name)
    return await _give(LoginKind.PERSON, person, INVITED_LASTS, turn.code, turn.now, uow)


async def own_code(turn: Turn, uow: Unit) -> Reply:
    """绑定 alone: a code of one's own, said 1:1."""
    code = await _give(LoginKind.PERSON, turn.who.id, OWN_LASTS, turn.code, turn.now, uow)
    minutes = OWN_LASTS // timedelta(minutes=1)
    return Reply("own_code", {"code": code.code, "minutes": minutes}, private=True)


async def _give(
    kind: LoginKind, person: int, lasts: timedelta, code: str, now: datetime, uow: Unit, target: str = ""
) -> Code:
    """One code opens a person at a time."""
    assert code, "the turn has no fresh code"
    await uow.logins.sweep(now - FORGOTTEN_AFTER)
    if kind == LoginKind.PERSON:
        await uow.logins.end_of(person, now, kind)
    await uow.logins.add(kind, code, person, now, now + lasts, target)
    return Code(code, now + lasts)


def _rank(role: Role) -> int:
    return _RANKS.index(role) + 1 if role in _RANKS else 0
