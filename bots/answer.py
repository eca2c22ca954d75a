"""The one door from any chat: an Incoming goes in, what it causes is committed, what to say in this chat comes out."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from bots.arrival import arrive
from bots.dialogue import answer_words, choose
from core.commands import Word, is_addressed, parse, strip_mention
from core.errors import Conflict, Refused
from core.events import Stage
from core.loop import collect
from core.messages import TEXT_LIMIT, Audience, Incoming, Outgoing, Reply, Urgency
from core.policy import Policy
from core.privacy import clean, mask_name
from core.turn import Turn
from points.rewards import code_from
from storage.unit_of_work import Database, Unit

logger = logging.getLogger(__name__)

_TAKE_PHOTOS = ("reported", "joined", "photos_", "progress_noted", "finished", "supplemented")
TRIES = 5  # of a unit of work that somebody else got in the way of


def random_number() -> int:
    return secrets.randbelow(32**7)


def random_token() -> str:
    """128 random bits, as 22 characters that may stand in an address."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class Door:
    """What answering needs: the database, the rules, and a source of random numbers in [0, 32**7) for codes.

    `address`: where people reach our pages, such as https://huying.example.org; "" when nowhere from outside.
    `at_door`: the channels whose door says the answers itself; on any other the loops say them.
    """

    db: Database
    policy: Policy
    random_number: Callable[[], int] = random_number
    address: str = ""
    at_door: frozenset[str] = frozenset()


def is_for_bot(incoming: Incoming, policy: Policy) -> bool:
    """Whether the message is addressed to the bot by itself; what is not never reaches the database."""
    if incoming.direct or incoming.press or incoming.reply_to or incoming.answers or incoming.mentions_bot:
        return True
    return is_addressed(incoming.text, policy.bot_name)


async def concerns_bot(incoming: Incoming, door: Door) -> bool:
    """Whether it is for the bot, or a further picture of an album that was."""
    if is_for_bot(incoming, door.policy):
        return True
    if not incoming.album:
        return False
    return await door.db.read(lambda uow: uow.inbox.opened(incoming)) is not None


async def answer(incoming: Incoming, door: Door) -> int:
    """Do what the message asks, once, and commit it with the answer; returns the inbox row that holds what it caused.

    The same message again changes nothing and returns the same row.
    """
    code, token = code_from(door.random_number()), random_token()

    async def once(reply: Reply | None) -> int:
        return await door.db.run(lambda uow: _take(incoming, code, token, door, uow, reply))

    refusal: Reply | None = None
    for attempt in range(TRIES):
        try:
            return await once(refusal)
        except Refused as refused:
            refusal = Reply(refused.key, refused.params, refused.choices)
        except Conflict:
            logger.info("conflict channel=%s attempt=%d", incoming.channel, attempt + 1)
    return await once(refusal or Reply("try_again"))


async def _take(incoming: Incoming, code: str, token: str, door: Door, uow: Unit, reply: Reply | None) -> int:
    """One unit of work: the inbox row, what it causes, and the answer. With `reply` given, only that is said."""
    received = await uow.inbox.receive(incoming, digest(incoming))
    if not received.new:
        return received.id
    since = uow.now - door.policy.photo_joins
    arrived = await arrive(incoming, door.policy.areas, since, uow)
    turn = Turn(
        key=f"in:{received.id}",
        who=arrived.person,
        chat=arrived.chat,
        policy=door.policy,
        now=uow.now,
        photos=incoming.photos,
        loose_photos=arrived.loose_photos,
        code=code,
        token=token,
        address=door.address,
        reachable=arrived.reachable,
        opens=incoming.opens,
    )
    if reply is None and incoming.album and not incoming.text and await _joins_album(incoming, turn, uow):
        return received.id
    if reply is None:
        reply = await _reply(incoming, turn, uow)
    if turn.photos and not reply.key.startswith(_TAKE_PHOTOS):  # nothing is lost: the next words may take them
        await uow.photos.add(None, reply.to or turn.who.id, Stage.BEFORE, turn.photos, turn.now)
    at_door = incoming.channel in door.at_door
    await uow.outgoing.add(*said(reply, turn, Urgency.DOOR if at_door else Urgency.NOW))
    if incoming.attachment == "photo" and incoming.text:
        here = said(Reply("photo_lost", to=reply.to), replace(turn, key=f"{turn.key}:photo"), Urgency.NOW)
        await uow.outgoing.add(*here)
    return received.id


