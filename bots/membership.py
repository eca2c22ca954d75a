"""The bot in its chats: removed, back again, or in a chat that has another id now. Staff hear of it by what follows from the fact."""

from __future__ import annotations

from core.facts import Fact, FactKind
from core.messages import Chat, Json
from storage.unit_of_work import Unit


async def lost(channel: str, account: str, chat: str, reason: str, uow: Unit) -> None:
    """Nothing can be said in that group any more: it gets no posts until the bot is back."""
    for one in await uow.chats.switch(channel, account, chat, reason or "removed"):
        await _note(FactKind.CHAT_LOST, one, uow, reason)


async def found(channel: str, account: str, chat: str, uow: Unit) -> None:
    """The bot is in that group (again)."""
    for one in await uow.chats.switch(channel, account, chat, ""):
        await _note(FactKind.CHAT_FOUND, one, uow)


async def silenced(channel: str, account: str, direct_chat: str, uow: Unit) -> None:
    """The person left the 1:1 chat or blocked the bot: what is for them goes by another channel, or is held."""
    await uow.registry.close_direct(channel, account, direct_chat)


async def _note(kind: FactKind, chat: Chat, uow: Unit, reason: str = "") -> None:
    community = await uow.chats.community(chat.id)
    data: dict[str, Json] = {
        "chat": chat.id,
        "title": chat.title,
        "audience": chat.audience,
        **({"reason": reason} if reason else {}),
    }
    await uow.facts.append(Fact(community, kind, uow.now, data=data))
