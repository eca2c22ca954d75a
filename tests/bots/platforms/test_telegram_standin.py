"""The Bot API as bare HTTP: updates, messages, albums, topics and files."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from bots.practice.platforms.telegram import Button
from bots.practice.platforms.telegram.pictures import size_of
from tests.bots.platforms.conftest import FORUM, GROUP, LI, SMALL_GROUP, SUN, Clock, Stand, make_standin, png


def button(text: str, **what: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": text, **what}]]}


async def test_a_wrong_token_and_an_unknown_method_are_refused_as_telegram_does(stand: Stand) -> None:
    assert await stand.refused("getMe", token="100200300:other") == (401, "Unauthorized")
    assert await stand.refused("getMe", token="nonsense") == (404, "Not Found")
    assert await stand.refused("makeCoffee") == (404, "Not Found")
    assert [call.status for call in stand.standin.calls] == [401, 404, 404]
    assert not any(call.delivered for call in stand.standin.calls)


async def test_methods_are_found_in_any_case_and_by_get_with_a_query(stand: Stand) -> None:
    assert (await stand.get(f"/bot{stand.standin.token}/GETME"))["result"]["username"] == "huying_bot"
    stand.standin.start(LI)
    told = await stand.get(f"/bot{stand.standin.token}/sendMessage?chat_id={LI}&text=好")
    assert told["result"]["text"] == "好"
    assert [call.method for call in stand.standin.calls] == ["getMe", "sendMessage"]


async def test_nothing_is_said_to_a_person_who_never_opened_the_chat(stand: Stand) -> None:
    expected = (403, "Forbidden: bot can't initiate conversation with a user")
    assert await stand.refused("sendMessage", chat_id=LI, text="您好") == expected
    assert stand.standin.messages(LI) == ()
    stand.standin.start(LI)
    await stand.ok("sendMessage", chat_id=LI, text="您好")
    assert [seen.text for seen in stand.standin.messages(LI)] == ["/start", "您好"]


async def test_chats_and_messages_that_are_not_there_are_refused(stand: Stand) -> None:
    stand.standin.start(LI)
    own = await stand.ok("sendMessage", chat_id=LI, text="好")
    for method, params, text in (
        ("sendMessage", {"text": "好"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": -1, "text": "好"}, "chat not found"),
        ("sendMessage", {"chat_id": LI, "text": " \n "}, "message text is empty"),
        ("sendMessage", {"chat_id": LI, "text": "好", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ("sendMessage", {"chat_id": FORUM, "text": "好", "message_thread_id": 99}, "message thread not found"),
        ("editMessageText", {"chat_id": LI, "message_id": 99, "text": "好"}, "message to edit not found"),
        ("editMessageText", {"chat_id": LI, "message_id": 1, "text": "好"}, "message can't be edited"),
        ("editMessageCaption", {"chat_id": LI, "message_id": own["message_id"]}, "there is no caption in the message to edit"),
        ("deleteMessage", {"chat_id": LI, "message_id": 99}, "message to delete not found"),
        ("sendChatAction", {"chat_id": LI, "action": "dancing"}, "wrong parameter action in request"),
        ("sendPhoto", {"chat_id": LI}, "there is no photo in the request"),
        ("sendPhoto", {"chat_id": LI, "photo": "https://example.com/a.png"}, "failed to get HTTP URL content"),
        ("sendMessage", {"chat_id": LI, "text": "<b>好</b>", "parse_mode": "HTML"}, "unsupported parse_mode"),
        ("sendMessage", {"chat_id": LI, "text": "好", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ("getFile", {"file_id": "none"}, "invalid file_id"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old and response timeout expired or query ID is invalid"),
    ):  # fmt: skip
        assert await stand.refused(method, **params) == (400, f"Bad Request: {text}")
    assert [seen.text for seen in stand.standin.messages(LI)] == ["/start", "好"]


async def test_an_update_comes_again_until_it_is_confirmed(stand: Stand) -> None:
    stand.standin.start(LI, "abc")
    stand.standin.say(LI, LI, "路灯坏了")
    first, second = await stand.ok("getUpdates")
    assert (first["message"]["text"], second["message"]["text"]) == ("/start abc", "路灯坏了")
    assert second["update_id"] == first["update_id"] + 1
    assert await stand.ok("getUpdates", limit=1) == [first]
    assert await stand.ok("getUpdates", offset=second["update_id"]) == [second]
    assert await stand.ok("getUpdates", offset=-1) == [second]
    assert await stand.ok("getUpdates", offset=second["update_id"] + 1) == []
    assert stand.standin.updates == (first, second)


async def test_a_long_poll_ends_with_the_first_message(stand: Stand) -> None:
    poll = asyncio.create_task(stand.updates(timeout=30))
    await stand.standin.until(lambda: stand.standin.polling)
    stand.standin.say(GROUP, SUN, "你好")
    (update,) = await asyncio.wait_for(poll, 5)
    assert update["message"]["from"] == {
        "id": SUN,
        "is_bot": False,
        "first_name": "孙大爷",
        "username": "sun_daye",
        "language_code": "zh-hans",
    }
    assert update["message"]["chat"] == {"id": GROUP, "type": "supergroup", "title": "居民群"}
    assert update["message"]["date"] == int(stand.clock.at.timestamp())


async def test_a_poll_without_news_ends_when_its_time_is_up(stand: Stand) -> None:
    assert await stand.ok("getUpdates", timeout=0) == []


async def test_only_the_kinds_asked_for_are_made_from_then_on(stand: Stand) -> None:
    await stand.ok("getUpdates", allowed_updates=["message"])
    stand.standin.start(LI)
    stand.standin.block(LI)
    assert [list(update)[1] for update in await stand.updates(allowed_updates=json.dumps([]))] == ["message"]
    stand.standin.unblock(LI)
    assert [list(update)[1] for update in await stand.updates()] == ["my_chat_member"]


async def test_entities_are_counted_in_utf16_units_and_end_where_a_word_ends(stand: Stand) -> None:
    stand.standin.say(GROUP, LI, "😀 /report@huying_bot @sun_daye https://a.cn/x。#路灯")
    message = await stand.update()
    coded = message["text"].encode("utf-16-le")
    found = {
        one["type"]: coded[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le")
        for one in message["entities"]
    }
    assert found == {
        "bot_command": "/report@huying_bot",
        "mention": "@sun_daye",
        "url": "https://a.cn/x",
        "hashtag": "#路灯",
    }
    stand.standin.say(GROUP, LI, "/help我 @huying_bot你好")
    assert "entities" not in await stand.update()


async def test_a_sent_message_is_answered_in_full_and_is_no_update(stand: Stand) -> None:
    (asked,) = stand.standin.say(GROUP, LI, "路灯坏了")
    stand.clock.move(5)
    markup = button("看看", url="https://a.cn/1")
    sent = await stand.ok(
        "sendMessage", chat_id=GROUP, text=" 收到 \n", reply_parameters={"message_id": asked}, reply_markup=markup
    )
    assert (sent["text"], sent["from"]["is_bot"], sent["reply_markup"]) == ("收到", True, markup)
    assert sent["reply_to_message"]["text"] == "路灯坏了"
    assert [update["message"]["text"] for update in await stand.updates()] == ["路灯坏了"]
    seen = stand.standin.messages(GROUP)[-1]
    assert (seen.text, seen.reply_to, seen.at, seen.sender.bot) == ("收到", asked, stand.clock.at, True)
    assert seen.buttons == ((Button("看看", None, "https://a.cn/1"),),)


async def test_a_form_and_json_say_the_same(stand: Stand) -> None:
    stand.standin.start(LI)
    markup = button("好", callback_data="yes")
    first = await stand.ok("sendMessage", chat_id=LI, text="一", reply_markup=markup)
    second = await stand.ok("sendMessage", {"chat_id": str(LI), "text": "一", "reply_markup": json.dumps(markup)})
    assert {**first, "message_id": 0} == {**second, "message_id": 0}
    assert stand.standin.calls[-1].params["reply_markup"] == markup


async def test_supergroups_count_their_messages_apart_and_private_chats_and_small_groups_together(stand: Stand) -> None:
    stand.standin.start(LI)
    stand.standin.start(SUN)
    assert stand.standin.say(LI, LI, "三") == (3,)
    assert stand.standin.say(SMALL_GROUP, LI, "四") == (4,)
    assert stand.standin.say(GROUP, LI, "一") == (1,)
    assert stand.standin.say(FORUM, LI, "一") == (1,)


async def test_photos_come_in_two_sizes_of_which_the_last_is_the_picture(stand: Stand) -> None:
    picture = png(1200, 900)
    stand.standin.say(LI, LI, "看这里", photos=[picture])
    message = await stand.update()
    small, full = message["photo"]
    assert message["caption"] == "看这里"
    assert (full["width"], full["height"], full["file_size"]) == (1200, 900, len(picture))
    assert (small["width"], small["height"]) == (90, 68)
    file = await stand.ok("getFile", file_id=full["file_id"])
    async with stand.client.get(f"{stand.url}/file/bot{stand.standin.token}/{file['file_path']}") as answer:
        assert await answer.read() == picture
    assert stand.standin.photo(small["file_id"]) != picture


async def test_a_file_is_not_given_to_a_wrong_token_or_by_a_wrong_path(stand: Stand) -> None:
    stand.standin.say(LI, LI, photos=[png()])
    assert (await stand.get(f"/file/bot{stand.standin.token}/photos/none.jpg", 404))["description"] == "Not Found"
    assert (await stand.get("/file/bot1:other/photos/file_2.jpg", 401))["description"] == "Unauthorized"


async def test_several_photos_are_an_album_with_the_words_on_the_first(stand: Stand) -> None:
    ids = stand.standin.say(GROUP, LI, "三张", photos=[png(shade=n) for n in range(3)])
    messages = [update["message"] for update in await stand.updates()]
    assert [message["message_id"] for message in messages] == list(ids)
    assert [message.get("caption") for message in messages] == ["三张", None, None]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert len({seen.album for seen in stand.standin.messages(GROUP)}) == 1
    stand.standin.say(GROUP, LI, photos=[png(), png()])
    assert (await stand.updates())[0]["message"]["media_group_id"] != messages[0]["media_group_id"]


async def test_the_bot_sends_a_photo_an_album_and_a_document_in_multipart(stand: Stand) -> None:
    form = aiohttp.FormData({"chat_id": str(GROUP), "caption": "一张"})
    form.add_field("photo", png(40, 30), filename="a.png")
    sent = await stand.ok("sendPhoto", form)
    assert (sent["photo"][-1]["width"], sent["caption"]) == (40, "一张")
    media = [
        {"type": "photo", "media": "attach://b", "caption": "二"},
        {"type": "photo", "media": sent["photo"][-1]["file_id"]},
    ]
    form = aiohttp.FormData({"chat_id": str(GROUP), "media": json.dumps(media)})
    form.add_field("b", png(50, 60), filename="b.png")
    album = await stand.ok("sendMediaGroup", form)
    assert [one["photo"][-1]["width"] for one in album] == [50, 40]
    assert len({one["media_group_id"] for one in album}) == 1
    form = aiohttp.FormData({"chat_id": str(GROUP)}, quote_fields=False)
    form.add_field("document", b"a,b", filename="清单.csv", content_type="text/csv")
    document = (await stand.ok("sendDocument", form))["document"]
    assert (document["file_name"], document["file_size"]) == ("清单.csv", 3)
    assert stand.standin.calls[-1].params == {"chat_id": str(GROUP), "document": {"name": "清单.csv", "bytes": 3}}
    assert [(seen.text, len(seen.photos), seen.kind) for seen in stand.standin.messages(GROUP)] == [
        ("一张", 1, ""),
        ("二", 1, ""),
        ("", 1, ""),
        ("", 0, "document"),
    ]
    assert stand.standin.photo(stand.standin.messages(GROUP)[0].photos[0]) == png(40, 30)


@pytest.mark.parametrize("kind", ["voice", "video", "sticker", "location", "document", "contact", "poll"])
async def test_every_other_kind_of_message_reaches_the_bot(stand: Stand, kind: str) -> None:
    stand.standin.say(LI, LI, "看", kind=kind)
    assert kind in await stand.update()
    assert [seen.kind for seen in stand.standin.messages(LI)] == [kind]


async def test_a_topic_has_a_thread_that_messages_and_answers_keep(stand: Stand) -> None:
    thread = stand.standin.add_topic(FORUM, "停车")
    opened = await stand.update()
    assert (opened["message_id"], opened["message_thread_id"], opened["chat"]["is_forum"]) == (thread, thread, True)
    (asked,) = stand.standin.say(FORUM, LI, "没地方停", thread=thread)
    message = await stand.update()
    assert (message["message_thread_id"], message["is_topic_message"]) == (thread, True)
    # Telegram's own oddity: what answers nothing in a topic answers the topic's beginning.
    assert message["reply_to_message"]["forum_topic_created"]["name"] == "停车"
    sent = await stand.ok("sendMessage", chat_id=FORUM, text="收到", message_thread_id=thread)
    answered = await stand.ok("sendMessage", chat_id=FORUM, text="收到", reply_parameters={"message_id": asked})
    assert sent["message_thread_id"] == answered["message_thread_id"] == thread
    assert [(seen.thread, seen.reply_to) for seen in stand.standin.messages(FORUM)] == [
        (thread, None),
        (thread, None),
        (thread, None),
        (thread, asked),
    ]


async def test_an_answer_outside_a_topic_has_a_thread_to_which_nothing_can_be_sent(stand: Stand) -> None:
    (first,) = stand.standin.say(GROUP, LI, "路灯坏了")
    stand.standin.say(GROUP, SUN, "我也看见了", reply_to=first)
    message = (await stand.updates())[-1]["message"]
    assert (message["message_thread_id"], "is_topic_message" in message) == (first, False)
    assert await stand.refused("sendMessage", chat_id=GROUP, text="好", message_thread_id=first) == (
        400,
        "Bad Request: message thread not found",
    )


def test_the_clock_and_the_seed_make_the_same_world_again() -> None:
    worlds = [make_standin(Clock()) for _ in range(2)]
    for world in worlds:
        world.start(LI)
        world.say(GROUP, SUN, "看", photos=[png(), png()])
    assert worlds[0].updates == worlds[1].updates
    assert len(worlds[0].updates) == 3


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (png(12, 34), (12, 34)),
        (b"GIF89a\x0c\x00\x22\x00", (12, 34)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x22\x00\x0c", (12, 34)),
        (b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x0b\x00\x00\x21\x00\x00", (12, 34)),
        (b"\xff\xd8\xff\xe0\x00", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"", None),
        (b"words", None),
    ],
)
def test_the_sides_of_a_picture_are_read_from_its_head(content: bytes, size: tuple[int, int] | None) -> None:
    assert size_of(content) == size
