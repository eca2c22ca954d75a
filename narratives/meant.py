"""Which publication a person means, whether they may decide upon it, and what staff hear of it."""

from __future__ import annotations

from core.errors import Refused
from core.facts import Fact, FactKind
from core.messages import Audience, Choice, Json, Outgoing, Reply, Urgency
from core.people import RIGHTS_OF_ROLE, Right, rights_in
from core.turn import Turn
from narratives.ports import PublishingWork
from narratives.publications import POSTERS, Publication, PublicationKind

PREVIEW = {
    PublicationKind.LOG: "log_preview",
    PublicationKind.NOTICE: "notice_preview",
    PublicationKind.HONOURS: "poster_preview",
    PublicationKind.MONTH: "poster_preview",
}


def community_of(turn: Turn) -> str:
    """The community whose publications the person may decide upon. Raises Refused `staff_only`, `no_community`."""
    community = turn.community
    if community is None and Right.APPROVE in RIGHTS_OF_ROLE[turn.who.role]:
        raise Refused("no_community")
    if community is None or Right.APPROVE not in rights_in(turn.who, community, turn.policy.areas):
        raise Refused("staff_only")
    return community


async def publication_meant(number: int | None, turn: Turn, uow: PublishingWork) -> Publication:
    """The publication of that number, the one the message answers, or the only one waiting.

    Raises Refused `log_unknown`, `log_needed` where no number tells which, and as `community_of`.
    """
    community = community_of(turn)
    if number is not None:
        found = await uow.publications.by_serial(community, number)
    elif turn.context is not None:
        found = await uow.publications.of_event(turn.context)
        if found is not None and found.community != community:
            found = None  # what one is told of a matter elsewhere, as its reporter, gives no right to publish it there
    else:
        waiting = await uow.publications.waiting(community)
        found = waiting[0] if len(waiting) == 1 else None
    if found is None and number is None:
        raise Refused("log_needed")
    if found is None:
        raise Refused("log_unknown", log=f"L{number}")
    return found


def named(publication: Publication) -> dict[str, Json]:
    return {"log": publication.number, "title": publication.title, "text": publication.text}


async def shown(publication: Publication, uow: PublishingWork) -> dict[str, Json]:
    """The params of a preview; a log also names its event."""
    if publication.event is None:
        return named(publication)
    event = await uow.events.get(publication.event)
    return {**named(publication), "serial": event.serial, "number": event.number}


def decisions(publication: Publication) -> tuple[Choice, ...]:
    """What may be done with a preview. Approving names the edition it shows, so that nobody approves another one."""
    number = publication.number
    choices = [Choice("approve", "approve", f"通过 {number} v{publication.edition}")]
    if publication.kind not in POSTERS:
        choices.append(Choice("change", "change", f"修改 {number}"))
    if publication.photos:
        choices.append(Choice("drop_photo", "drop_photo", f"去掉照片 {number}"))
        choices.append(Choice("cover", "cover", f"工作台 {number}"))
    choices.append(Choice("refuse", "refuse", f"驳回 {number}"))
    return tuple(choices)


def fact_of(kind: FactKind, publication: Publication, turn: Turn, **data: Json) -> Fact:
    """What somebody did with it, for the record."""
    return Fact(
        publication.community, kind, turn.now, publication.event, turn.who.id, {"log": publication.serial, **data}
    )


async def tell_staff(reply: Reply, cause: str, community: str, uow: PublishingWork) -> None:
    """Say it in the community's staff groups."""
    groups = await uow.chats.groups(community, Audience.STAFF)
    await uow.outgoing.add(
        *(Outgoing(f"{cause}:{reply.key}:{chat.id}", reply, chat=chat.id, urgency=Urgency.NOTICE) for chat in groups)
    )


async def tell_colleagues(key: str, publication: Publication, turn: Turn, uow: PublishingWork) -> None:
    """What was decided elsewhere than in the staff group is said there, so that nobody decides it again."""
    if turn.in_group and turn.chat.audience == Audience.STAFF:
        return
    params: dict[str, Json] = {"log": publication.number, "title": publication.title, "name": turn.who.name}
    await tell_staff(Reply(key, params, event=publication.event), turn.key, publication.community, uow)
