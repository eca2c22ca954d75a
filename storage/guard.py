"""Migrations behind a guard, because Tortoise's own can lose rows and indexes on SQLite without a word.

Its SQLite editor rebuilds an altered table (CREATE, copy, DROP, RENAME): the DROP deletes what references the table, by
cascade, and the new table gets no indexes. So the rows of every table and the columns of every index are counted before and
after; what is missing undoes everything. A migration that means to drop something names it in its class:

    drops = ("old_table", "event(title)")     a table with its rows, an index by its table and columns

SQLite: the file is copied first and put back on any difference, error or kill. PostgreSQL: one transaction, writers held off.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor
from tortoise.transactions import in_transaction

from core.errors import DomainError
from storage import connections
from storage.lock import FolderLock

logger = logging.getLogger(__name__)

_RECORDS = "tortoise_migrations"
_LOCK_KEY = 0x4855_5949  # any number, as long as nothing else in the database locks it
_POSTGRES_INDEXES = """
    SELECT t.relname AS tab, i.indisunique AS uniq,
           (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true), ',' ORDER BY n)
              FROM generate_series(1, i.indnkeyatts) AS n) AS cols
      FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace
     WHERE s.nspname = current_schema()
"""


class Lossy(DomainError):
    """A migration lost something and was undone; `problems` says what, a line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """What was applied, in order, and the rows of each table before and after (both empty when nothing was pending)."""

    applied: tuple[str, ...] = ()
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inventory:
    """Rows by table; indexes as `table(columns)`, a unique one with an exclamation mark before it; broken references."""

    rows: Mapping[str, int]
    indexes: frozenset[str]
    broken: tuple[str, ...] = ()


