"""Where somebody lives: a community or a grid, by its code, by its name, or by a place in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from core.areas import Area, Areas, Level
from core.characters import chinese_number, view, word_view
from core.understanding.place import grid_of, places_near

_READ = 60  # characters
_NAMED = 1000  # what naming the community itself counts for, beside places
_GRID = re.compile(r"第?(\d{1,3}|[零一二三四五六七八九十百两]{1,5})号?网格")


def home_of(words: str, areas: Areas, around: str | None = None) -> tuple[Area, ...]:
    """The communities and grids that the words may mean: one when they are clear, none when nothing fits.

    `around`: the community somebody lives in already, whose own grids and places come first.
    """
    words = words.strip()[:_READ]
    code = words.lower()
    if code in areas and areas[code].level in (Level.COMMUNITY, Level.GRID):
        return (areas[code],)
    wanted = _key(words)
    found = [area for area in _homes(areas) if wanted in _names(area, areas)] if wanted else []
    found = found or _by_place(words, areas)
    near = [area for area in found if around is not None and areas.is_within(area.code, around)]
    return tuple(near or found)


def is_named(words: str, areas: Areas) -> bool:
    """Whether the words are just what a community or grid is called, or its code."""
    wanted = _key(words[:_READ])
    return any(wanted == area.code or wanted in _names(area, areas) for area in _homes(areas)) if wanted else False


def nearest_communities(words: str, areas: Areas, limit: int) -> tuple[Area, ...]:
    """Communities to choose from: first those whose places the words name, then those whose names sound most like them."""
    seen = word_view(words[:_READ])
    named = {areas.community_of(area.code) for area in _by_place(words[:_READ], areas)}
    ranked = sorted(
        areas.all(Level.COMMUNITY),
        key=lambda area: (area.code not in named, -fuzz.partial_ratio(seen, word_view(_short(area))) if seen else 0),
    )
    return tuple(ranked[:limit])


def _homes(areas: Areas) -> Iterator[Area]:
    for community in areas.all(Level.COMMUNITY):
        yield community
        yield from areas.grids(community.code)


def _names(area: Area, areas: Areas) -> set[str]:
    """All that people call it: 枫林社区, 枫林; 第一网格, 枫林社区第一网格, 枫林1网格."""
    if area.level == Level.COMMUNITY or area.parent is None:
        return {_key(area.name), _key(_short(area))}
    community = areas[area.parent]
    return {_key(f"{above}{area.name}") for above in ("", community.name, _short(community))}


def _by_place(words: str, areas: Areas) -> list[Area]:
    """Where the longest name in the words stands; several areas when they all have it."""
    best = 0
    found: list[Area] = []
    for community in areas.all(Level.COMMUNITY):
        grid = grid_of(words, community.code, areas)
        score = _score(words, community, areas) or (1 if grid else 0)
        if score and score >= best:
            found = [*(found if score == best else ()), areas[grid] if grid else community]
            best = score
    return found


def _score(words: str, community: Area, areas: Areas) -> int:
    seen = view(words)
    named = _NAMED if _short(community) in seen else 0
    return named + max((len(name) for name in places_near(community.code, areas) if view(name) in seen), default=0)


def _short(community: Area) -> str:
    short = community.name.removesuffix("社区")
    return short if len(short) > 1 else community.name


def _key(name: str) -> str:
    """The name without spaces, 第三网格 as 3网格."""
    plain = re.sub(r"[\s·,，。]", "", word_view(name))
    return _GRID.sub(lambda found: f"{_figure(found[1])}网格", plain)


def _figure(text: str) -> int | str:
    return int(text) if text.isdecimal() else (chinese_number(text) or text)
