"""What must be said: written down in the transaction that decided it, then claimed, sent and settled.

    waiting -> sending -> sent | failed | waiting (try again) | unknown (nobody knows whether it arrived)
                       -> held (the person cannot be spoken to 1:1 yet) -> waiting

A row is marked `sending` before the platform is called; what the door says itself (Urgency.DOOR) is written down so. A post
to a group is sent at most once: unknown stays unknown until a look-up or a person settles it. A personal notice is sent at
least once: unknown is claimed once more after a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.messages import Chat, ChatKind, Choice, Json, Outgoing, Reply, Urgency
from core.ports import Asked
from storage.inbox import Inbox
from storage.sql import Row, Session, Value, marks, maybe_moment, moment, pack, tuples, unpack

When = Callable[[Urgency, datetime], datetime]
RESENT_AFTER = timedelta(seconds=60)
HELD_FOR = timedelta(days=7)  # what was to be said to a person nobody could speak to 1:1
DOOR_LEASE = timedelta(seconds=30)  # for a door to say what it answered
_LISTS_LOOKED_AT = 20  # of the newest questions of a chat; older ones have scrolled away


class OutgoingState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    HELD = "held"
    WITHDRAWN = "withdrawn"


_UNSAID = (OutgoingState.WAITING, OutgoingState.HELD, OutgoingState.UNKNOWN, OutgoingState.FAILED)


@dataclass(frozen=True, slots=True)
class Queued:
    """An outgoing as it stands in the outbox. `attempts` counts claims; `receipt` are the platform's ids of the parts that were
    sent, with a space between them."""

    id: int
    key: str
    reply: Reply
    person: int | None
    chat: int | None
    urgency: Urgency
    state: OutgoingState
    not_before: datetime
    attempts: int
    inbox: int | None
    receipt: str
    error: str
    sent_at: datetime | None
    created_at: datetime

    @property
    def said(self) -> tuple[str, ...]:
        return tuple(self.receipt.split())


_GIVEN = (
    "key", "inbox_id", "person_id", "chat_id", "reply", "params", "choices", "images", "asked", "asks", "private",
    "event_id", "urgency", "not_before", "state", "attempts", "doubts", "receipt", "error", "created_at", "lease_until",
)  # fmt: skip
_QUEUED = ", ".join(f"o.{column}" for column in ("id", *_GIVEN, "sent_at"))

# What is said to one chat or person keeps its order, so whatever was to be said there before blocks: being sent, due, or to
# be tried again, which keeps its lease. A post held back for the morning does not block tonight's answer.
# A subquery with LIMIT and not NOT EXISTS: PostgreSQL would make that a join over the whole table.
_BEFORE = """(SELECT b.id FROM outgoing b
              WHERE b.{target} = o.{target} AND b.state IN ('waiting', 'sending') AND b.id < o.id
                AND (b.state = 'sending' OR b.not_before <= ? OR b.lease_until IS NOT NULL) LIMIT 1)"""
_READY = f"""
    SELECT o.id FROM outgoing o
     WHERE o.state IN ('waiting', 'unknown') AND o.not_before <= ?
       AND (o.state = 'waiting' OR (o.person_id IS NOT NULL AND o.doubts = 1))
       AND {_BEFORE.format(target="chat_id")} IS NULL
       AND {_BEFORE.format(target="person_id")} IS NULL
     ORDER BY o.not_before, o.id LIMIT ?
