"""Feeds a file of messages through the practice channel, one resident per user, and says what became of them."""

from __future__ import annotations

import hashlib
import json
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bots.app import Huying
from bots.practice.room import Post, PracticeRoom
from bots.practice.seed import direct_chat
from bots.practice.values import ACCOUNT, CHANNEL, RoomPerson
from core.errors import Refused
from core.people import Role
from core.privacy import clean
from storage.unit_of_work import Unit

_ID = re.compile(r"[A-Za-z0-9_.-]{1,36}")


class ReplayError(Exception):
    """A line that is not a message: says which one and why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the file; `at` is when it was written, kept as a note in the text."""

    id: str
    user: str
    title: str
    text: str
    at: str

    @property
    def words(self) -> str:
        note = f"（原时间：{self.at}）" if self.at else ""
        return "\n".join(part for part in (self.title.strip(), self.text.strip(), note) if part)


@dataclass(slots=True)
class Summary:
    """What became of the messages. `seconds` is the wall time, `peak_mb` the most memory this process used, in MB."""

    messages: int = 0
    events: int = 0
    likely_duplicates: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    peak_mb: float = 0.0

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds if self.seconds else 0.0


def read_lines(path: Path) -> Iterator[Line]:
    """The messages of a JSON-lines file. Raises ReplayError with the number of the bad line."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if not raw.strip():
                continue
            try:
                data = json.loads(raw.decode("utf-8-sig"))
                id, user, text = (clean(str(data[name])) for name in ("id", "user", "text"))
                title, at = (clean(str(data.get(name) or "")) for name in ("title", "at"))
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise ReplayError(f"{path} line {number}: {error!r}") from error
            yield Line(id, user, title, text, at)


async def replay(
    huying: Huying, lines: list[Line], area: str, step: Callable[[], None], pace: Callable[[int], object]
) -> Summary:
    """Post every line 1:1 as its resident of the grid `area`; `step` after each; `pace(n)` may wait before the n-th."""
    room = huying.room
    if room is None:
        raise ReplayError("the practice room is off")
    summary = Summary()
    known: set[str] = set()
    began = time.perf_counter()
    for number, line in enumerate(lines):
        await _maybe(pace(number))
        person = _person(line.user, area)
        if person.id not in known:
            await _settle_in(person, huying, room)
            known.add(person.id)
        await _post(line, person, room, summary)
        step()
    summary.seconds = time.perf_counter() - began
    await huying.worker.settle()
    summary.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return summary


async def _maybe(waiting: object) -> None:
    if hasattr(waiting, "__await__"):
        await waiting


async def _post(line: Line, person: RoomPerson, room: PracticeRoom, summary: Summary) -> None:
    summary.messages += 1
    try:
        _, replies = await room.post(Post(f"direct:{person.id}", person.id, line.words, id=f"replay-{line.id}"[:60]))
    except Refused as refused:
        summary.refused[refused.key] += 1
        return
    for reply in replies:
        if reply.key.startswith("reported"):
            summary.events += 1
            summary.categories[str(reply.params["category"])] += 1
            summary.likely_duplicates += reply.key.endswith("_same")
        else:
            summary.other[reply.key] += 1


def _person(user: str, area: str) -> RoomPerson:
    name = user if _ID.fullmatch(user) else hashlib.sha256(user.encode()).hexdigest()[:16]
    return RoomPerson(f"u-{name}", f"居民{user[-5:]}", Role.RESIDENT, area)


async def _settle_in(person: RoomPerson, huying: Huying, room: PracticeRoom) -> None:
    """The user moves in: into the room, and into Huying's database."""
    chat = direct_chat(person, huying.house.policy.bot_name)
    community = huying.house.policy.areas.community_of(person.area) or ""
    await room.add([person], [chat])

    async def work(uow: Unit) -> None:
        await uow.registry.register(
            CHANNEL, ACCOUNT, person.id, person.name, person.role, person.area, community, direct_chat=chat.id
        )
        await uow.registry.add_chat(
            CHANNEL, ACCOUNT, chat.id, chat.kind, chat.audience, chat.area, community, title=chat.title
        )

    await huying.house.db.run(work)
