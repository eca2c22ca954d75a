"""The Bot API's methods by name. A method is a function of the world and its parameters; getUpdates waits and is apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bots.practice.platforms.telegram import asking, sending
from bots.practice.platforms.telegram.params import Params
from bots.practice.platforms.telegram.problems import ApiError
from bots.practice.platforms.telegram.values import Json
from bots.practice.platforms.telegram.world import World

GET_UPDATES = "getUpdates"
LONGEST_POLL_S = 50

METHODS: Mapping[str, Callable[[World, Params], Any]] = MappingProxyType(
    {
        "getMe": asking.get_me,
        "setWebhook": asking.set_webhook,
        "deleteWebhook": asking.delete_webhook,
        "getWebhookInfo": asking.get_webhook_info,
        "sendMessage": sending.send_message,
        "sendPhoto": sending.send_photo,
        "sendMediaGroup": sending.send_media_group,
        "sendDocument": sending.send_document,
        "sendChatAction": sending.send_chat_action,
        "editMessageText": sending.edit_message_text,
        "editMessageCaption": sending.edit_message_caption,
        "editMessageReplyMarkup": sending.edit_message_reply_markup,
        "deleteMessage": sending.delete_message,
        "answerCallbackQuery": asking.answer_callback_query,
        "getFile": asking.get_file,
        "getChat": asking.get_chat,
        "getChatMember": asking.get_chat_member,
        "getChatMemberCount": asking.get_chat_member_count,
        "setMyCommands": asking.set_my_commands,
        "deleteMyCommands": asking.delete_my_commands,
        "getMyCommands": asking.get_my_commands,
        "leaveChat": sending.leave_chat,
    }
)
NAMES: Mapping[str, str] = MappingProxyType({name.lower(): name for name in (*METHODS, GET_UPDATES)})
DESCRIBED = frozenset({"setWebhook", "deleteWebhook"})


async def execute(world: World, method: str, params: Params) -> tuple[int, Json]:
    """(HTTP status, the body of the answer)."""
    try:
        if method == GET_UPDATES:
            result = await get_updates(world, params)
        else:
            result = METHODS[method](world, params)
    except ApiError as error:
        return error.code, error.json()
    if method in DESCRIBED:
        return 200, {"ok": True, "result": result[0], "description": result[1]}
    return 200, {"ok": True, "result": result}


async def get_updates(world: World, params: Params) -> list[Json]:
    if world.updates.webhook is None:
        world.updates.allow(asking.allowed(params))
    limit = params.integer("limit", 100)
    timeout = min(LONGEST_POLL_S, max(0, params.integer("timeout")))
    return await world.updates.poll(params.integer("offset"), limit if 1 <= limit <= 100 else 100, timeout)
