"""The marked workbook: a copy of the input file with the cells of findings coloured and commented.

Sheets, styles, widths and formulas are preserved; two sheets are added in front: a summary by task and unit, and the list of findings with
links to their cells. Sources in other formats are written as plain sheets and marked in the same way.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from copy import copy
from typing import TYPE_CHECKING, Any

import polars as pl
from openpyxl.worksheet.properties import PageSetupProperties

from opencheck.core.errors import InputError
from opencheck.core.outcomes import Outcome
from opencheck.readers.header_rows import REPORT_SHEETS
from opencheck.records.dataset import ROW, SRC
from opencheck.report import messages
from opencheck.report.finding import Finding, by_gravity
from opencheck.report.formats.csv import COLUMNS, escape_formula, flat_row
from opencheck.report.rejected import rejected_text
from opencheck.report.report import Report, task_title
from opencheck.report.wording import ignored_text

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = [
    "as_workbook",
]


AUTHOR = "opencheck"

SUMMARY, LIST = REPORT_SHEETS[:2]

FILLS = {
    "error": "FFFFC7CE",
    "warning": "FFFFEB9C",
    "advice": "FFDDEBF7",
    "indeterminate": "FFE4DFEC",
    "rejected": "FFF8CBAD",
}

_PLAIN_SHEET = 1_000_000

_MAX_ROWS = 1_000_000  # rows of a sheet that is written out

_MAX_MARKED_CELLS = 2000  # cells of one column that carry the comment


def as_workbook(report: Report, lang: str) -> bytes:
    """Return the marked workbook as the bytes of an .xlsx file."""
    import openpyxl

    base = next((p for p in report.data.files.values() if p.suffix.lower() in (".xlsx", ".xlsm")), None)
    remarks: list[str] = []
    book = None
    if base is not None:
        try:
            book = openpyxl.load_workbook(base, keep_vba=base.suffix.lower() == ".xlsm")
        except Exception as exc:  # openpyxl opens fewer workbooks than Excel and calamine
            remarks.append(
                messages.localized_message("note.rebuilt", {"file": base.name, "reason": str(exc).splitlines()[0]}).get(lang)
            )
            base = None
    if book is None:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
    for name in (SUMMARY, LIST):
        if name in book.sheetnames:
            book.remove(book[name])
    for sheet in book.worksheets:
        _clear_marks(sheet)
    where = _CellMap(report, book, base.name if base else None)
    for finding in report.findings():
        _mark_finding(where, finding, lang)
    for rejected in report.rejected:
        text = "\n".join([messages.get_message("word.rejected_row", lang), *(t.get(lang) for t in rejected_text(rejected))])
        fields = [p.field for p in rejected.problems if p.field] or ["id"]
        for field in fields:
            where.mark(rejected.place, field, "rejected", text)
    where.write_comments()
    findings = by_gravity(report.findings())
    _write_list(book, report, findings, where, lang)
    _write_summary(book, report, findings, lang, remarks)
    book.active = 0
    for sheet in book.worksheets[1:]:
        sheet.sheet_view.tabSelected = False
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _clear_marks(sheet: Worksheet) -> None:
    """Remove the marks of an earlier run."""
    from openpyxl.styles import PatternFill

    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


class _CellMap:
    """Maps records and fields to cells of the workbook, and collects colours and comments for them."""

    def __init__(self, report: Report, book: Workbook, base: str | None) -> None:
        self.sheets: dict[tuple[str | None, str | None], tuple[Worksheet, dict[str, int], dict[int, int] | None]] = {}
        self.notes: dict[tuple[str, str], list[str]] = {}
        self.marks: dict[tuple[str, str], str] = {}
        for place in report.data.places:
            file, sheet = place
            if base is not None and file == base and sheet in book.sheetnames:
                self.sheets[place] = (book[sheet], report.data.positions.get(place, {}), None)
            else:
                self._plain(report, book, place)

    def _plain(self, report: Report, book: Workbook, place: tuple[str | None, str | None]) -> None:
        """Write a source in another format as a plain sheet: accepted and rejected rows in order."""
        src = report.data.places.index(place)
        for name, table in report.data.tables.items():
            if table.count > _MAX_ROWS:
                raise InputError(
                    f"{table.spec.label_zh}有{table.count:,}行，一张工作表装不下，请用 csv、jsonl 或 json 格式 / "
                    f"table {name} has {table.count:,} rows, more than a sheet holds; use csv, jsonl or json"
                )
            frame = table.records().filter(pl.col(SRC) == src)
            rejected = [r for r in report.rejected if (r.place.file, r.place.sheet) == place and r.table == name]
            if not len(frame) and not rejected:
                continue
            fields = [n for n in table.spec.fields if n in frame.columns]
            title = (place[1] or table.spec.label_zh)[:28]
            while title in book.sheetnames:
                title += "_"
            sheet = book.create_sheet(title)
            for column, field in enumerate(fields, 1):
                cell = sheet.cell(1, column, table.spec.fields[field].column.label_zh)
                cell.font = _bold(cell)
            rows = {r[ROW]: r for r in frame.iter_rows(named=True)}
            for row in rejected:
                raw = {p.field: p.found for p in row.problems if p.field}
                rows[row.place.row or 0] = {**row.values, **raw}
            order = {number: i for i, number in enumerate(sorted(rows), 2)}
            for number, values in sorted(rows.items())[:_PLAIN_SHEET]:
                for column, field in enumerate(fields, 1):
                    _write_cell(sheet, order[number], column, values.get(field))
            sheet.freeze_panes = "A2"
            self.sheets[place] = (sheet, {n: i for i, n in enumerate(fields)}, order)

    def locate(self, place: Any, field: str) -> tuple[Worksheet, Any] | None:
        """Return the sheet and cell of a field of a record; without such a column the cell of the id, else the first."""
        known = self.sheets.get((place.file, place.sheet))
        if known is None or place.row is None:
            return None
        sheet, columns, order = known
        row = place.row if order is None else order.get(place.row, 0)
        if row < 1:
            return None
        column = columns.get(field, columns.get("id", 0)) + 1
        cell = sheet.cell(row, column)
        for merged in sheet.merged_cells.ranges:
            if cell.coordinate in merged:
                cell = sheet.cell(merged.min_row, merged.min_col)
        return sheet, cell

    def mark(self, place: Any, field: str, kind: str, text: str) -> None:
        """Record a colour (the worst kind wins) and a comment for a cell."""
        found = self.locate(place, field)
        if found is None:
            return
        sheet, cell = found
        key = (sheet.title, cell.coordinate)
        order = list(FILLS)
        if key not in self.marks or order.index(kind) < order.index(self.marks[key]):
            self.marks[key] = kind
        notes = self.notes.setdefault(key, [])
        if text not in notes:
            notes.append(text)

    def write_comments(self) -> None:
        """Write the recorded colours and comments to the cells."""
        from openpyxl.comments import Comment
        from openpyxl.styles import PatternFill

        titles = {sheet.title: sheet for sheet, _, _ in self.sheets.values()}
        for (title, coordinate), notes in self.notes.items():
            cell = titles[title][coordinate]
            cell.fill = PatternFill("solid", start_color=FILLS[self.marks[title, coordinate]])
            own = f"{cell.comment.text}\n\n" if cell.comment is not None else ""
            text = _strip_control_chars(own + "\n\n".join(notes))[:30000]
            comment = Comment(text, AUTHOR)
            comment.width = 460
            comment.height = min(60 + 22 * sum(1 + len(line) // 30 for line in text.splitlines()), 700)
            cell.comment = comment


def _mark_finding(where: _CellMap, finding: Finding, lang: str) -> None:
    if finding.outcome is Outcome.VIOLATION:
        kind: str = finding.severity
    elif finding.outcome is Outcome.INDETERMINATE:
        kind = "indeterminate"
    else:
        return
    text = comment_text(finding, lang)
    places = [finding.source._replace(row=n) for n in finding.rows[:_MAX_MARKED_CELLS]] or [finding.source]
    for place in places:
        for field in finding.cells[:3] or ["id"]:
            where.mark(place, field, kind, text)


def comment_text(finding: Finding, lang: str) -> str:
    """Return the comment of a finding's cell: rule, message, explanation and remedy."""
    level = f"severity.{finding.severity}" if finding.outcome is Outcome.VIOLATION else f"outcome.{finding.outcome}"
    title = finding.result.rule.title.get(lang)
    lines = [f"【{messages.get_message(level, lang)}】{finding.rule} {title}", finding.message.get(lang)]
    lines += [f"· {step.get(lang)}" for step in finding.explanation]
    lines.append(f"→ {finding.remedy.get(lang)}")
    return "\n".join(lines)


