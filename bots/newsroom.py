"""How what is published comes to be: composed from what is known, drawn with no transaction open, shown to staff.

Every step may run again after a crash: a log is one by its event's closing, an edition is drawn once its version stands.
"""

from __future__ import annotations

import hashlib
import logging

from bots.answer import random_token
from bots.composing import COMPOSE, Composed, History, compose_log, history_of
from bots.house import House
from core.errors import Conflict, Refused
from core.facts import Fact
from core.messages import Json, Reply
from narratives import publish, withdrawal
from narratives.card import draw, draw_paper
from narratives.meant import tell_staff
from narratives.publications import Publication, PublicationState, is_composed_so
from narratives.publications import composed as new_edition
from storage.unit_of_work import Unit

logger = logging.getLogger(__name__)


async def write_log(history: History, fact: Fact, house: House) -> None:
    """Compose the log of an event and draw it; one that nobody has decided upon yet keeps what staff made of it."""
    log = history.log if history.log is not None and history.log.waits else None
    token = log.token if log is not None and log.token else random_token()
    composed = compose_log(history, house, log, token)

    async def write(uow: Unit) -> Publication | None:
        event = await uow.events.get(history.event.id)
        current = await uow.publications.of_event(event.id)
        if _version(current) != _version(history.log):  # changed meanwhile, and that fact has its own reaction
            return None
        if not publish.is_tellable(event, house.policy):  # reopened or made private meanwhile
            return None
        return await publish.draft(event, composed.draft, token, uow, house.clock.now())

    publication = await house.db.run(write)
    if publication is not None:
        await draw_and_show(publication, composed, fact, house)


def _version(publication: Publication | None) -> tuple[int, int] | None:
    return (publication.id, publication.version) if publication is not None else None


async def rewrite(publication: Publication, fact: Fact, house: House) -> None:
    """Compose and draw anew what staff changed, or what was only asked for; what is drawn already has been seen to."""
    if publication.state != PublicationState.DRAWING:
        return
    if publication.event is not None:
        history = await history_of(publication.event, house)
        if publish.is_tellable(history.event, house.policy):
            await write_log(history, fact, house)
        return
    composed = await COMPOSE[publication.kind](publication, house)
    if composed is None:
        await house.db.run(lambda uow: withdrawal.give_up(publication, f"fact:{fact.id}", uow))
        return

    async def write(uow: Unit) -> Publication | None:
        current = await uow.publications.get(publication.id)
        if current.version != publication.version:  # changed meanwhile, and that fact has its own reaction
            return None
        return await uow.publications.save(new_edition(current, composed.draft))

    written = await house.db.run(write)
    if written is not None:
        await draw_and_show(written, composed, fact, house)


async def draw_and_show(publication: Publication, composed: Composed, fact: Fact, house: House) -> None:
    """Draw it, then show it to the staff groups, unless it was changed or withdrawn meanwhile."""
    images = await draw_all(composed, house)

    async def show(uow: Unit) -> None:
        current = await uow.publications.get(publication.id)
        if current.version == publication.version:  # else that change has its own reaction
            await publish.drawn(current, images, f"fact:{fact.id}", house.policy, uow, house.clock.now())
        for fault in composed.faults:
            day = f"{house.clock.now():%Y-%m-%d}"
            cause = f"fault:{hashlib.sha256(repr(fault).encode()).hexdigest()[:16]}:{day}"
            params: dict[str, Json] = {"file": fault.file, "line": fault.line, "reason": fault.reason}
            await tell_staff(Reply("template_broken", params), cause, publication.community, uow)

    try:
        await house.db.run(show)
    except Conflict:
        return  # as above, in the same moment


async def draw_all(composed: Composed, house: House, leave_out: bool = False) -> tuple[str, ...]:
    """The media names of its pictures. Raises FileNotFoundError for a photo that is lost, unless those are left out."""
    photos = await _photos_of(composed, house, leave_out)
    pictures = await house.drawing.run(draw, composed.data, photos, composed.boxes)
    return tuple([await house.media.put(picture.data, picture.suffix) for picture in pictures])


async def paper_of(publication: Publication, house: House) -> bytes:
    """It as an A4 PDF for the notice board. Raises Refused `paper_changed` when it would not show what was approved."""
    composed = await _composed_again(publication, house)
    if composed is None or not is_composed_so(publication, composed.draft):
        raise Refused("paper_changed", log=publication.number)
    return await house.drawing.run(draw_paper, composed.data, await _photos_of(composed, house), composed.boxes)


async def words_to_change(publication: Publication, house: House) -> str:
    """What staff changed it to, else what its story says in the place of their words."""
    if publication.changed_text or publication.event is None:
        return publication.changed_text
    composed = await _composed_again(publication, house)
    told = (composed.data.get(key) for key in ("description", "result", "reason")) if composed else ()
    return "\n".join(str(text) for text in told if text)


async def _composed_again(publication: Publication, house: House) -> Composed | None:
    if publication.event is None:
        return await COMPOSE[publication.kind](publication, house)
    history = await history_of(publication.event, house)
    if not publish.is_tellable(history.event, house.policy):
        return None
    return compose_log(history, house, publication, publication.token)


async def _photos_of(composed: Composed, house: House, leave_out: bool = False) -> dict[str, bytes]:
    photos: dict[str, bytes] = {}
    for name in composed.draft.photos:
        try:
            photos[name] = await house.media.read(name)
        except FileNotFoundError:
            if not leave_out:
                raise
            logger.warning("a photo is lost name=%s", name)
    return photos
