"""Where somebody lives: said in few words it is understood, said in a story it stays a story, and what is unclear is offered."""

from __future__ import annotations

import pytest

from bots.community import load_policy
from core.commands import Command, Word, parse
from core.understanding.home import home_of, nearest_communities

AREAS = load_policy().areas

STORIES = """
我住在3号楼，楼道灯坏了
我住在 3号楼，楼道灯坏了
我住在3号楼楼道灯坏了
我住3号楼 楼道灯坏了
住在3号楼的老人摔倒了
住在楼下的人天天吵
我住院了
我住的地方没有路灯
我住在这里十年了
我家在3号楼1单元
住在 3号楼 没水
我住三楼漏水
live wires hang from the pole
i live in building 3, the lamp is broken
""".strip().splitlines()


@pytest.mark.parametrize("text", STORIES)
def test_a_story_that_says_where_somebody_lives_stays_a_story(text: str) -> None:
    assert parse(text) == Command(Word.FREE_TEXT, text=text)


HOMES = {
    "住在": "",
    "住在 枫林社区": "枫林社区",
    "住在枫林社区": "枫林社区",
    "我住在枫林社区。": "枫林社区",
    "我住枫林苑": "枫林苑",
    "住在 枫林": "枫林",
    "住在 3网格": "3网格",
    "住在第三网格": "第三网格",
    "我住在3号楼": "3号楼",
    "我家住在枫林苑 2栋": "枫林苑 2栋",
    "住在 xiuyue-3": "xiuyue-3",
    "live in fenglin": "fenglin",
    "I live in xiuyue-3": "xiuyue-3",
}


@pytest.mark.parametrize(("text", "name"), HOMES.items(), ids=HOMES.keys())
def test_a_place_and_nothing_else_is_where_somebody_lives(text: str, name: str) -> None:
    assert parse(text) == Command(Word.LIVE, name=name)


@pytest.mark.parametrize("words", ["报事 3号楼灯坏了", "我住在3号楼，灯坏了", "积分", "x\ny", "7"])
def test_what_a_choice_says_carries_the_words_as_they_were(words: str) -> None:
    assert parse(f"住在 fenglin {words}") == Command(Word.LIVE, name="fenglin", text=words)


@pytest.mark.parametrize(
    ("words", "around", "found"),
    [
        ("fenglin", None, ["fenglin"]),
        ("XIUYUE-3", None, ["xiuyue-3"]),
        ("枫林社区", None, ["fenglin"]),
        ("枫林", None, ["fenglin"]),
        ("秀月", "fenglin", ["xiuyue"]),
        ("3网格", None, ["xiuyue-3"]),
        ("第 三 网格", None, ["xiuyue-3"]),
        ("枫林社区第一网格", None, ["fenglin-1"]),
        ("枫林1网格", None, ["fenglin-1"]),
        ("枫林苑", None, ["fenglin-1"]),
        ("枫林苑3栋2单元501", None, ["fenglin-1"]),
        ("秀月街", None, ["xiuyue"]),
        ("binhai", None, []),
        ("guilin", None, []),
        ("桂林街道", None, []),
        ("火星", None, []),
        ("", None, []),
        ("社区", None, []),
        ("' OR 1 = 1 --", None, []),
    ],
)
def test_a_home_is_found_by_code_by_name_and_by_place(words: str, around: str | None, found: list[str]) -> None:
    assert [area.code for area in home_of(words, AREAS, around)] == found


def test_what_several_have_is_offered_and_ones_own_comes_first() -> None:
    several = [area.code for area in home_of("1栋", AREAS)] + [area.code for area in home_of("第一网格", AREAS)]
    assert several
    for grid in AREAS.grids("fenglin"):
        assert [area.code for area in home_of(grid.name, AREAS, "fenglin")] == [grid.code]


def test_the_community_whose_place_is_named_is_offered_first() -> None:
    assert nearest_communities("枫林中学门口堵车", AREAS, 10)[0].code == "fenglin"
    assert nearest_communities("秀月街路灯不亮", AREAS, 10)[0].code == "xiuyue"
    assert len(nearest_communities("路灯不亮", AREAS, 1)) == 1


@pytest.mark.parametrize("words", ["七" * 4000, "3" * 4000, "网格" * 2000, "\ud800", " " * 4000])
def test_no_words_are_too_odd_to_look_for_a_home_in(words: str) -> None:
    assert home_of(words, AREAS) is not None
    assert nearest_communities(words, AREAS, 10)
    assert parse(f"住在 {words}").word in Word
