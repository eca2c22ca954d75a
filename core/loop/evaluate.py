"""测评: stars, a word with them, or 未解决, and the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.deadlines import deadline
from core.errors import Refused
from core.events import Event, Status
from core.facts import Fact, FactKind
from core.loop.feedback import masked, tell_reporters
from core.loop.which import brief, event_meant, is_tellable, step
from core.messages import Choice, Json, Outgoing, Reply, Urgency
from core.people import Right
from core.policy import Policy
from core.ports import UnitOfWork
from core.routing import term_of
from core.turn import Turn
from core.workflow import Action, advance

LOW = 2  # stars up to which 未解决 or 就这样 is asked


async def rate(number: int | None, stars: int | None, text: str, turn: Turn, uow: UnitOfWork) -> Reply:
    """评价: the first reporter's three to five stars close the event; a neighbour's are kept beside them."""
    mine = [e for e in await uow.events.of_reporter(turn.who.id) if e.status == Status.AWAITING_FEEDBACK]
    event = await event_meant(number, turn, uow, mine)
    if stars is None or not 1 <= stars <= 5:
        choices = tuple(Choice(str(n), f"stars_{n}", f"评价 {event.serial} {n}") for n in range(1, 6))
        return Reply("stars_needed", brief(event), choices, private=True, asked=(turn.who.id,), event=event.id)
    low = stars <= LOW
    first = event.reporter == turn.who.id
    awaiting = event.status == Status.AWAITING_FEEDBACK
    again = await _has_rated(event, turn, uow)
    if not (first and awaiting) and again:
        raise Refused("already_rated", **brief(event))
    action = Action.RATE_LOW if low else Action.RATE
    changes: dict[str, object] = {}
    if first:
        changes = {
            "stars": stars,
            "comment": text or (event.comment if again else ""),
        }  # not words about an earlier handling
        if awaiting and not low:
            changes |= {"closed_at": turn.now, "rate_by": None}
    closes = first and awaiting and not low
    if first or not awaiting:
        event = await step(event, action, turn, uow, **changes)
    elif not await uow.reports.is_reporter(event.id, turn.who.id):
        raise Refused("not_yours", serial=event.serial, number=event.number, action=action)
    data: dict[str, Json] = {"stars": stars, "text": text, "first": first}
    facts = [Fact(event.community, FactKind.RATED, turn.now, event.id, turn.who.id, data)]
    if closes:
        facts.append(Fact(event.community, FactKind.CLOSED, turn.now, event.id, turn.who.id, {"how": "rated"}))
    await uow.facts.append(*facts)
    params: dict[str, Json] = {**brief(event), "stars": stars, "comment": await masked(text, event, uow)}
    if low:
        choices = (
            Choice("reopen", "reopen", f"未解决 {event.serial}"),
            Choice("settle", "settle", f"就这样 {event.serial}"),
        )
        asked = (turn.who.id,)
        return Reply("rated_low", params, choices, private=True, asked=asked, event=event.id)
    return await _thanks(event, params, turn, uow)


async def _thanks(event: Event, params: dict[str, Json], turn: Turn, uow: UnitOfWork) -> Reply:
    """Thanks, and where it is not yet answered the question whether their own pictures may be shown."""
    owns = event.reporter == turn.who.id and is_tellable(event, turn)
    choices: tuple[Choice, ...] = ()
    undecided = owns and event.photos_allowed is None
    if undecided and any(p.person == turn.who.id for p in await uow.photos.of_event(event.id)):
        choices = (
            Choice("photos_yes", "photos_yes", f"可用照片 {event.serial}"),
            Choice("photos_no", "photos_no", f"不用照片 {event.serial}"),
        )
    if owns:
        choices = (*choices, Choice("private", "private", f"不公开 {event.serial}"))
    key = "rated_public" if owns else "rated"
    return Reply(key, params, choices, private=True, asked=(turn.who.id,), event=event.id)


async def ask_unsolved(words: str, turn: Turn, uow: UnitOfWork) -> Reply:
    """没修好啊 after the question for stars: is it to be done again?"""
    event = await event_meant(None, turn, uow)
    choices = (
        Choice("reopen", "reopen", f"未解决 {event.serial} {words}"),
        Choice("settle", "settle", f"就这样 {event.serial}"),
        Choice("file_it", "another_matter", f"报事 {words}"),
    )
    return Reply("unsolved_ask", brief(event), choices, private=True, asked=(turn.who.id,), event=event.id)


async def _has_rated(event: Event, turn: Turn, uow: UnitOfWork) -> bool:
    """Whether this person has given stars since it was last done."""
    for fact in reversed(await uow.facts.of_event(event.id)):
        if fact.kind == FactKind.HANDLED:
            return False
        if fact.kind == FactKind.RATED and fact.actor == turn.who.id:
            return True
    return False


async def settle(number: int | None, turn: Turn, uow: UnitOfWork) -> Reply:
    """就这样: few stars, but it may end."""
    mine = [e for e in await uow.events.of_reporter(turn.who.id) if e.status == Status.AWAITING_FEEDBACK]
    event = await event_meant(number, turn, uow, mine)
    if event.reporter != turn.who.id:
        return Reply("settled", brief(event), private=True, event=event.id)  # a neighbour's word ends nothing
    event = await step(event, Action.SETTLE, turn, uow, closed_at=turn.now, rate_by=None)
    await uow.facts.append(
        Fact(event.community, FactKind.SETTLED, turn.now, event.id, turn.who.id),
        Fact(event.community, FactKind.CLOSED, turn.now, event.id, turn.who.id, {"how": "settled"}),
    )
    return Reply("settled", brief(event), private=True, event=event.id)


async def reopen(number: int | None, reason: str, turn: Turn, uow: UnitOfWork) -> Reply:
    """未解决: back to the handler with a new term, within the policy's days after closing."""
    done = (Status.AWAITING_FEEDBACK, Status.CLOSED)
    mine = [e for e in await uow.events.of_reporter(turn.who.id) if e.status in done]
    event = await event_meant(number, turn, uow, mine)
    days = turn.policy.reopen_days
    if event.status == Status.CLOSED and event.closed_at and turn.now > event.closed_at + timedelta(days=days):
        raise Refused("reopen_too_late", **brief(event), days=days)
    until = deadline(turn.now, term_of(event.tier, event.urgent, turn.policy), turn.policy.calendar)
    event = await step(
        event,
        Action.REOPEN,
        turn,
        uow,
        deadline=until,
        handled_at=None,
        rate_by=None,
        closed_at=None,
        reopened=event.reopened + 1,
    )
    data: dict[str, Json] = {"reason": reason}
    await uow.facts.append(Fact(event.community, FactKind.REOPENED, turn.now, event.id, turn.who.id, data))
    if event.handler:
        params: dict[str, Json] = {**brief(event), "reason": reason}
        reply = Reply("reopened_for_handler", params, asked=(event.handler,), event=event.id)
        await uow.outgoing.add(Outgoing(f"{turn.key}:reopened", reply, person=event.handler, urgency=Urgency.NOTICE))
    await tell_reporters("reopened_for_reporter", {}, event, turn, uow)
    return Reply("reopened", brief(event), private=True, event=event.id)


