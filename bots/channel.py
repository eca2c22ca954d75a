"""What every channel is to the rest of the house: something that can say a rendered message in a chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.messages import Json


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message put into words. `choices` are (id, label); `images` media names; key and params are the Reply's own."""

    text: str
    key: str
    params: dict[str, Json]
    choices: tuple[tuple[str, str], ...] = ()
    images: tuple[str, ...] = ()


class TransportError(Exception):
    """The message was not delivered. `permanent`: trying again will not help."""

    def __init__(self, message: str, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class Transport(Protocol):
    """A channel that delivers. `chat` is the platform's own id."""

    async def deliver(self, outgoing: int, chat: str, rendered: Rendered) -> str:
        """Say it; returns the platform's message id. Raises TransportError. A timeout means: nobody knows."""
        ...

    async def was_delivered(self, outgoing: int) -> str | None:
        """The platform's message id if that outgoing row was delivered; None when it was not or nobody can tell."""
        ...

    def can_tell(self) -> bool:
        """Whether `was_delivered` is a real look-up, so that a None means it was not delivered."""
        ...
