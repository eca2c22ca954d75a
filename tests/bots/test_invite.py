"""`huying invite`: the way in for the first staff of an empty system."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bots.cli import cli, main
from bots.community import load_policy
from core.people import Role
from storage import connections
from storage.lock import FolderLock
from storage.unit_of_work import Database
from tests.bots.talk import TELEGRAM, Talk

ARGUMENTS = ["invite", "--name", "刘敏", "--role", "community_staff", "--area", "xiuyue"]


def test_the_code_it_prints_makes_staff_of_whoever_types_it(tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, [*ARGUMENTS, "--data", str(tmp_path / "data")])
    assert ran.exit_code == 0, ran.output
    code = ran.output.splitlines()[0].removeprefix("code ")
    assert f"绑定 {code}" in ran.output

    async def type_it() -> Role:
        db = await Database.open(connections.sqlite_url(tmp_path / "data" / "huying.db"))
        talk = Talk(db, load_policy())
        try:
            assert await talk.key(f"绑定 {code}", "ann", TELEGRAM) == "bound_office"
            return (await talk.person("ann", TELEGRAM)).role
        finally:
            await db.close()

    assert asyncio.run(type_it()) == Role.COMMUNITY_STAFF


def test_the_same_person_again_gets_another_code_and_a_namesake_elsewhere_none(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "data")]
    first, second = (CliRunner().invoke(cli, [*ARGUMENTS, *data]) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.output.splitlines()[0] != second.output.splitlines()[0]
    other = ["invite", "--name", "刘敏", "--role", "grid_worker", "--area", "xiuyue-3", *data]
    assert "已经在名单里" in str(CliRunner().invoke(cli, other).exception)

    async def people() -> int:
        db = await Database.open(connections.sqlite_url(tmp_path / "data" / "huying.db"))
        try:
            return len(await db.read(lambda uow: uow.people.staff("xiuyue", "")))
        finally:
            await db.close()

    assert asyncio.run(people()) == 1


@pytest.mark.parametrize(
    ("name", "role", "area"),
    [("", "community_staff", "xiuyue"), ("刘敏", "community_staff", "nowhere"), ("刘敏", "city_staff", "xiuyue")],
)
def test_who_cannot_be_there_is_refused_in_words(tmp_path: Path, name: str, role: str, area: str) -> None:
    ran = CliRunner().invoke(
        cli, ["invite", "--name", name, "--role", role, "--area", area, "--data", str(tmp_path / "data")]
    )
    assert isinstance(ran.exception, ValueError)
    assert str(ran.exception).startswith(("没有这个社区", "请填写姓名"))


def test_beside_a_running_service_on_sqlite_it_says_who_holds_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = FolderLock.take(tmp_path)
    try:
        monkeypatch.setattr("sys.argv", ["huying", *ARGUMENTS, "--data", str(tmp_path)])
        with pytest.raises(SystemExit) as stopped:
            main()
    finally:
        lock.release()
    said = capsys.readouterr().err
    assert stopped.value.code == 1
    assert said.startswith("huying: ")
    assert "Traceback" not in said
    assert str(tmp_path) in said
