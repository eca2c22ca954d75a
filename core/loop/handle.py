"""处置: progress and the end of the handling, with words and pictures; and what waits for whom."""

from __future__ import annotations

from datetime import timedelta

from core.errors import Refused
from core.events import Event, Stage, Status
from core.facts import Fact, FactKind
from core.loop.feedback import ask_rating, masked, tell_reporters
from core.loop.which import brief, check_step, event_meant, forget_assigned, step
from core.messages import Choice, Json, Reply
from core.people import Right, rights_in
from core.ports import UnitOfWork
from core.tracking import is_late
from core.turn import Turn
from core.workflow import Action


async def progress(number: int | None, text: str, turn: Turn, uow: UnitOfWork) -> Reply:
    """进展: what has been done so far; whoever reports progress has accepted."""
    event = await event_meant(number, turn, uow, await uow.events.of_handler(turn.who.id))
    await check_step(event, Action.PROGRESS, turn, uow)
    if not text.strip() and not turn.photos and not turn.loose_photos:
        raise Refused("words_needed", word="进展", serial=event.serial, number=event.number)
    was = event.status
    event = await step(event, Action.PROGRESS, turn, uow)
    if was == Status.ASSIGNED:
        await uow.facts.append(Fact(event.community, FactKind.ACCEPTED, turn.now, event.id, turn.who.id))
    images = await _write_down(event, FactKind.PROGRESSED, text, Stage.DURING, turn, uow)
    await tell_reporters("progress_for_reporter", {"text": await masked(text, event, uow)}, event, turn, uow, images)
    return Reply("progress_noted", {**brief(event)}, event=event.id)


async def finish(number: int | None, text: str, turn: Turn, uow: UnitOfWork) -> Reply:
    """办结: done; everyone who reported it is told and asked for stars."""
    event = await event_meant(number, turn, uow, await uow.events.of_handler(turn.who.id))
    rate_by = turn.now + timedelta(days=turn.policy.rating_days)
    event = await step(event, Action.FINISH, turn, uow, handled_at=turn.now, rate_by=rate_by)
    images = await _write_down(event, FactKind.HANDLED, text, Stage.AFTER, turn, uow)
    await ask_rating(event, text, images, turn, uow)
    return Reply("finished", {**brief(event), "people": event.people}, event=event.id)


async def _write_down(
    event: Event, kind: FactKind, text: str, stage: Stage, turn: Turn, uow: UnitOfWork
) -> tuple[str, ...]:
    """Write the fact with its pictures, those sent just before included; returns the pictures of this stage, at most 9."""
    await forget_assigned(event, uow)
    if turn.photos:
        await uow.photos.add(event.id, turn.who.id, stage, turn.photos, turn.now)
    if turn.loose_photos:
        await uow.photos.take_loose(event.id, turn.who.id, stage, turn.now - turn.policy.photo_joins)
    images = tuple(photo.name for photo in turn.photos)
    if turn.loose_photos or (stage == Stage.AFTER and not images):
        shown = await uow.photos.of_event(event.id)
        images = tuple(p.name for p in shown if p.person == turn.who.id and p.stage == stage)[-9:]
    data: dict[str, Json] = {"text": text, "photos": list(images)}
    await uow.facts.append(Fact(event.community, kind, turn.now, event.id, turn.who.id, data))
    return images


async def todo(waiting_logs: int, turn: Turn, uow: UnitOfWork) -> Reply:
    """待办: the person's own open events by deadline, and for those who direct also what nobody has."""
    if not turn.who.is_staff:
        raise Refused("staff_only")
    mine = [e for e in await uow.events.of_handler(turn.who.id) if e.status != Status.AWAITING_FEEDBACK]
    loose: tuple[Event, ...] = ()
    if turn.community and Right.DIRECT in rights_in(turn.who, turn.community, turn.policy.areas):
        loose = tuple(e for e in await uow.events.unassigned(turn.community) if e.handler is None)
    items: list[Json] = [{**brief(event), "late": is_late(event, turn.now)} for event in (*mine, *loose)]
    if not items and not waiting_logs:
        return Reply("todo_empty", private=True)
    choices = tuple(
        Choice(f"accept-{e.serial}", "accept_one", f"接单 {e.serial}", {"serial": e.serial})
        for e in mine
        if e.status == Status.ASSIGNED
    )
    if waiting_logs:
        choices = (*choices[:8], Choice("review", "review", "审核", {"count": waiting_logs}))
    params: dict[str, Json] = {"items": items, "count": len(items), "logs": waiting_logs, "loose": len(loose)}
    return Reply("todo" if items else "todo_logs", params, choices[:9], private=True, asked=(turn.who.id,))
