"""Workbooks as offices make them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import opencheck as oc
from only import only
from opencheck.readers import read

AS_OF = "2018-12-31"


def ugly() -> tuple[openpyxl.Workbook, int]:
    """A sheet as offices make them: 200 records, and everything that goes wrong."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "2018年信息公开台账（汇总）"
    sheet["A1"] = "平度市政府信息公开台账"
    sheet.merge_cells("A1:H1")
    sheet["A2"] = "填报单位：市政府办公室        单位：条"
    sheet.merge_cells("A2:H2")
    heads = ["序号", "信息名称", "公开 日期", "主题", "单位名称", "公开层级", "点击量", "公示结束日期"]
    for column, head in enumerate(heads, 1):
        sheet.cell(4, column, head)
        sheet.cell(5, column, "（必填）" if column == 1 else None)
    for column in range(2, 9):
        sheet.merge_cells(start_row=4, end_row=5, start_column=column, end_column=column)
    forms = [
        "2018-08-24",
        "2018/8/24",
        "2018.8.24",
        "20180824",
        20180824,
        "2018年8月24日",
        "二〇一八年八月二十四日",
        43336,
        datetime(2018, 8, 24),
        "２０１８－０８－２４",
    ]
    row = 6
    for number in range(200):
        row += 1
        if number in (50, 120):
            row += 1  # a blank line
        if number in (80, 160):
            for column, head in enumerate(heads, 1):
                sheet.cell(row, column, head)
            row += 1
        sheet.cell(row, 1, str(number + 1) if number % 3 else number + 1)
        sheet.cell(row, 2, f"第{number + 1}条\n信息")
        sheet.cell(row, 3, forms[number % len(forms)])
        sheet.cell(row, 4, "其他")
        sheet.cell(row, 5, "市财政局" if number % 10 == 0 else None)
        sheet.cell(row, 6, "县")
        sheet.cell(row, 7, f"{number}次")
        if number == 20:
            sheet.cell(row, 1, 5)  # a duplicate id
        if number == 21:
            sheet.cell(row, 1).value = None  # a blank id
        if number == 22:
            sheet.cell(row, 3, "2018-02-30")
        if number == 23:
            sheet.cell(row, 3, "去年秋天")
        if number == 24:
            sheet.cell(row, 3, "=C7+1")  # never computed
        if number == 25:
            sheet.cell(row, 6, "省部级")
        if number == 28:
            sheet.cell(row, 3, "#N/A").data_type = "e"
        if number == 26:
            sheet.cell(row, 3, "=cmd|' /C calc'!A0")
    sheet.merge_cells(start_row=60, end_row=62, start_column=5, end_column=5)
    sheet.cell(60, 5).value = "市民政局"
    sheet.cell(row + 1, 1, "合计")
    sheet.cell(row + 1, 7, "=SUM(G7:G206)")
    sheet.cell(row + 2, 1, "注：本表由各单位按月填报。")
    sheet.merge_cells(start_row=row + 2, end_row=row + 2, start_column=1, end_column=8)
    sheet.cell(row + 4, 1, "填表人：张某")
    sheet.cell(row + 4, 5, "审核人：李某")
    book.create_sheet("Sheet2")
    other = book.create_sheet("食堂菜谱")
    other.append(["周一", "馒头"])
    return book, 200


def test_excel_ugly_workbook_accounts_for_every_row(tmp_path: Path) -> None:
    book, records = ugly()
    file = tmp_path / "丑.xlsx"
    book.save(file)
    report = oc.check(file, as_of=AS_OF)
    assert report.rows == {"read": records, "checked": records - 7, "rejected": 7}
    codes = {(r.values.get("id"), p.field): p.code for r in report.rejected for p in r.problems}
    assert codes == {
        ("5", "id"): "duplicate_id", (None, "id"): "blank_id", ("23", "published_on"): "impossible_date", ("24", "published_on"): "date",
        ("25", "published_on"): "formula", ("27", "published_on"): "formula", ("29", "published_on"): "date",
    }  # fmt: skip
    for rejected in report.rejected:
        assert rejected.place.file == "丑.xlsx"
        assert rejected.place.sheet == "2018年信息公开台账（汇总）"
        value = book.worksheets[0].cell(rejected.place.row, 2).value
        assert value, "the row named is the row in the sheet"
    frame = report.data.tables["disclosure"].records()
    assert set(frame["published_on"].drop_nulls()) == {date(2018, 8, 24)}
    assert frame["unit"].to_list().count("市民政局") == 3, "a merged cell's value is every row's"
    assert frame["title"][0] == "第1条 信息"
    ignored = [i.code for i in report.data.ignored]
    assert sorted(ignored) == sorted(
        ["title", "title", "header_again", "header_again", "header_again", "total", "note", "note", "unknown_column", "sheet"]
    )
    named = {r.place.row for r in report.rejected} | {i.place.row for i in report.data.ignored} | set(frame["_row"])
    blank = {n for n, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1) if not any(cells)}
    assert named | blank >= set(range(1, book.worksheets[0].max_row + 1)), "no line is passed over in silence"


def test_excel_workbook_without_table_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["周一", "馒头"])
    book.save(tmp_path / "菜谱.xlsx")
    with pytest.raises(oc.InputError, match="opencheck template"):
        read(tmp_path / "菜谱.xlsx")


def test_excel_named_sheet_without_header_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "公文"
    book.worksheets[0].append([1, "通知", "2018-01-02"])
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(oc.InputError, match="公文"):
        read(tmp_path / "x.xlsx")


