"""A log's way into the groups, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.community import load_policy
from core.errors import Conflict, Refused
from core.events import Event, Kind, Status, Tier
from core.messages import Audience, Chat, ChatKind, Reply
from core.people import Person, Role
from core.turn import Turn
from narratives import publish
from narratives.logs import HandlingLog, LogState
from storage.outbox import Queued
from storage.unit_of_work import Database, Unit

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 in the community
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = load_policy()
HOME, GRID, ELSEWHERE = "xiuyue", "xiuyue-3", "fenglin"
TITLE, TEXT, PICTURE = "3号楼门口清爽了", "垃圾当天清走。", "picture.png"
_TABLES = ("handling_log", "event", "fact", "outgoing")


@dataclass(frozen=True)
class Town:
    resident: Person
    worker: Person
    staff: Person
    colleague: Person
    strange_staff: Person
    chats: Mapping[str, Chat]  # by title
    event: Event  # closed, of the third grid, handled by the worker


@pytest.fixture
async def town(db: Database) -> Town:
    async def settle_in(uow: Unit) -> Town:
        put = uow.registry
        chats: dict[str, Chat] = {}
        for title, kind, audience, area in (
            ("三网格一群", ChatKind.GROUP, Audience.RESIDENTS, GRID),
            ("三网格二群", ChatKind.GROUP, Audience.RESIDENTS, GRID),
            ("秀月大群", ChatKind.GROUP, Audience.RESIDENTS, HOME),
            ("四网格群", ChatKind.GROUP, Audience.RESIDENTS, "xiuyue-4"),
            ("枫林一网格群", ChatKind.GROUP, Audience.RESIDENTS, "fenglin-1"),
            ("枫林大群", ChatKind.GROUP, Audience.RESIDENTS, ELSEWHERE),
            ("秀月工作群", ChatKind.GROUP, Audience.STAFF, HOME),
            ("枫林工作群", ChatKind.GROUP, Audience.STAFF, ELSEWHERE),
            ("共建单位群", ChatKind.GROUP, Audience.PARTNERS, GRID),
            ("已解散的群", ChatKind.GROUP, Audience.RESIDENTS, GRID),
            ("李秀兰", ChatKind.DIRECT, Audience.RESIDENTS, GRID),
        ):
            community = POLICY.areas.community_of(area) or ""
            chats[title] = await put.add_chat("practice", "room", title, kind, audience, area, community, title)
        await uow.chats.set_active(chats["已解散的群"].id, False)
        resident = await put.add_person("李秀兰", Role.RESIDENT, GRID, HOME)
        worker = await put.add_person("王师傅", Role.GRID_WORKER, GRID, HOME)
        return Town(
            resident=resident,
            worker=worker,
            staff=await put.add_person("刘敏", Role.COMMUNITY_STAFF, HOME, HOME),
            colleague=await put.add_person("周洁", Role.COMMUNITY_STAFF, HOME, HOME),
            strange_staff=await put.add_person("何平", Role.COMMUNITY_STAFF, ELSEWHERE, ELSEWHERE),
            chats=chats,
            event=await add_event(uow, resident, worker),
        )

    return await db.run(settle_in)


def closed(**changes: Any) -> Event:
    first = Event(
        id=0, community=HOME, serial=7, kind=Kind.COMPLAINT, status=Status.CLOSED, tier=Tier.GENERAL,
        category="环境卫生", grid=GRID, title="3号楼门口的垃圾堆了两天", reporter=1, created_at=MONDAY - DAY,
        deadline=MONDAY + DAY, closed_at=MONDAY - HOUR, number="EV-20261123-0007",
    )  # fmt: skip
    return replace(first, **changes)


async def add_event(uow: Unit, reporter: Person, handler: Person, **changes: Any) -> Event:
    community = changes.get("community", HOME)
    serial = await uow.events.next_serial(community)
    number = f"EV-20261123-{serial:04d}"
    event = closed(reporter=reporter.id, handler=handler.id, serial=serial, number=number, **changes)
    return replace(event, id=await uow.events.add(event))


def turn(who: Person, **changes: Any) -> Turn:
    """The person speaking 1:1."""
    direct = Chat(0, "practice", "room", f"direct:{who.id}", ChatKind.DIRECT, Audience.STAFF, who.area)
    return replace(Turn(f"in:{who.id}", who, direct, POLICY, MONDAY), **changes)


async def draft(uow: Unit, event: Event, now: datetime = MONDAY) -> HandlingLog:
    log = await publish.draft(event, TITLE, TEXT, uow, now)
    assert log is not None
    return log


async def draw(uow: Unit, log: HandlingLog, cause: str = "fact:1", again: bool = False) -> HandlingLog:
    return await publish.drawn(log, PICTURE, cause, uow, again)


@pytest.fixture
async def waiting(db: Database, town: Town) -> HandlingLog:
    """L1, drawn and shown to staff."""

    async def work(uow: Unit) -> HandlingLog:
        return await draw(uow, await draft(uow, town.event))

    return await db.run(work)


async def everything(uow: Unit) -> dict[str, list[tuple[Any, ...]]]:
    return {t: [tuple(r) for r in await uow.session.all(f"SELECT * FROM {t} ORDER BY id")] for t in _TABLES}


async def said(uow: Unit, key: str) -> list[Queued]:
    """What was written down to be said with that text key, oldest first."""
    rows = await uow.session.all("SELECT id FROM outgoing WHERE reply = ? ORDER BY id", key)
    found = [await uow.outgoing.get(row["id"]) for row in rows]
    return [one for one in found if one is not None]


async def kinds(uow: Unit, event: Event) -> list[str]:
    """The facts of the event, oldest first."""
    return [str(fact.kind) for fact in await uow.facts.of_event(event.id)]


async def refused_and_nothing_changed(work: Callable[[Unit], Awaitable[object]], db: Database) -> Refused:
    before = await db.read(everything)
    with pytest.raises(Refused) as refused:
        await db.run(work)
    assert await db.read(everything) == before
    return refused.value


def titles(town: Town, rows: list[Queued]) -> list[str]:
    """The titles of the groups that the rows go to; a row for a person is not a group's."""
    by_id = {chat.id: title for title, chat in town.chats.items()}
    return sorted(by_id[row.chat] if row.chat is not None else "somebody" for row in rows)


