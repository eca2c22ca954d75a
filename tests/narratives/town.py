"""A small town whose log waits for approval, on a real database, and how to look at what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.community import load_policy
from core.errors import Refused
from core.events import Event, Kind, Status, Tier
from core.messages import Audience, Chat, ChatKind, Reply
from core.people import Person, Role
from core.turn import Turn
from narratives import publish
from narratives.publications import Draft, Publication
from storage.outbox import Queued
from storage.unit_of_work import Database, Unit

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 in the community
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = load_policy()
HOME, GRID, ELSEWHERE = "xiuyue", "xiuyue-3", "fenglin"
TOKEN = "ABCDEFGHIJKLMNOPQRSTUV"
TITLE, TEXT, PICTURE = "3号楼门口清爽了", "垃圾当天清走。", "picture.png"
_TABLES = ("publication", "event", "fact", "outgoing")


@dataclass(frozen=True)
class Town:
    resident: Person
    worker: Person
    staff: Person
    colleague: Person
    strange_staff: Person
    chats: Mapping[str, Chat]  # by title
    event: Event  # closed, of the third grid, handled by the worker


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


async def draft(uow: Unit, event: Event, now: datetime = MONDAY) -> Publication:
    log = await publish.draft(event, Draft(TITLE, TEXT), TOKEN, uow, now)
    assert log is not None
    return log


async def draw(uow: Unit, log: Publication, cause: str = "fact:1", *images: str) -> Publication:
    return await publish.drawn(log, images or (PICTURE,), cause, POLICY, uow, MONDAY)


async def approve(number: int | None, by: Turn, uow: Unit, edition: int | None = None, checked: bool = False) -> Reply:
    return await publish.approve(number, edition, checked, by, uow)


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


async def leave(uow: Unit, chat: Chat) -> None:
    """The bot is removed from the group."""
    await uow.chats.switch(chat.channel, chat.account, chat.external, "removed")


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
    await leave(uow, chats["已解散的群"])
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
