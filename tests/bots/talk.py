"""People who talk to the bot on several channels: the real door over a real database, nothing drawn and nothing sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from bots.answer import Door, answer
from bots.community import load_policy
from core.messages import Audience, Chat, ChatKind, Incoming, Press
from core.people import Person, Role
from core.policy import Policy
from core.turn import Turn
from points.rewards import code_from
from storage.outbox import Queued
from storage.unit_of_work import Database, Unit
from tests.conftest import MONDAY

ON_BOTH = pytest.mark.parametrize(
    "talk_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
ROOM, TELEGRAM = "practice", "telegram"
GROUP, STAFF_GROUP = "xiuyue-3-residents", "xiuyue-staff"
PEOPLE = (
    ("li", "李秀兰", Role.RESIDENT, "xiuyue-3"),
    ("sun", "孙大爷", Role.RESIDENT, "xiuyue-3"),
    ("ma", "马晓东", Role.VOLUNTEER, "xiuyue-4"),
    ("wang", "王师傅", Role.GRID_WORKER, "xiuyue-3"),
    ("liu", "刘敏", Role.COMMUNITY_STAFF, "xiuyue"),
    ("cao", "曹国栋", Role.STREET_STAFF, "guilin"),
    ("feng", "冯老板", Role.PARTNER, "xiuyue"),
)


@dataclass
class Talk:
    """`say` as somebody of a channel; a sender there is known by (channel, name), and their 1:1 chat is `direct:NAME`."""

    db: Database
    policy: Policy
    now: datetime = MONDAY
    numbers: Any = field(default_factory=lambda: count(1_000_003, 7_654_321))
    ids: Any = field(default_factory=lambda: count(1))

    @property
    def door(self) -> Door:
        return Door(self.db, self.policy, lambda: next(self.numbers) % 32**7, "https://huying.example.org")

    async def say(self, text: str, who: str = "li", channel: str = ROOM, chat: str = "", **more: Any) -> list[Queued]:
        """What the bot answers the speaker."""
        one = message(f"m{next(self.ids)}", text, who, channel, chat, **more)
        inbox = await answer(one, self.door)
        rows = await self.db.read(lambda uow: uow.outgoing.rows_of_inbox(inbox))
        return [row for row in rows if ":reply" in row.key]

    async def key(self, text: str, who: str = "li", channel: str = ROOM, chat: str = "", **more: Any) -> str:
        return (await self.say(text, who, channel, chat, **more))[-1].reply.key

    async def press(self, row: Queued, choice: str, who: str = "li", channel: str = ROOM, chat: str = "") -> str:
        return await self.key("", who, channel, chat, press=Press(row.id, choice))

    async def code(self, who: str = "li", channel: str = ROOM) -> str:
        """A code of that person's own."""
        return str((await self.say("绑定", who, channel))[-1].reply.params["code"])

    async def person(self, who: str = "li", channel: str = ROOM) -> Person:
        found = await self.db.read(lambda uow: uow.registry.person_of(channel, channel, who))
        assert found is not None, (who, channel)
        return found

    async def is_one(self, *accounts: tuple[str, str]) -> bool:
        return len({(await self.person(who, channel)).id for who, channel in accounts}) == 1

    async def turn(self, who: str, code: str = "") -> Turn:
        """As staff have it on a page."""
        here = Chat(0, "web", "web", "web:1", ChatKind.DIRECT, Audience.STAFF, "xiuyue")
        code = code or code_from(next(self.numbers))
        return Turn(f"web:{next(self.ids)}", await self.person(who), here, self.policy, self.now, code=code)

    async def rows(self, table: str) -> list[dict[str, Any]]:
        async def look(uow: Unit) -> list[dict[str, Any]]:
            return [dict(row) for row in await uow.session.all(f"SELECT * FROM {table} ORDER BY id")]

        return await self.db.read(look)

    async def said_to(self, who: str, channel: str) -> list[str]:
        """The keys of what is to be said in that 1:1 chat, whoever it belongs to."""

        async def look(uow: Unit) -> list[str]:
            rows = await uow.session.all(
                "SELECT o.reply FROM outgoing o JOIN chat c ON c.id = o.chat_id "
                "WHERE c.channel = ? AND c.external = ? ORDER BY o.id",
                channel, f"direct:{who}",
            )  # fmt: skip
            return [row["reply"] for row in rows]

        return await self.db.read(look)

    def later(self, by: timedelta) -> None:
        self.now += by


def message(id: str, text: str, who: str, channel: str, chat: str, **more: Any) -> Incoming:
    chat = chat or f"direct:{who}"
    more = {"name": who, "direct": chat.startswith("direct:"), **more}
    return Incoming(channel, channel, chat, who, id, MONDAY, text=text, **more)


async def seed(uow: Unit, policy: Policy) -> None:
    areas = policy.areas
    for external, name, role, area in PEOPLE:
        community = areas.community_of(area) or ""
        await uow.registry.register(ROOM, ROOM, external, name, role, area, community, f"direct:{external}")
        await uow.registry.add_chat(
            ROOM, ROOM, f"direct:{external}", ChatKind.DIRECT, Audience.RESIDENTS, area, community
        )
    put = uow.registry.add_chat
    await put(ROOM, ROOM, GROUP, ChatKind.GROUP, Audience.RESIDENTS, "xiuyue-3", "xiuyue", "三网格群")
    await put(ROOM, ROOM, STAFF_GROUP, ChatKind.GROUP, Audience.STAFF, "xiuyue", "xiuyue", "工作群")


async def open_talk(url: str) -> Talk:
    policy = load_policy()
    talk: list[Talk] = []
    db = await Database.open(url, clock=lambda: talk[0].now if talk else MONDAY)
    talk.append(Talk(db, policy))
    await db.run(lambda uow: seed(uow, policy))
    return talk[0]
