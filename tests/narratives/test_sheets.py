from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.areas import Area, Level
from core.messages import Json
from core.people import Role
from core.policy import Look, Theme
from narratives.sandbox import Rendered
from narratives.sheets import (
    ITEMS,
    NOTICE_TEXT,
    PEOPLE,
    DigestItem,
    Honoured,
    MonthFigures,
    digest_data,
    honours_data,
    month_data,
    notice_data,
    sheet_words,
)
from narratives.text import sheet_post
from narratives.words import words_of
from tests.narratives.builders import AREAS

PATH = AREAS.path("xiuyue")
DAY = date(2026, 11, 23)


def items(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = data[key]
    return found


def test_a_digest_of_nothing_and_honours_for_nobody_are_refused() -> None:
    with pytest.raises(ValueError):
        digest_data([], PATH, DAY)
    with pytest.raises(ValueError):
        honours_data([], PATH, DAY)


def test_what_is_too_long_or_too_much_for_a_sheet_is_left_off() -> None:
    log = DigestItem("门口很脏" * 40, "清\n走\n了" * 80, "EV-20261123-0007")
    digest = digest_data([log] * 30, PATH, DAY)
    assert len(items(digest, "items")) == ITEMS
    assert len(items(digest, "items")[0]["title"]) <= 60
    assert items(digest, "items")[0]["result"].endswith("……")
    assert "\n" not in items(digest, "items")[0]["result"]
    assert len(items(honours_data([Honoured("李**", "帮忙" * 200)] * 40, PATH, DAY), "people")) == PEOPLE
    assert len(str(notice_data("通知", "字" * 5000, PATH, Role.STREET_STAFF, DAY)["text"])) == NOTICE_TEXT


def test_a_notice_names_the_role_of_its_author_and_never_a_person() -> None:
    assert notice_data("供暖", "热了", PATH, Role.COMMUNITY_STAFF, DAY)["by"] == "社区工作人员发布"
    assert notice_data("供暖", "热了", PATH, "周敏", DAY)["by"] == "工作人员发布"
    assert notice_data("Heating", "on", PATH, Role.GRID_WORKER, DAY, language="en")["by"] == "From the grid worker"


def test_every_sheet_carries_its_path_without_the_city_its_look_and_its_link() -> None:
    look = Look(Theme.WARM, "#123456", "")
    sheets = (
        notice_data("供暖", "热了", PATH, Role.GRID_WORKER, DAY, link="https://example.org", look=look),
        digest_data([DigestItem("门口", "干净了", "EV-1")], PATH, DAY, link="https://example.org", look=look),
        honours_data([Honoured("李**", "帮忙")], PATH, DAY, link="https://example.org", look=look),
        month_data(MonthFigures(1), None, [1], PATH, DAY, link="https://example.org", look=look),
    )
    for sheet in sheets:
        assert sheet["masthead"] == ["中山区", "桂林街道", "秀月社区"]
        assert (sheet["community"], sheet["link"]) == ("秀月社区", "https://example.org")
        assert sheet["look"] == {"theme": "warm", "primary": "#123456", "accent": ""}
    assert notice_data("供暖", "热了", [Area("x", "别处", Level.STREET)], "", DAY)["community"] == ""


def test_a_month_is_compared_with_the_one_before_in_the_same_unit() -> None:
    now = MonthFigures(128, 0.94, 4.66, {"环境卫生": 41, "公共设施": 50})
    last = MonthFigures(130, 0.9, 4.66, {"环境卫生": 48})
    told = month_data(now, last, [0] * 30, PATH, DAY)
    assert [figure["value"] for figure in items(told, "figures")] == ["128 件", "94%", "4.7 分"]
    assert [figure["change"] for figure in items(told, "figures")] == [
        "比上月少 2 件",
        "比上月多 4 个百分点",
        "与上月持平",
    ]
    assert [figure["better"] for figure in items(told, "figures")] == [False, True, False]
    assert items(told, "categories") == [
        {"name": "公共设施", "count": 50, "last": 0},
        {"name": "环境卫生", "count": 41, "last": 48},
    ]
    assert told["summary"] == "2026 年 11 月，社区办结了 128 件事，94% 按时办结。大家反映最多的是公共设施，共 50 件。"


def test_a_first_month_says_that_it_is_the_first_and_what_was_not_counted_is_not_told() -> None:
    told = month_data(MonthFigures(0), None, [0] * 30, PATH, DAY)
    assert [(figure["key"], figure["change"]) for figure in items(told, "figures")] == [("closed", "首次统计")]
    assert told["summary"] == ""


def post(data: Mapping[str, Json], folder: Path | None = None) -> Rendered:
    """What is posted with the sheet."""
    return sheet_post(data, words_of(str(data["language"]), folder))


def test_the_text_of_a_digest_is_a_short_list() -> None:
    logs = [
        DigestItem("门口的垃圾清走了", "补放了分类桶", "EV-7", stars=5, link="https://example.org/e/1"),
        DigestItem("路灯亮了", "", "EV-8", stars=3),
    ]
    assert post(digest_data(logs, PATH, DAY)).text.splitlines() == [
        "【秀月社区】新办好 2 件事（2026 年 11 月 23 日）",
        "1. 门口的垃圾清走了：补放了分类桶（5 星）",
        "https://example.org/e/1",
        "2. 路灯亮了（3 星）",
        "详情见图。身边有事，群里说一声。",
    ]
    english = post(digest_data(logs[1:], PATH, DAY, language="en")).text.splitlines()
    assert english[0] == "[秀月社区] 1 more thing put right (2026-11-23)"


def test_a_digest_with_more_than_handled_events_calls_itself_news() -> None:
    lamp, notice = DigestItem("路灯亮了", "", "EV-8", stars=3), DigestItem("明天停水", "请提前接水", "")
    titles = [digest_data(items, PATH, DAY)["title"] for items in ([lamp], [lamp, notice], [notice])]
    assert titles == ["新办好 1 件事", "社区新消息 2 条", "社区新消息 1 条"]


def test_the_post_of_a_month_tells_each_figure_once() -> None:
    figures = MonthFigures(128, 0.94, 4.66, {"公共设施": 50})
    assert post(month_data(figures, None, [0] * 30, PATH, DAY)).text.splitlines() == [
        "【秀月社区】2026 年 11 月 社区办了哪些事",
        "2026 年 11 月，社区办结了 128 件事，94% 按时办结。大家反映最多的是公共设施，共 50 件。",
        "居民满意度 4.7 分（首次统计）",
        "详情见图。身边有事，群里说一声。",
    ]


def test_what_people_wrote_is_no_template_of_a_digest() -> None:
    text = post(digest_data([DigestItem("{{ 7*7 }}{% x %}", "<b>", "EV-1")], PATH, DAY)).text
    assert "1. {{ 7*7 }}{% x %}：<b>" in text


def test_a_community_words_its_digest_itself_and_ours_stands_in_for_a_broken_one(tmp_path: Path) -> None:
    data = digest_data([DigestItem("路灯亮了", "", "EV-8")], PATH, DAY)
    own = tmp_path / "post.digest.zh.j2"
    own.write_text(
        "{{ sheet.community }}的一天 {{ sheet.day }}\n{% for item in sheet['items'] %}{{ item.title }}{% endfor %}",
        encoding="utf-8",
    )
    assert post(data, tmp_path).text == "秀月社区的一天 2026 年 11 月 23 日\n路灯亮了"
    own.write_text("{{ nobody }}", encoding="utf-8")
    broken = post(data, tmp_path)
    assert broken.text == post(data).text
    assert broken.faults


def test_the_sheets_say_the_same_in_both_languages_with_the_same_places() -> None:
    def places(text: str) -> set[str]:
        return {part.partition("}")[0].partition(":")[0] for part in text.split("{")[1:]}

    chinese, english = sheet_words("zh"), sheet_words("en")
    assert {table: set(words) for table, words in chinese.items()} == {t: set(w) for t, w in english.items()}
    for table, words in chinese.items():
        for key, text in words.items():
            assert places(text) == places(english[table][key]), (table, key)
    assert sheet_words("fr") == chinese
