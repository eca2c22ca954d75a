"""What is published: handling logs, notices and posters; and what waits for a group's one post a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.errors import Conflict
from core.messages import Json
from narratives.publications import Publication, PublicationKind, PublicationState
from storage.events import next_of
from storage.sql import Row, Session, Value, marks, maybe_moment, moment, pack, tuples, unpack

_COLUMNS = (
    "community", "serial", "kind", "area", "event_id", "state", "title", "text", "at", "token", "month", "images", "photos",
    "minor", "changed_text", "dropped", "boxes", "author_id", "edition", "confirmed_by_id", "approved_by_id", "approved_at",
    "remind_at", "reason", "version",
)  # fmt: skip
_PUBLICATION = ", ".join(f"p.{column}" for column in ("id", *_COLUMNS))
_INSERT = f"INSERT INTO publication ({', '.join(_COLUMNS)}) VALUES ({marks(len(_COLUMNS))}) RETURNING id"
_UPDATE = f"UPDATE publication SET {', '.join(f'{c} = ?' for c in _COLUMNS)} WHERE id = ? AND version = ? RETURNING id"


# What digests are made of: nothing that its reporter has made private since.
_TELLABLE = """JOIN publication p ON p.id = d.publication_id
    LEFT JOIN event e ON e.id = p.event_id AND e.private = FALSE"""


class Publications:
    """narratives.ports.Publications."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def next_serial(self, community: str) -> int:
        return await next_of(self._session, community, "log")

    async def add(self, publication: Publication) -> Publication:
        row = await self._session.one(_INSERT, *_values(publication))
        assert row is not None
        return replace(publication, id=int(row["id"]))

    async def get(self, publication: int) -> Publication:
        """Raises KeyError when there is none."""
        found = await self._all("WHERE p.id = ?", publication)
        if not found:
            raise KeyError(publication)
        return found[0]

    async def by_serial(self, community: str, serial: int) -> Publication | None:
        return await self._first("WHERE p.community = ? AND p.serial = ?", community, serial)

    async def by_token(self, token: str) -> Publication | None:
        """What is approved and has that public page."""
        if not token:  # what was approved before there were pages has none
            return None
        return await self._first("WHERE p.token = ? AND p.state = ?", token, PublicationState.APPROVED)

    async def of_event(self, event: int) -> Publication | None:
        return await self._first("WHERE p.event_id = ? ORDER BY p.id DESC LIMIT 1", event)

    async def of_month(self, community: str, kind: PublicationKind, month: str) -> Publication | None:
        return await self._first(
            "WHERE p.community = ? AND p.kind = ? AND p.month = ? ORDER BY p.id DESC LIMIT 1", community, kind, month
        )

    async def waiting(self, community: str, limit: int = 20) -> tuple[Publication, ...]:
        return await self._all(
            "WHERE p.community = ? AND p.state = ? ORDER BY p.at, p.id LIMIT ?",
            community, PublicationState.WAITING, limit,
        )  # fmt: skip

    async def latest(self, community: str, limit: int = 50) -> tuple[Publication, ...]:
        """Newest first, whatever became of it."""
        return await self._all("WHERE p.community = ? ORDER BY p.id DESC LIMIT ?", community, limit)

    async def to_remind(self, now: datetime, limit: int = 50) -> tuple[Publication, ...]:
        return await self._all(
            "WHERE p.state = ? AND p.remind_at <= ? ORDER BY p.at, p.id LIMIT ?", PublicationState.WAITING, now, limit
        )

    async def save(self, publication: Publication) -> Publication:
        saved = replace(publication, version=publication.version + 1)
        if await self._session.one(_UPDATE, *_values(saved), publication.id, publication.version) is None:
            raise Conflict(f"publication {publication.id} is no longer at version {publication.version}")
        return saved

    async def keep_for_digest(self, publication: int, chats: Sequence[int]) -> None:
        if not chats:
            return
        values: list[Value] = []
        for chat in chats:
            values += (chat, publication, "")
        await self._session.all(
            f"INSERT INTO digest_item (chat_id, publication_id, day) VALUES {tuples(3, len(chats))} "
            "ON CONFLICT (chat_id, publication_id) DO NOTHING",
            *values,
        )

    async def leave_digests(self, publication: int) -> int:
        rows = await self._session.all(
            "DELETE FROM digest_item WHERE publication_id = ? AND day = '' RETURNING id", publication
        )
        return len(rows)

    async def digests_of(self, publication: int) -> tuple[tuple[int, str], ...]:
        rows = await self._session.all(
            "SELECT chat_id, day FROM digest_item WHERE publication_id = ? AND day <> '' ORDER BY chat_id", publication
        )
        return tuple((int(row["chat_id"]), str(row["day"])) for row in rows)

    async def reopen_digest(self, chat: int, day: str) -> None:
        await self._session.all("UPDATE digest_item SET day = '' WHERE chat_id = ? AND day = ?", chat, day)

    async def digests_due(self, moment: datetime, day: str, limit: int = 100) -> tuple[int, ...]:
        """The groups that have something approved by then to read, and had no digest that day or later."""
        rows = await self._session.all(
            f"SELECT DISTINCT d.chat_id FROM digest_item d {_TELLABLE} "
            "WHERE d.day = '' AND p.state = ? AND (p.event_id IS NULL OR e.id IS NOT NULL) AND p.approved_at <= ? AND NOT EXISTS "
            "(SELECT 1 FROM digest_item x WHERE x.chat_id = d.chat_id AND x.day >= ?) ORDER BY d.chat_id LIMIT ?",
            PublicationState.APPROVED, moment, day, limit,
        )  # fmt: skip
        return tuple(int(row["chat_id"]) for row in rows)

    async def awaits_digest(self) -> bool:
        """Whether anything approved waits for a digest."""
        row = await self._session.one(
            f"SELECT d.id FROM digest_item d {_TELLABLE} WHERE d.day = '' AND p.state = ? AND (p.event_id IS NULL OR e.id IS NOT NULL) LIMIT 1",
            PublicationState.APPROVED,
        )  # fmt: skip
        return row is not None

    async def for_digest(self, chat: int, moment: datetime, limit: int) -> tuple[Publication, ...]:
        """What waits for the digest of a group, approved by then and still, oldest first."""
        return await self._all(
            "JOIN digest_item d ON d.publication_id = p.id LEFT JOIN event e ON e.id = p.event_id "
            "WHERE d.chat_id = ? AND d.day = '' AND p.state = ? AND COALESCE(e.private, FALSE) = FALSE "
            "AND p.approved_at <= ? ORDER BY p.approved_at, p.id LIMIT ?",
            chat, PublicationState.APPROVED, moment, limit,
        )  # fmt: skip

    async def digested(self, chat: int, publications: Sequence[int], day: str) -> int:
        """They are in the group's digest of that day; returns how many were still approved and waiting for one."""
        rows = await self._session.all(
            f"UPDATE digest_item SET day = ? WHERE chat_id = ? AND day = '' AND publication_id IN "
            f"(SELECT p.id FROM publication p LEFT JOIN event e ON e.id = p.event_id WHERE p.id IN ({marks(len(publications))}) "
            "AND p.state = ? AND COALESCE(e.private, FALSE) = FALSE) RETURNING id",
            day, chat, *publications, PublicationState.APPROVED,
        )  # fmt: skip
        return len(rows)

    async def _first(self, where: str, *values: Value) -> Publication | None:
        found = await self._all(where, *values)
        return found[0] if found else None

    async def _all(self, where: str, *values: Value) -> tuple[Publication, ...]:
        rows = await self._session.all(f"SELECT {_PUBLICATION} FROM publication p {where}", *values)
        return tuple(to_publication(row) for row in rows)


