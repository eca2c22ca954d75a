"""The parts of a running Huying, handed to whoever needs them. bots/app.py puts them together."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import timedelta

from bots.clock import Clock
from bots.config import Settings
from bots.delivery import Delivery
from bots.drawing import Drawing
from bots.texts import Texts
from core.policy import Policy
from storage.media import MediaStore
from storage.unit_of_work import Database


class Wakeup:
    """Wakes the loops when there is something to do, so that nobody waits for their next turn."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, stop: asyncio.Event, at_most: timedelta) -> None:
        """Until woken, stopped, or so long."""
        waiting = [asyncio.ensure_future(self._event.wait()), asyncio.ensure_future(stop.wait())]
        try:
            await asyncio.wait(waiting, timeout=at_most.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    policy: Policy
    texts: Texts
    db: Database
    media: MediaStore
    drawing: Drawing
    clock: Clock
    wakeup: Wakeup
    delivery: Delivery