"""
_CLAIM = {
    "sqlite": "UPDATE outgoing AS o SET state = 'sending', lease_until = ?, attempts = attempts + 1 "
    f"WHERE id IN ({_READY}) RETURNING {_QUEUED.replace('o.', '')}",
    "postgres": f"WITH ready AS MATERIALIZED ({_READY} FOR UPDATE OF o SKIP LOCKED) "
    "UPDATE outgoing AS o SET state = 'sending', lease_until = ?, attempts = attempts + 1 "
    f"FROM ready WHERE o.id = ready.id RETURNING {_QUEUED}",
}


class Outbox:
    """core.ports.Outbox, and what the delivery loop needs. `when` says from when on something may be sent."""

    def __init__(self, session: Session, inbox: Inbox, now: datetime, when: When) -> None:
        self._session = session
        self._inbox = inbox
        self._now = now
        self._when = when
        self._said: list[Outgoing] = []

    async def add(self, *outgoing: Outgoing) -> None:
        self._said += outgoing

    async def flush(self) -> None:
        """Write down everything said so far, in one statement; done before any question and before the commit."""
        outgoing, self._said = self._said, []
        if not outgoing:
            return
        values: list[Value] = []
        for one in outgoing:
            reply = one.reply
            door = one.urgency is Urgency.DOOR  # the door that writes it down is already saying it
            state, lease = (OutgoingState.SENDING, self._now + DOOR_LEASE) if door else (OutgoingState.WAITING, None)
            values += (
                one.key, self._inbox.current, one.person, one.chat, reply.key, pack(reply.params),
                pack([_pack_choice(choice) for choice in reply.choices]), pack(reply.images), pack(reply.asked),
                bool(reply.choices), reply.private, reply.event, one.urgency, self._when(one.urgency, max(self._now, one.after or self._now)),
                state, int(door), 0, "", "", self._now, lease,
            )  # fmt: skip
        await self._session.all(
            f"INSERT INTO outgoing ({', '.join(_GIVEN)}) VALUES {tuples(len(_GIVEN), len(outgoing))} "
            "ON CONFLICT (key) DO NOTHING",
            *values,
        )

    async def last_question(self, chat: int | None, person: int, keys: Sequence[str] = ()) -> Asked | None:
        target, value = ("person_id", person) if chat is None else ("chat_id", chat)
        among = f"AND o.answered_at IS NULL AND o.reply IN ({marks(len(keys))}) " if keys else ""
        rows = await self._all(
            f"SELECT {_QUEUED}, o.answered_at FROM outgoing o WHERE o.{target} = ? AND o.asks = ? {among}"
            "AND o.state NOT IN (?, ?) AND (o.state <> ? OR o.not_before <= ?) ORDER BY o.id DESC LIMIT ?",
            value, True, *keys, OutgoingState.WITHDRAWN, OutgoingState.FAILED, OutgoingState.WAITING, self._now,
            _LISTS_LOOKED_AT,
        )  # fmt: skip
        for row in rows:
            question = to_asked(row)
            if not question.asked or person in question.asked:
                return question if row["answered_at"] is None else None
        return None

    async def by_id(self, outgoing: int) -> Asked | None:
        row = await self._one(f"SELECT {_QUEUED} FROM outgoing o WHERE o.id = ?", outgoing)
        return to_asked(row) if row else None

    async def is_answered(self, outgoing: int) -> bool:
        row = await self._one("SELECT answered_at FROM outgoing WHERE id = ?", outgoing)
        return row is not None and row["answered_at"] is not None

    async def settle_question(self, outgoing: int) -> bool:
        row = await self._one(
            "UPDATE outgoing SET answered_at = ? WHERE id = ? AND answered_at IS NULL RETURNING id",
            self._now, outgoing,
        )  # fmt: skip
        return row is not None

    async def withdraw_about(self, event: int, reply: str) -> int:
        rows = await self._all(
            "UPDATE outgoing SET state = ? WHERE event_id = ? AND reply = ? AND state = ? RETURNING id",
            OutgoingState.WITHDRAWN, event, reply, OutgoingState.WAITING,
        )  # fmt: skip
        return len(rows)

    async def withdraw_there(self, chat: Chat) -> int:
        """Other people are in that group from now on: what it, or a topic of it, was not told yet it is not told any more."""
        rows = await self._all(
            f"UPDATE outgoing SET state = ? WHERE state IN ({marks(len(_UNSAID))}) AND chat_id IN (SELECT id FROM chat "
            "WHERE id = ? OR (channel = ? AND account = ? AND external LIKE ? AND kind = ?)) RETURNING id",
            OutgoingState.WITHDRAWN, *_UNSAID, chat.id, chat.channel, chat.account, f"{chat.external}/%", ChatKind.TOPIC,
        )  # fmt: skip
        return len(rows)

    async def call_back(self, prefix: str) -> int:
        """Those still waiting under keys that begin so are never said; returns how many have left, or may have."""
        await self._all(
            "UPDATE outgoing SET state = ? WHERE key LIKE ? AND state = ? RETURNING id",
            OutgoingState.WITHDRAWN, f"{prefix}%", OutgoingState.WAITING,
        )  # fmt: skip
        row = await self._one(
            "SELECT count(*) AS gone FROM outgoing WHERE key LIKE ? AND state IN (?, ?, ?)",
            f"{prefix}%", OutgoingState.SENDING, OutgoingState.SENT, OutgoingState.UNKNOWN,
        )  # fmt: skip
        return int(row["gone"]) if row else 0

    async def get(self, outgoing: int) -> Queued | None:
        row = await self._one(f"SELECT {_QUEUED} FROM outgoing o WHERE o.id = ?", outgoing)
        return to_queued(row) if row else None

    async def by_receipt(self, chat: int | None, person: int | None, receipt: str) -> int | None:
        """The row that the platform knows by that id, when a message answers it."""
        target, value = ("person_id", person) if chat is None else ("chat_id", chat)
        row = await self._one(
            f"SELECT id FROM outgoing WHERE {target} = ? AND state = ? AND ' ' || receipt || ' ' LIKE ? "
            "ORDER BY id DESC LIMIT 1",
            value, OutgoingState.SENT, f"% {receipt} %",
        )  # fmt: skip
        return int(row["id"]) if row else None

    async def rows_of_inbox(self, inbox: int) -> tuple[Queued, ...]:
        """What one message caused to be said, in order; at most 200."""
        rows = await self._all(f"SELECT {_QUEUED} FROM outgoing o WHERE o.inbox_id = ? ORDER BY o.id LIMIT 200", inbox)
        return tuple(to_queued(row) for row in rows)

    async def claim(self, now: datetime, limit: int, lease: timedelta) -> tuple[Queued, ...]:
        """Marks what is due as `sending` and returns it in order; at most one for each chat or person at a time."""
        values: tuple[Value, ...] = (now, now, now, limit)
        values = (now + lease, *values) if self._session.dialect == "sqlite" else (*values, now + lease)
        rows = await self._all(_CLAIM[self._session.dialect], *values)
        return tuple(sorted((to_queued(row) for row in rows), key=lambda one: (one.not_before, one.id)))

    async def put_back(self, row: Queued, until: datetime, *, keeps_place: bool = True) -> None:
        """A claimed row was not tried and waits until then; while its chat rests it keeps its place in it."""
        await self._all(
            "UPDATE outgoing SET state = ?, lease_until = ?, attempts = attempts - 1, not_before = ? "
            "WHERE id = ? AND state = ? RETURNING id",
            OutgoingState.WAITING, until if keeps_place else None, until, row.id, OutgoingState.SENDING,
        )  # fmt: skip

    async def release(self, person: int) -> int:
        """The person can be spoken to: what was held for them is said now, unless it is too old; returns how many."""
        rows = await self._all(
            "UPDATE outgoing SET state = CASE WHEN created_at >= ? THEN ? ELSE ? END, not_before = ? "
            "WHERE person_id = ? AND state = ? RETURNING id",
            self._now - HELD_FOR, OutgoingState.WAITING, OutgoingState.WITHDRAWN, self._now, person, OutgoingState.HELD,
        )  # fmt: skip
        return len(rows)

    async def settle(
        self,
        outgoing: int,
        state: OutgoingState,
        *,
        receipt: str = "",
        error: str = "",
        not_before: datetime | None = None,
    ) -> bool:
        """What became of a claimed row; False when it was settled already, or is not being sent.

        WAITING with `not_before` tries again then and keeps its place in its chat; UNKNOWN without it waits RESENT_AFTER, should
        it be sent once more.
        """
        unknown, again = state is OutgoingState.UNKNOWN, state is OutgoingState.WAITING
        if unknown and not_before is None:
            not_before = self._now + RESENT_AFTER
        row = await self._one(
            "UPDATE outgoing SET state = ?, receipt = ?, error = ?, lease_until = ?, doubts = doubts + ?, "
            "sent_at = COALESCE(?, sent_at), not_before = COALESCE(?, not_before) "
            "WHERE id = ? AND state IN (?, ?) RETURNING id",
            state, receipt, error, not_before if again else None, int(unknown),
            self._now if state is OutgoingState.SENT else None, not_before, outgoing, OutgoingState.SENDING, OutgoingState.UNKNOWN,
        )  # fmt: skip
        return row is not None

    async def expire(self, now: datetime) -> tuple[int, ...]:
        """Turns what was being sent when its lease ended into unknown: whoever sent it is gone. Returns the ids."""
        rows = await self._all(
            "UPDATE outgoing SET state = ?, lease_until = NULL, error = ?, doubts = doubts + 1, not_before = ? "
            "WHERE state = ? AND lease_until <= ? RETURNING id",
            OutgoingState.UNKNOWN, "the lease ended", now + RESENT_AFTER, OutgoingState.SENDING, now,
        )  # fmt: skip
        return tuple(sorted(int(row["id"]) for row in rows))

    async def next_due(self, now: datetime) -> datetime | None:
        """The next moment after `now` at which something falls due by itself: a message, a retry or a rating's end."""
        row = await self._one(
            """
            SELECT min(at) AS at FROM (
                SELECT min(not_before) AS at FROM outgoing WHERE state = 'waiting' AND not_before > ?
                UNION ALL SELECT min(not_before) FROM outgoing WHERE state = 'unknown' AND person_id IS NOT NULL
                                                                 AND doubts = 1 AND not_before > ?
                UNION ALL SELECT min(lease_until) FROM outgoing WHERE state = 'sending' AND lease_until > ?
                UNION ALL SELECT min(lease_until) FROM fact WHERE reacted_at IS NULL AND lease_until > ?
                UNION ALL SELECT min(remind_at) FROM publication WHERE state = 'waiting' AND remind_at > ?
                UNION ALL SELECT min(rate_by) FROM event WHERE status = 'awaiting_feedback' AND rate_by > ?
            ) AS due
            """,
            now, now, now, now, now, now,
        )  # fmt: skip
        return maybe_moment(row["at"]) if row else None

    async def _all(self, sql: str, *values: Value) -> Sequence[Row]:
        await self.flush()
        return await self._session.all(sql, *values)

    async def _one(self, sql: str, *values: Value) -> Row | None:
        await self.flush()
        return await self._session.one(sql, *values)


