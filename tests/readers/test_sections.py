"""Lines that head groups of records: whose records stand below them, and where serial numbers begin anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import opencheck as oc
from office_ledgers import workbook
from only import only
from opencheck.readers import read
from opencheck.readers.raw_tables import MergedCell, RawTable
from opencheck.readers.sections import Section, SectionsBelow, section_of, split_at_sections
from opencheck.records.dataset import Dataset, RowError
from opencheck.records.tables import TABLES

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
    [
        ["一、{}"],
        ["一", "{}"],
        ["（一）", "{}"],
        ["{}"],
        ["（一）{}："],
        ["1.{}"],
        [None, "（一）{}"],
        [None, "2、{}"],
        ["第一部分 {}"],
        ["①{}"],
    ],
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
    """A unit in the column of units, an id that is no serial number, a title that only is a unit's name, one that is numbered by a digit."""
    units = workbook(tmp_path / "单位.xlsx", 责任单位=[["责任单位", "年度", "政务公开机构"], ["市民政局"], ["市财政局", 2018]])
    assert read(units).tables["unit"].count == 2
    ids = ledger(tmp_path, ["R-12"], ["1.2", *LATE])
    assert read(ids).tables["request"].count == 2
    titles = workbook(
        tmp_path / "标题.xlsx",
        公文=[["文件标题", "成文日期", "公开日期"], ["市民政局"], ["1.市民政局"], ["通知", "2018-09-03"]],
    )
    assert read(titles).tables["document"].count == 3


def test_unit_line_between_records_heads_those_below_it_where_one_stands_above_them_all(tmp_path: Path) -> None:
    above, below = [["填报单位（盖章）：市民政局"], ["填报单位：市财政局（公章）", None, "填报人：张某"]]
    lines = [HEADS, [1, *LATE], below, [1, *LATE]]
    assert said(workbook(tmp_path / "上方.xlsx", 依申请公开=[above, *lines])) == [("市民政局", 3), ("市财政局", 5)]
    again = [above, *lines[:3], HEADS, lines[3]]
    assert said(workbook(tmp_path / "再列.xlsx", 依申请公开=again)) == [("市民政局", 3), ("市财政局", 6)]
    signed = workbook(tmp_path / "落款.xlsx", 依申请公开=[HEADS, [1, *LATE], below, [2, *LATE]])
    assert not {unit for unit, _ in said(signed)} & {"市财政局", "市民政局"}, "it may sign those above it"


def test_each_of_two_tables_has_the_unit_of_the_line_above_it(tmp_path: Path) -> None:
    documents = [
        ["编号", "文件标题", "是否政策性文件", "公开属性", "成文日期", "公开日期"],
        ["a", "通知", "是", "主动公开", "2018-09-03", None],
    ]
    stacked = [["填报单位：市民政局"], HEADS, [1, *LATE], ["填报单位：市财政局"], *documents]
    report = oc.check(workbook(tmp_path / "上下.xlsx", 台账=stacked), as_of="2018-12-31", include_all=True)
    units = {f.table: f.unit for f in report.findings() if f.record_id is not None}
    assert (units["request"], units["document"]) == ("市民政局", "市财政局")
    beside = [
        ["填报单位：市民政局", None, None, None, None, "填报单位：市财政局"],
        [*HEADS, None, *HEADS], [1, *LATE, None, 2, *LATE],
    ]  # fmt: skip
    assert sorted(said(workbook(tmp_path / "左右.xlsx", 依申请公开=beside))) == [("市民政局", 3), ("市财政局", 3)]


@pytest.mark.parametrize(
    "line",
    ["填报单位：（盖章）", "填报单位：（盖章）  负责人：张某", "制表单位：市政府办公室", "填报单位：    填报人：张某"],
)
def test_line_that_names_no_unit_gives_none(line: str, tmp_path: Path) -> None:
    ((unit, _),) = said(workbook(tmp_path / "台账.xlsx", 依申请公开=[[line], HEADS, [1, *LATE]]))
    assert unit == "市政府各部门、各镇街"


