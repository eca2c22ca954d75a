"""Faces and plates in one photo are covered by rectangles that staff draw on it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from aiohttp import web

from bots.web.workbench.door import Note, Visit
from bots.web.workbench.review import address, mark_of, publication_of, unchanged
from core.errors import Conflict, Refused
from core.messages import Reply
from narratives import editing
from narratives.publications import Box, Publication
from storage.unit_of_work import Unit

_PARTS = 4  # x, y, width and height
_FARTHEST = 10  # sides of the photo: whatever lies outside is cut off anyway


async def show(visit: Visit) -> web.StreamResponse:
    return await _show(visit)


async def _show(
    visit: Visit, status: int = 200, note: Note | None = None, boxes: Sequence[Box] | None = None
) -> web.Response:
    one, name = await publication_of(visit), visit.request.match_info["name"]
    if name not in one.photos or not one.waits:
        raise web.HTTPNotFound
    drawn = one.boxes.get(name, ()) if boxes is None else boxes
    return visit.page(
        "cover.html",
        status,
        note,
        one=one,
        name=name,
        place=one.photos.index(name) + 1,
        boxes=json.dumps(drawn),
        seen=mark_of(_boxes_in(one, name)),
        most=editing.BOXES,
        here=address(visit),
    )


async def save(visit: Visit) -> web.StreamResponse:
    """The rectangles of the form stand instead of those before; the pictures are drawn anew."""
    name, boxes = visit.request.match_info["name"], read_boxes(visit.form.get("boxes", ""))
    if boxes is None:
        return await _show(visit, 400, Note(visit.desk.say("bad_boxes"), good=False))

    async def work(uow: Unit) -> Reply:
        await unchanged(visit, uow, lambda one: _boxes_in(one, name))
        return await editing.cover(visit.number, name, boxes, visit.turn(uow), uow)

    try:
        done = await visit.run(work)
    except (Refused, Conflict) as error:
        status, note = visit.regret(error)
        return await _show(visit, status, note, boxes)
    return visit.go(address(visit), Note(visit.desk.reply(done)))


def _boxes_in(one: Publication, name: str) -> str:
    return json.dumps(one.boxes.get(name, ()))


def read_boxes(text: str) -> tuple[Box, ...] | None:
    """[[x, y, width, height], …] of finite numbers; None for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not all(_is_box(one) for one in found):
        return None
    return tuple((float(x), float(y), float(w), float(h)) for x, y, w, h in found)


def _is_box(found: object) -> bool:
    return (
        isinstance(found, list)
        and len(found) == _PARTS
        and all(isinstance(part, int | float) and abs(part) <= _FARTHEST and math.isfinite(part) for part in found)
    )
