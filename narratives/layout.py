"""What the typst templates are handed: texts the font can show and lines that can break, photos in rows, in units.

A unit is 1/375 of a phone page's width; on A4 it is a little more than a point, so that type stands larger there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from core.characters import HAN
from core.messages import Json
from core.privacy import clean
from narratives.fonts import shown
from narratives.palette import palette
from narratives.sheets import sheet_words

WIDTH = 1080  # pixels of a phone page
PIXELS_PER_POINT = WIDTH / 375.0
A4 = (595.276, 841.89)  # points
_GAP = 8.0
_NARROWEST, _WIDEST = 0.5, 2.4  # width by height; what is more extreme is cropped
_PER_ROW = 3
_TITLE_SIZES = (22.0, 21.0, 20.0, 19.0, 18.0)
_COUNTED = re.compile(f"([0-9]) ?(?=[{HAN}])")
_LONG_RUN = re.compile(f"[^\\s{HAN}]{{12,}}")
_CLAUSE = re.compile(r"[，；。！？：]|, |: |; ")
_ZERO_WIDTH_SPACE, _WORD_JOINER = _NO_WIDTH = "\u200b\u2060"

_LINE = 13 * 1.6  # units
_LONG = ("lead", "description", "own_words", "result", "reason", "comment", "text")  # texts that may be cut
_LINES = 400  # that a text has at first
_SHORT = 4  # lines that each text keeps, however long the story
_STEPS = 120  # of a story that has more, the first and the last


@dataclass(frozen=True, slots=True)
class Form:
    """What a sheet is laid out for. Lengths in units, `unit` in points; `height` None grows with what stands there.

    `flow`: following pages have a running head. `paper`: A4. `pair`: two columns where the sheet has any.
    """

    width: float = 375.0
    unit: float = 1.0
    height: float | None = None
    flow: bool = False
    paper: bool = False
    pair: bool = False

    @property
    def row(self) -> float:
        """The inner width of a card."""
        return self.width - 2 * 14 - 2 * 15

    @property
    def column(self) -> float:
        """The inner width of a card in one of two columns on paper, of any card on a phone."""
        return (self.width - 2 * 14 - 10) / 2 - 2 * 15 if self.paper else self.row

    @property
    def beside(self) -> float:
        """The inner width of a card in the broader of two columns on paper (templates/base.typ, side-by-side)."""
        return (self.width - 2 * 14 - 10) * 1.2 / 2.2 - 2 * 15

    @property
    def highest(self) -> float:
        """What a row of photos may take."""
        return 150.0 if self.paper else 260.0

    def json(self) -> Json:
        return {
            "width": self.width,
            "unit": self.unit,
            "height": self.height,
            "flow": self.flow,
            "paper": self.paper,
            "pair": self.pair,
        }


PHONE = Form()


def paper(unit: float, pair: bool) -> Form:
    """A4 with a unit of so many points."""
    return Form(A4[0] / unit, unit, A4[1] / unit, flow=True, paper=True, pair=pair)


class Photo(TypedDict):
    name: str
    label: str
    stage: str


@dataclass(frozen=True, slots=True)
class Hand:
    """What the hands that lay out a sheet have: the form, the photos there are, by media name, and their size."""

    form: Form
    files: Mapping[str, str]
    sizes: Mapping[str, tuple[int, int]]

    def placed(self, row: Sequence[Photo], width: float, highest: float) -> list[Json]:
        """One row: all of one height, as wide as their own proportions make them, together at most as wide as asked."""
        shapes = [min(max(self.sizes[p["name"]][0] / self.sizes[p["name"]][1], _NARROWEST), _WIDEST) for p in row]
        height = min((width - _GAP * (len(row) - 1)) / (sum(shapes) or 1.0), highest)
        return [
            {
                "file": self.files[photo["name"]],
                "label": photo["label"],
                "stage": photo["stage"],
                "width": shape * height,
                "height": height,
            }
            for photo, shape in zip(row, shapes, strict=True)
        ]


def page_data(
    data: Mapping[str, Json],
    form: Form,
    sizes: Mapping[str, tuple[int, int]],
    *,
    drawings: Sequence[str] = (),
    code: str = "",
) -> dict[str, Json]:
    """The sheet as the templates read it.

    `sizes` are of the photos there are; the n-th stands in the file photo-N.jpg. `drawings` are the names of the files
    drawing-NAME.svg, `code` is the QR code's file. Raises KeyError for a sheet that there is none of.
    """
    sheet = str(data.get("sheet") or "log")
    hand = Hand(form, {name: f"photo-{n}.jpg" for n, name in enumerate(sizes)}, sizes)
    unseen = ("link", "look", "map", "sheet")
    page = {key: _printable(value) for key, value in data.items() if key not in unseen}
    own = data.get("labels")
    page["labels"] = {
        **sheet_words(str(data.get("language") or "")).get(sheet, {}),
        **(own if isinstance(own, dict) else {}),
    }
    page |= {"sheet": sheet, "page": form.json(), "code": code, "colours": dict(palette(data.get("look")))}
    page |= {"drawings": {name: f"drawing-{name}.svg" for name in drawings}}
    for key in _LONG:
        page[key] = cut(str(page.get(key) or ""), _LINES, _cut_mark(page))
    return page | _SHEETS[sheet](data, page, hand)


def photo_pixels(page: Json, pixels_per_unit: float) -> dict[str, int]:
    """How long the longest side of each photo file must be so that it is as sharp as the page."""
    found: dict[str, int] = {}
    if isinstance(page, dict):
        if "file" in page and "height" in page:
            longest = max(float(str(page["width"])), float(str(page["height"])))
            found[str(page["file"])] = math.ceil(longest * pixels_per_unit * 1.15)
        page = list(page.values())
    for inner in page if isinstance(page, list) else ():
        found |= photo_pixels(inner, pixels_per_unit)
    return found


# ------------------------------------------------------------------------------------------------------------ the sheets
def _log(data: Mapping[str, Json], page: Mapping[str, Json], hand: Hand) -> dict[str, Json]:
    before, after = (_photos(data.get(key), hand.files) for key in ("before", "after"))
    where = data.get("map")
    told = rows(before, after)
    # On paper a single row stands in the first of two columns (templates/log.typ).
    broad = hand.form.beside if hand.form.pair and len(told) == 1 else hand.form.row
    subject = str(page.get("subject") or "")
    drawings = page["drawings"]
    shown_map = isinstance(where, dict) and isinstance(drawings, dict) and "map" in drawings
    return {
        "rows": [hand.placed(row, broad, hand.form.highest) for row in told],
        "both": bool(before and after),
        "steps": _steps(page.get("steps")),
        "headline": headline(subject, hand.form),
        "running": [page.get("community") or "", subject],
        "map": {"file": "drawing-map.svg", "label": _printable(where.get("label") or "")}
        if isinstance(where, dict) and shown_map
        else None,
    }


def _notice(data: Mapping[str, Json], page: Mapping[str, Json], hand: Hand) -> dict[str, Json]:
    title = str(page.get("title") or "")
    return {"headline": headline(title, hand.form), "running": [page.get("community") or "", title]}


def _digest(data: Mapping[str, Json], page: Mapping[str, Json], hand: Hand) -> dict[str, Json]:
    items: list[Json] = []
    for item, printed in zip(_dicts(data.get("items")), _dicts(page.get("items")), strict=True):
        row = [*_photos(item.get("before"), hand.files)[:1], *_photos(item.get("after"), hand.files)[-1:]]
        items.append({**printed, "row": hand.placed(row, hand.form.column, 104.0 if hand.form.paper else 150.0)})
    return {"items": items, "running": [page.get("community") or "", page.get("title") or ""]}


def _poster(data: Mapping[str, Json], page: Mapping[str, Json], hand: Hand) -> dict[str, Json]:
    return {"running": [page.get("community") or "", page.get("title") or ""]}


_Sheet = Callable[[Mapping[str, Json], Mapping[str, Json], Hand], dict[str, Json]]
_SHEETS: Mapping[str, _Sheet] = {
    "log": _log,
    "notice": _notice,
    "digest": _digest,
    "honours": _poster,
    "month": _poster,
}


def _dicts(value: Json) -> list[dict[str, Json]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def headline(title: str, form: Form) -> Json:
    """The headline's lines, size and width: in one line, broken at a comma, or in lines of about one length."""
    head = form.width - 2 * 20
    broad = _breadth(title)
    for size in _TITLE_SIZES:
        if broad * size <= head:
            return {"text": title, "size": size, "width": head}
    clauses = [(title[: found.end()], title[found.end() :]) for found in _CLAUSE.finditer(title)]
    for size in _TITLE_SIZES[:3]:
        if fitting := [pair for pair in clauses if max(_breadth(part) for part in pair) * size <= head]:
            best = min(fitting, key=lambda pair: abs(_breadth(pair[0]) - _breadth(pair[1])))
            return {"text": "\n".join(best), "size": size, "width": head}
    size = _TITLE_SIZES[1]
    lines = -(-broad * size // head)
    return {"text": title, "size": size, "width": min(head, broad * size / lines + 1.5 * size)}


def _steps(value: Json) -> list[Json]:
    """The steps with their mark only where it changes, and the day only where it changes."""
    steps = _dicts(value)
    told: list[Json] = []
    mark = day = ""
    for step in [*steps[: _STEPS // 2], *steps[-_STEPS // 2 :]] if len(steps) > _STEPS else steps:
        on, _, time = str(step["at"]).rpartition(" ")
        told.append({**step, "at": time if on == day else step["at"], "first": step["mark"] != mark})
        mark, day = str(step["mark"]), on
    return told


def _photos(value: Json, files: Mapping[str, str]) -> list[Photo]:
    return [
        Photo(name=str(item["name"]), label=str(item.get("label") or ""), stage=str(item.get("stage") or ""))
        for item in _dicts(value)
        if item["name"] in files
    ]


def rows(before: Sequence[Photo], after: Sequence[Photo]) -> list[list[Photo]]:
    """Before and after side by side as long as there are both; what is left over stands in rows of two or three.

    A single one left over joins the last pair rather than stand alone.
    """
    pairs = min(len(before), len(after))
    placed = [[before[n], after[n]] for n in range(pairs)]
    rest = [*before[pairs:], *after[pairs:]]
    if len(rest) == 1 and placed:
        first, last = placed[-1]
        return [*placed[:-1], [first, *rest, last] if len(before) > pairs else [first, last, *rest]]
    while rest:
        take = 2 if len(rest) in (2, 4) else min(_PER_ROW, len(rest))
        placed.append(rest[:take])
        rest = rest[take:]
    return placed


# ------------------------------------------------------------------------------------------------------------- the texts
def shorter(page: Mapping[str, Json], excess: float) -> dict[str, Json]:
    """The page with its texts cut by as many lines as it is too long, in units: always the longest one first."""
    steps = _dicts(page.get("steps"))
    texts = {key: str(page.get(key) or "") for key in _LONG} | {n: str(step["text"]) for n, step in enumerate(steps)}
    keeps = {key: count_lines(text) for key, text in texts.items()}
    for _ in range(math.ceil(excess / _LINE) + 2):
        longest = max(keeps, key=keeps.__getitem__)
        keeps[longest] = max(keeps[longest] - 1, _SHORT)
    kept = {key: cut(text, keeps[key], _cut_mark(page)) for key, text in texts.items()}
    return {
        **page,
        **{key: kept[key] for key in _LONG},
        "steps": [{**step, "text": kept[n]} for n, step in enumerate(steps)],
    }


def _cut_mark(page: Mapping[str, Json]) -> str:
    labels = page.get("labels")
    return str(labels.get("cut", "")) if isinstance(labels, dict) else ""


def _printable(value: Json) -> Json:
    """Every text in it as the font can show it, with places to break in runs that have none."""
    if isinstance(value, str):
        plain = shown(clean(value).replace("\u00a0", " ")).strip()
        plain = _COUNTED.sub(rf"\1{_WORD_JOINER}", plain)
        return _LONG_RUN.sub(lambda run: _ZERO_WIDTH_SPACE.join(run[0]), plain)
    if isinstance(value, list):
        return [_printable(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _printable(inner) for key, inner in value.items()}
    return value


def count_lines(text: str, across: int = 23) -> int:
    """About how many lines of body text it takes, rather too many than too few; `across` in Han characters."""
    return sum(max(1, -(-_breadth(line) // across)) for line in text.split("\n")) if text else 0


def _breadth(line: str) -> int:
    """In widths of a Han character, rather too many than too few."""
    return math.ceil(sum(0.0 if c in _NO_WIDTH else 1.0 if c > "\u2000" else 0.6 for c in line))


def cut(text: str, lines: int, mark: str) -> str:
    """The text itself when it takes at most so many lines, else its beginning with the mark."""
    if count_lines(text) <= lines:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count_lines(text[:middle] + mark) <= lines else (low, middle - 1)
    return text[:low].rstrip(f"\n，、；：,{_ZERO_WIDTH_SPACE}") + mark