def _bold(cell: Any) -> Any:
    font = copy(cell.font)
    font.b = True
    return font


def _strip_control_chars(text: str) -> str:
    """Remove control characters, which a workbook cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\n\t")


def _write_cell(sheet: Worksheet, row: int, column: int, value: Any) -> Any:
    """Write a value to a cell; text that looks like a formula stays text."""
    if isinstance(value, list):
        value = "；".join(map(str, value))
    if hasattr(value, "tzinfo") and value.tzinfo is not None:
        value = value.replace(tzinfo=None)
    if isinstance(value, str):
        value = _strip_control_chars(value)[:32000]
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
        if escape_formula(value) != value:
            cell.quotePrefix = True
    return cell


def _write_list(book: Workbook, report: Report, findings: Iterable[Finding], where: _CellMap, lang: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet = book.create_sheet(LIST, 0)
    for column, name in enumerate(COLUMNS, 1):
        cell = sheet.cell(1, column, messages.get_message(f"column.{name}", lang))
        cell.font = _bold(cell)
        cell.fill = PatternFill("solid", start_color="FFD9D9D9")
    row = 1
    for row, finding in enumerate(findings, 2):
        values = flat_row(finding, lang)
        for column, name in enumerate(COLUMNS, 1):
            cell = _write_cell(sheet, row, column, values[name])
            cell.alignment = Alignment(vertical="top", wrap_text=name in ("message", "remedy", "what", "unit"))
        kind = finding.severity if finding.outcome is Outcome.VIOLATION else str(finding.outcome)
        if kind in FILLS:
            sheet.cell(row, 1).fill = PatternFill("solid", start_color=FILLS[kind])
        target = where.locate(finding.source, (finding.cells or ["id"])[0])
        if target is not None:
            link = sheet.cell(row, len(COLUMNS))
            link.hyperlink = f"#'{target[0].title}'!{target[1].coordinate}"
            link.font = Font(color="FF0563C1", underline="single")
    for rejected in report.rejected:
        row += 1
        _write_cell(sheet, row, 1, messages.get_message("word.rejected_row", lang)).fill = PatternFill(
            "solid", start_color=FILLS["rejected"]
        )
        _write_cell(sheet, row, 6, rejected.values.get("id"))
        _write_cell(sheet, row, 8, "；".join(t.get(lang) for t in rejected_text(rejected))).alignment = Alignment(
            wrap_text=True
        )
        for column, value in zip((13, 14, 15), rejected.place, strict=True):
            _write_cell(sheet, row, column, value)
    for letter, width in zip("ABCDEFGHIJKLMNO", (9, 7, 12, 8, 18, 12, 24, 60, 12, 12, 12, 44, 18, 14, 6), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    _set_print_layout(sheet)
    sheet.auto_filter.ref = f"A1:O{max(row, 1)}"


def _set_print_layout(sheet: Worksheet) -> None:
    """Set A4 landscape, fitted to the page width."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _write_summary(book: Workbook, report: Report, findings: list[Finding], lang: str, remarks: list[str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet = book.create_sheet(SUMMARY, 0)
    _write_cell(sheet, 1, 1, "、".join(p.title.get(lang) for p in report.packs)).font = Font(size=16, bold=True)
    _write_cell(sheet, 2, 1, messages.format_message("page.asof", lang, day=str(report.as_of)))
    _write_cell(sheet, 3, 1, messages.format_message("page.rows", lang, **report.rows))
    outcomes = report.summary["outcomes"]
    words = [f"{messages.get_message(f'outcome.{o}', lang)} {outcomes[str(o)]}" for o in Outcome if outcomes[str(o)]]
    _write_cell(sheet, 4, 1, " · ".join(words))
    heads = ("error", "warning", "advice", "before_plan", "indeterminate", "needs_review", "pending", "waived")
    titles = [messages.get_message(f"severity.{h}", lang) for h in heads[:3]]
    titles += [messages.get_message("report.before_plan", lang)]
    titles += [messages.get_message(f"outcome.{h}", lang) for h in heads[4:]]

    def block(row: int, title: str, counts: dict[str, dict[str, int]], label: Any) -> int:
        _write_cell(sheet, row, 1, title).font = Font(size=13, bold=True)
        first = messages.get_message("report.task" if label else "report.unit", lang)
        for column, text in enumerate([first, "", *titles], 1):
            cell = _write_cell(sheet, row + 1, column, text)
            cell.font = _bold(cell)
            cell.fill = PatternFill("solid", start_color="FFD9D9D9")
        for row_, (key, found) in enumerate(counts.items(), row + 2):
            _write_cell(sheet, row_, 1, key)
            _write_cell(sheet, row_, 2, label(key) if label else None).alignment = Alignment(wrap_text=True, vertical="top")
            for column, head in enumerate(heads, 3):
                number = found.get(head, 0)
                cell = _write_cell(sheet, row_, column, number or None)
                fill = FILLS.get("advice" if head == "before_plan" else head)
                if number and fill:
                    cell.fill = PatternFill("solid", start_color=fill)
        return row + len(counts) + 3

    def weight(item: tuple[str, dict[str, int]]) -> tuple[int, ...]:
        return tuple(-item[1].get(h, 0) for h in heads)

    tasks = dict(report.summary["by_task"].items())
    units = dict(sorted(report.summary["by_unit"].items(), key=weight))
    row = 6
    if report.questions:
        _write_cell(sheet, row, 1, messages.get_message("question.title", lang)).font = Font(size=13, bold=True)
        for number, question in enumerate(report.questions, 1):
            _write_cell(sheet, row + number, 1, f"{number}. {question.text.get(lang)}")
        row += len(report.questions) + 2
    row = block(row, messages.get_message("report.by_task", lang), tasks, lambda t: task_title(report, t, lang))
    row = block(row, messages.get_message("report.by_unit", lang), units, None)
    _write_cell(sheet, row, 1, messages.get_message("workbook.colours", lang)).font = Font(size=13, bold=True)
    names = {**{s: messages.get_message(f"severity.{s}", lang) for s in ("error", "warning", "advice")}}
    names |= {
        "indeterminate": messages.get_message("outcome.indeterminate", lang),
        "rejected": messages.get_message("word.rejected_row", lang),
    }
    for offset, (kind, text) in enumerate(names.items(), 1):
        _write_cell(sheet, row + offset, 1, text).fill = PatternFill("solid", start_color=FILLS[kind])
    row += len(names) + 2
    notes = [*remarks, *(messages.localized_message(n, f).get(lang) for n, f in report.notes)]
    notes += [ignored_text(i, lang) for i in report.data.ignored]
    if notes:
        _write_cell(sheet, row, 1, messages.get_message("page.notes", lang)).font = Font(size=13, bold=True)
        for offset, text in enumerate(notes, 1):
            _write_cell(sheet, row + offset, 1, text)
    _set_print_layout(sheet)
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 52
    for column in "CDEFGH":
        sheet.column_dimensions[column].width = 14
