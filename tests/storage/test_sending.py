"""What staff see of what is sent, and what they decide: their own community's only, never a personal word, and once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.facts import Fact, FactKind
from core.messages import Audience, ChatKind, Reply, Urgency
from core.people import Role
from narratives.publications import Publication, PublicationState
from storage import sending
from storage.outbox import OutgoingState, Queued
from storage.sending import PILES, RULES, TROUBLED, Decision, Sending
from storage.unit_of_work import Database, Unit
from tests.storage.builders import COMMUNITY, MINUTE, MONDAY, Clock, Seeded, add_event, fact, log, outgoing, seed
from tests.storage.conftest import Opens

ELSEWHERE = "fenglin"
POST = Reply("log_posted", {"log": "L3", "title": "路灯亮了", "text": "【秀月社区】路灯亮了", "serial": 7})


async def put(db: Database, seeded: Seeded, key: str, state: OutgoingState, /, **changes: object) -> int:
    """A row as it was left in that state; `error`, `receipt` and `attempts` beside what an Outgoing has."""
    columns = {name: changes.pop(name) for name in ("error", "receipt", "attempts", "doubts") if name in changes}

    async def work(uow: Unit) -> int:
        await uow.outgoing.add(outgoing(key, seeded, **changes))
        await uow.outgoing.flush()
        row = await uow.session.one("UPDATE outgoing SET state = ? WHERE key = ? RETURNING id", state, key)
        assert row is not None
        for name, value in columns.items():
            await uow.session.all(f"UPDATE outgoing SET {name} = ? WHERE id = ?", value, row["id"])  # type: ignore[arg-type]
        return int(row["id"])

    return await db.run(work)


async def get(db: Database, row: int) -> Queued:
    found = await db.read(lambda uow: uow.outgoing.get(row))
    assert found is not None
    return found


async def find(db: Database, row: int, community: str = COMMUNITY) -> Sending | None:
    return await db.read(lambda uow: sending.find(uow, community, row))


async def decide(db: Database, row: int, decision: Decision, who: int) -> bool:
    async def work(uow: Unit) -> bool:
        one = await sending.find(uow, COMMUNITY, row)
        assert one is not None
        return await sending.decide(uow, COMMUNITY, one, decision, who)

    return await db.run(work)


async def decided(db: Database) -> list[tuple[object, ...]]:
    sql = "SELECT community, actor_id, data ->> 'outgoing' AS row, data ->> 'decision' AS decision FROM fact WHERE kind = ?"
    rows = await db.read(lambda uow: uow.session.all(sql, FactKind.POST_DECIDED))
    return [(row["community"], row["actor_id"], int(row["row"]), row["decision"]) for row in rows]


async def stranger(db: Database) -> int:
    """A resident of another community."""

    async def work(uow: Unit) -> int:
        return (await uow.registry.add_person("何平", Role.RESIDENT, "fenglin-2", ELSEWHERE)).id

    return await db.run(work)


# --------------------------------------------------------------------------------------------------------- what is not theirs
async def test_what_goes_to_another_community_does_not_exist(db: Database, seeded: Seeded) -> None:
    person = await stranger(db)
    chat = await db.run(
        lambda uow: uow.registry.add_chat(
            "practice", "room", "far", ChatKind.GROUP, Audience.RESIDENTS, ELSEWHERE, ELSEWHERE, "枫林群"
        )
    )
    for state in PILES:
        theirs = [
            await put(db, seeded, f"a{state}", state, person=person),
            await put(db, seeded, f"b{state}", state, chat=chat.id),
        ]
        assert [await find(db, row) for row in theirs] == [None, None]
        there = await db.read(lambda uow: sending.listing(uow, ELSEWHERE))
        assert {row.id for row in there[state].rows} == set(theirs)
    found = await db.read(lambda uow: sending.listing(uow, COMMUNITY))
    assert not any(pile.count or pile.rows for pile in found.values())
    assert await db.read(lambda uow: sending.troubled(uow, COMMUNITY)) == 0


async def test_whoever_belongs_to_no_community_is_in_nobodys_list(db: Database, seeded: Seeded) -> None:
    person = await db.run(lambda uow: uow.registry.add_person("陈街", Role.STREET_STAFF, "guilin", ""))
    row = await put(db, seeded, "a", OutgoingState.FAILED, person=person.id)
    assert await find(db, row) is None
    assert await find(db, 10**9) is None


async def test_of_a_personal_message_only_whom_it_is_for_is_told(db: Database, seeded: Seeded) -> None:
    secret = Reply("rejected_for_reporter", {"title": "秘密一", "reason": "秘密二", "log": "L9", "text": "秘密三"})
    for number, state in enumerate(PILES):
        row = await put(db, seeded, f"k{number}", state, person=seeded.resident.id, reply=secret)
        one = await find(db, row)
        assert one is not None
        assert "秘密" not in repr(one)
        assert "rejected" not in repr(one)
        assert (one.role, one.name, one.group, one.says, one.log) == (Role.RESIDENT, "李*", "", "", "")


# ------------------------------------------------------------------------------------------------------------ what is shown
async def test_a_post_says_its_group_its_publication_its_tries_and_the_platforms_words(
    db: Database, seeded: Seeded
) -> None:
    row = await put(
        db, seeded, "post:1:1:1", OutgoingState.UNKNOWN, reply=POST, urgency=Urgency.POST,
        error="no answer in time", receipt="m1 m2", attempts=3,
    )  # fmt: skip
    one = await find(db, row)
    assert one is not None
    assert (one.group, one.says, one.log, one.title) == ("群", "log_posted", "L3", "路灯亮了")
    assert (one.role, one.name) == (None, "")
    assert (one.tries, one.parts, one.error, one.since) == (3, 2, "no answer in time", MONDAY)


async def test_a_group_without_a_title_and_a_person_without_a_name_are_still_told_apart(
    db: Database, seeded: Seeded
) -> None:
    chat = await db.run(
        lambda uow: uow.registry.add_chat(
            "practice", "room", "x", ChatKind.GROUP, Audience.RESIDENTS, COMMUNITY, COMMUNITY
        )
    )
    person = await db.run(lambda uow: uow.registry.add_person("", Role.RESIDENT, COMMUNITY, COMMUNITY))
    post = await find(db, await put(db, seeded, "a", OutgoingState.FAILED, chat=chat.id))
    notice = await find(db, await put(db, seeded, "b", OutgoingState.FAILED, person=person.id))
    assert post is not None
    assert notice is not None
    assert (post.group, notice.name) == (f"#{chat.id}", "*")


async def test_what_waits_is_listed_oldest_first_and_what_went_wrong_newest_first(
    db: Database, seeded: Seeded, clock: Clock
) -> None:
    rows: dict[OutgoingState, list[int]] = {state: [] for state in PILES}
    for state in PILES:
        for number in range(4):
            later = {"after": clock.now + (4 - number) * MINUTE} if state is OutgoingState.WAITING else {}
            rows[state].append(await put(db, seeded, f"{state}{number}", state, **later))
    for state in (OutgoingState.SENT, OutgoingState.SENDING, OutgoingState.WITHDRAWN):
        await put(db, seeded, str(state), state)
    found = await db.read(lambda uow: sending.listing(uow, COMMUNITY, limit=3))
    assert list(found) == list(PILES)
    assert {state: pile.count for state, pile in found.items()} == dict.fromkeys(PILES, 4)
    for state in (*TROUBLED, OutgoingState.WAITING):
        assert [row.id for row in found[state].rows] == rows[state][:0:-1], state
    assert [row.id for row in found[OutgoingState.HELD].rows] == rows[OutgoingState.HELD][:3]
    assert await db.read(lambda uow: sending.troubled(uow, COMMUNITY)) == 8


# ----------------------------------------------------------------------------------------------------------- what is decided
@pytest.mark.parametrize("decision", list(Decision))
async def test_a_decision_moves_only_what_it_is_for(db: Database, seeded: Seeded, decision: Decision) -> None:
    froms, to = RULES[decision]
    noted = []
    for state in OutgoingState:
        row = await put(db, seeded, str(state), state, attempts=2, doubts=1, receipt="m1")
        before = await get(db, row)
        done = await decide(db, row, decision, seeded.staff.id)
        after = await get(db, row)
        assert done == (state in froms), state
        assert (after.state, after.receipt) == (to if done else state, "m1")
        assert done or after == before
        noted += [(COMMUNITY, seeded.staff.id, row, decision)] if done else []
    assert await decided(db) == noted


async def test_what_is_sent_again_starts_anew_and_is_claimed(db: Database, seeded: Seeded, clock: Clock) -> None:
    for number, state in enumerate(TROUBLED):
        row = await put(db, seeded, f"a{number}", state, attempts=150, doubts=2, receipt="m1 m2", error="Forbidden")
        assert await db.run(lambda uow: uow.outgoing.claim(clock.now, 20, MINUTE)) == ()
        assert await decide(db, row, Decision.AGAIN, seeded.staff.id)
        (claimed,) = await db.run(lambda uow: uow.outgoing.claim(clock.now, 20, MINUTE))
        assert (claimed.id, claimed.attempts, claimed.said) == (row, 1, ("m1", "m2"))
        await db.run(lambda uow: uow.outgoing.settle(row, OutgoingState.SENT))  # noqa: B023


async def test_a_personal_notice_given_up_twice_is_claimed_once_more_when_it_is_sent_again(
    db: Database, seeded: Seeded, clock: Clock
) -> None:
    row = await put(db, seeded, "a", OutgoingState.UNKNOWN, person=seeded.resident.id, attempts=2, doubts=2)
    assert await decide(db, row, Decision.AGAIN, seeded.staff.id)
    (claimed,) = await db.run(lambda uow: uow.outgoing.claim(clock.now, 20, MINUTE))
    assert claimed.id == row
    await db.run(lambda uow: uow.outgoing.settle(row, OutgoingState.UNKNOWN))
    clock.now += 2 * MINUTE
    assert [one.id for one in await db.run(lambda uow: uow.outgoing.claim(clock.now, 20, MINUTE))] == [row]


async def test_what_is_sent_again_at_night_waits_for_its_hours(opens: Opens, clock: Clock) -> None:
    morning = MONDAY + timedelta(hours=9)
    db = await opens(lambda urgency, at: morning if urgency is Urgency.POST else at)
    seeded = await db.run(seed)
    row = await put(db, seeded, "a", OutgoingState.FAILED, urgency=Urgency.POST)
    assert await decide(db, row, Decision.AGAIN, seeded.staff.id)
    assert ((await get(db, row)).not_before, (await get(db, row)).attempts) == (morning, 0)


async def test_what_arrived_is_sent_now_without_its_error(db: Database, seeded: Seeded) -> None:
    row = await put(db, seeded, "a", OutgoingState.UNKNOWN, error="no answer in time")
    assert await decide(db, row, Decision.ARRIVED, seeded.staff.id)
    after = await get(db, row)
    assert (after.state, after.error, after.sent_at) == (OutgoingState.SENT, "", MONDAY)


@pytest.mark.parametrize("several", [list(Decision), [Decision.AGAIN] * 4, [Decision.DROPPED] * 4])
async def test_of_those_who_decide_at_once_one_wins(db: Database, seeded: Seeded, several: list[Decision]) -> None:
    row = await put(db, seeded, "a", OutgoingState.UNKNOWN)
    if Decision.AGAIN in several and Decision.DROPPED in several:
        several = [Decision.ARRIVED, Decision.DROPPED]  # what was sent again may still be dropped
    done = await asyncio.gather(*(decide(db, row, one, seeded.staff.id) for one in several))
    assert sum(done) == 1
    assert len(await decided(db)) == 1


async def test_an_answer_that_comes_late_changes_no_decision(db: Database, seeded: Seeded) -> None:
    for decision in (Decision.ARRIVED, Decision.DROPPED):
        row = await put(db, seeded, str(decision), OutgoingState.UNKNOWN)
        assert await decide(db, row, decision, seeded.staff.id)
        assert not await db.run(lambda uow: uow.outgoing.settle(row, OutgoingState.FAILED))  # noqa: B023
        assert (await get(db, row)).state == RULES[decision][1]


# ------------------------------------------------------------------------------------------- what may not be said any more
async def published(db: Database, seeded: Seeded, **changes: object) -> Publication:
    async def work(uow: Unit) -> Publication:
        event = await add_event(uow, seeded)
        serial = await uow.publications.next_serial(COMMUNITY)
        return await uow.publications.add(
            log(event, serial=serial, state=PublicationState.APPROVED, edition=2, approved_at=MONDAY, **changes)
        )

    return await db.run(work)


async def stands(db: Database, row: int) -> bool:
    async def look(uow: Unit) -> bool:
        one = await sending.find(uow, COMMUNITY, row)
        assert one is not None
        return await sending.stands(uow, one)

    return await db.read(look)


@pytest.mark.parametrize("change", ["state = 'withdrawn'", "state = 'waiting'", "edition = 3"])
async def test_a_post_of_what_was_taken_back_does_not_stand(db: Database, seeded: Seeded, change: str) -> None:
    one = await published(db, seeded)
    post = await put(db, seeded, f"post:{one.id}:2:{seeded.group.id}", OutgoingState.FAILED)
    assert await stands(db, post)
    await db.run(lambda uow: uow.session.all(f"UPDATE publication SET {change} WHERE id = ?", one.id))
    assert not await stands(db, post)


async def test_a_post_of_what_became_private_does_not_stand(db: Database, seeded: Seeded) -> None:
    one = await published(db, seeded)
    post = await put(db, seeded, f"post:{one.id}:2:{seeded.group.id}", OutgoingState.FAILED)
    await db.run(lambda uow: uow.session.all("UPDATE event SET private = ? WHERE id = ?", True, one.event))
    assert not await stands(db, post)


async def test_a_digest_stands_while_all_in_it_does_and_it_was_not_made_anew(db: Database, seeded: Seeded) -> None:
    one, other = await published(db, seeded), await published(db, seeded)
    day, chat = "2026-11-23", seeded.group.id

    async def digested(uow: Unit) -> None:
        for publication in (one, other):
            await uow.publications.keep_for_digest(publication.id, [chat])
        await uow.publications.digested(chat, [one.id, other.id], day)

    await db.run(digested)
    post = await put(db, seeded, f"digest:{chat}:{day}:{one.id}-{other.id}", OutgoingState.FAILED)
    assert await stands(db, post)
    await db.run(lambda uow: uow.publications.reopen_digest(chat, day))
    assert not await stands(db, post)
    await db.run(lambda uow: uow.publications.digested(chat, [one.id, other.id], day))
    assert await stands(db, post)
    await db.run(lambda uow: uow.session.all("UPDATE publication SET state = 'withdrawn' WHERE id = ?", other.id))
    assert not await stands(db, post)


async def test_what_is_no_publication_stands(db: Database, seeded: Seeded) -> None:
    assert await stands(db, await put(db, seeded, "in:7:reply", OutgoingState.FAILED))


# ------------------------------------------------------------------------------------------------------ trouble in one go
async def trouble(db: Database, row: int, at: timedelta = timedelta(), community: str = COMMUNITY) -> Fact:
    """The fact that it went wrong, as it is claimed."""

    async def work(uow: Unit) -> None:
        data = {"outgoing": row, "title": "群", "state": "unknown", "reason": "", "key": "log_posted"}
        await uow.facts.append(fact(kind=FactKind.POST_TROUBLED, at=MONDAY + at, data=data, community=community))

    await db.run(work)
    rows = await db.read(lambda uow: uow.session.all("SELECT max(id) AS id FROM fact"))
    return await db.read(lambda uow: uow.facts.get(rows[0]["id"]))


async def burst(db: Database, of: Fact) -> list[int] | None:
    found = await db.read(lambda uow: sending.burst(uow, of))
    return None if found is None else [one.id for one in found]


async def test_the_newest_of_several_troubles_tells_of_all(db: Database, seeded: Seeded) -> None:
    rows = [await put(db, seeded, f"a{n}", OutgoingState.UNKNOWN) for n in range(4)]
    gone = await put(db, seeded, "gone", OutgoingState.SENT)
    facts = [await trouble(db, row, n * timedelta(seconds=50)) for n, row in enumerate([*rows, gone])]
    assert [await burst(db, one) for one in facts] == [None] * 4 + [rows[::-1]]


async def test_troubles_long_apart_or_elsewhere_are_told_of_by_themselves(db: Database, seeded: Seeded) -> None:
    rows = [await put(db, seeded, f"a{n}", OutgoingState.FAILED) for n in range(3)]
    first = await trouble(db, rows[0])
    second = await trouble(db, rows[1], timedelta(minutes=5))
    await trouble(db, rows[2], timedelta(minutes=5), community=ELSEWHERE)
    assert await burst(db, first) == [rows[0]]
    assert await burst(db, second) == [rows[1]]


async def test_a_trouble_told_of_already_does_not_keep_an_earlier_one_silent(db: Database, seeded: Seeded) -> None:
    rows = [await put(db, seeded, f"a{n}", OutgoingState.FAILED) for n in range(2)]
    first, second = await trouble(db, rows[0]), await trouble(db, rows[1])
    await db.run(lambda uow: uow.facts.settle(second.id, MONDAY))
    assert await burst(db, first) == [rows[0]]
