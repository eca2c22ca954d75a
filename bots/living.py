"""住在: where somebody lives. Who writes 1:1 for the first time is asked when it matters, and their words come back with the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bots.joining import called
from core.areas import Area
from core.commands import SPELLING, Command, Word, parse
from core.errors import Refused
from core.messages import Choice, Json, Reply
from core.people import Role
from core.ports import Asked
from core.turn import Turn
from core.understanding.home import home_of, is_named, nearest_communities
from storage.unit_of_work import Unit

CarryOut = Callable[[str, Turn, Unit], Awaitable[Reply]]

ASKED = ("where_do_you_live", "home_unclear")
OFFERED = 10  # communities to choose from
_MOVE = frozenset({Role.RESIDENT, Role.VOLUNTEER})  # where the others work is not theirs to say
_NEED_A_HOME = frozenset({"no_community", "community_needed"})
_NAME_LIMIT = 16  # characters of an answer without 住在


async def live(name: str, words: str, turn: Turn, uow: Unit, carry_out: CarryOut) -> Reply:
    """The person lives there from now on; `words`, said before that was known, are carried out as if said now.

    Raises Refused `home_fixed` for staff and partners, `where_do_you_live`, `home_unclear`.
    """
    areas = turn.policy.areas
    if turn.who.role not in _MOVE:
        raise Refused("home_fixed", area=called(turn.who.area, areas))
    homes = home_of(name, areas, areas.community_of(turn.who.area)) if name else ()
    if len(homes) != 1:
        offered = homes or nearest_communities(f"{name} {words}", areas, OFFERED)
        raise Refused("home_unclear" if name else "where_do_you_live", _choices(offered, words, turn))
    moved = await _move(homes[0], turn, uow)
    if words and parse(words, turn.policy.bot_name).word != Word.LIVE:
        try:
            return await uow.attempt(lambda: carry_out(words, moved, uow))
        except Refused as refused:  # where they live is known all the same
            return Reply(refused.key, refused.params, refused.choices)
    was, now = areas.community_of(turn.who.area), called(moved.who.area, areas)
    if was in (None, areas.community_of(moved.who.area)):
        return Reply("home_welcome", {"area": now, "bot": turn.policy.bot_name}, private=True)
    return Reply("home_moved", {"area": now, "was": called(turn.who.area, areas)}, private=True)


def ask_home(refused: Refused, words: str, turn: Turn) -> Refused:
    """The same no, or where somebody lives 1:1 who was refused only because nobody knows it; each choice brings the words back."""
    if refused.key not in _NEED_A_HOME or turn.in_group or turn.who.role not in _MOVE:
        return refused
    offered = nearest_communities(words, turn.policy.areas, OFFERED)
    return Refused("where_do_you_live", _choices(offered, words, turn))


async def told_home(text: str, command: Command, turn: Turn, uow: Unit) -> tuple[str, str] | None:
    """Where the speaker lives and what they had said before, when these words answer that question; else None."""
    if turn.community is not None or turn.in_group or command.word not in (Word.LIVE, Word.FREE_TEXT):
        return None
    name = command.name if command.word == Word.LIVE else text.strip(" 。.!！")
    if not name or (command.text and command.word == Word.LIVE) or len(name) > _NAME_LIMIT:
        return None
    if command.word == Word.FREE_TEXT and not _is_home(name, turn):
        return None
    question = await uow.outgoing.last_question(None, turn.who.id, ASKED)
    if question is None:
        return (name, "") if command.word == Word.LIVE else None
    await uow.outgoing.settle_question(question.outgoing)
    return name, _words_of(question)


def _is_home(text: str, turn: Turn) -> bool:
    """枫林, 枫林苑3栋: a name or a place and nothing else; 枫林路积水 is another matter."""
    if len(home_of(text, turn.policy.areas)) != 1:
        return False
    return is_named(text, turn.policy.areas) or parse(f"{SPELLING[Word.LIVE]}{text}").word == Word.LIVE


def _words_of(question: Asked) -> str:
    return parse(question.choices[0][1]).text if question.choices else ""


async def _move(home: Area, turn: Turn, uow: Unit) -> Turn:
    """A grid known already is kept when only its community is named."""
    areas, who = turn.policy.areas, turn.who
    if areas.is_within(who.area, home.code):
        return turn
    await uow.registry.place(who.id, home.code, areas.community_of(home.code) or "", who.role)
    chat = turn.chat if turn.in_group else replace(turn.chat, area=home.code)
    return replace(turn, who=replace(who, area=home.code), chat=chat)


def _choices(homes: Sequence[Area], words: str, turn: Turn) -> tuple[Choice, ...]:
    choices = []
    for home in homes[:OFFERED]:
        params: dict[str, Json] = {"area": called(home.code, turn.policy.areas)}
        choices.append(Choice(f"home-{home.code}", "home", f"住在 {home.code} {words}".strip(), params))
    return tuple(choices)
