"""Masking: what identifies a person is hidden everywhere but in the handler's own view (reference: reliability.md B.3).

Everything is found in a plain view of the text, so that full-width figures and invisible characters hide nothing; what
is not masked stays as it was written. Everything here takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from core.characters import plain_view
from core.personal_names import DOUBLE_SURNAMES, told_names
from core.personal_numbers import figures
from core.personal_words import hidden_words

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\U000e0100-\U000e01ef"
)
# What asks for a coloured emoji: it means nothing on letters and figures, but for those in a box (1\ufe0f\u20e3).
_STYLE = re.compile("(?<=\\w)\ufe0f+(?!\u20e3)|(?<=\ufe0f)\ufe0f+")
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
    text = _STYLE.sub("", _UNSEEN.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " ")))
    return _PILED.sub(r"\1", text)


_FOLLOWED = 20  # names told by the text that are hidden wherever else they stand in it


def mask(text: str, names: Sequence[str] = ()) -> str:
    """The text with phones, identity, bank and plate numbers, rooms, mail, chat accounts and names hidden.

    Names are those given and those that the words around them tell. A text masked once stays as it is.
    """
    return "".join(masked_characters(text, names))


def masked_characters(text: str, names: Sequence[str] = ()) -> list[str]:
    """What is shown for each character of the text: itself, a star, or, within a stretch hidden as a whole, nothing."""
    seen = plain_view(text)
    shown = list(text)
    numbers = dict(figures(seen))
    for at, hidden in numbers.items():
        if hidden:
            shown[at] = "*"
    for start, end in _merged(hidden_words(seen, numbers.keys())):
        shown[start:end] = ["***"] + [""] * (end - start - 1)
    told = sorted(set(told_names(seen)))
    everywhere = {*names, *(text[start:end] for start, end in told[:_FOLLOWED])}
    for name in sorted((name for name in everywhere if len(name) > 1), key=len, reverse=True):
        at = text.find(name)
        while at >= 0:
            _hide_name(shown, text, at, at + len(name))
            at = text.find(name, at + len(name))
    for start, end in told[_FOLLOWED:]:
        _hide_name(shown, text, start, end)
    return shown


def mask_name(name: str) -> str:
    """张* for 张三丰, 欧阳* for 欧阳修: the surname stays."""
    name = clean(name).strip()
    return f"{name[: 2 if name[:2] in DOUBLE_SURNAMES else 1]}*" if name else ""


def _hide_name(shown: list[str], text: str, start: int, end: int) -> None:
    if shown[start:end] == list(text[start:end]):
        shown[start:end] = [mask_name(text[start:end])] + [""] * (end - start - 1)


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The stretches with those that meet made one, in order."""
    first, last = -1, -1
    for start, end in sorted(spans):
        if start > last:
            if last > first:
                yield first, last
            first, last = start, end
        last = max(last, end)
    if last > first:
        yield first, last
