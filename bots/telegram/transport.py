"""Telegram as a channel that delivers: what it can do, and how a message is said there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from telegram import Bot, InputFile, InputMediaPhoto
from telegram.error import BadRequest, TelegramError, TimedOut

from bots.channel import Rendered, TransportError, Unanswered
from bots.telegram.capabilities import CAPABILITIES
from bots.telegram.outgoing import Call, calls, weight
from bots.telegram.problems import translated
from bots.telegram.request import Cut
from core.messages import ChatKind

KNOWN_FILES = 500  # pictures whose id on the platform is remembered, so that the same log is uploaded once
# As the platform knows them; so spelled, the library gives what came instead of its own objects, which cost more than the request.
_METHODS = {"send_message": "sendmessage", "send_photo": "sendphoto", "send_media_group": "sendmediagroup"}


class TelegramTransport:
    """bots.channel.Transport. `key` signs the buttons; `picture` reads one by its media name."""

    capabilities = CAPABILITIES

    def __init__(self, bot: Bot, key: bytes, picture: Callable[[str], Awaitable[bytes]]) -> None:
        self._bot, self._key, self._picture = bot, key, picture
        self._files: dict[str, str] = {}

    def weight(self, kind: ChatKind, rendered: Rendered) -> int:
        return weight(kind, rendered)

    async def was_delivered(self, outgoing: int) -> str | None:
        return None  # Telegram cannot be asked

    async def deliver(
        self, outgoing: int, chat: str, rendered: Rendered, said: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        ids: tuple[str, ...] = ()
        for call in calls(outgoing, chat, rendered, self._key):
            known = said[len(ids) : len(ids) + call.messages]
            ids += known if len(known) == call.messages else await self._make(call, ids)
        return ids

    async def _make(self, call: Call, said: tuple[str, ...]) -> tuple[str, ...]:
        try:
            made = await self._bot.do_api_request(_METHODS[call.method], await self._parameters(call))
        except (TimedOut, Cut) as failure:
            raise Unanswered(failure.message, said) from None
        except BadRequest as failure:
            if "file identifier" in failure.message.lower() or "file reference" in failure.message.lower():
                self._forget(call)
                raise TransportError(failure.message, said=said) from None
            raise translated(failure, said) from None
        except TelegramError as failure:
            if type(failure) is TelegramError:  # an answer that cannot be read
                raise Unanswered(failure.message, said) from None
            raise translated(failure, said) from None
        try:
            messages = made if isinstance(made, list) else [made]
            ids = tuple(str(message["message_id"]) for message in messages)
            if len(ids) != call.messages:
                raise LookupError
            for name, message in zip(call.images, messages, strict=False):
                self._remember(name, message)
        except (TypeError, LookupError):
            raise Unanswered("an answer that cannot be read", said) from None
        return ids

    async def _parameters(self, call: Call) -> dict[str, Any]:
        """The parameters as the platform wants them; what is to be uploaded as the library does."""
        params = dict(call.params)
        if rows := params.pop("reply_markup", None):
            params["reply_markup"] = {"inline_keyboard": rows}
        if call.method == "send_message":
            params["link_preview_options"] = {"is_disabled": True}
        elif call.method == "send_photo":
            photo = await self._file(call.images[0])
            params["photo"] = photo if isinstance(photo, str) else InputFile(photo)
        else:
            caption = params.pop("caption", None)
            files = [await self._file(name) for name in call.images]
            params["media"] = [
                InputMediaPhoto(one, caption=caption if at == 0 else None) for at, one in enumerate(files)
            ]
        return params

    async def _file(self, name: str) -> str | bytes:
        return self._files.get(name) or await self._picture(name)

    def _remember(self, name: str, message: Mapping[str, Any]) -> None:
        if message.get("photo"):
            self._files[name] = str(message["photo"][-1]["file_id"])
            if len(self._files) > KNOWN_FILES:
                del self._files[next(iter(self._files))]

    def _forget(self, call: Call) -> None:
        for name in call.images:
            self._files.pop(name, None)
