from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.commands import SPELLING, TABLE, Command, Word, is_addressed, nearest_word, parse

PROSE = """
进度太慢了
进度条一直不动
投票箱坏了
投票的地方在哪里
兑换机坏了
兑换处在哪里
兑换点没人
帮助老人的服务在哪里
积分怎么这么少
积分不对
签到处在哪里
报名的人太多了
报名在哪里
通知说今天停水，结果没来
通过群里反映了好几次
月报怎么还没发
工作台的灯坏了
光荣榜上没有我
撤下来的广告牌没人清
修改户口本要什么材料
接受不了这个噪音
不发3号楼的通知
不发火
重发了三次短信
待发货的快递丢了
未送达的快递找谁
已送达小区门口
drop the bin somewhere else
arrived 3 days ago
推荐一个医生
升级改造什么时候开始
协办单位是谁
延期交房怎么办
退回的快递丢了
确认收到
活动室漏水
值班室没人
说明书在哪
撤回的通知又发了
未解决的问题太多了
我也遇到漏水了
一般般吧，路还是不好走
投诉电话是多少
投诉热线打不通
建议箱满了
求助热线没人接
咨询台没有人
举报电话占线
3号楼没水
三号楼没水
7天没水了
5楼的灯不亮
12栋电梯停了
7路公交不来
2单元门坏了
10点以后还在施工
3岁小孩摔了
2026年的停车费
13812345678
我家在3号楼1单元
help me
reported yesterday
points are wrong
rated badly
+1381234567890
好的，但是灯还是不亮
谢谢，不过还没修好
你好，3号楼没水
""".strip().splitlines()


@pytest.mark.parametrize("text", PROSE)
def test_prose_that_opens_with_a_word_is_not_hijacked(text: str) -> None:
    assert parse(text) == Command(Word.FREE_TEXT, text=text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("评价 7 9", 7), ("评价 7", 7), ("评价 7 0", 7), ("评价7 10", 7), ("评价 7 很好", 7), ("评价 75", 75)],
)
def test_stars_out_of_range_are_none_for_a_kind_refusal(text: str, number: int) -> None:
    command = parse(text)
    assert (command.word, command.number, command.stars) == (Word.RATE, number, None)


@pytest.mark.parametrize("text", ["办结 3号楼已清运", "进展 5楼灯管已到货", "办结 已清运", "退回 不归我管"])
def test_a_place_is_not_taken_for_the_number_of_an_event(text: str) -> None:
    command = parse(text)
    assert command.number is None
    assert command.text == text.split(maxsplit=1)[1]


@pytest.mark.parametrize(
    "text",
    [
        "7", "７", "⑦", "七", "#7", "＃7", "7号", "7。", "(7)", "（７）", "编号7", "编号：7", "编号 7 号", "第7号", "选7", "我选7",
        "选择7", "第7个", "No.7", "EV-20261123-0007", "ev-20261123-0007", "ＥＶ－20261123－0007", "EV202611230007", " 7 ", "7吧",
    ],
)  # fmt: skip
def test_every_way_to_say_seven(text: str) -> None:
    command = parse(text)
    assert (command.word, command.number) == (Word.BARE_NUMBER, 7)


