"""One transaction as the use cases see it, and the database it runs in.

    db = await Database.open(url, clock=…, when=…)    sqlite:///folder/huying.db or postgres://…; migrates, with the guard
    value = await db.run(work)     async def work(uow: Unit) -> T, in one transaction: it returns and all is written, or it
                                   raises and nothing is. Conflict: somebody was faster, run it again.
    value = await db.read(look)    the same Unit outside a transaction, for questions only
    db.statements                  how many statements were run since it was opened, BEGIN and COMMIT included
    await db.close()

    await uow.attempt(work)        a part of the unit that may be refused without the rest
    uow.now                        the clock's time when the unit began
    uow.inbox                      receive(incoming, digest) -> Received(id, new, same_body): the first statement of a unit
                                   that a message causes; what the unit says afterwards carries the id
    uow.people                     core.ports.People; arriving(channel, account, sender, chat, loose_since)
                                   -> Arriving(person, chat, …): the second; in_role, identities
    uow.chats                      core.ports.Chats; get, find, bound_part, switch, move
    uow.events, reports, photos    core.ports
    uow.facts                      core.ports.Facts; claim(now, limit, lease) -> facts; settle(id, now), release(id, retry_at)
    uow.outgoing                   core.ports.Outbox; claim(now, limit, lease) -> (Queued, …); settle(id, state, receipt=,
                                   error=, not_before=); put_back(row, until); expire(now); release(person);
                                   call_back(prefix); rows_of_inbox(id); get(id); by_receipt(…); next_due(now)
    uow.when(urgency, moment)      from when on something may leave
    uow.addresses, uow.pace        where an outgoing goes, and how fast the platform lets us
    uow.publications               narratives.ports.Publications; by_token, latest
    uow.logins                     storage/logins.py: one-time links and codes, and the sessions they open
    uow.ledger, uow.shelf          points.ports
    uow.registry                   storage/registry.py: people, identities, chats and rewards are put in by it
    uow.session                    for the functions of storage/queries.py and storage/audit.py

Close what was opened: SQLite's thread keeps the process alive until then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from tortoise.context import TortoiseContext

from core.errors import Refused
from core.messages import Urgency
from storage import connections, guard
from storage.addresses import Addresses
from storage.events import Events, Photos, Reports
from storage.facts import Facts
from storage.inbox import Inbox
from storage.ledger import Ledger, Shelf
from storage.lock import FolderLock
from storage.logins import Logins
from storage.outbox import Outbox, When
from storage.pace import Pace
from storage.people import Chats, People
from storage.publications import Publications
from storage.registry import Registry
from storage.sql import PostgresSession, Session, SqliteSession, Tally, conflicts

logger = logging.getLogger(__name__)
T = TypeVar("T")


def at_once(urgency: Urgency, now: datetime) -> datetime:
    """The default of `when`: everything may leave at any hour."""
    return now


class Unit:
    """core.ports.UnitOfWork, points.ports.PointsWork and narratives.ports.PublishingWork over one connection."""

    def __init__(self, session: Session, now: datetime, when: When) -> None:
        self.session = session
        self.now = now
        self.when = when
        self.inbox = Inbox(session, now)
        self.people = People(session)
        self.chats = Chats(session)
        self.events = Events(session)
        self.reports = Reports(session)
        self.facts = Facts(session)
        self.photos = Photos(session)
        self.outgoing = Outbox(session, self.inbox, now, when)
        self.publications = Publications(session)
        self.ledger = Ledger(session)
        self.shelf = Shelf(session)
        self.logins = Logins(session)
        self.addresses = Addresses(session)
        self.pace = Pace(session)
        self.registry = Registry(session)

    async def attempt(self, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` gives; a Refused takes back what it wrote, and nothing that the unit wrote before."""
        await self.outgoing.flush()
        await self.session.all("SAVEPOINT attempt")
        try:
            value = await work()
            await self.outgoing.flush()
        except Refused:
            self.outgoing = Outbox(self.session, self.inbox, self.now, self.when)  # with nothing to be said yet
            await self.session.all("ROLLBACK TO SAVEPOINT attempt")
            raise
        await self.session.all("RELEASE SAVEPOINT attempt")
        return value


class Database:
    """An open database. Build it with `open`."""

    def __init__(
        self, context: TortoiseContext, lock: FolderLock | None, clock: Callable[[], datetime], when: When
    ) -> None:
        self._context = context
        self._lock = lock
        self._clock = clock
        self._when = when
        self._tally = Tally()
        self._writer = context.connections.get("default")
        # SQLite: a connection of its own, so that a page never waits for a unit that waits for the disk.
        self._reader = context.connections.get("reader") if self.dialect == "sqlite" else self._writer
        self._units: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        when: When = at_once,
        migrate: bool = True,
        alone: bool = True,
    ) -> Database:
        """Opens the database, brings it up to date first, and on SQLite keeps every other process out of its folder.

        `alone=False` is for looking only, beside the process that holds the folder. Raises lock.Held when another process
        holds it, guard.Lossy when a migration would lose something.
        """
        path = connections.sqlite_path(url)
        lock = FolderLock.take(path.parent) if path and alone else None
        try:
            if migrate:
                await guard.migrate(url, path.parent if path else Path(), held=lock)
            context = TortoiseContext()
            with context:
                await context.init(config=connections.config(url))
            return cls(context, lock, clock, when)
        except BaseException:
            if lock:
                lock.release()
            raise

    async def close(self) -> None:
        """Waits for the units under way, then closes the connections and gives the folder back."""
        while self._units:
            await asyncio.wait(self._units)
        await self._context.close_connections()
        if self._lock:
            self._lock.release()

    @property
    def dialect(self) -> str:
        return str(self._writer.capabilities.dialect)

    @property
    def statements(self) -> int:
        return self._tally.statements

    async def run(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Runs `work` in one transaction; whatever it raises rolls everything back.

        A caller that is cancelled waits until the unit is through, and never leaves it half way: on SQLite a transaction
        abandoned while it opens keeps the only connection for ever.
        """
        unit = asyncio.ensure_future(self._transact(work))
        self._units.add(unit)
        unit.add_done_callback(self._units.discard)
        try:
            return await asyncio.shield(unit)
        except asyncio.CancelledError:
            while not unit.done():
                try:
                    await asyncio.wait({unit})
                except asyncio.CancelledError:
                    continue
            if not unit.cancelled() and unit.exception():
                logger.warning("a unit failed whose caller was gone: %r", unit.exception())
            raise

    async def read(self, look: Callable[[Unit], Awaitable[T]]) -> T:
        """Runs `look` without a transaction. On SQLite it cannot write."""
        async with self._session(self._reader) as session:
            with conflicts():
                return await look(Unit(session, self._clock(), self._when))

    async def _transact(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        async with self._session(self._writer) as session:
            with conflicts():
                try:
                    await session.begin()
                    unit = Unit(session, self._clock(), self._when)
                    value = await work(unit)
                    await unit.outgoing.flush()
                    await session.commit()
                except BaseException:
                    await session.rollback()
                    raise
                return value

    @asynccontextmanager
    async def _session(self, client: Any) -> AsyncIterator[SqliteSession | PostgresSession]:
        connection: AbstractAsyncContextManager[Any] = client.acquire_connection()
        async with connection as driver:
            if self.dialect == "sqlite":
                yield SqliteSession(driver, self._tally)
            else:
                yield PostgresSession(driver, self._tally)
