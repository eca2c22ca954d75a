"""Drawings by matplotlib that are laid into a sheet: SVG whose letters are paths, in the colours of the theme."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path

from core.messages import Json
from narratives.fonts import font_file, shown
from narratives.palette import mixed, palette
from narratives.sheets import sheet_words

MAP = (3.6, 2.7)  # inches: only the proportion matters
_PIN = 0.78  # inches a pin is high
_MAPS = 256  # grids and looks whose map is kept; an SVG is a few kB
_SVG: dict[Any, Any] = {"svg.fonttype": "path", "svg.hashsalt": "huying", "path.simplify": False}

Point = tuple[float, float]


def drawings(data: Mapping[str, Json]) -> dict[str, bytes]:
    """The SVG files that the sheet of the data has, by name: {"map": ...} of a log, the charts of a month."""
    draws = _DRAWINGS.get(str(data.get("sheet") or "log"))
    return draws(data, palette(data.get("look"))) if draws else {}


def _of_log(data: Mapping[str, Json], colours: Mapping[str, str]) -> dict[str, bytes]:
    where = data.get("map")
    if not isinstance(where, dict) or not _outline(where.get("here")):
        return {}
    return {"map": _kept_map(json.dumps([where.get("here"), where.get("around")]), json.dumps(dict(colours)))}


@lru_cache(maxsize=_MAPS)
def _kept_map(where: str, colours: str) -> bytes:
    here, around = json.loads(where)
    return grid_map(_outline(here), [_outline(other) for other in around or []], json.loads(colours))


def _outline(value: Json) -> list[Point]:
    """At least three corners, else none."""
    corners = [
        (float(str(corner[0])), float(str(corner[1])))
        for corner in (value if isinstance(value, list) else [])
        if isinstance(corner, list) and len(corner) == 2
    ]
    return corners if len(corners) >= 3 else []


def grid_map(here: Sequence[Point], around: Sequence[Sequence[Point]], colours: Mapping[str, str]) -> bytes:
    """The grids of a community with a pin in the middle of one: coarse on purpose, it points at no house.

    Outlines in degrees of longitude and latitude.
    """
    figure = Figure(figsize=MAP, facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for other in around:
        if len(other) >= 3:
            axes.add_patch(
                Polygon(
                    other,
                    facecolor=mixed(colours["primary"], colours["card"], 0.2),
                    edgecolor=colours["card"],
                    lw=3.5,
                    joinstyle="round",
                )
            )
    axes.add_patch(
        Polygon(
            here,
            facecolor=mixed(colours["primary"], colours["card"], 0.45),
            edgecolor=colours["primary"],
            lw=3.5,
            joinstyle="round",
        )
    )
    left, right, low, high = _frame([here, *around], here)
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    axes.set_aspect("auto")
    _pin(figure, ((centre(here)[0] - left) / (right - left), (centre(here)[1] - low) / (high - low)), colours)
    return _svg(figure)


def _frame(outlines: Sequence[Sequence[Point]], here: Sequence[Point]) -> tuple[float, float, float, float]:
    """What the map shows: all grids and the whole pin, in the map's proportion; left, right, low, high.

    A degree of longitude is shorter than one of latitude.
    """
    corners = [corner for outline in outlines for corner in outline]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    _, y = centre(here)
    shrink = max(0.1, math.cos(math.radians(y)))
    broad, tall = max((max(xs) - min(xs)) * shrink, 1e-6), max(max(ys) - min(ys), 1e-6)
    high_by_wide = MAP[1] / MAP[0]
    wide = max(broad, tall / high_by_wide) * 1.18
    low = (max(ys) + min(ys)) / 2 - wide * high_by_wide / 2
    room = 1 - (_PIN + 0.12) / MAP[1]  # below the head of the pin, as a share of the height
    if y - low > room * wide * high_by_wide:  # the pin would be cut off: look from further away
        base = min(ys) - 0.06 * tall
        wide, low = max(wide, (y - base) / room / high_by_wide), base
    middle = (max(xs) + min(xs)) / 2
    half = wide / shrink / 2
    return middle - half, middle + half, low, low + wide * high_by_wide


def centre(outline: Sequence[Point]) -> Point:
    """The centroid of the area; the mean of the corners of one without a surface."""
    mean = (sum(x for x, _ in outline) / len(outline), sum(y for _, y in outline) / len(outline))
    area = x_sum = y_sum = 0.0
    for (x0, y0), (x1, y1) in zip(outline, [*outline[1:], outline[0]], strict=True):
        # Relative to the mean: degrees are large numbers beside the size of a grid.
        x0, y0, x1, y1 = x0 - mean[0], y0 - mean[1], x1 - mean[0], y1 - mean[1]
        cross = x0 * y1 - x1 * y0
        area, x_sum, y_sum = area + cross / 2, x_sum + (x0 + x1) * cross, y_sum + (y0 + y1) * cross
    return (mean[0] + x_sum / (6 * area), mean[1] + y_sum / (6 * area)) if abs(area) > 1e-14 else mean


def _pin(figure: Figure, at: Point, colours: Mapping[str, str]) -> None:
    """A pin whose point stands there, in fractions of the figure; drawn in inches so that it is never squeezed."""
    x, y = at[0] * MAP[0], at[1] * MAP[1]
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, MAP[0])
    axes.set_ylim(0, MAP[1])
    r = 0.24
    up = _PIN - r * 1.02
    right = [(x + r, y + up + r * 1.36), (x + r, y + up), (x + r, y + up - 0.18), (x + 0.06, y + 0.2), (x, y)]
    left = [(2 * x - a, b) for a, b in reversed(right)]  # the other half, mirrored
    drop = Path(
        [*left, *right],
        [Path.MOVETO, *[Path.CURVE4] * 9],
    )
    colour = colours["red"] if colours["theme"] != "plain" else colours["ink"]
    axes.add_patch(Circle((x, y), 0.07, facecolor=mixed(colours["ink"], colours["soft"], 0.35), lw=0))
    axes.add_patch(PathPatch(drop, facecolor=colour, edgecolor="#FFFFFF", lw=2.4, joinstyle="round"))
    axes.add_patch(Circle((x, y + up), 0.09, facecolor="#FFFFFF", lw=0))


def _of_month(data: Mapping[str, Json], colours: Mapping[str, str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    words = sheet_words(str(data.get("language") or ""))["month"]
    categories = [
        (str(item["name"]), int(str(item["count"])), int(str(item["last"]))) for item in _items(data.get("categories"))
    ]
    counts = data.get("days")
    days = [int(str(count)) for count in counts] if isinstance(counts, list) else []
    if categories:
        legend = ("this_month", "last_month") if any(last for _, _, last in categories) else ()
        found["categories"] = category_bars(categories, [words[key] for key in legend], colours)
    if any(days):
        found["days"] = day_columns(days, colours)
    return found


def _items(value: Json) -> list[dict[str, Json]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def category_bars(
    categories: Sequence[tuple[str, int, int]], legend: Sequence[str], colours: Mapping[str, str]
) -> bytes:
    """One row for each category: its name, a bar for this month over a pale one for the last, and both counts."""
    font = FontProperties(fname=str(font_file()))
    row, wide = 0.44, 6.3
    high = row * len(categories) + (0.34 if legend else 0.05)
    figure = Figure(figsize=(wide, high), facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, wide)
    axes.set_ylim(high, 0)
    longest = max(max(count, last) for _, count, last in categories) or 1
    start, full = 1.55, 3.9
    for n, (name, count, last) in enumerate(categories):
        middle = row * (n + 0.5)
        told, size = _fitting(shown(name), start - 0.1)
        axes.text(0, middle, told, fontproperties=font, size=size, color=colours["ink"], va="center_baseline")
        for value, thick, colour in (
            (last, 0.27, mixed(colours["primary"], colours["card"], 0.2)),
            (count, 0.13, colours["primary"]),
        ):
            if value:
                axes.add_patch(_bar(start, middle, full * value / longest, thick, colour))
        axes.text(
            start + full + 0.82, middle, str(count), fontproperties=font, size=16, color=colours["ink"],
            va="center_baseline", ha="right",
        )  # fmt: skip
    if legend:
        y, x = high - 0.13, start
        for text, colour in zip(
            legend, (colours["primary"], mixed(colours["primary"], colours["card"], 0.2)), strict=False
        ):
            axes.add_patch(_bar(x, y, 0.24, 0.12, colour))
            axes.text(
                x + 0.33, y, shown(text), fontproperties=font, size=11.5, color=colours["muted"], va="center_baseline"
            )
            x += 1.35
    return _svg(figure)


def _fitting(name: str, wide: float) -> tuple[str, float]:
    """The name and the size of its letters, in points, so that it is at most so many inches wide: smaller, then cut."""
    ems = [1.0 if character > "\u2000" else 0.58 for character in name]
    size = min(15.0, max(10.5, wide * 72 / (sum(ems) or 1.0)))
    kept = len(name)
    while sum(ems[:kept]) * size > wide * 72:
        kept -= 1
    return name[:kept].replace("$", r"\$"), size


def _bar(x: float, middle: float, length: float, thick: float, colour: str) -> FancyBboxPatch:
    length = max(length, thick * 0.5)
    box = f"round,pad=0,rounding_size={min(thick, length) / 2 * 0.98}"
    return FancyBboxPatch((x, middle - thick / 2), length, thick, boxstyle=box, facecolor=colour, lw=0)


def day_columns(days: Sequence[int], colours: Mapping[str, str]) -> bytes:
    """A column for each day of the month, from the first; every fifth with its number."""
    font = FontProperties(fname=str(font_file()))
    wide, high, base, top = 6.3, 1.5, 0.3, 1.18
    figure = Figure(figsize=(wide, high), facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, wide)
    axes.set_ylim(0, high)
    most, step = max(days), wide / len(days)
    half = 0.31 * step
    axes.plot((0, wide), (base, base), color=colours["line"], lw=1.2)
    for n, count in enumerate(days):
        x = step * (n + 0.5)
        if count:
            colour = colours["primary"] if count == most else colours["soft"]
            length = (top - base) * count / most
            axes.add_patch(
                Polygon(
                    [(x - half, base), (x - half, base + length), (x + half, base + length), (x + half, base)],
                    facecolor=colour,
                    lw=0,
                )
            )
        if n == 0 or (n + 1) % 5 == 0:
            axes.text(x, 0.1, str(n + 1), fontproperties=font, size=11.5, color=colours["muted"], ha="center")
    peak = days.index(most)
    axes.text(
        min(max(step * (peak + 0.5), 0.15), wide - 0.15), top + 0.08, str(most), fontproperties=font, size=13,
        color=colours["primary"], ha="center",
    )  # fmt: skip
    return _svg(figure)


_Draws = Callable[[Mapping[str, Json], Mapping[str, str]], dict[str, bytes]]
_DRAWINGS: Mapping[str, _Draws] = {"log": _of_log, "month": _of_month}


def _svg(figure: Figure) -> bytes:
    out = io.BytesIO()
    with rc_context(_SVG):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
