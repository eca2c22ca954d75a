"""What follows a word: numbers, stars, codes, names and text. A reader answers None when the rest is ordinary prose."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from core.characters import chinese_number, word_view

_GAP = re.compile(r"[\s,，.。:：;；、~～!！?？…—_|·-]+")
_MEASURE = r"(?!\s?号[楼院线门店铺]|\s?号?[栋幢]|单元|小时|分钟|楼(?![道梯上下顶前后])|路(?![灯面口边牌障])|室|[点天月年元块岁层℃%]|日(?!光)|[.]\d)"
_NUMBER = re.compile(
    r"\s*(?:ev[\s-]?\d{8}[\s-]?(\d{1,7})(?!\d)"
    r"|(?:(?:编号|事件|序号|第|#|no\.?|№)\s*[:.]?\s*)?(\d{1,7})(?!\d)" + _MEASURE + r"(?:\s?号(?!码)|\s?件)?)"
)
_HAN_NUMBER = re.compile(r"\s*(?:编号|第)?([零一二三四五六七八九十百两]{1,7})号?(?=[\s,，。.]|$)")
_MARKS = re.compile(r"[\W个呢啊呀哦嘛吧]*")
_LOG = re.compile(r"\s*(?:log|l|日志|叙事|草稿)?\s*[-#.:]?\s*(\d{1,7})(?!\d)" + _MEASURE + r"(?:\s?号)?")
_SENDING = re.compile(r"\s*(?:发|第|no\.?)?\s*[-#.:]?\s*(\d{1,9})(?!\d)(?:\s?[号条])?")
_EDITION = re.compile(r"v(\d{1,6})(?![0-9A-Za-z])", re.IGNORECASE)
_PLACE = re.compile(r"(?:第)?\s*(\d{1,2})\s*(?:张)?")
_MONTH = re.compile(r"(?:(20\d\d)\s?[-年./]\s?)?(\d{1,2})\s?月?(?:份)?")
_AFTER_A_NUMBER = re.compile(r"[吧呢吗嘛了啦啊的]*(?:怎么样|咋样|如何|到哪一?步|办得怎样|进度|情况)?[了呢吗啊]*")
_STARS = re.compile(r"\s*(?:给)?([1-5一二三四五])\s*(颗?星|分(?!钟))?(?:好评)?(?![\d.天个次年月日点号楼小一-十])")
_SHINING = re.compile(r"\s*([★⭐🌟]️?){1,5}")
_WORDED_STARS = {
    "非常不满意": 1, "很不满意": 1, "不满意": 2, "不太满意": 2, "基本满意": 4, "比较满意": 4, "还算满意": 4, "一般": 3,
    "非常满意": 5, "十分满意": 5, "很满意": 5, "满意": 5,
}  # fmt: skip
_HAN_STARS = {character: stars for stars, character in enumerate("一二三四五", 1)}
_CODE = re.compile(r"[\[(（【「“\"']*([0-9a-z](?:[\s-]?[0-9a-z]){2,15})[\])）】」”\"'.。!]*")
_AREA = re.compile(r"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?![^\s])")
_HOME = re.compile(
    r"[\w #-]{1,24}(?:社区|小区|网格|花园|公寓|新村|号院|单元|[家苑园里村庄城府湾院区楼栋幢座号室层街路巷弄坊庭]|\d)"
)
_SHORT_HOME = re.compile(r"\w{2,8}")
_NOT_A_HOME = re.compile("[的了吗呢吧啊没不坏漏堵停吵]|什么|怎么|哪里|有人|被")
_NAME_LIMIT = 60  # characters; no reward and no person has a longer name
_COUNT = re.compile(r"\s*[x×*,，]?\s*(?<!\d)(-?\d{1,12})\s*(?:份|个|件|张|瓶|袋|桶|盒|次)?$")
_HAN_COUNT = re.compile(r"\s*([一两二三四五六七八九十]{1,3})\s*(?:份|个|件|张|瓶|袋|桶|盒)$")
_PROSE_ITEM = re.compile(r"[?？吗呢]|怎么|为什么|什么|哪|没|不|坏|了$|太|机器?$|机.|点.|处$|的")
_POINTS = r"(?P<count>\d{1,7})\s*(?:个?积分|分)?"
_GIVE = re.compile(rf"(?:给\s*)?@?(?P<who>[^\d\s]+?)\s*[,，]?\s*{_POINTS}$")
_GIVE_COUNT_FIRST = re.compile(rf"{_POINTS}\s*给\s*@?(?P<who>\S+)$")
_DAYS = re.compile(r"\s*(\d{1,3})\s*(?:个工作日|工作日|天|日|个)?(?!\d)")
_ONLY_DAYS = re.compile(r"\s*(\d{1,3})\s*(?:个工作日|工作日|天)")
_WHOM = re.compile(r"(?:给|到|由)?\s*@?([^\s,，。:：;；、]+)")


@dataclass(frozen=True, slots=True)
class Arguments:
    number: int | None = None
    second: int | None = None
    stars: int | None = None
    count: int | None = None
    name: str = ""
    text: str = ""


class Rest:
    """What is left of a message: the text as written, and its view (same length) to look things up in."""

    __slots__ = ("text", "view")

    def __init__(self, text: str, seen: str | None = None) -> None:
        self.text = text
        self.view = word_view(text) if seen is None else seen

    def after(self, end: int) -> Rest:
        return Rest(self.text[end:], self.view[end:])

    @property
    def is_apart(self) -> bool:
        """Nothing is left, or it is set apart from the word by a space or a mark."""
        return not self.view or _GAP.match(self.view) is not None

    def past_gap(self) -> Rest:
        gap = _GAP.match(self.view)
        return self.after(gap.end()) if gap else self

    def tidy(self) -> str:
        return self.past_gap().text.strip()


Reader = Callable[[Rest], Arguments | None]


def take_number(rest: Rest, pattern: re.Pattern[str] = _NUMBER) -> tuple[int | None, Rest]:
    """The number the rest opens with and what is left; None and the rest itself when it opens otherwise.

    3号楼, 7天 and 5楼 are a place, a time and a floor, never a number.
    """
    opened = rest.past_gap()
    if found := pattern.match(opened.view):
        return int(found[found.lastindex or 1]), opened.after(found.end())
    if (han := _HAN_NUMBER.match(opened.view)) and (value := chinese_number(han[1])) is not None:
        return value, opened.after(han.end())
    return None, rest


def is_only_marks(rest: Rest) -> bool:
    """Nothing is left but spaces, marks and friendly particles."""
    return _MARKS.fullmatch(rest.view) is not None


def nothing(rest: Rest) -> Arguments | None:
    """The word alone; marks or a friendly particle may follow."""
    return Arguments() if is_only_marks(rest) else None


def anything(rest: Rest) -> Arguments | None:
    return Arguments(text=rest.tidy())


def apart(rest: Rest) -> Arguments | None:
    """Text set apart from the word: 通知 明天停水 is a notice, 通知说停水 is somebody's story."""
    return Arguments(text=rest.tidy()) if rest.is_apart else None


