"""The names and spellings of periods."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.periods import LENGTHS, Period, due_in_own_year, period_of, periods_between


def named(text: str) -> str | None:
    """The name of the period that a text tells, None where it is refused."""
    try:
        return Period.parse(text).name
    except ValueError as refused:
        return None if str(refused) == text else str(refused)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)), st.sampled_from(LENGTHS))
def test_period_of_tiles_the_calendar(day: date, every) -> None:
    period = period_of(day, every)
    assert period.first_day <= day <= period.last_day
    assert period.following.first_day == period.last_day + timedelta(days=1)
    assert Period.parse(period.name) == period


@given(st.integers(1950, 2098), st.sampled_from(LENGTHS))
def test_names_of_a_year_sort_as_their_days_and_each_period_belongs_to_one_year(year: int, every) -> None:
    years = [periods_between(date(y, 1, 1), date(y, 12, 31), every) for y in (year, year + 1)]
    both = years[0] + years[1]
    assert all(before.following == after for before, after in itertools.pairwise(both))
    assert [p.name for p in both] == sorted(p.name for p in both)
    assert {p.year for p in years[0]} == {year}


def test_periods_between_gives_whole_periods_only() -> None:
    names = [p.name for p in periods_between(date(2018, 1, 2), date(2018, 4, 29), "month")]
    assert names == ["2018-02", "2018-03"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2018年1-8月", "2018-01~08"),
        ("2018年1月—8月份", "2018-01~08"),
        ("2018年1月至2018年8月", "2018-01~08"),
        ("2018-01至2018-08", "2018-01~08"),
        ("2018.1至8", "2018-01~08"),
        ("2018-01~08", "2018-01~08"),
        ("2018年1至11月", "2018-01~11"),
        ("2018年1-2月", "2018-01~02"),
        ("2018年3-8月", "2018-03~08"),
        ("2018年2-4月", "2018-02~04"),
        ("2018年4-9月", "2018-04~09"),
        ("2018年1-6月", "2018-H1"),
        ("2017年12月至2018年2月", None),
        ("2018年1月至2019年2月", None),
        ("2018年1-3月", "2018-Q1"),
        ("2018年4～6月", "2018-Q2"),
        ("2018年10-12月", "2018-Q4"),
        ("2018年1-12月", "2018"),
        ("2018-01-08", None),  # a day
        ("2018年8-1月", None),
        ("2018年1-13月", None),
        ("2018年0-8月", None),
        ("2018年0-0月", None),
        ("2018年5-5月", "2018-05"),
        ("1948年1-8月", None),
        ("1949年1-8月", "1949-01~08"),
        ("2100年1-8月", "2100-01~08"),
        ("2101年1-8月", None),
    ],
)
def test_range_of_months_is_a_period_of_its_own_or_stays_a_range(text: str, name: str | None) -> None:
    assert named(text) == name


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2018-01~08", "2018-01-01", "2018-08-31"),
        ("2018-02~11", "2018-02-01", "2018-11-30"),
        ("2020-01~02", "2020-01-01", "2020-02-29"),
        ("2018-H2", "2018-07-01", "2018-12-31"),
        ("2018-06-D3", "2018-06-21", "2018-06-30"),
        ("2018-06-D2", "2018-06-11", "2018-06-20"),
    ],
)
def test_period_has_a_first_and_a_last_day(text: str, first: str, last: str) -> None:
    period = Period.parse(text)
    assert (str(period.first_day), str(period.last_day)) == (first, last)


@pytest.mark.parametrize(
    ("rule", "own"),
    [("07-31", True), ("next 01-31", False), ("following_period", False), ("period_end", False), ("20 days", False)],
)
def test_due_in_own_year_is_a_day_of_the_periods_own_year_only(rule: str, own: bool) -> None:
    assert due_in_own_year(rule) is own


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2018年第5周", "2018-W05"),
        ("2018年第05周", "2018-W05"),
        ("2018年第五十二周", "2018-W52"),
        ("2018-W5", "2018-W05"),
        ("2020年第53周", "2020-W53"),
        ("2020年第五十三周", "2020-W53"),
        ("2025年第52周", "2025-W52"),
        ("2025年第53周", None),
        ("2018年第十周", "2018-W10"),
        ("2018年第十九周", "2018-W19"),
        ("2018年第二十周", "2018-W20"),
        ("2018年第二十九周", "2018-W29"),
        ("2018年一月", "2018-01"),
        ("2018年九月", "2018-09"),
        ("2018年上半年", "2018-H1"),
        ("2018下半年", "2018-H2"),
        ("2018h2", "2018-H2"),
        ("2018年7-12月", "2018-H2"),
        ("2018年6月上旬", "2018-06-D1"),
        ("2018年 6月 中旬", "2018-06-D2"),
        ("2018年十二月下旬", "2018-12-D3"),
        ("2018-06-D3", "2018-06-D3"),
        ("2018年2月", "2018-02"),
        ("2018年二月", "2018-02"),
        ("2018年第四季度", "2018-Q4"),
        ("2018年第五季度", None),
        ("2018年", "2018"),
        ("2018年13月", None),
        ("2018年0月", None),
        ("1949年12月", "1949-12"),
        ("1948年12月", None),
        ("2100年12月", "2100-12"),
        ("2101年1月", None),
        ("2018年第53周", None),
        ("2018-W00", None),
        ("2018年6月第2周", None),  # which days these are is not settled
        ("2018-H3", None),
        ("2018-06-D4", None),
        ("2018年13月上旬", None),
        ("2018年第十十周", None),
        ("2018-W05-1", None),  # a day
        ("20185周", None),
        ("1948-H1", None),
    ],
)
def test_period_of_weeks_halves_and_ten_days_is_read_as_ledgers_write_it(text: str, name: str | None) -> None:
    assert named(text) == name
