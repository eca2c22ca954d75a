"""What the pages show, and what the audit finds when somebody breaks the books by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.events import Stage, Status
from core.messages import Photo, Reply
from narratives.publications import PublicationState
from storage import queries
from storage.audit import audit
from storage.outbox import OutgoingState
from storage.unit_of_work import Database, Unit
from tests.storage.builders import COMMUNITY, GRID, MINUTE, MONDAY, Seeded, add_event, earned, log, outgoing


async def test_the_screen_shows_approved_logs_of_its_area_newest_first_and_nothing_private(
    db: Database, seeded: Seeded
) -> None:
    async def put(uow: Unit) -> None:
        cases: tuple[tuple[PublicationState, dict[str, object]], ...] = (
            (PublicationState.APPROVED, {}),
            (PublicationState.WAITING, {}),
            (PublicationState.APPROVED, {"private": True}),
            (PublicationState.APPROVED, {"grid": "xiuyue-4"}),
            (PublicationState.WITHDRAWN, {}),
        )
        for serial, (state, changes) in enumerate(cases, start=1):
            of = await add_event(uow, seeded, status=Status.CLOSED, stars=5, **changes)
            approved_at = MONDAY + serial * MINUTE if state is PublicationState.APPROVED else None
            await uow.publications.add(log(of, serial=serial, state=state, images=("a.png",), approved_at=approved_at))
        await add_event(uow, seeded)

    await db.run(put)
    whole = await db.read(lambda uow: queries.screen_state(uow, [COMMUNITY], MONDAY))
    assert (whole.open, whole.closed, [one.number for one in whole.shown]) == (1, 5, ["L4", "L1"])
    shown = whole.shown[1]
    assert (shown.title, shown.text, shown.images) == ("灯亮了", "当天修好。", ("a.png",))
    assert (shown.kind, shown.posted_at) == ("log", MONDAY + MINUTE)
    grid = await db.read(lambda uow: queries.screen_state(uow, [COMMUNITY], MONDAY, GRID))
    assert (grid.open, grid.closed, [one.number for one in grid.shown]) == (1, 4, ["L1"])
    nowhere = queries.ScreenState(0, 0, ())
    assert await db.read(lambda uow: queries.screen_state(uow, ["fenglin"], MONDAY)) == nowhere
    assert await db.read(lambda uow: queries.screen_state(uow, [], MONDAY)) == nowhere


async def test_a_person_sees_what_they_reported_joined_or_handle(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> None:
        await add_event(uow, seeded)
        await add_event(uow, seeded, reporter=seeded.neighbour.id, handler=None, created_at=MONDAY + MINUTE)

    await db.run(put)

    async def numbers(person: int | None, community: str | None = None) -> list[int]:
        lines = await db.read(lambda uow: queries.events_for(uow, person, community))
        return [line.serial for line in lines]

    assert await numbers(seeded.resident.id) == [1]
    assert await numbers(seeded.worker.id) == [1]
    assert await numbers(seeded.neighbour.id, COMMUNITY) == [2]
    assert await numbers(None, COMMUNITY) == [2, 1]
    assert await numbers(None) == [2, 1]
    assert await numbers(None, "fenglin") == []
    newest, oldest = await db.read(lambda uow: queries.events_for(uow))
    assert (newest.handler, oldest.handler) == ("", "王师傅")
    detail = await db.read(lambda uow: queries.event_detail(uow, oldest.id))
    assert (detail.event.serial, len(detail.reports), len(detail.facts), detail.log) == (1, 1, 1, None)
    assert detail.people == {one.id: one for one in (seeded.resident, seeded.worker)}


async def test_the_sweep_is_told_every_picture_somebody_mentions(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> None:
        of = await add_event(uow, seeded)
        await uow.photos.add(of.id, seeded.resident.id, Stage.BEFORE, [Photo("photo.jpg", 1, 1)], MONDAY)
        await uow.publications.add(log(of, images=("log.png", "more.png")))
        await uow.outgoing.add(outgoing("a", seeded, reply=Reply("log", images=("one.png", "two.png"))))

    await db.run(put)
    assert await db.read(queries.media_names) == {"photo.jpg", "log.png", "more.png", "one.png", "two.png"}


async def findings(db: Database) -> tuple[str, ...]:
    return await db.read(lambda uow: audit(uow.session))


BREAKAGES = (
    ("UPDATE posting SET points = points + 1 WHERE id = 1", "ledger: xiuyue/a has 2 postings that sum to 1"),
    ("DELETE FROM posting WHERE id = 1", "ledger: xiuyue/a has 1 postings that sum to 5"),
    ("UPDATE balance SET points = 6 WHERE account = 'person:1'", "ledger: person:1 shows 6 and its postings sum to 5"),
    ("UPDATE balance SET points = -1 WHERE account = 'person:1'", "ledger: person:1 is at -1"),
    ("DELETE FROM balance WHERE account = 'person:1'", "ledger: person:1 has postings and no balance"),
    ("UPDATE reward SET stock = -1", "rewards: xiuyue/soap has a stock of -1"),
    ("DELETE FROM report", "orphan: event EV-20261123-0001 has no report"),
    ("UPDATE fact SET event_id = NULL", "orphan: event EV-20261123-0001 has no fact"),
    ("UPDATE event SET status = 'merged'", "orphan: event EV-20261123-0001 is merged into nothing"),
    ("UPDATE event SET status = 'awaiting_feedback'", "stuck: event EV-20261123-0001 awaits stars without an end"),
    ("UPDATE publication SET images = '[]'", "log: xiuyue/L1 has no picture"),
    ("UPDATE publication SET approved_by_id = NULL", "log: xiuyue/L1 was approved by nobody"),
    ("UPDATE event SET status = 'in_progress'", "log: xiuyue/L1 waits for approval and its event is open"),
    ("UPDATE outgoing SET chat_id = NULL", "outgoing: 1 goes to nobody"),
    ("UPDATE fact SET attempts = 9", "fact: 1 reported was tried 9 times"),
    ("UPDATE counter SET value = 0 WHERE name = 'event'", "counter: xiuyue counts events to 0 and has a number 1"),
    ("DELETE FROM counter WHERE name = 'log'", "counter: xiuyue counts logs to 0 and has a number 1"),
)


@pytest.mark.parametrize(("breakage", "finding"), BREAKAGES, ids=[finding for _, finding in BREAKAGES])
async def test_the_audit_finds_each_breakage_and_nothing_in_a_sound_house(
    db: Database, seeded: Seeded, breakage: str, finding: str
) -> None:
    async def put(uow: Unit) -> None:
        of = await add_event(uow, seeded, status=Status.CLOSED)
        state = PublicationState.WAITING if "waits for approval" in finding else PublicationState.APPROVED
        drawn = log(of, serial=await uow.publications.next_serial(COMMUNITY), state=state, images=("a.png",))
        await uow.publications.add(replace(drawn, approved_by=seeded.staff.id, approved_at=MONDAY))
        await uow.ledger.post(earned(seeded.resident.id, 5, "a"))
        await uow.registry.add_reward(COMMUNITY, "soap", "洗衣液", 30, 5)
        await uow.outgoing.add(outgoing("a", seeded))

    await db.run(put)
    assert await findings(db) == ()
    await db.run(lambda uow: uow.session.all(breakage))
    assert any(one.startswith(finding) for one in await findings(db)), await findings(db)


async def test_the_audit_lists_what_did_not_surely_arrive(db: Database, seeded: Seeded) -> None:
    await db.run(lambda uow: uow.outgoing.add(outgoing("a", seeded)))
    (row,) = await db.run(lambda uow: uow.outgoing.claim(MONDAY, 9, timedelta(minutes=1)))
    await db.run(lambda uow: uow.outgoing.settle(row.id, OutgoingState.UNKNOWN, error="timed out"))
    assert await findings(db) == ("outgoing: 1 a did not surely arrive: timed out",)
