"""Whatever people, browsers and attackers send: a kind no, nothing half written, nothing executed, no bug in the log."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from bots.practice.api import BODY_LIMIT
from storage.audit import audit
from storage.unit_of_work import Unit
from tests.conftest import Served
from tests.scenarios.transcript import SAMPLES

GROUP, STAFF = "xiuyue-3-residents", "xiuyue-staff"
TABLES = ("event", "report", "fact", "inbox", "outgoing", "event_photo", "publication", "posting", "redemption")


@pytest.fixture(autouse=True)
def no_errors_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    found = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not found, [(record.name, record.getMessage(), record.exc_text) for record in found]


async def post(
    served: Served, body: object, path: str = "messages", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Whatever the body is, as JSON or as bytes; the answer is JSON and never a 5xx."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    address = f"{served.url}/practice/api/{path}"
    async with served.client.post(address, data=io.BytesIO(data), headers=headers) as response:
        answer = await response.json()
        assert response.status < 500, answer
        if response.status >= 400:
            assert set(answer) == {"error"}
            assert answer["error"]["text"]
            assert "{" not in answer["error"]["text"]
        return response.status, answer


def message(
    text: str = "报事 3号楼门口垃圾没人清", chat: str = GROUP, sender: str = "li-xiulan", **more: Any
) -> dict[str, Any]:
    return {"chat": chat, "sender": sender, "text": text, **more}


async def say(served: Served, sender: str, text: str, chat: str = "", **more: Any) -> list[dict[str, Any]]:
    """The bot's answers to a message 1:1, or in the chat."""
    status, answer = await post(served, message(text, chat or f"direct:{sender}", sender, **more))
    assert status == 200, answer
    return list(answer["replies"])


