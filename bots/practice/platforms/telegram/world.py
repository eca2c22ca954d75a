"""The state: people, chats, messages, files. Messages lie here as Telegram writes them; what happens to them is elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bots.practice.platforms.telegram import pictures
from bots.practice.platforms.telegram.limits import Limits, Pace
from bots.practice.platforms.telegram.texts import entity_texts
from bots.practice.platforms.telegram.updates import Updates
from bots.practice.platforms.telegram.values import Button, Json, Misuse, Overrun, Seen, User

SPOKEN = ("voice", "video", "sticker", "location", "document", "contact", "poll")
SERVICE = (
    "new_chat_members",
    "left_chat_member",
    "forum_topic_created",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
)


@dataclass(frozen=True, slots=True)
class File:
    """`path` is what getFile answers; width and height are 0 for what is no picture."""

    file_id: str
    unique_id: str
    content: bytes
    path: str
    mime: str
    name: str = ""
    width: int = 0
    height: int = 0

    def json(self) -> Json:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


@dataclass(slots=True)
class Post:
    """A message in its chat: Telegram's object without reply_to_message, which is put in when it is shown."""

    message: Json
    sender: User
    seq: int
    reply_to: int | None = None
    deleted: bool = False

    @property
    def id(self) -> int:
        return int(self.message["message_id"])


@dataclass(slots=True)
class Chat:
    """`kind`: private, group or supergroup. `bot`: member, left or kicked; in a private chat kicked is blocked."""

    id: int
    kind: str
    title: str
    members: list[int]
    bot: str = "member"
    forum: bool = False
    started: bool = True
    note: str = ""
    topics: dict[int, str] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    migrated_to: int | None = None
    seq: int = 0

    @property
    def private(self) -> bool:
        return self.kind == "private"


@dataclass(slots=True)
class Query:
    """A press that waits for its answer; `answer` is what the person saw."""

    id: str
    user: int
    at: datetime
    answer: Json | None = None


