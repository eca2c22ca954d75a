"""The story of an event: told from its facts alone, masked, in words that a neighbour can read.

Nothing is said that no fact says. Residents are never named; whoever handled it is, with their role. When staff wrote
their own words (修改), those stand instead of everything residents and handlers wrote: description, result, progress,
the reasons for taking it up again and the comment. What remains are times, roles, stars, pictures and the headline.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from core.areas import Level
from core.deadlines import local
from core.events import Event, EventPhoto, Stage
from core.facts import Fact, FactKind
from core.messages import Json
from core.people import Person, Role
from core.policy import Policy
from core.privacy import clean, mask
from narratives.history import Teller, steps_of
from narratives.words import DEFAULT, Words, words_of

PHOTOS = 9  # in one log
PLACE = 40  # characters
GOOD = 4  # stars from which the headline says that it was put right
LOW = 2  # stars up to which it praises nothing
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
class StoryPhoto:
    """A picture that may be shown, by its media name, with its size in pixels and its label."""

    name: str
    width: int
    height: int
    stage: str
    label: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything a log shows, masked and worded. Parts that are missing are empty: "" or ().

    `masthead` runs from the district to the grid; `tier` is a word; `title` is `subject` and `outcome` in one;
    `own_words` is what staff wrote instead of `description` and `result`, which are empty then; `stars` is None when
    the reporter gave none; `rating` says in words how satisfied they are, or that they gave none; `before` holds
    pictures of the work, too.
    """

    language: str
    number: str
    serial: int
    masthead: tuple[str, ...]
    community: str
    tier: str
    kind: str
    scenario: str
    category: str
    title: str
    subject: str
    outcome: str
    description: str
    own_words: str
    place: str
    people: int
    neighbours: str
    handler: str
    steps: tuple[Step, ...]
    figures: tuple[Figure, ...]
    before: tuple[StoryPhoto, ...]
    after: tuple[StoryPhoto, ...]
    result: str
    stars: int | None
    rating: str
    comment: str
    reopened: int
    again: str
    day: str
    link: str


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
) -> Story:
    """The story of a closed event. `facts` are its own, oldest first; `people` are those who acted or took a picture.

    `changed_text` is staff's own wording, "" for none; `link` is what the QR code leads to, "" for no code.
    """
    words = words_of(language)
    residents = [person.name for person in people.values() if not _is_official(person)]

    def masked(text: object) -> str:
        return mask(_BLANK_LINES.sub("\n", clean(str(text or ""))).strip(), residents)

    own = masked(changed_text)
    teller = Teller(event, people, policy, words, masked, quotes=not own)
    category = policy.categories.get(event.category)
    path = [area for area in policy.areas.path(event.grid) if area.level != Level.CITY]
    before, after = _shown_photos(event, facts, people, photos, words)
    place = _in_one_line(masked(event.place))[:PLACE]
    subject, outcome = _in_one_line(masked(event.title) or event.category), _outcome(event, words)
    return Story(
        language=words.language,
        number=event.number,
        serial=event.serial,
        masthead=tuple(area.name for area in path),
        community=policy.areas[event.community].name,
        tier=words.word("tier", event.tier),
        kind=event.kind,
        scenario=category.scenario if category else "",
        category=event.category,
        title=words.say("title", "joined", subject=subject, outcome=outcome),
        subject=subject,
        outcome=outcome,
        description="" if own else masked(_text_of(facts, FactKind.REPORTED)) or subject,
        own_words=own,
        place=words.say("note", "place", place=place) if place else "",
        people=event.people,
        neighbours=words.say("note", "neighbour" if event.people == 2 else "neighbours", n=event.people - 1)
        if event.people > 1
        else "",
        handler=teller.handler(facts),
        steps=tuple(Step(*told) for told in steps_of(facts, teller)),
        figures=tuple(_figures(event, words)),
        before=before,
        after=after,
        result="" if own else masked(_text_of(facts, FactKind.HANDLED)),
        stars=event.stars,
        rating=words.word("stars", str(event.stars)) if event.stars else words.say("note", "unrated"),
        comment="" if own else masked(event.comment),
        reopened=event.reopened,
        again=_again(event, words),
        day=words.day(local(event.closed_at or event.handled_at or event.created_at, policy.calendar)),
        link=link,
    )


