"""The door of the workbench: one-time links open a session, and one check of session, right and form guards every route.

A session lasts 12 hours; who somebody is and what they may do is asked anew at every request, so a changed role counts at
once. The browser holds 256 random bits in a cookie, the database only their digest; what proves that a form is ours, and a
message between two pages, is derived from them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeAlias, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from bots.answer import random_number, random_token
from bots.web.errors import STATUS
from bots.web.workbench.desk import DESK, Desk
from core.areas import Level
from core.errors import Conflict, Refused
from core.messages import Audience, Chat, ChatKind, Reply
from core.people import Person, Right, rights_in
from core.turn import Turn
from points.rewards import code_from
from storage.logins import LoginKind
from storage.unit_of_work import Unit

logger = logging.getLogger(__name__)
T = TypeVar("T")

COOKIE, NOTE_COOKIE = "huying_workbench", "huying_note"
HOME, CLOSED, LEFT = "/workbench", "/workbench/enter", "/workbench/left"
LASTS = timedelta(hours=12)
BODY_LIMIT = 64 * 1024  # bytes of a form
_NOTE_LIMIT = 700  # characters, so that the cookie is taken by every browser
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Note:
    """What the next page says above everything else. `code`: shown large there, once; `link`: what types it for them."""

    text: str
    good: bool = True
    code: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that was let in: whose it is, and the community of its address, "" where it names none."""

    request: web.Request
    desk: Desk
    person: Person
    secret: str
    community: str = ""
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return int(self.request.match_info["number"])

    @property
    def own_community(self) -> str | None:
        """The community the person belongs to; None above communities, and where the rules no longer know their area."""
        areas = self.desk.house.policy.areas
        return areas.community_of(self.person.area) if self.person.area in areas else None

    def turn(self, uow: Unit, about: str = "", token: str = "") -> Turn:
        """The person speaking on the page, about the community of its address or a grid of it."""
        chat = Chat(0, "web", "web", f"web:{self.person.id}", ChatKind.DIRECT, Audience.STAFF, about or self.community)
        policy, address = self.desk.house.policy, self.desk.house.settings.public_url.rstrip("/")
        return Turn(
            key=f"web:{random_token()}",
            who=self.person,
            chat=chat,
            policy=policy,
            now=uow.now,
            code=code_from(random_number()),
            token=token or random_token(),
            address=address,
            about=about or self.community,
        )

    async def run(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """One unit of work; the loops then carry out what it wrote down."""
        value = await self.desk.house.db.run(work)
        self.desk.house.wakeup.wake()
        return value

    def regret(self, error: Refused | Conflict) -> tuple[int, Note]:
        """The status and the words of what a use case would not do."""
        if isinstance(error, Conflict):
            return 409, Note(self.desk.say("just_changed"), good=False)
        return STATUS.get(error.key, 400), Note(self.desk.reply(Reply(error.key, error.params)), good=False)

    def page(self, template: str, status: int = 200, note: Note | None = None, **values: object) -> web.Response:
        """A page, with what the last one left to be said."""
        left = _read_note(self.request.cookies.get(NOTE_COOKIE, ""), self.secret)
        response = self.desk.response(
            template,
            status,
            note=note or left,
            me=self.person,
            community=self.community,
            csrf=form_key(self.secret),
            many=self.own_community is None,
            **values,
        )
        if NOTE_COOKIE in self.request.cookies:
            response.del_cookie(NOTE_COOKIE, path=HOME)
        return response

    def refused(self, status: int, key: str) -> web.Response:
        """A page that says kindly why there is nothing to see."""
        return self.page("message.html", status, key=key)

    def go(self, path: str, note: Note | None = None) -> web.Response:
        """On to another page, which will say the note."""
        response = web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})
        if note is not None:
            set_cookie(
                response, self.desk, self.request, NOTE_COOKIE, _written(note, self.secret), timedelta(minutes=5)
            )
        return response


Page: TypeAlias = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """`need`: the right asked for in the community of the address, or else in the person's own area; None: a session is
    enough."""

    method: str
    path: str
    page: Page
    need: Right | None


def guarded(route: Route) -> Handler:
    """The handler of a route: nothing of it runs before session, community, right and form are in order."""

    async def serve(request: web.Request) -> web.StreamResponse:
        desk, secret = request.app[DESK], request.cookies.get(COOKIE, "")
        person = await desk.house.db.read(lambda uow: _person_of(secret, uow)) if secret else None
        if person is None:
            raise web.HTTPSeeOther(CLOSED)
        stranger, code = Visit(request, desk, person, secret), request.match_info.get("community", "")
        if code and not _is_community(code, desk):
            return stranger.refused(404, "not_there")
        if route.need is not None and not _may(person, route.need, code or person.area, desk):
            return stranger.refused(403, "not_yours")
        visit = replace(stranger, community=code)
        try:
            if route.method == "POST":
                visit = replace(visit, form=await _form(request))
                if not _is_ours(visit.form, secret):
                    logger.warning("a form without its key person=%d", person.id)
                    return visit.refused(403, "stale_form")
            return await route.page(visit)
        except web.HTTPNotFound:
            return visit.refused(404, "not_there")
        except web.HTTPRequestEntityTooLarge:
            return visit.refused(413, "too_large")

    return serve


