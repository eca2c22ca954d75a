"""What the practice room's interface refuses, and how it says so."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from bots.practice.api import BODY_LIMIT, PHOTO_BYTES
from core.errors import Refused
from core.messages import Incoming

if TYPE_CHECKING:
    from tests.bots.conftest import Stand

PHOTO = base64.b64encode(b"photo").decode()


def message(**changes: Any) -> dict[str, Any]:
    return {"chat": "group", "sender": "li-xiulan", "text": "报事 门口垃圾"} | changes


WRONG_MESSAGES = {
    "no chat": (message(chat=None), 400, "bad_text"),
    "a number for a text": (message(text=7), 400, "bad_text"),
    "an object for a sender": (message(sender={"id": 1}), 400, "bad_text"),
    "half a surrogate for a sender": (message(sender="\ud800"), 400, "bad_text"),
    "half a surrogate for an id": (message(message_id="\udfff"), 400, "bad_text"),
    "an empty id": (message(message_id=""), 400, "bad_text"),
    "a number for an id": (message(message_id=5), 400, "bad_text"),
    "an id without end": (message(message_id="x" * 129), 400, "bad_id"),
    "no words and no photo": (message(text=""), 400, "empty_message"),
    "only blanks": (message(text=" \n\t　"), 400, "empty_message"),
    "only characters nobody sees": (message(text="\u202e\u200b\x00"), 400, "empty_message"),
    "an unknown chat": (message(chat="nowhere"), 404, "unknown_chat"),
    "an unknown person": (message(sender="nobody"), 404, "unknown_person"),
    "somebody else's group": (message(chat="staff"), 404, "not_in_chat"),
    "somebody else's 1:1 chat": (message(chat="direct:sun-daye"), 404, "not_in_chat"),
    "an answer to nothing": (message(reply_to="m-0"), 404, "unknown_message"),
    "too long a text": (message(text="字" * 4001), 413, "text_too_long"),
    "ten photos": (message(photos=[PHOTO] * 10), 413, "too_many_photos"),
    "a text for photos": (message(photos=PHOTO), 400, "bad_list"),
    "false for photos": (message(photos=False), 400, "bad_list"),
    "a number for a photo": (message(photos=[1]), 400, "bad_list"),
    "a photo that is not base64": (message(photos=[PHOTO, "照片"]), 400, "bad_photo"),
    "a photo of nothing": (message(photos=[""]), 400, "bad_photo"),
    "a photo that is none": (message(photos=[base64.b64encode(b"GIF").decode()]), 400, "photo_unreadable"),
    "a photo of more than 10 MB": (
        message(photos=[base64.b64encode(b"p" * (PHOTO_BYTES + 1)).decode()]), 413, "photo_too_large",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "status", "key"), WRONG_MESSAGES.values(), ids=WRONG_MESSAGES.keys())
async def test_a_wrong_message_is_refused_kindly_and_leaves_no_trace(
    stand: Stand, body: dict[str, Any], status: int, key: str
) -> None:
    assert await stand.post("/practice/api/messages", body, status) == key
    assert await stand.messages() == []
    assert stand.bot.heard == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"chat": ' + b"[" * 100_000])
async def test_what_is_not_a_json_object_is_refused(stand: Stand, body: bytes) -> None:
    for path in ("messages", "press", "clock"):
        answer = await stand.client.post(f"/practice/api/{path}", data=body)
        assert (answer.status, (await answer.json())["error"]["key"]) == (400, "bad_json")


async def test_a_body_of_more_than_32_mib_is_refused_whether_its_length_is_told_or_not(stand: Stand) -> None:
    async def chunks() -> Any:
        for _ in range(BODY_LIMIT // 2**20 + 1):
            yield b" " * 2**20

    for data in (io.BytesIO(b" " * (BODY_LIMIT + 1)), chunks()):
        answer = await stand.client.post("/practice/api/messages", data=data)
        assert (answer.status, (await answer.json())["error"]["key"]) == (413, "body_too_large")


async def test_a_body_of_many_mebibytes_is_taken(stand: Stand) -> None:
    photos = [base64.b64encode(b"photo" + bytes([n]) * (PHOTO_BYTES - 6)).decode() for n in range(2)]
    answer = await stand.say("", photos=photos)
    assert answer["replies"] == []
    assert len(stand.bot.heard[0].photos) == 2


async def test_a_text_of_exactly_4000_characters_and_nine_photos_are_taken(stand: Stand) -> None:
    await stand.say("字" * 4000, photos=[PHOTO] * 9)
    assert len(stand.bot.heard[0].text) == 4000
    assert len(stand.bot.heard[0].photos) == 9


async def test_control_and_direction_characters_are_taken_but_not_kept(stand: Stand) -> None:
    await stand.say("报事 \u202e门口\x07垃圾\ud83d")
    assert stand.bot.heard[0].text == "报事 门口垃圾"
    assert (await stand.messages())[0]["text"] == "报事 门口垃圾"


WRONG_PRESSES = {
    "an unknown message": ({"message": "bot-99"}, 404, "unknown_message"),
    "a message of a person": ({"message": "mine"}, 404, "unknown_message"),
    "an unknown choice": ({"choice": "maybe"}, 400, "unknown_choice"),
    "no choice": ({"choice": None}, 400, "bad_text"),
    "somebody not in the chat": ({"sender": "liu-min"}, 404, "not_in_chat"),
    "an unknown person": ({"sender": "nobody"}, 404, "unknown_person"),
    "a message of another chat": ({"chat": "direct:li-xiulan"}, 404, "unknown_message"),
    "an id that is a list": ({"press_id": []}, 400, "bad_text"),
}


@pytest.mark.parametrize(("changes", "status", "key"), WRONG_PRESSES.values(), ids=WRONG_PRESSES.keys())
async def test_a_wrong_press_is_refused_and_never_reaches_the_bot(
    stand: Stand, changes: dict[str, Any], status: int, key: str
) -> None:
    answer = await stand.say("报事 门口垃圾", message_id="mine")
    body = {"chat": "group", "sender": "li-xiulan", "message": answer["replies"][0]["id"], "choice": "yes"} | changes
    assert await stand.post("/practice/api/press", body, status) == key
    assert len(stand.bot.heard) == 1


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=1.5", "wait=x", "wait=-1", "wait=31", "wait=nan"])
async def test_a_poll_with_a_wrong_number_is_refused(stand: Stand, query: str) -> None:
    assert await stand.get(f"/practice/api/chats/group/messages?{query}", 400) == "bad_number"


async def test_a_poll_of_an_unknown_chat_is_refused(stand: Stand) -> None:
    assert await stand.get("/practice/api/chats/nowhere/messages?wait=30", 404) == "unknown_chat"


async def test_events_of_an_unknown_person_are_refused(stand: Stand) -> None:
    assert await stand.get("/practice/api/events?person=nobody", 404) == "unknown_person"
    assert await stand.get("/practice/api/events", 404) == "unknown_person"


WRONG_TIMES = [
    "",
    "26h",
    "PT",
    "P",
    "P1DT",
    "PT0H",
    "-PT1H",
    "PT1.5H",
    "P1Y",
    "P1M",
    "P401D",
    "PT99999999999H",
    "PT１H",
    26,
    None,
]


@pytest.mark.parametrize("by", WRONG_TIMES)
async def test_a_step_of_the_clock_that_is_no_duration_is_refused(stand: Stand, by: object) -> None:
    before = stand.room.clock.now()
    assert await stand.post("/practice/api/clock", {"advance": by}, 400) in ("bad_duration", "bad_text")
    assert stand.room.clock.now() == before
    assert stand.bot.settled == []


async def test_an_unknown_address_and_a_wrong_method_are_answered_as_json(stand: Stand) -> None:
    assert await stand.get("/practice/api/nothing", 404) == "not_found"
    assert await stand.post("/practice/api/people", {}, 405) == "wrong_method"


async def test_a_bug_is_logged_with_its_traceback_and_answered_kindly(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Incoming) -> None:
        raise ZeroDivisionError("门口垃圾")

    stand.bot.says = broken
    assert await stand.say("报事 门口垃圾", 500) == "try_later"
    assert any(record.exc_info for record in caplog.records)


async def test_a_message_the_bot_failed_on_is_answered_when_it_is_sent_again(stand: Stand) -> None:
    works, stand.bot.says = stand.bot.says, lambda _: (_ for _ in ()).throw(ZeroDivisionError)
    await stand.say("报事 门口垃圾", 500, message_id="m-1")
    stand.bot.says = works
    answer = await stand.say("报事 门口垃圾", message_id="m-1")
    assert [reply["key"] for reply in answer["replies"]] == ["reported"]
    assert [one["sender"] for one in await stand.messages()] == ["li-xiulan", "bot"]


async def test_any_refusal_of_the_house_is_a_400_with_its_key(stand: Stand) -> None:
    def refuse(_: Incoming) -> None:
        raise Refused("something_else", number=1)

    stand.bot.says = refuse
    answer = await stand.client.post("/practice/api/messages", data=json.dumps(message()))
    assert (answer.status, (await answer.json())["error"]["key"]) == (400, "something_else")
