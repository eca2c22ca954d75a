"""反馈: what those who reported it are told, and what anyone asking for 进度 reads."""

from __future__ import annotations

from core.errors import Refused
from core.events import Event, Status
from core.facts import Fact, FactKind
from core.loop.which import brief, event_meant, is_tellable, may_see
from core.messages import Choice, Json, Outgoing, Reply, Urgency
from core.people import Person, Role
from core.ports import UnitOfWork
from core.privacy import mask
from core.turn import Turn

_TOLD = frozenset(
    {FactKind.PROGRESSED, FactKind.HANDLED, FactKind.SENT_BACK, FactKind.REJECTED, FactKind.REOPENED}
)  # fmt: skip


def handler_params(handler: Person) -> dict[str, Json]:
    """How a handler is named to people: staff work under their names."""
    return {"handler": handler.id, "name": handler.name, "role": handler.role}


async def reporters(event: Event, uow: UnitOfWork) -> tuple[int, ...]:
    """Everybody who reported it, the first reporter first, each once."""
    return tuple(dict.fromkeys((event.reporter, *(r.person for r in await uow.reports.of_event(event.id)))))


async def masked(text: str, event: Event, uow: UnitOfWork) -> str:
    """What staff wrote, as others than the handler may read it: without the names of those who reported it."""
    people = await uow.people.many(await reporters(event, uow))
    residents = (Role.RESIDENT, Role.VOLUNTEER)
    return mask(text, [person.name for person in people.values() if person.role in residents])


async def tell_reporters(
    key: str, params: dict[str, Json], event: Event, turn: Turn, uow: UnitOfWork, images: tuple[str, ...] = ()
) -> None:
    """A personal notice to everyone who reported it, but not to whoever caused it."""
    await uow.outgoing.add(
        *(
            Outgoing(
                f"{turn.key}:{key}:{person}",
                Reply(key, {**brief(event), **params}, images=images, event=event.id),
                person=person,
                urgency=Urgency.NOTICE,
            )
            for person in await reporters(event, uow)
            if person != turn.who.id
        )
    )


async def ask_rating(event: Event, text: str, images: tuple[str, ...], turn: Turn, uow: UnitOfWork) -> None:
    """Tell everyone who reported it that it is done, and ask for one to five stars.

    The first reporter also hears that the handling will be posted, may keep it private, and is asked about their pictures.
    """
    stars = tuple(Choice(str(n), f"stars_{n}", f"评价 {event.serial} {n}") for n in range(1, 6))
    own_photos = any(p.person == event.reporter for p in await uow.photos.of_event(event.id))
    public = is_tellable(event, turn)
    told = await masked(text, event, uow)
    rows = []
    for person in await reporters(event, uow):
        first = person == event.reporter
        choices = stars
        if first and public and own_photos and event.photos_allowed is None:
            choices = (*stars, Choice("photos_yes", "photos_yes", f"可用照片 {event.serial}"))
        key = "rate_please" if not (first and public) else "rate_please_public"
        params: dict[str, Json] = {**brief(event), "text": told}
        reply = Reply(key, params, choices, images, asked=(person,), event=event.id)
        rows.append(Outgoing(f"{turn.key}:rate:{person}", reply, person=person, urgency=Urgency.NOTICE))
    await uow.outgoing.add(*rows)


async def track(number: int | None, turn: Turn, uow: UnitOfWork) -> Reply:
    """进度: one event, or the person's own latest ones. Answered 1:1; strangers see only where a public matter stands."""
    if number is None and turn.context is None:
        mine = await uow.events.of_reporter(turn.who.id, limit=5)
        if not mine:
            return Reply("no_reports_yet", private=True)
        if len(mine) > 1:
            items: list[Json] = [brief(event) for event in mine]
            choices = tuple(
                Choice(f"event-{e.serial}", "event", f"进度 {e.serial}", {"serial": e.serial}) for e in mine
            )
            return Reply(
                "my_events", {"items": items, "count": len(items)}, choices, private=True, asked=(turn.who.id,)
            )
        number = mine[0].serial
    try:
        event = await event_meant(number, turn, uow)
    except Refused as refused:  # 1:1 too, or the group could tell a number that is kept from it from one never given
        return Reply(refused.key, refused.params, refused.choices, private=True)
    sees = await may_see(event, turn, uow)
    params: dict[str, Json] = {**brief(event), "people": event.people, "tier": event.tier}
    handler = await uow.people.get(event.handler) if event.handler else None
    if handler:
        params |= handler_params(handler)
    params["late"] = event.deadline < turn.now and event.status in (Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS)
    last = _last_told(await uow.facts.of_event(event.id)) if sees else None
    if last:
        params["last"] = await masked(str(last.data.get("text") or last.data.get("reason") or ""), event, uow)
        params["last_at"] = last.at.isoformat()
    key = "progress_late" if params["late"] else f"progress_{event.status}"
    return Reply(key, params, private=True, event=event.id)


def _last_told(facts: tuple[Fact, ...]) -> Fact | None:
    return next((f for f in reversed(facts) if f.kind in _TOLD and (f.data.get("text") or f.data.get("reason"))), None)
