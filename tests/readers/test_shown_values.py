"""What a cell shows decides, in whatever form the ledger is saved: a month is no day, 4% is 4 and not 0.04, and what is struck out is no fact."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from openpyxl.styles import Font

import opencheck as oc
from binary_workbooks import BinarySheet, binary_workbook
from opencheck.readers import read
from opencheck.readers.spreadsheet_xml import read_spreadsheet_xml
from opencheck.records.tables import TABLES

HEADS = ("编号", "责任单位", "收到日期", "答复日期")
DAY, MONTH, PERCENT = "yyyy-mm-dd", 'yyyy"年"m"月"', "0.00%"
Cell = tuple[Any, str, bool]
"""A value, its number format, and whether it is struck out."""
Rows = list[list[Cell]]


def plain(*values: Any) -> list[Cell]:
    return [(value, DAY if isinstance(value, date) else "General", False) for value in values]


def xlsx(path: Path, title: str, rows: Rows) -> Path:
    book = openpyxl.Workbook()
    book.active.title = title
    for number, row in enumerate(rows, 1):
        for column, (value, shown, is_struck) in enumerate(row, 1):
            cell = book.active.cell(number, column, value)
            cell.number_format, cell.font = shown, Font(strike=is_struck)
    book.save(path / "台账.xlsx")
    return path / "台账.xlsx"


def xls(path: Path, title: str, rows: Rows, name: str = "台账.xls") -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(title)
    for number, row in enumerate(rows):
        for column, (value, shown, is_struck) in enumerate(row):
            style = xlwt.easyxf(f"font: struck_out {'on' if is_struck else 'off'}", num_format_str=shown)
            sheet.write(number, column, value, style)
    book.save(str(path / name))
    return path / name


def et(path: Path, title: str, rows: Rows) -> Path:
    """As WPS names its own workbooks."""
    return xls(path, title, rows, "台账.et")


def xlsb(path: Path, title: str, rows: Rows) -> Path:
    (path / "台账.xlsb").write_bytes(binary_workbook({title: BinarySheet(rows)}))
    return path / "台账.xlsb"


ODS_STYLES = """<office:automatic-styles>
<number:date-style style:name="N1"><number:year/><number:text>年</number:text><number:month/><number:text>月</number:text></number:date-style>
<number:date-style style:name="N2"><number:year/><number:text>-</number:text><number:month/><number:text>-</number:text><number:day/></number:date-style>
<number:text-style style:name="N3"><number:text-content/><style:map style:condition="value()>0" style:apply-style-name="N1"/></number:text-style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="N2"><style:text-properties style:font-weight-asian="bold"/></style:style>
<style:style style:name="month" style:family="table-cell" style:data-style-name="{month}"/>
<style:style style:name="struck" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>
<style:style style:name="not struck" style:family="table-cell" style:parent-style-name="struck"><style:text-properties style:text-line-through-style="none"/></style:style>
</office:automatic-styles>"""


def ods(path: Path, title: str, rows: Rows, *, month: str = "N1", by_column: bool = False, by_row: bool = False) -> Path:
    """An open document; its styles stand in the part of the styles, or with ``by_column`` in that of the cells, whose columns name them."""

    def style(cell: Cell) -> str:
        return "struck" if cell[2] else {DAY: "day", MONTH: "month"}.get(cell[1], "not struck")

    def written(cell: Cell) -> str:
        value, own = cell[0], "" if by_column or by_row else f' table:style-name="{style(cell)}"'
        if isinstance(value, date):
            return f'<table:table-cell{own} office:value-type="date" office:date-value="{value}"><text:p>…</text:p></table:table-cell>'
        if isinstance(value, float):
            return f'<table:table-cell{own} office:value-type="percentage" office:value="{value}"/>'
        return f'<table:table-cell{own} office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    lines = "".join(
        f'<table:table-row table:default-cell-style-name="{style(row[-1]) if by_row else ""}">{"".join(map(written, row))}</table:table-row>'
        for row in rows
    )
    columns = "".join(f'<table:table-column table:default-cell-style-name="{style(cell)}"/>' for cell in rows[-1])
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{address}:1.0"'
        for name, address in {
            "office": "office",
            "table": "table",
            "text": "text",
            "style": "style",
            "number": "datastyle",
        }.items()
    )
    styles = ODS_STYLES.format(month=month)
    body = f'<office:body><office:spreadsheet><table:table table:name="{title}">{columns}{lines}</table:table></office:spreadsheet></office:body>'
    content = f"<office:document-content{names}>{styles if by_column else ''}{body}</office:document-content>"
    with zipfile.ZipFile(path / "台账.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
        archive.writestr("styles.xml", f"<office:document-styles{names}>{'' if by_column else styles}</office:document-styles>")
        archive.writestr("content.xml", content)
    return path / "台账.ods"


def ods_of_columns(path: Path, title: str, rows: Rows) -> Path:
    return ods(path, title, rows, by_column=True)


def ods_of_rows(path: Path, title: str, rows: Rows) -> Path:
    return ods(path, title, rows, by_row=True)


def ods_of_some_values(path: Path, title: str, rows: Rows) -> Path:
    """Excel's format 2018年9月;@ becomes one for numbers, and another for texts that refers to it."""
    return ods(path, title, rows, month="N3")


