"""Messages, presses and polls: once each, in order, and the same answer for the same id."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bots.channel import Rendered, TransportError
from core.messages import Incoming, Press

if TYPE_CHECKING:
    from tests.bots.conftest import Stand

SAID = Rendered("办好了", "handled", {"serial": 7}, (("a", "好"),), ())


async def test_the_same_id_with_another_body_is_a_conflict(stand: Stand) -> None:
    await stand.say("报事 门口垃圾", message_id="m-1")
    assert await stand.say("报事 楼道灯坏", 409, message_id="m-1") == "other_body"
    photo = base64.b64encode(b"photo").decode()
    assert await stand.say("报事 门口垃圾", 409, message_id="m-1", photos=[photo]) == "other_body"
    assert len(stand.bot.heard) == 1
    assert len(await stand.messages()) == 2


async def test_the_same_press_id_for_another_choice_is_a_conflict(stand: Stand) -> None:
    question = (await stand.say("报事 门口垃圾"))["replies"][0]["id"]
    await stand.press(question, "yes", press_id="p-1")
    assert await stand.press(question, "no", 409, press_id="p-1") == "other_body"
    assert len(stand.bot.heard) == 2


async def test_a_retry_gets_the_same_answer_and_has_no_second_effect(stand: Stand) -> None:
    photo = base64.b64encode(b"photo").decode()
    first = await stand.say("报事 门口垃圾", message_id="m-1", photos=[photo])
    second = await stand.say("报事 门口垃圾", message_id="m-1", photos=[photo])
    assert first == second
    assert first["message_id"] == "m-1"
    assert len(stand.bot.heard) == 1
    assert len(await stand.messages()) == 2


async def test_two_at_once_with_the_same_id_cause_one_answer(stand: Stand) -> None:
    answers = await asyncio.gather(*(stand.say("报事 门口垃圾", message_id="m-1") for _ in range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert len(stand.bot.heard) == 1
    assert [one["seq"] for one in await stand.messages()] == [1, 2]


async def test_two_at_once_with_the_same_id_and_other_bodies_leave_one_message(stand: Stand) -> None:
    posts = [
        stand.client.post(
            "/practice/api/messages",
            json={"chat": "group", "sender": "li-xiulan", "text": f"报事 {n}", "message_id": "m-1"},
        )
        for n in range(2)
    ]
    assert sorted(answer.status for answer in await asyncio.gather(*posts)) == [200, 409]
    assert len(await stand.messages()) == 2


async def test_two_people_may_use_the_same_id_in_one_chat(stand: Stand) -> None:
    await stand.say("报事 门口垃圾", message_id="m-1")
    await stand.say("报事 楼道灯坏", message_id="m-1", sender="sun-daye")
    assert len({incoming.message_id for incoming in stand.bot.heard}) == 2


async def test_without_an_id_the_same_words_are_two_messages(stand: Stand) -> None:
    first, second = await stand.say("好的"), await stand.say("好的")
    assert first["message_id"] != second["message_id"]
    assert len(stand.bot.heard) == 2


async def test_a_message_not_for_the_bot_is_shown_in_its_chat_and_answered_by_nothing(stand: Stand) -> None:
    answer = await stand.say("明天谁去早市", message_id="m-1")
    assert answer == {"message_id": "m-1", "replies": []}
    assert await stand.messages() == [
        {
            "seq": 1,
            "id": "m-1",
            "chat": "group",
            "sender": "li-xiulan",
            "text": "明天谁去早市",
            "key": "",
            "params": {},
            "images": [],
            "choices": [],
            "at": "2026-11-23T09:30:00+08:00",
        }
    ]


async def test_an_answer_carries_its_key_params_and_choices_and_stands_in_the_chat(stand: Stand) -> None:
    reply = (await stand.say("报事 门口垃圾"))["replies"][0]
    assert reply == {
        "seq": 2,
        "id": "bot-1",
        "chat": "group",
        "sender": "bot",
        "text": "已登记 编号7",
        "key": "reported",
        "params": {"serial": 7},
        "images": [],
        "choices": [{"id": "yes", "label": "是，合并"}, {"id": "no", "label": "不是"}],
        "at": "2026-11-23T09:30:00+08:00",
    }
    assert (await stand.messages())[1] == reply
    assert stand.bot.receipts == {1: "bot-1"}


async def test_the_bot_hears_who_spoke_where_and_whether_it_was_mentioned(stand: Stand) -> None:
    await stand.say("小应 在吗")
    await stand.say("请问@小应 门口垃圾", chat="direct:li-xiulan")
    first, second = stand.bot.heard
    assert (first.channel, first.account, first.chat, first.sender) == ("practice", "practice", "group", "li-xiulan")
    assert (first.mentions_bot, second.mentions_bot) == (False, True)
    assert second.chat == "direct:li-xiulan"


async def test_an_answer_to_the_bots_message_names_its_outgoing_row(stand: Stand) -> None:
    await stand.say("早上好", message_id="m-1")
    reply = (await stand.say("报事 门口垃圾"))["replies"][0]["id"]
    await stand.say("5", reply_to=reply)
    await stand.say("早", reply_to="m-1")
    assert [incoming.reply_to for incoming in stand.bot.heard] == [None, None, 1, None]


async def test_a_person_cannot_pass_a_message_off_as_the_bots(stand: Stand) -> None:
    await stand.say("你好", message_id="bot-1")
    await stand.say("报事 门口垃圾")
    await stand.say("5", reply_to="bot-1")
    assert stand.bot.heard[-1].reply_to == 1


async def test_a_press_names_the_row_and_the_choice_and_shows_no_message_of_its_own(stand: Stand) -> None:
    question = (await stand.say("报事 门口垃圾"))["replies"][0]["id"]
    answer = await stand.press(question, "no", sender="sun-daye", press_id="p-1")
    heard = stand.bot.heard[1]
    assert (heard.press, heard.sender, heard.message_id, heard.text) == (Press(1, "no"), "sun-daye", "press:p-1", "")
    assert [reply["seq"] for reply in answer["replies"]] == [3]
    assert await stand.press(question, "no", sender="sun-daye", press_id="p-1") == answer
    assert len(stand.bot.heard) == 2


async def test_seq_rises_by_chat_from_one_with_many_talking_at_once(stand: Stand) -> None:
    await asyncio.gather(
        *(stand.say(f"报事 {n}", chat=chat) for n in range(20) for chat in ("group", "direct:li-xiulan"))
    )
    for chat in ("group", "direct:li-xiulan"):
        assert [one["seq"] for one in await stand.messages(chat)] == list(range(1, 41))


async def test_an_outgoing_row_is_shown_once_however_often_it_is_delivered(stand: Stand) -> None:
    receipts = await asyncio.gather(*(stand.room.deliver(5, "group", SAID) for _ in range(5)))
    assert set(receipts) == {("bot-5",)}
    assert len(await stand.messages()) == 1
    assert await stand.room.was_delivered(5) == "bot-5"
    assert await stand.room.was_delivered(6) is None
    assert stand.room.capabilities.can_tell


async def test_what_the_loop_delivered_first_is_still_the_answer(stand: Stand) -> None:
    await stand.room.deliver(1, "group", SAID)
    answer = await stand.say("报事 门口垃圾")
    assert [(reply["id"], reply["text"]) for reply in answer["replies"]] == [("bot-1", "办好了")]


async def test_a_delivery_to_an_unknown_chat_fails_for_good(stand: Stand) -> None:
    with pytest.raises(TransportError) as caught:
        await stand.room.deliver(5, "nowhere", SAID)
    assert caught.value.permanent
    assert await stand.room.was_delivered(5) is None


async def test_a_poll_wakes_for_a_persons_message_and_for_the_bots(stand: Stand) -> None:
    async with asyncio.timeout(20):
        poll = asyncio.create_task(stand.get("/practice/api/chats/group/messages?after=0&wait=30"))
        await stand.say("明天谁去早市")
        assert [one["seq"] for one in (await poll)["messages"]] == [1]
        poll = asyncio.create_task(stand.get("/practice/api/chats/group/messages?after=1&wait=30"))
        await stand.room.deliver(5, "group", SAID)
        assert [one["id"] for one in (await poll)["messages"]] == ["bot-5"]


async def test_a_poll_is_not_woken_by_another_chat_and_ends_empty(stand: Stand) -> None:
    poll = asyncio.create_task(stand.get("/practice/api/chats/group/messages?wait=0.2"))
    await stand.say("你好", chat="direct:li-xiulan")
    assert (await poll) == {"messages": []}


async def test_every_poll_ends_when_the_server_stops(stand: Stand) -> None:
    async with asyncio.timeout(20):
        polls = [asyncio.create_task(stand.room.messages("group", 0, timedelta(seconds=30))) for _ in range(3)]
        stand.room.stop_polls()
        assert await asyncio.gather(*polls) == [(), (), ()]


async def test_a_poll_gives_at_most_200_messages_the_oldest_first(stand: Stand) -> None:
    for row in range(1, 203):
        await stand.room.deliver(row, "group", SAID)
    assert [one["seq"] for one in await stand.messages()] == list(range(1, 201))
    assert [one["seq"] for one in await stand.messages(after=200)] == [201, 202]


async def test_a_client_that_leaves_does_not_stop_the_answer(stand: Stand) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    answer = stand.bot.answer

    async def slow(incoming: Incoming) -> object:
        entered.set()
        await leave.wait()
        return await answer(incoming)

    stand.bot.answer = slow  # type: ignore[method-assign, assignment]
    body = {"chat": "group", "sender": "li-xiulan", "text": "报事 门口垃圾", "message_id": "m-1"}
    gone = asyncio.create_task(stand.client.post("/practice/api/messages", json=body))
    await entered.wait()
    gone.cancel()
    leave.set()
    assert len((await stand.say("报事 门口垃圾", message_id="m-1"))["replies"]) == 1
    assert len(stand.bot.heard) == 1


async def test_people_chats_events_and_the_newest_messages_can_be_read(stand: Stand) -> None:
    people = await stand.get("/practice/api/people")
    assert people[0] == {"id": "li-xiulan", "name": "李秀兰", "role": "resident", "area": "xiuyue-3"}
    chats = await stand.get("/practice/api/chats")
    assert chats[0] == {
        "id": "group",
        "kind": "group",
        "title": "秀月三网格居民群",
        "audience": "residents",
        "area": "xiuyue-3",
        "members": ["li-xiulan", "sun-daye"],
    }
    assert chats[2]["id"] == "direct:li-xiulan"
    assert await stand.get("/practice/api/events?person=sun-daye") == {"events": [{"person": "sun-daye"}]}
    reply = (await stand.say("报事 门口垃圾"))["replies"][0]
    latest = (await stand.get("/practice/api/latest"))["chats"]
    assert latest["group"] == {"seq": 2, "message": reply}
    assert latest["staff"] == {"seq": 0, "message": None}
