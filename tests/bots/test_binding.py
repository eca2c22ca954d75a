"""One person on several channels: everything comes along, and nobody becomes, or parts, somebody else."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from bots.answer import answer
from bots.binding import invite
from bots.joining import join
from bots.reactions import REACTIONS, gather
from bots.texts import load_texts
from core.events import ReportKind
from core.facts import FactKind
from core.messages import Photo, Press
from core.people import Role
from points.ledger import Transaction, issue_account, person_account, transfer
from points.rewards import code_from
from storage.audit import audit
from storage.logins import LoginKind
from storage.outbox import Queued
from storage.unit_of_work import Unit
from tests.bots.talk import GROUP, ON_BOTH, ROOM, TELEGRAM, Talk, message
from tests.conftest import MONDAY

NEW = ("ann", TELEGRAM)
OTHER = ("eve", TELEGRAM)
LI, SUN = ("li", ROOM), ("sun", ROOM)
NOBODYS = code_from(31 * 32**5)


async def earn(talk: Talk, who: str, points: int, channel: str = ROOM) -> None:
    person = await talk.person(who, channel)
    postings = transfer(points, issue_account("xiuyue"), person_account(person.id))
    earned = Transaction("xiuyue", f"test:{who}:{points}", "verified_report", MONDAY, postings)
    await talk.db.run(lambda uow: uow.ledger.post(earned))


async def balance(talk: Talk, who: str, channel: str = ROOM) -> int:
    person = await talk.person(who, channel)
    return await talk.db.read(lambda uow: uow.ledger.balance(person_account(person.id)))


async def in_order(talk: Talk) -> bool:
    found = await talk.db.read(lambda uow: audit(uow.session))
    return list(found) == []


async def logins(talk: Talk, kind: LoginKind) -> list[dict[str, Any]]:
    return [row for row in await talk.rows("login") if row["kind"] == kind]


# ------------------------------------------------------------------------------------------------- what must not be possible


async def test_a_code_nobody_gave_one_that_was_used_and_one_that_has_ended_are_refused_in_the_same_words(
    talk: Talk,
) -> None:
    used = await talk.code("li")
    assert await talk.key(f"绑定 {used}", *NEW) == "bound"
    ended = await talk.code("sun")
    talk.later(timedelta(minutes=15))
    said = []
    for typed in (NOBODYS, used, ended, ended[:-1] + ("A" if ended[-1] != "A" else "B"), "ABC"):
        (row,) = await talk.say(f"绑定 {typed}", *OTHER)
        said.append((row.reply.key, dict(row.reply.params), row.reply.choices))
    assert said == [("code_wrong", {}, ())] * 5
    assert not await talk.is_one(OTHER, LI)
    assert not await talk.is_one(OTHER, SUN)


async def test_whoever_guesses_too_often_is_refused_for_an_hour_even_with_a_right_code(talk: Talk) -> None:
    for _ in range(5):
        assert await talk.key(f"绑定 {NOBODYS}", *OTHER) == "code_wrong"
    right = await talk.code("li")
    assert await talk.key(f"绑定 {right}", *OTHER) == "code_too_many"
    assert await talk.key(f"绑定 {right}", *OTHER, chat=GROUP) == "code_too_many"
    assert await talk.key(f"绑定 {right}", *NEW) == "bound"  # somebody else is not held up by it
    talk.later(timedelta(hours=1))
    assert await talk.key(f"绑定 {await talk.code('li')}", *OTHER) == "bound"


@ON_BOTH
async def test_whoever_guesses_many_times_at_once_has_no_more_tries_than_one_after_another(talk: Talk) -> None:
    await talk.say("你好", *OTHER)
    keys = await asyncio.gather(*(talk.key(f"绑定 {code_from(n)}", *OTHER) for n in range(9)))
    assert sorted(keys) == ["code_too_many"] * 4 + ["code_wrong"] * 5


@ON_BOTH
@pytest.mark.parametrize("what", ["a matter", "points"])
async def test_whoever_has_something_to_lose_is_asked_before_it_is_another_persons(talk: Talk, what: str) -> None:
    await (talk.say("路灯不亮", "li") if what == "a matter" else earn(talk, "li", 5))
    code = await talk.code("sun")
    for again in (f"绑定 {code}", f"绑定 {code} 谢谢", f"绑定 {code}"):  # typed again it is no yes either
        (row,) = await talk.say(again, "li")
        assert row.reply.key == ("bind_how" if "谢谢" in again else "bind_sure")
        assert not await talk.is_one(LI, SUN)
    assert row.reply.params == {"name": "孙*"}
    assert await talk.press(row, "bind-sure", *OTHER) == "choice_gone"
    assert await talk.press(row, "bind-sure", "li") == "bound"
    assert await talk.is_one(LI, SUN)


async def test_a_message_with_a_code_that_comes_again_binds_nobody_again(talk: Talk) -> None:
    code = await talk.code("li")
    first = message("same", f"绑定 {code}", *NEW, chat="")
    inbox = await answer(first, talk.door)
    assert await talk.is_one(NEW, LI)
    assert await talk.press((await talk.say("解绑", *NEW))[-1], await choice_of(talk, NEW), *NEW) == "unbound_here"
    assert await answer(first, talk.door) == inbox
    assert not await talk.is_one(NEW, LI)
    assert await talk.key(f"绑定 {code}", *NEW) == "code_wrong"


async def choice_of(talk: Talk, account: tuple[str, str]) -> str:
    who, channel = account
    person = await talk.person(who, channel)
    known = await talk.db.read(lambda uow: uow.people.identities(person.id))
    return next(f"identity-{one.id}" for one in known if (one.external, one.channel) == account)


async def test_a_code_shown_to_a_group_is_void_from_then_on(talk: Talk) -> None:
    code = await talk.code("li")
    assert await talk.key(f"@小应 绑定 {code}", "li", chat=GROUP) == "code_shown"
    assert await talk.key(f"绑定 {code}", *OTHER) == "code_wrong"
    assert not await talk.is_one(OTHER, LI)


async def test_ones_own_code_asked_for_in_a_group_is_told_1_to_1(talk: Talk) -> None:
    here, there = await talk.say("@小应 绑定", "li", chat=GROUP)
    assert (here.reply.key, here.person) == ("sent_privately", None)
    assert (there.reply.key, there.chat) == ("own_code", None)


async def test_nobody_binds_to_themselves_and_the_code_stays_good(talk: Talk) -> None:
    code = await talk.code("li")
    assert await talk.key(f"绑定 {code}", "li") == "code_own"
    assert await talk.key(f"绑定 {code.lower()[:4]}-{code[4:]}", *NEW) == "bound"
    again = await talk.code("li")
    assert await talk.key(f"绑定 {again}", *NEW) == "code_own"


@pytest.mark.parametrize("who", ["liu", "wang", "cao", "feng"])
async def test_an_account_with_duties_becomes_nobody_else_and_the_other_way_round_works(talk: Talk, who: str) -> None:
    role = (await talk.person(who)).role
    code = await talk.code("li")
    assert await talk.key(f"绑定 {code}", who) == "bind_other_way"
    assert (await talk.person(who)).role == role
    assert await talk.key(f"绑定 {await talk.code(who)}", "li") == "bound_office"
    assert await talk.is_one(LI, (who, ROOM))
    assert (await talk.person("li")).role == role


async def test_whoever_handles_a_matter_becomes_nobody_else(talk: Talk) -> None:
    (row,) = await talk.say("3号楼门口垃圾没人清", "sun")
    li = await talk.person("li")
    await talk.db.run(
        lambda uow: uow.session.all("UPDATE event SET handler_id = ? WHERE id = ?", li.id, row.reply.event)
    )
    assert await talk.key(f"绑定 {await talk.code('sun')}", "li") == "bind_other_way"


@ON_BOTH
async def test_of_two_who_type_one_code_at_once_one_is_bound(talk: Talk) -> None:
    for account in (NEW, OTHER):
        await talk.say("你好", *account)
    code = await talk.code("li")
    keys = await asyncio.gather(*(talk.key(f"绑定 {code}", *account) for account in (NEW, OTHER)))
    assert sorted(keys) == ["bound", "code_wrong"]
    assert [await talk.is_one(account, LI) for account in (NEW, OTHER)].count(True) == 1


@ON_BOTH
async def test_two_who_type_each_others_code_at_once_are_one_person_with_all_the_points(talk: Talk) -> None:
    for round, (one, other) in enumerate((("li", "sun"), ("sun", "ma"))):
        codes = [await talk.code(one), await talk.code(other)]
        await earn(talk, one, 3 + round)
        keys = await asyncio.gather(talk.key(f"绑定 {codes[1]} 确定", one), talk.key(f"绑定 {codes[0]} 确定", other))
        assert sorted(keys) == ["bound", "code_wrong"], keys
        assert await talk.is_one((one, ROOM), (other, ROOM))
    assert await talk.is_one(LI, SUN, ("ma", ROOM))
    assert await balance(talk, "li") == 7
    assert await in_order(talk)


@ON_BOTH
async def test_two_accounts_of_one_person_that_type_two_codes_at_once_end_as_one_person(talk: Talk) -> None:
    assert await talk.key(f"绑定 {await talk.code('li')}", *NEW) == "bound"
    codes = [await talk.code("sun"), await talk.code("ma")]
    keys = await asyncio.gather(talk.key(f"绑定 {codes[0]}", "li"), talk.key(f"绑定 {codes[1]}", *NEW))
    assert set(keys) == {"bound"}
    assert await talk.is_one(LI, NEW, SUN, ("ma", ROOM))


async def test_the_code_of_somebody_who_has_become_somebody_else_opens_nothing(talk: Talk) -> None:
    code = await talk.code("li")
    assert await talk.key(f"绑定 {await talk.code('sun')}", "li") == "bound"
    assert await talk.key(f"绑定 {code}", *OTHER) == "code_wrong"
    assert await talk.is_one(LI, SUN)


async def test_nobody_presses_what_another_was_asked_and_nobody_parts_an_account_of_another(talk: Talk) -> None:
    assert await talk.key(f"绑定 {await talk.code('li')}", *NEW) == "bound"
    (asked,) = await talk.say("解绑", "li")
    for account in (OTHER, SUN, ("liu", ROOM)):
        assert await talk.press(asked, asked.reply.choices[0].id, *account) == "choice_gone"
    assert await talk.key(f"绑定 {await talk.code('sun')}", *OTHER) == "bound"
    for choice in asked.reply.choices:
        assert await talk.key(choice.says, "sun") == "unbind_which"  # only their own are offered
    assert await talk.is_one(LI, NEW)
    assert await talk.is_one(SUN, OTHER)


# ---------------------------------------------------------------------------------------------------------- what comes along


async def history(talk: Talk) -> str:
    """Everything that happens to somebody: a report with a photo, a neighbour's, stars asked for, points, a redemption."""
    (row,) = await talk.say("3号楼门口垃圾没人清", "li", photos=(Photo("a.jpg", 1, 1),))
    await talk.say(f"办结 {row.reply.params['serial']} 已清运", "wang")
    await talk.say("路灯不亮", "sun")
    await talk.say("我也遇到 2", "li")
    await talk.say("", "li", photos=(Photo("b.jpg", 1, 1),), chat=GROUP)
    await earn(talk, "li", 50)
    await talk.db.run(lambda uow: uow.registry.add_reward("xiuyue", "soap", "洗手液", 20, 5))
    return str((await talk.say("兑换 洗手液", "li"))[-1].reply.params["code"])


