"""群与人员: the groups that are bound and the people who work here, and the codes by which more of either come in.

A code is shown on the one page that follows, and never again: only its digest is kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from aiohttp import web

from bots import binding
from bots.binding import Code
from bots.sending import why
from bots.web.workbench.door import HOME, Note, Visit
from core.errors import Conflict, Refused
from core.messages import Audience
from core.people import Role
from storage import doors
from storage.doors import Group, Member
from storage.unit_of_work import Unit

INVITED = (Role.GRID_WORKER, Role.COMMUNITY_STAFF, Role.PARTNER)
_DIGITS = 18  # of an id

Act = Callable[[Visit, Unit], Awaitable[Note]]
"""Gives a code; returns what the next page says of it."""


async def show(visit: Visit) -> web.StreamResponse:
    return await _show(visit)


async def _show(visit: Visit, status: int = 200, note: Note | None = None) -> web.Response:
    async def look(uow: Unit) -> tuple[tuple[Group, ...], tuple[Member, ...]]:
        return await doors.groups(uow, visit.community), await doors.members(uow, visit.community, uow.now)

    groups, members = await visit.desk.house.db.read(look)
    areas, texts, house_texts = visit.desk.house.policy.areas, visit.desk.texts, visit.desk.house.texts
    return visit.page(
        "doors.html",
        status,
        note,
        groups=groups,
        members=members,
        places=(areas[visit.community], *areas.grids(visit.community)),
        audiences=tuple(Audience),
        roles=INVITED,
        channel=lambda code: texts["channel"].get(code, code),
        why=lambda trouble: house_texts.words["why"][why(trouble)],
        kept=visit.form,
        most=binding.NAME_LIMIT,
        here=address(visit),
    )


async def act(visit: Visit) -> web.StreamResponse:
    """Gives the code that the form asks for."""
    given = ACTS.get(visit.form.get("act", ""))
    if given is None:
        raise web.HTTPNotFound
    try:
        note = await visit.run(lambda uow: given(visit, uow))
    except (Refused, Conflict) as error:
        return await _show(visit, *visit.regret(error))
    return visit.go(address(visit), note)


def _place(visit: Visit) -> str:
    """The community of the page or a grid of it."""
    area, areas = visit.form.get("area", ""), visit.desk.house.policy.areas
    if area not in areas or areas.community_of(area) != visit.community:
        raise web.HTTPNotFound
    return area


async def _link_group(visit: Visit, uow: Unit) -> Note:
    area, audience = _place(visit), visit.form.get("audience", "")
    if audience not in tuple(Audience):
        raise web.HTTPNotFound
    daily = visit.form.get("daily") == "yes"
    code = await binding.chat_code(area, Audience(audience), daily, visit.turn(uow, area), uow)
    say, audiences = visit.desk.say, visit.desk.texts["audience"]
    return _shown(visit, say("chat_code_done", area=visit.desk.area(area), audience=audiences[audience]), code)


async def _invite(visit: Visit, uow: Unit) -> Note:
    """Raises Conflict for somebody of that name, role and area who has not come in yet, as by a form sent twice."""
    name, role, area = " ".join(visit.form.get("name", "").split()), visit.form.get("role", ""), _place(visit)
    if role not in INVITED:
        raise web.HTTPNotFound
    before = await doors.members(uow, visit.community, uow.now)
    code = await binding.invite(name, Role(role), area, visit.turn(uow, area), uow)
    awaited = {(one.person.name, one.person.role, one.person.area) for one in before if not one.channels}
    if (name, role, area) in awaited:
        raise Conflict("invited already")
    return _shown(visit, visit.desk.say("new_code_done", name=name, bot=visit.desk.house.policy.bot_name), code)


async def _new_code(visit: Visit, uow: Unit) -> Note:
    told = visit.form.get("person", "")
    known = {str(one.person.id): one.person for one in await doors.members(uow, visit.community, uow.now)}
    if told not in known:
        raise web.HTTPNotFound
    code = await binding.new_code(known[told].id, visit.turn(uow), uow)
    name = known[told].name
    return _shown(visit, visit.desk.say("new_code_done", name=name, bot=visit.desk.house.policy.bot_name), code)


def _shown(visit: Visit, text: str, code: Code) -> Note:
    until = visit.desk.moment(code.expires_at)
    return Note(f"{text}\n{visit.desk.say('code_until', at=until)}", code=code.code, link=code.link)


ACTS: Mapping[str, Act] = MappingProxyType({"link_group": _link_group, "invite": _invite, "new_code": _new_code})


def address(visit: Visit) -> str:
    return f"{HOME}/{visit.community}/doors"
