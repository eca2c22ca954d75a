"""The rules of a community: the packaged file is whole, and a wrong one is refused with its line and the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from bots.community import PACKAGED, PolicyError, load_policy
from core.areas import Level
from core.events import Tier
from core.people import Role

TEXT = PACKAGED.read_text(encoding="utf-8")
Load = Callable[[str], PolicyError]


@pytest.fixture
def error_of(tmp_path: Path) -> Load:
    def load(text: str) -> PolicyError:
        path = tmp_path / "rules.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(PolicyError) as caught:
            load_policy(path)
        assert str(caught.value).startswith(f"{path}:{caught.value.line}: ")
        return caught.value

    return load


def line_of(text: str, wanted: str, nth: int = 1) -> int:
    """The line of the nth occurrence, counted from 1."""
    at = -1
    for _ in range(nth):
        at = text.index(wanted, at + 1)
    return text.count("\n", 0, at) + 1


WRONG = {
    "an unknown key": ("rating_days = 7", "ratingdays = 7", "ratingdays = 7", "unknown key"),
    "an unknown table": ("[points]", "[colours]\nred = 1\n[points]", "[colours]", "unknown key"),
    "a text for a number": ("rating_days = 7", 'rating_days = "7"', "rating_days", "valid integer"),
    "no days at all": ("reopen_days = 15", "reopen_days = 0", "reopen_days", "greater than or equal to 1"),
    "an unknown tier": ('tier = "difficult"', 'tier = "huge"', 'tier = "huge"', "'general', 'difficult' or 'major'"),
    "two kinds of term": ("{ working_days = 3 }", "{ working_days = 3, hours = 2 }", "general =", "either"),
    "no term": ("{ hours = 24 }", "{}", "urgent = {}", "either"),
    "a resident as handler": ('general = "grid_worker"', 'general = "resident"', '"resident"', "handles no events"),
    "closing before opening": ("closes = 21:00:00", "closes = 07:00:00", "posts =", "earlier"),
    "an unknown zone": ("Asia/Shanghai", "Asia/Binhai", 'zone = "', "IANA"),
    "a path as zone": ("Asia/Shanghai", "../../etc/passwd", 'zone = "', "IANA"),
    "a worked Monday": ("2026-05-09,", "2026-05-11,", "2026-05-11", "no weekend day"),
    "a worked holiday": ("2026-05-09,", "2026-05-02,", "2026-05-02,\n", "holiday too"),
    "a free gift": ("price = 5", "price = 0", "price = 0", "greater than or equal to 1"),
    "a reward twice": ('code = "umbrella"', 'code = "hand-soap"', 'code = "hand-soap"\nname = "爱心', "stands twice"),
    "a reward no button can carry": ('code = "umbrella"', f'code = "{"u" * 25}"', f'"{"u" * 25}"', "at most 24"),
    "an area no button can carry": ('code = "fenglin-2"', f'code = "{"f" * 25}"', f'"{"f" * 25}"', "at most 24"),
    "an area twice": ('code = "fenglin-2"', 'code = "fenglin-1"', 'code = "fenglin-1"\nname = "第二', "twice"),
    "an unknown parent": ('parent = "zhongshan"', 'parent = "xigang"', 'parent = "xigang"', "district"),
    "a grid in a street": ('parent = "fenglin"\nplaces = ["南', 'parent = "guilin"\nplaces = ["南', None, "community"),
    "a code with blanks": ('code = "xiuyue"', 'code = "xiu yue"', 'code = "xiu yue"', "pattern"),
    "an empty place": ('"枫林公园"', '""', '"枫林苑", "1栋"', "at least 1"),
    "a missing name": ('name = "桂林街道"\n', "", '[[area]]\ncode = "guilin"', "is missing"),
    "an unknown default": ('default_category = "社区事务"', 'default_category = "别的"', "default_cat", "no category"),
    "a category twice": ('name = "农业农村"', 'name = "邻里纠纷"', None, "stands twice"),
    "broken TOML": ("rating_days = 7", "rating_days = ", "rating_days = ", "Invalid value"),
}


@pytest.mark.parametrize(("old", "new", "where", "reason"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_told_with_its_line_and_the_reason(
    old: str, new: str, where: str | None, reason: str, error_of: Load
) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    error = error_of(text)
    assert reason in error.reason
    if where is not None:
        assert error.line == line_of(text, where)


def test_an_item_inside_a_list_over_several_lines_has_its_own_line(error_of: Load) -> None:
    text = TEXT.replace('"望海菜市场"', "7", 1)
    error = error_of(text)
    assert error.line == line_of(text, '"望海家园北门", 7')
    assert error.reason.startswith("area.6.places.13: ")


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines(error_of: Load) -> None:
    text = TEXT.replace("price = 25", "price = -1").replace("rating_days = 7", "rating_days = true")
    error = error_of(text)
    assert [error.line, *(line for line, _ in error.others)] == [
        line_of(text, "rating_days"),
        line_of(text, "price = -1"),
    ]
    assert len(str(error).splitlines()) == 2


def test_a_file_that_is_not_there_is_told_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="No such file"):
        load_policy(tmp_path / "missing.toml")


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes('bot_name = "x"\n# 社区'.encode("gb18030"))
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    assert (caught.value.line, caught.value.reason) == (2, "is not UTF-8")


def test_a_file_from_windows_is_read_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert load_policy(path).categories == load_policy().categories


def test_the_packaged_rules_have_five_scenarios_and_thirty_one_categories() -> None:
    policy = load_policy(None)
    assert len(policy.categories) == 31
    assert [*dict.fromkeys(c.scenario for c in policy.categories.values())] == [
        "社会治理", "公共服务", "应急管理", "城市管理", "产业服务",
    ]  # fmt: skip
    hidden = {name for name, category in policy.categories.items() if not category.public}
    assert hidden == {"邻里纠纷", "信访与执法监督", "治安与诈骗", "养老助残救助", "劳动用工与欠薪"}


def test_the_packaged_city_goes_down_to_grids_with_places() -> None:
    areas = load_policy().areas
    assert [area.code for area in areas.path("xiuyue-3")] == ["binhai", "zhongshan", "guilin", "xiuyue", "xiuyue-3"]
    assert [grid.code for grid in areas.grids("fenglin")] == ["fenglin-1", "fenglin-2"]
    assert all(grid.places for grid in areas.all(Level.GRID))
    places = [place for area in areas.all() for place in area.places]
    assert len(places) == len(set(places))


def test_the_packaged_terms_handlers_and_calendar_are_the_agreed_ones() -> None:
    policy = load_policy()
    assert [policy.terms[tier].working_days for tier in Tier] == [3, 7, 15]
    assert policy.urgent_term.span == timedelta(hours=24)
    assert [policy.handlers[tier] for tier in Tier] == [Role.GRID_WORKER, Role.COMMUNITY_STAFF, Role.STREET_STAFF]
    assert {date(2026, 2, 16), date(2026, 10, 7)} <= policy.calendar.holidays
    assert date(2026, 2, 28) in policy.calendar.workdays


def test_the_first_verified_report_already_buys_a_reward() -> None:
    policy = load_policy()
    assert min(item.price for item in policy.rewards) <= policy.points.verified_report
