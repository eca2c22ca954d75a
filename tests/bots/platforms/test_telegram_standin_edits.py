"""Messages that change: edits, deletions, buttons and presses; and the commands a bot offers."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from bots.practice.platforms.telegram import Misuse
from tests.bots.platforms.conftest import GROUP, LI, STRANGER, SUN, Stand, png


def button(text: str, **what: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": text, **what}]]}


async def test_an_edit_by_a_person_is_an_update_and_rises_in_the_chat(stand: Stand) -> None:
    (first,) = stand.standin.say(GROUP, LI, "三号楼")
    stand.standin.say(GROUP, SUN, "哪里")
    stand.clock.move(60)
    stand.standin.say(GROUP, LI, "五号楼", edit=first)
    update = (await stand.updates())[-1]["edited_message"]
    assert (update["message_id"], update["text"], update["edit_date"] - update["date"]) == (first, "五号楼", 60)
    assert [(seen.seq, seen.text, seen.edited) for seen in stand.standin.messages(GROUP, after=1)] == [
        (2, "哪里", False),
        (3, "五号楼", True),
    ]
    for user, text in ((SUN, "六号楼"), (LI, " "), (LI, "a" * 4097)):
        with pytest.raises(Misuse):
            stand.standin.say(GROUP, user, text, edit=first)
    assert len(stand.standin.updates) == 3


async def test_the_bot_edits_words_and_buttons_but_not_to_the_same(stand: Stand) -> None:
    stand.standin.start(LI)
    sent = await stand.ok("sendMessage", chat_id=LI, text="办好了吗", reply_markup=button("好", callback_data="y"))
    where = {"chat_id": LI, "message_id": sent["message_id"]}
    same = (
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message",
    )
    markup = button("好", callback_data="y")
    assert await stand.refused("editMessageText", **where, text="办好了吗", reply_markup=markup) == same
    assert await stand.refused("editMessageReplyMarkup", **where, reply_markup=markup) == same
    edited = await stand.ok("editMessageText", **where, text="办好了")
    assert ("reply_markup" in edited, edited["text"]) == (False, "办好了")
    assert await stand.refused("editMessageText", **where, text="办好了") == same
    seen = stand.standin.messages(LI)[-1]
    assert (seen.text, seen.edited, seen.buttons) == ("办好了", True, ())


async def test_the_bot_edits_a_caption_and_not_the_text_of_a_photo(stand: Stand) -> None:
    form = aiohttp.FormData({"chat_id": str(GROUP), "caption": "一"})
    form.add_field("photo", png(), filename="a.png")
    where = {"chat_id": GROUP, "message_id": (await stand.ok("sendPhoto", form))["message_id"]}
    assert await stand.refused("editMessageText", **where, text="二") == (
        400,
        "Bad Request: there is no text in the message to edit",
    )
    assert (await stand.ok("editMessageCaption", **where, caption="二"))["caption"] == "二"
    assert "caption" not in await stand.ok("editMessageCaption", **where)


async def test_a_deleted_message_is_gone_for_the_bot_and_a_gap_for_people(stand: Stand) -> None:
    stand.standin.start(LI)
    sent = await stand.ok("sendMessage", chat_id=LI, text="错了")
    (theirs,) = stand.standin.say(GROUP, LI, "我的")
    assert await stand.refused("deleteMessage", chat_id=GROUP, message_id=theirs) == (
        400,
        "Bad Request: message can't be deleted",
    )
    assert await stand.ok("deleteMessage", chat_id=LI, message_id=sent["message_id"])
    assert await stand.refused("deleteMessage", chat_id=LI, message_id=sent["message_id"]) == (
        400,
        "Bad Request: message to delete not found",
    )
    seen = stand.standin.messages(LI)[-1]
    assert (seen.kind, seen.text) == ("deleted", "")
    old = await stand.ok("sendMessage", chat_id=LI, text="旧")
    stand.clock.move(48 * 3600 + 1)
    assert await stand.refused("deleteMessage", chat_id=LI, message_id=old["message_id"]) == (
        400,
        "Bad Request: message can't be deleted for everyone",
    )


async def test_a_press_is_told_with_its_message_and_answered_in_time(stand: Stand) -> None:
    sent = await stand.ok("sendMessage", chat_id=GROUP, text="谁来", reply_markup=button("我来", callback_data="take"))
    query = stand.standin.press(GROUP, SUN, sent["message_id"], "take")
    (update,) = await stand.updates()
    told = update["callback_query"]
    assert (told["id"], told["data"], told["from"]["id"], told["message"]["text"]) == (query, "take", SUN, "谁来")
    assert stand.standin.told(query) is None
    assert await stand.ok("answerCallbackQuery", callback_query_id=query, text="谢谢", show_alert=True)
    assert stand.standin.told(query) == {"text": "谢谢", "show_alert": True}
    late = stand.standin.press(GROUP, SUN, sent["message_id"], "take")
    stand.clock.move(16)
    assert (await stand.refused("answerCallbackQuery", callback_query_id=late))[1].startswith(
        "Bad Request: query is too old"
    )


async def test_only_a_button_that_is_there_can_be_pressed_but_a_forger_can_send_anything(stand: Stand) -> None:
    sent = await stand.ok("sendMessage", chat_id=GROUP, text="谁来", reply_markup=button("我来", callback_data="take"))
    where = (GROUP, SUN, sent["message_id"])
    for chat, user, message, data in ((*where, "other"), (GROUP, STRANGER, where[2], "take"), (GROUP, SUN, 99, "take")):
        with pytest.raises(Misuse):
            stand.standin.press(chat, user, message, data)
    assert await stand.updates() == []
    stand.standin.forge_press(*where, "other")
    stand.standin.forge_press(GROUP, SUN, 99, "take")
    forged, of_nothing = await stand.updates()
    assert forged["callback_query"]["data"] == "other"
    assert of_nothing["callback_query"]["message"] == {
        "chat": {"id": GROUP, "type": "supergroup", "title": "居民群"},
        "message_id": 99,
        "date": 0,
    }


async def test_buttons_that_telegram_refuses_are_refused(stand: Stand) -> None:
    broken = "Bad Request: can't parse inline keyboard button: "
    for what, text in (
        ({}, broken + "Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": ""}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"callback_data": "好" * 22}, "Bad Request: BUTTON_DATA_INVALID"),
        (
            {"url": "http://localhost:8080/a"},
            "Bad Request: inline keyboard button URL 'http://localhost:8080/a' is invalid: Wrong HTTP URL",
        ),
    ):
        markup = button("好", **what)
        assert await stand.refused("sendMessage", chat_id=GROUP, text="好", reply_markup=markup) == (400, text)
    await stand.ok("sendMessage", chat_id=GROUP, text="好", reply_markup=button("好", callback_data="好" * 21))
    many = {"inline_keyboard": [[{"text": "好", "callback_data": "x"}]] * 101}
    assert await stand.refused("sendMessage", chat_id=GROUP, text="好", reply_markup=many) == (
        400,
        "Bad Request: reply markup is too long",
    )


async def test_commands_are_kept_by_scope_and_language(stand: Stand) -> None:
    commands = [{"command": "report", "description": "报事"}]
    await stand.ok("setMyCommands", commands=commands)
    scope = {"type": "chat", "chat_id": GROUP}
    await stand.ok("setMyCommands", commands=[], scope=json.dumps(scope), language_code="zh")
    assert stand.standin.commands == {"default": commands, f"chat:{GROUP}/zh": []}
    assert await stand.ok("getMyCommands") == commands
    await stand.ok("deleteMyCommands")
    assert await stand.ok("getMyCommands") == []
    for wrong, text in (
        ({"command": "报事", "description": "报事"}, "BOT_COMMAND_INVALID"),
        ({"command": "a", "description": ""}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ):
        assert await stand.refused("setMyCommands", commands=[wrong]) == (400, f"Bad Request: {text}")
