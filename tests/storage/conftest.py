"""A fresh, migrated database for every test, on SQLite and on PostgreSQL; both are real."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest

from storage import connections
from storage.outbox import When
from storage.unit_of_work import Database, at_once
from tests.postgres import Server
from tests.storage.builders import Clock, Seeded, seed

ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
ON_SQLITE = pytest.mark.parametrize("engine", ENGINES[:1], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("engine", ENGINES[1:], indirect=True)


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
