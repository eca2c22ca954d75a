"""The story of an event: told from its facts alone, masked, in words that a neighbour can read.

Nothing is said that no fact says. Residents are never named; whoever handled it is, with their role. When staff wrote
their own words (修改), those stand instead of everything residents and handlers wrote: description, result, progress,
the reasons for taking it up again and the comment. What remains are times, roles, stars, pictures and the headline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from core.areas import Level
from core.deadlines import local
from core.events import Event, EventPhoto
from core.facts import Fact, FactKind
from core.messages import Json
from core.people import Person, Role
from core.policy import Look, Policy
from core.privacy import clean, mask
from narratives.course import Pace, course_of, is_good, pace_of, reported_by_resident, thanks_of
from narratives.history import Teller, agreed_in, partner_in, steps_of
from narratives.photos import StoryPhoto, is_official, shown_photos
from narratives.sandbox import Rendered, render
from narratives.variants import Variant, is_stale, variant_of
from narratives.words import DEFAULT, Fault, Words, words_of

PLACE = 40  # characters
LEAD = 400  # characters of the longest lead
_BLANK_LINES = re.compile(r"\n\s*\n+")


@dataclass(frozen=True, slots=True)
class Step:
    """One mark of the timeline. `mark` is a core.tracking.LoopStep; `tone` is "", "done" or "again"; times are local.

    `text` is the whole sentence; `who` is who did it, already in it, "" when nobody in particular did.
    """

    mark: str
    at: str
    who: str
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number worth seeing. `key`: took, early, late, stars or people."""

    key: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Map:
    """The outline of the event's grid, and those of the community's other grids: (longitude, latitude) in degrees."""

    label: str
    here: tuple[tuple[float, float], ...]
    around: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything a log shows, masked and worded. Parts that are missing are empty: "" or ().

    `masthead` runs from the district to the grid; `tier` is a word; `title` is `subject` and `outcome` in one; `lead` is
    the story in one to three sentences; `own_words` is what staff wrote instead of `lead`, `description`, `result` and
    `reason`, which are empty then; `reason` says why it was not taken up; `resident`: none of the staff reported it;
    `stars` is None when the reporter gave none; `rating` says in words how satisfied they are, or that they gave none;
    `before` holds pictures of the work, too; `map` is None where nobody drew the grid; `words` are those it is told in,
    a community's laid over ours, and `faults` says why something of the community's own was not used.
    """

    language: str
    number: str
    serial: int
    masthead: tuple[str, ...]
    community: str
    tier: str
    kind: str
    variant: Variant
    scenario: str
    category: str
    title: str
    subject: str
    outcome: str
    lead: str
    description: str
    own_words: str
    place: str
    resident: bool
    people: int
    neighbours: str
    handler: str
    steps: tuple[Step, ...]
    pace: tuple[Pace, ...]
    figures: tuple[Figure, ...]
    before: tuple[StoryPhoto, ...]
    after: tuple[StoryPhoto, ...]
    result: str
    reason: str
    thanks: str
    stars: int | None
    rating: str
    comment: str
    reopened: int
    again: str
    day: str
    link: str
    look: Look
    map: Map | None
    words: Words
    faults: tuple[Fault, ...]


def tell(
    event: Event,
    facts: Sequence[Fact],
    people: Mapping[int, Person],
    photos: Sequence[EventPhoto],
    policy: Policy,
    *,
    changed_text: str = "",
    link: str = "",
    language: str = DEFAULT,
    dropped: Set[str] = frozenset(),
    folder: Path | None = None,
) -> Story:
    """The story of a closed or rejected event. `facts` are its own, oldest first.

    `people` are those who acted, took a picture or reported it too: whoever of them is a resident is hidden by name.
    `changed_text` is staff's own wording, "" for none; `link` is what the QR code leads to, "" for no code; `dropped`
    are the media names of pictures staff left out; `folder` holds a community's own words and templates.
    """
    words = words_of(language, folder)
    agreed = agreed_in(facts)
    masked = _mask_for(people, facts, agreed, words)
    own = masked(changed_text)
    teller = Teller(event, people, policy, words, masked, quotes=not own, agreed=agreed)
    variant = variant_of(event, facts, people)
    rejected = variant == Variant.REJECTED
    category = policy.categories.get(event.category)
    path = [area for area in policy.areas.path(event.grid) if area.level != Level.CITY]
    shown = [photo for photo in photos if photo.name not in dropped]
    before, after = shown_photos(event, facts, people, shown, words)
    place = _in_one_line(masked(event.place))[:PLACE]
    subject = _in_one_line(masked(event.title) or event.category)
    outcome = _outcome(event, variant, facts, words)
    lead = Rendered("") if own else _lead(variant, facts, teller)
    return Story(
        language=words.language,
        number=event.number,
        serial=event.serial,
        masthead=tuple(area.name for area in path),
        community=policy.areas[event.community].name,
        tier=words.word("tier", event.tier),
        kind=event.kind,
        variant=variant,
        scenario=category.scenario if category else "",
        category=event.category,
        title=_title(subject, outcome, words),
        subject=subject,
        outcome=outcome,
        lead=lead.text,
        description="" if own else masked(_text_of(facts, FactKind.REPORTED)) or subject,
        own_words=own,
        place=words.say("note", "place", place=place) if place else "",
        resident=reported_by_resident(facts, teller),
        people=event.people,
        neighbours=words.say("note", "neighbour" if event.people == 2 else "neighbours", n=event.people - 1)
        if event.people > 1
        else "",
        handler="" if rejected else teller.handler(facts),
        steps=tuple(Step(*told) for told in steps_of(facts, teller)),
        pace=pace_of(variant, facts, teller),
        figures=tuple(_figures(event, variant, words)),
        before=before,
        after=after,
        result="" if own or rejected else masked(_text_of(facts, FactKind.HANDLED)),
        reason=masked(_text_of(facts, FactKind.REJECTED, "reason")) if rejected and not own else "",
        thanks=thanks_of(facts, teller),
        stars=event.stars,
        rating="" if rejected else _rating(event, facts, words),
        comment="" if own else masked(event.comment),
        reopened=event.reopened,
        again=_again(event, words),
        day=words.day(local(event.closed_at or event.handled_at or event.created_at, policy.calendar)),
        link=link,
        look=policy.look,
        map=_map(event, policy),
        words=words,
        faults=(*words.faults, *lead.faults),
    )


def as_data(story: Story) -> dict[str, Json]:
    """The story as JSON values, with the labels of its language under "labels" and "marks"; `sheet` is "log"."""
    told = replace(story, faults=())
    plain = {key: _json(value) for key, value in asdict(told).items() if key not in ("words", "faults", "resident")}
    tables = story.words.tables
    labels: dict[str, Json] = dict(tables["label"])
    if not story.resident:  # the report is headed by its kind's label
        labels[story.kind] = labels[f"{story.kind}_staff"]
    return plain | {"sheet": "log", "labels": labels, "marks": dict(tables["mark"])}


def words_in(story: Story) -> str:
    """Every text a reader would see of what people wrote and what was told from it, a line each: for last checks."""
    told = (story.title, story.lead, story.description, story.own_words, story.result, story.reason, story.thanks)
    steps = (step.text for step in story.steps)
    return "\n".join(text for text in (*told, *steps, story.comment, story.place, story.handler) if text)


def _mask_for(
    people: Mapping[int, Person], facts: Sequence[Fact], agreed: frozenset[str], words: Words
) -> Callable[[object], str]:
    """What hides residents and whatever identifies a person, and replaces partners that did not agree to be named."""
    residents = [person.name for person in people.values() if not is_official(person)]
    joined = [partner_in(fact) for fact in facts if fact.kind == FactKind.PARTNER_JOINED]
    partners = {*joined, *(person.name for person in people.values() if person.role == Role.PARTNER)} - agreed
    unnamed = sorted((name for name in partners if len(name) > 1), key=len, reverse=True)

    def masked(text: object) -> str:
        plain = mask(_BLANK_LINES.sub("\n", clean(str(text or ""))).strip(), residents)
        for name in unnamed:
            plain = plain.replace(name, words.word("role", Role.PARTNER))
        return plain

    return masked


def _lead(variant: Variant, facts: Sequence[Fact], teller: Teller) -> Rendered:
    language = teller.words.language
    names = (f"lead.{variant}.{language}.j2", f"lead.{language}.j2")
    made = render(names, teller.words, LEAD, course=course_of(variant, facts, teller))
    return Rendered(teller.words.say("format", "gap").join(made.text.splitlines()), made.faults)


def _map(event: Event, policy: Policy) -> Map | None:
    """The event's grid among the others; nothing of the event's own place, so that it never points at a flat."""
    here = policy.areas[event.grid]
    if here.level != Level.GRID or not here.outline:
        return None
    around = (grid.outline for grid in policy.areas.grids(event.community) if grid.code != here.code and grid.outline)
    return Map(here.name, here.outline, tuple(around))


def _rating(event: Event, facts: Sequence[Fact], words: Words) -> str:
    """How satisfied the reporter is, and whether they said so before it was taken up again."""
    if not event.stars:
        return words.say("note", "unrated")
    rating = words.word("stars", str(event.stars))
    return words.say("note", "rated_before", rating=rating) if is_stale(facts) else rating


def _json(value: object) -> Json:
    if isinstance(value, dict):
        return {str(key): _json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(inner) for inner in value]
    return value if isinstance(value, (int, float)) or value is None else str(value)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _text_of(facts: Sequence[Fact], kind: FactKind, key: str = "text") -> Json:
    """The first report's words; of what happens more than once, the last."""
    texts = [fact.data.get(key) for fact in facts if fact.kind == kind]
    return (texts[0] if kind == FactKind.REPORTED else texts[-1]) if texts else ""


