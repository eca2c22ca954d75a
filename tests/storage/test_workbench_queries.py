"""What the workbench asks: the history of a publication, what waits where, and what a form began."""

from __future__ import annotations

from dataclasses import replace

from core.facts import FactKind
from narratives.publications import PublicationKind, PublicationState
from storage import queries
from storage.unit_of_work import Database, Unit
from tests.storage.builders import COMMUNITY, MINUTE, MONDAY, Seeded, add_event, fact, log

WAITING = PublicationState.WAITING


async def test_a_publication_has_its_own_deeds_oldest_first_with_whose_they_were(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> tuple[queries.Deed, ...]:
        of = await add_event(uow, seeded)
        one = await uow.publications.add(log(of, serial=1))
        staff = seeded.staff.id
        await uow.facts.append(
            fact(event=of.id, kind=FactKind.LOG_DRAFTED, data={"log": 1, "title": "灯亮了"}),
            fact(event=of.id, kind=FactKind.HANDLED, actor=staff, data={"text": "修好了"}),
            fact(event=of.id, kind=FactKind.LOG_CHANGED, actor=staff, data={"log": 1, "text": "新话"}),
            fact(event=of.id, kind=FactKind.LOG_CHANGED, actor=staff, data={"log": 11, "text": "另一篇"}),
            fact(event=None, kind=FactKind.NOTICE_WRITTEN, actor=staff, data={"log": 1, "text": "通知"}),
            fact(
                event=of.id, kind=FactKind.LOG_REFUSED, actor=staff, at=MONDAY + MINUTE, data={"log": 1, "reason": "不"}
            ),
        )
        return await queries.deeds(uow, one)

    found = await db.run(put)
    assert [(deed.kind, deed.name) for deed in found] == [
        (FactKind.LOG_DRAFTED, ""),
        (FactKind.LOG_CHANGED, "刘敏"),
        (FactKind.LOG_REFUSED, "刘敏"),
    ]
    assert found[1].data["text"] == "新话"
    assert found[2].at == MONDAY + MINUTE


async def test_what_is_about_no_event_has_its_deeds_too_and_no_other_communitys(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> tuple[queries.Deed, ...]:
        of = await add_event(uow, seeded)
        notice = replace(log(of, serial=2), event=None, kind=PublicationKind.NOTICE)
        one = await uow.publications.add(notice)
        wrote = fact(event=None, kind=FactKind.NOTICE_WRITTEN, actor=seeded.staff.id, data={"log": 2, "text": "停水"})
        other = replace(wrote, data={"log": 3, "text": "停电"})
        await uow.facts.append(wrote, other, replace(wrote, community="fenglin"))
        return await queries.deeds(uow, one)

    assert [(deed.kind, deed.data["text"]) for deed in await db.run(put)] == [(FactKind.NOTICE_WRITTEN, "停水")]


async def test_what_waits_is_counted_by_community_since_the_oldest(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> dict[str, queries.Waiting]:
        of = await add_event(uow, seeded)
        for serial, (state, community) in enumerate(
            ((WAITING, COMMUNITY), (WAITING, COMMUNITY), (PublicationState.APPROVED, COMMUNITY), (WAITING, "fenglin")),
            1,
        ):
            changes = {"serial": serial, "state": state, "community": community, "at": MONDAY - serial * MINUTE}
            await uow.publications.add(log(of, **changes))
        assert await queries.waiting_in(uow, []) == {}
        return await queries.waiting_in(uow, [COMMUNITY, "nowhere"])

    assert await db.run(put) == {COMMUNITY: queries.Waiting(2, MONDAY - 2 * MINUTE)}


async def test_a_publication_is_found_by_the_token_it_was_begun_with(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> list[int | None]:
        of = await add_event(uow, seeded)
        await uow.publications.add(log(of, serial=4, token="token-of-four"))
        asked = ((COMMUNITY, "token-of-four"), ("fenglin", "token-of-four"), (COMMUNITY, "token"))
        return [await queries.serial_of_token(uow, community, token) for community, token in asked]

    assert await db.run(put) == [4, None, None]
