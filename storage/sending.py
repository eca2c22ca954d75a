"""What waits to be said, was not taken, or may not have arrived, in one community; and what staff decide about it.

A row is a community's when it goes to a chat or to a person of it; whatever else there is does not exist for its staff. What
a personal message says stays between the two: only whom it is for is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.facts import Fact, FactKind
from core.messages import Json, Urgency
from core.people import Role
from core.privacy import mask_name
from narratives.publications import PublicationState
from storage.outbox import OutgoingState
from storage.sql import Row, Value, marks, moment, unpack

if TYPE_CHECKING:
    from storage.unit_of_work import Unit

TROUBLED = (OutgoingState.UNKNOWN, OutgoingState.FAILED)
PILES = (*TROUBLED, OutgoingState.WAITING, OutgoingState.HELD)


class Decision(StrEnum):
    ARRIVED = "arrived"
    AGAIN = "again"
    DROPPED = "dropped"


# From which states each decision leads where. What is being sent just now is decided upon afterwards.
RULES: Mapping[Decision, tuple[tuple[OutgoingState, ...], OutgoingState]] = MappingProxyType(
    {
        Decision.ARRIVED: ((OutgoingState.UNKNOWN,), OutgoingState.SENT),
        Decision.AGAIN: (TROUBLED, OutgoingState.WAITING),
        Decision.DROPPED: (PILES, OutgoingState.WITHDRAWN),
    }
)


@dataclass(frozen=True, slots=True)
class Sending:
    """An outgoing as staff may see it. To a group: its title as `group`, the key of what it `says`, and of a publication its
    number `log` (L3) and `title`. To a person: `role` and the masked `name`, and nothing of what it says.

    `since`: when it was written down; `due`: from when on it may leave; `tries`: how often it was claimed; `parts`: how many
    pieces of it arrived for certain; `error`: the platform's words, which may quote the message: never shown of a personal one.
    """

    id: int
    key: str
    state: OutgoingState
    urgency: Urgency
    since: datetime
    due: datetime
    tries: int
    parts: int
    error: str
    group: str = ""
    says: str = ""
    log: str = ""
    title: str = ""
    role: Role | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Pile:
    """How many there are, and the first of them."""

    count: int = 0
    rows: tuple[Sending, ...] = ()


_FROM = "FROM outgoing o LEFT JOIN chat c ON c.id = o.chat_id LEFT JOIN person p ON p.id = o.person_id"
_THEIRS = "(c.community = ? OR p.community = ?)"
_SENDING = f"""
    SELECT o.id, o.key, o.state, o.urgency, o.created_at, o.not_before, o.attempts, o.receipt, o.error, o.reply, o.params,
           o.chat_id, c.title AS chat_title, p.role, p.name {_FROM}
"""
# What waits longest first; of what went wrong the newest first.
_ORDER = {OutgoingState.WAITING: "o.not_before, o.id", OutgoingState.HELD: "o.id"}


_APART = timedelta(minutes=1)  # between troubles that are told of in one go
_LOOKED_AT = 1000  # facts before the one that tells of them


async def listing(uow: Unit, community: str, limit: int = 20) -> dict[OutgoingState, Pile]:
    """The piles of the community in the order of PILES, each with at most `limit` rows."""
    counted = await uow.session.all(
        f"SELECT o.state, count(*) AS n {_FROM} WHERE o.state IN ({marks(len(PILES))}) AND {_THEIRS} GROUP BY o.state",
        *PILES, community, community,
    )  # fmt: skip
    counts = {row["state"]: int(row["n"]) for row in counted}
    return {state: await _pile(uow, community, state, counts.get(state, 0), limit) for state in PILES}


async def _pile(uow: Unit, community: str, state: OutgoingState, count: int, limit: int) -> Pile:
    if not count:
        return Pile()
    rows = await uow.session.all(
        f"{_SENDING} WHERE o.state = ? AND {_THEIRS} ORDER BY {_ORDER.get(state, 'o.id DESC')} LIMIT ?",
        state, community, community, limit,
    )  # fmt: skip
    return Pile(count, tuple(to_sending(row) for row in rows))


async def troubled(uow: Unit, community: str) -> int:
    """How many of the community's may not have arrived, or were not taken."""
    row = await uow.session.one(
        f"SELECT count(*) AS n {_FROM} WHERE o.state IN ({marks(len(TROUBLED))}) AND {_THEIRS}",
        *TROUBLED, community, community,
    )  # fmt: skip
    return int(row["n"]) if row else 0


async def find(uow: Unit, community: str, outgoing: int) -> Sending | None:
    """The community's outgoing of that id, whatever became of it."""
    row = await uow.session.one(f"{_SENDING} WHERE o.id = ? AND {_THEIRS}", outgoing, community, community)
    return to_sending(row) if row else None


