"""The web application: the practice room where it is on, the community screens, health; served on one port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from aiohttp import web

from bots import newsroom
from bots.app import Huying
from bots.practice import api
from bots.practice.events import events_of_person
from bots.web import errors, public, screen, static, workbench
from bots.web.screens import public_log, screen_state

CLOSE_TIMEOUT_S = 2.0  # how long a long poll or a stream may hold up the end


def make_app(huying: Huying) -> web.Application:
    """The application over an open Huying; it opens and closes nothing of its own."""
    house = huying.house
    app = web.Application(
        middlewares=[
            errors.answer_errors(house.settings.language),
            static.guard({house.settings.host, *static.LOCAL_HOSTS, *_public_host(house.settings.public_url)}),
        ],
        client_max_size=api.BODY_LIMIT,
    )
    app.on_response_prepare.append(static.add_headers)
    static.install_fonts(app)
    screen.install(
        app,
        lambda area: screen_state(area, house),
        house.media.path,
        house.clock.now,
        house.policy.calendar.zone,
        house.settings.language,
        house.wakeup,
    )
    public.install(
        app,
        lambda token: public_log(token, house),
        house.media.path,
        house.policy.calendar.zone,
        house.settings.language,
    )
    workbench.install(
        app,
        house,
        lambda publication: newsroom.paper_of(publication, house),
        lambda publication: newsroom.words_to_change(publication, house),
    )
    if huying.room is not None:
        api.install(app, huying.room, lambda person: events_of_person(person, house), house.policy.areas)
        app.router.add_get("/", _to_practice)
    if huying.telegram is not None and house.settings.telegram_webhook:
        app.router.add_post(huying.telegram.path, huying.telegram.webhook)
    app.router.add_get("/healthz", _health)
    return app


def _public_host(address: str) -> tuple[str, ...]:
    """The name by which people reach the pages from outside, where there is one."""
    return (name,) if (name := static.host_name(urlsplit(address).netloc)) else ()


async def _to_practice(_: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/practice")


async def _health(_: web.Request) -> web.StreamResponse:
    return web.json_response({"ok": True})


@asynccontextmanager
async def serving(huying: Huying) -> AsyncIterator[str]:
    """Serve, with every door open, until the block ends; gives the address, such as http://127.0.0.1:8080."""
    settings = huying.house.settings
    runner = web.AppRunner(make_app(huying), shutdown_timeout=CLOSE_TIMEOUT_S)
    await runner.setup()
    stop, doors = asyncio.Event(), []
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        port = runner.addresses[0][1]
        if huying.telegram is not None:
            huying.telegram.here = f"http://{settings.host}:{port}"
            doors.append(asyncio.create_task(huying.telegram.run(stop)))
        yield f"http://{settings.host}:{port}"
    finally:
        stop.set()
        await asyncio.gather(*doors)
        await runner.cleanup()
