"""The monthly bulletin as files, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bots.community import load_policy
from bots.config import Settings
from bots.report import write_months
from storage.unit_of_work import Database


@pytest.mark.parametrize(
    ("month", "area", "why"),
    [
        ("2026-13", "", "no month"),
        ("", "", "no month"),
        ("../../etc", "", "no month"),
        ("2026-11", "nowhere", "no area"),
        ("2026-11", "xiuyue-3", "no community"),
    ],
)
async def test_what_cannot_be_written_is_said_and_nothing_is_written(
    db: Database, tmp_path: Path, month: str, area: str, why: str
) -> None:
    out = tmp_path / "out"
    with pytest.raises(ValueError, match=why):
        await write_months(Settings(), load_policy(), db, month, area, out)
    assert not out.exists()


async def test_each_community_below_the_area_gets_its_month_as_pdf_and_png(db: Database, tmp_path: Path) -> None:
    written = await write_months(Settings(), load_policy(), db, "2026-11", "guilin", tmp_path)
    assert [path.name for path in written] == [
        "xiuyue-2026-11.pdf", "xiuyue-2026-11.png", "fenglin-2026-11.pdf", "fenglin-2026-11.png",
    ]  # fmt: skip
    assert written[0].read_bytes().startswith(b"%PDF-")
    with Image.open(written[1]) as picture:
        assert picture.size == (1240, 1754)
