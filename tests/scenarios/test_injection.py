"""What people might type goes the whole way from the group to the pages as text: said, posted, on the screen, at the desk."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, DummyCookieJar
from playwright.async_api import Browser, expect

from bots.app import open_huying
from bots.config import Settings
from bots.texts import Texts, load_texts
from bots.web.server import serving
from bots.web.workbench.door import COOKIE
from core.messages import Json, Reply
from core.privacy import clean, mask
from storage.unit_of_work import Unit
from tests.bots.browser import PHONE, Visitor, connected, running_chromium, visiting
from tests.conftest import MONDAY, Served
from tests.hostile import HOSTILE
from tests.scenarios.test_bad_input import GROUP, STAFF, messages, newest, say
from tests.scenarios.transcript import SAMPLES

PUBLIC = "http://huying.example"
PHOTO = base64.b64encode((SAMPLES / "before.jpg").read_bytes()).decode()
SHARES = {
    "html": 12,
    "typst": 6,
    "jinja2": 6,
    "format": 2,
    "path": 3,
    "formula": 3,
    "sql": 2,
    "bidi": 3,
    "zalgo": 2,
    "terminal": 1,
}
PORTIONS = 4


def is_one_line(text: str) -> bool:
    """Whether it is a line of its own that is seen as it was typed."""
    shown = clean(text)
    return 1 < len(shown.strip()) < 120 and "\n" not in shown and mask(shown) == shown


def chosen() -> list[str]:
    """Forty, evenly from every kind."""
    found = []
    for kind, count in SHARES.items():
        texts = [text for of, text in HOSTILE if of == kind and is_one_line(text)]
        found += [texts[n * len(texts) // count] for n in range(count)]
    return found


CHOSEN = chosen()
ELEMENTS = [
    text.replace("alert(1)", "window.ran=1")
    for kind, text in HOSTILE
    if kind == "html" and "<" in text and "alert(1)" in text
]
WORST = [text for text in ELEMENTS if is_one_line(text) and len(text) < 75][::2][:12]
PLAIN = [f"安居{n}" for n in "甲乙丙丁戊己庚辛壬癸子丑"]


@pytest.fixture(autouse=True)
def no_errors_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    found = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not found, [(record.name, record.getMessage(), record.exc_text) for record in found]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Served]:
    """A Huying whose logs have a public page."""
    settings = Settings(data=folder, practice=True, port=0, public_url=PUBLIC)
    async with (
        open_huying(settings, start=MONDAY) as huying,
        serving(huying) as url,
        ClientSession(cookie_jar=DummyCookieJar()) as client,
    ):
        yield Served(huying, url, client)


async def said(served: Served, sender: str, text: str, key: str, chat: str = "", **more: Any) -> dict[str, Any]:
    replies = await say(served, sender, text, chat, **more)
    assert [reply["key"] for reply in replies] == [key], (text, replies)
    await served.huying.worker.settle()
    return replies[0]


async def publish(served: Served, lines: Sequence[str]) -> None:
    """L1, a log in staff's words, L2, what was not taken up, and L3, a notice, each with the lines in every field."""
    text = "\n".join(lines)
    await said(served, "li-xiulan", f"报事 3号楼路灯不亮 {text}", "reported", GROUP)
    await said(served, "wang-shifu", f"进展 1 {text}", "progress_noted")
    await said(served, "wang-shifu", f"办结 1 {text}", "finished", photos=[PHOTO])
    await said(served, "li-xiulan", f"评价 1 5 {text}", "rated_public")
    await said(served, "liu-min", f"@小应 修改 L1 {text}", "log_changing", STAFF)
    await said(served, "sun-daye", f"建议 {text}", "reported")
    await said(served, "liu-min", f"不予受理 2 {text}", "rejected")
    await said(served, "liu-min", f"@小应 通知 {text}", "notice_written", STAFF)


