"""A migration either keeps every row and index or it never happened."""

from __future__ import annotations

import asyncio
import importlib
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from storage import connections, guard
from storage.lock import FolderLock, Held
from tests.storage.builders import ask
from tests.storage.conftest import ON_POSTGRES, ON_SQLITE

ROWS = 50

MODELS = """
from tortoise import fields
from tortoise.models import Model

class Community(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=100)

class Event(Model):
    id = fields.BigIntField(primary_key=True)
    title = fields.CharField(max_length=100, db_index=True)
    community = fields.ForeignKeyField("storage.Community")
"""
FIRST = """
from tortoise import fields, migrations
from tortoise.fields import OnDelete
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    initial = True
    operations = [
        ops.CreateModel(name="Community", options={"table": "community"}, fields=[
            ("id", fields.BigIntField(primary_key=True)),
            ("name", fields.CharField(max_length=100)),
        ]),
        ops.CreateModel(name="Event", options={"table": "event"}, fields=[
            ("id", fields.BigIntField(primary_key=True)),
            ("title", fields.CharField(max_length=100, db_index=True)),
            ("community", fields.ForeignKeyField(
                "storage.Community", source_field="community_id", to_field="id", on_delete=OnDelete.CASCADE)),
        ]),
    ]
"""
SECOND = """
from tortoise import fields, migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [("storage", "0001_first")]
    {extra}
    operations = [{operations}]
"""
NAME_UNIQUE = 'ops.AlterField(model_name="Community", name="name", field=fields.CharField(max_length=100, unique=True))'
TITLE_WIDER = 'ops.AlterField(model_name="Event", name="title", field=fields.CharField(max_length=150, db_index=True))'
INDEX_AGAIN = """ops.RunSQL('CREATE INDEX "ix_title" ON "event" ("title")')"""
KEYS_ON = "ops.RunSQL('PRAGMA foreign_keys = ON')"
DELETE = "ops.RunSQL('DELETE FROM event WHERE id > 40')"
DROP_INDEX = "ops.RunSQL('DROP INDEX {index}')"
DROP_TABLE = "ops.RunSQL('DROP TABLE event')"
BROKEN = "ops.RunSQL('INSERT INTO nowhere VALUES (1)')"
ORPHAN = "ops.RunSQL('UPDATE event SET community_id = 99')"
HARMLESS = """ops.RunSQL('CREATE TABLE "added" (id INT); CREATE INDEX "ix_new" ON "event" ("community_id")')"""

Writes = Callable[..., str]


