"""The methods that say and change things. Each checks everything before it changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from bots.practice.platforms.telegram import pictures
from bots.practice.platforms.telegram.access import answered_in, chat_of, own_post, thread_of, writable_chat
from bots.practice.platforms.telegram.markup import read_markup
from bots.practice.platforms.telegram.params import MISSING, Params, Upload
from bots.practice.platforms.telegram.people import bot_becomes, words
from bots.practice.platforms.telegram.problems import NOT_MODIFIED, bad, too_many
from bots.practice.platforms.telegram.texts import units
from bots.practice.platforms.telegram.values import Json, Overrun
from bots.practice.platforms.telegram.world import Chat, File, World

ACTIONS = frozenset(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note".split()
)
MARKS = {"text": "entities", "caption": "caption_entities"}


def read_words(world: World, params: Params, name: str, *, editing: bool = False) -> Json:
    """The text or caption of the call with its entities, within its length."""
    if params.text("parse_mode"):
        raise bad("unsupported parse_mode")  # the stand-in reads no markup: better refused than shown with its tags
    text = params.text(name).strip()
    too_long = units(text) > (world.limits.text if name == "text" else world.limits.caption)
    if name == "text" and not text:
        raise bad("message text is empty")
    if too_long and editing:
        raise bad("MESSAGE_TOO_LONG" if name == "text" else "MEDIA_CAPTION_TOO_LONG")
    if too_long:
        raise bad("message is too long" if name == "text" else "message caption is too long")
    marked = params.structure(MARKS[name], list)
    return words(text, name) if marked is None else {name: text, MARKS[name]: marked}


def read_photo(world: World, params: Params, name: str, given: Any = MISSING) -> bytes | File:
    """The bytes of a photo that may be sent, or the file whose id is given."""
    file = _read_file(world, params, name, given)
    if isinstance(file, File):
        return file
    if len(file.content) > world.limits.photo:
        raise bad(f"file of size {len(file.content)} bytes is too big for a photo")
    size = pictures.size_of(file.content)
    if size is None:
        raise bad("IMAGE_PROCESS_FAILED")
    if sum(size) > world.limits.photo_side_sum or max(size) > world.limits.photo_ratio * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return file.content


def _read_file(world: World, params: Params, name: str, given: Any = MISSING) -> Upload | File:
    value = params.values.get(name) if given is MISSING else given
    if upload := params.upload(name, given):
        if not upload.content:
            raise bad("file must be non-empty")
        return upload
    if not value or not isinstance(value, str) or value.startswith("attach://"):
        raise bad(f"there is no {name} in the request" if given is MISSING else "media not found")
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")  # the stand-in fetches nothing from outside
    if value not in world.files:
        raise bad("wrong remote file identifier specified: Wrong string length")
    return world.files[value]


def _sizes(world: World, photo: bytes | File) -> list[Json]:
    return world.keep_photo(photo if isinstance(photo, bytes) else photo.content)


def _paced(world: World, method: str, chat: Chat, count: int = 1) -> None:
    over = world.pace.take(chat.id, chat.private, count, world.now())
    if over is not None:
        scope, seconds = over
        world.overruns.append(Overrun(method, chat.id, scope, seconds, world.now()))
        raise too_many(seconds)


def _send(world: World, method: str, params: Params, chat: Chat, contents: Sequence[Json]) -> list[Json]:
    """Put the messages into the chat; `contents` are made by then, so nothing can be refused but for its pace."""
    thread, reply_to = thread_of(chat, params), answered_in(chat, params)
    _paced(world, method, chat, len(contents))
    posts = [world.post(chat, world.bot, content, reply_to=reply_to, thread=thread) for content in contents]
    return [world.shown(chat, post) for post in posts]


def send_message(world: World, params: Params) -> Json:
    chat = writable_chat(world, params)
    content = read_words(world, params, "text") | read_markup(params, world.limits)
    return _send(world, "sendMessage", params, chat, [content])[0]


def send_photo(world: World, params: Params) -> Json:
    chat = writable_chat(world, params)
    photo = read_photo(world, params, "photo")
    content = read_words(world, params, "caption") | read_markup(params, world.limits)
    return _send(world, "sendPhoto", params, chat, [{"photo": _sizes(world, photo)} | content])[0]


def send_document(world: World, params: Params) -> Json:
    chat = writable_chat(world, params)
    file = _read_file(world, params, "document")
    content = read_words(world, params, "caption") | read_markup(params, world.limits)
    if isinstance(file, Upload):
        file = world.keep(file.content, "documents", PurePosixPath(file.name).suffix, file.mime, file.name)
    document = {**file.json(), "file_name": file.name, "mime_type": file.mime}
    return _send(world, "sendDocument", params, chat, [{"document": document} | content])[0]


def send_media_group(world: World, params: Params) -> list[Json]:
    chat = writable_chat(world, params)
    media = params.structure("media", list)
    if media is None:
        raise bad('parameter "media" is required')
    fewest, most = world.limits.album
    if len(media) > most:
        raise bad("too many messages to send as an album")
    if len(media) < fewest:
        raise bad("there are no messages to send" if not media else "wrong number of media in the album")
    photos, captions = [], []
    for item in media:
        if not isinstance(item, dict) or item.get("type") != "photo":
            raise bad("can't parse InputMedia: type of the media is not supported by the stand-in")
        photos.append(read_photo(world, params, "media", item.get("media")))
        captions.append(read_words(world, Params({**item}), "caption"))
    group = {"media_group_id": str(13_000_000_000 + world.count("albums"))}
    contents = [
        {**group, "photo": _sizes(world, photo), **caption} for photo, caption in zip(photos, captions, strict=True)
    ]
    return _send(world, "sendMediaGroup", params, chat, contents)


def send_chat_action(world: World, params: Params) -> bool:
    writable_chat(world, params)
    if params.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    return True


def _edit(world: World, params: Params, name: str) -> Json:
    """A new text or caption; without reply_markup the buttons go."""
    chat = writable_chat(world, params)
    post = own_post(world, chat, params)
    if name == "text" and "text" not in post.message:
        raise bad("there is no text in the message to edit")
    if name == "caption" and "photo" not in post.message and "document" not in post.message:
        raise bad("there is no caption in the message to edit")
    content = read_words(world, params, name, editing=True) | read_markup(params, world.limits)
    kept = (name, MARKS[name], "reply_markup")
    if {key: post.message[key] for key in kept if key in post.message} == content:
        raise bad(NOT_MODIFIED)
    world.change(chat, post, {**content, "edit_date": world.stamp()}, kept)
    return world.shown(chat, post)


def edit_message_text(world: World, params: Params) -> Json:
    return _edit(world, params, "text")


def edit_message_caption(world: World, params: Params) -> Json:
    return _edit(world, params, "caption")


def edit_message_reply_markup(world: World, params: Params) -> Json:
    chat = writable_chat(world, params)
    post = own_post(world, chat, params)
    content = read_markup(params, world.limits)
    if post.message.get("reply_markup") == content.get("reply_markup"):
        raise bad(NOT_MODIFIED)
    world.change(chat, post, {**content, "edit_date": world.stamp()}, ("reply_markup",))
    return world.shown(chat, post)


def delete_message(world: World, params: Params) -> bool:
    """The bot's own, and in a private chat the person's too, while they are young enough."""
    chat = writable_chat(world, params)
    post = chat.posts.get(params.integer("message_id"))
    if post is None or post.deleted:
        raise bad("message to delete not found")
    if post.sender.id != world.bot.id and not chat.private:
        raise bad("message can't be deleted")
    if world.stamp() - post.message["date"] > world.limits.delete_age.total_seconds():
        raise bad("message can't be deleted for everyone")
    post.deleted = True
    world.touch(chat, post)
    return True


def leave_chat(world: World, params: Params) -> bool:
    chat = chat_of(world, params)
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    if chat.bot == "member":
        bot_becomes(world, chat, "left", world.bot)
    return True
