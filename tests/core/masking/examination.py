"""Two thousand invented messages and office notes, seeded: `sentences(seed)`: the examination.

Written by somebody else again who knew the task and none of the rules, after the rules had been mended for the corpus held
back. Its first figures, on which nothing had been tuned, stand in the docstring of test_recall.py.

Frames: <...> marks what must stay, {token} is filled in; frames on one line are parted by "|".
"""

# Tables of frames and of ways to write, a row a line:
# fmt: off
# ruff: noqa: E501
# mypy: ignore-errors

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, timedelta

from tests.core.masking.sentence import Sentence

Rng = random.Random
Parts = list[tuple[str, str]]  # (text, role): role "s" secret, "k" keep, "" neither

COUNTS = {"id": 220, "mobile": 320, "landline": 120, "card": 200, "plate": 220, "room": 260,
          "wechat": 100, "mail": 80, "name": 80, "harmless": 400}

# ---------------------------------------------------------------- stock
AREAS = ("110101 110108 120103 130102 140105 150102 210102 210213 220104 230103 310101 310104 310115 310230 320102 320505 320583 "
         "330106 330203 330327 340104 341221 350203 350582 360102 362330 370202 370785 410105 411628 420106 421083 430104 430523 "
         "440106 440305 441900 445281 450103 460105 500103 510107 511621 520103 522121 530102 532128 610113 620102 640104 650102").split()
PREFIXES = ("130 131 132 133 134 135 136 137 138 139 145 147 149 150 151 152 153 155 156 157 158 159 165 166 167 170 171 172 173 175 "
            "176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 192 193 195 196 197 198 199").split()
CITIES = [("010", 8), ("021", 8), ("020", 8), ("022", 8), ("023", 8), ("025", 8), ("027", 8), ("028", 8), ("029", 8), ("0571", 8),
          ("0512", 8), ("0755", 8), ("0574", 8), ("0531", 8), ("0371", 8), ("0731", 8), ("0591", 8), ("0595", 8), ("0311", 8),
          ("0551", 8), ("0514", 8), ("0558", 7), ("0793", 7), ("0394", 7), ("0859", 7), ("0570", 7), ("0416", 7), ("0936", 7)]
BINS = [("622848", 19), ("622848", 19), ("621700", 19), ("621700", 19), ("622202", 19), ("621226", 19), ("621661", 19), ("621799", 19),
        ("622188", 19), ("621483", 16), ("622588", 16), ("622575", 16), ("625965", 16), ("622155", 16), ("621792", 16), ("436742", 16),
        ("524094", 16), ("356833", 16), ("622260", 17), ("622262", 17), ("623058", 19), ("622908", 18), ("621626", 19), ("622700", 19)]
BANKS = "农行 建行 工行 中行 邮储 交行 招行 农商行 浦发 中信 光大 民生".split()
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金贾夏付方邹熊白孟秦"
GIVEN = ("建国 秀英 桂兰 志强 丽华 国庆 淑珍 伟 敏 静 强 磊 洋 艳 勇 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 文博 子涵 浩然 雨欣 梓萱 晓燕 小红 永福 根宝 阿妹 "
         "玉梅 凤英 海燕 春梅 德明 宝珍 卫东 建军 爱华 红梅 志远 思远 嘉怡 俊杰 佳琪 婷婷 晨曦 国栋 振华 金凤 水根 月娥 惠芳 丽娟 长贵 福生").split()
COMMUNITIES = "幸福里 翠湖花园 阳光小区 锦绣苑 东风新村 梧桐雅苑 和平家园 桃源居 金桂苑 滨江公馆 向阳院 紫荆苑 兰亭小区 春江花月".split()
ALLEYS = "柳荫胡同 槐树巷 豆腐巷 井儿胡同 青石弄 香饵胡同 南锣巷 打铜巷 桂花弄 米市巷 竹竿巷 小经厂胡同 状元里 书院里".split()
HOTLINES = ("110 119 120 122 12345 12319 12315 12369 12348 12349 12328 95598 "
            "95533 95588 10086 10000 96777 96310 962121 962222 96116 968890").split()
HAN, YAO, BIG = "零一二三四五六七八九", "零幺二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
FULL = str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-.@", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ－．＠")

def han(text: str, table: str = HAN) -> str:
    return "".join(table[int(c)] if c in "0123456789" else c for c in text)

def spoken(n: int) -> str:
    """Han number below 100 as one says it."""
    tens, ones = divmod(n, 10)
    return HAN[n] if n < 10 else ("" if tens == 1 else HAN[tens]) + "十" + (HAN[ones] if ones else "")

def digits(r: Rng, n: int) -> str:
    return "".join(r.choice("0123456789") for _ in range(n))

def cut(text: str, sizes: tuple[int, ...], sep: str) -> str:
    out, at = [], 0
    for size in sizes:
        out.append(text[at:at + size])
        at += size
    return sep.join([x for x in [*out, text[at:]] if x])

def pick(r: Rng, ways: list[tuple[float, Callable[[], str | Parts]]]) -> Parts:
    got = r.choices([w for _, w in ways], [p for p, _ in ways])[0]()
    return [(got, "s")] if isinstance(got, str) else got

