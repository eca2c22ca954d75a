from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy import clean, mask, mask_name

HIDDEN = {
    # phones
    "电话13812345678": "电话138****5678",
    "138 1234 5678": "138 **** 5678",
    "138-1234-5678": "138-****-5678",
    "138.1234.5678": "138.****.5678",
    "1 3 8 1 2 3 4 5 6 7 8": "1 3 8 * * * * 5 6 7 8",
    "１３８１２３４５６７８": "１３８****５６７８",
    "138\u200b1234\u200d5678": "138\u200b****\u200d5678",
    "+86 138 1234 5678": "+86 138 **** 5678",
    "8613812345678": "86138****5678",
    "13812345678 13912345678": "138****5678 139****5678",
    "13812345678/13912345678": "138****5678/139****5678",
    "13812345678，李": "138****5678，李",
    "0571-87654321": "0571-****4321",
    "(010) 87654321": "(010) ****4321",
    "07317654321": "0731***4321",
    "电话：8765 4321": "电话：**** 4321",
    # identity and bank cards
    "身份证11010119900307002X": "身份证******************",
    "430102 19900307 1234": "****** ******** ****",
    "110101900307002": "***************",
    "6222021234567890123": "***************0123",
    "卡6222 0212 3456 7890": "卡**** **** **** 7890",
    "110101199013070021": "**************0021",  # a month 13: not an identity number, hidden all the same
    # plates
    "浙A12345": "浙A***45",
    "湘A·D12345违停": "湘A·***45违停",
    "京a8k8k8": "京a***k8",
    # rooms
    "3栋2单元501室漏水": "3栋***漏水",
    "3号楼501": "3号楼***",
    "三号楼二单元五零一": "三号楼***",
    "3幢501室": "3幢***",
    "12号楼3楼301": "12号楼***",
    "3-2-501": "3***",
    "我住501室": "我住***",
    "门牌号88号": "***",
    # accounts
    "加微信：abc_12345": "加微信：***",
    "VX abc12345": "VX ***",
    "wxid_abc123456": "***",
    "QQ 12345678": "QQ ***",
    "写信a.b+c@mail.com.cn谢谢": "写信***谢谢",
}  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), HIDDEN.items())
def test_what_identifies_somebody_is_hidden(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", HIDDEN)
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "编号EV-20261123-0007", "2026-11-23 09:30", "2019-01-15 2020-03-16", "停水3天，打12345没人接", "110和119都打了", "3号楼2单元电梯坏了",
        "住在3楼", "人民路88号门口", "1000元", "2020年3月1000元", "房贷3000房价涨了", "400-800-1234", "一共12345678元", "路牌A12", "5G信号差",
        "公交805路", "会议室坏了", "@小应 你好", "１２３号文件", "L3", "ABCD2345", "3栋的灯", "第501室内", "价格100-200元", "1.5米",
    ],
)  # fmt: skip
def test_what_identifies_nobody_stays_as_it_was(text: str) -> None:
    assert mask(text) == text


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.lists(st.sampled_from(["", " ", "-", ".", "\u200b", "　", " - "]), min_size=10, max_size=10),
    st.sampled_from(["", "电话", "找我：", "手机号是"]),
    st.sampled_from(["", "谢谢", "，李"]),
)
def test_no_gap_between_digits_saves_a_mobile_number(phone: str, gaps: list[str], before: str, after: str) -> None:
    written = phone[0] + "".join(gap + digit for gap, digit in zip(gaps, phone[1:], strict=True))
    masked = mask(f"{before}{written}{after}")
    assert re.sub("[^0-9]", "", masked) == phone[:3] + phone[-4:]


def test_given_names_are_hidden_longest_first() -> None:
    assert mask("欧阳修和张三丰找张三", ["张三", "张三丰", "欧阳修", "张", ""]) == "欧阳*和张*找张*"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张*"),
        ("欧阳修", "欧阳*"),
        ("张", "张*"),
        ("李阿姨", "李*"),
        ("John", "J*"),
        ("", ""),
    ],
)
def test_of_a_name_the_surname_stays(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\u202eb\u2066c", "abc"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("a\ud800b", "ab"),
        ("零\u200b宽\ufeff", "零宽"),
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("a\tb", "a b"),
        ("e" + "\u0301" * 50, "e\u0301\u0301"),
        ("👌🏽 好的", "👌🏽 好的"),
        ("正常的，文字！\n第二行", "正常的，文字！\n第二行"),
    ],
)
def test_cleaning_takes_only_what_nobody_can_see(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


ANY = st.text(st.characters(), max_size=300) | st.text("0123456789xX-. \u200b栋单元室浙A@", max_size=300)


@given(ANY)
def test_masking_and_cleaning_never_raise(text: str) -> None:
    mask(text, [text[:2], text[1:3]])
    assert clean(clean(text)) == clean(text)
    clean(text).encode()


@pytest.mark.parametrize(
    "unit",
    [
        "1 3 ",
        "13",
        "a@",
        "a@a.a",
        "1-",
        "3栋",
        "零",
        "微信",
        "wx",
        "浙A",
        " ",
        "1\u200b",
        "栋 ",
        "栋-",
        "电话:",
        "\u0301",
        "3-2-",
        "86",
    ],
)
def test_a_hostile_text_takes_linear_time(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.process_time()
        clean(mask(text))
        return time.process_time() - start

    assert min(seconds(100_000) for _ in range(2)) < 0.4
