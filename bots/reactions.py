"""What follows from what happened: the one table from a fact to those who react to it.

Every reaction may run again after a crash and has its effect once: points by their transaction key, the log by the event's
closing, what is said by its outgoing key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bots.house import House
from core.errors import Conflict
from core.events import Event, EventPhoto
from core.facts import Fact, FactKind
from core.people import Person
from narratives import publish
from narratives.card import draw
from narratives.logs import HandlingLog, LogState
from narratives.story import Story, as_data, tell
from narratives.text import post_text
from points.award import award
from storage.unit_of_work import Unit

Reaction = Callable[[Fact, House], Awaitable[None]]


async def award_points(fact: Fact, house: House) -> None:
    """A closed event earns its reporter points."""

    async def work(uow: Unit) -> None:
        await award(await uow.events.get(_event(fact)), house.policy, uow, house.clock.now())

    await house.db.run(work)


async def draft_log(fact: Fact, house: House) -> None:
    """A closed event that may be told gets its log: written in one unit, drawn with none open, shown to staff in another."""
    history = await _history(_event(fact), house)
    if not publish.is_tellable(history.event, house.policy):
        return
    await _write_and_draw(history, fact, house, new=True)


async def redraw_log(fact: Fact, house: House) -> None:
    """The words were changed, or the reporter decided about their pictures: a log still waiting is drawn anew."""
    history = await _history(_event(fact), house)
    waits = history.log is not None and history.log.state in (LogState.DRAWING, LogState.WAITING)
    if waits and publish.is_tellable(history.event, house.policy):
        await _write_and_draw(history, fact, house, new=False)


async def withdraw_log(fact: Fact, house: House) -> None:
    """The event was reopened or made private: its log is not shown any more."""

    async def work(uow: Unit) -> None:
        event = await uow.events.get(_event(fact))
        log = await uow.logs.of_event(event.id)
        if log is not None and (event.private or log.at <= fact.at):  # not a later log of an event closed again
            await publish.withdraw(event, uow, f"fact:{fact.id}", house.clock.now())

    await house.db.run(work)


REACTIONS: Mapping[FactKind, tuple[Reaction, ...]] = {
    FactKind.CLOSED: (award_points, draft_log),
    FactKind.ADOPTED: (
        award_points,
    ),  # when the suggestion was closed before; else it is too early, and CLOSED does it
    FactKind.RATED: (redraw_log,),  # stars that came late
    FactKind.REOPENED: (withdraw_log,),
    FactKind.MADE_PRIVATE: (withdraw_log,),
    FactKind.PHOTOS_ALLOWED: (redraw_log,),
    FactKind.LOG_CHANGED: (redraw_log,),
}


@dataclass(frozen=True, slots=True)
class _History:
    """Everything a story is told from, and the log there is already."""

    event: Event
    facts: tuple[Fact, ...]
    people: Mapping[int, Person]
    photos: tuple[EventPhoto, ...]
    log: HandlingLog | None


async def _history(event_id: int, house: House) -> _History:
    async def work(uow: Unit) -> _History:
        event = await uow.events.get(event_id)
        facts = await uow.facts.of_event(event_id)
        photos = await uow.photos.of_event(event_id)
        ids = {fact.actor for fact in facts if fact.actor is not None} | {photo.person for photo in photos}
        people = await uow.people.many(sorted(ids | {event.reporter}))
        return _History(event, facts, people, photos, await uow.logs.of_event(event_id))

    return await house.db.read(work)


async def _write_and_draw(history: _History, fact: Fact, house: House, new: bool) -> None:
    changed = history.log.changed_text if history.log and not new else ""
    language = house.settings.language
    story = tell(
        history.event,
        history.facts,
        history.people,
        history.photos,
        house.policy,
        changed_text=changed,
        language=language,
    )
    text = post_text(story)

    async def write(uow: Unit) -> HandlingLog | None:
        event = await uow.events.get(history.event.id)
        return await publish.draft(event, story.title, text, uow, house.clock.now())

    log = await house.db.run(write)
    if log is None:
        return
    image = await _draw(story, house)

    async def show(uow: Unit) -> None:
        current = await uow.logs.get(log.id)
        if (
            current.version == log.version
        ):  # else it was changed or withdrawn meanwhile, and that fact has its own reaction
            await publish.drawn(log, image, f"fact:{fact.id}", uow, again=not new)

    try:
        await house.db.run(show)
    except Conflict:
        return  # as above, in the same moment


async def _draw(story: Story, house: House) -> str:
    """The picture's media name."""
    names = [photo.name for photo in (*story.before, *story.after)]
    photos = {name: await house.media.read(name) for name in names}
    picture = await house.drawing.run(draw, as_data(story), photos)
    return await house.media.put(picture.data, picture.suffix)


def _event(fact: Fact) -> int:
    assert fact.event is not None
    return fact.event
