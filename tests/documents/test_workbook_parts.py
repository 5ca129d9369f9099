"""What the XML of a workbook says beside its values, however it is written."""

from __future__ import annotations

import tracemalloc
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

import opencheck as oc
from opencheck.core.outcomes import Outcome
from opencheck.documents.workbooks import _MANY_EMPTY_ROWS
from opencheck.readers import read, read_as
from opencheck.records.dataset import ALL_CELLS, ROW
from raw_workbooks import request_row, text_cell, write_xlsx

NEVER_COMPUTED = ('<c r="D2"><f>C2+15</f></c>', '<c r="D2"><f>C2+15</f><v/></c>', "<c r='D2' s='0'><f>C2+15</f><v></v></c>")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet{}.xml", "xl/worksheets/Worksheet_{}.xml", "xl/data/{}.xml"])
@pytest.mark.parametrize("prefix", ["", "x"])
@pytest.mark.parametrize(
    ("cell", "codes"), [*((c, ["formula"]) for c in NEVER_COMPUTED), ("<c r='D2' t='e'><v>#N/A</v></c>", ["date"])]
)
def test_formula_without_value_is_refused_however_the_parts_are_written(
    tmp_path: Path, part: str, prefix: str, cell: str, codes: list[str]
) -> None:
    file = write_xlsx(tmp_path / "x.xlsx", {"依申请公开": request_row(2, cell)}, part=part, prefix=prefix)
    report = oc.check(file, as_of="2018-12-31", rules="PD-15.3")
    assert [(p.header, p.code) for r in report.rejected for p in r.problems] == [("答复日期", c) for c in codes]
    assert not report.violations, "a reply that nobody computed is no reply that is missing"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ('<c r="D2"><f>C2+15</f><v>43424</v></c>', date(2018, 11, 20)),
        ('<c r="D2" t="str"><f>IF(Z2="","",Z2)</f><v></v></c>', None),
        ('<c r="D2" t="str"><f>"2018-11-20"</f><v>2018-11-20</v></c>', date(2018, 11, 20)),
        ('<c r="D2"/>', None),
    ],
)
def test_formula_with_a_value_is_that_value_and_an_empty_text_is_blank(tmp_path: Path, cell: str, day: date | None) -> None:
    data = read(write_xlsx(tmp_path / "x.xlsx", {"依申请公开": request_row(2, cell)}))
    assert not data.rejected
    assert data.tables["request"].records()["replied_on"].to_list() == [day]


@pytest.mark.parametrize(("value", "codes"), [("0", ["formula"]), ("43424", [])], ids=["as-xlsxwriter-writes-it", "computed"])
def test_zero_of_a_formula_in_a_file_to_be_computed_on_opening_is_no_value(
    tmp_path: Path, value: str, codes: list[str]
) -> None:
    file = write_xlsx(tmp_path / "x.xlsx", {"依申请公开": request_row(2, f'<c r="D2"><f>C2+15</f><v>{value}</v></c>')})
    changed = tmp_path / "y.xlsx"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, text.replace("</workbook>", '<calcPr fullCalcOnLoad="1"/></workbook>'))
    assert [p.code for r in read(changed).rejected for p in r.problems] == codes


def reasons(tmp_path: Path, cell: str) -> oc.Report:
    """A reply to a proposal that is not disclosed, with its reason in a cell."""
    heads = ("编号", "affects_public_interest", "replied_on", "disclosed", "理由说明")
    head = "".join(text_cell(f"{c}2", t) for c, t in zip("ABCDE", heads, strict=True))
    row = "".join(text_cell(f"{c}3", t) for c, t in zip("ABCD", ("1", "是", "2018-09-03", "未公开"), strict=True))
    rows = f'<row r="2">{head}</row><row r="3">{row}{cell}</row>'
    return oc.check(
        write_xlsx(tmp_path / "x.xlsx", {"建议提案复文": rows}), as_of="2018-12-31", rules="PD-6.1", include_all=True
    )


