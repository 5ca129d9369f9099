"""Cells merged across columns of a record: what stands there counts for the first column, and the others are neither filled nor blank."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
import xlwt

import opencheck as oc
from opencheck.readers import read, read_as
from opencheck.records.dataset import ALL_CELLS

Rows = list[list[Any]]
Merges = list[tuple[int, int, int, int]]
"""First row, first column, rows and columns of merged cells, counted from 0."""


def xlsx(path: Path, rows: Rows, merges: Merges) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for top, left, high, wide in merges:
        sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=top + high, end_column=left + wide)
    book.save(path / "台账.xlsx")
    return path / "台账.xlsx"


def strewn_xlsx(path: Path, rows: Rows, merges: Merges) -> Path:
    """With a stray cell far away, so that the sheet is read row by row."""
    far: Rows = [*rows, *([[]] * 3_000), ["合计", *([None] * 4_000), "x"]]
    return xlsx(path, far, merges)


def xls(path: Path, rows: Rows, merges: Merges) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    within = {(r, c) for top, left, high, wide in merges for r in range(top, top + high) for c in range(left, left + wide)}
    for top, left, high, wide in merges:
        sheet.write_merge(top, top + high - 1, left, left + wide - 1, rows[top][left])
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is not None and (r, c) not in within:
                sheet.write(r, c, cell)
    book.save(str(path / "台账.xls"))
    return path / "台账.xls"


def spans(merges: Merges, r: int, c: int) -> tuple[int, int] | None:
    """Rows and columns that a cell spans; None for one that is covered."""
    for top, left, high, wide in merges:
        if (r, c) == (top, left):
            return high, wide
        if top <= r < top + high and left <= c < left + wide:
            return None
    return 1, 1


def ods(path: Path, rows: Rows, merges: Merges) -> Path:
    lines = []
    for r, row in enumerate(rows):
        cells = []
        for c, cell in enumerate(row):
            span = spans(merges, r, c)
            if span is None:
                cells.append("<table:covered-table-cell/>")
            else:
                own = (
                    f'table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span != (1, 1) else ""
                )
                value = (
                    "/>" if cell is None else f' office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
                )
                cells.append(f"<table:table-cell {own}{value}")
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='Sheet1'>{''.join(lines)}"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    manifest = (
        f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entry}</manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in (("mimetype", kind), ("content.xml", content), ("META-INF/manifest.xml", manifest)):
            archive.writestr(name, text)
    (path / "台账.ods").write_bytes(out.getvalue())
    return path / "台账.ods"


def xml(path: Path, rows: Rows, merges: Merges) -> Path:
    lines = []
    for r, row in enumerate(rows):
        cells = []
        for c, cell in enumerate(row):
            span = spans(merges, r, c)
            if span is not None and cell is not None:
                more = f' ss:MergeDown="{span[0] - 1}" ss:MergeAcross="{span[1] - 1}"' if span != (1, 1) else ""
                data = f'<ss:Data ss:Type="String">{escape(cell)}</ss:Data>'
                cells.append(f'<ss:Cell ss:Index="{c + 1}"{more}>{data}</ss:Cell>')
        lines.append(f"<ss:Row>{''.join(cells)}</ss:Row>")
    (path / "台账.xls").write_text(
        '<?xml version="1.0"?><ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<ss:Worksheet ss:Name="Sheet1"><ss:Table>{"".join(lines)}</ss:Table></ss:Worksheet></ss:Workbook>',
        encoding="utf-8",
    )
    return path / "台账.xls"


def html(path: Path, rows: Rows, merges: Merges) -> Path:
    lines = []
    for r, row in enumerate(rows):
        cells = []
        for c, cell in enumerate(row):
            if (span := spans(merges, r, c)) is not None:
                cells.append(f'<td rowspan="{span[0]}" colspan="{span[1]}">{escape(cell or "")}</td>')
        lines.append(f"<tr>{''.join(cells)}</tr>")
    (path / "台账.html").write_text(f"<table>{''.join(lines)}</table>", encoding="utf-8")
    return path / "台账.html"


KINDS = [xlsx, strewn_xlsx, xls, ods, xml, html]
Writer = Callable[[Path, Rows, Merges], Path]

HEADS = ["编号", "申请内容", "收到日期", "答复日期", "备注"]
ROWS: Rows = [
    HEADS,
    ["1", "甲", "2018-09-03", None, None],
    ["2", "乙", "2018-09-03", "2018-09-20", None],
    ["3", "丙", "2018-09-04", None, None],
    ["4", "丁", None, None, "转办"],
    ["5", "戊", "2018-09-05", None, None],
]
MERGES: Merges = [(1, 2, 1, 2), (3, 2, 2, 2)]


@pytest.mark.parametrize("write", KINDS)
def test_cell_over_two_days_is_the_first_and_leaves_the_other_open(tmp_path: Path, write: Writer) -> None:
    path = write(tmp_path, ROWS, MERGES)
    frame = (
        read(path)
        .tables["request"]
        .records(["id", "received_on", "replied_on", "note"])
        .select("id", "received_on", "replied_on")
    )
    assert frame.rows() == [
        ("1", date(2018, 9, 3), None),
        ("2", date(2018, 9, 3), date(2018, 9, 20)),
        ("3", date(2018, 9, 4), None),
        ("4", date(2018, 9, 4), None),
        ("5", date(2018, 9, 5), None),
    ]
    report = oc.check(path, as_of="2018-12-31", rules=["PD-15.3"], include_all=True)
    outcomes = {f.record_id: str(f.outcome) for f in report.findings()}
    assert outcomes == {"1": "indeterminate", "2": "pass", "3": "indeterminate", "4": "indeterminate", "5": "violation"}
    first = next(f for f in report.findings() if f.record_id == "1")
    assert "“答复日期”的格与“收到日期”的合并成了一格（2018-09-03）" in first.message.zh
    notes = [n["zh"] for n in report.to_dict()["notes"]]
    assert [n for n in notes if "合并成一格" in n and "3行" in n], notes
    assert report.rows == {"read": 5, "checked": 5, "rejected": 0}


@pytest.mark.parametrize("write", KINDS)
def test_cell_over_rows_is_every_rows(tmp_path: Path, write: Writer) -> None:
    data = read(write(tmp_path, ROWS, [(3, 2, 2, 1)]))
    days = data.tables["request"].records(["id", "received_on"]).select("id", "received_on").rows()
    assert dict(days)["3"] == dict(days)["4"] == date(2018, 9, 4)
    assert not [
        n
        for n, _ in oc.check(data.files["台账" + data.inputs[0].suffix], as_of="2018-12-31").notes
        if n == "note.merged_across"
    ]


@pytest.mark.parametrize("write", KINDS)
@pytest.mark.parametrize("text", [None, "/", "未答复"])
def test_cell_over_columns_that_says_nothing_of_the_second(tmp_path: Path, write: Writer, text: str | None) -> None:
    """A blank is blank in both columns; a word may be meant for either."""
    report = oc.check(
        write(tmp_path, [HEADS, ["1", "甲", "2018-09-03", text, None]], [(1, 3, 1, 2)]), as_of="2018-12-31", rules="PD-15.3"
    )
    assert [str(f.outcome) for f in report.findings()] == ["violation"], "only the note is open"
    report = oc.check(
        write(tmp_path, [HEADS, ["1", text, None, "2018-09-20", None]], [(1, 1, 1, 2)]), as_of="2018-12-31", rules="PD-15.3"
    )
    assert [str(f.outcome) for f in report.findings()] == ["indeterminate"]


def test_headings_over_columns_stay_as_they_are(tmp_path: Path) -> None:
    rows: Rows = [
        ["公开信息台账", None, None, None],
        ["编号", "信息主题", "公示起止时间", None],
        [None, None, "开始", "结束"],
        ["1", "低保", "2018-09-03", "2018-09-20"],
    ]
    data = read(xlsx(tmp_path, rows, [(0, 0, 1, 4), (1, 2, 1, 2)]))
    frame = data.tables["disclosure"].records(["published_on", "posted_until"])
    assert frame.select("published_on", "posted_until").rows() == [(date(2018, 9, 3), date(2018, 9, 20))]


def test_other_column_of_the_field_settles_it(tmp_path: Path) -> None:
    heads = ["编号", "收到日期", "答复日期", "回复日期"]
    data = read(
        xlsx(
            tmp_path,
            [heads, ["1", "2018-09-03", None, "2018-09-20"], ["2", None, "2018-09-20", None]],
            [(1, 1, 1, 2), (2, 2, 1, 2)],
        )
    )
    assert data.tables["request"].records(["replied_on"])["replied_on"].to_list() == [date(2018, 9, 20)] * 2
    assert "_contradicted" not in data.tables["request"].sources[0].batches(["replied_on"]).__next__().columns


def test_first_column_without_a_heading_or_meaning_gives_the_field_nothing(tmp_path: Path) -> None:
    for heads in (["编号", None, "答复日期", "收到日期"], ["编号", "天气", "答复日期", "收到日期"]):
        report = oc.check(
            xlsx(tmp_path, [heads, ["1", "2018-09-20", None, "2018-09-03"]], [(1, 1, 1, 2)]),
            as_of="2018-12-31",
            rules="PD-15.3",
        )
        assert [str(f.outcome) for f in report.findings()] == ["indeterminate"]
        assert (heads[1] or "第2列") in report.findings()[0].message.zh


def test_id_that_is_merged_away_rejects_its_row(tmp_path: Path) -> None:
    data = read(xlsx(tmp_path, [["申请内容", "编号", "收到日期"], ["甲", None, "2018-09-03"]], [(1, 0, 1, 2)]))
    assert [[p.code for p in r.problems] for r in data.rejected] == [["blank_id"]]


def test_days_of_the_documents_of_interpretations_are_left_open_too(tmp_path: Path) -> None:
    heads = ["文号", "文件名称", "文件公布时间", "解读发布时间", "责任单位"]
    rows: Rows = [
        heads,
        ["平政发〔2018〕1号", "甲", "2018-09-03", None, "市教体局"],
        ["平政发〔2018〕2号", "乙", None, "2018-09-04", "市教体局"],
    ]
    book = xlsx(tmp_path, rows, [(1, 2, 1, 2), (2, 1, 1, 2)])
    book = book.rename(tmp_path / "政策解读.xlsx")
    report = oc.check(book, as_of="2018-12-31", rules="PD-9.4", include_all=True)
    assert [str(f.outcome) for f in report.findings()] == ["indeterminate"] * 2


def test_row_of_a_published_list_is_refused_where_the_cell_is_of_one_of_its_fields(tmp_path: Path) -> None:
    listing = xlsx(tmp_path, [["姓名", "主题", "保障人数"], ["王某", None, "2"], ["李某", "低保", "3"]], [(1, 0, 1, 2)])
    data = read_as(listing, "listing", {})
    assert [[p.code for p in r.problems] for r in data.rejected] == [["merged_across"]]
    other = xlsx(tmp_path, [["姓名", "备用", "保障人数"], ["王某", None, "2"]], [(1, 0, 1, 2)])
    cells = next(read_as(other, "listing", {}).tables["listing"].batches((ALL_CELLS,)))[ALL_CELLS].to_list()
    assert cells[0].count("王某") == 1
