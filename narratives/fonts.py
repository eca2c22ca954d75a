"""The one font of pictures and pages, Noto Sans SC Regular from PyPI zhplot, and which characters it can show."""

from __future__ import annotations

import struct
import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

FAMILY = "Noto Sans SC"
_FILE = Path("fonts", "NotoSansSC-Regular.ttf")
_UNKNOWN_HAN = "〓"


class FontError(RuntimeError):
    """The font is not where the package zhplot should have put it."""


@lru_cache(maxsize=1)
def font_file() -> Path:
    """The font's file. zhplot is located but not imported: importing it would change matplotlib's settings.

    Raises FontError when the package or its file is missing.
    """
    spec = find_spec("zhplot")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (file := Path(folder, _FILE)).is_file():
            return file
    raise FontError(f"no {_FILE.name}: install the package zhplot, which carries it")


def has_glyph(character: str) -> bool:
    """Whether the font can show the character."""
    return ord(character) in _code_points()


def shown(text: str) -> str:
    """The text as the font can show it: a Han character it lacks becomes 〓; emoji and whatever else it lacks go.

    Line ends stay; decomposed letters are composed first, so that accents do not get lost.
    """
    text = unicodedata.normalize("NFC", text)
    return "".join(c if c == "\n" or has_glyph(c) else _UNKNOWN_HAN if _is_han(c) else "" for c in text)


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith(("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH"))


@lru_cache(maxsize=1)
def _code_points() -> frozenset[int]:
    """Every code point with a glyph: the groups of the font's cmap table in format 12 (OpenType, "cmap")."""
    data = font_file().read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    entries = (struct.unpack_from(">4sLLL", data, 12 + 16 * n) for n in range(tables))
    cmap = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    (subtables,) = struct.unpack_from(">H", data, cmap + 2)
    for n in range(subtables):
        (offset,) = struct.unpack_from(">L", data, cmap + 8 + 8 * n)
        (form,) = struct.unpack_from(">H", data, cmap + offset)
        if form == 12:
            (groups,) = struct.unpack_from(">L", data, cmap + offset + 12)
            spans = struct.iter_unpack(">LLL", data[cmap + offset + 16 : cmap + offset + 16 + 12 * groups])
            return frozenset(code for first, last, _ in spans for code in range(first, last + 1) if code >= 0x20)
    raise FontError(f"{font_file()} has no character map of format 12")
