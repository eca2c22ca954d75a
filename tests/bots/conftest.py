"""The practice room on loopback: the real room and store, with a bot that says what a test tells it to say."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bots.channel import Rendered
from bots.community import load_policy
from bots.practice import api
from bots.practice.clock import PracticeClock
from bots.practice.room import PracticeRoom
from bots.practice.store import PracticeStore
from bots.practice.values import RoomChat, RoomPerson
from bots.web import screen, static
from bots.web.errors import answer_errors
from core.errors import Refused
from core.messages import Audience, ChatKind, Incoming, Json, Photo
from core.people import Role
from storage import connections
from tests.bots.talk import Talk, open_talk
from tests.postgres import Server

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 in the community
PEOPLE = (
    RoomPerson("li-xiulan", "李秀兰", Role.RESIDENT, "xiuyue-3"),
    RoomPerson("sun-daye", "孙大爷", Role.RESIDENT, "xiuyue-3"),
    RoomPerson("liu-min", "刘敏", Role.COMMUNITY_STAFF, "xiuyue"),
)
CHATS = (
    RoomChat("group", ChatKind.GROUP, "秀月三网格居民群", Audience.RESIDENTS, "xiuyue-3", ("li-xiulan", "sun-daye")),
    RoomChat("staff", ChatKind.GROUP, "秀月社区工作群", Audience.STAFF, "xiuyue", ("liu-min",)),
    *(
        RoomChat(f"direct:{p.id}", ChatKind.DIRECT, f"小应 · {p.name}", Audience.RESIDENTS, p.area, (p.id,))
        for p in PEOPLE
    ),
)


@dataclass
class Bot:
    """Answers `报事…` in the chat it came from; what it heard and was told stands in lists. `says` may be replaced."""

    media: Path
    heard: list[Incoming] = field(default_factory=list)
    receipts: dict[int, str] = field(default_factory=dict)
    settled: list[datetime] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    says: Callable[[Incoming], Rendered | None] = lambda incoming: (
        Rendered("已登记 编号7", "reported", {"serial": 7}, (("yes", "是，合并"), ("no", "不是")))
        if incoming.text.startswith("报事") or incoming.press
        else None
    )

    async def answer(self, incoming: Incoming) -> Sequence[tuple[int, Rendered]]:
        self.heard.append(incoming)
        said = self.says(incoming)
        if said is None:
            return ()
        row = self.rows.setdefault(incoming.message_id, len(self.rows) + 1)
        return [(row, said)]

    async def said(self, receipts: Mapping[int, str]) -> None:
        self.receipts |= receipts

    async def stage_photo(self, data: bytes) -> Photo:
        if not data.startswith(b"photo"):
            raise Refused("photo_unreadable")
        name = hashlib.sha256(data).hexdigest() + ".jpg"
        (self.media / name).write_bytes(data)
        return Photo(name, 640, 480)

    async def settle_due(self, until: datetime) -> None:
        self.settled.append(until)

    def media_path(self, name: str) -> Path:
        return self.media / name


@dataclass
class Screens:
    """The screen's query: what a test puts here by area."""

    states: dict[str, screen.ScreenState] = field(default_factory=dict)

    async def __call__(self, area: str) -> screen.ScreenState | None:
        return self.states.get(area)


@dataclass
class Stand:
    """The room's server and what stands behind it."""

    client: TestClient[web.Request, web.Application]
    room: PracticeRoom
    store: PracticeStore
    bot: Bot
    screens: Screens
    events: list[Mapping[str, Json]]

    async def get(self, path: str, status: int = 200, **kwargs: Any) -> Any:
        return await self._checked(await self.client.get(path, **kwargs), status)

    async def post(self, path: str, body: object, status: int = 200) -> Any:
        sent = io.BytesIO(json.dumps(body).encode())
        return await self._checked(await self.client.post(path, data=sent), status)

    async def say(
        self, text: str, status: int = 200, chat: str = "group", sender: str = "li-xiulan", **more: Any
    ) -> Any:
        body = {"chat": chat, "sender": sender, "text": text, **more}
        return await self.post("/practice/api/messages", body, status)

    async def press(self, message: str, choice: str, status: int = 200, **more: Any) -> Any:
        body = {"chat": "group", "sender": "li-xiulan", "message": message, "choice": choice, **more}
        return await self.post("/practice/api/press", body, status)

    async def messages(self, chat: str = "group", after: int = 0) -> list[dict[str, Any]]:
        answer = await self.get(f"/practice/api/chats/{chat}/messages?after={after}")
        found: list[dict[str, Any]] = answer["messages"]
        return found

    @staticmethod
    async def _checked(answer: ClientResponse, status: int) -> Any:
        body = await answer.json()
        assert answer.status == status, body
        if status >= 400:
            error = body["error"]
            assert set(body) == {"error"}
            assert set(error) == {"key", "text"}
            assert error["text"]
            assert "{" not in error["text"]
            return error["key"]
        return body


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    media = tmp_path / "media"
    media.mkdir()
    store = await PracticeStore.open(tmp_path / "practice.db")
    await store.add(PEOPLE, CHATS)
    clock = await PracticeClock.open(store, MONDAY, real=lambda: MONDAY, ticks=lambda: 0.0)
    room, bot, screens = PracticeRoom(store, clock, "小应"), Bot(media), Screens()
    room.connect(bot)
    events: list[Mapping[str, Json]] = []

    async def events_of(person: str) -> Sequence[Mapping[str, Json]]:
        return [{"person": person}, *events]

    app = web.Application(middlewares=[answer_errors(), static.guard()])
    app.on_response_prepare.append(static.add_headers)
    api.install(app, room, events_of, load_policy().areas)
    screen.install(app, screens, bot.media_path, clock.now)
    static.install_fonts(app)
    async with TestClient(TestServer(app)) as client:
        yield Stand(client, room, store, bot, screens, events)
    await room.close()
    await store.close()


@pytest.fixture(params=["sqlite"])
def talk_url(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> str:
    """A migrated database: on SQLite, and for a test that says `ON_BOTH` on PostgreSQL as well."""
    if request.param == "postgres":
        server: Server = request.getfixturevalue("server")
        return server.create(server.template)
    shutil.copy(migrated, tmp_path / "huying.db")
    return connections.sqlite_url(tmp_path / "huying.db")


@pytest.fixture
async def talk(talk_url: str) -> AsyncIterator[Talk]:
    """People on several channels."""
    opened = await open_talk(talk_url)
    yield opened
    await opened.db.close()
