"""A Huying whose channel is Telegram, over a stand-in on loopback; time stands still until somebody waits or moves it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import ClientSession
from pydantic import SecretStr

from bots.app import open_huying
from bots.config import Settings
from bots.practice.platforms.telegram.cast import names_of, settle_in
from bots.practice.platforms.telegram.limits import Limits
from bots.practice.platforms.telegram.stage import Stage
from bots.practice.platforms.telegram.standin import StandIn
from bots.practice.seed import load_cast, seed_registry
from bots.web.server import serving
from tests.conftest import MONDAY

TOKEN = "100200300:stand-in"


class Clock:
    """Stands still; whoever waits for a moment brings it about."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    async def set(self, to: datetime) -> None:
        self.at = max(self.at, to)

    async def wait_until(self, at: datetime) -> None:
        await self.set(at)


@dataclass
class OnTelegram(Stage):
    """The service, the platform and who is who there; `url` are the service's own pages."""

    url: str
    client: ClientSession


@asynccontextmanager
async def on_telegram(
    data: Path, *, webhook: bool = False, database: str = "", limits: Limits | None = None, seed: int = 0
) -> AsyncIterator[OnTelegram]:
    clock = Clock()
    standin = StandIn(TOKEN, now=clock.now, limits=limits, seed=seed)
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(standin.serving())
        settings = Settings(
            data=data,
            database=database,
            port=0,
            telegram_token=SecretStr(TOKEN),
            telegram_api=api,
            telegram_webhook=webhook,
        )
        huying = await stack.enter_async_context(open_huying(settings, loops=False, clock=clock))
        policy = huying.house.policy
        cast = load_cast(policy.areas)
        settle_in(standin, cast)
        names = names_of(cast, TOKEN.partition(":")[0])
        await huying.house.db.run(lambda uow: seed_registry(cast, policy, uow.registry, names))
        assert huying.telegram is not None
        huying.telegram.album_s = 0.02
        url = await stack.enter_async_context(serving(huying))
        client = await stack.enter_async_context(ClientSession())
        await huying.telegram.opened.wait()
        yield OnTelegram(huying, standin, clock, cast, url, client)
