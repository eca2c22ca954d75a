"""What goes wrong on the way: asked for one by one, or by seeded chance."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from bots.practice.platforms.telegram.bell import Bell

# What each fault does with the method: False: never runs it, True: always, None: the seed says.
KINDS: Mapping[str, bool | None] = {"429": False, "500": False, "502": None, "timeout": True, "cut": None}
TOUCHED = ("send", "edit")


@dataclass(frozen=True, slots=True)
class Fault:
    """`method` "" is any that is touched by chance too; `retry_after`, in whole seconds, counts for 429.

    `delivered` None: as the kind has it. Raises ValueError for a fault that cannot be.
    """

    kind: str
    method: str = ""
    retry_after: int = 1
    delivered: bool | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}; there are {', '.join(KINDS)}")
        if self.retry_after < 1:
            raise ValueError("retry_after is at least a second")
        if self.delivered is not None and KINDS[self.kind] not in (None, self.delivered):
            raise ValueError(f"{self.kind} is always {'' if KINDS[self.kind] else 'not '}delivered")


@dataclass(slots=True)
class Faults:
    """`rates` are chances by kind, of which the first that strikes counts; they touch methods that begin with `touches`."""

    seed: int = 0
    rates: dict[str, float] = field(default_factory=dict)
    touches: tuple[str, ...] = TOUCHED
    waiting: list[Fault] = field(default_factory=list)
    _random: random.Random = field(init=False)
    _let_go: Bell = field(default_factory=Bell)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def next(
        self, kind: str, method: str = "", *, retry_after: int = 1, delivered: bool | None = None, times: int = 1
    ) -> None:
        """The next call of that method, or else the next that says or edits something, meets this fault."""
        self.waiting.extend([Fault(kind, method, retry_after, delivered)] * times)

    def draw(self, method: str) -> Fault | None:
        """The fault this call meets, with `delivered` decided."""
        touched = method.startswith(self.touches)
        for fault in self.waiting:
            if fault.method.lower() == method.lower() or (touched and not fault.method):
                self.waiting.remove(fault)
                return self._decide(fault)
        for kind, chance in self.rates.items() if touched else ():
            if self._random.random() < chance:
                return self._decide(Fault(kind, method))
        return None

    def _decide(self, fault: Fault) -> Fault:
        known = KINDS[fault.kind] if fault.delivered is None else fault.delivered
        delivered = self._random.random() < 0.5 if known is None else known
        return Fault(fault.kind, fault.method, fault.retry_after, delivered)

    def release(self) -> None:
        """Let go of the calls that hang: their connections are closed without an answer."""
        self._let_go.ring()

    async def hang(self) -> None:
        await self._let_go.heard()
