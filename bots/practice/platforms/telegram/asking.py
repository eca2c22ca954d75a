"""The methods that ask and set: who, which file, which chat, which commands; and the answer to a press."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from bots.practice.platforms.telegram.access import chat_of, member_chat, user_of
from bots.practice.platforms.telegram.params import Params
from bots.practice.platforms.telegram.people import member_json
from bots.practice.platforms.telegram.problems import QUERY_TOO_OLD, bad
from bots.practice.platforms.telegram.texts import units
from bots.practice.platforms.telegram.updates import BY_DEFAULT, Webhook
from bots.practice.platforms.telegram.values import Json
from bots.practice.platforms.telegram.world import World
from bots.web.static import LOCAL_HOSTS

SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


def get_me(world: World, params: Params) -> Json:
    abilities = {"can_join_groups": True, "can_read_all_group_messages": not world.privacy}
    refused = dict.fromkeys(("supports_inline_queries", "can_connect_to_business", "has_main_web_app"), False)
    return world.bot.json() | abilities | refused


def answer_callback_query(world: World, params: Params) -> bool:
    query = world.queries.get(params.text("callback_query_id"))
    if query is None or world.now() - query.at > world.limits.callback_age:
        raise bad(QUERY_TOO_OLD)
    if units(params.text("text")) > world.limits.callback_answer:
        raise bad("MESSAGE_TOO_LONG")
    query.answer = {"text": params.text("text"), "show_alert": params.flag("show_alert")}
    return True


def get_file(world: World, params: Params) -> Json:
    if not params.text("file_id"):
        raise bad("file_id not specified")
    file = world.files.get(params.text("file_id"))
    if file is None:
        raise bad("invalid file_id")
    if len(file.content) > world.limits.download:
        raise bad("file is too big")
    return {**file.json(), "file_path": file.path}


def get_chat(world: World, params: Params) -> Json:
    """ChatFullInfo, with what it must have."""
    chat = member_chat(world, params)
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    full = {"accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
    return world.chat_json(chat) | full


def get_chat_member(world: World, params: Params) -> Json:
    chat, user = member_chat(world, params), user_of(world, params)
    there = chat.bot if user.id == world.bot.id else "member" if user.id in chat.members else "left"
    return member_json(user, there)


def get_chat_member_count(world: World, params: Params) -> int:
    return len(member_chat(world, params).members) + 1


def scope_key(world: World, params: Params) -> str:
    """default, all_private_chats, chat:-100…, chat_member:-100…:7; with a language `default/zh`."""
    scope = params.structure("scope", dict) or {"type": "default"}
    kind = str(scope.get("type"))
    if kind not in SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    named = [str(scope.get(name, "")) for name in SCOPES[kind]]
    if named:
        chat_of(world, Params(scope))
    language = params.text("language_code")
    return ":".join([kind, *named]) + (f"/{language}" if language else "")


def _command(given: Any) -> Json:
    if not isinstance(given, dict) or not isinstance(given.get("command"), str):
        raise bad("can't parse BotCommand: expected an Object")
    name, description = given["command"].removeprefix("/"), str(given.get("description", "")).strip()
    if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= units(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def set_my_commands(world: World, params: Params) -> bool:
    given = params.structure("commands", list)
    if given is None:
        raise bad("can't parse commands JSON object")
    if len(given) > world.limits.commands:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    key, commands = scope_key(world, params), [_command(one) for one in given]
    world.commands[key] = commands
    return True


def delete_my_commands(world: World, params: Params) -> bool:
    world.commands.pop(scope_key(world, params), None)
    return True


def get_my_commands(world: World, params: Params) -> list[Json]:
    return world.commands.get(scope_key(world, params), [])


def set_webhook(world: World, params: Params) -> tuple[bool, str]:
    """(True, its description). Plain http is taken on this machine only; nothing is posted anywhere else."""
    url, secret = params.text("url"), params.text("secret_token")
    if not url:
        return delete_webhook(world, params)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise bad("invalid webhook URL specified") from None
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    if host not in LOCAL_HOSTS:
        https = parts.scheme == "https"
        raise bad(
            "bad webhook: "
            + (
                "Failed to resolve host: Name or service not known"
                if https
                else "An HTTPS URL must be provided for webhook"
            )
        )
    hook = Webhook(url, secret, min(100, max(1, params.integer("max_connections", 40))))
    old, drop = world.updates.webhook, params.flag("drop_pending_updates")
    same = old is not None and (old.url, old.secret, old.max_connections) == (url, secret, hook.max_connections)
    world.updates.allow(allowed(params))
    world.updates.hook(hook, drop)
    return True, "Webhook is already set" if same and not drop else "Webhook was set"


def delete_webhook(world: World, params: Params) -> tuple[bool, str]:
    was = world.updates.webhook is not None
    world.updates.hook(None, params.flag("drop_pending_updates"))
    return True, "Webhook was deleted" if was else "Webhook is already deleted"


def allowed(params: Params) -> list[str] | None:
    """allowed_updates; what is no list of names is left alone, as Telegram does."""
    given = params.values.get("allowed_updates")
    return [str(one) for one in given] if isinstance(given, list) else None


def get_webhook_info(world: World, params: Params) -> Json:
    hook, pending = world.updates.webhook, len(world.updates.pending)
    if hook is None:
        return {"url": "", "has_custom_certificate": False, "pending_update_count": pending}
    failed = {"last_error_message": hook.last_error} if hook.last_error else {}
    when = {"last_error_date": int(hook.last_error_at.timestamp())} if hook.last_error_at else {}
    counts = {"pending_update_count": pending, "max_connections": hook.max_connections}
    wanted = world.updates.allowed
    kinds = {"allowed_updates": sorted(wanted)} if wanted != BY_DEFAULT else {}
    return (
        {"url": hook.url, "has_custom_certificate": False, "ip_address": "127.0.0.1"} | counts | kinds | when | failed
    )
