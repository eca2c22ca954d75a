from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from PIL import Image, ImageChops

from core.areas import Area, Level
from core.events import Stage
from core.facts import FactKind
from core.messages import Json
from narratives import card, fonts, layout
from narratives.card import ALONE, HIGHEST, PAGES, Picture, draw, draw_paper
from narratives.layout import PHONE, count_lines, cut, page_data, rows
from narratives.sheets import DigestItem, Honoured, MonthFigures, digest_data, honours_data, month_data, notice_data
from narratives.story import as_data
from tests.narratives.builders import at, event, fact, history, jpeg, photo, story

TWO = {"before.jpg": jpeg(colour="#AA5544"), "after.jpg": jpeg(colour="#44AA55")}
MARKUP = '#sys.inputs $x$ *b* _i_ @ref <l> \\ ` // /* #read("/etc/passwd") #import "x" {{7*7}} <script>alert(1)</script> [ ] { }'


def pixels(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data)).convert("RGB")
    assert image.size == (picture.width, picture.height)
    return image


def check(pictures: tuple[Picture, ...]) -> list[Image.Image]:
    """Within every channel's limits, and nothing but ground beside the cards."""
    assert 1 <= len(pictures) <= PAGES
    images = []
    for n, picture in enumerate(pictures):
        assert picture.width == 1080
        assert picture.height <= (ALONE if len(pictures) == 1 else HIGHEST)
        assert picture.width + picture.height <= 10_000
        assert max(picture.height / picture.width, picture.width / picture.height) <= 20
        assert len(picture.data) < 2_000_000
        assert picture.suffix == ("png" if picture.data.startswith(b"\x89PNG") else "jpg")
        images.append(image := pixels(picture))
        for left in (2, 1080 - 36):
            top = min(1000 if n == 0 else 0, image.height - 1)  # the masthead is as wide as the picture
            margin = image.crop((left, top, left + 34, image.height))
            for darkest, ground in zip(margin.getextrema(), (0xF4, 0xF6, 0xF8), strict=True):
                assert isinstance(darkest, tuple)
                assert darkest[0] >= ground - 3  # a JPEG is not exact
    return images


def one(pictures: tuple[Picture, ...]) -> Picture:
    (picture,) = pictures
    return picture


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


@pytest.mark.parametrize("text", [MARKUP, "A" * 900, "😀\u202e𠮷\x00", ""])
def test_any_text_in_the_other_sheets_is_drawn_as_text_on_a_phone_and_on_paper(text: str) -> None:
    path, day = (Area("x", text[:40], Level.COMMUNITY),), date(2026, 11, 23)
    sheets = (
        notice_data(text, text * 3, path, text, day, link=text),
        digest_data([DigestItem(text, text, text, text, text, 3, text)] * 2, path, day, link=text),
        honours_data([Honoured(text, text, 5, text, text)] * 3, path, day, link=text),
        month_data(MonthFigures(3, 0.5, 4.0, {text: 3}), None, [3] * 30, path, day, link=text),
    )
    for sheet in sheets:
        check(draw(sheet, {}))
        assert draw_paper(sheet, {}).startswith(b"%PDF-")


def test_markup_reaches_the_page_unchanged_and_as_a_string() -> None:
    page = page_data(as_data(story(facts=history(MARKUP))), PHONE, {})
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
    check(draw(as_data(story(event(title=text[:24], place=text, comment=text), history(text, text, text), ())), {}))


def test_a_short_story_is_one_picture() -> None:
    check((one(draw(as_data(story(link="https://example.org")), TWO)),))


def test_a_long_story_flows_into_pictures_of_about_one_height_and_loses_no_word() -> None:
    long = "楼道里的杂物越堆越多，" * 180
    data = as_data(story(event(comment=long[:1000]), history(long, long)))
    pictures = draw(data, TWO)
    check(pictures)
    assert len(pictures) >= 3
    heights = [picture.height for picture in pictures]
    assert min(heights) >= 0.8 * max(heights)
    page = page_data(data, PHONE, {})
    assert text_of({"": page["description"]}).count("越堆越多") == 180


def test_a_story_a_little_too_long_for_one_picture_has_no_stump() -> None:
    data = as_data(story(facts=history("楼道里的杂物越堆越多，" * 30)))
    pictures = draw(data, TWO)
    assert len(pictures) == 2
    assert min(picture.height for picture in pictures) > 1500


