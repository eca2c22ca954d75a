"""Small units share a commit, and one that fails takes no other with it."""

from __future__ import annotations

import asyncio

from core.errors import Conflict
from storage.together import Together
from storage.unit_of_work import Database, Unit


async def mark(uow: Unit, key: str) -> None:
    await uow.session.all("INSERT INTO pace (key, tat_ms) VALUES (?, ?)", key, 0)


async def marks(db: Database) -> list[str]:
    return [row["key"] for row in await db.read(lambda uow: uow.session.all("SELECT key FROM pace ORDER BY key"))]


async def test_what_comes_at_once_is_committed_once_and_then_it_is_written(db: Database) -> None:
    together, before = Together(db), db.statements
    await asyncio.gather(*(together.run(lambda uow, key=f"{n:02}": mark(uow, key)) for n in range(20)))  # type: ignore[misc]
    assert db.statements - before == 20 + 2
    assert await marks(db) == [f"{n:02}" for n in range(20)]


async def test_what_comes_while_another_is_written_waits_for_the_next_commit(db: Database) -> None:
    together, writing, go_on = Together(db), asyncio.Event(), asyncio.Event()

    async def slow(uow: Unit) -> None:
        writing.set()
        await go_on.wait()
        await mark(uow, "slow")

    first = asyncio.create_task(together.run(slow))
    await writing.wait()
    second = asyncio.create_task(together.run(lambda uow: mark(uow, "second")))
    go_on.set()
    await asyncio.gather(first, second)
    assert await marks(db) == ["second", "slow"]


async def test_a_unit_that_fails_raises_to_its_own_caller_and_the_others_are_written(db: Database) -> None:
    together = Together(db)

    async def fails(uow: Unit) -> None:
        await mark(uow, "half")
        raise ZeroDivisionError

    outcomes = await asyncio.gather(
        together.run(lambda uow: mark(uow, "a")),
        together.run(fails),
        together.run(lambda uow: mark(uow, "b")),
        return_exceptions=True,
    )
    assert [type(one) for one in outcomes] == [type(None), ZeroDivisionError, type(None)]
    assert await marks(db) == ["a", "b"]


async def test_who_was_slower_than_somebody_else_once_is_written_at_the_second_try(db: Database) -> None:
    together, tries = Together(db), []

    async def slower(uow: Unit) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise Conflict("deadlock")
        await mark(uow, "a")

    await together.run(slower)
    assert await marks(db) == ["a"]


async def test_a_caller_that_goes_away_takes_nothing_back(db: Database) -> None:
    together, writing, go_on = Together(db), asyncio.Event(), asyncio.Event()

    async def slow(uow: Unit) -> None:
        writing.set()
        await go_on.wait()
        await mark(uow, "slow")

    gone = asyncio.create_task(together.run(slow))
    await writing.wait()
    gone.cancel()
    waits = asyncio.create_task(together.run(lambda uow: mark(uow, "after")))
    go_on.set()
    await waits
    assert gone.cancelled()
    assert await marks(db) == ["after", "slow"]
