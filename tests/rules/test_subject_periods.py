"""Periods in columns of records say the same as :mod:`opencheck.core.periods` does of one."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.periods import LENGTHS, Every, Period, period_of
from opencheck.records.dataset import REJECTED
from opencheck.rules.subject_periods import DoubtfulRecords, coarser, last_day_of, lies_in, period_of_day, with_days

days = st.dates(date(1950, 1, 1), date(2099, 12, 31))
lengths = st.sampled_from(LENGTHS)


def evaluated(expression: pl.Expr, value: object) -> object:
    return pl.DataFrame({"x": [value]}).select(expression).item()


@given(days, lengths)
def test_period_of_day_is_the_name_of_its_period(day: date, every: Every) -> None:
    assert evaluated(period_of_day(pl.col("x"), every), day) == period_of(day, every).name


@given(days, lengths)
def test_last_day_of_a_name_is_that_of_its_period(day: date, every: Every) -> None:
    period = period_of(day, every)
    assert evaluated(last_day_of(pl.col("x")), period.name) == period.last_day


@given(days, st.integers(-400, 400), lengths, lengths)
def test_lies_in_compares_days(day: date, shift: int, every: Every, other: Every) -> None:
    named, period = period_of(day, every), period_of(date.fromordinal(day.toordinal() + shift), other)
    if every == "week" and other != "week":
        expected: bool | None = named.lies_between(period.first_day, period.last_day)
    else:
        apart = named.last_day < period.first_day or named.first_day > period.last_day
        expected = True if named.lies_between(period.first_day, period.last_day) else False if apart else None
    assert with_days(pl.DataFrame({"x": [named.name]}), "x").select(lies_in(period)).item() is expected


@pytest.mark.parametrize(
    ("named", "period", "inside"),
    [
        ("2018-04", "2018-W18", None),  # Monday 30 April to Sunday 6 May
        ("2018-05", "2018-W18", None),
        ("2018-06", "2018-W18", False),
        ("2018-03", "2018-W18", False),
        ("2018-07", "2018-W26", None),  # Monday 25 June to Sunday 1 July
        ("2018-W18", "2018-W18", True),
        ("2018-W17", "2018-W18", False),
        ("2018-04", "2018-Q2", True),
        ("2018-06", "2018-Q2", True),
        ("2018-03", "2018-Q2", False),
        ("2018-07", "2018-Q2", False),
        ("2018-06~07", "2018-Q2", None),
        ("2018-W13", "2018-04", False),  # its Thursday is in March
        ("2018-W18", "2018-05", True),
    ],
)
def test_named_period_lies_in_another_outside_of_it_or_across(named: str, period: str, inside: bool | None) -> None:
    assert with_days(pl.DataFrame({"x": [named]}), "x").select(lies_in(Period.parse(period))).item() is inside


@given(days, lengths, lengths)
def test_coarser_names_the_longer_period_that_holds_a_shorter_one(day: date, named: Every, every: Every) -> None:
    period = period_of(day, named)
    found = evaluated(coarser(pl.col("x"), every), period.name)
    if LENGTHS.index(named) >= LENGTHS.index(every):
        assert found == period.name
    else:
        longer = Period.parse(str(found))
        assert longer.every == every
        if named == "week":
            assert longer.first_day <= date.fromordinal(period.first_day.toordinal() + 3) <= longer.last_day
        else:
            assert period.lies_between(longer.first_day, longer.last_day)


@pytest.mark.parametrize("every", LENGTHS)
def test_every_day_of_years_that_begin_on_different_weekdays_lies_in_its_period(every: Every) -> None:
    """4 January is a Sunday in 2015 and a Monday in 2016, a leap year."""
    each = [date(2015, 1, 1) + timedelta(days=n) for n in range(3 * 365)]
    periods = [period_of(day, every) for day in each]
    found = with_days(pl.DataFrame({"day": each}).with_columns(name=period_of_day(pl.col("day"), every)), "name")
    assert found["name"].to_list() == [p.name for p in periods]
    assert found["_begins"].to_list() == [p.first_day for p in periods]
    assert found["_ends"].to_list() == [p.last_day for p in periods]
    assert all(p.first_day <= day <= p.last_day for p, day in zip(periods, found["_within"], strict=True))


@pytest.mark.parametrize(
    ("named", "every", "found"),
    [
        ("2018-07~08", "quarter", "2018-Q3"),
        ("2018-06~07", "quarter", "2018-06~07"),
        ("2018-06~07", "year", "2018"),
        ("2018-01~06", "half_year", "2018-H1"),
        ("2018-H1", "quarter", "2018-H1"),
    ],
)
def test_coarser_names_the_period_in_which_a_range_of_months_lies(named: str, every: Every, found: str) -> None:
    assert evaluated(coarser(pl.col("x"), every), named) == found


def test_records_are_possible_where_their_period_shares_a_day_with_the_cell() -> None:
    rows = [
        {"_subject": s, "_period": p, "_has": True, "_holds": "", "_day": None, REJECTED: False}
        for s, p in (
            ("甲", "2018-W13"),
            (None, "2018-W18"),
            ("甲", "2018-W12"),
            ("甲", "2018-W19"),
            ("乙", "2018-04"),
            ("甲", None),
        )
    ]
    found = DoubtfulRecords(pl.DataFrame(rows)).possible("甲", Period.parse("2018-04"))
    assert [(d["_subject"], d["_period"]) for d in found] == [("甲", "2018-W13"), (None, "2018-W18"), ("甲", None)]
    assert DoubtfulRecords().possible("甲", Period.parse("2018-04")) == []


def test_a_blank_period_stays_blank() -> None:
    frame = pl.DataFrame({"x": [None]}, schema={"x": pl.String})
    found = with_days(frame, "x").select(
        coarser(pl.col("x"), "year").alias("a"),
        last_day_of(pl.col("x")).alias("b"),
        lies_in(Period(2018, "year", 1)).alias("c"),
    )
    assert found.row(0) == (None, None, None)
