"""收集: a resident's message becomes an event at once; questions come afterwards and only merge or re-file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.areas import Level
from core.deadlines import deadline, local_date
from core.errors import Refused
from core.events import Event, Kind, ReportKind, Stage, Status, number_of
from core.facts import Fact, FactKind
from core.loop.assign import assigned_notice, nobody_notice
from core.loop.feedback import handler_params, reporters
from core.loop.handle import progress
from core.loop.which import event_meant, forget_assigned, is_tellable, may_know, step
from core.messages import Choice, Json, Outgoing, Reply, Urgency
from core.ports import UnitOfWork
from core.privacy import mask
from core.routing import route
from core.turn import Turn
from core.understanding import Judgement, understand
from core.understanding.place import grid_of
from core.understanding.sameness import Candidate, same_as
from core.workflow import Action


async def report(text: str, turn: Turn, uow: UnitOfWork, kind: Kind | None = None) -> Reply:
    """Write down what the resident said as an event, assign it, and acknowledge it in two lines.

    `kind` is what the opening word meant (建议, 咨询), None to judge by the text. Raises Refused `no_community` for somebody
    whose area is above communities.
    """
    community = turn.community
    if community is None:
        raise Refused("no_community")
    judged = understand(text, turn.policy, community)
    if kind is not None:
        judged = replace(judged, kind=kind)
    grid = grid_of(judged.place, community, turn.policy.areas) or _home_grid(community, turn)
    routing = route(judged, turn.policy)
    serial = await uow.events.next_serial(community)
    same = await _same(text, judged, community, grid, turn, uow)
    handler = await uow.people.on_duty(grid, community, routing.role, turn.street(community))
    event = Event(
        id=0,
        community=community,
        serial=serial,
        number=number_of(serial, local_date(turn.now, turn.policy.calendar)),
        kind=judged.kind,
        status=Status.ASSIGNED if handler else Status.NEW,
        tier=routing.tier,
        category=judged.category,
        grid=grid,
        title=mask(judged.title, (turn.who.name,)) or judged.category,
        place=judged.place,
        urgent=judged.urgent,
        reporter=turn.who.id,
        handler=handler.id if handler else None,
        created_at=turn.now,
        deadline=deadline(turn.now, routing.term, turn.policy.calendar),
    )
    event = replace(event, id=await uow.events.add(event))
    await uow.reports.add(event.id, turn.who.id, turn.chat.id, ReportKind.FIRST, text, turn.now)
    group = turn.chat.title if turn.in_group else ""  # a 1:1 chat may be called by the person's name
    reported: dict[str, Json] = {"text": text, "category": event.category, "tier": event.tier, "group": group}
    facts = [Fact(community, FactKind.REPORTED, turn.now, event.id, turn.who.id, reported)]
    if handler:
        facts.append(Fact(community, FactKind.ASSIGNED, turn.now, event.id, None, handler_params(handler)))
    await uow.facts.append(*facts)
    if turn.photos:
        await uow.photos.add(event.id, turn.who.id, Stage.BEFORE, turn.photos, turn.now)
    if turn.loose_photos:
        await uow.photos.take_loose(event.id, turn.who.id, Stage.BEFORE, turn.now - turn.policy.photo_joins)
    if handler:
        await uow.outgoing.add(assigned_notice(event, handler, text, turn, [p.name for p in turn.photos]))
    else:
        await uow.outgoing.add(*await nobody_notice(event, turn, uow))
    params: dict[str, Json] = {
        "number": event.number,
        "serial": event.serial,
        "category": event.category,
        "tier": event.tier,
        "grid": turn.policy.areas[grid].name,
        "deadline_at": event.deadline.isoformat(),
        "urgent": event.urgent,
        "kind": event.kind,
        **(handler_params(handler) if handler else {}),
    }
    key = "reported" if handler else "reported_unassigned"
    if same is None or event.urgent:  # what is urgent asks nothing back
        return Reply(key if not event.urgent else f"{key}_urgent", params, event=event.id)
    params |= {"same_serial": same.serial, "same_number": str(same.number), "same_title": same.title}
    pair = f"{event.serial} {same.serial}"
    return Reply(
        f"{key}_same",
        params,
        choices=(
            Choice("yes", "same", f"同一件 {pair}"),
            Choice("no", "not_same", f"不是同一件 {pair}"),
        ),
        asked=(turn.who.id,),
        event=event.id,
    )


def _home_grid(community: str, turn: Turn) -> str:
    """The group's grid, else the person's own, else the community itself: its staff know where it is."""
    areas = turn.policy.areas
    for code in (turn.chat.area, turn.who.area):
        if code in areas and areas[code].level == Level.GRID and areas.is_within(code, community):
            return code
    return community


async def _same(
    text: str, judged: Judgement, community: str, grid: str, turn: Turn, uow: UnitOfWork
) -> Candidate | None:
    """An open matter of the same grid that this looks like; one that may not be told is offered to its reporter 1:1 only."""
    since = turn.now - timedelta(days=turn.policy.same_days)
    candidates = [
        Candidate(e.id, e.serial, e.number, e.title, e.category, e.place, e.created_at)
        for e in await uow.events.open_in_grid(community, grid, since)
        if is_tellable(e, turn) or (e.reporter == turn.who.id and not turn.in_group)
    ]
    return same_as(text, judged.place, judged.category, candidates)


async def me_too(number: int | None, text: str, turn: Turn, uow: UnitOfWork) -> Reply:
    """我也遇到: the neighbour is counted and told when it is done."""
    event = await event_meant(number, turn, uow)
    if await uow.reports.is_reporter(event.id, turn.who.id):
        raise Refused("already_joined", serial=event.serial, number=event.number)
    if not is_tellable(event, turn):
        raise Refused("event_unknown", serial=event.serial)
    if not event.status.is_open:
        raise Refused("join_closed", serial=event.serial, number=event.number, status=event.status)
    event = await uow.events.save(replace(event, people=event.people + 1))
    await uow.reports.add(event.id, turn.who.id, turn.chat.id, ReportKind.ME_TOO, text, turn.now)
    await uow.facts.append(Fact(event.community, FactKind.JOINED, turn.now, event.id, turn.who.id, {"text": text}))
    if turn.photos:
        await uow.photos.add(event.id, turn.who.id, Stage.BEFORE, turn.photos, turn.now)
    params: dict[str, Json] = {"serial": event.serial, "number": event.number, "people": event.people}
    if text or turn.photos:
        await _tell_handler("joined_for_handler", {**params, "text": text}, event, turn, uow)
    return Reply("joined", params, event=event.id)


async def _tell_handler(key: str, params: dict[str, Json], event: Event, turn: Turn, uow: UnitOfWork) -> None:
    """What residents add reaches whoever handles it, with their pictures."""
    if event.handler and event.handler != turn.who.id and event.status.is_open:
        reply = Reply(key, params, images=tuple(photo.name for photo in turn.photos), event=event.id)
        await uow.outgoing.add(Outgoing(f"{turn.key}:{key}", reply, person=event.handler, urgency=Urgency.NOTICE))


async def supplement(text: str, turn: Turn, uow: UnitOfWork) -> Reply:
    """Words that answer a message about an event belong to it: the handler's are progress, the reporter's reach the
    handler, a neighbour's are 我也遇到. About an event that is over they are a report of their own."""
    event = await event_meant(None, turn, uow)
    if not event.status.is_open or event.status == Status.AWAITING_FEEDBACK:
        return await report(text, turn, uow)
    if event.handler == turn.who.id:
        return await progress(event.serial, text, turn, uow)
    if not await uow.reports.is_reporter(event.id, turn.who.id):
        return await me_too(event.serial, text, turn, uow)
    if turn.photos:
        await uow.photos.add(event.id, turn.who.id, Stage.BEFORE, turn.photos, turn.now)
    await uow.facts.append(
        Fact(event.community, FactKind.SUPPLEMENTED, turn.now, event.id, turn.who.id, {"text": text})
    )
    params: dict[str, Json] = {"serial": event.serial, "number": event.number}
    await _tell_handler("supplemented_for_handler", {**params, "text": text}, event, turn, uow)
    return Reply("supplemented", params, event=event.id)


