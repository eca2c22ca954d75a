"""One service on Telegram for all tests of a file, by polling and by webhook; each test has neighbours and a group of its own."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import settings
from PIL import Image

from bots.practice.platforms.telegram.limits import Limits
from bots.practice.platforms.telegram.standin import StandIn
from bots.practice.platforms.telegram.values import Call, Seen
from bots.telegram.wire import Update
from core.messages import Audience, ChatKind, Outgoing, Reply, Urgency
from tests.telegram import OnTelegram, on_telegram

ACCOUNT = "100200300"
steady = settings(deadline=None, derandomize=True)  # the same examples on every machine, however busy
NUMBERS = count(1)


def picture(shade: int = 90) -> bytes:
    """A small photo, another one for each shade."""
    data = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 120, 60)).save(data, "JPEG")
    return data.getvalue()


@dataclass
class Estate:
    """Two neighbours and their group, which is bound to the third grid of 秀月; nobody has opened a 1:1 chat yet."""

    stand: OnTelegram
    n: int
    group: int
    li: int
    sun: int

    @property
    def standin(self) -> StandIn:
        return self.stand.standin

    def place(self) -> str:
        """Words about a place that no other test speaks of."""
        return f"报事 {self.n}号楼{self.n}单元的水管漏水"

    def bot_said(self, chat: int) -> list[Seen]:
        return [seen for seen in self.standin.messages(chat) if seen.sender == self.standin.world.bot]

    def texts(self, chat: int) -> list[str]:
        return [seen.text for seen in self.bot_said(chat)]

    async def settled(self) -> None:
        await self.stand.settle()

    async def opens(self, user: int) -> None:
        """The person opens the 1:1 chat, and has read the greeting."""
        self.standin.start(user)
        await self.settled()

    async def again(self, updates: int = 1, times: int = 1) -> None:
        """The newest so many updates come once more, as after an answer that was lost."""
        for _ in range(times):
            for update in self.standin.updates[-updates:]:
                await self.stand.door.handle(Update.model_validate(update))
        await self.settled()

    async def post(self, text: str, urgency: Urgency = Urgency.POST) -> None:
        """Something for the group, written down and not yet sent. `text` only tells one from another."""
        (row,) = await self.stand.rows(
            "SELECT id FROM chat WHERE external LIKE ? AND kind = ?", f"{self.group}%", "group"
        )
        await self._add(
            Outgoing(f"test:{self.n}:{text}", Reply("sent_privately", {"name": text}), chat=row["id"], urgency=urgency)
        )

    async def notice(self, user: int, text: str) -> None:
        """Something for the person."""
        (row,) = await self.stand.rows("SELECT person_id FROM identity WHERE external = ?", str(user))
        reply = Reply("sent_privately", {"name": text})
        await self._add(Outgoing(f"test:{self.n}:{text}", reply, person=row["person_id"]))

    async def _add(self, outgoing: Outgoing) -> None:
        await self.stand.huying.house.db.run(lambda uow: uow.outgoing.add(outgoing))

    async def states(self) -> dict[str, str]:
        """What became of what the test wrote down, by its text."""
        rows = await self.stand.rows("SELECT key, state FROM outgoing WHERE key LIKE ?", f"test:{self.n}:%")
        return {row["key"].split(":", 2)[2]: row["state"] for row in rows}

    async def facts(self, kind: str) -> int:
        """How many there are about this group."""
        sql = "SELECT count(*) AS n FROM fact WHERE kind = ? AND data LIKE ?"
        return int((await self.stand.rows(sql, kind, f"%居民群{self.n}号%"))[0]["n"])

    def calls(self, method: str) -> list[Call]:
        """What was asked of the platform about this group or these people."""
        mine = {str(self.group), str(self.li), str(self.sun)}
        return [
            call for call in self.standin.calls if call.method == method and str(call.params.get("chat_id")) in mine
        ]


async def settle_estate(stand: OnTelegram, *, topic: str = "", **kind: Any) -> Estate:
    """A new estate; `kind` as of StandIn.add_group. With `topic` only that part of the group is bound."""
    n = next(NUMBERS)
    group = -1_003_000_000_000 - n if kind.get("supergroup", True) else -9_000 - n
    estate = Estate(stand, n, group, 8_000_000 + 10 * n, 8_000_001 + 10 * n)
    stand.standin.add_user(estate.li, f"李秀兰{n}")
    stand.standin.add_user(estate.sun, f"孙大爷{n}")
    stand.standin.add_group(group, f"居民群{n}号", [estate.li, estate.sun], **kind)
    external = f"{group}/{stand.standin.add_topic(group, topic)}" if topic else str(group)
    if kind.get("bot", True):
        await stand.huying.house.db.run(
            lambda uow: uow.registry.add_chat(
                "telegram", ACCOUNT, external, ChatKind.GROUP, Audience.RESIDENTS, "xiuyue-3", "xiuyue", f"居民群{n}号"
            )
        )
    return estate


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def polled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OnTelegram]:
    async with on_telegram(tmp_path_factory.mktemp("polled") / "data", limits=Limits()) as stand:
        yield stand


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hooked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OnTelegram]:
    async with on_telegram(tmp_path_factory.mktemp("hooked") / "data", webhook=True, limits=Limits()) as stand:
        yield stand


@pytest_asyncio.fixture(loop_scope="module")
async def estate(polled: OnTelegram) -> AsyncIterator[Estate]:
    """On the service that polls; nothing of it may have gone too fast."""
    yield await settle_estate(polled)
    assert [
        one for one in polled.standin.overruns if one.scope != "private"
    ] == []  # 1:1 it is a matter of counting albums
    assert not polled.standin.faults.waiting, "the test asked for faults that nothing met"


def media(stand: OnTelegram) -> set[Path]:
    """The pictures that the house keeps."""
    return {path for path in (stand.huying.house.settings.data / "media").rglob("*") if path.is_file()}
