"""The marked workbook: the input file with the cells of findings coloured and commented.

Colours, comments and two sheets in front (a summary by task and unit, the list of findings with links to their cells) are written into the
file's own parts; all other parts stay as they were, byte for byte. Sources in other formats are added as plain sheets and marked alike.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl.worksheet.properties import PageSetupProperties

from opencheck.core.errors import OutputError
from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import Outcome
from opencheck.readers.header_rows import REPORT_SHEETS
from opencheck.report import messages
from opencheck.report.finding import Finding, by_gravity
from opencheck.report.formats.csv import COLUMNS, flat_row
from opencheck.report.formats.marked_cells import (
    FILLS,
    CellMap,
    Note,
    StyledCells,
    mark_finding,
    set_font,
    write_cell,
    write_marks,
)
from opencheck.report.formats.overview import entries_text
from opencheck.report.formats.package import Package
from opencheck.report.formats.package_sheets import Styles, take_over
from opencheck.report.formats.row_heights import row_height
from opencheck.report.rejected import rejected_reasons, rejected_text
from opencheck.report.report import Report
from opencheck.report.wording import ignored_text, pack_titles, task_title

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = [
    "as_workbook",
]


SUMMARY, LIST = REPORT_SHEETS[:2]

_FIRST_ROW = 2
"""Row of the first finding in the list, under the headings."""

_PACKAGES = (".xlsx", ".xlsm")

_ONE_PAGE = 120
"""Rows of a summary that can still be read on one page."""

_STYLED = (".xls", ".xlsb", ".ods", ".et", *_PACKAGES)
"""Formats that hold more than data: what is not written into them loses it."""


def as_workbook(
    report: Report,
    lang: str,
    *,
    macros: bool = False,
    tell: Callable[[LocalizedText], None] = lambda text: None,
    in_place: bool = False,
) -> bytes:
    """Return the marked workbook.

    Args:
        report: the report; the first workbook of its sources is the one that is marked.
        lang: ``zh`` or ``en``.
        macros: whether the file may hold macros (.xlsm); otherwise they are left out.
        tell: called with each thing that cannot be kept; the workbook's first sheet names them, too.
        in_place: whether it takes the place of the workbook that is marked: then that must be kept as it is.

    Returns:
        The bytes of an .xlsx or .xlsm file.

    Raises:
        InputError: a table has more rows than a sheet holds.
        OutputError: a damaged workbook that was to be marked in place.
    """
    base = next((p for p in report.data.files.values() if p.suffix.lower() in _PACKAGES), None)
    remarks = _losses(report, base, macros)
    content = None
    if base is not None:
        try:
            content = _marked(report, lang, Package(base.read_bytes()), base.name, macros, remarks)
        except Exception as exc:  # damaged in a part that reading did not need
            reason = next(iter(str(exc).splitlines()), type(exc).__name__)
            if in_place:
                text = f"{base}: 有损坏，不能在原件里标注，请写到别的文件 / damaged, not marked in place: write to another file ({reason})"
                raise OutputError(text, code="not_in_place", path=base, found=reason) from exc
            remarks = [messages.localized_message("note.rebuilt", {"file": base.name, "reason": reason}), *remarks]
    content = content or _marked(report, lang, None, None, macros, remarks)
    for remark in remarks:
        tell(remark)
    return content


def _losses(report: Report, base: Path | None, macros: bool) -> list[LocalizedText]:
    """What the marked workbook cannot keep of the sources."""
    lost = [
        messages.localized_message("note.plain_copy", {"file": path.name})
        for path in report.data.files.values()
        if path != base and path.suffix.lower() in _STYLED
    ]
    if base is None or not zipfile.is_zipfile(base):
        return lost
    with zipfile.ZipFile(base) as archive:
        names = archive.namelist()
    found = {
        "note.macros_left": not macros and any(n.endswith("vbaProject.bin") for n in names),
        "note.signature": any(n.startswith("_xmlsignatures/") for n in names),
        "note.threads": any(n.startswith("xl/threadedComments/") for n in names),
    }
    return [*(messages.localized_message(name, {"file": base.name}) for name, there in found.items() if there), *lost]


def _marked(
    report: Report, lang: str, package: Package | None, base: str | None, macros: bool, remarks: list[LocalizedText]
) -> bytes:
    """Mark a package, or a workbook made from the data where there is none."""
    import openpyxl

    extra = openpyxl.Workbook()
    extra.remove(extra.worksheets[0])
    if package is not None:
        package.remove_sheets((SUMMARY, LIST))
    where = CellMap(report, package, base, extra)
    findings = by_gravity(report.findings())
    for number, finding in enumerate(findings, _FIRST_ROW):
        mark_finding(where, finding, lang, LIST, number)
    for rejected, row in zip(report.rejected, report.data.rejected, strict=True):
        text = "\n".join([messages.get_message("word.rejected_row", lang), *(t.get(lang) for t in rejected_text(rejected))])
        for field in [p.field for p in rejected.problems if p.field] or ["id"]:
            where.mark(where.source(row), row.table, row.place.row, field, "rejected", Note(text))
    _write_list(extra, report, findings, where, lang)
    _write_summary(extra, report, lang, [r.get(lang) for r in remarks])
    out = io.BytesIO()
    extra.save(out)
    added = Package(out.getvalue())
    if package is None:
        package = added
    else:
        styles = Styles(package)
        for index, sheet in enumerate(added.sheets):
            take_over(package, styles, added, sheet, index if sheet.title in (SUMMARY, LIST) else None)
    write_marks(package, where.marks, lang, LIST)
    package.open_first_sheet()
    package.set_macros(macros)
    return package.save()


_LIST_WIDTHS = (14, 9, 12, 8, 18, 12, 24, 60, 12, 12, 17, 44, 18, 14, 6)
_WRAPPED = ("unit", "what", "message", "remedy")
"""The columns of the list whose cells may take several lines."""


def _write_list(book: Workbook, report: Report, findings: Iterable[Finding], where: CellMap, lang: str) -> None:
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils.cell import get_column_letter
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.create_sheet(LIST, 0)
    widths = dict(zip(COLUMNS, _LIST_WIDTHS, strict=True))
    for column, name in enumerate(COLUMNS, 1):
        cell = sheet.cell(1, column, messages.get_message(f"column.{name}", lang))
        set_font(cell, bold=True)
        cell.fill = PatternFill("solid", start_color="FFD9D9D9")
    cells = StyledCells(sheet)

    def plain(cell: Any) -> None:
        cell.alignment = Alignment(vertical="top", wrap_text=False)

    def wrapped(cell: Any) -> None:
        cell.alignment = Alignment(vertical="top", wrap_text=True)

    row = 1
    for row, finding in enumerate(findings, _FIRST_ROW):
        values = flat_row(finding, lang)
        for column, name in enumerate(COLUMNS, 1):
            cells.write(row, column, values[name], name in _WRAPPED, wrapped if name in _WRAPPED else plain)
        sheet.row_dimensions[row].height = row_height((str(values[name] or ""), widths[name]) for name in _WRAPPED)
        kind = finding.severity if finding.outcome is Outcome.VIOLATION else str(finding.outcome)
        if kind in FILLS:
            sheet.cell(row, 1).fill = PatternFill("solid", start_color=FILLS[kind])
        target = where.locate(finding.src, finding.table, finding.source.row, (finding.cells or ["id"])[0])
        if target is not None:
            title = target.sheet.replace("'", "''")
            place = f"'{title}'!{get_column_letter(target.column)}{target.row}"
            for column in (1, len(COLUMNS)):  # the first one is in sight
                link = sheet.cell(row, column)
                link.hyperlink = Hyperlink(ref=link.coordinate, location=place)
                set_font(link, color="FF0563C1", underline="single")
    for rejected in report.rejected:
        row += 1
        write_cell(sheet, row, 1, messages.get_message("word.rejected_row", lang)).fill = PatternFill(
            "solid", start_color=FILLS["rejected"]
        )
        write_cell(sheet, row, 6, rejected.values.get("id"))
        reasons = rejected_reasons(rejected, lang)
        write_cell(sheet, row, 8, reasons).alignment = Alignment(vertical="top", wrap_text=True)
        sheet.row_dimensions[row].height = row_height([(reasons, widths["message"])])
        for column, value in zip((13, 14, 15), rejected.place, strict=True):
            write_cell(sheet, row, column, value)
    for column, width in enumerate(_LIST_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    _set_print_layout(sheet)
    sheet.print_title_rows = "1:1"
    sheet.auto_filter.ref = f"A1:O{max(row, 1)}"


def _set_print_layout(sheet: Worksheet) -> None:
    """Set A4 landscape, fitted to the page width."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


