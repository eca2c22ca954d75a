"""The practice room's interface over HTTP: docs say what comes in and what goes out; scripts rely on it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bots.practice.clock import ZONE, parse_duration
from bots.practice.room import ButtonPress, Post, PracticeRoom
from bots.practice.values import Message
from bots.web.static import file_response, page, static_files
from core.areas import Areas
from core.errors import Refused
from core.messages import PHOTO_LIMIT, TEXT_LIMIT, Json

PAGE = Path(__file__).with_name("page")
BODY_LIMIT = 32 * 1024 * 1024
PHOTO_BYTES = 10_000_000
LONGEST_WAIT_S = 30
LAST_SEQ = 2**53  # numbers beyond it are not exact in a browser
ID_LIMIT = 128  # characters of a client's own id
_MEDIA = re.compile(r"[0-9a-f]{64}\.(png|jpg|jpeg|webp)")

EventsOf = Callable[[str], Awaitable[Sequence[Mapping[str, Json]]]]
"""What a person of the room has reported or is handling, as the page shows it."""


@dataclass(frozen=True, slots=True)
class Parts:
    room: PracticeRoom
    events_of: EventsOf
    areas: Areas


PARTS = web.AppKey("practice", Parts)


def install(app: web.Application, room: PracticeRoom, events_of: EventsOf, areas: Areas) -> None:
    """Add the room to an app that answers errors by bots.web.errors; the polls end when it shuts down."""
    app[PARTS] = Parts(room, events_of, areas)
    app.add_routes(ROUTES)
    app.router.add_get("/practice", page(PAGE / "index.html"))
    app.router.add_get("/practice/static/{name:.+}", static_files(PAGE))

    async def stop_polls(_: web.Application) -> None:
        room.stop_polls()

    app.on_shutdown.append(stop_polls)


async def people(request: web.Request) -> web.Response:
    found = await _room(request).people()
    return _json([{"id": p.id, "name": p.name, "role": p.role, "area": p.area} for p in found])


async def chats(request: web.Request) -> web.Response:
    shown = [
        {
            "id": chat.id,
            "kind": chat.kind,
            "title": chat.title,
            "audience": chat.audience,
            "area": chat.area,
            "members": chat.members,
        }
        for chat in await _room(request).chats()
    ]
    return _json(shown)


async def post_message(request: web.Request) -> web.Response:
    body = await _body(request)
    text = _text(body, "text", needed=False)
    if len(text) > TEXT_LIMIT:
        raise Refused("text_too_long", limit=TEXT_LIMIT)
    post = Post(
        chat=_text(body, "chat"),
        sender=_text(body, "sender"),
        text=text,
        photos=await asyncio.to_thread(_photos, body),
        id=_id(body, "message_id"),
        reply_to=_text(body, "reply_to", needed=False),
    )
    id, replies = await _room(request).post(post)
    return _json({"message_id": id, "replies": [shown(reply) for reply in replies]})


async def press(request: web.Request) -> web.Response:
    body = await _body(request)
    chat, sender, message, choice = (_text(body, name) for name in ("chat", "sender", "message", "choice"))
    replies = await _room(request).press(ButtonPress(chat, sender, message, choice, _id(body, "press_id")))
    return _json({"replies": [shown(reply) for reply in replies]})


async def messages(request: web.Request) -> web.Response:
    after = _number(request, "after", int, LAST_SEQ)
    wait = _number(request, "wait", float, LONGEST_WAIT_S)
    found = await _room(request).messages(request.match_info["chat"], int(after), timedelta(seconds=wait))
    return _json({"messages": [shown(message) for message in found]})


async def latest(request: web.Request) -> web.Response:
    newest = await _room(request).latest()
    body: dict[str, Json] = {}
    for chat in await _room(request).chats():
        message = newest.get(chat.id)
        body[chat.id] = {"seq": message.seq, "message": shown(message)} if message else {"seq": 0, "message": None}
    return _json({"chats": body})


async def clock(request: web.Request) -> web.Response:
    return _json({"now": _room(request).clock.now().astimezone(ZONE).isoformat(timespec="seconds")})


async def advance(request: web.Request) -> web.Response:
    body = await _body(request)
    await _room(request).advance(parse_duration(_text(body, "advance")))
    return await clock(request)


async def areas(request: web.Request) -> web.Response:
    known = request.app[PARTS].areas
    return _json(
        [
            {
                "code": area.code,
                "name": area.name,
                "level": area.level,
                "community": known.community_of(area.code) or "",
            }
            for area in known.all()
        ]
    )


async def events(request: web.Request) -> web.Response:
    person = request.query.get("person", "")
    await _room(request).check_person(person)
    return _json({"events": [dict(event) for event in await request.app[PARTS].events_of(person)]})


async def media(request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"]
    if not _MEDIA.fullmatch(name):
        raise Refused("unknown_media")
    return file_response(await _room(request).media(name), "private, max-age=86400")


ROUTES = (
    web.get("/practice/api/people", people),
    web.get("/practice/api/chats", chats),
    web.post("/practice/api/messages", post_message),
    web.post("/practice/api/press", press),
    web.get("/practice/api/chats/{chat}/messages", messages),
    web.get("/practice/api/latest", latest),
    web.get("/practice/api/clock", clock),
    web.post("/practice/api/clock", advance),
    web.get("/practice/api/areas", areas),
    web.get("/practice/api/events", events),
    web.get("/practice/media/{name}", media),
)


def shown(message: Message) -> dict[str, Json]:
    """A message as the interface gives it."""
    return {
        "seq": message.seq,
        "id": message.id,
        "chat": message.chat,
        "sender": message.sender,
        "text": message.text,
        "key": message.key,
        "params": dict(message.params),
        "images": [f"/practice/media/{name}" for name in message.images],
        "choices": [{"id": id, "label": label} for id, label in message.choices],
        "at": message.at.astimezone(ZONE).isoformat(timespec="seconds"),
    }


def _room(request: web.Request) -> PracticeRoom:
    return request.app[PARTS].room


def _json(body: object) -> web.Response:
    return web.json_response(body, headers={"Cache-Control": "no-store"}, dumps=_dumps)


def _dumps(body: object) -> str:
    return json.dumps(body, ensure_ascii=False)


async def _body(request: web.Request) -> Mapping[str, Any]:
    """The JSON object of the request, of at most 32 MiB. Raises Refused body_too_large, bad_json."""
    if (request.content_length or 0) > BODY_LIMIT:
        raise Refused("body_too_large")
    data = bytearray()
    try:
        async for chunk in request.content.iter_any():
            data += chunk
            if len(data) > BODY_LIMIT:
                raise Refused("body_too_large")
    except (web.RequestPayloadError, ConnectionResetError):  # not what its Content-Encoding says, or cut off
        raise Refused("bad_json") from None
    try:
        body = await asyncio.to_thread(json.loads, data)
    except (ValueError, RecursionError):  # ValueError: also what is not UTF-8, and numbers without end
        raise Refused("bad_json") from None
    if not isinstance(body, dict):
        raise Refused("bad_json")
    return body


def _text(body: Mapping[str, Any], name: str, needed: bool = True) -> str:
    """The text of a field; null and a missing one are "" where it is not needed. Raises Refused bad_field."""
    value = body.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value):
        raise Refused("bad_text", field=name)
    if name != "text" and not value.isprintable():  # half a surrogate cannot even be looked up
        raise Refused("bad_text", field=name)
    return value


def _id(body: Mapping[str, Any], name: str) -> str:
    """The client's own id, "" for none."""
    value = _text(body, name, needed=body.get(name) is not None)
    if len(value) > ID_LIMIT:
        raise Refused("bad_id", field=name, limit=ID_LIMIT)
    return value


