"""Sheets with merged cells as files of every kind: each function writes rows of texts, and returns the file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlwt

Rows = list[list[Any]]
Merges = list[tuple[int, int, int, int]]
"""First row, first column, rows and columns of merged cells, counted from 0."""
Writer = Callable[[Path, Rows, Merges], Path]


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


def written(rows: Rows, merges: Merges, row: str, cell: Callable[[int, Any, tuple[int, int] | None], str]) -> str:
    """Rows in the markup ``row``, with what ``cell`` makes of each cell's column, content and span."""
    lines = ("".join(cell(c, value, spans(merges, r, c)) for c, value in enumerate(values)) for r, values in enumerate(rows))
    return "".join(row.format(line) for line in lines)


def ods(path: Path, rows: Rows, merges: Merges) -> Path:
    def written_cell(_: int, value: Any, span: tuple[int, int] | None) -> str:
        if span is None:
            return "<table:covered-table-cell/>"
        own = f'table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span != (1, 1) else ""
        text = "/>" if value is None else f' office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
        return f"<table:table-cell {own}{text}"

    lines = written(rows, merges, "<table:table-row>{}</table:table-row>", written_cell)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='Sheet1'>{lines}"
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
    def written_cell(column: int, value: Any, span: tuple[int, int] | None) -> str:
        if span is None or value is None:
            return ""
        more = f' ss:MergeDown="{span[0] - 1}" ss:MergeAcross="{span[1] - 1}"' if span != (1, 1) else ""
        return f'<ss:Cell ss:Index="{column + 1}"{more}><ss:Data ss:Type="String">{escape(value)}</ss:Data></ss:Cell>'

    lines = written(rows, merges, "<ss:Row>{}</ss:Row>", written_cell)
    (path / "台账.xls").write_text(
        '<?xml version="1.0"?><ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<ss:Worksheet ss:Name="Sheet1"><ss:Table>{lines}</ss:Table></ss:Worksheet></ss:Workbook>',
        encoding="utf-8",
    )
    return path / "台账.xls"


def html(path: Path, rows: Rows, merges: Merges) -> Path:
    def written_cell(_: int, value: Any, span: tuple[int, int] | None) -> str:
        return "" if span is None else f'<td rowspan="{span[0]}" colspan="{span[1]}">{escape(value or "")}</td>'

    lines = written(rows, merges, "<tr>{}</tr>", written_cell)
    (path / "台账.html").write_text(f"<table>{lines}</table>", encoding="utf-8")
    return path / "台账.html"
