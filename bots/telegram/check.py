"""Whether Telegram will work, in words: the token, what the bot may read in groups, how updates come in, the groups it is in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias
from urllib.parse import urlsplit

from telegram import Bot, User
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bots.config import Settings
from bots.telegram.request import AiohttpRequest
from bots.telegram.telegram import WEBHOOK

Finding: TypeAlias = tuple[str, bool, str]

NAME = "telegram"
PORTS = (443, 80, 88, 8443)  # to which Telegram posts
_TOKEN = re.compile(r"\d{5,20}:[A-Za-z0-9_-]{5,80}")
PRIVACY = (
    "privacy mode is on: in a group the bot hears only commands (/report …), replies to it and mentions of it. To let it hear 报事 and "
    "投诉 too, send /setprivacy to @BotFather, choose the bot and Disable, then remove it from each group and add it again; "
    "or make it an administrator of the group"
)


async def check(settings: Settings, groups: Mapping[str, str]) -> list[Finding]:
    """Findings (what, works, in words); nothing where there is no token. `groups`: those bound, by Telegram's id, with titles."""
    token = settings.telegram_token.get_secret_value()
    if not token:
        return []
    if not _TOKEN.fullmatch(token):
        return [(NAME, False, "telegram_token does not look like 123456:ABC-def…; copy it again from @BotFather")]
    try:
        async with _bot(settings, token) as bot:
            me = await bot.get_me()
            updates = await _updates(settings, bot)
            groups_found, admin_everywhere = await _groups(bot, me, groups)
    except InvalidToken:
        return [(NAME, False, "Telegram does not know this token; ask @BotFather for it with /token")]
    except TelegramError as error:
        hint = "" if settings.telegram_proxy else "; where Telegram is blocked, set telegram_proxy"
        return [(NAME, False, f"{settings.telegram_api} cannot be reached: {error.message}{hint}")]
    found: list[Finding] = [(NAME, True, f"the bot is @{me.username}")]
    if not me.can_join_groups:
        found.append(
            (f"{NAME} groups", False, "the bot may not join groups: send /setjoingroups to @BotFather, Enable")
        )
    if me.can_read_all_group_messages or admin_everywhere:
        found.append((f"{NAME} groups", True, "in its groups the bot hears whatever is said to it"))
    else:
        found.append((f"{NAME} groups", False, PRIVACY))
    return [*found, updates, *groups_found]


async def _updates(settings: Settings, bot: Bot) -> Finding:
    """How updates come in, and whether they do."""
    info = await bot.get_webhook_info()
    what = f"{NAME} updates"
    if not settings.telegram_webhook:
        also = f"; the webhook at {urlsplit(info.url).netloc} is taken down at the start" if info.url else ""
        return (what, True, f"by polling, in one process{also}")
    address = urlsplit(settings.public_url)
    if address.scheme != "https" or (address.port or 443) not in PORTS:
        return (
            what,
            False,
            f"telegram_webhook needs a public_url with https, on one of the ports {', '.join(map(str, PORTS))}",
        )
    if info.url and info.url != settings.public_url.rstrip("/") + WEBHOOK:
        return (
            what,
            False,
            f"Telegram posts to {urlsplit(info.url).netloc} and not to us: another service uses this bot",
        )
    if info.last_error_message and info.pending_update_count:
        return (
            what,
            False,
            f"Telegram cannot post to us: {info.last_error_message}; {info.pending_update_count} updates wait",
        )
    return (what, True, "by webhook" if info.url else "by webhook, set at the start")


async def _groups(bot: Bot, me: User, groups: Mapping[str, str]) -> tuple[list[Finding], bool]:
    """The groups that are bound and in which the bot is not, and whether it is administrator in all the others."""
    found: list[Finding] = []
    admin = bool(groups)
    for chat, title in groups.items():
        what = f"{NAME} group {title}"
        try:
            member = await bot.get_chat_member(int(chat.partition("/")[0]), me.id)
        except (BadRequest, Forbidden) as error:
            found.append(
                (what, False, f"the bot is not in it any more: add it again, or bind another group ({error.message})")
            )
            continue
        if member.status in ("left", "kicked"):
            found.append((what, False, "the bot is not in it any more: add it again"))
        admin = admin and member.status in ("administrator", "creator")
    return found, admin


@asynccontextmanager
async def _bot(settings: Settings, token: str) -> AsyncIterator[Bot]:
    base = settings.telegram_api.rstrip("/")
    request = AiohttpRequest(4, settings.telegram_proxy)
    bot = Bot(token, f"{base}/bot", f"{base}/file/bot", request=request, get_updates_request=AiohttpRequest(1))
    await request.initialize()
    try:
        yield bot
    finally:
        await request.shutdown()
