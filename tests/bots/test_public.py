"""The public page of what was published: what it shows, what it never tells, and what is gone."""

from __future__ import annotations

import re
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from markupsafe import escape
from yarl import URL

from bots.web import public, static
from bots.web.errors import answer_errors
from bots.web.public import PublicLog

TOKEN = "A-b_C1d2E3f4G5h6I7j8K9"
PNG, JPG, LOST = "a" * 64 + ".png", "b" * 64 + ".jpg", "c" * 64 + ".png"
LOG = PublicLog(
    "EV-20261123-0007",
    "秀月社区",
    "垃圾堆了两天，两小时办好了",
    "【秀月社区】垃圾堆了两天，两小时办好了\n居民反映：3号楼门口垃圾没人清。\n办理结果：垃圾已清运。\n"
    "EV-20261123-0007，详情见图。身边有事，群里说一声。",
    (PNG, JPG, LOST),
    datetime(2026, 11, 23, 6, 5, tzinfo=UTC),
)


@dataclass
class Door:
    """The pages on a real server; `logs` are what tokens lead to, `asked` which were looked up."""

    client: TestClient[web.Request, web.Application]
    logs: dict[str, PublicLog] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def find(self, token: str) -> PublicLog | None:
        self.asked.append(token)
        return self.logs.get(token)

    async def page(self, path: str = f"/e/{TOKEN}", status: int = 200) -> str:
        async with self.client.get(URL(path, encoded=True)) as answer:
            assert answer.status == status
            return await answer.text()


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    (tmp_path / PNG).write_bytes(b"png")
    (tmp_path / JPG).write_bytes(b"jpg")
    app = web.Application(middlewares=[answer_errors(), static.guard()])
    app.on_response_prepare.append(static.add_headers)
    client = TestClient(TestServer(app))
    made = Door(client, {TOKEN: LOG})
    public.install(app, made.find, tmp_path.joinpath)
    async with client:
        yield made


async def test_what_leads_nowhere_has_one_answer_that_tells_nothing(door: Door) -> None:
    paths = (
        f"/e/{TOKEN[:-1]}", f"/e/{TOKEN}A", f"/e/{TOKEN[:-1]}!", f"/e/{'Z' * 22}", f"/e/{TOKEN}/0.png", f"/e/{TOKEN}/4.png",
        f"/e/{TOKEN}/1.jpg", f"/e/{TOKEN}/3.png", f"/e/{TOKEN}/01.png", f"/e/{TOKEN}/1.svg", f"/e/{'Z' * 22}/1.png",
        f"/e/{TOKEN}/1.png/x", "/e/", "/e/x/y/z", "/e/..%2fpublic.py", f"/e/{TOKEN}/..%2f..%2fzh.toml", "/e/zh.toml",
        "/e/%ED%A0%80", "/e/%00", f"/e/{TOKEN}/%00.png", f"/e/{TOKEN}/",
    )  # fmt: skip
    seen = set()
    for path in paths:
        async with door.client.get(URL(path, encoded=True)) as answer:
            kept = {name: value for name, value in answer.headers.items() if name != "Date"}
            seen.add((answer.status, await answer.text(), tuple(sorted(kept.items()))))
    ((status, text, headers),) = seen
    assert status == 404
    assert "没有这个页面" in text
    assert {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}.items() <= dict(headers).items()


async def test_what_is_no_token_is_never_looked_up(door: Door) -> None:
    for path in ("/e/x", f"/e/{TOKEN}A", "/e/' OR 1=1 --", "/e/秀月秀月秀月秀月秀月秀月秀月秀月秀月秀月秀月"):
        await door.page(str(URL(path)), 404)
    assert door.asked == []


async def test_what_was_withdrawn_is_gone_with_its_pictures(door: Door) -> None:
    unknown = await door.page(f"/e/{'Z' * 22}", 404)
    assert LOG.title in await door.page()
    await door.page(f"/e/{TOKEN}/1.png")
    door.logs.clear()
    assert await door.page(status=404) == unknown
    assert await door.page(f"/e/{TOKEN}/1.png", 404) == unknown


