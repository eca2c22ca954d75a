"""一群一日一帖: groups that take one post a day get the day's publications in one picture and one text."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bots.composing import Composed, link_of
from bots.house import House
from bots.newsroom import draw_all
from core.deadlines import local
from core.errors import Conflict
from core.events import Stage
from core.messages import Chat, Outgoing, Reply, Urgency
from narratives import sheets
from narratives.publications import Box, Draft, Publication
from narratives.text import sheet_post
from narratives.words import Words, words_of
from storage.unit_of_work import Unit

logger = logging.getLogger(__name__)
ITEMS = 12  # publications of one digest; what is more waits for the next day


class DigestFailed(RuntimeError):
    """A digest could not be made: it is tried again later."""


async def post_due(house: House) -> int:
    """The digest of each group whose hour has come; returns how many were posted. Raises DigestFailed after all of them."""
    moment = last_moment(house.clock.now(), house)
    day = f"{local(moment, house.policy.calendar):%Y-%m-%d}"
    approved_by = moment - house.policy.publishing.hold
    chats = await house.db.read(lambda uow: uow.publications.digests_due(approved_by, day))
    posted, failure = 0, None
    for chat in chats:
        try:
            posted += await _post(chat, day, approved_by, house)
        except Conflict:
            logger.info("a publication was withdrawn while the digest was drawn chat=%d", chat)
        except Exception as error:  # the other groups get theirs
            logger.exception("no digest chat=%d", chat)
            failure = error
    if failure is not None:
        raise DigestFailed from failure
    return posted


def last_moment(now: datetime, house: House) -> datetime:
    """The latest moment at which digests left, or leave just now."""
    here = local(now, house.policy.calendar)
    today = here.replace(
        hour=house.policy.publishing.digest_at.hour,
        minute=house.policy.publishing.digest_at.minute,
        second=0,
        microsecond=0,
    )
    return (today if today <= here else today - timedelta(days=1)).astimezone(now.tzinfo)


async def next_due(house: House) -> datetime | None:
    """When the next digest leaves; None when no group has anything to read."""
    if not await house.db.read(lambda uow: uow.publications.awaits_digest()):
        return None
    last = local(last_moment(house.clock.now(), house), house.policy.calendar)
    return (last + timedelta(days=1)).astimezone(UTC)  # the same time on the clock, whatever the zone does meanwhile


@dataclass(frozen=True, slots=True)
class _Item:
    """A publication with its event's number and stars, and the media names of a photo before and one after."""

    publication: Publication
    number: str = ""
    stars: int | None = None
    before: str = ""
    after: str = ""


async def _item(one: Publication, uow: Unit) -> _Item:
    if one.event is None:
        return _Item(one)
    event = await uow.events.get(one.event)
    shown = [photo for photo in await uow.photos.of_event(event.id) if photo.name in one.photos]
    before = next((photo.name for photo in shown if photo.stage == Stage.BEFORE), "")
    after = next((photo.name for photo in reversed(shown) if photo.stage == Stage.AFTER), "")
    return _Item(one, event.number, event.stars, before, after)


async def _post(chat_id: int, day: str, approved_by: datetime, house: House) -> int:
    async def look(uow: Unit) -> tuple[Chat, list[_Item]]:
        chat = await uow.chats.get(chat_id)
        found = await uow.publications.for_digest(chat_id, approved_by, ITEMS)
        return chat, [await _item(one, uow) for one in found]

    chat, items = await house.db.read(look)
    if not items:
        return 0
    composed = _compose(chat, day, items, house)
    images = await draw_all(composed, house, leave_out=True)

    async def write(uow: Unit) -> None:
        ids = [item.publication.id for item in items]
        if await uow.publications.digested(chat_id, ids, day) != len(items):
            raise Conflict("withdrawn meanwhile")
        reply = Reply("digest_posted", {"text": composed.draft.text, "day": day, "count": len(items)}, images=images)
        await uow.outgoing.add(
            Outgoing(f"digest:{chat_id}:{day}:{'-'.join(map(str, ids))}", reply, chat=chat_id, urgency=Urgency.POST)
        )

    await house.db.run(write)
    return 1


def _compose(chat: Chat, day: str, items: Sequence[_Item], house: House) -> Composed:
    policy = house.policy
    words = words_of(house.settings.language, house.settings.templates)
    data = sheets.digest_data(
        [
            sheets.DigestItem(
                title=item.publication.title,
                result=_result(item.publication, words),
                number=item.number,
                before=item.before,
                after=item.after,
                stars=item.stars,
                link=link_of(item.publication.token, house),
            )
            for item in items
        ],
        policy.areas.path(chat.area),
        date.fromisoformat(day),
        link=policy.publishing.intake,
        look=policy.look,
        language=house.settings.language,
    )
    told = sheet_post(data, words)
    boxes: dict[str, tuple[Box, ...]] = {}
    for item in items:
        boxes |= item.publication.boxes
    photos = tuple(dict.fromkeys(name for item in items for name in (item.before, item.after) if name))
    return Composed(Draft(str(data["title"]), told.text, photos), data, boxes, (*words.faults, *told.faults))


def _result(one: Publication, words: Words) -> str:
    """What the approved text says behind 办理结果, 社区答复 or 没有受理的原因, else its line after the first: nothing that
    was not approved."""
    lines = [line for line in one.text.splitlines()[1:-1] if line]
    told = next(filter(None, (_after(line, words) for line in lines)), "")
    return told or next(iter(lines), "")


def _after(line: str, words: Words) -> str:
    """What stands behind such a label; "" for another line."""
    for key in ("result", "answer", "reason"):
        label = words.say("label", key)
        if line.startswith((f"{label}：", f"{label}: ")):
            return line[len(label) + 1 :].strip()
    return ""
