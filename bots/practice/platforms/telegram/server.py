"""The door: the Bot API, its files, the page and the control interface on one loopback server."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bots.practice.platforms.telegram import control
from bots.practice.platforms.telegram.faults import Fault
from bots.practice.platforms.telegram.methods import NAMES, execute
from bots.practice.platforms.telegram.params import Params, read_params
from bots.practice.platforms.telegram.problems import ApiError, internal, not_found, too_large, too_many, unauthorized
from bots.practice.platforms.telegram.values import Call, Json
from bots.web import static

if TYPE_CHECKING:
    from bots.practice.platforms.telegram.standin import StandIn

Advance = Callable[[timedelta], Awaitable[None] | None]

PAGE = Path(__file__).parents[1] / "page"
GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)

REFUSALS: Mapping[str, Callable[[Fault], ApiError]] = {
    "429": lambda fault: too_many(fault.retry_after),
    "500": lambda fault: internal(),
}


def build(standin: StandIn, advance: Advance | None) -> web.Application:
    app = web.Application(middlewares=[static.guard()], client_max_size=standin.world.limits.upload)
    app.on_response_prepare.append(static.add_headers)
    app.router.add_route("*", "/bot{token}/{method}", bot_api(standin))
    app.router.add_get("/file/bot{token}/{path:.+}", files(standin))
    app.router.add_get("/", static.page(PAGE / "index.html"))
    app.router.add_get("/standin/static/{name:.+}", static.static_files(PAGE))
    static.install_fonts(app)
    control.install(app, standin, advance)
    return app


def answer(status: int, body: Json) -> web.Response:
    headers = {"Retry-After": str(body["parameters"]["retry_after"])} if status == 429 else {}
    return web.json_response(body, status=status, headers=headers)


def same(token: str, given: str) -> bool:
    return hmac.compare_digest(token.encode(), given.encode())


def bot_api(standin: StandIn) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        token, method = request.match_info["token"], NAMES.get(request.match_info["method"].lower())
        try:
            if not token.partition(":")[0].isdigit() or ":" not in token:
                raise not_found()
            if not same(standin.token, token):
                raise unauthorized()
            if method is None:
                raise not_found()
            if (request.content_length or 0) > standin.world.limits.upload:
                raise too_large()
            params = await read_params(request)
        except ApiError as error:
            shown = Params(dict(request.query)).shown()
            _note(standin, method or request.match_info["method"], shown, error.code, error.json(), "", False)
            return answer(error.code, error.json())
        return await _answer(standin, request, method, params)

    return serve


async def _answer(standin: StandIn, request: web.Request, method: str, params: Params) -> web.StreamResponse:
    """Run the method, unless a fault keeps it from running, note what came of it, and say it, unless a fault says other."""
    fault = standin.faults.draw(method)
    kind = fault.kind if fault else ""
    status: int | None = None
    body: Json | None = None
    try:
        if fault is None or fault.delivered:
            status, body = await execute(standin.world, method, params)
    finally:  # also when whoever polled has gone
        done = status == 200
        if fault and kind in REFUSALS:
            error = REFUSALS[kind](fault)
            status, body = error.code, error.json()
        elif kind:
            status = 502 if kind == "502" else None
        _note(standin, method, params.shown(), status, body, kind, done)
    if kind == "502":
        return web.Response(status=502, text=GATEWAY, content_type="text/html")
    if status is None or body is None:
        if kind == "timeout":
            await standin.faults.hang()
        if request.transport is not None:
            request.transport.close()
        return web.Response()
    return answer(status, body)


def _note(
    standin: StandIn, method: str, params: Json, status: int | None, body: Json | None, fault: str, done: bool
) -> None:
    standin.note(Call(standin.next_number(), method, params, status, body, fault, done, standin.world.now()))


def files(standin: StandIn) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The bytes of a file by the path that getFile answered."""

    async def serve(request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        file = next((one for one in standin.world.files.values() if one.path == path), None)
        error = unauthorized() if not same(standin.token, request.match_info["token"]) else not_found()
        if error.code == 401 or file is None or len(file.content) > standin.world.limits.download:
            return answer(error.code, error.json())
        return web.Response(body=file.content, content_type="application/octet-stream")

    return serve
