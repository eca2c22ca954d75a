"""Which of the N categories a text belongs to: what residents say when they mean one, weighed by length and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from core.characters import word_view
from core.policy import Policy

_READ = 1500  # characters; what a matter is about is said early
_OPENING, _EARLY = 40, 160  # characters: the opening counts most
_WEIGHTS = {1: 0.6, 2: 1.0, 3: 1.7, 4: 2.3}  # by length of the word
_LONG = 2.8
_AGAIN = 0.25  # what each further mention adds, up to three
_UNSURE = 0.9  # weight of doubt: one short word alone is not yet sure

_Words = Mapping[str, tuple[tuple[str, float, tuple[str, ...]], ...]]


@lru_cache(maxsize=8)
def _words_by_start(categories: tuple[tuple[str, tuple[str, ...]], ...]) -> _Words:
    """Each word with its weight and its categories, under its first two characters; a shared word is worth less."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for name, words in categories:
        for word in dict.fromkeys(word_view(word) for word in (*words, name)):
            owners[word].append(name)
    table: defaultdict[str, list[tuple[str, float, tuple[str, ...]]]] = defaultdict(list)
    for word, names in owners.items():
        if word:
            weight = _WEIGHTS.get(len(word), _LONG) / len(names)
            table[word[:2]].append((word, weight, tuple(names)))
    return {start: tuple(entries) for start, entries in table.items()}


def rank(text: str, policy: Policy) -> tuple[tuple[str, float], ...]:
    """The categories whose words occur, most likely first, each with a confidence of 0 to 1; empty when none does."""
    words = _words_by_start(tuple((name, category.words) for name, category in policy.categories.items()))
    seen = word_view(text[:_READ])
    scores: defaultdict[str, float] = defaultdict(float)
    starts = {seen[at : at + 2] for at in range(len(seen))} | set(seen)  # words of one character stand under themselves
    for start in starts:
        for word, weight, names in words.get(start, ()):
            at = seen.find(word)
            if at < 0:
                continue
            nearness = 2.0 if at < _OPENING else 1.3 if at < _EARLY else 0.8
            mentions = min(seen.count(word), 4) - 1
            for name in names:
                scores[name] += weight * (nearness + _AGAIN * mentions)
    total = sum(score * score for score in scores.values()) ** 0.5 + _UNSURE
    ranked = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple((name, round(min(score / total, 0.99), 3)) for name, score in ranked)
