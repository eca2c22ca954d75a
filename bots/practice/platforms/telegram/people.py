"""What people do: write, edit, press, come and go. Each becomes a message and, if the bot may know of it, an update."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bots.practice.platforms.telegram.texts import find_entities, units
from bots.practice.platforms.telegram.values import Json, Misuse, User
from bots.practice.platforms.telegram.world import Chat, File, Post, Query, World

ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", bot=True)


def words(text: str, name: str = "text") -> Json:
    """{"text", "entities"} or {"caption", "caption_entities"}, with only what is there."""
    entities = find_entities(text)
    marks = "entities" if name == "text" else "caption_entities"
    return ({name: text} if text else {}) | ({marks: entities} if entities else {})


def _file(file: File, **more: object) -> Json:
    return {**file.json(), "mime_type": file.mime, **more}


def _poll(world: World, text: str) -> Json:
    options = [{"persistent_id": str(n), "text": label, "voter_count": 0} for n, label in enumerate(("赞成", "反对"))]
    flags = dict.fromkeys(("is_closed", "allows_multiple_answers", "members_only"), False)
    asked = {"id": str(world.count("polls")), "question": text or "?", "options": options, "total_voter_count": 0}
    return {"poll": asked | flags | {"is_anonymous": True, "allows_revoting": True, "type": "regular"}}


# What a message of each kind carries: (the world, the words said with it) -> its part of the Message object.
CONTENT: Mapping[str, Callable[[World, str], Json]] = {
    "": lambda world, text: words(text),
    "voice": lambda world, text: {
        "voice": _file(world.keep(b"OggS", "voice", ".oga", "audio/ogg"), duration=3),
        **words(text, "caption"),
    },
    "video": lambda world, text: {
        "video": _file(world.keep(b"video", "videos", ".mp4", "video/mp4"), width=640, height=360, duration=5),
        **words(text, "caption"),
    },
    "sticker": lambda world, text: {
        "sticker": {
            **world.keep(b"RIFF", "stickers", ".webp", "image/webp").json(),
            **{"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False},
            "emoji": text or "👍",
        }
    },
    "location": lambda world, text: {"location": {"latitude": 31.2304, "longitude": 121.4737}},
    "document": lambda world, text: {
        "document": _file(world.keep(b"%PDF-1.4", "documents", ".pdf", "application/pdf"), file_name="document.pdf"),
        **words(text, "caption"),
    },
    "contact": lambda world, text: {"contact": {"phone_number": "+8613800000000", "first_name": text or "联系人"}},
    "poll": _poll,
}


def _tell(world: World, chat: Chat, post: Post, kind: str = "message") -> None:
    if world.hears(chat, post):
        world.updates.add(kind, world.shown(chat, post))


def start(world: World, user: int, payload: str = "") -> int:
    chat = world.chat(user)
    if chat.bot == "kicked":
        unblock(world, user)
    return say(world, user, user, f"/start {payload}".strip())[0]


def _may_speak(world: World, chat: int, user: int) -> tuple[Chat, User]:
    room, person = world.chat(chat), world.user(user)
    if user not in room.members:
        raise Misuse("not_member", f"{user} is not in the chat {chat}")
    if room.migrated_to:
        raise Misuse("migrated", f"the chat {chat} has become {room.migrated_to}")
    if room.private and room.bot == "kicked":
        raise Misuse("blocked", f"{user} has blocked the bot")
    return room, person


def say(
    world: World,
    chat: int,
    user: int,
    text: str = "",
    *,
    photos: Sequence[bytes] = (),
    reply_to: int | None = None,
    thread: int | None = None,
    kind: str = "",
) -> tuple[int, ...]:
    """Write a message; several photos are an album, one message each. Gives the message ids."""
    room, person = _may_speak(world, chat, user)
    if kind not in CONTENT:
        raise Misuse("no_kind", f"no such kind of message: {kind}", "bad")
    text = _fitting(world, text, caption=bool(photos or kind))
    if not (text or photos or kind) or (photos and kind) or len(photos) > world.limits.album[1]:
        raise Misuse("no_message", "a message has words, up to ten photos, or is of one kind", "bad")
    if thread is not None and thread not in room.topics:
        raise Misuse("no_topic", f"the chat {chat} has no topic {thread}", "not_found")
    if reply_to is not None:
        _find(room, reply_to)
    if room.private:
        room.started = True
    contents: list[Json] = [CONTENT[kind](world, text)]
    if photos:
        group = {"media_group_id": str(13_000_000_000 + world.count("albums"))} if len(photos) > 1 else {}
        contents = [
            {**group, "photo": world.keep_photo(photo), **(words(text, "caption") if n == 0 else {})}
            for n, photo in enumerate(photos)
        ]
    posts = [world.post(room, person, content, reply_to=reply_to, thread=thread) for content in contents]
    for post in posts:
        _tell(world, room, post)
    return tuple(post.id for post in posts)


def _fitting(world: World, text: str, *, caption: bool) -> str:
    """What a client lets one send: trimmed, and no longer than a message may be."""
    if units(text.strip()) > (world.limits.caption if caption else world.limits.text):
        raise Misuse("too_long", "nobody can send so long a message", "bad")
    return text.strip()


def _find(room: Chat, message_id: int) -> Post:
    post = room.posts.get(message_id)
    if post is None or post.deleted:
        raise Misuse("no_message", f"there is no message {message_id} in the chat {room.id}", "not_found")
    return post


def edit(world: World, chat: int, user: int, message_id: int, text: str) -> tuple[int, ...]:
    """Change the words of a message of one's own."""
    room, person = _may_speak(world, chat, user)
    post = _find(room, message_id)
    if post.sender != person or not ("text" in post.message or "photo" in post.message):
        raise Misuse("not_yours", f"{user} cannot edit the message {message_id}")
    name = "text" if "text" in post.message else "caption"
    text = _fitting(world, text, caption=name == "caption")
    if name == "text" and not text:
        raise Misuse("no_message", "a message cannot become empty", "bad")
    gone = ("entities",) if name == "text" else ("caption", "caption_entities")
    world.change(room, post, {**words(text, name), "edit_date": world.stamp()}, gone)
    _tell(world, room, post, "edited_message")
    return (message_id,)


