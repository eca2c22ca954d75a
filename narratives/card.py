"""The pictures of a story or another sheet, composed by typst from templates/*.typ.

Data goes in as JSON and photos as files with fixed names, so that nobody's words can become markup or a path. To be
called in the drawing process (bots/drawing.py): it holds the processor for as long as it draws.
"""

from __future__ import annotations

import io
import json
import math
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import segno
import typst
from PIL import Image, ImageChops

from core.messages import Json
from narratives.covering import UNREADABLE, Boxes, fitted, size_of
from narratives.fonts import font_file
from narratives.layout import PHONE, PIXELS_PER_POINT, Form, page_data, paper, photo_pixels, shorter
from narratives.palette import palette
from narratives.words import TEMPLATES

HIGHEST = 4_300  # pixels of each of several pictures; chat platforms take width + height up to 10,000
ALONE = 4_700  # of the only one: rather that than two short ones
PAGES = 9  # pictures of one sheet
BYTES = 2_000_000
PNG_BYTES = 1_800_000  # from here on a JPEG is smaller and still good
_QUALITIES = (85, 75, 60, 45)
_TRIES = 8
_PAPER_PPI = 150.0
_PAPER_PIXELS = 4.0  # of a photo for each unit of the phone's page
_PAPER_UNITS = (
    1.3,
    1.24,
    1.18,
    1.12,
    1.06,
    1.0,
    0.95,
    0.9,
)  # points; the largest with which a sheet fits on one page of A4
_PAPER_LONG = 1.12  # of a sheet that takes more
_MEDIA_BOX = re.compile(rb"/MediaBox ?\[0 0 [0-9.]+ ([0-9.]+)\]")  # of each page of a PDF
_NO_BOXES: Boxes = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file: its bytes, "png" or "jpg", and its size in pixels."""

    data: bytes
    suffix: str
    width: int
    height: int


def draw(data: Mapping[str, Json], photos: Mapping[str, bytes], boxes: Boxes = _NO_BOXES) -> tuple[Picture, ...]:
    """The pictures of a sheet, for a phone: one, or up to nine of about one height when the story is long.

    `data` is given by narratives.story.as_data or narratives.sheets; `photos` by media name, those missing are left
    out; `boxes` are what staff covered, by media name. Each picture is 1080 pixels wide, at most 4,300 high (4,700
    when it is the only one) and under 2 MB. What does not fit in nine is shortened and says so.
    """
    with _easel() as easel:
        page = easel.lay_out(data, photos, boxes)(PHONE)
        if (length := easel.heights(page)[0]) * PIXELS_PER_POINT <= ALONE:
            return (_picture(easel.pages(page, "png")[0]),)
        page = _flowing(easel, page, length)
        ground = str(palette(data.get("look"))["ground"])
        return tuple(_picture(_trimmed(image, ground)) for image in easel.pages(page, "png"))


def draw_paper(data: Mapping[str, Json], photos: Mapping[str, bytes], boxes: Boxes = _NO_BOXES) -> bytes:
    """The same sheet as an A4 PDF for the notice board: fonts embedded, no metadata, as many pages as needed."""
    with _easel() as easel:
        return easel.pages(_on_paper(easel, data, photos, boxes), "pdf")[0]


def draw_poster(data: Mapping[str, Json], photos: Mapping[str, bytes], boxes: Boxes = _NO_BOXES) -> tuple[Picture, ...]:
    """The pages of the A4 PDF as pictures, 1240 pixels wide."""
    with _easel() as easel:
        page = _on_paper(easel, data, photos, boxes)
        return tuple(_picture(image) for image in easel.pages(page, "png", _PAPER_PPI))


def warm_up() -> None:
    """Load the font, matplotlib and the templates once, so that the first story does not wait for them."""
    corners: list[Json] = [[0.0, 0.0], [0.01, 0.0], [0.01, 0.01]]
    draw({"title": "·", "map": {"label": "·", "here": corners, "around": []}}, {})


class _Easel:
    """One compiler with its folder. The folder is this process's own and goes with it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._own = tempfile.TemporaryDirectory(prefix="huying-drawing-")
        self._folder = Path(self._own.name)
        for template in TEMPLATES.glob("*.typ"):
            shutil.copyfile(template, self._folder / template.name)
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_file().parent)]
        )
        main = str(self._folder / "main.typ")
        self._compiler = typst.Compiler(main, root=str(self._folder), font_paths=fonts, ignore_system_fonts=True)

    def __enter__(self) -> _Easel:
        self._lock.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no photo lying about."""
        try:
            for file in self._folder.iterdir():
                if file.suffix != ".typ":
                    file.unlink(missing_ok=True)
        finally:
            self._lock.release()

    def lay_out(
        self,
        data: Mapping[str, Json],
        photos: Mapping[str, bytes],
        boxes: Boxes,
        pixels_per_unit: float = PIXELS_PER_POINT,
    ) -> Callable[[Form], dict[str, Json]]:
        """Write the files of the sheet; gives its page, as the templates read it, in any form.

        A photo that is not there or cannot be read is left out: the story is worth more than one picture.
        """
        sizes = _sizes(photos)
        code = self._code(str(data.get("link") or ""), palette(data.get("look"))["ink"])
        # Here, so that matplotlib is loaded by the process that draws and not by the one that only names this function.
        from narratives.charts import drawings

        charts = drawings(data)
        for name, svg in charts.items():
            (self._folder / f"drawing-{name}.svg").write_bytes(svg)
        while True:
            made = cache(partial(page_data, data, sizes=sizes, drawings=tuple(charts), code=code))
            longest = photo_pixels(made(PHONE), pixels_per_unit)
            unreadable = self._stage(photos, boxes, tuple(sizes), longest)
            if not unreadable:
                return made
            sizes = {name: size for name, size in sizes.items() if name not in unreadable}

    def _stage(
        self, photos: Mapping[str, bytes], boxes: Boxes, names: Sequence[str], longest: Mapping[str, int]
    ) -> set[str]:
        """Write each photo that the page shows, not larger than it stands there; gives those that cannot be read."""
        unreadable = set()
        for n, name in enumerate(names):
            file = f"photo-{n}.jpg"
            if file in longest:
                try:
                    small = fitted(photos[name], longest[file], boxes.get(name, ()))
                except UNREADABLE:
                    unreadable.add(name)
                    continue
                (self._folder / file).write_bytes(small)
        return unreadable

    def _code(self, link: str, ink: str) -> str:
        """Write the QR code of the link; gives its file name, "" without a link or with one too long for a code."""
        if not link:
            return ""
        try:
            code = segno.make(link, error="m", micro=False)
        except ValueError:
            return ""
        file = self._folder / "code.svg"
        code.save(str(file), kind="svg", border=0, dark=ink, scale=4)
        return file.name

    def pages(
        self, page: Mapping[str, Json], form: Literal["png", "pdf"], ppi: float = 72 * PIXELS_PER_POINT
    ) -> list[bytes]:
        """The compiled pages; a PDF is one file."""
        inputs = {"data": json.dumps(page, ensure_ascii=False)}
        made = self._compiler.compile(format=form, ppi=ppi, sys_inputs=inputs, pdf_tags=False)
        assert made is not None  # without an output file it is returned
        return made if isinstance(made, list) else [made]

    def heights(self, page: Mapping[str, Json]) -> list[float]:
        """The height of each page in points. The compiler keeps the layout: to draw it afterwards costs little more."""
        return [float(height) for height in _MEDIA_BOX.findall(self.pages(page, "pdf")[0])]


@lru_cache(maxsize=1)
def _easel() -> _Easel:
    return _Easel()


def _sizes(photos: Mapping[str, bytes]) -> dict[str, tuple[int, int]]:
    sizes = {}
    for name, raw in photos.items():
        try:
            sizes[name] = size_of(raw)
        except UNREADABLE:
            continue
    return sizes


def _flowing(easel: _Easel, page: dict[str, Json], length: float) -> dict[str, Json]:
    """The page as several of about one height, texts shortened when even nine of the highest do not hold them.

    `length` is that of the one page it would be, in units.
    """
    highest = HIGHEST // PIXELS_PER_POINT
    for _ in range(_TRIES):
        if (count := len(easel.heights(_as_high(page, highest)))) <= PAGES:
            break
        page = shorter(page, max(length - PAGES * highest * 0.94, 0.05 * length))
        length = min(length * 0.95, PAGES * highest)
    else:
        raise ValueError(f"the story does not fit in {PAGES} pictures")

    def fits(height: float) -> bool:
        return len(easel.heights(_as_high(page, height))) <= count

    return _as_high(page, _least(length / count * 0.9, highest, fits))


def _least(low: float, high: float, fits: Callable[[float], bool]) -> float:
    """The least height, in units, that fits, within eight of it; `high` is known to."""
    while high - low > 8:
        middle = math.ceil((low + high) / 2)
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def _as_high(page: Mapping[str, Json], height: float) -> dict[str, Json]:
    return {**page, "page": replace(PHONE, height=height, flow=True).json()}


def _on_paper(easel: _Easel, data: Mapping[str, Json], photos: Mapping[str, bytes], boxes: Boxes) -> dict[str, Json]:
    """The A4 page in the largest type with which it is one; what is longer takes several, in one column."""
    made = easel.lay_out(data, photos, boxes, _PAPER_PIXELS)
    for unit in _PAPER_UNITS:
        page = made(paper(unit, pair=True))
        if len(easel.heights(page)) == 1:
            return page
    return made(paper(_PAPER_LONG, pair=False))


def _trimmed(png: bytes, ground: str) -> bytes:
    """The picture without most of what is empty at its lower end."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    box = ImageChops.difference(image, Image.new("RGB", image.size, ground)).getbbox()
    end = min(image.height, (box[3] if box else 0) + 48)
    if image.height - end < 24:
        return png
    out = io.BytesIO()
    image.crop((0, 0, image.width, end)).save(out, "PNG", compress_level=4)
    return out.getvalue()


def _picture(png: bytes) -> Picture:
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    if len(png) <= PNG_BYTES:
        return Picture(png, "png", width, height)
    return Picture(_as_jpeg(png), "jpg", width, height)


def _as_jpeg(png: bytes) -> bytes:
    """The best quality that stays under the limit; the lowest when none does."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    jpeg = b""
    for quality in _QUALITIES:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True)
        jpeg = out.getvalue()
        if len(jpeg) < BYTES:
            break
    return jpeg
