"""Masking: what identifies a person is hidden everywhere but in the handler's own view (reference: reliability.md B.3).

Numbers are found in a plain view of the text, so that full-width digits, spaces, dashes, dots and invisible characters
between the digits do not hide them; what is not masked stays as it was written. Everything here takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from core.characters import view

_INVISIBLE = "\u00ad\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0e\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_UNSEEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{_INVISIBLE}]+")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x85]")
_COMBINING = (
    "[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_PILED = re.compile(f"({_COMBINING}{{2}}){_COMBINING}+")


def clean(text: str) -> str:
    """The text without control, direction-changing and invisible characters, with at most two marks on a letter.

    Line ends become \\n; everything else a person can see stays.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))
    return _PILED.sub(r"\1", text)


_BETWEEN = rf"[ \-\u2010-\u2015\u2212._·•*()/{_INVISIBLE}]{{0,4}}"
_DIGITS = re.compile(rf"ev[ -]?\d{{8}}[ -]?\d{{1,7}}(?!\d)|\d(?:{_BETWEEN}\d)*(?:{_BETWEEN}x(?![a-z]))?", re.IGNORECASE)
_DATE = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY = re.compile(rf"[1-8]\d{{5}}(?:19|20)\d\d{_DATE}\d{{3}}[\dx]", re.IGNORECASE)
_OLD_IDENTITY = re.compile(rf"[1-8]\d{{7}}{_DATE}\d{{3}}")
_MOBILE = re.compile(r"((?:(?:00)?86)?1[3-9]\d)\d{4}\d{4}")
_LANDLINE = re.compile(r"((?:(?:00)?86)?0(?:10|2\d|[3-9]\d\d))[2-9]\d{2,3}\d{4}")
_LONGEST = 19  # digits of the longest number with a shape of its own, a bank card
_ENOUGH = 11  # digits in one piece that are always taken for somebody's number

_FIGURE = "[0-9零一二三四五六七八九十百]"
_ROOM = re.compile(
    rf"(?<=[栋幢座#楼院])(?<!\d楼)\s*(?:{_FIGURE}{{1,3}}\s*(?:单元|门|梯)\s*)?(?:{_FIGURE}{{1,3}}\s*[层楼]\s*)?"
    rf"[-—\s]*(?:[0-9]{{3,4}}|[零一二三四五六七八九十百]{{3,5}})(?![0-9年元])\s*(?:室|房|号|户)?"
    rf"|(?<![0-9.-])([0-9]{{1,2}})-[0-9]{{1,2}}-[0-9]{{3,4}}(?![0-9-])\s*(?:室|房|号|户)?"
    rf"|(?<![0-9.A-Za-z-])[0-9]{{3,4}}\s*(?:室(?![内外])|房(?![屋间子价东产贷租源]))|门牌号?[码是为:：\s]*[0-9]{{1,5}}\s*号?"
)
_PLATE = re.compile(
    r"(?<=[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领])[A-HJ-NP-Za-hj-np-z][\s·•.\-]?([A-Za-z0-9]{5,6})(?![A-Za-z0-9])"
)
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)++")
_ACCOUNT = re.compile(
    r"wxid_[A-Za-z0-9_-]++|(?:微信号?|薇信|威信|v信|(?<![A-Za-z])(?:wx|vx|weixin|wechat|qq))[\s号码是为:：,，加+]{0,6}([A-Za-z0-9][A-Za-z0-9_-]{4,40})",
    re.IGNORECASE,
)
_LOCAL_PHONE = re.compile(r"(?:电话|座机|固话|tel)[\s号码是为:：.]{0,6}[2-9]\d{2,3}[\s-]?(\d{4})(?!\d)", re.IGNORECASE)

_DOUBLE_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 端木 南宫 夏侯 独孤 长孙 宇文 轩辕 澹台 闻人 百里 呼延 "
    "公冶 申屠 淳于 单于 太史 仲孙 钟离 司空 濮阳 赫连 万俟 东郭 西门 南门".split()
)


