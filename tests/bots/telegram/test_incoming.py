"""What came from Telegram is heard as it was said: by whom, where, to whom; and what nobody said is not heard."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bots.telegram import wire
from bots.telegram.incoming import ATTACHMENTS, PHOTO_BYTES, Heard, Me, message, press
from bots.telegram.telegram import parse
from core.commands import Word
from core.commands import parse as word_of
from core.messages import Press

ME = Me(100200300, "huying_bot")
LI = {"id": 7, "is_bot": False, "first_name": "秀兰", "last_name": "李"}
BOT = {"id": ME.id, "is_bot": True, "first_name": "小应", "username": "huying_bot"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
SERVICE = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
GROUP = {"id": -1002000000001, "type": "supergroup", "title": "居民群"}
DIRECT = {"id": 7, "type": "private"}
PHOTO = [{"file_id": "small", "file_size": 900}, {"file_id": "large", "file_size": 90_000}]
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def said(text: str = "", **more: Any) -> wire.Message:
    """A message in the group, as it comes over the wire; None takes a field away."""
    body = {"message_id": 5, "date": 1_795_397_400, "chat": GROUP, "from": LI, "text": text, **more}
    return wire.Message.model_validate({key: value for key, value in body.items() if value is not None})


def heard(*parts: wire.Message) -> Heard:
    found = message(parts, ME)
    assert found is not None, "nobody heard it"
    return found


def text_of(text: str, **more: Any) -> str:
    return heard(said(text, **more)).incoming.text


# ---- what nobody said


@pytest.mark.parametrize(
    "more",
    [
        {"new_chat_members": [LI]},
        {"left_chat_member": LI},
        {"new_chat_title": "新名字"},
        {"pinned_message": {"message_id": 4, "date": 0, "chat": GROUP}},
        {"forum_topic_created": {"name": "停车", "icon_color": 1}},
        {"migrate_from_chat_id": -501, "from": ANONYMOUS, "sender_chat": GROUP},
        {"group_chat_created": True},
        {"video_chat_started": {}},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    ],
)
def test_a_service_message_is_not_heard(more: dict[str, Any]) -> None:
    assert message([said(**more)], ME) is None


@pytest.mark.parametrize(
    "more",
    [
        {"from": BOT},
        {"from": {"id": 9, "is_bot": True, "first_name": "天气"}},
        {"from": None},
        {"from": SERVICE},
        {
            "from": SERVICE,
            "sender_chat": {"id": -1009, "type": "channel", "title": "频道"},
            "is_automatic_forward": True,
        },
    ],
    ids=["itself", "another bot", "nobody", "telegram", "a channel's post"],
)
def test_what_no_person_said_is_not_heard(more: dict[str, Any]) -> None:
    assert message([said("报事 路灯坏了", **more)], ME) is None


@pytest.mark.parametrize(
    "text", ["/report@other_bot 路灯坏了", "/start@HUYING", "/help@huying_bot2", "/help@huying_bo"]
)
def test_another_bots_command_is_not_heard(text: str) -> None:
    assert message([said(text)], ME) is None


@pytest.mark.parametrize(
    "field", ["edited_message", "channel_post", "edited_channel_post", "business_message", "inline_query"]
)
def test_an_edited_message_and_other_kinds_of_update_say_nothing(field: str) -> None:
    body = {"message_id": 5, "date": 1, "chat": GROUP, "from": LI, "text": "报事 路灯坏了", "edit_date": 2}
    update = parse({"update_id": 1, field: body})
    assert update is not None
    assert (update.message, update.callback_query, update.my_chat_member) == (None, None, None)


# ---- to whom


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/help", "help"),
        ("/help@huying_bot", "help"),
        ("/HELP@Huying_Bot", "HELP"),
        ("/report 3号楼路灯坏了", "report 3号楼路灯坏了"),
        ("/report@huying_bot 3号楼\n路灯坏了", "report 3号楼\n路灯坏了"),
        ("/report\n路灯坏了", "report 路灯坏了"),
        ("/points_ranking", "points ranking"),
        ("/status 7", "status 7"),
    ],
)
def test_a_command_is_the_word_it_stands_for(text: str, says: str) -> None:
    incoming = heard(said(text)).incoming
    assert (incoming.text, incoming.mentions_bot) == (says, True)


@pytest.mark.parametrize(
    "text", ["/报事 路灯坏了", "/usr/bin 是什么", "// 路灯", "/", "/report：路灯", "报事 /help", "a/help"]
)
def test_what_only_looks_like_a_command_stays_as_it_was_said(text: str) -> None:
    incoming = heard(said(text)).incoming
    assert (incoming.text, incoming.mentions_bot) == (text, False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("@huying_bot 路灯坏了", "路灯坏了"),
        ("路灯坏了@huying_bot", "路灯坏了"),
        ("路灯 @HUYING_bot坏了", "路灯  坏了"),
        ("@huying_bot", ""),
        ("@huying_bot @huying_bot 路灯坏了", "路灯坏了"),
    ],
)
def test_whoever_names_the_bot_speaks_to_it(text: str, says: str) -> None:
    incoming = heard(said(text)).incoming
    assert (incoming.text, incoming.mentions_bot) == (says, True)


@pytest.mark.parametrize(
    "text", ["@huying_bot2 路灯", "@huying_bots", "@huying 路灯", "huying_bot 路灯", "@other_bot 路灯"]
)
def test_whoever_names_another_does_not(text: str) -> None:
    incoming = heard(said(text)).incoming
    assert (incoming.text, incoming.mentions_bot) == (text, False)


def test_a_text_mention_of_the_bot_is_one_and_of_a_person_is_none() -> None:
    bot, person = {"type": "text_mention", "user": BOT}, {"type": "text_mention", "user": LI}
    assert heard(said("小应 路灯坏了", entities=[bot])).incoming.mentions_bot
    assert not heard(said("秀兰 路灯坏了", entities=[person])).incoming.mentions_bot
    assert not heard(said("路灯坏了", entities=[{"type": "text_mention"}])).incoming.mentions_bot
    assert heard(said(None, caption="小应 看", caption_entities=[bot], photo=PHOTO)).incoming.mentions_bot  # type: ignore[arg-type]


def test_a_reply_to_the_bot_answers_that_message_and_one_to_a_person_answers_nothing() -> None:
    mine, theirs = {"message_id": 4, "from": BOT}, {"message_id": 4, "from": LI}
    assert heard(said("好", reply_to_message=mine)).incoming.answers == "4"
    assert heard(said("好", reply_to_message=theirs)).incoming.answers == ""
    assert heard(said("好", reply_to_message={"message_id": 4})).incoming.answers == ""


# ---- /start


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ("", "start"),
        ("at-xiuyue-3", "住在 xiuyue-3"),
        ("at-" + "x" * 60, "住在 " + "x" * 60),
        ("ABCD2345", "绑定 ABCD2345"),
        ("abcd2345", "绑定 abcd2345"),
    ],
)
def test_start_comes_with_what_a_link_carries(payload: str, says: str) -> None:
    assert text_of(f"/start {payload}", chat=DIRECT) == says
    assert text_of(f"/start@huying_bot  {payload} ", chat=DIRECT) == says


@pytest.mark.parametrize(
    "payload",
    ["hello", "at-", "at-秀月", "at-" + "x" * 61, "at-a b", "ABCD2340", "ABCDI345", "ABCD234", "ABCD23456", "ABCD 2345", "绑定 ABCD2345",
     "删除我的信息", "x" * 4000],
)  # fmt: skip
def test_any_other_payload_is_a_greeting_and_no_words_of_the_sender(payload: str) -> None:
    assert text_of(f"/start {payload}", chat=DIRECT) == "start"
    assert word_of("start").word == Word.GREETING


@pytest.mark.parametrize("area", ["", "xiuyue", "xiuyue-3"])
def test_the_link_to_the_bot_comes_back_as_its_payload(area: str) -> None:
    address, _, payload = ME.link(area).partition("?start=")
    assert address == "https://t.me/huying_bot"
    assert len(payload) <= 64  # Telegram's own limit
    assert text_of(f"/start {payload}", chat=DIRECT) == (f"住在 {area}" if area else "start")


# ---- who


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("秀兰", "李", "李秀兰"),
        ("李秀兰", "", "李秀兰"),
        ("Ada", "Byron", "Ada Byron"),
        ("秀兰", "Li", "秀兰 Li"),
        (" 秀兰 ", " 李 ", "李秀兰"),
        ("", "", ""),
        ("", "李", "李"),
        ("\u200b", "", "\u200b"),
    ],
)
def test_a_name_stands_as_it_is_said(first: str, last: str, name: str) -> None:
    assert heard(said("好", **{"from": {"id": 7, "first_name": first, "last_name": last}})).incoming.name == name


def test_the_anonymous_administrators_of_a_group_are_one_person_called_like_it() -> None:
    incoming = heard(said("报事 路灯坏了", **{"from": ANONYMOUS, "sender_chat": GROUP})).incoming
    assert (incoming.sender, incoming.name) == ("chat:-1002000000001", "居民群")


def test_whoever_speaks_as_a_channel_is_that_channel_and_no_other_person() -> None:
    channel = {"id": -1009, "type": "channel", "title": "频道"}
    as_channel = {"id": 136817688, "is_bot": True, "first_name": "Channel"}
    incoming = heard(said("报事 路灯坏了", **{"from": as_channel, "sender_chat": channel})).incoming
    assert (incoming.sender, incoming.name) == ("chat:-1009", "频道")


def test_what_a_person_passes_on_is_said_by_them() -> None:
    origin = {"type": "user", "date": 1, "sender_user": {"id": 8, "is_bot": False, "first_name": "孙大爷"}}
    incoming = heard(said("报事 路灯坏了", forward_origin=origin)).incoming
    assert (incoming.sender, incoming.text) == ("7", "报事 路灯坏了")


# ---- where


def test_a_message_carries_its_chat_its_number_and_its_moment() -> None:
    incoming = heard(said("好")).incoming
    assert (incoming.channel, incoming.account, incoming.chat) == ("telegram", "100200300", "-1002000000001")
    assert (incoming.message_id, incoming.sender, incoming.title, incoming.within) == ("5", "7", "居民群", "")
    assert incoming.at == datetime.fromtimestamp(1_795_397_400, UTC)
    assert not incoming.direct
    assert heard(said("好", chat=DIRECT)).incoming.direct


def test_a_topic_is_a_chat_within_its_group() -> None:
    incoming = heard(said("好", message_thread_id=42, is_topic_message=True)).incoming
    assert (incoming.chat, incoming.within) == ("-1002000000001/42", "-1002000000001")


def test_a_chain_of_replies_is_no_topic() -> None:
    incoming = heard(said("好", message_thread_id=42)).incoming
    assert (incoming.chat, incoming.within) == ("-1002000000001", "")


# ---- pictures and what else is sent


def part(number: int, **more: Any) -> wire.Message:
    return said("", message_id=number, media_group_id="13", photo=[{"file_id": f"p{number}"}], **more)


@pytest.mark.parametrize("at", [0, 1, 9])
def test_an_album_is_one_message_whichever_picture_has_the_words(at: int) -> None:
    parts = [part(n, caption="/report@huying_bot 路灯坏了" if n == at else "") for n in range(10)]
    found = heard(*parts)
    assert (found.incoming.text, found.incoming.mentions_bot) == ("report 路灯坏了", True)
    assert (found.incoming.message_id, found.incoming.album) == ("0", "13")
    assert found.incoming.parts == tuple(str(n) for n in range(1, 10))


@pytest.mark.parametrize("at", [0, 2])
def test_a_text_mention_under_any_picture_of_an_album_is_one(at: int) -> None:
    bot = [{"type": "text_mention", "user": BOT}]
    parts = [part(n, caption="小应 看" if n == at else "", caption_entities=bot if n == at else []) for n in range(3)]
    assert heard(*parts).incoming.mentions_bot


def test_all_ten_pictures_of_the_largest_album_are_heard() -> None:
    assert heard(*(part(n) for n in range(10))).files == tuple(f"p{n}" for n in range(10))


def test_an_album_for_another_bot_is_not_heard() -> None:
    assert message([part(1), part(2, caption="/report@other_bot 路灯坏了")], ME) is None


def test_the_largest_size_that_may_be_fetched_is_the_picture() -> None:
    too_large = {"file_id": "huge", "file_size": PHOTO_BYTES + 1}
    assert heard(said(photo=PHOTO)).files == ("large",)
    assert heard(said(photo=[*PHOTO, too_large])).files == ("large",)


def test_a_picture_sent_as_a_file_is_a_picture_and_any_other_file_is_not() -> None:
    image = {"file_id": "file", "mime_type": "image/png", "file_size": 900}
    found = heard(said(document=image))
    assert (found.files, found.incoming.attachment) == (("file",), "")
    found = heard(said(document={**image, "file_size": PHOTO_BYTES + 1}))
    assert (found.files, found.incoming.attachment) == ((), "other")
    found = heard(said(document={**image, "mime_type": "application/pdf"}))
    assert (found.files, found.incoming.attachment) == ((), "other")


@pytest.mark.parametrize(("field", "kind"), ATTACHMENTS.items())
def test_whatever_else_is_sent_is_noticed_by_its_kind(field: str, kind: str) -> None:
    content: dict[str, Any] = {"file_id": "x"} if field == "document" else {"whatever": [1, None]}
    found = heard(said(**{field: content}))  # type: ignore[arg-type]
    assert (found.incoming.attachment, found.files, found.incoming.text) == (kind, (), "")


def test_words_under_a_voice_message_are_heard_with_it() -> None:
    incoming = heard(said("", voice={"file_id": "x"}, caption="@huying_bot 路灯坏了")).incoming
    assert (incoming.text, incoming.attachment, incoming.mentions_bot) == ("路灯坏了", "voice", True)


# ---- presses


def pressed(**more: Any) -> wire.Callback:
    shown = {"message_id": 9, "date": 1, "chat": GROUP, "message_thread_id": 42, "is_topic_message": True, "text": "?"}
    body = {"id": "4000000001", "from": LI, "message": shown, "data": "7.yes.x", **more}
    return wire.Callback.model_validate({key: value for key, value in body.items() if value is not None})


def test_a_press_on_a_message_that_nobody_knows_or_by_a_bot_is_none() -> None:
    assert press(pressed(message=None), Press(7, "yes"), ME, NOW) is None
    assert press(pressed(**{"from": BOT}), Press(7, "yes"), ME, NOW) is None


def test_a_press_is_by_whoever_pressed_in_the_chat_and_topic_of_the_message() -> None:
    incoming = press(pressed(), Press(7, "yes"), ME, NOW)
    assert incoming is not None
    assert (incoming.sender, incoming.name, incoming.press) == ("7", "李秀兰", Press(7, "yes"))
    assert (incoming.chat, incoming.within, incoming.direct) == ("-1002000000001/42", "-1002000000001", False)
    assert (incoming.message_id, incoming.at) == ("press:4000000001", NOW)


def test_a_press_on_a_message_too_old_to_be_changed_still_counts() -> None:
    incoming = press(pressed(message={"message_id": 9, "date": 0, "chat": DIRECT}), Press(7, "yes"), ME, NOW)
    assert incoming is not None
    assert incoming.direct
