"""Polls that collide, a webhook that fails, and each fault: what came through and what the bot can know of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bots.practice.platforms.telegram import Fault, Faults
from tests.bots.platforms.conftest import GROUP, LI, Clock, Stand, make_standin

WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass
class Door:
    """A bot's webhook: answers with the next of `statuses`, else 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [body["message"]["text"] for body in self.bodies]

    async def take(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.bodies.append(await request.json())
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    app = web.Application()
    app.router.add_post("/hook", door.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield door
    await runner.cleanup()


async def polling(stand: Stand) -> asyncio.Task[tuple[int, dict[str, Any]]]:
    """A bot that waits in getUpdates."""
    poll = asyncio.create_task(stand.post("getUpdates", timeout=30))
    await stand.standin.until(lambda: stand.standin.polling)
    return poll


async def test_a_second_poll_ends_the_first(stand: Stand) -> None:
    first = await polling(stand)
    second = asyncio.create_task(stand.post("getUpdates", timeout=30))
    status, body = await first
    assert (status, body["description"]) == (409, OTHER_POLL)
    stand.standin.say(GROUP, LI, "你好")
    assert len((await second)[1]["result"]) == 1


async def test_a_poller_that_went_away_is_in_nobodys_way(stand: Stand) -> None:
    poll = await polling(stand)
    poll.cancel()
    await stand.standin.until(lambda: not stand.standin.polling)
    stand.standin.say(GROUP, LI, "你好")
    assert len(await stand.updates()) == 1
    gone = stand.standin.calls[0]
    assert (gone.method, gone.status, gone.delivered) == ("getUpdates", None, False)


async def test_a_webhook_ends_the_poll_and_forbids_the_next(stand: Stand, door: Door) -> None:
    poll = await polling(stand)
    status, body = await stand.post("setWebhook", url=door.url)
    assert (status, body["description"]) == (200, "Webhook was set")
    assert (await poll)[1]["description"] == "Conflict: terminated by setWebhook request"
    assert await stand.refused("getUpdates") == (409, WEBHOOK_ACTIVE)
    assert (await stand.post("setWebhook", url=door.url))[1]["description"] == "Webhook is already set"
    assert (await stand.post("deleteWebhook"))[1]["description"] == "Webhook was deleted"
    assert (await stand.post("deleteWebhook"))[1]["description"] == "Webhook is already deleted"
    assert await stand.ok("getUpdates") == []


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"url": "http://example.com/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.com/hook"}, "bad webhook: Failed to resolve host: Name or service not known"),
        ({"url": "http://127.0.0.1:99999/hook"}, "invalid webhook URL specified"),
        ({"secret_token": "有中文"}, "secret token contains unallowed characters"),
        ({"secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused(stand: Stand, params: dict[str, str], text: str) -> None:
    given = {"url": "http://127.0.0.1:1/hook", **params}
    assert await stand.refused("setWebhook", **given) == (400, f"Bad Request: {text}")
    assert (await stand.ok("getWebhookInfo"))["url"] == ""


async def test_updates_are_posted_in_order_with_the_secret(stand: Stand, door: Door) -> None:
    stand.standin.say(GROUP, LI, "一")
    await stand.ok("setWebhook", url=door.url, secret_token="s-1")
    stand.standin.say(GROUP, LI, "二")
    await stand.standin.until(lambda: not stand.standin.world.updates.pending)
    assert door.texts == ["一", "二"]
    assert door.secrets == ["s-1", "s-1"]
    assert tuple(door.bodies) == stand.standin.updates


async def test_a_webhook_that_fails_gets_the_same_update_again_when_told(stand: Stand, door: Door) -> None:
    door.statuses = [500, 503]
    await stand.ok("setWebhook", url=door.url)
    stand.standin.say(GROUP, LI, "一")
    await stand.standin.until(lambda: len(stand.standin.record) == 2)
    stand.standin.say(GROUP, LI, "二")
    info = await stand.ok("getWebhookInfo")
    assert (info["pending_update_count"], info["last_error_message"]) == (
        2,
        "Wrong response from the webhook: 500 Internal Server Error",
    )
    assert await stand.standin.push() == 0
    assert await stand.standin.push() == 2
    assert door.texts == ["一", "一", "一", "二"]
    stand.standin.say(GROUP, LI, "三")
    await stand.standin.until(lambda: not stand.standin.world.updates.pending)
    assert door.texts[-1] == "三"


async def test_a_webhook_set_anew_gets_what_waits_or_lets_it_go(stand: Stand, door: Door) -> None:
    await stand.ok("setWebhook", url="http://127.0.0.1:1/nobody")
    stand.standin.say(GROUP, LI, "一")
    await stand.standin.until(lambda: len(stand.standin.record) == 2)
    assert (await stand.ok("getWebhookInfo"))["last_error_message"] == "Connection refused"
    await stand.ok("setWebhook", url=door.url)
    await stand.standin.until(lambda: not stand.standin.world.updates.pending)
    assert door.texts == ["一"]
    await stand.ok("deleteWebhook")
    stand.standin.say(GROUP, LI, "二")
    await stand.ok("setWebhook", url=door.url, drop_pending_updates=True)
    stand.standin.say(GROUP, LI, "三")
    await stand.standin.until(lambda: not stand.standin.world.updates.pending)
    assert door.texts == ["一", "三"]


async def test_a_webhook_that_fails_is_tried_again_by_itself_when_serving_says_so(door: Door) -> None:
    door.statuses = [500, 500]
    standin = make_standin(Clock())
    async with standin.serving(retry_s=0.01) as url, aiohttp.ClientSession() as client:
        await client.get(f"{url}/bot{standin.token}/setWebhook", params={"url": door.url})
        standin.say(GROUP, LI, "一")
        await standin.until(lambda: not standin.world.updates.pending)
    assert door.texts == ["一"] * 3


# Faults


async def test_a_429_comes_with_its_seconds_and_says_nothing(stand: Stand) -> None:
    stand.standin.faults.next("429", method="sendMessage", retry_after=3)
    status, body = await stand.post("sendMessage", chat_id=GROUP, text="好")
    assert (status, body["description"], body["parameters"]) == (
        429,
        "Too Many Requests: retry after 3",
        {"retry_after": 3},
    )
    assert stand.standin.messages(GROUP) == ()
    assert stand.standin.overruns == ()
    await stand.ok("sendMessage", chat_id=GROUP, text="好")
    assert [(call.fault, call.delivered) for call in stand.standin.calls] == [("429", False), ("", True)]


async def test_a_500_is_json_and_says_nothing(stand: Stand) -> None:
    stand.standin.faults.next("500")
    assert await stand.refused("sendMessage", chat_id=GROUP, text="好") == (500, "Internal Server Error")
    assert stand.standin.messages(GROUP) == ()


@pytest.mark.parametrize("delivered", [True, False])
async def test_a_502_is_a_gateways_page_whether_it_was_said_or_not(stand: Stand, delivered: bool) -> None:
    stand.standin.faults.next("502", delivered=delivered)
    url = f"{stand.url}/bot{stand.standin.token}/sendMessage"
    async with stand.client.post(url, json={"chat_id": GROUP, "text": "好"}) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
        assert "502 Bad Gateway" in await answer.text()
    assert len(stand.standin.messages(GROUP)) == delivered
    (call,) = stand.standin.calls
    assert (call.fault, call.delivered, call.status, call.answer is not None) == ("502", delivered, 502, delivered)


@pytest.mark.parametrize("delivered", [True, False])
async def test_a_cut_closes_the_connection_without_a_word(stand: Stand, delivered: bool) -> None:
    stand.standin.faults.next("cut", delivered=delivered)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await stand.post("sendMessage", chat_id=GROUP, text="好")
    assert len(stand.standin.messages(GROUP)) == delivered
    (call,) = stand.standin.calls
    assert (call.fault, call.delivered, call.status) == ("cut", delivered, None)


async def test_a_timeout_is_said_and_never_answered(stand: Stand) -> None:
    stand.standin.faults.next("timeout")
    send = asyncio.create_task(stand.post("sendMessage", chat_id=GROUP, text="好"))
    await stand.standin.until(lambda: len(stand.standin.calls) == 1)
    assert [seen.text for seen in stand.standin.messages(GROUP)] == ["好"]
    assert not send.done()
    stand.standin.faults.release()
    with contextlib.suppress(aiohttp.ServerDisconnectedError):
        await send
    (call,) = stand.standin.calls
    assert (call.fault, call.delivered, call.status) == ("timeout", True, None)
    assert call.answer is not None
    assert call.answer["result"]["text"] == "好"


async def test_a_fault_waits_for_its_method_and_one_without_a_method_leaves_polls_alone(stand: Stand) -> None:
    stand.standin.faults.next("500", method="editmessagetext")
    stand.standin.faults.next("500")
    await stand.ok("getUpdates")
    await stand.ok("getMe")
    assert (await stand.refused("sendMessage", chat_id=GROUP, text="好"))[0] == 500
    sent = await stand.ok("sendMessage", chat_id=GROUP, text="好")
    where = {"chat_id": GROUP, "message_id": sent["message_id"]}
    assert (await stand.refused("editMessageText", **where, text="好的"))[0] == 500
    stand.standin.faults.next("500", method="getUpdates")
    assert (await stand.refused("getUpdates"))[0] == 500


def test_chance_is_seeded_and_touches_only_what_says_or_edits() -> None:
    def drawn(seed: int) -> list[tuple[str, bool | None]]:
        faults = Faults(seed, {"429": 0.2, "502": 0.2, "cut": 0.2})
        return [
            (fault.kind, fault.delivered) if (fault := faults.draw("sendMessage")) else ("", None) for _ in range(300)
        ]

    assert drawn(1) == drawn(1) != drawn(2)
    assert {("502", True), ("502", False), ("cut", True), ("cut", False), ("429", False), ("", None)} == set(drawn(1))
    faults = Faults(0, {"500": 1.0})
    assert [faults.draw(method) for method in ("getUpdates", "getMe", "answerCallbackQuery", "deleteMessage")] == [
        None
    ] * 4
    assert faults.draw("editMessageText") == Fault("500", "editMessageText", delivered=False)


def test_a_fault_that_cannot_be_is_refused() -> None:
    for kind, more in (
        ("418", {}),
        ("429", {"delivered": True}),
        ("timeout", {"delivered": False}),
        ("429", {"retry_after": 0}),
    ):
        with pytest.raises(ValueError):
            Faults().next(kind, **more)  # type: ignore[arg-type]
