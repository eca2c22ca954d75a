"""The project's own figures, measured in one run: what acknowledging costs, and whether drawing holds up the loop."""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bots.answer import answer
from bots.app import Huying, open_huying
from bots.composing import compose_log, history_of
from bots.config import Settings
from bots.practice.values import ACCOUNT, CHANNEL
from bots.telegram import bench as telegram
from core.messages import Incoming
from narratives.stopwatch import growth, medians

SAMPLES = Path(__file__).parent / "practice" / "samples"
PICTURES = 25  # drawn by either way
WHOLE_S = 1800.0  # that measuring may take in the drawing process
TICK_S = 0.002  # how often the loop is asked whether it is free
MATTERS = (
    "门口垃圾两天没清",
    "路灯不亮",
    "楼上漏水到家里",
    "有人在楼道停电动车充电",
    "下水道堵了往外冒水",
    "广场舞音响太吵",
)


async def measure(settings: Settings, reports: int, logs: int, drawn: int) -> dict[str, Any]:
    """All figures; times in ms. `drawn` logs are drawn to see how memory grows."""
    async with open_huying(settings, loops=False) as huying:
        await _reports(huying, 20, "warm")
        acknowledged = await _reports(huying, reports, "ack")
        await huying.worker.settle()
        drawing = await _drawing(huying, logs)
        picture = await _picture(huying, drawn)
    beside = settings.data / "telegram"
    beside.mkdir()
    return {
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
        "acknowledge": acknowledged,
        "drawing": drawing,
        "picture": picture,
        "telegram": {
            **telegram.handling(),
            **await telegram.sending({"sqlite": f"sqlite://{beside / 'huying.db'}"}),
        },
    }


def _incoming(huying: Huying, sender: str, text: str, id: str) -> Incoming:
    return Incoming(CHANNEL, ACCOUNT, f"direct:{sender}", sender, id, huying.house.clock.now(), direct=True, text=text)


async def _reports(huying: Huying, count: int, name: str) -> dict[str, Any]:
    """Acknowledge so many reports one after another, commit included; without photos."""
    db, times, statements = huying.house.db, [], []
    for n in range(count):
        text = f"{n % 29 + 1}号楼{MATTERS[n % len(MATTERS)]}，已经{n}天了，麻烦来看看"
        incoming = _incoming(huying, "li-xiulan", text, f"{name}-{n}")
        before, began = db.statements, time.perf_counter()
        await answer(incoming, huying.door)
        times.append((time.perf_counter() - began) * 1000)
        statements.append(db.statements - before)
    return {
        "reports": count,
        "median_ms": round(statistics.median(times), 2),
        "p99_ms": round(statistics.quantiles(times, n=100)[98], 2),
        "statements_median": statistics.median(statements),
        "statements_max": max(statements),
    }


async def _drawing(huying: Huying, count: int) -> dict[str, Any]:
    """Close so many events with two pictures each, then draw their logs while the loop is watched."""
    before, after = [await huying.stage_photo((SAMPLES / name).read_bytes()) for name in ("before.jpg", "after.jpg")]
    for n in range(count):
        await _close_one(huying, n, before, after)
    lags: list[float] = []
    watching = asyncio.create_task(_watch(lags))
    began = time.perf_counter()
    await huying.worker.settle()
    seconds = time.perf_counter() - began
    watching.cancel()
    drawn = await huying.house.db.read(lambda uow: uow.publications.waiting("xiuyue", limit=count + 1))
    if len(drawn) != count:
        raise RuntimeError(f"{len(drawn)} of {count} logs were drawn: the figure would be wrong")
    idle: list[float] = []
    watching = asyncio.create_task(_watch(idle))
    await asyncio.sleep(2)
    watching.cancel()
    return {
        "logs": count,
        "ms_per_log": round(seconds * 1000 / count, 1),
        "loop_held_p99_ms": round(statistics.quantiles(lags, n=100)[98], 2),
        "loop_held_max_ms": round(max(lags), 2),
        "loop_idle_p99_ms": round(statistics.quantiles(idle, n=100)[98], 2),
    }


async def _close_one(huying: Huying, n: int, before: Any, after: Any) -> None:
    resident = _incoming(huying, "chen-jing", f"{9 + n % 8}号楼门口垃圾堆了{n + 2}天没人清，味道很大", f"bench-{n}")
    inbox = await answer(replace(resident, photos=(before,)), huying.door)
    assert inbox is not None
    (_row, rendered), *_ = await huying.house.delivery.answers(inbox)
    serial = rendered.params["serial"]
    done = _incoming(huying, "zhang-haiyan", f"办结 {serial} 已经清运干净，补放了分类垃圾桶", f"bench-done-{n}")
    await answer(replace(done, photos=(after,), at=done.at + timedelta(hours=1)), huying.door)
    await answer(_incoming(huying, "chen-jing", f"可用照片 {serial}", f"bench-photo-{n}"), huying.door)
    await answer(_incoming(huying, "chen-jing", f"评价 {serial} 5 又快又好", f"bench-rate-{n}"), huying.door)


async def _picture(huying: Huying, count: int) -> dict[str, Any]:
    """One of these logs, measured inside the drawing process: its memory first, then its time beside matplotlib's alone."""
    house = huying.house
    (log, *_) = await house.db.read(lambda uow: uow.publications.waiting("xiuyue", limit=1))
    assert log.event is not None
    composed = compose_log(await history_of(log.event, house), house, log, log.token)
    photos = {name: await house.media.read(name) for name in composed.draft.photos}
    if len(photos) != 2:
        raise RuntimeError(f"the log shows {len(photos)} photos: the figure would be another one's")
    memory = await house.drawing.run(growth, composed.data, photos, count, timeout_s=WHOLE_S)
    times = await house.drawing.run(medians, composed.data, photos, PICTURES, timeout_s=WHOLE_S)
    return {"photos": len(photos), "pictures": PICTURES, **times, "drawn": count, **memory}


async def _watch(lags: list[float]) -> None:
    """How much later than asked the loop comes back, in ms."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK_S)
        lags.append(max(0.0, (time.perf_counter() - began - TICK_S) * 1000))