@ON_BOTH
async def test_all_that_was_somebodys_comes_along_and_facts_stay_as_they_were(talk: Talk) -> None:
    pickup = await history(talk)
    li = await talk.person("li")
    facts = await talk.rows("fact")
    assert await talk.key(f"绑定 {await talk.code(*NEW)} 确定", "li") == "bound"
    assert await talk.is_one(LI, NEW)
    new = await talk.person(*NEW)
    assert (new.role, new.area) == (Role.RESIDENT, "xiuyue-3")  # where they live came along, too
    for table, column in (
        ("event", "reporter_id"),
        ("report", "person_id"),
        ("event_photo", "person_id"),
        ("redemption", "person_id"),
        ("identity", "person_id"),
        ("outgoing", "person_id"),
    ):
        owners = [row[column] for row in await talk.rows(table)]
        assert li.id not in owners, table
        assert new.id in owners, table
    asked = [row["asked"] for row in await talk.rows("outgoing") if row["answered_at"] is None and row["asks"]]
    assert not any(li.id in (json.loads(one) if isinstance(one, str) else one) for one in asked)
    assert (await talk.rows("fact"))[: len(facts)] == facts
    assert await balance(talk, "ann", TELEGRAM) == 30
    assert await talk.db.read(lambda uow: uow.ledger.balance(person_account(li.id))) == 0
    (points,) = await talk.say("积分", *NEW)
    assert points.reply.params["items"][0]["rule"] == "joined"  # type: ignore[index, call-overload]
    (mine,) = await talk.say("进度", *NEW)
    assert [choice.id for choice in mine.reply.choices]
    assert pickup in str((await talk.say("我的兑换", *NEW))[-1].reply.params)
    assert await in_order(talk)


