"""Lines that head groups of records: whose records stand below them, and where serial numbers begin anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import opencheck as oc
from office_ledgers import workbook
from opencheck.readers import read

HEADS = ["序号", "申请内容", "收到日期", "答复日期"]
LATE = ["某村征地批复", "2018-09-03", "2018-11-20"]
RULE = ["PD-15.3"]


def said(path: Path, **options: Any) -> list[tuple[str | None, int | None]]:
    """The unit and the row of each late reply; nothing else is found, and no row is refused."""
    report = oc.check(path, as_of="2018-12-31", rules=RULE, **options)
    assert not report.rejected
    return [(f.unit, f.source.row if f.source else None) for f in report.findings()]


def ledger(folder: Path, *lines: Sequence[Any], heads: list[str] = HEADS, sheet: str = "依申请公开") -> Path:
    return workbook(folder / "台账.xlsx", **{sheet: [heads, *lines]})


@pytest.mark.parametrize(
    "heading",
    [["一、{}"], ["{}"], ["（一）{}："], ["1.{}"], [None, "（一）{}"], [None, "2、{}"], ["第一部分 {}"], ["①{}"]],
)
def test_records_below_a_unit_are_the_units_and_numbered_anew(heading: list[str | None], tmp_path: Path) -> None:
    lines: list[list[Any]] = []
    for unit in ("市民政局", "云山镇人民政府"):
        lines += [[cell and cell.format(unit) for cell in heading], [1, *LATE], [2, *LATE]]
    path = ledger(tmp_path, *lines)
    assert said(path) == [("市民政局", 3), ("市民政局", 4), ("云山镇人民政府", 6), ("云山镇人民政府", 7)]
    notes = [n["zh"] for n in oc.check(path, as_of="2018-12-31", rules=RULE).to_dict()["notes"]]
    assert any("市民政局、云山镇人民政府" in note and "分组标题行" in note for note in notes)


def test_heading_that_is_merged_across_the_table(tmp_path: Path) -> None:
    path = ledger(tmp_path, ["一、市民政局"], [1, *LATE], ["市财政局"], [1, *LATE], ["平度市民政局"])
    book = openpyxl.load_workbook(path)
    for row in (2, 4, 6):
        book.active.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)  # type: ignore[union-attr]
    book.save(path)
    assert said(path) == [("市民政局", 3), ("市财政局", 5)], "the last one signs the ledger"


def test_heading_in_a_text_table(tmp_path: Path) -> None:
    path = tmp_path / "依申请公开.csv"
    lines = [HEADS, ["一、市民政局", "", "", ""], ["1", *LATE], ["二、市财政局", "", "", ""], ["1", *LATE]]
    path.write_text("\n".join(map(",".join, lines)), encoding="utf-8")
    assert said(path) == [("市民政局", 3), ("市财政局", 5)]


def test_heading_of_a_lower_rank_keeps_the_unit_and_one_of_its_own_rank_ends_it(tmp_path: Path) -> None:
    lower: list[list[Any]] = [
        ["一、市民政局"],
        ["（一）征地"],
        [1, *LATE],
        ["（二）低保"],
        [1, *LATE],
        ["二、其他事项"],
        [1, *LATE],
    ]
    *first, (unit, row) = said(ledger(tmp_path, *lower))
    assert first == [("市民政局", 4), ("市民政局", 6)]
    assert (unit in ("市民政局", "其他事项"), row) == (False, 8)


def test_records_above_the_first_heading_are_those_of_the_reporting_unit(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "台账.xlsx", 依申请公开=[["填报单位：市农业局"], HEADS, [1, *LATE], ["一、市民政局"], [1, *LATE]]
    )
    assert said(path) == [("市农业局", 3), ("市民政局", 5)]


def test_unit_that_is_written_or_given_comes_before_that_of_a_heading(tmp_path: Path) -> None:
    own = ledger(tmp_path, ["一、市民政局"], [1, *LATE, "市财政局"], heads=[*HEADS, "责任单位"])
    assert said(own) == [("市财政局", 3)]
    plain = ledger(tmp_path, ["一、办公室"], ["二、法规科"], [1, *LATE], ["三、市民政局"], [1, *LATE])
    assert said(plain, ledger_unit="市农业局") == [("市农业局", 4), ("市农业局", 6)]


def test_what_only_looks_like_a_heading_is_a_record(tmp_path: Path) -> None:
    """A unit in the column of units, an id that is no serial number, a title without an id in a table that has none."""
    units = workbook(tmp_path / "单位.xlsx", 责任单位=[["责任单位", "年度", "政务公开机构"], ["市民政局"], ["市财政局", 2018]])
    assert read(units).tables["unit"].count == 2
    ids = ledger(tmp_path, ["R-12"], ["1.2", *LATE])
    assert read(ids).tables["request"].count == 2
    titles = workbook(
        tmp_path / "标题.xlsx", 公文=[["文件标题", "成文日期", "公开日期"], ["（一）市民政局"], ["通知", "2018-09-03"]]
    )
    assert read(titles).tables["document"].count == 2


def test_same_number_twice_below_one_heading_is_refused(tmp_path: Path) -> None:
    report = oc.check(ledger(tmp_path, ["一、市民政局"], [1, *LATE], [1, *LATE]), as_of="2018-12-31", rules=RULE)
    assert [r.problems[0].code for r in report.rejected] == ["duplicate_id"]
