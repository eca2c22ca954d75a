"""People, chats, events, reports, photos and logs: what is put in is found again, by those who may ask for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import Conflict
from core.events import Event, EventPhoto, ReportKind, Stage, Status, Tier
from core.messages import Audience, ChatKind, Photo
from core.people import Role
from narratives.publications import PublicationState
from storage.people import Arriving, Identity
from storage.unit_of_work import Database, Unit
from tests.storage.builders import COMMUNITY, GRID, MINUTE, MONDAY, STREET, Seeded, add_event, event, log

EVERYTHING = {
    "urgent": True, "place": "3号楼", "handled_at": MONDAY + MINUTE, "rate_by": MONDAY + 2 * MINUTE,
    "closed_at": MONDAY + 3 * MINUTE, "stars": 5, "comment": "谢谢", "private": True, "photos_allowed": False, "people": 3,
    "reopened": 1, "adopted": True, "status": Status.CLOSED, "tier": Tier.MAJOR,
}  # fmt: skip


async def test_an_event_comes_back_as_it_was_saved(db: Database, seeded: Seeded) -> None:
    kept = await db.run(lambda uow: add_event(uow, seeded, **EVERYTHING))
    assert await db.read(lambda uow: uow.events.get(kept.id)) == kept
    changed = replace(kept, handler=None, stars=None, photos_allowed=None, urgent=False, merged_into=kept.id)
    saved = await db.run(lambda uow: uow.events.save(changed))
    assert saved == replace(changed, version=1)
    assert await db.read(lambda uow: uow.events.by_serial(COMMUNITY, 1)) == saved


async def test_what_is_not_there_is_none_by_number_and_a_keyerror_by_id(db: Database) -> None:
    assert await db.read(lambda uow: uow.events.by_serial(COMMUNITY, 1)) is None
    assert await db.read(lambda uow: uow.publications.by_serial(COMMUNITY, 1)) is None
    for look in ("events", "publications", "people", "chats", "facts"):
        with pytest.raises(KeyError):
            await db.read(lambda uow, look=look: getattr(uow, look).get(1))  # type: ignore[misc]


async def test_a_number_is_given_once_in_a_community(db: Database, seeded: Seeded) -> None:
    await db.run(lambda uow: uow.events.add(event(seeded)))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await db.run(lambda uow: uow.events.add(event(seeded)))
    await db.run(lambda uow: uow.events.add(event(seeded, community="fenglin")))


async def test_lists_of_events_hold_the_right_ones_in_the_right_order(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> tuple[Event, ...]:
        return (
            await add_event(uow, seeded, created_at=MONDAY - timedelta(days=20)),
            await add_event(uow, seeded, deadline=MONDAY + timedelta(days=1)),
            await add_event(uow, seeded, created_at=MONDAY + MINUTE, handler=None, status=Status.NEW),
            await add_event(uow, seeded, grid="xiuyue-4", reporter=seeded.neighbour.id),
            await add_event(uow, seeded, status=Status.CLOSED, created_at=MONDAY + 2 * MINUTE),
            await add_event(
                uow, seeded, status=Status.AWAITING_FEEDBACK, rate_by=MONDAY, created_at=MONDAY + 3 * MINUTE
            ),
        )

    old, soon, new, elsewhere, closed, ended = await db.run(put)
    since = MONDAY - timedelta(days=14)

    async def look(uow: Unit) -> None:
        events = uow.events
        assert await events.open_in_grid(COMMUNITY, GRID, since) == (ended, new, soon)
        assert await events.open_in_grid(COMMUNITY, GRID, since, limit=1) == (ended,)
        assert await events.of_reporter(seeded.resident.id) == (ended, closed, new, soon, old)
        assert await events.of_reporter(seeded.neighbour.id) == (elsewhere,)
        assert await events.of_handler(seeded.worker.id) == (soon, old, elsewhere, ended)
        assert await events.unassigned(COMMUNITY) == (new,)
        assert await events.to_expire(MONDAY) == (ended,)
        assert await events.to_expire(MONDAY - MINUTE) == ()

    await db.read(look)


async def test_who_joined_is_a_reporter_and_a_merge_takes_reports_and_photos_along(
    db: Database, seeded: Seeded
) -> None:
    async def put(uow: Unit) -> tuple[Event, Event]:
        one, other = await add_event(uow, seeded), await add_event(uow, seeded)
        await uow.reports.add(one.id, seeded.neighbour.id, None, ReportKind.ME_TOO, "我也遇到", MONDAY)
        await uow.photos.add(one.id, seeded.neighbour.id, Stage.BEFORE, [Photo("a.jpg", 3, 4)], MONDAY)
        return one, other

    one, other = await db.run(put)
    assert await db.read(lambda uow: uow.reports.is_reporter(one.id, seeded.neighbour.id))
    assert not await db.read(lambda uow: uow.reports.is_reporter(other.id, seeded.neighbour.id))
    await db.run(lambda uow: uow.reports.move(one.id, other.id))
    await db.run(lambda uow: uow.photos.move(one.id, other.id))
    assert await db.read(lambda uow: uow.reports.of_event(one.id)) == ()
    moved = await db.read(lambda uow: uow.reports.of_event(other.id))
    assert [(each.person, each.kind) for each in moved] == [
        (seeded.resident.id, ReportKind.MERGED),
        (seeded.resident.id, ReportKind.FIRST),
        (seeded.neighbour.id, ReportKind.MERGED),
    ]
    photo = EventPhoto("a.jpg", 3, 4, other.id, seeded.neighbour.id, Stage.BEFORE, MONDAY)
    assert await db.read(lambda uow: uow.photos.of_event(other.id)) == (photo,)


async def test_only_fresh_photos_of_the_same_person_join_a_report(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> Event:
        kept = await add_event(uow, seeded)
        for name, person, at in (
            ("old", seeded.resident.id, MONDAY - 11 * MINUTE),
            ("fresh", seeded.resident.id, MONDAY - 9 * MINUTE),
            ("foreign", seeded.neighbour.id, MONDAY),
        ):
            await uow.photos.add(None, person, Stage.BEFORE, [Photo(name, 1, 1)], at)
        await uow.photos.add(None, seeded.resident.id, Stage.BEFORE, [], MONDAY)
        return kept

    kept = await db.run(put)
    since = MONDAY - 10 * MINUTE
    found = await db.read(lambda uow: uow.people.arriving("practice", "room", "li", "group", since))
    assert found == Arriving(seeded.resident, seeded.group, 1, "direct:li", reachable=True)
    await db.run(lambda uow: uow.photos.take_loose(kept.id, seeded.resident.id, Stage.BEFORE, since))
    assert [photo.name for photo in await db.read(lambda uow: uow.photos.of_event(kept.id))] == ["fresh"]


async def test_a_stranger_in_an_unknown_chat_is_nobody_nowhere(db: Database, seeded: Seeded) -> None:
    found = await db.read(lambda uow: uow.people.arriving("practice", "room", "who", "where", MONDAY))
    assert found == Arriving(None, None, 0)
    other_account = await db.read(lambda uow: uow.people.arriving("practice", "other", "li", "group", MONDAY))
    assert other_account == Arriving(None, None, 0)


async def test_whoever_is_on_duty_is_of_the_grid_first_and_then_the_least_busy(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> tuple[int, int, int]:
        roving = await uow.registry.add_person("巡查", Role.GRID_WORKER, COMMUNITY, COMMUNITY)
        second = await uow.registry.add_person("赵师傅", Role.GRID_WORKER, GRID, COMMUNITY)
        street = await uow.registry.add_person("街道", Role.STREET_STAFF, STREET, "")
        await add_event(uow, seeded)
        await add_event(uow, seeded, handler=second.id, status=Status.CLOSED)
        return roving.id, second.id, street.id

    roving, second, street = await db.run(put)

    async def duty(grid: str, role: Role) -> int | None:
        found = await db.read(lambda uow: uow.people.on_duty(grid, COMMUNITY, role, STREET))
        return found.id if found else None

    assert await duty(GRID, Role.GRID_WORKER) == second
    assert await duty("xiuyue-4", Role.GRID_WORKER) == roving
    assert await duty(GRID, Role.COMMUNITY_STAFF) == seeded.staff.id
    assert await duty(GRID, Role.STREET_STAFF) == street
    assert await duty(GRID, Role.RESIDENT) is None
    assert await db.read(lambda uow: uow.people.on_duty("x", "fenglin", Role.GRID_WORKER, STREET)) is None
    everybody = await db.read(lambda uow: uow.people.staff(COMMUNITY, STREET))
    assert [one.id for one in everybody] == [roving, seeded.worker.id, second, seeded.staff.id, street]


async def test_a_grids_matters_go_to_its_groups_and_those_of_the_whole_community(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> None:
        add = uow.registry.add_chat
        await add("practice", "room", "four", ChatKind.GROUP, Audience.RESIDENTS, "xiuyue-4", COMMUNITY)
        await add("practice", "room", "all", ChatKind.GROUP, Audience.RESIDENTS, COMMUNITY, COMMUNITY)
        await add("practice", "room", "direct:li", ChatKind.DIRECT, Audience.RESIDENTS, GRID, COMMUNITY)
        left = await add("practice", "room", "left", ChatKind.GROUP, Audience.RESIDENTS, GRID, COMMUNITY)
        await uow.chats.switch(left.channel, left.account, left.external, "left")

    await db.run(put)

    async def groups(audience: Audience, grid: str | None = None) -> list[str]:
        return [chat.external for chat in await db.read(lambda uow: uow.chats.groups(COMMUNITY, audience, grid))]

    assert await groups(Audience.RESIDENTS) == ["group", "four", "all"]
    assert await groups(Audience.RESIDENTS, GRID) == ["group", "all"]
    assert await groups(Audience.STAFF, GRID) == ["staff"]
    assert await groups(Audience.PARTNERS) == []


async def test_registering_somebody_again_changes_nothing_but_a_chat_that_was_missing(db: Database) -> None:
    async def register(direct: str = "") -> int:
        person = await db.run(
            lambda uow: uow.registry.register_resident("tg", "bot", "u1", "居民", GRID, COMMUNITY, direct)
        )
        return person.id

    first = await register()
    assert await register("chat-1") == first
    assert await register() == first
    assert await db.read(lambda uow: uow.people.identities(first)) == (Identity("tg", "bot", "u1", "chat-1"),)
    assert await db.read(lambda uow: uow.people.many([first, first, 99])) == {
        first: await db.read(lambda uow: uow.people.get(first))
    }
    assert await db.read(lambda uow: uow.people.many([])) == {}


async def test_a_log_comes_back_as_it_was_saved_and_a_stale_one_is_a_conflict(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> None:
        of = await add_event(uow, seeded)
        serial = await uow.publications.next_serial(COMMUNITY)
        drawing = await uow.publications.add(log(of, serial=serial))
        waiting = await uow.publications.save(
            replace(drawing, state=PublicationState.WAITING, images=("a.png", "b.png"), photos=("p.jpg",), dropped=("q.jpg",),
                    boxes={"p.jpg": ((0.1, 0.2, 0.25, 0.5),)}, changed_text="改", minor="8岁", token="t", month="2026-11",
                    author=seeded.worker.id, edition=3, confirmed_by=seeded.worker.id, approved_by=seeded.staff.id,
                    approved_at=MONDAY, remind_at=MONDAY + MINUTE, reason="因为")
        )  # fmt: skip
        assert waiting.version == 1
        assert await uow.publications.get(drawing.id) == waiting
        assert await uow.publications.by_serial(COMMUNITY, serial) == waiting
        assert await uow.publications.waiting(COMMUNITY) == (waiting,)
        newer = await uow.publications.add(log(of, serial=await uow.publications.next_serial(COMMUNITY)))
        assert await uow.publications.of_event(of.id) == newer
        with pytest.raises(Conflict):
            await uow.publications.save(drawing)

    await db.run(put)
