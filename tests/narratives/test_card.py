from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image

from core.events import Stage
from core.facts import FactKind
from core.messages import Json
from narratives import card, fonts, layout
from narratives.card import Picture, draw
from narratives.layout import count_lines, cut, page_data, rows
from narratives.story import as_data
from tests.narratives.builders import at, event, fact, history, jpeg, photo, story

TWO = {"before.jpg": jpeg(colour="#AA5544"), "after.jpg": jpeg(colour="#44AA55")}
MARKUP = '#sys.inputs $x$ *b* _i_ @ref <l> \\ ` // /* #read("/etc/passwd") #import "x" {{7*7}} <script>alert(1)</script> [ ] { }'


def pixels(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data)).convert("RGB")
    assert image.size == (picture.width, picture.height)
    return image


def check(picture: Picture) -> Image.Image:
    assert picture.width == 1080
    assert picture.width + picture.height <= 10_000
    assert max(picture.height / picture.width, picture.width / picture.height) <= 20
    assert len(picture.data) < 2_000_000
    assert picture.suffix == ("png" if picture.data.startswith(b"\x89PNG") else "jpg")
    return pixels(picture)


def text_of(page: Mapping[str, Json]) -> str:
    """What would be shown, without the places to break."""
    return str(page).replace("\u200b", "").replace("\u2060", "")


FIELDS: tuple[dict[str, Any], ...] = (
    {"of": event(title=MARKUP)},
    {"of": event(place=MARKUP, number=MARKUP, category=MARKUP)},
    {"of": event(comment=MARKUP)},
    {"facts": history(MARKUP, MARKUP, MARKUP, MARKUP)},
    {"changed_text": MARKUP},
    {"link": MARKUP},
    {"facts": (fact(FactKind.ASSIGNED, at(), None, name=MARKUP, role="grid_worker"),)},
)


@pytest.mark.parametrize("field", FIELDS)
def test_markup_in_any_field_is_drawn_as_text(field: dict[str, Any]) -> None:
    check(draw(as_data(story(**field)), {}))


def test_markup_reaches_the_page_unchanged_and_as_a_string() -> None:
    page = page_data(as_data(story(facts=history(MARKUP))), {}, {}, "")
    assert str(page["description"]).replace("\u200b", "").replace("\u2060", "") == MARKUP


@pytest.mark.parametrize(
    "text",
    [
        "A" * 2000,
        "！" * 2000,
        "……" * 900,
        "「" * 900,
        "0" * 10 + "1" * 600,
        "http://example.org/" + "a-b_c/" * 200,
        "\u00a0".join(["不断开"] * 300),
        "\n".join("行" * 900),
        "\u202e\u2066RTL\u05d0\u0627\u0644عرب\u200f" * 40,
        "\x00\x07\x1b[31m\ufeff\ud800",
        "👨‍👩‍👧😀🇨🇳" * 50,
        "a\u0301\u0301\u0301\u0301" * 100,
        "𠮷𪚥" * 100,
        "",
        " \n \n ",
    ],
)
def test_any_text_makes_a_picture_without_overflow(text: str) -> None:
    image = check(
        draw(as_data(story(event(title=text[:24], place=text, comment=text), history(text, text, text), ())), {})
    )
    margin = image.crop((1080 - 38, 700, 1080, image.height - 260))  # right of the cards there is only ground
    for darkest, ground in zip(margin.getextrema(), (0xF4, 0xF6, 0xF8), strict=True):
        assert isinstance(darkest, tuple)
        assert darkest[0] >= ground - 3  # a JPEG is not exact


def test_two_thousand_characters_everywhere_and_nine_photos_are_shortened_to_fit_and_say_so() -> None:
    shots = [photo(f"{n}.jpg", Stage.BEFORE if n < 4 else Stage.AFTER, size=(900, 1600)) for n in range(9)]
    raw = {shot.name: jpeg((900, 1600), f"#{n}{n}6688") for n, shot in enumerate(shots)}
    long = "楼道里的杂物越堆越多，" * 180
    check(draw(as_data(story(event(comment=long), history(long, long, long), shots)), raw))
    page = layout.shorter(page_data(as_data(story(facts=history(long, long))), {}, {}, ""), 5000)
    assert str(page["description"]).endswith("……（全文见社区）")
    assert str(page["result"]).endswith("……（全文见社区）")
    assert page["comment"] == event().comment


def test_a_picture_of_noise_becomes_a_jpeg_under_the_limit() -> None:
    shots = [photo(f"{n}.jpg", Stage.AFTER) for n in range(4)]
    noise = io.BytesIO()
    Image.merge("RGB", [Image.effect_noise((750, 1000), 200) for _ in range(3)]).save(noise, "JPEG", quality=95)
    picture = draw(as_data(story(photos=shots)), {shot.name: noise.getvalue() for shot in shots})
    assert picture.suffix == "jpg"
    check(picture)


