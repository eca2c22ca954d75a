from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from core.messages import Json
from narratives.charts import category_bars, centre, day_columns, drawings, grid_map
from narratives.fonts import font_file
from narratives.palette import palette
from narratives.story import as_data
from tests.narratives.builders import story
from tests.narratives.gallery import month

COLOURS = palette(None)
HERE = [(121.64, 38.91), (121.65, 38.91), (121.65, 38.92), (121.64, 38.92)]


def elements(svg: bytes) -> list[str]:
    return [element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()]


def test_a_log_has_a_map_and_no_map_without_an_outline() -> None:
    data: dict[str, Json] = dict(as_data(story()))
    assert set(drawings(data)) == {"map"}
    assert drawings(data | {"map": None}) == {}
    two: Json = {"label": "", "here": [[1, 2], [3, 4]], "around": []}
    assert drawings(data | {"map": two}) == {}


def test_the_pin_stands_in_the_middle_of_the_grid_and_nowhere_nearer_to_anybody() -> None:
    data: dict[str, Json] = dict(as_data(story()))
    other = data | {"place": "5号楼2单元301室", "description": "别的事"}
    assert drawings(data) == drawings(other)
    assert centre(HERE) == pytest.approx((121.645, 38.915))
    assert centre([(0, 0), (2, 0), (2, 1), (0, 1)]) == pytest.approx((1, 0.5))
    assert centre([(1, 1), (1, 1), (1, 1)]) == (1, 1)  # without a surface


@pytest.mark.parametrize(
    "outline", [HERE, [(0, 0), (0, 0), (0, 0)], [(0, 0), (90, 0), (180, 80)], [(0, 0), (1e-9, 0), (0, 1e-9)]]
)
def test_any_outline_makes_a_map(outline: list[tuple[float, float]]) -> None:
    assert "path" in elements(grid_map(outline, [HERE, HERE[:2]], COLOURS))


def test_the_same_grid_and_look_give_the_same_file_and_another_look_another() -> None:
    data: dict[str, Json] = dict(as_data(story()))
    warm: Json = {"theme": "warm"}
    assert drawings(data)["map"] is drawings(dict(data))["map"]  # kept
    assert drawings(data | {"look": warm})["map"] != drawings(data)["map"]


def test_the_charts_of_a_month_are_paths_only_so_that_no_font_is_asked_for() -> None:
    charts = drawings(month())
    assert set(charts) == {"categories", "days"}
    for svg in charts.values():
        assert "text" not in elements(svg)
        assert "image" not in elements(svg)
        assert b"NotoSansSC" in svg  # the letters' paths are named by their font
    assert font_file().is_file()


def test_the_chart_of_the_categories_says_which_bars_are_the_last_month_where_there_was_one() -> None:
    told = month()
    first: dict[str, Json] = told | {"categories": [{"name": "环境卫生", "count": 3, "last": 0}]}
    both: dict[str, Json] = told | {"categories": [{"name": "环境卫生", "count": 3, "last": 1}]}
    heights = [ElementTree.fromstring(drawings(data)["categories"]).get("height") for data in (first, both)]
    assert heights[0] != heights[1]  # the line of the legend
    assert drawings(both | {"language": "en"}) != drawings(both)


def test_a_month_in_which_nothing_was_closed_has_no_charts() -> None:
    empty: dict[str, Json] = month() | {"categories": [], "days": [0] * 30}
    assert drawings(empty) == {}


@pytest.mark.parametrize("name", ["$x^2$ & <b>", "😀", "", "很长很长很长的类别名称" * 3])
def test_any_name_of_a_category_can_be_drawn(name: str) -> None:
    counts: Any = [(name, 0, 0), (name, 10**6, 1)]
    assert "path" in elements(category_bars(counts, ["本月", "上月"], COLOURS))
    assert "path" in elements(day_columns([0, 1, 10**6], COLOURS))
