"""Where it is: names of the community's own places, compounds, roads and buildings; never a room."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.areas import Area, Areas, Level
from core.characters import HAN, chinese_number, view
from core.privacy import mask

_READ = 600  # characters
_FIGURE = "(?:[0-9]{1,3}|[一二三四五六七八九十百]{1,4})"
_BUILDING = re.compile(
    rf"(?<![0-9a-zA-Z.#-])([A-Za-z]?{_FIGURE})\s*(号楼|栋|幢|#楼?|座(?!位)|号院)(?![0-9]{{0,1}}[码])"
)
_UNIT = re.compile(rf"\s*({_FIGURE})\s*单元")
_ROOM = re.compile(
    r"[-—\s]*(?:[0-9一二三四五六七八九十]{1,3}\s*[层楼]\s*)?(?:[0-9]{3,4}|[零一二三四五六七八九]{3,4})(?![0-9])"
)
_DASHED = re.compile(r"(?<![0-9.-])([0-9]{1,2})-[0-9]{1,2}-[0-9]{3,4}(?![0-9-])")
_HIDDEN = re.compile(r"[0-9]*\*[0-9* .-]*")
# Characters that end a name to the left: nobody calls a road 我们路.
_STOP = (
    "在于到从的和与及至对近侧边这那该我你他她它们有是了着被把往向由过沿请问反映投诉关建议咨询求助报事住应好为什么"
    "里内外前后旁附给让又还不没都很因己孩要几所"
)
_NAME = f"(?:(?![{_STOP}])[{HAN}A-Za-z0-9])"
_COMPOUND = re.compile(
    f"({_NAME}{{2,8}}?(?:小区|花园|家园|佳园|嘉园|雅苑|名苑|新苑|公寓|新村|新城|广场|公园|菜市场|农贸市场|市场|小学|中学|"
    "幼儿园|医院|学校))"
)
_NOT_A_COMPOUND = re.compile(
    "^(?:整个|个|本|全|各|多|多个|多家|[两三四五]个|老旧|住宅|居民|商业)?"
    "(?:小区|公寓|广场|公园|市场|小学|中学|幼儿园|医院|学校)$"
)
_ROAD = re.compile(
    f"({_NAME}{{2,5}}?(?:大道|路(?![过上面边灯人程况费标牌由])|大街|街(?![道坊上头]|道办)|巷(?!子)|胡同|弄(?=[0-9]|口)))"
)
_NOT_A_ROAD = re.compile(
    "(?:道|马|公|铁|网|线|走|半|出|修|问|电|思|管|一|条|段|带|领|让|堵|之|高速|水泥|迷|上|下|门|夜|步行|逛|老)(?:路|街|巷)$"
    "|^[A-Za-z0-9]+路$|^(?:一|整)条"
)


def places_near(area: str, areas: Areas) -> tuple[str, ...]:
    """Every name known around an area, longest first: its own, its community's and those of the community's grids."""
    if area not in areas:
        return ()
    path = [a for a in areas.path(area) if a.level in (Level.COMMUNITY, Level.GRID)]
    near: Iterable[Area] = (*path, *(grid for a in path if a.level == Level.COMMUNITY for grid in areas.grids(a.code)))
    return tuple(
        sorted({name for a in near for name in a.places if len(name) > 1}, key=lambda name: (-len(name), name))
    )


def place_of(text: str, known: Iterable[str] = ()) -> str:
    """The place the text is about, such as 幸福小区3号楼2单元 or 人民路; empty when it names none.

    A unit is kept only where no room follows: 3栋2单元501室 is 3栋.
    """
    seen = view(text[:_READ])
    masked = _HIDDEN.sub(" ", view(mask(text[:_READ])))  # a telephone or a plate beside a name is no part of it
    buildings = _buildings(seen)
    named = _known(seen, known)
    if not named:
        found = next((m[1] for m in _COMPOUND.finditer(masked) if not _NOT_A_COMPOUND.match(m[1])), "")
        named = found or (
            "" if buildings else next((m[1] for m in _ROAD.finditer(masked) if not _NOT_A_ROAD.search(m[1])), "")
        )
    building = buildings[0] if buildings else ""
    if building and building_of(named):
        return f"{name_of(named)}{building}" if building_of(named) == building_of(building) else named
    return f"{named}{building}"


def grid_of(place: str, community: str, areas: Areas) -> str | None:
    """The grid the place lies in: the longest name in it decides, then a building that only one grid has."""
    grids = areas.grids(community)
    named = [(len(name), grid.code) for grid in grids for name in grid.places if _finds(name, place) >= 0]
    if named:
        return max(named, key=lambda entry: entry[0])[1]
    building = building_of(place)
    having = {g.code for g in grids for name in g.places if building and building_of(name) == building}
    return having.pop() if len(having) == 1 and not name_of(place) else None


def building_of(place: str) -> str:
    """The building in a place as one plain figure, so that 三号楼, 3栋 and 3# are one; empty when there is none."""
    found = _BUILDING.search(view(place))
    return _figure(found[1]).upper() if found else ""


def unit_of(place: str) -> str:
    """The unit in a place as one plain figure; empty when there is none."""
    found = re.search(rf"({_FIGURE})\s*单元", view(place))
    return _figure(found[1]) if found else ""


def name_of(place: str) -> str:
    """A place without its building: the compound or the road."""
    seen = view(place)
    found = _BUILDING.search(seen)
    return seen[: found.start()] if found else seen


def _known(seen: str, known: Iterable[str]) -> str:
    """The known place named first; of two that begin together the longer one."""
    best, where = "", len(seen)
    for name in known:
        at = _finds(name, seen)
        if 0 <= at < where:
            best, where = name, at
    return best


def _finds(name: str, seen: str) -> int:
    """Where the name stands, -1 when it does not; 3号楼 does not stand in 13号楼."""
    at = seen.find(view(name))
    return -1 if at > 0 and name[0].isdigit() and seen[at - 1].isdigit() else at


def _buildings(seen: str) -> list[str]:
    found = []
    for building in _BUILDING.finditer(seen):
        kind = "号楼" if building[2].startswith("#") else building[2]
        unit = _UNIT.match(seen, building.end())
        has_room = unit is not None and _ROOM.match(seen, unit.end()) is not None
        found.append(f"{_figure(building[1])}{kind}" + (f"{_figure(unit[1])}单元" if unit and not has_room else ""))
    return found or [f"{dashed[1]}栋" for dashed in _DASHED.finditer(seen)]


def _figure(text: str) -> str:
    value = chinese_number(text)
    return str(value) if value is not None else text.lstrip("0") or text