@pytest.fixture
def writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writes]:
    """Writes a package with the two models, their first migration and a second one of these operations."""
    name = f"guarded_{tmp_path.name}".replace("-", "_")
    package = tmp_path / name
    (package / "steps").mkdir(parents=True)
    for path, text in (("__init__", ""), ("models", MODELS), ("steps/__init__", ""), ("steps/0001_first", FIRST)):
        (package / f"{path}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)

    def second(*operations: str, extra: str = "") -> str:
        text = SECOND.format(operations=", ".join(operations), extra=extra)
        (package / "steps" / "0002_second.py").write_text(text)
        forget()
        return name

    def forget() -> None:
        importlib.invalidate_caches()
        for module in [module for module in sys.modules if module.partition(".")[0] == name]:
            del sys.modules[module]

    yield second
    forget()


async def apply(url: str, package: str, target: str = "__latest__") -> guard.MigrationReport:
    folder = (connections.sqlite_path(url) or Path()).parent
    return await guard.migrate(url, folder, migrations=f"{package}.steps", models=f"{package}.models", target=target)


async def populate(url: str, package: str) -> None:
    await apply(url, package, "0001_first")
    await ask(url, "INSERT INTO community (id, name) VALUES (1, '秀月')")
    for number in range(1, ROWS + 1):
        await ask(url, f"INSERT INTO event (id, title, community_id) VALUES ({number}, 'e{number}', 1)")


async def count(url: str, table: str = "event") -> object:
    return (await ask(url, f"SELECT count(*) AS rows FROM {table}"))[0]["rows"]


async def unguarded(url: str, package: str) -> None:
    config = connections.config(url, f"{package}.steps", f"{package}.models")
    context = TortoiseContext()
    with context:
        await context.init(config=config)
        try:
            executor = MigrationExecutor(context.db("default"), config["apps"])
            await executor.migrate([MigrationTarget(connections.APP, "__latest__")])
        finally:
            await context.close_connections()


def indexes(url: str) -> frozenset[str]:
    path = connections.sqlite_path(url)
    assert path is not None
    return guard._sqlite_inventory(path).indexes


@ON_SQLITE
async def test_tortoise_alone_empties_the_table_that_references_an_altered_one(empty_url: str, writes: Writes) -> None:
    package = writes(NAME_UNIQUE)
    await populate(empty_url, package)
    await unguarded(empty_url, package)
    assert await count(empty_url) == 0  # the day this fails, storage/guard.py has less to do


@ON_SQLITE
async def test_the_guard_keeps_the_rows_that_reference_an_altered_table(empty_url: str, writes: Writes) -> None:
    package = writes(NAME_UNIQUE)
    await populate(empty_url, package)
    report = await apply(empty_url, package)
    assert report.applied == ("0002_second",)
    assert report.before == report.after == {"community": 1, "event": ROWS}
    assert await count(empty_url) == ROWS


@ON_SQLITE
async def test_a_migration_that_cascades_all_the_same_is_undone(empty_url: str, writes: Writes) -> None:
    package = writes(KEYS_ON, NAME_UNIQUE, extra="atomic = False")
    await populate(empty_url, package)
    with pytest.raises(guard.Lossy, match="event had 50 rows, now 0"):
        await apply(empty_url, package)
    assert await count(empty_url) == ROWS
    with pytest.raises(guard.Lossy):  # it still counts as pending
        await apply(empty_url, package)


@ON_SQLITE
async def test_a_migration_that_loses_an_index_is_undone(empty_url: str, writes: Writes) -> None:
    package = writes(TITLE_WIDER)
    await populate(empty_url, package)
    with pytest.raises(guard.Lossy, match=r"the index event\(title\) is gone"):
        await apply(empty_url, package)
    assert "event(title)" in indexes(empty_url)
    assert await count(empty_url) == ROWS


@ON_SQLITE
async def test_a_migration_that_puts_the_index_back_is_let_through(empty_url: str, writes: Writes) -> None:
    package = writes(TITLE_WIDER, INDEX_AGAIN)
    await populate(empty_url, package)
    assert (await apply(empty_url, package)).applied == ("0002_second",)
    assert "event(title)" in indexes(empty_url)


@pytest.mark.parametrize(
    ("operation", "problem"),
    [(DELETE, "event had 50 rows, now 40"), (DROP_TABLE, "event is gone with 50 rows")],
)
async def test_a_migration_that_deletes_is_undone(empty_url: str, writes: Writes, operation: str, problem: str) -> None:
    package = writes(operation)
    await populate(empty_url, package)
    with pytest.raises(guard.Lossy) as lossy:
        await apply(empty_url, package)
    assert problem in lossy.value.problems
    assert await count(empty_url) == ROWS


async def test_a_migration_that_fails_in_the_middle_leaves_nothing_behind(empty_url: str, writes: Writes) -> None:
    package = writes(HARMLESS.partition(";")[0] + "')", BROKEN)
    await populate(empty_url, package)
    with pytest.raises(Exception, match="nowhere"):
        await apply(empty_url, package)
    assert await count(empty_url) == ROWS
    with pytest.raises(Exception, match="added"):
        await count(empty_url, "added")


@ON_SQLITE
async def test_a_migration_that_leaves_references_to_nothing_is_undone(empty_url: str, writes: Writes) -> None:
    package = writes(ORPHAN)
    await populate(empty_url, package)
    with pytest.raises(guard.Lossy, match="points to nothing in community"):
        await apply(empty_url, package)
    assert await ask(empty_url, "SELECT DISTINCT community_id FROM event") == [{"community_id": 1}]


async def test_a_migration_that_says_what_it_drops_may_drop_it(empty_url: str, writes: Writes) -> None:
    package = writes(DROP_TABLE, extra='drops = ("event",)')
    await populate(empty_url, package)
    assert (await apply(empty_url, package)).after == {"community": 1}


@ON_POSTGRES
async def test_a_migration_that_drops_an_index_is_undone_on_postgresql_too(empty_url: str, writes: Writes) -> None:
    package = writes("")
    await populate(empty_url, package)
    named = await ask(empty_url, "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%(title)%'")
    package = writes(DROP_INDEX.format(index=named[0]["indexname"]))
    with pytest.raises(guard.Lossy, match=r"the index event\(title\) is gone"):
        await apply(empty_url, package)
    assert len(await ask(empty_url, "SELECT 1 FROM pg_indexes WHERE indexdef LIKE '%(title)%'")) == 1


async def test_new_tables_and_indexes_are_no_loss_and_the_second_time_there_is_nothing_to_do(
    empty_url: str, writes: Writes
) -> None:
    package = writes(HARMLESS)
    await populate(empty_url, package)
    assert (await apply(empty_url, package)).after == {"community": 1, "event": ROWS, "added": 0}
    assert await apply(empty_url, package) == guard.MigrationReport()


@ON_SQLITE
async def test_after_a_kill_in_the_middle_the_copy_is_put_back_first(empty_url: str, writes: Writes) -> None:
    package = writes(NAME_UNIQUE)
    await populate(empty_url, package)
    path = connections.sqlite_path(empty_url)
    assert path is not None
    guard._copy(path, path.with_name("huying.db.migrating"))
    await ask(empty_url, "DELETE FROM event")  # as far as the killed one came
    assert (await apply(empty_url, package)).after == {"community": 1, "event": ROWS}
    assert not path.with_name("huying.db.migrating").exists()


@ON_SQLITE
async def test_a_copy_that_was_never_finished_is_not_trusted(empty_url: str, writes: Writes) -> None:
    package = writes(NAME_UNIQUE)
    await populate(empty_url, package)
    path = connections.sqlite_path(empty_url)
    assert path is not None
    path.with_name("huying.db.copying").write_bytes(b"half a copy")
    assert (await apply(empty_url, package)).after == {"community": 1, "event": ROWS}


@ON_SQLITE
async def test_nobody_migrates_a_folder_somebody_holds(empty_url: str, writes: Writes) -> None:
    package = writes(NAME_UNIQUE)
    path = connections.sqlite_path(empty_url)
    assert path is not None
    lock = FolderLock.take(path.parent)
    try:
        with pytest.raises(Held):
            await apply(empty_url, package)
    finally:
        lock.release()
    await apply(empty_url, package)


@ON_POSTGRES
async def test_of_four_who_migrate_at_once_one_does_it_and_the_others_find_it_done(empty_url: str) -> None:
    reports = await asyncio.gather(*(guard.migrate(empty_url, Path()) for _ in range(4)))
    assert sorted(bool(report.applied) for report in reports) == [False, False, False, True]


def test_a_stricter_index_in_place_of_a_plain_one_is_no_loss() -> None:
    plain, strict = guard.Inventory({"t": 1}, frozenset({"t(a)"})), guard.Inventory({"t": 1}, frozenset({"!t(a)"}))
    assert guard.losses(plain, strict) == ()
    assert guard.losses(strict, plain) == ("the unique index t(a) is gone",)
    assert guard.losses(strict, plain, frozenset({"t(a)"})) == ()


@ON_SQLITE
async def test_a_database_whose_first_migration_failed_can_be_tried_again(empty_url: str, writes: Writes) -> None:
    package = writes(BROKEN)
    with pytest.raises(Exception, match="nowhere"):
        await apply(empty_url, package)
    package = writes(HARMLESS)
    assert (await apply(empty_url, package)).applied == ("0001_first", "0002_second")
    path = connections.sqlite_path(empty_url)
    assert path is not None
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
