"""Chats come and go: groups that move, drop the bot or let it in again, people who block it, a platform that is away."""

from __future__ import annotations

import asyncio
import json
import socket
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bots import membership
from bots.app import open_huying
from bots.config import Settings
from bots.delivery import backoff
from bots.practice.platforms.telegram.standin import StandIn
from bots.telegram import telegram
from bots.telegram.wire import Update
from bots.web.server import serving
from core.facts import FactKind
from core.messages import Audience, ChatKind, Outgoing, Reply
from core.people import Role
from storage.logins import LoginKind
from storage.outbox import OutgoingState
from storage.unit_of_work import Unit
from tests.bots.telegram.conftest import ACCOUNT, Estate, settle_estate
from tests.telegram import Clock, OnTelegram

CHANGES = count(70_000_000)
pytestmark = pytest.mark.asyncio(loop_scope="module")
KINDS = frozenset({"message", "callback_query", "my_chat_member"})


def untold(estate: Estate) -> None:
    """What happens from now on reaches the bot only through refusals, until `told`."""
    estate.standin.world.updates.allowed = frozenset()


def told(estate: Estate) -> None:
    estate.standin.world.updates.allowed = KINDS


# ---- groups that move


@pytest.mark.parametrize("times", [0, 2], ids=["once", "and comes again"])
async def test_a_post_that_waited_while_its_group_moved_arrives_there_once(polled: OnTelegram, times: int) -> None:
    estate = await settle_estate(polled, supergroup=False)
    await estate.post("水停了")
    new = estate.standin.migrate(estate.group)
    await estate.settled()
    await estate.again(3, times)
    assert estate.texts(new) == ["水停了，已私信您。"]
    assert estate.texts(estate.group) == []
    assert await estate.states() == {"水停了": "sent"}


async def test_a_group_that_moved_while_a_post_was_being_sent_gets_it_once(polled: OnTelegram) -> None:
    estate = await settle_estate(polled, supergroup=False)
    untold(estate)
    new = estate.standin.migrate(estate.group)
    told(estate)
    await estate.post("水停了")
    await estate.post("水来了")
    await estate.settled()
    assert estate.texts(new) == ["水停了，已私信您。", "水来了，已私信您。"]
    assert [call.status for call in estate.calls("sendMessage")] == [400]
    assert await estate.states() == {"水停了": "sent", "水来了": "sent"}
    assert await estate.facts(FactKind.POST_TROUBLED) == 0


async def test_whoever_speaks_in_a_group_that_moved_is_answered_there(polled: OnTelegram) -> None:
    estate = await settle_estate(polled, supergroup=False)
    new = estate.standin.migrate(estate.group)
    estate.standin.say(new, estate.li, estate.place())
    await estate.settled()
    (answer,) = estate.texts(new)
    assert answer.startswith("已登记")
    (row,) = await polled.rows(
        "SELECT count(*) AS n FROM chat WHERE title = ? AND active = ?", f"居民群{estate.n}号", True
    )
    assert row["n"] == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
async def test_the_updates_of_a_move_may_come_in_any_order(
    polled: OnTelegram, order: tuple[int, ...], caplog: pytest.LogCaptureFixture
) -> None:
    estate = await settle_estate(polled, supergroup=False)
    before = len(estate.standin.updates)
    polled.standin.world.updates.pending.clear()
    made = polled.standin.world.updates.made
    new = estate.standin.migrate(estate.group)
    updates = [Update.model_validate(update) for update in made[before:]]
    polled.standin.world.updates.pending.clear()
    await estate.post("水停了")
    for n in order:
        await polled.door.handle(updates[n])
    await estate.settled()
    assert estate.texts(new)[-1] == "水停了，已私信您。"
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


# ---- groups that drop the bot


async def test_staff_hear_once_that_the_bot_was_removed_and_once_that_it_is_back(estate: Estate) -> None:
    estate.standin.kick(estate.group)
    await estate.settled()
    await estate.again(times=3)
    assert await estate.facts(FactKind.CHAT_LOST) == 1
    estate.standin.readmit(estate.group)
    await estate.settled()
    await estate.again(2, times=3)
    assert (await estate.facts(FactKind.CHAT_LOST), await estate.facts(FactKind.CHAT_FOUND)) == (1, 1)
    await estate.post("水来了")
    await estate.settled()
    assert estate.texts(estate.group) == ["水来了，已私信您。"]  # and no word about binding it


