"""Two people are one: the rows move together, whoever was writing meanwhile starts again, and the part that is refused is taken back."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from core.errors import Conflict, Refused
from core.events import ReportKind
from core.messages import Audience, Chat, ChatKind, Reply
from core.people import Role
from storage import merging
from storage.outbox import OutgoingState
from storage.unit_of_work import Database, Unit
from tests.storage.builders import COMMUNITY, MONDAY, Seeded, add_event, fact, outgoing, question


async def move(db: Database, seeded: Seeded) -> None:
    await db.run(lambda uow: merging.move(uow.session, seeded.resident.id, seeded.neighbour.id))


async def test_whoever_read_an_event_before_it_moved_writes_nothing_back_over_it(db: Database, seeded: Seeded) -> None:
    before = await db.run(lambda uow: add_event(uow, seeded))
    await move(db, seeded)
    with pytest.raises(Conflict):
        await db.run(lambda uow: uow.events.save(replace(before, title="路灯")))
    after = await db.read(lambda uow: uow.events.get(before.id))
    assert (after.reporter, after.title) == (seeded.neighbour.id, before.title)


async def test_moving_again_changes_nothing(db: Database, seeded: Seeded) -> None:
    async def everything(uow: Unit) -> str:
        tables = ("event", "report", "event_photo", "identity", "outgoing", "person", "fact")
        return str([[dict(row) for row in await uow.session.all(f"SELECT * FROM {t} ORDER BY id")] for t in tables])

    await db.run(lambda uow: add_event(uow, seeded))
    await move(db, seeded)
    once = await db.read(everything)
    await move(db, seeded)
    assert await db.read(everything) == once


async def test_a_neighbour_who_is_neither_is_left_alone(db: Database, seeded: Seeded) -> None:
    kept = await db.run(lambda uow: add_event(uow, seeded))
    await db.run(lambda uow: uow.reports.add(kept.id, seeded.staff.id, None, ReportKind.ME_TOO, "", MONDAY))
    await move(db, seeded)
    people = {report.person for report in await db.read(lambda uow: uow.reports.of_event(kept.id))}
    assert people == {seeded.neighbour.id, seeded.staff.id}


async def test_questions_and_what_waits_move_also_those_put_in_groups(db: Database, seeded: Seeded) -> None:
    resident, neighbour = seeded.resident.id, seeded.neighbour.id

    async def say(uow: Unit) -> None:
        await uow.outgoing.add(
            outgoing("alone", seeded, reply=question(resident)),
            outgoing("both", seeded, reply=question(resident, neighbour)),
            outgoing("other", seeded, reply=question(seeded.staff.id)),
            outgoing("held", seeded, person=resident),
        )

    await db.run(say)
    await db.run(lambda uow: uow.session.all("UPDATE outgoing SET state = ? WHERE key = ?", OutgoingState.HELD, "held"))
    await move(db, seeded)

    async def look(uow: Unit) -> dict[str, tuple[int | None, tuple[int, ...]]]:
        rows = await uow.session.all("SELECT id, key FROM outgoing")
        found = [(row["key"], await uow.outgoing.get(row["id"])) for row in rows]
        return {key: (one.person, one.reply.asked) for key, one in found if one is not None}

    assert await db.read(look) == {
        "alone": (None, (neighbour,)),
        "both": (None, (neighbour,)),
        "other": (None, (seeded.staff.id,)),
        "held": (neighbour, ()),
    }


async def test_facts_are_never_edited(db: Database, seeded: Seeded) -> None:
    kept = await db.run(lambda uow: add_event(uow, seeded))
    before = await db.read(lambda uow: uow.facts.of_event(kept.id))
    await move(db, seeded)
    assert await db.read(lambda uow: uow.facts.of_event(kept.id)) == before
    assert before[0].actor == seeded.resident.id


async def test_two_units_that_hold_the_same_people_go_one_after_the_other(db: Database, seeded: Seeded) -> None:
    order: list[str] = []
    resident, neighbour = seeded.resident.id, seeded.neighbour.id

    async def one(name: str, *people: int) -> None:
        async def work(uow: Unit) -> None:
            await merging.hold(uow.session, *people)
            order.append(f"{name} in")
            await uow.people.identities(people[0])
            order.append(f"{name} out")

        await db.run(work)

    await asyncio.gather(one("a", resident, neighbour), one("b", neighbour, resident))
    assert [step.split()[1] for step in order] == ["in", "out", "in", "out"]


async def test_whoever_moves_house_moves_with_their_1_to_1_chats_and_nobody_elses(db: Database, seeded: Seeded) -> None:
    async def chats(uow: Unit) -> None:
        for external in ("direct:li", "direct:sun"):
            await uow.registry.add_chat(
                "practice", "room", external, ChatKind.DIRECT, Audience.RESIDENTS, "xiuyue-3", COMMUNITY
            )

    await db.run(chats)
    await db.run(lambda uow: uow.registry.place(seeded.resident.id, "fenglin-1", "fenglin", Role.GRID_WORKER))

    async def found(uow: Unit) -> list[Chat | None]:
        return [await uow.chats.find("practice", "room", e) for e in ("direct:li", "direct:sun", "group")]

    moved, other, group = await db.read(found)
    assert moved is not None
    assert (moved.area, moved.audience) == ("fenglin-1", Audience.STAFF)
    assert other is not None
    assert (other.area, other.audience) == ("xiuyue-3", Audience.RESIDENTS)
    assert group == seeded.group


async def test_an_identity_is_given_by_whoever_has_it_only(db: Database, seeded: Seeded) -> None:
    (mine,) = await db.read(lambda uow: uow.people.identities(seeded.resident.id))
    give = mine.id, seeded.neighbour.id, seeded.staff.id
    assert not await db.run(lambda uow: uow.registry.give_identity(*give))
    assert await db.run(lambda uow: uow.registry.give_identity(mine.id, seeded.resident.id, seeded.staff.id))


async def test_what_is_refused_in_a_part_of_a_unit_is_taken_back_and_the_rest_stays(
    db: Database, seeded: Seeded
) -> None:
    async def part(uow: Unit) -> None:
        await uow.facts.append(fact(data={"text": "inside"}))
        await uow.outgoing.add(outgoing("inside", seeded))
        raise Refused("no")

    async def work(uow: Unit) -> None:
        await uow.facts.append(fact(data={"text": "before"}))
        await uow.outgoing.add(outgoing("before", seeded))
        with pytest.raises(Refused):
            await uow.attempt(lambda: part(uow))
        await uow.outgoing.add(outgoing("after", seeded, reply=Reply("filed")))

    async def look(uow: Unit) -> tuple[list[str], list[str]]:
        facts = await uow.session.all("SELECT data FROM fact")
        said = await uow.session.all("SELECT key FROM outgoing ORDER BY id")
        return [str(row["data"]) for row in facts], [row["key"] for row in said]

    await db.run(work)
    facts, said = await db.read(look)
    assert len(facts) == 1
    assert "before" in facts[0]
    assert said == ["before", "after"]


async def test_a_part_that_is_not_refused_belongs_to_the_unit(db: Database, seeded: Seeded) -> None:
    async def work(uow: Unit) -> None:
        await uow.attempt(lambda: uow.outgoing.add(outgoing("inside", seeded)))
        await uow.attempt(lambda: uow.outgoing.add(outgoing("again", seeded)))
        raise Conflict("somebody was faster")

    with pytest.raises(Conflict):
        await db.run(work)
    assert await db.read(lambda uow: uow.session.all("SELECT id FROM outgoing")) in ([], ())
