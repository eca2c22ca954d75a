"""What the stand-in shows of itself: users, messages as seen, calls as made; and how it says that it was used wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

Json = dict[str, Any]  # a JSON object as Telegram writes it

STATUS = {"not_found": 404, "conflict": 409, "bad": 400, "too_large": 413}


class Misuse(Exception):
    """A person of the stand-in was asked to do what no person can; `key` names it, `kind` is one of STATUS."""

    def __init__(self, key: str, text: str, kind: str = "conflict") -> None:
        super().__init__(text)
        self.key = key
        self.status = STATUS[kind]


@dataclass(frozen=True, slots=True)
class User:
    """A person, or the bot itself."""

    id: int
    first_name: str
    username: str = ""
    bot: bool = False
    note: str = ""

    def json(self) -> Json:
        """As in `from`."""
        names = {"first_name": self.first_name} | ({"username": self.username} if self.username else {})
        return {"id": self.id, "is_bot": self.bot, **names} | ({} if self.bot else {"language_code": "zh-hans"})


class Button(NamedTuple):
    """One button under a message: `data` of a callback button, or `url` of a link."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a person in the chat sees it now.

    `seq` rises in its chat with each message, edit and deletion; `photos` are file ids; `album` is the media_group_id;
    `kind` is "" for words and photos, else voice, video, sticker, location, document, contact, poll, service or deleted.
    """

    seq: int
    message_id: int
    thread: int | None
    sender: User
    text: str
    photos: tuple[str, ...]
    album: str
    buttons: tuple[tuple[Button, ...], ...]
    reply_to: int | None
    edited: bool
    at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the Bot API. `delivered`: it had its effect. `status` and `answer` are None where none was given.

    `answer` is what the method made of it, also when a fault kept it from the client; an uploaded file stands in
    `params` as {"name", "bytes"}.
    """

    n: int
    method: str
    params: Json
    status: int | None
    answer: Json | None
    fault: str
    delivered: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Handed:
    """One update handed to the bot, in an answer to getUpdates (status 200) or to its webhook (the status it answered)."""

    n: int
    update: Json
    status: int | None
    at: datetime

    @property
    def kind(self) -> str:
        return next(key for key in self.update if key != "update_id")


@dataclass(frozen=True, slots=True)
class Overrun:
    """A request refused because messages came too fast. `scope` is the rate's: all, group or private."""

    method: str
    chat: int
    scope: str
    retry_after: int
    at: datetime
