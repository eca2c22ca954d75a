"""A small community and the values that pass through storage, with keyword overrides."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise.context import TortoiseContext

from core.events import Event, Kind, ReportKind, Status, Tier
from core.facts import Fact, FactKind
from core.messages import Audience, Chat, ChatKind, Choice, Incoming, Outgoing, Reply
from core.people import Person, Role
from narratives.publications import Publication, PublicationKind, PublicationState
from points.ledger import Transaction, issue_account, person_account, transfer
from storage import connections
from storage.unit_of_work import Unit

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 in the community
MINUTE = timedelta(minutes=1)
COMMUNITY, GRID, STREET = "xiuyue", "xiuyue-3", "guilin"


@dataclass
class Clock:
    """Says the time it was set to."""

    now: datetime = field(default=MONDAY)

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Seeded:
    """One of each; `neighbour` is a resident too."""

    resident: Person
    neighbour: Person
    worker: Person
    staff: Person
    group: Chat
    staff_group: Chat


async def seed(uow: Unit) -> Seeded:
    put = uow.registry

    async def person(external: str, name: str, role: Role, area: str, community: str = COMMUNITY) -> Person:
        return await put.register("practice", "room", external, name, role, area, community, f"direct:{external}")

    async def chat(external: str, audience: Audience, area: str) -> Chat:
        return await put.add_chat("practice", "room", external, ChatKind.GROUP, audience, area, COMMUNITY, "群")

    return Seeded(
        resident=await person("li", "李秀兰", Role.RESIDENT, GRID),
        neighbour=await person("sun", "孙大爷", Role.RESIDENT, GRID),
        worker=await person("wang", "王师傅", Role.GRID_WORKER, GRID),
        staff=await person("liu", "刘敏", Role.COMMUNITY_STAFF, COMMUNITY),
        group=await chat("group", Audience.RESIDENTS, GRID),
        staff_group=await chat("staff", Audience.STAFF, COMMUNITY),
    )


def incoming(**changes: Any) -> Incoming:
    return replace(Incoming("practice", "room", "group", "li", "m1", MONDAY, text="3号楼楼道灯坏了"), **changes)


def event(seeded: Seeded, **changes: Any) -> Event:
    """An assigned complaint of the resident."""
    serial = changes.get("serial", 1)
    first = Event(
        id=0, community=COMMUNITY, serial=serial, kind=Kind.COMPLAINT, status=Status.ASSIGNED, tier=Tier.GENERAL,
        category="市政设施", grid=GRID, title="3号楼楼道灯坏了", reporter=seeded.resident.id, created_at=MONDAY,
        deadline=MONDAY + timedelta(days=3), handler=seeded.worker.id, number=f"EV-20261123-{serial:04d}",
    )  # fmt: skip
    return replace(first, **changes)


async def add_event(uow: Unit, seeded: Seeded, **changes: Any) -> Event:
    """The event with its first report and its first fact, as the intake leaves it."""
    value = event(seeded, serial=await uow.events.next_serial(COMMUNITY), **changes)
    value = replace(value, id=await uow.events.add(value))
    await uow.reports.add(value.id, value.reporter, seeded.group.id, ReportKind.FIRST, "3号楼楼道灯坏了", MONDAY)
    await uow.facts.append(fact(event=value.id, actor=value.reporter))
    return value


def fact(**changes: Any) -> Fact:
    return replace(Fact(COMMUNITY, FactKind.REPORTED, MONDAY, data={"text": "楼道灯坏了"}), **changes)


def outgoing(key: str, seeded: Seeded, **changes: Any) -> Outgoing:
    """To the group, unless told otherwise."""
    target: dict[str, Any] = {} if "person" in changes else {"chat": seeded.group.id}
    return replace(Outgoing(key, Reply("filed", {"serial": 7}), **target), **changes)


def question(*asked: int) -> Reply:
    choices = (Choice("yes", "choice.yes", "是 7", {"serial": 7}), Choice("no", "choice.no", "不是 7"))
    return Reply("same_as", {"serial": 7}, choices, asked=asked)


def log(of: Event, **changes: Any) -> Publication:
    kind, drawing = PublicationKind.LOG, PublicationState.DRAWING
    first = Publication(0, COMMUNITY, 1, kind, of.grid, of.id, drawing, "灯亮了", "当天修好。", MONDAY)
    return replace(first, **changes)


def earned(person: int, points: int, key: str) -> Transaction:
    postings = transfer(points, issue_account(COMMUNITY), person_account(person))
    return Transaction(COMMUNITY, key, "verified_report", MONDAY, postings, data={"serial": 7})


def spent(person: int, points: int, key: str) -> Transaction:
    postings = transfer(points, person_account(person), f"community:{COMMUNITY}:redeemed")
    return Transaction(COMMUNITY, key, "redemption", MONDAY, postings)


async def ask(url: str, sql: str) -> list[dict[str, object]]:
    """Runs a statement on a connection of its own, beside whatever has the database open."""
    context = TortoiseContext()
    with context:
        await context.init(config=connections.config(url))
        try:
            return await context.db("default").execute_query_dict(sql)
        finally:
            await context.close_connections()
