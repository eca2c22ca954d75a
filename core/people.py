"""Who somebody is, and what they may do: rights come from the role in an area and from one's part in an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.areas import Areas
from core.events import Event


class Role(StrEnum):
    RESIDENT = "resident"
    VOLUNTEER = "volunteer"
    GRID_WORKER = "grid_worker"
    COMMUNITY_STAFF = "community_staff"
    STREET_STAFF = "street_staff"
    DISTRICT_STAFF = "district_staff"
    CITY_STAFF = "city_staff"
    PARTNER = "partner"


class Right(StrEnum):
    """What a step asks for. OWN: it is my report. HANDLE: it is given to me. DIRECT: I direct the work of the area.

    APPROVE: I may publish in the area. HAND_OVER: I may hand over rewards. SYSTEM: only Huying itself.
    """

    OWN = "own"
    HANDLE = "handle"
    DIRECT = "direct"
    APPROVE = "approve"
    HAND_OVER = "hand_over"
    SYSTEM = "system"


_DIRECTING = frozenset({Right.DIRECT, Right.APPROVE, Right.HAND_OVER})
RIGHTS_OF_ROLE: Mapping[Role, frozenset[Right]] = {
    Role.RESIDENT: frozenset(),
    Role.VOLUNTEER: frozenset(),
    Role.GRID_WORKER: frozenset(),
    Role.COMMUNITY_STAFF: _DIRECTING,
    Role.STREET_STAFF: _DIRECTING,
    Role.DISTRICT_STAFF: frozenset({Right.DIRECT}),
    Role.CITY_STAFF: frozenset({Right.DIRECT}),
    Role.PARTNER: frozenset(),
}
STAFF = frozenset({Role.GRID_WORKER, Role.COMMUNITY_STAFF, Role.STREET_STAFF, Role.DISTRICT_STAFF, Role.CITY_STAFF})


@dataclass(frozen=True, slots=True)
class Person:
    """A person known to Huying. `area` is the code of the grid they live or work in, or of what they are staff of."""

    id: int
    name: str
    role: Role
    area: str

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


def rights_in(person: Person, area: str, areas: Areas) -> frozenset[Right]:
    """What the person's role allows in that area: nothing outside their own."""
    return RIGHTS_OF_ROLE[person.role] if areas.is_within(area, person.area) else frozenset()


def rights_on(person: Person, event: Event, areas: Areas, is_reporter: bool) -> frozenset[Right]:
    """What the person may do with this event. `is_reporter`: they reported it or said 我也遇到."""
    rights = rights_in(person, event.grid, areas)
    if is_reporter:
        rights |= {Right.OWN}
    if event.handler == person.id:
        rights |= {Right.HANDLE}
    return rights