def nasty_digits(r: Rng, text: str, sizes: tuple[int, ...]) -> str:
    a, b = sizes[0], sizes[0] + sizes[1]
    return r.choice([
        lambda: text[:a] + han(text[a:b]) + text[b:], lambda: "".join(c.translate(FULL) if r.random() < .4 else c for c in text),
        lambda: text.replace("0", "O") if "0" in text else text.replace("1", "l"), lambda: han(text, BIG),
        lambda: "\u200b".join([text[:a], text[a:b], text[b:]]), lambda: text[:b] + "\n" + text[b:],
        lambda: f"{text[:a]}，{text[a:b]}，然后{text[b:]}", lambda: " ".join(text), lambda: cut(text, sizes, "_"),
        lambda: "".join(c + "\ufe0f\u20e3" if c.isdigit() else c for c in text), lambda: cut(text, sizes, " . "),
    ])()

# ---------------------------------------------------------------- secrets
def id_check(body: str) -> str:
    return "10X98765432"[sum(int(c) * (2 ** (17 - i) % 11) for i, c in enumerate(body)) % 11]

def gen_id(r: Rng) -> Parts:
    born = date(1936, 1, 1) + timedelta(days=r.randrange(29000))
    if r.random() < .09 and born.year < 1999:
        old = r.choice(AREAS) + born.strftime("%y%m%d") + digits(r, 3)
        return pick(r, [(80, lambda: old), (10, lambda: cut(old, (6, 6), " ")), (6, lambda: old.translate(FULL)), (4, lambda: cut(old, (6, 6),
        "-"))])
    body = r.choice(AREAS) + born.strftime("%Y%m%d") + digits(r, 3)
    last = id_check(body)
    full = body + (last if r.random() < .92 else r.choice("0123456789"))
    if full.endswith("X") and r.random() < .4:
        full = body + "x"
    return pick(r, [
        (62, lambda: full), (8, lambda: cut(full, (6, 8), " ")), (4, lambda: cut(full, (6, 4, 4), " ")),
        (3, lambda: cut(full, (3,) * 5, " ")), (3, lambda: cut(full, (4,) * 4, " ")), (4, lambda: cut(full, (6, 8), "-")),
        (5, lambda: full.upper().translate(FULL)), (4, lambda: han(full, r.choice((HAN, YAO)))), (1, lambda: cut(full, (6, 8), "  ")),
        (1.5, lambda: cut(full, (6, 4, 4), "-")), (1, lambda: full[:14] + " " + full[14:]), (3, lambda: nasty_digits(r, full, (6, 8))),
        (.5, lambda: han(body, YAO) + "叉")])

def gen_mobile(r: Rng) -> Parts:
    num = r.choice(PREFIXES) + digits(r, 8)
    code = r.choice(["+86", "+86 ", "86-", "0086", "（+86）", "+86-", "(86)"])
    return pick(r, [
        (58, lambda: num), (9, lambda: cut(num, (3, 4), " ")), (7, lambda: cut(num, (3, 4), "-")),
        (5, lambda: [(code, ""), (num, "s")]), (1.5, lambda: [("+86 ", ""), (cut(num, (3, 4), " "), "s")]),
        (4, lambda: num.translate(FULL)), (3, lambda: han(num, YAO)), (2, lambda: han(num)), (2, lambda: cut(num, (3, 3), " ")),
        (1.5, lambda: cut(num, (4, 3), " ")), (1, lambda: cut(num, (3, 4), ".")), (1, lambda: cut(num, (3, 4), "－")),
        (1, lambda: cut(num, (3, 4), "  ")), (1, lambda: cut(num, (3, 2, 2, 2), " ")),
        (1, lambda: cut(han(num, YAO), (3, 4), r.choice(" ，"))), (3, lambda: nasty_digits(r, num, (3, 4)))])

def gen_landline(r: Rng) -> Parts:
    area, size = r.choice(CITIES)
    num = r.choice("23456788") + digits(r, size - 1)
    half = cut(num, (size - 4,), r.choice([" ", "-", " "]))
    return pick(r, [
        (46, lambda: f"{area}-{num}"), (13, lambda: area + num), (9, lambda: f"{area} {num}"), (4, lambda: f"{area}-{half}"),
        (5, lambda: [("(", ""), (f"{area}){num}", "s")]), (5, lambda: [("（", ""), (f"{area}）{num}", "s")]), (3, lambda: f"{area}－{num}"),
        (2, lambda: f"{area}-{num}".translate(FULL)), (3, lambda: f"{area}—{num}"),
        (4, lambda: [(f"{area}-{num}", "s"), (r.choice(["转8012", "-803", " 转 215", "转6"]), "")]), (1.5, lambda: f"{area} {half}"),
        (1.5, lambda: [("+86-", ""), (f"{area[1:]}-{num}", "s")]), (2.5, lambda: han(area + num, YAO)),
        (2.5, lambda: nasty_digits(r, area + num, (len(area), size - 4)))])

def gen_local(r: Rng) -> Parts:
    num = r.choice("23456788") + digits(r, 7)
    return pick(r, [(70, lambda: num), (15, lambda: cut(num, (4,), " ")), (10, lambda: cut(num, (4,), "-")), (5, lambda: han(num, YAO))])

def gen_card(r: Rng) -> Parts:
    head, size = r.choice(BINS)
    body = head + digits(r, size - 1 - len(head))
    total = sum(sum(divmod(int(c) * 2, 10)) if i % 2 == 0 else int(c) for i, c in enumerate(reversed(body)))
    num = body + (str(-total % 10) if r.random() < .92 else r.choice("0123456789"))
    return pick(r, [
        (50, lambda: num), (25, lambda: cut(num, (4,) * 4, " ")), (5, lambda: cut(num, (4,) * 4, "-")), (3, lambda: cut(num, (6,), " ")),
        (4, lambda: num.translate(FULL)), (2.5, lambda: han(num, r.choice((HAN, YAO)))), (1.5, lambda: cut(num, (4,) * 4, "  ")),
        (1, lambda: cut(num, (5, 5, 5), " ")), (1, lambda: cut(num, (3,) * 5, " ")), (1.5, lambda: cut(num, (4, 4), " ")),
        (1, lambda: cut(han(num, YAO), (4,) * 4, " ")), (1, lambda: cut(num, (4,) * 4, "－")), (3, lambda: nasty_digits(r, num, (4, 8)))])