async def approve(served: Served) -> None:
    for number in (1, 2, 3):
        await said(served, "meng-xiangyu", f"@小应 通过 L{number} 已检查", "log_approved", STAFF)


async def enter(served: Served) -> str:
    """The cookie of a session at the workbench."""
    link = (await said(served, "meng-xiangyu", "工作台", "workbench_link"))["params"]["link"]
    assert link.startswith(f"{PUBLIC}/workbench/enter/")
    async with served.client.post(served.url + link.removeprefix(PUBLIC), allow_redirects=False) as response:
        assert response.status == 303
        return response.cookies[COOKIE].value


async def tokens(served: Served) -> list[str]:
    async def look(uow: Unit) -> list[str]:
        return [row["token"] for row in await uow.session.all("SELECT token FROM publication ORDER BY serial")]

    return await served.huying.house.db.read(look)


# ------------------------------------------------------------------------------------------------------------- the pages
@dataclass
class Read(HTMLParser):
    """A page as a browser takes it: its elements with the names of their attributes, and its text."""

    elements: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    scripts: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add((tag, tuple(sorted(name for name, _ in attrs))))
        self.scripts += [str(value) for name, value in attrs if name in ("src", "href", "action", "srcset", "style")]

    def handle_comment(self, data: str) -> None:
        self.elements.add(("comment", ()))

    def handle_decl(self, decl: str) -> None:
        self.elements.add(("declaration", (decl,)))

    def handle_pi(self, data: str) -> None:
        self.elements.add(("instruction", ()))

    def unknown_decl(self, data: str) -> None:
        self.elements.add(("unknown", ()))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> Read:
    reader = Read()
    reader.feed(page)
    reader.close()
    return reader


def solid(text: str) -> str:
    return "".join(text.split())


def seen(text: str) -> str:
    return solid(mask(clean(text)))


async def pages_of(served: Served) -> dict[str, str]:
    """Every page on which something of them stands: while they wait, and approved."""
    cookie = {"Cookie": f"{COOKIE}={await enter(served)}"}

    async def get(path: str) -> str:
        async with served.client.get(served.url + path, headers=cookie) as response:
            assert response.status == 200, path
            assert "script-src 'self'" in response.headers["Content-Security-Policy"] or path.startswith("/e/")
            return await response.text()

    desk = "/workbench/xiuyue"
    found = {f"waiting {path}": await get(desk + path) for path in ("", "/L1", "/L2", "/L3")}
    cover = re.search(rf"{desk}/L1/cover/[0-9a-f.a-z]+", found["waiting /L1"])
    assert cover
    found["cover"] = await get(cover[0])
    await approve(served)
    found |= {f"approved {path}": await get(desk + path) for path in ("", "/L1", "/L2", "/L3")}
    for n, token in enumerate(await tokens(served), 1):
        found[f"public L{n}"] = await get(f"/e/{token}")
    found["screen"] = await get("/screen/xiuyue")
    return found


@pytest.fixture(scope="module")
def harmless() -> dict[str, Read]:
    """The same pages with nothing hostile in them; filled by the first test that needs it."""
    return {}


WHOLE = ("waiting /L1", "waiting /L3", "approved /L1", "approved /L3", "public L1", "public L3")  # all of the lines


