"""What the pages show. Questions only: run them with Database.read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.events import Event, EventPhoto, Report, Status, Tier
from core.facts import Fact
from core.people import Person
from narratives.logs import HandlingLog, LogState
from storage.events import OPEN_STATUSES
from storage.sql import Row, Value, marks, moment, unpack

if TYPE_CHECKING:
    from storage.unit_of_work import Unit


@dataclass(frozen=True, slots=True)
class ScreenLog:
    """A log as the door shows it: `number` is L3, `event` the event's number, `image` a media name."""

    number: str
    title: str
    text: str
    image: str
    posted_at: datetime
    event: str
    category: str
    stars: int | None


@dataclass(frozen=True, slots=True)
class ScreenState:
    """Events open and closed, and the approved logs, newest first."""

    open: int
    closed: int
    logs: tuple[ScreenLog, ...]


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event in a list; `handler` is the name of who handles it, "" while nobody does."""

    id: int
    serial: int
    number: str
    title: str
    status: Status
    category: str
    tier: Tier
    urgent: bool
    grid: str
    created_at: datetime
    deadline: datetime
    handler: str
    people: int
    stars: int | None


@dataclass(frozen=True, slots=True)
class EventDetail:
    """Everything about one event, unmasked: for those who handle it. `people` are all whom it mentions, by id."""

    event: Event
    reports: tuple[Report, ...]
    facts: tuple[Fact, ...]
    photos: tuple[EventPhoto, ...]
    log: HandlingLog | None
    people: dict[int, Person]


async def screen_state(uow: Unit, communities: Sequence[str], grid: str | None = None, limit: int = 12) -> ScreenState:
    """For the screen of an area: `communities` are those in it, `grid` narrows it down to one grid of theirs."""
    if not communities:
        return ScreenState(0, 0, ())
    where = f"e.community IN ({marks(len(communities))})"
    values: list[Value] = list(communities)
    if grid is not None:
        where, values = f"{where} AND e.grid = ?", [*values, grid]
    counted = await uow.session.one(
        f"SELECT count(CASE WHEN e.status IN ({OPEN_STATUSES}) THEN 1 END) AS opened, "
        f"count(CASE WHEN e.status = ? THEN 1 END) AS closed FROM event e WHERE {where}",
        Status.CLOSED, *values,
    )  # fmt: skip
    rows = await uow.session.all(
        f"""
        SELECT l.serial, l.title, l.text, l.image, l.approved_at, e.number, e.category, e.stars
          FROM handling_log l JOIN event e ON e.id = l.event_id
         WHERE l.community IN ({marks(len(communities))}) AND l.state = ? AND e.private = ? AND {where}
         ORDER BY l.approved_at DESC, l.id DESC LIMIT ?
        """,
        *communities, LogState.APPROVED, False, *values, limit,
    )  # fmt: skip
    assert counted is not None
    return ScreenState(counted["opened"], counted["closed"], tuple(_screen_log(row) for row in rows))


async def events_for(
    uow: Unit, person: int | None = None, community: str | None = None, limit: int = 50
) -> tuple[EventLine, ...]:
    """Newest first: what the person reported, joined or handles; of the community; without either, of everywhere."""
    where: list[str] = ["1 = 1"]
    values: list[Value] = []
    if person is not None:
        where.append("(e.handler_id = ? OR e.id IN (SELECT event_id FROM report WHERE person_id = ?))")
        values += [person, person]
    if community is not None:
        where.append("e.community = ?")
        values.append(community)
    rows = await uow.session.all(
        f"""
        SELECT e.id, e.serial, e.number, e.title, e.status, e.category, e.tier, e.urgent, e.grid, e.created_at,
               e.deadline, e.people, e.stars, h.name AS handler
          FROM event e LEFT JOIN person h ON h.id = e.handler_id
         WHERE {" AND ".join(where)} ORDER BY e.created_at DESC, e.id DESC LIMIT ?
        """,
        *values, limit,
    )  # fmt: skip
    return tuple(_event_line(row) for row in rows)


async def event_detail(uow: Unit, event: int) -> EventDetail:
    """Raises KeyError when there is none."""
    found = await uow.events.get(event)
    reports = await uow.reports.of_event(event)
    facts = await uow.facts.of_event(event)
    photos = await uow.photos.of_event(event)
    mentioned = {found.reporter, found.handler, *(report.person for report in reports)}
    mentioned |= {fact.actor for fact in facts} | {photo.person for photo in photos}
    people = await uow.people.many([person for person in mentioned if person is not None])
    return EventDetail(found, reports, facts, photos, await uow.logs.of_event(event), people)


async def media_names(uow: Unit) -> frozenset[str]:
    """Every picture somebody mentions: what MediaStore.sweep must keep. Bounded only by what there is."""
    rows = await uow.session.all("SELECT name FROM event_photo UNION SELECT image FROM handling_log WHERE image <> ''")
    said = await uow.session.all("SELECT DISTINCT CAST(images AS TEXT) AS images FROM outgoing")
    return frozenset(row["name"] for row in rows) | {name for row in said for name in unpack(row["images"])}


def _screen_log(row: Row) -> ScreenLog:
    return ScreenLog(
        f"L{row['serial']}", row["title"], row["text"], row["image"], moment(row["approved_at"]),
        row["number"], row["category"], row["stars"],
    )  # fmt: skip


def _event_line(row: Row) -> EventLine:
    return EventLine(
        id=row["id"],
        serial=row["serial"],
        number=row["number"],
        title=row["title"],
        status=Status(row["status"]),
        category=row["category"],
        tier=Tier(row["tier"]),
        urgent=bool(row["urgent"]),
        grid=row["grid"],
        created_at=moment(row["created_at"]),
        deadline=moment(row["deadline"]),
        handler=row["handler"] or "",
        people=row["people"],
        stars=row["stars"],
    )
