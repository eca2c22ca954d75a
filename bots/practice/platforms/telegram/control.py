"""The control interface: what the page, or anyone without Python, may see and do, as JSON."""

from __future__ import annotations

import asyncio
import base64
import binascii
import inspect
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bots.practice.platforms.telegram.faults import KINDS, Fault
from bots.practice.platforms.telegram.values import Call, Handed, Json, Misuse, Seen
from bots.practice.platforms.telegram.world import Chat

if TYPE_CHECKING:
    from bots.practice.platforms.telegram.server import Advance
    from bots.practice.platforms.telegram.standin import StandIn

LONGEST_WAIT_S = 25
PICTURES = {b"\x89PN": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF": "image/gif", b"RIF": "image/webp"}
DURATION = re.compile(
    r"P(?:(?P<days>\d{1,4})D)?(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,6})S)?)?"
)


def install(app: web.Application, standin: StandIn, advance: Advance | None) -> None:
    desk = Control(standin, advance)
    for method, path, handler in (
        ("GET", "/standin/api/state", desk.state),
        ("GET", "/standin/api/chats/{id:-?[0-9]+}/messages", desk.messages),
        ("GET", "/standin/api/wire", desk.wire),
        ("POST", "/standin/api/say", desk.say),
        ("POST", "/standin/api/press", desk.press),
        ("POST", "/standin/api/start", desk.start),
        ("POST", "/standin/api/members", desk.members),
        ("GET", "/standin/api/faults", desk.faults),
        ("POST", "/standin/api/faults", desk.set_faults),
        ("GET", "/standin/api/clock", desk.clock),
        ("POST", "/standin/api/clock", desk.move_clock),
        ("GET", "/standin/media/{file_id}", desk.media),
    ):
        app.router.add_route(method, path, told(handler))


def told(handler: Handler) -> Handler:
    """Errors as {"error": {"key", "text"}}."""

    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Misuse as error:
            key, text, status = error.key, str(error), error.status
        except web.HTTPRequestEntityTooLarge:
            key, text, status = "too_large", "too much at once", 413
        return web.json_response({"error": {"key": key, "text": text}}, status=status)

    return serve


def bad(text: str) -> Misuse:
    return Misuse("bad_request", text, "bad")


async def body_of(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise bad("the body is no JSON") from None
    if not isinstance(body, dict):
        raise bad("the body is no object")
    return body


MISSING: Any = object()


def integer(body: Json, name: str, default: Any = MISSING) -> Any:
    value = body.get(name)
    if value is None and default is not MISSING:
        return default
    if not isinstance(value, int) or isinstance(value, bool):
        raise bad(f"{name} must be a whole number")
    return value


def string(body: Json, name: str) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise bad(f"{name} must be text")
    return value or ""


def query_number(request: web.Request, name: str, most: int) -> int:
    value = request.query.get(name, "0")
    if not re.fullmatch(r"[0-9]{1,12}", value):
        raise bad(f"{name} must be a whole number")
    return min(most, int(value))


class Control:
    """The handlers; they share the stand-in and the hook that moves the clock."""

    def __init__(self, standin: StandIn, advance: Advance | None) -> None:
        self.standin = standin
        self.advance = advance
        self.moving: asyncio.Future[None] | None = None

    async def state(self, _: web.Request) -> web.Response:
        world = self.standin.world
        bot = {
            "id": world.bot.id,
            "username": world.bot.username,
            "name": world.bot.first_name,
            "privacy": world.privacy,
        }
        users = []
        for user in world.users.values():
            chat = world.chats[user.id]
            blocked = chat.bot == "kicked"
            users.append(
                {"id": user.id, "name": user.first_name, "started": chat.started, "blocked": blocked, "note": user.note}
            )
        chats = [self._chat(chat) for chat in world.chats.values() if chat.started and not chat.migrated_to]
        return web.json_response(
            {"platform": "Telegram", "now": world.now().isoformat(), "bot": bot, "users": users, "chats": chats}
        )

    @staticmethod
    def _chat(chat: Chat) -> Json:
        topics = [{"id": thread, "name": name} for thread, name in chat.topics.items()]
        place = "left" if chat.migrated_to else chat.bot
        return {
            "id": chat.id,
            "kind": chat.kind,
            "title": chat.title,
            "members": chat.members,
            "topics": topics,
            "bot": place,
            "note": chat.note,
        }

    async def _when(self, request: web.Request, look: Callable[[int], list[Json]]) -> list[Json]:
        """What `look(after)` finds, at once or as soon as there is something, within `wait` seconds."""
        after, wait = query_number(request, "after", 10**12), query_number(request, "wait", LONGEST_WAIT_S)
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        while (
            not (found := look(after)) and (left := until - loop.time()) > 0 and not self.standin.world.updates.closing
        ):
            await self.standin.bell.heard(left)
        return found

    async def messages(self, request: web.Request) -> web.Response:
        chat = int(request.match_info["id"])
        found = await self._when(request, lambda after: [seen_json(one) for one in self.standin.messages(chat, after)])
        return web.json_response({"messages": found})

    async def wire(self, request: web.Request) -> web.Response:
        found = await self._when(
            request, lambda after: [entry_json(one) for one in self.standin.record if one.n > after]
        )
        return web.json_response({"entries": found})

    async def say(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        photos = body.get("photos") or []
        if not isinstance(photos, list) or not all(isinstance(photo, str) for photo in photos):
            raise bad("photos must be a list of base64 texts")
        try:
            pictures = [base64.b64decode(photo, validate=True) for photo in photos]
        except (binascii.Error, ValueError):
            raise bad("photos must be base64") from None
        ids = self.standin.say(
            integer(body, "chat"),
            integer(body, "user"),
            string(body, "text"),
            photos=pictures,
            reply_to=integer(body, "reply_to", None),
            thread=integer(body, "thread", None),
            kind=string(body, "kind"),
        )
        return web.json_response({"message_ids": ids})

    async def press(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        id = self.standin.press(
            integer(body, "chat"), integer(body, "user"), integer(body, "message_id"), string(body, "data")
        )
        return web.json_response({"id": id})

    async def start(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        return web.json_response({"message_id": self.standin.start(integer(body, "user"), string(body, "payload"))})

    async def members(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        what: dict[tuple[str, str], Callable[[int], Any]] = {
            ("chat", "kick"): self.standin.kick,
            ("chat", "readmit"): self.standin.readmit,
            ("chat", "migrate"): self.standin.migrate,
            ("user", "block"): self.standin.block,
            ("user", "unblock"): self.standin.unblock,
        }
        whom = "chat" if body.get("chat") is not None else "user"
        act = what.get((whom, string(body, "action")))
        if act is None:
            raise bad("action: kick, readmit or migrate a chat; block or unblock by a user")
        moved = act(integer(body, whom))
        return web.json_response({"ok": True} | ({"chat": moved} if moved else {}))

    async def faults(self, _: web.Request) -> web.Response:
        waiting = [
            {"fault": one.kind, "method": one.method, "retry_after": one.retry_after}
            for one in self.standin.faults.waiting
        ]
        return web.json_response({"rates": self.standin.faults.rates, "next": waiting})

    async def set_faults(self, request: web.Request) -> web.Response:
        """Set the rates if they are given, and add to what comes next."""
        body = await body_of(request)
        rates, coming = body.get("rates"), body.get("next") or []
        if rates is not None and not (isinstance(rates, dict) and all(map(_is_rate, rates.items()))):
            raise bad(f"rates are chances from 0 to 1 of {', '.join(KINDS)}")
        if not isinstance(coming, list) or not all(isinstance(one, dict) for one in coming):
            raise bad("next is a list of {fault, method, retry_after}")
        try:
            waiting = [
                Fault(string(one, "fault"), string(one, "method"), integer(one, "retry_after", 1)) for one in coming
            ]
        except ValueError as error:
            raise bad(str(error)) from None
        if rates is not None:
            self.standin.faults.rates = rates
        self.standin.faults.waiting.extend(waiting)
        return await self.faults(request)

    async def clock(self, _: web.Request) -> web.Response:
        return web.json_response({"now": self.standin.world.now().isoformat(), "moves": self.advance is not None})

    async def move_clock(self, request: web.Request) -> web.Response:
        if self.advance is None:
            raise Misuse("no_clock", "this clock cannot be moved", "not_found")
        asked = string(await body_of(request), "advance")
        match = DURATION.fullmatch(asked)
        if match is None or not any(match.groups()):
            raise bad("advance is a duration such as PT2H or P1DT30M")
        moved = self.advance(timedelta(**{unit: int(value) for unit, value in match.groupdict("0").items()}))
        if inspect.isawaitable(moved):
            # A page that is closed meanwhile must not stop the clock halfway.
            self.moving = asyncio.ensure_future(moved)
            await asyncio.shield(self.moving)
        self.standin.bell.ring()
        return await self.clock(request)

    async def media(self, request: web.Request) -> web.Response:
        content = self.standin.photo(request.match_info["file_id"])
        kind = PICTURES.get(content[:3], "application/octet-stream")
        return web.Response(body=content, content_type=kind, headers={"Cache-Control": "private, max-age=86400"})


def _is_rate(pair: tuple[Any, Any]) -> bool:
    kind, chance = pair
    return kind in KINDS and isinstance(chance, int | float) and not isinstance(chance, bool) and 0 <= chance <= 1


def seen_json(seen: Seen) -> Json:
    return {
        "seq": seen.seq,
        "message_id": seen.message_id,
        "thread": seen.thread,
        "sender": {"id": seen.sender.id, "name": seen.sender.first_name, "bot": seen.sender.bot},
        "text": seen.text,
        "photos": [f"/standin/media/{file_id}" for file_id in seen.photos],
        "album": seen.album,
        "buttons": [[{"text": one.label, "data": one.data, "url": one.url} for one in row] for row in seen.buttons],
        "reply_to": seen.reply_to,
        "edited": seen.edited,
        "at": seen.at.isoformat(),
        "kind": seen.kind,
    }


def entry_json(entry: Call | Handed) -> Json:
    head = {"n": entry.n, "at": entry.at.isoformat(), "status": entry.status}
    if isinstance(entry, Call):
        call = {"direction": "call", "name": entry.method, "body": entry.params, "answer": entry.answer}
        return head | call | {"fault": entry.fault, "delivered": entry.delivered}
    taken = entry.status is not None and 200 <= entry.status <= 299
    update = {"direction": "update", "name": entry.kind, "body": entry.update, "answer": None}
    return head | update | {"fault": "", "delivered": taken}