def gen_plate(r: Rng) -> Parts:
    prov, city = r.choice(PROVINCES), r.choice("AAABBCDEFGHJKLM")
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    tail = "".join(r.choice(letters) if c == "L" else r.choice("0123456789")
                   for c in r.choice(["00000", "L0000", "0L000", "00L00", "000L0", "0000L", "LL000", "L000L", "0LL00"]))
    if r.random() < .22:  # new energy
        tail = r.choice("DDDDFFABC") + (r.choice(letters) if r.random() < .2 else digits(r, 1)) + digits(r, 4)
        tail = digits(r, 5) + r.choice("DF") if r.random() < .1 else tail
    elif r.random() < .04:
        tail = tail[:4] + r.choice("挂学警")
    return pick(r, [
        (56, lambda: prov + city + tail), (11, lambda: f"{prov}{city}·{tail}"), (8, lambda: f"{prov}{city} {tail}"),
        (5, lambda: f"{prov}{city}-{tail}"),
        (6, lambda: (prov + city + tail).lower()), (2, lambda: f"{prov} {city} {tail}"), (2.5, lambda: f"{prov}{city}.{tail}"),
        (2.5, lambda: (prov + city + tail).translate(FULL)), (1.5, lambda: f"{prov} {city}{tail}"),
        (1, lambda: f"{prov}{city}•{tail}"), (1.5, lambda: han(prov + city + tail, YAO)), (1, lambda: f"{prov}{city}－{tail}"),
        (.6, lambda: f"{prov}牌{city}{tail}"), (.6, lambda: " ".join(prov + city + tail)), (.6, lambda: f"{prov}{city.lower()}，{tail.lower()}"),
        (.6, lambda: f"{prov}{city}{tail[:2]}\u200b{tail[2:]}"),
        (.6, lambda: prov + city + tail.replace("0", "O") if "0" in tail else f"{prov}{city}_{tail}")])

def gen_room(r: Rng) -> Parts:
    b, u, floor = r.randint(1, 32), r.randint(1, 4), r.choice([*range(1, 7), *range(1, 19), *range(1, 33)])
    door = f"{floor}0{r.randint(1, 8 if floor > 9 else 4)}"
    word = r.choice(["号楼", "号楼", "号楼", "栋", "栋", "栋", "幢", "幢"])
    end, hw = r.choice(["室", "室", "", ""]), spoken(b) + word
    hu, hd = HAN[u], han(door, r.choice((HAN, HAN, YAO)))
    alley, house = r.choice(ALLEYS), f"{r.choice(['', '', '', '甲', '乙'])}{r.randint(2, 160)}"

    def p(keep: str, secret: str) -> Parts:
        return [(keep, "k"), (secret, "s")]
    return pick(r, [
        (24, lambda: p(f"{b}{word}", f"{u}单元{door}室")), (17, lambda: p(f"{b}{word}", f"{u}单元{door}")),
        (9, lambda: p(f"{b}{word}", door + "室")), (7, lambda: p(f"{b}{word}", door)), (6, lambda: p(hw, f"{hu}单元{hd}{end}")),
        (3, lambda: p(f"{b}{word}", f"{hu}单元{door}{end}")), (3, lambda: p(hw, f"{hd}{end}")),
        (5, lambda: [(f"{b}-", ""), (f"{u}-{door}", "s")]), (2, lambda: p(f"{b}#", f"{u}-{door}")),
        (2, lambda: p(f"{b}#楼", f"{door}{end}")), (4, lambda: p(r.choice("ABCDEF") + "座", f"{door}{end}")),
        (1, lambda: p(r.choice("ABC") + "座", f"{floor}{r.choice('ABCD')}")),
        (2, lambda: p(f"{b}号楼", f"{u}门{door}")), (2, lambda: p(f"{b}{word}", f"{u}单元{min(floor, 18)}楼{r.choice(['东户', '西户', '中户'])}")),
        (4, lambda: p(f"{r.randint(11, 999)}弄{b}号", f"{door}室")), (5, lambda: p(alley, f"{house}号")),
        (1, lambda: p(alley, f"{spoken(r.randint(2, 98))}号")),
        (2, lambda: [(f"{b} {word}", "k"), (" ", ""), (f"{u} 单元 {door} 室", "s")]),
        (2, lambda: p(f"{b}{word}".translate(FULL), f"{u}单元{door}室".translate(FULL))),
        (1.5, lambda: [(f"{b}{word}", "k"), (r.choice(["，", " ", "的"]), ""), (f"{u}单元{door}{end}", "s")]),
        (.4, lambda: p(f"{b}{word}", f"{u}-0{door}")),
        (.4, lambda: p(hw, f"{BIG[u]}单元{han(door, BIG)}室")), (.4, lambda: p(f"{b}{word}", f"{u}单元 {' '.join(door)} 室")),
        (.4, lambda: p(f"{b}{word}", f"{u}dy{door}")), (.4, lambda: p(f"{b}{word}", f"{u}单元，门牌是{door}")),
        (.4, lambda: p(f"{b}{word}", f"{hu}單元{door}號"))])

