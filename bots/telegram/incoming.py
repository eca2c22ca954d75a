"""A Telegram update as the dialogue hears it: pure, from the wire's values to an Incoming."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bots.telegram import wire
from core.messages import Incoming, Press

CHANNEL = "telegram"
PHOTO_BYTES = 20_000_000  # of a file that a bot may fetch
_SERVICE = 777000  # forwards a channel's posts into its group
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,32}))?(?=\s|$)")
_AREA = re.compile(r"at-([A-Za-z0-9_-]{1,60})")
_CODE = re.compile(r"[A-HJ-NP-Za-hj-np-z2-9]{8}")

# What was sent beside text and photos, by the field of the message in which it came.
ATTACHMENTS: Mapping[str, str] = {
    "voice": "voice", "audio": "voice", "video": "video", "video_note": "video", "animation": "video", "sticker": "sticker",
    "location": "location", "venue": "location", "document": "other", "contact": "other", "poll": "other", "dice": "other",
    "story": "other",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Me:
    """The bot's own account: its number, and its name behind the @."""

    id: int
    username: str

    @property
    def account(self) -> str:
        return str(self.id)

    def link(self, area: str) -> str:
        """Where somebody of that area opens their 1:1 chat with the bot."""
        return f"https://t.me/{self.username}?start={f'at-{area}' if area else 'hello'}"


@dataclass(frozen=True, slots=True)
class Heard:
    """`files`: the pictures that are still to be fetched, by Telegram's ids."""

    incoming: Incoming
    files: tuple[str, ...] = ()


def chat_of(chat: wire.Chat, thread: int | None, in_topic: bool) -> tuple[str, str]:
    """The chat's id in our house, and the group it is a topic of, "" for none."""
    whole = str(chat.id)
    return (f"{whole}/{thread}", whole) if in_topic and thread is not None else (whole, "")


def message(parts: Sequence[wire.Message], me: Me) -> Heard | None:
    """One message, or the messages of one album in their order; None for what nobody said: service messages, bots, forwards."""
    first = parts[0]
    sender, name = _sender(first)
    if not sender:
        return None
    worded = next(
        (part for part in parts if part.text or part.caption), first
    )  # any picture of an album may have the words
    text, addressed = _addressed(worded, me)
    if text is None:
        return None
    files = tuple(file for part in parts for file in _files(part))
    attachment = (
        "" if files else next((ATTACHMENTS[kind] for kind in ATTACHMENTS if getattr(first, kind) is not None), "")
    )
    if not (text or addressed or files or attachment):
        return None
    chat, within = chat_of(first.chat, first.message_thread_id, first.is_topic_message)
    replied = first.reply_to_message
    return Heard(
        Incoming(
            channel=CHANNEL,
            account=me.account,
            chat=chat,
            sender=sender,
            message_id=str(first.message_id),
            at=datetime.fromtimestamp(first.date, UTC),
            direct=first.chat.type == "private",
            text=text,
            mentions_bot=addressed,
            album=first.media_group_id,
            parts=tuple(str(part.message_id) for part in parts[1:]),
            attachment=attachment,
            name=name,
            title=first.chat.title,
            within=within,
            answers=str(replied.message_id) if replied and replied.from_ and replied.from_.id == me.id else "",
        ),
        files,
    )


def press(callback: wire.Callback, pressed: Press, me: Me, now: datetime) -> Incoming | None:
    """A button pressed; None where the message it stood on is gone."""
    shown = callback.message
    if shown is None or callback.from_.is_bot:
        return None
    chat, within = chat_of(shown.chat, shown.message_thread_id, shown.is_topic_message)
    return Incoming(
        channel=CHANNEL,
        account=me.account,
        chat=chat,
        sender=str(callback.from_.id),
        message_id=f"press:{callback.id}",
        at=now,
        direct=shown.chat.type == "private",
        name=_name(callback.from_),
        title=shown.chat.title,
        within=within,
        press=pressed,
    )


def _sender(message: wire.Message) -> tuple[str, str]:
    """Who said it, and what they are called. A group's anonymous administrators are one person, called like the group."""
    if message.is_automatic_forward or (message.from_ is not None and message.from_.id == _SERVICE):
        return "", ""
    if message.sender_chat is not None:
        return f"chat:{message.sender_chat.id}", message.sender_chat.title
    if message.from_ is None or message.from_.is_bot:
        return "", ""
    return str(message.from_.id), _name(message.from_)


def _name(user: wire.User) -> str:
    """As Telegram shows it; Chinese family names go first and without a gap."""
    first, last = user.first_name.strip(), user.last_name.strip()
    if last and all("\u4e00" <= character <= "\u9fff" for character in first + last):
        return last + first
    return f"{first} {last}".strip()


def _addressed(message: wire.Message, me: Me) -> tuple[str | None, bool]:
    """What was said, in the words of the dialogue, and whether it was said to this bot; None for another bot's command."""
    said = message.text or message.caption
    command = _COMMAND.match(said)
    if command is not None:
        if command[2] and command[2].lower() != me.username.lower():
            return None, False
        return _command(command[1], said[command.end() :].strip()), True
    mention = re.compile(rf"@{re.escape(me.username)}(?![A-Za-z0-9_])", re.IGNORECASE)
    entities = (*message.entities, *message.caption_entities)
    named = any(one.type == "text_mention" and one.user is not None and one.user.id == me.id for one in entities)
    text, count = mention.subn(" ", said)
    return (text.strip(), True) if count else (said, named)


def _command(name: str, rest: str) -> str:
    """A command in the words of the dialogue. /start comes with what a link carries: a code to bind, or where one lives."""
    if name.lower() != "start" or not rest:
        return f"{name.replace('_', ' ')} {rest}".strip()
    if area := _AREA.fullmatch(rest):
        return f"住在 {area[1]}"
    return f"绑定 {rest}" if _CODE.fullmatch(rest) else "start"


def _files(message: wire.Message) -> tuple[str, ...]:
    """The picture of the message: the largest size that may be fetched, or a picture sent as a file."""
    sizes = [size for size in message.photo if size.file_size <= PHOTO_BYTES]
    if sizes:
        return (sizes[-1].file_id,)
    document = message.document
    if document is not None and document.mime_type.startswith("image/") and document.file_size <= PHOTO_BYTES:
        return (document.file_id,)
    return ()
