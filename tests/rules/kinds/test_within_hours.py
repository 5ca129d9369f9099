"""within_hours: limits in hours, against plain arithmetic."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from opencheck.core.clock import SHANGHAI
from opencheck.core.outcomes import Outcome
from opencheck.report.formats.due_list import as_ics, as_rows
from pack_files import edit
from pingdu_rules import one
from record_strategies import MOMENT


@given(
    MOMENT,
    st.one_of(st.none(), MOMENT),
    st.dates(date(2018, 9, 1), date(2018, 10, 25)),
    st.sampled_from(["other", "major_emergency"]),
)
def test_within_hours_equals_plain_arithmetic(start: datetime, done: datetime | None, as_of: date, grade: str) -> None:
    rule, to, hours = ("PD-10.1b", "responded_at", 48) if grade == "other" else ("PD-10.1", "press_conference_at", 24)
    found = one(rule, {"opinion_case": [{"id": "1", "grade": grade, "detected_at": start, to: done}]}, as_of)
    end = datetime(as_of.year, as_of.month, as_of.day) + timedelta(days=1)
    due = start + timedelta(hours=hours)
    if done is not None and done < start:
        expected = Outcome.INDETERMINATE
    elif done is not None and done < end:
        expected = Outcome.PASS if done <= due else Outcome.VIOLATION
    else:
        expected = Outcome.VIOLATION if due < end else Outcome.PENDING
    assert found.outcome is expected
    assert found.due == due.date()
    if expected is Outcome.VIOLATION:
        stop = done if done is not None and done < end else end
        seconds = int((stop - due).total_seconds())
        late = (-(-seconds // 60), "minutes") if seconds < 3600 else (-(-seconds // 3600), "hours")
        assert (found.late_by, found.late_unit) == late


def test_within_hours_any_zone_is_shanghai() -> None:
    case = {"id": "1", "grade": "other", "detected_at": "2018-09-10T00:00:00Z", "responded_at": "2018-09-12 08:00"}
    assert one("PD-10.1b", {"opinion_case": [case]}).outcome is Outcome.PASS
    aware = {**case, "responded_at": datetime(2018, 9, 12, 8, 1, tzinfo=SHANGHAI)}
    assert one("PD-10.1b", {"opinion_case": [aware]}).outcome is Outcome.VIOLATION


def test_within_hours_late_by_a_minute_is_told_as_a_minute() -> None:
    case = {"id": "1", "grade": "other", "detected_at": "2018-09-10 08:00", "responded_at": "2018-09-12 08:01"}
    found = one("PD-10.1b", {"opinion_case": [case]})
    assert (found.late_by, found.late_unit) == (1, "minutes")
    assert "迟1分钟" in found.message.zh


def test_within_hours_due_hour_stays_an_hour() -> None:
    case = {"id": "1", "grade": "other", "detected_at": "2018-09-10 08:30", "responded_at": None}
    report = oc.check({"opinion_case": [case]}, as_of="2018-09-11", rules=["PD-10.1b"])
    (found,) = report.findings("pending")
    assert found.remedy.zh == "请在2018-09-12 08:30之前办结"
    assert as_rows([found])[0]["due_at"] == "2018-09-12T08:30:00+08:00"
    assert b"DTSTART:20180912T003000Z" in as_ics(report, [found])


@pytest.mark.parametrize(("as_of", "outcome"), [("2018-09-11", "pending"), ("2018-09-12", "indeterminate")])
def test_within_hours_sheet_without_the_time_of_the_answer_accuses_nobody(as_of: str, outcome: str) -> None:
    cases = pl.DataFrame({"id": ["1"], "grade": ["一般"], "detected_at": ["2018-09-10 08:30"]})
    (found,) = oc.check({"opinion_case": cases}, as_of=as_of, rules=["PD-10.1b"]).findings()
    assert (str(found.outcome), found.missing) == (outcome, ("responded_at",) if outcome == "indeterminate" else ())


@pytest.mark.parametrize(
    ("done", "outcome", "told"),
    [
        ("2018-09-10 08:00", "pass", ""),  # at once
        ("2018-09-10 07:59", "indeterminate", "早于"),
        ("2018-09-12 08:00", "pass", ""),
        ("2018-09-12 08:01", "violation", "迟1分钟"),
        ("2018-09-12 08:59", "violation", "迟59分钟"),
        ("2018-09-12 09:00", "violation", "迟1小时"),
        ("2018-09-12 09:01", "violation", "迟2小时"),
        ("2018-09-12 23:59", "violation", "迟16小时"),
        ("2018-09-13 00:00", "violation", "没有回应时间的记录，已迟16小时"),  # the day of the check has ended
        (None, "violation", "没有回应时间的记录，已迟16小时"),
    ],
)
def test_within_hours_is_told_to_the_minute_up_to_the_end_of_the_day(done: str | None, outcome: str, told: str) -> None:
    case = {"id": "1", "grade": "other", "detected_at": "2018-09-10 08:00", "responded_at": done}
    found = one("PD-10.1b", {"opinion_case": [case]}, date(2018, 9, 12))
    assert str(found.outcome) == outcome
    assert told in found.message.zh


@pytest.mark.parametrize(
    ("detected", "outcome", "due"),
    [
        ("2018-09-10 23:59", "violation", date(2018, 9, 12)),
        ("2018-09-11 00:00", "pending", date(2018, 9, 13)),  # over with the first moment of the next day
        ("2018-09-12 23:59", "pending", date(2018, 9, 14)),
    ],
)
def test_within_hours_that_end_with_the_day_of_the_check_are_not_over(detected: str, outcome: str, due: date) -> None:
    case = {"id": "1", "grade": "other", "detected_at": detected, "responded_at": None}
    found = one("PD-10.1b", {"opinion_case": [case]}, date(2018, 9, 12))
    assert (str(found.outcome), found.due) == (outcome, due)


@pytest.mark.parametrize(
    ("detected", "outcome"),
    [
        ("2018-09-02 23:59", "indeterminate"),
        ("2018-09-03 00:00", "violation"),
        ("2018-09-10 23:59", "violation"),
        ("2018-09-11 00:00", "indeterminate"),
    ],
)
def test_within_hours_norm_holds_from_its_first_to_its_last_day(copy: Path, detected: str, outcome: str) -> None:
    """By the day of the event; of no other event it is known within how many hours it had to be answered."""
    norms = copy.parent / "cn-statutes" / "norms.yaml"
    edit(norms, 'in_force: {from: "2016-07-30"}', 'in_force: {from: "2018-09-03", to: "2018-09-10"}')
    case = {"id": "1", "grade": "other", "detected_at": detected, "responded_at": "2018-09-20 08:00"}
    found = oc.load_pack(copy).rules["PD-10.1b"].check({"opinion_case": [case]}, as_of="2018-12-31")
    assert [str(f.outcome) for f in found if f.record_id == "1"] == [outcome]