def test_a_photo_that_is_missing_or_no_picture_is_left_out() -> None:
    for raw in (
        {},
        {"before.jpg": b"not a picture", "after.jpg": b""},
        {"../../etc/passwd": jpeg(), "other.jpg": jpeg()},
    ):
        assert draw(as_data(story()), raw).height < draw(as_data(story()), TWO).height


def test_the_photos_of_one_story_never_show_in_the_next() -> None:
    def colours(raw: dict[str, bytes]) -> set[tuple[int, ...]]:
        image = pixels(draw(as_data(story(facts=())), raw))
        counted = image.getcolors(maxcolors=1 << 20) or []
        return {colour for count, colour in counted if isinstance(colour, tuple) and count > 50_000}

    red = colours({"before.jpg": jpeg(colour="#C00000"), "after.jpg": jpeg(colour="#C00000")})
    blue = colours({"before.jpg": jpeg(colour="#0000C0"), "after.jpg": jpeg(colour="#0000C0")})
    assert any(colour[0] > 180 and colour[2] < 20 for colour in red)
    assert not any(colour[0] > 180 and colour[2] < 20 for colour in blue)


def test_no_photo_lies_about_after_drawing() -> None:
    draw(as_data(story(link="https://example.org")), TWO)
    assert [file.name for file in card._easel()._folder.iterdir()] == ["log.typ"]


def test_the_picture_has_the_colours_of_the_house_and_is_not_blank() -> None:
    image = pixels(draw(as_data(story()), TWO)).reduce(8)
    counted = image.getcolors(maxcolors=1 << 20) or []
    assert len(counted) > 200
    top = image.getpixel((4, 4))
    assert isinstance(top, tuple)
    assert top[1] > top[0] + 40  # teal


def test_without_a_link_there_is_no_code_and_with_one_too_long_neither() -> None:
    assert page_data(as_data(story()), {}, {}, "")["code"] == ""
    plain = draw(as_data(story(photos=())), {})
    assert draw(as_data(story(photos=(), link="x" * 5000)), {}).data == plain.data
    assert draw(as_data(story(photos=(), link="https://example.org/g/3")), {}).data != plain.data


def test_the_same_story_gives_the_same_picture() -> None:
    assert draw(as_data(story()), TWO) == draw(as_data(story()), TWO)


def test_a_story_with_nothing_but_a_number_is_a_picture_too() -> None:
    check(draw({"number": "EV-1"}, {}))
    check(draw({}, {}))


def test_portrait_and_landscape_stand_side_by_side_in_their_own_proportions() -> None:
    data = as_data(story())
    page = page_data(
        data, {"before.jpg": "photo-0.jpg", "after.jpg": "photo-1.jpg"}, {"before.jpg": (3, 4), "after.jpg": (4, 3)}, ""
    )
    assert isinstance(page["rows"], list)
    (row,) = page["rows"]
    assert isinstance(row, list)
    first, second = (item for item in row if isinstance(item, dict))
    assert first["height"] == second["height"]
    assert float(str(first["width"])) / float(str(first["height"])) == pytest.approx(0.75)
    assert float(str(first["width"])) + float(str(second["width"])) + 8 == pytest.approx(315)


@pytest.mark.parametrize(
    ("before", "after", "shape"),
    [
        (1, 1, [2]),
        (0, 1, [1]),
        (2, 0, [2]),
        (4, 0, [2, 2]),
        (4, 5, [2, 2, 2, 3]),
        (1, 4, [2, 3]),
        (0, 9, [3, 3, 3]),
        (3, 1, [2, 2]),
    ],
)
def test_photos_stand_in_pairs_and_nobody_is_left_alone(before: int, after: int, shape: list[int]) -> None:
    def some(count: int) -> list[layout.Photo]:
        return [layout.Photo(name=str(n), label="", stage="") for n in range(count)]

    assert [len(row) for row in rows(some(before), some(after))] == shape


def test_a_cut_text_takes_no_more_lines_than_asked() -> None:
    for text in ("字" * 500, "word " * 300, "行\n" * 50):
        assert count_lines(cut(text, 7, "……")) <= 7
    assert cut("短", 1, "……") == "短"


def test_emoji_are_dropped_unknown_han_become_a_mark_and_accents_are_composed() -> None:
    assert fonts.shown("好😀的👨‍👩‍👧，𠮷野家 cafe\u0301 \u0627\u0644\n下一行") == "好的，〓野家 café \n下一行"
    assert fonts.has_glyph("应")
    assert not fonts.has_glyph("😀")


def test_the_font_is_found_without_importing_zhplot() -> None:
    import sys

    assert fonts.font_file().is_file()
    assert "zhplot" not in sys.modules