async def merge(new_serial: int | None, old_serial: int | None, turn: Turn, uow: UnitOfWork) -> Reply:
    """The new event is the same as the old one: its reports and pictures move there, and it ends as merged."""
    new = await event_meant(new_serial, turn, uow)
    old = await uow.events.by_serial(new.community, old_serial) if old_serial else None
    if old is None or not await may_know(old, turn, uow):
        raise Refused("event_unknown", serial=old_serial or 0)
    if old.id == new.id:  # merged already
        raise Refused("already_joined", serial=old.serial, number=old.number)
    if not old.status.is_open:
        raise Refused("join_closed", serial=old.serial, number=old.number, status=old.status)
    was_handler = new.handler
    words = "\n".join(report.text for report in await uow.reports.of_event(new.id) if report.text)
    images = tuple(photo.name for photo in await uow.photos.of_event(new.id))[:9]
    new = await step(new, Action.MERGE, turn, uow, merged_into=old.id, closed_at=turn.now)
    await forget_assigned(new, uow)
    await uow.reports.move(new.id, old.id)
    await uow.photos.move(new.id, old.id)
    old = await uow.events.save(replace(old, people=len(await reporters(old, uow))))
    await uow.facts.append(
        Fact(new.community, FactKind.MERGED, turn.now, new.id, turn.who.id, {"into": old.id, "serial": old.serial}),
        Fact(old.community, FactKind.JOINED, turn.now, old.id, new.reporter, {"text": "", "serial": new.serial}),
    )
    params: dict[str, Json] = {"serial": old.serial, "number": old.number, "merged": new.serial, "people": old.people}
    for handler in dict.fromkeys(one for one in (was_handler, old.handler) if one):
        told = {**params, "text": words} if handler == old.handler else params
        notice = Reply("merged_for_handler", told, images=images if handler == old.handler else (), event=old.id)
        await uow.outgoing.add(Outgoing(f"{turn.key}:merged:{handler}", notice, person=handler, urgency=Urgency.NOTICE))
    return Reply("merged", params, event=old.id)


