"""A TOML file that people write, validated at the door: whatever is wrong is told with its line and the reason."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

KeyPath = tuple[str | int, ...]
"""Where a value stands: ("reward", 2, "price") is the price of the third [[reward]]."""


class TomlError(ValueError):
    """What is wrong in the file, first of all at `line`; printed as `path:line: reason`, and the others below it."""

    def __init__(self, path: Path, line: int, reason: str, others: Sequence[tuple[int, str]] = ()) -> None:
        self.path, self.line, self.reason, self.others = path, line, reason, tuple(others)
        super().__init__("\n".join(f"{path}:{at}: {why}" for at, why in ((line, reason), *self.others)))


class Wrong(Exception):
    """Raised by the rules that look across a file: what is wrong, and where (the path of keys)."""

    def __init__(self, place: KeyPath, reason: str) -> None:
        super().__init__(reason)
        self.place, self.reason = place, reason


class Strict(BaseModel):
    """A table whose keys are all known: an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


YesNo = Annotated[bool, Field(strict=True)]
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^\S(.*\S)?$")]
Code = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""What stands for something in the database and in addresses: lower-case letters, digits and single hyphens."""

M = TypeVar("M", bound=BaseModel)


def read(path: Path, model: type[M], error: type[TomlError] = TomlError) -> tuple[M, TomlLines]:
    """The file's content and the lines of its keys; raises `error` for whatever is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as e:
        raise error(path, 1, e.strerror or str(e)) from e
    except UnicodeDecodeError as e:
        raise error(path, e.object[: e.start].count(b"\n") + 1, "is not UTF-8") from e
    text = text.replace("\r\n", "\n")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        found = re.search(r"\(at line (\d+), column \d+\)$", str(e))
        line = int(found.group(1)) if found else max(1, len(text.splitlines()))
        raise error(path, line, str(e)) from e
    lines = TomlLines(text)
    try:
        return model.model_validate(table), lines
    except ValidationError as e:
        found_wrong = sorted(e.errors(), key=lambda wrong: (wrong["type"] != "extra_forbidden", lines.of(wrong["loc"])))
        # an unknown key comes first: where a name is mistyped, that explains what is missing
        wrongs = [(lines.of(wrong["loc"]), _reason(wrong["loc"], wrong["msg"])) for wrong in found_wrong]
        raise error(path, *wrongs[0], wrongs[1:]) from e


def _reason(place: Sequence[str | int], message: str) -> str:
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    kind = {"Extra inputs are not permitted": "unknown key", "Field required": "is missing"}.get(message, message)
    return f"{name}: {kind}" if name else kind


class TomlLines:
    """The line of every key, table and array item of a TOML text that tomllib has already found well-formed."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._lines: dict[KeyPath, int] = {(): 1}
        self._tables: Counter[KeyPath] = Counter()
        prefix: KeyPath = ()
        while self._skip(" \t\n"):
            if text[self._at] == "[":
                prefix = self._header()
            else:
                self._pair(prefix)

    def of(self, place: Sequence[str | int]) -> int:
        """The line where the value stands, or the innermost table around it when it is missing."""
        path = tuple(place)
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _mark(self, path: KeyPath) -> None:
        self._lines.setdefault(path, self._text.count("\n", 0, self._at) + 1)

    def _skip(self, characters: str) -> bool:
        """Past these characters and comments; whether anything is left."""
        while self._at < len(self._text) and (self._text[self._at] in characters or self._text[self._at] == "#"):
            end = self._text.find("\n", self._at) if self._text[self._at] == "#" else self._at + 1
            self._at = end if end >= 0 else len(self._text)
        return self._at < len(self._text)

    def _header(self) -> KeyPath:
        array = self._text.startswith("[[", self._at)
        start = self._at
        self._at += 2 if array else 1
        names = self._key("]")
        path: KeyPath = ()
        for name in names[:-1] if array else names:
            path = (*path, name)
            path = (*path, self._tables[path] - 1) if path in self._tables else path
        end, self._at = self._at + (2 if array else 1), start
        if array:
            path = (*path, names[-1])
            self._mark(path)
            self._tables[path] += 1
            path = (*path, self._tables[path] - 1)
        self._mark(path)
        self._at = end
        return path

    def _key(self, stop: str) -> tuple[str, ...]:
        """A dotted key, read up to the character that ends it."""
        names = []
        while self._text[self._at] != stop:
            if self._text[self._at] in " \t.":
                self._at += 1
            elif self._text[self._at] in "\"'":
                names.append(self._string()[1:-1])
            else:
                found = re.compile(r"[A-Za-z0-9_-]+").match(self._text, self._at)
                assert found  # tomllib has read this text
                names.append(found.group())
                self._at = found.end()
        return tuple(names)

    def _pair(self, prefix: KeyPath) -> None:
        start = self._at
        path = (*prefix, *self._key("="))
        after, self._at = self._at + 1, start
        for depth in range(len(prefix) + 1, len(path) + 1):
            self._mark(path[:depth])
        self._at = after
        self._skip(" \t")
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        opening = self._text[self._at]
        if opening in "\"'":
            self._string()
        elif opening in "[{":
            self._at += 1
            index = 0
            while self._skip(" \t\n,") and self._text[self._at] not in "]}":
                if opening == "{":
                    self._pair(path)
                else:
                    self._mark((*path, index))
                    self._value((*path, index))
                    index += 1
            self._at += 1
        else:
            found = re.compile(r"[^,\]}#\n]+").match(self._text, self._at)
            assert found  # tomllib has read this text
            self._at = found.end()

    def _string(self) -> str:
        """The string that begins here, quotes and all."""
        start, quote = self._at, self._text[self._at]
        if self._text.startswith(quote * 3, start):
            body = r"(?s)\"{3}(?:\\.|[^\\])*?\"{3,5}" if quote == '"' else r"(?s)'{3}.*?'{3,5}"
        else:
            body = r'"(?:\\.|[^"\\])*"' if quote == '"' else r"'[^']*'"
        found = re.compile(body).match(self._text, start)
        assert found  # tomllib has read this text
        self._at = found.end()
        return found.group()


def first_repeated(values: Sequence[str]) -> int | None:
    """The index of the first value that stood before; None when all differ."""
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            return index
        seen.add(value)
    return None


def check_rules(path: Path, lines: TomlLines, wrongs: Sequence[Wrong], error: type[TomlError] = TomlError) -> None:
    """Raise `error` when the rules that look across the file found anything."""
    told = sorted((lines.of(wrong.place), _reason(wrong.place, wrong.reason)) for wrong in wrongs)
    if told:
        raise error(path, *told[0], told[1:])
