"""The one door: what is not for the bot stays outside, a no changes nothing, the same message is answered the same."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bots.answer import TRIES, answer, digest, is_for_bot
from bots.app import Huying, open_huying
from bots.config import Settings
from bots.practice.values import ACCOUNT, CHANNEL
from core.errors import Conflict
from core.messages import Incoming, Photo, Press
from core.people import Role
from storage.outbox import Queued
from storage.unit_of_work import Unit
from tests.conftest import MONDAY, Opens

GROUP = "xiuyue-3-residents"


def incoming(text: str = "", sender: str = "li-xiulan", chat: str = "", **more: Any) -> Incoming:
    chat = chat or f"direct:{sender}"
    more = {"message_id": digest_of(sender, text), "direct": chat.startswith("direct:"), **more}
    return Incoming(CHANNEL, ACCOUNT, chat, sender, at=MONDAY, text=text, **more)


def digest_of(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


async def said(huying: Huying, inbox: int | None) -> list[Queued]:
    """The answer to the message, without what it caused to be said to others."""
    assert inbox is not None
    rows = await huying.house.db.read(lambda uow: uow.outgoing.rows_of_inbox(inbox))
    return [row for row in rows if ":reply" in row.key]


async def ask(huying: Huying, text: str, sender: str = "li-xiulan", chat: str = "", **more: Any) -> list[Queued]:
    return await said(huying, await answer(incoming(text, sender, chat, **more), huying.door))


async def everything(huying: Huying) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""

    async def look(uow: Unit) -> dict[str, list[dict[str, Any]]]:
        tables = await uow.session.all(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'"
        )
        names = [str(table["name"]) for table in tables]
        return {name: [dict(row) for row in await uow.session.all(f"SELECT * FROM {name}")] for name in names}

    return await huying.house.db.read(look)


def changed(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> set[str]:
    return {table for table in after if after[table] != before[table]}


NOT_FOR_THE_BOT = (
    "明天谁去早市",
    "投诉电话是多少？谁知道",
    "小应家的猫丢了",
    "7",
    "5",
    "满意",
    "建议大家都去",
    "进度 1",
    "",
    "@小王 报事",
    "不报事",
)


async def test_what_a_group_says_to_itself_is_not_for_the_bot(opens: Opens) -> None:
    policy = (await opens()).house.policy
    assert [t for t in NOT_FOR_THE_BOT if is_for_bot(incoming(t, chat=GROUP), policy)] == ["投诉电话是多少？谁知道"]
    photo = (Photo("a.jpg", 1, 1),)
    assert not is_for_bot(incoming("看看", chat=GROUP, photos=photo), policy)
    for for_bot in (
        incoming("7", chat=GROUP, reply_to=1),
        incoming("7", chat=GROUP, mentions_bot=True),
        incoming("", chat=GROUP, press=Press(1, "yes")),
        incoming("@小应 7", chat=GROUP),
        incoming("7"),
    ):
        assert is_for_bot(for_bot, policy)


async def test_a_newcomer_in_a_bound_group_is_a_resident_of_its_area(opens: Opens) -> None:
    huying = await opens()
    inbox = await answer(incoming("@小应 门口垃圾没人清", "nobody", chat=GROUP), huying.door)
    assert [row.reply.key for row in await said(huying, inbox)] == ["reported"]
    person = await huying.house.db.read(lambda uow: uow.registry.person_of(CHANNEL, ACCOUNT, "nobody"))
    assert person is not None
    assert (person.role, person.area) == (Role.RESIDENT, "xiuyue-3")


async def test_in_a_group_nobody_bound_the_bot_says_how_to_bind_it_and_files_nothing(opens: Opens) -> None:
    huying = await opens()
    before = await everything(huying)
    inbox = await answer(incoming("@小应 门口垃圾没人清", chat="nowhere"), huying.door)
    assert [row.reply.key for row in await said(huying, inbox)] == ["group_unbound"]
    after = await everything(huying)
    assert changed(before, after) == {"inbox", "chat", "outgoing"}
    assert "没人清" not in str(after)


async def test_a_no_is_kept_with_its_message_and_is_the_same_when_the_message_comes_again(opens: Opens) -> None:
    huying = await opens()
    before = await everything(huying)
    first = await answer(incoming("撤回 1"), huying.door)
    assert [(row.reply.key, row.reply.params["serial"]) for row in await said(huying, first)] == [("event_unknown", 1)]
    once = await everything(huying)
    assert changed(before, once) == {"inbox", "outgoing"}
    assert await answer(incoming("撤回 1"), huying.door) == first
    assert await everything(huying) == once
    assert (await ask(huying, "门口垃圾没人清"))[0].reply.params["serial"] == 1  # there it is now; the no stands
    assert await answer(incoming("撤回 1"), huying.door) == first
    assert [row.reply.key for row in await said(huying, first)] == ["event_unknown"]


async def test_a_no_takes_back_whatever_was_written_before_it(opens: Opens) -> None:
    huying = await opens()
    before = await everything(huying)
    assert [row.reply.key for row in await ask(huying, "兑换 爱心雨伞")] == [
        "points_short"
    ]  # the shelf was asked first
    after = await everything(huying)
    assert changed(before, after) == {"inbox", "outgoing"}


async def test_the_same_message_again_is_one_event_whatever_it_says_the_second_time(opens: Opens) -> None:
    huying = await opens()
    first = await answer(incoming("门口垃圾没人清", message_id="m"), huying.door)
    once = await everything(huying)
    assert await answer(incoming("门口垃圾没人清", message_id="m"), huying.door) == first
    assert await answer(incoming("路灯不亮", message_id="m"), huying.door) == first
    assert await everything(huying) == once
    assert (
        await answer(incoming("门口垃圾没人清", message_id="m", sender="sun-daye"), huying.door) != first
    )  # in their own chat


async def test_the_fingerprint_tells_whatever_makes_a_message_another_one() -> None:
    bodies = [
        incoming("7", message_id="m"),
        incoming("7 ", message_id="m"),
        incoming("", message_id="m", photos=(Photo("7", 1, 1),)),
        incoming("7", message_id="m", photos=(Photo("7", 1, 1),)),
        incoming("", message_id="m", press=Press(7, "a")),
        incoming("", message_id="m", press=Press(7, "b")),
        incoming("", message_id="m", attachment="voice"),
        incoming("\ud800", message_id="m"),
    ]
    assert len({digest(body) for body in bodies}) == len(bodies)
    assert digest(bodies[0]) == digest(incoming("7", message_id="m"))


async def test_a_choice_that_is_not_there_any_more_is_kindly_refused(opens: Opens) -> None:
    huying = await opens()
    (thanks,) = await ask(huying, "谢谢")
    for press in (Press(10**9, "yes"), Press(thanks.id, "yes"), Press(-1, "")):
        (row,) = await ask(huying, "", press=press, message_id=str(press))
        assert row.reply.key == "choice_gone"


async def test_too_long_a_text_is_refused_on_every_channel(opens: Opens) -> None:
    huying = await opens()
    (row,) = await ask(huying, "字" * 4001, message_id="long")
    assert row.reply.key == "text_too_long"
    (row,) = await ask(huying, "报事 " + "路灯不亮" * 999, message_id="just right")
    assert row.reply.key == "reported"


async def test_what_is_personal_goes_1_to_1_and_the_group_hears_only_that_it_did(opens: Opens) -> None:
    huying = await opens()
    for text in ("门口垃圾没人清", "路灯不亮"):
        await ask(huying, text)
    for text in ("进度", "进度 1", "进度 99", "积分", "兑换", "撤回", "兑换 爱心雨伞", "待办"):
        rows = await ask(huying, f"@小应 {text}", chat=GROUP)
        if text == "待办":  # nothing personal in that no
            assert [row.reply.key for row in rows] == ["staff_only"]
            continue
        here, there = rows
        assert (here.reply.key, here.reply.params) == ("sent_privately", {"name": "李*"}), text
        assert (here.person, there.chat) == (None, None)
        assert there.person is not None
    (row,) = await ask(huying, "报事 电梯坏了", chat=GROUP)
    assert (row.person, row.reply.key) == (None, "reported")


class Watch(logging.Handler):
    """Does something at the first line of the log that says a word."""

    def __init__(self, word: str, does: Callable[[], object]) -> None:
        super().__init__()
        self.word, self.does, self.heard = word, does, 0

    def emit(self, record: logging.LogRecord) -> None:
        if self.word in record.getMessage():
            self.heard += 1
            self.does()


def impatient(tmp_path: Path) -> Settings:
    """The database waits 20 ms for somebody else's lock, so that a test need not wait five seconds."""
    return Settings(data=tmp_path, practice=True, port=0, database=f"sqlite://{tmp_path}/huying.db?busy_timeout=20")


async def test_whoever_finds_the_database_busy_tries_again_and_is_answered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bots.answer")
    async with open_huying(impatient(tmp_path), start=MONDAY, loops=False) as huying:
        with closing(sqlite3.connect(tmp_path / "huying.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            watch = Watch("conflict", lambda: other.in_transaction and other.execute("ROLLBACK"))
            logging.getLogger("bots.answer").addHandler(watch)
            try:
                (row,) = await ask(huying, "门口垃圾没人清")
            finally:
                logging.getLogger("bots.answer").removeHandler(watch)
        assert (row.reply.key, watch.heard) == ("reported", 1)


async def test_whoever_finds_it_busy_every_time_leaves_nothing_behind_and_may_come_again(tmp_path: Path) -> None:
    async with open_huying(impatient(tmp_path), start=MONDAY, loops=False) as huying:
        before = await everything(huying)
        with closing(sqlite3.connect(tmp_path / "huying.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            units = huying.house.db.statements
            with pytest.raises(Conflict):
                await answer(incoming("门口垃圾没人清"), huying.door)
            assert huying.house.db.statements - units == TRIES + 1
        assert await everything(huying) == before
        (row,) = await ask(huying, "门口垃圾没人清")
        assert row.reply.params["serial"] == 1