# ------------------------------------------------------------------------------------------------------- what may be told
@pytest.mark.parametrize("status", sorted(set(Status) - {Status.CLOSED}))
def test_what_is_not_closed_is_not_told(status: Status) -> None:
    assert not publish.is_tellable(closed(status=status), POLICY)


def test_what_the_reporter_keeps_private_is_not_told() -> None:
    assert not publish.is_tellable(closed(private=True), POLICY)


def test_no_category_that_is_not_public_is_told_and_every_other_is() -> None:
    told = {name for name in POLICY.categories if publish.is_tellable(closed(category=name), POLICY)}
    assert set(POLICY.categories) - told == {
        name for name, category in POLICY.categories.items() if not category.public
    }
    assert "邻里纠纷" not in told
    assert "环境卫生" in told


def test_a_category_that_left_the_rules_is_not_told() -> None:
    assert not publish.is_tellable(closed(category="取消了的类别"), POLICY)


@pytest.mark.parametrize("changes", [{"private": True}, {"category": "邻里纠纷"}, {"status": Status.IN_PROGRESS}])
async def test_a_waiting_log_whose_event_may_no_longer_be_told_is_not_approved(
    db: Database, town: Town, waiting: HandlingLog, changes: dict[str, Any]
) -> None:
    await db.run(lambda uow: uow.events.save(replace(town.event, **changes)))
    refused = await refused_and_nothing_changed(lambda uow: publish.approve(1, turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("log_untellable", {"log": "L1"})


# --------------------------------------------------------------------------------------------------------- who may, and which
@pytest.mark.parametrize("role", sorted({*Role} - {Role.COMMUNITY_STAFF, Role.STREET_STAFF}))
async def test_whoever_may_not_publish_neither_sees_nor_decides(
    db: Database, town: Town, waiting: HandlingLog, role: Role
) -> None:
    one = turn(Person(town.resident.id, "李秀兰", role, HOME))
    for work in (
        lambda uow: publish.review(one, uow),
        lambda uow: publish.show(1, one, uow),
        lambda uow: publish.approve(1, one, uow),
        lambda uow: publish.change(1, "放了新桶。", one, uow),
        lambda uow: publish.refuse(1, "照片不清楚", one, uow),
    ):
        assert (await refused_and_nothing_changed(work, db)).key == "staff_only"


async def test_staff_of_the_next_community_decide_nothing_here_wherever_they_say_it(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    here = turn(town.strange_staff, chat=town.chats["秀月工作群"])
    there = turn(town.strange_staff)
    # they were told of the event, as its reporter, and answer that message
    answering = turn(town.strange_staff, context=town.event.id)
    for one, number, key in ((here, 1, "staff_only"), (there, 1, "log_unknown"), (answering, None, "log_unknown")):
        for work in (
            lambda uow, one=one, number=number: publish.show(number, one, uow),
            lambda uow, one=one, number=number: publish.approve(number, one, uow),
            lambda uow, one=one, number=number: publish.change(number, "放了新桶。", one, uow),
            lambda uow, one=one, number=number: publish.refuse(number, "照片不清楚", one, uow),
        ):
            assert (await refused_and_nothing_changed(work, db)).key == key
    assert (await db.run(lambda uow: publish.review(there, uow))).key == "review_empty"


async def test_the_same_number_in_two_communities_names_two_logs(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    async def work(uow: Unit) -> Reply:
        fields = {"community": ELSEWHERE, "grid": "fenglin-1"}
        event = await add_event(uow, town.resident, town.worker, **fields)
        log = await draw(uow, await draft(uow, event), "fact:2")
        assert log.number == waiting.number == "L1"
        return await publish.approve(1, turn(town.strange_staff), uow)

    reply = await db.run(work)
    assert reply.params["groups"] == ["枫林一网格群", "枫林大群"]
    assert (await db.read(lambda uow: uow.logs.get(waiting.id))).state == LogState.WAITING


@pytest.mark.parametrize("number", [0, 2, 99, None])
async def test_a_number_nobody_gave_is_unknown(db: Database, town: Town, number: int | None) -> None:
    refused = await refused_and_nothing_changed(lambda uow: publish.approve(number, turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("log_unknown", {"log": "L?" if number is None else f"L{number}"})


async def test_of_two_waiting_logs_none_is_meant_without_a_number(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    async def second(uow: Unit) -> HandlingLog:
        return await draw(uow, await draft(uow, await add_event(uow, town.resident, town.worker)), "fact:2")

    other = await db.run(second)
    assert other.number == "L2"
    refused = await refused_and_nothing_changed(lambda uow: publish.approve(None, turn(town.staff), uow), db)
    assert refused.key == "log_unknown"
    answering = turn(town.staff, context=other.event)
    await db.run(lambda uow: publish.approve(None, answering, uow))
    states = [(await db.read(lambda uow, id=id: uow.logs.get(id))).state for id in (waiting.id, other.id)]  # type: ignore[misc]
    assert states == [LogState.WAITING, LogState.APPROVED]


async def test_nobody_approves_the_log_of_their_own_handling(db: Database, town: Town, waiting: HandlingLog) -> None:
    await db.run(lambda uow: uow.events.save(replace(town.event, handler=town.staff.id)))
    refused = await refused_and_nothing_changed(lambda uow: publish.approve(1, turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("own_handling", {"log": "L1", "serial": town.event.serial})
    reply = await db.run(lambda uow: publish.approve(1, turn(town.colleague), uow))
    assert reply.key == "log_approved"


async def test_the_handler_approves_where_the_rules_allow_it(db: Database, town: Town, waiting: HandlingLog) -> None:
    await db.run(lambda uow: uow.events.save(replace(town.event, handler=town.staff.id)))
    lenient = turn(town.staff, policy=replace(POLICY, approve_own=True))
    assert (await db.run(lambda uow: publish.approve(1, lenient, uow))).key == "log_approved"


# ------------------------------------------------------------------------------------------------------------ not (any more)
async def test_a_log_approved_already_is_not_posted_again(db: Database, town: Town, waiting: HandlingLog) -> None:
    await db.run(lambda uow: publish.approve(1, turn(town.staff), uow))
    for who in (town.staff, town.colleague):
        again = turn(who, key="in:99")
        refused = await refused_and_nothing_changed(lambda uow, one=again: publish.approve(1, one, uow), db)  # type: ignore[misc]
        assert (refused.key, refused.params["state"]) == ("log_impossible", "approved")


async def test_of_two_who_approve_at_once_one_posts(db: Database, town: Town, waiting: HandlingLog) -> None:
    turns = [turn(town.staff), turn(town.colleague)]
    results = await asyncio.gather(
        *(db.run(lambda uow, one=one: publish.approve(1, one, uow)) for one in turns),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert sorted(getattr(result, "key", "") for result in results) == ["log_approved", "log_impossible"]
    assert len(await db.read(lambda uow: said(uow, "log_posted"))) == 3


@pytest.mark.parametrize("end", ["withdrawn", "refused", "changed", "drafted"])
async def test_what_does_not_wait_is_not_approved(db: Database, town: Town, waiting: HandlingLog, end: str) -> None:
    async def work(uow: Unit) -> None:
        if end == "withdrawn":
            await publish.withdraw(town.event, uow, "fact:9", MONDAY)
        elif end == "refused":
            await publish.refuse(1, "照片不清楚", turn(town.staff), uow)
        elif end == "changed":
            await publish.change(1, "放了新桶。", turn(town.staff), uow)
        else:
            await draft(uow, town.event)

    await db.run(work)
    refused = await refused_and_nothing_changed(lambda uow: publish.approve(1, turn(town.staff), uow), db)
    state = {"changed": "drawing", "drafted": "drawing"}.get(end, end)
    assert (refused.key, refused.params) == ("log_impossible", {"log": "L1", "state": state, "action": "approve"})


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
async def test_a_refusal_without_a_reason_is_none(db: Database, town: Town, waiting: HandlingLog, reason: str) -> None:
    refused = await refused_and_nothing_changed(lambda uow: publish.refuse(1, reason, turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("reason_needed_log", {"log": "L1"})


async def test_too_many_words_change_nothing_and_as_many_as_allowed_do(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    words = "字" * 600
    refused = await refused_and_nothing_changed(lambda uow: publish.change(1, words + "字", turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("change_too_long", {"log": "L1", "most": 600})
    assert (await db.run(lambda uow: publish.change(1, f" {words} ", turn(town.staff), uow))).key == "log_changing"


async def test_a_change_without_words_asks_for_them_and_changes_nothing(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    before = await db.read(everything)
    reply = await db.run(lambda uow: publish.change(1, "  ", turn(town.staff), uow))
    assert (reply.key, reply.asked) == ("change_how", (town.staff.id,))
    assert await db.read(everything) == before


async def test_an_approved_log_is_neither_changed_nor_refused(db: Database, town: Town, waiting: HandlingLog) -> None:
    await db.run(lambda uow: publish.approve(1, turn(town.staff), uow))
    for work in (
        lambda uow: publish.change(1, "放了新桶。", turn(town.staff), uow),
        lambda uow: publish.refuse(1, "照片不清楚", turn(town.staff), uow),
    ):
        assert (await refused_and_nothing_changed(work, db)).key == "log_impossible"


async def test_a_picture_of_words_changed_meanwhile_is_not_shown(db: Database, town: Town) -> None:
    log = await db.run(lambda uow: draft(uow, town.event))
    await db.run(lambda uow: publish.change(1, "放了新桶。", turn(town.staff), uow))
    before = await db.read(everything)
    with pytest.raises(Conflict):
        await db.run(lambda uow: draw(uow, log))
    assert await db.read(everything) == before


# --------------------------------------------------------------------------------------------------- drafted, drawn, posted
async def test_a_draft_has_the_next_number_and_is_not_shown_before_it_is_drawn(db: Database, town: Town) -> None:
    log = await db.run(lambda uow: draft(uow, town.event))
    assert (log.number, log.state, log.image, log.at) == ("L1", LogState.DRAWING, "", MONDAY)
    assert (log.title, log.text, log.event) == (TITLE, TEXT, town.event.id)
    assert await db.read(lambda uow: kinds(uow, town.event)) == ["log_drafted"]
    assert (await db.read(everything))["outgoing"] == []
    assert (await db.run(lambda uow: publish.review(turn(town.staff), uow))).key == "review_empty"


async def test_what_is_drawn_is_shown_to_the_staff_of_the_community_and_to_nobody_else(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    rows = await db.read(lambda uow: said(uow, "log_preview"))
    assert titles(town, rows) == ["秀月工作群"]
    assert len((await db.read(everything))["outgoing"]) == 1
    reply = rows[0].reply
    assert reply.images == (PICTURE,)
    assert [choice.says for choice in reply.choices] == ["通过 L1", "修改 L1", "驳回 L1"]
    assert (reply.params["title"], reply.params["text"], reply.event) == (TITLE, TEXT, town.event.id)


async def test_a_preview_caused_twice_by_one_fact_is_shown_once(db: Database, town: Town, waiting: HandlingLog) -> None:
    async def again(uow: Unit) -> None:
        await draw(uow, await draft(uow, town.event))

    await db.run(again)
    assert len(await db.read(lambda uow: said(uow, "log_preview"))) == 1


async def test_approval_posts_once_to_each_residents_group_of_the_grid_and_nowhere_else(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    reply = await db.run(lambda uow: publish.approve(1, turn(town.staff), uow))
    expected = ["三网格一群", "三网格二群", "秀月大群"]
    assert (reply.key, reply.params["groups"], reply.params["count"]) == ("log_approved", expected, 3)
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    assert titles(town, posts) == sorted(expected)
    for post in posts:
        assert (post.reply.images, post.reply.choices, post.urgency) == ((PICTURE,), (), "post")
        assert (post.reply.params["title"], post.reply.params["text"]) == (TITLE, TEXT)
        assert post.reply.params["serial"] == town.event.serial
    assert len((await db.read(everything))["outgoing"]) == 4  # with the preview for staff
    log = await db.read(lambda uow: uow.logs.get(waiting.id))
    assert (log.state, log.approved_by, log.approved_at) == (LogState.APPROVED, town.staff.id, MONDAY)
    assert await db.read(lambda uow: kinds(uow, town.event)) == ["log_drafted", "log_approved"]


async def test_a_matter_of_the_whole_community_is_posted_to_all_its_groups(db: Database, town: Town) -> None:
    async def work(uow: Unit) -> Reply:
        event = await add_event(uow, town.resident, town.worker, grid=HOME)
        await draw(uow, await draft(uow, event))
        return await publish.approve(None, turn(town.staff), uow)

    await db.run(work)
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    assert titles(town, posts) == sorted(["三网格一群", "三网格二群", "秀月大群", "四网格群"])


async def test_staff_of_the_street_approve_in_the_communitys_group(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    above = Person(town.colleague.id, "郑主任", Role.STREET_STAFF, "guilin")
    assert (
        await refused_and_nothing_changed(lambda uow: publish.approve(1, turn(above), uow), db)
    ).key == "no_community"
    there = turn(above, chat=town.chats["秀月工作群"])
    assert (await db.run(lambda uow: publish.approve(1, there, uow))).key == "log_approved"


# -------------------------------------------------------------------------------------------------------- changed, refused
async def test_a_change_is_drawn_anew_with_the_words_kept_until_it_is_approved(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    reply = await db.run(lambda uow: publish.change(1, " 当天清走，放了新桶。 ", turn(town.staff), uow))
    assert (reply.key, reply.params) == ("log_changing", {"log": "L1"})
    log = await db.read(lambda uow: uow.logs.get(waiting.id))
    assert (log.state, log.changed_text) == (LogState.DRAWING, "当天清走，放了新桶。")
    fact = (await db.read(lambda uow: uow.facts.of_event(town.event.id)))[-1]
    assert (fact.kind, fact.actor, fact.data) == (
        "log_changed",
        town.staff.id,
        {"log": 1, "text": "当天清走，放了新桶。"},
    )

    async def anew(uow: Unit) -> HandlingLog:
        written = await publish.draft(town.event, TITLE, "当天清走，放了新桶。", uow, MONDAY + HOUR)
        assert written is not None
        assert (written.id, written.serial, written.image) == (waiting.id, 1, "")
        return await draw(uow, written, "fact:2", again=True)

    log = await db.run(anew)
    assert (log.state, log.changed_text) == (LogState.WAITING, "当天清走，放了新桶。")
    again = await db.read(lambda uow: said(uow, "log_preview_again"))
    assert titles(town, again) == ["秀月工作群"]
    await db.run(lambda uow: publish.approve(1, turn(town.staff), uow))
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    assert {post.reply.params["text"] for post in posts} == {"当天清走，放了新桶。"}
    assert await db.read(lambda uow: kinds(uow, town.event)) == ["log_drafted", "log_changed", "log_approved"]


async def test_what_is_refused_goes_nowhere_and_the_reason_is_kept(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    reply = await db.run(lambda uow: publish.refuse(1, " 照片不清楚 ", turn(town.staff), uow))
    assert (reply.key, reply.params["reason"]) == ("log_refused", "照片不清楚")
    log = await db.read(lambda uow: uow.logs.get(waiting.id))
    assert (log.state, log.reason) == (LogState.REFUSED, "照片不清楚")
    fact = (await db.read(lambda uow: uow.facts.of_event(town.event.id)))[-1]
    assert (fact.kind, fact.data) == ("log_refused", {"log": 1, "reason": "照片不清楚"})
    assert await db.read(lambda uow: said(uow, "log_posted")) == []


# -------------------------------------------------------------------------------------------------------------- withdrawn
@pytest.mark.parametrize("end", ["refused", "withdrawn", "none"])
async def test_where_nothing_stands_nothing_is_withdrawn(db: Database, town: Town, end: str) -> None:
    async def work(uow: Unit) -> None:
        if end != "none":
            await draw(uow, await draft(uow, town.event))
        if end == "refused":
            await publish.refuse(1, "照片不清楚", turn(town.staff), uow)
        if end == "withdrawn":
            await publish.withdraw(town.event, uow, "fact:8", MONDAY)

    await db.run(work)
    before = await db.read(everything)
    assert await db.run(lambda uow: publish.withdraw(town.event, uow, "fact:9", MONDAY)) is None
    assert await db.read(everything) == before


async def test_withdrawing_a_waiting_log_tells_staff_that_there_is_nothing_to_decide(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    log = await db.run(lambda uow: publish.withdraw(town.event, uow, "fact:9", MONDAY))
    assert log is not None
    assert (log.id, log.state) == (waiting.id, LogState.WITHDRAWN)
    told = await db.read(lambda uow: said(uow, "log_withdrawn"))
    assert titles(town, told) == ["秀月工作群"]
    assert told[0].reply.params["log"] == "L1"
    assert await db.read(lambda uow: kinds(uow, town.event)) == ["log_drafted", "log_withdrawn"]
    assert (await db.run(lambda uow: publish.review(turn(town.staff), uow))).key == "review_empty"


async def test_withdrawing_takes_back_the_posts_still_waiting_and_leaves_what_is_on_its_way(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    await db.run(lambda uow: publish.approve(1, turn(town.staff), uow))
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    on_its_way = await db.run(lambda uow: uow.outgoing.claim(MONDAY, 2, HOUR))  # the preview and the first post
    assert [one.reply.key for one in on_its_way] == ["log_preview", "log_posted"]
    await db.run(lambda uow: publish.withdraw(town.event, uow, "fact:9", MONDAY))
    states = {post.id: post.state for post in await db.read(lambda uow: said(uow, "log_posted"))}
    assert states == {post.id: "sending" if post.id == on_its_way[1].id else "withdrawn" for post in posts}
    assert (await db.read(lambda uow: uow.logs.get(waiting.id))).state == LogState.WITHDRAWN
    assert await db.read(lambda uow: said(uow, "log_withdrawn")) == []  # nobody is waiting to decide


async def test_withdrawing_leaves_the_posts_of_other_logs_alone(db: Database, town: Town, waiting: HandlingLog) -> None:
    async def other(uow: Unit) -> None:
        await draw(uow, await draft(uow, await add_event(uow, town.resident, town.worker)), "fact:2")
        await publish.approve(1, turn(town.staff), uow)
        await publish.approve(2, turn(town.staff), uow)
        await publish.withdraw(town.event, uow, "fact:9", MONDAY)

    await db.run(other)
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    assert sorted((str(post.reply.params["log"]), str(post.state)) for post in posts) == [
        *[("L1", "withdrawn")] * 3,
        *[("L2", "waiting")] * 3,
    ]


# ------------------------------------------------------------------------------------------------------------ again, or not
@pytest.mark.parametrize("end", ["approved", "refused", "withdrawn"])
async def test_a_closing_whose_log_was_decided_upon_gets_no_other(
    db: Database, town: Town, waiting: HandlingLog, end: str
) -> None:
    async def decide(uow: Unit) -> None:
        if end == "approved":
            await publish.approve(1, turn(town.staff), uow)
        elif end == "refused":
            await publish.refuse(1, "照片不清楚", turn(town.staff), uow)
        else:
            await publish.withdraw(town.event, uow, "fact:9", MONDAY)

    await db.run(decide)
    before = await db.read(everything)
    assert await db.run(lambda uow: publish.draft(town.event, TITLE, TEXT, uow, MONDAY + DAY)) is None
    assert await db.read(everything) == before


@pytest.mark.parametrize("end", ["approved", "refused", "waiting"])
async def test_an_event_reopened_and_closed_again_gets_a_log_with_a_number_of_its_own(
    db: Database, town: Town, waiting: HandlingLog, end: str
) -> None:
    async def first(uow: Unit) -> None:
        if end == "approved":
            await publish.approve(1, turn(town.staff), uow)
        elif end == "refused":
            await publish.refuse(1, "照片不清楚", turn(town.staff), uow)

    async def again(uow: Unit) -> HandlingLog:
        event = await uow.events.save(replace(town.event, status=Status.IN_PROGRESS, closed_at=None, reopened=1))
        await publish.withdraw(event, uow, "fact:9", MONDAY + HOUR)
        event = await uow.events.save(replace(event, status=Status.CLOSED, closed_at=MONDAY + DAY))
        log = await publish.draft(event, TITLE, "这次真的清走了。", uow, MONDAY + DAY)
        assert log is not None
        return await draw(uow, log, "fact:10")

    await db.run(first)
    log = await db.run(again)
    assert (log.number, log.text, log.changed_text) == ("L2", "这次真的清走了。", "")
    assert log.id != waiting.id
    old = await db.read(lambda uow: uow.logs.get(waiting.id))
    assert old.state == (LogState.REFUSED if end == "refused" else LogState.WITHDRAWN)
    reply = await db.run(lambda uow: publish.approve(2, turn(town.staff, now=MONDAY + DAY), uow))
    assert reply.params["count"] == 3
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    sent = [post for post in posts if post.state == "waiting"]
    assert {post.reply.params["text"] for post in sent} == {"这次真的清走了。"}
    assert len(sent) == 3


# ----------------------------------------------------------------------------------------------------------------- looked at
async def test_review_shows_the_only_one_whole_and_several_as_choices(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    one = await db.run(lambda uow: publish.review(turn(town.staff), uow))
    assert (one.key, one.images, one.params["text"]) == ("log_preview", (PICTURE,), TEXT)
    assert [choice.id for choice in one.choices] == ["approve", "change", "refuse"]

    async def second(uow: Unit) -> None:
        await draw(uow, await draft(uow, await add_event(uow, town.resident, town.worker)), "fact:2")

    await db.run(second)
    two = await db.run(lambda uow: publish.review(turn(town.staff), uow))
    assert (two.key, two.params["count"]) == ("review_list", 2)
    assert [choice.says for choice in two.choices] == ["审核 L1", "审核 L2"]


async def test_a_decided_log_is_shown_without_anything_to_decide(
    db: Database, town: Town, waiting: HandlingLog
) -> None:
    await db.run(lambda uow: publish.approve(1, turn(town.staff), uow))
    reply = await db.run(lambda uow: publish.show(1, turn(town.staff), uow))
    assert (reply.key, reply.choices, reply.images, reply.params["state"]) == ("log_shown", (), (PICTURE,), "approved")