@pytest.mark.parametrize(
    "portion", [pytest.param(n, marks=[pytest.mark.chaos] if n % 2 else []) for n in range(PORTIONS)]
)
async def test_what_was_typed_is_text_in_every_chat_and_on_every_page(
    tmp_path: Path, portion: int, harmless: dict[str, Read]
) -> None:
    if not harmless:
        async with opened(tmp_path / "plain") as plain:
            await publish(plain, PLAIN[:10])
            harmless |= {name: read(page) for name, page in (await pages_of(plain)).items()}
    lines = CHOSEN[portion::PORTIONS]
    assert len(lines) == 10
    async with opened(tmp_path / "hostile") as served:
        await publish(served, lines)
        for key in ("log_preview_again", "notice_preview"):
            shown = solid((await newest(served, STAFF, key))["text"])
            assert [line for line in lines if seen(line) not in shown] == [], key
        for name, page in (await pages_of(served)).items():
            found = read(page)
            assert found.elements <= harmless[name].elements, (name, found.elements - harmless[name].elements)
            assert [link for link in found.scripts if not re.match(r"/[a-z]|http://huying\.example/e/", link)] == []
            if name in WHOLE:
                text = solid("".join(found.text))
                assert [line for line in lines if seen(line) not in text] == [], name
        posted = [message["text"] for message in await messages(served, GROUP) if message["key"] == "log_posted"]
        async with served.client.get(f"{served.url}/screen/xiuyue/state") as response:
            state = await response.json()
        on_screen = [log["text"] for log in state["logs"]] + [notice["text"] for notice in state["notices"]]
        assert (len(posted), len(on_screen)) == (3, 3)
        for texts in (posted, on_screen):  # the log and the notice have all of the lines
            whole = [text for text in map(solid, texts) if all(seen(line) in text for line in lines)]
            assert len(whole) == 2


def test_forty_were_chosen_from_every_kind_of_harm() -> None:
    assert len(set(CHOSEN)) == 40
    assert len(set(WORST)) == 12
    assert sum(bool(read(text).elements) for text in WORST) > 10


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    with running_chromium(tmp_path / "chromium") as address:
        async with connected(address) as browser:
            yield browser


async def shows(visitor: Visitor, path: str, selector: str) -> None:
    """The page is there with the first line as text; nothing of any line has run or become an attribute."""
    await visitor.page.goto(visitor.home + path)
    await expect(visitor.page.locator(selector).first).to_contain_text(WORST[0])
    assert await visitor.page.evaluate(
        "[typeof window.ran, document.querySelectorAll('[onerror], [onload]').length]"
    ) == [
        "undefined",
        0,
    ]


@pytest.mark.browser
async def test_in_a_browser_nothing_of_it_runs_and_nothing_is_fetched(browser: Browser, tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as served:
        await publish(served, WORST)
        async with visiting(browser, served.url, PHONE) as visitor:
            await visitor.page.context.add_cookies(
                [{"name": COOKIE, "value": await enter(served), "url": f"{served.url}/workbench"}]
            )
            await shows(visitor, "/workbench/xiuyue/L1", ".preview-text")
            await shows(visitor, "/workbench/xiuyue/L3", ".preview-text")
            await approve(served)
            await shows(visitor, "/workbench/xiuyue/L1", ".preview-text")
            for token in await tokens(served):
                await shows(visitor, f"/e/{token}", "main")
            await visitor.open("li-xiulan", GROUP)
            await expect(visitor.said("log_posted")).to_contain_text(WORST[0])
            assert await visitor.page.evaluate("typeof window.ran") == "undefined"
        async with visiting(browser, served.url, (1920, 1080)) as visitor:
            await shows(visitor, "/screen/xiuyue", "#story-text")


# ------------------------------------------------------------------------------------------------------- what the bot says
@pytest.fixture(scope="module", params=["zh", "en"])
def texts(request: pytest.FixtureRequest) -> Texts:
    return load_texts(request.param, "Asia/Shanghai")


def test_what_fills_a_sentence_is_never_a_sentence_itself(texts: Texts) -> None:
    place = re.compile(r"\{(\w+)\}")
    for _, text in HOSTILE:
        for key, sentence in texts.say.items():
            names = {name for name in place.findall(sentence) if name != "at" and not name.endswith("_at")}
            params: dict[str, Json] = {name: text for name in names}
            lines = [line for line in sentence.split("\n") if set(place.findall(line)) <= names]
            expected = place.sub("\0", "\n".join(lines)).replace("\0", text)
            assert "{{" not in sentence
            assert texts.render(Reply(key, params)) == expected, (key, ascii(text))
