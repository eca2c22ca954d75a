"""What must be said is said once, in order, at its hour, by one worker."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from core.messages import ChatKind, Reply, Urgency
from storage.addresses import Address
from storage.inbox import Received
from storage.outbox import DOOR_LEASE, RESENT_AFTER, OutgoingState, Queued
from storage.unit_of_work import Database, Unit
from tests.storage.builders import MINUTE, MONDAY, Clock, Seeded, incoming, outgoing, question, seed
from tests.storage.conftest import Opens


async def claim(db: Database, clock: Clock, limit: int = 20) -> tuple[Queued, ...]:
    return await db.run(lambda uow: uow.outgoing.claim(clock.now, limit, MINUTE))


async def add(db: Database, *keys: str, seeded: Seeded, **changes: object) -> None:
    await db.run(lambda uow: uow.outgoing.add(*(outgoing(key, seeded, **changes) for key in keys)))


async def settle(db: Database, row: Queued, state: OutgoingState, not_before: datetime | None = None) -> bool:
    return await db.run(lambda uow: uow.outgoing.settle(row.id, state, not_before=not_before))


def keys(rows: tuple[Queued, ...]) -> list[str]:
    return [row.key for row in rows]


async def test_the_same_message_twice_is_received_once_and_another_body_is_told_apart(db: Database) -> None:
    async def receive(digest: str) -> Received:
        return await db.run(lambda uow: uow.inbox.receive(incoming(), digest))

    first = await receive("a")
    assert await receive("a") == Received(first.id, new=False, same_body=True)
    assert await receive("b") == Received(first.id, new=False, same_body=False)
    other = await db.run(lambda uow: uow.inbox.receive(incoming(chat="elsewhere"), "a"))
    assert other.new
    assert other.id != first.id


async def test_a_message_delivered_ten_times_at_once_is_new_once(db: Database) -> None:
    got = await asyncio.gather(*(db.run(lambda uow: uow.inbox.receive(incoming(), "a")) for _ in range(10)))
    assert sum(one.new for one in got) == 1
    assert len({one.id for one in got}) == 1


async def test_a_key_is_said_once_however_often_it_is_added(db: Database, seeded: Seeded, clock: Clock) -> None:
    await add(db, "a", "a", seeded=seeded)
    await add(db, "a", seeded=seeded)
    assert keys(await claim(db, clock)) == ["a"]
    await add(db, "a", seeded=seeded)
    assert keys(await claim(db, clock)) == []


async def test_what_is_said_in_a_unit_carries_the_message_that_caused_it(db: Database, seeded: Seeded) -> None:
    async def work(uow: Unit) -> int:
        received = await uow.inbox.receive(incoming(), "a")
        await uow.outgoing.add(outgoing("b", seeded), outgoing("a", seeded, person=seeded.worker.id))
        return received.id

    inbox = await db.run(work)
    await add(db, "c", seeded=seeded)
    assert keys(await db.read(lambda uow: uow.outgoing.rows_of_inbox(inbox))) == ["b", "a"]


async def test_the_reply_comes_back_as_it_was_written(db: Database, seeded: Seeded, clock: Clock) -> None:
    reply = question(seeded.resident.id, 99)
    await add(db, "a", seeded=seeded, reply=reply)
    assert (await claim(db, clock))[0].reply == reply


@pytest.mark.parametrize("workers", [2, 8])
async def test_claims_of_several_workers_never_overlap(opens: Opens, engine: str, clock: Clock, workers: int) -> None:
    dbs = [await opens()]
    dbs += [await opens() for _ in range(workers - 1)] if engine == "postgres" else dbs * (workers - 1)
    seeded = await dbs[0].run(seed)
    people = [seeded.resident.id, seeded.neighbour.id, seeded.worker.id, seeded.staff.id]
    for person in people:
        await add(dbs[0], *(f"{person}:{n}" for n in range(20)), seeded=seeded, person=person)

    async def work(db: Database) -> list[str]:
        said: list[str] = []
        while len(said) < 80:
            rows = await claim(db, clock, limit=3)
            if not rows and not await db.read(lambda uow: _any_left(uow)):
                break
            for row in rows:
                assert await settle(db, row, OutgoingState.SENT)
                said.append(row.key)
        return said

    said = await asyncio.gather(*(work(db) for db in dbs))
    together = [key for one in said for key in one]
    assert len(together) == len(set(together)) == 80


async def _any_left(uow: Unit) -> bool:
    row = await uow.session.one("SELECT count(*) AS n FROM outgoing WHERE state IN ('waiting', 'sending')")
    return bool(row and row["n"])


async def test_one_chat_hears_things_in_the_order_they_were_said(db: Database, seeded: Seeded, clock: Clock) -> None:
    await add(db, "first", "second", seeded=seeded)
    await add(db, "elsewhere", seeded=seeded, person=seeded.worker.id)
    rows = await claim(db, clock)
    assert keys(rows) == ["first", "elsewhere"]
    assert keys(await claim(db, clock)) == []
    await settle(db, rows[0], OutgoingState.FAILED)
    assert keys(await claim(db, clock)) == ["second"]


async def test_a_message_to_be_tried_again_keeps_its_place(db: Database, seeded: Seeded, clock: Clock) -> None:
    await add(db, "first", "second", seeded=seeded)
    await settle(db, (await claim(db, clock))[0], OutgoingState.WAITING, clock.now + MINUTE)
    assert keys(await claim(db, clock)) == []
    clock.now += MINUTE
    assert keys(await claim(db, clock)) == ["first"]


async def test_a_post_held_for_the_morning_does_not_hold_up_tonights_answer(opens: Opens, clock: Clock) -> None:
    morning = MONDAY + timedelta(hours=10)
    db = await opens(when=lambda urgency, now: morning if urgency is Urgency.POST else now)
    seeded = await db.run(seed)
    await add(db, "post", seeded=seeded, urgency=Urgency.POST)
    await add(db, "answer", seeded=seeded)
    assert keys(await claim(db, clock)) == ["answer"]
    assert await db.read(lambda uow: uow.outgoing.next_due(clock.now)) == MONDAY + MINUTE  # the lease of the answer
    clock.now = morning
    await db.run(lambda uow: uow.outgoing.expire(clock.now))
    assert keys(await claim(db, clock)) == ["post"]


async def test_a_group_post_nobody_knows_the_fate_of_is_never_sent_again(
    db: Database, seeded: Seeded, clock: Clock
) -> None:
    await add(db, "post", seeded=seeded)
    row = (await claim(db, clock))[0]
    clock.now += MINUTE
    assert await db.run(lambda uow: uow.outgoing.expire(clock.now)) == (row.id,)
    clock.now += timedelta(days=1)
    assert keys(await claim(db, clock)) == []
    assert (await db.read(lambda uow: uow.outgoing.get(row.id))).state is OutgoingState.UNKNOWN  # type: ignore[union-attr]
    assert await settle(db, row, OutgoingState.SENT)  # as a look-up or a person found out


async def test_a_notice_nobody_knows_the_fate_of_is_sent_once_more_after_a_minute(
    db: Database, seeded: Seeded, clock: Clock
) -> None:
    await add(db, "notice", seeded=seeded, person=seeded.resident.id)
    for _ in range(3):  # failed tries do not use up the one second chance
        await settle(db, (await claim(db, clock))[0], OutgoingState.WAITING, clock.now)
    await settle(db, (await claim(db, clock))[0], OutgoingState.UNKNOWN)
    assert keys(await claim(db, clock)) == []
    assert await db.read(lambda uow: uow.outgoing.next_due(clock.now)) == clock.now + RESENT_AFTER
    clock.now += RESENT_AFTER
    rows = await claim(db, clock)
    assert keys(rows) == ["notice"]
    await settle(db, rows[0], OutgoingState.UNKNOWN)
    clock.now += timedelta(days=1)
    assert keys(await claim(db, clock)) == []
    assert await db.read(lambda uow: uow.outgoing.next_due(clock.now)) is None


async def test_a_row_is_settled_once(db: Database, seeded: Seeded, clock: Clock) -> None:
    await add(db, "a", seeded=seeded)
    row = (await claim(db, clock))[0]
    assert await settle(db, row, OutgoingState.SENT)
    assert not await settle(db, row, OutgoingState.FAILED)
    assert not await settle(db, row, OutgoingState.SENT)


async def test_what_nobody_claimed_cannot_be_settled(db: Database, seeded: Seeded, clock: Clock) -> None:
    await add(db, "a", seeded=seeded)
    assert not await db.run(lambda uow: uow.outgoing.settle(1, OutgoingState.SENT))
    assert keys(await claim(db, clock)) == ["a"]


async def test_only_what_still_waits_can_be_withdrawn(db: Database, seeded: Seeded, clock: Clock) -> None:
    await add(db, "a", "b", seeded=seeded)
    await claim(db, clock)
    for key, left in (("a", 1), ("b", 0), ("c", 0)):  # the first is on its way already
        assert await db.run(lambda uow, key=key: uow.outgoing.call_back(key)) == left  # type: ignore[misc]
    clock.now += MINUTE
    await db.run(lambda uow: uow.outgoing.expire(clock.now))
    assert keys(await claim(db, clock)) == []


async def test_what_the_door_says_itself_is_claimed_by_nobody_until_the_door_has_failed(
    db: Database, seeded: Seeded, clock: Clock
) -> None:
    await add(db, "said", "lost", seeded=seeded, urgency=Urgency.DOOR, person=seeded.resident.id)
    assert keys(await claim(db, clock)) == []
    assert await db.run(lambda uow: uow.outgoing.settle(1, OutgoingState.SENT, receipt="77"))
    clock.now += DOOR_LEASE
    assert await db.run(lambda uow: uow.outgoing.expire(clock.now)) == (2,)
    clock.now += RESENT_AFTER
    assert keys(await claim(db, clock)) == ["lost"]


async def test_a_message_that_answers_one_of_ours_finds_it_by_the_platforms_id(
    db: Database, seeded: Seeded, clock: Clock
) -> None:
    await add(db, "a", seeded=seeded)
    row = (await claim(db, clock))[0]
    await db.run(lambda uow: uow.outgoing.settle(row.id, OutgoingState.SENT, receipt="77"))
    assert await db.read(lambda uow: uow.outgoing.by_receipt(seeded.group.id, None, "77")) == row.id
    assert await db.read(lambda uow: uow.outgoing.by_receipt(seeded.staff_group.id, None, "77")) is None
    assert await db.read(lambda uow: uow.outgoing.by_receipt(None, seeded.resident.id, "77")) is None


async def test_only_those_asked_find_the_question_and_once_answered_nobody_does(db: Database, seeded: Seeded) -> None:
    async def last(person: int) -> str | None:
        found = await db.read(lambda uow: uow.outgoing.last_question(seeded.group.id, person))
        return found.key if found else None

    await add(db, "all", seeded=seeded, reply=Reply("anyone", choices=question().choices))
    await add(db, "one", seeded=seeded, reply=question(seeded.resident.id))
    await add(db, "nothing asked", seeded=seeded)
    assert await last(seeded.resident.id) == "same_as"
    assert await last(seeded.neighbour.id) == "anyone"
    assert await db.read(lambda uow: uow.outgoing.last_question(None, seeded.resident.id)) is None
    await db.run(lambda uow: uow.outgoing.settle_question(2))
    assert await last(seeded.resident.id) is None  # an older one does not come back
    found = await db.read(lambda uow: uow.outgoing.last_question(seeded.group.id, seeded.resident.id, ("anyone",)))
    assert found is not None


async def test_a_question_held_back_for_the_morning_is_not_yet_put(opens: Opens, clock: Clock) -> None:
    db = await opens(when=lambda urgency, now: now + timedelta(hours=8))
    seeded = await db.run(seed)
    await add(db, "a", seeded=seeded, reply=question(), person=seeded.resident.id)
    assert await db.read(lambda uow: uow.outgoing.last_question(None, seeded.resident.id)) is None
    clock.now += timedelta(hours=8)
    found = await db.read(lambda uow: uow.outgoing.last_question(None, seeded.resident.id))
    assert found is not None
    assert found.choices == (("yes", "是 7"), ("no", "不是 7"))


CHANNELS = ("practice", "telegram", "kefu", "oa")


async def test_a_person_is_spoken_to_where_they_spoke_else_where_they_were_bound_last(
    db: Database, seeded: Seeded, clock: Clock
) -> None:
    person = seeded.resident.id

    async def bind(uow: Unit) -> None:
        await uow.registry.add_identity(person, "telegram", "bot", "tg-1", "tg-chat")
        await uow.registry.add_identity(person, "kefu", "wx", "ext-1")  # no 1:1 chat there yet

    async def speak(uow: Unit) -> None:
        await uow.inbox.receive(incoming(), "a")
        await uow.outgoing.add(outgoing("caused", seeded, person=person))

    async def address(row: Queued) -> Address | None:
        return await db.read(lambda uow: uow.addresses.of(row, CHANNELS))

    await db.run(bind)
    await db.run(speak)
    caused = (await claim(db, clock))[0]
    assert await address(caused) == Address("practice", "room", "direct:li", ChatKind.DIRECT)
    await settle(db, caused, OutgoingState.SENT)
    await add(db, "by itself", seeded=seeded, person=person)
    assert await address((await claim(db, clock))[0]) == Address("telegram", "bot", "tg-chat", ChatKind.DIRECT)
    await add(db, "post", seeded=seeded)
    assert await address((await claim(db, clock))[0]) == Address(
        "practice", "room", "group", ChatKind.GROUP, community="xiuyue", title=seeded.group.title
    )


async def test_a_person_known_on_no_channel_has_no_address(db: Database, seeded: Seeded, clock: Clock) -> None:
    async def stranger(uow: Unit) -> int:
        person = await uow.registry.add_person("无名", seeded.resident.role, "xiuyue-3", "xiuyue")
        await uow.registry.add_identity(person.id, "oa", "wx", "openid")
        return person.id

    await add(db, "a", seeded=seeded, person=await db.run(stranger))
    row = (await claim(db, clock))[0]
    assert await db.read(lambda uow: uow.addresses.of(row, CHANNELS)) is None