_COUNTED = ("error", "warning", "advice", "before_plan", "indeterminate", "needs_review", "pending", "waived")
"""The columns of the summary's tables: severities of violations, and outcomes."""


def _write_summary(book: Workbook, report: Report, lang: str, remarks: list[str]) -> None:
    sheet = book.create_sheet(SUMMARY, 0)
    set_font(write_cell(sheet, 1, 1, pack_titles(report.packs, lang)), size=16, bold=True)
    write_cell(sheet, 2, 1, messages.format_message("page.asof", lang, day=str(report.as_of)))
    write_cell(sheet, 3, 1, messages.format_message("page.rows", lang, **report.rows))
    outcomes = report.summary["outcomes"]
    words = [
        f"{messages.get_message(f'outcome.{o}', lang)} {outcomes[o.value]}{entries_text(report, o, lang)}"
        for o in Outcome
        if outcomes[o.value]
    ]
    write_cell(sheet, 4, 1, " · ".join(words))

    def order(item: tuple[str, dict[str, int]]) -> tuple[int, ...]:
        return tuple(-item[1].get(name, 0) for name in _COUNTED)

    units = {unit: ("", counts) for unit, counts in sorted(report.summary["by_unit"].items(), key=order)}
    tasks = {task: (task_title(report.packs, task, lang), counts) for task, counts in report.summary["by_task"].items()}
    questions = [f"{number}. {question.text.get(lang)}" for number, question in enumerate(report.questions, 1)]
    notes = [*remarks, *(remark.get(lang) for remark in report.remarks), *(ignored_text(i, lang) for i in report.ignored)]
    row = _write_lines(sheet, 6, "question.title", questions, lang)
    row = _write_counts(sheet, row, "task", tasks, lang)
    row = _write_counts(sheet, row, "unit", units, lang)
    row = _write_legend(sheet, row, lang)
    _write_lines(sheet, row, "page.notes", notes, lang)
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 1 if sheet.max_row < _ONE_PAGE else 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 44
    for column in "CDEFGHIJ":
        sheet.column_dimensions[column].width = 10


