"""A thousand invented messages and office notes, seeded: `sentences(seed)`.

Written by somebody else who knew the task and none of the masking rules, and held back until the rules were done. Its
first figures stand in the docstring of test_recall.py; afterwards the gaps it showed were mended by their causes.

Mark-up used inside this file: {key} or {key:style} is filled in, ⟦…⟧ is a secret, <…> is something to keep, {3~9} a
random whole number, {c:甲|乙} a choice.
"""

# Tables of frames and of ways to write, a row a line:
# fmt: off
# ruff: noqa: E501
# mypy: ignore-errors

from __future__ import annotations

import random
import re

from tests.core.masking.sentence import Sentence

COUNTS = {"id": 110, "mobile": 160, "landline": 60, "card": 100, "plate": 110, "room": 130,
          "wechat": 50, "mail": 40, "name": 40, "harmless": 200}
PREFIXES = ("130 131 132 133 134 135 136 137 138 139 145 147 149 150 151 152 153 155 156 157 158 159 162 165 166 167 "
            "170 171 172 173 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 192 193 195 196 197 198 199").split()
AREAS = ("110105 110228 120103 130102 140106 210102 220104 230103 310104 310115 320106 330106 340104 350203 360102 370202 "
         "370983 410105 420106 430102 430121 433127 440305 440783 450103 460106 500112 510107 513221 520103 530102 540102 "
         "610113 620102 632802 640104 650102 810000 820000 830000").split()
PLATE_PROV = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文".strip()
GIVEN = ("建国 秀英 桂兰 志强 丽华 国庆 玉珍 海燕 子涵 梓轩 雨桐 浩然 欣怡 伟 芳 敏 静 磊 军 涛 明 超 红梅 春花 德胜 长贵 "
         "满仓 冬梅 思远 一诺 卫东 爱民 淑芬 凤霞 金宝 小军 晓东 婷婷 俊杰 佳琪 学文 铁柱 月娥 庆丰 宝山 若曦 腊梅 福生").split()
BINS = (("622848", 19), ("621700", 19), ("622202", 19), ("621661", 19), ("621098", 19), ("622588", 16), ("625912", 16),
        ("622262", 17), ("622908", 18), ("621483", 16), ("356833", 16), ("621785", 19), ("623052", 19), ("436742", 16))
FULL = str.maketrans("0123456789XABCDEFGHJKLMNPQRSTUVWYZ@.", "０１２３４５６７８９ＸＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＳＴＵＶＷＹＺ＠．")
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
HAN2 = str.maketrans("0123456789", "〇幺二三四五六七八九")
HAN3 = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
CIRCLE = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
PLACES = "阳光花园 锦绣家园 桂花坪小区 世纪城二期 老棉纺厂宿舍 翡翠湾 望江苑 红星公寓 御景台 和平里 银杏苑 梅溪雅苑".split()


def digits(r, n): return "".join(r.choice("0123456789") for _ in range(n))


def cut(s, sizes, sep):
    out, i = [], 0
    for n in sizes:
        out.append(s[i:i + n])
        i += n
    if s[i:]:
        out.append(s[i:])
    return sep.join(out)


def pick(r, styles, nasty, style):
    """One way of writing: half of the draws from the first four, the rest evenly, six percent nasty."""
    table = styles | nasty
    if style:
        return table[style]
    x = r.random()
    names = list(nasty) if x < .06 else list(styles)[:4] if x < .5 else list(styles)
    return table[r.choice(names)]


# ---------------------------------------------------------------- values and their spellings
def raw_id(r):
    s = f"{r.choice(AREAS)}{r.randint(1936, 2019)}{r.randint(1, 12):02}{r.randint(1, 28):02}{digits(r, 3)}"
    good = "10X98765432"[sum(int(c) * w for c, w in zip(s, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=False)) % 11]
    return s + (good if r.random() < .87 else r.choice([c for c in "0123456789X" if c != good]))


ID_STYLES = {
    "plain": lambda s: s, "lower": lambda s: s.lower(), "684": lambda s: cut(s, (6, 8), " "), "6444": lambda s: cut(s, (6, 4, 4), " "),
    "dash": lambda s: cut(s, (6, 8), "-"), "444": lambda s: cut(s, (4, 4, 4, 4), " "), "333": lambda s: cut(s, (3,) * 5, " "),
    "full": lambda s: s.translate(FULL), "old15": lambda s: s[:6] + s[8:17], "quote": lambda s: "'" + s,
    "dash4": lambda s: cut(s, (6, 4, 2, 2), "-"), "dot": lambda s: cut(s, (6, 8), "."), "nospace2": lambda s: cut(s, (10,), " "),
    "han": lambda s: s.translate(HAN), "fullx": lambda s: s.replace("X", "Ｘ"), "slash": lambda s: cut(s, (6, 8), "/")}
ID_NASTY = {
    "times": lambda s: s[:-1] + "×" if s[-1] == "X" else cut(s, (6, 8), "\n"), "zw": lambda s: cut(s, (6, 8), "\u200b"),
    "words": lambda s: f"{s[:6]}，然后{s[6:14]}，再然后{s[14:]}", "oh": lambda s: s.replace("0", "O"), "mix": lambda s: s[:6] + s[6:].translate(HAN),
    "each": lambda s: " ".join(s), "comma": lambda s: cut(s, (6, 4, 4), "，"), "cha": lambda s: s[:17] + ("叉" if s[-1] == "X" else s[-1])}

