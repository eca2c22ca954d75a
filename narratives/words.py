"""The words of stories, by language: no sentence stands in Python. The files are templates/words.LANGUAGE.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates")
LANGUAGES = ("zh", "en")
DEFAULT = LANGUAGES[0]
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language, by table and key."""

    language: str
    tables: Mapping[str, Mapping[str, str]]

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

    def span(self, length: timedelta) -> str:
        """The length in its two largest units, rounded down: 1 小时 53 分, 2 天 22 小时."""
        parts = [(length // _DAY, "day"), (length % _DAY // _HOUR, "hour"), (length % _HOUR // _MINUTE, "minute")]
        while parts and not parts[0][0]:
            parts.pop(0)
        told = [self._counted("span", unit, n) for n, unit in parts[:2] if n]
        return " ".join(told) or self.say("span", "none")

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


@lru_cache
def words_of(language: str) -> Words:
    """The words of a language, Simplified Chinese for one that is not there."""
    known = language if language in LANGUAGES else DEFAULT
    return Words(known, tomllib.loads((TEMPLATES / f"words.{known}.toml").read_text(encoding="utf-8")))
