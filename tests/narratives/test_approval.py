"""What stands between a draft and the groups: faces, children, editions, the second person, and thinking better of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.events import Stage
from core.messages import Photo, Reply
from narratives import editing, publish, withdrawal
from narratives.publications import Draft, Publication, PublicationState
from storage.unit_of_work import Database, Unit
from tests.narratives.town import (
    DAY,
    HOUR,
    MONDAY,
    PICTURE,
    POLICY,
    TEXT,
    TITLE,
    TOKEN,
    Town,
    approve,
    everything,
    kinds,
    leave,
    refused_and_nothing_changed,
    said,
    titles,
    turn,
)

PHOTOS = ("before.jpg", "after.jpg")


@pytest.fixture
async def photographed(db: Database, town: Town) -> Publication:
    """L1, which shows two photos, drawn and shown to staff."""
    return await db.run(lambda uow: compose(uow, town, Draft(TITLE, TEXT, PHOTOS)))


async def compose(uow: Unit, town: Town, draft: Draft, cause: str = "fact:1") -> Publication:
    log = await publish.draft(town.event, draft, TOKEN, uow, MONDAY)
    assert log is not None
    return await publish.drawn(log, (PICTURE,), cause, POLICY, uow, MONDAY)


def says(reply: Reply | Any) -> dict[str, str]:
    return {choice.id: choice.says for choice in reply.choices}


# ----------------------------------------------------------------------------------------------------- faces and plates
async def test_a_log_with_photos_is_not_approved_before_somebody_says_they_looked(
    db: Database, town: Town, photographed: Publication
) -> None:
    refused = await refused_and_nothing_changed(lambda uow: approve(1, turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("check_first", {"log": "L1", "count": 2})
    assert says(refused) == {
        "checked": "通过 L1 v1 已检查",
        "drop_photo": "去掉照片 L1",
        "cover": "工作台 L1",
    }
    await db.run(lambda uow: approve(1, turn(town.staff), uow, checked=True))
    fact = (await db.read(lambda uow: uow.facts.of_event(town.event.id)))[-1]
    assert (fact.kind, fact.actor, fact.data) == (
        "log_approved",
        town.staff.id,
        {"log": 1, "edition": 1, "checked": True},
    )


async def test_a_log_without_photos_needs_no_such_word(db: Database, town: Town, waiting: Publication) -> None:
    assert (await db.run(lambda uow: approve(1, turn(town.staff), uow))).key == "log_approved"


async def test_a_preview_offers_photos_to_drop_or_cover_only_where_there_are_any(
    db: Database, town: Town, photographed: Publication
) -> None:
    (preview,) = await db.read(lambda uow: said(uow, "log_preview"))
    assert list(says(preview.reply)) == ["approve", "change", "drop_photo", "cover", "refuse"]


@pytest.mark.parametrize("place", [None, 0, 3, 99])
async def test_which_photo_is_asked_where_it_is_not_told(
    db: Database, town: Town, photographed: Publication, place: int | None
) -> None:
    before = await db.read(everything)
    reply = await db.run(lambda uow: editing.drop_photo(1, place, turn(town.staff), uow))
    assert (reply.key, reply.images) == ("which_photo", PHOTOS)
    assert says(reply) == {"photo-1": "去掉照片 L1 1", "photo-2": "去掉照片 L1 2"}
    assert await db.read(everything) == before


async def test_a_photo_is_left_out_by_its_place_and_put_back_by_its_name(
    db: Database, town: Town, photographed: Publication
) -> None:
    reply = await db.run(lambda uow: editing.drop_photo(1, 2, turn(town.staff), uow))
    assert reply.key == "log_changing"
    log = await db.read(lambda uow: uow.publications.get(photographed.id))
    assert (log.state, log.dropped) == (PublicationState.DRAWING, ("after.jpg",))
    await db.run(lambda uow: editing.put_back(1, "after.jpg", turn(town.staff), uow))
    assert (await db.read(lambda uow: uow.publications.get(photographed.id))).dropped == ()
    assert (await db.read(lambda uow: kinds(uow, town.event)))[-2:] == ["photo_dropped", "photo_restored"]


@pytest.mark.parametrize("photo", ["other.jpg", "", "../../etc/passwd"])
async def test_a_photo_that_the_log_does_not_show_is_neither_dropped_covered_nor_put_back(
    db: Database, town: Town, photographed: Publication, photo: str
) -> None:
    for work in (
        lambda uow: editing.leave_out(1, photo, turn(town.staff), uow),
        lambda uow: editing.put_back(1, photo, turn(town.staff), uow),
        lambda uow: editing.cover(1, photo, [(0.1, 0.1, 0.1, 0.1)], turn(town.staff), uow),
    ):
        assert (await refused_and_nothing_changed(work, db)).key == "no_photos"


async def test_boxes_are_kept_within_the_picture_and_slips_of_the_finger_are_not_kept(
    db: Database, town: Town, photographed: Publication
) -> None:
    boxes = [(-0.5, 0.5, 1.0, 0.25), (0.9, 0.9, 5.0, 5.0), (0.2, 0.2, 0.001, 0.5), (0.3, 0.3, -1.0, 0.2)]
    await db.run(lambda uow: editing.cover(1, "before.jpg", boxes, turn(town.staff), uow))
    log = await db.read(lambda uow: uow.publications.get(photographed.id))
    assert log.boxes == {"before.jpg": ((0.0, 0.5, 0.5, 0.25), (0.9, 0.9, pytest.approx(0.1), pytest.approx(0.1)))}
    assert log.state == PublicationState.DRAWING
    await db.run(lambda uow: editing.cover(1, "before.jpg", [], turn(town.staff), uow))
    assert (await db.read(lambda uow: uow.publications.get(photographed.id))).boxes == {}


async def test_more_boxes_than_a_photo_has_faces_are_refused(
    db: Database, town: Town, photographed: Publication
) -> None:
    many = [(0.1, 0.1, 0.1, 0.1)] * 61
    refused = await refused_and_nothing_changed(
        lambda uow: editing.cover(1, "before.jpg", many, turn(town.staff), uow), db
    )
    assert (refused.key, refused.params["most"]) == ("too_many_boxes", 60)


# ----------------------------------------------------------------------------------------------------- what was not seen
async def test_nobody_approves_an_edition_they_have_not_seen(
    db: Database, town: Town, photographed: Publication
) -> None:
    await db.run(lambda uow: editing.drop_photo(1, 1, turn(town.colleague), uow))
    await db.run(lambda uow: compose(uow, town, Draft(TITLE, TEXT, PHOTOS[1:]), "fact:2"))
    refused = await refused_and_nothing_changed(lambda uow: approve(1, turn(town.staff), uow, 1, True), db)
    assert refused.key == "log_redrawn"
    (preview,) = await db.read(lambda uow: said(uow, "log_preview_again"))
    assert says(preview.reply)["approve"] == "通过 L1 v2"
    assert (await db.run(lambda uow: approve(1, turn(town.staff), uow, 2, True))).key == "log_approved"


async def test_what_tells_of_a_child_is_not_published_until_the_words_are_changed(db: Database, town: Town) -> None:
    await db.run(lambda uow: compose(uow, town, Draft(TITLE, TEXT, (), "8岁的孙女")))
    refused = await refused_and_nothing_changed(lambda uow: approve(1, turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("log_minor", {"log": "L1", "minor": "8岁的孙女"})
    (preview,) = await db.read(lambda uow: said(uow, "log_preview"))
    assert preview.reply.params["minor"] == "8岁的孙女"
    await db.run(lambda uow: editing.change(1, "当天清走。", turn(town.staff), uow))
    await db.run(lambda uow: compose(uow, town, Draft(TITLE, "当天清走。"), "fact:2"))
    assert (await db.run(lambda uow: approve(1, turn(town.staff), uow))).key == "log_approved"


# ----------------------------------------------------------------------------------------------------- the second person
TWO = replace(POLICY, publishing=replace(POLICY.publishing, two_people=True))


async def test_where_two_must_approve_the_first_alone_publishes_nothing(
    db: Database, town: Town, waiting: Publication
) -> None:
    reply = await db.run(lambda uow: approve(1, turn(town.staff, policy=TWO), uow))
    assert (reply.key, reply.params["name"]) == ("log_confirmed", "刘敏")
    assert await db.read(lambda uow: said(uow, "log_posted")) == []
    refused = await refused_and_nothing_changed(lambda uow: approve(1, turn(town.staff, policy=TWO), uow), db)
    assert refused.key == "second_person"
    reply = await db.run(lambda uow: approve(1, turn(town.colleague, policy=TWO), uow))
    assert reply.key == "log_approved"
    log = await db.read(lambda uow: uow.publications.get(waiting.id))
    assert (log.confirmed_by, log.approved_by) == (town.staff.id, town.colleague.id)
    assert (await db.read(lambda uow: kinds(uow, town.event)))[-2:] == ["log_confirmed", "log_approved"]


async def test_a_change_after_the_first_approval_asks_both_again(
    db: Database, town: Town, waiting: Publication
) -> None:
    await db.run(lambda uow: approve(1, turn(town.staff, policy=TWO), uow))
    await db.run(lambda uow: editing.change(1, "当天清走。", turn(town.colleague), uow))
    await db.run(lambda uow: compose(uow, town, Draft(TITLE, "当天清走。"), "fact:2"))
    assert (await db.run(lambda uow: approve(1, turn(town.colleague, policy=TWO), uow))).key == "log_confirmed"


# ------------------------------------------------------------------------------------------------- thinking better of it
async def test_an_approval_is_taken_back_as_long_as_no_post_has_left(
    db: Database, town: Town, waiting: Publication
) -> None:
    reply = await db.run(lambda uow: approve(1, turn(town.staff), uow))
    assert says(reply) == {"undo": "撤销通过 L1"}
    undone = await db.run(lambda uow: withdrawal.undo(1, turn(town.staff), uow))
    assert (undone.key, undone.images) == ("log_undone", (PICTURE,))
    log = await db.read(lambda uow: uow.publications.get(waiting.id))
    assert (log.state, log.approved_by, log.approved_at) == (PublicationState.WAITING, None, None)
    assert {post.state for post in await db.read(lambda uow: said(uow, "log_posted"))} == {"withdrawn"}
    again = await db.run(lambda uow: approve(1, turn(town.colleague), uow, log.edition))
    assert again.params["count"] == 3
    states = [str(post.state) for post in await db.read(lambda uow: said(uow, "log_posted"))]
    assert sorted(states) == ["waiting"] * 3 + ["withdrawn"] * 3


async def test_what_has_left_is_not_taken_back_but_offered_to_be_taken_down(
    db: Database, town: Town, waiting: Publication
) -> None:
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    await db.run(lambda uow: uow.outgoing.claim(MONDAY, 2, HOUR))  # the preview and the first post are on their way
    refused = await refused_and_nothing_changed(lambda uow: withdrawal.undo(1, turn(town.staff), uow), db)
    assert (refused.key, says(refused)) == ("log_gone_out", {"take_down": "撤下 L1"})
    reply = await db.run(lambda uow: withdrawal.take_down(1, " 地址写错了 ", turn(town.staff), uow))
    assert reply.key == "log_down_recall"
    log = await db.read(lambda uow: uow.publications.get(waiting.id))
    assert (log.state, log.reason) == (PublicationState.WITHDRAWN, "地址写错了")
    assert await db.read(lambda uow: uow.publications.by_token(TOKEN)) is None


@pytest.mark.parametrize("work", [withdrawal.undo, lambda n, t, u: withdrawal.take_down(n, "", t, u)])
async def test_what_is_not_up_is_neither_taken_back_nor_down(
    db: Database, town: Town, waiting: Publication, work: Any
) -> None:
    refused = await refused_and_nothing_changed(lambda uow: work(1, turn(town.staff), uow), db)
    assert refused.key in ("log_impossible", "log_not_up")


async def test_a_group_that_became_daily_or_was_left_still_has_its_post_called_back(
    db: Database, town: Town, waiting: Publication
) -> None:
    await db.run(lambda uow: approve(1, turn(town.staff), uow))

    async def change_groups(uow: Unit) -> None:
        two = town.chats["三网格二群"]
        await uow.registry.add_chat(
            two.channel, two.account, two.external, two.kind, two.audience, two.area, "xiuyue", two.title, True
        )
        await leave(uow, town.chats["三网格一群"])

    await db.run(change_groups)
    assert (await db.run(lambda uow: withdrawal.take_down(1, "", turn(town.staff), uow))).key == "log_down"
    assert {post.state for post in await db.read(lambda uow: said(uow, "log_posted"))} == {"withdrawn"}


async def test_a_reporter_who_said_no_meanwhile_has_no_photo_of_theirs_approved(db: Database, town: Town) -> None:
    async def put(uow: Unit) -> None:
        shot = [Photo("before.jpg", 4, 3)]
        await uow.photos.add(town.event.id, town.resident.id, Stage.BEFORE, shot, MONDAY)
        await compose(uow, town, Draft(TITLE, TEXT, PHOTOS))

    await db.run(put)
    refused = await refused_and_nothing_changed(lambda uow: approve(1, turn(town.staff), uow, checked=True), db)
    assert refused.key == "log_redrawn"


async def test_a_log_from_before_is_looked_through_for_children_too(
    db: Database, town: Town, waiting: Publication
) -> None:
    await db.run(lambda uow: uow.publications.save(replace(waiting, text="我家8岁的孙女摔了。")))
    refused = await refused_and_nothing_changed(lambda uow: approve(1, turn(town.staff), uow), db)
    assert (refused.key, refused.params["minor"]) == ("log_minor", "8岁的孙女")


async def test_an_approved_post_waits_as_long_as_the_rules_hold_it(
    db: Database, town: Town, waiting: Publication
) -> None:
    slow = replace(POLICY, publishing=replace(POLICY.publishing, hold=timedelta(minutes=2)))
    await db.run(lambda uow: approve(1, turn(town.staff, policy=slow), uow))
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    assert {post.not_before for post in posts} == {MONDAY + timedelta(minutes=2)}


async def test_the_public_page_exists_only_while_it_is_approved(db: Database, town: Town, waiting: Publication) -> None:
    assert await db.read(lambda uow: uow.publications.by_token(TOKEN)) is None
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    found = await db.read(lambda uow: uow.publications.by_token(TOKEN))
    assert found is not None
    assert found.id == waiting.id
    assert await db.read(lambda uow: uow.publications.by_token("")) is None


# ------------------------------------------------------------------------------------------------------------- reminders
async def test_what_waits_longer_than_a_day_is_reminded_of_once_a_day_until_it_is_decided(
    db: Database, town: Town, waiting: Publication
) -> None:
    async def reminded(after: timedelta) -> int:
        return await db.run(lambda uow: publish.remind(POLICY, uow, MONDAY + after))

    assert await reminded(DAY - timedelta(seconds=1)) == 0
    assert await reminded(DAY) == 1
    assert await reminded(DAY + HOUR) == 0
    assert await reminded(2 * DAY) == 1
    rows = await db.read(lambda uow: said(uow, "review_reminder"))
    assert titles(town, rows) == ["秀月工作群", "秀月工作群"]
    assert rows[0].reply.params["items"] == [{"log": "L1", "title": TITLE}]
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    assert await reminded(5 * DAY) == 0
