"""Telegram, put together: its door and its transport over one bot, by polling or by a webhook of our own."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import ValidationError
from telegram import Bot
from telegram.error import Conflict, TelegramError

from bots.config import Settings
from bots.telegram import callbacks, menus, wire
from bots.telegram.door import ALBUM_S, Door, Huying
from bots.telegram.incoming import Me
from bots.telegram.request import AiohttpRequest
from bots.telegram.transport import TelegramTransport

logger = logging.getLogger(__name__)

WEBHOOK = "/telegram/webhook"
BODY_LIMIT = 1024 * 1024
POLL_S = 25  # how long Telegram keeps a poll open
BATCH = 100
RETRY_S, LONGEST_RETRY_S = 1.0, 60.0
TRIES = 5  # of an update that makes us fail; then it is left, and the log says so


class Telegram:
    """The channel. `connect` gives it Huying; `run` opens the door and keeps it open; what is sent goes through `transport`."""

    path = WEBHOOK

    def __init__(self, settings: Settings, picture: Callable[[str], Awaitable[bytes]]) -> None:
        token, base = settings.telegram_token.get_secret_value(), settings.telegram_api.rstrip("/")
        self._settings, self._key, self.secret = settings, callbacks.key_of(token), webhook_secret(token)
        self._requests = requests = (
            AiohttpRequest(proxy=settings.telegram_proxy),
            AiohttpRequest(2, settings.telegram_proxy),
        )
        self.bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=requests[0],
            get_updates_request=requests[1],
        )
        self.transport = TelegramTransport(self.bot, self._key, picture)
        self.door: Door | None = None
        self.opened = asyncio.Event()  # the platform knows us, and hands over what happens
        self.album_s = ALBUM_S
        self._huying: Huying | None = None

    async def open(self) -> None:
        """Ready to send; nothing is asked of the network."""
        for request in self._requests:
            await request.initialize()

    here = ""  # where our own pages are, when no address from outside is set: only a platform on this machine finds it

    def connect(self, huying: Huying) -> None:
        self._huying = huying

    async def close(self) -> None:
        if self.door is not None:
            await self.door.close()
        for request in self._requests:
            await request.shutdown()

    async def greet(self) -> Me:
        """Who we are, in Telegram's own words. Raises TelegramError."""
        me = await self.bot.get_me()
        return Me(me.id, me.username or "")

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set: the door is open, whatever the network does meanwhile."""
        assert self._huying is not None, "connect first"
        pause = RETRY_S
        while not stop.is_set():
            try:
                if self.door is None:
                    self.door = Door(self.bot, self._key, self._huying, await self.greet(), self.album_s)
                await menus.set_menus(self.bot, self._huying.house.texts.menu)
                if self._settings.telegram_webhook:
                    await self.set_webhook()
                    self.opened.set()
                    await stop.wait()
                else:
                    await self.bot.delete_webhook()
                    self.opened.set()
                    await self._poll(self.door, stop)
            except TelegramError as error:
                logger.warning("telegram cannot be reached, again in %.0f s: %s", pause, error)
            except Exception:
                logger.exception("the door of telegram failed, again in %.0f s", pause)
            await _wait(stop, pause)
            pause = min(pause * 2, LONGEST_RETRY_S)

    async def set_webhook(self) -> None:
        """Telegram is told to post what happens to our own route, and with which secret. Raises TelegramError."""
        address = (self._settings.public_url.rstrip("/") or self.here) + WEBHOOK
        await self.bot.set_webhook(address, allowed_updates=wire.READ, secret_token=self.secret)

    # ---- polling

    async def _poll(self, door: Door, stop: asyncio.Event) -> None:
        """Ask, handle, and only then ask beyond: what was not committed comes again."""
        offset, pause, failures = 0, RETRY_S, 0
        while not stop.is_set():
            polling = asyncio.ensure_future(self._updates(offset, POLL_S))
            stopping = asyncio.ensure_future(stop.wait())
            await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not polling.done():
                polling.cancel()
                await asyncio.gather(polling, return_exceptions=True)
                return
            try:
                updates, beyond = polling.result()
                if updates and updates[-1].message and updates[-1].message.media_group_id:
                    await asyncio.sleep(door.album_s)  # the rest of the album may be on its way
                    updates, beyond = await self._updates(offset, 0)
                await door.handle_all(updates)
                offset, pause, failures = max(offset, beyond), RETRY_S, 0
            except Conflict as error:  # somebody else polls: they may stop
                logger.warning("another process polls for this bot: %s", error)
                await _wait(stop, LONGEST_RETRY_S / 2)
            except TelegramError as error:
                logger.warning("no updates, again in %.0f s: %s", pause, error)
                await _wait(stop, pause)
                pause = min(pause * 2, LONGEST_RETRY_S)
            except Exception:
                failures += 1
                logger.exception("updates could not be handled, try %d", failures)
                if failures >= TRIES:
                    offset, failures = await self._one_by_one(door, offset), 0
                await _wait(stop, RETRY_S)

    async def _updates(self, offset: int, wait_s: int) -> tuple[list[wire.Update], int]:
        """What is new, and the offset beyond it; what cannot be read is left out. Raises TelegramError."""
        raw = await self.bot.do_api_request(
            "getupdates",  # methods know no case; so spelled, the library gives what came instead of its own objects
            {"offset": offset, "limit": BATCH, "timeout": wait_s, "allowed_updates": list(wire.READ)},
            read_timeout=wait_s + 10.0,
        )
        found = raw if isinstance(raw, list) else []
        read = [update for one in found if (update := parse(one)) is not None]
        ids = [one["update_id"] for one in found if isinstance(one, dict) and isinstance(one.get("update_id"), int)]
        return read, max(ids, default=offset - 1) + 1

    async def _one_by_one(self, door: Door, offset: int) -> int:
        """After a batch failed again and again: all that can be done is done, the rest is left, unless the database takes nothing
        from anybody: then it comes again. Raises TelegramError."""
        updates, beyond = await self._updates(offset, 0)
        for update in updates:
            try:
                await door.handle_all([update])
            except Exception:
                if not await door.can_write():
                    return update.update_id
                logger.exception("an update is left update=%d", update.update_id)
        return beyond

    # ---- webhook

    async def webhook(self, request: web.Request) -> web.Response:
        """One update, signed by the secret that we gave; 200 when it is done or can never be, nothing when it came in half."""
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self.secret.encode()):
            return web.Response(status=403)
        if (request.content_length or 0) > BODY_LIMIT:
            return web.Response(status=413)
        body = bytearray()
        try:
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > BODY_LIMIT:
                    return web.Response(status=413)
        except (ConnectionError, web.RequestPayloadError) as error:
            logger.warning("an update did not come whole: %s", type(error).__name__)
            if request.transport is not None:
                request.transport.close()  # else the server would read on, and fail aloud
            return web.Response(status=400)
        update = parse(bytes(body))
        if update is None:
            return web.Response()  # it would come again for ever
        if self.door is None:
            return web.Response(status=503)
        try:
            await self.door.handle(update)
        except Exception:
            logger.exception("an update could not be handled update=%d", update.update_id)
            return web.Response(status=500)
        return web.Response()


def parse(raw: bytes | object) -> wire.Update | None:
    """An update from the wire, JSON or its value; None for what is none, which the log tells without its content."""
    try:
        return wire.Update.model_validate_json(raw) if isinstance(raw, bytes) else wire.Update.model_validate(raw)
    except ValidationError as error:
        logger.warning(
            "not an update: %s", "; ".join(f"{'.'.join(map(str, e['loc']))} {e['type']}" for e in error.errors()[:3])
        )
        return None


def webhook_secret(token: str) -> str:
    """The secret that Telegram sends with every post: 43 url-safe characters that nobody has to keep."""
    mac = hmac.digest(token.encode(), b"huying webhook", hashlib.sha256)
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
