"""What the use cases need from the outside, as protocols; storage/unit_of_work.py is the one that answers.

A unit of work is one transaction: use cases write through it and never commit. Everything found is a value; every list
is bounded by `limit`. `get` is for ids that exist: a missing one raises KeyError.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.events import Event, EventPhoto, Report, ReportKind, Stage
from core.facts import Fact, FactKind
from core.messages import Audience, Chat, Outgoing, Photo
from core.people import Person, Role


@dataclass(frozen=True, slots=True)
class Asked:
    """A question the bot put and nobody has answered yet: the outgoing row, its event and its choices in order."""

    outgoing: int
    key: str
    event: int | None
    choices: tuple[tuple[str, str], ...]  # (choice id, what choosing it says)
    asked: tuple[int, ...] = ()


class People(Protocol):
    async def get(self, person: int) -> Person: ...
    async def many(self, people: Sequence[int]) -> dict[int, Person]: ...
    async def on_duty(self, grid: str, community: str, role: Role, street: str) -> Person | None:
        """Who handles matters of the grid in that role: their own grid first, then whoever has the fewest open events.

        A grid worker of the grid, else of the whole community; community staff of the community; street staff of the street.
        """
        ...

    async def staff(self, community: str, street: str, limit: int = 50) -> tuple[Person, ...]:
        """Everybody a matter of the community can be given to: its grid workers, its staff, the street's staff."""
        ...


class Chats(Protocol):
    async def groups(self, community: str, audience: Audience, grid: str | None = None) -> tuple[Chat, ...]:
        """The groups of a community for an audience. With `grid`: those of the grid or of the whole community."""
        ...


class Events(Protocol):
    async def next_serial(self, community: str) -> int: ...
    async def add(self, event: Event) -> int:
        """Insert; returns the id. `event.id` is ignored."""
        ...

    async def get(self, event: int) -> Event: ...
    async def by_serial(self, community: str, serial: int) -> Event | None: ...
    async def save(self, event: Event) -> Event:
        """Write every field where the version still matches; returns it with the next version. Raises Conflict."""
        ...

    async def open_in_grid(self, community: str, grid: str, since: datetime, limit: int = 200) -> tuple[Event, ...]:
        """Open events of the grid reported since then, newest first."""
        ...

    async def of_reporter(self, person: int, limit: int = 10) -> tuple[Event, ...]:
        """Events the person reported or joined, newest first."""
        ...

    async def of_handler(self, person: int, limit: int = 30) -> tuple[Event, ...]:
        """Open events given to the person, by deadline."""
        ...

    async def unassigned(self, community: str, limit: int = 30) -> tuple[Event, ...]: ...
    async def to_expire(self, now: datetime, limit: int = 50) -> tuple[Event, ...]:
        """Events awaiting feedback whose rating time has ended."""
        ...


class Reports(Protocol):
    async def add(
        self, event: int, person: int, chat: int | None, kind: ReportKind, text: str, at: datetime
    ) -> None: ...
    async def of_event(self, event: int, limit: int = 200) -> tuple[Report, ...]: ...
    async def is_reporter(self, event: int, person: int) -> bool: ...
    async def move(self, source: int, target: int) -> None:
        """Give the reports of a merged event to the one it was merged into, as MERGED."""
        ...


class Facts(Protocol):
    async def append(self, *facts: Fact) -> None: ...
    async def of_event(self, event: int, limit: int = 500) -> tuple[Fact, ...]:
        """Oldest first."""
        ...

    async def latest_by(self, person: int, kinds: Sequence[FactKind], since: datetime) -> Fact | None: ...


class Photos(Protocol):
    async def add(self, event: int | None, person: int, stage: Stage, photos: Sequence[Photo], at: datetime) -> None:
        """With event None the photos wait: the person's next report within a few minutes takes them."""
        ...

    async def take_loose(self, event: int, person: int, stage: Stage, since: datetime) -> None:
        """The pictures the person sent since then without a matter belong to the event."""
        ...

    async def of_event(self, event: int) -> tuple[EventPhoto, ...]: ...
    async def move(self, source: int, target: int) -> None: ...


class Outbox(Protocol):
    async def add(self, *outgoing: Outgoing) -> None:
        """Write down what must be said; a key already there is said once."""
        ...

    async def last_question(self, chat: int | None, person: int, keys: Sequence[str] = ()) -> Asked | None:
        """The newest list of choices put to that person in that chat (None: in their 1:1 chat), if it is unanswered.

        With `keys` the newest unanswered one among those, however many others were put since.
        """
        ...

    async def by_id(self, outgoing: int) -> Asked | None: ...
    async def withdraw_about(self, event: int, reply: str) -> int:
        """Do not say after all what waits to be said about an event under that text key; returns how many."""
        ...

    async def call_back(self, prefix: str) -> int:
        """Do not say after all what waits under keys that begin so; returns how many others have left, or may have."""
        ...

    async def settle_question(self, outgoing: int) -> bool:
        """A question answered is not answered again by a bare number; False when it had been before."""
        ...


class UnitOfWork(Protocol):
    @property
    def people(self) -> People: ...
    @property
    def chats(self) -> Chats: ...
    @property
    def events(self) -> Events: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def photos(self) -> Photos: ...
    @property
    def outgoing(self) -> Outbox: ...
