"""Text in, a judgement with its confidence out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.characters import word_view
from core.events import Kind
from core.policy import Policy
from core.understanding.category import rank
from core.understanding.intent import kind_of
from core.understanding.place import place_of, places_near
from core.understanding.title import title_of

_URGENT_READ = 200  # characters; a long petition uses strong words, an emergency is told in two lines
_NOT_NOW = re.compile(
    "没有?$|没(?:有)?(?:发生)?$|未$|不是$|无$|防止?$|预防$|避免$|以免$|上次$|以前$|去年$|(?:如果|假如|万一|要是|一旦|若|会不会|曾|曾经)(?:发生过?|出现|出|有|遇到)?$|怕$|担心$|容易$|可能$|"
    "导致$|造成$|引发$|引起$|差点$|险些$|随时$|为什么会$"
)
_NOT_YET = re.compile(
    "^(?:隐患|风险|演练|演习|事故(?:预防|多发)|逃生|通道|消防|怎么办理|知识|报警器|宣传|检测|的?可能|的?危险)"
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a text is about.

    `candidates` are the three likeliest categories with a confidence of 0 to 1; `category` is the first of them, or the
    default one with a confidence of 0 when nothing was recognised. `place` is coarse, never a room; `title` is masked.
    """

    kind: Kind
    category: str
    confidence: float
    candidates: tuple[tuple[str, float], ...]
    urgent: bool
    place: str
    title: str


def understand(text: str, policy: Policy, area: str) -> Judgement:
    """What the text is about, for somebody in that area (the code of a grid or a community)."""
    candidates = rank(text, policy)[:3]
    category, confidence = candidates[0] if candidates else (policy.default_category, 0.0)
    return Judgement(
        kind=kind_of(text),
        category=category,
        confidence=confidence,
        candidates=candidates,
        urgent=is_urgent(text, policy),
        place=place_of(text, places_near(area, policy.areas)),
        title=title_of(text),
    )


def is_urgent(text: str, policy: Policy) -> bool:
    """Whether life or property is in danger now: an urgent word that is neither denied, feared nor long past."""
    seen = word_view(text[:_URGENT_READ])
    for word in policy.urgent_words:
        at = seen.find(word)
        while at >= 0:
            if not _NOT_NOW.search(seen[max(at - 6, 0) : at]) and not _NOT_YET.match(
                seen[at + len(word) : at + len(word) + 6]
            ):
                return True
            at = seen.find(word, at + 1)
    return False
