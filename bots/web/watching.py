"""A value many look at and one asks for: found anew when woken and every few seconds, and told to all when it changed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bots.house import Wakeup

logger = logging.getLogger(__name__)

Ask = Callable[[str], Awaitable[str | None]]
"""What there is of that name, as one line of text; None for nothing."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found, and the digest of it; `data` is None where there is nothing of that name."""

    id: str
    data: str | None


class Watch:
    """One name, asked for everybody who looks at it."""

    def __init__(self, name: str, ask: Ask, wakeup: Wakeup, every: timedelta, gather: timedelta) -> None:
        self.lookers = 0
        self.ended = False
        self._name, self._ask, self._wakeup, self._every, self._gather = name, ask, wakeup, every, gather
        self._seen: Seen | None = None
        self._news = asyncio.Event()  # set, and replaced, when there is something new to say
        self._stop = asyncio.Event()

    async def after(self, known: str, at_most: timedelta) -> Seen | None:
        """What is there as soon as it is something else than `known`; None when that took too long, or the watch ended."""
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                while not self.ended and (self._seen is None or self._seen.id == known):
                    await self._news.wait()
        except TimeoutError:
            return None
        return None if self.ended else self._seen

    async def run(self) -> None:
        """Ask until ended. It listens before it asks, so that what happens meanwhile is asked for again."""
        while not self.ended:
            woken = asyncio.create_task(self._wakeup.wait(self._stop, self._every))
            await asyncio.sleep(self._gather.total_seconds())  # what comes in a burst is one question
            await self._look()
            await woken

    def end(self) -> None:
        self.ended = True
        self._stop.set()
        self._tell()

    async def _look(self) -> None:
        try:
            data = await self._ask(self._name)
        except Exception:  # those who look keep what they have, and the next turn asks again
            logger.exception("not asked name=%s", self._name)
            return
        id = hashlib.sha256((data or "").encode()).hexdigest()[:20]
        if self._seen is None or id != self._seen.id:
            self._seen = Seen(id, data)
            self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class Watches:
    """The names that somebody looks at just now; a watch ends with its last looker."""

    def __init__(
        self, ask: Ask, wakeup: Wakeup, every: timedelta, gather: timedelta = timedelta(milliseconds=50)
    ) -> None:
        self._ask, self._wakeup, self._every, self._gather = ask, wakeup, every, gather
        self._open: dict[str, Watch] = {}
        self._running: set[asyncio.Task[None]] = set()

    @property
    def lookers(self) -> int:
        return sum(watch.lookers for watch in self._open.values())

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._open)

    @asynccontextmanager
    async def looking(self, name: str) -> AsyncIterator[Watch]:
        watch = self._open.get(name) or self._start(name)
        watch.lookers += 1
        try:
            yield watch
        finally:
            watch.lookers -= 1
            if not watch.lookers and self._open.get(name) is watch:
                del self._open[name]
                watch.end()

    def _start(self, name: str) -> Watch:
        watch = self._open[name] = Watch(name, self._ask, self._wakeup, self._every, self._gather)
        task = asyncio.create_task(watch.run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return watch

    async def close(self) -> None:
        """End every watch, and with it what waits at it; what is being asked is asked to its end."""
        for watch in self._open.values():
            watch.end()
        await asyncio.gather(*self._running)
