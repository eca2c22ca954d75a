"""The course of events in one value: what a lead is written from, and how long each step took against its deadline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.deadlines import local
from core.events import Event
from core.facts import Fact, FactKind
from narratives.history import Teller
from narratives.photos import is_official
from narratives.variants import Variant, is_stale, last, partners_in

GOOD = 4  # stars from which something may be called put right
_GIVING = (FactKind.ASSIGNED, FactKind.TRANSFERRED, FactKind.ESCALATED)


@dataclass(frozen=True, slots=True)
class Course:
    """What templates of leads are told, as `course`. All of it is worded and masked; what never happened is "" or 0.

    `reported`, `handled_when` and the other times are phrases (当天上午); `accepted_after` how long after the report;
    `good`: the reporter praised how it ended; `stale`: their stars are from before
    it was taken up again; `soon`: handled in time and on the day it was reported; `asker`: the reporter in a sentence, `resident`: they are none of
    the staff; `joined`: the partners that lent a hand beside whoever accepted and handled it.
    """

    kind: str
    reported: str
    reporter: str
    resident: bool
    asker: str
    group: bool
    neighbours: int
    accepted: str
    accepted_after: str
    partner_took: bool
    adopted: str
    handled: str
    handled_when: str
    soon: bool
    late_by: str
    good: bool
    stars: int
    rating: str
    stale: bool
    settled: bool
    reopened: int
    reopened_when: str
    supervised: str
    supervised_when: str
    joined: str
    rejected: str
    rejected_when: str
    has_reason: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a step took. `mark`: assign, accept, handle or evaluate; `took` in words; `limit` its deadline or "".

    `share` is taken/allowed time, from 0.0, above 1.0 when late; None for a step without a deadline.
    """

    mark: str
    label: str
    took: str
    limit: str
    share: float | None
    late: bool


def is_good(event: Event, facts: Sequence[Fact]) -> bool:
    """Whether the reporter praised how it ended."""
    return (event.stars or 0) >= GOOD and not is_stale(facts)


def reported_by_resident(facts: Sequence[Fact], teller: Teller) -> bool:
    """Whether no one of the staff and no partner reported it; somebody whose data was erased counts as a resident."""
    first = next((fact for fact in facts if fact.kind == FactKind.REPORTED), None)
    person = teller.people.get(first.actor) if first and first.actor is not None else None
    return person is None or not is_official(person)


def course_of(variant: Variant, facts: Sequence[Fact], teller: Teller) -> Course:
    """The course of an event; where a fact is missing, the event itself says when it was reported and handled."""
    event, words = teller.event, teller.words
    start = event.created_at
    first = next((fact for fact in facts if fact.kind == FactKind.REPORTED), None)
    resident = reported_by_resident(facts, teller)
    accepted, _ = _acceptance(facts)
    handled = event.handled_at if variant != Variant.REJECTED else None
    late = handled - event.deadline if handled and handled > event.deadline else timedelta()
    supervised, rejected = last(facts, FactKind.SUPERVISED), last(facts, FactKind.REJECTED)
    adopted, again = last(facts, FactKind.ADOPTED), last(facts, FactKind.REOPENED)
    same_day = handled and _local(handled, teller).date() == _local(start, teller).date()

    since = None if supervised and event.reopened else start  # two turns, in whatever order: each gets its date

    def when(moment: datetime | None, since: datetime | None = since) -> str:
        return words.when(_local(moment, teller), _local(since, teller) if since else None) if moment else ""

    return Course(
        kind=event.kind,
        reported=words.about(_local(start, teller)),
        reporter=teller.actor(first) if first else words.say("person", "resident"),
        resident=resident,
        asker=words.say("asker", event.kind if resident else "staff"),
        group=bool(first and teller.group(first)),
        neighbours=max(event.people - 1, 0),
        accepted=teller.actor(accepted) if accepted else "",
        accepted_after=words.after(max(accepted.at - start, timedelta())) if accepted else "",
        partner_took=bool(accepted and teller.is_partner(accepted)),
        adopted=teller.actor(adopted) if adopted else "",
        handled=teller.handler(facts) if handled else "",
        handled_when=when(handled, _told_before(event, facts, teller)),
        soon=bool(same_day and not (late or event.reopened or supervised)),
        late_by=words.span(late, "length") if late else "",
        good=is_good(event, facts),
        stars=event.stars or 0,
        rating=words.word("stars", str(event.stars)) if event.stars else "",
        stale=is_stale(facts),
        settled=last(facts, FactKind.SETTLED) is not None,
        reopened=event.reopened,
        reopened_when=when(again.at) if again and event.reopened == 1 else "",
        supervised=teller.supervisor(supervised) if supervised else "",
        supervised_when=when(supervised.at) if supervised else "",
        joined=teller.joined(facts),
        rejected=teller.office(rejected) if rejected else "",
        rejected_when=when(rejected.at if rejected else event.closed_at) if variant == Variant.REJECTED else "",
        has_reason=bool(rejected and teller.quote(rejected.data.get("reason"))),
    )


