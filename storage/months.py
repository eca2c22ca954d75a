"""A community's month: its figures, and who took part most. Questions only: run them with Database.read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.events import Status
from core.people import Role
from narratives.sheets import MonthFigures
from storage.sql import marks, moment

if TYPE_CHECKING:
    from storage.unit_of_work import Unit


@dataclass(frozen=True, slots=True)
class Active:
    """A resident whose matters were handled that month. `name` is their own: mask it before anybody reads it."""

    person: int
    name: str
    role: Role
    area: str
    handled: int
    adopted: int


async def figures(
    uow: Unit, community: str, start: datetime, end: datetime, categories: Sequence[str], limit: int = 6
) -> MonthFigures:
    """What ended with a handling from `start` to before `end`; `categories` are those that may be named."""
    done = await uow.session.one(
        "SELECT count(*) AS closed, count(CASE WHEN handled_at <= deadline THEN 1 END) AS on_time, "
        "count(stars) AS rated, COALESCE(sum(stars), 0) AS stars FROM event "
        "WHERE community = ? AND status = ? AND closed_at >= ? AND closed_at < ?",
        community, Status.CLOSED, start, end,
    )  # fmt: skip
    top = await uow.session.all(
        "SELECT category, count(*) AS closed FROM event WHERE community = ? AND status = ? AND closed_at >= ? "
        f"AND closed_at < ? AND category IN ({marks(len(categories) or 1)}) GROUP BY category "
        "ORDER BY count(*) DESC, category LIMIT ?",
        community, Status.CLOSED, start, end, *(categories or ("",)), limit,
    )  # fmt: skip
    assert done is not None
    return MonthFigures(
        closed=done["closed"],
        on_time=done["on_time"] / done["closed"] if done["closed"] else None,
        satisfaction=done["stars"] / done["rated"] if done["rated"] else None,
        categories={row["category"]: row["closed"] for row in top},
    )


async def closings(
    uow: Unit, community: str, start: datetime, end: datetime, limit: int = 20_000
) -> tuple[datetime, ...]:
    """When each was closed, oldest first."""
    rows = await uow.session.all(
        "SELECT closed_at FROM event WHERE community = ? AND status = ? AND closed_at >= ? AND closed_at < ? "
        "ORDER BY closed_at LIMIT ?",
        community, Status.CLOSED, start, end, limit,
    )  # fmt: skip
    return tuple(moment(row["closed_at"]) for row in rows)


async def most_active(
    uow: Unit, community: str, start: datetime, end: datetime, categories: Sequence[str], limit: int = 6
) -> tuple[Active, ...]:
    """Residents by what of theirs was handled that month, most first; nothing private and none of other categories."""
    rows = await uow.session.all(
        "SELECT p.id, p.name, p.role, p.area, count(*) AS handled, count(CASE WHEN e.adopted = ? THEN 1 END) AS adopted "
        "FROM event e JOIN person p ON p.id = e.reporter_id "
        "WHERE e.community = ? AND e.status = ? AND e.closed_at >= ? AND e.closed_at < ? AND e.private = ? "
        f"AND p.role IN (?, ?) AND e.category IN ({marks(len(categories) or 1)}) "
        "GROUP BY p.id, p.name, p.role, p.area ORDER BY count(*) DESC, p.id LIMIT ?",
        True, community, Status.CLOSED, start, end, False, Role.RESIDENT, Role.VOLUNTEER, *(categories or ("",)), limit,
    )  # fmt: skip
    return tuple(
        Active(row["id"], row["name"], Role(row["role"]), row["area"], row["handled"], row["adopted"]) for row in rows
    )
