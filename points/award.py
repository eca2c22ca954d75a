"""Points for a closed event, once."""

from __future__ import annotations

from datetime import datetime

from core.events import Event, Status
from core.facts import Fact, FactKind
from core.messages import Json, Outgoing, Reply, Urgency
from core.policy import Policy
from points.earning import earned
from points.ledger import Transaction, issue_account, person_account, transfer
from points.ports import PointsWork


async def award(event: Event, policy: Policy, uow: PointsWork, now: datetime) -> int:
    """Post what the closed event earns its reporter and tell them; returns the points, 0 when nothing or again."""
    if event.status != Status.CLOSED:
        return 0
    reporter = await uow.people.get(event.reporter)
    total = 0
    for gain in earned(event, reporter, policy.points):
        account = person_account(reporter.id)
        transaction = Transaction(
            community=event.community,
            key=f"{gain.rule}:{event.id}",
            kind=gain.rule,
            at=now,
            postings=transfer(gain.points, issue_account(event.community), account),
            event=event.id,
            data={"serial": event.serial, "number": event.number, "title": event.title},
        )
        if not await uow.ledger.post(transaction):
            continue
        total += gain.points
        params: dict[str, Json] = {
            "points": gain.points,
            "rule": gain.rule,
            "serial": event.serial,
            "number": event.number,
            "balance": await uow.ledger.balance(account),
        }
        data: dict[str, Json] = {"points": gain.points, "rule": gain.rule}
        await uow.facts.append(Fact(event.community, FactKind.AWARDED, now, event.id, None, data))
        reply = Reply("points_earned", params, event=event.id)
        key = f"{gain.rule}:{event.community}:{event.id}"
        await uow.outgoing.add(Outgoing(key, reply, person=reporter.id, urgency=Urgency.NOTICE))
    return total
