"""The words of stories, by language: no sentence stands in Python. The files are templates/words.LANGUAGE.toml.

A community may lay its own words.LANGUAGE.toml over ours: a sentence in it that cannot be used is left out and reported.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates")
LANGUAGES = ("zh", "en")
DEFAULT = LANGUAGES[0]
SENTENCE = 400  # characters of one sentence of a community's own
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_PARTS = ((5, "dawn"), (9, "morning"), (12, "forenoon"), (13, "noon"), (18, "afternoon"), (24, "evening"))
_FORMATTER = string.Formatter()


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something of a community's own could not be used: the file's name, the line (0: the whole file), the reason."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language, by table and key; `folder` is the community's own, `faults` what was wrong there."""

    language: str
    tables: Mapping[str, Mapping[str, str]]
    folder: Path | None = None
    faults: tuple[Fault, ...] = ()

    def say(self, table: str, key: str, /, **params: object) -> str:
        """The sentence with its places filled; what fills them is never read as a sentence itself."""
        return self.tables[table][key].format_map(params)

    def word(self, table: str, key: str) -> str:
        """The word for a stored value; "" for a value this version does not know."""
        return self.tables[table].get(key, "")

    def moment(self, local: datetime) -> str:
        """11 月 23 日 08:12, of a moment already on the community's clock."""
        return self.say("format", "moment", month=local.month, day=local.day, time=f"{local:%H:%M}")

    def day(self, local: datetime) -> str:
        """2026 年 11 月 23 日."""
        return self.say("format", "day", year=local.year, month=local.month, day=local.day)

    def about(self, local: datetime) -> str:
        """The moment as people tell it: 11 月 23 日早上 8 点多."""
        hour = (local.hour - 1) % 12 + 1 if local.hour else 0
        kind = {0: "sharp", 30: "half"}.get(local.minute, "past")
        told = self.say("hour", kind, n=hour)
        return self.say("about", _part(local), month=self.word("month", str(local.month)), day=local.day, hour=told)

    def when(self, local: datetime, since: datetime | None) -> str:
        """The part of the day as told after `since` was: 当天上午, 第二天上午, 11 月 26 日下午; the last without it."""
        days = (local.date() - since.date()).days if since else None
        table = "same" if days == 0 else "next" if days == 1 else "later"
        return self.say(table, _part(local), month=self.word("month", str(local.month)), day=local.day)

    def after(self, length: timedelta) -> str:
        """How much later something happened: 28 分钟后, 2 个多小时后, 3 天后."""
        if length < _MINUTE:
            return self.say("after", "none")
        if length < _HOUR:
            return self._counted("after", "minute", length // _MINUTE)
        unit, name = (_HOUR, "hour") if length < _DAY else (_DAY, "day")
        whole, rest = divmod(length, unit)
        return self._counted("after", f"over_{name}" if rest >= unit / 20 else name, whole)

    def span(self, length: timedelta, table: str = "span") -> str:
        """The length in its two largest units, rounded down: 1 小时 53 分, 2 天 22 小时; in full with table "length"."""
        parts = [(length // _DAY, "day"), (length % _DAY // _HOUR, "hour"), (length % _HOUR // _MINUTE, "minute")]
        while parts and not parts[0][0]:
            parts.pop(0)
        told = [self._counted(table, unit, n) for n, unit in parts[:2] if n]
        return " ".join(told) or self.say(table, "none")

    def within(self, length: timedelta) -> str:
        """The length as a headline says it: 35 分钟, 不到 2 小时, 3 天."""
        if length < _MINUTE:
            return self.say("within", "none")
        if length < _HOUR:
            return self._counted("within", "minute", length // _MINUTE)
        unit, name = (_HOUR, "hour") if length < _DAY else (_DAY, "day")
        whole, rest = divmod(length, unit)
        if rest >= unit / 20:  # a twentieth more than the full unit is not worth a word
            return self.say("within", f"under_{name}s", n=whole + 1)
        return self._counted("within", name, whole)

    def _counted(self, table: str, unit: str, n: int) -> str:
        return self.say(table, unit if n == 1 else f"{unit}s", n=n)


def _part(local: datetime) -> str:
    return next(part for before, part in _PARTS if local.hour < before)


@lru_cache
def ours(language: str) -> Words:
    """Our words of a language, Simplified Chinese for one that is not there."""
    known = language if language in LANGUAGES else DEFAULT
    return Words(known, tomllib.loads((TEMPLATES / f"words.{known}.toml").read_text(encoding="utf-8")))


def words_of(language: str, folder: Path | None = None) -> Words:
    """Our words, and what the community's `folder` lays over them; what is wrong there is in `faults`, and ours stays."""
    base = ours(language)
    path = folder / f"words.{base.language}.toml" if folder else None
    if path is None:
        return base
    try:
        if not path.is_file():
            return Words(base.language, base.tables, folder)
        text = path.read_text(encoding="utf-8")
        own = tomllib.loads(text)
    except (OSError, ValueError) as error:
        fault = Fault(path.name, _line_in(str(error)), base.say("fault", "unreadable", detail=error))
        return Words(base.language, base.tables, folder, (fault,))
    tables = {table: dict(sentences) for table, sentences in base.tables.items()}
    faults = []
    for table, sentences in own.items():
        for key, sentence in sentences.items() if isinstance(sentences, dict) else [("", sentences)]:
            if wrong := _wrong(tables, table, key, sentence, base):
                faults.append(Fault(path.name, _line_of(text, table, key), wrong))
            else:
                tables[table][key] = sentence
    return Words(base.language, tables, folder, tuple(faults))


def _wrong(tables: Mapping[str, Mapping[str, str]], table: str, key: str, sentence: object, base: Words) -> str:
    """What is wrong with a sentence laid over ours, "" for nothing."""
    if table not in tables or table == "fault" or not key:
        return base.say("fault", "table", table=table)
    if key not in tables[table]:
        return base.say("fault", "key", table=table, key=key)
    known, asked = _places(base.tables[table][key]), _places(sentence)
    if asked is None or len(str(sentence)) > SENTENCE:
        return base.say("fault", "sentence", table=table, key=key, most=SENTENCE)
    if known is not None and asked - known:
        strange, allowed = ", ".join(sorted(asked - known)), ", ".join(sorted(known))
        return base.say("fault", "places", table=table, key=key, strange=strange, known=allowed)
    return ""


def _places(sentence: object) -> frozenset[str] | None:
    """The names in a sentence's braces; None when it could never be filled, or is no text."""
    if not isinstance(sentence, str):
        return None
    try:
        fields = [field for field in _FORMATTER.parse(sentence) if field[1] is not None]
    except ValueError:
        return None
    plain = all(name and name.isidentifier() and how is None and spec in ("", "02") for _, name, spec, how in fields)
    return frozenset(str(name) for _, name, _, _ in fields) if plain else None


def _line_in(message: str) -> int:
    found = re.search(r"at line (\d+)", message)
    return int(found[1]) if found else 0


def _line_of(text: str, table: str, key: str) -> int:
    """Where a key stands in a TOML file, as far as its own line begins with it; the table's line, or 0, otherwise."""
    line = head = 0
    inside = False
    for number, written in enumerate(text.splitlines(), 1):
        if opened := re.match(r"\s*\[\s*([^\]]+?)\s*\]", written):
            inside = opened[1].strip("\"'") == table
            head = number if inside else head
        elif inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", written):
            line = number
    return line or head
