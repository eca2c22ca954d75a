"""The four levels and the grids below them: city, district, street, community, grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class Area:
    """One area. `places` are names people use for places inside it (buildings, roads, compounds).

    `outline`: its border as (longitude, latitude) in degrees, at least three corners, not closed; () when nobody drew it.
    """

    code: str
    name: str
    level: Level
    parent: str | None = None
    places: tuple[str, ...] = ()
    outline: tuple[tuple[float, float], ...] = ()


class Areas:
    """All areas of the city by code. Raises KeyError for a code that is not there."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._by_code: Mapping[str, Area] = {area.code: area for area in areas}

    def __getitem__(self, code: str) -> Area:
        return self._by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def all(self, level: Level | None = None) -> tuple[Area, ...]:
        """Every area, or those of one level, in the order of the file."""
        return tuple(a for a in self._by_code.values() if level is None or a.level == level)

    def path(self, code: str) -> tuple[Area, ...]:
        """From the city down to the area itself; empty for a code that is, or has become, no area: it lies nowhere."""
        area = self._by_code.get(code)
        if area is None:
            return ()
        return (*self.path(area.parent), area) if area.parent else (area,)

    def community_of(self, code: str) -> str | None:
        """The code of the community the area is or lies in; None for an area above communities, or none at all."""
        return next((a.code for a in self.path(code) if a.level == Level.COMMUNITY), None)

    def is_within(self, code: str, ancestor: str) -> bool:
        """Whether `code` is `ancestor` or lies below it."""
        return any(a.code == ancestor for a in self.path(code))

    def grids(self, community: str) -> tuple[Area, ...]:
        """The grids of a community."""
        return tuple(a for a in self.all(Level.GRID) if a.parent == community)
