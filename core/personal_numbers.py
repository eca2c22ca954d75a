"""Numbers that are somebody's: identity cards, bank cards, mobiles, landlines (reference: reliability.md B.3).

They are looked for in figures only: 幺三八 and 138 are the same number, and what stands between the figures, a space, a
dash, a comma or a line end, does not hide them. A number begins and ends where a group of figures does.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

HAN_FIGURES = "零〇洞一幺壹二贰貳三叁參四肆五伍六陆陸七柒拐八捌九玖勾"
_FIGURES = str.maketrans(f"{HAN_FIGURES}×✕✖Хх", "000111222333445566677788999xxxxx")
_LETTERS = str.maketrans("oOlI", "0011")
_LOOKS_LIKE = re.compile(
    r"(?<=\d)[oOlI]++(?![a-km-np-zA-HJ-NP-WYZ])|(?<![A-Za-z])[lI](?=[3-9][\doOlI]{2})|(?<![A-Za-z])[oO](?=\d\d\d)"
)

_TOLD = "(?:再?然后|后面|后边|最后|接着|中间|开头)"  # between the parts of a number that is told in parts
BETWEEN = r"(?:[^\w*]|_|\*(?!\*\*))"  # three stars and more are a number hidden before
_GAP = rf"{BETWEEN}{{0,4}}(?:{_TOLD}[\W_是]{{0,3}}){{0,2}}"
_RUN = re.compile(rf"ev[ -]?\d{{8}}[ -]?\d{{1,7}}(?!\d)|\d(?:{_GAP}\d)*(?:{_GAP}x(?![a-z]))?", re.IGNORECASE)
# Between the figures of one number anything may stand; these do not even make it look like several numbers.
_STRONG = re.compile(r"[^\w，,、;；。:：/\\|\n~～]*")

_DATE = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY = re.compile(rf"[1-8]\d{{5}}(?:19|20)\d\d{_DATE}\d{{3}}[\dx]", re.IGNORECASE)
_OLD_IDENTITY = re.compile(rf"[1-8]\d{{7}}{_DATE}\d{{3}}")
_MOBILE = re.compile(r"((?:(?:00)?86)?0?1[3-9]\d)\d{4}\d{4}")
_LANDLINE = re.compile(r"((?:(?:00)?86)?0(?:10|2\d|[3-9]\d\d)|(?:00)?86(?:10|2\d|[3-9]\d\d))[2-9]\d{6}")
_TIMESTAMP = re.compile(rf"20\d\d{_DATE}\d{{3,9}}")
_SHARED = re.compile(r"[48]00\d{7}|20\d\d" + _DATE)  # a company's number that anybody may ring, or a day
_LONGEST = 19  # digits of the longest number with a shape of its own, a bank card
_ENOUGH = 11  # digits in one piece that are always taken for somebody's number
_FEWEST = 7  # digits of a landline without its area code

_NEAR = 18  # characters before a number in which a label is looked for
_LINK = r"[\s号號码是为的到给就用写成:：.,，()（）【\[“\"'+➕]{0,6}$"
_CARD_NEAR = re.compile("[卡账帐汇转退款]")
_CARD_LABEL = re.compile(rf"(?:卡|[账帐户]|账户){_LINK}")
_IDENTITY_LABEL = re.compile(
    rf"(?:身份[证正]|证件|sfz|户口本?|护照|通行证|id\s?card|社保){_LINK[:-1]}[A-Za-z]{{0,2}}$", re.IGNORECASE
)
_PHONE_LABEL = re.compile(
    rf"(?:电[话活]|座机|固话|手机|号码|[打拨呼]|[来致回去]电|联系|联系方式|联络|传真|热线|办公室|家里|我家|宅电|tel|phone|call|mob|[📞☎📱]\ufe0f?){_LINK}",
    re.IGNORECASE,
)
_SERIAL_LABEL = re.compile(
    rf"(?:(?<!卡)(?<!证)(?<!证件)(?<!学)编号|[订运单工流水案批文票]号|网安备|备案|[单号]号|工单|订单|快递|运单|[条编代]码|序列号|型号|版本|读数){_LINK}"
)


@dataclass(frozen=True, slots=True)
class _Run:
    """Figures with nothing but gaps between them; every position is one in `digits`."""

    digits: str
    bounds: Sequence[int]  # where a group begins, and the end of the last one
    weak: frozenset[int]  # bounds at which a comma, a stroke or a line end stands
    before: str  # the last characters before the first group

    def ends(self, at: int) -> bool:
        """Whether a group begins or ends there."""
        found = bisect_left(self.bounds, at)
        return found < len(self.bounds) and self.bounds[found] == at

    def inner(self, start: int, end: int) -> Sequence[int]:
        return self.bounds[bisect_right(self.bounds, start) : bisect_left(self.bounds, end)]

    def groups(self, start: int, end: int) -> list[str]:
        return [self.digits[first:last] for first, last in pairwise([start, *self.inner(start, end), end])]

    def is_regular(self, start: int, end: int) -> bool:
        """Whether the groups are such as people make within one number: long ones, or single figures."""
        sizes = [len(group) for group in self.groups(start, end)]
        return min(sizes) >= 3 or max(sizes) == 1

    def is_listed(self, start: int, end: int) -> bool:
        """Whether it rather is a list of round amounts: 130、1500、1600."""
        groups = self.groups(start, end)
        return len(groups) > 1 and all(len(group) <= 5 and group.endswith("0") for group in groups)

    def is_labelled(self, label: re.Pattern[str]) -> bool:
        return label.search(self.before) is not None


@dataclass(frozen=True, slots=True)
class _Found:
    """A number that ends at `end`, and the part of it to hide."""

    first: int
    last: int
    end: int


def figures(seen: str) -> Iterator[tuple[int, bool]]:
    """The place of every figure of a number found and whether to hide it, so that it keeps its shape: 138 **** 5678."""
    plain = _LOOKS_LIKE.sub(lambda found: found[0].translate(_LETTERS), seen.translate(_FIGURES))
    for match in _RUN.finditer(plain):
        if match.end() - match.start() < _FEWEST or not plain[match.start()].isdecimal():
            continue
        places = [at for at in range(*match.span()) if plain[at].isdecimal() or plain[at] in "xX"]
        before_stars = len(places) < _ENOUGH and plain[match.end() : match.end() + 1] == "*"
        if len(places) < _FEWEST or before_stars:
            continue
        for start, found in _found_in(_run(seen, plain, places)):
            yield from ((places[at], found.first <= at < found.last) for at in range(start, found.end))


def _run(seen: str, plain: str, places: Sequence[int]) -> _Run:
    bounds, weak = [0], set()
    for at, (before, after) in enumerate(pairwise(places), 1):
        if after != before + 1 or seen[before].isascii() != seen[after].isascii():
            bounds.append(at)
            if not _STRONG.fullmatch(seen, before + 1, after):
                weak.add(at)
    digits = "".join(plain[place] for place in places)
    return _Run(digits, [*bounds, len(places)], frozenset(weak), seen[max(0, places[0] - _NEAR) : places[0]])


def _found_in(run: _Run) -> Iterator[tuple[int, _Found]]:
    """Where a number begins, and the number."""
    done = 0
    for start in run.bounds[:-1]:
        if start >= done and (found := next((found for shape in _SHAPES if (found := shape(run, start))), None)):
            done = found.end
            yield start, found


def _shared(run: _Run, start: int) -> _Found | None:
    """A number that is nobody's own: 400-800-1234."""
    found = _SHARED.match(run.digits, start)
    return _Found(start, start, found.end()) if found and run.ends(found.end()) else None


