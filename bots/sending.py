"""What staff see and decide of what is sent: 待发, 已送达, 重发, 不发; and what they are told when something goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bots.joining import called
from core.commands import SPELLING, Word
from core.errors import Refused
from core.facts import Fact, FactKind
from core.messages import Audience, Choice, Json, Outgoing, Reply
from core.people import Role
from core.policy import Policy
from core.privacy import mask_name
from core.turn import Turn
from narratives.meant import community_of
from storage import sending
from storage.outbox import OutgoingState
from storage.sending import RULES, TROUBLED, Decision, Sending
from storage.unit_of_work import Unit

SHOWN = 3  # of each pile, in a chat
_CHOICES = 9
ABOUT_ONE = ("post_unknown", "post_failed")  # what is said in reply to these is about what they tell of

WORDS: Mapping[Decision, Word] = MappingProxyType(
    {Decision.ARRIVED: Word.ARRIVED, Decision.AGAIN: Word.RESEND, Decision.DROPPED: Word.DROP_UNSENT}
)
DONE: Mapping[Decision, str] = MappingProxyType(
    {
        Decision.ARRIVED: "sending_arrived",
        Decision.AGAIN: "sending_again",
        Decision.DROPPED: "sending_dropped",
    }
)
# What a platform's words, or ours, come down to: the first that stands in them, without regard to case.
_WHY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("no_answer", ("no answer", "cut off", "lease ended", "never arrived", "timed out", "timeout")),
    ("no_channel", ("no channel", "unauthorized")),
    ("blocked", ("blocked", "user is deactivated")),
    ("removed", ("kicked", "not a member", "deactivated", "chat not found", "was deleted", "removed")),
    ("muted", ("not enough rights", "no rights", "have no right", "restricted", "forbidden", "administrator")),
    ("content", ("too long", "too big", "too large", "can't parse", "photo_invalid", "wrong file", "dimensions")),
    ("busy", ("too many requests", "retry after", "flood", "bad gateway", "internal server")),
)


async def unsent(turn: Turn, uow: Unit) -> Reply:
    """待发: how many wait, may not have arrived or were not taken, and the first of each. Raises Refused as `community_of`."""
    piles = await sending.listing(uow, community_of(turn), SHOWN)
    rows = [one for pile in piles.values() for one in pile.rows]
    if not rows:
        return Reply("unsent_empty")
    params: dict[str, Json] = {state: pile.count for state, pile in piles.items() if pile.count}
    params["items"] = [told(one) for one in rows]
    newest = [piles[state].rows[0] for state in TROUBLED if piles[state].rows]
    if newest:
        params["n"] = newest[0].id
    return Reply("unsent", params, tuple(choice for one in newest for choice in _choices(one, "_one")))


async def decide(decision: Decision, number: int | None, turn: Turn, uow: Unit) -> Reply:
    """已送达, 重发 or 不发 of what has that number; without one, of the only one it can be.

    Raises Refused `sending_needed`, `sending_unknown` (another community's, too), `sending_settled` when somebody was faster
    or it is not in a state for it, `sending_outdated` when what it says was taken back or changed, and as `community_of`.
    """
    community = community_of(turn)
    if number is None:
        number = await _the_only_one(decision, community, uow)
    one = await sending.find(uow, community, number)
    if one is None:
        raise Refused("sending_unknown", n=number)
    if decision is Decision.AGAIN and not await sending.stands(uow, one):
        raise Refused("sending_outdated", n=number)
    done = await sending.decide(uow, community, one, decision, turn.who.id)
    now = await sending.find(uow, community, number)
    assert now is not None  # rows are never deleted
    if not done:
        raise Refused("sending_settled", n=number, sending=now.state)
    params: dict[str, Json] = {"n": number}
    if now.state is OutgoingState.WAITING and now.due > turn.now:
        params["due_at"] = now.due.isoformat()
    return Reply(DONE[decision], params)


async def _the_only_one(decision: Decision, community: str, uow: Unit) -> int:
    piles = await sending.listing(uow, community, _CHOICES)
    fitting = [one for state in TROUBLED if state in RULES[decision][0] for one in piles[state].rows]
    if len(fitting) == 1:
        return fitting[0].id
    word = SPELLING[WORDS[decision]]
    choices = tuple(Choice(f"sending-{one.id}", "sending", f"{word} {one.id}", {"n": one.id}) for one in fitting)
    raise Refused("sending_needed", choices[:_CHOICES], word=word)


def _choices(one: Sending, more: str = "") -> tuple[Choice, ...]:
    """What may be decided about it; `more` for labels that name it among others."""
    return tuple(
        Choice(
            f"{decision}-{one.id}", f"{WORDS[decision]}{more}", f"{SPELLING[WORDS[decision]]} {one.id}", {"n": one.id}
        )
        for decision, (froms, _) in RULES.items()
        if one.state in froms
    )


def told(one: Sending) -> dict[str, Json]:
    """The params that tell of one: `group`, or `role` and `name`; `log` and `title`, else what sort of `post` it is."""
    params: dict[str, Json] = {"n": one.id, "sending": one.state, "since_at": one.since.isoformat()}
    if one.group:
        params |= {"group": one.group, "log": one.log, "title": one.title}
        if not one.log:
            params["post"] = post(one)
    else:
        params |= {"role": one.role, "name": one.name}
    if one.state in TROUBLED:
        params["why"] = why(one.error)
    return params


def post(one: Sending) -> str:
    """What sort of post it is that has no number of its own."""
    return "digest" if one.says == "digest_posted" else "message"


def why(error: str) -> str:
    """What a platform's words come down to: one of a few that have a sentence."""
    error = error.lower()
    return next((word for word, told in _WHY if any(part in error for part in told)), "other")


async def tell_trouble(fact: Fact, uow: Unit) -> None:
    """Staff hear of a post that may not have arrived or was not taken, with what to do; of several in one go, once."""
    found = await sending.burst(uow, fact)
    if not found:  # decided upon already, or a later one tells of it
        return
    first = found[0]
    if len(found) > 1:
        items: list[Json] = [told(one) for one in found[:SHOWN]]
        reply = Reply("posts_troubled", {"count": len(found), "items": items}, _choices(first, "_one"))
    elif first.state is OutgoingState.UNKNOWN:
        reply = Reply("post_unknown", told(first), _choices(first))
    else:
        reply = Reply("post_failed", told(first), _choices(first))
    await _tell(reply, fact, uow)


async def tell_membership(fact: Fact, policy: Policy, uow: Unit) -> None:
    """Staff hear that the bot was removed from a group, or is back in it."""
    params: dict[str, Json] = {"bot": policy.bot_name, "title": str(fact.data["title"]) or f"#{fact.data['chat']}"}
    if fact.kind == FactKind.CHAT_LOST:
        await _tell(Reply("chat_lost", params), fact, uow)
        return
    if count := await sending.troubled(uow, fact.community):
        params["count"] = count
    await _tell(Reply("chat_found", params), fact, uow)


async def tell_colleague(fact: Fact, uow: Unit) -> None:
    """Staff hear that an account is one of a colleague's from now on: whoever holds a code of theirs would be them."""
    assert fact.actor is not None
    who = await uow.people.get(fact.actor)
    if who.is_staff and fact.community:
        params: dict[str, Json] = {"role": who.role, "name": who.name, "channel": fact.data["channel"]}
        await _tell(Reply("colleague_bound", params), fact, uow)


async def tell_bound(fact: Fact, policy: Policy, uow: Unit) -> None:
    """Staff hear that a group is their community's from now on, and who typed the code there; not in that group itself."""
    chat = int(str(fact.data["chat"]))
    assert fact.actor is not None  # whoever typed the code
    params: dict[str, Json] = {
        "title": str(fact.data["title"]) or f"#{chat}",
        "area": called(str(fact.data["area"]), policy.areas),
        "audience": str(fact.data["audience"]),
        "name": mask_name((await uow.people.get(fact.actor)).name) or "*",
    }
    await _tell(Reply("group_bound", params), fact, uow, but=chat)


async def _tell(reply: Reply, fact: Fact, uow: Unit, but: int = 0) -> None:
    """In the staff groups of the community, but that one; where it has none, or was removed from it, to its staff 1:1."""
    groups = [chat for chat in await uow.chats.groups(fact.community, Audience.STAFF) if chat.id != but]
    key = f"fact:{fact.id}:told"  # not by the sentence: told again after a crash, it may be another one
    said = [Outgoing(f"{key}:{chat.id}", reply, chat=chat.id) for chat in groups]
    if not said:
        staff = await uow.people.in_role(fact.community, Role.COMMUNITY_STAFF)
        said = [Outgoing(f"{key}:person:{one.id}", reply, person=one.id) for one in staff]
    await uow.outgoing.add(*said)
