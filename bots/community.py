"""The community's rules, read from TOML and checked, as a core.policy.Policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from bots.toml_file import Code, Name, Strict, TomlError, Wrong, YesNo, check_rules, first_repeated, read
from core.areas import Area, Areas, Level
from core.events import Tier
from core.people import STAFF, Role
from core.policy import Calendar, Category, Hours, Look, PointRules, Policy, Publishing, RewardItem, Term, Theme

PACKAGED = Path(__file__).with_name("community.toml")
LEVELS = tuple(Level)

Words = tuple[Name, ...]
Day = Annotated[date, Field(strict=True)]
Clock = Annotated[time, Field(strict=True)]
Days = Annotated[int, Field(strict=True, ge=1, le=365)]
Colour = Annotated[str, Field(pattern=r"^(#[0-9A-Fa-f]{6})?$")]
Corner = tuple[
    Annotated[float, Field(ge=-180, le=180)],
    Annotated[float, Field(ge=-90, le=90)],
]
Earned = Annotated[int, Field(strict=True, ge=0, le=10_000)]


class PolicyError(TomlError):
    """The rules cannot be used: `path`, `line` and `reason` say why."""


class TermTable(Strict):
    working_days: Annotated[int, Field(strict=True, ge=1, le=365)] | None = None
    hours: Annotated[int, Field(strict=True, ge=1, le=24 * 365)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> TermTable:
        if (self.working_days is None) == (self.hours is None):
            raise ValueError("write either working_days or hours")
        return self

    def term(self) -> Term:
        return Term(working_days=self.working_days or 0, span=timedelta(hours=self.hours or 0))


class TermsTable(Strict):
    general: TermTable
    difficult: TermTable
    major: TermTable
    urgent: TermTable


class HandlersTable(Strict):
    general: Role
    difficult: Role
    major: Role

    @field_validator("general", "difficult", "major")
    @classmethod
    def _is_staff(cls, role: Role) -> Role:
        if role not in STAFF:
            raise ValueError(f"a {role} handles no events")
        return role


class HoursTable(Strict):
    opens: Clock
    closes: Clock

    @model_validator(mode="after")
    def _opens_first(self) -> HoursTable:
        if self.opens >= self.closes:
            raise ValueError("opens must be earlier than closes")
        return self

    def hours(self) -> Hours:
        return Hours(self.opens, self.closes)


class SendingTable(Strict):
    posts: HoursTable
    notices: HoursTable


class CalendarTable(HoursTable):
    zone: str
    holidays: tuple[Day, ...] = ()
    workdays: tuple[Day, ...] = ()

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{zone!r} is not an IANA time zone") from None
        return zone

    def calendar(self) -> Calendar:
        days = frozenset(self.holidays), frozenset(self.workdays)
        return Calendar(self.zone, *days, opens=self.opens, closes=self.closes)


class PublishingTable(Strict):
    two_people: YesNo = False
    hold_seconds: Annotated[int, Field(strict=True, ge=0, le=3600)] = 0
    remind_hours: Annotated[int, Field(strict=True, ge=1, le=24 * 14)] = 24
    digest_at: Clock = time(18, 0)
    tell_rejected: YesNo = True
    phones: Words = ()
    intake: Annotated[str, Field(max_length=300, pattern=r"^(https?://\S+)?$")] = ""

    def publishing(self) -> Publishing:
        hold, remind = timedelta(seconds=self.hold_seconds), timedelta(hours=self.remind_hours)
        return Publishing(self.two_people, hold, remind, self.digest_at, self.tell_rejected, self.intake, self.phones)


class LookTable(Strict):
    theme: Theme = Theme.CALM
    primary: Colour = ""
    accent: Colour = ""

    @field_validator("primary", "accent")
    @classmethod
    def _carries_white(cls, colour: str) -> str:
        if colour and contrast_with_white(colour) < 4.5:
            raise ValueError(f"white text on {colour} cannot be read: its contrast is below 4.5")
        return colour

    def look(self) -> Look:
        return Look(self.theme, self.primary.upper(), self.accent.upper())


class PointsTable(Strict):
    verified_report: Earned = 5
    adopted_suggestion: Earned = 10


ButtonCode = Annotated[Code, Field(max_length=24)]  # a choice on a button carries it


class RewardTable(Strict):
    code: ButtonCode
    name: Name
    price: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    stock: Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class AreaTable(Strict):
    code: ButtonCode
    name: Name
    level: Level
    parent: Code | None = None
    places: Words = ()
    outline: tuple[Corner, ...] = ()

    @field_validator("outline")
    @classmethod
    def _has_an_inside(cls, outline: tuple[Corner, ...]) -> tuple[Corner, ...]:
        if outline and len(set(outline)) < 3:
            raise ValueError("an outline needs three corners or more, each [longitude, latitude]")
        return outline


class CategoryTable(Strict):
    name: Name
    scenario: Name
    words: Words = ()
    tier: Tier = Tier.GENERAL
    public: YesNo = True


class CommunityFile(Strict):
    bot_name: Name
    default_category: Name
    rating_days: Days
    reopen_days: Days
    same_days: Days
    photo_minutes: Annotated[int, Field(strict=True, ge=1, le=24 * 60)]
    approve_own: YesNo
    urgent_words: Words
    terms: TermsTable
    handlers: HandlersTable
    hours: SendingTable
    calendar: CalendarTable
    publishing: PublishingTable = PublishingTable()
    look: LookTable = LookTable()
    points: PointsTable
    reward: tuple[RewardTable, ...] = ()
    area: Annotated[tuple[AreaTable, ...], Field(min_length=1)]
    category: Annotated[tuple[CategoryTable, ...], Field(min_length=1)]


def load_policy(path: Path | None = None) -> Policy:
    """The rules in the file, or the packaged ones. Raises PolicyError with the line and the reason."""
    path = path or PACKAGED
    file, lines = read(path, CommunityFile, PolicyError)
    wrongs = [
        *_wrong_areas(file.area),
        *_wrong_categories(file),
        *_wrong_days(file.calendar),
        *_wrong_rewards(file.reward),
    ]
    check_rules(path, lines, wrongs, PolicyError)
    return _policy(file)


def _policy(file: CommunityFile) -> Policy:
    return Policy(
        areas=Areas(Area(a.code, a.name, a.level, a.parent, a.places, a.outline) for a in file.area),
        categories={c.name: Category(c.name, c.scenario, c.words, c.tier, c.public) for c in file.category},
        default_category=file.default_category,
        urgent_words=file.urgent_words,
        calendar=file.calendar.calendar(),
        terms={tier: getattr(file.terms, tier).term() for tier in Tier},
        urgent_term=file.terms.urgent.term(),
        handlers={tier: getattr(file.handlers, tier) for tier in Tier},
        rating_days=file.rating_days,
        reopen_days=file.reopen_days,
        same_days=file.same_days,
        photo_joins=timedelta(minutes=file.photo_minutes),
        approve_own=file.approve_own,
        post_hours=file.hours.posts.hours(),
        notice_hours=file.hours.notices.hours(),
        publishing=file.publishing.publishing(),
        look=file.look.look(),
        bot_name=file.bot_name,
        points=PointRules(file.points.verified_report, file.points.adopted_suggestion),
        rewards=tuple(RewardItem(r.code, r.name, r.price, r.stock) for r in file.reward),
    )


def contrast_with_white(colour: str) -> float:
    """The contrast of white text on a colour #RRGGBB, from 1 to 21 (WCAG 2.2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def _wrong_areas(areas: Sequence[AreaTable]) -> Iterator[Wrong]:
    repeated = first_repeated([area.code for area in areas])
    if repeated is not None:
        yield Wrong(("area", repeated, "code"), f"{areas[repeated].code!r} stands twice")
    above: dict[str, Level] = {}
    for index, area in enumerate(areas):
        rank = LEVELS.index(area.level)
        expected = LEVELS[rank - 1] if rank else None
        if expected is None and area.parent is not None:
            yield Wrong(("area", index, "parent"), "a city has no parent")
        elif expected is not None and above.get(area.parent or "") != expected:
            yield Wrong(
                ("area", index, "parent"), f"a {area.level} needs a parent that is a {expected} and stands above it"
            )
        above[area.code] = area.level
    cities = [index for index, area in enumerate(areas) if area.level == Level.CITY]
    if len(cities) > 1:
        yield Wrong(("area", cities[1], "level"), "there is one city")
    parents = {area.parent for area in areas}
    for index, area in enumerate(areas):
        if area.level == Level.COMMUNITY and area.code not in parents:
            yield Wrong(("area", index), f"the community {area.code!r} has no grid")


def _wrong_categories(file: CommunityFile) -> Iterator[Wrong]:
    names = [category.name for category in file.category]
    repeated = first_repeated(names)
    if repeated is not None:
        yield Wrong(("category", repeated, "name"), f"{names[repeated]!r} stands twice")
    if file.default_category not in names:
        yield Wrong(("default_category",), f"there is no category {file.default_category!r}")


def _wrong_days(calendar: CalendarTable) -> Iterator[Wrong]:
    for index, day in enumerate(calendar.workdays):
        if day.weekday() < 5:
            yield Wrong(("calendar", "workdays", index), f"{day} is no weekend day, so it is worked anyway")
        if day in calendar.holidays:
            yield Wrong(("calendar", "workdays", index), f"{day} is a holiday too")


def _wrong_rewards(rewards: Sequence[RewardTable]) -> Iterator[Wrong]:
    for key in ("code", "name"):
        values = [str(getattr(reward, key)) for reward in rewards]
        repeated = first_repeated(values)
        if repeated is not None:
            yield Wrong(("reward", repeated, key), f"{values[repeated]!r} stands twice")
