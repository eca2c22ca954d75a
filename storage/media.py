"""Pictures: cleaned before anybody keeps them, stored once under the digest of their bytes."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import re
import warnings
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from PIL import Image, ImageOps

from core.errors import Refused

MAX_PIXELS = 25_000_000
MAX_SIDE = 1600  # pixels: what a phone or the screen can show
QUALITY = 85
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """`data` is a JPEG without any metadata; sizes are pixels."""

    data: bytes
    width: int
    height: int


def clean_photo(data: bytes) -> CleanPhoto:
    """Redraws a picture upright, at most MAX_SIDE long, on white, with nothing in it but its pixels (GPS is gone).

    To be run in a process of its own: a decoder fed by strangers may take its memory, or its life. Raises Refused
    `photo_too_large` (params megapixels, limit) before decoding anything, `photo_unreadable` when it is no picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a broken EXIF block is thrown away anyway
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                _refuse_large(image.width * image.height)
                return _redrawn(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        found = re.search(r"\d+", str(error))
        _refuse_large(int(found[0]) if found else MAX_PIXELS + 1)
        raise Refused("photo_unreadable") from error
    except Refused:
        raise
    except Exception as error:  # decoders raise anything: OSError, SyntaxError, struct.error, MemoryError …
        raise Refused("photo_unreadable") from error


class MediaStore:
    """A folder of pictures; whatever waits for the disk does so in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, data: bytes, suffix: str) -> str:
        """The name under which these bytes are kept, `suffix` ("jpg") at its end; they are on the disk when it returns."""
        return await asyncio.to_thread(self._put, data, f"{hashlib.sha256(data).hexdigest()}.{suffix.lstrip('.')}")

    def _put(self, data: bytes, name: str) -> str:
        path = self.path(name)
        if path.exists():
            os.utime(path)  # so that no sweep takes it for old just now
            return name
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return name

    def path(self, name: str) -> Path:
        """Where it lies, or would. Raises FileNotFoundError for what `put` can never have returned."""
        if not _NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return self._folder / name[:2] / name

    async def read(self, name: str) -> bytes:
        """Raises FileNotFoundError."""
        return await asyncio.to_thread(self.path(name).read_bytes)

    async def sweep(self, known: AbstractSet[str], before: datetime) -> tuple[str, ...]:
        """Removes what nobody mentions and what was left half written, if written before then; returns the names."""
        return await asyncio.to_thread(self._sweep, known, before)

    def _sweep(self, known: AbstractSet[str], before: datetime) -> tuple[str, ...]:
        removed = []
        for path in sorted(self._folder.glob("??/*")):
            if path.name in known:
                continue
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    removed.append(path.name)
        return tuple(removed)


def _refuse_large(pixels: int) -> None:
    if pixels > MAX_PIXELS:
        raise Refused("photo_too_large", megapixels=-(-pixels // 1_000_000), limit=MAX_PIXELS // 1_000_000)


def _redrawn(image: Image.Image) -> CleanPhoto:
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # a large JPEG is decoded at half its size or less
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(image)
    # Drawn onto a fresh canvas, so that no comment, profile or thumbnail comes along.
    canvas = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        canvas.paste(layer, mask=layer.getchannel("A"))
    else:
        canvas.paste(upright.convert("RGB"))
    target = io.BytesIO()
    canvas.save(target, "JPEG", quality=QUALITY, optimize=True)
    return CleanPhoto(target.getvalue(), canvas.width, canvas.height)