MOBILE_STYLES = {
    "plain": lambda s: s, "344": lambda s: cut(s, (3, 4), " "), "dash": lambda s: cut(s, (3, 4), "-"), "335": lambda s: cut(s, (3, 3), " "),
    "434": lambda s: cut(s, (4, 3), " "), "443": lambda s: cut(s, (4, 4), " "), "+86": lambda s: "+86" + s, "+86 ": lambda s: "+86 " + cut(s, (3, 4), " "),
    "86-": lambda s: "86-" + s, "(+86)": lambda s: "(+86)" + s, "0086": lambda s: "0086" + s, "+86-": lambda s: "+86-" + cut(s, (3, 4), "-"),
    "full": lambda s: s.translate(FULL), "han": lambda s: s.translate(HAN), "yao": lambda s: s.translate(HAN2), "dot": lambda s: cut(s, (3, 4), "."),
    "mid": lambda s: cut(s, (3, 4), "·"), "paren": lambda s: f"{s[:3]}({s[3:7]}){s[7:]}", "long": lambda s: cut(s, (3, 4), "—"),
    "yaosp": lambda s: cut(s.translate(HAN2), (3, 4), " "), "zero": lambda s: "0" + s, "slash": lambda s: cut(s, (3, 4), "/"),
    "3222": lambda s: cut(s, (3, 2, 2, 2), " "), "yaocomma": lambda s: cut(s.translate(HAN2), (3, 4), "，"), "half": lambda s: s[:3] + " " + s[3:]}
MOBILE_NASTY = {
    "each": lambda s: " ".join(s), "circle": lambda s: s.translate(CIRCLE), "fin": lambda s: s.translate(HAN3), "nl": lambda s: cut(s, (3, 4), "\n"),
    "mix": lambda s: s[:3].translate(HAN) + s[3:], "keycap": lambda s: "".join(c + "\ufe0f\u20e3" for c in s), "zw": lambda s: cut(s, (3, 4), "\u200b"),
    "words": lambda s: f"{s[:3]}开头，后面{s[3:7]}，{s[7:]}", "oh": lambda s: s[:3] + s[3:].replace("0", "O").replace("1", "l"),
    "nbsp": lambda s: cut(s, (3, 4), "\u3000"), "tilde": lambda s: cut(s, (3, 4), "~"), "eachdash": lambda s: "-".join(s), "under": lambda s: cut(s, (3, 4), "_")}

LAND_STYLES = {
    "dash": lambda a, n: f"{a}-{n}", "join": lambda a, n: a + n, "sp": lambda a, n: f"{a} {n}", "paren": lambda a, n: f"({a}){n}",
    "fparen": lambda a, n: f"（{a}）{n}", "dash44": lambda a, n: f"{a}-{n[:4]}-{n[4:]}", "sp44": lambda a, n: f"{a} {n[:4]} {n[4:]}",
    "+86": lambda a, n: f"+86-{a[1:]}-{n}", "+86sp": lambda a, n: f"+86 {a[1:]} {n[:4]} {n[4:]}", "ext": lambda a, n: f"{a}-{n}转80{n[-1]}",
    "ext2": lambda a, n: f"{a}-{n}-8{n[-2:]}", "full": lambda a, n: f"{a}－{n}".translate(FULL), "han": lambda a, n: (a + n).translate(HAN),
    "hansp": lambda a, n: f"{a} {n}".translate(HAN2), "long": lambda a, n: f"{a}—{n}", "slash": lambda a, n: f"{a}/{n}", "local": lambda a, n: n,
    "local44": lambda a, n: f"{n[:4]} {n[4:]}", "localdash": lambda a, n: f"{n[:4]}-{n[4:]}"}
LAND_NASTY = {"words": lambda a, n: f"区号{a}，号码{n}", "nl": lambda a, n: f"{a}\n{n}", "mix": lambda a, n: a.translate(HAN) + n,
              "dots": lambda a, n: f"{a}.{n[:4]}.{n[4:]}", "localhan": lambda a, n: n.translate(HAN2)}

CARD_STYLES = {
    "plain": lambda s: s, "4": lambda s: cut(s, (4,) * 4, " "), "dash": lambda s: cut(s, (4,) * 4, "-"), "6+": lambda s: cut(s, (6,), " "),
    "2sp": lambda s: cut(s, (4,) * 4, "  "), "full": lambda s: s.translate(FULL), "66": lambda s: cut(s, (6, 6), " "), "dot": lambda s: cut(s, (4,) * 4, "."),
    "wide": lambda s: cut(s, (4,) * 4, "\u3000"), "84": lambda s: cut(s, (8, 4), " "), "5": lambda s: cut(s, (5, 5, 5), " "), "han": lambda s: s.translate(HAN),
    "slash": lambda s: cut(s, (4,) * 4, "/"), "han4": lambda s: cut(s.translate(HAN2), (4,) * 4, " "), "3": lambda s: cut(s, (3,) * 5, " "),
    "mid": lambda s: cut(s, (4,) * 4, "·"), "fulldash": lambda s: cut(s.translate(FULL), (4,) * 4, "－"), "odd": lambda s: cut(s, (4, 4, 7), " ")}
CARD_NASTY = {"nl": lambda s: cut(s, (8,), "\n"), "comma": lambda s: cut(s, (4,) * 4, "，"), "each": lambda s: " ".join(s), "zw": lambda s: cut(s, (4,) * 4, "\u200b"),
              "words": lambda s: f"{s[:6]}，后面{s[6:12]}，最后{s[12:]}", "fin": lambda s: s.translate(HAN3), "oh": lambda s: s[:6] + s[6:].replace("0", "o"),
              "nbsp": lambda s: cut(s, (4,) * 4, "\u00a0"), "mix": lambda s: s[:4] + s[4:8].translate(HAN) + s[8:]}


