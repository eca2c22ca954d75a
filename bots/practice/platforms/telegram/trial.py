"""The service tried on the stand-in of Telegram: both in one process, with the cast of the practice room and a practice clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr

from bots.app import open_huying
from bots.config import Settings
from bots.practice.clock import PracticeClock
from bots.practice.platforms.telegram.cast import names_of, settle_in
from bots.practice.platforms.telegram.stage import Stage
from bots.practice.platforms.telegram.standin import StandIn
from bots.practice.seed import load_cast, seed_registry
from bots.practice.store import PracticeStore
from bots.web.server import serving

TOKEN = "100200300:stand-in"


@dataclass(frozen=True, slots=True)
class Trial:
    """`url`: the page that shows both sides. `pages`: the service's own, such as the screen and the workbench."""

    stage: Stage
    url: str
    pages: str


@asynccontextmanager
async def on_stand_in(settings: Settings) -> AsyncIterator[Trial]:
    """Open both until the block ends; the stand-in's page is on the port of the settings, the service's own on a free one."""
    settings.data.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        store = await PracticeStore.open(settings.data / "practice.db")
        stack.push_async_callback(store.close)
        clock = await PracticeClock.open(store)
        standin, stages = StandIn(TOKEN, now=clock.now), list[Stage]()

        async def advance(by: timedelta) -> None:
            if stages:
                await stages[0].huying.settle_due(clock.moment(by))

        api = await stack.enter_async_context(standin.serving(port=settings.port, advance=advance))
        own = settings.model_copy(
            update={"port": 0, "telegram_token": SecretStr(TOKEN), "telegram_api": api, "public_url": ""}
        )
        huying = await stack.enter_async_context(open_huying(own, clock=clock))
        policy = huying.house.policy
        cast = load_cast(policy.areas)
        settle_in(standin, cast)
        names = names_of(cast, TOKEN.partition(":")[0])
        await huying.house.db.run(lambda uow: seed_registry(cast, policy, uow.registry, names))
        pages = await stack.enter_async_context(serving(huying))
        assert huying.telegram is not None
        await huying.telegram.opened.wait()
        stages.append(Stage(huying, standin, clock, cast))
        yield Trial(stages[0], api, pages)
