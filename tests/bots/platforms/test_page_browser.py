"""The stand-in's page in a real browser: what a person sees and does on the left, what passes on the wire on the right."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Locator, expect
from yarl import URL

from bots.practice.platforms.telegram.standin import StandIn
from bots.practice.play import SAMPLES
from tests.bots.browser import DESKTOP, PHONE, WAIT_MS, Visitor, connected, running_chromium, visiting
from tests.conftest import MONDAY

pytestmark = pytest.mark.browser
expect.set_options(timeout=WAIT_MS)

LI, SUN, WANG = 101, 102, 103
RESIDENTS, STAFF, FORUM = -1001234567890, -455, -1009876543210


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_chromium(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with connected(chromium) as browser:
        yield browser


class Town:
    """The stand-in with three people and three groups, and a clock that its page can move."""

    def __init__(self) -> None:
        self.now = MONDAY
        self.standin = StandIn(now=lambda: self.now)
        for id, name, note in ((LI, "李秀兰", "居民"), (SUN, "孙大爷", "居民"), (WANG, "王海燕", "网格员")):
            self.standin.add_user(id, name, note=note)
        self.standin.add_group(RESIDENTS, "秀月三网格居民群", [LI, SUN, WANG])
        self.standin.add_group(STAFF, "秀月社区工作群", [WANG], supergroup=False)
        self.standin.add_group(FORUM, "秀月邻里论坛", [LI, WANG], forum=True)

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Guest:
    """Somebody at the page, and the service behind it, which calls the Bot API as ours does."""

    town: Town
    visitor: Visitor
    service: aiohttp.ClientSession

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        url = f"{self.visitor.home}/bot{self.town.standin.token}/{method}"
        async with self.service.post(url, json=params) as answer:
            body: dict[str, Any] = await answer.json()
            return body

    async def open(self, user: int, chat: int, view: str = "talk") -> None:
        await self.visitor.page.goto(f"{self.visitor.home}/#user={user}&chat={chat}&view={view}")
        await self.visitor.page.wait_for_selector("#messages > *", state="attached")

    def at(self, testid: str) -> Locator:
        return self.visitor.at(testid)

    def find(self, selector: str) -> Locator:
        return self.visitor.page.locator(selector)

    async def say(self, text: str) -> None:
        await self.at("text").fill(text)
        await self.at("send").click()

    def line(self, name: str) -> Locator:
        """The newest line of the wire with that name."""
        return self.find(f'[data-testid="entry"][data-name="{name}"]').last


@asynccontextmanager
async def guest(browser: Browser, town: Town, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Guest]:
    async with (
        town.standin.serving(advance=town.advance) as url,
        aiohttp.ClientSession() as service,
        visiting(browser, url, size) as visitor,
    ):
        yield Guest(town, visitor, service)


async def test_what_a_person_types_is_shown_as_text_and_both_of_its_sides_are_seen(browser: Browser) -> None:
    async with guest(browser, Town()) as page:
        await page.open(LI, RESIDENTS)
        typed = "<img src=x onerror=alert(1)> 报事 门口垃圾 javascript:alert(2) https://example.org/a"
        await page.say(typed)
        await expect(page.at("message")).to_contain_text(typed)
        assert await page.find("#messages img, #messages a[href^=javascript]").count() == 0
        await expect(page.at("message").get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")

        await page.call("getUpdates")
        await page.call("sendMessage", chat_id=RESIDENTS, text="收到了，编号7")
        await expect(page.at("message").last).to_contain_text("收到了，编号7")
        await expect(page.line("message")).to_contain_text("<img src=x")
        await expect(page.line("getUpdates")).to_have_count(0)  # polling is left out until it is asked for

        await page.at("message").last.hover()
        await page.at("to-wire").last.click()
        shown = page.line("sendMessage").locator("pre")
        assert json.loads(await shown.first.inner_text()) == {"chat_id": RESIDENTS, "text": "收到了，编号7"}
        assert json.loads(await shown.last.inner_text())["result"]["text"] == "收到了，编号7"

        await page.at("wire-chat").select_option(str(FORUM))
        await expect(page.line("sendMessage")).to_have_count(0)
        await expect(page.at("entries")).to_contain_text("没有符合的收发")


async def test_photos_sent_together_are_an_album_and_other_kinds_go_by_themselves(browser: Browser) -> None:
    town = Town()
    thread = town.standin.add_topic(FORUM, "报事")
    async with guest(browser, town) as page:
        await page.open(LI, FORUM)
        await page.visitor.page.get_by_role("button", name="报事", exact=True).click()
        await page.at("photo-input").set_input_files([SAMPLES / "before.jpg", SAMPLES / "after.jpg"])
        await page.find(".preview").nth(1).wait_for()
        await page.say("前后对比")
        await expect(page.at("message").get_by_test_id("photo")).to_have_count(2)
        await page.at("kinds-open").click()
        await page.at("kind-voice").click()
        await expect(page.at("message").last).to_contain_text("语音")

        first, second, voice = town.standin.messages(FORUM, after=1)
        assert (first.text, second.text, voice.kind) == ("前后对比", "", "voice")
        assert first.album == second.album != ""
        assert {seen.thread for seen in (first, second, voice)} == {thread}
        assert town.standin.photo(first.photos[0]).startswith(b"\xff\xd8\xff")


async def test_a_button_is_pressed_and_the_way_to_the_bot_opens_its_chat(browser: Browser) -> None:
    town = Town()
    keyboard = [
        [{"text": "我也看到了", "callback_data": "seen:7"}],
        [
            {"text": "私下说", "url": "https://t.me/huying_bot?start=ev7"},
            {"text": "看日志", "url": "https://example.org/7"},
        ],
    ]
    async with guest(browser, town) as page:
        await page.open(SUN, RESIDENTS)
        await page.call("sendMessage", chat_id=RESIDENTS, text="编号7", reply_markup={"inline_keyboard": keyboard})
        key = page.at("key").filter(has_text="我也看到了")
        await key.click()
        await expect(key).to_have_attribute("aria-busy", "true")
        query = (await page.call("getUpdates", timeout=10))["result"][-1]["callback_query"]
        assert (query["data"], query["from"]["id"]) == ("seen:7", SUN)
        await page.call("answerCallbackQuery", callback_query_id=query["id"], text="谢谢，记下了")
        await expect(page.at("toast")).to_have_text("谢谢，记下了")
        await expect(key).not_to_have_attribute("aria-busy", "true")

        await expect(page.at("key").filter(has_text="看日志")).to_have_attribute("href", "https://example.org/7")
        way = page.at("key").filter(has_text="私下说")
        await expect(way).to_contain_text("打开与机器人的对话")
        await way.click()
        await expect(page.at("message").last).to_contain_text("/start ev7")
        assert [seen.text for seen in town.standin.messages(SUN)] == ["/start ev7"]


async def test_a_fault_is_queued_in_the_panel_and_told_on_the_wire(browser: Browser) -> None:
    town = Town()
    async with guest(browser, town) as page:
        await page.open(LI, RESIDENTS)
        await page.at("fault-add").click()
        await expect(page.at("queued")).to_contain_text("429 太快了")
        answer = await page.call("sendMessage", chat_id=RESIDENTS, text="这句送不到")
        assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 3})
        await expect(page.line("sendMessage")).to_contain_text("未送达")
        await expect(page.at("queued")).to_be_empty()
        assert town.standin.messages(RESIDENTS) == ()

        await page.find("#rates summary").click()
        await page.visitor.page.get_by_label("断线的百分比").fill("100")
        await page.at("rates-set").click()
        await expect(page.find("#rates-now")).to_have_text("断线 100%")
        with pytest.raises(aiohttp.ClientError):
            await page.call("sendMessage", chat_id=RESIDENTS, text="断了")
        await expect(page.line("sendMessage")).to_contain_text("无应答")

        await page.at("advance-P1D").click()
        await expect(page.find("#now")).to_contain_text("周二")
        assert town.now == MONDAY + timedelta(days=1)


async def test_who_is_let_in_and_who_is_kept_out_is_changed_at_the_chat(browser: Browser) -> None:
    town = Town()
    async with guest(browser, town) as page:
        await page.open(WANG, STAFF)
        await page.at("more").click()
        await page.at("act-kick").click()
        await page.at("gate-readmit").click()
        await expect(page.at("notice").last).to_contain_text("小应 进群了")
        await page.at("more").click()
        await page.at("act-migrate").click()
        await expect(page.find("#talk-note")).to_contain_text("超级群")
        await page.say("新群里说一句")
        await expect(page.at("message").last).to_contain_text("新群里说一句")

        await page.at(f"chat-{WANG}").click()
        await page.at("start").click()
        await expect(page.at("message").last).to_contain_text("/start")
        await page.at("more").click()
        await page.at("act-block").click()
        await expect(page.at("text")).to_be_hidden()
        assert (await page.call("sendMessage", chat_id=WANG, text="你好"))["error_code"] == 403
        await page.at("gate-unblock").click()
        await expect(page.at("text")).to_be_visible()


async def test_on_a_phone_there_are_three_tabs_and_a_stand_in_started_anew_is_found_again(browser: Browser) -> None:
    town = Town()
    async with visiting(browser, "", PHONE) as visitor, aiohttp.ClientSession() as service:
        page = Guest(town, visitor, service)
        async with town.standin.serving() as visitor.home:
            long = "报事 3号楼单元门口的垃圾堆了两天没人清理，味道很大" * 3
            town.standin.say(RESIDENTS, LI, long, photos=[(SAMPLES / "before.jpg").read_bytes()])
            await page.call("getUpdates")
            await page.open(SUN, RESIDENTS, "chats")
            await visitor.fits()
            await page.at(f"chat-{RESIDENTS}").click()
            await expect(page.at("message")).to_be_visible()
            await visitor.fits()
            await page.at("to-wire").click()
            await expect(page.line("message").locator("pre")).to_be_visible()
            await expect(page.at("message")).to_be_hidden()
            await visitor.fits()
            await page.find("#tabs").get_by_role("button", name="环境").click()
            await expect(page.at("fault-add")).to_be_visible()
            await visitor.fits()
            await visitor.page.go_back()
            await visitor.page.go_back()
            await expect(page.at("message")).to_be_visible()
            visitor.network_may_fail = True
        await expect(page.find("#offline")).to_be_visible()
        town = Town()  # it was started anew and remembers nothing
        town.standin.say(RESIDENTS, LI, "回来了吗")
        async with town.standin.serving(port=URL(visitor.home).port or 0):
            await expect(page.find("#offline")).to_be_hidden()
            await expect(page.at("message")).to_have_count(1)
            await expect(page.at("message")).to_contain_text("回来了吗")
