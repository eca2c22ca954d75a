"""What the use cases of publishing need beyond core.ports.UnitOfWork."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.ports import UnitOfWork
from narratives.publications import Publication, PublicationKind


class Publications(Protocol):
    async def next_serial(self, community: str) -> int: ...
    async def add(self, publication: Publication) -> Publication:
        """Insert; returns it with its id."""
        ...

    async def get(self, publication: int) -> Publication: ...
    async def by_serial(self, community: str, serial: int) -> Publication | None: ...
    async def of_event(self, event: int) -> Publication | None:
        """The newest log of the event."""
        ...

    async def of_month(self, community: str, kind: PublicationKind, month: str) -> Publication | None:
        """The newest poster of that kind and month."""
        ...

    async def waiting(self, community: str, limit: int = 20) -> tuple[Publication, ...]:
        """Drawn and waiting for approval, oldest first."""
        ...

    async def to_remind(self, now: datetime, limit: int = 50) -> tuple[Publication, ...]:
        """Waiting for approval longer than staff should let it wait, oldest first."""
        ...

    async def save(self, publication: Publication) -> Publication:
        """Write it where the version still matches; raises Conflict."""
        ...

    async def keep_for_digest(self, publication: int, chats: Sequence[int]) -> None:
        """It joins the next digest of each of these groups; one it was in already stays as it is."""
        ...

    async def leave_digests(self, publication: int) -> int:
        """It joins no digest that has not been posted yet; returns how many it leaves."""
        ...

    async def digests_of(self, publication: int) -> tuple[tuple[int, str], ...]:
        """The digests it is in: the chat and the day YYYY-MM-DD of each."""
        ...

    async def reopen_digest(self, chat: int, day: str) -> None:
        """That digest was not sent: what was in it waits for one again."""
        ...


class PublishingWork(UnitOfWork, Protocol):
    """A unit of work that reaches what is published."""

    @property
    def publications(self) -> Publications: ...