def _told_before(event: Event, facts: Sequence[Fact], teller: Teller) -> datetime | None:
    """What 第二天 counts from in the sentence that says when it was done: the last day the lead has told by then.

    None where the reader could take it for the day after something else: the date is told then.
    """
    again, supervised = last(facts, FactKind.REOPENED), last(facts, FactKind.SUPERVISED)
    if event.reopened:
        return again.at if again and not supervised and event.reopened == 1 else None
    if supervised:
        return supervised.at
    between = [fact.at for fact in facts if fact.kind in (FactKind.ACCEPTED, FactKind.ADOPTED)]
    days = {_local(moment, teller).date() for moment in (event.created_at, *between)}
    return event.created_at if len(days) == 1 else None


def thanks_of(facts: Sequence[Fact], teller: Teller) -> str:
    """One sentence of thanks to the partners, by name where they agreed; "" when none took part."""
    if not partners_in(facts, teller.people):
        return ""
    partners = teller.partners(facts)
    return teller.words.say("thanks", "named" if partners else "unnamed", partners=partners)


def pace_of(variant: Variant, facts: Sequence[Fact], teller: Teller) -> tuple[Pace, ...]:
    """How long each step took, in loop order; a step that never happened is not there.

    Handling counts from the first report even when the matter was taken up again; its deadline is the last one then,
    and its share that of the last term alone. Nobody has a deadline for giving stars.
    """
    event = teller.event
    accepted, given = _acceptance(facts)
    first = next((fact for fact in facts if fact.kind in _GIVING), None)
    rated = next((f for f in reversed(facts) if f.kind == FactKind.RATED and f.data.get("first", True)), None)
    steps = []
    if first:
        steps.append(_free("assign", first.at - event.created_at, teller))
    if accepted and given:
        steps.append(_free("accept", accepted.at - given.at, teller))
    if event.handled_at and variant != Variant.REJECTED:
        steps.append(_handling(event, event.handled_at, facts, teller))
        if rated and rated.at >= event.handled_at:
            steps.append(_free("evaluate", rated.at - event.handled_at, teller))
    return tuple(steps)


def _free(mark: str, took: timedelta, teller: Teller) -> Pace:
    return Pace(mark, teller.words.say("pace", mark), teller.words.span(max(took, timedelta())), "", None, False)


def _handling(event: Event, handled: datetime, facts: Sequence[Fact], teller: Teller) -> Pace:
    words = teller.words
    again = last(facts, FactKind.REOPENED)
    begun = again.at if again and again.at < handled else event.created_at
    allowed = event.deadline - begun
    share = max(round((handled - begun) / allowed, 3), 0.0) if allowed > timedelta() else None
    limit = words.say(
        "pace", "limit_again" if begun != event.created_at else "limit", at=words.moment(_local(event.deadline, teller))
    )
    label = words.say("pace", "handle_again" if begun != event.created_at else "handle")
    return Pace("handle", label, words.span(handled - event.created_at), limit, share, handled > event.deadline)


def _acceptance(facts: Sequence[Fact]) -> tuple[Fact | None, Fact | None]:
    """The first acceptance before it was first called done, and what had last given it to somebody then."""
    until = next((index for index, fact in enumerate(facts) if fact.kind == FactKind.HANDLED), len(facts))
    accepted = next((fact for fact in facts[:until] if fact.kind == FactKind.ACCEPTED), None)
    giving = [fact for fact in facts if fact.kind in _GIVING and (accepted is None or fact.at <= accepted.at)]
    return accepted, giving[-1] if giving else None


def _local(moment: datetime, teller: Teller) -> datetime:
    return local(moment, teller.policy.calendar)