def spreadsheet_xml(path: Path, title: str, rows: Rows) -> Path:
    def written(cell: Cell) -> str:
        value, shown, is_struck = cell
        style = "struck" if is_struck else {MONTH: "month", PERCENT: "percent"}.get(shown, "plain")
        kind, text = (
            ("DateTime", f"{value}T00:00:00.000")
            if isinstance(value, date)
            else ("Number" if isinstance(value, float) else "String", value)
        )
        return f'<ss:Cell ss:StyleID="{style}"><ss:Data ss:Type="{kind}">{text}</ss:Data></ss:Cell>'

    lines = "".join(f"<ss:Row>{''.join(map(written, row))}</ss:Row>" for row in rows)
    styles = (
        '<ss:Style ss:ID="plain"/><ss:Style ss:ID="percent"><ss:NumberFormat ss:Format="Percent"/></ss:Style>'
        '<ss:Style ss:ID="base"><ss:NumberFormat ss:Format="yyyy&quot;年&quot;m&quot;月&quot;"/></ss:Style>'
        '<ss:Style ss:ID="month" ss:Parent="base"/><ss:Style ss:ID="struck"><ss:Font ss:StrikeThrough="1"/></ss:Style>'
    )
    (path / "台账.xls").write_text(
        f'<?xml version="1.0"?><ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><ss:Styles>{styles}</ss:Styles>'
        f'<ss:Worksheet ss:Name="{title}"><ss:Table>{lines}</ss:Table></ss:Worksheet></ss:Workbook>',
        encoding="utf-8",
    )
    return path / "台账.xls"


def html(path: Path, title: str, rows: Rows) -> Path:
    def text(cell: Cell) -> str:
        value, shown, _ = cell
        if shown == MONTH and isinstance(value, date):
            return f"{value.year}年{value.month}月"
        return f"{value:.2%}" if isinstance(value, float) else str(value)

    def written(cell: Cell) -> str:
        return f"<td><s><font>{text(cell)}</font></s></td>" if cell[2] else f"<td>{text(cell)}</td>"

    lines = "".join(f"<tr>{''.join(map(written, row))}</tr>" for row in rows)
    (path / "台账.html").write_text(f"<h1>{title}</h1><table>{lines}</table>", encoding="utf-8")
    return path / "台账.html"


Make = Callable[[Path, str, Rows], Path]
FORMS: list[Make] = [xlsx, xls, et, xlsb, ods, ods_of_columns, ods_of_rows, ods_of_some_values, spreadsheet_xml, html]
RECEIVED, REPLIED = date(2018, 9, 3), date(2018, 9, 1)


def replied(cell: Cell) -> Rows:
    return [plain(*HEADS), [*plain("1", "市财政局", date(2018, 8, 20)), cell]]


def outcomes(path: Path) -> tuple[int, list[str]]:
    report = oc.check(path, as_of="2018-12-31", rules=["PD-15.3"], include_all=True)
    return report.rows["rejected"], [str(f.outcome) for f in report.findings()]


@pytest.mark.parametrize("make", FORMS)
def test_day_is_read_as_the_day_that_is_shown(make: Make, tmp_path: Path) -> None:
    file = make(tmp_path, "依申请公开", replied((REPLIED, DAY, False)))
    assert outcomes(file) == (0, ["pass"])
    assert read(file).tables["request"].records()["replied_on"].to_list() == [REPLIED]


@pytest.mark.parametrize("make", FORMS)
def test_month_that_is_shown_is_no_day(make: Make, tmp_path: Path) -> None:
    """2018年9月 that was typed is held as the first of September, on which nobody need have replied."""
    rejected, found = outcomes(make(tmp_path, "依申请公开", replied((REPLIED, MONTH, False))))
    assert "pass" not in found
    assert (rejected, found) == outcomes(xlsx(tmp_path, "依申请公开", replied((REPLIED, MONTH, False))))


@pytest.mark.parametrize("make", FORMS)
def test_day_that_is_struck_out_is_no_fact(make: Make, tmp_path: Path) -> None:
    file = make(tmp_path, "依申请公开", replied((REPLIED, DAY, True)))
    rejected, found = outcomes(file)
    assert (rejected, "pass" in found) == (1, False)
    if make not in (ods_of_columns, ods_of_rows):  # of which every cell is struck out
        assert [facts["cells"] for code, facts in read(file).notes if code == "note.struck_cells"] == [["D2"]]