LATIN = ("wang li zhang liu chen yang zhao huang zhou wu xu sun lihua xiaomei guoqiang meimei laowang lucky sunny happy tiger rain summer amy "
         "kevin linda jack fanfan doudou tangtang yueyue haohao").split()

def gen_wx(r: Rng) -> Parts:
    a, b = r.choice(LATIN), r.choice(LATIN)
    return pick(r, [
        (26, lambda: a + b + digits(r, r.choice([2, 3, 4]))), (20, lambda: f"{a}_{b}{digits(r, 2)}"),
        (12, lambda: f"{a}{r.choice(['_', '-'])}{r.randint(1960, 2008)}"),
        (12, lambda: "wxid_" + "".join(r.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(13)) + "2"),
        (10, lambda: f"{a}{r.randint(100000, 999999)}"),
        (6, lambda: f"{a.capitalize()}{b.capitalize()}{digits(r, 3)}"), (6, lambda: f"{a}-{b}-{digits(r, 2)}"),
        (4, lambda: f"{a}{b}_" + digits(r, 1)),
        (1, lambda: f"{a} _ {digits(r, 4)}"), (1, lambda: f"{a}下划线{digits(r, 4)}"),
        (1, lambda: "".join(chr(ord(c) + 0xFEE0) for c in a + digits(r, 4)))])

def gen_qq(r: Rng) -> Parts:
    num = r.choice("123456789") + digits(r, r.choice([7, 8, 8, 9, 9]))
    return pick(r, [(85, lambda: num), (6, lambda: num.translate(FULL)), (5, lambda: cut(num, (3, 3), " ")), (4, lambda: han(num))])

def gen_mail(r: Rng) -> Parts:
    a, b = r.choice(LATIN), r.choice(LATIN)
    user = r.choice([a + digits(r, 4), f"{a}.{b}", f"{a}_{b}{digits(r, 2)}",
                     r.choice("123456789") + digits(r, 8), f"{a}{b}", f"{a}-{digits(r, 3)}", a.upper() + digits(r, 3)])
    host = r.choice("qq.com qq.com 163.com 163.com 126.com 139.com sina.com sina.cn foxmail.com gmail.com outlook.com "
                    "hotmail.com yeah.net 189.cn sohu.com vip.163.com fudan.edu.cn zju.edu.cn hongyuan-wy.com.cn".split())
    return pick(r, [(82, lambda: f"{user}@{host}"), (4, lambda: f"{user} @{host}"), (3, lambda: f"{user}@ {host}"), (4, lambda: f"{user}＠{host}"),
                    (2, lambda: f"{user}@{host}".upper()), (2, lambda: f"{user}@{host.replace('.', '。')}"),
                    (1, lambda: f"{user}艾特{host.replace('.', '点')}"),
                    (1, lambda: f"{user}#{host}"), (1, lambda: f"{user}(at){host}")])

def gen_name(r: Rng) -> Parts:
    sur = r.choice(SURNAMES) if r.random() < .96 else r.choice(["欧阳", "上官", "诸葛", "司马"])
    name = sur + r.choice(GIVEN)
    return [(name if r.random() < .97 else f"{sur} {name[len(sur):]}", "s")]

SECRET = {"id": gen_id, "mobile": gen_mobile, "landline": gen_landline, "loc": gen_local, "card": gen_card, "plate": gen_plate, "room": gen_room,
          "wx": gen_wx, "qq": gen_qq, "mail": gen_mail, "name": gen_name}

# ---------------------------------------------------------------- harmless fillings
def gen_date(r: Rng) -> str:
    y, m, d = r.randint(2019, 2026), r.randint(1, 12), r.randint(1, 28)
    return r.choice([f"{m}月{d}日", f"{m}月{d}号", f"{m}月{d}日", f"{y}年{m}月{d}日", f"{y}-{m:02}-{d:02}",
                     f"{y}.{m}.{d}", f"{y}/{m}/{d}", f"{spoken(m)}月{spoken(d)}号"])

def gen_time(r: Rng) -> str:
    h, m = r.randint(6, 23), r.choice([0, 5, 10, 15, 20, 30, 40, 45])
    return r.choice([f"{h}:{m:02}", f"{h}：{m:02}", f"{h}点", f"{h}点半", f"{h}时{m or 50}分", f"{spoken(h)}点半"])

PLAIN: dict[str, Callable[[Rng], str]] = {
    "d": lambda r: str(r.randint(2, 9)), "n": lambda r: str(r.randint(2, 30)), "n2": lambda r: str(r.randint(10, 99)),
    "n3": lambda r: str(r.randint(100, 999)), "n4": lambda r: str(r.randint(1000, 9999)), "n5": lambda r: str(r.randint(10000, 99999)),
    "y": lambda r: str(r.randint(2012, 2026)), "date": gen_date, "time": gen_time,
    "price": lambda r: r.choice([str(r.randint(2, 99) * 10), f"{r.uniform(3, 900):.2f}", str(r.randint(11, 3999)), f"{r.uniform(1, 60):.1f}"]),
    "bld": lambda r: r.choice([f"{r.randint(1, 30)}号楼", f"{r.randint(1, 30)}栋", f"{r.randint(1, 30)}幢", f"{spoken(r.randint(1, 20))}号楼"]),
    "h": lambda r: r.choice("二三四五六七八九"), "hot": lambda r: r.choice(HOTLINES),
    "c": lambda r: r.choice(COMMUNITIES), "bank": lambda r: r.choice(BANKS), "st": lambda r: r.choice("12345555"),
    "w": lambda r: r.choice("一二三四五六日"), "old": lambda r: str(r.randint(61, 96)),
    "x": lambda r: r.choice(SURNAMES),
    "ymd": lambda r: f"{r.randint(2023, 2026)}{r.randint(1, 12):02}{r.randint(1, 28):02}", "n0": lambda r: f"{r.randint(1, 60):04}"}

