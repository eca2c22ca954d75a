"""What an event earns, and for whom, when it has been handled and closed."""

from __future__ import annotations

from dataclasses import dataclass

from core.events import Event, Kind
from core.people import Person
from core.policy import PointRules


@dataclass(frozen=True, slots=True)
class Earned:
    """So many points by that rule; the rule's name is part of the key, so each is earned once for an event."""

    rule: str
    points: int


def earned(event: Event, reporter: Person, rules: PointRules) -> tuple[Earned, ...]:
    """What the first reporter earns now that the event is closed.

    A report counts once it was handled; a suggestion only when it was adopted; staff earn nothing for their own work;
    ratings earn nothing, whatever they are: they must not be bought. A rule that gives 0 points is switched off.
    """
    if reporter.is_staff:
        return ()
    if event.kind != Kind.SUGGESTION:
        gain = Earned("verified_report", rules.verified_report)
    elif event.adopted:
        gain = Earned("adopted_suggestion", rules.adopted_suggestion)
    else:
        return ()
    return (gain,) if gain.points > 0 else ()
