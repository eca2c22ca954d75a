"""The community screen: its stream on a real server, its page in a real browser, with and without network."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from PIL import Image
from playwright.async_api import Browser, expect

from bots.house import Wakeup
from bots.web import screen, static
from bots.web.errors import answer_errors
from bots.web.screen import Pace, ScreenHonours, ScreenLog, ScreenNotice, ScreenState
from bots.web.server import CLOSE_TIMEOUT_S
from bots.web.watching import Watches
from tests.bots.browser import WAIT_MS, Visitor, connected, running_chromium, visiting

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
NEVER = Pace(every=timedelta(hours=1), beat=timedelta(hours=1), retry=timedelta(milliseconds=100))
WALL = (1920, 1080)
expect.set_options(timeout=WAIT_MS)


def picture_name(mark: str) -> str:
    return mark * 64 + ".png"


def log(number: int, title: str = "垃圾清走了", marks: str = "") -> ScreenLog:
    names = tuple(picture_name(mark) for mark in marks)
    return ScreenLog(
        f"L{number}", title, f"【秀月社区】{title}\n网格员两小时办好了", names, MONDAY + timedelta(hours=number)
    )


NOTICE = ScreenNotice("N1", "周三停水", "请提前储水", (picture_name("d"),), MONDAY)
HONOURS = ScreenHonours("H1", "最美治理参与者", "李阿姨", (picture_name("e"),), MONDAY)
QUIET = ScreenState("xiuyue", "秀月社区", 2, 5)


@dataclass
class Wall:
    """A server of screens on a port of its own, to be stopped and started again; what it is asked stands in a list."""

    media: Path
    port: int
    pace: Pace = NEVER
    state: ScreenState = QUIET
    asked: list[str] = field(default_factory=list)
    wakeup: Wakeup = field(default_factory=Wakeup)
    runner: web.AppRunner | None = None

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def events(self) -> str:
        return f"{self.home}/screen/xiuyue/events"

    async def screens(self, area: str) -> ScreenState | None:
        self.asked.append(area)
        return self.state if area == "xiuyue" else None

    def show(self, *logs: ScreenLog, **changes: Any) -> None:
        self.state = replace(self.state, logs=logs, **changes)
        self.wakeup.wake()

    async def start(self) -> None:
        app = web.Application(middlewares=[answer_errors(), static.guard()])
        app.on_response_prepare.append(static.add_headers)
        static.install_fonts(app)
        screen.install(app, self.screens, self.media.joinpath, lambda: MONDAY, wakeup=self.wakeup, pace=self.pace)
        self.runner = web.AppRunner(app, shutdown_timeout=60)  # longer than any test waits
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self.runner is not None:
            runner, self.runner = self.runner, None
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await runner.cleanup()


@pytest.fixture
async def wall(tmp_path: Path) -> AsyncIterator[Wall]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for mark, colour in zip("abcde", ("red", "green", "blue", "navy", "gold"), strict=True):
        Image.new("RGB", (320, 240), colour).save(tmp_path / picture_name(mark))
    made = Wall(tmp_path, port)
    await made.start()
    yield made
    await made.stop()


@dataclass
class Stream:
    """An open stream, read event by event; comments are an event's field "" ."""

    lines: Any

    async def event(self) -> dict[str, str]:
        found: dict[str, str] = {}
        async with asyncio.timeout(WAIT_MS / 1000):
            while line := (await self.lines.readline()).decode().rstrip("\n"):
                name, _, value = line.partition(":")
                found[name] = value.strip()
        return found

    async def state(self) -> dict[str, Any]:
        """The next state, with its id."""
        while "id" not in (event := await self.event()):
            assert event, "the stream ended"
        return {**json.loads(event["data"]), "id": event["id"]}


