"""Who people are and which chats there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.events import OPEN
from core.messages import Audience, Chat, ChatKind
from core.people import Person, Role
from storage.sql import Row, Session, marks

_OPEN = ", ".join(f"'{status}'" for status in sorted(OPEN))
_CHAT = "id, channel, account, external, kind, audience, area, title, daily"


@dataclass(frozen=True, slots=True)
class Arriving:
    """Who sent a message, in which chat, and how many of their photos wait for a report."""

    person: Person | None
    chat: Chat | None
    loose_photos: int


@dataclass(frozen=True, slots=True)
class Identity:
    """A person on a channel. `direct_chat` is the platform's id of their 1:1 chat, empty while there is none."""

    channel: str
    account: str
    external: str
    direct_chat: str


class People:
    """core.ports.People, and the door's question about an arriving message."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def arriving(self, channel: str, account: str, sender: str, chat: str, loose_since: datetime) -> Arriving:
        """Sender, chat and waiting photos in one statement, since every message asks for them."""
        row = await self._session.one(
            """
            SELECT p.id AS person_id, p.name AS person_name, p.role AS person_role, p.area AS person_area,
                   c.id, c.channel, c.account, c.external, c.kind, c.audience, c.area, c.title, c.daily,
                   (SELECT count(*) FROM event_photo f
                     WHERE f.person_id = p.id AND f.event_id IS NULL AND f.at >= ?) AS loose
              FROM (SELECT 1 AS one) AS always
              LEFT JOIN identity i ON i.channel = ? AND i.account = ? AND i.external = ?
              LEFT JOIN person p ON p.id = i.person_id
              LEFT JOIN chat c ON c.channel = ? AND c.account = ? AND c.external = ?
            """,
            loose_since, channel, account, sender, channel, account, chat,
        )  # fmt: skip
        assert row is not None  # the one row of `always`
        person = None
        if row["person_id"] is not None:
            person = Person(row["person_id"], row["person_name"], Role(row["person_role"]), row["person_area"])
        return Arriving(person, to_chat(row) if row["id"] is not None else None, row["loose"])

    async def get(self, person: int) -> Person:
        """Raises KeyError when there is none."""
        return (await self.many((person,)))[person]

    async def many(self, people: Sequence[int]) -> dict[int, Person]:
        wanted = tuple(dict.fromkeys(people))
        if not wanted:
            return {}
        rows = await self._session.all(
            f"SELECT id, name, role, area FROM person WHERE id IN ({marks(len(wanted))})", *wanted
        )
        return {row["id"]: to_person(row) for row in rows}

    async def on_duty(self, grid: str, community: str, role: Role, street: str) -> Person | None:
        areas = {
            Role.GRID_WORKER: (grid, community),
            Role.COMMUNITY_STAFF: (community,),
            Role.STREET_STAFF: (street,),
        }.get(role, ())
        if not areas:
            return None
        row = await self._session.one(
            f"""
            SELECT p.id, p.name, p.role, p.area FROM person p
             WHERE p.role = ? AND p.area IN ({marks(len(areas))})
             ORDER BY CASE WHEN p.area = ? THEN 0 ELSE 1 END,
                      (SELECT count(*) FROM event e WHERE e.handler_id = p.id AND e.status IN ({_OPEN})),
                      p.id
             LIMIT 1
            """,
            role, *areas, grid,
        )  # fmt: skip
        return to_person(row) if row else None

    async def staff(self, community: str, street: str, limit: int = 50) -> tuple[Person, ...]:
        rows = await self._session.all(
            """
            SELECT id, name, role, area FROM person
             WHERE (community = ? AND role IN (?, ?)) OR (area = ? AND role = ?)
             ORDER BY CASE role WHEN ? THEN 0 WHEN ? THEN 1 ELSE 2 END, area, id LIMIT ?
            """,
            community, Role.GRID_WORKER, Role.COMMUNITY_STAFF, street, Role.STREET_STAFF,
            Role.GRID_WORKER, Role.COMMUNITY_STAFF, limit,
        )  # fmt: skip
        return tuple(to_person(row) for row in rows)

    async def in_role(self, area: str, role: Role, limit: int = 50) -> tuple[Person, ...]:
        """Everybody of that role in exactly that area."""
        rows = await self._session.all(
            "SELECT id, name, role, area FROM person WHERE role = ? AND area = ? ORDER BY id LIMIT ?",
            role, area, limit,
        )  # fmt: skip
        return tuple(to_person(row) for row in rows)

    async def identities(self, person: int, limit: int = 20) -> tuple[Identity, ...]:
        """On which channels the person is known, newest first."""
        rows = await self._session.all(
            "SELECT channel, account, external, direct_chat FROM identity WHERE person_id = ? ORDER BY id DESC LIMIT ?",
            person, limit,
        )  # fmt: skip
        return tuple(Identity(row["channel"], row["account"], row["external"], row["direct_chat"]) for row in rows)


class Chats:
    """core.ports.Chats."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, chat: int) -> Chat:
        """Raises KeyError when there is none."""
        row = await self._session.one(f"SELECT {_CHAT} FROM chat WHERE id = ?", chat)
        if row is None:
            raise KeyError(chat)
        return to_chat(row)

    async def groups(self, community: str, audience: Audience, grid: str | None = None) -> tuple[Chat, ...]:
        where, values = "", []
        if grid is not None:
            where, values = "AND area IN (?, ?)", [grid, community]
        rows = await self._session.all(
            f"""
            SELECT {_CHAT} FROM chat WHERE community = ? AND audience = ? AND kind = ? AND active = ? {where}
             ORDER BY id LIMIT 500
            """,
            community, audience, ChatKind.GROUP, True, *values,
        )  # fmt: skip
        return tuple(to_chat(row) for row in rows)

    async def set_active(self, chat: int, active: bool) -> None:
        """A group that removed the bot gets no more posts, until it is back."""
        await self._session.all("UPDATE chat SET active = ? WHERE id = ?", active, chat)


def to_person(row: Row) -> Person:
    return Person(row["id"], row["name"], Role(row["role"]), row["area"])


def to_chat(row: Row) -> Chat:
    return Chat(
        row["id"], row["channel"], row["account"], row["external"],
        ChatKind(row["kind"]), Audience(row["audience"]), row["area"], row["title"], bool(row["daily"]),
    )  # fmt: skip