# ---------------------------------------------------------------- frames
FRAMES = {
    "id": """
我身份证号{id}，麻烦帮我登记一下居住证|身份证：{id}，办老年卡用的|身份证号码：{id}，<{date}>去过一次说材料不全|我妈的身份证{id}，医保一直没到账|姓名：{name}，身份证：{id}|{id}，这是我的身份证号，门禁卡还没办下来|核实租客证件号{id}，已登记
证件号码：{id}，住<{bld}>，暂住登记已办|孩子身份证{id}，今年<{d}岁>，想报社区托班|经查该人员公民身份号码{id}，已转派出所|我把身份证发你 {id} 你帮我看看补贴<{price}元>发了没有|来电人{name}（身份证{id}）反映低保未发放
老伴的身份证 号 是{id} 我眼睛不好 打字慢|社保卡查不到，身份证{id}查过<{d}次>都说没有|【办理结果】已为身份证号{id}的居民办理高龄津贴|公示：{id}申请廉租房补贴，公示期<{d}天>|租客{x}某身份证号是{id}，人已经搬走了|sfz {id} 登记错了要改
我爸<{old}岁>了，身份证{id}，人脸识别过不去|身份证号码为{id}的住户反映噪音扰民|疫苗登记：{id}，<第{d}针>|我的ID是{id}你们系统里查一下|户主身份证{id}，户口本第<{d}页>|你们把我身份证{id}贴在公告栏里了！！赶紧撤下来
号码是{id}对就是身份证上的，麻烦尽快|选民登记表上身份证{id}写错了一位|残疾证和身份证号一样的{id}，请问补贴<每月{price}元>什么时候发|服务态度好，就是让我在群里发身份证{id}不太合适|网格员上门登记，身份证：{id}，电话：{mobile}
""", "mobile": """
我电话{mobile}，师傅来之前打一下|联系电话：{mobile}|手机号{mobile}，<{date}>之后都在家|有事打我手机{mobile}，白天都在|请联系{mobile}，谢谢|{mobile}打这个电话|我的号码是{mobile}你记一下
电话:{mobile}，住<{bld}>，楼道灯坏了|路灯<{d}天>没亮了，联系我{mobile}|丢了一只泰迪，捡到请打{mobile}，酬谢<{price}元>|手机{mobile}微信同号|已电话联系投诉人{mobile}，对方表示满意
回访{mobile}，无人接听，<{time}>再打|打了{mobile}三遍都没人接|师傅电话{mobile}，手艺不错给<{st}星>|出租<{n2}平>一室一厅，月租<{price}元>，电话{mobile}|业主来电（{mobile}）反映<{bld}>电梯困人
我女儿电话{mobile}我不会弄你打给她|联系人：{name}，电话：{mobile}|我叫{name}，手机{mobile}，家里漏水了|{mobile}，<{bld}>楼下垃圾没人清|志愿者报名：{mobile}，<周{w}>有空
卖二手冰箱<{price}元>，要的call {mobile}|tel：{mobile}|短信发我{mobile}就行 不要老打电话 我上班|我老头子手机号码{mobile} 他耳朵不好多响几声|通知：停水咨询请拨{mobile}，<{time}>恢复供水
物业{x}经理手机{mobile}一直关机，已打<{hot}>投诉|挪车电话{mobile}|打<{hot}>让我找你们，我电话{mobile}|钥匙丢在<{bld}>门口了，好心人联系{mobile}，感谢|已派单给水电工，电话{mobile}，预计<{time}>到
电话{mobile}或者{mobile}都可以|家里电话没人接就打{mobile}|收件人电话{mobile}，快递<{d}件>放驿站了|骑手{mobile}把汤洒电梯里了|群主你好 我换号了 新号{mobile}|手机尾号变了，现在是{mobile}，麻烦更新下
电话号码{mobile}，<{date}> <{time}>来修的，还是漏|评价：态度很好，留了{mobile}说有问题随时找他|【处置】{date}联系当事人{mobile}，已现场劝离|推销的{mobile}天天来敲门发传单|团购接龙 {n}. 鸡蛋<{d}盒> {mobile}
""", "landline": """
座机{landline}，白天有人|家里电话{landline}，手机没有|固话：{landline}|我家座机是{landline}，老人接|联系电话：{landline}|请打{landline}找我老伴|电话{landline}，住<{bld}>|打了{landline}没人接
来电号码{landline}，反映噪音，已处理|宅电{landline}，<{time}>以前打|投诉人留电{landline}，回访<{d}次>未接|我没手机 家里电话{landline}|{landline}这是我家电话|小店电话{landline}，被广告牌挡住了
单位电话{landline}，上班时间打|老母亲家电话{landline}，<{old}岁>独居请多关照|传真{landline}|已拨打{landline}核实，<{date}>办结|来电显示{landline}，一天骚扰<{n}次>|座机 {loc}，区号就是本地的
家里电话{loc}，您打这个|固定电话：{loc}，联系人{name}|电话机号码{landline}坏了，报修<{d}天>没人来|业主登记电话{landline}已停用|请回电{landline}，谢谢！|打<{hot}>转过来的，我座机{landline}|tel:{landline}
家电{landline} 手机{mobile}|麻烦打我家里{landline}我不会用智能手机|独居老人{name}，座机{landline}，每<周{w}>电话问候
""", "card": """
退款打到我卡上{card}|银行卡号{card}，户名{name}|卡号：{card}，{bank}的|我的{bank}卡{card}，补贴<{price}元>没到账|押金<{price}元>请退到{card}|{bank}{card}|物业费多扣了<{price}元>，退回卡{card}
收款账号{card}，开户行{bank}|账号：{card}，户名：{name}|养老金卡{card}，<{d}月>份没发|信用卡{card}被盗刷<{price}元>|{card}这是我爸的工资卡|请把装修押金转{card}，<{date}>验收过了
骗子让我往{card}转<{n}万>，我没转|补贴发放账户{card}，已核对|卡号发你了 {card} 你看下对不对|老人把<{n}万元>汇到{card}，已报警<110>|我卡号是{card}中间没有空格|已退款至居民银行卡{card}，<3-5个>工作日到账
高龄津贴请打{bank}卡{card}，我<{old}岁>了|银行账户{card}绑不上水费代扣|社保卡金融账号{card}|维修基金退到哪张卡？填的是{card}|{bank}卡号 {card} 开户名 {name}|他让我扫码还要我报卡号{card}，是不是诈骗
爱心捐款请汇{card}，已收<{price}元>|卡 {card} 注销了 换新卡发钱行不行|停车费重复扣款<{d}次>，卡号{card}|储蓄卡{card}，麻烦财务尽快|经核对收款卡号{card}有误，已退回
""", "plate": """
{plate}又堵在<{bld}>门口了|车牌{plate}，占了消防通道|{plate}挪一下车，谢谢|车牌号：{plate}|一辆白色大众{plate}停在绿化带上<{d}天>了|请{plate}车主速来挪车|{plate}乱停车没人管吗|黑色奔驰，车牌号{plate}，半夜按喇叭
已联系{plate}车主，<{time}>驶离|我的车{plate}被刮了，监控能看吗|{plate}占用我的<{n}号车位>|消防通道被{plate}堵死了，<{hot}>也打过了|登记车辆{plate}，月租<{price}元>|门岗不让{plate}进，我交过费了
新能源车{plate}充满电不走，占桩<{d}小时>|货车{plate}早上<{d}点>就在楼下卸货|牌照{plate}的面包车，卖瓜的喇叭太吵|{plate}停车费多收<{price}元>|我车牌{plate} 手机{mobile} 有事打我|<{date}>，{plate}撞坏道闸未赔
巡查发现{plate}长期停放，<已贴单{d}张>|那个{plate}的车主能不能有点素质！！|车号{plate}，丢了一个行车记录仪|公告：{plate}、{plate}请于<{date}>前驶离|拖走了{plate}，现场已恢复|僵尸车{plate}轮胎都瘪了，停了<{d}年>
渣土车{plate}沿路洒土|接孩子的车{plate}天天堵校门|{plate} {plate}两辆车并排停，救护车进不来|电动三轮旁边那辆{plate}漏油了|车主{name}，车牌{plate}，申请月卡|保安帮我推车，给<{st}星>，我的车{plate}
道闸识别不了{plate}，每次都要按铃|网约车{plate}司机态度差|{plate}远光灯照我家窗户
""", "room": """
我住{room}，楼上漏水|{room}漏水了|{room}半夜装修，吵得睡不着|地址：{room}|{c}{room}，暖气不热，只有<{n}度>|家住{room}的{x}阿姨反映下水道堵了|{room}门口堆了<{d}袋>垃圾|麻烦来{room}修一下水管
请到{room}收旧家具，<{date}>有人|{room}养了<{d}条>狗，天天叫|上门走访{room}，独居老人，<{old}岁>|{room}的空调外机滴水滴到我家|已到{room}查看，系管道老化|快递送到{room}，别放门口|我是{room}的 麻烦把门禁开一下
{room}群租，住了<{n}个人>|楼上{room}小孩蹦到<{time}>|{room}已断电，<95598>说下午来|经上门核实{room}情况属实，已整改|{c}{room}业主{name}|通知：{room}拖欠物业费<{price}元>，请尽快缴纳
家里{room}煤气味很重快来人|{room}，联系电话{mobile}|我家{room}电表跳闸<{d}次>了|房子在{room} 想出租 月租<{price}元>|{room}往楼下扔烟头，差点砸到人|孤寡老人住{room}，每<周{w}>送餐
师傅准时到{room}，修得很快，<{st}星>好评|居家养老对象住址{room}|{room}阳台堆杂物，消防检查第<{d}次>不合格|{room}，老两口，有困难请帮忙|刚才<{time}>{c}{room}有人吵架打起来了|搬到{room}才<{d}个月>墙就裂了
我妈一个人在{room}打电话没人接能不能去看看|{room}入户门锁坏了，报修<{d}天>没人理
""", "wechat": """
加我微信{wx}|微信号：{wx}|我微信{wx}，发你照片|vx：{wx}|VX {wx}，拼车上班|微信是{wx}，通过一下|V信{wx}，团购水果<{price}元>一箱|wx:{wx}|加微{wx}进群|薇信 {wx} 长期收旧家电|QQ：{qq}|我QQ{qq}，材料发我
qq号{qq}，加的时候写<{bld}>|扣扣{qq}|企鹅号{qq}，代办停车证<{price}元>|二手婴儿车<{price}元>，要的加v：{wx}|不方便打电话就加微信:{wx}|微信账号{wx}被封了，进不了业主群|他用微信{wx}发小广告，举报<{d}次>了
志愿者联络微信：{wx}，<{date}>集合|威信{wx}，我孙女的，你加她|家教，<{n2}元>一节，VX：{wx}|微 信 {wx} 找我|陌生人微信{wx}冒充居委要我转<{price}元>|微信ID：{wx}|我的微信号是{wx}，头像是荷花
网格员已加居民微信（{wx}）发送缴费二维码|加qq {qq} 发你户型图|手机{mobile} 微信{wx}
""", "mail": """
邮箱{mail}，发票发这里|我的邮箱是{mail}|Email：{mail}|e-mail:{mail}|请把通知发到{mail}|材料已发{mail}，请查收|邮箱：{mail}，电话：{mobile}|发票<{price}元>开好发{mail}|有建议发{mail}
电子邮件{mail}，<{date}>前回复|{mail}这是我邮箱|监控截图发我{mail}行吗|已将处理结果发送至{mail}|回复邮箱{mail}，投诉人要求书面答复|简历投{mail}，招保安<{d}名>|邮件退回了 {mail} 是不是写错了
楼组长邮箱{mail}，报名截止<{date}>|我不用微信，发邮箱{mail}|联系人{name}，邮箱{mail}|电子账单寄{mail}，纸质的不要|把<{d}张>照片发到我邮箱{mail}谢谢|垃圾邮件都是{mail}发来的|请业主将意见于<{time}>前发至{mail}
mail {mail}|我儿子邮箱{mail} 你发他|投稿请发{mail}，字数<{n3}字>以内
""", "name": """
我叫{name}，楼道灯坏了|联系人：{name}|业主{name}反映地下室积水|姓名 {name}，<{old}岁>|姓名：{name}|{name}先生来电表示感谢|{name}女士反映<{bld}>电梯异响|{name}师傅修得很好，<{st}星>
投诉人：{name}，<{date}>来电|本人{name}，申请低保|我是业主{name}，物业费已交<{price}元>|户主{name}，<{d}口人>|申请人：{name}|租客{name}已搬走，钥匙没还|住户{name}家下水堵了
当事人{name}已签调解书，赔<{price}元>|我的名字叫{name} 你查一下|收件人：{name}，<{d}件>|独居老人{name}今天没开门|报修人：{name}，时间<{time}>|我老公叫{name}，卡是他名下的|房东{name}不退押金<{price}元>
志愿者{name}服务<{d}小时>|感谢{name}师傅，大热天来了<{d}趟>|来访人{name}，已登记|户名：{name}|残疾人{name}，补贴每月<{price}元>|代办人：{name}，与本人关系：女儿|{name}阿姨把我家门口扫得干干净净
""", "harmless": """
<{date}停>水，请提前储水|<每天{time}到>现在都在装修|停车费涨到<{price}元>一个月|物业费<{price}元/平>，太贵了|<打{hot}没>人管|投诉到<了{hot}，>还是没解决|<{bld}门>口路灯坏了|<{bld}{d}单元门>禁坏了
<{bld}{n}楼走>廊堆杂物|电梯停<在{n}楼>不动了|坐<{n3}路公>交到站牌|<地铁{d}号线>出口积水|一共来<了{n}个人>|捡了<{n2}个烟>头|事件<EV-{ymd}-{n0}已>办结|<编号{d}的>充电桩坏了|按<GB {n5}-{y}执>行
依据<沪府规〔{y}〕{n}号文>|<DB31/T {n4}-{y}里>有规定|<{d}号电梯>关不上门|电梯<编号T-0{d}困>人|给<你{d}分，>不能再多|满意度<{n2}.{d}%，>比上月高|这个概率也就<{d}/100，>别想了|我妈<今年{old}岁>了
孩子<才{d}岁，>被困电梯|高速<K{n3}+{n3}处>抛锚|距路口<{n3}米处>有坑|取了<{d}个快递>|驿站积压<{n3}件包>裹|团购接龙<第{n}单，>谢谢|小程序<版本{d}.{d}.{n}打>不开|手机升级<到iOS {n}.{d}就>闪退
房间温度<才{n}度，>暖气不热|水压<只有0.{d}兆帕>|噪音测<了{n2}分贝>|面积<{n2}.{d}平方>米|水表读<数{n4}.{d}吨>|电费单<{price}元，>不对吧|电表<读数{n5}度>|欠费<{n4}元{n2}分>|车位<{n3}号空>着|第<{n}届邻>居节
<{y}年{d}季度>计划|<{y}—{y}年>改造|共<{n3}户签>字，<占{n2}%>|会议<{time}开>始，<在{d}楼>会议室|社区中心<二楼20{d}会议>室|垃圾<分{d}类，>记住了|每周<{w}、{w}收>大件|限<速{n}公>里|<请{d}日内>整改
逾期<超过{n}天，>按合同|违约金<每天0.0{d}%，>不合理|合同<第{n}条第{d}款>|《民法典》<第{n3}条>|工资<{n4}元/>月，招保洁<{d}名>|<年龄5{d}以>下|疫苗<第{d}针>|血压<{n3}/{n2}，>头晕|步数<{n5}步，>今天
微信群<满{n3}人>了|红包<{d}.{n2}元>抢到了|中了<{d}等奖，><{n}选1>|赔率<1.{n2}，>别赌|比分<{d}:{d}，>吵到半夜|身份证复印<件{d}份>|银行卡<绑了{d}张都>不行|手机<话费{n2}元>|电话打<了{n}遍没>人接
微信<付了{price}元，>没到账|尾号限行<{d}和{d}，>注意|车停了<{n}辆，>满了|<{n}路车>站移到东门|<{n3}弄门口>积水|<{bld}和{bld}之>间的树|<{d}-{n}号楼>停电|<{d}单元门>口漏水|<{bld}、{d}单元、>走道灯都不亮
<{n}层以>上没水|地下<负{d}层，>灯不亮|<B{d}层>漏水|<A{d}区>车库|快递柜<{n}号柜>门坏|投票<{n3}票赞>成、<{d}票反>对|楼高<{n2}.{d}米，>共<{n}层>|<送了{d}箱牛>奶|一斤<{d}块{d}，>便宜|拼团<{price}元{d}斤>
请<{n}日{time}到>活动室|<{time}—{time}停>电|<从{date}起>施工|工期<{n2}天，>还没完|已等<{n}分钟>|来过<{h}次了，>都没修好|<{h}楼灯>坏了|<{h}单元门>坏了|<{d}月份>的账单|<{y}款>的电动车|<{n2}寸电>视
<{d}米{d}宽>的门|<{n2}x{n2}厘米>的瓷砖|<{n}斤重>的狗|充电<{d}毛一>度|<220伏>电压不稳|<{n3}瓦的>灯泡|<5G信>号差|<{n}兆宽>带只有<{d}兆>|<{n3}kg限>重|<邮编{n5}{d}对>吗|PM<2.5都{n3}了>|<{d}级大>风
<{y}年都>等过去了|扫码<第{d}步>提示<错误{n3}，>打不开|返回<代码{n3}{d}，>进不去|<{n4}万元>维修基金|账上<还剩{n5}{d}.{n2}元>|公示<总额{n4}{n4}元>|<已处理{n3}件，>办结<率{n2}%>|<评{st}星>|<{ymd}期>居务公开
文件<{y}{n0}号>已下发|<一二三号楼>都没水|门牌<上写着{d}号楼>|拨打<{hot}或{hot}都>行|<{hot}热线>回复了|火警<119、急>救<120要>记牢|供电抢修<打{hot}，>供水<打{hot}。>|<{d}+{d}楼>道灯|改造<{y}-{n0}号>标段
<{time}左>右停电<{d}小时>|<24小时>值班|<7×24小>时|一天<三十八趟>跑居委|<一百二十块>一次|<五十六平>的老房子
""",
}

