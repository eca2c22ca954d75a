"""A database of its own for every test: real, on SQLite, with the town in it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.unit_of_work import Database
from tests.points.builders import MONDAY, Town, settle_in


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy."""
    folder = tmp_path_factory.mktemp("migrated")

    async def make() -> None:
        db = await Database.open(f"sqlite://{folder}/huying.db")
        await db.close()

    asyncio.run(make())
    return folder / "huying.db"


@pytest.fixture
async def db(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copy(migrated, tmp_path / "huying.db")
    opened = await Database.open(f"sqlite://{tmp_path}/huying.db", clock=lambda: MONDAY)
    yield opened
    await opened.close()


@pytest.fixture
async def town(db: Database) -> Town:
    return await db.run(settle_in)
