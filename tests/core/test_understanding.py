from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.characters import chinese_number, view, word_view
from core.events import Kind
from core.policy import Category
from core.understanding import is_urgent, understand
from core.understanding.category import rank
from core.understanding.intent import kind_of
from core.understanding.place import building_of, grid_of, place_of, places_near
from core.understanding.sameness import Candidate, same_as
from core.understanding.title import TITLE_LIMIT, title_of
from tests.core.builders import AREAS, MONDAY, POLICY

KNOWN = places_near("xiuyue", AREAS)


# ---------------------------------------------------------------------------------------------------------- category
def test_nothing_recognised_falls_to_the_default_with_no_confidence() -> None:
    judged = understand("小区里有一条蛇", POLICY, "xiuyue")
    assert (judged.category, judged.confidence, judged.candidates) == ("社区事务", 0.0, ())


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("3号楼电梯坏了", "物业管理"),
        ("３号楼電梯坏了", "物业管理"),
        ("楼道灯坏了，物业不管，垃圾也没人清", "物业管理"),
        ("我家没水了", "停水停电停暖"),
        ("工地半夜施工扰民", "噪音油烟污染"),
        ("下水道堵了", "市政设施"),
    ],
)
def test_the_words_of_a_category_decide(text: str, category: str) -> None:
    judged = understand(text, POLICY, "xiuyue")
    assert judged.category == judged.candidates[0][0] == category
    assert 0.5 < judged.confidence < 1


def test_two_matters_in_one_text_are_less_certain_than_one() -> None:
    one, two = rank("电梯坏了", POLICY), rank("电梯坏了，垃圾没人清", POLICY)
    assert one[0][1] > two[0][1]
    assert {name for name, _ in two} == {"物业管理", "环境卫生"}


def test_there_are_at_most_three_candidates_the_likeliest_first() -> None:
    judged = understand("电梯坏了，没水，垃圾臭，噪音大，路灯不亮", POLICY, "xiuyue")
    confidences = [confidence for _, confidence in judged.candidates]
    assert len(confidences) == 3
    assert confidences == sorted(confidences, reverse=True)


def test_what_is_said_first_weighs_more() -> None:
    assert rank("路灯坏了。" + "我们住这里很久了。" * 20 + "还有噪音。", POLICY)[0][0] == "市政设施"


def test_a_changed_policy_is_used_at_once() -> None:
    policy = replace(POLICY, categories={**POLICY.categories, "野生动物": Category("野生动物", "城市管理", ("蛇",))})
    assert understand("小区里有一条蛇", policy, "xiuyue").category == "野生动物"


# ---------------------------------------------------------------------------------------------------------- urgency
@pytest.mark.parametrize(
    "text",
    [
        "没有着火，就是烟大", "没着火", "不是着火", "防止着火", "万一着火怎么办", "一旦发生着火", "去年着火", "担心燃气泄漏", "燃气泄漏报警器坏了",
        "着火演练什么时候", "路灯坏了", "", "曾经着火",
    ],
)  # fmt: skip
def test_what_is_denied_feared_or_long_past_is_not_urgent(text: str) -> None:
    assert not is_urgent(text, POLICY)


@pytest.mark.parametrize(
    "text",
    [
        "3号楼着火了！",
        "着火",
        "快来人，燃气泄漏",
        "楼道里有煤气味",
        "有人被困电梯",
        "井盖没了",
        "没有着火的那栋塌了",
        "不是演习，着火了",
    ],
)
def test_danger_is_urgent(text: str) -> None:
    assert understand(text, POLICY, "xiuyue").urgent


def test_a_strong_word_deep_in_a_petition_is_not_an_emergency() -> None:
    assert not is_urgent("我们小区的停车位一直不够。" * 20 + "着火", POLICY)