PRE = ["你好，", "您好，", "你好 ", "@所有人 ", "【诉求】", "回访：", "各位邻居，", "物业，", "居委会同志你好，", "请问，", "那个，", "急！", "网格员你好，", "备注：", "麻烦了，", "喂你好"]
POST = ["，谢谢", "谢谢", "！", "。", "。", "。", "！！！", "，麻烦快点", "，急急急", "～", "[玫瑰]", "，辛苦了", "，在线等", "。望尽快处理。", "，拜托了", "🙏", "，好的", "……", "，收到请回复"]

def sloppy(r: Rng, frame: str) -> str:
    if r.random() < .3:
        frame = r.choice(PRE) + frame
    if r.random() < .45 and frame[-1] not in "！。":
        tail = r.choice(POST)
        frame += tail if frame[-1] != "}" or not tail[0].isalnum() or r.random() < .7 else " " + tail
    colon = r.choices(["：", ":", "", " ", ": "], [70, 12, 6, 8, 4])[0]
    frame = re.sub(r"(?<=[\u4e00-\u9fff])[：:](?=\{)", colon, frame)
    if r.random() < .2:  # no or odd punctuation, as in voice input and hasty typing; numbers never run together
        mark = r.choice(["", " ", " ", ",", "  ", "、"])
        frame = re.sub(r"([0-9A-Za-z{}<>]?)，([0-9A-Za-z{}<>]?)", lambda m: m[1] + ((mark or " ") if m[1] or m[2] else mark) + m[2], frame)
    return frame