def _photos(body: Mapping[str, Any]) -> tuple[bytes, ...]:
    """The pictures of the message. Raises Refused bad_field, bad_photo, too_many_photos, photo_too_large."""
    photos = body.get("photos")
    if photos is None:
        return ()
    if not isinstance(photos, list) or not all(isinstance(photo, str) for photo in photos):
        raise Refused("bad_list", field="photos")
    if len(photos) > PHOTO_LIMIT:
        raise Refused("too_many_photos", limit=PHOTO_LIMIT)
    decoded = []
    for number, photo in enumerate(photos, 1):
        try:
            data = base64.b64decode(photo, validate=True)
        except (binascii.Error, ValueError):
            raise Refused("bad_photo", number=number) from None
        if not data:
            raise Refused("bad_photo", number=number)
        if len(data) > PHOTO_BYTES:
            raise Refused("photo_too_large")
        decoded.append(data)
    return tuple(decoded)


def _number(request: web.Request, name: str, read: Callable[[str], float], most: float) -> float:
    """A number of the query from 0 to `most`, 0 when it is not given. Raises Refused bad_number."""
    try:
        value = read(request.query.get(name, "0"))
    except ValueError:
        value = -1
    if not 0 <= value <= most:
        raise Refused("bad_number", field=name, most=most)
    return value
