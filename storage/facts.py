"""Facts: the history of every event, and the queue of what has not been reacted to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.facts import Fact, FactKind
from storage.sql import Row, Session, Value, marks, moment, pack, tuples, unpack

_FACT = "id, community, event_id, kind, actor_id, at, data"

# Ready: not reacted to, leased to nobody, and no earlier fact of the same event waits for a later try. The earlier ones
# that are ready too come in the same batch, before it.
_READY = """
    SELECT f.id FROM fact f
     WHERE f.reacted_at IS NULL AND (f.lease_until IS NULL OR f.lease_until <= ?)
       AND (SELECT b.id FROM fact b WHERE b.event_id = f.event_id AND b.id < f.id
                                      AND b.reacted_at IS NULL AND b.lease_until > ? LIMIT 1) IS NULL
     ORDER BY f.id LIMIT ?
"""
_CLAIM = {
    "sqlite": f"UPDATE fact SET lease_until = ?, attempts = attempts + 1 WHERE id IN ({_READY}) "
    f"RETURNING {_FACT}, attempts",
    "postgres": f"WITH ready AS MATERIALIZED ({_READY} FOR UPDATE OF f SKIP LOCKED) "
    "UPDATE fact SET lease_until = ?, attempts = attempts + 1 FROM ready WHERE fact.id = ready.id "
    f"RETURNING {', '.join(f'fact.{column}' for column in _FACT.split(', '))}, attempts",
}


class Facts:
    """core.ports.Facts, and what the reaction loop needs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def append(self, *facts: Fact) -> None:
        if not facts:
            return
        values: list[Value] = []
        for fact in facts:
            values += (fact.community, fact.event, fact.kind, fact.actor, fact.at, pack(fact.data), 0)
        await self._session.all(
            f"INSERT INTO fact (community, event_id, kind, actor_id, at, data, attempts) VALUES {tuples(7, len(facts))}",
            *values,
        )

    async def get(self, fact: int) -> Fact:
        """Raises KeyError when there is none."""
        row = await self._session.one(f"SELECT {_FACT} FROM fact WHERE id = ?", fact)
        if row is None:
            raise KeyError(fact)
        return to_fact(row)

    async def of_event(self, event: int, limit: int = 500) -> tuple[Fact, ...]:
        rows = await self._session.all(f"SELECT {_FACT} FROM fact WHERE event_id = ? ORDER BY id LIMIT ?", event, limit)
        return tuple(to_fact(row) for row in rows)

    async def latest_by(self, person: int, kinds: Sequence[FactKind], since: datetime) -> Fact | None:
        if not kinds:
            return None
        row = await self._session.one(
            f"SELECT {_FACT} FROM fact WHERE actor_id = ? AND kind IN ({marks(len(kinds))}) AND at >= ? "
            "ORDER BY at DESC, id DESC LIMIT 1",
            person, *kinds, since,
        )  # fmt: skip
        return to_fact(row) if row else None

    async def claim(self, now: datetime, limit: int, lease: timedelta) -> tuple[Fact, ...]:
        """Facts not yet reacted to, oldest first, that nobody else gets until the lease ends.

        To be reacted to in this order: within one claim an event's facts follow each other.
        """
        values: tuple[Value, ...] = (now, now, limit)
        values = (now + lease, *values) if self._session.dialect == "sqlite" else (*values, now + lease)
        rows = await self._session.all(_CLAIM[self._session.dialect], *values)
        return tuple(sorted((to_fact(row) for row in rows), key=lambda fact: fact.id))

    async def settle(self, fact: int, now: datetime) -> bool:
        """The fact has been reacted to; False when it had been before."""
        row = await self._session.one(
            "UPDATE fact SET reacted_at = ?, lease_until = NULL WHERE id = ? AND reacted_at IS NULL RETURNING id",
            now, fact,
        )  # fmt: skip
        return row is not None

    async def free(self) -> None:
        """Let go of everything in hand: whoever held it is gone. Only where no other process shares the database."""
        await self._session.all(
            "UPDATE fact SET lease_until = NULL WHERE reacted_at IS NULL AND lease_until IS NOT NULL"
        )

    async def release(self, fact: int, retry_at: datetime) -> int:
        """Try it again then; the event's later facts wait for it. Returns how often it was tried."""
        row = await self._session.one(
            "UPDATE fact SET lease_until = ? WHERE id = ? AND reacted_at IS NULL RETURNING attempts", retry_at, fact
        )
        return int(row["attempts"]) if row else 0


def to_fact(row: Row) -> Fact:
    return Fact(
        community=row["community"],
        kind=FactKind(row["kind"]),
        at=moment(row["at"]),
        event=row["event_id"],
        actor=row["actor_id"],
        data=unpack(row["data"]),
        id=row["id"],
    )
