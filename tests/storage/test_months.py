"""A month in figures: what counts, and what must not be counted or named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.events import Status
from core.people import Role
from narratives.sheets import MonthFigures
from storage import months
from storage.unit_of_work import Database, Unit
from tests.storage.builders import COMMUNITY, Seeded, add_event

START, END = datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)  # November in the community
DAY = timedelta(days=1)
PUBLIC = ("市政设施", "环境卫生")


async def closed(uow: Unit, seeded: Seeded, at: datetime = START + DAY, **changes: object) -> None:
    given: dict[str, object] = {"status": Status.CLOSED, "created_at": at - DAY, "handled_at": at, "closed_at": at}
    await add_event(uow, seeded, **{**given, "deadline": at, **changes})


async def test_a_month_without_anything_is_all_zeros(db: Database, seeded: Seeded) -> None:
    empty = MonthFigures(0, None, None, {})
    assert await db.read(lambda uow: months.figures(uow, COMMUNITY, START, END, PUBLIC)) == empty
    assert await db.read(lambda uow: months.most_active(uow, COMMUNITY, START, END, PUBLIC)) == ()


async def test_what_ended_in_the_month_is_counted_and_what_ended_beside_it_is_not(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> None:
        await closed(uow, seeded, START, stars=5)  # its first moment is in it
        await closed(uow, seeded, END)  # the next one's is not
        await closed(uow, seeded, START - timedelta(seconds=1))
        await closed(uow, seeded, START + DAY, stars=2, category="环境卫生", deadline=START)  # late
        await closed(uow, seeded, START + DAY, category="邻里纠纷", reporter=seeded.neighbour.id)
        await add_event(uow, seeded, created_at=START + DAY)
        await add_event(uow, seeded, created_at=START + DAY, status=Status.WITHDRAWN)

    await db.run(put)
    found = await db.read(lambda uow: months.figures(uow, COMMUNITY, START, END, PUBLIC))
    assert (found.closed, found.on_time, found.satisfaction) == (3, 2 / 3, 3.5)
    assert found.categories == {"市政设施": 1, "环境卫生": 1}  # what is not public is counted and not named
    closings = await db.read(lambda uow: months.closings(uow, COMMUNITY, START, END))
    assert closings == (START, START + DAY, START + DAY)
    assert (await db.read(lambda uow: months.figures(uow, "fenglin", START, END, PUBLIC))).closed == 0


async def test_only_residents_are_honoured_and_only_for_what_may_be_told(db: Database, seeded: Seeded) -> None:
    async def put(uow: Unit) -> None:
        for _ in range(2):
            await closed(uow, seeded, reporter=seeded.neighbour.id)
        await closed(uow, seeded, adopted=True)
        await closed(uow, seeded, private=True)
        await closed(uow, seeded, category="邻里纠纷")
        await closed(uow, seeded, reporter=seeded.worker.id)

    await db.run(put)
    found = await db.read(lambda uow: months.most_active(uow, COMMUNITY, START, END, PUBLIC))
    assert [(one.person, one.handled, one.adopted) for one in found] == [
        (seeded.neighbour.id, 2, 0),
        (seeded.resident.id, 1, 1),
    ]
    assert {one.role for one in found} == {Role.RESIDENT}
