"""What identifies a person stays with the handler; what may not be told is not there for anybody else; chatter is not kept."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import Any

import pytest
from PIL import Image

from narratives.story import as_data, tell
from storage.queries import event_detail
from storage.sql import unpack
from storage.unit_of_work import Unit
from tests.conftest import Served

GROUP, STAFF, WORKER = "xiuyue-3-residents", "xiuyue-staff", "wang-shifu"


async def say(served: Served, sender: str, text: str, chat: str = "", *photos: bytes) -> list[dict[str, Any]]:
    """The bot's answers in that chat, 1:1 by default; everything that follows from it has happened."""
    body = {"chat": chat or f"direct:{sender}", "sender": sender, "text": text}
    encoded = [base64.b64encode(photo).decode() for photo in photos]
    async with served.client.post(f"{served.url}/practice/api/messages", json=body | {"photos": encoded}) as response:
        answer = await response.json()
        assert response.status == 200, answer
    await served.huying.worker.settle()
    return list(answer["replies"])


async def get(served: Served, path: str) -> Any:
    async with served.client.get(served.url + path) as response:
        assert response.status == 200
        return await response.json()


async def said_by_bot(served: Served, *without: str) -> list[dict[str, Any]]:
    """Everything the bot ever said, in every chat but those."""
    found = []
    for chat in await get(served, "/practice/api/chats"):
        if chat["id"] not in without:
            heard = (await get(served, f"/practice/api/chats/{chat['id']}/messages"))["messages"]
            assert len(heard) < 200
            found += [message for message in heard if message["sender"] == "bot"]
    return found


async def ends(served: Served) -> dict[str, int]:
    """The number of the newest message of every chat."""
    return {chat: last["seq"] for chat, last in (await get(served, "/practice/api/latest"))["chats"].items()}


async def said_since(served: Served, before: dict[str, int]) -> list[dict[str, Any]]:
    """What the bot has said since then, wherever it was."""
    found = []
    for chat, seq in (await ends(served)).items():
        if seq > before[chat]:
            heard = await get(served, f"/practice/api/chats/{chat}/messages?after={before[chat]}")
            found += [message for message in heard["messages"] if message["sender"] == "bot"]
    return found


async def rows(served: Served, table: str, columns: str = "*", where: str = "1 = 1") -> list[dict[str, Any]]:
    async def look(uow: Unit) -> list[dict[str, Any]]:
        return [dict(row) for row in await uow.session.all(f"SELECT {columns} FROM {table} WHERE {where}")]

    return await served.huying.house.db.read(look)


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


async def picture_data(served: Served, event: int) -> str:
    detail = await served.huying.house.db.read(lambda uow: event_detail(uow, event))
    story = tell(detail.event, detail.facts, detail.people, detail.photos, served.huying.house.policy)
    return dumped(as_data(story))


PERSONAL = (
    "13812345678",
    "138-1234-5678",
    "１３９８７６５４３２１",
    "0411-82631234",
    "11010519491231002X",
    "6222020200112233445",
    "辽B8K123",
    "2单元302",
    "wxid_lixiulan",
    "li.xiulan@example.com",
    "李秀兰",
    "孙大爷",
)
TELLING = (
    "3号楼2单元302室，电话13812345678或138-1234-5678，座机0411-82631234，身份证11010519491231002X，卡号6222020200112233445，"
    "车牌辽B8K123，wxid_lixiulan，li.xiulan@example.com，孙大爷１３９８７６５４３２１，李秀兰"
)


