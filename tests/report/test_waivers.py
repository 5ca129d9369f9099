"""Waivers: applied, or told why not."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import opencheck as oc
from opencheck.records.dataset import SourceLocation
from opencheck.report.waivers import Waiver, apply_waivers

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
        ({"basis": "无正当理由"}, "incomplete"),
        ({"basis": "领导同意"}, "incomplete"),
        ({"basis": "理由待补"}, "incomplete"),
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
    pending = {**LATE, "id": "W0", "published_on": "2018-12-28"}
    records = {"document": [pending, LATE, other], "interpretation": [], "waiver": [WAIVER]}
    report = oc.check(records, as_of="2018-12-31", rules=["PD-9.4"])
    outcomes = report.summary["outcomes"]
    assert (outcomes["waived"], outcomes["violation"]) == (1, 1)
    assert {f.record_id: str(f.outcome) for f in report.findings()} == {"W0": "pending", "W1": "waived", "W2": "violation"}
    assert [f.record_id for f in report.violations] == ["W2"]
    assert report.worst("error")


@pytest.mark.parametrize(
    ("topic", "unit", "status"),
    [
        ("fiscal.monthly", None, "applied"),
        ("月度财政收支", None, "applied"),
        ("fiscal.budget", None, "unmatched"),
        ("fiscal.monthly", "市财政局", "applied"),
        ("fiscal.monthly", "市民政局", "unmatched"),
    ],
)
def test_waiver_by_topic_covers_what_is_absent_where_the_rule_has_that_topic_only(
    topic: str, unit: str | None, status: str
) -> None:
    waiver = {**WAIVER, "rule": "PD-8-1.1", "record_id": None, "topic": topic, "unit": unit, "from": "2018-04-30"}
    report = oc.check({"disclosure": [], "waiver": [waiver]}, as_of="2018-04-30", rules=["PD-8-1.1"])
    outcomes = [str(f.outcome) for f in report.findings() if f.period in ("2018-01", "2018-02", "2018-03")]
    assert outcomes == ["waived" if status == "applied" else "violation"] * 3
    assert (report.waivers[0].status, report.waivers[0].count) == (status, 3 if status == "applied" else 0)
    assert report.summary["outcomes"]["waived"] == report.waivers[0].count


@pytest.mark.parametrize(
    ("written", "covered"),
    [
        ("13800138000", ["13800138000"]),
        ("138****8000", []),
        ("13820138000", []),
        ("*", []),
    ],
)
def test_waiver_names_a_record_whole_or_as_reports_show_it(written: str, covered: list[str]) -> None:
    documents = [{**LATE, "id": number} for number in ("13800138000", "13810138000")]
    waiver = {**WAIVER, "record_id": written}
    report = oc.check({"document": documents, "interpretation": [], "waiver": [waiver]}, as_of="2018-12-31", rules=["PD-9.4"])
    assert [f.facts["id"] for f in report.findings("waived")] == covered
    assert report.waivers[0].count == len(covered)
    assert (report.waivers[0].status == "ambiguous") is (written == "138****8000"), "two records are shown so"


def test_waiver_for_one_finding_covers_that_one_of_that_unit() -> None:
    documents = [LATE, {**LATE, "id": "W2"}]

    def waived_with(key: str, unit: str) -> list[str | None]:
        report = oc.check({"document": documents, "interpretation": []}, as_of="2018-12-31", rules=["PD-9.4"])
        first = report.findings("violation")[0]
        values = {"rule": "PD-9.4", "unit": unit, "basis": "x", "approved_by": "张某", "from_": None, "until": None}
        waiver = Waiver("1", values, SourceLocation(), key=first.key if key == "its" else key, at=first.source)
        apply_waivers([waiver], report.findings())
        assert waiver.status == ("applied" if waiver.count else "unmatched")
        return [f.record_id for f in report.findings() if str(f.outcome) == "waived"]

    assert waived_with("its", "市财政局") == ["W1"]
    assert waived_with("its", "市民政局") == []
    assert waived_with("0" * 12, "市财政局") == []


def test_waiver_is_told_with_its_days_and_its_place() -> None:
    (told,) = waived(WAIVER).to_dict()["waivers"]
    expected = {"id": "1", "rule": "PD-9.4", "record_id": "W1", "from": "2018-10-01", "until": "2019-03-31", "findings": 1}
    assert {name: told[name] for name in expected} == expected
    assert "missing" not in told
    (told,) = waived({**WAIVER, "basis": None, "record_id": None}).to_dict()["waivers"]
    assert (told["missing"], told["findings"]) == (["basis", "record_id"], 0)
    (finding,) = waived(WAIVER).findings()
    assert finding.waiver == {
        "id": "1",
        "basis": "会议纪要〔2018〕12号",
        "approved_by": "张某",
        "from": date(2018, 10, 1),
        "until": date(2019, 3, 31),
    }


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


def test_waiver_that_names_a_record_by_its_row_is_not_applied(tmp_path: Path) -> None:
    head, late = ["申请内容", "责任单位", "收到日期", "答复日期"], ["乙", "市财政局", "2018-09-03", "2018-09-26"]
    given = ["1", "PD-15.3", "依申请公开-3", "《条例》第二十四条，市政府批准", "张某", "2018-01-01", "2018-12-31"]
    others = [["新", "市财政局", "2018-09-04", "2018-09-20"], ["丙", "市财政局", "2018-09-03", "2018-12-20"]]

    def checked(rows: list[list[str]], waiver: list[str]) -> oc.Report:
        book = openpyxl.Workbook()
        for title, lines in (
            ("依申请公开", rows),
            ("豁免", [["编号", "规则", "豁免记录编号", "依据", "批准人", "起", "止"], waiver]),
        ):
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(line)
        book.remove(book.worksheets[0])
        book.save(tmp_path / "台账.xlsx")
        return oc.check(tmp_path / "台账.xlsx", as_of="2018-12-31", rules="PD-15.3")

    for rows in ([head, ["甲", "市财政局", "2018-09-03", "2018-09-20"], late], [head, *others, late]):
        report = checked(rows, given)
        (waiver,) = report.waivers
        assert waiver.status == "row_number"
        assert not report.findings("waived")
        (told,) = [r.zh for r in report.remarks if "未予适用" in r.zh]
        assert "请在台账里加“编号”列" in told
    with_ids = [["编号", *head], ["依申请公开-1", *late], ["依申请公开-2", *others[0]]]
    report = checked(with_ids, [*given[:2], "依申请公开-1", *given[3:]])
    assert [w.status for w in report.waivers] == ["applied"]
