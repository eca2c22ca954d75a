"""A thousand invented everyday messages, seeded: `sentences(seed)`.

Written by somebody who knew the task and none of the masking rules; the rules were developed against it.

Mark-up used inside this file: ⟦…⟧ a secret (may be nested: the whole and its telling core), ⟨…⟩ a keep,
<lo-hi> a random whole number (padded to the width of lo), {x} a token. All of it is gone from the text.
"""

# Tables of frames and of ways to write, a row a line:
# fmt: off
# ruff: noqa: E501, E731
# mypy: ignore-errors

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, timedelta

from tests.core.masking.sentence import Sentence

R = random.Random
COUNTS = {"id": 110, "mobile": 160, "landline": 60, "card": 100, "plate": 110, "room": 130,
          "wechat": 50, "mail": 40, "name": 40, "harmless": 200}
FULL = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in
                      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-@._"})
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
VOICE = str.maketrans("0123456789", "零幺二三四五六七八九")
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
SAFE = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # plates know no I and no O


def full(s: str) -> str: return s.translate(FULL)
def han(s: str) -> str: return s.translate(HAN)
def voice(s: str) -> str: return s.translate(VOICE)
def sec(s: str) -> str: return f"⟦{s}⟧"
def digits(r: R, n: int) -> str: return "".join(r.choice("0123456789") for _ in range(n))


def cut(s: str, sep: str, *sizes: int) -> str:
    """s in groups; the last size repeats till s is used up."""
    out, at, k = [], 0, 0
    while at < len(s):
        n = sizes[min(k, len(sizes) - 1)]
        out.append(s[at:at + n])
        at, k = at + n, k + 1
    return sep.join(out)


