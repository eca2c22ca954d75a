"""What comes in through a door and what goes out of one, whatever the channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

TEXT_LIMIT = 4000  # characters of one incoming message, on every channel
PHOTO_LIMIT = 9  # photos of one message


class ChatKind(StrEnum):
    """TOPIC: a thread of a group, answered there; what is posted goes to where the group was bound."""

    GROUP = "group"
    TOPIC = "topic"
    DIRECT = "direct"


class Audience(StrEnum):
    """Whom a group is for."""

    RESIDENTS = "residents"
    STAFF = "staff"
    PARTNERS = "partners"


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation Huying takes part in. `area` is an area code; `external` is the platform's own opaque id.

    `daily`: the channel lets us post there once a day, so what is published waits for the day's digest.
    """

    id: int
    channel: str
    account: str
    external: str
    kind: ChatKind
    audience: Audience
    area: str
    title: str = ""
    daily: bool = False


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture already re-encoded and stored: `name` is its file name in the media store, sizes are pixels."""

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or press, as every channel door hands it in. Ids are the platform's own, opaque.

    `name` and `title`: what the platform calls the sender and the group. `direct`: said 1:1 to the bot, not in a group.
    `within`: the group that `chat` is a topic of, "" for a whole chat. `reply_to` is the id of the outgoing row the message
    answers; where the channel knows only the platform's id of that message, it is `answers`. `album` groups the pictures sent
    together, of which `parts` are the further messages that came along in this one. `attachment` names what was sent beside
    text and photos: "voice", "video", "location", "sticker", "other", or "photo" for one that could not be had.
    `opens`: an address at which the sender opens their 1:1 chat, "" for none.
    """

    channel: str
    account: str
    chat: str
    sender: str
    message_id: str
    at: datetime
    direct: bool = False
    text: str = ""
    photos: tuple[Photo, ...] = ()
    mentions_bot: bool = False
    reply_to: int | None = None
    album: str = ""
    parts: tuple[str, ...] = ()
    attachment: str = ""
    press: Press | None = None
    name: str = ""
    title: str = ""
    within: str = ""
    answers: str = ""
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed: the outgoing row that showed it, and the choice's id."""

    outgoing: int
    choice: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer a person can pick. `says` is what they could have typed instead, so that a press and a word are one path.

    `label` is a text key; `params` fill it. A channel without buttons prints the choices as a numbered list.
    """

    id: str
    label: str
    says: str
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says: a text key with its params (already masked), pictures by media name, choices in their order.

    `private`: said 1:1 even when the question came from a group, which then sees only 已私信您.
    `asked`: the people who may answer the choices; empty means whoever is in the chat and has the right.
    `event`: the id of the event it is about, so that a message answering it knows its matter.
    `to`: whom the sender has become by what they said; None: they are who they were.
    """

    key: str
    params: Mapping[str, Json] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    images: tuple[str, ...] = ()
    private: bool = False
    asked: tuple[int, ...] = ()
    event: int | None = None
    to: int | None = None


class Urgency(StrEnum):
    """When an outgoing may leave: at once; in the hours for personal notices; in the hours for posts to groups.

    DOOR: an answer, being said already by the door that took the message; the loop sees to it only when the door fails.
    """

    DOOR = "door"
    NOW = "now"
    NOTICE = "notice"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something to be said, to a person (their own 1:1 chat) or to a chat; `key` makes saying it twice impossible.

    A post to a group is sent at most once, a personal notice at least once. `after`: not before that moment.
    """

    key: str
    reply: Reply
    person: int | None = None
    chat: int | None = None
    urgency: Urgency = Urgency.NOW
    after: datetime | None = None
