"""The pages: who may open them, what they may load, and which files can be had."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from bots.web.screen import ScreenHonours, ScreenLog, ScreenState
from bots.web.static import find_font, host_name

if TYPE_CHECKING:
    from tests.bots.conftest import Stand

PICTURE = "a" * 64 + ".png"
STATE = ScreenState(
    "xiuyue",
    "秀月社区",
    2,
    5,
    (ScreenLog("L3", "垃圾清走了", "两小时", (PICTURE,), datetime(2026, 11, 23, 6, tzinfo=UTC)),),
    (ScreenHonours("H1", "热心居民", "李阿姨", (), datetime(2026, 11, 23, 6, tzinfo=UTC)),),
)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "127.0.0.1@evil.example", "[::1", "a b"],
)
async def test_a_name_that_is_not_ours_is_refused(stand: Stand, host: str) -> None:
    assert await stand.get("/practice/api/people", 403, headers={"Host": host}) == "refused_host"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080"])
async def test_this_machines_own_names_are_let_in(stand: Stand, host: str) -> None:
    assert len(await stand.get("/practice/api/people", headers={"Host": host})) == 3


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost", "http://127.0.0.1:1", ""])
async def test_a_page_of_another_origin_is_refused_and_has_no_effect(stand: Stand, origin: str) -> None:
    body = {"chat": "group", "sender": "li-xiulan", "text": "报事 门口垃圾"}
    answer = await stand.client.post("/practice/api/messages", json=body, headers={"Origin": origin})
    assert (answer.status, (await answer.json())["error"]["key"]) == (403, "refused_host")
    assert stand.bot.heard == []


async def test_our_own_origin_is_let_in(stand: Stand) -> None:
    origin = f"http://127.0.0.1:{stand.client.port}"
    assert await stand.get("/practice/api/clock", headers={"Origin": origin})


@pytest.mark.parametrize("netloc", ["", "a@b", "a/b", "a?b", "[::1", "a#b"])
def test_what_is_no_host_has_no_name(netloc: str) -> None:
    assert host_name(netloc) == ""


@pytest.mark.parametrize(
    "path",
    [
        "/practice/static/..%2fapi.py",
        "/practice/static/../api.py",
        "/practice/static/%2e%2e/api.py",
        "/practice/static/x/..%2f..%2f..%2fcommunity.toml",
        "/practice/static//etc/passwd",
        "/practice/static/%2fetc%2fpasswd",
        "/practice/static/..%5capi.py",
        "/practice/static/a%00.js",
        "/practice/static/",
        "/practice/static/nothing.js",
        "/practice/media/..%2fpractice.db",
        "/practice/media/practice.db",
        f"/practice/media/{PICTURE}",
        "/practice/media/" + "A" * 64 + ".png",
        "/screen/static/..%2fscreen.py",
        "/screen/xiuyue/media/..%2f..%2fpractice.db",
    ],
)
async def test_a_file_outside_the_folder_or_unknown_is_not_found(stand: Stand, path: str) -> None:
    stand.screens.states["xiuyue"] = STATE
    (stand.bot.media / PICTURE).write_bytes(b"never shown in the room")
    answer = await stand.client.get(URL(path, encoded=True))
    assert answer.status == 404
    assert (await answer.json())["error"]["key"] in ("not_found", "unknown_media")


async def test_a_picture_sent_in_the_room_can_be_seen_there(stand: Stand) -> None:
    await stand.say("", photos=[base64.b64encode(b"photo").decode()])
    url = (await stand.messages())[0]["images"][0]
    assert url.startswith("/practice/media/")
    answer = await stand.client.get(url)
    assert (answer.status, await answer.read()) == (200, b"photo")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/practice", "/practice/api/people", "/practice/api/nothing", "/screen/nowhere", "/fonts/zh.otf"]
)
async def test_every_answer_carries_the_safe_headers(stand: Stand, path: str) -> None:
    answer = await stand.client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


async def test_the_page_loads_only_what_its_own_server_gives(stand: Stand) -> None:
    answer = await stand.client.get("/practice")
    text = await answer.text()
    assert answer.content_type == "text/html"
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    assert "<script>" not in text
    assert " style=" not in text


async def test_the_font_is_found_and_may_be_kept_for_long(stand: Stand) -> None:
    answer = await stand.client.get("/fonts/zh.otf")
    font = find_font()
    assert font is not None
    assert answer.content_length == font.stat().st_size
    assert answer.content_type.startswith("font/")
    assert "immutable" in answer.headers["Cache-Control"]


async def test_an_unknown_area_has_no_screen(stand: Stand) -> None:
    assert await stand.get("/screen/nowhere", 404) == "unknown_area"
    assert await stand.get("/screen/nowhere/state", 404) == "unknown_area"


async def test_somebody_in_front_of_a_browser_reads_a_sentence(stand: Stand) -> None:
    answer = await stand.client.get("/screen/nowhere", headers={"Accept": "text/html,*/*"})
    assert (answer.status, answer.content_type) == (404, "text/plain")
    assert "没有这个社区" in await answer.text()


async def test_the_state_of_a_screen_names_the_area_its_figures_and_its_logs(stand: Stand) -> None:
    stand.screens.states["xiuyue"] = STATE
    (stand.bot.media / PICTURE).write_bytes(b"png")
    state = await stand.get("/screen/xiuyue/state")
    image = f"/screen/xiuyue/media/{PICTURE}"
    at = "2026-11-23T14:00:00+08:00"
    log = {"number": "L3", "title": "垃圾清走了", "text": "两小时", "image": image, "images": [image], "posted_at": at}
    honours = {"number": "H1", "title": "热心居民", "text": "李阿姨", "image": "", "images": [], "posted_at": at}
    assert state == {
        "area": "xiuyue",
        "name": "秀月社区",
        "now": "2026-11-23T09:30:00+08:00",
        "open": 2,
        "closed": 5,
        "language": "zh",
        "logs": [log],
        "honours": [honours],
        "notices": [],
    }
    answer = await stand.client.get(image)
    assert (answer.status, answer.content_type) == (200, "image/png")
    page = await stand.client.get("/screen/xiuyue")
    assert page.content_type == "text/html"


async def test_the_picture_of_a_withdrawn_log_is_gone_from_the_screen(stand: Stand) -> None:
    stand.screens.states["xiuyue"] = ScreenState("xiuyue", "秀月社区", 0, 0)
    (stand.bot.media / PICTURE).write_bytes(b"png")
    assert await stand.get(f"/screen/xiuyue/media/{PICTURE}", 404) == "not_found"


def test_no_page_of_ours_names_another_server() -> None:
    root = Path(__file__).resolve().parents[2] / "bots"
    for folder in (root / "practice/page", root / "web/screen"):
        for file in folder.glob("*.*"):
            text = file.read_text(encoding="utf-8")
            assert "//cdn" not in text, file
            assert "https://" not in text.replace("https://www.w3.org", ""), file
