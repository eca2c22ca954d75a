"""What people write, show and press on Telegram is taken once and answered where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bots.practice.platforms.telegram.values import Seen
from bots.telegram import callbacks
from bots.telegram.wire import Update
from core.facts import FactKind
from tests.bots.telegram.conftest import Estate, media, picture, settle_estate
from tests.telegram import OnTelegram

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def reported(estate: Estate, title: str = "") -> list[Any]:
    """The events of this estate, with how many pictures each has."""
    sql = (
        "SELECT e.id, e.status, (SELECT count(*) FROM event_photo p WHERE p.event_id = e.id) AS photos FROM event e "
        "JOIN report r ON r.event_id = e.id WHERE r.text LIKE ?"
    )
    return await estate.stand.rows(sql, f"%{title or f'{estate.n}号楼{estate.n}单元'}%")


# ---- who is spoken to


async def test_what_was_not_said_to_the_bot_leaves_no_trace(estate: Estate) -> None:
    before = media(estate.stand)
    estate.standin.say(estate.group, estate.li, "今天天气真好")
    estate.standin.say(estate.group, estate.li, "看我家孩子", photos=[picture(1)])
    estate.standin.say(estate.group, estate.li, "看我家孩子", photos=[picture(2), picture(3)])
    estate.standin.say(estate.group, estate.li, kind="sticker")
    estate.standin.say(estate.group, estate.li, kind="location")
    estate.standin.add_member(estate.group, estate.stand.user("sun-daye"))
    await estate.settled()
    assert estate.texts(estate.group) == []
    assert await estate.stand.rows("SELECT id FROM inbox WHERE chat = ?", str(estate.group)) == []
    assert await estate.stand.rows("SELECT id FROM identity WHERE external = ?", str(estate.li)) == []
    assert media(estate.stand) == before
    assert not [call for call in estate.standin.calls if call.method == "getFile"]


async def test_a_message_that_is_edited_afterwards_stays_what_it_was(estate: Estate) -> None:
    (message,) = estate.standin.say(estate.group, estate.li, estate.place())
    await estate.settled()
    estate.standin.say(estate.group, estate.li, estate.place() + "，还断电", edit=message)
    await estate.settled()
    assert len(await reported(estate)) == len(estate.texts(estate.group)) == 1


async def test_in_privacy_mode_a_mention_a_command_and_a_reply_are_answered(estate: Estate) -> None:
    estate.standin.world.privacy = True
    try:
        estate.standin.say(estate.group, estate.li, estate.place())  # the platform keeps it to itself
        await estate.settled()
        assert estate.texts(estate.group) == []
        estate.standin.say(estate.group, estate.li, f"@huying_bot {estate.place()}")
        await estate.settled()
        (answer,) = estate.bot_said(estate.group)
        assert answer.text.startswith("已登记")
        estate.standin.say(estate.group, estate.li, "还没人来", reply_to=answer.message_id)
        estate.standin.say(estate.group, estate.li, "/help@huying_bot")
        await estate.settled()
        assert len(estate.texts(estate.group)) == 3
    finally:
        estate.standin.world.privacy = False


async def test_an_answer_in_a_group_stands_under_the_question(estate: Estate) -> None:
    (asked,) = estate.standin.say(estate.group, estate.li, estate.place())
    estate.standin.say(estate.group, estate.sun, "今天天气真好")
    await estate.settled()
    (answer,) = estate.bot_said(estate.group)
    assert answer.reply_to == asked


# ---- pictures


@pytest.mark.parametrize("direct", [False, True], ids=["group", "1:1"])
@pytest.mark.parametrize("service", ["polled", "hooked"])
async def test_an_album_is_one_report_with_all_its_pictures_however_often_it_comes(
    service: str, direct: bool, request: pytest.FixtureRequest, polled: OnTelegram, hooked: OnTelegram
) -> None:
    stand = {"polled": polled, "hooked": hooked}[service]
    estate = await settle_estate(stand)
    estate.standin.say(estate.group, estate.li, "@huying_bot 你好")  # known to live here
    await estate.opens(estate.li)
    chat = estate.li if direct else estate.group
    said = len(estate.texts(chat))
    estate.standin.say(chat, estate.li, estate.place(), photos=[picture(shade) for shade in (10, 20, 30)])
    await estate.settled()
    album = [Update.model_validate(update) for update in estate.standin.updates[-3:]]
    assert all(update.message is not None and update.message.media_group_id for update in album)
    await stand.door.handle_all(album)
    await stand.door.handle_all(album[1:])
    for update in reversed(album):
        await stand.door.handle(update)
    await estate.settled()
    (event,) = await reported(estate)
    assert event["photos"] == 3
    assert len(estate.texts(chat)) == said + 1


async def test_the_late_pictures_of_an_album_join_its_report(estate: Estate) -> None:
    estate.standin.world.updates.pending.clear()
    estate.standin.say(estate.group, estate.li, estate.place(), photos=[picture(shade) for shade in (11, 21, 31)])
    parts = [Update.model_validate(update) for update in estate.standin.updates[-3:]]
    estate.standin.world.updates.pending.clear()
    for part in (parts[0], parts[2], parts[1]):
        await estate.stand.door.handle(part)
    await estate.settled()
    (event,) = await reported(estate)
    assert event["photos"] == 3
    assert len(estate.texts(estate.group)) == 1


FAULTS: dict[str, Callable[[Estate], None]] = {
    "the platform cannot say where it is": lambda estate: estate.standin.faults.next("500", "getFile", times=3),
    "a gateway answers instead": lambda estate: estate.standin.faults.next("502", "getFile", times=3),
    "the line is cut": lambda estate: estate.standin.faults.next("cut", "getFile", times=3),
    "it is gone": lambda estate: lose(estate),
    "it is no picture": lambda estate: spoil(estate, b"no picture at all"),
    "it is empty": lambda estate: spoil(estate, b""),
    "it is larger than may be fetched": lambda estate: spoil(estate, bytes(21 * 1024 * 1024)),
}


def lose(estate: Estate) -> None:
    """The files are not where the platform says they are."""
    for name, file in list(estate.standin.world.files.items()):
        estate.standin.world.files[name] = replace(file, path="?")  # of which an address keeps nothing


def spoil(estate: Estate, content: bytes) -> None:
    for name, file in list(estate.standin.world.files.items()):
        estate.standin.world.files[name] = replace(file, content=content)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_picture_that_cannot_be_had_is_told_and_the_words_are_taken(estate: Estate, fault: str) -> None:
    await estate.opens(estate.li)
    estate.standin.world.updates.allowed = frozenset()
    estate.standin.world.files.clear()
    (message,) = estate.standin.say(estate.group, estate.li, estate.place(), photos=[picture(40)])
    estate.standin.world.updates.allowed = frozenset({"message", "callback_query", "my_chat_member"})
    FAULTS[fault](estate)
    estate.standin.world.updates.add("message", estate.standin.world.chat(estate.group).posts[message].message)
    await estate.settled()
    (event,) = await reported(estate)
    assert event["photos"] == 0
    assert sorted(text[:3] for text in estate.texts(estate.group)) == ["已登记", "文字收"]


async def test_a_picture_that_comes_at_the_third_try_is_there(estate: Estate) -> None:
    estate.standin.faults.next("500", "getFile", times=2)
    estate.standin.say(estate.group, estate.li, estate.place(), photos=[picture(41)])
    await estate.settled()
    (event,) = await reported(estate)
    assert event["photos"] == 1


async def test_a_picture_without_words_that_cannot_be_opened_is_answered(estate: Estate) -> None:
    await estate.opens(estate.li)
    estate.standin.say(estate.li, estate.li, photos=[b"no picture at all"])
    await estate.settled()
    assert estate.texts(estate.li)[-1].startswith("这张照片打不开")


# ---- whatever else


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("voice", "语音"),
        ("video", "视频"),
        ("sticker", "😊"),
        ("location", "位置"),
        ("document", "这个我"),
        ("contact", "这个我"),
        ("poll", "这个我"),
    ],
)
async def test_whatever_else_is_sent_gets_a_friendly_word_and_no_number(estate: Estate, kind: str, answer: str) -> None:
    await estate.opens(estate.li)
    said = len(estate.texts(estate.li))
    estate.standin.say(estate.li, estate.li, kind=kind)
    await estate.settled()
    (text,) = estate.texts(estate.li)[said:]
    assert text.startswith(answer)
    assert (
        await estate.stand.rows(
            "SELECT id FROM report WHERE person_id = (SELECT person_id FROM identity WHERE external = ?)",
            str(estate.li),
        )
        == []
    )


# ---- buttons


async def asked(estate: Estate) -> tuple[int, Seen]:
    """A matter of this estate is given to its grid worker, with buttons; gives him and that message."""
    worker = estate.stand.user("wang-shifu")
    estate.standin.say(estate.group, estate.li, estate.place())
    await estate.settled()
    question = estate.bot_said(worker)[-1]
    assert f"{estate.n}号楼" in question.text
    assert [button.label for row in question.buttons for button in row] == ["接单", "转办", "升级", "退回"]
    return worker, question


def data_of(question: Seen, label: str) -> str:
    return next(str(button.data) for row in question.buttons for button in row if button.label == label)


async def test_a_press_takes_the_buttons_away_and_the_message_says_what_was_chosen(estate: Estate) -> None:
    worker, question = await asked(estate)
    query = estate.standin.press(worker, worker, question.message_id, data_of(question, "接单"))
    await estate.settled()
    edited = next(seen for seen in estate.bot_said(worker) if seen.message_id == question.message_id)
    assert edited.buttons == ()
    assert edited.text == f"{question.text}\n\n✓ 接单"
    assert estate.standin.told(query) == {"text": "", "show_alert": False}
    ((event),) = await reported(estate)
    assert event["status"] == "in_progress"
    edit = next(call for call in reversed(estate.standin.calls) if call.method == "editMessageText")
    assert edit.params.get("link_preview_options") == {"is_disabled": True}  # as when it was sent


async def test_a_press_that_comes_again_is_one_press(estate: Estate) -> None:
    worker, question = await asked(estate)
    estate.standin.press(worker, worker, question.message_id, data_of(question, "接单"))
    await estate.settled()
    said = len(estate.bot_said(worker))
    await estate.again(times=3)
    assert len(estate.bot_said(worker)) == said
    sql = "SELECT count(*) AS n FROM fact WHERE kind = ? AND event_id = ?"
    ((event),) = await reported(estate)
    assert (await estate.stand.rows(sql, FactKind.ACCEPTED, event["id"]))[0]["n"] == 1
    edited = next(seen for seen in estate.bot_said(worker) if seen.message_id == question.message_id)
    assert edited.text == f"{question.text}\n\n✓ 接单"


@pytest.mark.parametrize(
    "change",
    [lambda data: data[:-1] + "_", lambda data: "1." + data.partition(".")[2], lambda data: "", lambda data: "x" * 64],
)
async def test_a_forged_press_gets_an_alert_and_does_nothing(estate: Estate, change: Callable[[str], str]) -> None:
    worker, question = await asked(estate)
    query = estate.standin.forge_press(worker, worker, question.message_id, change(data_of(question, "接单")))
    await estate.settled()
    assert estate.standin.told(query) == {"text": "这个选项已经过期了，请直接说一声。", "show_alert": True}
    ((event),) = await reported(estate)
    assert event["status"] == "assigned"
    assert estate.bot_said(worker)[-1] == question


async def test_a_press_brought_to_another_chat_does_nothing(estate: Estate) -> None:
    """The worker's own button, pressed by the worker, but in the group: he was not asked there."""
    worker, question = await asked(estate)
    estate.standin.add_member(estate.group, worker)
    (shown,) = estate.bot_said(estate.group)
    query = estate.standin.forge_press(estate.group, worker, shown.message_id, data_of(question, "接单"))
    await estate.settled()
    assert estate.standin.told(query) is not None
    ((event),) = await reported(estate)
    assert event["status"] == "assigned"
    assert next(seen for seen in estate.bot_said(worker) if seen.message_id == question.message_id).buttons
    assert "过期" in estate.texts(estate.group)[-1]


