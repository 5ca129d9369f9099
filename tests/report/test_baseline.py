"""Two reports compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from request_ledgers import LATE, check


def test_compare_unusable_row_is_not_fixed(tmp_path: Path) -> None:
    before = check({**LATE, "id": "1"}, {**LATE, "id": "2"}, as_of="2018-12-31").write(tmp_path / "before.json")
    now = check(
        {**LATE, "id": "1", "received_on": "2018-02-30"}, {**LATE, "id": "2", "replied_on": "2018-10-10"}, as_of="2018-12-31"
    )
    now.compare(before)
    assert [f["record_id"] for f in now.fixed or ()] == ["2"]


def test_compare_violation_is_known_new_fixed_or_gone(tmp_path: Path) -> None:
    before = check(*({**LATE, "id": i} for i in ("1", "2", "3")), as_of="2018-12-31")
    late = [{**LATE, "id": "1"}, {**LATE, "id": "4"}]
    mended, unknown = {**LATE, "id": "2", "replied_on": "2018-10-10"}, {**LATE, "id": "5", "received_on": None}
    now = check(*late, mended, unknown, as_of="2018-12-31")
    assert {f.baseline for f in now.findings()} == {None}
    now.compare(before.write(tmp_path / "before.json"))
    assert {f.record_id: f.baseline for f in now.findings()} == {"1": "known", "4": "new", "5": None}
    assert [f["record_id"] for f in now.fixed or ()] == ["2"]
    assert dict(now.notes)["note.gone"] == {"count": 1, "ids": ["3"]}
    assert now.changes == {"new": 1, "known": 1, "fixed": 1}


def test_compare_follows_titles_where_rows_were_inserted(tmp_path: Path) -> None:
    """Serial numbers move: what is in the row of an earlier violation now is another document, and the violation is not put right."""

    def ledger(*documents: tuple[str, str]) -> oc.Report:
        rows = [
            {"id": str(n), "title": title, "is_policy": True, "attribute": "主动公开", "unit": "市财政局", "published_on": day}
            for n, (title, day) in enumerate(documents, 1)
        ]
        return oc.check({"document": rows, "interpretation": []}, as_of="2018-12-31", rules=["PD-9.4"])

    before = ledger(("甲办法", "2018-09-03"), ("乙办法", "2018-09-04")).write(tmp_path / "before.json")
    now = ledger(("丙办法", "2018-09-03"), ("甲办法", "2018-09-03"), ("乙办法", "2018-09-04"))
    now.compare(before)
    assert {f.title: f.baseline for f in now.violations} == {"丙办法": "new", "甲办法": "known", "乙办法": "known"}
    assert now.changes == {"new": 1, "known": 2, "fixed": 0}
    corrected = ledger(("甲办法（修订）", "2018-09-03"), ("乙办法", "2018-09-04"))
    corrected.compare(before)
    assert corrected.changes == {"new": 0, "known": 2, "fixed": 0}, "a title that was put right is that of the same record"


def test_compare_follows_what_requests_ask_for_where_rows_were_inserted(tmp_path: Path) -> None:
    def ledger(*subjects: str) -> oc.Report:
        return check(*({**LATE, "id": str(n), "subject": s} for n, s in enumerate(subjects, 1)), as_of="2018-12-31")

    before = ledger("低保名单", "征地批复").write(tmp_path / "before.json")
    now = ledger("三公经费", "低保名单")
    now.compare(before)
    assert {f.title: f.baseline for f in now.violations} == {"三公经费": "new", "低保名单": "known"}


def test_compare_rule_that_did_not_run_fixes_nothing(tmp_path: Path) -> None:
    before = check({**LATE, "id": "1"}, as_of="2018-12-31")
    now = check({**LATE, "id": "1", "replied_on": "2018-10-10"}, as_of="2018-12-31", rules=("PD-15.2",))
    now.compare(before.write(tmp_path / "before.json"))
    assert now.fixed == []


@pytest.mark.parametrize(
    ("content", "place"),
    [("{}", "findings"), ("[]", None), ('{"findings": [{}, 1]}', "findings.0.id"), ('{"findings": 1}', "findings")],
)
def test_compare_file_that_is_no_report_is_told_with_the_first_fault(content: str, place: str | None, tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(oc.InputError, match=f"not a JSON report of opencheck: {place or 'report'}: ") as told:
        check(LATE, as_of="2018-12-31").compare(file)
    assert (told.value.code, told.value.path, told.value.field) == ("not_a_report", str(file), place)


def _published(subject: str, months: range) -> list[dict[str, Any]]:
    """The water of a source, published in the month after each month."""
    same = {"topic": "environment.source_water", "subject": subject, "level": "市级"}
    return [{**same, "id": f"{subject}{m}", "period": f"2018-{m:02}", "published_on": f"2018-{m + 1:02}-05"} for m in months]


ROSTER = [{"id": s, "topic": "environment.source_water", "subject": s, "level": "市级"} for s in ("甲水库", "乙水库")]
OF_ONE = _published("甲水库", range(1, 12))


@pytest.mark.parametrize(
    ("now", "fixed"),
    [
        ({"roster": ROSTER, "disclosure": OF_ONE + _published("乙水库", range(1, 12))}, 11),
        ({"roster": ROSTER, "disclosure": OF_ONE + _published("乙水库", range(2, 4))}, 2),
        ({"roster": ROSTER, "disclosure": OF_ONE}, 0),
        ({"roster": ROSTER}, 0),  # the table is not given
        ({"disclosure": OF_ONE}, 0),  # nor the roster, without which nobody knows of the other
        ({"roster": [], "disclosure": OF_ONE}, 0),
        ({"roster": ROSTER[:1], "disclosure": OF_ONE}, 0),
        ({"disclosure": OF_ONE + _published("乙水库", range(1, 12))}, 11),  # the other is seen without a roster
    ],
)
def test_compare_month_that_is_not_judged_again_is_not_fixed(now: dict[str, Any], fixed: int, tmp_path: Path) -> None:
    def judged(records: dict[str, Any]) -> oc.Report:
        return oc.check(records, as_of="2018-12-31", rules=["PD-8-7.2"])

    before = judged({"roster": ROSTER, "disclosure": OF_ONE})
    assert [f.subject for f in before.violations] == ["乙水库"] * 11
    report = judged(now)
    report.compare(before.write(tmp_path / "before.json"))
    assert len(report.fixed or ()) == fixed
    unjudged = 11 - fixed - len(report.violations)
    noted = [facts for name, facts in report.notes if name == "note.unjudged"]
    assert noted == ([{"count": unjudged, "rules": ["PD-8-7.2"]}] if unjudged else [])


MEETING = {"kind": "常务会议", "unit": "市政府办公室", "invited_attendees": 3}
DEBT = {"id": "1", "topic": "政府债务", "published_on": "2018-07-20", "elements": "债务限额、债务余额、债务期限、债务用途"}


@pytest.mark.parametrize(
    ("rule", "table", "rows"),
    [
        (
            "PD-2-2.1",
            "meeting",
            [{**MEETING, "id": "1", "held_on": "2018-09-03"}, {**MEETING, "id": "2", "held_on": "2018-10-10"}],
        ),
        ("PD-8-1.4", "disclosure", [DEBT]),
    ],
)
def test_compare_what_a_table_lacked_is_fixed_by_a_record_and_not_without_the_table(
    rule: str, table: str, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    before = oc.check({table: []}, as_of="2018-12-31", rules=[rule])
    file = before.write(tmp_path / "before.json")
    assert len(before.violations) == 1
    for records, fixed in (({table: rows}, 1), ({"document": []}, 0)):
        now = oc.check(records, as_of="2018-12-31", rules=[rule])
        now.compare(file)
        assert (len(now.violations), len(now.fixed or ())) == (0, fixed)
        assert ("note.unjudged" in dict(now.notes)) is (not fixed)
