"""What log.typ is handed: texts the font can show and lines that can break, photos in rows, all lengths in points."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from typing import TypedDict

from PIL import Image

from core.characters import HAN
from core.messages import Json
from core.privacy import clean
from narratives.fonts import shown

WIDTH = 1080  # pixels
PAGE = 375.0  # points
PIXELS_PER_POINT = WIDTH / PAGE
_ROW = PAGE - 2 * 14 - 2 * 16  # the inner width of a card
_GAP = 8.0
_HIGHEST = 250.0  # a row of photos
_NARROWEST, _WIDEST = 0.5, 2.4  # width by height; what is more extreme is cropped
_PER_ROW = 3
_HEAD = PAGE - 2 * 20  # the inner width of the masthead
_TITLE_SIZES = (19.0, 18.0, 17.0)
_LONGEST_SIDE = 1000  # pixels kept of a photo

_LINE = 12 * 1.6  # points
_ACROSS = 26  # Han characters of body text in a line
_LONG_RUN = re.compile(f"[^\\s{HAN}]{{13,}}")
_COUNTED = re.compile(f"([0-9]) ?(?=[{HAN}])")
_ZERO_WIDTH_SPACE, _WORD_JOINER = _NO_WIDTH = "\u200b\u2060"
_LONG = {"description": 100, "own_words": 100, "result": 60, "comment": 30}  # lines at first, of each text
_SHORT = 4  # lines that each text keeps, however long the page


class Photo(TypedDict):
    name: str
    label: str
    stage: str


def fitted(raw: bytes) -> tuple[bytes, tuple[int, int]]:
    """The photo as a JPEG not larger than a log needs, and its size. Raises OSError for what is no picture."""
    with Image.open(io.BytesIO(raw)) as original:
        original.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
        image = original.convert("RGB")
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue(), image.size


def page_data(
    data: Mapping[str, Json], files: Mapping[str, str], sizes: Mapping[str, tuple[int, int]], code: str
) -> dict[str, Json]:
    """The story as log.typ reads it. `files` and `sizes` are of the photos there are; `code` is the QR code's file."""
    page = {key: _printable(value) for key, value in data.items() if key not in ("before", "after", "link", "labels")}
    labels = data.get("labels")
    page["labels"] = labels if isinstance(labels, dict) else {}
    for key, lines in _LONG.items():
        page[key] = cut(str(page.get(key) or ""), lines, _cut_mark(page))
    before, after = (_photos(data.get(key), files) for key in ("before", "after"))
    page["rows"] = [_placed(row, files, sizes) for row in rows(before, after)]
    page["both"] = bool(before and after)
    page["code"] = code
    page["steps"] = _steps(page.get("steps"))
    page["headline"] = _headline(str(page.get("subject") or ""))
    return page


def _headline(subject: str) -> dict[str, Json]:
    """The size and width of the headline, so that it stands in one line, or in lines of about one length."""
    size = next((size for size in _TITLE_SIZES if _breadth(subject) * size <= _HEAD), _TITLE_SIZES[0])
    lines = -(-_breadth(subject) * size // _HEAD) or 1
    return {"size": size, "width": min(_HEAD, _breadth(subject) * size / lines + 1.5 * size) if lines > 1 else _HEAD}


def _steps(value: Json) -> list[Json]:
    """The steps with their mark only where it changes, and the day only where it changes."""
    told: list[Json] = []
    mark = day = ""
    for step in value if isinstance(value, list) else []:
        if not isinstance(step, dict):
            continue
        on, _, time = str(step["at"]).rpartition(" ")
        told.append({**step, "at": time if on == day else step["at"], "first": step["mark"] != mark})
        mark, day = str(step["mark"]), on
    return told


def shorter(page: Mapping[str, Json], excess: int) -> dict[str, Json]:
    """The page with its texts cut by as many lines as it is too high, in pixels: always the longest one first."""
    keeps = {key: count_lines(str(page[key])) for key in _LONG}
    for _ in range(math.ceil(excess / PIXELS_PER_POINT / _LINE) + 2):
        longest = max(keeps, key=keeps.__getitem__)
        keeps[longest] = max(keeps[longest] - 1, _SHORT)
    return {**page, **{key: cut(str(page[key]), keeps[key], _cut_mark(page)) for key in _LONG}}


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


def count_lines(text: str) -> int:
    """About how many lines of body text it takes, rather too many than too few."""
    return sum(max(1, -(-_breadth(line) // _ACROSS)) for line in text.split("\n")) if text else 0


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


def _photos(value: Json, files: Mapping[str, str]) -> list[Photo]:
    items = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return [
        Photo(name=str(item["name"]), label=str(item["label"]), stage=str(item["stage"]))
        for item in items
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
        return [*placed[:-1], [*placed[-1], *rest]]
    while rest:
        take = 2 if len(rest) in (2, 4) else min(_PER_ROW, len(rest))
        placed.append(rest[:take])
        rest = rest[take:]
    return placed


def _placed(row: Sequence[Photo], files: Mapping[str, str], sizes: Mapping[str, tuple[int, int]]) -> Json:
    """One row: all of one height, as wide as their own proportions make them, together as wide as the card."""
    shapes = [min(max(sizes[photo["name"]][0] / sizes[photo["name"]][1], _NARROWEST), _WIDEST) for photo in row]
    height = min((_ROW - _GAP * (len(row) - 1)) / sum(shapes), _HIGHEST)
    return [
        {
            "file": files[photo["name"]],
            "label": photo["label"],
            "stage": photo["stage"],
            "width": shape * height,
            "height": height,
        }
        for photo, shape in zip(row, shapes, strict=True)
    ]
