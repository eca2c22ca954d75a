"""What every page shares: who may open it, the headers that keep it safe, files of ours, the Chinese font."""

from __future__ import annotations

import importlib.util
import logging
import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

logger = logging.getLogger(__name__)

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        "img-src 'self' blob: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
)
FOREVER = "public, max-age=31536000, immutable"
TYPES: Mapping[str, str] = MappingProxyType(  # the machine's own table of types may be missing or odd
    {
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json; charset=utf-8",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".webp": "image/webp",
        ".ico": "image/x-icon",
        ".ttf": "font/ttf",
        ".otf": "font/otf",
        ".woff2": "font/woff2",
    }
)


def content_type(path: Path) -> str:
    suffix = path.suffix.lower()
    return TYPES.get(suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def host_name(netloc: str) -> str:
    """The host without its port, in lower case: `[::1]:8080` gives `::1`; "" for what is no host at all."""
    try:
        parts = urlsplit(f"//{netloc}")
        return (parts.hostname or "") if parts.netloc == netloc and "@" not in netloc else ""
    except ValueError:
        return ""


def guard(hosts: Iterable[str] = LOCAL_HOSTS) -> Middleware:
    """Refuse a request whose Host is none of these, or whose Origin is another place than the Host.

    The first keeps a name that was pointed at this machine (DNS rebinding) out, the second other people's pages.
    """
    allowed = frozenset(host.lower() for host in hosts)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        origin = request.headers.get("Origin")
        if host_name(host) not in allowed:
            raise web.HTTPForbidden(text="host")
        if origin is not None and origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}"):
            raise web.HTTPForbidden(text="origin")
        return await handler(request)

    return guarded


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """For `app.on_response_prepare`: the safe headers on every answer, errors and files included."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def file_response(path: Path, cache: str = "no-cache") -> web.StreamResponse:
    """The file, with its type and how long it may be kept; 404 when it is not there."""
    if not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Content-Type": content_type(path), "Cache-Control": cache})


def static_files(folder: Path) -> Handler:
    """A handler for `{name:.+}`: the files of one folder and those below it, and nothing outside."""
    root = folder.resolve()

    async def serve(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if "\0" in name or "\\" in name or any(part.startswith(".") for part in name.split("/")):
            raise web.HTTPNotFound
        try:
            path = (root / name).resolve()
            path.is_file()
        except OSError:  # a name no file can have
            raise web.HTTPNotFound from None
        if not path.is_relative_to(root):
            raise web.HTTPNotFound
        return file_response(path)

    return serve


def page(path: Path) -> Handler:
    """A handler for one page of ours."""

    async def serve(_: web.Request) -> web.StreamResponse:
        return file_response(path)

    return serve


def find_font() -> Path | None:
    """zhplot's Chinese font, without importing zhplot (which would import matplotlib)."""
    spec = importlib.util.find_spec("zhplot")
    folders = spec.submodule_search_locations if spec else None
    fonts = [font for folder in folders or () for font in sorted(Path(folder, "fonts").glob("*.[ot]tf"))]
    return fonts[0] if fonts else None


async def font(_: web.Request) -> web.StreamResponse:
    """The font the pages ask for when the machine has none of its own."""
    path = find_font()
    if path is None:
        raise web.HTTPNotFound
    return file_response(path, FOREVER)


def install_fonts(app: web.Application) -> None:
    app.router.add_get("/fonts/zh.otf", font)
