"""The public page of what was published: whoever has its link reads it on a phone, without login; withdrawn, it is gone."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bots.web.static import content_type, page

FOLDER = Path(__file__).with_name("public")
SUMMARY = 90  # characters that a chat shows under a link
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)  # 128 bits in url-safe base64
_PICTURE = re.compile(r"([1-9][0-9]?)\.(png|jpg)", re.ASCII)
_HEADLINE = re.compile(r"^[【\[][^】\]]*[】\]]\s*")  # the community before the title, as in the post
_PHRASES = re.compile(r"[^，。；！？：、]+[，。；！？：、”）]*|.", re.DOTALL)  # a title breaks between them
_HTML = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class PublicLog:
    """What was published, masked and approved.

    `number`: the event's number EV-…, "" for none. `text`: as it was posted. `images`: media names. `kind`: which sheet it is: log,
    notice, digest, honours or month.
    """

    number: str
    community: str
    title: str
    text: str
    images: tuple[str, ...]
    posted_at: datetime
    kind: str = "log"


Find = Callable[[str], Awaitable[PublicLog | None]]
"""What a token leads to; None for one that is unknown, and for what is not approved or was withdrawn."""


@dataclass(frozen=True, slots=True)
class PublicParts:
    find: Find
    media_path: Callable[[str], Path]
    zone: ZoneInfo
    language: str
    texts: Mapping[str, str]
    kinds: Mapping[str, str]
    templates: Environment


PARTS = web.AppKey("public", PublicParts)


def install(
    app: web.Application,
    find: Find,
    media_path: Callable[[str], Path],
    zone: str = "Asia/Shanghai",
    language: str = "zh",
) -> None:
    """Add the pages to an app that sends the safe headers of bots.web.static and serves its fonts."""
    texts = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    kinds = texts.pop("kind")
    templates = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    app[PARTS] = PublicParts(find, media_path, ZoneInfo(zone), language, texts, kinds, templates)
    app.router.add_get("/e/public.css", page(FOLDER / "public.css"))
    app.router.add_get("/e/icon.svg", page(FOLDER.with_name("screen") / "icon.svg"))
    app.router.add_get("/e/{token}", show)
    app.router.add_get("/e/{token}/{picture}", picture)
    app.router.add_get("/e/{rest:.*}", missing)


async def show(request: web.Request) -> web.Response:
    found, parts = await _found(request), request.app[PARTS]
    if found is None:
        return await missing(request)
    at = found.posted_at.astimezone(parts.zone)
    kind = parts.kinds.get(found.kind, "")
    words = _without_frame(found)
    count = len(found.images)
    pictures = [
        {
            "address": f"/e/{request.match_info['token']}/{n}.{_suffix(name)}",
            "alt": parts.texts["picture"].format(kind=kind, title=found.title, n=n, count=count),
        }
        for n, name in enumerate(found.images, 1)
    ]
    return _html(
        parts,
        "log.html.j2",
        log=found,
        kind=kind,
        site=parts.texts["site"].format(community=found.community),
        summary=_summary(words),
        phrases=_PHRASES.findall(found.title),
        words=words,
        pictures=pictures,
        at=at,
        posted=parts.texts["posted"].format(month=at.month, day=at.day, time=f"{at:%H:%M}"),
    )


async def picture(request: web.Request) -> web.StreamResponse:
    found, parts = await _found(request), request.app[PARTS]
    asked = _PICTURE.fullmatch(request.match_info["picture"])
    number = int(asked[1]) if asked else 0
    if found is None or asked is None or number > len(found.images):
        return await missing(request)
    name = found.images[number - 1]
    path = parts.media_path(name)
    if _suffix(name) != asked[2] or not path.is_file():
        return await missing(request)
    headers = {"Content-Type": content_type(path), "Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}
    return web.FileResponse(path, headers=headers)


async def missing(request: web.Request) -> web.Response:
    """The one answer to whatever leads nowhere, so that nobody learns from it whether there was something."""
    return _html(request.app[PARTS], "missing.html.j2", status=404)


async def _found(request: web.Request) -> PublicLog | None:
    token = request.match_info["token"]
    return await request.app[PARTS].find(token) if _TOKEN.fullmatch(token) else None


def _html(parts: PublicParts, template: str, status: int = 200, **values: object) -> web.Response:
    text = parts.templates.get_template(template).render(text=parts.texts, html=_HTML[parts.language], **values)
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8", headers=headers)


def _suffix(name: str) -> str:
    return "jpg" if name.endswith((".jpg", ".jpeg")) else "png"


def _without_frame(log: PublicLog) -> str:
    """The text, but for a first line that is the title and a last one with the number: both stand on the page already."""
    lines = log.text.strip().splitlines()
    if lines and _HEADLINE.sub("", lines[0].strip()) == log.title.strip():
        del lines[0]
    if log.number and lines and lines[-1].startswith(log.number):
        del lines[-1]
    return "\n".join(lines).strip()


def _summary(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= SUMMARY else line[: SUMMARY - 1] + "…"