async def _joins_album(incoming: Incoming, turn: Turn, uow: Unit) -> bool:
    """A further picture of an album joins what the first one did, without a word; False for the first one itself."""
    opened = await uow.inbox.opened(incoming)
    if opened is None:
        return False
    caused = [row.reply.event for row in await uow.outgoing.rows_of_inbox(opened) if row.reply.event is not None]
    try:
        await collect.add_photos(replace(turn, context=caused[0] if caused else None), uow)
    except Refused:  # it can be told to nobody here: it waits for words like any other
        await uow.photos.add(None, turn.who.id, Stage.BEFORE, turn.photos, turn.now)
    return True


async def _reply(incoming: Incoming, turn: Turn, uow: Unit) -> Reply:
    if turn.in_group and not turn.chat.area and parse(incoming.text, turn.policy.bot_name).word != Word.BIND:
        raise Refused("group_unbound", bot=turn.policy.bot_name)
    if incoming.press is not None:
        question = await uow.outgoing.by_id(incoming.press.outgoing)
        says = dict(question.choices).get(incoming.press.choice) if question else None
        if question is None or says is None or not await _was_asked_here(incoming.press.outgoing, turn, uow):
            raise Refused("choice_gone")
        return await choose(question, says, turn, uow)
    replied, reply_to = None, incoming.reply_to
    if reply_to is None and incoming.answers:
        chat, person = (turn.chat.id, None) if turn.in_group else (None, turn.who.id)
        reply_to = await uow.outgoing.by_receipt(chat, person, incoming.answers)
    if reply_to is not None:
        replied = await uow.outgoing.by_id(reply_to)
        turn = replace(turn, context=replied.event if replied else None)
    if len(incoming.text) > TEXT_LIMIT:
        raise Refused("text_too_long")
    text = strip_mention(clean(incoming.text), turn.policy.bot_name).strip()
    if not text and incoming.photos:
        return await collect.add_photos(turn, uow)
    if not text and incoming.attachment == "photo":
        raise Refused("photo_unreadable")
    if not text and incoming.attachment:
        return Reply(f"attachment_{incoming.attachment}")
    if not text:
        return Reply("greeting", {"bot": turn.policy.bot_name})
    return await answer_words(text, turn, uow, replied)


async def _was_asked_here(outgoing: int, turn: Turn, uow: Unit) -> bool:
    """Whether the buttons were shown in this chat, so that a press brought from elsewhere does nothing."""
    row = await uow.outgoing.get(outgoing)
    if row is None or row.chat is not None:
        return row is not None and row.chat == turn.chat.id
    return row.person == turn.who.id and not turn.in_group


def said(reply: Reply, turn: Turn, urgency: Urgency) -> list[Outgoing]:
    """The rows that say the reply: in the chat it came from, or 1:1 with a word in the group that it went there.

    Who cannot be spoken to 1:1 yet is asked in the group to open that chat; what is for them is held until they do.
    """
    key, person = f"{turn.key}:reply", reply.to or turn.who.id
    if not turn.in_group:
        return [Outgoing(key, reply, person=person, urgency=urgency)]
    if not _is_personal(reply, turn):
        return [Outgoing(key, reply, chat=turn.chat.id, urgency=urgency)]
    name = mask_name(turn.who.name)
    here = Reply("sent_privately", {"name": name})
    if not turn.reachable:
        here = Reply("open_me_first", {"name": name, "link": turn.opens})
    return [
        Outgoing(f"{key}:here", here, chat=turn.chat.id, urgency=urgency),
        Outgoing(key, reply, person=person),
    ]


def _is_personal(reply: Reply, turn: Turn) -> bool:
    """Whether it goes 1:1 though asked in a group: a balance always, what a matter is called outside of staff groups."""
    told = {"balance"} if turn.chat.audience == Audience.STAFF else {"balance", "title", "items", "log"}
    return reply.private or not told.isdisjoint(reply.params)


def digest(incoming: Incoming) -> str:
    """A fingerprint of what the message says, to tell a retry from another message under the same id."""
    parts = [incoming.text, *(photo.name for photo in incoming.photos), str(incoming.press or ""), incoming.attachment]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