def test_units_that_each_number_their_own_records_from_1(tmp_path: Path) -> None:
    heads = [*HEADS, "责任单位"]
    path = ledger(tmp_path, [1, *LATE, "市民政局"], [2, *LATE, "市民政局"], [1, *LATE, "市财政局"], heads=heads)
    assert said(path) == [("市民政局", 2), ("市民政局", 3), ("市财政局", 4)]
    pasted = ledger(tmp_path, [1, *LATE, "市民政局"], [2, *LATE, "市财政局"], [1, *LATE, "市民政局"], heads=heads)
    refused = oc.check(pasted, as_of="2018-12-31", rules=RULE).rejected
    assert [(r.place.row, r.problems[0].code) for r in refused] == [(4, "duplicate_id")]
    number = ["编号", *heads[1:]]
    documents = workbook(
        tmp_path / "编号.xlsx",
        公文=[
            ["编号", "文件标题", "成文日期", "责任单位"],
            [1, "甲", "2018-09-03", "市民政局"],
            [1, "乙", "2018-09-03", "市财政局"],
        ],
    )
    assert len(read(documents).rejected) == 1, f"others refer to documents by {number[0]}"


@pytest.mark.parametrize(
    ("lines", "records"),
    [
        ([["单位负责人（签字）：", None, "填表人：", "张三", "填表日期：", "2018年12月31日"]], 1),
        ([["填表人：张三", None, "审核人：李四", None, "2018-12-31"]], 1),
        ([["制表：张三", None, "审核：李四", None, "日期：2018-12-31"]], 1),
        ([["填表人：张三", "   年  月  日"]], 1),
        ([["红色为未公开"]], 1),
        ([["2.空白表示未公开"]], 1),
        ([["依申请公开台账"], ["序号", "申请内容", "收到日期", "答复日期", "备注"], ["R-2", *LATE, None]], 2),
        ([["R-2", "负责人变更", "2018-09-03", "2018-12-31", None]], 2),
        ([["R-2", None, "2018-09-03", "2018-12-31", None]], 2),
    ],
)
def test_signatures_legends_and_titles_below_records_are_none(lines: list[list[Any]], records: int, tmp_path: Path) -> None:
    path = ledger(tmp_path, ["R-1", *LATE, None], *lines, heads=[*HEADS, "备注"])
    data = read(path)
    assert (data.tables["request"].count, len(data.rejected)) == (records, 0)


def test_heading_in_a_table_without_ids_is_no_record(tmp_path: Path) -> None:
    heads = ["公开主体", "公开事项", "公开内容", "公开时限", "公开方式"]
    entry = ["市民政局", "低保审批", "低保对象名单", "20个工作日", "网站"]
    path = workbook(tmp_path / "台账.xlsx", 主动公开目录=[heads, ["一、市民政局"], entry, [None, "（二）行政许可"], entry])
    assert read(path).tables["catalog_entry"].count == 2


def test_same_number_twice_below_one_heading_is_refused(tmp_path: Path) -> None:
    report = oc.check(ledger(tmp_path, ["一、市民政局"], [1, *LATE], [1, *LATE]), as_of="2018-12-31", rules=RULE)
    assert [r.problems[0].code for r in report.rejected] == ["duplicate_id"]


def test_longer_line_is_a_sentence_and_no_heading() -> None:
    assert section_of("一、" + "某" * 28) == Section(0, None)
    assert section_of("一、" + "某" * 29) is None
    assert section_of("一、") is None, "a number alone heads nothing"


WORDS = Section(0, "市民政局")
PLAIN = Section(None, "市财政局")
OTHER = Section(0, None)


@pytest.mark.parametrize(
    ("found", "units"),
    [
        ([], [(0, 4, None)]),
        ([(1, WORDS)], [(0, 1, None), (1, 4, "市民政局")]),
        ([(0, WORDS), (0, PLAIN), (4, WORDS)], [(0, 4, "市财政局")]),  # one without records, and one that signs the ledger
        ([(0, WORDS), (1, Section(1, None)), (3, OTHER)], [(0, 1, "市民政局"), (1, 3, "市民政局"), (3, 4, None)]),
        ([(0, PLAIN), (2, OTHER)], [(0, 2, "市财政局"), (2, 4, None)]),
        ([(0, OTHER), (2, Section(1, "市民政局")), (3, OTHER)], [(0, 2, None), (2, 3, "市民政局"), (3, 4, None)]),
    ],
)
def test_whose_the_records_below_each_heading_are(
    found: list[tuple[int, Section]], units: list[tuple[int, int, str | None]]
) -> None:
    assert [(part.start, part.stop, unit) for part, unit in SectionsBelow(None, found).parts(4)] == units