C = Command
SAID: dict[str, Command] = {
    # what is sent
    "待发": C(Word.UNSENT),
    "发送情况？": C(Word.UNSENT),
    "unsent": C(Word.UNSENT),
    "已送达 12": C(Word.ARRIVED, number=12),
    "已送达发12": C(Word.ARRIVED, number=12),
    "重发 发12": C(Word.RESEND, number=12),
    "重发12号。": C(Word.RESEND, number=12),
    "重发": C(Word.RESEND),
    "resend 123456789": C(Word.RESEND, number=123456789),
    "不发 12": C(Word.DROP_UNSENT, number=12),
    "不发第12条": C(Word.DROP_UNSENT, number=12),
    "drop 12": C(Word.DROP_UNSENT, number=12),
    # residents, typed badly
    "报事 3号楼电梯坏了": C(Word.REPORT, text="3号楼电梯坏了"),
    "报事3号楼电梯坏了": C(Word.REPORT, text="3号楼电梯坏了"),
    "报事：3号楼电梯坏了，快来": C(Word.REPORT, text="3号楼电梯坏了，快来"),
    "報事：3號樓電梯壞了": C(Word.REPORT, text="3號樓電梯壞了"),
    "投诉物业乱收费": C(Word.REPORT, text="物业乱收费"),
    "反映一下楼道灯坏了": C(Word.REPORT, text="楼道灯坏了"),
    "反映个问题 楼道灯坏了": C(Word.REPORT, text="楼道灯坏了"),
    "反应 楼道灯坏了": C(Word.REPORT, text="楼道灯坏了"),
    "我要投诉 广场舞太吵": C(Word.REPORT, text="广场舞太吵"),
    "求助！老人摔倒了": C(Word.REPORT, text="老人摔倒了"),
    "REPORT water leak": C(Word.REPORT, text="water leak"),
    "报事": C(Word.REPORT),
    "建议 增加路灯": C(Word.SUGGEST, text="增加路灯"),
    "建议增加路灯": C(Word.SUGGEST, text="增加路灯"),
    "suggest a bench": C(Word.SUGGEST, text="a bench"),
    "咨询一下居住证怎么办": C(Word.ASK, text="居住证怎么办"),
    "进度": C(Word.TRACK),
    "进度？": C(Word.TRACK),
    "进度7": C(Word.TRACK, 7),
    "进度 ７": C(Word.TRACK, 7),
    "进度：编号7": C(Word.TRACK, 7),
    "进度 EV-20261123-0007": C(Word.TRACK, 7),
    "进度七": C(Word.TRACK, 7),
    "进度7怎么样了": C(Word.TRACK, 7),
    "7号进度": C(Word.TRACK, 7),
    "7号的进度": C(Word.TRACK, 7),
    "查一下进度7": C(Word.TRACK, 7),
    "進度 7": C(Word.TRACK, 7),
    "status 7": C(Word.TRACK, 7),
    "评价7 5 很好": C(Word.RATE, 7, stars=5, text="很好"),
    "评价 7 5": C(Word.RATE, 7, stars=5),
    "评价７ ５": C(Word.RATE, 7, stars=5),
    "评价：7，5，师傅真好": C(Word.RATE, 7, stars=5, text="师傅真好"),
    "评价编号7 五星": C(Word.RATE, 7, stars=5),
    "评价 7 4分 还可以": C(Word.RATE, 7, stars=4, text="还可以"),
    "评价 7 ★★★": C(Word.RATE, 7, stars=3),
    "评价 7 不满意": C(Word.RATE, 7, stars=2),
    "7 评价 5": C(Word.RATE, 7, stars=5),
    "rate 7 5 thanks": C(Word.RATE, 7, stars=5, text="thanks"),
    "评价 很好": C(Word.RATE, text="很好"),
    "满意": C(Word.RATE, stars=5),
    "非常不满意。": C(Word.RATE, stars=1),
    "5星": C(Word.RATE, stars=5),
    "五星好评！": C(Word.RATE, stars=5),
    "⭐⭐⭐⭐": C(Word.RATE, stars=4),
    "未解决7还是漏水": C(Word.REOPEN, 7, text="还是漏水"),
    "未解决 7 还是漏水": C(Word.REOPEN, 7, text="还是漏水"),
    "未解决": C(Word.REOPEN),
    "还没解决 7": C(Word.REOPEN, 7),
    "未解决，楼道灯还是不亮": C(Word.REOPEN, text="楼道灯还是不亮"),
    "reopen 7 still leaking": C(Word.REOPEN, 7, text="still leaking"),
    "我也遇到 7": C(Word.ME_TOO, 7),
    "我也遇到了7": C(Word.ME_TOO, 7),
    "+1 7": C(Word.ME_TOO, 7),
    "＋１　７": C(Word.ME_TOO, 7),
    "+1": C(Word.ME_TOO),
    "+1 #7": C(Word.ME_TOO, 7),
    "me too 7": C(Word.ME_TOO, 7),
    "撤回7": C(Word.WITHDRAW, 7),
    "撤回": C(Word.WITHDRAW),
    "withdraw 7": C(Word.WITHDRAW, 7),
    "不公开 7": C(Word.MAKE_PRIVATE, 7),
    # points and volunteers
    "积分": C(Word.POINTS),
    "积分。": C(Word.POINTS),
    "我的积分": C(Word.POINTS),
    "帮我查一下积分": C(Word.POINTS),
    "points": C(Word.POINTS),
    "积分明细": C(Word.POINTS_DETAIL),
    "积分排行": C(Word.POINTS_RANKING),
    "兑换": C(Word.CATALOGUE),
    "兑换 食用油": C(Word.REDEEM, name="食用油", text="食用油"),
    "兑换食用油": C(Word.REDEEM, name="食用油", text="食用油"),
    "兑换 食用油 2": C(Word.REDEEM, name="食用油", count=2, text="食用油 2"),
    "兑换食用油x2": C(Word.REDEEM, name="食用油", count=2, text="食用油x2"),
    "兑换 洗手液 两瓶": C(Word.REDEEM, name="洗手液", count=2, text="洗手液 两瓶"),
    "兑换 2": C(Word.REDEEM, 2, name="2", text="2"),
    "我的兑换": C(Word.MY_REDEMPTIONS),
    "取消兑换 abcd-2345": C(Word.CANCEL_REDEMPTION, name="ABCD2345"),
    "转赠 李阿姨 20": C(Word.GIVE_POINTS, count=20, name="李阿姨", text="李阿姨 20"),
    "转赠李阿姨20分": C(Word.GIVE_POINTS, count=20, name="李阿姨", text="李阿姨20分"),
    "转赠 20 分给李阿姨": C(Word.GIVE_POINTS, count=20, name="李阿姨", text="20 分给李阿姨"),
    "投票3": C(Word.VOTE, 3),
    "志愿活动": C(Word.ACTIVITIES),
    "报名 3": C(Word.SIGN_UP, 3),
    "我要报名3": C(Word.SIGN_UP, 3),
    "取消报名 3": C(Word.CANCEL_SIGN_UP, 3),
    "签到 k7k7k7": C(Word.CHECK_IN, name="K7K7K7"),
    "签退Ｋ７Ｋ７": C(Word.CHECK_OUT, name="K7K7"),
    # anyone
    "帮助": C(Word.HELP),
    "？": C(Word.HELP),
    "/help": C(Word.HELP),
    "help!": C(Word.HELP),
    "隐私": C(Word.PRIVACY),
    "导出我的信息": C(Word.EXPORT_ME),
    "删除我的信息": C(Word.ERASE_ME),
    "绑定 abcd2345": C(Word.BIND, name="ABCD2345"),
    # staff
    "待办": C(Word.TODO),
    "接单7": C(Word.ACCEPT, 7),
    "进展7 灯管已到货": C(Word.PROGRESS, 7, text="灯管已到货"),
    "办结7已清运": C(Word.FINISH, 7, text="已清运"),
    "办结 7 路灯已修好": C(Word.FINISH, 7, text="路灯已修好"),
    "办结7路灯已修好": C(Word.FINISH, 7, text="路灯已修好"),
    "7 办结 已清运": C(Word.FINISH, 7, text="已清运"),
    "转办 7 王师傅 我不在": C(Word.TRANSFER, 7, name="王师傅", text="我不在"),
    "转办7给王师傅，我不在": C(Word.TRANSFER, 7, name="王师傅", text="我不在"),
    "转办 7": C(Word.TRANSFER, 7),
    "退回 7 不归我管": C(Word.SEND_BACK, 7, text="不归我管"),
    "升级7 需要街道": C(Word.ESCALATE, 7, text="需要街道"),
    "延期 7 3 等配件": C(Word.EXTEND, 7, count=3, text="等配件"),
    "延期7 3天 等配件": C(Word.EXTEND, 7, count=3, text="等配件"),
    "延期 3天 等配件": C(Word.EXTEND, count=3, text="等配件"),
    "协办 7 城管": C(Word.ASSIST, 7, name="城管"),
    "推荐 7": C(Word.RECOMMEND, 7),
    "推荐 7 蓝天救援队": C(Word.RECOMMEND, 7, name="蓝天救援队"),
    "代报 张奶奶家漏水": C(Word.REPORT_FOR, text="张奶奶家漏水"),
    "审核": C(Word.REVIEW),
    "l3": C(Word.REVIEW, 3),
    "通过 L3": C(Word.APPROVE, 3),
    "通过ｌ３": C(Word.APPROVE, 3),
    "通过 LOG-3": C(Word.APPROVE, 3),
    "通过3": C(Word.APPROVE, 3),
    "通过 L3 v2": C(Word.APPROVE, 3, count=2),
    "通过 L3 v2 已检查": C(Word.APPROVE, 3, count=2, text="已检查"),
    "通过 L3 已检查": C(Word.APPROVE, 3, text="已检查"),
    "撤销通过 L3": C(Word.UNDO_APPROVAL, 3),
    "撤下 L3 地址错了": C(Word.TAKE_DOWN, 3, text="地址错了"),
    "去掉照片 L3": C(Word.DROP_PHOTO, 3),
    "去掉照片 L3 2": C(Word.DROP_PHOTO, 3, second=2),
    "去掉照片 L3 第2张": C(Word.DROP_PHOTO, 3, second=2),
    "月报": C(Word.MONTH_POSTER),
    "月报 2026-11": C(Word.MONTH_POSTER, name="2026-11"),
    "月报 11月": C(Word.MONTH_POSTER, name="-11"),
    "光荣榜 2026年9月": C(Word.HONOURS_POSTER, name="2026-09"),
    "修改 L3：换个标题": C(Word.CHANGE, 3, text="换个标题"),
    "驳回 L3 照片不清": C(Word.REFUSE, 3, text="照片不清"),
    "采纳 7": C(Word.ADOPT, 7),
    "不予受理 7 不在本辖区": C(Word.REJECT, 7, text="不在本辖区"),
    "派单 7 李强": C(Word.DISPATCH, 7, name="李强"),
    "派单7@李强": C(Word.DISPATCH, 7, name="李强"),
    "通知 明天停水": C(Word.NOTICE, text="明天停水"),
    "发布活动 周六清扫": C(Word.PUBLISH_ACTIVITY, text="周六清扫"),
    "确认 7": C(Word.CONFIRM, 7),
    "核销 ABCD2345": C(Word.HAND_OVER, name="ABCD2345"),
    "督办": C(Word.SUPERVISION),
    "值班": C(Word.DUTY),
    "交班": C(Word.HAND_SHIFT),
    "工作台": C(Word.WORKBENCH),
    "工作台 L3": C(Word.WORKBENCH, 3),
    "可接事项": C(Word.PARTNER_LIST),
    "接受 7": C(Word.PARTNER_ACCEPT, 7),
    "婉拒 7 人手不够": C(Word.PARTNER_DECLINE, 7, text="人手不够"),
    # what choices say
    "同一件 9 7": C(Word.MERGE, 9, 7),
    "不是同一件 9 7": C(Word.NOT_SAME, 9, 7),
    "就这样 7": C(Word.SETTLE, 7),
    "可用照片 7": C(Word.ALLOW_PHOTOS, 7),
    "不用照片 7": C(Word.DENY_PHOTOS, 7),
    "改类 7 环境卫生": C(Word.REFILE, 7, name="环境卫生"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "command"), SAID.items())
