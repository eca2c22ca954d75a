"""The timeline of a story: one sentence for each fact that a neighbour would want to know, nothing in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.deadlines import local
from core.events import Event
from core.facts import Fact, FactKind
from core.people import Person, Role
from core.policy import Policy
from core.privacy import clean
from core.tracking import LoopStep
from narratives.words import Words

STEPS = 12  # in one timeline
TEXT = 90  # characters of one step's free text
NAME = 40  # characters of the name of an office, a partner or one of the staff, as somebody wrote it

# mark, local time, who, the whole sentence, tone
Told: TypeAlias = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Teller:
    """What sentences are made with. `masked` hides what identifies a resident; `quotes`: may free text be told."""

    event: Event
    people: Mapping[int, Person]
    policy: Policy
    words: Words
    masked: Callable[[object], str]
    quotes: bool
    agreed: frozenset[str] = frozenset()  # the partners that may be named

    def quote(self, text: object) -> str:
        """The free text in one line and not too long, "" when it may not be told."""
        line = " ".join(self.masked(text).split()) if self.quotes else ""
        return line if len(line) <= TEXT else line[:TEXT] + self.words.say("format", "more")

    def given(self, fact: Fact) -> str:
        """To whom the fact gave the event, by role and name as it was written down."""
        return self._named(str(fact.data.get("role") or ""), str(fact.data.get("name") or ""))

    def actor(self, fact: Fact) -> str:
        """Who did it: staff and partners by role and name, residents as residents, "" when Huying did."""
        person = self.people.get(fact.actor) if fact.actor is not None else None
        if person is None and fact.kind == FactKind.REPORTED:  # their data may have been erased
            return self.words.say("person", "resident")
        if person is None:
            return self.words.say("person", "staff") if fact.actor is not None else ""
        if person.is_staff or person.role == Role.PARTNER:
            return self._named(person.role, person.name)
        return self.words.say("person", "resident")

    def handler(self, facts: Sequence[Fact]) -> str:
        """Who finished it, "" when nobody did."""
        done = [fact for fact in facts if fact.kind == FactKind.HANDLED]
        return self.actor(done[-1]) if done else ""

    def supervisor(self, fact: Fact) -> str:
        """Who sees to it (督办), as it was written down."""
        return _in_short(self.masked(fact.data.get("level"))) or self.words.say("person", "superior")

    def partners(self, facts: Sequence[Fact]) -> str:
        """The partners that took part and agreed to be named, each once, "" when there is none."""
        joined = [partner_in(fact) for fact in facts if fact.kind == FactKind.PARTNER_JOINED]
        given = [str(fact.data.get("name")) for fact in facts if fact.data.get("role") == Role.PARTNER]
        acting = [
            self.people[fact.actor].name for fact in facts if fact.actor is not None and fact.actor in self.people
        ]
        named = [_in_short(name) for name in dict.fromkeys((*joined, *given, *acting)) if name in self.agreed]
        return self.words.say("format", "comma").join(named)

    def is_partner(self, fact: Fact) -> bool:
        """Whether a partner did it."""
        person = self.people.get(fact.actor) if fact.actor is not None else None
        return person is not None and person.role == Role.PARTNER

    def partner(self, fact: Fact) -> str:
        """The partner that joined in, by name when it agreed."""
        return self._named(Role.PARTNER, partner_in(fact))

    def joined(self, facts: Sequence[Fact]) -> str:
        """The partners that joined in beside whoever accepted or handled it, as one phrase, "" when none did."""
        if any(self.is_partner(fact) for fact in facts if fact.kind in (FactKind.ACCEPTED, FactKind.HANDLED)):
            return ""
        told = [self.partner(fact) for fact in facts if fact.kind == FactKind.PARTNER_JOINED]
        return self.words.say("format", "comma").join(dict.fromkeys(told))

    def office(self, fact: Fact) -> str:
        """Who answered for the office, by role alone: a refusal is the office's, not a person's."""
        person = self.people.get(fact.actor) if fact.actor is not None else None
        return (self.words.word("role", person.role) if person else "") or self.words.say("person", "staff")

    def group(self, fact: Fact) -> str:
        """The title of the residents' group it was said in, "" when it was said 1:1."""
        return self.masked(fact.data.get("group"))

    def _named(self, role: str, name: str) -> str:
        word = self.words.word("role", role)
        if not word:  # a resident, or a role this version does not know: never by name
            return self.words.say("person", "staff")
        if role == Role.PARTNER and name not in self.agreed:
            return self.words.say("person", "partner")
        return self.words.say("person", "named", role=word, name=_in_short(name))


def _in_short(name: str) -> str:
    return " ".join(clean(name).split())[:NAME]


def partner_in(fact: Fact) -> str:
    return " ".join(clean(str(fact.data.get("partner") or "")).split())


def agreed_in(facts: Sequence[Fact]) -> frozenset[str]:
    """The partners that agreed to be named: the newest word of each counts."""
    said = {partner_in(fact): fact.data.get("named") is True for fact in facts if fact.kind == FactKind.PARTNER_JOINED}
    return frozenset(name for name, named in said.items() if named and name)


def steps_of(facts: Sequence[Fact], teller: Teller) -> list[Told]:
    """The timeline, oldest first; when it grows too long, the oldest progress in between is left out."""
    told: list[Told] = []
    for index, fact in enumerate(facts):
        tell = _TELLERS.get(fact.kind)
        at = teller.words.moment(local(fact.at, teller.policy.calendar))
        for mark, who, text, tone in tell(fact, facts[index + 1 :], teller) if tell else ():
            told.append((mark, at, who, text, tone))
    while len(told) > STEPS:
        handling = [n for n, step in enumerate(told[2:-3], 2) if step[0] == LoopStep.HANDLE and not step[4]]
        told.pop(handling[0] if handling else 2)
    return told


