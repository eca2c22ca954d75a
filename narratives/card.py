"""The picture of a story: one phone-wide page composed by typst from templates/log.typ.

Data goes in as JSON and photos as files with fixed names, so that nobody's words can become markup or a path. To be
called in the drawing process (bots/drawing.py): it holds the processor for as long as it draws.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import segno
import typst
from PIL import Image

from core.messages import Json
from narratives.fonts import font_file
from narratives.layout import PIXELS_PER_POINT, WIDTH, fitted, page_data, shorter
from narratives.words import TEMPLATES

SIDES = 10_000  # pixels, width + height: what chat platforms take
BYTES = 2_000_000
PNG_BYTES = 1_800_000  # from here on a JPEG is smaller and still good
_QUALITIES = (85, 75, 60, 45)
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file: its bytes, "png" or "jpg", and its size in pixels."""

    data: bytes
    suffix: str
    width: int
    height: int


def draw(data: Mapping[str, Json], photos: Mapping[str, bytes]) -> Picture:
    """The picture of a story given by narratives.story.as_data; photos by media name, those missing are left out.

    1080 pixels wide, width + height at most 10,000, under 2 MB: a story too long for that is shortened and says so.
    """
    easel = _easel()
    with easel.lock:
        try:
            names, sizes = easel.stage_photos(photos)
            page = page_data(data, names, sizes, easel.stage_code(str(data.get("link") or "")))
            png = easel.compile(page)
            for _ in range(_TRIES):
                if (excess := WIDTH + _height(png) - SIDES) <= 0:
                    break
                page = shorter(page, excess)
                png = easel.compile(page)
        finally:
            easel.clear()
    height = _height(png)
    if WIDTH + height > SIDES:
        raise ValueError(f"the story does not fit: {height} pixels high")
    if len(png) <= PNG_BYTES:
        return Picture(png, "png", WIDTH, height)
    return Picture(_as_jpeg(png), "jpg", WIDTH, height)


def warm_up() -> None:
    """Load the font and compile the template once, so that the first story does not wait for it."""
    with _easel().lock:
        _easel().compile(page_data({}, {}, {}, ""))


class _Easel:
    """One compiler with its folder. The folder is this process's own and goes with it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._own = tempfile.TemporaryDirectory(prefix="huying-drawing-")
        self._folder = Path(self._own.name)
        main = self._folder / "log.typ"
        shutil.copyfile(TEMPLATES / main.name, main)
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_file().parent)]
        )
        self._compiler = typst.Compiler(str(main), root=str(self._folder), font_paths=fonts, ignore_system_fonts=True)

    def stage_photos(self, photos: Mapping[str, bytes]) -> tuple[dict[str, str], dict[str, tuple[int, int]]]:
        """Write the photos, not larger than needed; gives their file names and sizes by media name.

        A photo that is not there or cannot be read is left out: the story is worth more than one picture.
        """
        names: dict[str, str] = {}
        sizes: dict[str, tuple[int, int]] = {}
        for name, raw in photos.items():
            file = f"photo-{len(names)}.jpg"
            try:
                small, sizes[name] = fitted(raw)
            except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
                continue
            (self._folder / file).write_bytes(small)
            names[name] = file
        return names, sizes

    def stage_code(self, link: str) -> str:
        """Write the QR code of the link; gives its file name, "" without a link or with one too long for a code."""
        if not link:
            return ""
        try:
            code = segno.make(link, error="m", micro=False)
        except ValueError:
            return ""
        file = self._folder / "code.svg"
        code.save(str(file), kind="svg", border=0, dark="#22303C", scale=4)
        return file.name

    def clear(self) -> None:
        """Leave no photo lying about."""
        for file in (*self._folder.glob("photo-*.jpg"), *self._folder.glob("code.svg")):
            file.unlink(missing_ok=True)

    def compile(self, page: Mapping[str, Json]) -> bytes:
        result = self._compiler.compile(
            format="png", ppi=72 * PIXELS_PER_POINT, sys_inputs={"data": json.dumps(page, ensure_ascii=False)}
        )
        assert isinstance(result, bytes)  # one page of automatic height
        return result


@lru_cache(maxsize=1)
def _easel() -> _Easel:
    return _Easel()


def _height(png: bytes) -> int:
    return int.from_bytes(png[20:24], "big")


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
