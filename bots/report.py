"""The monthly bulletin of a community: its figures as an A4 PDF and a PNG, beside whatever process serves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bots.composing import compose_month
from bots.config import Settings
from core.areas import Level
from core.policy import Policy
from narratives.card import draw_paper, draw_poster
from narratives.notices import is_month
from storage.unit_of_work import Database


@dataclass(frozen=True, slots=True)
class Office:
    """bots.composing.Sources without a running Huying."""

    settings: Settings
    policy: Policy
    db: Database


async def write_months(
    settings: Settings, policy: Policy, db: Database, month: str, area: str, out: Path
) -> list[Path]:
    """Write CODE-YYYY-MM.pdf and .png for the community, or for each below the area; gives their paths.

    Raises ValueError for what is no month, and for an unknown area.
    """
    if not is_month(month):
        raise ValueError(f"{month!r} is no month such as 2026-11")
    if area and area not in policy.areas:
        raise ValueError(f"there is no area {area!r}")
    communities = [
        a.code for a in policy.areas.all(Level.COMMUNITY) if not area or policy.areas.is_within(a.code, area)
    ]
    if not communities:
        raise ValueError(f"{area!r} is no community and has none below it")
    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    written = []
    for code in communities:
        composed = await compose_month(code, month, Office(settings, policy, db))
        pdf = await asyncio.to_thread(draw_paper, composed.data, {})
        pictures = await asyncio.to_thread(draw_poster, composed.data, {})
        for path, made in ((out / f"{code}-{month}.pdf", pdf), (out / f"{code}-{month}.png", pictures[0].data)):
            await asyncio.to_thread(path.write_bytes, made)
            written.append(path)
    return written
