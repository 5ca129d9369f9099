"""Months, quarters and years."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.periods import Period, due_in_own_year, period_of, periods_between


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)), st.sampled_from(["month", "quarter", "year"]))
def test_period_of_tiles_the_calendar(day: date, every) -> None:
    period = period_of(day, every)
    assert period.first_day <= day <= period.last_day
    assert period.following.first_day == period.last_day + timedelta(days=1)
    assert Period.parse(period.name) == period


def test_periods_between_gives_whole_periods_only() -> None:
    names = [p.name for p in periods_between(date(2018, 1, 2), date(2018, 4, 29), "month")]
    assert names == ["2018-02", "2018-03"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2018年1-8月", "2018-08"),
        ("2018年1月—8月份", "2018-08"),
        ("2018年1至11月", "2018-11"),
        ("2018年1-2月", "2018-02"),
        ("2018年1-3月", "2018-Q1"),
        ("2018年4～6月", "2018-Q2"),
        ("2018年10-12月", "2018-Q4"),
        ("2018年1-12月", "2018"),
        ("2018-01-08", None),  # a day
        ("2018年8-1月", None),
        ("2018年3-8月", None),
        ("2018年1-13月", None),
        ("2018年0-8月", None),
        ("1948年1-8月", None),
    ],
)
def test_period_months_from_the_first_on_are_the_last_of_them(text: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(ValueError, match=re.escape(text)):
            Period.parse(text)
    else:
        assert Period.parse(text).name == name


@pytest.mark.parametrize(
    ("rule", "own"),
    [("07-31", True), ("next 01-31", False), ("following_period", False), ("period_end", False), ("20 days", False)],
)
def test_due_in_own_year_is_a_day_of_the_periods_own_year_only(rule: str, own: bool) -> None:
    assert due_in_own_year(rule) is own
