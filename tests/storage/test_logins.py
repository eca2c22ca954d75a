"""The way into the workbench: a link opens once, a session as long as it lasts, and neither can be read in the database."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage.logins import LoginKind, Opened
from storage.unit_of_work import Database, Unit
from tests.storage.builders import MINUTE, MONDAY, Seeded

SECRET = "ABCDEFGHIJKLMNOPQRSTUV"
END = MONDAY + 10 * MINUTE


async def add(db: Database, seeded: Seeded, kind: LoginKind = LoginKind.LINK) -> None:
    await db.run(lambda uow: uow.logins.add(kind, SECRET, seeded.staff.id, MONDAY, END, "/workbench/xiuyue/L3"))


@pytest.mark.parametrize("secret", ["", SECRET[:-1], SECRET.lower(), SECRET + "x", "' OR 1 = 1 --", "\ud800"])
async def test_what_was_never_given_opens_nothing(db: Database, seeded: Seeded, secret: str) -> None:
    await add(db, seeded)
    assert await db.run(lambda uow: uow.logins.use_link(secret, MONDAY)) is None
    assert not await db.read(lambda uow: uow.logins.is_open(secret, MONDAY))


@pytest.mark.parametrize("late", [timedelta(), MINUTE])
async def test_a_link_that_has_ended_opens_nothing(db: Database, seeded: Seeded, late: timedelta) -> None:
    await add(db, seeded)
    assert await db.run(lambda uow: uow.logins.use_link(SECRET, END + late)) is None


async def test_a_link_opens_once_however_many_try_at_once(db: Database, seeded: Seeded) -> None:
    await add(db, seeded)
    assert await db.read(lambda uow: uow.logins.is_open(SECRET, MONDAY))  # looking does not use it up
    opened = await asyncio.gather(*(db.run(lambda uow: uow.logins.use_link(SECRET, MONDAY)) for _ in range(8)))
    assert [one for one in opened if one] == [Opened(seeded.staff.id, "/workbench/xiuyue/L3")]
    assert not await db.read(lambda uow: uow.logins.is_open(SECRET, MONDAY))


async def test_a_link_is_no_session_and_a_session_no_link(db: Database, seeded: Seeded) -> None:
    await add(db, seeded)
    assert await db.read(lambda uow: uow.logins.person_of(SECRET, MONDAY)) is None
    await db.run(lambda uow: uow.logins.add(LoginKind.SESSION, "session", seeded.staff.id, MONDAY, END))
    assert await db.run(lambda uow: uow.logins.use_link("session", MONDAY)) is None


async def test_a_session_lasts_until_it_ends_or_is_left(db: Database, seeded: Seeded) -> None:
    await add(db, seeded, LoginKind.SESSION)
    assert await db.read(lambda uow: uow.logins.person_of(SECRET, END - MINUTE)) == seeded.staff.id
    assert await db.read(lambda uow: uow.logins.person_of(SECRET, END)) is None
    await db.run(lambda uow: uow.logins.end(SECRET, MONDAY))
    assert await db.read(lambda uow: uow.logins.person_of(SECRET, MONDAY)) is None


async def test_the_database_holds_no_secret(db: Database, seeded: Seeded) -> None:
    await add(db, seeded)

    async def everything(uow: Unit) -> str:
        return str([dict(row) for row in await uow.session.all("SELECT * FROM login")])

    assert SECRET not in await db.read(everything)


async def test_what_ended_is_forgotten_by_the_sweep(db: Database, seeded: Seeded) -> None:
    await add(db, seeded)
    assert await db.run(lambda uow: uow.logins.sweep(END)) == 0
    assert await db.run(lambda uow: uow.logins.sweep(END + MINUTE)) == 1
