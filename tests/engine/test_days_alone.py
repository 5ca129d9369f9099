"""Moments of which only the day is written: decided where every time of that day decides the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

import opencheck as oc
from pingdu_rules import END, check, one


def judged(detected_at: Any, responded_at: Any, grade: str = "一般", rule: str = "PD-10.1b") -> oc.Finding:
    row = {
        "id": "1",
        "grade": grade,
        "detected_at": detected_at,
        "responded_at": responded_at,
        "press_conference_at": responded_at,
    }
    return one(rule, {"opinion_case": [row]})


@pytest.mark.parametrize(
    ("detected_at", "responded_at", "outcome"),
    [
        ("2018-10-01 08:00", "2018-10-05", "violation"),
        ("2018-10-01 08:00", "2018-10-04", "violation"),
        ("2018-10-01 08:00", "2018-10-03", "indeterminate"),
        ("2018-10-01 00:00", "2018-10-03", "indeterminate"),  # in time at midnight alone
        ("2018-10-01 08:00", "2018-10-02", "pass"),
        ("2018-10-01 08:00", "2018年10月2日", "pass"),
        ("2018-10-01 08:00", date(2018, 10, 2), "pass"),
        ("2018-10-01 08:00", datetime(2018, 10, 2), "pass"),
        ("2018-10-01 08:00", "2018-10-01", "indeterminate"),  # it may have been before
        ("2018-10-01 08:00", "2018-09-30", "indeterminate"),
        ("2018-10-01", "2018-10-02", "pass"),
        ("2018-10-01", "2018-10-03", "indeterminate"),
        ("2018-10-01", "2018-10-04", "violation"),
        ("2018-10-01", "2018-10-03 00:00", "pass"),
        ("2018-10-01", "2018-10-03 12:00", "indeterminate"),
        ("2018-10-01", "2018-10-04 00:00", "violation"),
    ],
)
def test_day_alone_decides_where_each_of_its_times_does(detected_at: Any, responded_at: Any, outcome: str) -> None:
    found = judged(detected_at, responded_at)
    assert str(found.outcome) == outcome, found.message.zh


@pytest.mark.parametrize(
    ("rule", "day", "outcome"), [("PD-10.1", "2018-10-03", "violation"), ("PD-10.1c", "2018-10-03", "violation")]
)
def test_day_alone_of_a_major_emergency(rule: str, day: str, outcome: str) -> None:
    assert str(judged("2018-10-01 08:00", day, "重大", rule).outcome) == outcome
    assert str(judged("2018-10-01 08:00", "2018-10-02", "重大", rule).outcome) == (
        "indeterminate" if rule == "PD-10.1" else outcome
    )


def test_day_alone_is_told_as_one() -> None:
    late, in_time = judged("2018-10-01 08:00", "2018-10-05"), judged("2018-10-01 08:00", "2018-10-02")
    for found in (late, in_time):
        assert "“回应时间”没有写明时刻，从宽计" in found.message.zh
        assert "tells no time of day" in found.message.en
    assert (late.actual, late.late_by, late.missing) == (date(2018, 10, 5), 40, ())
    assert "没有写明时刻" not in judged("2018-10-01 08:00", "2018-10-05 09:00").message.zh
    # From the last minute of the day on which it was found, so that nothing is called later than it surely was.
    start = judged("2018-10-01", "2018-10-05 00:00")
    assert (start.due, start.late_by) == (date(2018, 10, 3), 24)


def test_other_doubts_of_the_record_leave_it_open() -> None:
    found = judged("2018-10-01 08:00", "2018-10-05", grade="敏感")
    assert (str(found.outcome), found.missing) == ("indeterminate", ("grade", "responded_at"))


def test_review_before_a_post_needs_only_the_day_of_the_post() -> None:
    row = {"id": "1", "published_at": "2018-09-10", "reviewed_on": "2018-09-10", "on_function": True}
    outcomes = [str(one("PD-18.1", {"post": [row | change]}).outcome) for change in ({}, {"reviewed_on": "2018-09-11"})]
    assert outcomes == ["pass", "violation"]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_days_alone_among_many_records_are_those_of_each(engine: Any, tmp_path: Any) -> None:
    """A large batch is judged in another way than a small one; records beside them are judged as ever."""
    days = ["2018-10-05", "2018-10-03", "2018-10-02", "2018-10-02 09:00", None, "2018-10-04 09:00"]
    expected = ["violation", "indeterminate", "pass", "pass", "violation", "violation"]
    rows = [
        {"id": str(n), "grade": "一般", "detected_at": "2018-10-01 08:00", "responded_at": days[n % len(days)]}
        for n in range(6000)
    ]
    pl.DataFrame(rows).write_parquet(tmp_path / "opinion_case.parquet")
    for all_ in (True, False):
        report = oc.check(tmp_path, as_of=END, rules=["PD-10.1b"], engine=engine, include_all=all_)
        found = {str(f.record_id): str(f.outcome) for f in report.findings()}
        kept = {str(n): expected[n % len(days)] for n in range(6000)}
        assert found == {n: o for n, o in kept.items() if all_ or o != "pass"}


def test_refused_rows_beside_them_change_nothing() -> None:
    rows = [
        {"id": "1", "grade": "一般", "detected_at": "2018-09-31 08:00", "responded_at": "2018-10-05"},
        {"id": "2", "grade": "一般", "detected_at": "2018-10-01 08:00", "responded_at": "2018-10-05"},
    ]
    assert [(f.record_id, str(f.outcome)) for f in check("PD-10.1b", {"opinion_case": rows})] == [("2", "violation")]
