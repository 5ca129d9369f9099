"""Findings are values: they compare, hash, copy and pickle."""

from __future__ import annotations

import copy
import pickle
from datetime import date

import pytest

import opencheck as oc
from opencheck.report.finding import by_gravity, findings_of, with_ids

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


@pytest.mark.parametrize(
    ("changes", "outcome", "missing", "cells"),
    [
        ({}, "violation", (), ["published_on"]),
        ({"is_policy": None}, "indeterminate", ("is_policy",), ["is_policy"]),
        ({"attribute": "另有安排"}, "indeterminate", ("attribute",), ["attribute"]),
        ({"is_policy": None, "attribute": "另有安排"}, "indeterminate", ("is_policy", "attribute"), ["is_policy", "attribute"]),
        ({"attribute": None}, "indeterminate", ("attribute",), ["attribute"]),
        ({"published_on": None}, "indeterminate", ("published_on",), ["published_on"]),
        ({"attribute": "不予公开", "is_policy": None}, "not_applicable", (), ["published_on"]),
        ({"published_on": "2018-12-28"}, "pending", (), ["published_on"]),
    ],
)
def test_finding_names_what_is_missing_and_the_cells_to_look_at(changes, outcome, missing, cells):
    document = {**LATE["document"][0], **changes}
    (found,) = check({**LATE, "document": [document]}, include_all=True).findings()
    assert (str(found.outcome), found.missing, found.cells) == (outcome, missing, cells)


@pytest.mark.parametrize(
    ("changes", "outcome", "late", "told"),
    [
        ({"confidential_basis": None}, "violation", (56, 56), "已迟56个工作日"),
        ({"confidential_basis": None, "published_on": "2018-10-15"}, "violation", (1, 1), "迟1个工作日"),
        # only whether an exception applies is open: how late it is then, is told, and is no fact of the finding
        ({}, "indeterminate", (None, 56), "已迟56个工作日；是否属于例外"),
        ({"confidential_basis": None, "published_on": "2018-09-01"}, "indeterminate", (None, None), "自相矛盾"),
        ({"confidential_basis": None, "published_on": "2018-10-12"}, "pass", (None, None), ""),
    ],
)
def test_finding_is_late_where_it_is_a_violation_or_only_an_exception_is_open(changes, outcome, late, told):
    row = {"id": "1", "topic": "会议议定事项", "formed_on": "2018-09-10", "published_on": None, "attribute": "主动公开"}
    report = oc.check({"disclosure": [row | changes]}, as_of="2018-12-31", rules=["PD-2-3.1"], include_all=True)
    (found,) = report.findings()
    assert (str(found.outcome), (found.late_by, found.facts["late_by"])) == (outcome, late)
    assert told in found.message.zh


@pytest.mark.parametrize("count", [1, 2, 3])
def test_findings_follow_the_rows_of_the_ledger_in_whatever_order_an_engine_gives_them(count):
    ids = [str(n) for n in range(count)]
    report = check({**LATE, "document": [{**LATE["document"][0], "id": i} for i in ids]})
    (result,) = report.results
    result.rows = result.rows.reverse()
    assert [f.record_id for f in findings_of(result, report.data.place)] == ids


@pytest.mark.parametrize(
    ("changes", "outcome", "missing"),
    [
        ({"attribute": "主动公开"}, "violation", ()),
        ({}, "indeterminate", ("non_disclosure_reason",)),
        ({"non_disclosure_reason": None}, "indeterminate", ("non_disclosure_reason",)),
        ({"non_disclosure_reason": "涉及商业秘密，依据《条例》第十五条"}, "not_applicable", ()),
        ({"confidential_basis": "机密★1年"}, "not_applicable", ()),
        ({"attribute": "另有安排"}, "indeterminate", ("attribute",)),
        ({"attribute": "依申请公开"}, "not_applicable", ()),
    ],
)
def test_finding_of_what_is_withheld_misses_the_reason_for_it(changes, outcome, missing):
    posted = {
        "id": "1",
        "topic": "poverty_relief.project",
        "level": "村级",
        "published_on": "2018-09-01",
        "posted_until": "2018-09-09",
    }
    row = posted | {"unit": "云山镇", "attribute": "不予公开"} | changes
    (found,) = oc.check({"disclosure": [row]}, as_of="2018-12-31", rules=["PD-8-4.4"], include_all=True).findings()
    assert (str(found.outcome), found.missing) == (outcome, missing)


@pytest.mark.parametrize(
    ("unit", "shown", "of_the_clause"),
    [
        ("市财政局", "市财政局", False),
        ("市财政局、市民政局", "市财政局；市民政局", False),
        (None, "市政府办公室、市大数据中心", True),
    ],
)
def test_finding_has_the_unit_of_its_record_or_else_that_of_the_clause(unit, shown, of_the_clause):
    row = {"id": "1", "unit": unit, "topic": "会议议定事项", "formed_on": "2018-09-10", "published_on": "2018-10-15"}
    (found,) = oc.check({"disclosure": [row]}, as_of="2018-12-31", rules=["PD-2-3.1"]).violations
    assert (found.unit, found.real_unit, found.names_no_unit) == (shown, shown, of_the_clause)


