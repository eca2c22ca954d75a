from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.deadlines import deadline, is_working_day, local, local_date, next_open
from core.policy import Calendar, Hours, Term

SHANGHAI = ZoneInfo("Asia/Shanghai")
# 2026: the National Day holiday of 1 to 7 October, made up for on Saturday the 10th
CALENDAR = Calendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)
POSTS = Hours(time(8), time(21))


def at(month: int, day: int, clock: str, year: int = 2026) -> datetime:
    return datetime.combine(date(year, month, day), time.fromisoformat(clock), SHANGHAI)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (at(11, 23, "09:30"), 3, at(11, 26, "17:30")),  # Monday to Thursday
        (at(11, 23, "07:00"), 3, at(11, 26, "17:30")),  # before opening is still Monday
        (at(11, 23, "17:29"), 3, at(11, 26, "17:30")),
        (at(11, 23, "17:30"), 3, at(11, 27, "17:30")),  # at closing time it is Tuesday's
        (at(11, 23, "23:59"), 3, at(11, 27, "17:30")),
        (at(11, 26, "10:00"), 3, at(12, 1, "17:30")),  # over a weekend
        (at(11, 27, "18:00"), 3, at(12, 3, "17:30")),  # Friday evening counts as Monday
        (at(11, 28, "10:00"), 3, at(12, 3, "17:30")),  # so does Saturday
        (at(11, 29, "10:00"), 1, at(12, 1, "17:30")),
        (at(9, 30, "10:00"), 3, at(10, 10, "17:30")),  # holiday, then a worked Saturday is day 3
        (at(10, 3, "10:00"), 1, at(10, 9, "17:30")),  # in the holiday counts as the 8th
        (at(9, 18, "10:00"), 1, at(9, 20, "17:30")),  # a worked Sunday is day 1
        (at(9, 20, "10:00"), 1, at(9, 21, "17:30")),  # a report on a worked Sunday counts that day
        (at(12, 31, "10:00"), 1, at(1, 1, "17:30", 2027)),  # a year the calendar does not know has only weekends
        (at(11, 23, "09:30"), 15, at(12, 14, "17:30")),
    ],
)
def test_working_days_end_at_closing_time_of_the_last_one(start: datetime, days: int, end: datetime) -> None:
    assert deadline(start, Term(working_days=days), CALENDAR) == end


def test_the_day_is_the_community_s_and_not_utc_s() -> None:
    late_in_shanghai = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)  # Sunday in UTC, Monday 07:00 in Shanghai
    assert deadline(late_in_shanghai, Term(working_days=1), CALENDAR) == at(11, 24, "17:30")


def test_a_span_is_plain_time_through_nights_and_weekends() -> None:
    assert deadline(at(11, 27, "23:00"), Term(span=timedelta(hours=24)), CALENDAR) == at(11, 28, "23:00")


def test_a_deadline_is_in_utc() -> None:
    for term in (Term(working_days=1), Term(span=timedelta(hours=2))):
        assert deadline(at(11, 23, "09:30"), term, CALENDAR).tzinfo is UTC


def test_a_zone_with_summer_time_keeps_its_closing_time_on_the_clock() -> None:
    berlin = Calendar(zone="Europe/Berlin", closes=time(17))
    end = deadline(datetime(2026, 10, 23, 10, tzinfo=ZoneInfo("Europe/Berlin")), Term(working_days=1), berlin)
    assert end == datetime(2026, 10, 26, 16, tzinfo=UTC)  # winter time began on the 25th


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)), st.integers(1, 30))
def test_a_deadline_is_a_working_day_at_closing_time_after_the_report(moment: datetime, days: int) -> None:
    start = moment.replace(tzinfo=UTC)
    end = local(deadline(start, Term(working_days=days), CALENDAR), CALENDAR)
    assert end > start + timedelta(days=days - 1)
    assert end.time() == CALENDAR.closes
    assert is_working_day(end.date(), CALENDAR)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (at(11, 23, "07:59"), at(11, 23, "08:00")),
        (at(11, 23, "08:00"), at(11, 23, "08:00")),
        (at(11, 23, "20:59"), at(11, 23, "20:59")),
        (at(11, 23, "21:00"), at(11, 24, "08:00")),
        (at(12, 31, "23:00"), at(1, 1, "08:00", 2027)),
        (at(11, 24, "00:00"), at(11, 24, "08:00")),
    ],
)
def test_a_post_waits_for_the_window_to_open(moment: datetime, opens: datetime) -> None:
    assert next_open(moment.astimezone(UTC), POSTS, "Asia/Shanghai") == opens


@pytest.mark.parametrize(
    ("clock", "opens"), [("12:00", "22:00"), ("23:00", "23:00"), ("05:59", "05:59"), ("06:00", "22:00")]
)
def test_a_window_may_pass_midnight(clock: str, opens: str) -> None:
    assert next_open(at(11, 23, clock), Hours(time(22), time(6)), "Asia/Shanghai") == at(11, 23, opens)


def test_equal_times_never_close() -> None:
    assert next_open(at(11, 23, "03:00"), Hours(time(8), time(8)), "Asia/Shanghai") == at(11, 23, "03:00")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.times(), st.times())
def test_what_is_open_stays_and_nothing_waits_longer_than_a_day(moment: datetime, opens: time, closes: time) -> None:
    start, hours = moment.replace(tzinfo=UTC), Hours(opens, closes)
    opened = next_open(start, hours, "Asia/Shanghai")
    assert start <= opened <= start + timedelta(days=1)
    assert next_open(opened, hours, "Asia/Shanghai") == opened


def test_the_local_date_turns_at_the_community_s_midnight() -> None:
    assert local_date(datetime(2026, 11, 22, 15, 59, tzinfo=UTC), CALENDAR) == "20261122"
    assert local_date(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), CALENDAR) == "20261123"
