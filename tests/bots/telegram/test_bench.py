"""What `huying bench` tells of Telegram, on few messages: that it can be measured, and the one ratio that is promised."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.telegram import bench


@pytest.mark.chaos
async def test_each_way_to_send_is_measured_and_everything_arrives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 1)
    found = await bench.sending({"sqlite": f"sqlite://{tmp_path / 'huying.db'}"}, messages=40)
    assert set(found) == {"messages", "bare_per_s", "transport_per_s", "sqlite_per_s", "transport_ratio"}
    assert all(value > 0 for value in found.values())


def test_from_an_updates_bytes_to_its_answer_takes_no_longer_than_the_librarys_own_objects_of_it() -> None:
    assert bench.handling()["ratio"] <= 1.5
