"""Waivers: applied, or told why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import opencheck as oc

LATE = {"id": "W1", "unit": "平度市财政局", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}


WAIVER = {
    "id": "1", "rule": "PD-9.4", "record_id": "W1", "basis": "会议纪要〔2018〕12号", "approved_by": "张某", "from": "2018-10-01", "until": "2019-03-31",
}  # fmt: skip


def waived(waiver: dict[str, Any], as_of: str = "2018-12-31") -> oc.Report:
    return oc.check({"document": [LATE], "interpretation": [], "waiver": [waiver]}, as_of=as_of, rules=["PD-9.4"])


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "applied"),
        ({"until": "2018-12-31"}, "applied"),
        ({"until": "2018-12-30"}, "expired"),
        ({"from": "2018-12-31"}, "applied"),
        ({"from": "2019-01-01"}, "not_begun"),
        ({"record_id": "W2"}, "unmatched"),
        ({"rule": "PD-9.3"}, "unmatched"),
        ({"rule": "PD-9.44"}, "unknown_rule"),
        ({"rule": "pd-9.4"}, "unknown_rule"),
        ({"record_id": None, "unit": "市财政局"}, "applied"),
        ({"record_id": None, "unit": "平度市 财政局"}, "applied"),
        ({"record_id": None, "unit": "财政局"}, "applied"),
        ({"record_id": None, "unit": "青岛市财政局"}, "unmatched"),
        ({"unit": "市民政局"}, "unmatched"),
        ({"record_id": None}, "incomplete"),
        ({"basis": None}, "incomplete"),
        ({"basis": "详见附件"}, "incomplete"),
        ({"approved_by": None}, "incomplete"),
        ({"approved_by": "见附表"}, "incomplete"),
        ({"until": None}, "incomplete"),
        ({"from": None}, "incomplete"),
    ],
)
def test_waiver_is_applied_or_its_status_says_why_not(changes: dict[str, Any], status: str) -> None:
    report = waived({**WAIVER, **changes})
    (waiver,) = report.waivers
    assert waiver.status == status
    (finding,) = report.findings()
    assert str(finding.outcome) == ("waived" if status == "applied" else "violation")
    outcomes = report.summary["outcomes"]
    assert (outcomes["waived"], outcomes["violation"]) == ((1, 0) if status == "applied" else (0, 1))
    if status == "applied":
        assert finding.waiver is not None
        assert "会议纪要〔2018〕12号" in finding.message.zh
        assert "迟" in finding.message.zh, "what was waived is still told"
        assert "例外" not in finding.message.zh, "no exception was claimed"
        assert not report.worst("error")
    else:
        assert f"note.waiver_{status}" in [name for name, _ in report.notes]
    told = report.to_dict()
    assert told["waivers"][0]["status"] == status
    json.dumps(told)


def test_waiver_of_an_unknown_rule_names_the_nearest() -> None:
    (told,) = [r for r in waived({**WAIVER, "rule": "pd-9.4"}).remarks if "豁免" in r.zh]
    assert "没有规则pd-9.4；最接近的是“PD-9.4" in told.zh
    assert "opencheck rules" in told.zh
    assert "the nearest is “PD-9.4" in told.en
    (told,) = [r for r in waived({**WAIVER, "rule": "条例"}).remarks if "豁免" in r.zh]
    assert "最接近" not in told.zh


def test_waiver_by_topic_is_applied() -> None:
    rows = [
        {"id": str(i), "topic": t, "formed_on": "2018-09-10", "published_on": "2018-10-15"}
        for i, t in enumerate(["environment.policy", "environment.progress"])
    ]
    waiver = {**WAIVER, "rule": "PD-8-7.4", "record_id": None, "topic": "环境治理进展和成效"}
    report = oc.check({"disclosure": rows, "waiver": [waiver]}, as_of="2018-12-31", rules=["PD-8-7.4"])
    assert {f.record_id: str(f.outcome) for f in report.findings()} == {"0": "violation", "1": "waived"}


def test_waiver_of_one_of_two_violations_leaves_the_other() -> None:
    other = {**LATE, "id": "W2", "unit": "市民政局"}
    records = {"document": [LATE, other], "interpretation": [], "waiver": [WAIVER]}
    report = oc.check(records, as_of="2018-12-31", rules=["PD-9.4"])
    outcomes = report.summary["outcomes"]
    assert (outcomes["waived"], outcomes["violation"]) == (1, 1)
    assert {f.record_id: str(f.outcome) for f in report.findings()} == {"W1": "waived", "W2": "violation"}
    assert [f.record_id for f in report.violations] == ["W2"]
    assert report.worst("error")


HEADS = ["序号", "收到日期", "答复日期", "责任单位"]
SEPTEMBER, OCTOBER = ["1", "2018-09-03", "2018-09-28", "市民政局"], ["1", "2018-10-08", "2018-11-28", "市教体局"]


def _months(tmp_path: Path, october: list[str], **changes: str) -> oc.Report:
    """A ledger with a sheet a month, each numbered from 1, and a waiver of record 1."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    waiver = {**WAIVER, "rule": "PD-15.3", "record_id": "1", **changes}
    sheets = {"9月申请": [HEADS, SEPTEMBER], "10月申请": [HEADS, october], "豁免": [list(waiver), list(waiver.values())]}
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "申请.xlsx")
    return oc.check(tmp_path / "申请.xlsx", as_of="2018-12-31", rules="PD-15.3")


def test_waiver_of_an_id_that_two_records_have_covers_neither(tmp_path: Path) -> None:
    report = _months(tmp_path, OCTOBER)
    assert {str(f.outcome) for f in report.findings()} == {"violation"}
    assert report.waivers[0].status == "ambiguous"
    (told,) = [r for r in report.remarks if "豁免" in r.zh]
    assert "9月申请 第2行" in told.zh
    assert "10月申请 第2行" in told.zh
    assert "row 2" in told.en
    json.dumps(report.to_dict())


def test_unit_tells_which_of_two_records_is_waived(tmp_path: Path) -> None:
    report = _months(tmp_path, OCTOBER, unit="市教体局")
    assert {f.unit: str(f.outcome) for f in report.findings()} == {"市民政局": "violation", "市教体局": "waived"}
    same = _months(tmp_path, [*OCTOBER[:3], "市民政局"], unit="市民政局")
    assert {str(f.outcome) for f in same.findings()} == {"violation"}, "the unit does not tell them apart"


def test_record_that_violates_is_the_one_that_is_waived(tmp_path: Path) -> None:
    report = _months(tmp_path, [*OCTOBER[:2], "2018-10-10", "市教体局"])
    assert [(f.unit, str(f.outcome)) for f in report.findings()] == [("市民政局", "waived")]
