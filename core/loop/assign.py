"""分办: who handles it. Given out, accepted, handed on, sent back, escalated, rejected, adopted."""

from __future__ import annotations

from core.deadlines import deadline
from core.errors import Refused
from core.events import Event, Kind, Tier
from core.facts import Fact, FactKind
from core.loop.feedback import handler_params, masked, tell_reporters
from core.loop.which import brief, check_step, event_meant, forget_assigned, is_tellable, step
from core.messages import Audience, Choice, Json, Outgoing, Reply, Urgency
from core.people import Person
from core.ports import UnitOfWork
from core.privacy import mask
from core.routing import term_of
from core.turn import Turn
from core.workflow import Action

NEXT_TIER = {Tier.GENERAL: Tier.DIFFICULT, Tier.DIFFICULT: Tier.MAJOR}


def assigned_notice(event: Event, handler: Person, text: str, turn: Turn, images: list[str]) -> Outgoing:
    """What the handler reads 1:1, with the words as they were written: only the handler sees them unmasked."""
    params: dict[str, Json] = {
        **brief(event),
        "text": text,
        "tier": event.tier,
        "grid": turn.policy.areas[event.grid].name,
        "urgent": event.urgent,
        "people": event.people,
    }
    serial = event.serial
    choices: tuple[Choice, ...] = (
        Choice("accept", "accept", f"接单 {serial}"),
        Choice("transfer", "transfer", f"转办 {serial}"),
        Choice("escalate", "escalate", f"升级 {serial}"),
        Choice("send_back", "send_back", f"退回 {serial}"),
    )
    if event.tier not in NEXT_TIER:
        choices = tuple(choice for choice in choices if choice.id != "escalate")
    key = "assigned_urgent" if event.urgent else "assigned"
    reply = Reply(key, params, choices, tuple(images), asked=(handler.id,), event=event.id)
    urgency = Urgency.NOW if event.urgent else Urgency.NOTICE
    return Outgoing(f"{turn.key}:assigned:{handler.id}", reply, person=handler.id, urgency=urgency)


async def nobody_notice(event: Event, turn: Turn, uow: UnitOfWork) -> list[Outgoing]:
    """What the staff groups read when nobody has it: whom to give it to, as choices."""
    people = await uow.people.staff(event.community, turn.street(event.community))
    choices = tuple(_whom("派单", event, person) for person in people if person.id != turn.who.id)
    reply = Reply("nobody_has_it", {**brief(event), "tier": event.tier}, choices[:9], event=event.id)
    groups = await uow.chats.groups(event.community, Audience.STAFF)
    urgency = Urgency.NOW if event.urgent else Urgency.NOTICE
    return [Outgoing(f"{turn.key}:nobody:{chat.id}", reply, chat=chat.id, urgency=urgency) for chat in groups]


def _whom(word: str, event: Event, person: Person, reason: str = "") -> Choice:
    says = f"{word} {event.serial} {person.name} {reason}".strip()
    return Choice(f"to-{person.id}", "person", says, {"name": person.name, "role": person.role})


async def _give(
    event: Event,
    action: Action,
    kind: FactKind,
    handler: Person,
    reason: str,
    turn: Turn,
    uow: UnitOfWork,
    **more: object,
) -> Event:
    """Move the event to its new handler, tell them with the words of the report, and write it down."""
    event = await step(event, action, turn, uow, handler=handler.id, **more)
    await forget_assigned(event, uow)
    data: dict[str, Json] = {**handler_params(handler), "reason": reason, "tier": event.tier}
    await uow.facts.append(Fact(event.community, kind, turn.now, event.id, turn.who.id, data))
    reports = await uow.reports.of_event(event.id)
    photos = await uow.photos.of_event(event.id)
    text = "\n".join(report.text for report in reports if report.text)
    await uow.outgoing.add(assigned_notice(event, handler, text, turn, [photo.name for photo in photos][:9]))
    return event


async def _release(former: int | None, key: str, params: dict[str, Json], turn: Turn, uow: UnitOfWork) -> None:
    """Tell whoever had it that it is no longer theirs, unless they did it themselves."""
    if former is not None and former != turn.who.id:
        notice = Outgoing(f"{turn.key}:{key}:{former}", Reply(key, params), person=former, urgency=Urgency.NOTICE)
        await uow.outgoing.add(notice)


async def hand_on(action: Action, number: int | None, whom: str, reason: str, turn: Turn, uow: UnitOfWork) -> Reply:
    """转办 by the handler, 派单 by those who direct: to the named colleague; without a name, the colleagues as choices."""
    mine = await uow.events.of_handler(turn.who.id)
    event = await event_meant(number, turn, uow, mine)
    if event.status == "new":
        action = Action.ASSIGN
    await check_step(event, action, turn, uow)
    people = await uow.people.staff(event.community, turn.street(event.community))
    others = [person for person in people if person.id != event.handler]
    chosen = [p for p in others if p.name == whom] or [p for p in others if whom and (p.name in whom or whom in p.name)]
    if len(chosen) != 1:
        word = "转办" if action == Action.TRANSFER else "派单"
        choices = tuple(_whom(word, event, person, reason) for person in (chosen or others)[:9])
        key = "whom_unknown" if whom and not chosen else "whom"
        params: dict[str, Json] = {**brief(event), "name": mask(whom), "word": word}
        return Reply(key, params, choices, asked=(turn.who.id,), event=event.id)
    handler = chosen[0]
    kind = FactKind.TRANSFERRED if action == Action.TRANSFER else FactKind.ASSIGNED
    former = event.handler
    event = await _give(event, action, kind, handler, reason, turn, uow)
    await _release(former, "taken_over", {**brief(event), **handler_params(handler)}, turn, uow)
    await tell_reporters("handler_changed", handler_params(handler), event, turn, uow)
    return Reply("handed_on", {**brief(event), **handler_params(handler)}, event=event.id)