def raw(ids: list[Any], units: list[str] | None = None, **more: Any) -> RawTable:
    columns: dict[str, tuple[str, list[Any]]] = {"id": ("序号", ids)}
    if units is not None:
        columns["unit"] = ("责任单位", units)
    return RawTable(TABLES["request"], [i + 2 for i in range(len(ids))], columns, **more)


def split(table: RawTable, above: str | None = None, *found: tuple[int, Section]) -> list[RawTable]:
    sections = SectionsBelow(None if above is None else ("填报单位", above), list(found))
    return split_at_sections(Dataset(), table, sections, "依申请公开")


@pytest.mark.parametrize(
    ("ids", "units", "groups"),
    [
        (["1", "2", "1"], ["甲", "甲", "乙"], [[2, 3], [4]]),
        ([1.0, "01", "001.0"], ["甲", "乙", "丙"], [[2], [3], [4]]),
        (["2", "3", "1", "2"], ["甲", "甲", "乙", "乙"], [[2, 3], [4, 5]]),
        (["R-1", "①", "1"], ["甲", "甲", "乙"], [[2, 3], [4]]),
        (["1", "10", "11"], ["甲", "乙", "丙"], [[2, 3, 4]]),
        (["1", "2", "1", "2"], ["甲", "乙", "乙", "丙"], [[2, 3, 4, 5]]),
        ([None, None], ["甲", "乙"], [[2, 3]]),
    ],
)
def test_groups_of_other_units_that_are_numbered_anew(ids: list[Any], units: list[str], groups: list[list[int]]) -> None:
    assert [part.rows for part in split(raw(ids, units))] == groups


def test_all_of_a_record_stays_with_it_where_a_table_is_split() -> None:
    wrong, merged = RowError("", "", "", "blank_id"), MergedCell("replied_on", "答复日期", "x")
    table = raw(["1", "2", "3"], extra={"科室": ["a", "b", "c"]}, problems={2: [wrong]}, merged={0: [merged], 1: [merged]})
    table.second = [("replied_on", ("办结日期", ["x", "y", "z"]))]
    first, last = split(table, None, (0, WORDS), (1, PLAIN))
    assert (first.rows, last.rows) == ([2], [3, 4])
    assert (first.extra, last.extra) == ({"科室": ["a"]}, {"科室": ["b", "c"]})
    assert (first.problems, last.problems) == ({}, {1: [wrong]})
    assert (first.merged, last.merged) == ({0: [merged]}, {0: [merged]})
    assert last.second == [("replied_on", ("办结日期", ["y", "z"]))]
    assert (first.columns["unit"], last.columns["unit"]) == (
        ("分组标题", ["市民政局"]),
        ("分组标题", ["市财政局", "市财政局"]),
    )


def test_reporting_unit_is_that_of_records_without_a_column_of_units_alone() -> None:
    whole = only(split(raw(["1", "2"]), "市农业局"))
    assert whole.columns["unit"] == ("填报单位", ["市农业局", "市农业局"])
    own = only(split(raw(["1", "2"], ["市民政局", "市财政局"]), "市农业局"))
    assert own.columns["unit"] == ("责任单位", ["市民政局", "市财政局"])
    without = only(split(raw(["1", "2"])))
    assert "unit" not in without.columns
    empty = raw([])
    assert split(empty) == [empty]


def test_table_without_ids_is_not_split_at_its_units() -> None:
    table = RawTable(TABLES["request"], [2, 3], {"unit": ("责任单位", ["甲", "乙"])})
    assert [part.rows for part in split(table)] == [[2, 3]]