async def test_the_question_for_stars_is_answered_on_the_other_channel(talk: Talk) -> None:
    await talk.say("3号楼门口垃圾没人清", "li")
    await talk.say("办结 1 已清运", "wang")
    await react(talk)
    assert await talk.key(f"绑定 {await talk.code(*NEW)} 确定", "li") == "bound"
    assert (await talk.key("5", *NEW)).startswith("rated")


async def react(talk: Talk) -> None:
    """What is to be said is due."""
    await talk.db.run(lambda uow: uow.session.all("UPDATE outgoing SET not_before = ?", MONDAY))


async def test_a_neighbour_counted_twice_is_counted_once(talk: Talk) -> None:
    await talk.say("路灯不亮", "sun")
    for who, channel in (LI, ("ma", ROOM)):
        assert await talk.key("我也遇到 1", who, channel) == "joined"
    assert [row["people"] for row in await talk.rows("event")] == [3]
    assert await talk.key(f"绑定 {await talk.code('sun')} 确定", "li") == "bound"
    assert [row["people"] for row in await talk.rows("event")] == [2]
    assert await talk.key("我也遇到 1", "li") == "already_joined"


async def test_a_chain_of_bindings_ends_in_one_person(talk: Talk) -> None:
    await history(talk)
    for code_of, typed_by in ((SUN, LI), (("ma", ROOM), SUN), (NEW, ("ma", ROOM))):
        assert await talk.key(f"绑定 {await talk.code(*code_of)} 确定", *typed_by) == "bound"
    assert await talk.is_one(LI, SUN, ("ma", ROOM), NEW)
    assert await balance(talk, "ann", TELEGRAM) == 30
    assert (await talk.person(*NEW)).role == Role.VOLUNTEER  # one of them volunteered
    assert await in_order(talk)


