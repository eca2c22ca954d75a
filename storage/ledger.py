"""The points ledger and the shelf of rewards, kept apart from races by conditional updates alone."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from core.errors import Refused
from points.ledger import Entry, Transaction, may_go_negative
from points.rewards import Redemption, RedemptionState, Reward
from storage.sql import Row, Session, Value, moment, pack, tuples, unpack

_REDEMPTION = "id, community, code, person_id, reward_id, reward_name, count, points, state, at"

_SPEND = "UPDATE balance SET points = points + ? WHERE account = ? AND points + ? >= 0 RETURNING points"
_ADD = (
    "INSERT INTO balance (account, points) VALUES (?, ?) "
    "ON CONFLICT (account) DO UPDATE SET points = balance.points + excluded.points RETURNING points"
)


class Ledger:
    """points.ports.Ledger."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def post(self, transaction: Transaction) -> bool:
        row = await self._session.one(
            "INSERT INTO ledger_transaction (community, key, kind, at, event_id, data) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (community, key) DO NOTHING RETURNING id",
            transaction.community, transaction.key, transaction.kind, transaction.at, transaction.event,
            pack(transaction.data),
        )  # fmt: skip
        if row is None:
            return False
        sums: dict[str, int] = defaultdict(int)
        values: list[Value] = []
        for posting in transaction.postings:
            sums[posting.account] += posting.points
            values += (row["id"], posting.account, posting.points)
        # Always in the order of the accounts, so that two transactions never wait for each other.
        for account in sorted(sums):
            await self._move(account, sums[account])
        await self._session.all(
            f"INSERT INTO posting (transaction_id, account, points) VALUES {tuples(3, len(transaction.postings))}",
            *values,
        )
        return True

    async def balance(self, account: str) -> int:
        row = await self._session.one("SELECT points FROM balance WHERE account = ?", account)
        return int(row["points"]) if row else 0

    async def entries(self, account: str, limit: int = 10) -> tuple[Entry, ...]:
        rows = await self._session.all(
            """
            SELECT t.kind, p.points, t.at, t.data, (SELECT points FROM balance WHERE account = p.account) AS balance
              FROM posting p JOIN ledger_transaction t ON t.id = p.transaction_id
             WHERE p.account = ? ORDER BY p.id DESC LIMIT ?
            """,
            account, limit,
        )  # fmt: skip
        entries: list[Entry] = []
        balance = int(rows[0]["balance"]) if rows else 0
        for row in rows:
            entries.append(Entry(row["kind"], row["points"], balance, moment(row["at"]), unpack(row["data"])))
            balance -= row["points"]
        return tuple(entries)

    async def _move(self, account: str, points: int) -> None:
        if points >= 0 or may_go_negative(account):
            await self._session.all(_ADD, account, points)
        elif await self._session.one(_SPEND, points, account, points) is None:
            raise Refused("points_short", balance=await self.balance(account), price=-points)


class Shelf:
    """points.ports.Shelf."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def rewards(self, community: str) -> tuple[Reward, ...]:
        """In the order they were put there; at most 200."""
        rows = await self._session.all(
            "SELECT id, community, code, name, price, stock FROM reward WHERE community = ? ORDER BY id LIMIT 200",
            community,
        )
        return tuple(
            Reward(row["id"], row["community"], row["code"], row["name"], row["price"], row["stock"]) for row in rows
        )

    async def take(self, reward: int, count: int) -> bool:
        row = await self._session.one(
            "UPDATE reward SET stock = stock - ? WHERE id = ? AND stock >= ? RETURNING stock", count, reward, count
        )
        return row is not None

    async def put_back(self, reward: int, count: int) -> None:
        await self._session.all("UPDATE reward SET stock = stock + ? WHERE id = ?", count, reward)

    async def add_redemption(
        self, community: str, code: str, person: int, reward: Reward, count: int, points: int, at: datetime
    ) -> None:
        await self._session.all(
            "INSERT INTO redemption (community, code, person_id, reward_id, reward_name, count, points, state, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            community, code, person, reward.id, reward.name, count, points, RedemptionState.RESERVED, at,
        )  # fmt: skip

    async def redemption(self, community: str, code: str) -> Redemption | None:
        row = await self._session.one(
            f"SELECT {_REDEMPTION} FROM redemption WHERE community = ? AND code = ?", community, code
        )
        return to_redemption(row) if row else None

    async def redemptions_of(self, person: int, limit: int = 10) -> tuple[Redemption, ...]:
        """Newest first."""
        rows = await self._session.all(
            f"SELECT {_REDEMPTION} FROM redemption WHERE person_id = ? ORDER BY id DESC LIMIT ?", person, limit
        )
        return tuple(to_redemption(row) for row in rows)

    async def settle(self, redemption: Redemption, state: RedemptionState, by: int, at: datetime) -> bool:
        row = await self._session.one(
            "UPDATE redemption SET state = ?, settled_by_id = ?, settled_at = ? WHERE id = ? AND state = ? RETURNING id",
            state, by, at, redemption.id, redemption.state,
        )  # fmt: skip
        return row is not None


def to_redemption(row: Row) -> Redemption:
    return Redemption(
        row["id"], row["community"], row["code"], row["person_id"], row["reward_id"], row["reward_name"],
        row["count"], row["points"], RedemptionState(row["state"]), moment(row["at"]),
    )  # fmt: skip
