"""Sentences by key: the only place where what the bot says is put into words.

A sentence may have several lines; a line that names a param which is missing or empty is left out. Params are shown by
their names: `*_at` as local time, enum values by the tables under [words], `items` by the sentence `KEY.item`.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.messages import Choice, Json, Reply

_FORMATTER = string.Formatter()


class TextsError(Exception):
    """A file of sentences that cannot be used; says which file, key and why."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one language, with a community's own ones laid over them."""

    say: Mapping[str, str]
    choice: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    menu: Mapping[str, str]
    zone: ZoneInfo

    def render(self, reply: Reply) -> str:
        """The text of a reply, without its choices."""
        return self._fill(self.say[reply.key], reply.key, reply.params)

    def label(self, choice: Choice) -> str:
        """What stands on the button or in the numbered list."""
        return self._fill(self.choice[choice.label], choice.label, choice.params)

    def _fill(self, sentence: str, key: str, params: Mapping[str, Json]) -> str:
        lines = []
        for line in sentence.split("\n"):
            names = [name for _, name, _, _ in _FORMATTER.parse(line) if name]
            shown = {name: self._show(key, name, params.get(name)) for name in names}
            if all(shown[name] for name in names):
                lines.append(line.format_map(shown))
        return "\n".join(lines)

    def _show(self, key: str, name: str, value: Json) -> str:
        if value is None or value == "":
            return ""
        if (name == "at" or name.endswith("_at")) and isinstance(value, str):
            at = datetime.fromisoformat(value).astimezone(self.zone)
            return self.words["format"]["moment"].format(month=at.month, day=at.day, time=f"{at:%H:%M}")
        if name in self.words and isinstance(value, str):
            return self.words[name].get(value, value)
        if isinstance(value, list):
            sentence = self.say.get(f"{key}.item", "{value}")
            items = (item if isinstance(item, dict) else {"value": item} for item in value)
            return "\n".join(self._fill(sentence, key, item) for item in items)
        return str(value)


def numbered(text: str, labels: list[str]) -> str:
    """The text with its choices as a numbered list, for a channel without buttons."""
    return "\n".join([text, *(f"{n} {label}" for n, label in enumerate(labels, 1))])


def load_texts(language: str, zone: str, override: Path | None = None) -> Texts:
    """The sentences of a language ("zh" or "en"); `override` is a community's own file of the same shape, laid over them.

    Raises TextsError: an unknown language, a broken file, or a key that does not exist in ours.
    """
    ours = Path(__file__).with_name(f"{language}.toml")
    if not ours.is_file():
        raise TextsError(f"there are no texts in the language {language!r}")
    data = tomllib.loads(ours.read_text(encoding="utf-8"))
    if override is not None:
        _lay_over(data, override)
    return Texts(data["say"], data["choice"], data["words"], data["menu"], ZoneInfo(zone))


def _lay_over(data: dict[str, dict[str, str]], path: Path) -> None:
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TextsError(f"{path}: {error}") from error
    for table, sentences in own.items():
        if table not in ("say", "choice"):
            raise TextsError(f"{path}: [{table}] cannot be changed, only [say] and [choice]")
        if not isinstance(sentences, dict):
            raise TextsError(f"{path}: [{table}] must be a table of sentences")
        for key, sentence in sentences.items():
            if key not in data[table]:
                raise TextsError(f"{path}: there is no sentence {table}.{key}")
            known, asked = _places(data[table][key]), _places(sentence)
            if known is None or asked is None:
                raise TextsError(f"{path}: {table}.{key} must be text whose braces hold nothing but a name")
            if not asked <= known:
                raise TextsError(f"{path}: {table}.{key} may use {sorted(known)}, not {sorted(asked - known)}")
            data[table][key] = sentence


def _places(sentence: object) -> set[str] | None:
    """The names in a sentence's braces; None when it could never be filled."""
    if not isinstance(sentence, str):
        return None
    try:
        fields = [field for field in _FORMATTER.parse(sentence) if field[1] is not None]
    except ValueError:
        return None
    return (
        {str(name) for _, name, _, _ in fields}
        if all(name and not (spec or how) for _, name, spec, how in fields)
        else None
    )