async def before(request: web.Request) -> web.StreamResponse:
    """What the link shows: a button. Whatever looks at links by itself, as chat apps do, must not use it up."""
    desk, token = request.app[DESK], request.match_info["token"]
    if not await desk.house.db.read(lambda uow: uow.logins.is_open(token, uow.now)):
        return _no_session(desk)
    return desk.response("enter.html", token=token, hours=LASTS // timedelta(hours=1))


async def enter(request: web.Request) -> web.StreamResponse:
    """The button pressed: the link is used up, and a session begins."""
    desk, token, secret = request.app[DESK], request.match_info["token"], secrets.token_urlsafe(32)

    async def begin(uow: Unit) -> str | None:
        opened = await uow.logins.use_link(token, uow.now)
        if opened is None:
            return None
        await uow.logins.end(request.cookies.get(COOKIE, ""), uow.now)  # a browser holds one session
        await uow.logins.add(LoginKind.SESSION, secret, opened.person, uow.now, uow.now + LASTS)
        return opened.target

    target = await desk.house.db.run(begin)
    if target is None:
        return _no_session(desk)
    own = target if target == HOME or target.startswith(f"{HOME}/") else HOME
    response = web.Response(status=303, headers={"Location": own, "Cache-Control": "no-store"})
    set_cookie(response, desk, request, COOKIE, secret, LASTS)
    return response


async def closed(request: web.Request) -> web.StreamResponse:
    return request.app[DESK].response("closed.html", 403)


async def left(request: web.Request) -> web.StreamResponse:
    return request.app[DESK].response("left.html")


async def leave(visit: Visit) -> web.StreamResponse:
    await visit.run(lambda uow: uow.logins.end(visit.secret, uow.now))
    response = visit.go(LEFT)
    response.del_cookie(COOKIE, path=HOME)
    return response


def _no_session(desk: Desk) -> web.Response:
    """Used, expired, or never was: which of them is nobody's business."""
    logger.warning("a link into the workbench opened nothing")
    return desk.response("closed.html", 403)


def set_cookie(
    response: web.Response, desk: Desk, request: web.Request, name: str, value: str, lasts: timedelta
) -> None:
    secure = request.secure or desk.house.settings.public_url.startswith("https:")
    age = int(lasts.total_seconds())
    response.set_cookie(name, value, max_age=age, path=HOME, httponly=True, samesite="Lax", secure=secure)


def form_key(secret: str) -> str:
    """What a form of this session carries, and no other page can know."""
    return _sign("form", secret)


def own_token(secret: str, once: str) -> str:
    """128 bits that nobody can guess, the same for the same form: sending it twice does not do it twice."""
    digest = hmac.new(_bytes(secret), f"token:{once}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


async def _person_of(secret: str, uow: Unit) -> Person | None:
    person = await uow.logins.person_of(secret, uow.now)
    return (await uow.people.many([person])).get(person) if person is not None else None


def _is_community(code: str, desk: Desk) -> bool:
    areas = desk.house.policy.areas
    return code in areas and areas[code].level == Level.COMMUNITY


def _may(person: Person, need: Right, area: str, desk: Desk) -> bool:
    areas = desk.house.policy.areas
    return area in areas and need in rights_in(person, area, areas)


async def _form(request: web.Request) -> Mapping[str, str]:
    """The fields of a form; none for what is not one. Raises HTTPRequestEntityTooLarge."""
    if request.content_type != _FORM:
        return {}
    try:
        fields = await request.clone(client_max_size=BODY_LIMIT).post()
    except (ValueError, LookupError):  # bytes that are no text, or a character set that is none
        return {}
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def _is_ours(form: Mapping[str, str], secret: str) -> bool:
    return hmac.compare_digest(_bytes(form.get("csrf", "")), _bytes(form_key(secret)))


def _written(note: Note, secret: str) -> str:
    told = json.dumps([note.text[:_NOTE_LIMIT], note.good, note.code, note.link], ensure_ascii=False)
    packed = base64.urlsafe_b64encode(_bytes(told)).decode()
    return f"{packed}.{_sign(packed, secret)}"


def _read_note(cookie: str, secret: str) -> Note | None:
    """The note of the cookie; None for one that this session did not write."""
    packed, _, signature = cookie.partition(".")
    if not packed or not hmac.compare_digest(_bytes(signature), _bytes(_sign(packed, secret))):
        return None
    return Note(*json.loads(base64.urlsafe_b64decode(packed).decode("utf-8", "replace")))


def _sign(what: str, secret: str) -> str:
    return hmac.new(_bytes(secret), _bytes(what), hashlib.sha256).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
