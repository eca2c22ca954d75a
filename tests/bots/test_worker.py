"""The loops carry out what was written down: once, in order, in time, and again when it failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bots import membership
from bots.app import Huying, open_huying
from bots.config import Settings
from bots.practice.clock import ZONE
from bots.practice.room import Post
from bots.practice.values import ACCOUNT, BOT, CHANNEL, Message
from bots.reactions import REACTIONS
from bots.worker import LONGEST_RETRY, RETRY
from core.facts import Fact, FactKind
from core.messages import Audience, Chat, ChatKind, Json
from core.people import Role
from core.turn import Turn
from narratives import editing
from storage.audit import audit
from storage.facts import to_fact
from storage.sql import unpack
from storage.unit_of_work import Unit
from tests.conftest import MONDAY, Opens
from tests.scenarios.transcript import SAMPLES

STAFF = "xiuyue-staff"
AFTER = (SAMPLES / "after.jpg").read_bytes()


async def say(huying: Huying, sender: str, text: str, *photos: bytes) -> str:
    """Say it 1:1; gives the key of the answer. Nothing that follows from it has happened yet."""
    assert huying.room is not None
    _, replies = await huying.room.post(Post(f"direct:{sender}", sender, text, photos))
    return replies[-1].key


async def close(huying: Huying, serial: int, matter: str, *photos: bytes) -> None:
    """Report, finish and rate a matter; its log is still to be drafted."""
    assert (await say(huying, "li-xiulan", matter)).startswith("reported")
    assert await say(huying, "wang-shifu", f"办结 {serial} 好了", *photos) == "finished"
    assert await say(huying, "li-xiulan", f"评价 {serial} 5") == "rated_public"


async def rows(huying: Huying, table: str, where: str = "1 = 1") -> list[dict[str, Any]]:
    async def look(uow: Unit) -> list[dict[str, Any]]:
        return [dict(row) for row in await uow.session.all(f"SELECT * FROM {table} WHERE {where} ORDER BY id")]

    return await huying.house.db.read(look)


async def said(huying: Huying, chat: str, key: str) -> list[Message]:
    assert huying.room is not None
    return [one for one in await huying.room.messages(chat, 0) if one.sender == BOT and one.key == key]


async def passes(huying: Huying, by: timedelta) -> None:
    await huying.worker.settle_until(huying.house.clock.now() + by)


def lose(huying: Huying) -> Callable[[], None]:
    """Take the one photo away; gives what brings it back."""
    (photo,) = (huying.house.settings.data / "media").rglob("*.jpg")
    raw = photo.read_bytes()
    photo.unlink()
    return lambda: (photo.write_bytes(raw), None)[1]


async def test_a_reaction_that_fails_is_tried_again_and_what_happened_later_waits_for_it(
    opens: Opens, caplog: pytest.LogCaptureFixture
) -> None:
    huying = await opens()
    await close(huying, 1, "3号楼路灯不亮", AFTER)
    await say(huying, "li-xiulan", "可用照片 1")
    bring_back = lose(huying)
    await close(huying, 2, "3号楼电梯坏了")
    await huying.worker.settle()
    assert "reaction failed" in caplog.text
    states = {log["event_id"]: log["state"] for log in await rows(huying, "publication")}
    assert states == {1: "drawing", 2: "waiting"}  # another matter does not wait
    waiting = await rows(huying, "fact", "event_id = 1 AND reacted_at IS NULL")
    assert {"closed", "photos_allowed"} <= {fact["kind"] for fact in waiting}
    bring_back()
    await huying.worker.settle()
    assert len(await rows(huying, "fact", "event_id = 1 AND kind = 'closed' AND reacted_at IS NULL")) == 1  # not yet
    await passes(huying, RETRY + timedelta(seconds=5))
    assert await rows(huying, "fact", "reacted_at IS NULL") == []
    previews = [
        (one.key, one.params["log"])
        for key in ("log_preview", "log_preview_again")
        for one in await said(huying, STAFF, key)
    ]
    assert previews == [("log_preview", "L2"), ("log_preview", "L1")]  # what the reporter allowed changed nothing in it
    assert len(await rows(huying, "fact", "kind = 'log_drafted'")) == 2
    earned = await said(huying, "direct:li-xiulan", "points_earned")
    assert [one.params["balance"] for one in earned] == [5, 10]  # though the reaction was run twice
    assert await huying.house.db.read(lambda uow: audit(uow.session)) == ()


async def test_a_reaction_that_never_works_is_tried_less_and_less_often(opens: Opens) -> None:
    huying = await opens()
    await close(huying, 1, "3号楼路灯不亮", AFTER)
    lose(huying)
    await passes(huying, timedelta(days=1))
    (fact,) = await rows(huying, "fact", "kind = 'closed'")
    most = timedelta(days=1) / LONGEST_RETRY + 9  # and the first ones, which came sooner
    assert 10 < fact["attempts"] < most
    findings = await huying.house.db.read(lambda uow: audit(uow.session))
    assert any("was tried" in finding for finding in findings)


async def test_a_crash_between_the_draft_and_its_picture_is_made_good_at_the_next_start_once(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, practice=True, port=0)
    async with open_huying(settings, start=MONDAY, loops=False) as huying:
        await close(huying, 1, "3号楼路灯不亮", AFTER)
        await huying.house.drawing.close()  # the process goes down: nothing is drawn any more
        await huying.worker.settle()
        assert [log["state"] for log in await rows(huying, "publication")] == ["drawing"]
        assert await said(huying, STAFF, "log_preview") == []
    async with open_huying(settings, start=MONDAY, loops=False) as huying:
        await passes(huying, timedelta(minutes=5))
        (log,) = await rows(huying, "publication")
        assert (log["state"], log["serial"]) == ("waiting", 1)
        assert huying.house.media.path(unpack(log["images"])[0]).is_file()
        assert len(await said(huying, STAFF, "log_preview")) == 1
        assert len(await rows(huying, "fact", "kind = 'log_drafted'")) == 1
    async with open_huying(settings, start=MONDAY, loops=False) as huying:
        await passes(huying, timedelta(minutes=5))
        assert len(await said(huying, STAFF, "log_preview")) == 1
        assert [log["version"] for log in await rows(huying, "publication")] == [log["version"]]


async def facts(huying: Huying, kind: FactKind) -> list[Fact]:
    async def look(uow: Unit) -> list[Fact]:
        return [to_fact(row) for row in await uow.session.all("SELECT * FROM fact WHERE kind = ?", kind)]

    return await huying.house.db.read(look)


async def edit(huying: Huying, what: Callable[[str, Turn, Unit], Awaitable[object]]) -> None:
    """What staff do with the photo of L1 on the workbench."""

    async def work(uow: Unit) -> None:
        (staff,) = [one for one in await uow.people.staff("xiuyue", "guilin") if one.name == "刘敏"]
        log = await uow.publications.by_serial("xiuyue", 1)
        assert log is not None
        chat = Chat(0, "web", "web", "web", ChatKind.DIRECT, Audience.STAFF, "xiuyue")
        turn = Turn(f"web:{log.version}", staff, chat, huying.house.policy, huying.house.clock.now())
        await what((*log.photos, *log.dropped)[0], turn, uow)

    await huying.house.db.run(work)
    await huying.worker.settle()


async def trouble(huying: Huying) -> None:
    """A post may not have arrived; the bot is removed from its group, and back; somebody becomes somebody else; a group is bound."""

    async def work(uow: Unit) -> None:
        post = await uow.session.one("UPDATE outgoing SET state = 'unknown' WHERE reply = 'log_posted' RETURNING id")
        assert post is not None
        data = {"outgoing": post["id"], "title": "群", "state": "unknown", "reason": "", "key": "log_posted"}
        await uow.facts.append(Fact("xiuyue", FactKind.POST_TROUBLED, uow.now, data=data))
        await membership.lost(CHANNEL, ACCOUNT, "xiuyue-3-residents", "kicked", uow)
        await membership.found(CHANNEL, ACCOUNT, "xiuyue-3-residents", uow)
        li = await uow.registry.person_of(CHANNEL, ACCOUNT, "li-xiulan")
        assert li is not None
        other = await uow.registry.add_person("李秀兰", Role.RESIDENT, "", "")
        joined: dict[str, Json] = {"channel": "telegram", "joined": other.id}
        await uow.facts.append(Fact("xiuyue", FactKind.PERSON_BOUND, uow.now, actor=li.id, data=joined))
        bound: dict[str, Json] = {"chat": 99, "title": "群", "area": "xiuyue-3", "audience": "residents"}
        await uow.facts.append(Fact("xiuyue", FactKind.CHAT_BOUND, uow.now, actor=li.id, data=bound))

    await huying.house.db.run(work)
    await huying.worker.settle()


async def test_every_reaction_may_run_again_and_has_its_effect_once(opens: Opens) -> None:
    huying = await opens()
    await close(huying, 1, "3号楼路灯不亮", AFTER)
    await huying.worker.settle()
    await say(huying, "li-xiulan", "可用照片 1")
    await huying.worker.settle()
    await say(huying, "liu-min", "修改 L1 换了一盏灯")
    await huying.worker.settle()
    await edit(huying, lambda photo, turn, uow: editing.leave_out(1, photo, turn, uow))
    await edit(huying, lambda photo, turn, uow: editing.put_back(1, photo, turn, uow))
    await edit(huying, lambda photo, turn, uow: editing.cover(1, photo, [(0.1, 0.1, 0.2, 0.2)], turn, uow))
    await say(huying, "liu-min", "通过 L1 已检查")
    await close(huying, 2, "3号楼电梯坏了")
    await huying.worker.settle()
    await say(huying, "li-xiulan", "未解决 2 又坏了")
    await close(huying, 3, "3号楼门口垃圾没人清")
    await huying.worker.settle()
    await say(huying, "li-xiulan", "不公开 3")
    await say(huying, "li-xiulan", "建议 在小区门口装几个电动车充电桩")
    await say(huying, "liu-min", "采纳 4")
    await say(huying, "liu-min", "通知 明天9点到12点停水")
    await say(huying, "liu-min", "月报 2026-11")
    await huying.worker.settle()
    await say(huying, "sun-daye", "3号楼路灯又不亮")
    await say(huying, "liu-min", "不予受理 5 已经修好了")
    await huying.worker.settle()
    await trouble(huying)
    tables = ("event", "fact", "outgoing", "publication", "ledger_transaction", "posting", "balance", "event_photo")
    before = [await rows(huying, table) for table in tables]
    assert {log["state"] for log in before[3]} == {"approved", "withdrawn", "waiting"}
    for kind, reactions in REACTIONS.items():
        found = await facts(huying, kind)
        assert found, kind
        for fact in found:
            for reaction in reactions:
                await reaction(fact, huying.house)
    await huying.worker.settle()
    for table, kept in zip(tables, before, strict=True):
        assert await rows(huying, table) == kept, table


async def test_the_clock_moved_over_several_due_moments_stops_at_each(opens: Opens) -> None:
    huying = await opens()

    async def until(day: int, hour: int, minute: int = 0) -> None:
        await huying.worker.settle_until(datetime(2026, 11, day, hour, minute, tzinfo=ZONE))

    matters = ("路灯不亮", "电梯坏了", "门口垃圾没人清")
    for serial, matter in enumerate(matters, 1):
        await until(23, 10 + serial)
        await say(huying, "li-xiulan", f"3号楼{matter}")
        await say(huying, "wang-shifu", f"办结 {serial} 好了")
    await until(23, 23)
    await say(huying, "wang-shifu", "进展 3 x")  # refused: it is done
    await say(huying, "sun-daye", "3号楼单元门坏了")  # its handler sleeps until 07:30
    await passes(huying, timedelta(days=9))
    expired = await said(huying, "direct:li-xiulan", "expired_for_reporter")
    assert [f"{one.at.astimezone(ZONE):%m-%d %H:%M}" for one in expired] == [
        "11-30 11:00",
        "11-30 12:00",
        "11-30 13:00",
    ]
    closed = [datetime.fromisoformat(event["closed_at"]) for event in await rows(huying, "event", "serial < 4")]
    assert [f"{at.astimezone(ZONE):%m-%d %H:%M}" for at in closed] == ["11-30 11:00", "11-30 12:00", "11-30 13:00"]
    earned = await said(huying, "direct:li-xiulan", "points_earned")
    previews = await said(huying, STAFF, "log_preview")
    for follows in (earned, previews):
        assert [f"{one.at.astimezone(ZONE):%m-%d %H:%M}" for one in follows] == [
            "11-30 11:00",
            "11-30 12:00",
            "11-30 13:00",
        ]
    (woken,) = [one for one in await said(huying, "direct:wang-shifu", "assigned") if one.params["serial"] == 4]
    assert f"{woken.at.astimezone(ZONE):%m-%d %H:%M}" == "11-24 07:30"
    assert huying.house.clock.now() - MONDAY >= timedelta(days=9, hours=13, minutes=30)
