"""The community's rules as values. They are written in a TOML file, checked at the door (bots/community.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from core.areas import Areas
from core.events import Tier
from core.people import Role


@dataclass(frozen=True, slots=True)
class Category:
    """One of the N categories of the five scenarios. `words` are what residents say when they mean it.

    `public`: whether its handling may be told in a log.
    """

    name: str
    scenario: str
    words: tuple[str, ...] = ()
    tier: Tier = Tier.GENERAL
    public: bool = True


@dataclass(frozen=True, slots=True)
class Term:
    """How long something may take: working days (the deadline is the end of the last one) or plain time."""

    working_days: int = 0
    span: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of the place: `zone` is an IANA name; `holidays` are free weekdays, `workdays` worked weekends."""

    zone: str = "Asia/Shanghai"
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    opens: time = time(8, 30)
    closes: time = time(17, 30)


@dataclass(frozen=True, slots=True)
class Hours:
    """A daily window of local time in which something may be sent."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class RewardItem:
    """A reward as it is first put on the shelf; afterwards its stock lives in the database."""

    code: str
    name: str
    price: int
    stock: int


@dataclass(frozen=True, slots=True)
class PointRules:
    """What is earned, in points. Sources of the defaults: practice of several cities, see DECISIONS.md."""

    verified_report: int = 5
    adopted_suggestion: int = 10


class Theme(StrEnum):
    """How pictures look: calm (teal, white cards), warm (paper and amber), plain (black on white, for copiers)."""

    CALM = "calm"
    WARM = "warm"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Look:
    """The theme an office chose, and its own colours as #RRGGBB; "" keeps the theme's."""

    theme: Theme = Theme.CALM
    primary: str = ""
    accent: str = ""


@dataclass(frozen=True, slots=True)
class Publishing:
    """How what is published is approved and posted.

    `two_people`: a second person approves, too. `hold`: an approved post waits so long, for whoever thinks better of it.
    `remind_after`: staff are reminded of what waits for approval so long, and again each time. `digest_at`: when the one
    post a day leaves for groups that take only one. `tell_rejected`: what is not taken up is told, too, with its reason.
    `intake`: the address that the QR code leads to where a log has no public page, "" for no code.
    `phones`: numbers of offices, never masked in a notice.
    """

    two_people: bool = False
    hold: timedelta = timedelta()
    remind_after: timedelta = timedelta(days=1)
    digest_at: time = time(18, 0)
    tell_rejected: bool = True
    intake: str = ""
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a community may decide for itself."""

    areas: Areas
    categories: Mapping[str, Category]
    default_category: str
    urgent_words: tuple[str, ...] = ()
    calendar: Calendar = Calendar()
    terms: Mapping[Tier, Term] = field(
        default_factory=lambda: {
            Tier.GENERAL: Term(working_days=3),
            Tier.DIFFICULT: Term(working_days=7),
            Tier.MAJOR: Term(working_days=15),
        }
    )
    urgent_term: Term = Term(span=timedelta(hours=24))
    handlers: Mapping[Tier, Role] = field(
        default_factory=lambda: {
            Tier.GENERAL: Role.GRID_WORKER,
            Tier.DIFFICULT: Role.COMMUNITY_STAFF,
            Tier.MAJOR: Role.STREET_STAFF,
        }
    )
    rating_days: int = 7  # after them an unrated event closes by itself
    reopen_days: int = 15  # after closing, the reporter may still say 未解决
    same_days: int = 14  # an open matter this old may still be the same
    photo_joins: timedelta = timedelta(minutes=10)
    approve_own: bool = False  # may the handler approve the log of their own handling
    post_hours: Hours = Hours(time(8, 0), time(21, 0))
    notice_hours: Hours = Hours(time(7, 30), time(22, 0))
    publishing: Publishing = Publishing()
    look: Look = Look()
    bot_name: str = "小应"
    points: PointRules = PointRules()
    rewards: tuple[RewardItem, ...] = ()

    def is_public(self, category: str) -> bool:
        """Whether the handling of that category may be told. One that has left the rules since may not."""
        return category in self.categories and self.categories[category].public
