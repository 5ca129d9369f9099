"""Findings are values: they compare, hash, copy and pickle."""

from __future__ import annotations

import copy
import pickle

import pytest

import opencheck as oc
from opencheck.report.finding import by_gravity

LATE = {
    "document": [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}],
    "interpretation": [],
}


def check(records=LATE, **more):
    return oc.check(records, as_of="2018-12-31", rules=["PD-9.4"], **more)


@pytest.fixture
def finding():
    (found,) = check().violations
    return found


def test_finding_outcome_and_severity_are_enums_that_equal_text(finding):
    assert finding.outcome is oc.Outcome.VIOLATION
    assert finding.severity is oc.Severity.ERROR
    assert (finding.outcome, finding.severity) == ("violation", "error")
    as_dict = finding.as_dict()
    assert type(as_dict["outcome"]) is type(as_dict["severity"]) is str


def test_finding_of_another_check_is_equal_and_hashes_alike(finding):
    (again,) = check().violations
    assert again == finding
    assert len({again, finding}) == 1


def test_finding_of_another_record_or_outcome_differs(finding):
    (other,) = check({**LATE, "document": [{**LATE["document"][0], "id": "2"}]}).violations
    (open_,) = check({**LATE, "document": [{**LATE["document"][0], "published_on": None}]}).findings()
    assert len({finding, other, open_}) == 3
    assert finding != "violation"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))])
def test_finding_copies_whole(finding, copied):
    again = copied(finding)
    assert again == finding
    assert again.as_dict() == finding.as_dict()


def test_findings_are_listed_with_the_worst_first():
    ledger = {
        "document": [
            {"id": i, "is_policy": True, "attribute": "主动公开", "published_on": d}
            for i, d in (("a", "2018-09-28"), ("b", "2018-09-03"))
        ],
        "interpretation": [],
        "disclosure": [
            {"id": i, "topic": "poverty_relief.project", "level": "村级", "published_on": d, "posted_until": u}
            for i, d, u in (("w", "2018-09-01", "2018-09-09"), ("before", "2018-07-01", "2018-07-02"), ("open", None, None))
        ],
    }
    found = oc.check(ledger, as_of="2018-12-31", rules=["PD-9.4", "PD-8-4.4"]).findings()
    told = [(f.record_id, str(f.outcome), str(f.severity)) for f in by_gravity(found[::-1])]
    assert told == [
        ("b", "violation", "error"),  # the later of two errors
        ("a", "violation", "error"),
        ("w", "violation", "warning"),
        ("before", "violation", "advice"),
        ("open", "indeterminate", "warning"),
    ]


def test_finding_moment_is_that_at_which_hours_end_and_none_where_a_day_is_meant():
    case = {"id": "1", "grade": "other", "detected_at": "2018-09-10 08:30", "responded_at": "2018-09-13 08:00"}
    (late,) = oc.check({"opinion_case": [case]}, as_of="2018-12-31", rules=["PD-10.1b"]).findings()
    assert (str(late.due), str(late.due_at)) == ("2018-09-12", "2018-09-12 08:30:00+08:00")
    (unknown,) = oc.check({"opinion_case": [case | {"detected_at": None}]}, as_of="2018-12-31", rules=["PD-10.1b"]).findings()
    assert (str(unknown.outcome), unknown.due, unknown.due_at) == ("indeterminate", None, None)
    (of_a_day,) = check().findings()
    assert (str(of_a_day.due), of_a_day.due_at) == ("2018-10-08", None)
