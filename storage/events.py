"""Events, the reports that belong to them, and their photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.errors import Conflict
from core.events import OPEN, Event, EventPhoto, Kind, Report, ReportKind, Stage, Status, Tier
from core.messages import Photo
from storage.sql import Row, Session, Value, marks, maybe_moment, moment, tuples

OPEN_STATUSES = ", ".join(f"'{status}'" for status in sorted(OPEN))

_COLUMNS = (
    "community", "serial", "number", "kind", "status", "tier", "category", "grid", "title", "place", "urgent",
    "reporter_id", "handler_id", "created_at", "deadline", "handled_at", "rate_by", "closed_at", "stars", "comment",
    "private", "photos_allowed", "people", "reopened", "adopted", "merged_into_id", "version",
)  # fmt: skip
EVENT = ", ".join(f"e.{column}" for column in ("id", *_COLUMNS))
_INSERT = f"INSERT INTO event ({', '.join(_COLUMNS)}) VALUES ({marks(len(_COLUMNS))}) RETURNING id"
_UPDATE = f"UPDATE event SET {', '.join(f'{c} = ?' for c in _COLUMNS)} WHERE id = ? AND version = ? RETURNING id"


class Events:
    """core.ports.Events."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def next_serial(self, community: str) -> int:
        return await next_of(self._session, community, "event")

    async def add(self, event: Event) -> int:
        row = await self._session.one(_INSERT, *_values(event))
        assert row is not None
        return int(row["id"])

    async def get(self, event: int) -> Event:
        """Raises KeyError when there is none."""
        found = await self._all("WHERE e.id = ?", event)
        if not found:
            raise KeyError(event)
        return found[0]

    async def by_serial(self, community: str, serial: int) -> Event | None:
        found = await self._all("WHERE e.community = ? AND e.serial = ?", community, serial)
        return found[0] if found else None

    async def save(self, event: Event) -> Event:
        saved = replace(event, version=event.version + 1)
        if await self._session.one(_UPDATE, *_values(saved), event.id, event.version) is None:
            raise Conflict(f"event {event.id} is no longer at version {event.version}")
        return saved

    async def open_in_grid(self, community: str, grid: str, since: datetime, limit: int = 200) -> tuple[Event, ...]:
        return await self._all(
            f"WHERE e.community = ? AND e.grid = ? AND e.created_at >= ? AND e.status IN ({OPEN_STATUSES}) "
            "ORDER BY e.created_at DESC, e.id DESC LIMIT ?",
            community, grid, since, limit,
        )  # fmt: skip

    async def of_reporter(self, person: int, limit: int = 10) -> tuple[Event, ...]:
        return await self._all(
            "WHERE e.id IN (SELECT event_id FROM report WHERE person_id = ?) "
            "ORDER BY e.created_at DESC, e.id DESC LIMIT ?",
            person, limit,
        )  # fmt: skip

    async def of_handler(self, person: int, limit: int = 30) -> tuple[Event, ...]:
        return await self._all(
            f"WHERE e.handler_id = ? AND e.status IN ({OPEN_STATUSES}) ORDER BY e.deadline, e.id LIMIT ?",
            person, limit,
        )  # fmt: skip

    async def unassigned(self, community: str, limit: int = 30) -> tuple[Event, ...]:
        return await self._all(
            "WHERE e.community = ? AND e.status = ? ORDER BY e.created_at, e.id LIMIT ?", community, Status.NEW, limit
        )

    async def to_expire(self, now: datetime, limit: int = 50) -> tuple[Event, ...]:
        return await self._all(
            "WHERE e.status = ? AND e.rate_by <= ? ORDER BY e.rate_by, e.id LIMIT ?",
            Status.AWAITING_FEEDBACK, now, limit,
        )  # fmt: skip

    async def _all(self, where: str, *values: Value) -> tuple[Event, ...]:
        rows = await self._session.all(f"SELECT {EVENT} FROM event e {where}", *values)
        return tuple(to_event(row) for row in rows)


