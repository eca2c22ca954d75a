"""By when: working days with holidays and make-up days, and the hours in which something may be said.

Every moment that comes in or goes out is aware; what goes out is UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.policy import Calendar, Hours, Term

_DAY = timedelta(days=1)
_SATURDAY = 5  # date.weekday()


def local(moment: datetime, calendar: Calendar) -> datetime:
    """The moment on the clock of the community."""
    return moment.astimezone(ZoneInfo(calendar.zone))


def local_date(moment: datetime, calendar: Calendar) -> str:
    """The community's day as YYYYMMDD, as it stands in an event's number."""
    return local(moment, calendar).strftime("%Y%m%d")


def month_bounds(month: str, calendar: Calendar) -> tuple[datetime, datetime]:
    """The community's month YYYY-MM: its first moment, and the first one after it."""
    year, number = (int(part) for part in month.split("-"))
    zone = ZoneInfo(calendar.zone)
    following = (year, number + 1) if number < 12 else (year + 1, 1)
    first, after = (datetime(*at, 1, tzinfo=zone).astimezone(UTC) for at in ((year, number), following))
    return first, after


def is_working_day(day: date, calendar: Calendar) -> bool:
    """A weekday that is not a holiday, or a weekend day that is worked to make up for one."""
    return day in calendar.workdays or (day.weekday() < _SATURDAY and day not in calendar.holidays)


def deadline(start: datetime, term: Term, calendar: Calendar) -> datetime:
    """When the term ends that begins at `start`.

    A span is plain time, day and night. Working days: a report made after closing time or on a free day counts as
    made on the next working day; day 1 is the working day after that; the term ends at closing time of the last day.
    Monday 09:30 and three working days make Thursday 17:30; Friday 18:00 counts as Monday and makes Thursday, too.
    """
    if not term.working_days:
        return start.astimezone(UTC) + term.span
    here = local(start, calendar)
    day = here.date()
    if not is_working_day(day, calendar) or here.time() >= calendar.closes:
        day = _next_working_day(day, calendar)
    for _ in range(term.working_days):
        day = _next_working_day(day, calendar)
    return datetime.combine(day, calendar.closes, here.tzinfo).astimezone(UTC)


def _next_working_day(day: date, calendar: Calendar) -> date:
    day += _DAY
    while not is_working_day(day, calendar):
        day += _DAY
    return day


def next_open(moment: datetime, hours: Hours, zone: str) -> datetime:
    """The moment itself when it lies in the daily window, else when the window next opens.

    The closing time is no longer inside. A window may pass midnight (22:00 to 06:00); equal times mean always open.
    """
    here = moment.astimezone(ZoneInfo(zone))
    now = here.time()
    if hours.opens < hours.closes:
        is_open = hours.opens <= now < hours.closes
    else:
        is_open = now >= hours.opens or now < hours.closes
    if is_open:
        return moment.astimezone(UTC)
    day = here.date() if now < hours.opens else here.date() + _DAY
    return datetime.combine(day, hours.opens, here.tzinfo).astimezone(UTC)