_PROSE = re.compile(r"电话|热线|过|了(?!一下)|的|无|没有|有用|箱|信|书|处|中心|台|会|费|师|率")


def telling(rest: Rest) -> Arguments | None:
    """The text of a report, with or without a gap; not 投诉电话 or 建议箱."""
    if _PROSE.match(rest.view):
        return None
    opener = re.match(r"(?:一下|一个|个)(?:问题|情况|事情|事)?(?=[\W\s]|$)|一下|个", rest.view)
    return Arguments(text=rest.after(opener.end() if opener else 0).tidy())


def number(rest: Rest) -> Arguments | None:
    """A number or nothing at all; 进度 7 怎么样了 is fine, 进度太慢了 is prose."""
    value, left = take_number(rest)
    if value is None:
        return nothing(rest)
    if left.is_apart:
        return Arguments(number=value, text=left.tidy())
    return Arguments(number=value) if _AFTER_A_NUMBER.fullmatch(left.view.rstrip("?？。!！ ")) else None


def number_and_text(rest: Rest) -> Arguments | None:
    """A number and text; without a number the text must be set apart from the word."""
    value, left = take_number(rest)
    if value is None:
        return apart(rest)
    return Arguments(number=value, text=left.tidy())


def number_and_stars(rest: Rest) -> Arguments | None:
    value, left = take_number(rest)
    if value is None and not rest.is_apart and read_stars(rest)[0] is None:
        return None
    stars, left = read_stars(left.past_gap())
    return Arguments(number=value, stars=stars, text=left.tidy())


def read_stars(rest: Rest) -> tuple[int | None, Rest]:
    """One to five stars in any spelling (5, 五星, ★★★★★, 满意), and what is left; None for anything else."""
    if shining := _SHINING.match(rest.view):
        return sum(c in "★⭐🌟" for c in shining[0]), rest.after(shining.end())
    if (figure := _STARS.match(rest.view)) and (figure[1].isdigit() or figure[2]):
        return _HAN_STARS.get(figure[1]) or int(figure[1]), rest.after(figure.end())
    for words, stars in _WORDED_STARS.items():
        if rest.view.startswith(words):
            return stars, rest.after(len(words))
    return None, rest


def number_and_name(rest: Rest) -> Arguments | None:
    """A number, then whom or what it goes to, then why."""
    found = number_and_text(rest)
    if found is None or not found.text or found.number is None:
        return found
    whom = _WHOM.match(found.text)
    if whom is None:
        return found
    return replace(found, name=whom[1], text=Rest(found.text).after(whom.end()).tidy())


def number_and_days(rest: Rest) -> Arguments | None:
    """A number, then how many days, then why; 延期 3天 has days and no number."""
    if only := _ONLY_DAYS.match(rest.past_gap().view):
        return Arguments(count=int(only[1]), text=rest.past_gap().after(only.end()).tidy())
    found = number_and_text(rest)
    if found is None:
        return None
    left = Rest(found.text)
    days = _DAYS.match(left.view)
    return replace(found, count=int(days[1]), text=left.after(days.end()).tidy()) if days else found