async def not_same(new_serial: int | None, turn: Turn, uow: UnitOfWork) -> Reply:
    """Two matters after all: nothing changes."""
    event = await event_meant(new_serial, turn, uow)
    if event.serial != new_serial:
        raise Refused("merged_already", serial=event.serial, merged=new_serial or 0)
    return Reply("kept_apart", {"serial": event.serial, "number": event.number}, event=event.id)


async def add_photos(turn: Turn, uow: UnitOfWork) -> Reply:
    """A message of pictures alone: to the event it answers, else 1:1 to what the sender wrote minutes ago.

    Otherwise the pictures wait: the words that follow within minutes take them along.
    """
    since = turn.now - turn.policy.photo_joins
    stages = {FactKind.REPORTED: Stage.BEFORE, FactKind.JOINED: Stage.BEFORE, FactKind.PROGRESSED: Stage.DURING}
    stages[FactKind.HANDLED] = Stage.AFTER
    target, stage = turn.context, Stage.BEFORE
    if target is None and not turn.in_group:
        latest = await uow.facts.latest_by(turn.who.id, tuple(stages), since)
        if latest is not None:
            target, stage = latest.event, stages[latest.kind]
    event = await event_meant(None, replace(turn, context=target), uow) if target is not None else None
    if event is None or not event.status.is_open:
        await uow.photos.add(None, turn.who.id, Stage.BEFORE, turn.photos, turn.now)
        return Reply("photos_wait_staff" if turn.who.is_staff else "photos_wait", {"count": len(turn.photos)})
    if event.handler == turn.who.id and stage == Stage.BEFORE:
        stage = Stage.AFTER if event.handled_at else Stage.DURING
    elif event.handler != turn.who.id and not await uow.reports.is_reporter(event.id, turn.who.id):
        return await me_too(event.serial, "", replace(turn, context=event.id), uow)
    await uow.photos.add(event.id, turn.who.id, stage, turn.photos, turn.now)
    names: list[Json] = [photo.name for photo in turn.photos]
    await uow.facts.append(
        Fact(
            event.community,
            FactKind.PHOTOS_ADDED,
            turn.now,
            event.id,
            turn.who.id,
            {"photos": names, "stage": stage},
        )
    )
    told: dict[str, Json] = {"serial": event.serial, "number": event.number, "count": len(names)}
    await _tell_handler("photos_for_handler", told, event, turn, uow)
    joined: dict[str, Json] = {"serial": event.serial, "number": event.number, "count": len(names)}
    return Reply("photos_joined", joined, event=event.id)


async def withdraw(number: int | None, turn: Turn, uow: UnitOfWork) -> Reply:
    """撤回: the reporter takes it back; while neighbours wait for it too it goes on."""
    mine = [e for e in await uow.events.of_reporter(turn.who.id) if e.status.is_open and e.reporter == turn.who.id]
    event = await event_meant(number, turn, uow, mine)
    if event.people > 1 and event.reporter == turn.who.id and event.status.is_open:
        raise Refused("withdraw_shared", serial=event.serial, number=event.number, people=event.people)
    if event.reporter != turn.who.id:
        raise Refused("not_yours", number=event.number, serial=event.serial, action="withdraw")
    event = await step(event, Action.WITHDRAW, turn, uow, closed_at=turn.now)
    await forget_assigned(event, uow)
    await uow.facts.append(Fact(event.community, FactKind.WITHDRAWN, turn.now, event.id, turn.who.id))
    params: dict[str, Json] = {"serial": event.serial, "number": event.number, "title": event.title}
    if event.handler:
        notice = Reply("withdrawn_for_handler", params, event=event.id)
        await uow.outgoing.add(Outgoing(f"{turn.key}:withdrawn", notice, person=event.handler, urgency=Urgency.NOTICE))
    return Reply("withdrawn", params, event=event.id)
