"""Messages of a file, fed through the practice channel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bots.cli import cli
from bots.replay import Line, ReplayError, Summary, read_lines, replay
from storage.audit import audit
from storage.unit_of_work import Unit
from tests.conftest import Opens

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "messages.jsonl"
GOOD = '{"id": "m1", "user": "u1", "text": "门口垃圾没人清"}\n'
BAD: dict[str, bytes] = {
    "no JSON": b"{",
    "a list": b'["m1", "u1"]',
    "a number": b"7",
    "null": b"null",
    "no text": b'{"id": "m1", "user": "u1"}',
    "no user": b'{"id": "m1", "text": "x"}',
    "no id": b'{"user": "u1", "text": "x"}',
    "another encoding": '{"id": "m1", "user": "照片", "text": "x"}'.encode("gb18030"),
    "nested without end": b"[" * 100_000,
    "a number without end": b'{"id": ' + b"9" * 5000 + b"}",
    "cut short": GOOD.encode()[:-10],
}


@pytest.mark.parametrize("line", BAD.values(), ids=BAD.keys())
def test_a_bad_line_is_named_by_its_number_and_nothing_else_happens(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_bytes(GOOD.encode() + b"\n" + line + b"\n" + GOOD.encode())
    with pytest.raises(ReplayError, match=r"messages\.jsonl line 3: "):
        list(read_lines(file))
    ran = CliRunner().invoke(cli, ["replay", str(file), "--data", str(tmp_path / "data")])
    assert ran.exit_code != 0
    assert "line 3" in str(ran.exception) + ran.output
    assert not (tmp_path / "data").exists()


def test_what_may_be_missing_or_strange_is_read_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    odd = {"id": 7, "user": "张\ud800三", "title": None, "text": "门口\x00垃圾\u202e没人清", "more": [1]}
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.encode() + b"  \n\n" + json.dumps(odd).encode())
    assert list(read_lines(file)) == [
        Line("m1", "u1", "", "门口垃圾没人清", ""),
        Line("7", "张三", "", "门口垃圾没人清", ""),
    ]


async def counts(uow: Unit) -> dict[str, Any]:
    assert await audit(uow.session) == ()
    tables = ("event", "report", "fact", "inbox", "person", "chat")
    rows = {table: await uow.session.one(f"SELECT count(*) AS n FROM {table}") for table in tables}
    return {table: row["n"] for table, row in rows.items() if row}


async def replayed(opens: Any, lines: list[Line], huying: Any) -> tuple[Summary, int]:
    steps: list[int] = []
    summary = await replay(huying, lines, "xiuyue-3", lambda: steps.append(1), lambda number: None)
    return summary, len(steps)


async def test_the_example_is_taken_wholly_and_a_second_time_makes_nothing_new(opens: Opens) -> None:
    huying = await opens()
    lines = list(read_lines(EXAMPLE))
    assert len(lines) == 60
    first, steps = await replayed(opens, lines, huying)
    assert (first.messages, first.events, steps) == (60, 60, 60)
    assert not first.refused
    assert not first.other
    assert sum(first.categories.values()) == 60
    assert len(first.categories) > 15
    assert 0 < first.likely_duplicates < 30
    assert first.rate > 0
    assert first.peak_mb > 0
    before = await huying.house.db.read(counts)
    assert (before["event"], before["report"]) == (60, 60)
    second, _ = await replayed(opens, lines, huying)
    assert (second.messages, second.events, second.likely_duplicates) == (60, 60, first.likely_duplicates)
    assert await huying.house.db.read(counts) == before


async def test_what_cannot_be_taken_is_counted_and_the_rest_goes_on(opens: Opens) -> None:
    huying = await opens()
    lines = [
        Line("1", "u", "", "", ""),
        Line("2", "u", "", "谢谢", ""),
        Line("3", "名" * 99, "", "字" * 4001, ""),
        Line("4", "u/../x", "路灯不亮", "3号楼前面的路灯不亮", "2026-11-02"),
        Line("4", "u/../x", "另一件", "电梯坏了", ""),
    ]
    summary, _ = await replayed(opens, lines, huying)
    assert (summary.messages, summary.events) == (5, 1)
    assert summary.refused == {"empty_message": 1, "other_body": 1}
    assert summary.other == {"thanks": 1, "text_too_long": 1}


def test_the_command_prints_what_became_of_the_messages(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text("".join(EXAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:3]), encoding="utf-8")
    ran = CliRunner().invoke(cli, ["replay", str(file), "--data", str(tmp_path / "data")])
    assert ran.exit_code == 0, ran.output
    told = {line.rpartition("  ")[0].strip(): line.rpartition("  ")[2].strip() for line in ran.stdout.splitlines()}
    assert (told["messages"], told["events"], told["refused"]) == ("3", "3", "0")
    assert told["likely duplicates"] == "1"
    assert "messages/s" in told["rate"]
