"""Small units written in one transaction with whatever else comes while the one before them is being written: group commit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from storage.unit_of_work import Database, Unit

logger = logging.getLogger(__name__)

Work = Callable[[Unit], Awaitable[object]]
Waiting = tuple[Work, "asyncio.Future[None]"]


class Together:
    """For units that touch different rows. One that fails is tried once more by itself, so that it takes no other with it."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def run(self, work: Work) -> None:
        """When it returns `work` is committed; raises what `work` raised. A caller that goes away does not take it back."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        await asyncio.shield(done)

    async def _write_all(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting, []
            try:
                await self._write(some)
            except Exception as error:
                logger.info("what was written together is written one by one: %r", error)
                for one in some:
                    await self._alone(one)

    async def _write(self, some: Sequence[Waiting]) -> None:
        async def all_of_them(uow: Unit) -> None:
            for work, _ in some:
                await work(uow)

        await self._db.run(all_of_them)
        for _, done in some:
            if not done.done():
                done.set_result(None)

    async def _alone(self, one: Waiting) -> None:
        try:
            await self._write((one,))
        except Exception as error:
            if not one[1].done():
                one[1].set_exception(error)
