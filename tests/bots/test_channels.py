"""What a channel can do is data, and docs/channels.md shows the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bots.channel import Capabilities
from bots.practice.values import CAPABILITIES as PRACTICE
from bots.telegram.capabilities import CAPABILITIES as TELEGRAM
from storage.pace import Rate

DOCS = (Path(__file__).parents[2] / "docs" / "channels.md").read_text(encoding="utf-8")


def yes(can: bool) -> str:
    return "yes" if can else "-"


def rate(one: Rate | None) -> str:
    return f"{one.burst} at once, then one in {one.every.total_seconds():g} s" if one else "-"


def row(can: Capabilities) -> dict[str, str]:
    return {
        "channel": can.label,
        "hears groups": yes(can.reads_groups),
        "posts to groups": yes(can.posts_to_groups),
        "a person confirms posts": yes(can.needs_person),
        "reply window": str(can.reply_window) if can.reply_window else "-",
        "buttons": yes(can.buttons),
        "text": f"{can.text_limit:,}",
        "caption": f"{can.caption_limit:,}",
        "pictures": f"{can.images} of {can.image_bytes / 1e6:g} MB"
        + (f", width + height {can.image_sides:,}" if can.image_sides else ""),
        "can be asked what arrived": yes(can.can_tell),
        "the door answers itself": yes(can.answers_at_door),
        "account": rate(can.overall),
        "group": rate(can.per_group),
        "1:1": rate(can.per_direct),
    }


@pytest.mark.parametrize("can", [PRACTICE, TELEGRAM], ids=lambda can: can.channel)
def test_the_docs_show_what_the_channel_can_do(can: Capabilities) -> None:
    table = DOCS[DOCS.index("| what |") :].partition("\n\n")[0].splitlines()
    header, _, *rows = [re.split(r"\s*\|\s*", line.strip("| ")) for line in table]
    wanted = row(can)
    at = header.index(wanted.pop("channel"))
    assert {cells[0]: cells[at] for cells in rows} == wanted
