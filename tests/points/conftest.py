"""A database of its own for every test: real, on SQLite, with the town in it."""

from __future__ import annotations

import pytest

from storage.unit_of_work import Database
from tests.points.builders import Town, settle_in


@pytest.fixture
async def town(db: Database) -> Town:
    return await db.run(settle_in)
