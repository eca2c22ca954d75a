"""A stand-in of Telegram on a loopback port, with a clock that stands until a test moves it, and a bot that speaks bare HTTP."""

from __future__ import annotations

import struct
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bots.practice.platforms.telegram import Limits, StandIn

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
LI, SUN, STRANGER = 7, 8, 9
GROUP, SMALL_GROUP, FORUM = -1001000000001, -501, -1001000000002
TOKEN = "100200300:stand-in"


def png(width: int = 30, height: int = 20, shade: int = 0) -> bytes:
    """A picture with these sides in its header and hardly anything in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes([0, shade]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@dataclass
class Clock:
    at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Stand:
    """The stand-in as served, and what a bot needs to talk to it."""

    standin: StandIn
    url: str
    client: aiohttp.ClientSession
    clock: Clock
    offset: int = 0
    moved: list[timedelta] = field(default_factory=list)

    async def post(
        self, method: str, data: Any = None, *, token: str = TOKEN, **params: Any
    ) -> tuple[int, dict[str, Any]]:
        """(status, body); `params` go as JSON, `data` as a form."""
        body: dict[str, Any] = {"data": data} if data is not None else {"json": params}
        async with self.client.post(f"{self.url}/bot{token}/{method}", **body) as answer:
            return answer.status, await answer.json()

    async def ok(self, method: str, data: Any = None, **params: Any) -> Any:
        status, body = await self.post(method, data, **params)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def refused(self, method: str, data: Any = None, **params: Any) -> tuple[int, str]:
        """(code, description) of a refusal, which has the same code in its status."""
        status, body = await self.post(method, data, **params)
        assert (body["ok"], body["error_code"]) == (False, status), body
        return status, body["description"]

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """What is new, and from now on confirmed."""
        found: list[dict[str, Any]] = await self.ok("getUpdates", offset=self.offset, **params)
        if found:
            self.offset = found[-1]["update_id"] + 1
        return found

    async def update(self) -> dict[str, Any]:
        """The one message that is new."""
        (update,) = await self.updates()
        message: dict[str, Any] = update["message"]
        return message

    async def get(self, path: str, status: int = 200) -> Any:
        async with self.client.get(self.url + path) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def control(self, path: str, body: Mapping[str, Any], status: int = 200) -> Any:
        async with self.client.post(f"{self.url}/standin/api/{path}", json=body) as answer:
            assert answer.status == status, await answer.text()
            told = await answer.json()
            return told if status == 200 else told["error"]["key"]


def make_standin(clock: Clock, *, limits: Limits | None = None, privacy: bool = False, seed: int = 0) -> StandIn:
    standin = StandIn(TOKEN, now=clock, limits=limits, privacy=privacy, seed=seed)
    standin.add_user(LI, "李秀兰", note="三号楼")
    standin.add_user(SUN, "孙大爷", username="sun_daye")
    standin.add_user(STRANGER, "过路人")
    standin.add_group(GROUP, "居民群", [LI, SUN])
    standin.add_group(SMALL_GROUP, "楼组群", [LI, SUN], supergroup=False)
    standin.add_group(FORUM, "议事厅", [LI, SUN], forum=True)
    return standin


@pytest.fixture
def limits() -> Limits:
    """As fast as one likes; a test of the rates says so itself."""
    return Limits(rates=())


@pytest.fixture
def privacy() -> bool:
    return False


@pytest.fixture
async def stand(limits: Limits, privacy: bool) -> AsyncIterator[Stand]:
    clock = Clock()
    standin = make_standin(clock, limits=limits, privacy=privacy)
    moved: list[timedelta] = []

    def advance(by: timedelta) -> None:
        moved.append(by)
        clock.move(by.total_seconds())

    async with standin.serving(advance=advance) as url, aiohttp.ClientSession() as client:
        yield Stand(standin, url, client, clock, moved=moved)