def two_numbers(rest: Rest) -> Arguments | None:
    first, left = take_number(rest)
    second, left = take_number(left) if first is not None else (None, left)
    return Arguments(number=first, second=second, text=left.tidy()) if first is not None else nothing(rest)


def log(rest: Rest) -> Arguments | None:
    """The number of a handling log: L3, l3, 3 or 日志3, then text."""
    value, left = take_number(rest, _LOG)
    return Arguments(number=value, text=left.tidy()) if value is not None else apart(rest)


def approval(rest: Rest) -> Arguments | None:
    """A log as above, the edition that was seen (v2) as `count`, then text such as 已检查."""
    read = log(rest)
    found = _EDITION.match(read.text) if read else None
    if read is None or found is None:
        return read
    return replace(read, count=int(found[1]), text=read.text[found.end() :].strip())


def log_and_number(rest: Rest) -> Arguments | None:
    """A log, and the place of one of its photos as `second`."""
    read = log(rest)
    found = _PLACE.fullmatch(read.text) if read else None
    return replace(read, second=int(found[1]), text="") if read and found else read


def log_alone(rest: Rest) -> Arguments | None:
    """A log or nothing; whatever else follows makes it prose."""
    if is_only_marks(rest):
        return Arguments()
    value, left = take_number(rest, _LOG)
    return Arguments(number=value) if value is not None and is_only_marks(left) else None


def sending(rest: Rest) -> Arguments | None:
    """The number of something sent, 发12 or 12, or nothing; whatever else follows makes it prose."""
    if is_only_marks(rest):
        return Arguments()
    value, left = take_number(rest, _SENDING)
    return Arguments(number=value) if value is not None and is_only_marks(left) else None


def month(rest: Rest) -> Arguments | None:
    """A month such as 2026-11 or 11月 as `name`, or nothing."""
    if is_only_marks(rest):
        return Arguments()
    found = _MONTH.fullmatch(rest.past_gap().view.strip())
    if found is None or not 1 <= int(found[2]) <= 12:
        return None
    return Arguments(name=f"{found[1] or ''}-{int(found[2]):02}")


def code(rest: Rest) -> Arguments | None:
    """A code, upper-cased, its gaps taken out; anything else set apart comes back as text, for a kind refusal."""
    opened = rest.past_gap()
    if found := _CODE.fullmatch(opened.view.strip()):
        return Arguments(name=re.sub(r"[\s-]", "", found[1]).upper())
    return apart(rest)


def home(rest: Rest) -> Arguments | None:
    """Where somebody lives as `name`: a place and nothing else, or the code of an area, after which `text` may follow.

    我住在3号楼，楼道灯坏了 is a story, and so is 住在3号楼的老人摔倒了.
    """
    if is_only_marks(rest):
        return Arguments()
    opened = rest.past_gap()
    if rest.is_apart and (coded := _AREA.match(opened.view)):
        return Arguments(name=coded[1], text=opened.after(coded.end()).tidy())
    whole = opened.view.strip(" 。.!~")
    place = _HOME.fullmatch(whole) or (_SHORT_HOME.fullmatch(whole) if rest.is_apart else None)
    return Arguments(name=whole) if place and not _NOT_A_HOME.search(whole) else None


def home_alone(rest: Rest) -> Arguments | None:
    """The same with nothing after it: i live in building 3, the lamp is broken is a story."""
    read = home(rest)
    return read if read is not None and not read.text else None


def item(rest: Rest) -> Arguments | None:
    """What is redeemed, and how many; the whole rest stays in `text`, because a name may end in a figure."""
    whole = rest.tidy()
    if len(whole) > _NAME_LIMIT:
        return Arguments(name=whole[:_NAME_LIMIT], text=whole) if rest.is_apart else None
    if not whole or (not rest.is_apart and (len(whole) > 10 or _PROSE_ITEM.search(rest.view))):
        return None
    seen = word_view(whole).rstrip(" 。.!")
    if seen.isdecimal():
        return Arguments(number=int(seen[:7]), name=whole, text=whole)
    counted = _COUNT.search(seen)
    if counted and counted.start():
        return Arguments(name=whole[: counted.start()].strip(), count=int(counted[1]), text=whole)
    written = _HAN_COUNT.search(seen)
    if written and written.start():
        return Arguments(name=whole[: written.start()].strip(), count=chinese_number(written[1]), text=whole)
    return Arguments(name=whole[: len(seen)].strip(), text=whole)


def whom_and_count(rest: Rest) -> Arguments | None:
    whole = rest.tidy()
    seen = word_view(whole[:_NAME_LIMIT])
    found = _GIVE.match(seen) or _GIVE_COUNT_FIRST.match(seen)
    if found is None:
        return Arguments(name=whole.lstrip("@"), text=whole) if rest.is_apart else None
    start, end = found.span("who")
    return Arguments(name=whole[start:end], count=int(found["count"]), text=whole)