@pytest.mark.parametrize("make", FORMS)
def test_percent_is_the_number_that_is_shown(make: Make, tmp_path: Path) -> None:
    """Of 1.0 nothing else tells that it is all of it, and not one of a hundred."""
    rows = [plain("编号", "政务公开机构", "考核权重"), *([*plain(f"{n}", "办公室"), (n, PERCENT, False)] for n in (0.04, 1.0))]
    data = read(make(tmp_path, TABLES["unit"].label_zh, rows))
    assert not data.rejected
    assert data.tables["unit"].records()["appraisal_weight"].to_list() == [4.0, 100.0]


def test_part_of_a_cell_of_a_page_that_is_struck_out_strikes_out_no_cell(tmp_path: Path) -> None:
    """A correction: the old day struck out, the new one beside it; what cannot be read of both is told as any other cell."""
    file = tmp_path / "台账.html"
    heads = "".join(f"<td>{head}</td>" for head in HEADS)
    file.write_text(
        f"<h1>依申请公开</h1><table><tr>{heads}</tr><tr><td>1</td><td>市财政局</td><td>2018-08-20</td><td><s>2018-09-20</s> 2018-09-10</td></tr></table>",
        encoding="utf-8",
    )
    data = read(file)
    assert not [code for code, _ in data.notes if code == "note.struck_cells"]
    assert outcomes(file)[1] != ["pass"]


def test_rows_of_an_xml_spreadsheet_that_are_written_as_one_count_each(tmp_path: Path) -> None:
    """``ss:Span``: so many rows more below that are like it, and hidden as it is."""

    def line(*values: str, more: str = "") -> str:
        cells = "".join(f'<ss:Cell><ss:Data ss:Type="String">{value}</ss:Data></ss:Cell>' for value in values)
        return f"<ss:Row{more}>{cells}</ss:Row>"

    rows = line(*HEADS) + '<ss:Row ss:Hidden="1" ss:Span="1"/>' + line("1", "市财政局", "2018-08-20", "不知道")
    (tmp_path / "台账.xls").write_text(
        '<?xml version="1.0"?><ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<ss:Worksheet ss:Name="依申请公开"><ss:Table>{rows}</ss:Table></ss:Worksheet></ss:Workbook>',
        encoding="utf-8",
    )
    (sheet,) = read_spreadsheet_xml(tmp_path / "台账.xls")
    assert sheet.hidden_rows == [2, 3]
    (finding,) = oc.check(tmp_path / "台账.xls", as_of="2018-12-31", rules=["PD-15.3"], include_all=True).findings()
    assert finding.source.row == 4


def test_style_of_a_whole_table_of_an_xml_spreadsheet_holds_where_none_is_nearer(tmp_path: Path) -> None:
    cell = '<ss:Cell{}><ss:Data ss:Type="Number">0.04</ss:Data></ss:Cell>'
    (tmp_path / "a.xls").write_text(
        '<?xml version="1.0"?><ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><ss:Styles>'
        '<ss:Style ss:ID="p"><ss:NumberFormat ss:Format="0%"/></ss:Style><ss:Style ss:ID="d"/></ss:Styles><ss:Worksheet ss:Name="表">'
        f'<ss:Table ss:StyleID="p"><ss:Row>{cell.format("")}{cell.format(" ss:StyleID=" + chr(34) + "d" + chr(34))}</ss:Row></ss:Table>'
        "</ss:Worksheet></ss:Workbook>",
        encoding="utf-8",
    )
    (sheet,) = read_spreadsheet_xml(tmp_path / "a.xls")
    assert [row for _, row in sheet.rows] == [["4%", 0.04]]


def test_month_in_a_row_or_column_of_an_xml_spreadsheet_that_gives_its_style(tmp_path: Path) -> None:
    cells = "".join(
        f'<ss:Cell><ss:Data ss:Type="DateTime">{day}T00:00:00.000</ss:Data></ss:Cell>'
        for day in ("2018-09-01", "2018-09-01", "2018-09-02", "2018-02-30")
    )
    (tmp_path / "a.xls").write_text(
        '<?xml version="1.0"?><ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><ss:Styles>'
        '<ss:Style ss:ID="m"><ss:NumberFormat ss:Format="yyyy\\-mm"/></ss:Style><ss:Style ss:ID="d"/></ss:Styles><ss:Worksheet ss:Name="表">'
        f'<ss:Table><ss:Column ss:StyleID="d"/><ss:Column ss:StyleID="m"/><ss:Row>{cells}</ss:Row><ss:Row ss:StyleID="m">{cells}</ss:Row></ss:Table>'
        "</ss:Worksheet></ss:Workbook>",
        encoding="utf-8",
    )
    (sheet,) = read_spreadsheet_xml(tmp_path / "a.xls")
    first, second, none = (f"{day}T00:00:00.000" for day in ("2018-09-01", "2018-09-02", "2018-02-30"))
    assert [row for _, row in sheet.rows] == [
        [first, "2018年9月", second, none],
        ["2018年9月", "2018年9月", date(2018, 9, 2), none],
    ]
