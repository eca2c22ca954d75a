"""What the points use cases need beyond core.ports.UnitOfWork."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from core.ports import UnitOfWork
from points.ledger import Entry, Transaction
from points.rewards import Redemption, RedemptionState, Reward


class Ledger(Protocol):
    async def post(self, transaction: Transaction) -> bool:
        """Append it and move the balances by conditional update; False when its key was posted before.

        Raises Refused `points_short` (params balance, price) when an account that may not go negative would.
        """
        ...

    async def balance(self, account: str) -> int: ...
    async def entries(self, account: str, limit: int = 10) -> tuple[Entry, ...]:
        """Newest first."""
        ...


class Shelf(Protocol):
    async def rewards(self, community: str) -> tuple[Reward, ...]: ...
    async def take(self, reward: int, count: int) -> bool:
        """Lower the stock by conditional update; False when there is not enough."""
        ...

    async def put_back(self, reward: int, count: int) -> None: ...
    async def add_redemption(
        self, community: str, code: str, person: int, reward: Reward, count: int, points: int, at: datetime
    ) -> None: ...
    async def redemption(self, community: str, code: str) -> Redemption | None: ...
    async def redemptions_of(self, person: int, limit: int = 10) -> tuple[Redemption, ...]: ...
    async def settle(self, redemption: Redemption, state: RedemptionState, by: int, at: datetime) -> bool:
        """Move it from the state it had to `state`; False when somebody was faster."""
        ...


class PointsWork(UnitOfWork, Protocol):
    """A unit of work that reaches the ledger and the shelf."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def shelf(self) -> Shelf: ...