@pytest.mark.parametrize(
    "cell", ['<c r="E3" t="e"><f>A9</f><v>#N/A</v></c>', '<c r="E3" t="str"><f>A9</f><v></v></c>', '<c r="E3"><f>A9</f></c>']
)
def test_formula_is_no_written_reason(tmp_path: Path, cell: str) -> None:
    written = reasons(tmp_path, '<c r="E3" t="str"><f>A9</f><v>涉及国家秘密，依据《政府信息公开条例》第十四条</v></c>')
    assert [f.outcome for f in written.findings()] == [Outcome.PASS]
    assert Outcome.PASS not in {f.outcome for f in reasons(tmp_path, cell).findings()}


@pytest.mark.parametrize("name", ["A1048576", "XFD3000", "XFD1048576", "B1000000"])
def test_stray_far_cell_costs_neither_memory_nor_the_process(tmp_path: Path, name: str) -> None:
    number = name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    rows = request_row(2, '<c r="D2"><v>43454</v></c>') + f'<row r="{number}">{text_cell(name, "x")}</row>'
    file = write_xlsx(tmp_path / "x.xlsx", {"依申请公开": rows})
    tracemalloc.start()
    data = read(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000
    assert data.rows["checked"] == 1 + (name == "A1048576"), "what stands in the column of ids is a record"
    assert [r.place.row for r in data.rejected] == ([] if name == "A1048576" else [int(number)]), "the stray cell is told"
    assert data.tables["request"].records()["replied_on"].to_list()[0] == date(2018, 12, 20)


@pytest.mark.parametrize("empty", [_MANY_EMPTY_ROWS - 1, _MANY_EMPTY_ROWS, _MANY_EMPTY_ROWS + 1, 4 * _MANY_EMPTY_ROWS])
def test_rows_before_and_after_many_empty_ones_are_read(tmp_path: Path, empty: int) -> None:
    filled = [2, 3, 4 + empty, 5 + empty, 6 + 2 * empty, 1_048_576]
    rows = "".join(request_row(number, f'<c r="D{number}"><v>{43400 + at}</v></c>') for at, number in enumerate(filled))
    data = read(write_xlsx(tmp_path / "x.xlsx", {"依申请公开": rows}))
    request = data.tables["request"].records()
    assert request[ROW].to_list() == filled
    first = date(2018, 10, 27)
    assert request["replied_on"].to_list() == [first + timedelta(days=at) for at in range(len(filled))]


@pytest.mark.parametrize("order", [[3, 2, 1_048_576], [2, 300_000, 3, 1_048_576], [1_048_576, 2, 3], [2, 2, 1_048_576]])
def test_sheet_with_a_far_cell_whose_rows_are_out_of_order_is_refused(tmp_path: Path, order: list[int]) -> None:
    """openpyxl gives no row that stands after a later one: what is there would be missing without a word."""
    rows = "".join(request_row(number, f'<c r="D{number}"><v>43454</v></c>') for number in order)
    with pytest.raises(oc.InputError, match="行没有按行号排列") as found:
        read(write_xlsx(tmp_path / "x.xlsx", {"依申请公开": rows}))
    assert found.value.code == "not_a_workbook"


def test_strewn_cells_are_refused(tmp_path: Path) -> None:
    from openpyxl.utils import get_column_letter

    rows = "".join(f'<row r="{i}">{text_cell(f"{get_column_letter(i)}{i}", "x")}</row>' for i in range(2, 6000))
    with pytest.raises(oc.InputError, match="strewn") as found:
        read(write_xlsx(tmp_path / "x.xlsx", {"依申请公开": rows}))
    assert (found.value.code, found.value.sheet) == ("strewn_cells", "依申请公开")


def test_far_columns_keep_the_places_of_fields_merges_and_percents(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "责任单位"
    for column, head in {1: "编号", 3: "责任单位", 5: "年度", 9000: "考核分值占比"}.items():
        sheet.cell(1, column, head)
    for row in (2, 900):
        sheet.cell(row, 1, str(row))
        sheet.cell(row, 5, 2018)
        sheet.cell(row, 9000, 0.04).number_format = "0.0%"
    sheet["C2"] = "市财政局"
    sheet.merge_cells("C2:C900")
    book.save(tmp_path / "x.xlsx")
    data = read(tmp_path / "x.xlsx")
    found = data.tables["unit"].records()
    assert found.select("id", "unit", "appraisal_weight").rows() == [("2", "市财政局", 4.0), ("900", "市财政局", 4.0)]
    assert data.positions[0, "unit"] == {"id": 0, "unit": 2, "year": 4, "appraisal_weight": 8999}


def test_days_counted_from_1904(tmp_path: Path) -> None:
    """Plain numbers, numbers as texts and cells with a format of days; other numbers stay."""
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.title = "依申请公开"
    sheet.append(["编号", "收到日期", "登记日期", "登记时间", "答复日期", "不计工作日"])
    sheet.append(["41947", 41947, "41948", None, datetime(2018, 11, 20), 12])
    sheet.append(["2", 41947, None, 41948, datetime(2018, 11, 20), 12])
    book.save(tmp_path / "x.xlsx")
    row = read(tmp_path / "x.xlsx").tables["request"].records()
    assert row.select("id", "received_on", "registered_on", "replied_on", "excluded_days").rows() == [
        ("41947", date(2018, 11, 5), date(2018, 11, 6), date(2018, 11, 20), 12),
        ("2", date(2018, 11, 5), date(2018, 11, 6), date(2018, 11, 20), 12),
    ]


@pytest.mark.parametrize("properties", ["", 'date1904="0"', 'date1904="false"'])
def test_days_counted_from_1900_unless_it_is_said_otherwise(tmp_path: Path, properties: str) -> None:
    file = write_xlsx(tmp_path / "x.xlsx", {"依申请公开": request_row(2, "")}, properties=properties)
    assert read(file).tables["request"].records()["received_on"].to_list() == [date(2018, 11, 5)]


def test_hidden_rows_and_sheets_are_judged_and_told(tmp_path: Path) -> None:
    late = '<c r="D{}"><v>43454</v></c>'
    rows = request_row(2, late.format(2)) + request_row(3, late.format(3), hidden=True) + '<row r="4" hidden="1"/>'
    file = write_xlsx(
        tmp_path / "x.xlsx",
        {
            "依申请公开": rows,
            "依申请公开 旧": request_row(2, late.format(2)),
            "依申请公开 更旧": request_row(2, late.format(2)),
        },
        states={"依申请公开 旧": "hidden", "依申请公开 更旧": "veryHidden"},
    )
    report = oc.check(file, as_of="2018-12-31", rules="PD-15.3")
    assert len(report.violations) == 4
    told = [facts for name, facts in report.notes if name in ("note.hidden_rows", "note.hidden_sheet")]
    assert told == [
        {"file": "x.xlsx", "sheet": "依申请公开", "count": 1, "rows": ["3"]},
        {"file": "x.xlsx", "sheet": "依申请公开 旧", "count": 1},
        {"file": "x.xlsx", "sheet": "依申请公开 更旧", "count": 1},
    ]
    assert "是隐藏的" in str(report.to_dict()["notes"])


def test_formula_in_an_unknown_column_stands_for_nothing(tmp_path: Path) -> None:
    """In a table to be published every cell is checked, so its row is rejected; elsewhere the column is of no use anyhow."""
    rows = request_row(2, '<c r="D2"><f>1+1</f></c>') + request_row(3, '<c r="D3"><f>1+1</f><v>2</v></c>')
    file = write_xlsx(tmp_path / "名单.xlsx", {"名单": rows})
    listing = read_as(file, "listing", {"topic": "其他"})
    assert [(r.place.row, p.header, p.code) for r in listing.rejected for p in r.problems] == [(2, "答复日期", "formula")]
    cells = read_as(file, "interpretation", {}).tables["interpretation"]
    assert cells.count == 2
    assert [("答复日期" in text) for batch in cells.batches([ALL_CELLS]) for text in batch[ALL_CELLS]] == [False, True]
