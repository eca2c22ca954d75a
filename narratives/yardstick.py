"""The same log drawn by matplotlib alone: what the drawing of narratives.card is measured against (huying bench).

A fair comparator: the same parts in the same width, one figure, one font read once, no layout engine, lines broken by
counting as narratives.layout does. It is not meant to be posted.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy
import segno
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, FancyBboxPatch, Polygon
from PIL import Image

from core.messages import Json
from narratives.charts import centre
from narratives.covering import UNREADABLE, fitted, size_of
from narratives.fonts import font_file
from narratives.layout import PHONE, PIXELS_PER_POINT, page_data, photo_pixels

_MARGIN, _INSET, _GAP = 14.0, 15.0, 10.0
_BODY = 1.6  # of the size of letters from line to line
_TURNS = numpy.arange(10) * numpy.pi / 5 - numpy.pi / 2
_STAR = numpy.where(numpy.arange(10) % 2, 0.42, 1.0)[:, None] * numpy.stack(
    (numpy.cos(_TURNS), numpy.sin(_TURNS)), axis=1
)
Op = Callable[[Axes], object]


def draw_plainly(data: Mapping[str, Json], photos: Mapping[str, bytes]) -> bytes:
    """The log as one PNG, 1080 pixels wide; photos by media name, those that cannot be read are left out."""
    sizes, small = {}, {}
    for name, raw in photos.items():
        try:
            sizes[name] = size_of(raw)
        except UNREADABLE:
            continue
    page: Any = page_data(data, PHONE, sizes)
    longest = photo_pixels(page, PIXELS_PER_POINT)
    for n, name in enumerate(sizes):
        if (file := f"photo-{n}.jpg") in longest:
            small[file] = fitted(photos[name], longest[file])
    page["map"] = data.get("map")
    page["link"] = str(data.get("link") or "")
    return _Sheet(page, small).png()


class _Sheet:
    """What is drawn, gathered from top to bottom; the height is known when all is."""

    def __init__(self, page: dict[str, Any], photos: Mapping[str, bytes]) -> None:
        self.page, self.photos = page, photos
        self.colours: dict[str, str] = page["colours"]
        self.labels: dict[str, str] = page["labels"]
        self.ops: list[Op] = []
        self.y = 0.0
        self._parts()

    def png(self) -> bytes:
        figure = Figure(figsize=(PHONE.width / 72, self.y / 72), dpi=72 * PIXELS_PER_POINT)
        figure.set_facecolor(self.colours["ground"])
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        for op in self.ops:
            op(axes)
        axes.set_xlim(0, PHONE.width)
        axes.set_ylim(self.y, 0)
        axes.set_aspect("auto")
        out = io.BytesIO()
        figure.savefig(out, format="png")
        return out.getvalue()

    # ------------------------------------------------------------------------------------------------------- the parts
    def _parts(self) -> None:
        page, words = self.page, self.labels
        self._masthead()
        if page["lead"] or page.get("figures"):
            self.y -= 40
            self._card(partial(self._text, page["lead"], 14.5), self._figures)
        if page["rows"]:
            self._section("before_after" if page["both"] else "photos", self._photos)
        if (told := page["own_words"] or page["description"]) or page["map"]:
            kind = "own_words" if page["own_words"] else str(page.get("kind") or "")
            self._section(kind, partial(self._text, told), self._where)
        for key in ("result", "reason"):
            if page[key]:
                self._section(key, partial(self._text, page[key]))
        if page.get("thanks"):
            self._card(partial(self._text, page["thanks"], fill="accent_ink"))
        if page["steps"]:
            self._section("steps", self._steps)
        if page.get("pace"):
            self._section("pace", self._pace)
        if page.get("rating"):
            self._section("rating", self._rating)
        self._footer(words)

    def _masthead(self) -> None:
        page, high = self.page, 158.0
        shades = numpy.linspace(0, 1, 64).reshape(1, -1)
        deep, bright = (
            numpy.array([int(self.colours[key][n : n + 2], 16) / 255 for n in (1, 3, 5)]) for key in ("deep", "primary")
        )
        colours = deep * (1 - shades[..., None]) + bright * shades[..., None]
        self.ops.append(lambda axes: axes.imshow(colours, extent=(0, PHONE.width, high, 0), aspect="auto"))
        self._line(20, 18, " · ".join(page.get("masthead") or ()), 11, "#FFFFFF")
        headline = page["headline"]
        for n, line in enumerate([*headline["text"].split("\n"), str(page.get("outcome") or "")]):
            self._line(
                20, 46 + n * headline["size"] * 1.4, line, headline["size"], "#FFFFFF" if n == 0 else "bright", 0.6
            )
        meta = (page.get("number"), page.get("category"), page.get("day"))
        self._line(20, 104, "   ".join(str(part) for part in meta if part), 10.5, "#FFFFFF")
        self.y = high

    def _figures(self) -> None:
        figures = self.page.get("figures") or []
        if not figures:
            return
        self.y += 12
        step = (PHONE.width - 2 * _MARGIN) / len(figures)
        for n, figure in enumerate(figures):
            colour = {"late": "red", "stars": "accent_ink"}.get(figure["key"], "primary")
            middle = _MARGIN + step * (n + 0.5)
            self._line(middle, self.y, figure["value"], 17, colour, 0.5, ha="center")
            self._line(middle, self.y + 27, figure["label"], 10.5, "muted", ha="center")
        self.y += 40

    def _photos(self) -> None:
        for row in self.page["rows"]:
            x = (PHONE.width - sum(photo["width"] for photo in row) - 8 * (len(row) - 1)) / 2
            for photo in row:
                self._photo(photo, x)
                x += photo["width"] + 8
            self.y += row[0]["height"] + 8
        self.y -= 8

    def _photo(self, photo: dict[str, Any], x: float) -> None:
        image = numpy.asarray(Image.open(io.BytesIO(self.photos[photo["file"]])))
        place = (x, x + photo["width"], self.y + photo["height"], self.y)
        self.ops.append(
            lambda axes: axes.imshow(image, extent=place, aspect="auto", interpolation="bilinear", zorder=2)
        )
        colour = "green" if photo["stage"] == "after" else "ink"
        self._box(x + 6, self.y + photo["height"] - 24, 50, 18, colour, 9, 2.5)
        self._line(x + 31, self.y + photo["height"] - 20, photo["label"], 10, "#FFFFFF", ha="center")

    def _where(self) -> None:
        where = self.page["map"]
        notes = [str(note) for note in (self.page.get("place"), self.page.get("neighbours")) if note]
        if not where and not notes:
            return
        self.y += 11
        top = self.y
        self._box(_MARGIN + _INSET, top, PHONE.row, 74, "tint", 7)
        for n, note in enumerate(notes):
            self._line(_MARGIN + _INSET + 12, top + 14 + n * 18, note, 11, "muted")
        if where:
            corners = [tuple(corner) for outline in (where["here"], *where["around"]) for corner in outline]
            west, north = min(x for x, _ in corners), max(y for _, y in corners)
            scale = 66 / max(max(x for x, _ in corners) - west, north - min(y for _, y in corners))

            def at(outline: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
                return [(PHONE.width - 120 + (x - west) * scale, top + 4 + (north - y) * scale) for x, y in outline]

            grids = [Polygon(at(outline)) for outline in where["around"]]
            self.ops.append(
                lambda axes: axes.add_collection(
                    PatchCollection(grids, facecolor=self.colours["line"], edgecolor="#FFFFFF")
                )
            )
            self._patch(
                Polygon(at(where["here"]), facecolor=self.colours["soft"], edgecolor=self.colours["primary"], lw=1.4)
            )
            (pin,) = at([centre([(x, y) for x, y in where["here"]])])
            self._patch(Circle(pin, 4.5, facecolor=self.colours["red"], edgecolor="#FFFFFF", lw=1.2))
        self.y += 74

    def _steps(self) -> None:
        x, began = _MARGIN + _INSET + 6, self.y + 6
        marks = self.page.get("marks") or {}
        dots = []
        for step in self.page["steps"]:
            dots.append((x, self.y + 7))
            if step["first"]:
                self._line(x + 14, self.y, marks.get(step["mark"], ""), 13.5, "primary", 0.45)
                self._line(x + 60, self.y + 2, step["at"], 10.5, "muted")
                self.y += 17
                self._text(step["text"], 12.5, left=x + 14, across=22)
            else:
                self._text(f"{step['at']}  {step['text']}", 12.5, left=x + 14, across=23)
            self.y += 4
        ended = dots[-1][1]
        self.ops.append(lambda axes: axes.plot((x, x), (began, ended), color=self.colours["soft"], lw=1.3, zorder=1.5))
        circles = [Circle(dot, 4.2) for dot in dots]
        self.ops.append(
            lambda axes: axes.add_collection(
                PatchCollection(circles, facecolor=self.colours["primary"], edgecolor="#FFFFFF", zorder=2)
            )
        )
        self.y -= 4

    def _pace(self) -> None:
        left, half = _MARGIN + _INSET, PHONE.row / 2 - 9
        for n, step in enumerate(self.page["pace"]):
            x = left + (n % 2) * (half + 18)
            self._line(x, self.y, step["label"], 12, "ink")
            self._line(x + half, self.y, step["took"], 12, "red" if step["late"] else "ink", 0.4, ha="right")
            if step["share"] is not None:
                self._box(x, self.y + 19, half, 5, "line", 2.4)
                self._box(
                    x, self.y + 19, max(half * min(step["share"], 1.0), 5), 5, "red" if step["late"] else "primary", 2.4
                )
            self._line(x, self.y + 28, step["limit"], 10, "muted")
            if n % 2 or n == len(self.page["pace"]) - 1:
                self.y += 36

    def _rating(self) -> None:
        x, stars = _MARGIN + _INSET, self.page.get("stars")
        for n in range(5 if stars is not None else 0):
            colour = self.colours["accent" if n < int(str(stars)) else "line"]
            self._patch(Polygon(_STAR * 9 + (x + 9 + n * 23, self.y + 9), facecolor=colour, lw=0))
        self._line(x + (126 if stars is not None else 0), self.y + 2, self.page["rating"], 13, "accent_ink")
        self.y += 20
        if self.page["comment"]:
            self.y += 12
            self._box(x, self.y, PHONE.row, 22 + 20.8 * len(_broken(self.page["comment"], 22)), "accent_tint", 7)
            self.y += 11
            self._text(self.page["comment"], left=x + 13, across=22)
            self.y += 11

    def _footer(self, words: Mapping[str, str]) -> None:
        link = self.page["link"]
        self._line(20, self.y + 18, words.get("call", ""), 14.5, "primary", 0.45)
        self._line(20, self.y + 44, words.get("how_scan" if link else "how", ""), 10.5, "muted")
        self._line(20, self.y + 60, words.get("privacy", ""), 10.5, "muted")
        if link:
            code = 1 - numpy.array([list(row) for row in segno.make(link, error="m", micro=False).matrix])
            place = (PHONE.width - 80, PHONE.width - 20, self.y + 75, self.y + 15)
            self.ops.append(
                lambda axes: axes.imshow(
                    code, extent=place, cmap="gray", vmin=0, vmax=1, aspect="auto", interpolation="nearest", zorder=2
                )
            )
        self.y += 90

    # ------------------------------------------------------------------------------------------------------- the means
    def _section(self, label: str, *bodies: Callable[[], None]) -> None:
        def titled() -> None:
            self._box(_MARGIN + _INSET, self.y, 3.5, 14, "primary", 1.7)
            self._line(_MARGIN + _INSET + 11, self.y, self.labels.get(label, ""), 14.5, "ink", 0.45)
            self.y += 25

        self._card(titled, *bodies)

    def _card(self, *bodies: Callable[[], None]) -> None:
        top, place = self.y, len(self.ops)
        self.y += _INSET
        for body in bodies:
            body()
        self.y += _INSET
        inner = self.ops[place:]
        del self.ops[place:]
        self._box(_MARGIN, top, PHONE.width - 2 * _MARGIN, self.y - top, "card", 9)
        self.ops += inner
        self.y += _GAP

    def _text(
        self, text: str, size: float = 13, fill: str = "ink", left: float = _MARGIN + _INSET, across: int = 0
    ) -> None:
        for line in _broken(text, across or int(PHONE.row / size)) if text else ():
            self._line(left, self.y, line, size, fill)
            self.y += size * (_BODY if size > 12.5 else 1.5)

    def _line(self, x: float, y: float, text: str, size: float, fill: str, bold: float = 0.0, ha: str = "left") -> None:
        if not text:
            return
        colour = self.colours.get(fill, fill)
        plain = text.replace("\u200b", "").replace("\u2060", "").replace("$", r"\$")

        def op(axes: Axes) -> None:
            axes.text(x, y + size * 0.95, plain, fontproperties=_font(), size=size, color=colour, ha=ha, zorder=3)
            if bold:
                axes.text(
                    x + bold * 0.5,
                    y + size * 0.95,
                    plain,
                    fontproperties=_font(),
                    size=size,
                    color=colour,
                    ha=ha,
                    zorder=3,
                )

        self.ops.append(op)

    def _box(self, x: float, y: float, wide: float, high: float, fill: str, radius: float, zorder: float = 1) -> None:
        shape = f"round,pad=0,rounding_size={min(radius, wide / 2, high / 2)}"
        self._patch(
            FancyBboxPatch((x, y), wide, high, boxstyle=shape, facecolor=self.colours[fill], lw=0, zorder=zorder)
        )

    def _patch(self, patch: Polygon | Circle | FancyBboxPatch) -> None:
        self.ops.append(lambda axes: axes.add_patch(patch))


@lru_cache(maxsize=1)
def _font() -> FontProperties:
    return FontProperties(fname=str(font_file()))


def _broken(text: str, across: int) -> list[str]:
    """The text in lines of so many Han characters."""
    lines = []
    for paragraph in text.split("\n"):
        line, wide = "", 0.0
        for character in paragraph:
            broad = 0.0 if character in "\u200b\u2060" else 1.0 if character > "\u2000" else 0.55
            if wide + broad > across:
                lines.append(line)
                line, wide = "", 0.0
            line, wide = line + character, wide + broad
        lines.append(line)
    return lines
