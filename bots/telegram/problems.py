"""What Telegram says when it does not take a message, as data: whether the chat is gone, or only this message is impossible."""

from __future__ import annotations

from datetime import timedelta

from telegram import error

from bots.channel import Moved, TransportError, Unreachable

# Nothing can be said there until somebody lets the bot in again.
GONE = (
    "bot was kicked",
    "bot was blocked by the user",
    "bot is not a member",
    "user is deactivated",
    "bot can't initiate conversation",
    "bot can't send messages to bots",
    "bot can't send messages to the user",
    "chat not found",
    "group chat was deactivated",
    "group chat was deleted",
    "the group chat is not accessible",
    "peer_id_invalid",
    "chat_write_forbidden",
    "have no rights to send a message",
    "not enough rights to send",
    "need administrator rights",
    "bot was removed",
    "user_is_blocked",
    "user not found",
)


def translated(failure: error.TelegramError, said: tuple[str, ...]) -> TransportError:
    """What the house calls it. `said`: the ids of the parts that went before."""
    words = failure.message
    if isinstance(failure, error.RetryAfter):
        after = failure.retry_after
        return TransportError(
            words, after=after if isinstance(after, timedelta) else timedelta(seconds=after), said=said
        )
    if isinstance(failure, error.ChatMigrated):
        return Moved(words, str(failure.new_chat_id), said)
    if isinstance(failure, (error.Forbidden, error.BadRequest)) and any(one in words.lower() for one in GONE):
        return Unreachable(words, said)
    permanent = isinstance(failure, (error.Forbidden, error.BadRequest))
    return TransportError(words, permanent=permanent, said=said)