# ---------------------------------------------------------------------------------------------------------- kind
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("路灯什么时候修好？", Kind.COMPLAINT),
        ("请问垃圾为什么没人清？", Kind.COMPLAINT),
        ("为什么又停水了？", Kind.COMPLAINT),
        ("电梯", Kind.COMPLAINT),
        ("建议增加路灯", Kind.SUGGESTION),
        ("能不能在门口装个斜坡", Kind.SUGGESTION),
        ("希望能多几把椅子", Kind.SUGGESTION),
        ("请问居住证怎么办理", Kind.QUESTION),
        ("咨询老年卡", Kind.QUESTION),
        ("社区几点上班", Kind.QUESTION),
        ("居住证需要什么材料？", Kind.QUESTION),
        ("", Kind.COMPLAINT),
    ],
)
def test_the_wording_tells_the_kind(text: str, kind: Kind) -> None:
    assert kind_of(text) == kind


# ---------------------------------------------------------------------------------------------------------- place
@pytest.mark.parametrize(
    "text",
    ["马路坏了", "小区停水", "这条路不平", "出路在哪", "垃圾没人清", "整个小区没电", "下水道", "7号来的", "15路公交"],
)
def test_what_names_no_place_has_none(text: str) -> None:
    assert place_of(text, KNOWN) == ""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("3号楼电梯坏了", "3号楼"),
        ("三号楼电梯坏了", "3号楼"),
        ("3#楼没水", "3号楼"),
        ("３号楼没水", "3号楼"),
        ("13号楼没水", "13号楼"),
        ("十二栋没水", "12栋"),
        ("3号楼2单元没水", "3号楼2单元"),
        ("3号楼2单元501室没水", "3号楼"),
        ("3-2-501没水", "3栋"),
        ("秀月花园3号楼没水", "秀月花园3号楼"),
        ("我是秀月花园三号楼的", "秀月花园3号楼"),
        ("解放巷井盖没了", "解放巷"),
        ("在人民路口", "人民路"),
        ("我家住在阳光小区，没水", "阳光小区"),
        ("请问望海路什么时候修", "望海路"),
    ],
)
def test_a_place_is_found_and_never_with_its_room(text: str, place: str) -> None:
    assert place_of(text, KNOWN) == place


def test_the_gazetteer_of_another_community_is_not_used() -> None:
    assert "枫林苑" not in KNOWN
    assert "枫林苑" in places_near("fenglin-1", AREAS)
    assert places_near("nowhere", AREAS) == ()


@pytest.mark.parametrize(
    ("place", "grid"),
    [
        ("", None), ("人民路", None),
        ("23号楼", None), ("3号楼", "xiuyue-3"), ("13号楼2单元", "xiuyue-4"), ("秀月花园", "xiuyue-3"), ("望海路", "xiuyue-4"),
        ("望海家园3号楼", "xiuyue-4"), ("别处小区9栋", None), ("9栋", "xiuyue-4"),
    ],
)  # fmt: skip
def test_a_place_knows_its_grid(place: str, grid: str | None) -> None:
    assert grid_of(place, "xiuyue", AREAS) == grid


def test_a_building_is_one_however_it_is_written() -> None:
    assert {building_of(text) for text in ("三号楼", "3栋", "3#", "秀月花园3幢", "03号楼")} == {"3"}


# ---------------------------------------------------------------------------------------------------------- sameness
def candidate(text: str, event: int = 1, minutes: int = 0) -> Candidate:
    judged = understand(text, POLICY, "xiuyue")
    at = MONDAY + timedelta(minutes=minutes)
    return Candidate(event, event, f"EV-{event}", judged.title, judged.category, judged.place, at)


def found(text: str, *candidates: Candidate) -> int | None:
    judged = understand(text, POLICY, "xiuyue")
    same = same_as(text, judged.place, judged.category, candidates)
    return same.event if same else None


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ("3号楼电梯坏了", "3号楼楼道灯坏了"),  # same place, another matter
        ("3号楼电梯坏了", "3号楼电梯里有垃圾"),
        ("3号楼电梯坏了", "3号楼物业态度差"),
        ("望海路路灯不亮", "望海路垃圾没人清"),
        ("望海路路灯不亮", "望海路井盖没了"),
        ("3号楼电梯坏了", "13号楼电梯坏了"),  # same matter, another place
        ("3号楼电梯坏了", "9号楼电梯坏了"),
        ("3号楼2单元没水", "3号楼1单元没水"),
        ("秀月花园没水", "望海家园没水"),
        ("停水了", "停电了"),  # no place, little said
        ("电梯坏了", "电梯坏了"),
        ("物业费太贵", "物业态度差"),
        ("3号楼电梯坏了", ""),
        ("3号楼电梯坏了", "坏了"),
    ],
)
def test_another_matter_is_not_taken_for_the_same(known: str, text: str) -> None:
    assert found(text, candidate(known)) is None


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ("3号楼电梯坏了", "三号楼的电梯又坏了，快修"),
        ("3号楼电梯坏了", "小应你好，3栋电梯坏了好几天了"),
        ("望海路路灯不亮", "望海路有盏路灯一直不亮"),
        ("秀月花园3号楼2单元没水", "3号楼2单元停水了"),
        ("3号楼下水道堵了", "3号楼下水道堵了，污水冒到一楼"),
        ("工地半夜施工太吵", "半夜工地施工吵得睡不着"),
        ("广场舞太吵了", "广场舞吵死人了，天天晚上"),
    ],
)
def test_the_same_matter_in_other_words_is_recognised(known: str, text: str) -> None:
    assert found(text, candidate(known)) == 1


