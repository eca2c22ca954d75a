"""The pages in a real browser: the whole loop by clicking, on a desk and on a phone, and what must never happen there."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bots.app import open_huying
from bots.config import Settings
from bots.practice.play import play
from bots.web.server import serving
from tests.bots.browser import PHONE, WAIT_MS, connected, running_chromium, visiting
from tests.conftest import MONDAY, Served

pytestmark = pytest.mark.browser

GROUP, STAFF = "xiuyue-3-residents", "xiuyue-staff"
expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_chromium(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with connected(chromium) as browser:
        yield browser


def quietly(_step: str, _said: str) -> None:
    pass


async def test_a_newcomer_walks_the_whole_loop_from_the_report_to_the_reward(browser: Browser, served: Served) -> None:
    async with visiting(browser, served.url) as newcomer:
        await newcomer.open("li-xiulan", GROUP, "chats")
        await newcomer.follow_guide(1)
        await newcomer.say("报事 3号楼单元门口的垃圾堆了两天没人清，味道很大", sample="before")
        await expect(newcomer.said("reported")).to_contain_text("编号1")
        await expect(newcomer.at("event-panel")).to_contain_text("待接单")
        await newcomer.shoot("01-report.png")

        await newcomer.follow_guide(2)
        await newcomer.choose("assigned", "accept")
        await newcomer.pass_hour()
        await newcomer.say("进展 1 到现场看过，已联系保洁公司派车")
        await expect(newcomer.said("progress_noted")).to_be_visible()
        await newcomer.shoot("02-grid-worker.png")
        await newcomer.pass_hour()
        await newcomer.say("办结 1 垃圾已清运，门口冲洗干净，补放分类垃圾桶4个", sample="after")
        await expect(newcomer.said("finished")).to_be_visible()

        await newcomer.follow_guide(3)
        await newcomer.choose("rate_please_public", "photos_yes")
        await newcomer.choose("rate_please_public", "5")  # which the pictures' answer has left open
        await expect(newcomer.said("points_earned")).to_be_visible()
        await newcomer.shoot("03-rating.png")

        await newcomer.follow_guide(4)
        preview = newcomer.page.locator('[data-key^="log_preview"]').last
        await preview.get_by_test_id("log-image").locator("img").wait_for()
        await newcomer.shoot("04-approval.png")
        await preview.get_by_test_id("choice-approve").click()
        await expect(newcomer.said("log_approved")).to_be_visible()
        await expect(newcomer.page.locator(".choice:enabled")).to_have_count(0)

        await newcomer.follow_guide(5)
        await expect(newcomer.said("log_posted").get_by_test_id("log-image")).to_be_visible()
        await expect(newcomer.at("screen-preview")).to_contain_text("1 已办结", use_inner_text=True)
        await newcomer.shoot("05-log-in-group.png")

        await newcomer.follow_guide(6)
        await newcomer.page.locator(".chip", has_text="兑换").click()
        await newcomer.at("send").click()
        await newcomer.choose("catalogue", "reward-trash-bags")
        answer = await served.client.get(f"{served.url}/practice/api/chats/direct:li-xiulan/messages")
        code = (await answer.json())["messages"][-1]["params"]["code"]
        await expect(newcomer.said("redeemed")).to_contain_text(code)
        await expect(newcomer.page.locator(".guide-step.done")).to_have_count(6)
        await newcomer.shoot("07-redeem.png")

    async with visiting(browser, served.url, (1920, 1080)) as passer_by:
        await passer_by.page.goto(f"{served.url}/screen/xiuyue")
        await expect(passer_by.page.locator("#story-title")).to_contain_text("垃圾堆了两天没人清")
        await expect(passer_by.page.locator("#picture img.shown").first).to_be_visible()
        await expect(passer_by.page.locator("#closed")).to_have_text("1")
        await expect(passer_by.page.locator("#story-text")).to_have_text(
            re.compile("^居民反映：.*反映人评价：★★★★★ 很满意$", re.S)
        )
        await passer_by.page.wait_for_function("story.scrollHeight <= story.clientHeight && story.clientHeight > 0")
        await passer_by.shoot("06-screen.png")


async def test_on_a_phone_every_view_fits_the_window(browser: Browser, served: Served) -> None:
    await play(served.huying, quietly)
    async with visiting(browser, served.url, PHONE) as visitor:
        page = visitor.page
        await visitor.open("li-xiulan", GROUP, "chats")
        await visitor.fits()
        await visitor.at(f"chat-{GROUP}").tap()
        await expect(visitor.said("log_posted")).to_be_visible()
        await visitor.fits()
        await visitor.shoot("08-phone.png")
        await visitor.said("log_posted").get_by_test_id("log-image").tap()
        await expect(visitor.at("lightbox")).to_be_visible()
        await visitor.fits()
        await page.locator("#lightbox-close").tap()
        await visitor.say("报事 " + "河边护栏松了，有小孩在旁边玩。" * 200)
        await expect(visitor.said("reported")).to_be_visible()
        await visitor.fits()
        await page.locator("#back").tap()
        for view in ("events", "screen", "chats"):
            await page.locator(f'#tabs [data-view="{view}"]').tap()
            await expect(page.locator(f'body[data-view="{view}"]')).to_be_visible()
            await visitor.fits()
        await page.locator("#tab-people").tap()
        await visitor.fits()
        await visitor.at("person-liu-min").tap()
        await expect(visitor.at("person-switcher")).to_contain_text("刘敏")
        await visitor.fits()
        await page.goto(f"{served.url}/screen/xiuyue")
        await expect(page.locator("#story-title")).to_contain_text("办好了")
        await visitor.fits()


async def test_what_people_write_is_shown_as_text_and_never_runs(browser: Browser, served: Served) -> None:
    words = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>\u202e倒着\u202c 门口垃圾没人清'
    async with visiting(browser, served.url) as visitor:
        await visitor.open("li-xiulan", GROUP)
        await visitor.say(f"报事 {words}", sample="before")
        await expect(visitor.said("reported")).to_be_visible()
        mine = visitor.page.locator('[data-testid="message"][data-sender="li-xiulan"] .words').last
        await expect(mine).to_contain_text("<script>window.ran=1</script>")
        await expect(mine).to_have_css("unicode-bidi", "isolate")
        await expect(visitor.at("event-panel")).to_contain_text("img src=x")
        await visitor.open("wang-shifu", "direct:wang-shifu")
        await expect(visitor.said("assigned")).to_contain_text("<script>")
        assert await visitor.page.evaluate("window.ran") is None
        await expect(visitor.page.locator('img[src="x"], .words script')).to_have_count(0)


async def test_a_message_that_is_too_long_stays_in_the_box_and_the_page_says_why(
    browser: Browser, served: Served
) -> None:
    async with visiting(browser, served.url) as visitor:
        await visitor.open("li-xiulan", "direct:li-xiulan")
        long = "长" * 4001
        await visitor.say(long, sample="before")
        await expect(visitor.page.locator("#composer-error")).to_contain_text("4000")
        await expect(visitor.at("composer")).to_have_value(long)
        await expect(visitor.page.locator(".preview-photo")).to_have_count(1)
        await visitor.say("门口" + "长" * 3998)
        await expect(visitor.said("reported")).to_be_visible()
        await expect(visitor.at("composer")).to_have_value("")


async def test_a_double_click_on_send_posts_once(browser: Browser, served: Served) -> None:
    async with visiting(browser, served.url) as visitor:
        await visitor.open("li-xiulan", GROUP)
        await visitor.at("composer").fill("报事 路灯不亮")
        await visitor.at("send").dblclick()
        await expect(visitor.said("reported")).to_be_visible()
        answer = await served.client.get(f"{served.url}/practice/api/chats/{GROUP}/messages")
        senders = [message["sender"] for message in (await answer.json())["messages"]]
        assert senders == ["li-xiulan", "bot"]


async def test_what_was_not_sent_comes_back_to_the_box_and_counts_once(browser: Browser, served: Served) -> None:
    async with visiting(browser, served.url) as visitor:
        visitor.network_may_fail = True
        await visitor.open("li-xiulan", GROUP)
        await visitor.page.context.set_offline(True)
        await visitor.say("报事 路灯不亮", sample="before")
        await expect(visitor.page.locator("#composer-error")).to_contain_text("字和照片都留着")
        await expect(visitor.at("composer")).to_have_value("报事 路灯不亮")
        await expect(visitor.page.locator(".preview-photo")).to_have_count(1)
        await visitor.page.context.set_offline(False)
        await visitor.at("send").click()
        await expect(visitor.said("reported")).to_contain_text("编号1")
        await expect(visitor.page.locator('[data-testid="message"][data-sender="li-xiulan"]')).to_have_count(1)


async def test_a_choice_taken_elsewhere_is_marked_here_too(browser: Browser, served: Served) -> None:
    await play(served.huying, quietly)
    async with visiting(browser, served.url) as visitor:
        await visitor.open("liu-min", STAFF)
        approve = visitor.said("log_preview").get_by_test_id("choice-approve")
        await expect(approve).to_have_attribute("aria-pressed", "true")
        await expect(visitor.said("log_preview").locator(".choice:enabled")).to_have_count(0)


@asynccontextmanager
async def standing(data: Path, port: int, told: bool = False) -> AsyncIterator[str]:
    """A Huying on a port of its own, to be stopped and started again; `told`: with one complaint played through."""
    settings = Settings(data=data, practice=True, port=port)
    async with open_huying(settings, start=MONDAY) as huying, serving(huying) as url:
        if told:
            await play(huying, quietly)
        yield url


async def test_the_page_and_the_screen_survive_a_restart_of_the_server(browser: Browser, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = f"http://127.0.0.1:{port}"
    async with visiting(browser, home) as visitor, visiting(browser, home) as passer_by:
        visitor.network_may_fail = passer_by.network_may_fail = True
        title = passer_by.page.locator("#story-title")
        async with standing(tmp_path / "data", port, told=True):
            await visitor.open("li-xiulan", GROUP)
            await passer_by.page.clock.install()
            await passer_by.page.goto(f"{home}/screen/xiuyue")
            await expect(title).to_contain_text("办好了")
        await passer_by.page.clock.fast_forward(11_000)
        await expect(passer_by.page.locator("#away")).to_be_visible()
        await expect(title).to_contain_text("办好了")
        await expect(visitor.page.locator("#offline")).to_be_visible()
        await expect(visitor.said("log_posted")).to_be_visible()
        async with standing(tmp_path / "data", port):
            await expect(visitor.page.locator("#offline")).to_be_hidden()
            await visitor.say("报事 路灯不亮")
            await expect(visitor.said("reported")).to_contain_text("编号2")
            await passer_by.page.clock.fast_forward(11_000)
            await expect(passer_by.page.locator("#away")).to_be_hidden()
            await expect(passer_by.page.locator("#open")).to_have_text("1")
