"""posted: how long something was posted, against day by day counting."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.outcomes import Outcome
from pingdu_rules import check

BINDING = date(2018, 8, 24)


DAY = st.dates(date(2018, 1, 1), date(2019, 12, 31))


@given(
    DAY,
    st.one_of(st.none(), st.integers(-3, 20)),
    DAY,
    st.booleans(),
    st.sampled_from(["town", "village", "project_unit", "county"]),
)
def test_posted_equals_day_by_day_counting(first: date, length: int | None, as_of: date, excuse: bool, level: str) -> None:
    until = None if length is None else first + timedelta(days=length)
    row = {
        "id": "1", "topic": "poverty_relief.project", "level": level, "published_on": first, "posted_until": until,
        "justification": "理由" if excuse else None,
    }  # fmt: skip
    (found,) = check("PD-8-4.4", {"disclosure": [row]}, as_of)
    last = as_of if until is None or until > as_of else until
    days = sum(1 for n in range(400 * 2) if first + timedelta(days=n) <= last)
    if level == "county":
        expected = Outcome.NOT_APPLICABLE
    elif until is not None and until < first:
        expected = Outcome.INDETERMINATE
    elif first > as_of:
        expected = Outcome.PENDING
    elif days >= 10:
        expected = Outcome.PASS
    elif until is None or until > as_of:
        expected = Outcome.PENDING
    else:
        expected = Outcome.PASS if excuse else Outcome.VIOLATION
    assert found.outcome is expected
    if expected is Outcome.PASS and days >= 10:
        assert found.borderline == (days == 10)
    if expected is Outcome.VIOLATION:
        assert found.late_by == 10 - days
        assert found.severity == ("advice" if first + timedelta(days=9) < BINDING else "warning")


@pytest.mark.parametrize(("last", "days"), [("2018-09-02", 2), ("2018-09-01", 1), ("2018-08-31", None), ("2018-08-30", None)])
def test_posted_derivation_counts_the_days_of_what_was_posted_at_all(last: str, days: int | None) -> None:
    row = {"id": "1", "topic": "poverty_relief.project", "level": "村级", "published_on": "2018-09-01", "posted_until": last}
    (found,) = check("PD-8-4.4", {"disclosure": [row]})
    counted = [step.zh for step in found.explanation if step.zh.startswith("共")]
    assert counted == ([f"共{days}天"] if days else [])


@pytest.mark.parametrize(("last", "outcome"), [("2018-09-09", "violation"), ("2018-09-10", "pass")])
def test_posted_without_a_column_for_the_last_day_is_open(last: str, outcome: str) -> None:
    row = {"id": "1", "topic": "poverty_relief.project", "level": "村级", "published_on": "2018-09-01", "justification": ""}
    with_column = pl.DataFrame([{**row, "posted_until": last}])
    assert [f.outcome for f in check("PD-8-4.4", {"disclosure": with_column})] == [outcome]
    (found,) = check("PD-8-4.4", {"disclosure": pl.DataFrame([row])})
    assert (found.outcome, found.missing) == ("indeterminate", ("posted_until",))


@pytest.mark.parametrize(
    ("last", "as_of", "outcome", "borderline", "late"),
    [
        (None, "2018-09-09", "pending", False, None),
        (None, "2018-09-10", "pass", True, None),
        (None, "2018-09-11", "pass", False, None),
        (None, "2018-09-01", "pending", False, None),
        (None, "2018-08-31", "pending", False, None),
        ("2018-09-09", "2018-09-09", "violation", False, 1),  # with the end of its last day it is down
        ("2018-09-09", "2018-09-08", "pending", False, None),
        ("2018-09-10", "2018-09-09", "pending", False, None),
        ("2018-09-10", "2018-12-31", "pass", True, None),
        ("2018-09-11", "2018-12-31", "pass", False, None),
        ("2018-09-01", "2018-12-31", "violation", False, 9),
        ("2018-08-31", "2018-12-31", "indeterminate", False, None),
    ],
)
def test_posted_ten_days_at_their_ends(last: str | None, as_of: str, outcome: str, borderline: bool, late: int | None) -> None:
    row = {"id": "1", "topic": "poverty_relief.project", "level": "村级", "published_on": "2018-09-01", "posted_until": last}
    (found,) = check("PD-8-4.4", {"disclosure": [row | {"justification": None}]}, date.fromisoformat(as_of))
    assert (str(found.outcome), bool(found.borderline), found.late_by) == (outcome, borderline, late)
    assert found.due == date(2018, 9, 10)
    assert found.missing == ()
    assert ("重新张贴并满规定天数" in found.remedy.zh) is (outcome == "violation")


def test_posted_without_a_first_day_is_not_known_to_be_short() -> None:
    row = {"id": "1", "topic": "poverty_relief.project", "level": "村级", "published_on": None, "posted_until": "2018-09-05"}
    (found,) = check("PD-8-4.4", {"disclosure": [row]})
    assert (str(found.outcome), found.missing, bool(found.borderline)) == ("indeterminate", ("published_on",), False)