def _write_counts(sheet: Worksheet, row: int, by: str, counts: dict[str, tuple[str, dict[str, int]]], lang: str) -> int:
    """Write a table of numbers by task or unit, with what each is called; return the row of what comes next."""
    from openpyxl.styles import Alignment, PatternFill

    _write_title(sheet, row, f"report.by_{by}", lang)
    titles = [messages.get_message("report.before_plan" if h == "before_plan" else _word_of(h), lang) for h in _COUNTED]
    for column, text in enumerate([messages.get_message(f"report.{by}", lang), "", *titles], 1):
        cell = write_cell(sheet, row + 1, column, text)
        set_font(cell, bold=True)
        cell.fill = PatternFill("solid", start_color="FFD9D9D9")
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="right" if column > 2 else None)
    sheet.row_dimensions[row + 1].height = 30
    for at, (name, (title, numbers)) in enumerate(counts.items(), row + 2):
        write_cell(sheet, at, 1, name)
        write_cell(sheet, at, 2, title or None).alignment = Alignment(wrap_text=True, vertical="top")
        for column, head in enumerate(_COUNTED, 3):
            number = numbers.get(head, 0)
            cell = write_cell(sheet, at, column, number or None)
            fill = FILLS.get("advice" if head == "before_plan" else head)
            if number and fill:
                cell.fill = PatternFill("solid", start_color=fill)
    return row + len(counts) + 3


def _write_legend(sheet: Worksheet, row: int, lang: str) -> int:
    """Write what each colour means; return the row of what comes next."""
    from openpyxl.styles import PatternFill

    _write_title(sheet, row, "workbook.colours", lang)
    kinds = ("error", "warning", "advice", "indeterminate", "rejected")
    for at, kind in enumerate(kinds, row + 1):
        text = messages.get_message("word.rejected_row" if kind == "rejected" else _word_of(kind), lang)
        write_cell(sheet, at, 1, text).fill = PatternFill("solid", start_color=FILLS[kind])
    return row + len(kinds) + 2


def _write_lines(sheet: Worksheet, row: int, title: str, lines: list[str], lang: str) -> int:
    """Write sentences under a title, neither if there are none; return the row of what comes next."""
    if not lines:
        return row
    _write_title(sheet, row, title, lang)
    for at, text in enumerate(lines, row + 1):
        _write_line(sheet, at, text)
    return row + len(lines) + 2


def _write_title(sheet: Worksheet, row: int, name: str, lang: str) -> None:
    set_font(write_cell(sheet, row, 1, messages.get_message(name, lang)), size=13, bold=True)


def _word_of(name: str) -> str:
    """The message that names a severity or an outcome."""
    return f"severity.{name}" if name in ("error", "warning", "advice") else f"outcome.{name}"


def _write_line(sheet: Worksheet, row: int, text: str) -> None:
    """Write a sentence over all columns of the summary, in as many lines as it needs."""
    from openpyxl.styles import Alignment

    write_cell(sheet, row, 1, text).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=10)
    width = sum(2 if ord(character) > 255 else 1 for character in text)
    sheet.row_dimensions[row].height = 15 * (1 + width // 140)
