"""From what is to be told to the groups: drafted, drawn, shown to staff, approved, taken back or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.errors import Refused
from core.events import Event, Status
from core.facts import Fact, FactKind
from core.messages import Audience, Chat, Choice, Json, Outgoing, Reply, Urgency
from core.minors import found_minor
from core.policy import Policy
from core.turn import Turn
from narratives.meant import (
    PREVIEW,
    community_of,
    decisions,
    fact_of,
    named,
    publication_meant,
    shown,
    tell_colleagues,
    tell_staff,
)
from narratives.ports import PublishingWork
from narratives.publications import (
    Draft,
    Publication,
    PublicationAction,
    PublicationKind,
    PublicationState,
    advance,
    composed,
    is_composed_so,
)

PICTURES = 9  # of one message


def is_tellable(event: Event, policy: Policy) -> bool:
    """Whether the event's handling may be told: at its end, of a public category, and not kept private."""
    ended = event.status == Status.CLOSED or (event.status == Status.REJECTED and policy.publishing.tell_rejected)
    return ended and policy.is_public(event.category) and not event.private


async def draft(event: Event, told: Draft, token: str, uow: PublishingWork, now: datetime) -> Publication | None:
    """A new log whose pictures are still to be drawn; a log of the same event still waiting is composed anew instead.

    `token` is that of the public page of a new one. None when this closing of the event has its log already, decided upon
    or waiting with the same words and photos.
    """
    log = await uow.publications.of_event(event.id)
    if log is not None and log.state == PublicationState.WAITING and is_composed_so(log, told):
        return None
    if log is not None and log.waits:
        return await uow.publications.save(composed(replace(log, token=log.token or token), told))
    if log is not None and event.closed_at is not None and log.at >= event.closed_at:
        return None
    new = Publication(
        id=0,
        community=event.community,
        serial=await uow.publications.next_serial(event.community),
        kind=PublicationKind.LOG,
        area=event.grid,
        event=event.id,
        state=PublicationState.DRAWING,
        title="",
        text="",
        at=now,
        token=token,
    )
    log = await uow.publications.add(composed(new, told))
    data: dict[str, Json] = {"log": log.serial, "title": log.title}
    await uow.facts.append(Fact(event.community, FactKind.LOG_DRAFTED, now, event.id, None, data))
    return log


async def drawn(
    publication: Publication, images: Sequence[str], cause: str, policy: Policy, uow: PublishingWork, now: datetime
) -> Publication:
    """The pictures are there: the staff groups see exactly what would be posted, with what they may do.

    `cause` makes the preview's key.
    """
    moved = advance(publication, PublicationAction.DRAW)
    publication = await uow.publications.save(
        replace(moved, images=tuple(images), remind_at=now + policy.publishing.remind_after)
    )
    key = PREVIEW[publication.kind] + ("_again" if publication.edition > 1 else "")
    groups = await uow.chats.groups(publication.community, Audience.STAFF)
    reply = await preview(key, publication, uow)
    await uow.outgoing.add(
        *(
            Outgoing(f"{cause}:preview:{publication.edition}:{chat.id}", reply, chat=chat.id, urgency=Urgency.NOTICE)
            for chat in groups
        )
    )
    return publication


async def preview(key: str, publication: Publication, uow: PublishingWork) -> Reply:
    params = await shown(publication, uow)
    if publication.minor:
        params["minor"] = publication.minor
    return Reply(key, params, decisions(publication), publication.images[:PICTURES], event=publication.event)


async def review(turn: Turn, uow: PublishingWork) -> Reply:
    """审核: what waits for a decision, each as a choice; shown whole when it is the only one."""
    waiting = await uow.publications.waiting(community_of(turn))
    if not waiting:
        return Reply("review_empty")
    if len(waiting) == 1:
        return await preview(PREVIEW[waiting[0].kind], waiting[0], uow)
    return _listed("review_list", waiting)


def _listed(key: str, publications: Sequence[Publication]) -> Reply:
    items: list[Json] = [{"log": one.number, "title": one.title} for one in publications]
    choices = tuple(Choice(one.number, "show_log", f"审核 {one.number}", {"log": one.number}) for one in publications)
    return Reply(key, {"items": items, "count": len(items)}, choices[:9])


async def show(number: int | None, turn: Turn, uow: PublishingWork) -> Reply:
    """审核 L3: one publication, whole."""
    publication = await publication_meant(number, turn, uow)
    if publication.state == PublicationState.WAITING:
        return await preview(PREVIEW[publication.kind], publication, uow)
    params: dict[str, Json] = {**(await shown(publication, uow)), "state": publication.state}
    return Reply("log_shown", params, (), publication.images[:PICTURES], event=publication.event)