async def test_nothing_that_identifies_a_person_leaves_the_handlers_own_chat(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("bots", "core", "points", "narratives", "storage"):
        caplog.set_level("DEBUG", name)
    await say(served, "li-xiulan", f"报事 我是李秀兰，楼下路灯不亮，{TELLING}", GROUP)
    await say(served, "sun-daye", f"@小应 我也遇到 1 我是孙大爷，{TELLING}", GROUP)
    await say(served, "zhao-yi", "报事 楼下路灯不亮", GROUP)  # may be asked whether it is the same: by what title?
    await say(served, WORKER, "转办 1 刘敏 要街道的人去")
    await say(served, "liu-min", f"派单 1 王师傅 {TELLING}")
    await say(served, WORKER, f"进展 1 找到了李秀兰和孙大爷，{TELLING}")
    await say(served, "sun-daye", "进度 1")
    await say(served, WORKER, f"办结 1 已和李秀兰、孙大爷说好，{TELLING}")
    await say(served, "li-xiulan", f"未解决 1 我是李秀兰，{TELLING}")
    await say(served, WORKER, f"办结 1 换了灯，{TELLING}")
    await say(served, "sun-daye", "进度 1")
    await say(served, "li-xiulan", f"评价 1 5 李秀兰谢谢大家，{TELLING}")
    await say(served, "liu-min", f"@小应 修改 L1 {TELLING}", STAFF)
    await say(served, "liu-min", "@小应 通过 L1 已检查", STAFF)
    await say(served, "li-xiulan", "积分")
    await say(served, "liu-min", f"@小应 不予受理 2 说过了，{TELLING.partition('，孙大爷')[0]}", STAFF)

    handlers = {row["handler_id"] for row in await rows(served, "event")} | {
        row["id"] for row in await rows(served, "person", where="name IN ('王师傅', '刘敏')")
    }
    others = [row for row in await rows(served, "outgoing") if row["person_id"] not in handlers]
    logs = await rows(served, "publication", "title, text, images", "serial = 1")
    screen = await get(served, "/screen/xiuyue/state")
    assert (len(logs), len(screen["logs"])) == (1, 1)
    assert "换了灯" in await picture_data(served, 1)
    seen = {
        "chats": dumped(await said_by_bot(served, f"direct:{WORKER}", "direct:liu-min")),
        "outgoing": dumped(others),
        "handling log": dumped(logs),
        "screen": dumped(screen),
        "picture": await picture_data(served, 1),
        "titles": dumped(await rows(served, "event", "title, place")),
        "log lines": caplog.text,
    }
    for personal in PERSONAL:
        for where, text in seen.items():
            at = text.find(personal)
            assert at < 0, (where, text[max(at - 300, 0) : at + 60])
    # who has to go there reads it as it was written
    (assigned, *_) = [m for m in await said_by_bot(served) if m["key"] == "assigned" and m["params"]["serial"] == 1]
    assert TELLING in assigned["text"]


def without(number: int, said: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Where what was said, with N for the number."""
    return [(one["chat"], one["key"], re.sub(rf"(?<!\d){number}(?!\d)", "N", one["text"])) for one in said]


# what a neighbour could type with a number that is none of theirs; {n} is the number, {own} one of their own
WORDS = (
    "进度 {n}", "{n}", "我也遇到 {n}", "+1 {n} 我家也是", "评价 {n}", "评价 {n} 5", "评价 {n} 1 很差", "未解决 {n} 还在吵", "就这样 {n}",
    "撤回 {n}", "不公开 {n}", "可用照片 {n}", "不用照片 {n}", "同一件 {own} {n}", "同一件 {n} {own}", "不是同一件 {n} {own}", "接单 {n}",
    "进展 {n} 看过了", "办结 {n} 好了", "转办 {n}", "转办 {n} 王师傅", "退回 {n}", "退回 {n} 不管", "升级 {n} 严重", "派单 {n}", "派单 {n} 刘敏",
    "不予受理 {n}", "不予受理 {n} 不管", "采纳 {n}",
)  # fmt: skip


async def test_what_may_not_be_told_is_for_a_neighbour_as_if_it_had_never_been(served: Served) -> None:
    (reply,) = await say(served, "li-xiulan", "楼上邻居天天吵架骂人，邻里纠纷，调解一下")
    assert (reply["params"]["serial"], reply["params"]["category"]) == (1, "邻里纠纷")  # of a kind that is not public
    (reply,) = await say(served, "zhao-yi", "3号楼电梯按钮坏了")
    assert reply["params"]["serial"] == 2
    await say(served, "zhao-yi", "不公开 2")  # its reporter does not want it told
    assert [r["key"] for r in await say(served, "sun-daye", "3号楼电梯按钮坏了")] == ["reported"]  # not: the same as 2?
    assert [r["key"] for r in await say(served, "sun-daye", "楼上邻居天天吵架骂人，邻里纠纷")] == ["reported"]
    titles = {row["title"] for row in await rows(served, "event", "title", "serial IN (1, 2)")}
    before = [await rows(served, table) for table in ("event", "report", "fact")]
    for word in WORDS:
        for chat, mention in (("direct:sun-daye", ""), (GROUP, "@小应 ")):
            answers = []
            for number in (98, 1, 2):
                before_it = await ends(served)
                await say(served, "sun-daye", mention + word.format(n=number, own=3), chat)
                said = await said_since(served, before_it)
                assert not any(title in dumped(said) for title in titles), word
                answers.append(without(number, said))
            assert answers[0] == answers[1] == answers[2], (word, chat)
    assert [await rows(served, table) for table in ("event", "report", "fact")] == before
    await say(served, WORKER, "办结 2 修好了")
    await say(served, "zhao-yi", "评价 2 5")
    await say(served, "liu-min", "办结 1 调解好了")
    await say(served, "li-xiulan", "评价 1 5")
    assert await rows(served, "publication") == []
    screen = await get(served, "/screen/xiuyue/state")
    assert screen["logs"] == []
    theirs = dumped(await get(served, "/practice/api/events?person=sun-daye"))
    knowing = ("li-xiulan", "zhao-yi", WORKER, "liu-min")
    others = dumped(await said_by_bot(served, *(f"direct:{person}" for person in knowing)))
    for title in titles - {row["title"] for row in await rows(served, "event", "title", "serial IN (3, 4)")}:
        assert title not in dumped(screen) + theirs + others


async def test_the_group_never_reads_what_somebody_elses_own_matters_are_called(served: Served) -> None:
    await say(served, "li-xiulan", "楼上邻居天天吵架骂人，邻里纠纷，调解一下")
    await say(served, "li-xiulan", "3号楼电梯按钮坏了")
    await say(served, "li-xiulan", "不公开 2")
    for text in (
        "撤回",
        "评价",
        "未解决",
        "不公开",
        "进度",
        "评价 1",
        "未解决 2 还坏",
        "撤回 2",
        "积分",
        "兑换 爱心雨伞",
        "报事 3号楼电梯按钮坏了",
    ):
        for reply in await say(served, "li-xiulan", f"@小应 {text}", GROUP):
            assert not {"title", "items", "balance", "same_title"} & set(reply["params"]), (text, reply["key"])
            assert "电梯按钮" not in reply["text"]
            assert "吵架" not in reply["text"]
    for text in ("接单 1", "进展 1 上门了", "升级 1 要街道来", "办结 1 和好了", "转办 1", "待办", "审核"):
        for reply in await say(served, "liu-min", f"@小应 {text}", GROUP):  # staff may be careless too
            assert "吵架" not in dumped(reply), text
    # 1:1 they may be reminded of their own
    await say(served, "li-xiulan", "3号楼单元门坏了，关不上")
    await say(served, "li-xiulan", "不公开 4")
    (reply,) = await say(served, "li-xiulan", "报事 3号楼单元门坏了，关不上")
    assert (reply["key"], reply["params"]["same_serial"]) == ("reported_same", 4)


async def test_chatter_that_is_not_for_the_bot_leaves_no_trace_in_huyings_database(served: Served) -> None:
    words = ("早市的虾爬子", "钥匙放在脚垫底下", "李奶奶住院了")
    for number, text in enumerate(words):
        photos = (coloured("teal"),) if number == 1 else ()
        assert await say(served, "zhao-yi", f"明天{text}，谁知道？电话13700001111", GROUP, *photos) == []
    await say(served, "zhao-yi", "@小应 楼道灯坏了", GROUP)  # this one is
    tables = await rows(served, "sqlite_master", "name", "type = 'table'")
    kept = dumped([await rows(served, table["name"]) for table in tables])
    assert "楼道灯坏了" in kept
    for text in (*words, "13700001111"):
        assert text not in kept
    assert await rows(served, "event_photo") == []
    assert len(await rows(served, "inbox")) == 1
    for file in sorted(served.huying.house.settings.data.glob("huying.db*")):
        raw = file.read_bytes()
        assert not any(text.encode() in raw for text in words), file.name


def coloured(colour: str, exif: Image.Exif | None = None) -> bytes:
    file = io.BytesIO()
    kind: dict[str, Any] = {"exif": exif.tobytes(), "comment": b"taken by Li Xiulan"} if exif else {}
    Image.new("RGB", (640, 480), colour).save(file, "JPEG", quality=95, **kind)
    return file.getvalue()


async def test_a_picture_keeps_neither_where_nor_with_what_it_was_taken(served: Served) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B] = "SecretPhone", "Model-77", "Li Xiulan"
    exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 54.0, 51.0), 3: "E", 4: (121.0, 36.0, 52.0)})
    photo = coloured("teal", exif)
    marks = (b"Exif", b"SecretPhone", b"Model-77", b"Li Xiulan", b"GPS", b"ICC_PROFILE")
    assert sum(mark in photo for mark in marks) > 3
    await say(served, "li-xiulan", "报事 3号楼路灯不亮", GROUP, photo)
    await say(served, WORKER, "办结 1 换了灯", "", photo)
    await say(served, "li-xiulan", "可用照片 1")
    await say(served, "li-xiulan", "评价 1 5")
    kept = sorted((served.huying.house.settings.data / "media").rglob("*.*"))
    assert len(kept) == 2  # the photo, twice the same, and the log
    for file in kept:
        raw = file.read_bytes()
        assert not any(mark in raw for mark in marks), file.name
        assert not Image.open(file).getexif()


def has(picture: Image.Image, colour: tuple[int, int, int]) -> bool:
    """Whether a photo of that colour is in the picture: more than a speck of it."""
    small = picture.convert("RGB").resize((270, picture.height // 4))
    raw = small.tobytes()
    pixels = zip(raw[::3], raw[1::3], raw[2::3], strict=True)
    return sum(max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 24 for pixel in pixels) > 500


MAGENTA, YELLOW, BLUE = (255, 0, 255), (255, 255, 0), (0, 0, 255)


async def preview(served: Served) -> Image.Image:
    """The picture of the log as it waits for approval."""
    (log,) = await rows(served, "publication", "images", "state = 'waiting'")
    return Image.open(served.huying.house.media.path(unpack(log["images"])[0]))


async def test_a_reporters_own_photos_are_in_the_log_only_while_they_agree(served: Served) -> None:
    await say(served, "li-xiulan", "报事 3号楼路灯不亮", GROUP, coloured("magenta"))
    await say(served, "sun-daye", "@小应 我也遇到 1", GROUP, coloured("yellow"))
    await say(served, WORKER, "办结 1 换了灯", "", coloured("blue"))
    await say(served, "li-xiulan", "评价 1 5")
    for words, agreed in (("", False), ("可用照片 1", True), ("不用照片 1", False), ("可用照片 1", True)):
        if words:
            await say(served, "li-xiulan", words)
        picture = await preview(served)
        assert has(picture, BLUE), words  # the handler's own
        assert has(picture, MAGENTA) == agreed, words
        assert not has(picture, YELLOW), words  # neighbours were never asked
    await say(served, "sun-daye", "不用照片 1")  # not theirs to say
    assert has(await preview(served), MAGENTA)


async def test_a_log_its_reporter_takes_back_is_gone_from_the_screen_with_its_picture(served: Served) -> None:
    await say(served, "li-xiulan", "报事 3号楼路灯不亮", GROUP)
    await say(served, WORKER, "办结 1 换了灯")
    await say(served, "li-xiulan", "评价 1 5")
    await say(served, "liu-min", "通过 L1")
    (log,) = (await get(served, "/screen/xiuyue/state"))["logs"]
    await say(served, "li-xiulan", "不公开 1")
    assert (await get(served, "/screen/xiuyue/state"))["logs"] == []
    async with served.client.get(served.url + log["image"]) as response:
        assert response.status == 404
    assert [r["key"] for r in await say(served, "liu-min", "通过 L1")] == ["log_impossible"]
