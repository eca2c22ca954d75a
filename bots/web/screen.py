"""The community screen 社区终端屏: a page that turns through what was approved, its state as JSON, and its changes as they come.

The events are server-sent: written here in a dozen lines of aiohttp, since a library for them (aiohttp-sse) would bring the
framing alone, and neither the one question for all screens nor the end of the streams at shutdown.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from bots.house import Wakeup
from bots.web.static import file_response, page, static_files
from bots.web.watching import Watch, Watches
from core.errors import Refused
from core.messages import Json

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).with_name("screen")
STREAMS = 200  # open at once, of all areas: beyond it a screen asks for the state from time to time
FIRST = timedelta(seconds=10)  # how long a new stream waits for the first answer of the database
SEND_S = 20.0  # a screen that takes nothing for so long is given up


@dataclass(frozen=True, slots=True)
class Shown:
    """Something on a screen: `images` are media names, the first one foremost; `posted_at` when it was approved."""

    number: str
    title: str
    text: str
    images: tuple[str, ...]
    posted_at: datetime


class ScreenLog(Shown):
    """An approved handling log, `number` L3."""

    __slots__ = ()


class ScreenNotice(Shown):
    """An approved notice 通知."""

    __slots__ = ()


class ScreenHonours(Shown):
    """Honours 光荣榜 as they were posted: the picture is the poster."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ScreenState:
    """What a screen shows of an area: open and closed events, its newest approved logs, honours and notices."""

    area: str
    name: str
    open: int
    closed: int
    logs: tuple[ScreenLog, ...] = ()
    honours: tuple[ScreenHonours, ...] = ()
    notices: tuple[ScreenNotice, ...] = ()

    @property
    def images(self) -> frozenset[str]:
        """Every picture it shows."""
        return frozenset(name for item in (*self.logs, *self.honours, *self.notices) for name in item.images)


Screens = Callable[[str], Awaitable[ScreenState | None]]
"""The state of an area by its code; None for an unknown one."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`every`: how often a watched area is asked for when nothing wakes the watch. `beat`: how often an open stream says that
    it lives. `retry`: how long a screen waits before it connects again."""

    every: timedelta = timedelta(seconds=3)
    beat: timedelta = timedelta(seconds=20)
    retry: timedelta = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class ScreenParts:
    screens: Screens
    media_path: Callable[[str], Path]
    now: Callable[[], datetime]
    zone: ZoneInfo
    language: str
    pace: Pace
    watches: Watches


PARTS = web.AppKey("screen", ScreenParts)


def install(
    app: web.Application,
    screens: Screens,
    media_path: Callable[[str], Path],
    now: Callable[[], datetime],
    zone: str = "Asia/Shanghai",
    language: str = "zh",
    wakeup: Wakeup | None = None,
    pace: Pace | None = None,
) -> None:
    """Add the screen to an app that answers errors by bots.web.errors; its streams end when the app shuts down.

    `wakeup`: woken when something may have changed; without one, changes are seen at the next `pace.every`.
    """
    pace, there = pace or Pace(), ZoneInfo(zone)

    async def ask(area: str) -> str | None:
        found = await screens(area)
        return None if found is None else json.dumps(_as_json(found, there, language))

    watches = Watches(ask, wakeup or Wakeup(), pace.every)
    app[PARTS] = ScreenParts(screens, media_path, now, there, language, pace, watches)
    app.router.add_get("/screen/static/{name:.+}", static_files(FOLDER))
    app.router.add_get(
        "/screen/worker.js", page(FOLDER / "worker.js")
    )  # here, since it may serve what is below it only
    app.router.add_get("/screen/{area}", show)
    app.router.add_get("/screen/{area}/state", state)
    app.router.add_get("/screen/{area}/events", events, allow_head=False)
    app.router.add_get("/screen/{area}/media/{name}", picture)

    async def end_streams(_: web.Application) -> None:
        await watches.close()

    app.on_shutdown.append(end_streams)


async def show(request: web.Request) -> web.StreamResponse:
    await _state(request)
    return await page(FOLDER / "index.html")(request)


async def state(request: web.Request) -> web.StreamResponse:
    shown, parts = await _state(request), request.app[PARTS]
    body = {**_as_json(shown, parts.zone, parts.language), "now": _local(parts.now(), parts.zone)}
    return web.json_response(body, headers={"Cache-Control": "no-store"})


async def events(request: web.Request) -> web.StreamResponse:
    """The state, but for `now`, at once and whenever it changes; `clock` events tell the time and that the stream lives.

    The id of a state is its digest: who comes back with it is told only what is new.
    """
    parts = request.app[PARTS]
    if parts.watches.lookers >= STREAMS:
        raise web.HTTPServiceUnavailable(headers={"Retry-After": "60"})
    async with parts.watches.looking(request.match_info["area"]) as watch:
        first = await watch.after("", FIRST)
        if first is None:  # the database does not answer, or the house closes
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"})
        if first.data is None:
            raise Refused("unknown_area")
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream; charset=utf-8",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",  # for a proxy that would gather it
            }
        )
        await response.prepare(request)
        try:
            await _stream(response, watch, parts, request.headers.get("Last-Event-ID", ""))
        except (ConnectionResetError, TimeoutError) as gone:  # as it may: it comes back by itself
            logger.debug("a screen went away area=%s %r", request.match_info["area"], gone)
        return response


async def _stream(response: web.StreamResponse, watch: Watch, parts: ScreenParts, known: str) -> None:
    async def say(text: str) -> None:
        async with asyncio.timeout(SEND_S):
            await response.write(text.encode())

    def clock() -> str:
        return f"event: clock\ndata: {_local(parts.now(), parts.zone)}\n\n"

    await say(f"retry: {parts.pace.retry // timedelta(milliseconds=1)}\n\n{clock()}")
    while not watch.ended:
        seen = await watch.after(known, parts.pace.beat)
        if seen is not None:
            known = seen.id
            await say(f"id: {seen.id}\ndata: {seen.data}\n\n")
        elif not watch.ended:
            await say(f": still here\n{clock()}")


async def picture(request: web.Request) -> web.StreamResponse:
    """A picture this screen shows right now: one withdrawn is gone from here too, and no cache on the way has kept it."""
    shown, name = await _state(request), request.match_info["name"]
    if name not in shown.images:
        raise web.HTTPNotFound
    return file_response(request.app[PARTS].media_path(name), "no-store")


async def _state(request: web.Request) -> ScreenState:
    shown = await request.app[PARTS].screens(request.match_info["area"])
    if shown is None:
        raise Refused("unknown_area")
    return shown


def _as_json(state: ScreenState, zone: ZoneInfo, language: str) -> dict[str, Json]:
    """The state as the interface gives it, without the time of day."""

    def items(shown: Iterable[Shown]) -> list[Json]:
        return [_item(item, state.area, zone) for item in shown]

    return {
        "area": state.area,
        "name": state.name,
        "language": language,
        "open": state.open,
        "closed": state.closed,
        "logs": items(state.logs),
        "honours": items(state.honours),
        "notices": items(state.notices),
    }


def _item(item: Shown, area: str, zone: ZoneInfo) -> dict[str, Json]:
    images: list[Json] = [f"/screen/{area}/media/{name}" for name in item.images]
    return {
        "number": item.number,
        "title": item.title,
        "text": item.text,
        "image": images[0] if images else "",
        "images": images,
        "posted_at": _local(item.posted_at, zone),
    }


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")
