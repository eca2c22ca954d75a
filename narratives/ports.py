"""What the log use cases need beyond core.ports.UnitOfWork."""

from __future__ import annotations

from typing import Protocol

from core.ports import UnitOfWork
from narratives.logs import HandlingLog


class Logs(Protocol):
    async def next_serial(self, community: str) -> int: ...
    async def add(self, log: HandlingLog) -> HandlingLog:
        """Insert; returns it with its id."""
        ...

    async def get(self, log: int) -> HandlingLog: ...
    async def by_serial(self, community: str, serial: int) -> HandlingLog | None: ...
    async def of_event(self, event: int) -> HandlingLog | None:
        """The newest log of the event."""
        ...

    async def waiting(self, community: str, limit: int = 20) -> tuple[HandlingLog, ...]:
        """Drawn and waiting for approval, oldest first."""
        ...

    async def save(self, log: HandlingLog) -> HandlingLog:
        """Write it where the version still matches; raises Conflict."""
        ...


class LogWork(UnitOfWork, Protocol):
    """A unit of work that reaches the handling logs."""

    @property
    def logs(self) -> Logs: ...