@asynccontextmanager
async def streaming(wall: Wall, known: str = "") -> AsyncIterator[Stream]:
    headers = {"Last-Event-ID": known} if known else {}
    async with ClientSession() as client, client.get(wall.events, headers=headers) as answer:
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
        assert answer.headers["Cache-Control"] == "no-store"
        yield Stream(answer.content)


async def refusal(url: str) -> tuple[int, str, str]:
    async with ClientSession() as client, client.get(url) as answer:
        return answer.status, (await answer.json())["error"]["key"], answer.headers.get("Retry-After", "")


# The stream


async def test_a_stream_of_an_unknown_area_is_refused(wall: Wall) -> None:
    assert await refusal(f"{wall.home}/screen/nowhere/events") == (404, "unknown_area", "")


async def test_one_stream_too_many_is_told_to_come_back_later(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "STREAMS", 1)
    async with streaming(wall) as first:
        assert await refusal(wall.events) == (503, "too_busy", "60")
        wall.show(log(1))
        assert (await first.state())["open"] == 2


async def test_a_stream_tells_the_state_at_once_and_every_change_when_woken(wall: Wall) -> None:
    wall.show(log(1, marks="ab"), notices=(NOTICE,), honours=(HONOURS,))
    async with streaming(wall) as stream:
        assert await stream.event() == {"retry": "100"}
        assert await stream.event() == {"event": "clock", "data": "2026-11-23T09:30:00+08:00"}
        told = await stream.state()
        async with ClientSession() as client, client.get(f"{wall.home}/screen/xiuyue/state") as answer:
            state = await answer.json()
        del told["id"], state["now"]
        assert told == state
        wall.show(log(2))
        assert [shown["number"] for shown in (await stream.state())["logs"]] == ["L2"]
        wall.show()
        assert (await stream.state())["logs"] == []


async def test_who_comes_back_with_the_newest_id_is_told_only_what_is_new(wall: Wall) -> None:
    wall.pace = replace(NEVER, beat=timedelta(milliseconds=20))
    await wall.stop()
    await wall.start()
    async with streaming(wall) as stream:
        known = (await stream.state())["id"]
    async with streaming(wall, known) as stream:
        events = [await stream.event() for _ in range(4)]
        assert not any("id" in event for event in events)
        wall.show(log(1))
        told = await stream.state()
        assert told["id"] != known
        assert [shown["number"] for shown in told["logs"]] == ["L1"]


async def test_a_stream_with_nothing_to_tell_says_that_it_lives(wall: Wall) -> None:
    wall.pace = replace(NEVER, beat=timedelta(milliseconds=20))
    await wall.stop()
    await wall.start()
    async with streaming(wall) as stream:
        await stream.state()
        assert await stream.event() == {"": "still here", "event": "clock", "data": "2026-11-23T09:30:00+08:00"}


async def test_sixty_screens_ask_one_question_and_all_hear_of_the_change(wall: Wall) -> None:
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(streaming(wall)) for _ in range(60)]
        await asyncio.gather(*(stream.state() for stream in streams))
        assert wall.asked == ["xiuyue"]
        wall.show(log(1))
        told = await asyncio.gather(*(stream.state() for stream in streams))
        assert {state["logs"][0]["number"] for state in told} == {"L1"}
        assert wall.asked == ["xiuyue"] * 2


async def test_what_changes_while_it_is_being_asked_for_is_asked_for_again() -> None:
    asking, go_on, values = asyncio.Event(), asyncio.Event(), iter("ab")

    async def ask(_: str) -> str:
        value = next(values)
        asking.set()
        await go_on.wait()
        return value

    wakeup = Wakeup()
    watches = Watches(ask, wakeup, timedelta(hours=1))
    async with watches.looking("xiuyue") as watch:
        await asking.wait()
        wakeup.wake()
        go_on.set()
        first = await watch.after("", timedelta(seconds=10))
        assert first is not None
        assert first.data == "a"
        second = await watch.after(first.id, timedelta(seconds=10))
        assert second is not None
        assert second.data == "b"
    await watches.close()


