"""Photos for a picture: what staff covered is gone for good, and none is larger than the place it stands in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from PIL import Image, ImageFilter, ImageOps

from narratives.publications import Box

Boxes = Mapping[str, Sequence[Box]]

_CELLS = 4  # a covered place keeps at most so many by so many colours
_CELL = 24  # pixels a cell is at least wide and high, so that no stroke of a character is one
_LONGEST_SIDE = 2400  # pixels of a picture with something covered
_ORIENTATION = 0x0112  # Exif; 5 and more stand on their side
UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


def size_of(raw: bytes) -> tuple[int, int]:
    """Width and height of the upright photo in pixels. Raises one of UNREADABLE for what is no picture."""
    with Image.open(io.BytesIO(raw)) as image:
        width, height = image.size
        return (height, width) if image.getexif().get(_ORIENTATION, 1) >= 5 else (width, height)


def fitted(raw: bytes, longest: int, boxes: Sequence[Box] = ()) -> bytes:
    """The photo as a JPEG with no side longer than asked, its boxes covered. Raises one of UNREADABLE."""
    with Image.open(io.BytesIO(raw)) as image:
        image.draft("RGB", (longest, longest))
        image.thumbnail((longest, longest), Image.Resampling.BICUBIC, reducing_gap=2.0)
        if image.getexif().get(_ORIENTATION, 1) != 1:
            ImageOps.exif_transpose(image, in_place=True)
        upright = image.convert("RGB")
    return _as_jpeg(_covered(upright, boxes), 88)


def covered(raw: bytes, boxes: Sequence[Box]) -> bytes:
    """The photo as a JPEG in which nothing can be made out inside the boxes. Raises one of UNREADABLE.

    Each box becomes at most 4 by 4 cells of averaged colour, whose edges are blurred together. What lies outside the
    picture is cut off, a box without a surface is none.
    """
    return fitted(raw, _LONGEST_SIDE, boxes)


def _covered(image: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    for box in boxes:
        if (place := _clamped(box, image.size)) is None:
            continue
        width, height = place[2] - place[0], place[3] - place[1]
        across, down = (max(1, min(_CELLS, side // _CELL)) for side in (width, height))
        # Every colour is first brought down to few levels, so that no fine difference of averages is left to count.
        cells = image.crop(place).resize((across, down), Image.Resampling.BOX)
        cells = ImageOps.posterize(cells, 5)
        cover = cells.resize((width, height), Image.Resampling.NEAREST)
        blur = min(width / across, height / down) / 6
        image.paste(cover.filter(ImageFilter.GaussianBlur(blur)), place)
    return image


def _clamped(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """The box in pixels inside the picture, grown outwards to whole ones; None for one without a surface there."""
    x, y, width, height = box
    if not all(abs(value) < 1e6 for value in box) or width <= 0 or height <= 0:  # a NaN is smaller than nothing
        return None
    left, top = (max(0, int(max(0.0, start) * side)) for start, side in ((x, size[0]), (y, size[1])))
    right, bottom = (
        min(side, -int(-min(1.0, start + length) * side // 1))
        for start, length, side in ((x, width, size[0]), (y, height, size[1]))
    )
    return (left, top, right, bottom) if right > left and bottom > top else None


def _as_jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