def test_no_photo_is_broken_between_two_pictures() -> None:
    colours = ["#C00000", "#00A000", "#0000C0", "#A000A0", "#00A0A0", "#A0A000", "#FF8000", "#8000FF", "#00FF80"]
    shots = [photo(f"{n}.jpg", Stage.BEFORE if n < 4 else Stage.AFTER, size=(900, 1600)) for n in range(9)]
    raw = {shot.name: jpeg((900, 1600), colour) for shot, colour in zip(shots, colours, strict=True)}
    pictures = draw(as_data(story(photos=shots)), raw)
    check(pictures)
    assert len(pictures) > 1
    found = []
    for image in (pixels(picture) for picture in pictures):
        for colour in colours:
            wanted = Image.new("RGB", image.size, colour)
            near = ImageChops.difference(image, wanted).convert("L").point(lambda value: 255 * (value < 12))
            if near.getbbox() and near.histogram()[255] > 20_000:
                found.append((colour, near.histogram()[255] / 1000))
    assert sorted(colour for colour, _ in found) == sorted(colours)  # each in one picture, none in two


def test_following_pictures_have_a_running_head_and_only_the_last_one_the_code() -> None:
    long = "楼道里的杂物越堆越多，" * 160
    without, with_code = (
        draw(as_data(story(facts=history(long), link=link)), {}) for link in ("", "https://example.org/e/1")
    )
    assert len(without) == len(with_code) > 1
    assert pixels(without[1]).crop((0, 0, 1080, 110)).getcolors(4096) is not None
    head = pixels(with_code[1]).crop((40, 0, 1040, 120)).convert("L").point(lambda value: 255 * (value < 140))
    assert head.getbbox()
    corners = [
        pixels(picture).crop((830, picture.height - 260, 1030, picture.height - 40)).convert("L")
        for picture in with_code
    ]
    dark = [corner.histogram()[:70] for corner in corners]
    assert sum(dark[-1]) > 8_000  # the code


def test_what_nine_pictures_do_not_hold_is_shortened_and_says_so() -> None:
    shots = [photo(f"{n}.jpg", Stage.BEFORE if n < 4 else Stage.AFTER, size=(900, 1600)) for n in range(9)]
    raw = {shot.name: jpeg((900, 1600), f"#{n}{n}6688") for n, shot in enumerate(shots)}
    long = "\n".join("楼道里的杂物越堆越多，" for _ in range(1200))
    check(draw(as_data(story(event(comment=long), history(long, long, long), shots)), raw))
    page = layout.shorter(page_data(as_data(story(facts=history(long, long))), PHONE, {}), 14_000)
    assert str(page["description"]).endswith("……（全文见社区）")
    assert str(page["result"]).endswith("……（全文见社区）")
    assert page["comment"] == event().comment


def test_four_thousand_characters_in_each_field_are_all_shown() -> None:
    long = "楼道里的杂物越堆越多，请社区来看看吧。" * 210
    data = as_data(story(event(comment=long[:4000]), history(long[:4000], long[:4000])))
    pictures = draw(data, {})
    check(pictures)
    assert "全文见社区" not in text_of(page_data(data, PHONE, {}) | {"labels": ""})


def test_a_hundred_steps_of_progress_still_make_pictures() -> None:
    steps = tuple(fact(FactKind.PROGRESSED, at(hours=n), 2, text="又去看了一次，" * 40, photos=[]) for n in range(300))
    check(draw(as_data(story(facts=(*history()[:4], *steps, *history()[5:]))), {}))


def test_a_picture_of_noise_becomes_a_jpeg_under_the_limit() -> None:
    shots = [photo(f"{n}.jpg", Stage.AFTER) for n in range(4)]
    noise = io.BytesIO()
    Image.merge("RGB", [Image.effect_noise((750, 1000), 200) for _ in range(3)]).save(noise, "JPEG", quality=95)
    pictures = draw(as_data(story(photos=shots)), {shot.name: noise.getvalue() for shot in shots})
    assert "jpg" in {picture.suffix for picture in pictures}
    check(pictures)


def test_a_photo_that_is_missing_or_no_picture_is_left_out() -> None:
    for raw in (
        {},
        {"before.jpg": b"not a picture", "after.jpg": b""},
        {"../../etc/passwd": jpeg(), "other.jpg": jpeg()},
    ):
        assert one(draw(as_data(story()), raw)).height < one(draw(as_data(story()), TWO)).height


def test_the_photos_of_one_story_never_show_in_the_next() -> None:
    def colours(raw: dict[str, bytes]) -> set[tuple[int, ...]]:
        image = pixels(one(draw(as_data(story(facts=())), raw)))
        counted = image.getcolors(maxcolors=1 << 20) or []
        return {colour for count, colour in counted if isinstance(colour, tuple) and count > 50_000}

    red = colours({"before.jpg": jpeg(colour="#C00000"), "after.jpg": jpeg(colour="#C00000")})
    blue = colours({"before.jpg": jpeg(colour="#0000C0"), "after.jpg": jpeg(colour="#0000C0")})
    assert any(colour[0] > 180 and colour[2] < 20 for colour in red)
    assert not any(colour[0] > 180 and colour[2] < 20 for colour in blue)


