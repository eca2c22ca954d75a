"""From a closed event to its log in the groups: drafted, drawn, approved or changed or refused, withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.errors import Refused
from core.events import Event, Status
from core.facts import Fact, FactKind
from core.messages import Audience, Chat, Choice, Json, Outgoing, Reply, Urgency
from core.people import RIGHTS_OF_ROLE, Right, rights_in
from core.policy import Policy
from core.privacy import mask
from core.turn import Turn
from narratives.logs import HandlingLog, LogAction, LogState, advance
from narratives.ports import LogWork

CHANGE_LIMIT = 600  # characters staff may write instead of the story


def is_tellable(event: Event, policy: Policy) -> bool:
    """Whether the event's handling may be told: closed, of a public category, and not kept private."""
    return event.status == Status.CLOSED and policy.is_public(event.category) and not event.private


async def draft(event: Event, title: str, text: str, uow: LogWork, now: datetime) -> HandlingLog | None:
    """A new log whose picture is still to be drawn; a log of the same event still waiting is written anew instead.

    None when this closing of the event has its log already, decided upon.
    """
    log = await uow.logs.of_event(event.id)
    if log is not None and log.state in (LogState.DRAWING, LogState.WAITING):
        return await uow.logs.save(replace(log, state=LogState.DRAWING, title=title, text=text, image=""))
    if log is not None and event.closed_at is not None and log.at >= event.closed_at:
        return None
    serial = await uow.logs.next_serial(event.community)
    log = await uow.logs.add(HandlingLog(0, event.community, serial, event.id, LogState.DRAWING, title, text, at=now))
    data: dict[str, Json] = {"log": log.serial, "title": title}
    await uow.facts.append(Fact(event.community, FactKind.LOG_DRAFTED, now, event.id, None, data))
    return log


async def drawn(log: HandlingLog, image: str, cause: str, uow: LogWork, again: bool) -> HandlingLog:
    """The picture is there: the staff groups see exactly what would be posted, with 通过 / 修改 / 驳回.

    `cause` makes the preview's key; `again` when an earlier preview is replaced by this one.
    """
    log = await uow.logs.save(replace(advance(log, LogAction.DRAW), image=image))
    event = await uow.events.get(log.event)
    reply = Reply(
        "log_preview_again" if again else "log_preview",
        {**_named(log), "serial": event.serial, "number": event.number},
        choices=_decisions(log),
        images=(image,),
        event=event.id,
    )
    groups = await uow.chats.groups(log.community, Audience.STAFF)
    await uow.outgoing.add(
        *(Outgoing(f"{cause}:preview:{chat.id}", reply, chat=chat.id, urgency=Urgency.NOTICE) for chat in groups)
    )
    return log


def _named(log: HandlingLog) -> dict[str, Json]:
    return {"log": log.number, "title": log.title, "text": log.text}


def _decisions(log: HandlingLog) -> tuple[Choice, ...]:
    return (
        Choice("approve", "approve", f"通过 {log.number}"),
        Choice("change", "change", f"修改 {log.number}"),
        Choice("refuse", "refuse", f"驳回 {log.number}"),
    )


async def review(turn: Turn, uow: LogWork) -> Reply:
    """审核: the logs waiting for a decision, each as a choice, the oldest shown whole when it is the only one."""
    community = _community(turn)
    waiting = await uow.logs.waiting(community)
    if not waiting:
        return Reply("review_empty")
    if len(waiting) == 1:
        log = waiting[0]
        event = await uow.events.get(log.event)
        params: dict[str, Json] = {**_named(log), "serial": event.serial, "number": event.number}
        return Reply("log_preview", params, _decisions(log), (log.image,), event=event.id)
    items: list[Json] = [{"log": log.number, "title": log.title} for log in waiting]
    choices = tuple(Choice(log.number, "show_log", f"审核 {log.number}", {"log": log.number}) for log in waiting)
    return Reply("review_list", {"items": items, "count": len(items)}, choices[:9])


async def show(number: int | None, turn: Turn, uow: LogWork) -> Reply:
    """审核 L3: one waiting log, whole."""
    log = await _log(number, turn, uow)
    event = await uow.events.get(log.event)
    params: dict[str, Json] = {**_named(log), "serial": event.serial, "number": event.number, "state": log.state}
    decisions = _decisions(log) if log.state == LogState.WAITING else ()
    key = "log_preview" if decisions else "log_shown"
    return Reply(key, params, decisions, (log.image,) if log.image else (), event=event.id)


async def approve(number: int | None, turn: Turn, uow: LogWork) -> Reply:
    """通过: posted once to each of the event's residents' groups, and on the screen from now on.

    Raises Refused `own_handling` when the policy wants another person than the handler, `log_impossible` by the table.
    """
    log = await _log(number, turn, uow)
    event = await uow.events.get(log.event)
    if log.state == LogState.WAITING and not is_tellable(event, turn.policy):
        raise Refused("log_untellable", log=log.number)
    if event.handler == turn.who.id and not turn.policy.approve_own:
        raise Refused("own_handling", log=log.number, serial=event.serial)
    log = advance(log, LogAction.APPROVE)
    log = await uow.logs.save(replace(log, approved_by=turn.who.id, approved_at=turn.now))
    await uow.facts.append(_fact(FactKind.LOG_APPROVED, log, turn))
    groups = await _groups_of(event, uow)
    post = Reply("log_posted", {**_named(log), "serial": event.serial, "number": event.number}, images=(log.image,))
    await uow.outgoing.add(
        *(Outgoing(post_key(log, chat.id), post, chat=chat.id, urgency=Urgency.POST) for chat in groups)
    )
    titles: list[Json] = [chat.title for chat in groups]
    return Reply("log_approved", {**_named(log), "groups": titles, "count": len(groups)}, event=event.id)


