"""Which messages have been received: the same one twice is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.messages import Incoming
from storage.sql import Session


@dataclass(frozen=True, slots=True)
class Received:
    """The inbox row of a message. `new`: nobody had it before. `same_body`: its digest is the one it had then."""

    id: int
    new: bool
    same_body: bool = True


class Inbox:
    """The first statement of every unit that a message causes."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self.current: int | None = None  # the row of the message this unit answers

    async def receive(self, incoming: Incoming, digest: str) -> Received:
        """Writes down that the message is here. What the unit says from now on carries the row's id.

        `digest` is of the body as the door got it, so that another body under the same id can be told.
        """
        ids = (incoming.channel, incoming.account, incoming.chat, incoming.message_id)
        row = await self._session.one(
            "INSERT INTO inbox (channel, account, chat, message_id, digest, received_at, album) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (channel, account, chat, message_id) DO NOTHING RETURNING id",
            *ids, digest, self._now, incoming.album,
        )  # fmt: skip
        if row is not None:
            self.current = int(row["id"])
            for part in incoming.parts:
                await self._session.all(
                    "INSERT INTO inbox (channel, account, chat, message_id, digest, received_at, album) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, account, chat, message_id) DO NOTHING",
                    *ids[:3], part, digest, self._now, incoming.album,
                )  # fmt: skip
            return Received(self.current, new=True)
        row = await self._session.one(
            "SELECT id, digest FROM inbox WHERE channel = ? AND account = ? AND chat = ? AND message_id = ?", *ids
        )
        assert row is not None  # rows of the inbox are never taken away while their message may come again
        return Received(int(row["id"]), new=False, same_body=row["digest"] == digest)

    async def opened(self, incoming: Incoming) -> int | None:
        """The first message received of the album that this one belongs to; None while there is none but itself."""
        row = await self._session.one(
            "SELECT id FROM inbox WHERE album = ? AND channel = ? AND account = ? AND chat = ? AND message_id <> ? "
            "ORDER BY id LIMIT 1",
            incoming.album, incoming.channel, incoming.account, incoming.chat, incoming.message_id,
        )  # fmt: skip
        return int(row["id"]) if row else None