def test_excel_sheets_each_numbered_from_1_are_checked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for month in ("1月", "2月"):
        sheet = book.create_sheet(month)
        sheet.append(["序号", "主题", "公开层级", "公示开始日期", "公示截止日期"])
        sheet.append([1, "扶贫项目", "村级", "2018-09-01", "2018-09-09"])
        sheet.append([1, "扶贫项目", "村级", "2018-09-01", "2018-09-09"])
    book.save(tmp_path / "x.xlsx")
    report = oc.check(tmp_path / "x.xlsx", as_of=AS_OF, rules=["PD-8-4.4"])
    assert report.rows == {"read": 4, "checked": 2, "rejected": 2}
    assert [(f.source.sheet, f.source.row) for f in report.violations] == [("1月", 2), ("2月", 2)]


def test_excel_formulas_beside_an_empty_chart_sheet_are_examined(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "公文"
    book.worksheets[0].append(["编号", "成文日期"])
    book.worksheets[0].append(["1", "=TODAY()"])
    book.create_chartsheet("图")  # openpyxl cannot load the empty chart sheet that it writes
    book.save(tmp_path / "x.xlsx")
    assert [p.code for r in read(tmp_path / "x.xlsx").rejected for p in r.problems] == ["formula"]


def test_excel_percent_cells_are_percent(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "责任单位"
    sheet.append(["编号", "责任单位", "年度", "考核分值占比"])
    sheet.append(["1", "市财政局", 2018, 0.04])
    sheet.append(["2", "市民政局", 2018, 0.04])
    sheet["D2"].number_format = "0.0%"
    book.save(tmp_path / "x.xlsx")
    data = read(tmp_path / "x.xlsx")
    assert data.tables["unit"].records()["appraisal_weight"].to_list() == [4.0]
    assert [p.code for r in data.rejected for p in r.problems] == ["percent"], "0.04 in a plain cell can be read two ways"


def test_excel_old_binary_files_are_read(tmp_path: Path) -> None:
    xlwt = pytest.importorskip("xlwt", reason="xlwt writes the .xls that this test reads; it is in the dev extra")
    book = xlwt.Workbook()
    sheet = book.add_sheet("会议")
    for column, (head, value) in enumerate({"编号": "1", "会议类型": "常务会议", "召开日期": "2018-01-02"}.items()):
        sheet.write(0, column, head)
        sheet.write(1, column, value)
    for name in ("old.xls", "wps.et"):  # WPS writes .et in the same binary format
        book.save(str(tmp_path / name))
        assert read(tmp_path / name).rows["checked"] == 1


@pytest.mark.parametrize(("columns", "rejected", "ignored"), [(2, 1, 0), (3, 0, 1), (4, 0, 1)])
def test_excel_text_merged_across_three_columns_is_a_note(tmp_path: Path, columns: int, rejected: int, ignored: int) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["公开日期", "信息名称", "主题", "责任单位"],
        ["2018-08-24", "通知", "其他", "市财政局"],
        ["以上由市财政局填报"],
    ):
        sheet.append(row)
    sheet.merge_cells(start_row=3, end_row=3, start_column=1, end_column=columns)
    book.save(tmp_path / "公开信息.xlsx")
    data = read(tmp_path / "公开信息.xlsx")
    assert data.rows == {"read": 1 + rejected, "checked": 1, "rejected": rejected}
    assert len([line for line in data.ignored if line.place.row == 3]) == ignored


@pytest.mark.parametrize("style", ['yyyy"年"m"月"', "yyyy-mm", "mmm-yy", "yyyy/m;@", '[$-804]yyyy"年"m"月"'])
def test_month_that_was_typed_is_no_day(tmp_path: Path, style: str) -> None:
    """Excel holds 2018年9月 as 2018-09-01: in a column of days the row is refused as its text is, in one of periods it is that month."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "公开信息"
    sheet.append(["编号", "信息主题", "所属期", "公开日期"])
    for number, (period, day) in enumerate(
        [("2018-09-01", "2018-10-08"), ("2018-09-01", "2018-10-01"), ("2018-09-01", "2018-10-12")], 1
    ):
        sheet.append([number, "环境空气质量", datetime.fromisoformat(period), datetime.fromisoformat(day)])
        sheet.cell(number + 1, 3).number_format = style
        if number > 1:
            sheet.cell(number + 1, 4).number_format = style
    book.save(tmp_path / "月.xlsx")
    data = read(tmp_path / "月.xlsx")
    refused = only(row for table in data.tables.values() for row in table.sources[0].account()[1])
    assert [(p.field, p.found, p.code) for p in refused.problems] == [("published_on", "2018年10月", "date")]
    # The 12th was typed in full, whatever the cell shows of it.
    kept = data.tables["disclosure"].records(["period", "published_on"]).filter(pl.col("published_on").is_not_null())
    assert kept["period"].to_list() == ["2018-09", "2018-09"]
    assert kept["published_on"].to_list() == [date(2018, 10, 8), date(2018, 10, 12)]


def test_day_in_a_format_with_its_day_is_a_day(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "公开信息"
    sheet.append(["编号", "信息主题", "公开日期"])
    for number, style in enumerate(['yyyy"年"m"月"d"日"', 'm"月"d"日"', "yyyy-mm-dd", "dd-mmm-yy", 'yyyy"年"m"月" dd'], 1):
        sheet.append([number, "环境空气质量", datetime(2018, 9, 1)])
        sheet.cell(number + 1, 3).number_format = style
    book.save(tmp_path / "日.xlsx")
    assert (
        read(tmp_path / "日.xlsx").tables["disclosure"].records(["published_on"])["published_on"].to_list()
        == [date(2018, 9, 1)] * 5
    )
