"""The transcripts of the practice room pass unchanged over Telegram, by polling and by webhook."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.on_telegram import PlayedOnTelegram
from tests.scenarios.test_transcripts import TRANSCRIPTS
from tests.telegram import on_telegram

WAYS = ("polling", "webhook")
# Two transcripts of three, each one of the two ways in turn; all of them both ways under `make chaos`.
PLAYS = [
    pytest.param(
        transcript,
        way,
        id=f"{transcript.stem}-{way}",
        marks=() if (at + turn) % 2 == 0 and at % 3 != 2 else pytest.mark.chaos,
    )
    for at, transcript in enumerate(TRANSCRIPTS)
    for turn, way in enumerate(WAYS)
]


@pytest.mark.parametrize(("transcript", "way"), PLAYS)
async def test_transcript_over_telegram(transcript: Path, way: str, tmp_path: Path) -> None:
    async with on_telegram(tmp_path / "data", webhook=way == "webhook") as stand:
        await PlayedOnTelegram(stand).play(transcript.read_text(encoding="utf-8"))
        assert stand.standin.overruns == ()
