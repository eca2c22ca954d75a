"""A real headless Chromium for the tests of the pages: found, started once, and watched by every page that is opened."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new", "--remote-debugging-port=0", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=zh-CN",
)  # fmt: skip
DESKTOP, PHONE = (1360, 850), (390, 844)
WAIT_MS = 15_000
LARGEST_SHOT = 300_000  # bytes
PAPER = ((255, 255, 255), (250, 251, 252), (244, 246, 248))  # the large light areas, exactly


def find_chromium() -> str:
    """Its path. Where there is none the tests are skipped, but on the build machine they fail."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        message = f"no browser: none of {', '.join(NAMES)}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


@contextmanager
def running_chromium(profile: Path) -> Iterator[str]:
    """The address of its debugging port: a test connects to it from its own event loop."""
    command = [find_chromium(), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("DevTools listening on "):
                yield line.removeprefix("DevTools listening on ").strip()
                break
        else:
            pytest.fail("the browser did not start")
    finally:
        process.terminate()
        process.wait(10)
        if process.stderr:
            process.stderr.close()


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        yield await playwright.chromium.connect_over_cdp(address)


@dataclass
class Visitor:
    """Somebody at a page: what they do there by clicking and typing, and what the page asked for and complained about."""

    page: Page
    home: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    network_may_fail: bool = False

    async def open(self, person: str, chat: str, view: str = "talk") -> None:
        await self.page.goto(f"{self.home}/practice#{urlencode({'person': person, 'chat': chat, 'view': view})}")
        await self.page.wait_for_selector("#messages > *", state="attached")

    def at(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def said(self, key: str) -> Locator:
        """The newest thing the bot said of that key in the open chat."""
        return self.page.locator(f'[data-testid="message"][data-key="{key}"]').last

    async def say(self, text: str, sample: str = "") -> None:
        await self.at("composer").fill(text)
        if sample:
            await self.at("sample-open").click()
            await self.page.locator("#samples").get_by_test_id(f"sample-{sample}").click()
            await self.page.wait_for_selector(".preview-photo")
        await self.at("send").click()

    async def choose(self, key: str, choice: str) -> None:
        """Press a choice of the newest message of that key, and see it marked."""
        button = self.said(key).get_by_test_id(f"choice-{choice}")
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")

    async def follow_guide(self, step: int) -> None:
        """Wait until the guide has come to the step, and click it."""
        await expect(self.at(f"guide-{step}")).to_have_attribute("aria-current", "step")
        await self.at(f"guide-{step}").click()

    async def pass_hour(self) -> None:
        """Move the practice clock on."""
        button = self.at("clock-advance-PT1H")
        async with self.page.expect_response("**/practice/api/clock"):
            await button.click()
        await expect(button).to_be_enabled()

    async def fits(self) -> None:
        """Nothing is wider than the window."""
        await self.page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")

    async def shoot(self, name: str) -> None:
        """A picture of the page for the README, where one is asked for."""
        folder = os.environ.get("HUYING_SCREENSHOTS")
        if not folder:
            return
        while await self.page.locator(".toast").count():
            await self.page.locator(".toast > .ghost").first.click()
        await expect(self.page.locator(".picture.waiting")).to_have_count(0)
        await self.page.evaluate("Promise.all([...document.images].map((image) => image.src && image.decode()))")
        await self.page.mouse.move(2, 2)
        taken = await self.page.screenshot(animations="disabled", caret="hide")
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(io.BytesIO(taken)) as image:
            plain = image.convert("RGB")
        few = plain.quantize(
            253, Image.Quantize.MAXCOVERAGE, kmeans=2
        )  # small areas of amber and red keep their colour
        few.putpalette([*(few.getpalette() or [])[: 3 * 253], *(part for colour in PAPER for part in colour)])
        drawn = plain.quantize(palette=few, dither=Image.Dither.FLOYDSTEINBERG)
        indexes, colours = np.array(drawn), np.array(plain)
        for index, colour in enumerate(PAPER, 253):
            indexes[(colours == colour).all(axis=2)] = index
        drawn.putdata(indexes.ravel().tolist())
        drawn.save(path, optimize=True)
        assert path.stat().st_size < LARGEST_SHOT

    def watch(self) -> None:
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self._hear(message.type, message.text))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not (self.network_may_fail and "net::ERR_" in text):
            self.complaints.append(text)

    def check(self) -> None:
        """Everything came from this server, nothing was refused by the page's policy, nothing failed in its scripts."""
        home = urlsplit(self.home)
        elsewhere = [
            u for u in self.asked if urlsplit(u).scheme not in ("blob", "data") and urlsplit(u).netloc != home.netloc
        ]
        assert elsewhere == []
        assert self.complaints == []


@asynccontextmanager
async def visiting(browser: Browser, home: str, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Visitor]:
    """A page of its own, as of a first visit; checked when it is left in peace."""
    phone = size == PHONE
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        is_mobile=phone,
        has_touch=phone,
        device_scale_factor=2 if phone else 1,
        locale="zh-CN",
        reduced_motion="reduce",
    )
    try:
        page = await context.new_page()
        page.set_default_timeout(WAIT_MS)
        visitor = Visitor(page, home)
        visitor.watch()
        yield visitor
        visitor.check()
    finally:
        await context.close()