async def test_a_removal_that_is_told_once_more_after_the_bot_came_back_changes_nothing(estate: Estate) -> None:
    estate.standin.kick(estate.group)
    await estate.settled()
    kicked = Update.model_validate(estate.standin.updates[-1])
    estate.standin.readmit(estate.group)
    await estate.settled()
    await estate.stand.door.handle(kicked)
    await estate.settled()
    assert (await estate.facts(FactKind.CHAT_LOST), await estate.facts(FactKind.CHAT_FOUND)) == (1, 1)
    (row,) = await estate.stand.rows("SELECT active FROM chat WHERE external = ?", str(estate.group))
    assert row["active"]


async def test_posts_to_a_group_that_dropped_the_bot_stop_with_one_word_to_staff(estate: Estate) -> None:
    untold(estate)
    estate.standin.kick(estate.group)
    told(estate)
    await estate.post("水停了")
    await estate.post("水来了")
    await estate.settled()
    assert await estate.states() == {"水停了": "failed", "水来了": "failed"}
    assert await estate.facts(FactKind.CHAT_LOST) == 1
    groups = await estate.stand.huying.house.db.read(lambda uow: uow.chats.groups("xiuyue", Audience.RESIDENTS))
    assert str(estate.group) not in [chat.external for chat in groups]


async def test_a_group_in_which_nobody_might_write_for_a_while_is_on_again_once_an_answer_arrives(
    estate: Estate,
) -> None:
    db = estate.stand.huying.house.db
    await db.run(lambda uow: membership.lost("telegram", ACCOUNT, str(estate.group), "CHAT_WRITE_FORBIDDEN", uow))
    estate.standin.say(estate.group, estate.li, estate.place())
    await estate.settled()
    assert len(estate.texts(estate.group)) == 1
    (row,) = await estate.stand.rows("SELECT active, trouble FROM chat WHERE external = ?", str(estate.group))
    assert (bool(row["active"]), row["trouble"]) == (True, "")
    estate.standin.say(estate.group, estate.li, "@huying_bot 你好")
    await estate.settled()
    assert (await estate.facts(FactKind.CHAT_LOST), await estate.facts(FactKind.CHAT_FOUND)) == (1, 1)


def changed(chat: dict[str, object], **member: object) -> Update:
    """The bot's part in a chat is another one now."""
    number = next(CHANGES)
    return Update.model_validate({"update_id": number, "my_chat_member": {"chat": chat, "new_chat_member": member}})


async def test_a_channel_to_which_somebody_adds_the_bot_is_left_alone(polled: OnTelegram) -> None:
    chat = {"id": -1_009_000_000_001, "type": "channel", "title": "频道"}
    await polled.door.handle(changed(chat, status="administrator"))
    await polled.door.handle(changed(chat, status="left"))
    assert await polled.rows("SELECT id FROM chat WHERE external = ?", str(chat["id"])) == []


async def test_whoever_is_restricted_and_not_a_member_is_not_there(estate: Estate) -> None:
    chat: dict[str, object] = {"id": estate.group, "type": "supergroup", "title": "群"}
    for there in (False, True):
        await estate.stand.door.handle(changed(chat, status="restricted", is_member=there))
        (row,) = await estate.stand.rows("SELECT active FROM chat WHERE external = ?", str(estate.group))
        assert bool(row["active"]) is there
    await estate.settled()


async def test_a_group_that_nobody_bound_is_greeted_once_and_asked_to_be_bound(polled: OnTelegram) -> None:
    estate = await settle_estate(polled, bot=False)
    estate.standin.readmit(estate.group)
    await estate.settled()
    await estate.again(2, times=3)
    (greeting,) = estate.texts(estate.group)
    assert "还没有和社区连上" in greeting
    estate.standin.say(estate.group, estate.li, estate.place())
    await estate.settled()
    assert estate.texts(estate.group) == [greeting, greeting]
    estate.standin.say(estate.group, estate.li, "今天天气真好")
    await estate.settled()
    assert len(estate.texts(estate.group)) == 2