async def test_what_was_under_way_when_somebody_became_somebody_else_follows(talk: Talk) -> None:
    await talk.say("路灯不亮", "sun")
    li = await talk.person("li")
    assert await talk.key(f"绑定 {await talk.code(*NEW)} 确定", "li") == "bound"
    new = await talk.person(*NEW)

    async def late(uow: Unit) -> None:
        await uow.reports.add(1, li.id, None, ReportKind.ME_TOO, "我家也是", MONDAY)
        postings = transfer(5, issue_account("xiuyue"), person_account(li.id))
        await uow.ledger.post(Transaction("xiuyue", "late", "verified_report", MONDAY, postings))

    await talk.db.run(late)
    assert gather in REACTIONS[FactKind.PERSON_BOUND]
    for _ in range(2):
        await talk.db.run(lambda uow: join(li.id, new.id, "fact:1", "xiuyue", uow))
    assert [row["person_id"] for row in await talk.rows("report")][-1] == new.id
    assert await balance(talk, "ann", TELEGRAM) == 5
    assert await in_order(talk)


async def where(talk: Talk, row: Queued) -> tuple[str, str]:
    """The channel and the chat in which it is said."""
    found = await talk.db.read(lambda uow: uow.addresses.of(row, (ROOM, TELEGRAM)))
    assert found is not None
    return found.channel, found.chat


async def test_every_other_channel_is_told_and_the_answer_stays_where_it_was_asked_for(talk: Talk) -> None:
    assert await talk.key(f"绑定 {await talk.code('li')}", *NEW) == "bound"
    (bound,) = await talk.say(f"绑定 {await talk.code('li')}", *OTHER)
    (thanks,) = await talk.say("谢谢", *NEW)
    for row, account in ((bound, "eve"), (thanks, "ann")):  # two accounts of one channel are kept apart
        assert row.person == (await talk.person("li")).id
        assert await where(talk, row) == (TELEGRAM, f"direct:{account}")
    assert await talk.said_to("li", ROOM) == ["bound_elsewhere"] * 2
    assert await talk.said_to("ann", TELEGRAM) == ["bound_elsewhere"]
    assert await talk.said_to("eve", TELEGRAM) == []