async def decide(uow: Unit, community: str, one: Sending, decision: Decision, who: int) -> bool:
    """Carry the decision out and note it as a fact; False when it is not in a state for it (any more): one wins.

    AGAIN starts anew, as if it had never been tried, so that it is really sent; the parts in its receipt are not repeated.
    """
    froms, to = RULES[decision]
    more, values = "", list[Value]()
    if decision is Decision.AGAIN:
        more, values = ", attempts = 0, doubts = 0, not_before = ?", [uow.when(one.urgency, uow.now)]
    elif decision is Decision.ARRIVED:
        more, values = ", error = '', sent_at = ?", [uow.now]
    moved = await uow.session.one(
        f"UPDATE outgoing SET state = ?, lease_until = NULL{more} WHERE id = ? AND state IN ({marks(len(froms))}) RETURNING id",
        to, *values, one.id, *froms,
    )  # fmt: skip
    if moved is None:
        return False
    data: dict[str, Json] = {"outgoing": one.id, "decision": decision}
    await uow.facts.append(Fact(community, FactKind.POST_DECIDED, uow.now, actor=who, data=data))
    return True


async def stands(uow: Unit, one: Sending) -> bool:
    """Whether what it says may still be said: every publication in a post or a digest is still approved as it was then."""
    kind, *parts = one.key.split(":")
    if kind == "post":
        publication, edition, _ = parts
        return await _approved(uow, "p.id = ? AND p.edition = ?", int(publication), int(edition)) == 1
    if kind == "digest":
        chat, day, ids = parts
        wanted = [int(id) for id in ids.split("-")]
        held = "p.id IN (SELECT publication_id FROM digest_item WHERE chat_id = ? AND day = ?)"
        where = f"p.id IN ({marks(len(wanted))}) AND {held}"
        return await _approved(uow, where, *wanted, int(chat), day) == len(wanted)
    return True


async def _approved(uow: Unit, where: str, *values: Value) -> int:
    row = await uow.session.one(
        f"SELECT count(*) AS n FROM publication p LEFT JOIN event e ON e.id = p.event_id WHERE {where} AND p.state = ? "
        "AND COALESCE(e.private, FALSE) = FALSE",
        *values, PublicationState.APPROVED,
    )  # fmt: skip
    return int(row["n"]) if row else 0


async def burst(uow: Unit, fact: Fact) -> tuple[Sending, ...] | None:
    """What went wrong in the community up to that fact of trouble in one go, and nobody has decided yet; newest first.

    None when more has gone wrong since: its fact, still to be reacted to, tells of all.
    """
    newer = await uow.session.one(
        "SELECT id FROM fact WHERE community = ? AND kind = ? AND id > ? AND reacted_at IS NULL AND at <= ? LIMIT 1",
        fact.community, fact.kind, fact.id, fact.at + _APART,
    )  # fmt: skip
    if newer is not None:
        return None
    rows = await uow.session.all(
        "SELECT at, data FROM fact WHERE community = ? AND kind = ? AND id <= ? AND id > ? ORDER BY id DESC",
        fact.community, fact.kind, fact.id, fact.id - _LOOKED_AT,
    )  # fmt: skip
    ids, last = list[int](), fact.at
    for row in rows:
        if last - moment(row["at"]) > _APART:
            break
        last = moment(row["at"])
        ids.append(int(unpack(row["data"])["outgoing"]))
    found = await uow.session.all(
        f"{_SENDING} WHERE o.id IN ({marks(len(ids))}) AND o.state IN ({marks(len(TROUBLED))}) AND {_THEIRS} ORDER BY o.id DESC",
        *ids, *TROUBLED, fact.community, fact.community,
    )  # fmt: skip
    return tuple(to_sending(row) for row in found)


def to_sending(row: Row) -> Sending:
    params = unpack(row["params"]) if row["chat_id"] is not None else {}
    log = str(params.get("log") or "")
    return Sending(
        id=row["id"],
        key=row["key"],
        state=OutgoingState(row["state"]),
        urgency=Urgency(row["urgency"]),
        since=moment(row["created_at"]),
        due=moment(row["not_before"]),
        tries=row["attempts"],
        parts=len(row["receipt"].split()),
        error=row["error"],
        group="" if row["chat_id"] is None else row["chat_title"] or f"#{row['chat_id']}",
        says="" if row["chat_id"] is None else row["reply"],
        log=log,
        title=str(params.get("title") or "") if log else "",
        role=Role(row["role"]) if row["role"] else None,
        name=(mask_name(row["name"]) or "*") if row["role"] else "",
    )
