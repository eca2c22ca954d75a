"""What staff make of a draft before they approve it: other words, fewer photos, covered faces and plates; or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.errors import Refused
from core.facts import FactKind
from core.messages import Choice, Json, Reply
from core.privacy import mask
from core.turn import Turn
from narratives.meant import fact_of, named, publication_meant, tell_colleagues
from narratives.notices import NOTICE_LIMIT
from narratives.ports import PublishingWork
from narratives.publications import POSTERS, Box, Publication, PublicationAction, PublicationKind, advance

CHANGE_LIMIT = 600  # characters staff may write instead of the story
BOXES = 60  # on one photo
SMALLEST = 0.004  # of a side: less is a slip of the finger


async def change(number: int | None, text: str, turn: Turn, uow: PublishingWork) -> Reply:
    """修改 L3 text: staff's own words instead of the story's; the pictures are drawn anew and shown again."""
    publication = await publication_meant(number, turn, uow)
    _refuse_poster(publication)
    words = text.strip()
    if not words:
        return Reply("change_how", named(publication), asked=(turn.who.id,), event=publication.event)
    most = NOTICE_LIMIT if publication.kind == PublicationKind.NOTICE else CHANGE_LIMIT
    if len(words) > most:
        raise Refused("change_too_long", log=publication.number, most=most)
    if publication.kind == PublicationKind.NOTICE:  # whoever wrote what stands there now does not approve it alone
        publication = replace(publication, author=turn.who.id)
    publication = await _changed(replace(publication, changed_text=words), uow)
    await uow.facts.append(fact_of(FactKind.LOG_CHANGED, publication, turn, text=words))
    return Reply("log_changing", {"log": publication.number}, event=publication.event)


async def refuse(number: int | None, reason: str, turn: Turn, uow: PublishingWork) -> Reply:
    """驳回 L3 reason: it goes nowhere, and the reason is kept."""
    publication = await publication_meant(number, turn, uow)
    if not reason.strip():
        raise Refused("reason_needed_log", log=publication.number)
    publication = await uow.publications.save(
        replace(advance(publication, PublicationAction.REFUSE), reason=reason.strip(), remind_at=None)
    )
    await uow.facts.append(fact_of(FactKind.LOG_REFUSED, publication, turn, reason=reason.strip()))
    await tell_colleagues("log_refused_for_staff", publication, turn, uow)
    params: dict[str, Json] = {
        "log": publication.number,
        "title": publication.title,
        "reason": mask(reason.strip()),
    }
    return Reply("log_refused", params, event=publication.event)


async def drop_photo(number: int | None, place: int | None, turn: Turn, uow: PublishingWork) -> Reply:
    """去掉照片 L3 2: the second photo of the picture is left out; without a place, each photo is a choice."""
    publication = await publication_meant(number, turn, uow)
    advance(publication, PublicationAction.CHANGE)
    photos = publication.photos
    if not photos:
        raise Refused("no_photos", log=publication.number)
    if place is None or not 1 <= place <= len(photos):
        choices = tuple(
            Choice(f"photo-{n}", "photo", f"去掉照片 {publication.number} {n}", {"n": n})
            for n in range(1, len(photos) + 1)
        )
        params: dict[str, Json] = {"log": publication.number, "count": len(photos)}
        return Reply("which_photo", params, choices, photos, asked=(turn.who.id,), event=publication.event)
    return await leave_out(publication.serial, photos[place - 1], turn, uow)


async def leave_out(number: int, photo: str, turn: Turn, uow: PublishingWork) -> Reply:
    """The photo of that media name is left out. Raises Refused `no_photos` when it does not show it."""
    publication = await publication_meant(number, turn, uow)
    if photo not in publication.photos:
        raise Refused("no_photos", log=publication.number)
    publication = await _changed(replace(publication, dropped=(*publication.dropped, photo)), uow)
    await uow.facts.append(fact_of(FactKind.PHOTO_DROPPED, publication, turn, photo=photo))
    return Reply("log_changing", {"log": publication.number}, event=publication.event)


async def put_back(number: int, photo: str, turn: Turn, uow: PublishingWork) -> Reply:
    """A photo that was left out is shown after all."""
    publication = await publication_meant(number, turn, uow)
    if photo not in publication.dropped:
        raise Refused("no_photos", log=publication.number)
    dropped = tuple(name for name in publication.dropped if name != photo)
    publication = await _changed(replace(publication, dropped=dropped), uow)
    await uow.facts.append(fact_of(FactKind.PHOTO_RESTORED, publication, turn, photo=photo))
    return Reply("log_changing", {"log": publication.number}, event=publication.event)


async def cover(number: int, photo: str, boxes: Sequence[Box], turn: Turn, uow: PublishingWork) -> Reply:
    """These rectangles of the photo are covered, and no others. Raises Refused `no_photos`, `too_many_boxes`."""
    publication = await publication_meant(number, turn, uow)
    if photo not in publication.photos:
        raise Refused("no_photos", log=publication.number)
    if len(boxes) > BOXES:
        raise Refused("too_many_boxes", log=publication.number, most=BOXES)
    kept = tuple(box for box in map(_inside, boxes) if min(box[2], box[3]) >= SMALLEST)
    others = {name: own for name, own in publication.boxes.items() if name != photo}
    publication = await _changed(replace(publication, boxes={**others, **({photo: kept} if kept else {})}), uow)
    await uow.facts.append(fact_of(FactKind.PHOTO_COVERED, publication, turn, photo=photo, boxes=len(kept)))
    return Reply("log_changing", {"log": publication.number}, event=publication.event)


def _inside(box: Box) -> Box:
    """The part of the box that lies in the picture."""
    left, top = min(max(box[0], 0.0), 1.0), min(max(box[1], 0.0), 1.0)
    right, bottom = min(max(box[0] + box[2], left), 1.0), min(max(box[1] + box[3], top), 1.0)
    return left, top, right - left, bottom - top


async def _changed(publication: Publication, uow: PublishingWork) -> Publication:
    """As it is now; its pictures are no longer true. Raises Refused by the table."""
    moved = advance(publication, PublicationAction.CHANGE)
    return await uow.publications.save(replace(moved, confirmed_by=None, remind_at=None))


def _refuse_poster(publication: Publication) -> None:
    if publication.kind in POSTERS:
        raise Refused("poster_fixed", log=publication.number)