def raw_card(r):
    b, n = r.choice(BINS)
    s = b + digits(r, n - 7)
    tot = sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(s)))
    good = -tot % 10
    return s + str(good if r.random() < .88 else (good + r.randint(1, 9)) % 10)


PLATE_STYLES = {
    "plain": lambda h, s: h + s, "mid": lambda h, s: f"{h}·{s}", "sp": lambda h, s: f"{h} {s}", "low": lambda h, s: (h + s).lower(),
    "dash": lambda h, s: f"{h}-{s}", "dot": lambda h, s: f"{h}.{s}", "sp2": lambda h, s: f"{h[0]} {h[1]} {s}", "bullet": lambda h, s: f"{h}•{s}",
    "full": lambda h, s: h + s.translate(FULL), "allfull": lambda h, s: (h + "．" + s).translate(FULL), "han": lambda h, s: h + s.translate(HAN),
    "star": lambda h, s: f"{h}*{s}", "lowsp": lambda h, s: f"{h} {s}".lower(), "cut": lambda h, s: f"{h}{s[:2]} {s[2:]}", "provsp": lambda h, s: f"{h[0]} {h[1]}{s}",
    "under": lambda h, s: f"{h}_{s}"}
PLATE_NASTY = {"comma": lambda h, s: f"{h}，{s}", "each": lambda h, s: " ".join(h + s), "yao": lambda h, s: f"{h} {s.translate(HAN2)}", "paren": lambda h, s: f"{h}（{s}）",
               "zw": lambda h, s: f"{h}\u200b{s}", "back": lambda h, s: f"{h}开头，后面是{s}", "noprov": lambda h, s: f"{h[1]}{s}", "tail": lambda h, s: f"{h}的，{s}"}


def raw_plate(r):
    p = r.choice(PLATE_PROV)
    head, x = p + r.choice(LETTERS[:12] if p not in "藏宁琼青" else "ABCDE"), r.random()
    if x < .25:
        return head, r.choice("DF") + r.choice("0123456789" + LETTERS) + digits(r, 4)
    if x < .30:
        return head, digits(r, 5) + r.choice("DF")
    if x < .36:
        return head, digits(r, 4) + r.choice("学挂警")
    if x < .39:
        return "粤Z", digits(r, 4) + r.choice("港澳")
    s = list(digits(r, 5))
    for i in r.sample(range(5), r.choice((0, 1, 1, 2))):
        s[i] = r.choice(LETTERS)
    return head, "".join(s)


def room(r, style):
    b, u, f, d = r.randint(1, 28), r.randint(1, 4), r.randint(2, 32), r.randint(1, 6)
    n, hn = f"{f}0{d}", f"{f}0{d}".translate(HAN)
    hb, hu, let = han(b), han(u), r.choice("ABCDEF")
    common = [f"<{b}栋>⟦{u}单元{n}⟧室", f"<{b}栋>⟦{n}⟧室", f"<{b}号楼>⟦{u}单元{n}⟧", f"{b}-⟦{u}-{n}⟧"]
    other = [f"<{b}#>⟦{n}⟧", f"<{b}#>-⟦{u}-{n}⟧", f"<{b}幢>⟦{u}单元{n}⟧房", f"<{let}座>⟦{n}⟧", f"<{hb}栋>⟦{hu}单元{hn}⟧", f"<{b}栋>-⟦{n}⟧", f"<{hb}号楼>⟦{hn}⟧室",
             f"<{b}号楼>⟦{hu}单元{han(f)}楼{r.choice('东西')}户⟧", f"<{b * 37}弄{b}号>⟦{n}⟧室", f"<{b}栋>⟦{u}单元{f}-{d}⟧", f"<{let}{u}栋>⟦{n}⟧", f"<{b}栋> ⟦{u}单元 {n}⟧ 室",
             f"<{b}栋>的⟦{n}⟧", f"<{b}栋>⟦{u}单元{f}楼{d}号⟧", f"<{b}座>⟦{u}门{n}⟧", f"<{b}＃楼>⟦{u}－{n.translate(FULL)}⟧", f"<{b}栋>⟦{u}单元{f}层{n}⟧室", f"{b}/⟦{u}/{n}⟧",
             f"<{b}号>⟦{n}⟧室", f"<{let}栋>⟦{han(f)}楼{han(d)}号房⟧", f"<{b}号院{u}号楼>⟦{n}⟧", f"<{b}栋>⟦{u}单元{n}⟧那户", f"<{b}楼>⟦{u}单元{n}⟧", f"<{b}栋>⟦{u}-{n}⟧", f"<{b}号楼>⟦{let}{n}⟧室"]
    nasty = [f"{b}懂⟦{u}单元{n}⟧", f"{b}洞⟦{n}⟧室", f"<{b}栋>，⟦{u}单元，{hn}⟧", f"<{b}栋>\n⟦{u}单元{n}⟧", f"{b}.⟦{u}.{n}⟧", f"<{b}栋>⟦{u}但元{n}⟧", f"<{hb}栋>⟦{u}单元{han(f)}楼靠{r.choice('左左右')}手第一家⟧"]
    x = r.random()
    forms = {"c": common, "o": other, "x": nasty, "h": common[:3]}
    key = style or ("x" if x < .06 else "c" if x < .45 else "o")
    i = r.randrange(len(forms[key]))
    return forms[key][i], f"{key}{i}"


def han(n):
    ten, one = divmod(n, 10)
    return ("" if not ten else "十" if ten == 1 else "零一二三"[ten] + "十") + ("零一二三四五六七八九"[one] if one or not ten else "")