async def test_somebody_elses_button_pressed_by_a_resident_does_nothing(estate: Estate) -> None:
    _, question = await asked(estate)
    await estate.opens(estate.sun)
    (greeting,) = estate.bot_said(estate.sun)
    estate.standin.forge_press(estate.sun, estate.sun, greeting.message_id, data_of(question, "接单"))
    await estate.settled()
    ((event),) = await reported(estate)
    assert event["status"] == "assigned"
    assert "过期" in estate.texts(estate.sun)[-1]


async def test_a_press_on_a_message_that_is_gone_still_counts_and_nothing_is_edited(estate: Estate) -> None:
    worker, question = await asked(estate)
    estate.standin.world.chat(worker).posts[question.message_id].deleted = True
    edits = len([call for call in estate.standin.calls if call.method.startswith("editMessage")])
    estate.standin.forge_press(worker, worker, question.message_id, data_of(question, "接单"))
    await estate.settled()
    ((event),) = await reported(estate)
    assert event["status"] == "in_progress"
    assert len([call for call in estate.standin.calls if call.method.startswith("editMessage")]) == edits


async def test_buttons_of_another_bots_key_are_forged_ones(estate: Estate) -> None:
    worker, question = await asked(estate)
    row = int(data_of(question, "接单").partition(".")[0])
    query = estate.standin.forge_press(worker, worker, question.message_id, callbacks.sign(row, "accept", b"another"))
    await estate.settled()
    told = estate.standin.told(query)
    assert told is not None
    assert told["show_alert"]


