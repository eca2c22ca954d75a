"""Which event a person means, and whether they may take a step with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.areas import Level
from core.errors import Refused
from core.events import Event
from core.messages import Json
from core.people import Right, rights_on
from core.ports import UnitOfWork
from core.turn import Turn
from core.workflow import Action, advance


async def event_meant(number: int | None, turn: Turn, uow: UnitOfWork, mine: Sequence[Event] = ()) -> Event:
    """The event of that number, or the one the message answers, or the only one of `mine`.

    Raises Refused: `event_unknown` (also when the person may not know of it), `number_needed` (none given and not just one
    fits), `community_needed`.
    """
    if turn.context is not None:
        answered = await uow.events.get(turn.context)
        if number is None or answered.serial == number:
            return await _known(answered, turn, uow)
    if number is None:
        if len(mine) == 1:
            return mine[0]
        raise Refused("number_needed", word="", items=[brief(event) for event in mine[:5]], count=len(mine))
    if turn.community is not None:
        found = await uow.events.by_serial(turn.community, number)
        candidates = [found] if found else []
    else:  # street and above: the number may exist in several communities, their own matters come first
        candidates = [e for e in await uow.events.of_handler(turn.who.id) if e.serial == number]
        if not candidates:
            areas = turn.policy.areas
            below = [a.code for a in areas.all(Level.COMMUNITY) if areas.is_within(a.code, turn.who.area)]
            candidates = [e for code in below if (e := await uow.events.by_serial(code, number))]
    if not candidates:
        raise Refused("event_unknown", serial=number)
    if len(candidates) > 1:
        raise Refused("community_needed", serial=number)
    return await _known(candidates[0], turn, uow)


async def _known(event: Event, turn: Turn, uow: UnitOfWork) -> Event:
    """Where a merged event lives on, so that the number its reporter was given still works.

    Raises Refused `event_unknown` as for a number that was never given, when the person may not know of it.
    """
    serial = event.serial
    while event.merged_into is not None:
        event = await uow.events.get(event.merged_into)
    if not await may_know(event, turn, uow):
        raise Refused("event_unknown", serial=serial)
    return event


async def step(event: Event, action: Action, turn: Turn, uow: UnitOfWork, **changes: object) -> Event:
    """The event after the step and the other changes, saved. Raises Refused as workflow.advance, and Conflict."""
    own = await uow.reports.is_reporter(event.id, turn.who.id)
    moved = advance(event, action, rights_on(turn.who, event, turn.policy.areas, own))
    return await uow.events.save(replace(moved, **changes))  # type: ignore[arg-type]


async def check_step(event: Event, action: Action, turn: Turn, uow: UnitOfWork) -> None:
    """Raises Refused as `step` would, before anything else is asked of the person."""
    own = await uow.reports.is_reporter(event.id, turn.who.id)
    advance(event, action, rights_on(turn.who, event, turn.policy.areas, own))


async def forget_assigned(event: Event, uow: UnitOfWork) -> None:
    """A notice of a new task that still waits for the morning is not said any more: it is no longer true."""
    await uow.outgoing.withdraw_about(event.id, "assigned")


async def may_see(event: Event, turn: Turn, uow: UnitOfWork) -> bool:
    """Whether the person may see what was written: reporters, the handler, and those who direct the area."""
    own = await uow.reports.is_reporter(event.id, turn.who.id)
    return bool({Right.OWN, Right.HANDLE, Right.DIRECT} & rights_on(turn.who, event, turn.policy.areas, own))


def is_tellable(event: Event, turn: Turn) -> bool:
    """Whether neighbours may hear of the event at all."""
    return turn.policy.is_public(event.category) and not event.private


async def may_know(event: Event, turn: Turn, uow: UnitOfWork) -> bool:
    """Whether the person may hear that there is such an event."""
    return is_tellable(event, turn) or await may_see(event, turn, uow)


def brief(event: Event) -> dict[str, Json]:
    """The params that name an event in a list."""
    return {
        "number": event.number,
        "serial": event.serial,
        "title": event.title,
        "category": event.category,
        "status": event.status,
        "deadline_at": event.deadline.isoformat(),
    }
