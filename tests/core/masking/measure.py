"""How much of what identifies somebody is hidden, and how much that identifies nobody is: `python -m tests.core.masking.measure`.

A secret is found when what is still shown of it tells nobody; what may be shown depends on its kind, see `ALLOWED`. A false
mask is a harmless sentence one of whose `keeps` is altered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.characters import view
from core.privacy import masked_characters
from tests.core.masking import everyday, examination, held_back, second_examination
from tests.core.masking.sentence import Sentence

SEED = 20261124
CORPORA = {
    "everyday": everyday.sentences,
    "held back": held_back.sentences,
    "examination": examination.sentences,
    "second examination": second_examination.sentences,
}
HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Result:
    """For one kind: how many secrets, or keeps, and the sentences in which one was missed, or altered."""

    kind: str
    n: int
    wrong: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of the secrets those found, of harmless sentences those altered; from 0.0 to 1.0."""
        missed = len(self.wrong) / self.n if self.n else 0.0
        return missed if self.kind == HARMLESS else 1 - missed


_HAN_DIGITS = str.maketrans("零〇一幺二三四五六七八九", "001123456789")
_MOBILE = re.compile(r"(?:(?:00)?86)?0?1[3-9]\d{9}")
_PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\W*[A-Za-z]")
_NAME = re.compile(r"[\u4e00-\u9fff·\s]{2,8}")

# For each character of a secret whether it can still be read.
Seen = Sequence[tuple[str, bool]]


def _digits(seen: Seen) -> list[bool]:
    """The figures, with the letters typed for them."""
    return [shown for character, shown in seen if character.isdigit() or character in "xXoOlI"]


def _signs(seen: Seen) -> list[bool]:
    return [shown for character, shown in seen if character.isalnum()]


def _plate_signs(seen: Seen) -> list[bool]:
    """The signs of a plate, without words such as 开头 between them."""
    signs = [(character, shown) for character, shown in seen if character.isalnum()]
    special = "警挂学港澳领使"
    return [
        shown for at, (character, shown) in enumerate(signs) if not at or character.isascii() or character in special
    ]


def _tells_no_mobile(seen: Seen) -> bool:
    return not any(_digits(seen)[-8:-4])


def _tells_no_landline(seen: Seen) -> bool:
    """At least three figures in a row are hidden: of a number of seven or eight, more than anybody guesses."""
    return "000" in "".join(str(int(shown)) for shown in _digits(seen))


ALLOWED: dict[str, Callable[[Seen], bool]] = {
    "id": lambda seen: not any(_digits(seen)[3:-4]),
    "mobile": _tells_no_mobile,
    "landline": _tells_no_landline,
    "card": lambda seen: not any(_digits(seen)[:-4]),
    "plate": lambda seen: not any(_plate_signs(seen)[2:-2]),
    "name": lambda seen: not all(_signs(seen)),
    "mail": lambda seen: not any(shown for character, shown in seen if character.isascii() and character.isalnum()),
}


def _nothing(seen: Seen) -> bool:
    return not any(_signs(seen))


def kind_of(secret: str, kind: str) -> str:
    """The kind of a secret: that of its sentence unless it plainly is another one that stands beside."""
    plain = view(secret).translate(_HAN_DIGITS)
    digits = re.sub(r"\D", "", plain)
    if _MOBILE.fullmatch(digits) and not re.search("[A-Za-z@]", plain):
        return "mobile"
    if _PLATE.match(view(secret)):
        return "plate"
    if not digits and _NAME.fullmatch(secret) and not re.search("[单元室楼户层号房门东西]", secret):
        return "name"
    return kind


def measure(sentences: Iterable[Sentence]) -> dict[str, Result]:
    """What was found of each kind of secret, and, as HARMLESS, what was altered in vain."""
    counts: dict[str, int] = {HARMLESS: 0}
    wrong: dict[str, list[str]] = {}
    for sentence in sentences:
        shown = masked_characters(sentence.text)
        visible = [before == after for before, after in zip(sentence.text, shown, strict=True)]
        report = f"{sentence.text!r} -> {''.join(shown)!r}"
        if sentence.kind == HARMLESS:
            counts[HARMLESS] += 1
            if altered := [keep for keep in sentence.keeps if not _kept(keep, sentence, visible)]:
                wrong.setdefault(HARMLESS, []).append(f"{altered} {report}")
        for secret in sentence.secrets:
            kind = kind_of(secret, sentence.kind)
            counts[kind] = counts.get(kind, 0) + 1
            plain = view(secret).translate(_HAN_DIGITS)
            places = _places(secret, sentence.text)
            if not all(ALLOWED.get(kind, _nothing)(list(zip(plain, visible[at:], strict=False))) for at in places):
                wrong.setdefault(kind, []).append(f"{secret!r} {report}")
    return {kind: Result(kind, n, tuple(wrong.get(kind, ()))) for kind, n in counts.items()}


def altered_beside_secrets(sentences: Iterable[Sentence]) -> Result:
    """The keeps altered in sentences that do hold secrets, with the number of those sentences."""
    telling = [sentence for sentence in sentences if sentence.kind != HARMLESS]
    wrong = []
    for sentence in telling:
        shown = masked_characters(sentence.text)
        visible = [before == after for before, after in zip(sentence.text, shown, strict=True)]
        if altered := [keep for keep in sentence.keeps if not _kept(keep, sentence, visible)]:
            wrong.append(f"{altered} {sentence.text!r} -> {''.join(shown)!r}")
    return Result(HARMLESS, len(telling), tuple(wrong))


def _places(part: str, text: str) -> list[int]:
    return [found.start() for found in re.finditer(f"(?={re.escape(part)})", text)]


def _kept(keep: str, sentence: Sentence, visible: Sequence[bool]) -> bool:
    """Whether the keep is whole wherever it stands outside a secret."""
    secret = {
        at
        for part in sentence.secrets
        for start in _places(part, sentence.text)
        for at in range(start, start + len(part))
    }
    return all(
        all(visible[at : at + len(keep)])
        for at in _places(keep, sentence.text)
        if secret.isdisjoint(range(at, at + len(keep)))
    )


def table(results: dict[str, Result]) -> str:
    """A line for each kind: how many, how many wrong, the share."""
    lines = [f"{'kind':<10}{'n':>6}{'wrong':>7}{'share':>9}"]
    lines += [f"{kind:<10}{one.n:>6}{len(one.wrong):>7}{one.share:>9.2%}" for kind, one in sorted(results.items())]
    return "\n".join(lines)


if __name__ == "__main__":
    for name, sentences in CORPORA.items():
        written = sentences(SEED)
        beside = altered_beside_secrets(written)
        print(f"{name}: {len(written)} sentences\n{table(measure(written))}")
        print(f"altered beside a secret: {len(beside.wrong)} of {beside.n}\n")