async def test_somebody_invited_comes_into_their_office_with_the_code(talk: Talk) -> None:
    staff = await talk.turn("liu")
    code = await talk.db.run(lambda uow: invite("陈芳", Role.GRID_WORKER, "xiuyue-4", staff, uow))
    await talk.say("路灯不亮", "ma")  # theirs already, and they cannot be told yet
    await talk.db.run(lambda uow: uow.session.all("UPDATE outgoing SET state = 'held' WHERE reply = 'assigned'"))
    talk.later(timedelta(days=6))
    (row,) = await talk.say(f"绑定 {code.code}", *NEW)
    assert row.reply.key == "bound_office"
    assert "陈芳，您好！您现在是秀月社区第四网格的网格员。" in load_texts("zh", "Asia/Shanghai").render(row.reply)
    new = await talk.person(*NEW)
    assert (new.name, new.role, new.area) == ("陈芳", Role.GRID_WORKER, "xiuyue-4")
    assert await talk.key("待办", *NEW) == "todo"
    (task,) = [row for row in await talk.rows("outgoing") if row["reply"] == "assigned"]
    assert (task["person_id"], task["state"]) == (new.id, "waiting")


# ------------------------------------------------------------------------------------------------------------------- parting


async def test_the_only_account_is_not_parted(talk: Talk) -> None:
    assert await talk.key("解绑", "li") == "unbind_only"
    assert await talk.key("解绑 1", "li") == "unbind_only"


async def test_an_account_that_is_parted_starts_afresh_and_the_rest_keeps_all(talk: Talk) -> None:
    await history(talk)
    assert await talk.key(f"绑定 {await talk.code('li')}", *NEW) == "bound"
    (asked,) = await talk.say("解绑", "li")
    assert [(choice.label, choice.params["channel"]) for choice in asked.reply.choices] == [
        ("account_here", ROOM),
        ("account", TELEGRAM),
    ]
    assert await talk.key("2", "li") == "unbound"
    assert not await talk.is_one(LI, NEW)
    fresh = await talk.person(*NEW)
    assert (fresh.name, fresh.role, fresh.area) == ("李秀兰", Role.RESIDENT, "xiuyue-3")
    assert (await balance(talk, "li"), await balance(talk, "ann", TELEGRAM)) == (30, 0)
    assert await talk.said_to("ann", TELEGRAM) == ["unbound_from_elsewhere"]
    assert await talk.key("进度", *NEW) == "no_reports_yet"
    assert await talk.key("路灯不亮", *NEW) == "reported"


async def test_whoever_parts_the_account_they_speak_from_is_answered_there(talk: Talk) -> None:
    assert await talk.key(f"绑定 {await talk.code('li')}", *NEW) == "bound"
    (row,) = await talk.say("解绑 2", *NEW)
    assert row.reply.key == "unbound_here"
    assert row.person == (await talk.person(*NEW)).id != (await talk.person("li")).id
    assert await talk.said_to("li", ROOM) == ["bound_elsewhere", "unbound_elsewhere"]


async def test_staff_keep_their_role_only_on_what_stays_and_every_way_in_is_shut(talk: Talk) -> None:
    assert await talk.key(f"绑定 {await talk.code('liu')}", *OTHER) == "bound_office"
    planted = await talk.code(*OTHER)  # to come back with
    assert await talk.key("工作台", *OTHER) == "workbench_link"
    liu = await talk.person("liu")
    later = talk.now + timedelta(hours=1)
    await talk.db.run(lambda uow: uow.logins.add(LoginKind.SESSION, "cookie", liu.id, talk.now, later))
    (asked,) = await talk.say("解绑", "liu")
    assert await talk.press(asked, asked.reply.choices[1].id, "liu") == "unbound"
    assert (await talk.person("liu")).role == Role.COMMUNITY_STAFF
    assert (await talk.person(*OTHER)).role == Role.RESIDENT
    assert await talk.key("工作台", *OTHER) == "staff_only"
    assert await talk.key(f"绑定 {planted}", *OTHER) == "code_wrong"
    assert await talk.db.read(lambda uow: uow.logins.person_of("cookie", talk.now)) is None
    assert [row for row in await logins(talk, LoginKind.LINK) if row["used_at"] is None] == []


async def test_in_a_group_accounts_are_listed_1_to_1_only(talk: Talk) -> None:
    assert await talk.key(f"绑定 {await talk.code('li')}", *NEW) == "bound"
    here, there = await talk.say("@小应 解绑 1", "li", chat=GROUP)
    assert (here.reply.key, there.reply.key, there.chat) == ("sent_privately", "unbind_which", None)
    assert await talk.is_one(LI, NEW)


async def test_a_press_in_a_group_parts_nothing(talk: Talk) -> None:
    assert await talk.key(f"绑定 {await talk.code('li')}", *NEW) == "bound"
    (asked,) = await talk.say("解绑", "li")
    press = Press(asked.id, asked.reply.choices[0].id)
    assert await talk.key("", "li", chat=GROUP, press=press) == "choice_gone"
    assert await talk.is_one(LI, NEW)
