"""Where what must be said goes: a group, or the 1:1 chat in which a person can be spoken to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.messages import Audience, ChatKind
from storage.outbox import Queued
from storage.sql import Session, marks


@dataclass(frozen=True, slots=True)
class Address:
    """Where an outgoing goes: `chat` is the platform's own id; of a group also whose it is and what it is called.

    `answers`: the platform's id of the message in that group that caused it, "" for none. `active`: posts go there; a group that
    is not may still be answered.
    """

    channel: str
    account: str
    chat: str
    kind: ChatKind
    audience: Audience = Audience.RESIDENTS
    community: str = ""
    title: str = ""
    answers: str = ""
    active: bool = True


class Addresses:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def of(self, queued: Queued, channels: Sequence[str]) -> Address | None:
        """Where it goes; None when the person cannot be spoken to 1:1 on any of the channels, or not any more in that 1:1 chat.

        A person is answered where they spoke (the chat of the inbox row, else its channel), else where they were bound last.
        """
        if queued.chat is not None:
            row = await self._session.one(
                """
                SELECT c.channel, c.account, c.external AS chat, c.kind, c.audience, c.community, c.title, c.active, m.message_id
                  FROM chat c LEFT JOIN inbox m
                    ON m.id = ? AND m.channel = c.channel AND m.account = c.account AND m.chat = c.external
                 WHERE c.id = ? AND (c.kind <> ? OR EXISTS (SELECT 1 FROM identity i
                        WHERE i.channel = c.channel AND i.account = c.account AND i.direct_chat = c.external))
                """,
                queued.inbox, queued.chat, ChatKind.DIRECT,
            )  # fmt: skip
            if row is None:
                return None
            kind, audience = ChatKind(row["kind"]), Audience(row["audience"])
            return Address(
                row["channel"], row["account"], row["chat"], kind, audience, row["community"], row["title"],
                row["message_id"] or "", bool(row["active"]),
            )  # fmt: skip
        row = await self._session.one(
            f"""
            SELECT i.channel, i.account, i.direct_chat AS chat
              FROM identity i LEFT JOIN inbox m ON m.id = ? AND m.channel = i.channel AND m.account = i.account
             WHERE i.person_id = ? AND i.direct_chat <> '' AND i.channel IN ({marks(len(channels))})
             ORDER BY CASE WHEN m.chat = i.direct_chat THEN 0 WHEN m.id IS NULL THEN 2 ELSE 1 END, i.id DESC LIMIT 1
            """,
            queued.inbox, queued.person, *channels,
        )  # fmt: skip
        return Address(row["channel"], row["account"], row["chat"], ChatKind.DIRECT) if row else None