def post_key(log: HandlingLog, chat: int) -> str:
    """The key of the one post of a log to a group."""
    return f"post:{log.id}:{chat}"


async def change(number: int | None, text: str, turn: Turn, uow: LogWork) -> Reply:
    """修改 L3 text: staff's own words instead of the story's; the picture is drawn anew and shown again."""
    log = await _log(number, turn, uow)
    words = text.strip()
    if not words:
        return Reply("change_how", {**_named(log)}, asked=(turn.who.id,), event=log.event)
    if len(words) > CHANGE_LIMIT:
        raise Refused("change_too_long", log=log.number, most=CHANGE_LIMIT)
    log = await uow.logs.save(replace(advance(log, LogAction.CHANGE), changed_text=words))
    await uow.facts.append(_fact(FactKind.LOG_CHANGED, log, turn, text=words))
    return Reply("log_changing", {"log": log.number}, event=log.event)


async def refuse(number: int | None, reason: str, turn: Turn, uow: LogWork) -> Reply:
    """驳回 L3 reason: it goes nowhere, and the reason is kept."""
    log = await _log(number, turn, uow)
    if not reason.strip():
        raise Refused("reason_needed_log", log=log.number)
    log = await uow.logs.save(replace(advance(log, LogAction.REFUSE), reason=reason.strip()))
    await uow.facts.append(_fact(FactKind.LOG_REFUSED, log, turn, reason=reason.strip()))
    return Reply(
        "log_refused", {"log": log.number, "title": log.title, "reason": mask(reason.strip())}, event=log.event
    )


async def withdraw(event: Event, uow: LogWork, cause: str, now: datetime) -> HandlingLog | None:
    """The event was reopened or made private: its log is withdrawn and posts still waiting are not sent.

    A log whose picture hangs in the groups already stays there when the event is reopened later, but leaves the screen.
    """
    log = await uow.logs.of_event(event.id)
    if log is None or log.state in (LogState.REFUSED, LogState.WITHDRAWN):
        return None
    was = log.state
    log = await uow.logs.save(advance(log, LogAction.WITHDRAW))
    data: dict[str, Json] = {"log": log.serial}
    await uow.facts.append(Fact(log.community, FactKind.LOG_WITHDRAWN, now, event.id, None, data))
    await uow.outgoing.withdraw(*(post_key(log, chat.id) for chat in await _groups_of(event, uow)))
    params: dict[str, Json] = {
        "log": log.number,
        "title": log.title,
        "serial": event.serial,
        "number": event.number,
    }
    if was == LogState.APPROVED and event.private:  # what hangs in a group already, only people can take down there
        taken = Reply("log_taken_down", params, event=event.id)
        told = Reply("log_taken_down_for_reporter", params, event=event.id)
        await uow.outgoing.add(
            *(
                Outgoing(f"{cause}:down:{c.id}", taken, chat=c.id)
                for c in await uow.chats.groups(log.community, Audience.STAFF)
            ),
            Outgoing(f"{cause}:down:reporter", told, person=event.reporter, urgency=Urgency.NOTICE),
        )
    if was == LogState.WAITING:
        reply = Reply("log_withdrawn", params, event=event.id)
        groups = await uow.chats.groups(log.community, Audience.STAFF)
        await uow.outgoing.add(*(Outgoing(f"{cause}:withdrawn:{c.id}", reply, chat=c.id) for c in groups))
    return log


async def _groups_of(event: Event, uow: LogWork) -> tuple[Chat, ...]:
    """The residents' groups of the event's grid; all of the community when the matter has no grid of its own."""
    grid = event.grid if event.grid != event.community else None
    return await uow.chats.groups(event.community, Audience.RESIDENTS, grid)


def _community(turn: Turn) -> str:
    """The community whose logs the person may approve. Raises Refused `staff_only`."""
    community = turn.community
    if community is None and Right.APPROVE in RIGHTS_OF_ROLE[turn.who.role]:
        raise Refused("no_community")
    if community is None or Right.APPROVE not in rights_in(turn.who, community, turn.policy.areas):
        raise Refused("staff_only")
    return community


async def _log(number: int | None, turn: Turn, uow: LogWork) -> HandlingLog:
    """The log of that number, the one the message answers, or the only one waiting."""
    community = _community(turn)
    if number is not None:
        log = await uow.logs.by_serial(community, number)
    elif turn.context is not None:
        log = await uow.logs.of_event(turn.context)
        if log is not None and log.community != community:
            log = None  # what one is told of a matter elsewhere, as its reporter, gives no right to publish it there
    else:
        waiting = await uow.logs.waiting(community)
        log = waiting[0] if len(waiting) == 1 else None
    if log is None:
        raise Refused("log_unknown", log=f"L{number}" if number is not None else "L?")
    return log


def _fact(kind: FactKind, log: HandlingLog, turn: Turn, **data: Json) -> Fact:
    return Fact(log.community, kind, turn.now, log.event, turn.who.id, {"log": log.serial, **data})
