"""What a corpus of invented sentences gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message in a neighbourhood chat or an office; `secrets` may not survive in `text`, `keeps` must."""

    kind: str
    text: str
    secrets: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
