"""The community screen 社区终端屏: a page that turns through the approved handling logs, and its state as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from bots.web.static import file_response, page, static_files
from core.errors import Refused
from core.messages import Json

FOLDER = Path(__file__).with_name("screen")


@dataclass(frozen=True, slots=True)
class ScreenLog:
    """An approved log: `number` L3, `image` a media name ("" for none), `posted_at` when it was approved."""

    number: str
    title: str
    text: str
    image: str
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class ScreenState:
    """What a screen shows of an area: open and closed events, its newest approved logs, honours and notices."""

    area: str
    name: str
    open: int
    closed: int
    logs: tuple[ScreenLog, ...] = ()
    honours: tuple[Mapping[str, Json], ...] = ()
    notices: tuple[Mapping[str, Json], ...] = ()


Screens = Callable[[str], Awaitable[ScreenState | None]]
"""The state of an area by its code; None for an unknown one."""


@dataclass(frozen=True, slots=True)
class ScreenParts:
    screens: Screens
    media_path: Callable[[str], Path]
    now: Callable[[], datetime]
    zone: ZoneInfo


PARTS = web.AppKey("screen", ScreenParts)


def install(
    app: web.Application,
    screens: Screens,
    media_path: Callable[[str], Path],
    now: Callable[[], datetime],
    zone: str = "Asia/Shanghai",
) -> None:
    """Add the screen to an app that answers errors by bots.web.errors."""
    app[PARTS] = ScreenParts(screens, media_path, now, ZoneInfo(zone))
    app.router.add_get("/screen/static/{name:.+}", static_files(FOLDER))
    app.router.add_get("/screen/{area}", show)
    app.router.add_get("/screen/{area}/state", state)
    app.router.add_get("/screen/{area}/media/{name}", picture)


async def show(request: web.Request) -> web.StreamResponse:
    await _state(request)
    return await page(FOLDER / "index.html")(request)


async def state(request: web.Request) -> web.StreamResponse:
    shown, parts = await _state(request), request.app[PARTS]
    logs = [
        {
            "number": log.number,
            "title": log.title,
            "text": log.text,
            "image": f"/screen/{shown.area}/media/{log.image}" if log.image else "",
            "posted_at": _local(log.posted_at, parts.zone),
        }
        for log in shown.logs
    ]
    body = {
        "area": shown.area,
        "name": shown.name,
        "now": _local(parts.now(), parts.zone),
        "open": shown.open,
        "closed": shown.closed,
        "logs": logs,
        "honours": [dict(honour) for honour in shown.honours],
        "notices": [dict(notice) for notice in shown.notices],
    }
    return web.json_response(body, headers={"Cache-Control": "no-store"})


async def picture(request: web.Request) -> web.StreamResponse:
    """The picture of a log this screen shows right now: one withdrawn is gone from here too."""
    shown, name = await _state(request), request.match_info["name"]
    if name not in {log.image for log in shown.logs if log.image}:
        raise web.HTTPNotFound
    return file_response(request.app[PARTS].media_path(name), "private, max-age=3600")


async def _state(request: web.Request) -> ScreenState:
    shown = await request.app[PARTS].screens(request.match_info["area"])
    if shown is None:
        raise Refused("unknown_area")
    return shown


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")
