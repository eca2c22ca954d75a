"""The cast on the stand-in and the service behind it, led by hand: somebody writes or presses, and what the bot said is read off.

What the bot said is what people see on the platform; which outgoing row it is, with its key and params, is read off the receipts.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bots.app import Huying
from bots.clock import Clock
from bots.practice.platforms.telegram.cast import groups_of, people_of
from bots.practice.platforms.telegram.standin import StandIn
from bots.practice.platforms.telegram.values import Seen
from bots.practice.seed import Cast
from bots.telegram import callbacks
from bots.telegram.door import Door
from core.messages import Json
from storage.outbox import OutgoingState
from storage.sql import maybe_moment

REST = timedelta(minutes=2)  # the longest that a platform's pace, or a second try, makes a message wait


@dataclass(frozen=True, slots=True)
class Said:
    """One outgoing row as people see it: the platform's messages of it together. `choices` are the ids, in order."""

    outgoing: int
    key: str
    params: Mapping[str, Json]
    choices: tuple[str, ...]
    images: tuple[str, ...]
    parts: tuple[Seen, ...]

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.parts if part.text)


class Nothing(LookupError):
    """The bot did not say that."""


@dataclass
class Stage:
    """`clock` is the service's and the platform's alike; it jumps over what only waits for its turn."""

    huying: Huying
    standin: StandIn
    clock: Clock
    cast: Cast

    @property
    def door(self) -> Door:
        assert self.huying.telegram is not None
        assert self.huying.telegram.door is not None
        return self.huying.telegram.door

    def user(self, id: str) -> int:
        return people_of(self.cast)[id]

    def chat(self, id: str) -> int:
        return self.user(id.removeprefix("direct:")) if id.startswith("direct:") else groups_of(self.cast)[id]

    # what people do

    async def write(
        self, chat: str, sender: str, text: str, photos: Sequence[bytes] = (), answers: bool = False
    ) -> None:
        """Somebody writes, with `answers` to the bot's newest message there; the bot has answered when this returns."""
        reply_to = (await self.said(chat))[-1].parts[0].message_id if answers else None
        self.standin.say(self.chat(chat), self.user(sender), text, photos=photos, reply_to=reply_to)
        await self.answered()

    async def press(self, chat: str, sender: str, choice: str) -> None:
        """Somebody presses the newest button of that choice; one that is gone is pressed on a phone that did not see it go."""
        offered = [said for said in await self.said(chat) if choice in said.choices]
        if not offered:
            raise Nothing(f"nobody offered {choice}")
        shown, data = offered[-1].parts[-1], callbacks.sign(offered[-1].outgoing, choice, self.door.key)
        press = self.standin.press if shown.buttons else self.standin.forge_press
        press(self.chat(chat), self.user(sender), shown.message_id, data)
        await self.answered()

    # what follows

    async def answered(self) -> None:
        """Everything that was written is answered; what follows from it is not yet done."""
        await self._heard()
        await self._until_said(self.huying.worker.send)

    async def settle(self) -> None:
        """Everything that was caused is said."""
        await self._heard()
        await self._until_said(self.huying.worker.settle)

    async def passes(self, by: timedelta) -> None:
        """Time goes by, with all that falls due."""
        await self.huying.settle_due(self.clock.now() + by)
        await self.settle()

    async def _heard(self) -> None:
        """Every update was taken, and what goes on beside the answers is done."""
        updates = self.standin.world.updates
        if updates.webhook is not None:
            await self.standin.push()
        while updates.pending:
            await self.standin.bell.heard(None)
        await self.door.quiet()

    async def _until_said(self, say: Callable[[], Awaitable[object]]) -> None:
        while True:
            while await say():
                pass
            due = await self._resting()
            if due is None:
                return
            await self.clock.set(due)

    async def _resting(self) -> datetime | None:
        now = self.clock.now()
        row = await self.rows(
            "SELECT min(not_before) AS at FROM outgoing WHERE state = ? AND not_before > ? AND not_before <= ?",
            OutgoingState.WAITING,
            now,
            now + REST,
        )
        return maybe_moment(row[0]["at"])

    # what can be seen

    async def rows(self, sql: str, *values: Any) -> list[Any]:
        return list(await self.huying.house.db.read(lambda uow: uow.session.all(sql, *values)))

    async def said(self, chat: str) -> list[Said]:
        """What the bot said in this chat, in the order of the platform."""
        id = self.chat(chat)
        own = "chat_id = (SELECT id FROM chat WHERE external = ?)"
        if id > 0:
            own = "person_id = (SELECT person_id FROM identity WHERE external = ?)"
        rows = await self.rows(f"SELECT * FROM outgoing WHERE {own} AND receipt <> ''", str(id))
        row_of = {int(receipt): row for row in rows for receipt in row["receipt"].split()}
        parts: dict[int, list[Seen]] = {}
        for message_id, seen in sorted({seen.message_id: seen for seen in self.standin.messages(id)}.items()):
            if seen.sender.bot and message_id in row_of:
                parts.setdefault(row_of[message_id]["id"], []).append(seen)
        by_id = {row["id"]: row for row in rows}
        return [_said(by_id[outgoing], tuple(seen)) for outgoing, seen in parts.items()]


def _said(row: Mapping[str, Any], parts: tuple[Seen, ...]) -> Said:
    params, choices, images = (_value(row[name]) for name in ("params", "choices", "images"))
    return Said(row["id"], row["reply"], params, tuple(one["id"] for one in choices), tuple(images), parts)


def _value(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored
