from __future__ import annotations

import pytest

from narratives.palette import CONTRAST, contrast, palette, readable

LOOKS = [
    {"theme": theme, "primary": primary, "accent": accent}
    for theme in ("calm", "warm", "plain", "", "neon")
    for primary, accent in (
        ("", ""),
        ("#FFE600", "#FFFFFF"),
        ("#000000", "#000000"),
        ("#7fbfff", "#FF00FF"),
        ("red", "#12"),
    )
]


@pytest.mark.parametrize("look", LOOKS)
def test_every_text_can_be_read_on_every_ground_it_stands_on_whatever_colours_an_office_chose(
    look: dict[str, str],
) -> None:
    colours = palette({**look})
    for text in ("ink", "muted", "primary", "accent_ink", "red", "green"):
        for ground in ("ground", "card", "tint", "accent_tint"):
            assert contrast(colours[text], colours[ground]) >= CONTRAST, (text, ground)
    for ground in ("primary", "deep", "accent_ink", "accent_deep"):
        assert contrast("#FFFFFF", colours[ground]) >= CONTRAST
        assert contrast(colours["bright"], colours[ground]) >= CONTRAST
    assert contrast("#FFFFFF", colours["green"]) >= CONTRAST  # the label of a photo


def test_an_office_gets_its_own_colour_where_that_can_be_read_and_plain_stays_black() -> None:
    assert palette({"theme": "calm", "primary": "#1F5FA8", "accent": ""})["primary"] == "#1F5FA8"
    assert palette({"theme": "plain", "primary": "#1F5FA8", "accent": "#FF0000"})["primary"] == "#1A1A1A"


def test_what_is_no_look_is_calm() -> None:
    assert palette(None) == palette({}) == palette([1]) == palette({"theme": "neon", "primary": "teal"})
    assert palette(None)["primary"] == "#0F766E"


def test_a_colour_is_only_changed_as_far_as_it_must_be() -> None:
    assert readable("#0F766E", "#FFFFFF") == "#0F766E"
    assert 4.5 <= contrast(readable("#D97706", "#FFFFFF"), "#FFFFFF") < 4.9
    assert readable("#101010", "#000000") != "#101010"  # lighter, on a dark ground