async def test_a_code_typed_in_a_group_without_a_mention_binds_it(polled: OnTelegram) -> None:
    estate = await settle_estate(polled, bot=False)
    estate.standin.readmit(estate.group)
    await estate.settled()
    target = json.dumps({"area": "xiuyue-3", "audience": Audience.RESIDENTS, "daily": False})

    async def give(uow: Unit) -> None:
        who = await uow.registry.add_person("刘敏", Role.COMMUNITY_STAFF, "xiuyue", "xiuyue")
        await uow.logins.add(LoginKind.CHAT, "WXYZ2345", who.id, uow.now, uow.now + timedelta(hours=1), target)

    await estate.stand.huying.house.db.run(give)
    estate.standin.say(estate.group, estate.li, "绑定 WXYZ2345")
    await estate.settled()
    assert "秀月社区第三网格的居民群" in estate.texts(estate.group)[-1]


# ---- people


@pytest.mark.parametrize("noticed", [True, False], ids=["told of it", "refused"])
async def test_what_is_for_somebody_who_blocked_the_bot_is_held_until_they_come_back(
    estate: Estate, noticed: bool
) -> None:
    await estate.opens(estate.li)
    if not noticed:
        untold(estate)
    estate.standin.block(estate.li)
    told(estate)
    await estate.settled()
    await estate.notice(estate.li, "水停了")
    await estate.notice(estate.li, "水来了")
    await estate.settled()
    assert await estate.states() == {"水停了": "held", "水来了": "held"}
    estate.standin.unblock(estate.li)
    await estate.settled()
    assert await estate.states() == {"水停了": "held", "水来了": "held"}
    said = len(estate.texts(estate.li))
    estate.standin.say(estate.li, estate.li, "你好")
    await estate.settled()
    assert estate.texts(estate.li)[said:][:2] == ["水停了，已私信您。", "水来了，已私信您。"]
    assert await estate.states() == {"水停了": "sent", "水来了": "sent"}


async def test_who_never_opened_a_chat_is_given_the_link_and_told_when_they_did(estate: Estate) -> None:
    estate.standin.say(estate.group, estate.sun, "@huying_bot 积分")
    await estate.settled()
    (here,) = estate.texts(estate.group)
    assert here.startswith("孙")
    assert here.endswith("https://t.me/huying_bot?start=hello")
    sql = "SELECT state, reply FROM outgoing WHERE person_id = (SELECT person_id FROM identity WHERE external = ?)"
    assert [row["state"] for row in await estate.stand.rows(sql, str(estate.sun))] == ["held"]
    assert estate.calls("sendMessage")[-1].params["chat_id"] == estate.group
    estate.standin.start(estate.sun, "hello")
    await estate.settled()
    balance, help_ = estate.texts(estate.sun)
    assert "积分" in balance
    assert "报事" in help_
    assert {row["state"] for row in await estate.stand.rows(sql, str(estate.sun))} == {"sent"}
    estate.standin.say(estate.group, estate.sun, "@huying_bot 积分")
    await estate.settled()
    assert "已私信您" in estate.texts(estate.group)[-1]


async def test_who_is_known_but_whose_chat_was_never_opened_is_not_lost_by_a_refusal(estate: Estate) -> None:
    """The house thinks that it may speak to them; the platform knows better."""
    await estate.stand.huying.house.db.run(
        lambda uow: uow.registry.register_resident(
            "telegram", ACCOUNT, str(estate.sun), "孙大爷", "xiuyue-3", "xiuyue", str(estate.sun)
        )
    )
    await estate.notice(estate.sun, "水停了")
    await estate.settled()
    assert await estate.states() == {"水停了": "held"}
    estate.standin.start(estate.sun)
    await estate.settled()
    assert await estate.states() == {"水停了": "sent"}


# ---- the platform itself


async def test_two_pollers_end_each_others_polls_and_nothing_is_lost_or_done_twice(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram, "LONGEST_RETRY_S", 0.02)
    api = f"{estate.stand.huying.house.settings.telegram_api}/bot{estate.standin.token}/getUpdates"
    for _ in range(3):
        await estate.standin.until(lambda: estate.standin.polling)
        async with estate.stand.client.post(api, json={"timeout": 0}) as answer:
            assert answer.status == 200
    conflicts = [call for call in estate.standin.calls if call.method == "getUpdates" and call.status == 409]
    assert len(conflicts) >= 3
    estate.standin.say(estate.group, estate.li, estate.place())
    await estate.settled()
    assert len(estate.texts(estate.group)) == 1


