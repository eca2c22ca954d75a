"""What every test of a running Huying shares: a fixed Monday, a folder of its own, loopback only."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bots.app import Huying, open_huying
from bots.config import Settings
from bots.web.server import serving
from storage import connections, guard
from storage.unit_of_work import Database
from tests.postgres import Server
from tests.postgres import server as server

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 in the community


@dataclass(frozen=True)
class Served:
    """A Huying with its practice room on a loopback port."""

    huying: Huying
    url: str
    client: ClientSession


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "huying.db"
    asyncio.run(guard.migrate(connections.sqlite_url(path), path.parent))
    return path


@pytest.fixture
async def db(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A database of its own, on SQLite, in which it is always the same Monday."""
    shutil.copy(migrated, tmp_path / "huying.db")
    opened = await Database.open(connections.sqlite_url(tmp_path / "huying.db"), clock=lambda: MONDAY)
    yield opened
    await opened.close()


@asynccontextmanager
async def serve(data: Path, database: str = "") -> AsyncIterator[Served]:
    settings = Settings(data=data, database=database, practice=True, port=0)
    async with (
        open_huying(settings, start=MONDAY) as huying,
        serving(huying) as url,
        ClientSession() as client,
    ):
        yield Served(huying, url, client)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with serve(tmp_path / "data") as running:
        yield running


@pytest.fixture
async def served_on_postgres(tmp_path: Path, server: Server) -> AsyncIterator[Served]:
    async with serve(tmp_path / "data", await asyncio.to_thread(server.create)) as running:
        yield running


Opens = Callable[[], Awaitable[Huying]]


@pytest.fixture
async def opens(tmp_path: Path) -> AsyncIterator[Opens]:
    """Opens a Huying on the test's folder, without loops: the test settles by hand. Opened again, it is the same data."""
    async with AsyncExitStack() as stack:

        async def opened() -> Huying:
            settings = Settings(data=tmp_path / "data", practice=True, port=0)
            return await stack.enter_async_context(open_huying(settings, start=MONDAY, loops=False))

        yield opened
