"""The command menu beside the field where people type: which words stand there, by role."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from core.people import Role

# A command, and the sentence of the texts ([menu]) that explains it.
RESIDENT = ("report", "suggest", "status", "points", "redeem", "live", "bind", "privacy", "help")
WORKER = ("todo", "accept", "progress", "finish", "transfer", "help")
DIRECTING = ("todo", "review", "dispatch", "workbench", "unsent", "notice", "help")
GROUP = ("report", "status", "help")

BY_ROLE: Mapping[Role, tuple[str, ...]] = {
    Role.GRID_WORKER: WORKER,
    Role.COMMUNITY_STAFF: DIRECTING,
    Role.STREET_STAFF: DIRECTING,
    Role.DISTRICT_STAFF: DIRECTING,
    Role.CITY_STAFF: DIRECTING,
}


async def set_menus(bot: Bot, menu: Mapping[str, str]) -> None:
    """The menus for everybody: 1:1 a resident's, in groups the shortest."""
    await bot.set_my_commands(_commands(RESIDENT, menu), BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(_commands(GROUP, menu), BotCommandScopeAllGroupChats())


async def set_menu(bot: Bot, chat: int, role: Role, menu: Mapping[str, str]) -> None:
    """The menu of one 1:1 chat, by its person's role."""
    scope = BotCommandScopeChat(chat)
    if role in BY_ROLE:
        await bot.set_my_commands(_commands(BY_ROLE[role], menu), scope)
    else:
        await bot.delete_my_commands(scope)


def _commands(names: tuple[str, ...], menu: Mapping[str, str]) -> list[BotCommand]:
    return [BotCommand(name, menu[name]) for name in names]