def wechat(r):
    w = r.choice("xiaoli lanmao happy sunny zhangmm laowang yueyue lin qiqi meizi fengye dabao coco tiantian haifeng mimi".split())
    return r.choice([f"{w}{digits(r, 4)}", f"{w}_{digits(r, 3)}", f"{w}-{digits(r, 2)}ok", f"wxid_{digits(r, 2)}k{digits(r, 3)}q{digits(r, 4)}21", f"{w.upper()}{digits(r, 5)}",
                     f"{w[0].upper()}{w[1:]}_{r.randint(1960, 2006)}", f"a{digits(r, 9)}", f"{w}love{digits(r, 3)}", f"{w}_{r.choice(['hn', 'sh', 'cd'])}_{digits(r, 2)}"])


def mail(r, style):
    u = r.choice([f"{r.choice('lihua wangjg zhou.min chen_fei sunny xiaoyu he-tao lw tan.yy'.split())}{digits(r, r.randint(2, 4))}", str(r.randint(10**8, 3 * 10**9))])
    d, top = r.choice("qq 163 126 sina foxmail outlook aliyun gmail yeah hotmail".split()), "com"
    forms = [f"{u}@{d}.{top}"] * 6 + [f"{u}＠{d}.{top}", f"{u} @ {d}.{top}", f"{u}@{d}.{top}".upper(), f"{u}艾特{d}点{top}", f"{u}(at){d}.{top}", f"{u}[at]{d}[dot]{top}", f"{u}#{d}.{top}",
                                      f"{u}@{d}。{top}", f"{u}@vip.{d}.{top}", f"{u} at {d} dot {top}", f"{u}@{d}点{top}", f"{u}@mail.{d}.{top}.cn", f"{u}圈a{d}.{top}", f"{u}@{d}. {top}"]
    i = r.randrange(len(forms))
    return f"⟦{forms[i]}⟧", str(max(i, 5))


def name(r, style):
    s = r.choice(SURNAMES) if r.random() < .93 else r.choice(["欧阳", "司马", "上官", "诸葛", "皇甫"])
    g = r.choice(GIVEN)
    if style == "x":
        return r.choice([f"⟦{s} {' '.join(g)}⟧", f"⟦{r.choice(['买买提·艾力', '阿依古丽·吐尔逊', '巴特尔·孟和', '扎西·次仁'])}⟧", f"⟦{s}　{g}⟧"]), "x"
    return f"⟦{s}{g}⟧", "n"


def fill(r, key, style):
    """Text with mark-up for one {key:style}, and a label of the spelling used."""
    if "~" in key:
        a, b = key.split("~")
        return str(r.randint(int(a), int(b))), ""
    if key == "c":
        return r.choice(style.split("|")), ""
    if key == "d":
        return digits(r, int(style)), ""
    if key == "date":
        y, m, d = r.randint(2024, 2026), r.randint(1, 12), r.randint(1, 28)
        return r.choice([f"{y}年{m}月{d}日", f"{y}-{m:02}-{d:02}", f"{m}月{d}日", f"{y}.{m}.{d}", f"{y}/{m}/{d}"]), ""
    if key == "time":
        return r.choice([f"{r.randint(6, 22)}:{r.randint(10, 59)}", f"{r.randint(6, 22)}点{r.randint(10, 59)}分"]), ""
    if key == "place":
        return r.choice(PLACES), ""
    if key == "sur":
        return r.choice(SURNAMES), ""
    if key in ("room", "mail", "name"):
        return {"room": room, "mail": mail, "name": name}[key](r, style)
    if key == "wechat":
        return f"⟦{wechat(r)}⟧", ""
    if key == "qq":
        return f"⟦{r.randint(2 * 10**7, 3 * 10**9)}⟧", ""
    if key == "passport":
        return f"⟦{r.choice('EG')}{digits(r, 8)}⟧", ""
    if key == "landline":
        a, n = r.choice([("010", 8), ("021", 8), ("020", 8), ("028", 8), ("027", 8), ("0731", 8), ("0571", 8), ("0755", 8), ("0512", 8), ("0371", 8), ("0743", 7), ("0854", 7), ("0936", 7), ("0312", 7)])
        args, tables = (a, r.choice("2345678") + digits(r, n - 1)), (LAND_STYLES, LAND_NASTY)
    elif key == "plate":
        args, tables = raw_plate(r), (PLATE_STYLES, PLATE_NASTY)
    else:
        args = ({"id": raw_id, "card": raw_card}.get(key) or (lambda q: q.choice(PREFIXES) + digits(q, 8)))(r),
        tables = {"id": (ID_STYLES, ID_NASTY), "card": (CARD_STYLES, CARD_NASTY), "mobile": (MOBILE_STYLES, MOBILE_NASTY)}[key]
    f = pick(r, *tables, style)
    label = next(k for t in tables for k, v in t.items() if v is f)
    text = f(*args)
    return (f"'⟦{text[1:]}⟧" if text[0] == "'" else f"⟦{text}⟧"), label


def build(r, kind, frame):
    labels = []

    def sub(m):
        key, _, style = m[1].partition(":")
        text, label = fill(r, key, style)
        labels.append(label)
        return text
    marked = re.sub(r"\{([^{}]+)\}", sub, frame)
    text = re.sub(r"[⟦⟧<>]", "", marked)
    secrets = [re.sub("[<>]", "", s) for s in re.findall(r"⟦([^⟧]+)⟧", marked)]
    keeps = re.findall(r"<([^>]+)>", marked)
    if kind == "harmless":      # every number, with its letters before and one Chinese character after it
        found = re.findall(r"[A-Za-z]*(?:[-/.·〔]?[A-Za-z]*[0-9０-９][0-9０-９A-Za-z.,:/+×~\-]*)+[\u4e00-\u9fff〕%℃㎡]?", text)
        found = [k.rstrip(".,:/-~") for k in found]
        keeps += [k if len(k) > 1 else text[max(0, text.rindex(k) - 1):][:2] for k in found]
    return Sentence(kind, text, tuple(dict.fromkeys(secrets)), tuple(dict.fromkeys(keeps))), labels