def test_no_photo_lies_about_after_drawing() -> None:
    draw(as_data(story(link="https://example.org")), TWO)
    assert {file.suffix for file in card._easel()._folder.iterdir()} == {".typ"}


def test_the_picture_has_the_colours_of_the_house_and_is_not_blank() -> None:
    image = pixels(one(draw(as_data(story()), TWO))).reduce(8)
    counted = image.getcolors(maxcolors=1 << 20) or []
    assert len(counted) > 200
    top = image.getpixel((4, 4))
    assert isinstance(top, tuple)
    assert top[1] > top[0] + 40  # teal


def test_without_a_link_there_is_no_code_and_with_one_too_long_neither() -> None:
    assert page_data(as_data(story()), PHONE, {})["code"] == ""
    plain = one(draw(as_data(story(photos=())), {}))
    assert one(draw(as_data(story(photos=(), link="x" * 5000)), {})).data == plain.data
    assert one(draw(as_data(story(photos=(), link="https://example.org/g/3")), {})).data != plain.data


def test_the_same_story_gives_the_same_picture() -> None:
    assert draw(as_data(story()), TWO) == draw(as_data(story()), TWO)


def test_a_story_with_nothing_but_a_number_is_a_picture_too() -> None:
    check(draw({"number": "EV-1"}, {}))
    check(draw({}, {}))


def test_portrait_and_landscape_stand_side_by_side_in_their_own_proportions() -> None:
    page = page_data(as_data(story()), PHONE, {"before.jpg": (3, 4), "after.jpg": (4, 3)})
    assert isinstance(page["rows"], list)
    (row,) = page["rows"]
    assert isinstance(row, list)
    first, second = (item for item in row if isinstance(item, dict))
    assert first["height"] == second["height"]
    assert float(str(first["width"])) / float(str(first["height"])) == pytest.approx(0.75)
    assert float(str(first["width"])) + float(str(second["width"])) + 8 == pytest.approx(317)


def test_a_picture_of_the_work_stands_between_before_and_after() -> None:
    first, work, last = (layout.Photo(name=name, label="", stage="") for name in ("before", "during", "after"))
    assert rows([first, work], [last]) == [[first, work, last]]


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


def test_what_staff_covered_is_covered_before_anything_is_drawn() -> None:
    striped = Image.new("RGB", (80, 1))
    striped.putdata([(192, 0, 0) if n % 2 else (255, 255, 255) for n in range(80)])
    out = io.BytesIO()
    striped.resize((800, 600), Image.Resampling.NEAREST).save(out, "PNG")
    data = as_data(story(photos=(photo("after.jpg", Stage.AFTER, size=(800, 600)),)))

    def red(boxes: Mapping[str, Any]) -> int:
        image = pixels(one(draw(data, {"after.jpg": out.getvalue()}, boxes)))
        counted = image.getcolors(1 << 22) or []
        return sum(count for count, (r, g, b) in counted if r > 150 and g < 60 and b < 60)  # type: ignore[misc]

    plain = red({})
    assert plain > 100_000
    assert red({"other.jpg": [(0.0, 0.0, 1.0, 1.0)]}) == plain
    assert red({"after.jpg": [(0.0, 0.0, 1.0, 1.0)]}) < plain / 20


def test_an_unreadable_photo_with_a_good_head_is_left_out() -> None:
    torn = jpeg()[: len(jpeg()) // 2]
    assert one(draw(as_data(story()), {"before.jpg": torn, "after.jpg": jpeg()})).height > 1000


def test_a_sheet_that_there_is_none_of_is_an_error() -> None:
    with pytest.raises(KeyError):
        draw({"sheet": "../../etc/passwd"}, {})


def test_the_paper_is_a4_with_its_font_in_it_and_says_nothing_of_persons_or_machines() -> None:
    pdf = draw_paper(as_data(story(link="https://example.org/e/1")), TWO)
    assert pdf.startswith(b"%PDF-")
    assert re.findall(rb"/MediaBox ?\[([^]]*)\]", pdf) == [b"0 0 595.276 841.89"]
    assert b"NotoSansSC" in pdf
    assert b"/FontFile" in pdf
    for told in (b"/Author", b"/CreationDate", b"/ModDate", b"huying-drawing", b"/tmp"):
        assert told not in pdf
    assert draw_paper(as_data(story(link="https://example.org/e/1")), TWO) == pdf


def test_a_long_story_takes_more_pages_of_paper() -> None:
    pdf = draw_paper(as_data(story(facts=history("楼道里的杂物越堆越多，" * 180))), TWO)
    assert 2 <= len(re.findall(rb"/MediaBox", pdf)) <= 5
