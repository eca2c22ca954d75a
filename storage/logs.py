"""The handling logs 治理叙事."""

from __future__ import annotations

from dataclasses import replace

from core.errors import Conflict
from narratives.logs import HandlingLog, LogState
from storage.events import next_of
from storage.sql import Row, Session, Value, marks, maybe_moment, moment

_COLUMNS = (
    "community", "serial", "event_id", "state", "title", "text", "changed_text", "image", "at",
    "approved_by_id", "approved_at", "reason", "version",
)  # fmt: skip
_LOG = ", ".join(("id", *_COLUMNS))
_INSERT = f"INSERT INTO handling_log ({', '.join(_COLUMNS)}) VALUES ({marks(len(_COLUMNS))}) RETURNING id"
_UPDATE = f"UPDATE handling_log SET {', '.join(f'{c} = ?' for c in _COLUMNS)} WHERE id = ? AND version = ? RETURNING id"


class Logs:
    """narratives.ports.Logs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def next_serial(self, community: str) -> int:
        return await next_of(self._session, community, "log")

    async def add(self, log: HandlingLog) -> HandlingLog:
        row = await self._session.one(_INSERT, *_values(log))
        assert row is not None
        return replace(log, id=int(row["id"]))

    async def get(self, log: int) -> HandlingLog:
        """Raises KeyError when there is none."""
        found = await self._all("WHERE id = ?", log)
        if not found:
            raise KeyError(log)
        return found[0]

    async def by_serial(self, community: str, serial: int) -> HandlingLog | None:
        found = await self._all("WHERE community = ? AND serial = ?", community, serial)
        return found[0] if found else None

    async def of_event(self, event: int) -> HandlingLog | None:
        found = await self._all("WHERE event_id = ? ORDER BY id DESC LIMIT 1", event)
        return found[0] if found else None

    async def waiting(self, community: str, limit: int = 20) -> tuple[HandlingLog, ...]:
        return await self._all(
            "WHERE community = ? AND state = ? ORDER BY at, id LIMIT ?", community, LogState.WAITING, limit
        )

    async def save(self, log: HandlingLog) -> HandlingLog:
        saved = replace(log, version=log.version + 1)
        if await self._session.one(_UPDATE, *_values(saved), log.id, log.version) is None:
            raise Conflict(f"log {log.id} is no longer at version {log.version}")
        return saved

    async def _all(self, where: str, *values: Value) -> tuple[HandlingLog, ...]:
        return tuple(
            to_log(row) for row in await self._session.all(f"SELECT {_LOG} FROM handling_log {where}", *values)
        )


def to_log(row: Row) -> HandlingLog:
    return HandlingLog(
        id=row["id"],
        community=row["community"],
        serial=row["serial"],
        event=row["event_id"],
        state=LogState(row["state"]),
        title=row["title"],
        text=row["text"],
        at=moment(row["at"]),
        image=row["image"],
        changed_text=row["changed_text"],
        approved_by=row["approved_by_id"],
        approved_at=maybe_moment(row["approved_at"]),
        reason=row["reason"],
        version=row["version"],
    )


def _values(log: HandlingLog) -> tuple[Value, ...]:
    """In the order of _COLUMNS."""
    return (
        log.community, log.serial, log.event, log.state, log.title, log.text, log.changed_text, log.image, log.at,
        log.approved_by, log.approved_at, log.reason, log.version,
    )  # fmt: skip