# frames, parted by ¦
FRAMES = {
    "id": """身份证号{id}，麻烦帮我查一下低保批下来没有 ¦ 业主{name}，身份证{id}，<{date}>来社区办居住证 ¦ 我的身份证号码是：{id} ¦ 登记：{name} 男 {id} 租住<{place}> ¦
老人不会用手机，身份证{id}念给网格员记的 ¦ 社保认证失败了！！{id}，你们到底管不管 ¦ 捡到身份证一张，号码{id}，失主请到<3号岗亭>领取 ¦ 身份证：{id}（本人），{id}（配偶），申请<2人>公租房 ¦
SFZ {id} 高龄补贴从<2026年1月>起没到账 ¦ 证件号【{id}】核实无误，补贴<{100~900}元>已发 ¦ 我老伴{id}，<{70~92}岁>了，走不动路，能不能上门办 ¦
孩子入学登记身份证{id}，户口在<{place}> ¦ sfz号{id}，麻烦开个居住证明，急用 ¦ 您好我是新搬来的，{id}是我身份证，登记一下谢谢 ¦ 公民身份号码{id}，经比对与库内信息一致，<{date}>办结 ¦
投诉网格员把我身份证{id}发群里了，必须道歉 ¦ 预约疫苗：身份证{id}；时间：<{time}> ¦ 语音转文字：我那个身份证是{id}，你记下来没得 ¦ {id}这个证过期了咋整，<12345>让我找社区 ¦
帮邻居问一下，他的证号{id}能不能领<{200~800}元>的补贴 ¦ 持护照{passport}的外籍住户已于<{date}>登记 ¦ 身份证丢了，原号{id}，补办要多少钱，是<40元>不 ¦
经查，当事人({id})确系<{place}>租户，已批评教育 ¦ 养老资格认证名单<第{2~60}行>证件号错了，应该是{id}，请改 ¦ 残疾证办理，申请人证件号码：{id}，材料共<{3~9}份> ¦
我身份证{id}被人拿去注册公司了，法人成了我，怎么办""",
    "mobile": """{c:已电联|致电|已拨打}业主{name} {mobile}，上门查看，楼道杂物<{1~9}处>已清 ¦ 打{mobile}，不要打座机 ¦ 手机{mobile}，<{time}>以后再打，白天上班 ¦ 联系电话：{mobile} ¦
楼上漏水两个月了没人管！我电话{mobile}，今天不来我就打<12345> ¦ 回访{mobile}，居民表示满意，打<5分> ¦ {mobile} 打了<{2~6}次>没人接，短信已发 ¦
求拼车，<{date}>早上去高铁站，{mobile} ¦ 出八成新冰箱<{300~900}元>，要的打{mobile} ¦ 我儿子号码{mobile}，我耳朵不好，你们打给他 ¦
停水通知问题找水务师傅{mobile}，<{date}>恢复供水 ¦ 电话是{mobile}微信同号 ¦ 捡到钥匙一串，失主打{mobile} ¦ 网格员留电{mobile}，备用{mobile}，承诺<{2~5}天>内修好路灯 ¦
快递放门口就行，{mobile}，谢谢小哥 ¦ 你们物业的人骂人，我有录音，找我：{mobile}（{sur}女士） ¦ tel:{mobile} ¦ 电话{mobile}/{mobile}都打过，没人接 ¦
喂你好我手机是{mobile}你记一下啊 ¦ 骑手{mobile}撞了老人跑了，地点在<{place}>东门 ¦ 挪车请打{mobile}，别按喇叭，孩子在睡觉 ¦ 差评，客服只会说等，我{mobile}等了<{3~20}天> ¦
工单回访：号码{mobile:plain}转{1000~9999}（虚拟号），诉求已解决 ¦ 家长群<接龙{2~20}>.{sur}妈妈{mobile} ¦ 麻烦通知{mobile:plain}下午<3点>来领米，限<2袋> ¦
电{mobile}。未接。再电。接通，同意<{date}>上门 ¦ 招保洁，月薪<{2800~4500}元>，电话同上{mobile}，年龄不限 ¦ 寻狗启事：泰迪<{2~9}岁>，酬谢<{200~2000}元>，{mobile} ¦
本人{sur}某，☎{mobile}，反映广场舞吵到<{21~23}点> ¦ 号码我报给你听：{mobile}，记好了莫搞错 ¦ 短信发到{mobile}了，验证码不要告诉别人 ¦ 物业群里@我，要不然call {mobile} ¦
电话号码改了，旧的{mobile}，新的{mobile} ¦ 房东手机{mobile}，租客手机{mobile}，双方已调解，退押金<{500~3000}元> ¦ 我电话{mobile}，随时可以打来的撒，<24小时>开机""",
    "landline": """家里座机{landline}，老人一直在家 ¦ 我家电话{landline}，没得手机 ¦ 请回电{landline}，<{time}>之前都在 ¦ 老人家中固话{landline}无人接听，已上门看望，一切正常 ¦
宅电：{landline} ¦ 联系方式（固定电话）{landline}，反映<{place}>噪音 ¦ 座机号是{landline}你记一下 ¦ 我妈只会接座机{landline}，你们不要打我手机，<{date}>我去接她 ¦
住户留的电话是{landline}，打过去是空号 ¦ 固话{landline}每天被骚扰<{3~20}次>，谁泄露的 ¦ 门诊让留家里电话{landline}，社区转告一下 ¦
独居老人紧急联系：家里{landline}，女儿{mobile:plain} ¦ 家庭电话：{landline}，欠费<{20~90}元>已代缴 ¦ 传真我家{landline}就行，材料<{2~9}页> ¦
打家里电话{landline}，响久一点，腿脚慢 ¦ 反映人座机{landline}，诉求：路灯<{2~8}盏>不亮""",
    "card": """退款打到我卡上{card}，谢谢 ¦ 农行卡{card}，户名{name}，押金<{500~3000}元>退这里 ¦ 银行卡号：{card} ¦ 卡号{card}，开户行建行<{place}>支行 ¦
你们多收我<{100~900}块>物业费，退到{card}！ ¦ 高龄津贴发放账号{card}，从<{date}>起生效 ¦ 捡到工行卡一张{card}，放门卫了 ¦ 我社保卡银行账号是{card}，补贴<{100~600}元>没到 ¦
账号{card}，请财务核对，金额<{1000~9999}.50元> ¦ 我被骗了！让我转到{card}，转了<{2000~50000}元>，已报警<110> ¦ 代收维修款，请转{card}（{sur}师傅），每户<{50~300}元> ¦
转账记录：尾款<{300~5000}元>，收款卡{card} ¦ 卡是{card}，密码当然不会给你 ¦ 补贴卡原来是{card}，换成新的{card} ¦ 信用卡{card}丢在<{2~9}号岗亭>附近，看到请联系 ¦
我把卡号念一下{card}你核对核对 ¦ 众筹修门禁，打款至{card}，备注楼栋 ¦ 退费申请：姓名{name}，卡号{card}，事由：停车费重复扣<{2~5}次> ¦ 误工费汇到{card}就算了，这事翻篇 ¦
邮储存折和卡都是{card}，麻烦帮老人登记 ¦ 【退款】{card}，<{date}>前到账，否则投诉 ¦ 收款人账户{card} 金额<¥{200~2000}> ¦ 差评！说好<{3~7}个工作日>退，卡{card}到现在一分没有""",
    "plate": """{plate}堵住消防通道，谁的车？ ¦ 车牌{plate}，白色大众，停在<{2~20}栋>门口<{2~9}天>了 ¦ 麻烦通知{plate}车主挪车，孕妇要去医院 ¦ 又是{plate}！天天占我车位，再不管我划了他 ¦
登记车辆：{plate}，月卡<{100~400}元>，到期<{date}> ¦ {plate}的灯没关，谁认识车主说一声 ¦ 拼车去机场，<{time}>出发，车{plate}，每人<{20~90}元> ¦
经查，{plate}车主已当面道歉，赔偿<{200~2000}元> ¦ 外卖员说被{plate}蹭了一下，监控在<{2~9}号>探头 ¦ 车号{plate}，进门抬杆没识别，多收<{5~30}元> ¦
出售二手车{plate}，<{3~15}万>公里，<{2~9}万>可谈 ¦ 僵尸车{plate}已拖离，<{date}>公示期满 ¦ 绿牌{plate}占着充电位不充电，充了<{3~9}小时>了 ¦
网约车{plate}司机态度恶劣，打<1分> ¦ {plate}和{plate}在地库刮擦，双方已协商 ¦ 违停拍照：{plate}；地点：<{place}>北门 ¦
我的车是{plate}，地下车位<B{1~2}-{100~300}>，被人占了 ¦ 那个{plate}的，你出来！ ¦ 车牌{plate}的奔驰半夜<{1~4}点>放音乐 ¦ 搬家公司货车{plate}压坏地砖<{2~20}块> ¦
收到，{plate}，已联系车主，预计<{10~40}分钟>到 ¦ 失物招领：快递落在{plate}车顶上 ¦ 访客预约 {plate} <{date}> ¦ 教练车{plate}在小区里练车，吓到老人 ¦
各位邻居我{plate}，早上不小心把车停歪了，见谅 ¦ 车牌是{plate}吧，你把我电动车撞倒了还跑""",
    "room": """上门至{room}，查看漏水情况 ¦ <{place}>{room}半夜打麻将，请处理 ¦ 我住{room}，<{date}>开始停热水 ¦ {room}楼上装修太吵，<{time}>还在钻 ¦
收货地址：<{place}>{room}，放门口 ¦ 快递送错了，我是{room}，你送到隔壁了 ¦ {room}老人独居，<{75~95}岁>，请多关照 ¦ 漏到楼下了！{room}赶紧关水阀 ¦
房号{room}，面积<{60~140}.5平方米>，欠物业费<{300~3000}元> ¦ 巡查记录：{room}门口堆放纸箱<{3~20}个>，已清理 ¦ 求合租，{room}，次卧<{500~1800}元/月> ¦
网格员走访{room}，家中无人，贴条 ¦ 隔壁{room}养了<{3~9}条>狗，天天叫，疯了 ¦ 团购自提：{room} 鸡蛋<{2~5}板> ¦ 物业说{room}才是漏水源头，我不认 ¦ 租户登记 {room} <{1~5}人> ¦
业主{name}（{room}）反映电梯异响 ¦ 麻烦到{room}收一下旧沙发，付<{20~80}元> ¦ {room}的邻居你家厨房冒烟了！！ ¦ 维修单<WX-2026{d:4}>：{room}，下水道堵，<{date}>已疏通 ¦
投票表：{room}同意加装电梯 ¦ 我家是{room}，老公不在家，师傅<{time}>来 ¦ 住址：<{place}>{room} ¦ 你好我是住{room}的，语音说不清楚，空调水滴到我家窗户了 ¦
{room}业主满意，评价<{4~5}星> ¦ 消防检查{room}，灶具软管老化，限<{3~7}日>整改 ¦ 报修人住<{place}>的{room:h}，楼下{room:h}也被淹了 ¦
今天<{time}>从{room}传出吵架声，社区民警已到场 ¦ 孩子落在{room}家里了，钥匙没带，找开锁 ¦ 我要举报{room}群租，隔了<{4~9}间>""",
    "wechat": """微信号：{wechat}，加我发图 ¦ 加V {wechat}，看房详聊，<{800~2000}元> ¦ vx:{wechat} ¦ 我微信{wechat}，照片发不出来，你加我 ¦ 薇信 {wechat}，出闲置婴儿车<{50~300}元> ¦
wx {wechat} 拼车群主，<{date}>走 ¦ ➕卫星{wechat}，便宜代缴水电，疑似骗子请查 ¦ 网格员请加微信号 {wechat} 核对材料<{2~6}份> ¦ QQ {qq}，学生家教<{50~150}元>一小时 ¦
扣扣号{qq}，在上面发过视频 ¦ 联系我QQ：{qq}，手机打不通 ¦ 威信号是{wechat}，下划线别漏 ¦ WeChat ID: {wechat} ¦ v我：{wechat}，转让健身卡剩<{10~90}次> ¦
加{wechat}（微信），备注楼栋 ¦ 微信{wechat}的人冒充社区收钱<{100~900}元>，大家当心 ¦ V信同步：{wechat} ¦ 企鹅{qq}，二手书<{3~9}折>""",
    "mail": """材料发我邮箱{mail} ¦ 邮箱：{mail}，请于<{date}>前回复 ¦ 电子发票开到{mail}，金额<{50~900}元> ¦ E-mail {mail} ¦ 我邮箱是{mail}，记得带附件<{1~5}个> ¦
图纸发{mail}了，没收到请再说 ¦ 回复请发{mail}，不要打电话 ¦ 简历投{mail}，月薪<{3000~6000}元> ¦ 业主意见汇总寄到{mail}，共<{20~300}条> ¦ mail:{mail}收到通知截图 ¦
语音念的邮箱：{mail}，小写 ¦ 麻烦把调解书发到{mail}，谢谢，<{time}>前要 ¦ 他用{mail}给全楼发广告，烦死了""",
    "name": """我叫{name}，住在<{place}>，反映路灯不亮 ¦ 联系人：{name} ¦ 业主{name}反映电梯停运<{2~9}天> ¦ 姓名{name}，年龄<{60~90}岁>，申请助餐 ¦ 姓名：{name}，性别：女 ¦
{name}先生来电咨询加装电梯，每户<{1~5}万元> ¦ {name}女士表示满意，评<5分> ¦ {name}师傅修水管手艺好，收费<{30~90}元> ¦ 你好我叫{name}，我来问一下车位 ¦
联系人：{name:x}，<{date}>来过社区 ¦ 业主：{name}；诉求：楼道灯<{2~6}盏>坏 ¦ 我叫{name:x}，要办居住证 ¦ 收货人姓名 {name} 共<{1~5}件> ¦
已与业主{name}当面沟通，<{date}>办结 ¦ 感谢{name}师傅冒雨通下水道 ¦ 失主姓名：{name}，钱包内有<{100~900}元>""",
    "harmless": """{place}{date}上午{9~11}:00至17:00停水，影响3栋至8栋 ¦ 事项编号EV-2026{10~12}{10~28}-{d:4}已办结 ¦ 工单2026{10~12}{10~28}{d:3}转交城管，{2~5}个工作日内回复 ¦
消防通道净宽不应小于4米，见<GB 50016-2014>第7.1.8条 ¦ 依据<DB43/T {1000~1999}-2020>和<苏J/T 16-2021>执行 ¦ 国办发〔20{19~25}〕{10~99}号文件已转发 ¦
《民法典》第{1200~1259}条规定高空抛物须担责 ¦ 电梯编号DT-{d:4}，年检有效期至2026年{1~12}月 ¦ 停电请拨95598，燃气抢修拨96777，火警119 ¦ 投诉可打12345，消费纠纷打12315，急救120 ¦
客服热线400-{600~899}-{1000~9999}，人工服务9:00-18:00 ¦ <本小区共{1000~1900}户>，已交费{500~999}户 ¦ 3栋共{300~600}人参加投票，同意率{60~99}.{1~9}% ¦
8栋2单元电梯停运，请走楼梯，预计{2~9}小时恢复 ¦ {138~139}路公交改道，{501~509}路不变 ¦ <京B2-2021{d:4}号>经营许可证公示在网站底部 ¦ 备案号<京ICP备{d:8}号-1> ¦
京公网安备11010502{d:6}号可查询 ¦ 水表读数{d:5}，上月{d:5}，实用{5~30}吨 ¦ 昨晚决赛3-2-1，最终比分{2~5}:{0~1} ¦ 教练用4-4-2阵型，下半场换3-5-2 ¦
赔率1:{2~9}.5的都是骗子，大家别信 ¦ G4京港澳高速K{1400~1600}+{100~900}处拥堵{2~9}公里 ¦ G{1001~1999}次列车{8~20}:{10~59}到站，检票口{1~20}B ¦
总投资1,{380~399},{100~999}元，工期{60~180}天 ¦ 预算13{800~999}.00元，结算{10000~13999}元 ¦ 统一社会信用代码91430100MA4L{10~99}XK{1~9}P，营业执照已公示 ¦
书号<ISBN 978-7-{10~99}-{100000~999999}-{1~9}>，图书室可借 ¦ 商品条码69{d:11}，过期{2~9}天，已下架 ¦ 手机号是11位，身份证号是18位，填错会退回 ¦
银行卡号一般16到19位，请勿发到群里 ¦ 微信群满500人了，再建2群 ¦ 把微信升级到8.0.{30~60}版本再扫码 ¦ 微信支付{20~99}.{10~99}元，已退回原路 ¦
限行尾号{1~4}和{6~9}，<湘A牌照>一律登记，外地车另行 ¦ 用84消毒液按1:{50~200}配比擦拭扶手 ¦ 502胶水粘不住，换个玻璃胶{10~30}元 ¦ 换了DN{100~300}管，埋深1.{2~9}米 ¦
北纬28.{1000~9999}，东经112.{1000~9999}处井盖下沉 ¦ 小程序v{1~3}.{0~9}.{10~30}更新，修复{2~9}个问题 ¦ 老旧小区改造涉及{10~40}栋、{500~1900}户、{10~30}万平方米 ¦
地下车库B2层共{300~900}个车位，月租{200~500}元 ¦ 70岁以上老人每月{50~300}元，80岁以上{200~500}元，90岁以上翻倍 ¦ 气温{28~39}℃，湿度{50~90}%，风力3-4级 ¦
发改价格〔2023〕{1000~1999}号，水价{2~3}.{10~99}元/立方米 ¦ 第{100~180}期简报：本周受理{20~99}件，办结{10~19}件 ¦ 评分4.{1~9}分，{100~999}人评价，好评{80~99}% ¦
A3打印{1~3}元，A4打印0.{2~5}元，身份证复印1元 ¦ 小区大门朝北第{2~9}根灯杆，编号L-{d:3} ¦ 配电箱PD-{10~99}-{1~9}跳闸，电流{20~60}A ¦
二手电动车{600~1800}元，电池72V20Ah，续航{50~90}公里 ¦ 出1080P投影仪{200~900}元，65寸电视{500~999}元 ¦ 每天{6~7}:30到{20~21}:30跳广场舞，音量不超过60分贝 ¦
会议室在3楼301会议室，{date}下午{2~5}:00开会 ¦ 社区服务中心1楼{2~9}号窗口办理，取号{100~300} ¦ 电梯限载13人1000kg，层站{18~33}层{18~33}站 ¦
快递柜{1~9}号柜{10~60}格口坏了，扫码没反应 ¦ 抽奖号码0138{10~99}，中奖率{1~9}/{1000~9999} ¦ 2026年第{1~4}季度物业费按{1~3}.{10~99}元/平方米收 ¦
身份证办理时间周一至周五9:00-12:00，工本费20元 ¦ 网格第{1~30}网格，覆盖{5~12}栋{300~600}户，{800~1800}人 ¦ 绿化补种{100~900}株，草皮{1000~9999}㎡ ¦
摇到购房号第{1300~1999}号，前面还有{100~999}人 ¦ 停车场收费：首小时5元，以后每小时{2~4}元，24小时封顶{30~60}元 ¦ 合同编号HT2026-{d:6}，附件{2~5}份 ¦
消防栓压力0.{20~45}MPa，偏低 ¦ 视频从01:{10~59}:{10~59}到02:{10~59}:{10~59}，共{10~59}秒有用 ¦ 彩票3D开奖{1~9}-{1~9}-{1~9}，别在群里发了 ¦
疫苗批号2026{d:5}，有效期24个月 ¦ 全市常住人口{10130000~10990000}人，较上年增{1~9}万 ¦ 共收到{10~99}票，弃权{2~9}票，第{1~5}号方案通过 ¦
路由器用5G频段，网速{100~500}M，延迟{10~60}ms ¦ 门禁卡工本费{10~30}元，原号段1001-{1200~1999}作废 ¦ 机房在7栋负1楼，钥匙{2~9}把 ¦
依据第{1200~1299}号令，罚款{200~2000}元 ¦ <二十三号>上午<九点半>到<十一点>，在<三栋>楼下理发，免费 ¦ <五楼>到<八楼>的声控灯坏了<三个月>没修，<一百二十户>受影响 ¦
烧烤摊{18~23}点后还冒烟，PM2.5到{100~300} ¦ 雨量{50~150}.5毫米，积水{10~40}厘米，出动{2~9}台泵 ¦ 楼间距{18~40}米，日照2小时，执行<GB 50180-2018> ¦
{date}核酸那会儿的帐篷还没拆，占道{10~60}天 ¦ 人行道砖型号300×300×{50~60}，缺{10~90}块 ¦ 课后班15:30-18:00，{6~12}岁，{100~600}元/学期 ¦
检测报告JC{2024~2026}-{d:5}号，甲醛0.0{3~9}mg/m³ ¦ 路长{1380~1399}米，宽{6~9}.5米，桩号K0+{100~900} ¦ 房贷利率3.{10~99}%，LPR下调{5~25}个基点 ¦
从1栋走到21栋要{8~20}分钟，{1000~3000}步 ¦ 垃圾分类积分{138000~189999}分，可换{2~9}卷纸 ¦ 文号湘建房〔2025〕{100~199}号，全文{10~60}页""",
}


def generate(seed):
    r = random.Random(seed)
    out, seen = [], set()
    for kind, count in COUNTS.items():
        frames = [f.strip() for f in FRAMES[kind].split("¦")]
        queue, n = [], 0
        while n < count:
            if not queue:
                queue = r.sample(range(len(frames)), len(frames))
            i = queue.pop()
            s, labels = build(r, kind, frames[i])
            if s.text in seen or any(s.text.count(x) > 1 for x in s.secrets) or any(k in x for k in s.keeps for x in s.secrets):
                continue
            seen.add(s.text)
            n += 1
            out.append((s, (i, *labels)))
    r.shuffle(out)
    return out


def sentences(seed: int) -> list[Sentence]:
    return [s for s, _ in generate(seed)]
