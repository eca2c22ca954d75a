"""Who people are and which chats there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.events import OPEN
from core.messages import Audience, Chat, ChatKind
from core.people import Person, Role
from storage.outbox import OutgoingState
from storage.sql import Row, Session, marks

_OPEN = ", ".join(f"'{status}'" for status in sorted(OPEN))
_CHAT = "id, channel, account, external, kind, audience, area, title, daily"


@dataclass(frozen=True, slots=True)
class Arriving:
    """Who sent a message, in which chat, and how many of their photos wait for a report.

    `direct_chat`: the platform's id of the sender's 1:1 chat there, "" while there is none; `reachable`: they have one on any channel.
    """

    person: Person | None
    chat: Chat | None
    loose_photos: int
    direct_chat: str = ""
    reachable: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """A person on a channel. `direct_chat` is the platform's id of their 1:1 chat, empty while there is none."""

    channel: str
    account: str
    external: str
    direct_chat: str
    id: int = field(default=0, compare=False)


class People:
    """core.ports.People, and the door's question about an arriving message."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def arriving(self, channel: str, account: str, sender: str, chat: str, loose_since: datetime) -> Arriving:
        """Sender, chat and waiting photos in one statement, since every message asks for them."""
        row = await self._session.one(
            """
            SELECT p.id AS person_id, p.name AS person_name, p.role AS person_role, p.area AS person_area,
                   i.direct_chat,
                   EXISTS (SELECT 1 FROM identity e WHERE e.person_id = p.id AND e.direct_chat <> '') AS reachable,
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
        chat_found = to_chat(row) if row["id"] is not None else None
        return Arriving(person, chat_found, row["loose"], row["direct_chat"] or "", bool(row["reachable"]))

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
            "SELECT channel, account, external, direct_chat, id FROM identity WHERE person_id = ? ORDER BY id DESC LIMIT ?",
            person, limit,
        )  # fmt: skip
        return tuple(
            Identity(row["channel"], row["account"], row["external"], row["direct_chat"], row["id"]) for row in rows
        )


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

    async def find(self, channel: str, account: str, external: str) -> Chat | None:
        """The chat that the platform knows by that id."""
        row = await self._session.one(
            f"SELECT {_CHAT} FROM chat WHERE channel = ? AND account = ? AND external = ?", channel, account, external
        )
        return to_chat(row) if row else None

    async def community(self, chat: int) -> str:
        """The code of the community the chat is bound to, "" for none."""
        row = await self._session.one("SELECT community FROM chat WHERE id = ?", chat)
        return str(row["community"]) if row else ""

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

    async def bound_part(self, channel: str, account: str, external: str) -> Chat | None:
        """The group of that platform's id, or the topic of it, that was bound to an area; the whole group first."""
        row = await self._session.one(
            f"SELECT {_CHAT} FROM chat WHERE channel = ? AND account = ? AND (external = ? OR external LIKE ?) "
            "AND kind = ? AND area <> '' ORDER BY CASE WHEN external = ? THEN 0 ELSE 1 END, id LIMIT 1",
            channel, account, external, f"{external}/%", ChatKind.GROUP, external,
        )  # fmt: skip
        return to_chat(row) if row else None

    async def bound(self, channel: str, limit: int = 1000) -> dict[str, str]:
        """The groups of the channel that are bound to an area: their titles by the platform's ids."""
        rows = await self._session.all(
            "SELECT external, title FROM chat WHERE channel = ? AND kind = ? AND area <> '' ORDER BY id LIMIT ?",
            channel, ChatKind.GROUP, limit,
        )  # fmt: skip
        return {row["external"]: row["title"] or row["external"] for row in rows}

    async def switch(self, channel: str, account: str, external: str, trouble: str) -> tuple[Chat, ...]:
        """A group that removed the bot, with its topics, gets no more posts, for that reason, until it is back (""): those bound
        to an area that were not so before."""
        rows = await self._session.all(
            "UPDATE chat SET active = ?, trouble = ? WHERE channel = ? AND account = ? AND (external = ? OR external LIKE ?) "
            f"AND active <> ? RETURNING {_CHAT}",
            not trouble, trouble[:255], channel, account, external, f"{external}/%", not trouble,
        )  # fmt: skip
        return tuple(to_chat(row) for row in rows if row["kind"] == ChatKind.GROUP and row["area"])

    async def move(self, channel: str, account: str, old: str, new: str) -> None:
        """The platform gave a group, with its topics, another id; what was already known under the new one gives way, and what
        was still to be said to it is not said."""
        await self._session.all(
            "UPDATE outgoing SET state = ? WHERE state = ? AND chat_id IN (SELECT id FROM chat WHERE channel = ? AND account = ? "
            "AND (external = ? OR external LIKE ?)) AND EXISTS (SELECT 1 FROM chat o WHERE o.channel = ? AND o.account = ? "
            "AND o.external = ?)",
            OutgoingState.WITHDRAWN, OutgoingState.WAITING, channel, account, new, f"{new}/%", channel, account, old,
        )  # fmt: skip
        await self._session.all(
            "UPDATE chat SET external = external || '#' || CAST(id AS TEXT), active = ? WHERE channel = ? AND account = ? "
            "AND (external = ? OR external LIKE ?) AND EXISTS (SELECT 1 FROM chat o WHERE o.channel = ? AND o.account = ? "
            "AND o.external = ?)",
            False, channel, account, new, f"{new}/%", channel, account, old,
        )  # fmt: skip
        await self._session.all(
            "UPDATE chat SET external = ? || SUBSTR(external, ?) WHERE channel = ? AND account = ? "
            "AND (external = ? OR external LIKE ?)",
            new, len(old) + 1, channel, account, old, f"{old}/%",
        )  # fmt: skip


def to_person(row: Row) -> Person:
    return Person(row["id"], row["name"], Role(row["role"]), row["area"])


def to_chat(row: Row) -> Chat:
    return Chat(
        row["id"], row["channel"], row["account"], row["external"],
        ChatKind(row["kind"]), Audience(row["audience"]), row["area"], row["title"], bool(row["daily"]),
    )  # fmt: skip
