"""Two libraries that know Telegram and not us: one talks to the stand-in, both read every update it makes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, Message, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bots.practice.platforms.telegram.people import CONTENT
from tests.bots.platforms.conftest import FORUM, GROUP, LI, SMALL_GROUP, STRANGER, SUN, Stand, png


@pytest.fixture
async def bot(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    token = stand.standin.token
    async with Bot(token, f"{stand.url}/bot", f"{stand.url}/file/bot", request=HTTPXRequest(read_timeout=0.2)) as bot:
        yield bot


async def test_a_bot_of_python_telegram_bot_lives_here(stand: Stand, bot: Bot) -> None:
    assert bot.username == "huying_bot"
    stand.standin.say(GROUP, LI, "@huying_bot 路灯坏了", photos=[png(shade=1), png(shade=2)])
    first, second = await bot.get_updates()
    assert first.message is not None
    assert second.message is not None
    assert first.message.caption == "@huying_bot 路灯坏了"
    file = await bot.get_file(second.message.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == png(shade=2)
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="yes")]])
    asked = await first.message.reply_text("办好了吗", reply_markup=markup, do_quote=True)
    assert asked.reply_to_message is not None
    query = stand.standin.press(GROUP, LI, asked.message_id, "yes")
    (pressed,) = await bot.get_updates(offset=second.update_id + 1)
    assert pressed.callback_query is not None
    await pressed.callback_query.answer("谢谢")
    await pressed.callback_query.edit_message_text("办好了")
    assert stand.standin.told(query) == {"text": "谢谢", "show_alert": False}
    photo = await bot.send_photo(GROUP, png(40, 30), caption="一张")
    await bot.edit_message_caption(GROUP, photo.message_id, caption="还是这张")
    await bot.send_media_group(
        GROUP, [InputMediaPhoto(png(shade=3), caption="二"), InputMediaPhoto(photo.photo[-1].file_id)]
    )
    await bot.send_document(GROUP, b"a,b", filename="a.csv")
    await bot.send_chat_action(GROUP, "typing")
    await bot.set_my_commands([("report", "报事")])
    assert [command.command for command in await bot.get_my_commands()] == ["report"]
    assert (await bot.get_chat(GROUP)).title == "居民群"
    assert (await bot.get_chat_member(GROUP, LI)).status == "member"
    assert await bot.get_chat_member_count(GROUP) == 3
    assert await bot.delete_message(GROUP, photo.message_id)
    texts = {seen.message_id: seen.text for seen in stand.standin.messages(GROUP)}
    assert texts == {1: "@huying_bot 路灯坏了", 2: "", 3: "办好了", 4: "", 5: "二", 6: "", 7: ""}
    assert await bot.leave_chat(GROUP)


async def test_every_refusal_is_the_librarys_own_error(stand: Stand, bot: Bot) -> None:
    faults = stand.standin.faults
    with pytest.raises(Forbidden, match="bot can't initiate conversation"):
        await bot.send_message(LI, "好")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(-1, "好")
    new_id = stand.standin.migrate(SMALL_GROUP)
    with pytest.raises(ChatMigrated) as migrated:
        await bot.send_message(SMALL_GROUP, "好")
    assert migrated.value.new_chat_id == new_id
    faults.next("429", retry_after=7)
    with pytest.raises(RetryAfter) as late:
        await bot.send_message(GROUP, "好")
    assert late.value.retry_after == timedelta(seconds=7)
    for kind, error in (("500", NetworkError), ("502", NetworkError), ("cut", NetworkError), ("timeout", TimedOut)):
        faults.next(kind)
        with pytest.raises(error):
            await bot.send_message(GROUP, "好")
    await bot.set_webhook("http://127.0.0.1:1/hook")
    with pytest.raises(Conflict):
        await bot.get_updates()
    with pytest.raises(InvalidToken):
        await Bot("1:other", f"{stand.url}/bot").get_me()


async def everything(stand: Stand) -> None:
    """One update of every sort there is."""
    standin = stand.standin
    await stand.ok("getUpdates", allowed_updates=["message", "edited_message", "callback_query", "my_chat_member"])
    standin.start(LI, "abc")
    for kind in CONTENT:
        standin.say(LI, LI, "看 https://a.cn/1 #路灯", kind=kind)
    standin.say(GROUP, SUN, "三张 /help@huying_bot @sun_daye", photos=[png(), png(9, 9), b"?"])
    thread = standin.add_topic(FORUM, "停车")
    (asked,) = standin.say(FORUM, LI, "没地方停", thread=thread)
    standin.say(FORUM, SUN, "是啊", thread=thread, reply_to=asked)
    standin.say(FORUM, LI, "没地方停车", edit=asked)
    markup = {"inline_keyboard": [[{"text": "好", "callback_data": "y"}, {"text": "看", "url": "https://a.cn"}]]}
    sent = await stand.ok("sendMessage", chat_id=GROUP, text="好了吗", reply_markup=markup)
    standin.press(GROUP, SUN, sent["message_id"], "y")
    standin.forge_press(GROUP, SUN, 99, "forged")
    standin.say(GROUP, LI, "好了", reply_to=sent["message_id"])
    standin.add_member(GROUP, STRANGER)
    standin.remove_member(GROUP, STRANGER)
    standin.block(LI)
    standin.unblock(LI)
    standin.kick(GROUP)
    standin.readmit(GROUP)
    standin.migrate(SMALL_GROUP)


async def test_every_update_is_read_whole_by_python_telegram_bot(stand: Stand, bot: Bot) -> None:
    await everything(stand)
    assert len(stand.standin.updates) > 25
    for update in stand.standin.updates:
        read = Update.de_json(json.loads(json.dumps(update)), bot)
        (kind,) = update.keys() - {"update_id"}
        told = getattr(read, kind)
        assert told is not None
        assert not told.api_kwargs, f"unknown to Telegram: {told.api_kwargs}"
        if isinstance(told, Message):
            assert (told.chat_id, told.message_id) == (update[kind]["chat"]["id"], update[kind]["message_id"])


async def test_every_update_is_read_whole_by_aiogram(stand: Stand) -> None:
    types = pytest.importorskip("aiogram.types")
    await everything(stand)
    for update in stand.standin.updates:
        read = types.Update.model_validate(json.loads(json.dumps(update)))
        assert read.model_extra in (None, {})
        assert read.event_type in update
        assert not read.event.model_extra, f"unknown to Telegram: {read.event.model_extra}"
