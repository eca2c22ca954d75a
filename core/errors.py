"""The errors a person can be told about; anything else is a bug."""

from __future__ import annotations

from collections.abc import Mapping

from core.messages import Choice, Json


class DomainError(Exception):
    """The root of every error raised on purpose by core, points, narratives and storage."""


class Refused(DomainError):
    """A kind "no": the key of the sentence that says what is wrong and what to type instead, with its params.

    Whatever the unit of work had written before is rolled back; at a chat door it becomes a reply, at an HTTP door a 4xx.
    """

    def __init__(self, key: str, choices: tuple[Choice, ...] = (), /, **params: Json) -> None:
        super().__init__(key)
        self.key = key
        self.params: Mapping[str, Json] = params
        self.choices = choices


class Conflict(DomainError):
    """Somebody else changed the same row in between: nothing was written, the unit may be tried again."""
