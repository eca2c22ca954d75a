"""What the bot may reach: the chat, the message, the topic; refused as the Bot API refuses it."""

from __future__ import annotations

from bots.practice.platforms.telegram.params import Params
from bots.practice.platforms.telegram.problems import UPGRADED, bad, forbidden
from bots.practice.platforms.telegram.values import User
from bots.practice.platforms.telegram.world import Chat, Post, World


def chat_of(world: World, params: Params) -> Chat:
    """The chat named by chat_id, whether or not the bot is in it."""
    given = params.text("chat_id")
    if not given:
        raise bad("chat_id is empty")
    chat = world.chats.get(params.integer("chat_id"))
    if chat is None:
        raise bad("chat not found")
    return chat


def member_chat(world: World, params: Params) -> Chat:
    """The same, and the bot must be there: what is read of a group is not told to outsiders."""
    chat = chat_of(world, params)
    if chat.private:
        return chat
    if chat.migrated_to:
        raise bad(UPGRADED, migrate_to_chat_id=chat.migrated_to)
    if chat.bot == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if chat.bot != "member":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def writable_chat(world: World, params: Params) -> Chat:
    """The same, and a person must have opened the chat and not blocked the bot."""
    chat = member_chat(world, params)
    if chat.private and not chat.started:
        raise forbidden("bot can't initiate conversation with a user")
    if chat.private and chat.bot != "member":
        raise forbidden("bot was blocked by the user")
    return chat


def thread_of(chat: Chat, params: Params) -> int | None:
    """message_thread_id, which must be a topic; the general topic has none."""
    thread = params.integer("message_thread_id")
    if thread and thread not in chat.topics:
        raise bad("message thread not found")
    return thread or None


def answered_in(chat: Chat, params: Params) -> int | None:
    """The message that this one answers, from reply_parameters or reply_to_message_id; None when there is none."""
    given = params.structure("reply_parameters", dict) or {}
    wanted = Params(given).integer("message_id") or params.integer("reply_to_message_id")
    if not wanted:
        return None
    post = chat.posts.get(wanted)
    if post is not None and not post.deleted:
        return post.id
    if given.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def own_post(world: World, chat: Chat, params: Params) -> Post:
    """The bot's message to edit."""
    if not params.integer("message_id"):
        raise bad("message identifier is not specified")
    post = chat.posts.get(params.integer("message_id"))
    if post is None or post.deleted:
        raise bad("message to edit not found")
    if post.sender.id != world.bot.id:
        raise bad("message can't be edited")
    return post


def user_of(world: World, params: Params) -> User:
    if not params.integer("user_id"):
        raise bad("invalid user_id specified")
    if params.integer("user_id") == world.bot.id:
        return world.bot
    user = world.users.get(params.integer("user_id"))
    if user is None:
        raise bad("user not found")
    return user
