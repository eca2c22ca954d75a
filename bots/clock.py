"""Where now comes from."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where now comes from: aware UTC."""

    def now(self) -> datetime: ...

    async def set(self, to: datetime) -> None:
        """Move a practice clock forward; a real one cannot."""
        ...

    async def wait_until(self, at: datetime) -> None:
        """Come back at that moment, a few seconds ahead at most; at once when it has passed."""
        ...


class RealClock:
    """The time it is."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def set(self, to: datetime) -> None:
        raise RuntimeError("the real time cannot be moved")

    async def wait_until(self, at: datetime) -> None:
        await asyncio.sleep(max(0.0, (at - self.now()).total_seconds()))
