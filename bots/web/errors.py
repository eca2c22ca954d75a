"""What a page or an interface answers when it cannot do what was asked: {"error": {"key", "text"}}, never a stack trace."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from core.errors import Refused
from core.messages import Json

logger = logging.getLogger(__name__)

TEXTS = Path(__file__).with_name("errors.toml")
STATUS: Mapping[str, int] = MappingProxyType(  # of a Refused by its key; any other is a 400
    {
        **dict.fromkeys(
            ("unknown_person", "unknown_chat", "unknown_message", "unknown_media", "unknown_area", "not_in_chat"), 404
        ),
        **dict.fromkeys(("sending_unknown", "person_unknown"), 404),
        **dict.fromkeys(("other_body", "sending_settled", "sending_outdated", "name_taken"), 409),
        **dict.fromkeys(("text_too_long", "too_many_photos", "photo_too_large", "body_too_large"), 413),
    }
)
KEY_OF_STATUS: Mapping[int, str] = MappingProxyType(
    {403: "refused_host", 404: "not_found", 405: "wrong_method", 413: "body_too_large", 503: "too_busy"}
)

TOLD = ("Allow", "Retry-After")  # headers of an error that say what to do instead


def _route_of(request: web.Request) -> str:
    """The route's pattern: an address may hold a token."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "(no route)"


def answer_errors(language: str = "zh") -> Middleware:
    """The outermost middleware: every error becomes a kind answer, and a bug is logged with its traceback."""
    texts: Mapping[str, str] = tomllib.loads(TEXTS.read_text(encoding="utf-8"))[language]

    def answer(request: web.Request, status: int, key: str, params: Mapping[str, Json]) -> web.Response:
        text = texts.get(key, texts["try_later"]).format_map(params)
        if "text/html" in request.headers.get("Accept", ""):  # somebody in front of a browser
            return web.Response(text=text, status=status)
        return web.json_response({"error": {"key": key, "text": text}}, status=status)

    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refused as refused:
            return answer(request, STATUS.get(refused.key, 400), refused.key, refused.params)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            response = answer(request, error.status, KEY_OF_STATUS.get(error.status, "try_later"), {})
            response.headers.update({name: error.headers[name] for name in TOLD if name in error.headers})
            return response
        except Exception:
            logger.exception("not answered %s %s", request.method, _route_of(request))
            return answer(request, 500, "try_later", {})

    return answered
