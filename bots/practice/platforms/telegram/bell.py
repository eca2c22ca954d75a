"""Waiting for a change without asking again and again."""

from __future__ import annotations

import asyncio


class Bell:
    """`ring()` wakes everybody who waits now."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def heard(self, seconds: float | None = None) -> bool:
        """Whether it rang within that time of the event loop; None waits for ever."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        return True