def to_publication(row: Row) -> Publication:
    return Publication(
        id=row["id"],
        community=row["community"],
        serial=row["serial"],
        kind=PublicationKind(row["kind"]),
        area=row["area"],
        event=row["event_id"],
        state=PublicationState(row["state"]),
        title=row["title"],
        text=row["text"],
        at=moment(row["at"]),
        token=row["token"],
        month=row["month"],
        images=tuple(unpack(row["images"])),
        photos=tuple(unpack(row["photos"])),
        minor=row["minor"],
        changed_text=row["changed_text"],
        dropped=tuple(unpack(row["dropped"])),
        boxes={name: tuple((x, y, w, h) for x, y, w, h in boxes) for name, boxes in unpack(row["boxes"]).items()},
        author=row["author_id"],
        edition=row["edition"],
        confirmed_by=row["confirmed_by_id"],
        approved_by=row["approved_by_id"],
        approved_at=maybe_moment(row["approved_at"]),
        remind_at=maybe_moment(row["remind_at"]),
        reason=row["reason"],
        version=row["version"],
    )


def _values(one: Publication) -> tuple[Value, ...]:
    """In the order of _COLUMNS."""
    boxes: dict[str, Json] = {name: [list(box) for box in own] for name, own in one.boxes.items()}
    return (
        one.community, one.serial, one.kind, one.area, one.event, one.state, one.title, one.text, one.at, one.token, one.month,
        pack(one.images), pack(one.photos), one.minor, one.changed_text, pack(one.dropped), pack(boxes), one.author,
        one.edition, one.confirmed_by, one.approved_by, one.approved_at, one.remind_at, one.reason, one.version,
    )  # fmt: skip