class World:
    """`now` is the only clock; ids are counted up, so that the same steps give the same world."""

    def __init__(
        self, bot: User, privacy: bool, now: Callable[[], datetime], limits: Limits, updates: Updates, seed: int
    ) -> None:
        self.bot = bot
        self.privacy = privacy
        self.now = now
        self.limits = limits
        self.updates = updates
        self.pace = Pace(limits.rates)
        self.seed = seed
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.queries: dict[str, Query] = {}
        self.commands: dict[str, list[Json]] = {}
        self.overruns: list[Overrun] = []
        self._counts: dict[str | int, int] = {}

    def count(self, of: str | int) -> int:
        self._counts[of] = self._counts.get(of, 0) + 1
        return self._counts[of]

    def stamp(self) -> int:
        return int(self.now().timestamp())

    # people and chats

    def user(self, id: int) -> User:
        if id == self.bot.id:
            return self.bot
        if id not in self.users:
            raise Misuse("no_user", f"there is no user {id}", "not_found")
        return self.users[id]

    def chat(self, id: int) -> Chat:
        if id not in self.chats:
            raise Misuse("no_chat", f"there is no chat {id}", "not_found")
        return self.chats[id]

    def chat_json(self, chat: Chat) -> Json:
        if chat.private:
            user = self.users[chat.id].json()
            return {
                "id": chat.id,
                "type": "private",
                **{key: user[key] for key in ("first_name", "username") if key in user},
            }
        forum = {"is_forum": True} if chat.forum else {}
        return {"id": chat.id, "type": chat.kind, "title": chat.title, **forum}

    # messages

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups count for themselves; private chats and small groups share one count, as with Telegram."""
        return self.count(chat.id if chat.kind == "supergroup" else "messages")

    def post(
        self,
        chat: Chat,
        sender: User,
        content: Json,
        *,
        reply_to: int | None = None,
        thread: int | None = None,
        opens: str = "",
    ) -> Post:
        """Put a message into the chat. It takes the thread of what it answers when none is given, or opens a topic."""
        head: Json = {
            "message_id": self.next_message_id(chat),
            "from": sender.json(),
            "chat": self.chat_json(chat),
            "date": self.stamp(),
        }
        if opens:
            thread = head["message_id"]
            chat.topics[head["message_id"]] = opens
        answered = chat.posts.get(reply_to) if reply_to is not None else None
        if thread is None and answered is not None and chat.kind == "supergroup":
            # Outside a topic the first message of a chain of replies is the thread, and no topic.
            thread = answered.message.get("message_thread_id", answered.id)
        if thread is not None:
            head |= {"message_thread_id": thread} | ({"is_topic_message": True} if thread in chat.topics else {})
        chat.seq += 1
        post = Post(head | content, sender, chat.seq, reply_to)
        chat.posts[post.id] = post
        self.updates.bell.ring()
        return post

    def change(self, chat: Chat, post: Post, content: Json, without: Iterable[str] = ()) -> None:
        """The same message with other content, later in the order of what one sees."""
        dropped = set(without)
        post.message = {key: value for key, value in post.message.items() if key not in dropped} | content
        self.touch(chat, post)

    def touch(self, chat: Chat, post: Post) -> None:
        chat.seq += 1
        post.seq = chat.seq
        self.updates.bell.ring()

    def shown(self, chat: Chat, post: Post, *, depth: int = 1) -> Json:
        """The Message object, with what it answers one level deep; in a topic every other message answers its beginning."""
        answered = chat.posts.get(post.reply_to) if post.reply_to is not None else None
        if answered is None and post.message.get("is_topic_message"):
            answered = chat.posts.get(post.message["message_thread_id"])
        message = dict(post.message)
        if depth and answered is not None and answered is not post and not answered.deleted:
            message["reply_to_message"] = self.shown(chat, answered, depth=0)
        return message

    def hears(self, chat: Chat, post: Post) -> bool:
        """Whether the bot gets this message: it must be in the chat, and privacy mode lets little through in groups."""
        if chat.bot != "member" or chat.migrated_to or post.sender.id == self.bot.id:
            return False
        if chat.private or not self.privacy or any(key in post.message for key in SERVICE):
            return True
        answered = chat.posts.get(post.reply_to) if post.reply_to is not None else None
        text, entities = words_of(post.message)
        name = f"@{self.bot.username}".lower()
        commands = [one.lower() for one in entity_texts(text, entities, "bot_command")]
        return (
            (answered is not None and answered.sender.id == self.bot.id)
            or any("@" not in one or one.endswith(name) for one in commands)
            or name in (one.lower() for one in entity_texts(text, entities, "mention"))
        )

    # files

    def keep(self, content: bytes, kind: str, suffix: str, mime: str, name: str = "") -> File:
        """A new file with an id of its own; the same bytes have the same unique id, as with Telegram."""
        n = self.count("files")
        digest = hashlib.sha256(content).digest()
        letters = base64.urlsafe_b64encode(hashlib.sha256(f"{self.seed}:{n}".encode()).digest() * 2).decode()
        width, height = pictures.size_of(content) or (0, 0)
        unique = base64.urlsafe_b64encode(b"\x01" + digest[:11]).decode()
        file = File(f"AgACAgUAAx{letters[:60]}", unique, content, f"{kind}/file_{n}{suffix}", mime, name, width, height)
        self.files[file.file_id] = file
        return file

    def keep_photo(self, content: bytes) -> list[Json]:
        """PhotoSize objects, the smallest first. Bytes that are no picture count as 800 x 600."""
        small = self.keep(pictures.SMALL, "photos", ".png", "image/png")
        full = self.keep(content, "photos", ".jpg", "image/jpeg")
        width, height = full.width or 800, full.height or 600
        scale = 90 / max(width, height, 90)
        return [
            {**small.json(), "width": max(1, round(width * scale)), "height": max(1, round(height * scale))},
            {**full.json(), "width": width, "height": height},
        ]

    # what a person sees

    def seen(self, chat: Chat, after: int = 0) -> tuple[Seen, ...]:
        posts = sorted((post for post in chat.posts.values() if post.seq > after), key=lambda post: post.seq)
        return tuple(see(post) for post in posts)


def words_of(message: Json) -> tuple[str, list[Json]]:
    """The text or caption, with its entities."""
    if "text" in message:
        return message["text"], message.get("entities", [])
    return message.get("caption", ""), message.get("caption_entities", [])


def see(post: Post) -> Seen:
    """The message as a person sees it; of a deleted one only that it was there."""
    message = post.message
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    kind = next((key for key in SPOKEN if key in message), "")
    text = words_of(message)[0]
    if service := next((key for key in SERVICE if key in message), ""):
        kind, text = "service", _told(service, message[service])
    elif kind == "poll":
        text = message["poll"]["question"]
    return Seen(
        post.seq,
        post.id,
        message.get("message_thread_id") if message.get("is_topic_message") else None,
        post.sender,
        "" if post.deleted else text,
        (message["photo"][-1]["file_id"],) if "photo" in message and not post.deleted else (),
        message.get("media_group_id", ""),
        ()
        if post.deleted
        else tuple(tuple(Button(one["text"], one.get("callback_data"), one.get("url")) for one in row) for row in rows),
        post.reply_to,
        "edit_date" in message,
        datetime.fromtimestamp(message["date"], UTC),
        "deleted" if post.deleted else kind,
    )


def _told(service: str, value: Json | list[Json] | int) -> str:
    match value:
        case dict():
            return f"{service}: {value.get('first_name') or value.get('name')}"
        case list():
            return f"{service}: {', '.join(one['first_name'] for one in value)}"
        case _:
            return f"{service}: {value}"