async def test_the_page_shows_what_was_published_and_how_to_report(door: Door) -> None:
    text = await door.page()
    assert '<h1 dir="auto"><span>垃圾堆了两天，</span><span>两小时办好了</span></h1>' in text
    lines = re.findall(r'<p class="text" dir="auto">(.*)</p>', text)
    assert lines == [
        "居民反映：3号楼门口垃圾没人清。",
        "办理结果：垃圾已清运。",
    ]  # headline and number are not said twice
    assert text.count("身边有事，群里说一声") == 1
    assert "11月23日 14:05 发布" in text
    assert "EV-20261123-0007" in text
    assert "报事 + 内容" in text
    assert "隐私" in text
    assert re.findall(r'<img src="([^"]+)" alt="([^"]+)"', text)[:2] == [
        (f"/e/{TOKEN}/1.png", "治理日志《垃圾堆了两天，两小时办好了》的图片，第 1 张，共 3 张"),
        (f"/e/{TOKEN}/2.jpg", "治理日志《垃圾堆了两天，两小时办好了》的图片，第 2 张，共 3 张"),
    ]


async def test_a_chat_that_shows_the_link_finds_a_title_and_a_description(door: Door) -> None:
    door.logs[TOKEN] = replace(LOG, text="很长的经过，" * 100)
    found = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', await door.page()))
    assert found["title"] == LOG.title
    assert found["site_name"] == "秀月社区 · 呼应"
    assert found["description"].startswith("很长的经过，很长的经过，")
    assert len(found["description"]) == 90


async def test_the_page_is_kept_by_nobody_and_its_pictures_for_a_short_while(door: Door) -> None:
    async with door.client.get(f"/e/{TOKEN}") as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.content_type == "text/html"
    for path, kind, body in (("1.png", "image/png", b"png"), ("2.jpg", "image/jpeg", b"jpg")):
        async with door.client.get(f"/e/{TOKEN}/{path}") as answer:
            assert (answer.content_type, await answer.read()) == (kind, body)
            assert answer.headers["Cache-Control"] == "private, max-age=300"
            assert answer.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    "words", ["<script>window.ran=1</script>\"'><b>", "{{ 7 * 7 }}{% if %}", "{kind}{0}{community}", "\u202e倒着\u202c"]
)
async def test_what_people_wrote_is_shown_as_text(door: Door, words: str) -> None:
    door.logs[TOKEN] = PublicLog("", words, words, f"经过 {words}", (PNG,), LOG.posted_at)
    text = await door.page()
    assert text.count(str(escape(words))) >= 6  # community, title, text, the picture's words, and what a chat is told
    assert "<script" not in text
    assert words not in text or words == str(escape(words))


async def test_without_number_or_pictures_the_page_has_no_empty_place(door: Door) -> None:
    door.logs[TOKEN] = replace(LOG, number="", images=())
    text = await door.page()
    assert "<img" not in text
    assert 'class="number"' not in text


async def test_the_page_has_no_script_and_names_no_other_server(door: Door) -> None:
    for text in (await door.page(), await door.page("/e/x", 404), await door.page("/e/public.css")):
        assert "<script" not in text
        assert "http" not in text
        assert " style=" not in text


async def test_an_english_installation_has_an_english_page(tmp_path: Path) -> None:
    async def find(_: str) -> PublicLog:
        return replace(LOG, title="Rubbish gone in two hours", text="Cleared.", number="")

    app = web.Application()
    public.install(app, find, tmp_path.joinpath, "Asia/Shanghai", "en")
    async with TestClient(TestServer(app)) as client, client.get(f"/e/{TOKEN}") as answer:
        text = await answer.text()
    assert '<html lang="en">' in text
    assert "Published 11/23 14:05" in text
    assert "How it was handled" in text


def test_the_texts_are_there_in_chinese_and_english() -> None:
    chinese, english = (
        tomllib.loads((public.FOLDER / f"{language}.toml").read_text(encoding="utf-8")) for language in ("zh", "en")
    )
    assert set(chinese["kind"]) == set(english["kind"]) == {"log", "notice", "digest", "honours", "month"}
    assert chinese.keys() == english.keys()
    for key in chinese.keys() - {"kind"}:
        assert sorted(re.findall(r"{\w+}", chinese[key])) == sorted(re.findall(r"{\w+}", english[key])), key
