"""Characters as people mean them, whatever keyboard typed them; every view keeps the length of its text."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

HAN = "\u3400-\u4dbf\u4e00-\u9fff\u3007"
SPACE = " \t\r\n\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000"

_TRADITIONAL = str.maketrans(
    "報訴議諮詢積兌換進評價還沒決遇見幫隱導絕請問單結轉辦級協薦審過駁採納為發認銷督動簽綁贈謝務號樓棟層滿撤與戶電話氣煤車樣開",
    "报诉议咨询积兑换进评价还没决遇见帮隐导绝请问单结转办级协荐审过驳采纳为发认销督动签绑赠谢务号楼栋层满撤与户电话气煤车样开",
)
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def view(text: str) -> str:
    """The text in its plain form, character by character: full-width becomes ASCII, ① becomes 1. Same length."""
    return text if text.isascii() else "".join(map(_plain, text))


def plain_view(text: str) -> str:
    """`view`, with the commonest traditional characters simplified."""
    return view(text).translate(_TRADITIONAL)


def word_view(text: str) -> str:
    """`view`, lower-cased where that keeps the length, and with the commonest traditional characters simplified."""
    plain = plain_view(text)
    lower = plain.lower()
    return lower if len(lower) == len(plain) else plain


def chinese_number(text: str) -> int | None:
    """The value of a written number below 1000, such as 七, 十二, 二十三 or 一百零五; None when it is not one."""
    total, digit, seen = 0, 0, False
    for character in text:
        if character in _DIGITS:
            if seen and character not in "零〇" and digit:
                return None
            digit, seen = _DIGITS[character], True
        elif character in "十百":
            total += (digit or (0 if seen and character == "百" else 1)) * (10 if character == "十" else 100)
            digit, seen = 0, True
        else:
            return None
    return total + digit if seen else None
