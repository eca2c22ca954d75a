"""How long drawing a log takes and what memory it holds: measured in the drawing process, beside matplotlib alone."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from core.messages import Json
from narratives.card import draw
from narratives.yardstick import draw_plainly


def timed(data: Mapping[str, Json], photos: Mapping[str, bytes], times: int) -> tuple[list[float], list[float]]:
    """How long so many drawings took, in ms: by narratives.card, and by matplotlib alone.

    Turn by turn, so that what else the machine does weighs on both; each time with another number in the story, so
    that nothing is taken from a store. To be called in the drawing process.
    """
    ours: list[float] = []
    plain: list[float] = []
    for n in range(-1, times):  # the first of each only warms up
        story = {**data, "number": f"{data.get('number', '')}-{n}", "subject": f"{data.get('subject', '')} {n}"}
        for found, drawn in ((ours, draw), (plain, draw_plainly)):
            began = time.perf_counter()
            drawn(story, photos)
            found.append((time.perf_counter() - began) * 1000)
    return ours[1:], plain[1:]


def medians(data: Mapping[str, Json], photos: Mapping[str, bytes], times: int) -> dict[str, float]:
    """The medians of `timed` in ms, and the first as a share of the second."""
    ours, plain = (statistics.median(found) for found in timed(data, photos, times))
    return {"log_ms": round(ours, 1), "matplotlib_ms": round(plain, 1), "ratio": round(ours / plain, 3)}


def growth(data: Mapping[str, Json], photos: Mapping[str, bytes], times: int) -> dict[str, int]:
    """The memory that the process holds before and after so many drawings, and the most seen meanwhile, in MB.

    Each story has other words than the last. To be called in the drawing process, before anything else is measured.
    """
    held = [resident_bytes()]
    for n in range(times):
        words = f"{data.get('description', '')}{n}" * (n % 4 + 1)
        draw({**data, "number": f"{data.get('number', '')}-{n}", "description": words}, photos)
        if n % 25 == 24:
            held.append(resident_bytes())
    held.append(resident_bytes())
    return {"before_mb": held[0] >> 20, "after_mb": held[-1] >> 20, "most_mb": max(held) >> 20}


def resident_bytes() -> int:
    """The memory that this process holds; its highest so far where the system does not tell the present one."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return highest if sys.platform == "darwin" else highest * 1024