async def expire(event: Event, policy: Policy, uow: UnitOfWork) -> None:
    """The rating time ended: closed without stars; the reporter is told that 未解决 still helps.

    The event closes at the moment its rating time ended, however late the loop comes by.
    """
    assert event.rate_by is not None
    at = event.rate_by
    how = "unrated" if event.stars is None else "rated"
    moved = advance(event, Action.EXPIRE, {Right.SYSTEM})
    event = await uow.events.save(replace(moved, closed_at=at, rate_by=None))
    await uow.facts.append(Fact(event.community, FactKind.CLOSED, at, event.id, None, {"how": how}))
    reply = Reply("expired_for_reporter", {**brief(event), "days": policy.reopen_days}, event=event.id)
    key = f"expire:{event.id}:{event.reopened}"
    await uow.outgoing.add(Outgoing(key, reply, person=event.reporter, urgency=Urgency.NOTICE))


async def make_private(number: int | None, turn: Turn, uow: UnitOfWork) -> Reply:
    """不公开: at any time; a log waiting or shown is withdrawn."""
    mine = [e for e in await uow.events.of_reporter(turn.who.id) if e.reporter == turn.who.id][:1]
    event = await _own(number, turn, uow, mine, "make_private")
    if not event.private:
        event = await uow.events.save(replace(event, private=True))
        await uow.facts.append(Fact(event.community, FactKind.MADE_PRIVATE, turn.now, event.id, turn.who.id))
        await uow.outgoing.withdraw_about(
            event.id, "log_posted"
        )  # at once: the loop that sends does not wait for others
    return Reply("made_private", brief(event), private=True, event=event.id)


async def allow_photos(number: int | None, allowed: bool, turn: Turn, uow: UnitOfWork) -> Reply:
    """Whether the reporter's own pictures may be shown in the log; silence means no."""
    mine = [e for e in await uow.events.of_reporter(turn.who.id) if e.reporter == turn.who.id][:1]
    event = await _own(number, turn, uow, mine, "allow_photos")
    if event.photos_allowed != allowed:
        event = await uow.events.save(replace(event, photos_allowed=allowed))
        data: dict[str, Json] = {"allowed": allowed}
        await uow.facts.append(Fact(event.community, FactKind.PHOTOS_ALLOWED, turn.now, event.id, turn.who.id, data))
    key = "photos_allowed" if allowed else "photos_denied"
    return Reply(key, brief(event), private=True, event=event.id)


async def _own(number: int | None, turn: Turn, uow: UnitOfWork, mine: list[Event], action: str) -> Event:
    """The event meant, if the person is its first reporter. Raises Refused `not_yours`."""
    event = await event_meant(number, turn, uow, mine)
    if event.reporter != turn.who.id:
        raise Refused("not_yours", serial=event.serial, number=event.number, action=action)
    return event
