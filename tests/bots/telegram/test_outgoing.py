"""A message in words becomes calls that Telegram takes: within its lengths, in its albums, with its buttons, and nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.channel import Rendered
from bots.telegram.callbacks import key_of, read
from bots.telegram.outgoing import (
    ALBUM,
    CAPTION_LIMIT,
    ROW_WIDTH,
    TEXT_LIMIT,
    Call,
    calls,
    keyboard,
    split,
    units,
    weight,
)
from core.messages import ChatKind, Press
from tests.bots.telegram.conftest import steady

KEY = key_of("100200300:stand-in")
GROUP, TOPIC, DIRECT = "-1002000000001", "-1002000000001/42", "7000001"
YES_NO = (("yes", "是，同一件"), ("no", "不是"))
PHONES = "📱" * 600  # 1,200 units in 600 characters

words = st.text(st.sampled_from("报事路灯坏了。\n 　a1📱👩🏽‍🚒é́"), max_size=60)
long_words = st.builds(lambda piece, times: piece * times, words, st.integers(0, 400))
pictures = st.integers(0, 23).map(lambda count: tuple(f"p{n}.png" for n in range(count)))
choices = st.lists(st.text("报事同意a ", min_size=1, max_size=12), max_size=9).map(
    lambda labels: tuple((str(n), label) for n, label in enumerate(labels))
)


def rendered(
    text: str = "好", images: int = 0, choices: tuple[tuple[str, str], ...] = (), answers: str = ""
) -> Rendered:
    return Rendered(text, "ok", {}, choices, tuple(f"p{n}.png" for n in range(images)), answers)


def said(
    text: str = "好", images: int = 0, choices: tuple[tuple[str, str], ...] = (), answers: str = ""
) -> tuple[Call, ...]:
    return calls(7, GROUP, rendered(text, images, choices, answers), KEY)


def labels(call: Call) -> list[list[str]]:
    return [[button["text"] for button in row] for row in call.params.get("reply_markup", [])]


# ---- lengths


@pytest.mark.parametrize(("text", "length"), [("", 0), ("a", 1), ("灯", 1), ("📱", 2), ("👩🏽‍🚒", 7), ("e\u0301", 2)])
def test_a_text_is_as_long_as_its_utf16_units(text: str, length: int) -> None:
    assert units(text) == length == len(text.encode("utf-16-le")) // 2


@steady
@given(st.text())
def test_the_length_of_any_text_is_that_of_its_utf16(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@steady
@given(long_words, st.integers(10, 5000))
@example("📱" * 2049, TEXT_LIMIT)  # the last unit of the limit is half a character
@example("a" + "📱" * 2048, TEXT_LIMIT)
@example(" " * 9000, TEXT_LIMIT)
@example("a" * 4096 + " " * 9000 + "b", TEXT_LIMIT)
def test_a_split_text_keeps_every_letter_in_pieces_that_fit(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(units(piece) <= limit for piece in pieces)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)
    for piece in pieces:
        piece.encode("utf-16-le")  # a lone half of a character cannot be encoded


@steady
@given(long_words)
def test_a_text_that_fits_is_not_split(text: str) -> None:
    assert split(text, max(1, units(text))) == [text]


def test_a_long_text_is_cut_between_lines_where_one_is_near() -> None:
    lines = "\n".join(f"{n}. 路灯坏了" for n in range(1000))
    pieces = split(lines, TEXT_LIMIT)
    assert len(pieces) == 3
    assert "\n".join(pieces) == lines
    sentences = "路灯坏了。" * 1000
    assert all(piece.endswith("。") for piece in split(sentences, TEXT_LIMIT))


@steady
@given(
    st.lists(st.sampled_from(["👩🏽‍🚒", "🇨🇳", "👨‍👩‍👧‍👦", "e\u0301", "❤️", "路"]), min_size=1, max_size=40),
    st.integers(16, 40),
)
def test_an_emoji_of_many_parts_is_not_torn(characters: list[str], limit: int) -> None:
    """What a reader sees as one character goes whole into one piece."""
    rest = list(characters)
    for piece in split("".join(characters), limit):
        while piece:
            assert piece.startswith(rest[0]), f"{rest[0]} was torn"
            piece = piece.removeprefix(rest.pop(0))
    assert not rest


# ---- pictures


@pytest.mark.parametrize(
    ("images", "parts"), [(1, [1]), (2, [2]), (9, [9]), (10, [10]), (11, [10, 1]), (12, [10, 2]), (21, [10, 10, 1])]
)
def test_pictures_go_in_albums_of_two_to_ten_and_a_single_one_alone(images: int, parts: list[int]) -> None:
    made = said(images=images)
    assert [len(call.images) for call in made] == parts
    assert [call.method for call in made] == ["send_photo" if part == 1 else "send_media_group" for part in parts]
    assert [name for call in made for name in call.images] == [f"p{n}.png" for n in range(images)]
    assert made[0].params["caption"] == "好"
    assert all("caption" not in call.params for call in made[1:])


@pytest.mark.parametrize(
    ("text", "captioned"), [("灯" * 1024, True), ("灯" * 1025, False), ("📱" * 512, True), ("📱" * 513, False)]
)
def test_words_are_the_caption_only_where_they_fit_in_utf16_units(text: str, captioned: bool) -> None:
    for images in (1, 3):
        made = said(text, images)
        assert ("caption" in made[0].params) is captioned
        assert [call.params.get("text") for call in made[1:]] == ([] if captioned else [text])


def test_an_album_has_its_buttons_under_words_of_their_own() -> None:
    album, question = said("是同一件吗？", 3, YES_NO)
    assert "caption" not in album.params
    assert "reply_markup" not in album.params  # Telegram takes none there
    assert question.params["text"] == "是同一件吗？"
    assert labels(question) == [["是，同一件", "不是"]]


def test_a_single_picture_has_its_words_and_buttons_under_it() -> None:
    (photo,) = said("是同一件吗？", 1, YES_NO)
    assert photo.params["caption"] == "是同一件吗？"
    assert labels(photo) == [["是，同一件", "不是"]]


def test_buttons_stand_under_the_last_piece_of_a_long_text_only() -> None:
    first, second, last = said("路灯坏了。" * 2000, choices=YES_NO)
    assert labels(first) == labels(second) == []
    assert labels(last) == [["是，同一件", "不是"]]


def test_pictures_without_words_go_without_a_caption() -> None:
    for images in (1, 3):
        (only,) = said("  \n", images)
        assert "caption" not in only.params


# ---- where


def test_a_topic_is_named_in_every_part() -> None:
    for call in calls(7, TOPIC, rendered("路灯坏了。" * 2000, 12), KEY):
        assert (call.params["chat_id"], call.params["message_thread_id"]) == (-1002000000001, 42)
    (whole,) = calls(7, GROUP, rendered(), KEY)
    assert whole.params["chat_id"] == -1002000000001
    assert "message_thread_id" not in whole.params


def test_the_first_part_alone_answers_the_message_and_goes_out_even_when_that_is_gone() -> None:
    first, *others = said("路灯坏了。" * 2000, 12, answers="99")
    assert first.params["reply_parameters"] == {"message_id": 99, "allow_sending_without_reply": True}
    assert all("reply_parameters" not in call.params for call in others)


@pytest.mark.parametrize("answers", ["", "press:4000000001", "²", "-5", "chat"])
def test_what_is_no_message_of_the_platform_is_not_answered(answers: str) -> None:
    (only,) = said(answers=answers)
    assert "reply_parameters" not in only.params


@pytest.mark.parametrize("chat", ["", "group", "-1002000000001#12", "7/x", "practice:1"])
def test_a_chat_that_telegram_cannot_have_is_refused_before_anything_is_sent(chat: str) -> None:
    with pytest.raises(ValueError):
        calls(7, chat, rendered(), KEY)


# ---- buttons


@steady
@given(choices)
def test_every_choice_is_one_button_in_its_order_and_rows_fit_a_phone(offered: tuple[tuple[str, str], ...]) -> None:
    rows = keyboard(7, offered, KEY)
    buttons = [button for row in rows for button in row]
    assert [(read(button["callback_data"], KEY), button["text"]) for button in buttons] == [
        (Press(7, choice), label) for choice, label in offered
    ]
    for row in rows:
        width = sum(2 + sum(1 + (character > "\u2e7f") for character in button["text"]) for button in row)
        assert 1 <= len(row) <= 3
        assert len(row) == 1 or width <= ROW_WIDTH


def test_stars_stand_side_by_side_and_long_labels_alone() -> None:
    stars = tuple((str(n), f"{n}星") for n in range(1, 6))
    assert [len(row) for row in keyboard(7, stars, KEY)] == [3, 2]
    names = (("to-1", "张海燕（第四网格网格员）"), ("to-2", "王师傅（第三网格网格员）"))
    assert [len(row) for row in keyboard(7, names, KEY)] == [1, 1]


def test_a_message_without_choices_has_no_keyboard() -> None:
    assert all("reply_markup" not in call.params for call in said("路灯坏了。" * 2000, 12))


# ---- all together


@steady
@given(long_words, pictures, choices, st.sampled_from([GROUP, TOPIC, DIRECT]))
@example(PHONES, ("p.png",), YES_NO, GROUP)
@example(" " * 9000, (), (), GROUP)
def test_nothing_is_lost_and_everything_is_within_the_limits(
    text: str, images: tuple[str, ...], offered: tuple[tuple[str, str], ...], chat: str
) -> None:
    made = calls(7, chat, Rendered(text, "ok", {}, offered, images), KEY)
    spoken = "".join(call.params.get("text", "") + call.params.get("caption", "") for call in made)
    assert re.sub(r"\s", "", spoken) == re.sub(r"\s", "", text)
    assert tuple(name for call in made for name in call.images) == images
    for call in made:
        assert "text" not in call.params or 1 <= units(call.params["text"]) <= TEXT_LIMIT
        assert units(call.params.get("caption", "")) <= CAPTION_LIMIT
        assert call.method != "send_media_group" or 2 <= len(call.images) <= ALBUM
        assert call.method != "send_photo" or len(call.images) == 1
    shown = [button for call in made for row in call.params.get("reply_markup", []) for button in row]
    if text.strip():
        assert [button["text"] for button in shown] == [label for _, label in offered]


@steady
@given(long_words, pictures, choices)
@example("路" * 4096 + "  ", (), ())
@example(" " * 9000, ("p.png", "q.png"), YES_NO)
def test_the_weight_is_what_telegram_counts(
    text: str, images: tuple[str, ...], offered: tuple[tuple[str, str], ...]
) -> None:
    message = Rendered(text, "ok", {}, offered, images)
    made = calls(7, GROUP, message, KEY)
    assert weight(ChatKind.GROUP, message) == max(1, sum(call.messages for call in made))
    assert weight(ChatKind.TOPIC, message) == weight(ChatKind.GROUP, message)
    assert weight(ChatKind.DIRECT, message) == max(1, len(made))
