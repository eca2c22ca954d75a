"""What is to be published, put together from what is known: texts masked, data for its pictures, photos and their boxes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bots.config import Settings
from core.deadlines import local, month_bounds
from core.events import Event, EventPhoto
from core.facts import Fact
from core.messages import Json
from core.minors import found_minor
from core.people import Person
from core.policy import Policy
from core.privacy import mask_name, masked_characters
from narratives import sheets
from narratives.notices import title_of
from narratives.publications import Box, Draft, Publication, PublicationKind
from narratives.story import Story, as_data, tell, words_in
from narratives.text import sheet_post, write_post
from narratives.words import Fault, words_of
from storage import months
from storage.unit_of_work import Database, Unit


class Sources(Protocol):
    """What is composed from; bots.house.House has it all."""

    @property
    def settings(self) -> Settings: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def db(self) -> Database: ...


@dataclass(frozen=True, slots=True)
class Composed:
    """What is to be published and what its pictures are drawn from; `faults` are those of the community's own templates."""

    draft: Draft
    data: Mapping[str, Json]
    boxes: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """Everything a log is told from, and the log there is already."""

    event: Event
    facts: tuple[Fact, ...]
    people: Mapping[int, Person]
    photos: tuple[EventPhoto, ...]
    log: Publication | None


async def history_of(event_id: int, house: Sources) -> History:
    async def look(uow: Unit) -> History:
        event = await uow.events.get(event_id)
        facts = await uow.facts.of_event(event_id)
        photos = await uow.photos.of_event(event_id)
        reports = await uow.reports.of_event(event_id)
        ids = {fact.actor for fact in facts if fact.actor is not None} | {photo.person for photo in photos}
        people = await uow.people.many(sorted(ids | {event.reporter, *(report.person for report in reports)}))
        return History(event, facts, people, photos, await uow.publications.of_event(event_id))

    return await house.db.read(look)


def compose_log(history: History, house: Sources, log: Publication | None, token: str) -> Composed:
    """The log of an event; `log` is what staff made of it so far, None for a new one."""
    story = tell_story(history, house, log, token)
    return _of_story(story, log.boxes if log else {})


def tell_story(history: History, house: Sources, log: Publication | None, token: str) -> Story:
    return tell(
        history.event,
        history.facts,
        history.people,
        history.photos,
        house.policy,
        changed_text=log.changed_text if log else "",
        dropped=frozenset(log.dropped) if log else frozenset(),
        link=link_of(token, house),
        language=house.settings.language,
        folder=house.settings.templates,
    )


def link_of(token: str, house: Sources) -> str:
    """What the QR code leads to: the public page where there is an address for it, else the intake, "" for no code."""
    if house.settings.public_url and token:
        return f"{house.settings.public_url.rstrip('/')}/e/{token}"
    return house.policy.publishing.intake


def _of_story(story: Story, boxes: Mapping[str, tuple[Box, ...]]) -> Composed:
    told = write_post(story)
    photos = tuple(photo.name for photo in (*story.before, *story.after))
    minor = found_minor(f"{words_in(story)}\n{told.text}")
    return Composed(Draft(story.title, told.text, photos, minor), as_data(story), boxes, (*story.faults, *told.faults))


async def _compose_notice(notice: Publication, house: Sources) -> Composed:
    author = await house.db.read(lambda uow: uow.people.many([notice.author] if notice.author else []))
    role = author[notice.author].role if notice.author in author else ""
    text = mask_but(notice.changed_text, house.policy.publishing.phones)
    policy = house.policy
    data = sheets.notice_data(
        title_of(text),
        text,
        policy.areas.path(notice.area),
        role,
        local(notice.at, policy.calendar).date(),
        link=link_of(notice.token, house),
        look=policy.look,
        language=house.settings.language,
    )
    return _of_sheet(title_of(text), data, house, found_minor(text))


def mask_but(text: str, phones: Sequence[str]) -> str:
    """The text masked, but for the numbers of offices that stand in it exactly so, and as no part of a longer number."""
    shown = masked_characters(text)
    for phone in phones:
        for found in re.finditer(rf"(?<![0-9\-]){re.escape(phone)}(?![0-9\-])", text):
            shown[found.start() : found.end()] = found[0]
    return "".join(shown)


async def _compose_month(poster: Publication, house: Sources) -> Composed:
    return await compose_month(poster.community, poster.month, house, link_of(poster.token, house))


async def compose_month(community: str, month: str, house: Sources, link: str = "") -> Composed:
    """A community's month YYYY-MM in figures."""
    policy, (start, end) = house.policy, month_bounds(month, house.policy.calendar)
    before = month_bounds(f"{start - timedelta(days=1):%Y-%m}", policy.calendar)
    named = [name for name in policy.categories if policy.is_public(name)]

    async def look(uow: Unit) -> tuple[sheets.MonthFigures, sheets.MonthFigures, tuple[datetime, ...]]:
        now = await months.figures(uow, community, start, end, named)
        last = await months.figures(uow, community, *before, named)
        return now, last, await months.closings(uow, community, start, end)

    now, last, closings = await house.db.read(look)
    days = [0] * (local(end - timedelta(seconds=1), policy.calendar).day)
    for closing in closings:
        days[local(closing, policy.calendar).day - 1] += 1
    data = sheets.month_data(
        now,
        last if last.closed else None,
        days,
        policy.areas.path(community),
        local(start, policy.calendar).date(),
        link=link or link_of("", house),
        look=policy.look,
        language=house.settings.language,
    )
    return _of_sheet(f"{data['month']} {data['title']}", data, house)


async def _compose_honours(poster: Publication, house: Sources) -> Composed | None:
    """None in a month in which nobody's matter was handled."""
    policy, (start, end) = house.policy, month_bounds(poster.month, house.policy.calendar)
    named = [name for name in policy.categories if policy.is_public(name)]
    active = await house.db.read(lambda uow: months.most_active(uow, poster.community, start, end, named))
    if not active:
        return None
    words = words_of(house.settings.language, house.settings.templates)
    people = [
        sheets.Honoured(
            mask_name(one.name),
            words.say("honours", "handled_adopted" if one.adopted else "handled", n=one.handled, adopted=one.adopted),
            role=policy.areas[one.area].name if one.area in policy.areas else "",
        )
        for one in active
    ]
    data = sheets.honours_data(
        people,
        policy.areas.path(poster.community),
        local(start, policy.calendar).date(),
        link=link_of(poster.token, house),
        look=policy.look,
        language=house.settings.language,
    )
    return _of_sheet(f"{data['month']} {data['title']}", data, house)


def _of_sheet(title: str, data: Mapping[str, Json], house: Sources, minor: str = "") -> Composed:
    words = words_of(house.settings.language, house.settings.templates)
    told = sheet_post(data, words)
    return Composed(Draft(title, told.text, (), minor), data, faults=(*words.faults, *told.faults))


COMPOSE: Mapping[PublicationKind, Callable[[Publication, Sources], Awaitable[Composed | None]]] = {
    PublicationKind.NOTICE: _compose_notice,
    PublicationKind.MONTH: _compose_month,
    PublicationKind.HONOURS: _compose_honours,
}