def test_what_people_type_is_understood(text: str, command: Command) -> None:
    assert parse(text) == command


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("你好", Word.GREETING), ("您好呀！", Word.GREETING), ("小应早上好", Word.GREETING), ("在吗？", Word.GREETING), ("Hi", Word.GREETING),
        ("谢谢", Word.THANKS), ("谢谢小应，辛苦了", Word.THANKS), ("太感谢了🙏", Word.THANKS), ("感谢社区解决了漏水的问题", Word.THANKS),
        ("好的", Word.OK), ("好的收到", Word.OK), ("嗯嗯", Word.OK), ("OK", Word.OK), ("👌", Word.OK), ("知道了", Word.OK),
    ],
)  # fmt: skip
def test_friendly_words_are_no_reports(text: str, word: Word) -> None:
    assert parse(text).word == word


def test_every_word_of_the_table_is_reached_by_every_spelling_it_lists() -> None:
    for word, _, spellings in TABLE:
        for spelling in spellings.split():
            said = spelling.replace("_", " ")
            reached = {parse(f"{said}{rest}").word for rest in ("", " 7", " ABCD2345", " 李阿姨 20", " 9 7")}
            assert word in reached, (word, spelling)


def test_every_word_can_be_typed_but_those_that_are_recognised_otherwise() -> None:
    untyped = {Word.GREETING, Word.THANKS, Word.OK, Word.BARE_NUMBER, Word.FREE_TEXT}
    assert set(Word) - set(SPELLING) == untyped


@given(st.text(max_size=200) | st.builds("{}{}".format, st.sampled_from(list(SPELLING.values())), st.text(max_size=40)))
def test_parsing_never_raises(text: str) -> None:
    assert parse(text).word in Word
    assert is_addressed(text) in (True, False)
    assert nearest_word(text) is None or isinstance(nearest_word(text), str)


@given(st.sampled_from([Word.TRACK, Word.WITHDRAW, Word.FINISH, Word.VOTE, Word.ACCEPT]), st.integers(0, 9_999_999))
def test_a_number_survives_every_gap(word: Word, number: int) -> None:
    for gap in ("", " ", "：", "　", "，", " #", "编号"):
        command = parse(f"{SPELLING[word]}{gap}{number}")
        assert (command.word, command.number) == (word, number)


@pytest.mark.parametrize(
    "text",
    [
        "评价 " + " " * 3900,
        "兑换 " + " x" * 1900,
        "转赠 " + "a " * 1900,
        "七" * 4000,
        "签到 " + "A " * 1900,
        "@小应" * 1300,
    ],
)
def test_a_hostile_message_is_parsed_in_no_time(text: str) -> None:
    start = time.process_time()
    parse(text)
    nearest_word(text)
    assert time.process_time() - start < 0.1
