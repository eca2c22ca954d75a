"""The whole of it through the interface alone: every transcript is a sentence about what people can rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Served
from tests.scenarios.transcript import Played

TRANSCRIPTS = sorted(Path(__file__).with_name("transcripts").glob("*.txt"))


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
async def test_transcript(transcript: Path, served: Served) -> None:
    await Played(served.client, served.url).play(transcript.read_text(encoding="utf-8"))


@pytest.mark.postgres
async def test_the_main_transcript_on_postgres(served_on_postgres: Served) -> None:
    main = next(path for path in TRANSCRIPTS if path.stem.startswith("a_complaint_travels"))
    await Played(served_on_postgres.client, served_on_postgres.url).play(main.read_text(encoding="utf-8"))


async def test_a_transcript_that_expects_the_wrong_answer_fails(served: Served) -> None:
    with pytest.raises(AssertionError, match="line 3"):
        await Played(served.client, served.url).play("@direct:li-xiulan\nli-xiulan> 帮助\nbot< thanks")


async def test_a_transcript_that_expects_silence_fails_when_the_bot_speaks(served: Served) -> None:
    with pytest.raises(AssertionError, match="line 3"):
        await Played(served.client, served.url).play("@direct:li-xiulan\nli-xiulan> 帮助\nbot< -")