def to_queued(row: Row) -> Queued:
    return Queued(
        id=row["id"],
        key=row["key"],
        reply=_to_reply(row),
        person=row["person_id"],
        chat=row["chat_id"],
        urgency=Urgency(row["urgency"]),
        state=OutgoingState(row["state"]),
        not_before=moment(row["not_before"]),
        attempts=row["attempts"],
        inbox=row["inbox_id"],
        receipt=row["receipt"],
        error=row["error"],
        sent_at=maybe_moment(row["sent_at"]),
        created_at=moment(row["created_at"]),
    )


def to_asked(row: Row) -> Asked:
    reply = _to_reply(row)
    return Asked(
        row["id"], reply.key, reply.event, tuple((choice.id, choice.says) for choice in reply.choices), reply.asked
    )


def _to_reply(row: Row) -> Reply:
    return Reply(
        key=row["reply"],
        params=unpack(row["params"]),
        choices=tuple(Choice(one["id"], one["label"], one["says"], one["params"]) for one in unpack(row["choices"])),
        images=tuple(unpack(row["images"])),
        private=bool(row["private"]),
        asked=tuple(unpack(row["asked"])),
        event=row["event_id"],
    )


def _pack_choice(choice: Choice) -> dict[str, Json]:
    return {"id": choice.id, "label": choice.label, "says": choice.says, "params": dict(choice.params)}
