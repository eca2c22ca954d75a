"""What was published, or was to be, is taken back or down: by staff, by its reporter, or because its event goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.errors import Refused
from core.events import Event
from core.facts import Fact, FactKind
from core.messages import Audience, Choice, Json, Outgoing, Reply, Urgency
from core.turn import Turn
from narratives.meant import fact_of, named, publication_meant, tell_colleagues, tell_staff
from narratives.ports import PublishingWork
from narratives.publications import Publication, PublicationAction, PublicationState, advance
from narratives.publish import preview


async def undo(number: int | None, turn: Turn, uow: PublishingWork) -> Reply:
    """撤销通过: back to waiting, as long as no post has left. Raises Refused `log_gone_out`."""
    publication = await publication_meant(number, turn, uow)
    moved = advance(publication, PublicationAction.UNDO)
    if not await _call_back(publication, uow):
        take_down = Choice("take_down", "take_down", f"撤下 {publication.number}")
        raise Refused("log_gone_out", (take_down,), log=publication.number)
    publication = await uow.publications.save(
        replace(
            moved,
            edition=publication.edition + 1,
            confirmed_by=None,
            approved_by=None,
            approved_at=None,
            remind_at=turn.now + turn.policy.publishing.remind_after,
        )
    )
    await uow.facts.append(fact_of(FactKind.LOG_UNDONE, publication, turn))
    await tell_colleagues("log_undone_for_staff", publication, turn, uow)
    return await preview("log_undone", publication, uow)


async def take_down(number: int | None, reason: str, turn: Turn, uow: PublishingWork) -> Reply:
    """撤下: off the screen and the public page; posts still waiting are not sent, those read only people can recall."""
    publication = await publication_meant(number, turn, uow)
    if publication.state != PublicationState.APPROVED:
        raise Refused("log_not_up", log=publication.number, state=publication.state)
    publication = await uow.publications.save(
        replace(advance(publication, PublicationAction.WITHDRAW), reason=reason.strip())
    )
    await uow.facts.append(fact_of(FactKind.LOG_WITHDRAWN, publication, turn, reason=reason.strip()))
    all_called_back = await _call_back(publication, uow)
    await tell_colleagues("log_down_for_staff", publication, turn, uow)
    key = "log_down" if all_called_back else "log_down_recall"
    return Reply(key, named(publication), event=publication.event)


async def withdraw(
    event: Event, uow: PublishingWork, cause: str, now: datetime, recall: bool = False
) -> Publication | None:
    """The event was reopened or made private: its log is withdrawn and posts still waiting are not sent.

    `recall`: its reporter wants it gone, also from where only people can take it down.

    A log whose picture hangs in the groups already stays there when the event is reopened later, but leaves the screen.
    """
    log = await uow.publications.of_event(event.id)
    if log is None or log.state in (PublicationState.REFUSED, PublicationState.WITHDRAWN):
        return None
    was = log.state
    log = await uow.publications.save(advance(log, PublicationAction.WITHDRAW))
    data: dict[str, Json] = {"log": log.serial}
    await uow.facts.append(Fact(log.community, FactKind.LOG_WITHDRAWN, now, event.id, None, data))
    await _call_back(log, uow)
    params: dict[str, Json] = {
        "log": log.number,
        "title": log.title,
        "serial": event.serial,
        "number": event.number,
    }
    if was == PublicationState.APPROVED and (
        event.private or recall
    ):  # what hangs in a group, only people can take down there
        taken = Reply("log_taken_down", params, event=event.id)
        told = Reply("log_taken_down_for_reporter", params, event=event.id)
        await uow.outgoing.add(
            *(
                Outgoing(f"{cause}:down:{c.id}", taken, chat=c.id)
                for c in await uow.chats.groups(log.community, Audience.STAFF)
            ),
            Outgoing(f"{cause}:down:reporter", told, person=event.reporter, urgency=Urgency.NOTICE),
        )
    if was == PublicationState.WAITING:
        reply = Reply("log_withdrawn", params, event=event.id)
        groups = await uow.chats.groups(log.community, Audience.STAFF)
        await uow.outgoing.add(*(Outgoing(f"{cause}:withdrawn:{c.id}", reply, chat=c.id) for c in groups))
    return log


async def give_up(publication: Publication, cause: str, uow: PublishingWork) -> None:
    """There is nothing to tell: a month in which nobody can be honoured."""
    publication = await uow.publications.save(advance(publication, PublicationAction.WITHDRAW))
    await tell_staff(Reply("poster_empty", {"log": publication.number}), cause, publication.community, uow)


async def _call_back(publication: Publication, uow: PublishingWork) -> bool:
    """Withdraw every post still waiting, in digests, too; whether none had left.

    By what was written down to be said, not by the groups there are today: one may have come, gone or become daily. A
    digest that had not left is made again without it.
    """
    left = await uow.outgoing.call_back(f"post:{publication.id}:")
    await uow.publications.leave_digests(publication.id)
    for chat, day in await uow.publications.digests_of(publication.id):
        if gone := await uow.outgoing.call_back(f"digest:{chat}:{day}:"):
            left += gone
        else:
            await uow.publications.reopen_digest(chat, day)
    await uow.publications.leave_digests(publication.id)
    return not left