def test_of_several_the_likeliest_and_then_the_newest_is_taken() -> None:
    known = (candidate("3号楼电梯异响", 1, 9), candidate("3号楼电梯坏了", 2, 0), candidate("3号楼电梯坏了", 3, 5))
    assert found("3号楼电梯又坏了", *known) == 3
    assert found("3号楼电梯又坏了") is None


# ---------------------------------------------------------------------------------------------------------- title
@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", ""),
        ("！！！", ""),
        ("你好小应", ""),
        ("你好小应，我是3号楼的业主，楼下垃圾没人清，臭死了", "楼下垃圾没人清，臭死了"),
        ("尊敬的领导：您好！我想反映一下，电梯坏了。", "电梯坏了"),
        ("报事 3号楼电梯坏了！！", "3号楼电梯坏了"),
        ("反映秀月花园停水", "秀月花园停水"),
        ("建议增加路灯", "建议增加路灯"),
        ("请问社区几点上班？", "社区几点上班"),
        ("物业费太贵", "物业费太贵"),
        ("我的电话13812345678，马桶堵了", "马桶堵了"),
        ("13812345678家里没水", "138****5678家里没水"),
        ("3号楼2单元501室漏水", "3号楼***漏水"),
        ("report water leak.", "water leak"),
        ("第一行\n第二行", "第一行，第二行"),
    ],
)
def test_a_title_says_what_it_is_about(text: str, title: str) -> None:
    assert title_of(text) == title


@given(st.text(max_size=500))
def test_a_title_is_short_one_line_and_ends_with_a_word(text: str) -> None:
    title = title_of(text)
    assert len(title) <= TITLE_LIMIT
    assert "\n" not in title
    assert not title.endswith(("，", "。", "！", "？", " ", ",", "!"))


# ---------------------------------------------------------------------------------------------------------- anything
@given(st.text(max_size=400), st.sampled_from(["xiuyue", "xiuyue-3", "city", "nowhere"]))
def test_anything_can_be_understood(text: str, area: str) -> None:
    judged = understand(text, POLICY, area)
    assert judged.category in POLICY.categories
    assert 0 <= judged.confidence < 1
    assert not same_as(text, judged.place, judged.category, [])


@pytest.mark.parametrize(
    "unit",
    ["物业", "停车位被占用，", "路", "一", "1-", "小区", "号楼", "我", "1", " ", "谢", "a@", "3号楼", "着火", "请问"],
)
def test_four_thousand_characters_are_understood_in_milliseconds(unit: str) -> None:
    text = (unit * 4000)[:4000]
    understand(text, POLICY, "xiuyue")  # the words are put in order once

    def seconds() -> float:
        start = time.process_time()
        understand(text, POLICY, "xiuyue")
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.02


@given(st.text(max_size=100))
def test_a_view_keeps_the_length(text: str) -> None:
    assert len(view(text)) == len(word_view(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("楼", None), ("三三", None), ("三楼", None), ("零", 0), ("七", 7), ("十", 10), ("十二", 12), ("二十", 20),
        ("二十三", 23), ("一百零五", 105), ("两百", 200), ("三百二十一", 321),
    ],
)  # fmt: skip
def test_written_numbers(text: str, value: int | None) -> None:
    assert chinese_number(text) == value
