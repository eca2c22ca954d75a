"""What is to be sent and what went wrong on the way: the piles of a community, and what staff decide of each."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiohttp import web

from bots import sending as cases
from bots.web.workbench.door import HOME, Note, Visit
from core.errors import Conflict, Refused
from storage import sending
from storage.outbox import OutgoingState
from storage.sending import RULES, Decision, Pile
from storage.unit_of_work import Unit

SHOWN = 50  # of each pile
LATE = timedelta(minutes=10)  # what should have left so long ago is marked
_DIGITS = 18  # of an id


async def show(visit: Visit) -> web.StreamResponse:
    return await _show(visit)


async def _show(visit: Visit, status: int = 200, note: Note | None = None) -> web.Response:
    async def look(uow: Unit) -> tuple[dict[OutgoingState, Pile], datetime]:
        return await sending.listing(uow, visit.community, SHOWN), uow.now

    piles, now = await visit.desk.house.db.read(look)
    return visit.page(
        "sending.html",
        status,
        note,
        piles=piles,
        now=now,
        late=LATE,
        why=lambda one: visit.desk.house.texts.words["why"][cases.why(one.error)],
        post=lambda one: visit.desk.house.texts.words["post"][cases.post(one)],
        role=visit.desk.house.texts.words["role"],
        may=lambda one: [decision for decision, (froms, _) in RULES.items() if one.state in froms],
        here=address(visit),
    )


async def decide(visit: Visit) -> web.StreamResponse:
    act, told = visit.form.get("act", ""), visit.form.get("outgoing", "")
    if act not in RULES or not (told.isascii() and told.isdecimal() and len(told) <= _DIGITS):
        raise web.HTTPNotFound
    try:
        done = await visit.run(lambda uow: cases.decide(Decision(act), int(told), visit.turn(uow), uow))
    except (Refused, Conflict) as error:
        return await _show(visit, *visit.regret(error))
    return visit.go(address(visit), Note(visit.desk.reply(done)))


def address(visit: Visit) -> str:
    return f"{HOME}/{visit.community}/sending"