def press(world: World, chat: int, user: int, message_id: int, data: str) -> str:
    """Press a button that is there; gives the id of the callback query."""
    room, _ = _may_speak(world, chat, user)
    rows = _find(room, message_id).message.get("reply_markup", {}).get("inline_keyboard", ())
    if data not in [button.get("callback_data") for row in rows for button in row]:
        raise Misuse("no_button", f"the message {message_id} has no such button")
    return forge_press(world, chat, user, message_id, data)


def forge_press(world: World, chat: int, user: int, message_id: int, data: str) -> str:
    """A callback query with any data, also of a message that is gone: then only its id is told."""
    room, person = world.chat(chat), world.user(user)
    query = Query(str(4_000_000_000 + world.count("queries")), user, world.now())
    world.queries[query.id] = query
    post = room.posts.get(message_id)
    gone = {"chat": world.chat_json(room), "message_id": message_id, "date": 0}
    message = gone if post is None or post.deleted else world.shown(room, post)
    body = {"id": query.id, "from": person.json(), "message": message, "chat_instance": str(-room.id), "data": data}
    if room.bot == "member":
        world.updates.add("callback_query", body)
    return query.id


def member_json(user: User, status: str) -> Json:
    return {"user": user.json(), "status": status} | ({"until_date": 0} if status == "kicked" else {})


def bot_becomes(world: World, chat: Chat, status: str, by: User, *, was: str = "") -> None:
    """Another place for the bot, and the update that tells it."""
    change = {
        "chat": world.chat_json(chat),
        "from": by.json(),
        "date": world.stamp(),
        "old_chat_member": member_json(world.bot, was or chat.bot),
        "new_chat_member": member_json(world.bot, status),
    }
    chat.bot = status
    world.updates.add("my_chat_member", change)


def _group(world: World, chat: int) -> Chat:
    room = world.chat(chat)
    if room.private or room.migrated_to:
        raise Misuse("no_group", f"{chat} is no group any more or never was one")
    return room


def block(world: World, user: int) -> None:
    chat = world.chat(user)
    if not chat.private or chat.bot == "kicked" or not chat.started:
        raise Misuse("cannot_block", f"{user} has blocked the bot already, or never met it")
    bot_becomes(world, chat, "kicked", world.user(user))


def unblock(world: World, user: int) -> None:
    chat = world.chat(user)
    if not chat.private or chat.bot != "kicked":
        raise Misuse("not_blocked", f"{user} has not blocked the bot")
    bot_becomes(world, chat, "member", world.user(user))


def kick(world: World, chat: int) -> None:
    room = _group(world, chat)
    if room.bot != "member":
        raise Misuse("not_in", f"the bot is not in the chat {chat}")
    bot_becomes(world, room, "kicked", _somebody(world, room))


def readmit(world: World, chat: int) -> None:
    room = _group(world, chat)
    if room.bot == "member":
        raise Misuse("in_already", f"the bot is in the chat {chat}")
    by = _somebody(world, room)
    bot_becomes(world, room, "member", by)
    _tell(world, room, world.post(room, by, {"new_chat_members": [world.bot.json()]}))


def migrate(world: World, chat: int) -> int:
    """A small group becomes a supergroup with another id, which is given; the old one is closed."""
    room = _group(world, chat)
    if room.kind != "group":
        raise Misuse("no_small_group", f"{chat} is a supergroup already")
    new_id = -1_001_000_000_000 - abs(chat)
    while new_id in world.chats:
        new_id -= 1
    grown = Chat(new_id, "supergroup", room.title, list(room.members), room.bot, note=room.note)
    world.chats[new_id] = grown
    by = _somebody(world, room)
    _tell(world, room, world.post(room, by, {"migrate_to_chat_id": new_id}))
    room.migrated_to = new_id
    if grown.bot == "member":
        bot_becomes(world, grown, "member", by, was="left")
    sender_chat = {"sender_chat": world.chat_json(grown)}
    _tell(world, grown, world.post(grown, ANONYMOUS, {**sender_chat, "migrate_from_chat_id": chat}))
    return new_id


def add_topic(world: World, chat: int, name: str) -> int:
    room = _group(world, chat)
    if not room.forum:
        raise Misuse("no_forum", f"{chat} is no forum")
    created = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
    post = world.post(room, _somebody(world, room), created, opens=name)
    _tell(world, room, post)
    return post.id


def add_member(world: World, chat: int, user: int) -> None:
    room, person = _group(world, chat), world.user(user)
    if user not in room.members:
        room.members.append(user)
        _tell(world, room, world.post(room, person, {"new_chat_members": [person.json()]}))


def remove_member(world: World, chat: int, user: int) -> None:
    room, person = _group(world, chat), world.user(user)
    if user in room.members:
        _tell(world, room, world.post(room, person, {"left_chat_member": person.json()}))
        room.members.remove(user)


def _somebody(world: World, room: Chat) -> User:
    return world.users[room.members[0]] if room.members else ANONYMOUS
