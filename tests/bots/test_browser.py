"""The pages in a real browser: the whole loop by clicking, on a desk and on a phone, and what must never happen there."""

from __future__ import annotations

import base64
import io
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Browser, expect

from bots.app import Huying, open_huying
from bots.config import Settings
from bots.practice.play import SAMPLES, RoomStage, play
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


def stage_of(huying: Huying) -> RoomStage:
    assert huying.room is not None
    return RoomStage(huying, huying.room)


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
        await newcomer.choose("check_first", "checked")
        await expect(newcomer.said("log_approved")).to_be_visible()
        await expect(preview.locator(".choice:enabled")).to_have_count(0)
        await expect(newcomer.said("check_first").locator(".choice:enabled")).to_have_count(0)

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
        two_lines = "(t) => t.scrollHeight <= parseFloat(getComputedStyle(t).lineHeight) * 2.5"
        assert await passer_by.page.locator("#story-title").evaluate(two_lines)
        await passer_by.page.wait_for_function("story.scrollHeight <= story.clientHeight && story.clientHeight > 0")
        await passer_by.shoot("06-screen.png")


async def test_on_a_phone_every_view_fits_the_window(browser: Browser, served: Served) -> None:
    await play(stage_of(served.huying), quietly)
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


def passer_by_at_the_bins() -> str:
    """A photo in base64 on which somebody stands beside a parked car: a face and a number plate to cover."""
    with Image.open(SAMPLES / "before.jpg") as image:
        photo = image.convert("RGB")
    pen, unit = ImageDraw.Draw(photo), photo.width / 100

    def at(*places: float) -> list[float]:
        return [unit * place for place in places]

    pen.rounded_rectangle(at(61, 55, 95, 66), unit * 3, fill="#B23A32")  # the car
    pen.polygon(at(66, 56, 71, 48, 85, 48, 91, 56), fill="#8E2B25")
    pen.polygon(at(69, 55, 72.5, 49.5, 83.5, 49.5, 87, 55), fill="#CFE0EA")
    pen.ellipse(at(65, 62, 73, 70), fill="#22272B")
    pen.ellipse(at(83, 62, 91, 70), fill="#22272B")
    pen.rectangle(at(74, 60, 83, 63.5), fill="#1D4FA3")
    pen.rounded_rectangle(at(19, 45, 29, 69), unit * 4, fill="#2F5D8C")  # and somebody
    pen.ellipse(at(20, 35.5, 28, 45.5), fill="#EBC3A0")
    pen.chord(at(19.6, 34.5, 28.4, 44.5), 180, 360, fill="#3A2A20")
    pen.ellipse(at(22, 40, 23, 41), fill="#2B2B2B")
    pen.ellipse(at(25, 40, 26, 41), fill="#2B2B2B")
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=90)
    return base64.b64encode(file.getvalue()).decode()


async def test_the_link_in_the_chat_opens_the_workbench_where_a_face_is_covered_before_it_is_approved(
    browser: Browser, served: Served
) -> None:
    await play(stage_of(served.huying), quietly)

    async def say(chat: str, who: str, text: str, *photos: str) -> dict[str, Any]:
        body = {"chat": chat, "sender": who, "text": text, "photos": photos}
        async with served.client.post(f"{served.url}/practice/api/messages", json=body) as answer:
            replies: list[dict[str, Any]] = (await answer.json())["replies"]
        return replies[-1]

    street, worker = passer_by_at_the_bins(), "direct:wang-shifu"
    await say(GROUP, "zhao-yi", "报事 秀月花园东门的垃圾桶满了，袋子堆在路边", street)
    with (SAMPLES / "after.jpg").open("rb") as clean:
        await say(worker, "wang-shifu", "办结 2 袋子都清走了，改成一天收两次", base64.b64encode(clean.read()).decode())
    await say("direct:zhao-yi", "zhao-yi", "5 收得真快")
    await say("direct:zhao-yi", "zhao-yi", "可用照片 2")
    await say("direct:meng-xiangyu", "meng-xiangyu", "通知 明天 9 点到 12 点 3号楼停水检修，请提前接水")
    await served.huying.worker.settle()
    async with visiting(browser, served.url, PHONE) as clerk:
        page = clerk.page
        await clerk.open("liu-min", "direct:liu-min")
        await clerk.say("工作台")
        link = clerk.said("workbench_link").locator("a")
        await page.goto(f"{clerk.home}{await link.get_attribute('href')}")
        await page.get_by_role("button", name="进入工作台").tap()
        await expect(page.locator(".row-title").first).to_contain_text("垃圾桶满了")
        await clerk.fits()
        await clerk.shoot("09-workbench.png")
        await page.locator(".row").first.tap()
        await expect(page.locator(".preview-picture").first).to_be_visible()
        await clerk.fits()
        await clerk.shoot("10-workbench-log.png")
        await page.get_by_role("link", name="遮脸遮车牌", exact=True).first.tap()
        place = page.locator("#boxes")
        await expect(page.locator("#tools")).to_be_visible()
        frame = await place.bounding_box()
        assert frame is not None
        session = await page.context.new_cdp_session(page)
        for left, top, right, bottom in ((0.19, 0.44, 0.29, 0.62), (0.725, 0.78, 0.845, 0.865)):
            ends = [(left, top), ((left + right) / 2, (top + bottom) / 2), (right, bottom)]
            points = [{"x": frame["x"] + x * frame["width"], "y": frame["y"] + y * frame["height"]} for x, y in ends]
            for kind, point in zip(("touchStart", "touchMove", "touchMove"), points, strict=True):
                await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
            await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        await expect(page.locator("#count")).to_have_text("2 个框")
        await clerk.fits()
        await clerk.shoot("11-workbench-cover.png")
        # a tap so soon after a swipe is taken for its end by the browser; no hand is as fast
        await page.get_by_role("button", name="保存，重新出图").click()
        await expect(page.locator(".preview-picture").first).to_be_visible()
        await expect(page.locator(".photo-note")).to_have_text("已遮 2 处")
        await page.get_by_label("人脸和车牌已检查").check()
        await page.get_by_role("button", name=re.compile("^通过")).tap()
        await expect(page.locator(".heading-state")).to_contain_text("已通过")


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
    await play(stage_of(served.huying), quietly)
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
            await play(stage_of(huying), quietly)
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
