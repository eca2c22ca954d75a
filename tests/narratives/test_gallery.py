"""Every sheet of the gallery is drawn and checked; docs/gallery.md shows what was looked at."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from core.messages import Json
from narratives.card import ALONE, HIGHEST, PAGES
from narratives.fonts import has_glyph
from narratives.layout import PHONE, page_data, paper
from narratives.palette import palette
from tests.narratives.gallery import Exhibit, exhibits

ROOT = Path(__file__).resolve().parents[2]
A4_PIXELS = (1240, 1754)
UNSEEN = "\n\u200b\u2060"  # they end, break or join lines and are never drawn


@lru_cache(maxsize=1)
def gallery() -> dict[str, Exhibit]:
    return exhibits()


def texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(inner)


@pytest.mark.parametrize("name", gallery())
def test_a_sheet_of_the_gallery_is_whole_within_all_limits_and_has_a_glyph_for_every_character(name: str) -> None:
    exhibit = gallery()[name]
    made = exhibit.pictures()
    assert 1 <= len(made) <= PAGES
    ground = palette(exhibit.data.get("look"))["ground"]
    for n, (data, suffix) in enumerate(made):
        image = Image.open(io.BytesIO(data)).convert("RGB")
        assert len(data) < 2_000_000
        assert suffix == "png"
        highest = ALONE if len(made) == 1 else HIGHEST
        assert image.size == A4_PIXELS if exhibit.paper else image.width == 1080 and image.height <= highest
        assert len(image.reduce(8).getcolors(1 << 20) or ()) > 50  # not blank
        unit = image.width / 375 if not exhibit.paper else image.width / 640
        edge = int(13 * unit)
        for left in (0, image.width - edge):  # nothing reaches over the margins, but the masthead
            strip = image.crop((left, int(290 * unit) if n == 0 else 0, left + edge, image.height))
            assert ImageChops.difference(strip, Image.new("RGB", strip.size, ground)).getbbox() is None
    page = page_data(exhibit.data, paper(1.0, pair=True) if exhibit.paper else PHONE, {})
    colours_and_files = {"colours", "page", "code", "drawings"}
    for key, value in page.items():
        for text in texts(value) if key not in colours_and_files else ():
            assert [c for c in text if c not in UNSEEN and not has_glyph(c)] == []


def test_the_gallery_shows_twelve_variants_and_every_kind_of_sheet_in_every_theme() -> None:
    shown = gallery()
    assert sum(name.startswith("log-") for name in shown) >= 12
    assert {str(exhibit.data["sheet"]) for exhibit in shown.values()} == {"log", "notice", "digest", "honours", "month"}
    assert {str(exhibit.data["sheet"]) for exhibit in shown.values() if exhibit.paper} >= {"log", "honours", "month"}
    looks = [look for exhibit in shown.values() if isinstance(look := exhibit.data["look"], dict)]
    assert {look["theme"] for look in looks} == {"calm", "warm", "plain"}


def test_the_manual_shows_pictures_that_are_there_and_small() -> None:
    told = re.findall(r"images/gallery/([\w-]+\.png)", (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8"))
    files = {file.name: file.stat().st_size for file in (ROOT / "docs" / "images" / "gallery").iterdir()}
    assert set(told) == set(files)
    assert len(told) >= 12
    assert sum(files.values()) < 2_500_000