# ---- topics


async def test_a_topic_is_answered_in_its_topic_and_posts_go_to_the_group(polled: OnTelegram) -> None:
    estate = await settle_estate(polled, forum=True)
    parking = estate.standin.add_topic(estate.group, "停车")
    estate.standin.say(estate.group, estate.li, estate.place(), thread=parking)
    await estate.settled()
    await estate.post("水停了")
    await estate.settled()
    answer, post = estate.bot_said(estate.group)
    assert (answer.thread, answer.text[:3]) == (parking, "已登记")
    assert (post.thread, post.text) == (None, "水停了，已私信您。")


async def test_posts_go_to_the_topic_that_was_bound_and_questions_elsewhere_are_answered_there(
    polled: OnTelegram,
) -> None:
    estate = await settle_estate(polled, forum=True, topic="通知")
    parking = estate.standin.add_topic(estate.group, "停车")
    await estate.post("水停了")
    estate.standin.say(estate.group, estate.li, estate.place(), thread=parking)
    await estate.settled()
    (notices,) = (thread for thread, name in estate.standin.world.chat(estate.group).topics.items() if name == "通知")
    said = {seen.thread: seen.text[:3] for seen in estate.bot_said(estate.group)}
    assert said == {notices: "水停了", parking: "已登记"}


async def test_a_reply_within_a_topic_knows_its_matter(polled: OnTelegram) -> None:
    estate = await settle_estate(polled, forum=True)
    parking = estate.standin.add_topic(estate.group, "停车")
    estate.standin.say(estate.group, estate.li, estate.place(), thread=parking)
    await estate.settled()
    (answer,) = estate.bot_said(estate.group)
    estate.standin.say(estate.group, estate.li, photos=[picture(50)], reply_to=answer.message_id, thread=parking)
    await estate.settled()
    (event,) = await reported(estate)
    assert event["photos"] == 1
