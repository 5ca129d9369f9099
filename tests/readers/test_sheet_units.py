"""One sheet for each unit, named after it: the records are the unit's, and the report says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from office_ledgers import workbook
from only import only
from opencheck.readers import read
from opencheck.readers.sheet_units import unit_of_sheet

HEADS = ["编号", "申请内容", "收到日期", "答复日期"]
ROW = ["1", "某村征地批复", "2018-09-03", "2018-11-20"]


def units(report: oc.Report) -> list[str | None]:
    return [f.unit for f in report.findings(rule="PD-15.3")]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_records_of_a_sheet_named_after_a_unit_are_the_units(engine: Any, tmp_path: Path) -> None:
    path = workbook(tmp_path / "台账.xlsx", 民政局=[HEADS, ROW], 平度市财政局=[HEADS, ROW], 云山镇=[HEADS, ROW])
    report = oc.check(path, as_of="2018-12-31", rules=["PD-15.3"], engine=engine)
    assert units(report) == ["市民政局", "市财政局", "云山镇"]
    note = only(n["zh"] for n in report.to_dict()["notes"] if "以单位命名" in n["zh"])
    assert "民政局、平度市财政局、云山镇" in note
    assert "--ledger-unit" in note


def test_unit_that_is_written_or_given_comes_before_the_sheets_name(tmp_path: Path) -> None:
    with_column = [[*HEADS, "责任单位"], [*ROW, "市教体局"], ["2", *ROW[1:], None]]
    path = workbook(tmp_path / "台账.xlsx", 民政局=with_column)
    first, blank = units(oc.check(path, as_of="2018-12-31", rules=["PD-15.3"]))
    assert first == "市教体局"
    assert blank != "市民政局"
    above = workbook(tmp_path / "上方.xlsx", 民政局=[["填报单位：市农业局"], HEADS, ROW])
    assert units(oc.check(above, as_of="2018-12-31", rules=["PD-15.3"])) == ["市农业局"]
    plain = workbook(tmp_path / "一个.xlsx", 民政局=[HEADS, ROW])
    report = oc.check(plain, as_of="2018-12-31", rules=["PD-15.3"], ledger_unit="市农业局")
    assert units(report) == ["市农业局"]
    assert not [n for n in report.to_dict()["notes"] if "以单位命名" in n["zh"]]


def test_waiver_in_a_sheet_of_a_unit_names_none(tmp_path: Path) -> None:
    heads = ["编号", "规则编号", "豁免依据", "批准人", "豁免起", "豁免止"]
    row = ["w1", "PD-15.3", "条例第三十三条", "张某", "2018-01-01", "2018-12-31"]
    path = workbook(tmp_path / "台账.xlsx", 依申请公开=[HEADS, ROW], 民政局=[heads, row])
    tables = read(path).tables
    assert all("unit" not in source.fields for source in tables["waiver"].sources)


@pytest.mark.parametrize(
    "name",
    ["公文", "会议", "1月", "2018年", "汇总", "全部", "Sheet2", "已办", "待办", "交办", "乡镇", "街道", "镇街", "各局", "有关单位", "常务会", "公开信息", "依申请公开台账", "责任单位", "马上办", "网上办", "就近办", "一次办", "联办", "帮办", "跨区域通办", "乡镇街道", "镇街道", "国有公司", "市属国有公司", "子公司", "总公司", "有限公司", "保险公司", "村镇", "重点镇", "小城镇", "中心镇", "特色小镇", "建制镇", "街镇", "产业布局", "公开格局", "市委常委", "村委会", "社区居委会", "法治政府", "公立医院", "综合办公室", "行政服务中心", "财务办公室"],
)  # fmt: skip
def test_other_names_of_sheets_are_no_units(name: str) -> None:
    assert unit_of_sheet(name) is None


@pytest.mark.parametrize(
    ("name", "unit"),
    [("民政局", "民政局"), ("市政府办公室", "市政府办公室"), ("市扶贫办", "市扶贫办"), ("编办", "编办"), ("李园街道", "李园街道"), ("财政局台账", "财政局"), ("2018年教体局", "教体局"), ("市人民法院", "市人民法院"), ("市公交公司", "市公交公司"), ("平度市水务集团有限公司", "平度市水务集团有限公司"), ("城关镇", "城关镇"), ("市政务公开办", "市政务公开办"), ("市农机局", "市农机局"), ("市纪委", "市纪委"), ("东阁街道办事处", "东阁街道办事处")],
)  # fmt: skip
def test_names_that_end_as_units_do_are_units(name: str, unit: str) -> None:
    assert unit_of_sheet(name) == unit


def test_units_that_the_pack_knows_are_units() -> None:
    named = [n for unit in oc.load_pack("pingdu-2018").units for n in (unit.name, *unit.aliases)]
    assert len(named) > 50
    assert [n for n in named if unit_of_sheet(n) != n] == []


def test_ways_to_handle_things_are_accused_of_nothing(tmp_path: Path) -> None:
    heads = ["序号", "事项名称", "一次办好", "列入清单日期", "批次"]
    path = workbook(tmp_path / "台账.xlsx", 马上办=[heads, [1, "甲", "是", "2018-09-10", None]])
    report = oc.check(path, as_of="2018-12-31", rules=["PD-17.1"])
    assert "马上办" not in {f.unit for f in report.findings()}
    assert not [n for n in report.to_dict()["notes"] if "以单位命名" in n["zh"]]
