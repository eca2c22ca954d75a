"""Codes are given to whom they are for, by whoever may, and nobody is invited above whoever invites."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest

from bots.binding import CHAT_LASTS, INVITED_LASTS, chat_code, invite, new_code
from core.errors import Refused
from core.messages import Audience
from core.people import Role
from points.rewards import code_from
from storage.logins import LoginKind
from storage.unit_of_work import Unit
from tests.bots.talk import Talk
from tests.conftest import MONDAY


async def refusal(talk: Talk, work: Callable[[Unit], Awaitable[object]]) -> str:
    with pytest.raises(Refused) as refused:
        await talk.db.run(work)
    return refused.value.key


async def logins(talk: Talk) -> list[str]:
    async def look(uow: Unit) -> list[str]:
        return [f"{row['kind']} {row['digest']}" for row in await uow.session.all("SELECT kind, digest FROM login")]

    return await talk.db.read(look)


async def test_nobody_without_the_right_gets_a_code_for_a_group(talk: Talk) -> None:
    for external in ("li", "wang", "liu"):
        who = await talk.turn(external)
        key = await refusal(talk, partial(chat_code, "fenglin", Audience.STAFF, False, who))
        assert key == "staff_only", external
    staff = await talk.turn("liu")
    for area in ("", "nowhere", "binhai", "guilin"):
        assert await refusal(talk, partial(chat_code, area, Audience.STAFF, False, staff)) == "bad_area"
    assert await logins(talk) == []


async def test_a_code_for_a_group_lasts_a_day_and_is_kept_as_a_digest_only(talk: Talk) -> None:
    staff = await talk.turn("liu")
    code = await talk.db.run(lambda uow: chat_code("xiuyue-3", Audience.RESIDENTS, True, staff, uow))
    assert (code.code, code.expires_at, code.link) == (staff.code, MONDAY + CHAT_LASTS, "")
    (kept,) = await logins(talk)
    assert kept.startswith(LoginKind.CHAT)
    assert staff.code not in kept


WRONG = {
    "an unknown area": ("陈芳", Role.GRID_WORKER, "nowhere", "bad_area"),
    "somebody else's area": ("陈芳", Role.GRID_WORKER, "fenglin-1", "staff_only"),
    "a role above one's own": ("陈芳", Role.STREET_STAFF, "xiuyue", "bad_role"),
    "an area that does not fit the role": ("陈芳", Role.COMMUNITY_STAFF, "xiuyue-3", "bad_area"),
    "no name": (" \u200b\n", Role.GRID_WORKER, "xiuyue-3", "bad_name"),
    "a name of figures": ("13800138000", Role.GRID_WORKER, "xiuyue-3", "bad_name"),
    "too long a name": ("陈" * 31, Role.GRID_WORKER, "xiuyue-3", "bad_name"),
    "a colleague's name": ("刘敏", Role.GRID_WORKER, "xiuyue-3", "name_taken"),
}


@pytest.mark.parametrize(("name", "role", "area", "key"), WRONG.values(), ids=WRONG.keys())
async def test_who_cannot_be_invited_is_refused_and_nobody_is_added(
    talk: Talk, name: str, role: Role, area: str, key: str
) -> None:
    staff = await talk.turn("liu")
    assert await refusal(talk, lambda uow: invite(name, role, area, staff, uow)) == key
    assert await logins(talk) == []


async def test_whoever_is_invited_is_known_before_they_come_and_has_one_code_at_a_time(talk: Talk) -> None:
    staff = await talk.turn("liu")
    first = await talk.db.run(lambda uow: invite(" 陈芳 ", Role.GRID_WORKER, "xiuyue-4", staff, uow))
    assert first.expires_at == MONDAY + INVITED_LASTS
    opened = await talk.db.read(lambda uow: uow.logins.open_code(first.code, MONDAY))
    assert opened is not None
    added = await talk.db.read(lambda uow: uow.people.get(opened.person))
    assert (added.name, added.role, added.area) == ("陈芳", Role.GRID_WORKER, "xiuyue-4")
    again = replace(staff, code=code_from(777))
    second = await talk.db.run(lambda uow: new_code(added.id, again, uow))
    assert await talk.db.read(lambda uow: uow.logins.open_code(first.code, MONDAY)) is None
    assert await talk.db.read(lambda uow: uow.logins.open_code(second.code, MONDAY)) is not None


async def test_nobody_gets_a_code_of_a_colleague_who_is_there_already_unless_they_rank_above_them(talk: Talk) -> None:
    staff, worker = await talk.turn("liu"), await talk.turn("wang")
    first = await talk.db.run(lambda uow: invite("陈芳", Role.COMMUNITY_STAFF, "xiuyue", staff, uow))
    opened = await talk.db.read(lambda uow: uow.logins.open_code(first.code, MONDAY))
    assert opened is not None
    await talk.db.run(lambda uow: uow.registry.add_identity(opened.person, "telegram", "bot", "chen", "chen"))
    for person in (opened.person, staff.who.id):  # neither the colleague, who may be the second to approve, nor oneself
        again = replace(staff, code=code_from(778))
        assert await refusal(talk, partial(new_code, person, again)) == "code_of_equal"
    assert await talk.db.read(lambda uow: uow.logins.open_code(first.code, MONDAY)) is not None
    below = replace(staff, code=code_from(779))
    assert (await talk.db.run(lambda uow: new_code(worker.who.id, below, uow))).code == below.code


async def test_nobody_gets_a_code_of_somebody_above_or_elsewhere(talk: Talk) -> None:
    street = await talk.db.run(lambda uow: uow.registry.add_person("赵主任", Role.STREET_STAFF, "guilin", ""))
    elsewhere = await talk.db.run(lambda uow: uow.registry.add_person("钱一", Role.RESIDENT, "fenglin-1", "fenglin"))
    staff, resident = await talk.turn("liu"), await talk.turn("li")
    assert await refusal(talk, lambda uow: new_code(street.id, staff, uow)) == "staff_only"
    assert await refusal(talk, lambda uow: new_code(elsewhere.id, staff, uow)) == "staff_only"
    assert await refusal(talk, lambda uow: new_code(10**9, staff, uow)) == "person_unknown"
    assert await refusal(talk, lambda uow: new_code(staff.who.id, resident, uow)) == "staff_only"
    assert await logins(talk) == []