async def accept(number: int | None, turn: Turn, uow: UnitOfWork) -> Reply:
    """接单: the handler has it now."""
    mine = [e for e in await uow.events.of_handler(turn.who.id) if e.status == "assigned"]
    event = await event_meant(number, turn, uow, mine)
    event = await step(event, Action.ACCEPT, turn, uow)
    await forget_assigned(event, uow)
    await uow.facts.append(Fact(event.community, FactKind.ACCEPTED, turn.now, event.id, turn.who.id))
    await tell_reporters("accepted_for_reporter", handler_params(turn.who), event, turn, uow)
    return Reply("accepted", {**brief(event)}, event=event.id)


async def send_back(number: int | None, reason: str, turn: Turn, uow: UnitOfWork) -> Reply:
    """退回: not mine to handle; the community's staff decide whose it is."""
    event = await event_meant(number, turn, uow, await uow.events.of_handler(turn.who.id))
    await check_step(event, Action.SEND_BACK, turn, uow)
    _need_reason(reason, "退回", event)
    event = await step(event, Action.SEND_BACK, turn, uow, handler=None)
    data: dict[str, Json] = {"reason": reason}
    await uow.facts.append(Fact(event.community, FactKind.SENT_BACK, turn.now, event.id, turn.who.id, data))
    await uow.outgoing.add(*await nobody_notice(event, turn, uow))
    return Reply("sent_back", {**brief(event), "reason": await masked(reason, event, uow)}, event=event.id)


async def escalate(number: int | None, reason: str, turn: Turn, uow: UnitOfWork) -> Reply:
    """升级: one tier up, to whoever handles that tier, with that tier's term counted from the report."""
    event = await event_meant(number, turn, uow, await uow.events.of_handler(turn.who.id))
    tier = NEXT_TIER.get(event.tier)
    if tier is None:
        raise Refused("highest_tier", **brief(event))
    role = turn.policy.handlers[tier]
    handler = await uow.people.on_duty(event.grid, event.community, role, turn.street(event.community))
    if handler is None:
        raise Refused("nobody_above", **brief(event))
    await check_step(event, Action.ESCALATE, turn, uow)
    _need_reason(reason, "升级", event)
    until = deadline(event.created_at, term_of(tier, event.urgent, turn.policy), turn.policy.calendar)
    former = event.handler
    event = await _give(
        event, Action.ESCALATE, FactKind.ESCALATED, handler, reason, turn, uow, tier=tier, deadline=until
    )
    await _release(former, "taken_over", {**brief(event), **handler_params(handler)}, turn, uow)
    await tell_reporters("escalated_for_reporter", handler_params(handler), event, turn, uow)
    return Reply("escalated", {**brief(event), **handler_params(handler), "tier": tier}, event=event.id)


async def reject(number: int | None, reason: str, turn: Turn, uow: UnitOfWork) -> Reply:
    """不予受理: with the reason, which the reporters are told."""
    event = await event_meant(number, turn, uow)
    await check_step(event, Action.REJECT, turn, uow)
    _need_reason(reason, "不予受理", event)
    event = await step(event, Action.REJECT, turn, uow, closed_at=turn.now)
    data: dict[str, Json] = {"reason": reason}
    await uow.facts.append(Fact(event.community, FactKind.REJECTED, turn.now, event.id, turn.who.id, data))
    told = await masked(reason, event, uow)
    params: dict[str, Json] = {"reason": told}
    if turn.policy.publishing.tell_rejected and is_tellable(event, turn):
        params["public_serial"] = event.serial
    await tell_reporters("rejected_for_reporter", params, event, turn, uow)
    await _release(event.handler, "rejected_for_handler", {**brief(event), "reason": told}, turn, uow)
    return Reply("rejected", {**brief(event), "reason": told}, event=event.id)


async def adopt(number: int | None, turn: Turn, uow: UnitOfWork) -> Reply:
    """采纳: a suggestion is taken up; its points come when it is done."""
    event = await event_meant(number, turn, uow)
    await check_step(event, Action.ADOPT, turn, uow)
    if event.kind != Kind.SUGGESTION:
        raise Refused("not_a_suggestion", **brief(event))
    if event.adopted:
        raise Refused("already_adopted", **brief(event))
    event = await step(event, Action.ADOPT, turn, uow, adopted=True)
    await uow.facts.append(Fact(event.community, FactKind.ADOPTED, turn.now, event.id, turn.who.id))
    points = turn.policy.points.adopted_suggestion
    await tell_reporters("adopted_for_reporter", {"points": points}, event, turn, uow)
    return Reply("adopted", {**brief(event)}, event=event.id)


def _need_reason(reason: str, word: str, event: Event) -> None:
    if not reason.strip():
        raise Refused("reason_needed", word=word, serial=event.serial, number=event.number)
