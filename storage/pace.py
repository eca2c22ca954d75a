"""How fast a platform lets us speak, kept where all replicas see it: one moment for each key, moved on by each message.

The generic cell rate algorithm: the key's theoretical arrival time (TAT) is when all that was said has been paid for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storage.sql import Session, Value

_MS = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` messages at once after a rest, in the long run one `every` so long.

    More than `burst` at once, such as the pictures of an album, need a full rest before them and are paid for after them.
    In any time W at most W / every + max(burst, the most at once) messages.
    """

    every: timedelta
    burst: int

    @property
    def cost(self) -> timedelta:
        """What one message moves the TAT on by: whole milliseconds, never fewer than promised."""
        return -(-self.every // _MS) * _MS

    def ahead(self, count: int) -> timedelta:
        """How far beyond now the TAT may lie for so many messages to be said now."""
        return (self.burst - min(count, self.burst)) * self.every

    def moment(self, tat: datetime, count: int, now: datetime) -> datetime:
        """When so many messages may be said, now or later."""
        return max(now, tat - self.ahead(count))


class Pace:
    """`key` names what the platform counts: a chat, or all that an account says."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def take(self, key: str, rate: Rate, count: int, now: datetime) -> datetime | None:
        """Take `count` messages; None when they may be said now, else the moment from which they might."""
        most = (now + rate.ahead(count) - _EPOCH) // _MS
        if await self._move(key, rate, count, now, "WHERE pace.tat_ms <= ?", most):
            return None
        row = await self._session.one("SELECT tat_ms FROM pace WHERE key = ?", key)
        assert row is not None  # it kept us from taking
        return _moment(row["tat_ms"]) - rate.ahead(count)

    async def reserve(self, key: str, rate: Rate, count: int, now: datetime) -> datetime:
        """Take `count` messages in any case; returns when they may be said, now or later."""
        moved = await self._move(key, rate, count, now)
        assert moved is not None
        return rate.moment(_moment(moved) - count * rate.cost, count, now)

    async def hold(self, key: str, rate: Rate, now: datetime) -> datetime:
        """The TAT, now at the earliest. Until the unit ends nobody else takes anything: who plans by it can reserve it all."""
        moved = await self._move(key, rate, 0, now)
        assert moved is not None
        return _moment(moved)

    async def rest(self, key: str, rate: Rate, until: datetime) -> None:
        """Nothing before then: the platform said so."""
        await self._session.all(
            "INSERT INTO pace (key, tat_ms) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET tat_ms = excluded.tat_ms "
            "WHERE pace.tat_ms < excluded.tat_ms",
            key, _ms(until + rate.ahead(1)),
        )  # fmt: skip

    async def _move(self, key: str, rate: Rate, count: int, now: datetime, where: str = "", *most: Value) -> int | None:
        at, cost = _ms(now), count * rate.cost // _MS
        row = await self._session.one(
            "INSERT INTO pace (key, tat_ms) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET "
            f"tat_ms = CASE WHEN pace.tat_ms > ? THEN pace.tat_ms ELSE ? END + ? {where} RETURNING tat_ms",
            key, at + cost, at, at, cost, *most,
        )  # fmt: skip
        return int(row["tat_ms"]) if row else None


def _ms(at: datetime) -> int:
    """Rounded up: the TAT is never early; what is compared with it is rounded down."""
    return -((_EPOCH - at) // _MS)


def _moment(ms: int) -> datetime:
    return _EPOCH + ms * _MS
