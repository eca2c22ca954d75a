"""What every channel is to the rest of the house: what it can do, as data, and something that says a message in a chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.messages import ChatKind, Json
from storage.pace import Rate


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do. Nothing in the house asks which channel it is; it asks these.

    `reads_groups`, `posts_to_groups`: whether the bot hears what is said in groups, and may speak there by itself.
    `needs_person`: somebody has to confirm each post to a group. `reply_window`: how long after a person's last message we may
    answer, None for ever. `buttons`: whether choices are buttons; without, they are a numbered list.
    `text_limit` and `caption_limit` in UTF-16 units; `images` of one message; `image_bytes` of one picture, `image_sides` its width
    and height together in pixels. `can_tell`: the platform can be asked whether a message arrived. `answers_at_door`: the door that
    takes a message says the answer itself. `overall`, `per_group`, `per_direct`: how fast it lets us, None as fast as we like.
    """

    channel: str
    label: str
    reads_groups: bool
    posts_to_groups: bool
    needs_person: bool
    reply_window: timedelta | None
    buttons: bool
    text_limit: int
    caption_limit: int
    images: int
    image_bytes: int
    image_sides: int | None
    can_tell: bool
    answers_at_door: bool
    overall: Rate | None = None
    per_group: Rate | None = None
    per_direct: Rate | None = None

    def words(self) -> str:
        """What it can do, in a sentence."""
        able = {
            "hears groups": self.reads_groups,
            "posts to groups": self.posts_to_groups,
            "a person confirms each post": self.needs_person,
            "buttons": self.buttons,
            f"{self.images} pictures a message": self.images > 0,
            f"answers within {self.reply_window}": self.reply_window is not None,
        }
        return ", ".join(words for words, can in able.items() if can)

    def per_chat(self, kind: ChatKind) -> Rate | None:
        return self.per_direct if kind == ChatKind.DIRECT else self.per_group


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message put into words. `choices` are (id, label); `images` media names; key and params are the Reply's own.

    `answers`: the platform's id of the message in the same group that it answers, "" for none.
    """

    text: str
    key: str
    params: dict[str, Json]
    choices: tuple[tuple[str, str], ...] = ()
    images: tuple[str, ...] = ()
    answers: str = ""


class TransportError(Exception):
    """The message, or the rest of it, was not taken. `said`: the platform's ids of the parts that were.

    `permanent`: trying again will not help. `after`: the platform wants so long a rest.
    """

    def __init__(
        self, message: str, permanent: bool = False, after: timedelta | None = None, said: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.after = after
        self.said = said


class Unreachable(TransportError):
    """Nothing can be said in that chat any more: the bot was removed or blocked, or the chat is gone."""

    def __init__(self, message: str, said: tuple[str, ...] = ()) -> None:
        super().__init__(message, permanent=True, said=said)


class Moved(TransportError):
    """The chat has another id now, `to`."""

    def __init__(self, message: str, to: str, said: tuple[str, ...] = ()) -> None:
        super().__init__(message, said=said)
        self.to = to


class Unanswered(Exception):
    """Nobody knows whether the next part arrived: no answer, or half of one. `said`: the ids of the parts before it."""

    def __init__(self, message: str, said: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.said = said


class Transport(Protocol):
    """A channel that delivers. `chat` is the platform's own id."""

    @property
    def capabilities(self) -> Capabilities: ...

    def weight(self, kind: ChatKind, rendered: Rendered) -> int:
        """How many messages the platform counts for it."""
        ...

    async def deliver(
        self, outgoing: int, chat: str, rendered: Rendered, said: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """Say it, without the parts `said` by an earlier try; returns the platform's ids of all its parts.

        Raises TransportError and its kinds when it was not taken, Unanswered or TimeoutError when nobody knows.
        """
        ...

    async def was_delivered(self, outgoing: int) -> str | None:
        """Where `capabilities.can_tell`: the platform's id if that outgoing row was delivered, None when it was not."""
        ...
