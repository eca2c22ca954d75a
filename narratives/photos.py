"""Which pictures of an event may be shown, and on which side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.events import Event, EventPhoto, Stage
from core.facts import Fact, FactKind
from core.people import Person, Role
from narratives.words import Words

PHOTOS = 9  # in one log


@dataclass(frozen=True, slots=True)
class StoryPhoto:
    """A picture that may be shown, by its media name, with its size in pixels and its label."""

    name: str
    width: int
    height: int
    stage: str
    label: str


def is_official(person: Person) -> bool:
    """Whether somebody acts under their own name: staff and partners do."""
    return person.is_staff or person.role == Role.PARTNER


def shown_photos(
    event: Event, facts: Sequence[Fact], people: Mapping[int, Person], photos: Sequence[EventPhoto], words: Words
) -> tuple[tuple[StoryPhoto, ...], tuple[StoryPhoto, ...]]:
    """The pictures that may be shown, at most nine: before and at work, then after.

    The reporter's own only when they agreed, other residents' never. What was called done before the matter was taken
    up again shows the work, not the result.
    """
    reopened = max((fact.at for fact in facts if fact.kind == FactKind.REOPENED), default=None)
    # Without their yes the picture is withheld, whoever else sent it: staff may have forwarded it.
    withheld = {photo.name for photo in photos if photo.stage == Stage.BEFORE and photo.person == event.reporter}
    shown = [
        _photo(photo, _stage(photo, reopened), words)
        for photo in sorted(photos, key=lambda photo: photo.at)
        if _may_show(photo, event, people) and (event.photos_allowed is True or photo.name not in withheld)
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
    return is_official(person)


def _stage(photo: EventPhoto, reopened: datetime | None) -> Stage:
    if photo.stage == Stage.AFTER and reopened is not None and photo.at < reopened:
        return Stage.DURING
    return photo.stage


def _photo(photo: EventPhoto, stage: Stage, words: Words) -> StoryPhoto:
    return StoryPhoto(photo.name, photo.width, photo.height, stage, words.say("label", f"photo_{stage}"))
