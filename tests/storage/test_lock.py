"""One process holds the data folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage import connections
from storage.lock import FolderLock, Held
from storage.unit_of_work import Database
from tests.storage.conftest import ON_POSTGRES, ON_SQLITE, Opens

HOLDER = "import sys; from pathlib import Path; from storage.lock import FolderLock; " \
    "lock = FolderLock.take(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"  # fmt: skip


def test_the_second_who_wants_the_folder_is_told_who_has_it_until_that_one_dies(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Held, match=f"process {holder.pid}") as held:
            FolderLock.take(tmp_path)
        assert held.value.pid == holder.pid
    finally:
        holder.kill()
        holder.communicate()
    FolderLock.take(tmp_path).release()


def test_a_folder_given_back_can_be_taken_again_and_giving_back_twice_is_nothing(tmp_path: Path) -> None:
    lock = FolderLock.take(tmp_path / "new" / "folder")
    with pytest.raises(Held, match=str(os.getpid())):
        FolderLock.take(tmp_path / "new" / "folder")
    lock.release()
    lock.release()
    FolderLock.take(tmp_path / "new" / "folder").release()


@ON_SQLITE
async def test_a_database_open_elsewhere_is_refused_unless_one_only_looks(opens: Opens, url: str) -> None:
    db = await opens()
    with pytest.raises(Held):
        await Database.open(url)
    looking = await Database.open(url, migrate=False, alone=False)
    assert await looking.read(lambda uow: uow.events.by_serial("xiuyue", 1)) is None
    await looking.close()
    await db.close()
    await (await Database.open(url)).close()


@ON_POSTGRES
async def test_postgresql_is_open_to_many(opens: Opens) -> None:
    one, other = await opens(), await opens()
    assert [await db.run(lambda uow: uow.events.next_serial("xiuyue")) for db in (one, other)] == [1, 2]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/a b#1.db", Path("/data/a b#1.db")),
        ("sqlite://data/x.db?busy_timeout=1", Path("data/x.db")),
        ("postgres://localhost/huying", None),
    ],
)
def test_the_file_of_a_url_is_found_whatever_its_name(url: str, path: Path | None) -> None:
    assert connections.sqlite_path(url) == path


async def test_a_folder_with_a_strange_name_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "数据 #1" / "huying.db"
    db = await Database.open(connections.sqlite_url(path))
    assert await db.run(lambda uow: uow.events.next_serial("xiuyue")) == 1
    await db.close()
    assert path.exists()