async def approve(number: int | None, edition: int | None, checked: bool, turn: Turn, uow: PublishingWork) -> Reply:
    """通过: posted once to each group of its area, and on the screen and its public page from now on.

    `edition`: the one the person has seen, None for the newest. `checked`: they looked for faces and plates in its photos.
    Raises Refused `log_redrawn`, `log_untellable`, `log_minor`, `own_handling`, `second_person`, `check_first` (with the
    choices), and `log_impossible` by the table.
    """
    publication = await publication_meant(number, turn, uow)
    approved = advance(publication, PublicationAction.APPROVE)
    if edition is not None and edition != publication.edition:
        raise Refused("log_redrawn", **named(publication))
    await _check_content(publication, turn, uow)
    if publication.photos and not checked:
        raise Refused("check_first", _checking(publication), log=publication.number, count=len(publication.photos))
    if turn.policy.publishing.two_people and publication.confirmed_by is None:
        return await _confirm(publication, turn, uow)
    if turn.policy.publishing.two_people and publication.confirmed_by == turn.who.id:
        raise Refused("second_person", log=publication.number)
    publication = await uow.publications.save(
        replace(approved, approved_by=turn.who.id, approved_at=turn.now, remind_at=None)
    )
    await uow.facts.append(
        fact_of(FactKind.LOG_APPROVED, publication, turn, edition=publication.edition, checked=checked)
    )
    groups = await groups_of(publication, uow)
    at_once = [chat for chat in groups if not chat.daily]
    post = await post_of(publication, uow)
    after = turn.now + turn.policy.publishing.hold
    await uow.outgoing.add(
        *(
            Outgoing(post_key(publication, chat.id), post, chat=chat.id, urgency=Urgency.POST, after=after)
            for chat in at_once
        )
    )
    await uow.publications.keep_for_digest(publication.id, [chat.id for chat in groups if chat.daily])
    await tell_colleagues("log_approved_for_staff", publication, turn, uow)
    titles: list[Json] = [chat.title for chat in groups]
    params: dict[str, Json] = {**named(publication), "groups": titles, "count": len(at_once)}
    if len(groups) > len(at_once):
        params["daily"] = len(groups) - len(at_once)
    undo = Choice("undo", "undo", f"撤销通过 {publication.number}")
    return Reply("log_approved", params, (undo,), event=publication.event)


def _checking(publication: Publication) -> tuple[Choice, ...]:
    number = publication.number
    return (
        Choice("checked", "checked", f"通过 {number} v{publication.edition} 已检查"),
        Choice("drop_photo", "drop_photo", f"去掉照片 {number}"),
        Choice("cover", "cover", f"工作台 {number}"),
    )


async def _check_content(publication: Publication, turn: Turn, uow: PublishingWork) -> None:
    """Raises Refused when it may not be told, when it tells of a child, or when it is one's own work."""
    minor = publication.minor or found_minor(f"{publication.title}\n{publication.text}")
    if minor:
        raise Refused("log_minor", log=publication.number, minor=minor)
    mine = publication.author == turn.who.id
    params: dict[str, Json] = {"log": publication.number}
    if publication.event is not None:
        event = await uow.events.get(publication.event)
        if not is_tellable(event, turn.policy):
            raise Refused("log_untellable", log=publication.number)
        if event.photos_allowed is not True and await shows_reporters_photo(publication, event, uow):
            raise Refused("log_redrawn", **named(publication))  # they said no meanwhile, and it is being drawn anew
        params["serial"] = event.serial
        mine = event.handler == turn.who.id or await _rejected(event, turn, uow)
    if mine and not turn.policy.approve_own:
        raise Refused("own_handling" if publication.event is not None else "own_words", **params)


async def shows_reporters_photo(publication: Publication, event: Event, uow: PublishingWork) -> bool:
    """Whether a photo of the reporter's own is in it."""
    photos = await uow.photos.of_event(event.id)
    return any(photo.name in publication.photos and photo.person == event.reporter for photo in photos)


async def _rejected(event: Event, turn: Turn, uow: PublishingWork) -> bool:
    """Whether the person is who did not take it up."""
    if event.status != Status.REJECTED:
        return False
    facts = await uow.facts.of_event(event.id)
    return any(fact.kind == FactKind.REJECTED and fact.actor == turn.who.id for fact in facts)


async def _confirm(publication: Publication, turn: Turn, uow: PublishingWork) -> Reply:
    """The first of two people: it still waits for the other one."""
    moved = advance(publication, PublicationAction.CONFIRM)
    publication = await uow.publications.save(replace(moved, confirmed_by=turn.who.id))
    await uow.facts.append(fact_of(FactKind.LOG_CONFIRMED, publication, turn, edition=publication.edition))
    await tell_colleagues("log_confirmed_for_staff", publication, turn, uow)
    approve = Choice("approve", "approve", f"通过 {publication.number} v{publication.edition}")
    params: dict[str, Json] = {**named(publication), "name": turn.who.name}
    return Reply("log_confirmed", params, (approve,), event=publication.event)


async def post_of(publication: Publication, uow: PublishingWork) -> Reply:
    """What a group reads of it."""
    params = await shown(publication, uow)
    return Reply("log_posted", params, images=publication.images[:PICTURES], event=publication.event)


def post_key(publication: Publication, chat: int) -> str:
    """The key of the one post to a group. One that was taken back and approved again is another edition."""
    return f"post:{publication.id}:{publication.edition}:{chat}"


async def remind(policy: Policy, uow: PublishingWork, now: datetime) -> int:
    """Staff are reminded, once a community, of what has waited too long; returns how many publications that were."""
    late = await uow.publications.to_remind(now)
    for community in dict.fromkeys(one.community for one in late):
        theirs = [one for one in late if one.community == community]
        await tell_staff(_listed("review_reminder", theirs), f"remind:{now.isoformat()}", community, uow)
    for one in late:
        await uow.publications.save(replace(one, remind_at=now + policy.publishing.remind_after))
    return len(late)


async def groups_of(publication: Publication, uow: PublishingWork) -> tuple[Chat, ...]:
    """The residents' groups of its grid; all of the community when it is for no grid of its own."""
    grid = publication.area if publication.area != publication.community else None
    return await uow.chats.groups(publication.community, Audience.RESIDENTS, grid)
