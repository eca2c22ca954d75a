from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.minors import found_minor


@pytest.mark.parametrize(
    "text",
    [
        "一名8岁儿童走失", "小区一个孩子差点被车撞", "孩子，6岁，走丢", "我8岁的孙女被狗咬了", "十二岁男孩爬上屋顶", "3个月大的宝宝睡不着",
        "一名小学生摔倒了", "我家上初二的女儿放学路上被跟踪", "幼儿园小班的孩子走丢了", "未成年人张某", "三年级2班张小明把玻璃打碎了",
        "孙女今年8岁", "我女儿，10岁，过敏", "我家孩子上幼儿园大班", "王小明，初二（3）班", "男，15岁", "年仅七岁", "15岁的小伙子骑电动车",
        "我儿子上高一", "有个小男孩掉进坑里", "那个小女孩天天哭", "楼上小孩天天跑", "我家孩子发烧", "我家宝宝才五个月",
        "她家上小学三年级的儿子", "我孙子读二年级", "17岁学生", "隔壁家的娃天天拉琴", "17岁的高中生小李", "6岁半的外孙",
        "一个读五年级的女生", "孩子刚满3岁", "未满14周岁的女童", "小学生小明在楼道摔倒", "我闺女今年上一年级", "两岁多的宝宝", "2岁的孩子",
        "１０岁女孩", "5岁小孩独自在家", "12岁的王小明", "8 岁的孙女", "我外孙女三岁了", "孩子才3个月", "我家老二上中班",
        "3年级（2）班的李子涵", "一个未成年少女",
    ],
)  # fmt: skip
def test_one_child_is_noticed(text: str) -> None:
    found = found_minor(text)
    assert found
    assert found in text


@pytest.mark.parametrize(
    "text",
    [
        "老人孩子进出都捂着鼻子走", "小学门口堵车", "幼儿园旁边噪音大", "儿童乐园滑梯坏了", "3岁以上儿童免费接种", "孩子们上学要绕路",
        "房龄18年", "18岁以上志愿者", "楼龄8年", "电梯用了12年", "6至12岁儿童可报名", "0-3岁婴幼儿照护", "老人小孩多",
        "小孩子都在这里玩，滑梯松了", "学生放学时段堵车", "孩子上学不方便", "老人和孩子容易摔倒", "带孩子的家长", "幼儿园放学",
        "三年级家长会", "18岁以下免票", "未成年人保护", "未成年人禁止入内", "80岁老人", "老伴78岁", "我妈65岁", "二十八岁", "小区3岁了",
        "8个月没修", "3个月了没人管", "工期3个月", "母婴室", "少年宫门口", "中学门口红绿灯坏了", "孩子们的滑梯", "高三楼上装修", "小三轮",
        "儿童节活动", "青少年活动中心", "亲子活动报名", "每年9月1日开学", "5岁以下免费", "14岁以下儿童须家长陪同", "老大爷70岁",
        "他女儿在外地", "学校旁的井盖", "小班车", "初一十五烧纸", "高一楼层", "大班车", "我家门口", "3号楼孩子多，车速快", "每个孩子都喜欢",
        "我们小区孩子多", "学生多", "10岁以下儿童", "一家三口", "有孩子在楼下玩的", "老人孩子多", "30岁的儿子", "我儿子38岁",
        "我家上面漏水", "老人孩子都住这里", "1名工人", "一个小时", "狗狗3个月大", "树苗3个月大", "孕妇8个月", "有小孩的家庭",
        "家有老人小孩", "有孩子的家庭", "保护孩子安全", "孩子玩耍的地方", "住户家长期堆物", "我家孩子们", "三楼2班保安", "这个孩子们的乐园",
    ],
)  # fmt: skip
def test_children_in_general_and_grown_ups_are_not(text: str) -> None:
    assert found_minor(text) == ""


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("昨天我８岁的孙女被狗咬了", "８岁的孙女"),
        ("楼道灯坏，三年级2班张小明摔了", "三年级2班张小明"),
        ("我家上初二的女儿，15岁的女孩", "上初二的女儿"),
        ("", ""),
    ],
)
def test_the_first_phrase_is_given_as_it_was_written(text: str, phrase: str) -> None:
    assert found_minor(text) == phrase


@given(st.text(st.characters(), max_size=200) | st.text("8岁的孙女一名小学生我家上初二0未成年人", max_size=200))
def test_whatever_is_found_stands_in_the_text(text: str) -> None:
    assert found_minor(text) in text


@pytest.mark.parametrize(
    "unit", ["一", "十", "孩子", "8岁", "8岁的", "我家孩子上", "三年级2班", "王小明，", "孩子今年", "的"]
)
def test_a_hostile_text_takes_linear_time(unit: str) -> None:
    def seconds(length: int) -> float:
        start = time.process_time()
        found_minor((unit * length)[:length])
        return time.process_time() - start

    # eight times the text: 8 were linear, 64 quadratic
    assert seconds(64_000) < 24 * max(min(seconds(8_000) for _ in range(2)), 0.002)


@pytest.mark.parametrize(
    "text",
    ["初二学生张小明被狗咬了", "六年级的王同学在花坛摔了", "孙女在托儿所门口摔倒", "幼儿园的朵朵被夹了手"],
)
def test_a_child_told_by_school_and_name_is_found(text: str) -> None:
    assert found_minor(text)


@pytest.mark.parametrize(
    "text", ["小学马路对面堆土", "幼儿园高峰时段堵车", "小学高年级放学", "同学们放学要绕路", "中学生活区没水"]
)
def test_a_school_without_a_child_is_none(text: str) -> None:
    assert not found_minor(text)
