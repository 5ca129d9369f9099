"""Periods and due days against an oracle that walks the calendar day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opencheck.core.calendar import WorkCalendar
from opencheck.core.periods import Every, Period, check_due, due_day, period_of, periods_between
from opencheck.core.time_limits import Duration

ONE = timedelta(days=1)
CHINA = WorkCalendar.china()
EVERY: list[Every] = ["week", "ten_days", "month", "quarter", "half_year", "year"]

days = st.dates(date(1950, 1, 1), date(2098, 12, 31))
known_days = st.dates(CHINA.first_known, CHINA.last_known)
every_length = st.sampled_from(EVERY)


MONDAY = date(1945, 1, 1)


def label(day: date, every: Every) -> tuple[int, int]:
    """The period of a day, told without any arithmetic on months; a week by its Thursday, counted from the year's first."""
    quarters = {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 3, 10: 4, 11: 4, 12: 4}
    if every == "week":
        thursday = day + timedelta(days=3 - (day - MONDAY).days % 7)
        number, earlier = 1, thursday - timedelta(days=7)
        while earlier.year == thursday.year:
            number, earlier = number + 1, earlier - timedelta(days=7)
        return thursday.year, number
    third = 0 if day.day <= 10 else 1 if day.day <= 20 else 2
    numbers = {"ten_days": (day.month - 1) * 3 + third + 1, "month": day.month, "quarter": quarters[day.month], "year": 1}
    return day.year, numbers.get(every, 1 if day.month <= 6 else 2)


def first_day_by_walking(day: date, every: Every) -> date:
    while label(day - ONE, every) == label(day, every):
        day -= ONE
    return day


def last_day_by_walking(day: date, every: Every) -> date:
    while label(day + ONE, every) == label(day, every):
        day += ONE
    return day


def whole_periods_by_walking(first: date, last: date, every: Every) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    day = first
    while day <= last:
        if every == "week":
            belongs = (day - MONDAY).days % 7 == 3
        else:
            belongs = label(day - ONE, every) != label(day, every) and last_day_by_walking(day, every) <= last
        if belongs:
            found.append(label(day, every))
        day += ONE
    return found


def day_of_year_by_walking(year: int, month: int, number: int) -> date:
    """The day of a month, or the month's last where it has no such day."""
    day = date(year, month, 1)
    while (day + ONE).month == month and day.day < number:
        day += ONE
    return day


@settings(deadline=None)
@given(days, every_length)
def test_period_of_any_day_agrees_with_walking(day: date, every: Every) -> None:
    period = period_of(day, every)
    assert (period.year, period.number) == label(day, every)
    assert period.first_day == first_day_by_walking(day, every)
    assert period.last_day == last_day_by_walking(day, every)


@settings(deadline=None)
@given(days, every_length)
def test_following_of_any_period_starts_the_day_after_its_end(day: date, every: Every) -> None:
    after = last_day_by_walking(day, every) + ONE
    following = period_of(day, every).following
    assert (following.year, following.number) == label(after, every)
    assert following.first_day == after
    assert following.every == every


@settings(deadline=None)
@given(days, st.integers(-40, 1200), every_length)
def test_periods_between_any_days_agrees_with_walking(first: date, length: int, every: Every) -> None:
    last = first + timedelta(days=length)
    found = periods_between(first, last, every)
    assert [(p.year, p.number) for p in found] == whole_periods_by_walking(first, last, every)


@settings(deadline=None)
@given(days, every_length, st.integers(1, 12), st.integers(1, 31), st.booleans())
def test_due_day_of_the_year_agrees_with_walking(day: date, every: Every, month: int, number: int, next_year: bool) -> None:
    period = period_of(day, every)
    rule = f"{'next ' if next_year else ''}{month:02}-{number:02}"
    assert due_day(period, rule, CHINA) == day_of_year_by_walking(period.year + next_year, month, number)


@settings(deadline=None)
@given(days, every_length)
def test_due_day_by_period_agrees_with_walking(day: date, every: Every) -> None:
    last = last_day_by_walking(day, every)
    period = period_of(day, every)
    assert due_day(period, "period_end", CHINA) == last
    assert due_day(period, "following_period", CHINA) == last_day_by_walking(last + ONE, every)


@settings(deadline=None)
@given(days, every_length, st.integers(0, 400))
def test_due_day_after_plain_days_agrees_with_walking(day: date, every: Every, number: int) -> None:
    expected = last_day_by_walking(day, every)
    for _ in range(number):
        expected += ONE
    assert due_day(period_of(day, every), f"{number} days", CHINA) == expected


@settings(deadline=None)
@given(known_days, every_length, st.integers(1, 40))
def test_due_day_after_working_days_agrees_with_walking(day: date, every: Every, number: int) -> None:
    expected: date | None = last_day_by_walking(day, every)
    left = number
    while expected is not None and left:
        expected += ONE
        if not CHINA.knows(expected):
            expected = None
        elif CHINA.is_working_day(expected):
            left -= 1
    assert due_day(period_of(day, every), f"{number} working_days", CHINA) == expected


