from __future__ import annotations

import pytest

from core.commands import Command, Word, is_addressed, nearest_word, parse, strip_mention


@pytest.mark.parametrize(
    "opening", ["@小应 ", "＠小应", "@小应，", "小应，", "小应 ", "@bot ", " @小应\u2005", "\u200b@小应 "]
)
def test_a_mention_does_not_stand_in_the_way(opening: str) -> None:
    assert parse(f"{opening}进度7") == Command(Word.TRACK, 7)


def test_a_mention_at_the_end_is_no_part_of_the_text() -> None:
    assert strip_mention("楼道灯坏了 @小应") == "楼道灯坏了 "
    assert strip_mention("给bob@bottle.com写信") == "给bob@bottle.com写信"


@pytest.mark.parametrize(
    "text",
    [
        "大家好", "建议", "建议增加路灯", "反映的问题", "求助老人", "咨询台没人", "今天报事了吗", "我要投诉", "进度 7", "7", "+1", "积分",
        "绑定", "绑定手机号怎么弄", "绑定 手机 13800000000", "绑定 12345", "bind us", "怎么绑定 ABCD2345",
        "小应", "小应 积分", "a@b.com", "建 议 增加", "反应 楼道灯坏了", "", " ", "求助热线", "@小", "兑换 食用油",
    ],
)  # fmt: skip
def test_what_is_not_addressed_to_the_bot_is_left_alone(text: str) -> None:
    assert not is_addressed(text)


@pytest.mark.parametrize(
    "text",
    [
        "@小应 积分", "积分 @小应", "请@小应看看", "＠小应", "报事 电梯坏了", "报事电梯坏了", "投诉物业", " 报事", "\u200b报事 电梯",
        "反映 灯坏了", "反映：灯坏了", "反映一下灯坏了", "反映个事", "求助！", "求助 老人摔倒", "建议，装灯", "建议一下", "咨询 居住证",
        "咨询\n居住证", "建议～装灯", "绑定 ABCD2345", "绑定ABCD2345", "绑定：abcd 2345", "绑定 ＡＢＣＤ２３４５。", "bind ABCD2345",
    ],
)  # fmt: skip
def test_what_is_addressed_to_the_bot_is_heard(text: str) -> None:
    assert is_addressed(text)


def test_another_name_is_heard_instead() -> None:
    assert is_addressed("@Helper hi", "helper")
    assert not is_addressed("@小应 hi", "helper")


@pytest.mark.parametrize(
    "text",
    [
        "停电", "漏水", "着火", "报警", "电梯", "救命", "没水", "堵车", "电梯坏了", "停水停电", "楼道灯坏了", "你", "help me now", "dog",
        "反应慢", "抱事 3号楼电梯坏了很久没人修", "",
    ],
)  # fmt: skip
def test_a_short_report_is_not_taken_for_a_slip(text: str) -> None:
    assert nearest_word(text) is None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("积份", "积分"), ("兑环", "兑换"), ("带办", "待办"), ("分积", "积分"), ("进渡7", "进度"), ("评介 7 5", "评价"),
        ("帮住", "帮助"),
        ("未解绝", "未解决"),
        ("签道", "签到"), ("投拆", "投诉"), ("我也遇道", "我也遇到"), ("志愿活东", "志愿活动"), ("pionts", "points"), ("redem", "redeem"),
    ],
)  # fmt: skip
def test_a_slip_gets_the_nearest_right_word(wrong: str, right: str) -> None:
    assert nearest_word(wrong) == right
