"""Whether a report is about a matter already known. It only leads to a question, but a wrong question annoys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz

from core.characters import word_view
from core.understanding.place import building_of, name_of, unit_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open event nearby, as it is compared."""

    event: int
    serial: int
    number: str
    title: str
    category: str
    place: str
    at: datetime


_READ = 200  # characters of the text that are compared
_SAME_PLACE, _UNKNOWN_PLACE, _OTHER_CATEGORY = 78.0, 86.0, 93.0  # how alike the matters must be, of 100
_LONG_MATTER = 6  # characters from which likeness alone may carry another category
_TELLING_MATTER = 4  # characters from which likeness may carry an unknown place
_SHORT_MATTER, _PER_EXTRA = 2, 8.0  # points lost per character that only the longer matter has
_SHUFFLED, _MUCH_LONGER = 10.0, 0.94
_PLACES = re.compile(r"[a-z]?[0-9一二三四五六七八九十百]{1,4}\s*(?:号楼|栋|幢|#楼?|座|号院|单元|楼|层|号)")
_EMPTY_WORDS = re.compile(
    "小应|你好|您好|坏了|坏掉|坏|又|还是|一直|不亮了?|没亮|没人(?:管|修|理)?|了|的|请|尽快|麻烦|处理|解决|一下|我们|我家|我|这里|那里|小区|附近|门口|旁边|好几天|几天|天天|"
    "很|太|非常|真|都|有|在|是|把|吧|啊|呀|呢|吗|投诉|报事|反映|反应|求助|建议|咨询|请问|物业|社区|关于|问题|严重|什么时候|怎么|到底|能不能|修好|修|管|[^\\w]"
)
_SYNONYMS = (
    ("升降机", "电梯"),
    ("灯泡", "灯"),
    ("停电", "没电"),
    ("停水", "没水"),
    ("垃圾桶", "垃圾"),
    ("噪声", "噪音"),
    ("吵", "噪音"),
    ("下水道", "下水"),
)


def same_as(text: str, place: str, category: str, candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate the text is most probably about, None when no one is likely enough.

    Places that contradict each other (another building, another compound) never match, however alike the words are.
    """
    matter = _matter(text, place)
    best: tuple[float, Candidate] | None = None
    for candidate in candidates:
        agreement = _agreement(place, candidate.place)
        theirs = _matter(candidate.title, candidate.place)
        if agreement is None or min(len(matter), len(theirs)) < 2:
            continue
        likeness = _likeness(matter, theirs)
        if agreement and category == candidate.category and building_of(place) and _share_a_word(matter, theirs):
            likeness = max(likeness, _SAME_PLACE)  # one building, one kind of trouble, one thing named: worth asking
        needed = _SAME_PLACE if agreement else _UNKNOWN_PLACE
        if category != candidate.category:
            needed = _OTHER_CATEGORY if agreement and min(len(matter), len(theirs)) >= _LONG_MATTER else 101.0
        elif not agreement and min(len(matter), len(theirs)) < _TELLING_MATTER:
            continue
        if likeness >= needed and (best is None or (likeness, candidate.at) > (best[0], best[1].at)):
            best = likeness, candidate
    return best[1] if best else None


def _likeness(matter: str, theirs: str) -> float:
    """How alike two matters are, 0 to 100: the shorter one must stand in the longer one nearly whole, in any order.

    Two characters say little: 电梯 stands in 电梯里垃圾, so what else the longer one says counts against them.
    """
    short, long = sorted((matter, theirs), key=len)
    if len(short) <= _SHORT_MATTER:
        return fuzz.partial_ratio(short, long) - _PER_EXTRA * (len(long) - len(short))
    part = fuzz.partial_ratio(short, long)
    if len(short) * 3 < len(long):
        return part * _MUCH_LONGER
    if len(short) < _TELLING_MATTER:
        return part
    return max(part, fuzz.token_set_ratio(" ".join(short), " ".join(long)) - _SHUFFLED)


def _share_a_word(matter: str, theirs: str) -> bool:
    """Whether both name the same thing: most things have names of two characters. A mere name (电梯) says too little."""
    return min(len(matter), len(theirs)) > _SHORT_MATTER and any(
        matter[at : at + 2] in theirs for at in range(len(matter) - 1)
    )


def _agreement(place: str, other: str) -> bool | None:
    """True when the places agree, False when one of them is not known well enough, None when they contradict."""
    if not place or not other:
        return False
    for part in (building_of, unit_of):
        mine, theirs = part(place), part(other)
        if mine and theirs and mine != theirs:
            return None
    mine, theirs = name_of(place), name_of(other)
    if mine and theirs and mine not in theirs and theirs not in mine and fuzz.ratio(mine, theirs) < 80:
        return None
    return bool(building_of(place)) == bool(building_of(other)) or bool(mine and theirs)


def _matter(text: str, place: str) -> str:
    """What the text is about, without where it is and without the words every complaint has."""
    seen = word_view(text[:_READ])
    for word in (word_view(place), word_view(name_of(place))):
        seen = seen.replace(word, "") if len(word) > 1 else seen
    seen = _PLACES.sub("", seen)
    for word, plain in _SYNONYMS:
        seen = seen.replace(word, plain)
    return _EMPTY_WORDS.sub("", seen)