async def messages(served: Served, chat: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["seq"] if found else 0
        async with served.client.get(f"{served.url}/practice/api/chats/{chat}/messages?after={after}") as response:
            more = (await response.json())["messages"]
        if not more:
            return found
        found += more


async def newest(served: Served, chat: str, *keys: str) -> dict[str, Any]:
    await served.huying.worker.settle()
    return next(m for m in reversed(await messages(served, chat)) if m["key"] in keys)


async def traces(served: Served) -> dict[str, int]:
    """How many rows there are of everything a message may leave; the books must be in order besides."""

    async def count(uow: Unit) -> dict[str, int]:
        assert await audit(uow.session) == ()
        rows = {table: await uow.session.one(f"SELECT count(*) AS n FROM {table}") for table in TABLES}
        return {table: int(row["n"]) for table, row in rows.items() if row}

    shown = sum([len(await messages(served, chat)) for chat in (GROUP, STAFF, "direct:li-xiulan")])
    return await served.huying.house.db.read(count) | {"shown": shown}


def png(width: int, height: int) -> str:
    """A true PNG of one colour, which takes a few kB whatever its size; its rows are packed one bit a pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    raw = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return base64.b64encode(raw).decode()


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


PHOTO = (SAMPLES / "before.jpg").read_bytes()
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED: dict[str, tuple[Any, int, str]] = {
    "somebody unknown": (message(sender="nobody"), 404, "unknown_person"),
    "nowhere": (message(chat="nowhere"), 404, "unknown_chat"),
    "somebody of another grid": (message(sender="chen-jing"), 404, "not_in_chat"),
    "a resident among the staff": (message(chat=STAFF), 404, "not_in_chat"),
    "in somebody else's 1:1 chat": (message(chat="direct:sun-daye"), 404, "not_in_chat"),
    "the bot itself": (message(sender="bot"), 404, "unknown_person"),
    "SQL for a chat": (message(chat="' OR 1=1 --"), 404, "unknown_chat"),
    "a path for a person": (message(sender="../../etc/passwd"), 404, "unknown_person"),
    "100 kB of text": (message("字" * 34_000), 413, "text_too_long"),
    "one character too many": (message("字" * 4001), 413, "text_too_long"),
    "nothing": (message(""), 400, "empty_message"),
    "nothing to be seen": (message("\u202e\u2066\x00\u200b\ud800"), 400, "empty_message"),
    "ten photos": (message(photos=[encoded(PHOTO)] * 10), 413, "too_many_photos"),
    "a photo of 25 MB": (message(photos=[encoded(PHOTO + bytes(25_000_000 - len(PHOTO)))]), 413, "photo_too_large"),
    "a body of more than 32 MiB": (message("字", more="x" * BODY_LIMIT), 413, "body_too_large"),
    "broken base64": (message(photos=["/9j/4AAQ§§"]), 400, "bad_photo"),
    "a data URL": (message(photos=["data:image/png;base64," + png(8, 8)]), 400, "bad_photo"),
    "a file name": (message(photos=["/etc/passwd"]), 400, "bad_photo"),
    "an empty photo": (message(photos=[""]), 400, "bad_photo"),
    "a broken picture": (message(photos=[encoded(PHOTO[:20] + bytes(500))]), 400, "photo_unreadable"),
    "a JPEG cut short": (message(photos=[encoded(PHOTO[: len(PHOTO) // 2])]), 400, "photo_unreadable"),
    "text called a picture": (message(photos=[encoded("门口垃圾.jpg".encode() * 99)]), 400, "photo_unreadable"),
    "a drawing with a script": (message(photos=[encoded(SVG)]), 400, "photo_unreadable"),
    "a page": (message(photos=[encoded(b"<html><script>alert(1)</script></html>")]), 400, "photo_unreadable"),
    "a bomb of 400 megapixels": (message(photos=[png(20_000, 20_000)]), 413, "photo_too_large"),
    "a picture of 81 megapixels": (message(photos=[png(9_000, 9_000)]), 413, "photo_too_large"),
    "one bad photo among good ones": (message(photos=[encoded(PHOTO), encoded(SVG)]), 400, "photo_unreadable"),
    "an answer to a message of another chat": (message(reply_to="bot-1", chat="direct:li-xiulan"), 404, "unknown_message"),
    "a list": ([message()], 400, "bad_json"),
    "no JSON": (b"chat=xiuyue-3-residents&sender=li-xiulan&text=1", 400, "bad_json"),
    "half a JSON": (json.dumps(message()).encode()[:-5], 400, "bad_json"),
    "JSON in another encoding": ('{"chat": "照片"}'.encode("gb18030"), 400, "bad_json"),
    "JSON nested without end": (b'{"text": ' * 200_000, 400, "bad_json"),
    "a number without end": (b'{"text": ' + b"9" * 5000 + b"}", 400, "bad_json"),
    "a number for a text": (message() | {"text": 10**9}, 400, "bad_text"),
    "a list for a chat": (message() | {"chat": [GROUP]}, 400, "bad_text"),
    "true for a sender": (message() | {"sender": True}, 400, "bad_text"),
    "nothing for a sender": (message() | {"sender": None}, 400, "bad_text"),
    "not a number for an id": (message(message_id=float("nan")), 400, "bad_text"),
    "half a surrogate for an id": (message(message_id="\ud800"), 400, "bad_text"),
    "an id without end": (message(message_id="m" * 129), 400, "bad_id"),
    "an object for photos": (message(photos={"0": encoded(PHOTO)}), 400, "bad_list"),
}  # fmt: skip


async def test_what_is_refused_at_the_door_leaves_no_trace(served: Served) -> None:
    assert [reply["key"] for reply in await say(served, "li-xiulan", "报事 3号楼门口垃圾没人清", GROUP)] == ["reported"]
    await served.huying.worker.settle()
    before = await traces(served)
    for name, (body, status, key) in REFUSED.items():
        answered, answer = await post(served, body)
        assert (answered, answer["error"]["key"]) == (status, key), name
        assert await traces(served) == before, name
    # and the drawing process that had to look at all that still takes a good picture
    assert [r["key"] for r in await say(served, "li-xiulan", "", photos=[encoded(PHOTO)])] == ["photos_joined"]


async def test_a_page_of_somebody_elses_cannot_speak_for_anybody(served: Served) -> None:
    before = await traces(served)
    port = served.url.rpartition(":")[2]
    attacks = [
        {"Host": "evil.example"},
        {"Host": f"evil.example:{port}"},
        {"Host": f"127.0.0.1.evil.example:{port}"},
        {"Host": f"127.0.0.1:{port}@evil.example"},
        {"Host": f"user@127.0.0.1:{port}"},
        {"Host": ""},
        {"Host": "[::"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "file://"},
        {"Origin": f"http://127.0.0.1:{int(port) ^ 1}"},
        {"Origin": f"http://127.0.0.1:{port}.evil.example"},
        {"Origin": "http://evil.example", "Content-Type": "text/plain"},
    ]
    for headers in attacks:
        status, answer = await post(served, message(), headers=headers)
        assert (status, answer["error"]["key"]) == (403, "refused_host"), headers
    assert await traces(served) == before
    status, _ = await post(served, message(), headers={"Origin": served.url, "Host": f"localhost:{port}"})
    assert status == 403  # two names of one machine are two places
    for kind in ("text/plain", "application/xml", "multipart/form-data", "application/json; charset=utf-16", "x" * 99):
        assert (await post(served, message("好的", "direct:li-xiulan"), headers={"Content-Type": kind}))[0] == 200, kind


async def test_addresses_that_lead_elsewhere_find_nothing(served: Served) -> None:
    for path in (
        "/practice/static/..%2fapi.py", "/practice/static/%2e%2e/api.py", "/practice/static/%00", "/practice/static/.git/config",
        "/screen/static/..%2f..%2fconfig.py", "/practice/media/..%2f..%2fhuying.db", "/practice/media/" + "0" * 64 + ".jpg",
        "/practice/media/%ED%A0%80.jpg", "/screen/%00/state", "/screen/%ED%A0%80", "/screen/xiuyue/media/" + "0" * 64 + ".png",
        "/practice/api/chats/%ED%A0%80/messages", "/practice/api/events?person=%FF%00", "/practice/api/chats/%27%20OR%201=1/messages",
    ):  # fmt: skip
        async with served.client.get(served.url + path) as response:
            assert response.status == 404, path


async def test_the_same_id_with_another_body_is_a_conflict_and_changes_nothing(served: Served) -> None:
    said = message(message_id="m-1", photos=[encoded(PHOTO)])
    first = (await post(served, said))[1]
    await served.huying.worker.settle()
    before = await traces(served)
    others = (
        said | {"text": "报事 3号楼电梯坏了"},
        said | {"photos": []},
        said | {"reply_to": first["replies"][0]["id"]},
    )
    for other in others:
        status, answer = await post(served, other)
        assert (status, answer["error"]["key"]) == (409, "other_body")
    assert (await post(served, said)) == (200, first)
    assert await traces(served) == before


async def test_many_at_once_with_the_same_id_cause_one_event(served: Served) -> None:
    said = message(message_id="m-1", photos=[encoded(PHOTO)])
    answers = await asyncio.gather(*(post(served, said) for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)
    found = await traces(served)
    assert (found["event"], found["report"], found["event_photo"], found["inbox"]) == (1, 1, 1, 1)


async def press(served: Served, sender: str, target: dict[str, Any], choice: str, **more: Any) -> tuple[int, str]:
    body = {"chat": target["chat"], "sender": sender, "message": target["id"], "choice": choice, **more}
    status, answer = await post(served, body, "press")
    return status, answer["error"]["key"] if status >= 400 else answer["replies"][-1]["key"]


async def test_a_button_does_what_it_says_once_and_only_for_those_who_were_asked(served: Served) -> None:
    await say(served, "li-xiulan", "报事 3号楼门口的垃圾堆了两天没人清，味道很大", GROUP)
    question = (await say(served, "zhao-yi", "报事 三号楼门口垃圾堆了没人清，臭死了", GROUP))[0]
    assert question["key"] == "reported_same"
    await served.huying.worker.settle()
    before = await traces(served)
    assert await press(served, "nobody", question, "yes") == (404, "unknown_person")
    assert await press(served, "chen-jing", question, "yes") == (404, "not_in_chat")
    assert await press(served, "zhao-yi", question, "maybe") == (400, "unknown_choice")
    assert await press(served, "zhao-yi", question, "同一件 2 1") == (400, "unknown_choice")
    assert await press(served, "zhao-yi", question | {"id": "bot-999"}, "yes") == (404, "unknown_message")
    assert await press(served, "zhao-yi", question | {"chat": "direct:zhao-yi"}, "yes") == (404, "unknown_message")
    assert await traces(served) == before
    assert await press(served, "sun-daye", question, "yes") == (200, "not_asked")
    assert await press(served, "wang-shifu", question, "yes") == (200, "not_asked")
    kept = await traces(served)
    assert {table: kept[table] for table in ("event", "report", "fact")} == {
        table: before[table] for table in ("event", "report", "fact")
    }
    assert await press(served, "zhao-yi", question, "yes", press_id="p-1") == (200, "merged")
    assert await press(served, "zhao-yi", question, "yes", press_id="p-1") == (200, "merged")  # the same press
    assert await press(served, "zhao-yi", question, "no", press_id="p-1") == (409, "other_body")
    assert (await traces(served))["report"] == 2
    assert await press(served, "zhao-yi", question, "yes") == (200, "already_joined")  # an old message, pressed again
    await say(served, "wang-shifu", "办结 1 清走了")
    accept = next(m for m in await messages(served, "direct:wang-shifu") if m["key"] == "assigned")
    assert await press(served, "wang-shifu", accept, "accept") == (200, "step_impossible")  # what it offered is over


NUMBERS = (
    "编号99999999999999999999", "进度 99999999999999999999", "进度 -1", "进度 0", "进度 1.5", "进度 1e9", "进度 ²", "进度 ٣", "进度 😀",
    "评价 99999999999999999999 5", "评价 1 99", "评价 1 -5", "评价 0 0", "撤回 99999999999999999999", "撤回 -1", "不公开 0",
    "我也遇到 0", "同一件 1 99999999999", "未解决 99999999 0", "通过 L99999999999999999999", "L0", "审核 L-1", "接单 😀", "办结 0 好了",
    "取消兑换", "取消兑换 ★★★★★★★★", "核销", "核销 13812345678", "转赠 孙大爷 999999999999", "投票 -7", "延期 1 99999999 天", "0", "😀😀😀", "+1 0",
)  # fmt: skip


async def test_no_number_and_no_code_is_so_odd_that_the_answer_is_silence(served: Served) -> None:
    for text in NUMBERS:
        replies = await say(served, "zhao-yi", text)
        assert len(replies) == 1, text
        assert replies[0]["text"].strip(), (text, replies[0]["key"])
    # Twenty digits are no number that anybody was given: said 1:1 they are taken for a report, and nothing else is.
    assert (await traces(served))["event"] == 1


async def test_nobody_redeems_more_than_they_have_or_less_than_one(served: Served) -> None:
    for count in (
        "1000000000",
        "-1",
        "0",
        "1e9",
        "99999999999999999999999999",
        "１０００００００００",
        "😀",
        "NaN",
        "1 OR 1=1",
    ):
        for item in ("垃圾袋", "1", "trash-bags"):
            (reply,) = await say(served, "li-xiulan", f"兑换 {item} {count}")
            assert reply["key"] in ("count_out_of_range", "reward_unknown", "points_short"), (item, count)
    found = await traces(served)
    assert (found["redemption"], found["posting"]) == (0, 0)


PAYLOADS = (
    "{{7*7}}{% if 1 %}{{ ''.__class__ }}{% endif %}",
    "{0} {text} {serial!r} %s %n %(text)s ${x} `id`",
    "<script>alert(1)</script><img src=x onerror=a()>",
    "'; DROP TABLE event; -- \" OR ''=' \\",
    '#read("/etc/passwd") #panic() $x^2$ *b* <l> //',
    "\u202eabc\u2066\x00\x1b[31m\ud800 z\u0338\u0338\u0338\u0338\u0338 e",
)
SEEN = (*PAYLOADS[:5], "abc[31m z\u0338\u0338 e")


@pytest.mark.parametrize(
    ("payload", "seen"), zip(PAYLOADS, SEEN, strict=True), ids="jinja format html sql typst bidi".split()
)
async def test_what_people_write_is_text_wherever_it_is_shown_up_to_the_posted_log(
    served: Served, payload: str, seen: str
) -> None:
    async def said(sender: str, text: str, key: str, chat: str = "") -> dict[str, Any]:
        replies = await say(served, sender, text, chat)
        assert [reply["key"] for reply in replies] == [key], text
        await served.huying.worker.settle()
        return replies[0]

    # refusals say back what was typed
    await said("li-xiulan", f"兑换 {payload}", "reward_unknown")
    await said("li-xiulan", f"取消兑换 {payload}", "code_unknown")
    # the whole way of one matter, with the payload in every field
    await said("li-xiulan", f"报事 3号楼路灯不亮 {payload}", "reported", GROUP)
    assert seen in (await newest(served, "direct:wang-shifu", "assigned"))["text"]
    await said("sun-daye", f"@小应 我也遇到 1 {payload}", "joined", GROUP)
    await said("wang-shifu", f"转办 1 张海燕 {payload}", "handed_on")
    assert seen in (await newest(served, "direct:zhang-haiyan", "assigned"))["text"]
    await said("zhang-haiyan", f"退回 1 {payload}", "sent_back")
    assert seen in (await messages(served, "direct:zhang-haiyan"))[-1]["text"]
    await said("liu-min", f"派单 1 {payload}", "whom_unknown")
    await said("liu-min", "派单 1 王师傅", "handed_on")
    await said("wang-shifu", f"进展 1 {payload}", "progress_noted")
    assert seen in (await newest(served, "direct:sun-daye", "progress_for_reporter"))["text"]
    await said("wang-shifu", f"办结 1 换了灯 {payload}", "finished")
    await said("li-xiulan", f"未解决 1 {payload}", "reopened")
    assert seen in (await newest(served, "direct:wang-shifu", "reopened_for_handler"))["text"]
    await said("wang-shifu", f"办结 1 换了灯 {payload}", "finished")
    assert seen in (await newest(served, "direct:li-xiulan", "rate_please_public"))["text"]
    await said("li-xiulan", f"评价 1 5 {payload}", "rated_public")
    preview = await newest(served, STAFF, "log_preview")
    told = [
        line for line in preview["text"].splitlines() if line.startswith(("居民反映：", "办理结果：", "反映人评价："))
    ]
    assert len(told) == 3
    assert all(seen in line for line in told)
    await said("liu-min", f"@小应 修改 L1 {payload}", "log_changing", STAFF)
    preview = await newest(served, STAFF, "log_preview_again")
    assert seen in preview["text"].splitlines()
    await said("liu-min", "@小应 通过 L1 已检查", "log_approved", STAFF)
    posted = await newest(served, GROUP, "log_posted")
    async with served.client.get(f"{served.url}/screen/xiuyue/state") as response:
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert response.content_type == "application/json"
        (log,) = (await response.json())["logs"]
    assert posted["text"] == log["text"] == posted["params"]["text"]
    assert seen in log["text"]
    for address in (posted["images"][0], log["image"]):
        async with served.client.get(served.url + address) as response:
            picture = Image.open(io.BytesIO(await response.read()))
        assert (picture.format, picture.width) == ("PNG", 1080)
    # what is not taken up, with the payload for a reason
    await said("li-xiulan", f"建议 装个充电桩 {payload}", "reported")
    await said("liu-min", f"不予受理 2 {payload}", "rejected")
    assert seen in (await newest(served, "direct:li-xiulan", "rejected_for_reporter"))["text"]
    found = await traces(served)
    assert (found["event"], found["publication"]) == (2, 2)