def hannum(n: int) -> str:
    if n < 10:
        return han(str(n))
    return ("" if n < 20 else han(str(n // 10))) + "十" + (han(str(n % 10)) if n % 10 else "")


# ---- the numbers themselves
def region(r: R) -> str:
    p = r.choice("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split())
    return p + f"{r.randint(1, 15):02}" + f"{r.choice([r.randint(1, 9), r.randint(21, 29), r.randint(81, 84)]):02}"


def id18(r: R, end: str = "") -> str:
    while True:
        born = date(1938, 1, 1) + timedelta(days=r.randrange(28000))
        s = region(r) + born.strftime("%Y%m%d") + f"{r.randint(1, 999):03}"
        c = "10X98765432"[sum(int(d) * (2 ** (17 - i) % 11) for i, d in enumerate(s)) % 11]
        if not end or (c == "X") == (end == "X"):
            return s + c


def id15(r: R) -> str:
    return region(r) + (date(1938, 1, 1) + timedelta(days=r.randrange(20000))).strftime("%y%m%d") + f"{r.randint(1, 999):03}"


def mob(r: R) -> str:
    p = r.choice("130 131 132 135 136 137 138 139 145 147 150 151 152 155 157 158 159 166 170 171 173 175 176 177 "
                 "178 180 181 182 183 185 186 187 188 189 191 193 195 198 199".split())
    return p + digits(r, 8)


def card(r: R, n: int = 19) -> str:
    head = r.choice(["62", "621", "622", "623"]) if n != 16 else r.choice(["62", "622", "625", "4", "51", "53"])
    s = head + digits(r, n - 1 - len(head))
    total = sum(sum(divmod(int(d) * 2, 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(s)))
    return s + str(-total % 10)


def land(r: R) -> tuple[str, str]:
    a = r.choice("010 021 022 023 025 027 028 029 0571 0574 0755 0769 0512 0532 0431 0451 0371 0731 0591 0771 "
                 "0951 0971 0891 0851 0871 0931 0991 0898 0351 0471 0310 0575 0798 0837".split())
    n = 8 if len(a) == 3 or a in "0571 0574 0755 0769 0512 0532 0431 0451 0371 0731 0591 0851 0871 0898" else 7
    return a, r.choice("2345678") + digits(r, n - 1)


def tail(r: R, n: int = 5) -> str:
    while True:
        s = "".join(r.choice(SAFE if r.random() < .22 else "0123456789") for _ in range(n))
        if sum(c.isdigit() for c in s) >= 2:
            return s


def person(r: R) -> str:
    if r.random() < .06:
        return r.choice(["买买提", "阿依古丽", "扎西", "巴图"]) + "·" + r.choice(["艾山", "吐尔逊", "次仁", "苏和"])
    s = r.choice("王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 欧阳 上官 司徒 诸葛".split())
    return s + "".join(r.choice("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉国建华文斌淑珍晓雨梓涵浩宇佳怡春梅") for _ in range(r.choice([1, 2, 2, 2])))


def login(r: R) -> str:
    w = r.choice("lan yun xiaoyu dahai mumu qiu feng lele ahua nannan tiantian bei laoK chun pipi zhu sunny moon".split())
    return w + r.choice(["", "_", "-", ""]) + r.choice(["hz", "mama", "li", "wx", "zz", "cat"]) + r.choice(["", "_"]) + digits(r, r.randint(2, 5))


def qq(r: R) -> str: return r.choice("123456789") + digits(r, r.randint(7, 9))


# ---- ways of writing: (usual, nasty)
Writers = list[Callable[[R, str], str]]      # the second argument is the province for plates


def simple(make: Callable[[R], str], *ways: Callable[[str], str]) -> Writers:
    return [lambda r, _p, w=w: (lambda s: s if "⟦" in s else sec(s))(w(make(r))) for w in ways]


def id_ways() -> tuple[Writers, Writers]:
    usual = simple(id18, lambda s: s, lambda s: s, lambda s: cut(s, " ", 6, 8, 4), lambda s: cut(s, " ", 6, 4),
                   lambda s: cut(s, "-", 6, 8, 4), lambda s: cut(s, " ", 3, 3, 4), lambda s: cut(s, ".", 6, 4), full,
                   lambda s: f"【{sec(s)}】", lambda s: f"（{sec(s)}）", lambda s: cut(s, "  ", 6, 8, 4), lambda s: cut(s, "—", 6, 8, 4),
                   lambda s: s[:6] + " " + s[6:], lambda s: full(cut(s, " ", 6, 8, 4)), lambda s: f"no.{sec(s)}")
    usual += simple(lambda r: id18(r, "X"), lambda s: s, str.lower, lambda s: s[:-1] + "Ｘ", lambda s: s[:-1] + " x",
                    lambda s: cut(s, "-", 6, 4).lower(), lambda s: s[:-1] + "ｘ")
    usual += simple(id15, lambda s: s, lambda s: cut(s, " ", 6, 6, 3), full, lambda s: cut(s, "-", 6, 6, 3))
    return usual, simple(id18, han, voice, lambda s: cut(s, "、", 6, 4), lambda s: cut(s, "／", 6, 8, 4),
                         lambda s: cut(s, "\n", 10, 8), lambda s: cut(s, " ", 1), lambda s: cut(s, "，", 6, 8, 4))


def mobile_ways() -> tuple[Writers, Writers]:
    usual = simple(mob, lambda s: s, lambda s: s, lambda s: cut(s, " ", 3, 4), lambda s: cut(s, "-", 3, 4), lambda s: cut(s, ".", 3, 4), full,
                   lambda s: "+86" + sec(s), lambda s: "+86 " + sec(cut(s, " ", 3, 4)), lambda s: "86" + sec(s),
                   lambda s: "0086" + sec(s), lambda s: "0086-" + sec(cut(s, "-", 3, 4)), lambda s: "(+86)" + sec(s),
                   lambda s: "（86）" + sec(s), lambda s: cut(s, " ", 4, 4, 3), lambda s: cut(s, "-", 4, 3), lambda s: cut(s, "—", 3, 4),
                   lambda s: f"【{sec(s)}】", lambda s: f"（{sec(s)}）", lambda s: cut(s, " ", 3, 2), lambda s: "＋８６" + sec(full(s)),
                   lambda s: "0" + sec(s), lambda s: full(cut(s, "-", 3, 4)), lambda s: cut(s, "·", 3, 4), lambda s: cut(s, "_", 3, 4),
                   lambda s: "86-" + sec(s), lambda s: cut(s, "  ", 3, 4))
    return usual, simple(mob, voice, han, lambda s: cut(s, "、", 3, 4), lambda s: cut(s, "／", 3, 4), lambda s: cut(s, " ", 1),
                         lambda s: voice(cut(s, " ", 3, 4)), lambda s: voice(s[:3]) + s[3:], lambda s: cut(s, "，", 3, 4),
                         lambda s: cut(s, "\n", 3, 8), lambda s: s[:3] + "（" + s[3:7] + "）" + s[7:])


def land_ways() -> tuple[Writers, Writers]:
    def way(form: str, grouped: str = "", change: Callable[[str], str] = str) -> Callable[[R, str], str]:
        def go(r: R, _p: str) -> str:
            a, n = land(r)
            n = cut(n, grouped, 4 if len(n) == 8 else 3, 4) if grouped else n
            return change(form.replace("A", a).replace("B", a[1:]).replace("N", sec(n)).replace("E", str(r.randint(100, 8999))))
        return go
    usual = [way(f) for f in ("⟦A-N⟧", "⟦AN⟧", "⟦A N⟧", "⟦(A)N⟧", "⟦（A）N⟧", "⟦A-N⟧转E", "⟦A-N⟧-E", "⟦A-N⟧ ext.E", "⟦(A) N⟧分机E",
                              "+86-⟦B-N⟧", "+86 ⟦B N⟧", "0086⟦BN⟧", "座机N", "固话是N", "区号A 电话N", "⟦A—N⟧", "⟦【A】N⟧", "⟦A－N⟧（转E）", "⟦A--N⟧")]
    usual += [way("⟦A-N⟧", "-"), way("⟦A N⟧", " "), way("⟦（A）N⟧", " "), way("⟦A-N⟧", change=full), way("⟦AN⟧", change=full), way("⟦A.N⟧", ".")]
    return usual, [way("⟦A N⟧", change=han), way("⟦AN⟧", change=voice), way("⟦A／N⟧"), way("⟦A、N⟧", "、"), way("⟦A/N⟧")]


def card_ways() -> tuple[Writers, Writers]:
    usual: Writers = []
    for n in (16, 17, 18, 19):
        usual += simple(lambda r, n=n: card(r, n), lambda s: s, lambda s: cut(s, " ", 4), lambda s: cut(s, "-", 4))
    for n in (16, 19):
        usual += simple(lambda r, n=n: card(r, n), full, lambda s: cut(s, ".", 4), lambda s: full(cut(s, " ", 4)), lambda s: f"【{sec(s)}】",
                        lambda s: cut(s, "  ", 4), lambda s: f"（{sec(cut(s, ' ', 4))}）")
    usual += simple(card, lambda s: s[:6] + " " + s[6:], lambda s: cut(s, "—", 4), lambda s: cut(s, "·", 4), lambda s: cut(s, " ", 6, 6, 7))
    return usual, simple(card, han, voice, lambda s: cut(s, "、", 4), lambda s: cut(s, "／", 4), lambda s: cut(s, "\n", 8, 11),
                         lambda s: cut(s, "，", 4), lambda s: voice(cut(s, " ", 4)))


def plate_ways() -> tuple[Writers, Writers]:
    def way(form: str, kind: str = "T", change: Callable[[str], str] = str) -> Callable[[R, str], str]:
        def go(r: R, p: str) -> str:
            t = {"T": lambda: tail(r), "NEV": lambda: r.choice("DF") + r.choice([r.choice(SAFE), r.choice("0123456789")]) + digits(r, 4),
                 "BIG": lambda: digits(r, 5) + r.choice("DF"), "4": lambda: tail(r, 4), "NUM": lambda: digits(r, 5)}[kind]()
            city = "A" if p in "京津沪渝" and r.random() < .5 else r.choice("ABCDEFGH")
            v = {"T": t, "C": city, "P": p}
            return change("".join(v.get(c, c) for c in form))
        return go
    usual = [way(f) for f in ("⟦PCT⟧", "⟦PCT⟧", "⟦PC·T⟧", "⟦PC T⟧", "⟦P CT⟧", "⟦PC.T⟧", "⟦PC-T⟧", "⟦PC•T⟧", "⟦P C T⟧", "【⟦PCT⟧】", "（⟦PC·T⟧）", "⟦P·CT⟧", "⟦PC  T⟧")]
    usual += [way("⟦PCT⟧", change=str.lower), way("⟦PC T⟧", change=str.lower), way("⟦PCT⟧", change=full), way("⟦PC·T⟧", change=full)]
    usual += [way(f, "NEV") for f in ("⟦PCT⟧", "⟦PC·T⟧", "⟦PC T⟧", "⟦PC-T⟧")] + [way("⟦PCT⟧", "NEV", str.lower), way("⟦PCT⟧", "BIG"), way("⟦PC·T⟧", "BIG")]
    usual += [way("⟦PCT警⟧", "4"), way("⟦PC·T警⟧", "4"), way("⟦PCT挂⟧", "4"), way("⟦PC T 挂⟧", "4"), way("⟦PCT学⟧", "4"), way("⟦PC·T学⟧", "4"),
              way("⟦粤ZT港⟧", "4"), way("⟦粤Z·T澳⟧", "4")]
    return usual, [way("⟦PCT⟧", "NUM", voice), way("⟦PCT⟧", "NUM", han), way("⟦PC、T⟧"), way("⟦PC／T⟧"), way("⟦P/C/T⟧"), way("⟦P—C—T⟧"), way("⟦P（C）T⟧")]


def room_ways() -> tuple[Writers, Writers]:
    def way(form: str, change: Callable[[str], str] = str) -> Callable[[R, str], str]:
        def go(r: R, _p: str) -> str:
            b, u, f, k = r.randint(1, 28), r.randint(1, 4), r.randint(1, 26), r.randint(1, 4)
            room = f"{f}0{k}"
            v = {"b": str(b), "u": str(u), "r": room, "f": str(f), "k": str(k), "B": hannum(b), "U": han(str(u)), "R": han(room), "F": hannum(f),
                 "S": r.choice("东西中南北"), "L": r.choice(["解放巷", "槐树胡同", "柳树巷", "打铁街", "后河沿", "永安里"]), "h": str(r.randint(2, 190)),
                 "V": r.choice(["王家村", "上塘村", "石桥头村"]), "Z": r.choice("ABCDE"), "z": r.choice("abc"), "H": hannum(r.randint(2, 60))}
            return change("".join(v.get(c, c) for c in form))
        return go
    usual = [way(f) for f in (
        "⟨b栋⟩⟦u单元⟦r⟧⟧", "⟨b栋⟩⟦u单元⟦r室⟧⟧", "⟨b号楼⟩⟦u单元⟦r⟧⟧", "⟨b号楼⟩⟦U单元⟦R室⟧⟧", "b-⟦u-⟦r⟧⟧", "⟨b#⟩⟦r⟧", "⟨b#⟩⟦u-⟦r⟧⟧", "⟨Z座⟩⟦r⟧", "⟦u单元⟦F楼S户⟧⟧",
        "L⟦h号⟧", "⟨b栋⟩⟦r⟧", "⟨b幢⟩ ⟦u单元 ⟦r⟧⟧", "⟨b号楼⟩-⟦u-⟦r⟧⟧", "⟨b栋⟩⟦U单元⟦r房⟧⟧", "⟨b幢⟩⟦r室⟧", "⟨b号楼⟩⟦r户⟧", "Z区⟨b栋⟩⟦u单元⟦r⟧⟧", "b-⟦r⟧室", "⟨B栋⟩⟦U单元⟦R⟧⟧",
        "⟨b号楼⟩⟦u单元⟦f楼S户⟧⟧", "L⟦H号⟧", "h弄b号⟦r室⟧", "V⟨u组⟩⟦h号⟧", "⟨b栋⟩⟦u门⟦r⟧⟧", "⟨b栋⟩⟦u单元⟦f楼k号⟧⟧", "⟨b号楼⟩⟦f层⟦r⟧⟧", "⟨b 栋⟩ ⟦u 单元 ⟦r⟧⟧", "⟨z座⟩⟦r⟧",
        "⟨b号楼⟩⟦u单元⟦F楼⟧⟧左手那家", "b—⟦u—⟦r⟧⟧", "⟨b#楼⟩⟦u单元⟦r⟧⟧", "⟨b号⟩⟦r室⟧", "⟨b栋⟩（⟦u单元⟦r⟧⟧）", "L⟦h号院⟧S屋", "⟨Z栋⟩⟦r室⟧")]
    usual += [way("⟨b栋⟩⟦u单元⟦r⟧⟧", full), way("b-⟦u-⟦r⟧⟧", full), way("⟨b号楼⟩⟦r室⟧", full)]
    return usual, [way(f) for f in ("⟨b栋⟩/⟦u单元/⟦r⟧⟧", "⟨b栋⟩、⟦u单元、⟦r⟧⟧", "(b栋)(⟦u单元)(⟦r⟧⟧)", "⟨B号楼⟩⟦U单元 ⟦R⟧⟧", "b／⟦u／⟦r⟧⟧", "⟨b栋⟩⟦u单元F楼⟦r⟧⟧", "⟨b栋⟩，⟦u单元，⟦r⟧⟧", "b.⟦u.⟦r⟧⟧")]


def wechat_ways() -> tuple[Writers, Writers]:
    w = lambda label: (lambda r, _p: label + sec(login(r)))
    usual: Writers = [w(x) for x in ("加微信", "微信：", "vx：", "VX:", "vx ", "v信", "wx:", "威信", "薇信号 ", "微信号是", "微信号：", "➕v：", "weixin:", "V ", "微信id ", "＋微 ")]
    usual += [lambda r, _p, x=x: x + sec("wxid_" + "".join(r.choice("abcdefghjkmnpqrstuvwxyz0123456789") for _ in range(14))) for x in ("", "微信", "微信号:", "vx")]
    usual += [lambda r, _p, x=x: x + sec(qq(r)) for x in ("QQ", "QQ号：", "qq ", "扣扣号", "加q", "企鹅号 ", "QQ号码是")]
    usual += [lambda r, _p: "QQ " + sec(cut(qq(r), " ", 3)), lambda r, _p: "QQ：" + sec(full(qq(r))), lambda r, _p: "微信同号 " + sec(mob(r)), lambda r, _p: "vx：【" + sec(login(r)) + "】",
              lambda r, _p: "微信：" + sec(login(r).upper())]
    return usual, [lambda r, _p: "我扣扣是" + sec(han(qq(r))), lambda r, _p: "微信 " + sec(full(login(r))), lambda r, _p: "微❤：" + sec(login(r)), lambda r, _p: "Q/" + sec(cut(qq(r), "、", 3))]


def mail_ways() -> tuple[Writers, Writers]:
    dom = lambda r: r.choice(["163.com", "qq.com", "126.com", "lvshu-mail.cn", "jiayuan.example.cn", "sina.cn", "yeah.net", "xiaoqu.org.cn"])
    make = lambda r: r.choice([login(r), qq(r), login(r).replace("_", ".").replace("-", "."), mob(r), login(r) + "+wy"]) + "@" + dom(r)
    usual = simple(make, lambda s: s, lambda s: s, str.upper, str.title, lambda s: s.replace("@", "＠"), lambda s: s.replace("@", " @ "),
                   lambda s: f"<{sec(s)}>", lambda s: f"（{sec(s)}）", lambda s: f"【{sec(s)}】", lambda s: "mailto:" + sec(s), lambda s: s.replace("@", "@ "))
    return usual, simple(make, full, lambda s: s.replace("@", "#") + "（#换成@）", lambda s: s.replace("@", " at "), lambda s: s.replace("@", "艾特"), lambda s: s.replace(".c", "。c").replace(".n", "。n"))


NAME_WAYS: tuple[Writers, Writers] = (simple(person, lambda s: s, lambda s: s, lambda s: f"“{sec(s)}”", lambda s: f" {sec(s)}", lambda s: f"【{sec(s)}】"),
                                      simple(person, lambda s: cut(s, " ", 1), lambda s: s))

# ---- frames: {s} the secret; {d} date, {t} time, {p} price, {b} building (keeps); {m} mobile, {n} name, {c} plate (further secrets)
FRAMES: dict[str, str] = {
    "id": """我身份证{s}，门禁卡麻烦办一下|身份证号：{s}|身份证号码{s}，{d}去社区登记过了|我爸的身份证号是{s}，老年卡到现在没下来|租客资料 姓名：{n} 证件号 {s} 电话 {m}
麻烦帮查下{s}这个人有没有登记居住证|身份正{s}能不能查医保交了没|本人{s}申请低保，每月{p}一直没到账|已核实住户证件{s}，情况属实|居民身份证 {s} 过期了，{t}能来补办吗|SFZ：{s}
sfz号{s}帮我报一下名|办居住证要的号码发你{s}，还要啥不|处理记录：{d}来电，证件{s}，要求退押金{p}|我老婆身份证是{s}，手机{m}，两个都登记一下|师傅说要身份证我就发群里了{s}不会泄漏吧
孩子户口本上的号{s}，上学报名用|代办人证件号码为{s}，已现场签字|疫苗登记，身份证{s}打的第<1-3>针|评价：态度很差，把我身份证{s}念出来给大家听|公示：补贴对象（身份证{s}）金额{p}|ID card {s} 帮忙登记下
捡到身份证一张号码{s}，失主到{b}门卫拿|身份证号码是{s}，不是上次那个，上次写错了|证件类型身份证证件号{s}有效期到⟨2036年⟩|老人社保卡号就是身份证号{s}，⟨11月⟩养老金没发""",
    "mobile": """有事打我电话{s}|我手机{s}，{t}以后打|联系电话：{s}|电话{s}找我拿钥匙|电活{s}，{b}水管爆了快来人！|师傅你到了打{s}，别按门铃孩子在睡觉|{s}这个号码天天打来推销装修烦死了|手机号码是{s}，微信同号
维修师傅电话是{s}，收费{p}|已联系投诉人{s}，{d}回访，表示满意|打了{s}没人接，又打{m}还是没人接|谁的车挡路了，{c}，快打{s}挪车|转让婴儿车{p}，要的联系{s}|Tel:{s}|tel {s}，{t}前都在
手机{s}拼车去高铁站还差⟨<1-3>人⟩|物业小李{s}态度特别好，五星|物业的说让我打{s}，打了⟨<3-9>次⟩没人接|我姓王{s}，{b}楼下垃圾⟨<3-9>天⟩没清了|保洁阿姨新号{s}旧号不用了|打这个{s}也行，打⟨12345⟩也行|丢了只橘猫，看到的请打{s}，酬谢{p}
回拨号码{s}，通话时长⟨<2-9>分钟⟩|处理结果：电话{s}告知住户，{d}上门|{s}|喂你好那个我的号码是{s}你记一下啊然后那个灯还是没修|有没有会修空调的 我电话{s}急|快递放门口就行{s}|邻居漏水我家天花板湿了打{s}|请大家存一下值班手机{s}，{d}起启用
紧急联系人{s}（儿子）|停车费{p}转我了没，查一下尾号，手机{s}|号码{s}被冒用注册了怎么办|发验证码到{s}，收不到""",
    "landline": """办公室电话{s}|家里{s}，白天打|投诉人来电{s}，反映{b}电梯坏|我家座机号 {s}，{t}后有人接|老人不会用手机，打家里{s}|回电{s}，{d}前|我妈家电话是{s}麻烦通知她停水|传真/电话：{s}|打{s}一直占线，打手机{m}也不通
联系方式{s}，报价{p}|诊所预约{s}，张大夫家里的|{s}这个固话半夜响是谁家的|留的号码为{s}，多次无人接听|电活{s}打不通啊|听力不好，请打座机{s}大声点|住户提供电话 {s} 核实{d}漏水|有人用{s}打来说要交{p}押金，是不是骗子|Tel：{s}|老房东联系电话{s}，押金{p}没退
亲戚家电话{s}，实在找不到我就打这个|评价：打{s}从来没人管，一星|登记表上电话写的{s}对不对""",
    "card": """卡号{s}|银行卡号：{s}，退款{p}打这里|退押金请打到{s}，户名{n}|我的卡是{s}，建行的|物业费{p}退到{s}这张卡上谢谢|工资卡{s}，{d}还没到账|银行咔号{s}你记一下|{s}工商银行，{p}|补贴发到哪张卡？我的是{s}|账号{s}，开户行农行城东支行
已核对收款账户{s}，金额{p}，{d}转出|转账到{s}，备注{b}|社保卡银行账号{s}，⟨11月⟩没发钱|收款人{n}，卡号 {s}，手机{m}|储蓄卡{s}昨天{t}被扣了{p}，谁扣的|拾到银行卡一张，号码{s}，请失主来领|卡号发群里了{s}，大家把团购款{p}转过来|信用卡{s}自动扣水费扣了⟨两次⟩
更正一下刚才卡号写错了，是{s}|处理意见：退回原卡{s}，⟨3-5个⟩工作日到账|他骗我往{s}打了{p}！|护工工资打卡{s}，每月{p}|低保卡号{s}丢了要补|Bank card {s}|帐号：{s}麻烦财务尽快|那个我儿子的卡你记一下{s}对就这个""",
    "plate": """车牌{s}堵了消防通道|{s}挪车！！|谁家的车{s}，挡我车位了|车牌号：{s}|车牌号码{s}，月卡{p}，续到⟨12月⟩|{b}门口那辆白色{s}占了⟨两个⟩车位|请{s}车主下来挪一下，{t}要出门|{s}车窗没关要下雨了|我车{s}被划了，{d}晚上的监控能看吗|登记车辆{s}，车主电话{m}
车派{s}乱停|黑色SUV {s}昨晚{t}撞了栏杆跑了|访客车{s}今天进，麻烦放行|{s}的车主电话多少，打不通{m}|保安把{s}锁了，开锁收{p}|已通知{s}驶离，{d}复查|道闸认不出{s}，每次都要等⟨<3-9>分钟⟩|电车{s}充满了不拔枪，都⟨<2-9>小时⟩了|送货的{s}把{b}花坛压了|我两辆车，{s}和{c}都要办月卡
公示：长期占用公共车位车辆{s}，限{d}前移走|尾灯没关，车牌{s}，在⟨B2层⟩|那个银色面包车{s}天天{t}按喇叭|评价：处理很快，{s}当天就挪走了|刚看到{s}蹭了旁边的车 有视频|停车费多扣{p}，车牌{s}|出租车{s}捡到手机还给我了，表扬|{s}这车停这⟨<2-9>个月⟩没动过，僵尸车吧""",
    "room": """我住{s}，水管爆了|{s}漏水|{s}天天半夜吵|地址：{s}|{s}的住户{d}晚上装修到{t}|快递送到{s}谢谢|楼上{s}往下扔烟头|家住{s}电话{m}暖气不热|{s}马桶堵了，报价{p}太贵|上门地址{s}，{t}之后有人|{s}没交物业费{p}|投诉{s}养鸡，{t}就打鸣|我是{s}的，门禁卡丢了
请{s}业主来领包裹|已到{s}现场查看，{d}修好|{s}老人独居，麻烦社区多上门看看|师傅来{s}看一下空调，上次花了{p}|{s}出租，月租{p}|听说{s}群租，住了⟨<6-9>个人⟩|{s}阳台着火了快打⟨119⟩|处理记录：{s}住户反映停电，{t}恢复|{s}装修垃圾堆楼道⟨<3-9>天⟩了|那个{s}门口鞋柜占道能不能管管
昨天{t}有人敲{s}的门是谁啊|{s}家的狗没拴绳咬人了|姓名：{n} 住址{s}|垃圾我放{s}门口了一会就扔|维修评价：{s}修得很好，⟨5星⟩|换水表，{s}下周一，别忘了|帮忙看下{s}是不是没关煤气""",
    "wechat": """{s}，进群|有事{s}|{s} 备注{b}|团购的{s}，每份{p}|联系我{s}，电话{m}也行|二手冰箱{p}，{s}|群满了 想进的{s}|装修报价找{s}|{s}发定位给我|家教一小时{p}，{s}|回访：住户留{s}，{d}已加|那个骗子的{s}大家拉黑|不方便打电话就{s}，{t}前都在
捡到钥匙，失主{s}|图片发我{s}谢谢啦|合租的{s}，限女生|物业小哥{s}人很好|保姆{s}，月薪{p}""",
    "mail": """邮箱{s}|发票发我邮箱 {s}|我的邮箱是{s}，{d}前发|email：{s}，电话{m}|把通知发{s}一份|E-mail:{s}|电子邮件 {s}，金额{p}|材料都发到{s}了没人回|{s}这个邮箱收不到|投诉回复请寄{s}|监控录像发{s}，{t}那段|简历投{s}，月薪{p}|抄送一下{s}谢谢|回执已发送至{s}，{d}|油箱{s}发一下收据""",
    "name": """我叫{s}，新搬来的|我叫{s}住{b}|联系人{s}|联系人：{s}，{t}在家|姓名：{s}|姓名 {s} 年龄⟨<61-89>岁⟩|{s}先生{d}来过物业|昨天{s}女士反映楼道灯不亮|报修人：{s}，水龙头坏了|户主{s}，欠费{p}|业主姓名：{s}|收件人{s}，包裹⟨<2-4>件⟩|找{s}师傅修的，收了{p}|我是{s}，门禁开不了
签名：{s}|投诉人姓名：{s}，{d}受理|我老公叫{s}电话{m}|我家孩子叫{s}，读⟨三年级⟩|申请人：{s}，补贴{p}|租客名字叫{s}，合同到{d}|本人{s}同意加装电梯""",
}
HARMLESS = """{D}停水，{T}恢复|<1-12>月<1-28>日物业开会，都来啊|{D8}那天的监控保存<7-30>天|今晚<7-9>点半跳广场舞|<1-12>/<1-28> {T}到{T}检修变压器|团购鸡蛋<12-39>.<1-9>元<20-40>个|物业费涨到每平米<1-4>.<10-99>元|一共花了1203元，发票有|订金<10000-19999>元不退
房子<60-140>m2得房率<70-85>%|<80-140>平米三室两厅物业费<1200-3800>|坐<101-999>路公交到北门下|501路公交改道了|地铁<1-16>号线到第<3-9>站下|3号楼门口有积水|<1-28>号楼电梯又坏了|<1-28>栋楼下垃圾桶满了|2单元门禁坏了|<1-28>号楼<1-4>单元门禁坏了|电梯停在12楼不动了|<1-28>栋<2-30>楼声控灯不亮
事件编号EV-{D8}-<0001-0999>已受理|编号7的井盖松了|工单{D8}<0001-0999>办结|着火打119，急救打120|遇到骗子打110|有事打12345，真的有用|城管热线12319|社区热线96<100-999>，全天24小时|这楼是<1985-2009>年盖的，<15-40>年了|⟨二〇二六年⟩新规开始执行|投票同意率<61-99>.<1-9>%|昨天最高<30-40>℃，晚上<20-27>度
来了<11-199>个人排队|换了iPhone <11-16>扫码开不了门|华为Mate<40-70>连不上小区wifi|我家孩子三年级<1-9>班，放学{T}|初一（<1-12>）班家长会{T}|药一天<2-3>次每次<1-2>片，<5-9>00mg的|胰岛素<4-16>单位，饭前<15-30>分钟|APP更新到<1-9>.<0-19>.<0-9>就闪退|按物业管理条例第25条不能这样|民法典第<271-287>条说得很清楚|走G15堵车，改国道201
S<10-99>高速出口封了，走G<1-99>|水表读数<1000-9999>.<1-9>，上月<100-999>|电表<10000-99999>度，是不是抄错了|气表这个月走了<10-60>方|门卫有<20-300>个包裹没人拿|理发店开业8折|修好要1-2天|退款3-5个工作日到|招保洁<2-9>名，<18-55>岁，月薪<2800-6500>|跑腿费<5-20>块<1-3>公里内|路灯杆编号L-<0100-0999>不亮
限行尾号<1-4>和<6-9>，京A牌也限|外地牌照限<7-9>点到<10-20>点|B2层积水<5-30>厘米|P<1-5>停车场还剩<10-300>个车位|车位租金<200-800>一个月，押金<500-2000>|A4纸<1-9>包，打印<1-9>毛一张|空调1.5匹，<2000-3999>元带安装|WiFi密码8个8，每天限<1-4>小时|路由器地址192.168.<0-9>.1打不开|5G信号差，只有<1-3>格|噪音<60-99>分贝，超过<45-55>了
<10-31>号前交，滞纳金万分之五|已收到<10-500>条评价，好评<90-99>%|评分4.<1-9>，比上月高0.<1-9>|处理时限<24-72>小时，已用<1-23>小时|满<59-199>减<5-30>，前<10-100>名|维修基金还剩<100000-999999>.<10-99>元|全小区<1100-1999>户，<28-40>栋楼|小区一共<3000-9999>人，老人<300-999>|水温<38-60>度，压力0.<2-8>MPa|灭火器到<2026-2029>年<1-12>月，<4-8>公斤的
油价8.<10-99>，92号又涨|大米5kg<25-60>元，<2-9>袋起送|电动车限速25，电池48V<12-32>Ah|核酸楼改成活动室，<100-400>㎡|第<2-9>届邻里节{D}举行|跳绳比赛一分钟<120-220>个|今天走了<10000-19999>步|下雨<20-90>毫米，蓝色预警<2-12>小时|共享单车<30-99>辆堆门口|广场舞从<7-8>:<00-59>吵到<21-22>:<00-59>
垃圾分类4个桶，<6-8>点到<9-10>点投|文号社管〔2026〕<1-99>号贴出来了|电梯注册代码31<100000000000000000-999999999999999999>年检过期了|商品条码69<10000000000-99999999999>扫不出来|会议室<2-5>楼，能坐<20-80>人|血压<120-170>/<70-100>，社区医生让复查|体温<36-39>.<0-9>，吃了<1-2>粒退烧药|两个单元一共二十四户停水|等了四十五分钟才来|三天两头停电，一个月五六次
单号第<1-99>批，共<100-999>份，每份<10-99>.<1-9>|灯泡<5-40>W色温<3000-6500>K|身高1.<2-4>米以下免票|充电桩<1-9>号枪坏了，扫码扣了<1-20>.<10-99>|3月15到4月15停暖，<18-25>度都没有|投诉<3-9>次了，每次都说<2-3>天内处理|扫码关注后回复<1-9>报名，限<30-90>人|三楼活动室<1-12>月<1-28>号起关门|门口小店营业<6-9>:30-<20-23>:00|楼间距<18-40>米，绿化率<30-45>%""".replace("\n", "|").split("|")
PREFIX = ["", "", "", "", "", "@物业 ", "你好，", "那个", "师傅，", "各位邻居，", "在吗？", "急！", "麻烦了，", "【投诉】", "补充一下：", "嗯嗯就是"]
SUFFIX = ["", "", "", "", "", "。", "！！", "，谢谢", " 🙏", "。。。", "～", "，辛苦了", "，尽快处理", "？", "哈", " 急急急"]
SECOND = ["，还有⟨<1-28>号楼⟩门口路灯不亮", "，顺便问下⟨501路⟩公交还停不停北门", "，对了⟨<1-12>月<1-28>日⟩停水停多久", "，另外⟨B2层⟩又积水了",
          "，还有⟨<2-4>单元⟩门禁坏了", " 还有就是垃圾桶满了⟨<2-9>天⟩了", "，以前打过⟨12345⟩没用", "，工单⟨EV-2026<1101-1130>-<0001-0900>⟩"]
CN = "零一二三四五六七八九十两〇"
NUMBER = re.compile(rf"[A-Za-zＡ-Ｚ]*-?[0-9０-９][0-9０-９A-Za-z.．:：/\-－]*[%℃㎡\u4e00-\u9fff]?|[{CN}]{{2,}}[\u4e00-\u9fff]?|[{CN}](?=[个天楼号点年])[\u4e00-\u9fff]")


def day(r: R) -> date: return date(2026, 1, 1) + timedelta(days=r.randrange(360))


def token(name: str, r: R, p: str) -> str:
    d, h, m = day(r), r.randint(6, 22), r.choice(["00", "15", "30", "45"])
    if name in "dD":
        return (("⟨%s⟩" if name == "d" else "%s") % r.choice([d.isoformat(), f"{d.month}月{d.day}日", f"{d.month}月{d.day}号", f"{d.year}年{d.month}月{d.day}日", f"{d.year}.{d.month}.{d.day}"]))
    if name in "tT":
        return ("⟨%s⟩" if name == "t" else "%s") % r.choice([f"{h}:{m}", f"{h}点", f"{h}：{m}", f"{hannum(h)}点半"])
    return {"D8": lambda: d.strftime("%Y%m%d"), "p": lambda: f"⟨{r.randint(15, 2600)}{r.choice(['元', '块', '块钱', '元'])}⟩",
            "b": lambda: f"⟨{r.randint(1, 28)}{r.choice(['号楼', '栋', '幢'])}⟩", "m": lambda: sec(mob(r)), "n": lambda: sec(person(r)),
            "c": lambda: sec(p + r.choice("ABCDE") + tail(r))}[name]()


def fill(frame: str, r: R, p: str, main: str = "") -> str:
    frame = re.sub(r"\{(\w+)\}", lambda m: main if m[1] == "s" else token(m[1], r, p), frame)
    return re.sub(r"<(\d+)-(\d+)>", lambda m: str(r.randint(int(m[1]), int(m[2]))).zfill(len(m[1])), frame)


def rough(frame: str, r: R) -> str:
    """The frame as typed in haste: marks lost or changed, greetings, sighs; a gap always stays between two numbers."""
    how = r.random()
    if how < .25:
        frame = re.sub("(?<![}⟩])，|，(?![{⟨<])", " ", frame)
    elif how < .4:
        frame = re.sub(r"(?<![}\d⟩>a-zA-Z])，(?![{\d⟨<a-zA-Z])", "", frame)
    elif how < .48:
        frame = frame.replace("，", ",").replace("：", ":")
    frame += r.choice(SECOND) if r.random() < .12 else ""
    return r.choice(PREFIX) + frame + (r.choice(SUFFIX) if frame[-1] not in "！？" else "")


def parse(kind: str, marked: str) -> Sentence:
    out: list[str] = []
    stack: list[int] = []
    got: dict[str, list[str]] = {"⟧": [], "⟩": []}
    for c in marked:
        if c in "⟦⟨":
            stack.append(len(out))
        elif c in "⟧⟩":
            piece = "".join(out[stack.pop():])
            got[c].append(piece)
        else:
            out.append(c)
    secrets = sorted(dict.fromkeys(got["⟧"]), key=len, reverse=True)
    return Sentence(kind, "".join(out), tuple(secrets), tuple(dict.fromkeys(got["⟩"])))


def sound(s: Sentence) -> bool:
    """Each secret stands once; each keep is there and still is when all secrets are cut out."""
    rest = s.text
    for x in s.secrets:
        rest = rest.replace(x, "■")
    return all(s.text.count(x) == 1 for x in s.secrets) and all(k in s.text and k in rest for k in s.keeps)


def build(seed: int) -> list[tuple[Sentence, tuple[str, str]]]:
    r = random.Random(seed)
    made: list[tuple[Sentence, tuple[str, str]]] = []
    seen: set[str] = set()
    ways = {"id": id_ways(), "mobile": mobile_ways(), "landline": land_ways(), "card": card_ways(), "plate": plate_ways(),
            "room": room_ways(), "wechat": wechat_ways(), "mail": mail_ways(), "name": NAME_WAYS}
    for kind, count in COUNTS.items():
        frames = HARMLESS if kind == "harmless" else FRAMES[kind].replace("\n", "|").split("|")
        usual, nasty = ways.get(kind, ([], []))
        forder: list[str] = []
        worder: list[int] = []
        norder: list[int] = []
        for i in range(count):
            forder = forder or r.sample(frames, len(frames))
            worder = worder or r.sample(range(len(usual)), len(usual))
            norder = norder or r.sample(range(len(nasty)), len(nasty))
            frame, p = forder.pop(), PROVINCES[i % len(PROVINCES)]
            bad = kind != "harmless" and i % 16 == 7
            k = -1 if kind == "harmless" else (norder if bad else worder).pop()
            while True:
                if kind == "harmless":
                    s = parse(kind, fill(rough(frame, r), r, p))
                    text = full(s.text) if r.random() < .06 else s.text
                    s = Sentence(kind, text, (), tuple(dict.fromkeys(NUMBER.findall(text))))
                else:
                    s = parse(kind, fill(rough(frame, r), r, p, (nasty if bad else usual)[k](r, p)))
                if sound(s) and s.text not in seen:
                    break
            seen.add(s.text)
            made.append((s, (frame, f"{'nasty' if bad else 'way'}{k}")))
    r.shuffle(made)
    return made


def sentences(seed: int) -> list[Sentence]:
    return [s for s, _ in build(seed)]