def losses(before: Inventory, after: Inventory, drops: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """What is there before and not after. New tables, indexes and a stricter index in place of a plain one are no loss."""
    problems = []
    for table, rows in before.rows.items():
        left = after.rows.get(table)
        if table in drops or left == rows:
            continue
        problems.append(f"{table} is gone with {rows} rows" if left is None else f"{table} had {rows} rows, now {left}")
    for index in sorted(before.indexes - after.indexes):
        name = index.lstrip("!")
        if name not in drops and name.partition("(")[0] not in drops and f"!{name}" not in after.indexes:
            problems.append(f"the {'unique ' * index.startswith('!')}index {name} is gone")
    return (*problems, *after.broken)


async def migrate(
    url: str,
    folder: Path,
    *,
    held: FolderLock | None = None,
    migrations: str = connections.MIGRATIONS,
    models: str = "storage.models",
    target: str = "__latest__",
) -> MigrationReport:
    """Applies what is pending, or nothing. `folder` is locked meanwhile (SQLite), unless the caller holds it already.

    Raises Lossy, or whatever the migration raised, after everything is as it was; lock.Held.
    """
    path = connections.sqlite_path(url)
    if path is None:
        return await _migrate_postgres(connections.config(url, migrations, models), target)
    lock = held or FolderLock.take(folder)
    try:
        return await _migrate_sqlite(url, path, migrations, models, target)
    finally:
        if held is None:
            lock.release()


async def _migrate_sqlite(url: str, path: Path, migrations: str, models: str, target: str) -> MigrationReport:
    copy = path.with_name(f"{path.name}.migrating")
    if copy.exists():
        logger.warning("a migration was interrupted: going back to what was there before it")
        _restore(copy, path)
    config = connections.config(url, migrations, models, foreign_keys="OFF")
    context = TortoiseContext()
    with context:
        await context.init(config=config)
        try:
            executor = MigrationExecutor(context.db("default"), config["apps"])
            steps = await executor.plan([MigrationTarget(connections.APP, target)])
        finally:
            await context.close_connections()
        if not steps:
            return MigrationReport()
        before = _sqlite_inventory(path)
        _copy(path, copy)
        try:
            await context.init(config=config)
            try:
                applied = await _apply(context.db("default"), config["apps"], target)
            finally:
                await context.close_connections()
            after = _sqlite_inventory(path)
            problems = losses(before, after, _drops(steps))
            if problems:
                raise Lossy(problems)
        except BaseException:
            _restore(copy, path)
            raise
        copy.unlink()
    return _reported(applied, before, after)


async def _migrate_postgres(config: dict[str, Any], target: str) -> MigrationReport:
    context = TortoiseContext()
    with context:
        await context.init(config=config)
        try:
            if not await MigrationExecutor(context.db("default"), config["apps"]).plan(
                [MigrationTarget(connections.APP, target)]
            ):
                return MigrationReport()
            async with in_transaction("default") as client:
                await client.execute_query("SELECT pg_advisory_xact_lock($1)", [_LOCK_KEY])
                # Asking for a table that is not there would end the transaction, so it is made first.
                await MigrationRecorder(client).ensure_schema(AsyncpgSchemaEditor(client, atomic=False))
                executor = MigrationExecutor(client, config["apps"])
                steps = await executor.plan([MigrationTarget(connections.APP, target)])
                before = await _postgres_inventory(client, hold=True)
                applied = await _apply(client, config["apps"], target)
                after = await _postgres_inventory(client)
                problems = losses(before, after, _drops(steps))
                if problems:
                    raise Lossy(problems)
        finally:
            await context.close_connections()
    return _reported(applied, before, after)


async def _apply(client: BaseDBAsyncClient, apps: dict[str, Any], target: str) -> tuple[str, ...]:
    applied: list[str] = []

    def note(step: str, app: str, name: str) -> None:
        if step == "apply_done":
            applied.append(name)

    await MigrationExecutor(client, apps).migrate(
        [MigrationTarget(connections.APP, target)], direction="forward", progress=note
    )
    return tuple(applied)


def _drops(steps: list[Any]) -> frozenset[str]:
    return frozenset(name for step in steps for name in getattr(step.migration, "drops", ()))


def _reported(applied: tuple[str, ...], before: Inventory, after: Inventory) -> MigrationReport:
    if applied:
        logger.info("migrated: %s", ", ".join(applied))
    return MigrationReport(applied, before.rows, after.rows)


def _copy(path: Path, copy: Path) -> None:
    """A whole copy under its final name, or none: the one found after a kill can be trusted."""
    unfinished = copy.with_suffix(".copying")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(copy)
    _sync_folder(path.parent)


def _restore(copy: Path, path: Path) -> None:
    # The journal belongs to the file that is given up: left behind, it would be replayed into the copy.
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    copy.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sqlite_inventory(path: Path) -> Inventory:
    with closing(sqlite3.connect(path)) as db:
        named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> ?"
        tables = [name for (name,) in db.execute(named, (_RECORDS,))]
        indexes = set()
        for table in tables:
            for _, name, unique, *_rest in db.execute(f'PRAGMA index_list("{table}")').fetchall():
                columns = ",".join(str(row[2]) for row in db.execute(f'PRAGMA index_info("{name}")'))
                indexes.add(f"{'!' * bool(unique)}{table}({columns})")
        rows = {table: int(db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]) for table in tables}
        broken = [
            f"{row[0]}: row {row[1]} points to nothing in {row[2]}" for row in db.execute("PRAGMA foreign_key_check")
        ]
        broken += [str(row[0]) for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        return Inventory(rows, frozenset(indexes), tuple(broken[:20]))


async def _postgres_inventory(client: BaseDBAsyncClient, *, hold: bool = False) -> Inventory:
    """With `hold` nobody else writes to the tables until the transaction ends, so that the counts stand still."""
    found = await client.execute_query_dict(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> $1", [_RECORDS]
    )
    tables = sorted(row["tablename"] for row in found)
    if hold and tables:
        names = ", ".join(f'"{table}"' for table in tables)
        await client.execute_query(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
    rows = {}
    for table in tables:
        counted = await client.execute_query_dict(f'SELECT count(*) AS rows FROM "{table}"')
        rows[table] = int(counted[0]["rows"])
    indexes = frozenset(
        f"{'!' * row['uniq']}{row['tab']}({row['cols']})"
        for row in await client.execute_query_dict(_POSTGRES_INDEXES)
        if row["tab"] in rows
    )
    return Inventory(rows, indexes)