def build(r: Rng, kind: str, frame: str) -> Sentence:
    text, start, secrets, keeps = "", -1, [], []
    for part in re.split(r"(\{\w+\}|[<>])", sloppy(r, frame)):
        if part == "<":
            start = len(text)
        elif part == ">":
            keeps.append(text[start:])
        elif part.startswith("{"):
            token = part[1:-1]
            for piece, role in SECRET[token](r) if token in SECRET else [(PLAIN[token](r), "")]:
                text += piece
                if role:
                    (secrets if role == "s" else keeps).append(piece)
        else:
            text += part
    return Sentence(kind, text, tuple(secrets), tuple(dict.fromkeys(keeps)))

def sound(s: Sentence) -> bool:
    nested = any(a in b for i, a in enumerate(s.secrets) for j, b in enumerate(s.secrets) if i != j)
    kept = any(a in b for a in s.secrets for b in s.keeps)
    return not nested and not kept and all(s.text.count(x) == 1 for x in s.secrets) and all(x and x in s.text for x in s.keeps)

def frames(kind: str) -> list[str]:
    return [f for line in FRAMES[kind].strip().splitlines() for f in line.split("|")]

def sentences(seed: int) -> list[Sentence]:
    r, out = random.Random(seed), []
    seen: set[str] = set()
    for kind, count in COUNTS.items():
        pool, made = frames(kind), 0
        order = r.sample(pool, len(pool))
        while made < count:
            got = build(r, kind, order[made] if made < len(order) else r.choice(pool))
            if sound(got) and got.text not in seen:
                seen.add(got.text)
                out.append(got)
                made += 1
    r.shuffle(out)
    return out
