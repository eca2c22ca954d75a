"""The groups of a community and the people who work for it, as its staff see them. Questions only: run them with Database.read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.messages import Chat, ChatKind
from core.people import Person, Role
from storage.logins import LoginKind
from storage.people import to_chat, to_person
from storage.sql import marks, maybe_moment

if TYPE_CHECKING:
    from storage.unit_of_work import Unit

WORKING = (Role.COMMUNITY_STAFF, Role.GRID_WORKER, Role.PARTNER)  # in the order in which they are listed


@dataclass(frozen=True, slots=True)
class Group:
    """A group that is bound. `trouble`: the platform's words for why nothing is sent there, where it is not `active`."""

    chat: Chat
    active: bool
    trouble: str


@dataclass(frozen=True, slots=True)
class Member:
    """`channels` on which the person is bound; `reachable`: can be spoken to 1:1; `code_until`: a code of theirs still opens."""

    person: Person
    channels: tuple[str, ...]
    reachable: bool
    code_until: datetime | None


async def groups(uow: Unit, community: str, limit: int = 200) -> tuple[Group, ...]:
    """Those of the community that were bound, residents' groups of each area first."""
    rows = await uow.session.all(
        "SELECT id, channel, account, external, kind, audience, area, title, daily, active, trouble FROM chat "
        "WHERE community = ? AND kind = ? AND area <> '' "
        "ORDER BY CASE audience WHEN 'residents' THEN 0 WHEN 'staff' THEN 1 ELSE 2 END, area, id LIMIT ?",
        community, ChatKind.GROUP, limit,
    )  # fmt: skip
    return tuple(Group(to_chat(row), bool(row["active"]), row["trouble"]) for row in rows)


async def members(uow: Unit, community: str, now: datetime, limit: int = 200) -> tuple[Member, ...]:
    """The staff and the partners of the community."""
    rows = await uow.session.all(
        f"""
        SELECT p.id, p.name, p.role, p.area,
               (SELECT max(l.expires_at) FROM login l WHERE l.person_id = p.id AND l.kind = ? AND l.used_at IS NULL
                                                        AND l.expires_at > ?) AS code_until
          FROM person p WHERE p.community = ? AND p.role IN ({marks(len(WORKING))})
         ORDER BY CASE p.role WHEN ? THEN 0 WHEN ? THEN 1 ELSE 2 END, p.area, p.id LIMIT ?
        """,
        LoginKind.PERSON, now, community, *WORKING, *WORKING[:2], limit,
    )  # fmt: skip
    if not rows:
        return ()
    ids = [int(row["id"]) for row in rows]
    bound = await uow.session.all(
        f"SELECT person_id, channel, direct_chat FROM identity WHERE person_id IN ({marks(len(ids))}) ORDER BY id", *ids
    )
    channels: dict[int, list[str]] = {}
    for row in bound:
        channels.setdefault(row["person_id"], []).append(row["channel"])
    reachable = {row["person_id"] for row in bound if row["direct_chat"]}
    return tuple(
        Member(
            to_person(row),
            tuple(dict.fromkeys(channels.get(row["id"], ()))),
            row["id"] in reachable,
            maybe_moment(row["code_until"]),
        )
        for row in rows
    )
