"""A log's way into the groups, on a real database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from core.errors import Conflict
from core.events import Status
from core.messages import Reply
from core.people import Person, Role
from narratives import editing, publish, withdrawal
from narratives.publications import Draft, Publication, PublicationState
from storage.unit_of_work import Database, Unit
from tests.narratives.town import (
    DAY,
    ELSEWHERE,
    HOME,
    HOUR,
    MONDAY,
    PICTURE,
    POLICY,
    TEXT,
    TITLE,
    TOKEN,
    Town,
    add_event,
    approve,
    closed,
    draft,
    draw,
    everything,
    kinds,
    refused_and_nothing_changed,
    said,
    titles,
    turn,
)


# ------------------------------------------------------------------------------------------------------- what may be told
@pytest.mark.parametrize("status", sorted(set(Status) - {Status.CLOSED, Status.REJECTED}))
def test_what_is_not_at_its_end_is_not_told(status: Status) -> None:
    assert not publish.is_tellable(closed(status=status), POLICY)


def test_what_was_not_taken_up_is_told_where_the_rules_say_so() -> None:
    rejected = closed(status=Status.REJECTED)
    assert publish.is_tellable(rejected, POLICY)
    silent = replace(POLICY, publishing=replace(POLICY.publishing, tell_rejected=False))
    assert not publish.is_tellable(rejected, silent)


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
    db: Database, town: Town, waiting: Publication, changes: dict[str, Any]
) -> None:
    await db.run(lambda uow: uow.events.save(replace(town.event, **changes)))
    refused = await refused_and_nothing_changed(lambda uow: approve(1, turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("log_untellable", {"log": "L1"})


# --------------------------------------------------------------------------------------------------------- who may, and which
@pytest.mark.parametrize("role", sorted({*Role} - {Role.COMMUNITY_STAFF, Role.STREET_STAFF}))
async def test_whoever_may_not_publish_neither_sees_nor_decides(
    db: Database, town: Town, waiting: Publication, role: Role
) -> None:
    one = turn(Person(town.resident.id, "李秀兰", role, HOME))
    for work in (
        lambda uow: publish.review(one, uow),
        lambda uow: publish.show(1, one, uow),
        lambda uow: approve(1, one, uow),
        lambda uow: editing.change(1, "放了新桶。", one, uow),
        lambda uow: editing.refuse(1, "照片不清楚", one, uow),
    ):
        assert (await refused_and_nothing_changed(work, db)).key == "staff_only"


async def test_staff_of_the_next_community_decide_nothing_here_wherever_they_say_it(
    db: Database, town: Town, waiting: Publication
) -> None:
    here = turn(town.strange_staff, chat=town.chats["秀月工作群"])
    there = turn(town.strange_staff)
    # they were told of the event, as its reporter, and answer that message
    answering = turn(town.strange_staff, context=town.event.id)
    for one, number, key in ((here, 1, "staff_only"), (there, 1, "log_unknown"), (answering, None, "log_needed")):
        for work in (
            lambda uow, one=one, number=number: publish.show(number, one, uow),
            lambda uow, one=one, number=number: approve(number, one, uow),
            lambda uow, one=one, number=number: editing.change(number, "放了新桶。", one, uow),
            lambda uow, one=one, number=number: editing.refuse(number, "照片不清楚", one, uow),
        ):
            assert (await refused_and_nothing_changed(work, db)).key == key
    assert (await db.run(lambda uow: publish.review(there, uow))).key == "review_empty"


async def test_the_same_number_in_two_communities_names_two_logs(
    db: Database, town: Town, waiting: Publication
) -> None:
    async def work(uow: Unit) -> Reply:
        fields = {"community": ELSEWHERE, "grid": "fenglin-1"}
        event = await add_event(uow, town.resident, town.worker, **fields)
        log = await draw(uow, await draft(uow, event), "fact:2")
        assert log.number == waiting.number == "L1"
        return await approve(1, turn(town.strange_staff), uow)

    reply = await db.run(work)
    assert reply.params["groups"] == ["枫林一网格群", "枫林大群"]
    assert (await db.read(lambda uow: uow.publications.get(waiting.id))).state == PublicationState.WAITING


@pytest.mark.parametrize("number", [0, 2, 99, None])
async def test_a_number_nobody_gave_is_unknown(db: Database, town: Town, number: int | None) -> None:
    refused = await refused_and_nothing_changed(lambda uow: approve(number, turn(town.staff), uow), db)
    expected = ("log_needed", {}) if number is None else ("log_unknown", {"log": f"L{number}"})
    assert (refused.key, refused.params) == expected


async def test_of_two_waiting_logs_none_is_meant_without_a_number(
    db: Database, town: Town, waiting: Publication
) -> None:
    async def second(uow: Unit) -> Publication:
        return await draw(uow, await draft(uow, await add_event(uow, town.resident, town.worker)), "fact:2")

    other = await db.run(second)
    assert other.number == "L2"
    refused = await refused_and_nothing_changed(lambda uow: approve(None, turn(town.staff), uow), db)
    assert refused.key == "log_needed"
    answering = turn(town.staff, context=other.event)
    await db.run(lambda uow: approve(None, answering, uow))
    states = [(await db.read(lambda uow, id=id: uow.publications.get(id))).state for id in (waiting.id, other.id)]  # type: ignore[misc]
    assert states == [PublicationState.WAITING, PublicationState.APPROVED]


async def test_nobody_approves_the_log_of_their_own_handling(db: Database, town: Town, waiting: Publication) -> None:
    await db.run(lambda uow: uow.events.save(replace(town.event, handler=town.staff.id)))
    refused = await refused_and_nothing_changed(lambda uow: approve(1, turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("own_handling", {"log": "L1", "serial": town.event.serial})
    reply = await db.run(lambda uow: approve(1, turn(town.colleague), uow))
    assert reply.key == "log_approved"


async def test_the_handler_approves_where_the_rules_allow_it(db: Database, town: Town, waiting: Publication) -> None:
    await db.run(lambda uow: uow.events.save(replace(town.event, handler=town.staff.id)))
    lenient = turn(town.staff, policy=replace(POLICY, approve_own=True))
    assert (await db.run(lambda uow: approve(1, lenient, uow))).key == "log_approved"


# ------------------------------------------------------------------------------------------------------------ not (any more)
async def test_a_log_approved_already_is_not_posted_again(db: Database, town: Town, waiting: Publication) -> None:
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    for who in (town.staff, town.colleague):
        again = turn(who, key="in:99")
        refused = await refused_and_nothing_changed(lambda uow, one=again: approve(1, one, uow), db)  # type: ignore[misc]
        assert (refused.key, refused.params["state"]) == ("log_impossible", "approved")


async def test_of_two_who_approve_at_once_one_posts(db: Database, town: Town, waiting: Publication) -> None:
    turns = [turn(town.staff), turn(town.colleague)]
    results = await asyncio.gather(
        *(db.run(lambda uow, one=one: approve(1, one, uow)) for one in turns),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert sorted(getattr(result, "key", "") for result in results) == ["log_approved", "log_impossible"]
    assert len(await db.read(lambda uow: said(uow, "log_posted"))) == 3


@pytest.mark.parametrize("end", ["withdrawn", "refused", "changed", "drafted"])
async def test_what_does_not_wait_is_not_approved(db: Database, town: Town, waiting: Publication, end: str) -> None:
    async def work(uow: Unit) -> None:
        if end == "withdrawn":
            await withdrawal.withdraw(town.event, uow, "fact:9", MONDAY)
        elif end == "refused":
            await editing.refuse(1, "照片不清楚", turn(town.staff), uow)
        elif end == "changed":
            await editing.change(1, "放了新桶。", turn(town.staff), uow)
        else:
            await publish.draft(town.event, Draft(TITLE, "五星好评。"), TOKEN, uow, MONDAY)

    await db.run(work)
    refused = await refused_and_nothing_changed(lambda uow: approve(1, turn(town.staff), uow), db)
    state = {"changed": "drawing", "drafted": "drawing"}.get(end, end)
    key = "log_still_drawing" if state == "drawing" else "log_impossible"
    assert (refused.key, refused.params) == (key, {"log": "L1", "state": state, "action": "approve"})


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
async def test_a_refusal_without_a_reason_is_none(db: Database, town: Town, waiting: Publication, reason: str) -> None:
    refused = await refused_and_nothing_changed(lambda uow: editing.refuse(1, reason, turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("reason_needed_log", {"log": "L1"})


async def test_too_many_words_change_nothing_and_as_many_as_allowed_do(
    db: Database, town: Town, waiting: Publication
) -> None:
    words = "字" * 600
    refused = await refused_and_nothing_changed(lambda uow: editing.change(1, words + "字", turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("change_too_long", {"log": "L1", "most": 600})
    assert (await db.run(lambda uow: editing.change(1, f" {words} ", turn(town.staff), uow))).key == "log_changing"


async def test_a_change_without_words_asks_for_them_and_changes_nothing(
    db: Database, town: Town, waiting: Publication
) -> None:
    before = await db.read(everything)
    reply = await db.run(lambda uow: editing.change(1, "  ", turn(town.staff), uow))
    assert (reply.key, reply.asked) == ("change_how", (town.staff.id,))
    assert await db.read(everything) == before


async def test_an_approved_log_is_neither_changed_nor_refused(db: Database, town: Town, waiting: Publication) -> None:
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    for work in (
        lambda uow: editing.change(1, "放了新桶。", turn(town.staff), uow),
        lambda uow: editing.refuse(1, "照片不清楚", turn(town.staff), uow),
    ):
        assert (await refused_and_nothing_changed(work, db)).key == "log_impossible"


async def test_a_picture_of_words_changed_meanwhile_is_not_shown(db: Database, town: Town) -> None:
    log = await db.run(lambda uow: draft(uow, town.event))
    await db.run(lambda uow: editing.change(1, "放了新桶。", turn(town.staff), uow))
    before = await db.read(everything)
    with pytest.raises(Conflict):
        await db.run(lambda uow: draw(uow, log))
    assert await db.read(everything) == before


# --------------------------------------------------------------------------------------------------- drafted, drawn, posted
async def test_a_draft_has_the_next_number_and_is_not_shown_before_it_is_drawn(db: Database, town: Town) -> None:
    log = await db.run(lambda uow: draft(uow, town.event))
    assert (log.number, log.state, log.images, log.at) == ("L1", PublicationState.DRAWING, (), MONDAY)
    assert (log.title, log.text, log.event) == (TITLE, TEXT, town.event.id)
    assert await db.read(lambda uow: kinds(uow, town.event)) == ["log_drafted"]
    assert (await db.read(everything))["outgoing"] == []
    assert (await db.run(lambda uow: publish.review(turn(town.staff), uow))).key == "review_empty"


async def test_what_is_drawn_is_shown_to_the_staff_of_the_community_and_to_nobody_else(
    db: Database, town: Town, waiting: Publication
) -> None:
    rows = await db.read(lambda uow: said(uow, "log_preview"))
    assert titles(town, rows) == ["秀月工作群"]
    assert len((await db.read(everything))["outgoing"]) == 1
    reply = rows[0].reply
    assert reply.images == (PICTURE,)
    assert [choice.says for choice in reply.choices] == ["通过 L1 v1", "修改 L1", "驳回 L1"]
    assert (reply.params["title"], reply.params["text"], reply.event) == (TITLE, TEXT, town.event.id)


async def test_what_waits_with_the_same_words_and_photos_is_not_composed_again(
    db: Database, town: Town, waiting: Publication
) -> None:
    before = await db.read(everything)
    again = await db.run(lambda uow: publish.draft(town.event, Draft(TITLE, TEXT), TOKEN, uow, MONDAY))
    assert again is None
    assert await db.read(everything) == before


async def test_approval_posts_once_to_each_residents_group_of_the_grid_and_nowhere_else(
    db: Database, town: Town, waiting: Publication
) -> None:
    reply = await db.run(lambda uow: approve(1, turn(town.staff), uow))
    expected = ["三网格一群", "三网格二群", "秀月大群"]
    assert (reply.key, reply.params["groups"], reply.params["count"]) == ("log_approved", expected, 3)
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    assert titles(town, posts) == sorted(expected)
    for post in posts:
        assert (post.reply.images, post.reply.choices, post.urgency) == ((PICTURE,), (), "post")
        assert (post.reply.params["title"], post.reply.params["text"]) == (TITLE, TEXT)
        assert post.reply.params["serial"] == town.event.serial
    told = await db.read(lambda uow: said(uow, "log_approved_for_staff"))
    assert titles(town, told) == ["秀月工作群"]
    assert len((await db.read(everything))["outgoing"]) == 5  # with the preview and this for staff
    log = await db.read(lambda uow: uow.publications.get(waiting.id))
    assert (log.state, log.approved_by, log.approved_at) == (PublicationState.APPROVED, town.staff.id, MONDAY)
    assert await db.read(lambda uow: kinds(uow, town.event)) == ["log_drafted", "log_approved"]


async def test_a_matter_of_the_whole_community_is_posted_to_all_its_groups(db: Database, town: Town) -> None:
    async def work(uow: Unit) -> Reply:
        event = await add_event(uow, town.resident, town.worker, grid=HOME)
        await draw(uow, await draft(uow, event))
        return await approve(None, turn(town.staff), uow)

    await db.run(work)
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    assert titles(town, posts) == sorted(["三网格一群", "三网格二群", "秀月大群", "四网格群"])


async def test_staff_of_the_street_approve_in_the_communitys_group(
    db: Database, town: Town, waiting: Publication
) -> None:
    above = Person(town.colleague.id, "郑主任", Role.STREET_STAFF, "guilin")
    assert (await refused_and_nothing_changed(lambda uow: approve(1, turn(above), uow), db)).key == "no_community"
    there = turn(above, chat=town.chats["秀月工作群"])
    assert (await db.run(lambda uow: approve(1, there, uow))).key == "log_approved"


# -------------------------------------------------------------------------------------------------------- changed, refused
async def test_a_change_is_drawn_anew_with_the_words_kept_until_it_is_approved(
    db: Database, town: Town, waiting: Publication
) -> None:
    reply = await db.run(lambda uow: editing.change(1, " 当天清走，放了新桶。 ", turn(town.staff), uow))
    assert (reply.key, reply.params) == ("log_changing", {"log": "L1"})
    log = await db.read(lambda uow: uow.publications.get(waiting.id))
    assert (log.state, log.changed_text) == (PublicationState.DRAWING, "当天清走，放了新桶。")
    fact = (await db.read(lambda uow: uow.facts.of_event(town.event.id)))[-1]
    assert (fact.kind, fact.actor, fact.data) == (
        "log_changed",
        town.staff.id,
        {"log": 1, "text": "当天清走，放了新桶。"},
    )

    async def anew(uow: Unit) -> Publication:
        written = await publish.draft(town.event, Draft(TITLE, "当天清走，放了新桶。"), "another", uow, MONDAY + HOUR)
        assert written is not None
        assert (written.id, written.serial, written.images, written.token) == (waiting.id, 1, (), TOKEN)
        return await draw(uow, written, "fact:2")

    log = await db.run(anew)
    assert (log.state, log.changed_text) == (PublicationState.WAITING, "当天清走，放了新桶。")
    again = await db.read(lambda uow: said(uow, "log_preview_again"))
    assert titles(town, again) == ["秀月工作群"]
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    assert {post.reply.params["text"] for post in posts} == {"当天清走，放了新桶。"}
    assert await db.read(lambda uow: kinds(uow, town.event)) == ["log_drafted", "log_changed", "log_approved"]


async def test_what_is_refused_goes_nowhere_and_the_reason_is_kept(
    db: Database, town: Town, waiting: Publication
) -> None:
    reply = await db.run(lambda uow: editing.refuse(1, " 照片不清楚 ", turn(town.staff), uow))
    assert (reply.key, reply.params["reason"]) == ("log_refused", "照片不清楚")
    log = await db.read(lambda uow: uow.publications.get(waiting.id))
    assert (log.state, log.reason) == (PublicationState.REFUSED, "照片不清楚")
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
            await editing.refuse(1, "照片不清楚", turn(town.staff), uow)
        if end == "withdrawn":
            await withdrawal.withdraw(town.event, uow, "fact:8", MONDAY)

    await db.run(work)
    before = await db.read(everything)
    assert await db.run(lambda uow: withdrawal.withdraw(town.event, uow, "fact:9", MONDAY)) is None
    assert await db.read(everything) == before


async def test_withdrawing_a_waiting_log_tells_staff_that_there_is_nothing_to_decide(
    db: Database, town: Town, waiting: Publication
) -> None:
    log = await db.run(lambda uow: withdrawal.withdraw(town.event, uow, "fact:9", MONDAY))
    assert log is not None
    assert (log.id, log.state) == (waiting.id, PublicationState.WITHDRAWN)
    told = await db.read(lambda uow: said(uow, "log_withdrawn"))
    assert titles(town, told) == ["秀月工作群"]
    assert told[0].reply.params["log"] == "L1"
    assert await db.read(lambda uow: kinds(uow, town.event)) == ["log_drafted", "log_withdrawn"]
    assert (await db.run(lambda uow: publish.review(turn(town.staff), uow))).key == "review_empty"


async def test_withdrawing_takes_back_the_posts_still_waiting_and_leaves_what_is_on_its_way(
    db: Database, town: Town, waiting: Publication
) -> None:
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    on_its_way = await db.run(lambda uow: uow.outgoing.claim(MONDAY, 2, HOUR))  # the preview and the first post
    assert [one.reply.key for one in on_its_way] == ["log_preview", "log_posted"]
    await db.run(lambda uow: withdrawal.withdraw(town.event, uow, "fact:9", MONDAY))
    states = {post.id: post.state for post in await db.read(lambda uow: said(uow, "log_posted"))}
    assert states == {post.id: "sending" if post.id == on_its_way[1].id else "withdrawn" for post in posts}
    assert (await db.read(lambda uow: uow.publications.get(waiting.id))).state == PublicationState.WITHDRAWN
    assert await db.read(lambda uow: said(uow, "log_withdrawn")) == []  # nobody is waiting to decide


async def test_withdrawing_leaves_the_posts_of_other_logs_alone(db: Database, town: Town, waiting: Publication) -> None:
    async def other(uow: Unit) -> None:
        await draw(uow, await draft(uow, await add_event(uow, town.resident, town.worker)), "fact:2")
        await approve(1, turn(town.staff), uow)
        await approve(2, turn(town.staff), uow)
        await withdrawal.withdraw(town.event, uow, "fact:9", MONDAY)

    await db.run(other)
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    assert sorted((str(post.reply.params["log"]), str(post.state)) for post in posts) == [
        *[("L1", "withdrawn")] * 3,
        *[("L2", "waiting")] * 3,
    ]


# ------------------------------------------------------------------------------------------------------------ again, or not
@pytest.mark.parametrize("end", ["approved", "refused", "withdrawn"])
async def test_a_closing_whose_log_was_decided_upon_gets_no_other(
    db: Database, town: Town, waiting: Publication, end: str
) -> None:
    async def decide(uow: Unit) -> None:
        if end == "approved":
            await approve(1, turn(town.staff), uow)
        elif end == "refused":
            await editing.refuse(1, "照片不清楚", turn(town.staff), uow)
        else:
            await withdrawal.withdraw(town.event, uow, "fact:9", MONDAY)

    await db.run(decide)
    before = await db.read(everything)
    assert await db.run(lambda uow: publish.draft(town.event, Draft(TITLE, TEXT), TOKEN, uow, MONDAY + DAY)) is None
    assert await db.read(everything) == before


@pytest.mark.parametrize("end", ["approved", "refused", "waiting"])
async def test_an_event_reopened_and_closed_again_gets_a_log_with_a_number_of_its_own(
    db: Database, town: Town, waiting: Publication, end: str
) -> None:
    async def first(uow: Unit) -> None:
        if end == "approved":
            await approve(1, turn(town.staff), uow)
        elif end == "refused":
            await editing.refuse(1, "照片不清楚", turn(town.staff), uow)

    async def again(uow: Unit) -> Publication:
        event = await uow.events.save(replace(town.event, status=Status.IN_PROGRESS, closed_at=None, reopened=1))
        await withdrawal.withdraw(event, uow, "fact:9", MONDAY + HOUR)
        event = await uow.events.save(replace(event, status=Status.CLOSED, closed_at=MONDAY + DAY))
        log = await publish.draft(event, Draft(TITLE, "这次真的清走了。"), TOKEN, uow, MONDAY + DAY)
        assert log is not None
        return await draw(uow, log, "fact:10")

    await db.run(first)
    log = await db.run(again)
    assert (log.number, log.text, log.changed_text) == ("L2", "这次真的清走了。", "")
    assert log.id != waiting.id
    old = await db.read(lambda uow: uow.publications.get(waiting.id))
    assert old.state == (PublicationState.REFUSED if end == "refused" else PublicationState.WITHDRAWN)
    reply = await db.run(lambda uow: approve(2, turn(town.staff, now=MONDAY + DAY), uow))
    assert reply.params["count"] == 3
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    sent = [post for post in posts if post.state == "waiting"]
    assert {post.reply.params["text"] for post in sent} == {"这次真的清走了。"}
    assert len(sent) == 3


# ----------------------------------------------------------------------------------------------------------------- looked at
async def test_review_shows_the_only_one_whole_and_several_as_choices(
    db: Database, town: Town, waiting: Publication
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
    db: Database, town: Town, waiting: Publication
) -> None:
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    reply = await db.run(lambda uow: publish.show(1, turn(town.staff), uow))
    assert (reply.key, reply.choices, reply.images, reply.params["state"]) == ("log_shown", (), (PICTURE,), "approved")
