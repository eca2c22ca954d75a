"""How long, how big, how fast: what is over it is refused as Telegram refuses it, and leaves nothing behind."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from bots.practice.platforms.telegram import Limits, Rate
from bots.practice.platforms.telegram.limits import Pace
from tests.bots.platforms.conftest import GROUP, LI, MONDAY, SUN, Stand, png

NO_RATES = Limits(rates=())


@pytest.fixture
def limits(request: pytest.FixtureRequest) -> Limits:
    given: Limits = getattr(request, "param", NO_RATES)
    return given


def with_limits(**changes: object) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("limits", [replace(NO_RATES, **changes)], indirect=True)  # type: ignore[arg-type]


def photo_form(content: bytes, **fields: str) -> aiohttp.FormData:
    form = aiohttp.FormData({"chat_id": str(GROUP), **fields})
    form.add_field("photo", content, filename="a.png")
    return form


async def test_a_text_has_at_most_4096_utf16_units(stand: Stand) -> None:
    assert await stand.refused("sendMessage", chat_id=GROUP, text="😀" * 2048 + "a") == (
        400,
        "Bad Request: message is too long",
    )
    sent = await stand.ok("sendMessage", chat_id=GROUP, text="😀" * 2048)
    where = {"chat_id": GROUP, "message_id": sent["message_id"]}
    assert await stand.refused("editMessageText", **where, text="a" * 4097) == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert [len(seen.text) for seen in stand.standin.messages(GROUP)] == [2048]


async def test_a_caption_has_at_most_1024_units_also_in_an_album(stand: Stand) -> None:
    too_long = (400, "Bad Request: message caption is too long")
    assert await stand.refused("sendPhoto", photo_form(png(), caption="a" * 1025)) == too_long
    media = [{"type": "photo", "media": "attach://photo", "caption": text} for text in ("a" * 1024, "a" * 1025)]
    assert await stand.refused("sendMediaGroup", photo_form(png(), media=json.dumps(media))) == too_long
    await stand.ok("sendPhoto", photo_form(png(), caption="a" * 1024))
    assert len(stand.standin.messages(GROUP)) == 1


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "there are no messages to send"),
        (1, "wrong number of media in the album"),
        (11, "too many messages to send as an album"),
    ],
)
async def test_an_album_has_from_two_to_ten_pictures(stand: Stand, count: int, text: str) -> None:
    media = [{"type": "photo", "media": "attach://photo"}] * count
    assert await stand.refused("sendMediaGroup", photo_form(png(), media=json.dumps(media))) == (
        400,
        f"Bad Request: {text}",
    )
    assert stand.standin.messages(GROUP) == ()


async def test_one_bad_picture_keeps_the_whole_album_back(stand: Stand) -> None:
    form = photo_form(png(), media=json.dumps([{"type": "photo", "media": f"attach://{n}"} for n in ("photo", "bad")]))
    form.add_field("bad", b"no picture", filename="b.png")
    assert await stand.refused("sendMediaGroup", form) == (400, "Bad Request: IMAGE_PROCESS_FAILED")
    assert stand.standin.messages(GROUP) == ()


@pytest.mark.parametrize(
    ("width", "height", "padding", "text"),
    [
        (9000, 1001, 0, "PHOTO_INVALID_DIMENSIONS"),
        (2001, 100, 0, "PHOTO_INVALID_DIMENSIONS"),
        (100, 2001, 0, "PHOTO_INVALID_DIMENSIONS"),
        (30, 20, 934, "file of size 1001 bytes is too big for a photo"),
    ],
)
@with_limits(photo=1000)
async def test_a_photo_too_big_or_too_long_is_refused(
    stand: Stand, width: int, height: int, padding: int, text: str
) -> None:
    content = png(width, height) + bytes(padding)
    assert await stand.refused("sendPhoto", photo_form(content)) == (400, f"Bad Request: {text}")
    assert stand.standin.messages(GROUP) == ()


@pytest.mark.parametrize(("content", "text"), [(b"words", "IMAGE_PROCESS_FAILED"), (b"", "file must be non-empty")])
async def test_a_photo_that_is_none_is_refused(stand: Stand, content: bytes, text: str) -> None:
    assert await stand.refused("sendPhoto", photo_form(content)) == (400, f"Bad Request: {text}")
    assert stand.standin.messages(GROUP) == ()


def test_the_sizes_are_those_of_telegram() -> None:
    limits = Limits()
    assert (limits.photo, limits.upload, limits.download) == (10_485_760, 52_428_800, 20_971_520)


async def test_a_photo_at_the_very_edge_is_taken(stand: Stand) -> None:
    for content in (png(9000, 1000), png(2000, 100)):
        await stand.ok("sendPhoto", photo_form(content))


@with_limits(upload=1000)
async def test_a_request_too_large_is_refused_whole(stand: Stand) -> None:
    assert await stand.refused("sendPhoto", photo_form(png() + bytes(2000))) == (413, "Request Entity Too Large")
    assert [call.status for call in stand.standin.calls] == [413]


@with_limits(download=100)
async def test_a_file_too_big_to_download_is_refused(stand: Stand) -> None:
    stand.standin.say(LI, LI, photos=[png() + bytes(100)])
    small, full = (await stand.update())["photo"]
    assert await stand.refused("getFile", file_id=full["file_id"]) == (400, "Bad Request: file is too big")
    assert "file_path" in await stand.ok("getFile", file_id=small["file_id"])


async def test_the_answer_to_a_press_has_at_most_200_units(stand: Stand) -> None:
    stand.standin.start(LI)
    query = stand.standin.forge_press(LI, LI, 1, "x")
    assert await stand.refused("answerCallbackQuery", callback_query_id=query, text="a" * 201) == (
        400,
        "Bad Request: MESSAGE_TOO_LONG",
    )
    await stand.ok("answerCallbackQuery", callback_query_id=query, text="a" * 200)


@pytest.mark.parametrize("limits", [Limits()], indirect=True)
async def test_a_group_takes_twenty_messages_a_minute(stand: Stand) -> None:
    for _ in range(20):
        stand.clock.move(1)
        await stand.ok("sendMessage", chat_id=GROUP, text="好")
    stand.clock.move(0.5)
    status, body = await stand.post("sendMessage", chat_id=GROUP, text="好")
    assert (status, body) == (
        429,
        {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 41",
            "parameters": {"retry_after": 41},
        },
    )
    assert len(stand.standin.messages(GROUP)) == 20
    (overrun,) = stand.standin.overruns
    assert (overrun.method, overrun.chat, overrun.scope, overrun.retry_after) == ("sendMessage", GROUP, "group", 41)
    stand.clock.move(41)
    await stand.ok("sendMessage", chat_id=GROUP, text="好")


@pytest.mark.parametrize("limits", [Limits()], indirect=True)
async def test_a_private_chat_takes_a_short_burst_and_then_waits(stand: Stand) -> None:
    stand.standin.start(LI)
    stand.standin.start(SUN)
    for _ in range(5):
        await stand.ok("sendMessage", chat_id=LI, text="好")
    assert await stand.refused("sendMessage", chat_id=LI, text="好") == (429, "Too Many Requests: retry after 5")
    await stand.ok("sendMessage", chat_id=SUN, text="好")
    assert await stand.refused("sendMessage", chat_id=LI, text=" ") == (400, "Bad Request: message text is empty")
    stand.clock.move(5)
    await stand.ok("sendMessage", chat_id=LI, text="好")
    assert len(stand.standin.overruns) == 1


def test_an_album_counts_each_picture_and_a_refusal_counts_nothing() -> None:
    pace = Pace((Rate("group", 20, timedelta(minutes=1)),))
    assert pace.take(GROUP, False, 10, MONDAY) is None
    assert pace.take(GROUP, False, 9, MONDAY + timedelta(seconds=1)) is None
    later = MONDAY + timedelta(seconds=30)
    assert pace.take(GROUP, False, 2, later) == ("group", 30)
    assert pace.take(GROUP, False, 1, later) is None
    assert pace.take(LI, True, 30, later) is None


def test_all_chats_together_take_thirty_a_second_and_the_window_slides() -> None:
    pace = Pace(Limits().rates)
    for n in range(30):
        assert pace.take(n, True, 1, MONDAY + timedelta(milliseconds=10 * n)) is None
    assert pace.take(99, True, 1, MONDAY + timedelta(milliseconds=999)) == ("all", 1)
    assert pace.take(99, True, 1, MONDAY + timedelta(milliseconds=1000)) is None
    assert pace.take(99, True, 1, MONDAY + timedelta(milliseconds=1005)) == ("all", 1)


def test_an_album_larger_than_the_burst_of_a_private_chat_passes_alone() -> None:
    pace = Pace(Limits().rates)
    assert pace.take(LI, True, 10, MONDAY) is None
    assert pace.take(LI, True, 1, MONDAY) == ("private", 5)
    assert pace.take(LI, True, 10, MONDAY + timedelta(seconds=5)) is None
