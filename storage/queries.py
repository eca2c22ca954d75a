"""What the pages show. Questions only: run them with Database.read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.events import Event, EventPhoto, Report, Status, Tier
from core.facts import Fact, FactKind
from core.messages import Json
from core.people import Person
from narratives.publications import Publication, PublicationKind, PublicationState
from storage.events import OPEN_STATUSES
from storage.sql import Row, Value, marks, moment, unpack

if TYPE_CHECKING:
    from storage.unit_of_work import Unit

# What a screen turns through: which kinds, at most how many, and how old.
_ON_SCREEN: tuple[tuple[tuple[PublicationKind, ...], int, timedelta | None], ...] = (
    ((PublicationKind.LOG,), 12, None),
    ((PublicationKind.NOTICE,), 6, timedelta(days=14)),
    ((PublicationKind.HONOURS, PublicationKind.MONTH), 2, timedelta(days=45)),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """Something published as the door shows it: `number` is L3, `images` media names."""

    kind: PublicationKind
    number: str
    title: str
    text: str
    images: tuple[str, ...]
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class ScreenState:
    """Events open and closed, and what is published, newest first."""

    open: int
    closed: int
    shown: tuple[Shown, ...]


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
    log: Publication | None
    people: dict[int, Person]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done with what is published; `name` is whose deed it was, "" for Huying's own."""

    kind: FactKind
    at: datetime
    name: str
    data: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many publications of a community wait for approval, and since when the oldest of them."""

    count: int
    since: datetime


async def screen_state(uow: Unit, communities: Sequence[str], now: datetime, grid: str | None = None) -> ScreenState:
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
    shown: list[Shown] = []
    for kinds, most, since in _ON_SCREEN:
        shown += await _shown(uow, communities, grid, kinds, most, now - since if since else None)
    assert counted is not None
    return ScreenState(counted["opened"], counted["closed"], tuple(shown))


async def _shown(
    uow: Unit,
    communities: Sequence[str],
    grid: str | None,
    kinds: Sequence[PublicationKind],
    limit: int,
    since: datetime | None,
) -> list[Shown]:
    """What is approved, newest first; a grid sees its own and what is for its whole community."""
    where = f"p.community IN ({marks(len(communities))}) AND p.state = ? AND p.kind IN ({marks(len(kinds))})"
    values: list[Value] = [*communities, PublicationState.APPROVED, *kinds]
    if grid is not None:
        where, values = f"{where} AND p.area IN (?, p.community)", [*values, grid]
    if since is not None:
        where, values = f"{where} AND p.approved_at >= ?", [*values, since]
    rows = await uow.session.all(
        f"""
        SELECT p.kind, p.serial, p.title, p.text, p.images, p.approved_at
          FROM publication p LEFT JOIN event e ON e.id = p.event_id
         WHERE {where} AND (e.id IS NULL OR e.private = ?)
         ORDER BY p.approved_at DESC, p.id DESC LIMIT ?
        """,
        *values, False, limit,
    )  # fmt: skip
    return [
        Shown(
            PublicationKind(row["kind"]),
            f"L{row['serial']}",
            row["title"],
            row["text"],
            tuple(unpack(row["images"])),
            moment(row["approved_at"]),
        )
        for row in rows
    ]


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
    return EventDetail(found, reports, facts, photos, await uow.publications.of_event(event), people)


# What is told of a publication's history: the facts whose data name it under `log`.
DEEDS = (
    FactKind.LOG_DRAFTED, FactKind.LOG_CHANGED, FactKind.LOG_CONFIRMED, FactKind.LOG_APPROVED, FactKind.LOG_UNDONE,
    FactKind.LOG_REFUSED, FactKind.LOG_WITHDRAWN, FactKind.PHOTO_DROPPED, FactKind.PHOTO_RESTORED, FactKind.PHOTO_COVERED,
    FactKind.NOTICE_WRITTEN, FactKind.POSTER_ASKED,
)  # fmt: skip


async def deeds(uow: Unit, publication: Publication, limit: int = 200) -> tuple[Deed, ...]:
    """What was done with it and by whom, oldest first."""
    where, values = "f.event_id = ?", [publication.event]
    if publication.event is None:
        where, values = "f.event_id IS NULL", []
    rows = await uow.session.all(
        f"""
        SELECT f.kind, f.at, f.data, p.name FROM fact f LEFT JOIN person p ON p.id = f.actor_id
         WHERE {where} AND f.community = ? AND f.kind IN ({marks(len(DEEDS))}) AND CAST(f.data ->> 'log' AS TEXT) = ?
         ORDER BY f.id LIMIT ?
        """,
        *values, publication.community, *DEEDS, str(publication.serial), limit,
    )  # fmt: skip
    return tuple(Deed(FactKind(row["kind"]), moment(row["at"]), row["name"] or "", unpack(row["data"])) for row in rows)


async def waiting_in(uow: Unit, communities: Sequence[str]) -> dict[str, Waiting]:
    """What waits for approval, by community; one with nothing to decide is not in it."""
    if not communities:
        return {}
    rows = await uow.session.all(
        f"SELECT community, count(*) AS waiting, min(at) AS since FROM publication WHERE state = ? "
        f"AND community IN ({marks(len(communities))}) GROUP BY community",
        PublicationState.WAITING, *communities,
    )  # fmt: skip
    return {row["community"]: Waiting(row["waiting"], moment(row["since"])) for row in rows}


async def serial_of_token(uow: Unit, community: str, token: str) -> int | None:
    """The number of the community's publication that was begun with this token, whatever became of it."""
    row = await uow.session.one("SELECT serial FROM publication WHERE token = ? AND community = ?", token, community)
    return int(row["serial"]) if row else None


async def media_names(uow: Unit) -> frozenset[str]:
    """Every picture somebody mentions: what MediaStore.sweep must keep. Bounded only by what there is."""
    rows = await uow.session.all("SELECT name FROM event_photo")
    said = await uow.session.all(
        "SELECT CAST(images AS TEXT) AS images FROM outgoing UNION SELECT CAST(images AS TEXT) FROM publication"
    )
    return frozenset(row["name"] for row in rows) | {name for row in said for name in unpack(row["images"])}


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
