"""The queue of updates: made, kept until confirmed, handed over by long poll or pushed to a webhook."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp

from bots.practice.platforms.telegram.bell import Bell
from bots.practice.platforms.telegram.problems import OTHER_POLL, WEBHOOK_ACTIVE, conflict
from bots.practice.platforms.telegram.values import Json

logger = logging.getLogger(__name__)

BY_DEFAULT = frozenset(
    {"message", "edited_message", "callback_query", "my_chat_member"}
)  # chat_member only if asked for
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass(slots=True)
class Webhook:
    """Where updates are posted. `stalled`: the last post failed, and nothing is posted until somebody says so."""

    url: str
    secret: str = ""
    max_connections: int = 40
    stalled: bool = False
    last_error: str = ""
    last_error_at: datetime | None = None


@dataclass(slots=True)
class Updates:
    """`handed` is told of every update given to the bot, with the HTTP status (None: no answer).

    `waiting` is how many polls wait now.
    """

    bell: Bell
    now: Callable[[], datetime]
    handed: Callable[[Json, int | None], None]
    next_id: int
    made: list[Json] = field(default_factory=list)
    pending: list[Json] = field(default_factory=list)
    allowed: frozenset[str] = BY_DEFAULT
    webhook: Webhook | None = None
    closing: bool = False
    waiting: int = 0
    _poll: int = 0
    _pushing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def add(self, kind: str, body: Json) -> None:
        """A new update, unless the bot does not want this kind: then there is none, now or later."""
        if kind in self.allowed:
            update = {"update_id": self.next_id, kind: body}
            self.next_id += 1
            self.made.append(update)
            self.pending.append(update)
        self.bell.ring()

    def allow(self, kinds: Iterable[str] | None) -> None:
        """From now on only these; an empty list is the default again, None leaves all as it is."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or BY_DEFAULT

    def take(self, offset: int, limit: int) -> list[Json]:
        """Up to `limit` from `offset` on; those before it are forgotten. A negative offset counts from the end."""
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [one for one in self.pending if one["update_id"] >= offset]
        return self.pending[:limit]

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Json]:
        """getUpdates. A second poll ends the first, which is told so; so does a webhook."""
        if self.webhook:
            raise conflict(WEBHOOK_ACTIVE)
        self._poll += 1
        mine = self._poll
        self.waiting += 1
        self.bell.ring()
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        try:
            while not (found := self.take(offset, limit)) and not self.closing and (left := until - loop.time()) > 0:
                await self.bell.heard(left)
                if self.webhook:
                    raise conflict("terminated by setWebhook request")
                if self._poll != mine:
                    raise conflict(OTHER_POLL)
        finally:
            self.waiting -= 1
        for update in found:
            self.handed(update, 200)
        return found

    def hook(self, webhook: Webhook | None, drop: bool) -> None:
        self.webhook = webhook
        if drop:
            self.pending.clear()
        self.bell.ring()

    async def push(self, client: aiohttp.ClientSession) -> int:
        """Post what waits, in order, until one fails; gives how many were taken."""
        taken = 0
        async with self._pushing:
            while self.pending and (webhook := self.webhook):
                update = self.pending[0]
                status, error = await _post(client, webhook, update)
                if webhook is not self.webhook:
                    continue
                self.handed(update, status)
                webhook.stalled = bool(error)
                if error:
                    webhook.last_error, webhook.last_error_at = error, self.now()
                    logger.warning("webhook update=%s status=%s", update["update_id"], status)
                    break
                taken += 1
                self.pending = [one for one in self.pending if one is not update]
        return taken

    async def keep_pushing(self, client: aiohttp.ClientSession, retry_s: float | None) -> None:
        """Push whenever something waits. After a failure: when told, or after `retry_s` seconds if given."""
        while not self.closing:
            hook = self.webhook
            if (hook and self.pending and not hook.stalled) or not await self.bell.heard(
                retry_s if hook and hook.stalled else None
            ):
                await self.push(client)


async def _post(client: aiohttp.ClientSession, webhook: Webhook, update: Json) -> tuple[int | None, str]:
    """(HTTP status or None, what went wrong or "")."""
    headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
    try:
        async with client.post(webhook.url, json=update, headers=headers, allow_redirects=False) as answer:
            await answer.read()
            if 200 <= answer.status <= 299:
                return answer.status, ""
            return answer.status, f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except TimeoutError:
        return None, "Read timeout expired"
    except aiohttp.ClientConnectorError:
        return None, "Connection refused"
    except aiohttp.ClientError:
        return None, "Webhook connection closed"