_Sentence: TypeAlias = tuple[LoopStep, str, str, str]


def _reported(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    chat, who = teller.group(fact), teller.actor(fact)
    key = f"reported_in_{teller.event.kind}" if chat else f"reported_{teller.event.kind}"
    tier = teller.words.word("tier", str(fact.data.get("tier") or teller.event.tier))
    return ((LoopStep.COLLECT, who, teller.words.say("step", key, who=who, chat=chat, tier=tier), ""),)


def _assigned(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    who = teller.actor(fact)
    key = "assigned_by" if who else "assigned"
    return ((LoopStep.ASSIGN, who, teller.words.say("step", key, who=who, to=teller.given(fact)), ""),)


def _transferred(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    return ((LoopStep.ASSIGN, teller.actor(fact), teller.words.say("step", "transferred", to=teller.given(fact)), ""),)


def _escalated(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    tier = teller.words.word("tier", str(fact.data.get("tier") or ""))
    text = teller.words.say("step", "escalated", tier=tier, to=teller.given(fact))
    return ((LoopStep.ASSIGN, teller.actor(fact), text, ""),)


def _adopted(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    who = teller.actor(fact)
    return ((LoopStep.HANDLE, who, teller.words.say("step", "adopted", who=who), ""),)


def _accepted(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    """Left out when the same moment also brought progress: whoever reports progress has accepted."""
    if later and later[0].kind == FactKind.PROGRESSED and later[0].at == fact.at:
        return ()
    who = teller.actor(fact)
    return ((LoopStep.HANDLE, who, teller.words.say("step", "accepted", who=who), ""),)


def _progressed(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    who, text = teller.actor(fact), teller.quote(fact.data.get("text"))
    only = "progressed_photos" if fact.data.get("photos") and not fact.data.get("text") else "progressed_only"
    key = "progressed" if text else only
    return ((LoopStep.HANDLE, who, teller.words.say("step", key, who=who, text=text), ""),)


def _handled(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    """Two steps: it is done, and those who reported it are told at once and asked for stars (core.loop.feedback)."""
    who = teller.actor(fact)
    return (
        (LoopStep.HANDLE, who, teller.words.say("step", "handled", who=who), "done"),
        (LoopStep.FEEDBACK, "", teller.words.say("step", "told"), ""),
    )


def _rated(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    """The reporter's own stars; neighbours' are kept beside them and not told."""
    stars = fact.data.get("stars")
    if not stars or not fact.data.get("first", True):
        return ()
    closes = bool(later) and later[0].kind == FactKind.CLOSED and later[0].at == fact.at
    word = teller.words.word("stars", str(stars))
    text = teller.words.say("step", "rated_closed" if closes else "rated", stars=stars, word=word)
    return ((LoopStep.EVALUATE, "", text, "done" if closes else ""),)


def _settled(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    return ((LoopStep.EVALUATE, "", teller.words.say("step", "settled"), "done"),)


def _reopened(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    reason = teller.quote(fact.data.get("reason"))
    key = "reopened_because" if reason else "reopened"
    return ((LoopStep.EVALUATE, "", teller.words.say("step", key, text=reason), "again"),)


def _closed(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    """Told only when no word of the reporter closed it."""
    how = fact.data.get("how")
    if fact.actor is not None or how not in ("rated", "unrated"):
        return ()
    return ((LoopStep.EVALUATE, "", teller.words.say("step", f"closed_{how}"), "done"),)


def _merged(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    """Another report of the same matter, told in the story of the one that goes on."""
    if not (fact.data.get("from") or (fact.kind == FactKind.JOINED and fact.data.get("serial"))):
        return ()
    return ((LoopStep.COLLECT, "", teller.words.say("step", "merged"), ""),)


def _supervised(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    who, reason = teller.supervisor(fact), teller.quote(fact.data.get("reason"))
    key = "supervised_because" if reason else "supervised"
    return ((LoopStep.HANDLE, who, teller.words.say("step", key, who=who, text=reason), ""),)


def _partner_joined(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    who = teller.partner(fact)
    return ((LoopStep.HANDLE, who, teller.words.say("step", "partner_joined", who=who), ""),)


def _rejected(fact: Fact, later: Sequence[Fact], teller: Teller) -> tuple[_Sentence, ...]:
    """Those who reported it are told at once, with the reason (core.loop.assign)."""
    who = teller.office(fact)
    key = "rejected_because" if fact.data.get("reason") else "rejected"
    return ((LoopStep.FEEDBACK, who, teller.words.say("step", key, who=who), ""),)


_TELLERS: Mapping[FactKind, Callable[[Fact, Sequence[Fact], Teller], tuple[_Sentence, ...]]] = {
    FactKind.REPORTED: _reported,
    FactKind.JOINED: _merged,
    FactKind.MERGED: _merged,
    FactKind.ASSIGNED: _assigned,
    FactKind.TRANSFERRED: _transferred,
    FactKind.ESCALATED: _escalated,
    FactKind.ADOPTED: _adopted,
    FactKind.SUPERVISED: _supervised,
    FactKind.PARTNER_JOINED: _partner_joined,
    FactKind.ACCEPTED: _accepted,
    FactKind.PROGRESSED: _progressed,
    FactKind.HANDLED: _handled,
    FactKind.RATED: _rated,
    FactKind.SETTLED: _settled,
    FactKind.REOPENED: _reopened,
    FactKind.CLOSED: _closed,
    FactKind.REJECTED: _rejected,
}