@pytest.mark.parametrize(
    ("name", "first", "last", "following"),
    [
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29), "2020-03"),
        ("2019-02", date(2019, 2, 1), date(2019, 2, 28), "2019-03"),
        ("2000-02", date(2000, 2, 1), date(2000, 2, 29), "2000-03"),
        ("2100-02", date(2100, 2, 1), date(2100, 2, 28), "2100-03"),
        ("2018-12", date(2018, 12, 1), date(2018, 12, 31), "2019-01"),
        ("2018-04", date(2018, 4, 1), date(2018, 4, 30), "2018-05"),
        ("2018-Q1", date(2018, 1, 1), date(2018, 3, 31), "2018-Q2"),
        ("2018-Q2", date(2018, 4, 1), date(2018, 6, 30), "2018-Q3"),
        ("2018-Q3", date(2018, 7, 1), date(2018, 9, 30), "2018-Q4"),
        ("2018-Q4", date(2018, 10, 1), date(2018, 12, 31), "2019-Q1"),
        ("2018", date(2018, 1, 1), date(2018, 12, 31), "2019"),
        ("2020", date(2020, 1, 1), date(2020, 12, 31), "2021"),
        ("2018-H1", date(2018, 1, 1), date(2018, 6, 30), "2018-H2"),
        ("2018-H2", date(2018, 7, 1), date(2018, 12, 31), "2019-H1"),
        ("2018-W52", date(2018, 12, 24), date(2018, 12, 30), "2019-W01"),
        ("2019-W01", date(2018, 12, 31), date(2019, 1, 6), "2019-W02"),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3), "2021-W01"),
        ("2018-06-D2", date(2018, 6, 11), date(2018, 6, 20), "2018-06-D3"),
        ("2018-12-D3", date(2018, 12, 21), date(2018, 12, 31), "2019-01-D1"),
        ("2020-02-D3", date(2020, 2, 21), date(2020, 2, 29), "2020-03-D1"),
        ("2019-02-D3", date(2019, 2, 21), date(2019, 2, 28), "2019-03-D1"),
    ],
)
def test_period_at_a_boundary(name: str, first: date, last: date, following: str) -> None:
    period = Period.parse(name)
    assert (period.first_day, period.last_day, period.following.name) == (first, last, following)


def test_period_at_the_end_of_the_calendar_has_a_last_day() -> None:
    assert Period(9999, "month", 12).last_day == date(9999, 12, 31)
    assert periods_between(date(9999, 12, 1), date.max, "month") == [Period(9999, "month", 12)]


@pytest.mark.parametrize(
    ("name", "rule", "expected"),
    [
        ("2020-01", "following_period", date(2020, 2, 29)),
        ("2019-01", "following_period", date(2019, 2, 28)),
        ("2018-11", "following_period", date(2018, 12, 31)),
        ("2018-12", "following_period", date(2019, 1, 31)),
        ("2018-Q4", "following_period", date(2019, 3, 31)),
        ("2018", "following_period", date(2019, 12, 31)),
        ("2020-02", "period_end", date(2020, 2, 29)),
        ("2018", "07-31", date(2018, 7, 31)),
        ("2018-Q4", "07-31", date(2018, 7, 31)),
        ("2018", "next 01-31", date(2019, 1, 31)),
        ("2019", "02-29", date(2019, 2, 28)),
        ("2020", "02-29", date(2020, 2, 29)),
        ("2019", "next 02-29", date(2020, 2, 29)),
        ("2020", "next 02-29", date(2021, 2, 28)),
        ("2020", "02-31", date(2020, 2, 29)),
        ("2018", "04-31", date(2018, 4, 30)),
        ("2018", "12-31", date(2018, 12, 31)),
        ("2020-01", "29 days", date(2020, 2, 29)),
        ("2020-01", "30 days", date(2020, 3, 1)),
        ("2018-12", "1 days", date(2019, 1, 1)),
        ("2018-12", "0 days", date(2018, 12, 31)),
        ("2018-09", "3 working_days", date(2018, 10, 10)),
        ("2018-Q3", "1 working_days", date(2018, 10, 8)),
        ("2018-W39", "1 working_days", date(2018, 10, 8)),
        ("2019-W01", "following_period", date(2019, 1, 13)),
        ("2019-W01", "07-31", date(2019, 7, 31)),
        ("2018-H2", "next 01-31", date(2019, 1, 31)),
        ("2020-02-D2", "following_period", date(2020, 2, 29)),
    ],
)
def test_due_day_at_a_boundary(name: str, rule: str, expected: date) -> None:
    assert check_due(rule) == rule
    assert due_day(Period.parse(name), rule, CHINA) == expected


def test_due_day_beyond_the_working_calendar_is_unknown() -> None:
    last = period_of(CHINA.last_known, "year")
    assert due_day(last, "1 working_days", CHINA) is None
    assert due_day(last, "1 days", CHINA) == CHINA.last_known + ONE


@pytest.mark.parametrize(
    "rule", ["", "soon", "13-01", "00-10", "02-32", "next", "next 2-1", "24 hours", "3 months", "following"]
)
def test_due_rule_that_names_no_day_is_refused(rule: str) -> None:
    with pytest.raises(ValueError):
        check_due(rule)
    with pytest.raises(ValueError):
        due_day(Period.parse("2018"), rule, CHINA)


def test_span_in_hours_has_no_last_day() -> None:
    with pytest.raises(ValueError, match="24 hours"):
        Duration.parse("24 hours").ends_on(date(2018, 8, 24), CHINA)
