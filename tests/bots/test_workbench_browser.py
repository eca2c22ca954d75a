"""The workbench in a real browser: approved on a phone without a script, faces covered with a finger, a mouse or keys."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from bots.web.workbench.door import COOKIE
from core.messages import Outgoing, Reply
from narratives.publications import Box, PublicationKind, PublicationState
from storage.logins import LoginKind
from storage.sending import PILES
from storage.unit_of_work import Database, Unit
from tests.bots.browser import DESKTOP, PHONE, WAIT_MS, Visitor, connected, running_chromium, visiting
from tests.bots.workbench_stand import HOME, HOUR, MONDAY, Stand, standing

pytestmark = pytest.mark.browser
expect.set_options(timeout=WAIT_MS)

LIST, L1 = f"/workbench/{HOME}", f"/workbench/{HOME}/L1"
TOUCH = 44  # pixels


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_chromium(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with connected(chromium) as browser:
        yield browser


@pytest.fixture
async def stand(db: Database, tmp_path: Path) -> AsyncIterator[Stand]:
    async with standing(db, tmp_path) as stood:
        yield stood


def home_of(stand: Stand) -> str:
    return str(stand.client.make_url("/")).rstrip("/")


@asynccontextmanager
async def working(browser: Browser, stand: Stand, size: tuple[int, int], who: str = "刘敏") -> AsyncIterator[Visitor]:
    """Somebody at the workbench, with a session."""
    home = home_of(stand)
    async with visiting(browser, home, size) as visitor:
        await visitor.page.context.add_cookies(
            [{"name": COOKIE, "value": await stand.session(who), "url": f"{home}/workbench"}]
        )
        yield visitor


async def frame_of(page: Page) -> tuple[float, float, float, float]:
    """Where the photo lies in the window: left, top, width, height."""
    await page.wait_for_function(
        "document.getElementById('photo').complete && !document.getElementById('tools').hidden"
    )
    box = await page.locator("#boxes").bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


async def boxes_of(page: Page) -> list[Box]:
    found: list[Box] = [tuple(box) for box in json.loads(await page.locator("#field").input_value())]
    return found


async def drag(page: Page, x1: float, y1: float, x2: float, y2: float) -> None:
    """With the mouse, between two points of the photo given as fractions."""
    left, top, width, height = await frame_of(page)
    await page.mouse.move(left + x1 * width, top + y1 * height)
    await page.mouse.down()
    await page.mouse.move(left + (x1 + x2) / 2 * width, top + (y1 + y2) / 2 * height)
    await page.mouse.move(left + x2 * width, top + y2 * height)
    await page.mouse.up()


async def swipe(page: Page, *fingers: Sequence[tuple[float, float]]) -> None:
    """With fingers, each along its points of the photo given as fractions, all at once."""
    left, top, width, height = await frame_of(page)
    session = await page.context.new_cdp_session(page)

    async def touch(kind: str, points: Sequence[tuple[float, float]]) -> None:
        places: list[dict[str, Any]] = [
            {"x": left + x * width, "y": top + y * height, "id": finger} for finger, (x, y) in enumerate(points)
        ]
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    steps = list(zip(*fingers, strict=True))
    await touch("touchStart", steps[0])
    for step in steps[1:]:
        await touch("touchMove", step)
    await touch("touchEnd", [])


def near(*box: float) -> Any:
    return pytest.approx(box, abs=0.01)


async def test_boxes_are_drawn_with_the_mouse_and_saved_as_fractions(browser: Browser, stand: Stand) -> None:
    one = await stand.publication()
    async with working(browser, stand, DESKTOP) as clerk:
        page = clerk.page
        await page.goto(f"{clerk.home}{L1}")
        await page.get_by_role("link", name="遮脸遮车牌", exact=True).first.click()
        await drag(page, 0.62, 0.25, 0.8, 0.5)
        await drag(page, 0.5, 0.9, 0.1, 0.7)  # from the lower right to the upper left
        await expect(page.locator("#count")).to_have_text("2 个框")
        await drag(page, 0.9, 0.9, 1.4, 0.95)  # out over the edge
        assert await boxes_of(page) == [
            near(0.62, 0.25, 0.18, 0.25),
            near(0.1, 0.7, 0.4, 0.2),
            near(0.9, 0.9, 0.1, 0.05),
        ]
        await page.locator("#undo").click()
        await page.get_by_role("button", name="保存，重新出图").click()
        await expect(page.locator(".redrawing")).to_contain_text("正在重新出图")
    assert (await stand.now_of(one)).boxes == {
        stand.media["before"]: (near(0.62, 0.25, 0.18, 0.25), near(0.1, 0.7, 0.4, 0.2))
    }


async def test_a_finger_draws_and_does_not_scroll_and_a_second_one_draws_nothing(
    browser: Browser, stand: Stand
) -> None:
    one = await stand.publication()
    async with working(browser, stand, PHONE) as clerk:
        page = clerk.page
        await page.goto(f"{clerk.home}{L1}/cover/{stand.media['after']}")
        await swipe(page, [(0.2, 0.2), (0.4, 0.3), (0.5, 0.4)])
        assert await boxes_of(page) == [near(0.2, 0.2, 0.3, 0.2)]
        await swipe(page, [(0.6, 0.6), (0.7, 0.65), (0.8, 0.7)], [(0.1, 0.9), (0.2, 0.85), (0.3, 0.8)])
        assert await boxes_of(page) == [near(0.2, 0.2, 0.3, 0.2), near(0.6, 0.6, 0.2, 0.1)]
        await swipe(page, [(0.3, 0.3)])  # a tap chooses
        await page.get_by_role("button", name="删掉这个框").click()
        assert await boxes_of(page) == [near(0.6, 0.6, 0.2, 0.1)]
        assert await page.evaluate("scrollY") == 0
        await clerk.fits()
        tools = await page.locator("#tools").bounding_box()
        assert tools is not None
        assert tools["y"] + tools["height"] <= PHONE[1]  # the button to save is never below the edge
        await page.locator("#save").click()
        await expect(page.locator(".redrawing")).to_be_visible()
    assert (await stand.now_of(one)).boxes == {stand.media["after"]: (near(0.6, 0.6, 0.2, 0.1),)}


async def test_boxes_are_set_moved_and_removed_by_keys_alone(browser: Browser, stand: Stand) -> None:
    await stand.publication()
    async with working(browser, stand, DESKTOP) as clerk:
        page = clerk.page
        await page.goto(f"{clerk.home}{L1}/cover/{stand.media['before']}")
        await page.locator("#add").focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("ArrowLeft")
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("Shift+ArrowRight")
        await page.keyboard.press("Shift+ArrowDown")
        assert await boxes_of(page) == [near(0.39, 0.39, 0.21, 0.21)]
        for _ in range(50):
            await page.keyboard.press("ArrowLeft")
        assert (await boxes_of(page))[0] == near(0, 0.39, 0.21, 0.21)
        await page.keyboard.press("Delete")
        assert await boxes_of(page) == []
        assert await page.evaluate("document.activeElement.id") == "add"
        await expect(page.locator("#clear")).to_be_disabled()


async def test_boxes_drawn_before_are_there_again_and_can_all_be_cleared(browser: Browser, stand: Stand) -> None:
    before = stand.media["before"]
    one = await stand.publication(boxes={before: ((0.1, 0.1, 0.2, 0.2), (0.5, 0.5, 0.2, 0.2))})
    async with working(browser, stand, DESKTOP) as clerk:
        page = clerk.page
        await page.goto(f"{clerk.home}{L1}/cover/{before}")
        await expect(page.locator("#boxes rect")).to_have_count(2)
        left, top, width, height = await frame_of(page)
        await page.mouse.click(left + 0.9 * width, top + 0.1 * height)  # beside them: draws nothing
        assert len(await boxes_of(page)) == 2
        await page.locator("#clear").click()
        await page.locator("#save").click()
        await expect(page.locator(".redrawing")).to_be_visible()
    assert (await stand.now_of(one)).boxes == {}


@asynccontextmanager
async def scriptless(browser: Browser) -> AsyncIterator[Page]:
    """A phone whose browser runs no script."""
    context = await browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, is_mobile=True, has_touch=True, java_script_enabled=False
    )
    try:
        page = await context.new_page()
        page.set_default_timeout(WAIT_MS)
        yield page
    finally:
        await context.close()


async def test_a_log_is_approved_on_a_phone_from_the_link_on_without_any_script(browser: Browser, stand: Stand) -> None:
    one = await stand.publication()
    person, until = stand.people["刘敏"].id, MONDAY + timedelta(minutes=10)
    await stand.db.run(lambda uow: uow.logins.add(LoginKind.LINK, "link-of-the-test", person, MONDAY, until, L1))
    async with scriptless(browser) as page:
        await page.goto(f"{home_of(stand)}/workbench/enter/link-of-the-test")
        await page.get_by_role("button", name="进入工作台").tap()
        await expect(page.get_by_role("heading", level=1)).to_have_text("3号楼门口清爽了")
        await page.get_by_label("人脸和车牌已检查").check()
        await page.get_by_role("button", name="通过，发到 3 个群").tap()
        await expect(page.get_by_role("status")).to_contain_text("已通过")
        await page.get_by_role("button", name="撤销通过").tap()
        await expect(page.get_by_role("button", name="通过，发到 3 个群")).to_be_visible()
        await page.get_by_text("驳回，不发").tap()  # the dangerous thing lies behind a second step
        await page.get_by_label("原因").fill("照片太暗")
        await page.get_by_role("button", name="确定驳回").tap()
        await expect(page.locator(".heading-state")).to_contain_text("已驳回")
        await page.get_by_role("link", name="返回列表").tap()
        await expect(page.get_by_text("都审完了")).to_be_visible()
        await page.get_by_role("button", name="退出").tap()
        await expect(page.get_by_role("heading")).to_have_text("已退出工作台")
    assert (await stand.now_of(one)).state == PublicationState.REFUSED


async def test_the_page_shows_the_new_pictures_by_itself_once_they_are_drawn(browser: Browser, stand: Stand) -> None:
    one = await stand.publication(state=PublicationState.DRAWING, images=())
    async with scriptless(browser) as page:
        await page.context.add_cookies(
            [{"name": COOKIE, "value": await stand.session("刘敏"), "url": f"{home_of(stand)}/workbench"}]
        )
        await page.goto(f"{home_of(stand)}{L1}")
        await expect(page.locator(".redrawing")).to_be_visible()
        drawn = replace(one, state=PublicationState.WAITING, images=(stand.media["card"],))
        await stand.db.run(lambda uow: uow.publications.save(drawn))
        await expect(page.locator(".preview-picture img")).to_be_visible()
        assert await page.locator(".preview-picture img").evaluate("image => image.offsetWidth") == PHONE[0] - 32


async def test_with_scripts_the_page_stays_where_it_is_until_the_pictures_are_there(
    browser: Browser, stand: Stand
) -> None:
    one = await stand.publication()
    async with working(browser, stand, PHONE) as clerk:
        page = clerk.page
        await page.goto(f"{clerk.home}{L1}")
        await page.get_by_role("button", name="不用这张").first.tap()
        await expect(page.get_by_role("heading", name="照片（1 张）")).to_be_in_viewport()  # the next photo is at hand
        await expect(page.locator(".note")).to_be_in_viewport()
        changed = await stand.now_of(one)
        drawn = replace(changed, state=PublicationState.WAITING, images=(stand.media["card"],))
        await stand.db.run(lambda uow: uow.publications.save(drawn))
        await expect(page.locator(".preview-picture img")).to_be_attached()
        await clerk.fits()


async def test_whoever_forgot_to_tick_is_told_beside_the_box_to_tick(browser: Browser, stand: Stand) -> None:
    await stand.publication()
    async with scriptless(browser) as page:
        await page.context.add_cookies(
            [{"name": COOKIE, "value": await stand.session("刘敏"), "url": f"{home_of(stand)}/workbench"}]
        )
        await page.goto(f"{home_of(stand)}{L1}")
        await page.get_by_role("button", name="通过，发到 3 个群").tap()
        await expect(page.get_by_role("alert")).to_be_in_viewport()
        await expect(page.get_by_label("人脸和车牌已检查")).to_be_in_viewport()


async def test_on_a_phone_nothing_is_too_wide_or_too_small_for_a_thumb(browser: Browser, stand: Stand) -> None:
    long = "一个很长很长的标题" * 6 + "averyveryverylongwordthatneverendsandneverbreaks" * 3
    await stand.publication(title=long, dropped=(stand.media["after"],), at=MONDAY - 40 * HOUR)
    await stand.publication(state=PublicationState.APPROVED, approved_at=MONDAY, title=long)
    await stand.publication(
        kind=PublicationKind.NOTICE, event=None, area=HOME, photos=(), state=PublicationState.DRAWING
    )
    await stand.db.run(lambda uow: uow.session.all("UPDATE chat SET title = ?", long))

    async def trouble(uow: Unit) -> None:
        chat = stand.groups["四网格群"].id
        for state in PILES:
            reply = Reply("log_posted", {"log": "L1", "title": long})
            await uow.outgoing.add(Outgoing(state, reply, chat=chat))
            await uow.outgoing.flush()
            await uow.session.all("UPDATE outgoing SET state = ?, error = ? WHERE key = ?", state, long, state)
        await uow.session.all("UPDATE person SET name = ? WHERE role = 'partner'", long)

    await stand.db.run(trouble)
    cover = f"{L1}/cover/{stand.media['before']}"
    async with working(browser, stand, PHONE) as clerk:
        for path in (
            LIST,
            L1,
            f"{LIST}/L2",
            f"{LIST}/notice",
            f"{LIST}/sending",
            f"{LIST}/doors",
            cover,
            "/workbench/left",
        ):
            await clerk.page.goto(f"{clerk.home}{path}")
            await clerk.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            await clerk.fits()
            small = await clerk.page.evaluate(
                """(touch) => [...document.querySelectorAll("a, button, summary, select, textarea, input[type=text], .check, .choice label")]
                    .filter((one) => one.offsetParent && one.getBoundingClientRect().height < touch
                                     && !(parseFloat(getComputedStyle(one, "::after").height) >= touch))
                    .map((one) => one.outerHTML.slice(0, 80))""",
                TOUCH,
            )
            assert small == [], path
