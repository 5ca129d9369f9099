"""Months, quarters and years."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.periods import Period, period_of, periods_between


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)), st.sampled_from(["month", "quarter", "year"]))
def test_period_of_tiles_the_calendar(day: date, every) -> None:
    period = period_of(day, every)
    assert period.first_day <= day <= period.last_day
    assert period.following.first_day == period.last_day + timedelta(days=1)
    assert Period.parse(period.name) == period


def test_periods_between_gives_whole_periods_only() -> None:
    names = [p.name for p in periods_between(date(2018, 1, 2), date(2018, 4, 29), "month")]
    assert names == ["2018-02", "2018-03"]
