"""Our own migrations, one after another, on databases that people have written to."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from tortoise.context import TortoiseContext
from tortoise.fields.relational import ForeignKeyFieldInstance as ToOne
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.models import Model

from storage import connections, guard, models
from storage.unit_of_work import Database
from tests.storage.builders import ask

TABLES = {one.__name__: one for one in vars(models).values() if isinstance(one, type) and issubclass(one, Model)}


def in_order(names: Iterable[str]) -> Iterator[str]:
    """The names of the models, each after those it refers to."""
    for name in names:
        fields = TABLES[name]._meta.fields_map.values()
        referred = [str(field.model_name).rpartition(".")[2] for field in fields if isinstance(field, ToOne)]
        yield from in_order(other for other in referred if other != name)
        yield name


IN_ORDER = list(dict.fromkeys(str(TABLES[name]._meta.db_table) for name in in_order(TABLES)))


def migrations() -> list[str]:
    package = importlib.import_module(connections.MIGRATIONS)
    return sorted(path.stem for path in Path(package.__path__[0]).glob("[0-9]*.py"))


async def test_each_of_our_migrations_runs_on_a_populated_database(empty_url: str) -> None:
    folder = (connections.sqlite_path(empty_url) or Path()).parent
    filled: dict[str, int] = {}
    for name in migrations():
        report = await guard.migrate(empty_url, folder, target=name)
        assert report.applied == (name,)
        assert report.before == filled
        step = importlib.import_module(f"{connections.MIGRATIONS}.{name}").Migration
        for dropped in getattr(step, "drops", ()):
            del filled[dropped]
        for table in [*IN_ORDER, *(set(report.after) - set(IN_ORDER))]:  # what is gone since came last, too
            if table not in report.after:
                continue
            if table not in filled and not report.after[table]:
                await fill(empty_url, table)
            filled[table] = 3
    db = await Database.open(empty_url)
    await db.close()
    assert {table: (await ask(empty_url, f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in filled} == filled
    assert sorted(filled) == sorted(IN_ORDER)


async def fill(url: str, table: str) -> None:
    """Three rows of something; every reference points to the row of the same number."""
    if connections.sqlite_path(url):
        found = await ask(url, f"SELECT name, type, \"notnull\" AS needed FROM pragma_table_info('{table}')")
    else:
        found = await ask(
            url,
            "SELECT column_name AS name, data_type AS type, CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS needed "
            f"FROM information_schema.columns WHERE table_name = '{table}'",
        )
    for number in (1, 2, 3):
        row = {
            str(c["name"]): sample(str(c["type"]).lower(), number) for c in found if c["needed"] and c["name"] != "id"
        }
        await ask(url, f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(row.values())})")


def sample(kind: str, number: int) -> str:
    if kind.startswith("bool"):
        return "TRUE"
    if "time" in kind:
        return "'2026-11-23 01:30:00.000000+00:00'"
    if "json" in kind:
        return "'{}'"
    return f"'t{number}'" if "char" in kind or "text" in kind else str(number)


async def test_the_models_and_the_migrations_say_the_same(tmp_path: Path) -> None:
    config = connections.config(connections.sqlite_url(tmp_path / "none.db"))
    context = TortoiseContext()
    with context:
        await context.init(config=config)
        assert context.apps is not None
        changes = await MigrationAutodetector(context.apps, config["apps"]).changes()
        await context.close_connections()
    assert [writer.as_string() for writer in changes] == []