class Reports:
    """core.ports.Reports."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, event: int, person: int, chat: int | None, kind: ReportKind, text: str, at: datetime) -> None:
        await self._session.all(
            "INSERT INTO report (event_id, person_id, chat_id, kind, text, at) VALUES (?, ?, ?, ?, ?, ?)",
            event, person, chat, kind, text, at,
        )  # fmt: skip

    async def of_event(self, event: int, limit: int = 200) -> tuple[Report, ...]:
        """Oldest first."""
        rows = await self._session.all(
            "SELECT id, event_id, person_id, chat_id, kind, text, at FROM report WHERE event_id = ? ORDER BY id LIMIT ?",
            event, limit,
        )  # fmt: skip
        return tuple(
            Report(
                row["id"], row["event_id"], row["person_id"], row["chat_id"],
                ReportKind(row["kind"]), row["text"], moment(row["at"]),
            )
            for row in rows
        )  # fmt: skip

    async def is_reporter(self, event: int, person: int) -> bool:
        found = await self._session.one(
            "SELECT 1 AS found FROM report WHERE event_id = ? AND person_id = ? LIMIT 1", event, person
        )
        return found is not None

    async def move(self, source: int, target: int) -> None:
        await self._session.all(
            "UPDATE report SET event_id = ?, kind = ? WHERE event_id = ?", target, ReportKind.MERGED, source
        )


class Photos:
    """core.ports.Photos."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, event: int | None, person: int, stage: Stage, photos: Sequence[Photo], at: datetime) -> None:
        if not photos:
            return
        values: list[Value] = []
        for photo in photos:
            values += (event, person, stage, photo.name, photo.width, photo.height, at)
        await self._session.all(
            "INSERT INTO event_photo (event_id, person_id, stage, name, width, height, at) "
            f"VALUES {tuples(7, len(photos))}",
            *values,
        )

    async def take_loose(self, event: int, person: int, stage: Stage, since: datetime) -> None:
        await self._session.all(
            "UPDATE event_photo SET event_id = ?, stage = ? WHERE person_id = ? AND event_id IS NULL AND at >= ?",
            event, stage, person, since,
        )  # fmt: skip

    async def of_event(self, event: int) -> tuple[EventPhoto, ...]:
        """Oldest first; at most 200."""
        rows = await self._session.all(
            "SELECT name, width, height, event_id, person_id, stage, at FROM event_photo "
            "WHERE event_id = ? ORDER BY id LIMIT 200",
            event,
        )
        return tuple(
            EventPhoto(
                row["name"], row["width"], row["height"], row["event_id"],
                row["person_id"], Stage(row["stage"]), moment(row["at"]),
            )
            for row in rows
        )  # fmt: skip

    async def move(self, source: int, target: int) -> None:
        await self._session.all("UPDATE event_photo SET event_id = ? WHERE event_id = ?", target, source)


async def next_of(session: Session, community: str, name: str) -> int:
    """The community's next running number of that name, from 1, never given twice once committed."""
    row = await session.one(
        "INSERT INTO counter (community, name, value) VALUES (?, ?, 1) "
        "ON CONFLICT (community, name) DO UPDATE SET value = counter.value + 1 RETURNING value",
        community, name,
    )  # fmt: skip
    assert row is not None
    return int(row["value"])


def to_event(row: Row) -> Event:
    return Event(
        id=row["id"],
        community=row["community"],
        serial=row["serial"],
        kind=Kind(row["kind"]),
        status=Status(row["status"]),
        tier=Tier(row["tier"]),
        category=row["category"],
        grid=row["grid"],
        title=row["title"],
        reporter=row["reporter_id"],
        created_at=moment(row["created_at"]),
        deadline=moment(row["deadline"]),
        urgent=bool(row["urgent"]),
        place=row["place"],
        handler=row["handler_id"],
        handled_at=maybe_moment(row["handled_at"]),
        rate_by=maybe_moment(row["rate_by"]),
        closed_at=maybe_moment(row["closed_at"]),
        stars=row["stars"],
        comment=row["comment"],
        private=bool(row["private"]),
        photos_allowed=None if row["photos_allowed"] is None else bool(row["photos_allowed"]),
        people=row["people"],
        reopened=row["reopened"],
        adopted=bool(row["adopted"]),
        merged_into=row["merged_into_id"],
        number=row["number"],
        version=row["version"],
    )


def _values(event: Event) -> tuple[Value, ...]:
    """In the order of _COLUMNS."""
    return (
        event.community, event.serial, event.number, event.kind, event.status, event.tier, event.category, event.grid,
        event.title, event.place, event.urgent, event.reporter, event.handler, event.created_at, event.deadline,
        event.handled_at, event.rate_by, event.closed_at, event.stars, event.comment, event.private,
        event.photos_allowed, event.people, event.reopened, event.adopted, event.merged_into, event.version,
    )  # fmt: skip
