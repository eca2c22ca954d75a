"""One-time links to the workbench, and the sessions they open; of what a person holds only a digest is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.sql import Session


class LoginKind(StrEnum):
    LINK = "link"  # opens one session
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Opened:
    """A link used for the first time: whose it is, and the page it leads to."""

    person: int
    target: str


class Logins:
    """`secret` is what the person holds, 128 random bits or more: it cannot be found by its digest."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(
        self, kind: LoginKind, secret: str, person: int, now: datetime, expires_at: datetime, target: str = ""
    ) -> None:
        await self._session.all(
            "INSERT INTO login (kind, digest, person_id, target, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
            kind, _digest(secret), person, target, now, expires_at,
        )  # fmt: skip

    async def use_link(self, secret: str, now: datetime) -> Opened | None:
        """The first time, until it ends; None for any other."""
        row = await self._session.one(
            "UPDATE login SET used_at = ? WHERE digest = ? AND kind = ? AND used_at IS NULL AND expires_at > ? "
            "RETURNING person_id, target",
            now, _digest(secret), LoginKind.LINK, now,
        )  # fmt: skip
        return Opened(row["person_id"], row["target"]) if row else None

    async def is_open(self, secret: str, now: datetime) -> bool:
        """Whether the link could still be used."""
        row = await self._session.one(
            "SELECT id FROM login WHERE digest = ? AND kind = ? AND used_at IS NULL AND expires_at > ?",
            _digest(secret), LoginKind.LINK, now,
        )  # fmt: skip
        return row is not None

    async def person_of(self, secret: str, now: datetime) -> int | None:
        """Whose session it is; None when it has ended or never was."""
        row = await self._session.one(
            "SELECT person_id FROM login WHERE digest = ? AND kind = ? AND used_at IS NULL AND expires_at > ?",
            _digest(secret), LoginKind.SESSION, now,
        )  # fmt: skip
        return int(row["person_id"]) if row else None

    async def end(self, secret: str, now: datetime) -> None:
        """Leave: the session opens nothing any more."""
        await self._session.all(
            "UPDATE login SET used_at = ? WHERE digest = ? AND used_at IS NULL", now, _digest(secret)
        )

    async def sweep(self, before: datetime) -> int:
        """Forget what ended before then; returns how many."""
        return len(await self._session.all("DELETE FROM login WHERE expires_at < ? RETURNING id", before))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