@pytest.mark.parametrize("fault", ["500", "502", "cut", "429"])
async def test_updates_come_through_when_the_platform_was_away_in_between(
    estate: Estate, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram, "RETRY_S", 0.01)
    await estate.standin.until(lambda: estate.standin.polling)
    estate.standin.faults.next(fault, "getUpdates", times=3)
    estate.standin.say(estate.group, estate.sun, "今天天气真好")  # ends the poll that waits
    estate.standin.say(estate.group, estate.li, estate.place())
    await estate.standin.until(lambda: not estate.standin.faults.waiting)
    await estate.settled()
    assert len(estate.texts(estate.group)) == 1


async def test_what_comes_while_the_database_takes_nothing_is_kept_until_it_does(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(telegram, "RETRY_S", 0.01)
    db, full = estate.stand.huying.house.db, ("inbox", "pace")

    async def fill(uow: Unit) -> None:
        for table in full:
            await uow.session.all(
                f"CREATE TRIGGER full_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )

    async def free(uow: Unit) -> None:
        for table in full:
            await uow.session.all(f"DROP TRIGGER full_{table}")

    await db.run(fill)
    estate.standin.say(estate.group, estate.li, estate.place())
    polls = len([call for call in estate.standin.calls if call.method == "getUpdates"])
    await estate.standin.until(
        lambda: len([call for call in estate.standin.calls if call.method == "getUpdates"]) > polls + 2 * telegram.TRIES
    )
    await db.run(free)
    await estate.settled()
    assert len(estate.texts(estate.group)) == 1


async def test_a_service_that_starts_while_the_platform_is_away_opens_its_door_when_that_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram, "RETRY_S", 0.02)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clock, api = Clock(), f"http://127.0.0.1:{port}"
    standin = StandIn(now=clock.now)
    standin.add_user(7, "李秀兰")
    standin.start(7)
    settings = Settings(data=tmp_path / "data", port=0, telegram_token=standin.token, telegram_api=api)  # type: ignore[arg-type]
    async with open_huying(settings, loops=False, clock=clock) as huying, serving(huying):
        assert huying.telegram is not None
        db, delivery = huying.house.db, huying.house.delivery

        async def known(uow: Unit) -> None:
            person = await uow.registry.register_resident("telegram", ACCOUNT, "7", "李秀兰", "xiuyue-3", "xiuyue", "7")
            await uow.outgoing.add(Outgoing("test:away", Reply("thanks"), person=person.id))

        await db.run(known)
        await delivery.send_due()
        (row,) = await db.read(
            lambda uow: uow.session.all("SELECT state, attempts FROM outgoing WHERE key = 'test:away'")
        )
        assert (row["state"], row["attempts"]) == (OutgoingState.WAITING, 1)  # nothing was sent, and it is known
        assert not huying.telegram.opened.is_set()
        async with standin.serving(port=port):
            async with asyncio.timeout(5):
                await huying.telegram.opened.wait()
            await standin.until(lambda: not standin.world.updates.pending)
            await clock.set(clock.now() + backoff(1))
            while await delivery.send_due():
                pass
            texts = [seen.text for seen in standin.messages(7) if seen.sender.bot]
            assert len(texts) == 2
            assert standin.commands.keys() == {"all_private_chats", "all_group_chats"}


async def test_topics_move_with_their_group(polled: OnTelegram) -> None:
    """A chat of the house that is a topic of a group keeps its place when the group has another id."""
    estate = await settle_estate(polled, supergroup=False)
    db = polled.huying.house.db
    topic = f"{estate.group}/42"
    await db.run(
        lambda uow: uow.registry.add_chat(
            "telegram", ACCOUNT, topic, ChatKind.TOPIC, Audience.RESIDENTS, "xiuyue-3", "xiuyue", "话题"
        )
    )
    new = estate.standin.migrate(estate.group)
    await estate.settled()
    externals = {
        row["external"] for row in await polled.rows("SELECT external FROM chat WHERE external LIKE ?", f"{new}%")
    }
    assert externals == {str(new), f"{new}/42"}
