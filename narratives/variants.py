"""Which kind of story the facts make: one table, read from the top, the first sign that holds names the variant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from core.events import Event, Status
from core.facts import Fact, FactKind
from core.people import Person, Role

LOW = 2  # stars up to which nothing is praised


class Variant(StrEnum):
    """Each has its templates lead.VARIANT.LANGUAGE.j2 and, where a post differs, post.VARIANT.LANGUAGE.j2."""

    REJECTED = "rejected"  # not taken up, with the reason
    PARTLY = "partly"  # the reporter is not content with how it ended
    SUPERVISED = "supervised"  # 督办: somebody above saw to it
    OVERDUE = "overdue"
    REOPENED = "reopened"
    PARTNER = "partner"  # a partner 共建单位 took it on or joined in
    SOLVED = "solved"


Sign = Callable[[Event, Sequence[Fact], Mapping[int, Person]], bool]


def variant_of(event: Event, facts: Sequence[Fact], people: Mapping[int, Person]) -> Variant:
    """The variant of an event's story; `people` are those who acted."""
    return next((variant for variant, holds in SIGNS if holds(event, facts, people)), Variant.SOLVED)


def last(facts: Sequence[Fact], kind: FactKind) -> Fact | None:
    """The newest fact of a kind."""
    return next((fact for fact in reversed(facts) if fact.kind == kind), None)


def partners_in(facts: Sequence[Fact], people: Mapping[int, Person]) -> bool:
    """Whether a partner joined in, was the last to be given it, or finished it."""
    if last(facts, FactKind.PARTNER_JOINED):
        return True
    given = [f for f in facts if f.kind in (FactKind.ASSIGNED, FactKind.TRANSFERRED, FactKind.ESCALATED)]
    if given and given[-1].data.get("role") == Role.PARTNER:
        return True
    handled = last(facts, FactKind.HANDLED)
    person = people.get(handled.actor) if handled and handled.actor is not None else None
    return person is not None and person.role == Role.PARTNER


def is_stale(facts: Sequence[Fact]) -> bool:
    """Whether the reporter's newest stars are older than the newest reopening: they were not given for how it ended."""
    reopened = last(facts, FactKind.REOPENED)
    rated = last([fact for fact in facts if fact.data.get("first", True)], FactKind.RATED)
    return bool(reopened and rated and rated.at < reopened.at)


# What went wrong comes before what went well, so that no good word hides it; a story told as one variant still says
# what it shares with those below it (supervised and reopened, partly solved and a partner's).
SIGNS: tuple[tuple[Variant, Sign], ...] = (
    (Variant.REJECTED, lambda event, facts, people: event.status == Status.REJECTED),
    (Variant.PARTLY, lambda event, facts, people: event.stars is not None and event.stars <= LOW),
    (Variant.SUPERVISED, lambda event, facts, people: last(facts, FactKind.SUPERVISED) is not None),
    (Variant.OVERDUE, lambda event, facts, people: event.handled_at is not None and event.handled_at > event.deadline),
    (Variant.REOPENED, lambda event, facts, people: event.reopened > 0),
    (Variant.PARTNER, lambda event, facts, people: partners_in(facts, people)),
)
