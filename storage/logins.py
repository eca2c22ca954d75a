"""One-time links, the sessions they open, and one-time codes; of what a person holds only a digest is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import Conflict
from storage.sql import Session, marks


class LoginKind(StrEnum):
    LINK = "link"  # opens one session
    SESSION = "session"
    PERSON = "person"  # whoever types it 1:1 becomes that person
    CHAT = "chat"  # the group in which it is typed is bound as `target` says
    MISS = "miss"  # a wrong code was typed by that person


CODES = (LoginKind.PERSON, LoginKind.CHAT)


@dataclass(frozen=True, slots=True)
class Opened:
    """A link used for the first time: whose it is, and the page it leads to."""

    person: int
    target: str


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A code that could still be used: `person` is whom it makes of somebody, or who made it for a chat."""

    kind: LoginKind
    person: int
    target: str


class Logins:
    """`secret` is what the person holds. Of a link or session it is 128 random bits or more, and cannot be found by its digest;
    a code is short, so it ends soon and wrong tries are counted."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(
        self, kind: LoginKind, secret: str, person: int, now: datetime, expires_at: datetime, target: str = ""
    ) -> None:
        """Raises Conflict when that secret is there already."""
        row = await self._session.one(
            "INSERT INTO login (kind, digest, person_id, target, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (digest) DO NOTHING RETURNING id",
            kind, _digest(secret), person, target, now, expires_at,
        )  # fmt: skip
        if row is None:
            raise Conflict("that secret was given before")

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

    async def open_code(self, secret: str, now: datetime) -> OpenCode | None:
        """The code of a person or a chat, as long as it can be used; looking does not use it up."""
        row = await self._session.one(
            f"SELECT kind, person_id, target FROM login WHERE digest = ? AND kind IN ({marks(len(CODES))}) "
            "AND used_at IS NULL AND expires_at > ?",
            _digest(secret), *CODES, now,
        )  # fmt: skip
        return OpenCode(LoginKind(row["kind"]), row["person_id"], row["target"]) if row else None

    async def use_code(self, secret: str, now: datetime) -> bool:
        """True the first time, until it ends."""
        row = await self._session.one(
            f"UPDATE login SET used_at = ? WHERE digest = ? AND kind IN ({marks(len(CODES))}) "
            "AND used_at IS NULL AND expires_at > ? RETURNING id",
            now, _digest(secret), *CODES, now,
        )  # fmt: skip
        return row is not None

    async def misses(self, person: int, now: datetime) -> int:
        """How many wrong codes the person typed lately."""
        row = await self._session.one(
            "SELECT count(*) AS misses FROM login WHERE person_id = ? AND kind = ? AND expires_at > ?",
            person, LoginKind.MISS, now,
        )  # fmt: skip
        return int(row["misses"]) if row else 0

    async def end_of(self, person: int, now: datetime, *kinds: LoginKind) -> None:
        """What opens something in that person's name opens nothing any more."""
        await self._session.all(
            f"UPDATE login SET used_at = ? WHERE person_id = ? AND kind IN ({marks(len(kinds))}) AND used_at IS NULL",
            now, person, *kinds,
        )  # fmt: skip

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
