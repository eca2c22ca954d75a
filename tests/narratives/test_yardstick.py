from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from PIL import Image

from core.messages import Json
from narratives.card import draw
from narratives.stopwatch import medians, resident_bytes, timed
from narratives.story import as_data
from narratives.yardstick import draw_plainly
from tests.narratives.builders import jpeg, story, variants

TWO = {"before.jpg": jpeg(colour="#AA5544"), "after.jpg": jpeg(colour="#44AA55")}


def image_of(data: Mapping[str, Json], photos: Mapping[str, bytes]) -> Image.Image:
    return Image.open(io.BytesIO(draw_plainly(data, photos))).convert("RGB")


def count(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """Pixels that are nearly of the colour."""
    counted = image.getcolors(1 << 23) or []
    return sum(
        n
        for n, seen in counted
        if isinstance(seen, tuple) and max(abs(a - b) for a, b in zip(seen, colour, strict=True)) < 14
    )


def test_the_yardstick_draws_the_same_parts_in_about_the_same_size() -> None:
    data = as_data(story(link="https://example.org/e/0123456789abcdef"))
    plain = image_of(data, TWO)
    (ours,) = draw(data, TWO)
    assert plain.width == ours.width == 1080
    assert 0.9 <= plain.height / ours.height <= 1.1  # neither has fewer pixels to draw
    typst = Image.open(io.BytesIO(ours.data)).convert("RGB")
    for colour in ((0xAA, 0x55, 0x44), (0x44, 0xAA, 0x55)):
        assert 0.8 <= count(plain, colour) / count(typst, colour) <= 1.25  # the photos
    for colour in ((0xD9, 0x77, 0x06), (0xB4, 0x23, 0x18), (0x0F, 0x76, 0x6E)):
        assert count(plain, colour) > 300  # stars, pin, masthead and marks


@pytest.mark.parametrize("name", ["rejected", "partner", "bare", "own_words", "overdue", "english"])
def test_the_yardstick_draws_every_kind_of_log(name: str) -> None:
    assert image_of(as_data(variants()[name]), {}).width == 1080


def test_drawings_are_timed_turn_by_turn_and_summed_up_by_their_medians() -> None:
    data = as_data(story(photos=()))
    ours, plain = timed(data, {}, 2)
    assert (len(ours), len(plain)) == (2, 2)
    assert min(*ours, *plain) > 0
    assert set(medians(data, {}, 1)) == {"log_ms", "matplotlib_ms", "ratio"}


def test_the_memory_of_this_process_is_known_in_bytes() -> None:
    assert 20_000_000 < resident_bytes() < 4_000_000_000