def _title(subject: str, outcome: str, words: Words) -> str:
    bare = subject.rstrip("。，；、：.,;: ") or subject
    return words.say("title", "joined_after" if bare[-1] in "？！?!" else "joined", subject=bare, outcome=outcome)


def _outcome(event: Event, variant: Variant, facts: Sequence[Fact], words: Words) -> str:
    """How it went, for the headline; how long it took is only worth telling there when it was in time."""
    if variant in (Variant.REJECTED, Variant.PARTLY):
        return words.say("outcome", variant)
    good = is_good(event, facts)
    if event.reopened:
        return words.say("outcome", f"{event.kind}_again{'' if good else '_done'}")
    in_time = event.handled_at is not None and event.handled_at <= event.deadline
    took = words.within(event.handled_at - event.created_at) if event.handled_at else ""
    return words.say("outcome", f"{event.kind}_{'good' if good else 'done'}{'' if in_time else '_late'}", took=took)


def _figures(event: Event, variant: Variant, words: Words) -> list[Figure]:
    def figure(key: str, value: str) -> Figure:
        return Figure(key, value, words.say("figure", key))

    figures = []
    if event.handled_at and variant != Variant.REJECTED:
        figures.append(figure("took", words.span(event.handled_at - event.created_at)))
        if event.handled_at > event.deadline:
            figures.append(figure("late", words.span(event.handled_at - event.deadline)))
        elif not event.reopened:  # early in the term of a second attempt is no merit
            figures.append(figure("early", words.span(event.deadline - event.handled_at)))
    if event.stars and variant != Variant.REJECTED:
        figures.append(figure("stars", words.say("figure", "stars_value", stars=event.stars)))
    elif event.people > 1:
        figures.append(figure("people", words.say("figure", "people_value", people=event.people)))
    return figures


def _again(event: Event, words: Words) -> str:
    if not event.reopened:
        return ""
    return words.say("note", "reopened" if event.reopened == 1 else "reopened_times", n=event.reopened)