def _identity(run: _Run, start: int) -> _Found | None:
    end = start + 18
    if run.ends(end) and _IDENTITY.match(run.digits, start):
        return _Found(start, end, end)
    end = start + 15
    whole = not run.inner(start, end) or (run.ends(start + 6) and run.is_regular(start, end))
    if run.ends(end) and whole and _OLD_IDENTITY.match(run.digits, start):
        return _Found(start, end, end)
    if run.is_labelled(_IDENTITY_LABEL):  # mistyped: whatever follows the label
        end = max((end for end in (start + length for length in range(14, 21)) if run.ends(end)), default=0)
        return _Found(start, end, end) if end else None
    return None


def _mobile(run: _Run, start: int) -> _Found | None:
    found = _MOBILE.match(run.digits, start)
    if not found or not run.ends(end := found.end()):
        return None
    if run.digits[start] == "0" != run.digits[start + 1] and run.ends(start + 1):
        return None  # 0 15 2026 ...: a zero of its own belongs to something else
    number = end - 11
    weak = any(bound in run.weak for bound in run.inner(number, end))
    if weak and run.is_listed(number, end):
        return None
    sizes = [len(group) for group in run.groups(number, end)]
    # In 2026-11-15 2026-11-16 3, 15 and what follows is no mobile: odd groups must come to an end there.
    over = end == len(run.digits) or end in run.weak
    own = run.is_regular(number, end) or (
        not weak and (sizes[0] == 3 or (over and (start == 0 or min(sizes[:-1]) >= 3)))
    )
    return _Found(found.end(1), end - 4, end) if own else None


