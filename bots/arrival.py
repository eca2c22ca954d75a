"""Who speaks, and where: whoever and wherever is new is made known, so that nobody who speaks to the bot meets silence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.areas import Areas, Level
from core.messages import Audience, Chat, ChatKind, Incoming
from core.people import Person, Role
from core.privacy import clean
from storage.registry import audience_of
from storage.unit_of_work import Unit

NAME_LIMIT = 64  # characters of what a platform calls somebody or a group


@dataclass(frozen=True, slots=True)
class Arrived:
    """`loose_photos`: how many of the sender's pictures wait for a report. `reachable`: they can be spoken to 1:1."""

    person: Person
    chat: Chat
    loose_photos: int
    reachable: bool


async def arrive(incoming: Incoming, areas: Areas, loose_since: datetime, uow: Unit) -> Arrived:
    """The sender and the chat of the message, within its open unit.

    A newcomer is a resident of the group's area; 1:1 nobody knows yet where they live, and the community is asked for when
    it matters (bots/living.py), unless there is only one. A group that nobody bound yet, or whose area is none any more, has the area "".
    """
    channel, account = incoming.channel, incoming.account
    found = await uow.people.arriving(channel, account, incoming.sender, incoming.chat, loose_since)
    chat = found.chat
    if chat is not None and chat.area not in areas:  # the file of the community has changed since
        chat = replace(chat, area="")
    if not incoming.direct and (chat is None or not chat.area):
        chat = await _group(incoming, chat, areas, uow)
    person = found.person
    if person is None:
        area = chat.area if chat is not None and chat.area else _home(areas)
        community = areas.community_of(area) or ""
        name = called_by_platform(incoming.name)
        person = await uow.registry.register(channel, account, incoming.sender, name, Role.RESIDENT, area, community)
    elif chat is not None and _tells_home(person, chat, areas):
        person = replace(person, area=chat.area)
        await uow.registry.place(person.id, chat.area, areas.community_of(chat.area) or "", person.role)
    if chat is None:
        chat = await _direct(incoming, person, areas, uow)
    reachable = found.reachable
    if incoming.direct and found.direct_chat != incoming.chat:  # the first word 1:1 opens that chat for good
        await uow.registry.add_identity(person.id, channel, account, incoming.sender, incoming.chat)
        await uow.outgoing.release(person.id)
        reachable = True
    return Arrived(person, chat, found.loose_photos, reachable)


def called_by_platform(name: str) -> str:
    """What a platform calls somebody or a group, in one line and without what nobody sees or what turns the text around it."""
    return " ".join(clean(name).split())[:NAME_LIMIT]


def _tells_home(person: Person, chat: Chat, areas: Areas) -> bool:
    """Whether somebody met 1:1, of whom nobody knows where they live, speaks in a group of their neighbours."""
    if chat.kind == ChatKind.DIRECT or not chat.area or chat.audience != Audience.RESIDENTS:
        return False
    return person.role in (Role.RESIDENT, Role.VOLUNTEER) and areas.community_of(person.area) is None


async def _group(incoming: Incoming, known: Chat | None, areas: Areas, uow: Unit) -> Chat:
    """A topic of a bound group is answered there and belongs where the group does; any other new group is not bound yet."""
    channel, account = incoming.channel, incoming.account
    whole = await uow.chats.bound_part(channel, account, incoming.within) if incoming.within else None
    if whole is None:
        return known or await uow.registry.add_chat(
            channel,
            account,
            incoming.chat,
            ChatKind.GROUP,
            Audience.RESIDENTS,
            "",
            "",
            called_by_platform(incoming.title),
        )
    community = areas.community_of(whole.area) or ""
    return await uow.registry.add_chat(
        channel, account, incoming.chat, ChatKind.TOPIC, whole.audience, whole.area, community, whole.title
    )


async def _direct(incoming: Incoming, person: Person, areas: Areas, uow: Unit) -> Chat:
    audience, community = audience_of(person.role), areas.community_of(person.area) or ""
    return await uow.registry.add_chat(
        incoming.channel, incoming.account, incoming.chat, ChatKind.DIRECT, audience, person.area, community
    )


def _home(areas: Areas) -> str:
    """Where somebody lives of whom nothing is known: the only community, else somewhere in the city."""
    communities = areas.all(Level.COMMUNITY)
    return (communities if len(communities) == 1 else areas.all(Level.CITY))[0].code
