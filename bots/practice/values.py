"""What the practice room keeps: its people, its chats, its messages, and what was handed to Huying."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bots.channel import Capabilities, Rendered
from core.messages import Audience, ChatKind, Incoming, Json, Photo, Press
from core.people import Role

CHANNEL = "practice"
ACCOUNT = "practice"
BOT = "bot"
CAPABILITIES = Capabilities(
    channel=CHANNEL,
    label="实训室",
    reads_groups=True,
    posts_to_groups=True,
    needs_person=False,
    reply_window=None,
    buttons=True,
    text_limit=4000,
    caption_limit=4000,
    images=9,
    image_bytes=10_000_000,
    image_sides=None,
    can_tell=True,
    answers_at_door=True,
)
_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@dataclass(frozen=True, slots=True)
class RoomPerson:
    """`id` is letters, digits, `_`, `.` and `-`, at most 40; the 1:1 chat with the bot is `direct:ID`."""

    id: str
    name: str
    role: Role
    area: str

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id) or self.id == BOT:
            raise ValueError(f"{self.id!r} cannot be the id of a person")


@dataclass(frozen=True, slots=True)
class RoomChat:
    """`members` are person ids; Huying is in every chat without being listed. `daily`: it takes one post of ours a day."""

    id: str
    kind: ChatKind
    title: str
    audience: Audience
    area: str
    members: tuple[str, ...]
    daily: bool = False

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id.removeprefix("direct:") if self.kind == ChatKind.DIRECT else self.id):
            raise ValueError(f"{self.id!r} cannot be the id of a chat")


@dataclass(frozen=True, slots=True)
class Message:
    """One message in a chat. `sender` is a person id or "bot"; `outgoing` is the row of Huying's that it says."""

    chat: str
    seq: int
    id: str
    sender: str
    text: str
    at: datetime
    key: str = ""
    params: Mapping[str, Json] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    outgoing: int | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """A message or a press as it is handed to Huying. `uid` is its message id there; `id` the client's own.

    `digest` tells a retry from something else under the same id; `answered`: what it causes is delivered.
    """

    uid: str
    id: str
    chat: str
    sender: str
    digest: str
    at: datetime
    text: str = ""
    photos: tuple[Photo, ...] = ()
    reply_to: int | None = None
    press: Press | None = None
    answered: bool = False

    def incoming(self, bot_name: str) -> Incoming:
        return Incoming(
            channel=CHANNEL,
            account=ACCOUNT,
            chat=self.chat,
            sender=self.sender,
            message_id=self.uid,
            at=self.at,
            direct=self.chat.startswith("direct:"),
            text=self.text,
            photos=self.photos,
            mentions_bot=f"@{bot_name}" in self.text,
            reply_to=self.reply_to,
            press=self.press,
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """One outgoing row of Huying's, in words, for a chat of the room."""

    outgoing: int
    chat: str
    rendered: Rendered


def message_uid(chat: str, sender: str, id: str) -> str:
    return f"msg/{chat}/{sender}/{id}"


def press_uid(id: str) -> str:
    return f"press:{id}"
