"""Rows that could not be used, and columns that a source lacks."""

from __future__ import annotations

from pathlib import Path

import opencheck as oc
from opencheck.core.outcomes import Outcome


def test_rejected_row_leaves_absence_indeterminate() -> None:
    good = [
        {"id": str(m), "topic": "空气质量", "period": f"2018-{m:02}", "published_on": f"2018-{m:02}-28"}
        for m in range(1, 13)
        if m != 9
    ]
    bad = {"id": "9", "topic": "空气质量", "period": "2018-09", "published_on": "2018-09-31"}
    report = oc.check({"disclosure": [*good, bad]}, as_of="2018-12-31", rules=["PD-8-7.1"])
    september = next(f for f in report.findings() if f.period == "2018-09")
    assert september.outcome is Outcome.INDETERMINATE
    assert september.missing == ("disclosure.rejected",)
    assert "另有记录（编号9）可能属于本期，但所在行未能使用，或者有一栏拿不准" in september.message.zh
    assert september.remedy.zh == "按提示改正未能使用或有两列不一致的行，然后重新检查"
    documents = [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}]
    readings = [{"id": "a", "document_id": "1", "published_on": "2018-09-31"}]
    report = oc.check({"document": documents, "interpretation": readings}, as_of="2018-12-31", rules=["PD-9.4"])
    assert [str(f.outcome) for f in report.findings()] == ["indeterminate"]


def test_absent_column_is_not_a_missing_event(tmp_path: Path) -> None:
    """A column that no record has is not recorded, in dicts as in sheets, and nothing is concluded; a blank says "not yet"."""
    posted = {"id": "1", "topic": "扶贫项目", "level": "村级", "published_on": "2018-09-01"}
    asked = {"id": "1", "received_on": "2018-09-03"}
    records = {"disclosure": [posted], "request": [asked]}
    as_dicts = oc.check(records, as_of="2018-12-31", rules=["PD-8-4.4", "PD-15.3"], include_all=True)
    absent = {"PD-8-4.4": ("indeterminate", ("posted_until",)), "PD-15.3": ("indeterminate", ("replied_on",))}
    assert {f.rule: (str(f.outcome), f.missing) for f in as_dicts.findings()} == absent
    (late,) = oc.check({"request": [asked | {"replied_on": None}]}, as_of="2018-12-31", rules=["PD-15.3"]).findings()
    assert late.outcome is Outcome.VIOLATION
    still = oc.check(
        {"disclosure": [posted | {"posted_until": None}]}, as_of="2018-12-31", rules=["PD-8-4.4"], include_all=True
    )
    assert [str(f.outcome) for f in still.findings()] == ["pass"]
    for name, row in (("disclosure", posted), ("request", asked)):
        (tmp_path / f"{name}.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
    as_sheets = oc.check(tmp_path, as_of="2018-12-31", rules=["PD-8-4.4", "PD-15.3"], include_all=True)
    assert {f.rule: (str(f.outcome), f.missing) for f in as_sheets.findings()} == absent
    early = oc.check(tmp_path, as_of="2018-09-09", rules=["PD-8-4.4"]).findings()
    assert [str(f.outcome) for f in early] == ["pending"], "however long it will stay, ten days are not over yet"


def test_column_of_one_sheet_only_is_unknown_in_the_other(tmp_path: Path) -> None:
    head = "序号,主题,公开层级,公示开始日期"
    (tmp_path / "公开信息1月.csv").write_text(
        f"{head},公示截止日期\n1,扶贫项目,村级,2018-09-01,2018-09-20\n2,扶贫项目,村级,2018-09-01,2018-09-05\n"
    )
    (tmp_path / "公开信息2月.csv").write_text(f"{head}\n1,扶贫项目,村级,2018-09-01\n")
    report = oc.check(tmp_path, as_of="2018-12-31", rules=["PD-8-4.4"], include_all=True)
    assert [str(f.outcome) for f in report.findings()] == ["pass", "violation", "indeterminate"]
    assert report.findings()[2].missing == ("posted_until",)
