"""Whose ledger it is: units with records, the one that has most, and records that name none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import opencheck as oc
from commands import AS_OF, run
from office_ledgers import bureau
from opencheck.core.errors import InputError
from opencheck.readers import read
from pack_files import own_pack

END = "2018-12-31"
LATE = {"received_on": "2018-10-08", "replied_on": "2018-12-20"}


def requests(*units: str | None) -> dict[str, list[dict[str, Any]]]:
    """A request answered late for each unit."""
    return {"request": [{"id": str(n), "unit": unit, **LATE} for n, unit in enumerate(units)]}


def check(*units: str | None, **more: Any) -> oc.Report:
    return oc.check(requests(*units), as_of=END, rules=["PD-15.3"], **more)


@pytest.mark.parametrize(
    ("units", "own"),
    [
        (["市农机局"], "市农机局"),
        (["市农机局", "市财政局"], None),
        (["市农机局", "市农机局", "市财政局"], "市农机局"),
        (["市农机局", "平度市农机局", "市财政局"], "市农机局"),  # one bureau, though the pack does not know it
        (["市财政局", "平度市财政局", "市环保局"], "市财政局"),
        (["市财政局、市环保局", "市财政局", "市民政局"], "市财政局"),
        (["市农机局", None, None], "市农机局"),
        ([None, None], None),
    ],
)
def test_own_unit_is_named_by_more_than_half_of_the_records_that_name_one(units: list[str | None], own: str | None) -> None:
    assert check(*units).own_unit == own


def test_violations_of_others_are_told_in_a_ledger_of_one_unit_alone() -> None:
    row = {"topic": "fiscal.budget", "published_on": "2018-09-01"}
    rules = ["PD-8-1.1", "PD-8-7.1"]

    def others(*units: str) -> set[str | None]:
        rows = [{"id": str(n), "unit": u, **row} for n, u in enumerate(units)]
        return {f.unit for f in oc.check({"disclosure": rows}, as_of=END, rules=rules).violations_of_others()}

    assert others("市农机局") == {"市财政局", "市环保局"}
    assert others("市农机局", "市农机局", "市财政局") == {"市环保局"}
    assert others("市农机局", "市民政局") == set()


def test_a_unit_of_a_rejected_row_has_a_record() -> None:
    rows = [{"id": "1", "unit": "市农机局", **LATE}, {"id": "2", "unit": "市环保局", "received_on": "13月40日"}]
    report = oc.check({"request": rows}, as_of=END, rules=["PD-15.3"])
    assert report.has_records("平度市环境保护局")
    assert not report.has_records("市财政局")


def test_records_without_a_unit_are_told_by_sheet_with_what_to_fill_in(tmp_path: Path) -> None:
    report = oc.check(bureau(tmp_path / "局台账.xlsx"), as_of=END)
    (found,) = report.unassigned()
    assert (found.table, found.sheet, found.column, found.units) == (
        "request",
        "依申请公开台帐",
        False,
        ("市政府各部门、各镇街",),
    )
    listed = report.findings(("violation", "indeterminate", "needs_review"), table="request")
    assert found.count == sum(f.source.row is not None for f in listed)
    assert found.violations == 1
    (remark,) = report.unassigned_remarks()
    assert "没有“责任单位”列" in remark.zh
    assert "--ledger-unit 市林业局" in remark.zh
    assert "--ledger-unit 市林业局" in remark.en
    told = report.to_dict()["notes"]
    assert {"zh": remark.zh, "en": remark.en} in told
    for suffix in ("html", "txt"):
        text = report.write(tmp_path / f"out.{suffix}").read_text(encoding="utf-8")
        assert "--ledger-unit市林业局" in "".join(text.split())


def test_a_blank_cell_is_told_as_such_and_a_clause_that_names_one_unit_needs_none() -> None:
    (found,) = check("市农机局", None).unassigned()
    assert (found.column, found.count, found.violations) == (True, 1, 1)
    air = {"id": "1", "topic": "environment.air_quality", "period": "2018-06", "published_on": "2018-09-01", "channels": []}
    report = oc.check({"disclosure": [air]}, as_of=END, rules=["PD-8-7.1"])
    assert report.unassigned() == []


def test_records_without_a_unit_are_no_matter_where_the_clause_names_nobody(tmp_path: Path) -> None:
    """A pack for one office names no unit; with --unit such findings are left out, and told."""
    pack = own_pack(tmp_path / "p", "require: {within: {from: formed_on, to: published_on, limit: 3 days}}")
    rows = [{"id": "1", "formed_on": "2018-09-03", "published_on": "2018-09-10"}]
    report = oc.check({"disclosure": rows}, pack=pack, as_of=END)
    assert len(report.violations) == 1
    assert report.unassigned() == []
    assert [u.count for u in report.of_units("市农机局").unassigned()] == [1]


def test_a_report_of_the_ledgers_own_unit_tells_what_it_leaves_out() -> None:
    rows = {
        "request": [{"id": "1", "unit": "市农机局", **LATE}],
        "disclosure": [{"id": "2", "unit": None, "topic": "扶贫项目", "level": "村级", "published_on": "2018-09-01", "posted_until": "2018-09-04"}],
    }  # fmt: skip
    report = oc.check(rows, as_of=END, rules=["PD-15.3", "PD-8-4.4"])
    (found,) = report.of_units("市农机局").unassigned()
    assert (found.table, found.violations) == ("disclosure", 1)
    assert report.of_units("市财政局").unassigned() == []
    assert "没有列在这里" in report.of_units("市农机局").unassigned_remarks()[0].zh


def test_a_check_of_one_unit_that_leaves_out_findings_without_a_unit_is_no_success(tmp_path: Path) -> None:
    on_time = {"id": "9", "unit": "市农机局", "received_on": "2018-10-08", "replied_on": "2018-10-09"}
    ledger = tmp_path / "台账.json"

    def status(*rows: dict[str, Any], options: tuple[str, ...] = ()) -> int:
        ledger.write_text(json.dumps({"request": [on_time, *rows]}), encoding="utf-8")
        return run("check", str(ledger), *AS_OF, "--rule", "PD-15.3", "--unit", "市农机局", *options).exit_code

    late = {"id": "1", "unit": None, **LATE}
    assert status() == 0
    assert status(late) == 2
    assert status(late, options=("--ledger-unit", "市农机局")) == 1
    assert status({**late, "unit": "市财政局"}) == 0


def test_due_of_one_unit_tells_what_it_leaves_out(tmp_path: Path) -> None:
    rows = [{"id": str(n), "unit": unit, "received_on": "2018-12-20"} for n, unit in enumerate(["市农机局", "市农机局", None])]
    ledger = tmp_path / "台账.json"
    ledger.write_text(json.dumps({"request": rows}), encoding="utf-8")
    told = run("due", str(ledger), *AS_OF, "--unit", "市农机局")
    assert "--ledger-unit 市农机局" in told.stderr
    named = run("due", str(ledger), *AS_OF, "--unit", "市农机局", "--ledger-unit", "市农机局")
    assert named.stderr == ""
    assert named.stdout.count("PD-15.3") == told.stdout.count("PD-15.3") + 1


ROWS = [
    {"编号": "1", "责任单位": "市财政局", "主办单位": "", "收到日期": "2018-10-08", "答复日期": "2018-12-20"},
    {"编号": "2", "责任单位": "", "主办单位": "", "收到日期": "2018-10-08", "答复日期": "2018-12-20"},
    {"编号": "3", "责任单位": "/", "主办单位": "", "收到日期": "2018-10-08", "答复日期": "2018-12-20"},
    {"编号": "4", "责任单位": "市财政局", "主办单位": "市环保局", "收到日期": "2018-10-08", "答复日期": "2018-12-20"},
]


@pytest.mark.parametrize("form", ["dicts", "csv", "parquet", "duckdb"])
def test_ledger_unit_is_the_unit_of_records_that_name_none(tmp_path: Path, form: str) -> None:
    """Blank cells and placeholders are filled, a cell that names a unit is not."""
    frame = pl.DataFrame(ROWS)
    source: Any = {"request": ROWS}
    if form == "csv":
        source = tmp_path / "依申请公开.csv"
        frame.write_csv(source)
    elif form in ("parquet", "duckdb"):
        source = tmp_path / "request.parquet"
        frame.write_parquet(source)
    engine = "duckdb" if form == "duckdb" else "polars"
    report = oc.check(source, as_of=END, rules=["PD-15.3"], ledger_unit="平度市农机局", engine=engine)
    assert {f.record_id: f.facts["unit"] for f in report.violations} == {
        "1": "市财政局",
        "2": "市农机局",
        "3": "市农机局",
        "4": "市财政局",
    }


@pytest.mark.parametrize("form", ["dicts", "csv", "parquet", "duckdb"])
def test_ledger_unit_serves_a_table_without_that_column(tmp_path: Path, form: str) -> None:
    rows = [{k: v for k, v in row.items() if k not in ("责任单位", "主办单位")} for row in ROWS]
    source: Any = {"request": rows}
    if form == "csv":
        source = tmp_path / "依申请公开.csv"
        pl.DataFrame(rows).write_csv(source)
    elif form in ("parquet", "duckdb"):
        source = tmp_path / "request.parquet"
        pl.DataFrame(rows).write_parquet(source)
    engine = "duckdb" if form == "duckdb" else "polars"
    report = oc.check(source, as_of=END, rules=["PD-15.3"], ledger_unit="市财政局", engine=engine)
    assert [f.unit for f in report.violations] == ["市财政局"] * 4
    assert report.records_by_unit() == {"市财政局": 4}
    assert report.unassigned() == []


def test_ledger_unit_does_not_narrow_a_waiver() -> None:
    """A waiver without a unit waives for the record that it names, whoever it belongs to."""
    waiver = {"id": "w", "rule": "PD-15.3", "record_id": "0", "basis": "《条例》第三十三条", "approved_by": "张某",
              "from_": "2018-01-01", "until": "2018-12-31"}  # fmt: skip
    report = oc.check({**requests("市财政局"), "waiver": [waiver]}, as_of=END, rules=["PD-15.3"], ledger_unit="市农机局")
    assert [w.status for w in report.waivers] == ["applied"]


@pytest.mark.parametrize("unit", ["", "  ", "无", "/"])
def test_a_ledger_unit_that_names_none_is_refused(unit: str) -> None:
    with pytest.raises(InputError, match="没有写是哪个单位"):
        read(requests("市农机局"), ledger_unit=unit)
