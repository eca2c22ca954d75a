"""What follows from what happened: the one table from a fact to those who react to it.

Every reaction may run again after a crash and has its effect once: points by their transaction key, the log by the event's
closing, what is said by its outgoing key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bots import newsroom, sending
from bots.composing import history_of
from bots.house import House
from bots.joining import join
from core.facts import Fact, FactKind
from narratives import publish, withdrawal
from narratives.publications import Publication, PublicationState
from points.award import award
from storage.unit_of_work import Unit

Reaction = Callable[[Fact, House], Awaitable[None]]


async def award_points(fact: Fact, house: House) -> None:
    """A closed event earns its reporter points."""

    async def work(uow: Unit) -> None:
        await award(await uow.events.get(_event(fact)), house.policy, uow, house.clock.now())

    await house.db.run(work)


async def draft_log(fact: Fact, house: House) -> None:
    """An event at its end that may be told gets its log."""
    history = await history_of(_event(fact), house)
    if publish.is_tellable(history.event, house.policy):
        await newsroom.write_log(history, fact, house)


async def redraw_log(fact: Fact, house: House) -> None:
    """Late stars, or the reporter decided about their pictures: a log still waiting is composed and drawn anew."""
    history = await history_of(_event(fact), house)
    if history.log is not None and history.log.waits and publish.is_tellable(history.event, house.policy):
        await newsroom.write_log(history, fact, house)


async def withdraw_photos(fact: Fact, house: House) -> None:
    """The reporter took back their word about their pictures: a log that shows one is not shown any more."""

    async def work(uow: Unit) -> None:
        event = await uow.events.get(_event(fact))
        log = await uow.publications.of_event(event.id)
        if log is None or log.state != PublicationState.APPROVED or event.photos_allowed is True:
            return
        if await publish.shows_reporters_photo(log, event, uow):
            await withdrawal.withdraw(event, uow, f"fact:{fact.id}", house.clock.now(), recall=True)

    await house.db.run(work)


async def redraw(fact: Fact, house: House) -> None:
    """Staff changed something, or asked for it: it is composed and drawn."""

    async def look(uow: Unit) -> Publication | None:
        return await uow.publications.by_serial(fact.community, int(str(fact.data["log"])))

    publication = await house.db.read(look)
    if publication is not None:
        await newsroom.rewrite(publication, fact, house)


async def withdraw_log(fact: Fact, house: House) -> None:
    """The event was reopened or made private: its log is not shown any more."""

    async def work(uow: Unit) -> None:
        event = await uow.events.get(_event(fact))
        log = await uow.publications.of_event(event.id)
        if log is not None and (event.private or log.at <= fact.at):  # not a later log of an event closed again
            await withdrawal.withdraw(event, uow, f"fact:{fact.id}", house.clock.now())

    await house.db.run(work)


async def tell_trouble(fact: Fact, house: House) -> None:
    """A post to a group may not have arrived, or was not taken: staff are told, and decide."""
    await house.db.run(lambda uow: sending.tell_trouble(fact, uow))


async def tell_membership(fact: Fact, house: House) -> None:
    """The bot was removed from a group, or is back."""
    await house.db.run(lambda uow: sending.tell_membership(fact, house.policy, uow))


async def tell_bound(fact: Fact, house: House) -> None:
    """A group is a community's from now on: its staff hear of it, whoever of them made the code."""
    await house.db.run(lambda uow: sending.tell_bound(fact, house.policy, uow))


async def tell_colleague(fact: Fact, house: House) -> None:
    """An account is one of a colleague's from now on."""
    await house.db.run(lambda uow: sending.tell_colleague(fact, uow))


async def gather(fact: Fact, house: House) -> None:
    """Somebody became somebody else: what was under way for them meanwhile follows."""
    source, target = int(str(fact.data["joined"])), fact.actor
    assert target is not None
    await house.db.run(lambda uow: join(source, target, f"fact:{fact.id}", fact.community, uow))


REACTIONS: Mapping[FactKind, tuple[Reaction, ...]] = {
    FactKind.CLOSED: (award_points, draft_log),
    FactKind.REJECTED: (draft_log,),
    FactKind.ADOPTED: (
        award_points,
    ),  # when the suggestion was closed before; else it is too early, and CLOSED does it
    FactKind.RATED: (redraw_log,),  # stars that came late
    FactKind.REOPENED: (withdraw_log,),
    FactKind.MADE_PRIVATE: (withdraw_log,),
    FactKind.PHOTOS_ALLOWED: (redraw_log, withdraw_photos),
    FactKind.LOG_CHANGED: (redraw,),
    FactKind.PHOTO_DROPPED: (redraw,),
    FactKind.PHOTO_RESTORED: (redraw,),
    FactKind.PHOTO_COVERED: (redraw,),
    FactKind.NOTICE_WRITTEN: (redraw,),
    FactKind.POSTER_ASKED: (redraw,),
    FactKind.POST_TROUBLED: (tell_trouble,),
    FactKind.CHAT_LOST: (tell_membership,),
    FactKind.CHAT_FOUND: (tell_membership,),
    FactKind.CHAT_BOUND: (tell_bound,),
    FactKind.PERSON_BOUND: (gather, tell_colleague),
}


def _event(fact: Fact) -> int:
    assert fact.event is not None
    return fact.event