def _landline(run: _Run, start: int) -> _Found | None:
    found = _LANDLINE.match(run.digits, start)
    if not found:
        return None
    local = found.end(1)
    end = next((end for end in (local + 8, local + 7) if run.ends(end)), None)
    if end is None:
        return None
    apart = [bound for bound in run.inner(start, local) if run.digits[start:bound] not in ("86", "0086")]
    single = max(len(group) for group in run.groups(start, end)) == 1
    return _Found(local, end - 4, end) if single or (not apart and run.is_regular(local, end)) else None


def _card(run: _Run, start: int) -> _Found | None:
    """16 to 19 digits: in one piece, in fours, one by one, or in other long groups where it begins like a card."""
    group = run.bounds[bisect_right(run.bounds, start)] - start
    if 16 <= group <= _LONGEST:
        serial = run.is_labelled(_SERIAL_LABEL) or _TIMESTAMP.match(run.digits, start)
        return None if serial else _Found(start, start + group - 4, start + group)
    labelled = start == 0 and run.is_labelled(_CARD_LABEL)
    likely = run.is_labelled(_CARD_NEAR) or run.digits.startswith(("62", "60"), start)
    if group > _LONGEST or run.digits[start] not in "34569" or run.is_listed(start, start + 16):
        return None
    for end in (start + length for length in (19, 18, 17, 16) if run.ends(start + length)):
        inner = [bound - start for bound in run.inner(start, end)]
        in_fours = inner[:3] == [4, 8, 12] and inner[3:] in ([], [16])
        long = (likely or _passes_luhn(run.digits[start:end])) and all(
            len(group) >= 3 for group in run.groups(start, end)[:-1]
        )
        swallows = any(_mobile(run, start + bound) for bound in inner if bound >= 16)
        if (in_fours or long or len(inner) == end - start - 1 or labelled) and not swallows:
            return _Found(start, end - 4, end)
    return None


def _passes_luhn(digits: str) -> bool:
    """Whether the check figure is right, as it is of one in ten figures by chance."""
    if not digits.isdecimal():
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _abroad(run: _Run, start: int) -> _Found | None:
    """A telephone of another country, after a +."""
    if start or not run.before.endswith("+"):
        return None
    end = max((length for length in range(9, 16) if run.ends(length)), default=0)
    return _Found(2, end - 4, end) if end else None


def _local(run: _Run, start: int) -> _Found | None:
    """A landline without its area code, which only the words before it tell."""
    if run.digits[start] not in "23456789" or not run.is_labelled(_PHONE_LABEL):
        return None
    end = next((end for end in (start + 8, start + 7) if run.ends(end) and run.is_regular(start, end)), None)
    return _Found(start, end - 4, end) if end else None


def _other(run: _Run, start: int) -> _Found | None:
    """A long number of no known shape, or a shorter one that is called a telephone, an account or a card."""
    end = run.bounds[bisect_right(run.bounds, start)]
    size = end - start
    if size < _FEWEST:
        return None
    if run.is_labelled(_IDENTITY_LABEL):
        return _Found(start, end, end)
    if size < _ENOUGH:
        labelled = run.is_labelled(_PHONE_LABEL) or run.is_labelled(_CARD_LABEL)
        return _Found(start, end - 4, end) if labelled else None
    if run.is_labelled(_SERIAL_LABEL) or (size < 18 and _TIMESTAMP.match(run.digits, start)):
        return None
    return _Found(start + 3, end - 4, end)


_SHAPES: tuple[Callable[[_Run, int], _Found | None], ...] = (
    _shared,
    _identity,
    _mobile,
    _landline,
    _card,
    _abroad,
    _local,
    _other,
)