def test_findings_that_are_about_the_same_are_numbered(finding):
    """An id is what a baseline and a link name: the first keeps the key of them all, also when others come to it."""
    found = with_ids([finding, copy.copy(finding), copy.copy(finding)])
    assert [f.id.removeprefix(finding.key) for f in found] == ["", "-2", "-3"]


def test_finding_under_a_waiver_tells_the_days_of_it_as_texts():
    waiver = {"id": "1", "rule": "PD-9.4", "record_id": "1", "basis": "会议纪要〔2018〕12号", "approved_by": "张某", "from": "2018-10-01", "until": "2019-03-31"}  # fmt: skip
    (found,) = check({**LATE, "waiver": [waiver]}).findings()
    told = found.as_dict()["waiver"]
    assert (told["from"], told["until"], told["approved_by"]) == ("2018-10-01", "2019-03-31", "张某")


def test_finding_has_the_key_by_which_earlier_reports_name_it(finding):
    """Waivers, links and baselines of earlier releases hold these keys."""
    assert finding.key == "70e389bce28b"
    assert finding.as_dict()["id"] == finding.id == finding.key


@pytest.mark.parametrize(
    ("published", "due", "before", "severity"),
    [("2018-08-20", "2018-08-23", True, "advice"), ("2018-08-21", "2018-08-24", False, "error")],
)
def test_finding_that_fell_due_before_the_plan_bound_accuses_nobody(published, due, before, severity):
    document = {**LATE["document"][0], "published_on": published}
    (found,) = check({**LATE, "document": [document]}).violations
    assert (str(found.due), found.before_plan, str(found.severity)) == (due, before, severity)


MONTH = {"id": "m", "topic": "月度财政收支", "period": "2018-01", "published_on": "2018-03-01"}


@pytest.mark.parametrize(
    ("rule", "ledger", "rests", "names_none", "told"),
    [
        ("PD-9.4", LATE, True, True, ("2018-10-08", None, 60)),
        ("PD-9.4", {**LATE, "document": [{**LATE["document"][0], "unit": "市财政局"}]}, True, False, ("2018-10-08", None, 60)),
        ("PD-8-1.1", {"disclosure": [MONTH]}, True, False, ("2018-02-28", "2018-03-01", 1)),
        ("PD-8-1.1", {"disclosure": []}, False, False, ("2018-02-28", None, 306)),
        ("PD-8-3.3b", {"listing": [{"topic": "最低生活保障", "householder": "王某"}]}, True, False, (None, None, None)),
    ],
)
def test_finding_tells_whether_it_rests_on_a_record_and_by_when_it_was_due(rule, ledger, rests, names_none, told):
    found = oc.check(ledger, as_of="2018-12-31", rules=[rule]).violations[0]
    assert (found.rests_on_record, found.names_no_unit) == (rests, names_none)
    as_dict = found.as_dict()
    assert tuple(as_dict[name] for name in ("due", "actual", "late_by")) == told


@pytest.mark.parametrize("count", [20, 21])
def test_finding_about_a_column_lists_its_first_twenty_rows(count):
    rows = [{"topic": "最低生活保障", "householder": "王某"}] * count
    told = oc.check({"listing": rows}, as_of="2018-12-31", rules=["PD-8-3.3b"]).violations[0].as_dict()
    assert (told["rows"], told["count"]) == (list(range(1, 21)), count)


def test_findings_of_one_severity_begin_with_the_latest_and_then_with_the_earliest_due(finding):
    def like(late_by, due):
        own = copy.copy(finding)
        own.late_by, own.due = late_by, due
        return own

    order = [
        like(2, None),
        like(1, date(2018, 9, 3)),
        like(None, date(2018, 9, 3)),
        like(None, date(2018, 9, 4)),
        like(None, None),
    ]
    assert [id(f) for f in by_gravity(order[::-1])] == [id(f) for f in order]


def test_finding_of_a_record_tells_no_rows() -> None:
    request = {"id": "1", "received_on": "2018-09-03", "replied_on": "2018-11-20"}
    (found,) = oc.check({"request": [request]}, as_of="2018-12-31", rules=["PD-15.3"]).violations
    assert found.as_dict().keys().isdisjoint({"rows", "count"})


def test_findings_that_are_as_late_come_in_the_order_of_their_due_days(finding: oc.Finding) -> None:
    order = []
    for day in (date(2018, 3, 5), date(2018, 6, 1), date(2018, 9, 3)):
        one = copy.copy(finding)
        one.due = day
        order.append(one)
    assert [f.due for f in by_gravity([order[1], order[2], order[0]])] == [f.due for f in order]
