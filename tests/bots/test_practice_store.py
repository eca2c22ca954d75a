"""What the practice room keeps outlives the process, however it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bots.channel import Rendered
from bots.practice.clock import PracticeClock
from bots.practice.room import Post, PracticeRoom
from bots.practice.store import PracticeStore
from bots.practice.values import Delivery, RoomPerson
from core.messages import Incoming
from core.people import Role

if TYPE_CHECKING:
    from tests.bots.conftest import Stand

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
SAID = Rendered("办好了", "handled", {})
DIES = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from bots.practice.clock import PracticeClock
from bots.practice.room import Post, PracticeRoom
from bots.practice.seed import load_cast, seed_room
from bots.practice.store import PracticeStore
from bots.community import load_policy

class Dies:
    async def answer(self, incoming):
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    store = await PracticeStore.open(Path(sys.argv[1]))
    await seed_room(load_cast(load_policy().areas), store, "小应")
    clock = await PracticeClock.open(store, datetime(2026, 11, 23, 1, 30, tzinfo=UTC))
    room = PracticeRoom(store, clock, "小应")
    room.connect(Dies())
    await room.post(Post("xiuyue-3-residents", "li-xiulan", "报事 门口垃圾", id="m-1"))

asyncio.run(main())
"""


async def test_a_message_kept_before_a_kill_is_answered_once_after_it(stand: Stand, tmp_path: Path) -> None:
    path = tmp_path / "killed.db"
    root = Path(__file__).resolve().parents[2]
    dead = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DIES, str(path), cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert await dead.wait() == -signal.SIGKILL
    store = await PracticeStore.open(path)
    room = PracticeRoom(store, await PracticeClock.open(store), "小应")
    room.connect(stand.bot)
    assert await room.resume() == 1
    assert await room.resume() == 0
    _, replies = await room.post(Post("xiuyue-3-residents", "li-xiulan", "报事 门口垃圾", id="m-1"))
    assert [reply.key for reply in replies] == ["reported"]
    assert len(stand.bot.heard) == 1
    assert [one.seq for one in await room.messages("xiuyue-3-residents", 0)] == [1, 2]
    await store.close()


async def test_one_message_that_cannot_be_answered_does_not_hold_up_the_others(stand: Stand) -> None:
    def broken(_: Incoming) -> Rendered | None:
        raise ZeroDivisionError

    works, stand.bot.says = stand.bot.says, broken
    for text in ("报事 坏", "报事 好"):
        with pytest.raises(ZeroDivisionError):
            await stand.room.post(Post("group", "li-xiulan", text))
    stand.bot.says = lambda incoming: works(incoming) if "好" in incoming.text else broken(incoming)
    assert await stand.room.resume() == 2
    assert [one.key for one in await stand.room.messages("group", 0)] == ["", "", "reported"]


async def test_seq_and_messages_go_on_after_a_restart(stand: Stand, tmp_path: Path) -> None:
    await stand.say("报事 门口垃圾", message_id="m-1")
    before = await stand.room.messages("group", 0)
    again = await PracticeStore.open(tmp_path / "practice.db")
    assert await again.messages("group", 0, 10) == before
    shown = await again.deliver([Delivery(9, "group", SAID)], MONDAY)
    assert shown[9].seq == 3
    assert await again.delivered(1) == "bot-1"
    await again.close()


async def test_a_delivery_that_is_partly_for_an_unknown_chat_shows_the_rest(stand: Stand) -> None:
    shown = await stand.store.deliver([Delivery(1, "nowhere", SAID), Delivery(2, "group", SAID)], MONDAY)
    assert list(shown) == [2]


async def test_adding_the_same_people_and_chats_again_changes_only_what_is_new(stand: Stand) -> None:
    before = await stand.store.chats()
    await stand.store.add([RoomPerson("li-xiulan", "李秀兰", Role.VOLUNTEER, "xiuyue-3")], before)
    assert await stand.store.chats() == before
    assert next((p.id, p.role) for p in await stand.store.people()) == ("li-xiulan", Role.VOLUNTEER)


@pytest.mark.parametrize("id", ["", "a b", "a/b", "direct:x", "王", "x" * 41, "bot"])
def test_an_id_that_could_be_taken_for_something_else_is_no_persons(id: str) -> None:
    with pytest.raises(ValueError, match="cannot be the id"):
        RoomPerson(id, "某人", Role.RESIDENT, "xiuyue-3")


async def test_a_file_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "practice.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(RuntimeError, match="another version"):
        await PracticeStore.open(path)


async def test_every_write_is_synced_to_the_disk(stand: Stand) -> None:
    ask = stand.store._call
    assert await ask(lambda db: db.execute("PRAGMA synchronous").fetchone()[0]) == 2  # FULL
    assert await ask(lambda db: db.execute("PRAGMA journal_mode").fetchone()[0]) == "wal"


async def test_newest_moment_is_that_of_the_newest_message_of_any_chat(stand: Stand) -> None:
    assert await stand.store.newest_at() is None
    await stand.store.deliver([Delivery(1, "group", SAID)], MONDAY + timedelta(days=1))
    await stand.store.deliver([Delivery(2, "staff", SAID)], MONDAY)
    assert await stand.store.newest_at() == MONDAY + timedelta(days=1)
