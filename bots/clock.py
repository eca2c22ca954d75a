"""Where now comes from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where now comes from: aware UTC."""

    def now(self) -> datetime: ...

    async def set(self, to: datetime) -> None:
        """Move a practice clock forward; a real one cannot."""
        ...


class RealClock:
    """The time it is."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def set(self, to: datetime) -> None:
        raise RuntimeError("the real time cannot be moved")
