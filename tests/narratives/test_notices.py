"""Notices and posters: who may write or ask for them, and that they are approved like a log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.facts import FactKind
from core.messages import Outgoing, Reply, Urgency
from core.people import Person, Role
from core.turn import Turn
from narratives import editing, notices, publish, withdrawal
from narratives.publications import Draft, Publication, PublicationKind, PublicationState, composed
from storage.unit_of_work import Database, Unit
from tests.narratives.town import (
    HOME,
    HOUR,
    MONDAY,
    PICTURE,
    POLICY,
    TOKEN,
    Town,
    approve,
    refused_and_nothing_changed,
    said,
    titles,
    turn,
)

TEXT = "明天9点到12点，3号楼停水检修，请提前接水。给您添麻烦了。"


def by(who: Person, **changes: object) -> Turn:
    return turn(who, token=TOKEN, **changes)


async def written(uow: Unit, who: Person, text: str = TEXT, number: int = 1) -> Publication:
    """The notice of that person, drawn and shown to staff."""
    await notices.write(text, by(who), uow)
    community = POLICY.areas.community_of(who.area) or ""
    found = await uow.publications.by_serial(community, number)
    assert found is not None
    notice = await uow.publications.save(composed(found, Draft(found.title, text)))
    return await publish.drawn(notice, (PICTURE,), "fact:1", POLICY, uow, MONDAY)


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.VOLUNTEER, Role.PARTNER])
async def test_whoever_is_no_staff_writes_no_notice(db: Database, town: Town, role: Role) -> None:
    one = by(Person(town.resident.id, "李秀兰", role, HOME))
    refused = await refused_and_nothing_changed(lambda uow: notices.write(TEXT, one, uow), db)
    assert refused.key == "staff_only"


@pytest.mark.parametrize(("text", "key"), [("", "notice_how"), (" 。", "notice_how"), ("字" * 1001, "notice_too_long")])
async def test_no_words_and_too_many_are_refused_kindly(db: Database, town: Town, text: str, key: str) -> None:
    refused = await refused_and_nothing_changed(lambda uow: notices.write(text, by(town.staff), uow), db)
    assert refused.key == key


async def test_staff_above_communities_say_it_where_it_is_meant(db: Database, town: Town) -> None:
    street = Person(town.colleague.id, "郑主任", Role.STREET_STAFF, "guilin")
    refused = await refused_and_nothing_changed(lambda uow: notices.write(TEXT, by(street), uow), db)
    assert refused.key == "no_community"
    there = by(street, chat=town.chats["秀月工作群"])
    assert (await db.run(lambda uow: notices.write(TEXT, there, uow))).key == "notice_written"


async def test_a_notice_waits_to_be_drawn_with_its_first_clause_as_title(db: Database, town: Town) -> None:
    reply = await db.run(lambda uow: notices.write(TEXT, by(town.staff), uow))
    assert (reply.key, reply.params) == ("notice_written", {"log": "L1"})
    notice = await db.read(lambda uow: uow.publications.by_serial(HOME, 1))
    assert notice is not None
    assert (notice.kind, notice.area, notice.event) == (PublicationKind.NOTICE, HOME, None)
    assert (notice.title, notice.changed_text, notice.token) == ("明天9点到12点", TEXT, TOKEN)
    assert (notice.state, notice.author) == (PublicationState.DRAWING, town.staff.id)
    (fact,) = await db.run(lambda uow: uow.facts.claim(MONDAY, 9, MONDAY - MONDAY))
    assert (fact.kind, fact.data) == (FactKind.NOTICE_WRITTEN, {"log": 1, "text": TEXT})


async def test_nobody_approves_their_own_notice_and_a_colleague_posts_it_to_its_groups(
    db: Database, town: Town
) -> None:
    await db.run(lambda uow: written(uow, town.staff))
    refused = await refused_and_nothing_changed(lambda uow: approve(1, turn(town.staff), uow), db)
    assert (refused.key, refused.params) == ("own_words", {"log": "L1"})
    reply = await db.run(lambda uow: approve(1, turn(town.colleague), uow))
    assert reply.params["count"] == 4
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    assert titles(town, posts) == sorted(["三网格一群", "三网格二群", "秀月大群", "四网格群"])
    assert {post.reply.params["text"] for post in posts} == {TEXT}


async def test_a_grid_workers_notice_goes_to_the_groups_of_the_grid(db: Database, town: Town) -> None:
    await db.run(lambda uow: written(uow, town.worker))
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    posts = await db.read(lambda uow: said(uow, "log_posted"))
    assert titles(town, posts) == sorted(["三网格一群", "三网格二群", "秀月大群"])


async def test_whoever_rewrote_a_notice_does_not_approve_it_alone(db: Database, town: Town) -> None:
    await db.run(lambda uow: written(uow, town.staff))
    await db.run(lambda uow: editing.change(1, "停水改到后天。", turn(town.colleague), uow))
    await db.run(lambda uow: anew(uow, "停水改到后天。"))
    refused = await refused_and_nothing_changed(lambda uow: approve(1, turn(town.colleague), uow), db)
    assert refused.key == "own_words"
    assert (await db.run(lambda uow: approve(1, turn(town.staff), uow))).key == "log_approved"


async def anew(uow: Unit, text: str) -> None:
    found = await uow.publications.by_serial(HOME, 1)
    assert found is not None
    notice = await uow.publications.save(composed(found, Draft(found.title, text)))
    await publish.drawn(notice, (PICTURE,), "fact:2", POLICY, uow, MONDAY)


async def test_the_words_of_a_notice_may_be_as_long_changed_as_written(db: Database, town: Town) -> None:
    await db.run(lambda uow: written(uow, town.staff))
    long = "字" * 1000
    assert (await db.run(lambda uow: editing.change(1, long, turn(town.colleague), uow))).key == "log_changing"
    refused = await refused_and_nothing_changed(
        lambda uow: editing.change(1, long + "字", turn(town.colleague), uow), db
    )
    assert (refused.key, refused.params["most"]) == ("change_too_long", 1000)


@pytest.mark.parametrize("month", ["", "2026-13", "11", "2026-1", "1999-01", "2026-11; DROP TABLE event"])
async def test_what_is_no_month_makes_no_poster(db: Database, town: Town, month: str) -> None:
    refused = await refused_and_nothing_changed(
        lambda uow: notices.poster(PublicationKind.MONTH, month, by(town.staff), uow), db
    )
    assert refused.key == "bad_month"


async def test_a_months_poster_is_one_as_long_as_nobody_has_decided_upon_it(db: Database, town: Town) -> None:
    async def ask(uow: Unit) -> str:
        reply = await notices.poster(PublicationKind.HONOURS, "2026-11", by(town.staff), uow)
        return str(reply.params["log"])

    assert await db.run(ask) == "L1"
    assert await db.run(ask) == "L1"
    poster = await db.read(lambda uow: uow.publications.by_serial(HOME, 1))
    assert poster is not None
    assert (poster.kind, poster.month, poster.author) == (PublicationKind.HONOURS, "2026-11", None)

    async def publish_it(uow: Unit) -> None:
        drawn = await uow.publications.save(composed(poster, Draft("光荣榜", "十一月的光荣榜")))
        await publish.drawn(drawn, (PICTURE,), "fact:1", POLICY, uow, MONDAY)
        await approve(1, turn(town.staff), uow)

    await db.run(publish_it)
    refused = await refused_and_nothing_changed(ask, db)
    assert (refused.key, refused.params) == ("poster_is_up", {"log": "L1"})


async def test_the_words_of_a_poster_are_those_of_the_figures(db: Database, town: Town) -> None:
    await db.run(lambda uow: notices.poster(PublicationKind.MONTH, "2026-11", by(town.staff), uow))
    refused = await refused_and_nothing_changed(lambda uow: editing.change(1, "很好", turn(town.staff), uow), db)
    assert refused.key == "poster_fixed"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("停水通知：明天", "停水通知"),
        ("\n\n 天冷了，注意防滑", "天冷了"),
        ("字" * 30, "字" * 23 + "…"),
        ("！！", "！！"),
    ],
)
def test_a_title_is_the_first_clause(text: str, title: str) -> None:
    assert notices.title_of(text) == title


# -------------------------------------------------------------------------------------------------------- once a day
async def daily(uow: Unit, town: Town) -> int:
    """The second group of the grid takes one post a day."""
    two = town.chats["三网格二群"]
    chat = await uow.registry.add_chat(
        two.channel, two.account, two.external, two.kind, two.audience, two.area, HOME, two.title, True
    )
    return chat.id


async def test_a_group_that_takes_one_post_a_day_waits_for_its_digest(
    db: Database, town: Town, waiting: Publication
) -> None:
    chat = await db.run(lambda uow: daily(uow, town))
    reply = await db.run(lambda uow: approve(1, turn(town.staff), uow))
    assert (reply.params["count"], reply.params["daily"]) == (2, 1)
    assert "三网格二群" not in titles(town, await db.read(lambda uow: said(uow, "log_posted")))

    async def due(uow: Unit) -> tuple[tuple[int, ...], tuple[int, ...]]:
        chats = await uow.publications.digests_due(MONDAY, "2026-11-23")
        return chats, tuple(one.id for one in await uow.publications.for_digest(chat, MONDAY, 12))

    assert await db.read(due) == ((chat,), (waiting.id,))
    assert await db.run(lambda uow: uow.publications.digested(chat, [waiting.id], "2026-11-23")) == 1
    assert await db.read(due) == ((), ())
    assert await db.run(lambda uow: uow.publications.digested(chat, [waiting.id], "2026-11-24")) == 0


async def test_what_was_withdrawn_is_in_no_digest(db: Database, town: Town, waiting: Publication) -> None:
    chat = await db.run(lambda uow: daily(uow, town))
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    await db.run(lambda uow: withdrawal.withdraw(town.event, uow, "fact:9", MONDAY))
    assert await db.read(lambda uow: uow.publications.for_digest(chat, MONDAY, 12)) == ()
    assert await db.run(lambda uow: uow.publications.digested(chat, [waiting.id], "2026-11-23")) == 0


async def test_what_was_in_a_digest_cannot_be_taken_back(db: Database, town: Town, waiting: Publication) -> None:
    chat = await db.run(lambda uow: daily(uow, town))
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    await db.run(lambda uow: digest(uow, chat, waiting))
    await db.run(lambda uow: uow.outgoing.claim(MONDAY, 20, HOUR))  # it is on its way
    refused = await refused_and_nothing_changed(lambda uow: withdrawal.undo(1, turn(town.staff), uow), db)
    assert refused.key == "log_gone_out"


async def digest(uow: Unit, chat: int, *publications: Publication) -> None:
    """They are in the digest of that Monday, which waits to be sent."""
    ids = [one.id for one in publications]
    await uow.publications.digested(chat, ids, "2026-11-23")
    key = f"digest:{chat}:2026-11-23:{'-'.join(map(str, ids))}"
    await uow.outgoing.add(Outgoing(key, Reply("digest_posted", {"text": TEXT}), chat=chat, urgency=Urgency.POST))


async def test_a_digest_that_has_not_left_is_made_again_without_what_was_taken_down(
    db: Database, town: Town, waiting: Publication
) -> None:
    chat = await db.run(lambda uow: daily(uow, town))
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    await db.run(lambda uow: written(uow, town.colleague, number=2))
    await db.run(lambda uow: approve(2, turn(town.staff), uow))
    notice = await db.read(lambda uow: uow.publications.by_serial(HOME, 2))
    assert notice is not None
    await db.run(lambda uow: digest(uow, chat, waiting, notice))
    assert (await db.run(lambda uow: withdrawal.take_down(1, "", turn(town.staff), uow))).key == "log_down"
    (post,) = await db.read(lambda uow: said(uow, "digest_posted"))
    assert post.state == "withdrawn"
    assert await db.read(lambda uow: uow.publications.digests_due(MONDAY, "2026-11-23")) == (chat,)
    left = await db.read(lambda uow: uow.publications.for_digest(chat, MONDAY, 12))
    assert [one.number for one in left] == ["L2"]


async def test_what_its_reporter_made_private_is_in_no_digest_even_before_anybody_reacts(
    db: Database, town: Town, waiting: Publication
) -> None:
    chat = await db.run(lambda uow: daily(uow, town))
    await db.run(lambda uow: approve(1, turn(town.staff), uow))
    await db.run(lambda uow: uow.events.save(replace(town.event, private=True)))
    assert await db.read(lambda uow: uow.publications.digests_due(MONDAY, "2026-11-23")) == ()
    assert await db.read(lambda uow: uow.publications.for_digest(chat, MONDAY, 12)) == ()
    assert not await db.read(lambda uow: uow.publications.awaits_digest())
    assert await db.run(lambda uow: uow.publications.digested(chat, [waiting.id], "2026-11-23")) == 0
