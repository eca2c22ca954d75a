"""A message in words as the calls of the Bot API that say it: pure, from a Rendered to method names and parameters."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bots.channel import Rendered
from bots.telegram.callbacks import sign
from core.messages import ChatKind

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024  # UTF-16 units
ALBUM = 10  # pictures of one album, at least 2
ROW_WIDTH = 18  # half-width columns of labels that stand side by side
LONGEST_CHARACTER = 40  # code points of what one sees as a character; whatever is longer may be torn
_JOINER = "\u200d"
_MODIFIERS = "\ufe0e\ufe0f\u20e3\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


@dataclass(frozen=True, slots=True)
class Call:
    """One request: a method of the library's Bot, its parameters, and the media names of the pictures that go along."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    images: tuple[str, ...] = ()

    @property
    def messages(self) -> int:
        """How many messages it makes."""
        return max(1, len(self.images))


def where(chat: str) -> dict[str, Any]:
    """The parameters that name the chat, and the topic where it is one."""
    whole, _, thread = chat.partition("/")
    return {"chat_id": int(whole), **({"message_thread_id": int(thread)} if thread else {})}


def calls(outgoing: int, chat: str, rendered: Rendered, key: bytes) -> tuple[Call, ...]:
    """What says it, in order: pictures first; the words as their caption where they fit, and the buttons under the last part."""
    target, buttons = where(chat), keyboard(outgoing, rendered.choices, key)
    text, images = rendered.text.strip(), rendered.images
    under = {"reply_markup": buttons} if buttons else {}
    captioned = _is_caption(text, images, rendered.choices)
    parts: list[Call] = []
    for start in range(0, len(images), ALBUM):
        some = images[start : start + ALBUM]
        caption = {"caption": text} if captioned and start == 0 and text else {}
        alone = under if captioned and len(images) == 1 else {}
        parts.append(Call("send_photo" if len(some) == 1 else "send_media_group", {**target, **caption, **alone}, some))
    if text and not captioned:
        pieces = split(text, TEXT_LIMIT)
        for piece in pieces[:-1]:
            parts.append(Call("send_message", {**target, "text": piece}))
        parts.append(Call("send_message", {**target, "text": pieces[-1], **under}))
    if rendered.answers.isdecimal() and parts:  # a press is no message
        answered = {"message_id": int(rendered.answers), "allow_sending_without_reply": True}
        parts[0] = Call(parts[0].method, {**parts[0].params, "reply_parameters": answered}, parts[0].images)
    return tuple(parts)


def weight(kind: ChatKind, rendered: Rendered) -> int:
    """How many messages Telegram counts: in a group each picture, 1:1 each call."""
    text, images = rendered.text.strip(), rendered.images
    pictures = -(-len(images) // ALBUM) if kind == ChatKind.DIRECT else len(images)
    apart = bool(text) and not _is_caption(text, images, rendered.choices)
    return max(1, pictures + (len(split(text, TEXT_LIMIT)) if apart else 0))


def _is_caption(text: str, images: Sequence[str], choices: Sequence[object]) -> bool:
    """Whether the words stand under the pictures; an album can have no buttons."""
    return bool(images) and units(text) <= CAPTION_LIMIT and (len(images) == 1 or not choices)


def keyboard(outgoing: int, choices: Sequence[tuple[str, str]], key: bytes) -> list[list[dict[str, str]]]:
    """The buttons in rows: short ones side by side, as long as they fit a phone."""
    rows: list[list[dict[str, str]]] = []
    width = ROW_WIDTH + 1
    for id, label in choices:
        wide = sum(2 if ord(character) > 0x2E7F else 1 for character in label) + 2
        if not rows or width + wide > ROW_WIDTH or len(rows[-1]) == 3:
            rows.append([])
            width = 0
        rows[-1].append({"text": label, "callback_data": sign(outgoing, id, key)})
        width += wide
    return rows


def units(text: str) -> int:
    """How long Telegram finds it: UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int) -> list[str]:
    """The text in pieces of at most so many units, cut between lines where one is near, never within what one sees as a character."""
    pieces: list[str] = []
    while units(text) > limit:
        end = limit
        while (over := units(text[:end]) - limit) > 0:
            end -= -(-over // 2)  # no character is longer than two
        cut = max(text.rfind("\n", end // 2, end), text.rfind("。", end // 2, end) + 1)
        if cut <= 0:
            cut = next((at for at in range(end, max(end - LONGEST_CHARACTER, 0), -1) if not _is_within(text, at)), end)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces or [""]


def _is_within(text: str, at: int) -> bool:
    """Whether a cut there tears what one sees as a character: joined emoji, a skin tone, an accent, a flag."""
    before, after = text[at - 1], text[at]
    if before == _JOINER or after == _JOINER or after in _MODIFIERS or unicodedata.combining(after):
        return True
    flags = at - len(text[:at].rstrip(_FLAG_LETTERS))
    return after in _FLAG_LETTERS and flags % 2 == 1
