"""One publication as it will be read, who will read it, what was done with it; and what staff may do."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from aiohttp import web

from bots.web.static import file_response
from bots.web.workbench.door import HOME, Note, Visit
from core.errors import Conflict, Refused
from core.messages import Chat, Reply
from core.people import Person
from core.privacy import clean
from core.turn import Turn
from narratives import editing, notices, publish, withdrawal
from narratives.publications import POSTERS, Publication, PublicationState
from storage import queries
from storage.unit_of_work import Unit

LOOKS = 40  # times a page asks again by itself whether the pictures are there
LOOK_EVERY_S = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """`post` is what the groups read; `event` the number of its event, None for what is about none; `people` whom it
    names, by id."""

    publication: Publication
    post: Reply
    groups: tuple[Chat, ...]
    deeds: tuple[queries.Deed, ...]
    people: Mapping[int, Person]
    event: int | None
    now: datetime


Act = Callable[[int, Mapping[str, str], Turn, Unit], Awaitable[Reply]]


async def _approve(number: int, form: Mapping[str, str], turn: Turn, uow: Unit) -> Reply:
    told = form.get("edition", "")
    edition = int(told) if told.isdecimal() and len(told) < 10 else -1  # one that nobody has seen
    return await publish.approve(number, edition, form.get("checked") == "yes", turn, uow)


async def _leave_out(number: int, form: Mapping[str, str], turn: Turn, uow: Unit) -> Reply:
    photo, current = form.get("photo", ""), await uow.publications.by_serial(turn.community or "", number)
    if current is not None and photo in current.dropped:
        raise Conflict(f"{current.number} does without that photo already")
    return await editing.leave_out(number, photo, turn, uow)


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "approve": _approve,
        "change": lambda number, form, turn, uow: editing.change(number, clean(form.get("text", "")), turn, uow),
        "leave_out": _leave_out,
        "put_back": lambda number, form, turn, uow: editing.put_back(number, form.get("photo", ""), turn, uow),
        "refuse": lambda number, form, turn, uow: editing.refuse(number, clean(form.get("reason", "")), turn, uow),
        "undo": lambda number, form, turn, uow: withdrawal.undo(number, turn, uow),
        "take_down": lambda number, form, turn, uow: withdrawal.take_down(
            number, clean(form.get("reason", "")), turn, uow
        ),
    }
)


async def show(visit: Visit) -> web.StreamResponse:
    return await _show(visit)


async def _show(visit: Visit, status: int = 200, note: Note | None = None) -> web.Response:
    seen = await look_at(visit)
    one, publishing = seen.publication, visit.desk.house.policy.publishing
    looks = visit.request.query.get("look", "0")
    look = int(looks) if looks.isascii() and looks.isdecimal() and len(looks) < 4 else 0
    here = address(visit)
    return visit.page(
        "publication.html",
        status,
        note,
        seen=seen,
        one=one,
        text=visit.desk.house.texts.render(seen.post),
        seen_words=mark_of(one.changed_text),
        words_now="" if one.kind in POSTERS else visit.form.get("text") or await visit.desk.words(one),
        changes=one.kind not in POSTERS,
        here=here,
        looks=LOOKS,
        every=LOOK_EVERY_S,
        refresh=f"{LOOK_EVERY_S}; url={here}?look={look + 1}" if _is_drawing(one) and look < LOOKS and not note else "",
        kept=visit.form,
        publishing=publishing,
        public=f"{publishing_address(visit)}/e/{one.token}" if publishing_address(visit) and one.token else "",
        limit=editing.CHANGE_LIMIT if one.event is not None else notices.NOTICE_LIMIT,
    )


async def decide(visit: Visit) -> web.StreamResponse:
    """Does what the pressed button says. What was typed stays in its field when it could not be done."""
    name = visit.form.get("act", "")
    if name not in ACTS:
        raise web.HTTPNotFound

    async def work(uow: Unit) -> Reply:
        if name == "change":
            await unchanged(visit, uow, lambda one: one.changed_text)
        return await ACTS[name](visit.number, visit.form, visit.turn(uow), uow)

    try:
        done = await visit.run(work)
    except (Refused, Conflict) as error:
        return await _show(visit, *visit.regret(error))
    return visit.go(address(visit), Note(visit.desk.reply(done)))


async def state(visit: Visit) -> web.StreamResponse:
    """What a page asks while the pictures are being drawn."""
    return web.json_response({"state": (await publication_of(visit)).state}, headers={"Cache-Control": "no-store"})


async def media(visit: Visit) -> web.StreamResponse:
    """A picture or an original photo of this publication, and nobody else's."""
    one = await publication_of(visit)
    name = visit.request.match_info["name"]
    if name not in {*one.images, *one.photos, *one.dropped}:
        raise web.HTTPNotFound
    return file_response(visit.desk.house.media.path(name), "private, no-store")


async def paper(visit: Visit) -> web.StreamResponse:
    """For the notice board: only what was approved may hang there."""
    one = await publication_of(visit)
    if one.state != PublicationState.APPROVED:
        raise web.HTTPNotFound
    return web.Response(
        body=await visit.desk.paper(one),
        content_type="application/pdf",
        headers={"Cache-Control": "private, no-store", "Content-Disposition": f'inline; filename="{one.number}.pdf"'},
    )


def address(visit: Visit) -> str:
    return f"{HOME}/{visit.community}/L{visit.number}"


def publishing_address(visit: Visit) -> str:
    return visit.desk.house.settings.public_url.rstrip("/")


async def publication_of(visit: Visit) -> Publication:
    """Raises HTTPNotFound when the community has none of that number."""
    found = await visit.desk.house.db.read(lambda uow: uow.publications.by_serial(visit.community, visit.number))
    if found is None:
        raise web.HTTPNotFound
    return found


async def unchanged(visit: Visit, uow: Unit, part: Callable[[Publication], str]) -> None:
    """Raises Conflict when a colleague changed that part of it since the form was shown, so that nothing of theirs is lost.

    Not the version: that rises with each drawing, too.
    """
    current = await uow.publications.by_serial(visit.community, visit.number)
    if current is not None and mark_of(part(current)) != visit.form.get("seen"):
        raise Conflict(f"{current.number} is not as the form showed it")


def mark_of(part: str) -> str:
    """What a form carries to say upon what it was filled in."""
    return hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()[:16]


async def look_at(visit: Visit) -> Seen:
    """Raises HTTPNotFound when the community has none of that number."""

    async def look(uow: Unit) -> Seen | None:
        one = await uow.publications.by_serial(visit.community, visit.number)
        if one is None:
            return None
        named = [person for person in (one.author, one.confirmed_by, one.approved_by) if person is not None]
        event = (await uow.events.get(one.event)).serial if one.event is not None else None
        return Seen(
            publication=one,
            post=await publish.post_of(one, uow),
            groups=await publish.groups_of(one, uow),
            deeds=await queries.deeds(uow, one),
            people=await uow.people.many(named),
            event=event,
            now=uow.now,
        )

    seen = await visit.desk.house.db.read(look)
    if seen is None:
        raise web.HTTPNotFound
    return seen


def _is_drawing(one: Publication) -> bool:
    return one.state == PublicationState.DRAWING