def mask(text: str, names: Sequence[str] = ()) -> str:
    """The text with phones, identity, bank and plate numbers, rooms, mail, chat accounts and the given names hidden."""
    seen = view(text)
    shown = list(text)
    digits = frozenset(_hidden_digits(seen))
    for index in digits:
        shown[index] = "*"
    for start, end in _hidden_spans(seen, digits):
        shown[start:end] = ["***"] + [""] * (end - start - 1)
    masked = "".join(shown)
    for name in sorted({name for name in names if len(name) > 1}, key=len, reverse=True):
        masked = masked.replace(name, mask_name(name))
    return masked


def mask_name(name: str) -> str:
    """张* for 张三丰, 欧阳* for 欧阳修: the surname stays."""
    name = clean(name).strip()
    return f"{name[: 2 if name[:2] in _DOUBLE_SURNAMES else 1]}*" if name else ""


def _hidden_spans(seen: str, digits: AbstractSet[int]) -> Iterator[tuple[int, int]]:
    """What is replaced as a whole. A part of a longer number, hidden already, is no room."""
    for room in _ROOM.finditer(seen):
        start, end = max(room.start(), room.end(1)), room.end()
        if not any(place in digits for place in range(room.start(), end)):
            yield start, end
    for mail in _MAIL.finditer(seen):
        yield mail.span()
    for found in _ACCOUNT.finditer(seen):
        yield found.span(found.lastindex or 0)
    for found in _PLATE.finditer(seen):
        if any(character.isdigit() for character in found[1]):
            yield found.start(1), found.end(1) - 2


def _hidden_digits(seen: str) -> Iterator[int]:
    """The places of the digits to hide, one by one, so that a number keeps its shape: 138 **** 5678."""
    for run in _DIGITS.finditer(seen):
        if run.end() - run.start() >= _ENOUGH - 1 and seen[run.start()].isdigit():
            places = [place for place in range(*run.span()) if seen[place].isdigit() or seen[place] in "xX"]
            for first, last in _hidden_in("".join(seen[place] for place in places), _bounds(places)):
                yield from places[first:last]
    for local in _LOCAL_PHONE.finditer(seen):
        yield from (place for place in range(local.start(), local.start(1)) if seen[place].isdigit())


def _bounds(places: Sequence[int]) -> list[int]:
    """Where a group of digits begins, as positions in the digits; the end of the last one too."""
    inner = (at for at in range(1, len(places)) if places[at] != places[at - 1] + 1)
    return [0, *inner, len(places)]


def _hidden_in(digits: str, bounds: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The parts of a run of digits to hide, as positions in it. Every number begins and ends where a group does."""
    ends = frozenset(bounds)
    done = 0
    for start, group_end in pairwise(bounds):
        if start < done:
            continue
        piece = digits[start : start + _LONGEST]
        group = group_end - start
        if (found := _IDENTITY.match(piece)) and start + found.end() in ends:
            yield start, (done := start + found.end())
        elif group == 15 and _OLD_IDENTITY.match(piece):
            yield start, (done := group_end)
        elif card := _card(start, ends):
            yield start, card - 4
            done = card
        elif (found := _MOBILE.match(piece) or _LANDLINE.match(piece)) and start + found.end() in ends:
            done = start + found.end()
            yield start + found.end(1), done - 4
        elif group >= _ENOUGH:
            yield start + 3, group_end - 4


def _card(start: int, ends: frozenset[int]) -> int | None:
    """Where a bank card number of 16 to 19 digits ends: in one piece, or in fours."""
    end = next((start + length for length in (19, 18, 17, 16) if start + length in ends), None)
    if end is None:
        return None
    inner = {at for at in range(start + 1, end) if at in ends}
    in_fours = {start + 4, start + 8, start + 12} <= inner <= {start + 4, start + 8, start + 12, start + 16}
    return end if not inner or in_fours or len(inner) == end - start - 1 else None
