"""绑定 CODE and 解绑: an account becomes one of a person's, or stops being one; a group becomes a community's.

Only whoever speaks from an account can give it away, and only whoever holds a person's code can become them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bots.binding import FORGOTTEN_AFTER, MISS_LASTS, MISSES, own_code
from core.areas import Areas, Level
from core.commands import SPELLING, Command, Word, parse
from core.errors import Conflict, Refused
from core.facts import Fact, FactKind
from core.messages import Audience, Chat, ChatKind, Choice, Json, Outgoing, Reply
from core.people import Person, Right, Role, rights_in
from core.privacy import mask_name
from core.turn import Turn
from points.ledger import Transaction, person_account, transfer
from storage import merging
from storage.logins import LoginKind, OpenCode
from storage.people import Identity
from storage.unit_of_work import Unit

_JOINS = frozenset({Role.RESIDENT, Role.VOLUNTEER})  # who may become somebody else
_TAIL = 3  # characters of an account by which its owner tells it from another on the same channel
_IDENTITY = re.compile(r"id-(\d{1,18})")
SURE = "确定"  # behind the code, when the account has something to lose
NOWHERE = ""  # the area of somebody who has become somebody else


async def bind(command: Command, turn: Turn, uow: Unit) -> Reply:
    """绑定 CODE: 1:1 the speaker becomes the code's person; in a group the group is bound as the code says.

    A wrong code is counted, one of a person shown to a group is used up: both are replies, so that this is written. Whoever has
    matters or points is asked first: by a stranger's code they would be that stranger's.
    Raises Refused `code_too_many`, `code_own`, `code_for_group`, `bind_other_way`.
    """
    sure = command.text.endswith(SURE)
    if sure:
        command = parse(f"{SPELLING[Word.BIND]} {command.text.removesuffix(SURE)}")
    if not command.name:
        return Reply("bind_how") if command.text else await own_code(turn, uow)
    code = await uow.logins.open_code(command.name, turn.now)
    await merging.hold(uow.session, turn.who.id, *([code.person] if code and code.kind == LoginKind.PERSON else []))
    if await uow.logins.misses(turn.who.id, turn.now) >= MISSES:
        raise Refused("code_too_many")
    if code is None:
        return await _wrong(turn, uow)
    if code.kind == LoginKind.CHAT:
        return await _bind_chat(code, command.name, turn, uow)
    if turn.in_group:  # everybody there has read it
        return Reply("code_shown") if await uow.logins.use_code(command.name, turn.now) else await _wrong(turn, uow)
    if code.person == turn.who.id:
        raise Refused("code_own")
    if turn.who.role not in _JOINS or await merging.has_duties(uow.session, turn.who.id):
        raise Refused("bind_other_way")
    if not sure and await _has_something(turn.who.id, uow):
        return await _ask_whether_sure(code.person, command.name, turn, uow)
    return await _become(code.person, command.name, turn, uow)


async def _wrong(turn: Turn, uow: Unit) -> Reply:
    await uow.logins.sweep(turn.now - FORGOTTEN_AFTER)
    await uow.logins.add(LoginKind.MISS, turn.key, turn.who.id, turn.now, turn.now + MISS_LASTS)
    return Reply("code_wrong")


# --------------------------------------------------------------------------------------------------------------- a person


async def _has_something(person: int, uow: Unit) -> bool:
    return await merging.has_reports(uow.session, person) or await uow.ledger.balance(person_account(person)) > 0


async def _ask_whether_sure(person: int, code: str, turn: Turn, uow: Unit) -> Reply:
    name = mask_name((await uow.people.get(person)).name) or "*"
    choice = Choice("bind-sure", "bind_sure", f"{SPELLING[Word.BIND]} {code} {SURE}")
    return Reply("bind_sure", {"name": name}, (choice,), private=True, asked=(turn.who.id,))


async def _become(person: int, code: str, turn: Turn, uow: Unit) -> Reply:
    """The speaker was `turn.who` and is that person from now on, with all they had. Raises Conflict when somebody was faster."""
    mine = await uow.people.identities(turn.who.id)
    if not any(_is_here(one, turn.chat) for one in mine):
        raise Conflict("the speaker has become somebody else meanwhile")
    if not await uow.logins.use_code(code, turn.now):
        return await _wrong(turn, uow)
    others = [one for one in (*await uow.people.identities(person), *mine) if not _is_here(one, turn.chat)]
    found = await uow.people.get(person)
    became = _with_what_is_known(found, turn.who, turn.policy.areas)
    community = _community(became, turn.policy.areas)
    await join(turn.who.id, person, turn.key, community, uow)
    await uow.logins.end_of(turn.who.id, turn.now, LoginKind.PERSON, LoginKind.LINK, LoginKind.SESSION)
    await uow.registry.place(turn.who.id, NOWHERE, NOWHERE, Role.RESIDENT)
    await uow.registry.place(person, became.area, community, became.role)
    await uow.outgoing.release(person)  # somebody invited may have been given work before they came
    data: dict[str, Json] = {"channel": turn.chat.channel, "joined": turn.who.id}
    await uow.facts.append(Fact(community, FactKind.PERSON_BOUND, turn.now, actor=person, data=data))
    await _tell(others, Reply("bound_elsewhere", {"channel": turn.chat.channel}), turn, uow)
    if became.is_staff or became.role == Role.PARTNER:
        area = called(became.area, turn.policy.areas)
        return Reply(
            "bound_office", {"name": became.name, "area": area, "office": became.role}, private=True, to=person
        )
    return Reply("bound", private=True, to=person)


async def join(source: int, target: int, cause: str, community: str, uow: Unit) -> None:
    """All that was the one person's is the other's, the points in one transaction; again it moves what came since."""
    await uow.outgoing.flush()
    await merging.move(uow.session, source, target)
    points = await uow.ledger.balance(person_account(source))
    if points <= 0:
        return
    postings = transfer(points, person_account(source), person_account(target))
    try:
        await uow.ledger.post(Transaction(community, f"joined:{cause}", "joined", uow.now, postings))
    except Refused:  # spent between the two statements
        raise Conflict("the balance has changed") from None


def _with_what_is_known(person: Person, was: Person, areas: Areas) -> Person:
    """Whoever became that person brings along where they live and that they volunteer, where that was not known."""
    if person.role not in _JOINS:
        return person
    role = Role.VOLUNTEER if Role.VOLUNTEER in (person.role, was.role) else person.role
    area = person.area if areas.community_of(person.area) else was.area
    return Person(person.id, person.name, role, area)


# ---------------------------------------------------------------------------------------------------------------- parting


async def unbind(command: Command, turn: Turn, uow: Unit) -> Reply:
    """解绑: on which channels the person is known; 解绑 and one of them: that account is somebody new from now on.

    Whoever opened something as this person is shut out: codes and sessions end. Raises Refused `unbind_only`.
    """
    await merging.hold(uow.session, turn.who.id)
    mine = sorted(await uow.people.identities(turn.who.id), key=lambda one: one.id)
    if len(mine) < 2:
        raise Refused("unbind_only")
    chosen = _chosen(command.text, mine)
    if chosen is None or turn.in_group:
        choices = tuple(_choice(one, turn) for one in mine)
        return Reply("unbind_which", {"count": len(mine)}, choices, private=True, asked=(turn.who.id,))
    return await _part(chosen, [one for one in mine if one != chosen], turn, uow)


async def _part(chosen: Identity, kept: Sequence[Identity], turn: Turn, uow: Unit) -> Reply:
    who, here = turn.who, _is_here(chosen, turn.chat)
    community = _community(who, turn.policy.areas)
    fresh = await uow.registry.add_person(who.name, Role.RESIDENT, who.area, community)
    if not await uow.registry.give_identity(chosen.id, who.id, fresh.id):
        raise Conflict("the account is somebody else's meanwhile")
    await uow.registry.place(fresh.id, who.area, community, Role.RESIDENT)
    await uow.logins.end_of(who.id, turn.now, LoginKind.PERSON, LoginKind.LINK, LoginKind.SESSION)
    data: dict[str, Json] = {"channel": chosen.channel}
    await uow.facts.append(Fact(community, FactKind.PERSON_UNBOUND, turn.now, actor=who.id, data=data))
    others = [one for one in kept if not _is_here(one, turn.chat)]
    await _tell(others, Reply("unbound_elsewhere", {"channel": chosen.channel}), turn, uow)
    if here:
        return Reply("unbound_here", private=True, to=fresh.id)
    await _tell([chosen], Reply("unbound_from_elsewhere"), turn, uow)
    return Reply("unbound", {"channel": chosen.channel}, private=True)


def _chosen(text: str, mine: Sequence[Identity]) -> Identity | None:
    """By what a choice says, or by the place in the list; nobody finds an account that is not theirs."""
    if named := _IDENTITY.fullmatch(text.strip()):
        return next((one for one in mine if one.id == int(named[1])), None)
    place = int(text.strip()) if text.strip().isascii() and text.strip().isdecimal() and len(text) < 4 else 0
    return mine[place - 1] if 1 <= place <= len(mine) else None


def _choice(identity: Identity, turn: Turn) -> Choice:
    says = f"解绑 id-{identity.id}"
    if _is_here(identity, turn.chat):
        return Choice(f"identity-{identity.id}", "account_here", says, {"channel": identity.channel})
    params: dict[str, Json] = {"channel": identity.channel, "tail": identity.external[-_TAIL:]}
    return Choice(f"identity-{identity.id}", "account", says, params)


# ---------------------------------------------------------------------------------------------------------------- a group


@dataclass(frozen=True, slots=True)
class _Target:
    area: str
    audience: Audience
    daily: bool


async def _bind_chat(code: OpenCode, secret: str, turn: Turn, uow: Unit) -> Reply:
    """The group belongs to the code's area from now on; said 1:1 the code is not used up."""
    areas = turn.policy.areas
    target = _Target(**json.loads(code.target))
    maker = await uow.people.get(code.person)
    if target.area not in areas or Right.APPROVE not in rights_in(maker, target.area, areas):
        return await _wrong(turn, uow)  # the rules, or the maker's part, have changed since
    if not turn.in_group:
        raise Refused("code_for_group", area=called(target.area, areas))
    if not await uow.logins.use_code(secret, turn.now):
        return await _wrong(turn, uow)
    was, community = turn.chat, areas.community_of(target.area) or ""
    if (await uow.chats.community(was.id), was.audience) != (community, target.audience):
        await uow.outgoing.withdraw_there(was)
    chat = await uow.registry.add_chat(
        was.channel,
        was.account,
        was.external,
        ChatKind.GROUP,
        Audience(target.audience),
        target.area,
        community,
        was.title,
        target.daily,
    )
    await uow.registry.place_topics(chat)
    data: dict[str, Json] = {"chat": chat.id, "title": chat.title, "area": chat.area, "audience": chat.audience}
    await uow.facts.append(Fact(community, FactKind.CHAT_BOUND, turn.now, actor=turn.who.id, data=data))
    params: dict[str, Json] = {"area": called(chat.area, areas), "bot": turn.policy.bot_name}
    if was.area in areas and was.area != chat.area:
        params["was"] = called(was.area, areas)
    key = "chat_bound" if chat.audience == Audience.RESIDENTS else "chat_bound_staff"
    return Reply("chat_bound_partners" if chat.audience == Audience.PARTNERS else key, params)


# ------------------------------------------------------------------------------------------------------------------ common


async def _tell(identities: Sequence[Identity], reply: Reply, turn: Turn, uow: Unit) -> None:
    """Say it at once in each of these 1:1 chats, whoever is spoken to elsewhere."""
    for one in identities:
        chat = await uow.chats.find(one.channel, one.account, one.direct_chat) if one.direct_chat else None
        if chat is not None:
            await uow.outgoing.add(Outgoing(f"{turn.key}:{reply.key}:{one.id}", reply, chat=chat.id))


def called(area: str, areas: Areas) -> str:
    """What people call it: 枫林社区, 枫林社区第一网格; the code itself of what is no area any more."""
    path = areas.path(area)
    return "".join(one.name for one in path if one.level in (Level.COMMUNITY, Level.GRID)) or (
        path[-1].name if path else area
    )


def _is_here(identity: Identity, chat: Chat) -> bool:
    there = (identity.channel, identity.account, identity.direct_chat)
    return chat.kind == ChatKind.DIRECT and there == (chat.channel, chat.account, chat.external)


def _community(person: Person, areas: Areas) -> str:
    return areas.community_of(person.area) or ""