def as_data(story: Story) -> dict[str, Json]:
    """The story as JSON values, with the labels of its language under "labels" and "marks"."""
    words = words_of(story.language)
    plain = _json(asdict(story))
    assert isinstance(plain, dict)
    return plain | {"labels": dict(words.tables["label"]), "marks": dict(words.tables["mark"])}


def _json(value: object) -> Json:
    if isinstance(value, dict):
        return {str(key): _json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(inner) for inner in value]
    return value if isinstance(value, (int, float)) or value is None else str(value)


def _is_official(person: Person) -> bool:
    """Whether somebody acts under their own name: staff and partners do."""
    return person.is_staff or person.role == Role.PARTNER


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _text_of(facts: Sequence[Fact], kind: FactKind) -> Json:
    """The first report's words; of what happens more than once, the last."""
    texts = [fact.data.get("text") for fact in facts if fact.kind == kind]
    return (texts[0] if kind == FactKind.REPORTED else texts[-1]) if texts else ""


def _outcome(event: Event, words: Words) -> str:
    """How it went, for the headline; how long it took is only worth telling there when it was in time."""
    if event.stars and event.stars <= LOW:
        return words.say("outcome", "low")
    in_time = event.handled_at is not None and event.handled_at <= event.deadline
    took = words.within(event.handled_at - event.created_at) if event.handled_at else ""
    key = f"{event.kind}_{'good' if (event.stars or 0) >= GOOD else 'done'}{'' if in_time else '_late'}"
    return words.say("outcome", key, took=took)


def _figures(event: Event, words: Words) -> list[Figure]:
    def figure(key: str, value: str) -> Figure:
        return Figure(key, value, words.say("figure", key))

    figures = []
    if event.handled_at:
        figures.append(figure("took", words.span(event.handled_at - event.created_at)))
        key = "early" if event.handled_at <= event.deadline else "late"
        figures.append(figure(key, words.span(abs(event.deadline - event.handled_at))))
    if event.stars:
        figures.append(figure("stars", words.say("figure", "stars_value", stars=event.stars)))
    elif event.people > 1:
        figures.append(figure("people", words.say("figure", "people_value", people=event.people)))
    return figures


def _again(event: Event, words: Words) -> str:
    if not event.reopened:
        return ""
    return words.say("note", "reopened" if event.reopened == 1 else "reopened_times", n=event.reopened)


def _shown_photos(
    event: Event, facts: Sequence[Fact], people: Mapping[int, Person], photos: Sequence[EventPhoto], words: Words
) -> tuple[tuple[StoryPhoto, ...], tuple[StoryPhoto, ...]]:
    """The pictures that may be shown, at most nine: before and at work, then after.

    The reporter's own only when they agreed, other residents' never. What was called done before the matter was taken
    up again shows the work, not the result.
    """
    reopened = max((fact.at for fact in facts if fact.kind == FactKind.REOPENED), default=None)
    shown = [
        _photo(photo, _stage(photo, reopened), words)
        for photo in sorted(photos, key=lambda photo: photo.at)
        if _may_show(photo, event, people)
    ]
    after = [photo for photo in shown if photo.stage == Stage.AFTER]
    before = [photo for photo in shown if photo.stage == Stage.BEFORE]
    during = [photo for photo in shown if photo.stage == Stage.DURING]
    after = after[: max(PHOTOS - len(before) - len(during), (PHOTOS + 1) // 2)]
    before = before[: max(PHOTOS - len(after) - len(during), PHOTOS // 3)]
    return (*before, *during[: PHOTOS - len(after) - len(before)]), tuple(after)


def _may_show(photo: EventPhoto, event: Event, people: Mapping[int, Person]) -> bool:
    person = people.get(photo.person)
    if person is None:
        return False
    if photo.person == event.reporter and photo.stage == Stage.BEFORE:
        return event.photos_allowed is True
    return _is_official(person)


def _stage(photo: EventPhoto, reopened: datetime | None) -> Stage:
    if photo.stage == Stage.AFTER and reopened is not None and photo.at < reopened:
        return Stage.DURING
    return photo.stage


def _photo(photo: EventPhoto, stage: Stage, words: Words) -> StoryPhoto:
    return StoryPhoto(photo.name, photo.width, photo.height, stage, words.say("label", f"photo_{stage}"))
