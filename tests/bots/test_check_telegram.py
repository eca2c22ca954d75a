"""`huying check` says in words what is missing before Telegram works."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.config import Settings
from bots.practice.platforms.telegram.standin import StandIn
from bots.telegram.check import check
from tests.telegram import TOKEN, Clock

GROUP, LEFT = -1_002_000_000_001, -1_002_000_000_002


@dataclass
class Stand:
    standin: StandIn
    settings: Settings

    async def words(self, groups: dict[str, str] | None = None, **changed: object) -> dict[str, tuple[bool, str]]:
        settings = self.settings.model_copy(update=changed)
        return {what: (works, words) for what, works, words in await check(settings, groups or {})}


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    standin = StandIn(TOKEN, now=Clock().now, privacy=True)
    standin.add_user(1, "李秀兰")
    standin.add_group(GROUP, "三网格居民群", [1])
    standin.add_group(LEFT, "老群", [1])
    async with standin.serving() as api:
        yield Stand(standin, Settings(data=tmp_path, telegram_token=SecretStr(TOKEN), telegram_api=api))


async def test_without_a_token_there_is_nothing_to_say(stand: Stand) -> None:
    assert await stand.words(telegram_token=SecretStr("")) == {}


async def test_a_token_that_is_none_is_told_without_asking_the_network_and_without_repeating_it(stand: Stand) -> None:
    found = await stand.words(telegram_token=SecretStr("my-secret"))
    assert not found["telegram"][0]
    assert "my-secret" not in found["telegram"][1]
    assert stand.standin.calls == ()


async def test_a_token_that_telegram_does_not_know_is_told(stand: Stand) -> None:
    works, words = (await stand.words(telegram_token=SecretStr("100200300:of-somebody-else")))["telegram"]
    assert not works
    assert "@BotFather" in words


async def test_a_platform_that_cannot_be_reached_is_told_with_the_way_round(stand: Stand) -> None:
    works, words = (await stand.words(telegram_api="http://127.0.0.1:9"))["telegram"]
    assert not works
    assert "telegram_proxy" in words


async def test_privacy_mode_is_noticed_and_explained(stand: Stand) -> None:
    works, words = (await stand.words())["telegram groups"]
    assert not works
    assert "/setprivacy" in words
    assert "remove it from each group and add it again" in words
    stand.standin.world.privacy = False
    assert (await stand.words())["telegram groups"][0]


async def test_a_group_in_which_the_bot_is_no_more_is_named(stand: Stand) -> None:
    stand.standin.kick(LEFT)
    found = await stand.words({str(GROUP): "三网格居民群", f"{LEFT}/7": "老群", "-1005": "没有这个群"})
    assert "telegram group 三网格居民群" not in found
    assert [found[f"telegram group {title}"][0] for title in ("老群", "没有这个群")] == [False, False]


async def test_a_webhook_needs_an_address_that_telegram_posts_to(stand: Stand) -> None:
    for address in ("", "http://huying.example.org", "https://huying.example.org:8080"):
        works, words = (await stand.words(telegram_webhook=True, public_url=address))["telegram updates"]
        assert (works, "https" in words) == (False, True), address
    assert (await stand.words(telegram_webhook=True, public_url="https://huying.example.org"))["telegram updates"][0]


async def test_polling_is_said_to_be_for_one_process(stand: Stand) -> None:
    works, words = (await stand.words())["telegram updates"]
    assert (works, "one process" in words) == (True, True)
