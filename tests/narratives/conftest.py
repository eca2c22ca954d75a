from __future__ import annotations

import pytest

from narratives.publications import Publication
from storage.unit_of_work import Database, Unit
from tests.narratives.town import Town, draft, draw, settle_in


@pytest.fixture
async def town(db: Database) -> Town:
    return await db.run(settle_in)


@pytest.fixture
async def waiting(db: Database, town: Town) -> Publication:
    """L1, drawn and shown to staff."""

    async def work(uow: Unit) -> Publication:
        return await draw(uow, await draft(uow, town.event))

    return await db.run(work)