async def test_a_question_that_fails_is_written_down_and_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    answers: Iterator[str | Exception] = iter(["a", OSError("the disk"), "b"])

    async def ask(_: str) -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            wakeup.wake()
            raise answer
        return answer

    wakeup = Wakeup()
    watches = Watches(ask, wakeup, timedelta(hours=1))
    async with watches.looking("xiuyue") as watch:
        first = await watch.after("", timedelta(seconds=10))
        assert first is not None
        wakeup.wake()
        second = await watch.after(first.id, timedelta(seconds=10))
        assert second is not None
        assert second.data == "b"
    await watches.close()
    assert "the disk" in caplog.text


async def test_nobody_is_asked_any_more_when_the_last_looker_has_gone() -> None:
    asked: list[str] = []

    async def ask(name: str) -> str:
        asked.append(name)
        return "a"

    wakeup = Wakeup()
    watches = Watches(ask, wakeup, timedelta(hours=1))
    async with watches.looking("xiuyue") as watch:
        async with watches.looking("xiuyue"):
            assert watches.lookers == 2
        assert await watch.after("", timedelta(seconds=10)) is not None
    assert (watches.lookers, watch.ended) == (0, True)
    wakeup.wake()
    await watches.close()
    assert asked == ["xiuyue"]


async def test_a_screen_that_went_away_makes_room_for_another(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    wall.pace = replace(NEVER, beat=timedelta(milliseconds=20))
    await wall.stop()
    await wall.start()
    monkeypatch.setattr(screen, "STREAMS", 1)
    async with streaming(wall) as stream:
        await stream.state()
    status = 503
    async with asyncio.timeout(WAIT_MS / 1000), ClientSession() as client:
        while status == 503:
            async with client.get(wall.events) as answer:
                status = answer.status
    assert status == 200


async def test_the_end_of_the_server_ends_its_streams_at_once(wall: Wall) -> None:
    async with streaming(wall) as one, streaming(wall) as other:
        await one.state()
        await other.state()
        await wall.stop()  # which allows two seconds
        assert (await one.event(), await other.event()) == ({}, {})


async def test_a_picture_is_served_while_it_is_shown_and_kept_by_nobody(wall: Wall) -> None:
    async def status(mark: str) -> int:
        async with client.get(f"{wall.home}/screen/xiuyue/media/{picture_name(mark)}") as answer:
            assert answer.status == 404 or answer.headers["Cache-Control"] == "no-store"
            return answer.status

    async with ClientSession() as client:
        assert [await status(mark) for mark in "abcde"] == [404] * 5
        wall.show(log(1, marks="ab"), notices=(NOTICE,), honours=(HONOURS,))
        assert [await status(mark) for mark in "abcde"] == [200, 200, 404, 200, 200]


# The page


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_chromium(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with connected(chromium) as browser:
        yield browser


@asynccontextmanager
async def passing_by(browser: Browser, wall: Wall, clock: bool = False) -> AsyncIterator[Visitor]:
    """Somebody in front of the screen; with `clock`, time is the test's to move."""
    async with visiting(browser, wall.home, WALL) as visitor:
        if clock:
            await visitor.page.clock.install()
        await visitor.page.goto(f"{wall.home}/screen/xiuyue")
        await expect(visitor.page.locator("#open")).to_have_text("2")
        yield visitor


def title(visitor: Visitor) -> Any:
    return visitor.page.locator("#story-title")


async def kept(visitor: Visitor) -> list[str]:
    """What of the screen lies in the browser's cache, by its last part."""
    found: list[str] = await visitor.page.evaluate(
        "caches.open('screen:/screen/xiuyue').then((c) => c.keys()).then((all) => all.map((r) => r.url.split('/').at(-1)).sort())"
    )
    return found


async def until_kept(visitor: Visitor, *marks: str) -> None:
    names = sorted([*(picture_name(mark) for mark in marks), "state"])
    await visitor.page.wait_for_function(
        """async (names) => {
            const keys = await (await caches.open('screen:/screen/xiuyue')).keys();
            return keys.map((r) => r.url.split('/').at(-1)).sort().join() === names.join();
        }""",
        arg=names,
    )


@pytest.mark.browser
async def test_what_is_approved_is_shown_at_once_and_what_is_withdrawn_vanishes(browser: Browser, wall: Wall) -> None:
    async with passing_by(browser, wall, clock=True) as visitor:
        await expect(visitor.page.locator(".empty-call")).to_be_visible()
        wall.show(log(1, "第一件办好了", "a"))
        await expect(title(visitor)).to_have_text("第一件办好了")
        await expect(visitor.page.locator("#picture img")).to_have_count(1)
        wall.show(log(1, "第一件办好了", "a"), log(2, "第二件办好了", "b"), closed=6)
        await expect(title(visitor)).to_have_text("第二件办好了")
        await expect(visitor.page.locator("#closed")).to_have_text("6")
        await until_kept(visitor, "a", "b")
        wall.show(log(1, "第一件办好了", "a"))
        await expect(title(visitor)).to_have_text("第一件办好了")
        await until_kept(visitor, "a")
        wall.show()
        await expect(visitor.page.locator(".empty-call")).to_be_visible()
        await expect(visitor.page.locator("#picture img")).to_have_count(0)
        assert "办好了" not in await visitor.page.inner_text("#story")
        await until_kept(visitor)
    assert not [url for url in visitor.asked if url.endswith("/state")]  # it never had to ask


@pytest.mark.browser
async def test_a_title_with_markup_is_shown_as_text(browser: Browser, wall: Wall) -> None:
    words = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
    wall.show(
        log(1, words), notices=(replace(NOTICE, title=words, images=()),), honours=(replace(HONOURS, text=words),)
    )
    async with passing_by(browser, wall) as visitor:
        await expect(title(visitor)).to_have_text(words)
        await expect(visitor.page.locator("#board-text")).to_contain_text(words)
        assert await visitor.page.evaluate("window.ran") is None
        await expect(visitor.page.locator('img[src="x"], main script')).to_have_count(0)


@pytest.mark.browser
async def test_it_turns_through_every_picture_and_through_notices_and_honours(browser: Browser, wall: Wall) -> None:
    wall.show(log(1, marks="abc"), notices=(NOTICE,), honours=(HONOURS,))
    async with passing_by(browser, wall, clock=True) as visitor:
        page, leaf = visitor.page, visitor.page.locator("#leaf")
        for number in ("1 / 3", "2 / 3", "3 / 3"):
            await expect(leaf).to_have_text(number)
            await expect(page.locator("#picture img")).to_have_count(1)
            await page.clock.run_for(12_500)
        for kind, words in (("notice", "周三停水"), ("honours", "最美治理参与者"), ("log", "垃圾清走了")):
            await expect(page.locator("#stage")).to_have_attribute("data-of", kind)
            await expect(title(visitor)).to_have_text(words)
            await expect(page.locator("#picture img.shown")).to_have_count(1)
            await page.clock.run_for(12_500)


@pytest.mark.browser
async def test_after_many_turns_the_page_is_no_larger_and_has_asked_for_each_picture_once(
    browser: Browser, wall: Wall
) -> None:
    wall.show(log(1, marks="ab"), log(2, "路灯亮了", "c"), notices=(NOTICE,))
    size = "document.getElementsByTagName('*').length"
    async with passing_by(browser, wall, clock=True) as visitor:
        sizes = []
        for _ in range(32):  # eight rounds of two logs, one of them with two pictures, and a notice
            await expect(visitor.page.locator("#picture img.shown")).to_have_count(1)
            sizes.append(await visitor.page.evaluate(size))
            await visitor.page.clock.run_for(12_500)
        assert max(sizes[-8:]) <= max(sizes[:8])
    asked = [url.rpartition("/")[2] for url in visitor.asked if "/media/" in url]
    assert sorted(asked) == [picture_name(mark) for mark in "abcd"]


@pytest.mark.browser
async def test_text_can_be_read_from_three_metres(browser: Browser, wall: Wall) -> None:
    long = ScreenLog("L1", "很长的标题" * 12, "很长的经过，" * 200, (picture_name("a"),), MONDAY)
    wall.show(long)
    async with passing_by(browser, wall) as visitor:
        await expect(visitor.page.locator("#picture img.shown")).to_have_count(1)
        sizes = {
            name: float(
                await visitor.page.eval_on_selector(f"#{name}", "(n) => parseFloat(getComputedStyle(n).fontSize)")
            )
            for name in ("story-title", "story-text", "board-text")
        }
        assert sizes["story-title"] >= 60
        assert min(sizes["story-text"], sizes["board-text"]) >= 36
        await visitor.page.wait_for_function("story.scrollHeight <= story.clientHeight")


@pytest.mark.browser
async def test_without_network_it_keeps_what_it_has_even_when_it_is_loaded_anew(browser: Browser, wall: Wall) -> None:
    wall.show(log(1, "第一件办好了", "a"), log(2, "第二件办好了", "b"))
    async with passing_by(browser, wall) as visitor:
        page, away = visitor.page, visitor.page.locator("#away")
        visitor.network_may_fail = True
        await expect(title(visitor)).to_have_text("第二件办好了")
        await until_kept(visitor, "a", "b")
        await page.evaluate("navigator.serviceWorker.ready")
        await page.wait_for_function("caches.open('screen-shell').then((c) => c.match('/screen/xiuyue')).then(Boolean)")
        await wall.stop()
        await expect(away).to_have_text(re.compile("^网络断开 · 09:30"))
        await expect(title(visitor)).to_have_text("第二件办好了")
        await page.reload()
        await expect(title(visitor)).to_have_text("第二件办好了")
        await expect(page.locator("#picture img.shown")).to_have_count(1)
        await expect(away).to_be_visible()
        wall.show(log(1, "第一件办好了", "a"))
        await wall.start()
        await expect(title(visitor)).to_have_text("第一件办好了")
        await expect(away).to_be_hidden()
        await until_kept(visitor, "a")
        assert picture_name("b") not in await kept(visitor)


@pytest.mark.browser
async def test_where_streams_are_refused_it_asks_from_time_to_time(
    browser: Browser, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "STREAMS", 0)
    async with passing_by(browser, wall, clock=True) as visitor:
        wall.show(log(1, "第一件办好了"))
        await visitor.page.clock.run_for(10_500)
        await expect(title(visitor)).to_have_text("第一件办好了")
        await expect(visitor.page.locator("#away")).to_be_hidden()
        monkeypatch.setattr(screen, "STREAMS", 1)
        await visitor.page.clock.run_for(10_500)
        wall.show()
        await expect(visitor.page.locator(".empty-call")).to_be_visible()
        assert all("503" in complaint for complaint in visitor.complaints)
        visitor.complaints.clear()


def test_the_worker_keeps_every_file_the_page_is_made_of() -> None:
    files = {file.name for file in screen.FOLDER.iterdir()} - {"index.html", "worker.js"}
    (listed,) = re.findall(r"PARTS = \[(.*?)\]", (screen.FOLDER / "worker.js").read_text(encoding="utf-8"))
    assert set(json.loads(f"[{listed}]")) == files


def test_every_word_of_the_screen_is_there_in_chinese_and_english() -> None:
    text = (screen.FOLDER / "words.js").read_text(encoding="utf-8")
    chinese, english = (re.findall(r"(\w+): \"", part) for part in text.split("en: {")[:2])
    assert chinese == english
    used = set(re.findall(r'data-word="(\w+)"', (screen.FOLDER / "index.html").read_text(encoding="utf-8")))
    assert used <= set(chinese)
