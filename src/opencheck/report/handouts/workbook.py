"""The hand-out as a workbook: a cover, a sheet for each sort of item with columns to answer in, and the index of all hand-outs."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from opencheck.core.outcomes import Outcome, Severity
from opencheck.records.vocabularies import VOCABULARIES
from opencheck.report import messages
from opencheck.report.formats.marked_cells import FILLS, StyledCells, set_font, write_cell
from opencheck.report.formats.row_heights import dates_in_one_piece, row_height
from opencheck.report.handouts.content import (
    ANSWERS,
    APPROVAL,
    REVIEW,
    Handout,
    Section,
    answer_columns,
    cover,
    item_texts,
    label,
    section_title,
    status_words,
    token_of,
)

if TYPE_CHECKING:
    from datetime import date

    from openpyxl.worksheet.worksheet import Worksheet

    from opencheck.core.localized import LocalizedText
    from opencheck.report.report import Report

__all__ = ["TOKEN", "as_handout_workbook", "index_workbook"]

TOKEN = "opencheck"
"""The heading of the hidden column that says which finding a row is about."""

_FINDING_WIDTHS = {
    "number": 5,
    "rule": 10,
    "what": 42,
    "clause": 20,
    "record_id": 9,
    "record": 16,
    "place": 14,
    "due": 22,  # a date with its weekday
    "remedy": 30,
}
"""The columns of an item, with their widths."""
_WIDTHS = {"status": 12, "done_on": 11, "basis": 20, "link": 16, "approved_by": 10, "reviewer": 10}
_INDEX_WIDTHS = (6, 34, 9, 9, 9, 11, 13, 9, 36, 36, 36)
_REMARK_COLUMNS = 9
_COVER_WIDTH = 76
_DAYS = ("done_on", "from_", "until", "reviewed_on")
_GREY, _ANSWER = "FFD9D9D9", "FFFFFBE6"


def as_handout_workbook(handout: Handout, lang: str) -> bytes:
    """Return the hand-out as the bytes of an .xlsx file."""
    import openpyxl

    book = openpyxl.Workbook()
    _write_cover(book.worksheets[0], handout, lang)
    violations = [s for s in handout.sections if s.kind in set(Severity)]
    others = [[s] for s in handout.sections if s.kind not in set(Severity)]
    for sections in ([violations] if violations else []) + others:
        kind = "violation" if sections is violations else sections[0].kind
        _write_items(book.create_sheet(messages.get_message(f"handout.sheet_{kind}", lang)), sections, lang)
    return _saved(book)


def _saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_cover(sheet: Worksheet, handout: Handout, lang: str) -> None:
    from openpyxl.styles import Alignment

    sheet.title = messages.get_message("handout.sheet_cover", lang)
    title = write_cell(sheet, 1, 1, messages.get_message("handout.title", lang))
    set_font(title, size=18, bold=True).alignment = Alignment(horizontal="center")
    set_font(write_cell(sheet, 3, 1, messages.format_message("handout.to", lang, unit=handout.name(lang))), bold=True)
    lines = cover(handout, lang)
    for row, text in enumerate(lines, 4):
        whole = dates_in_one_piece(text, _COVER_WIDTH)
        write_cell(sheet, row, 1, whole).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = row_height([(whole, _COVER_WIDTH)])
    row = len(lines) + 5
    for name in ("handout.from", "handout.contact", "handout.day"):
        cell = write_cell(sheet, row, 1, messages.get_message(name, lang))
        cell.alignment = Alignment(horizontal="right")
        row += 1
    sheet.column_dimensions["A"].width = _COVER_WIDTH
    sheet.print_area = f"A1:A{row}"
    _page(sheet, "portrait")


def _write_items(sheet: Worksheet, sections: Sequence[Section], lang: str) -> None:
    """Write the items of some sections, with a band above each where there are several."""
    from openpyxl.utils import get_column_letter

    answers = answer_columns(i.finding for s in sections for i in s.items)
    columns = [*_FINDING_WIDTHS, *answers]
    cells = StyledCells(sheet)
    _write_heads(sheet, cells, columns, lang)
    hidden = len(columns) + 1
    write_cell(sheet, 2, hidden, TOKEN)
    sheet.column_dimensions[get_column_letter(hidden)].hidden = True
    row, last = 2, columns.index(ANSWERS[-1]) + 1
    offered: dict[tuple[str, ...], list[int]] = {}
    for section in sections:
        row += 1
        _write_band(sheet, cells, row, range(1, last + 1), section_title(section, lang), FILLS.get(section.kind, _GREY))
        for item in section.items:
            row += 1
            texts = item_texts(item, lang)
            texts |= {name: dates_in_one_piece(texts[name], width) for name, width in _FINDING_WIDTHS.items()}
            for number, name in enumerate(columns, 1):
                form = ("yyyy-mm-dd" if name in _DAYS else "@") if name in answers else None
                _write_styled(cells, row, number, texts.get(name), _ANSWER if form else None, answer=form)
            offered.setdefault(tuple(status_words([item.finding], lang)), []).append(row)
            write_cell(sheet, row, hidden, token_of(item.finding))
            sheet.row_dimensions[row].height = row_height((texts[name], width) for name, width in _FINDING_WIDTHS.items())
    for words, rows in offered.items():
        _drop_down(sheet, columns, "status", words, rows)
    if "verdict" in columns:
        _drop_down(sheet, columns, "verdict", list(VOCABULARIES["verdict"].labels), range(3, row + 1))
    sheet.freeze_panes = "D3"
    sheet.protection.sheet = True  # without a password: so that answers are not moved to other rows by accident
    for allowed in ("formatColumns", "formatRows", "formatCells"):
        setattr(sheet.protection, allowed, False)
    _page(sheet, "landscape")
    sheet.print_area = f"A1:{get_column_letter(last)}{row}"
    sheet.print_title_rows = "1:2"


def _write_heads(sheet: Worksheet, cells: StyledCells, columns: list[str], lang: str) -> None:
    """Write the names of the columns, and above them whose they are: what was found, the answer, the approval, the review."""
    from openpyxl.utils import get_column_letter

    bands = {"found": _FINDING_WIDTHS, "answer": ANSWERS, "approval": APPROVAL, "review": REVIEW}
    start = 1
    for band, names in bands.items():
        if next(iter(names)) in columns:
            title = messages.get_message(f"handout.band_{band}", lang)
            _write_band(sheet, cells, 1, range(start, start + len(names)), title, _GREY)
            start += len(names)
    for number, name in enumerate(columns, 1):
        _write_styled(cells, 2, number, label(name, lang), _GREY, bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = _FINDING_WIDTHS.get(name) or _WIDTHS.get(name, 12)


def _write_band(sheet: Worksheet, cells: StyledCells, row: int, columns: range, text: str, fill: str) -> None:
    """Write a text across some columns of a row, merged: openpyxl's ``merge_cells`` would work out the borders of every cell anew."""
    from openpyxl.worksheet.cell_range import CellRange

    for column in columns:
        _write_styled(cells, row, column, text if column == columns[0] else None, fill, bold=True)
    sheet.merged_cells.add(CellRange(min_row=row, max_row=row, min_col=columns[0], max_col=columns[-1]))


def _write_styled(
    cells: StyledCells, row: int, column: int, value: Any, fill: str | None, *, bold: bool = False, answer: str | None = None
) -> Any:
    """Write a cell with a border, and return it; ``answer`` is the number format of a cell that is open for an answer."""
    from openpyxl.styles import Alignment, Border, PatternFill, Protection, Side

    def set_look(cell: Any) -> None:
        thin = Side(style="thin", color="FFBFBFBF")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        set_font(cell, bold=bold).border = Border(left=thin, right=thin, top=thin, bottom=thin)
        if fill:
            cell.fill = PatternFill("solid", start_color=fill)
        if answer:
            cell.protection, cell.number_format = Protection(locked=False), answer

    return cells.write(row, column, value, (fill, bold, answer), set_look)


def _drop_down(sheet: Worksheet, columns: Sequence[str], name: str, words: Sequence[str], rows: Iterable[int]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=False)
    sheet.add_data_validation(rule)
    letter = get_column_letter(columns.index(name) + 1)
    for _, run in groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
        together = [row for _, row in run]
        rule.add(f"{letter}{together[0]}:{letter}{together[-1]}")


def _page(sheet: Worksheet, orientation: str) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = orientation  # type: ignore[assignment]
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def index_workbook(
    report: Report,
    handouts: Sequence[tuple[Handout, Sequence[str]]],
    remarks: Sequence[LocalizedText],
    lang: str,
    *,
    reply_by: date | None = None,
) -> bytes:
    """Return the index of hand-outs: each unit with its numbers and links to its files.

    Args:
        report: the report.
        handouts: each hand-out with the names of its files, which lie beside the index.
        remarks: what stands above the list, a row each.
        lang: ``zh`` or ``en``.
        reply_by: the day by which units should answer.
    """
    import openpyxl
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = messages.get_message("handout.sheet_index", lang)
    kinds = [*(s.value for s in Severity), Outcome.INDETERMINATE.value, Outcome.NEEDS_REVIEW.value]
    titles = [messages.get_message(f"{'severity' if k in set(Severity) else 'outcome'}.{k}", lang) for k in kinds]
    set_font(write_cell(sheet, 1, 1, messages.get_message("handout.index", lang)), size=16, bold=True)
    subtitle = [messages.format_message("page.asof", lang, day=report.as_of), *(p.title.get(lang) for p in report.packs)]
    subtitle += [messages.format_message("handout.reply_by", lang, day=reply_by)] if reply_by else []
    for row, text in enumerate([" · ".join(subtitle), *(remark.get(lang) for remark in remarks)], 2):
        width = sum(_INDEX_WIDTHS[:_REMARK_COLUMNS])
        whole = dates_in_one_piece(text, width)
        write_cell(sheet, row, 1, whole).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=_REMARK_COLUMNS)
        sheet.row_dimensions[row].height = row_height([(whole, width)])
    top = len(remarks) + 4
    numeric = (label("number", lang), *titles, messages.get_message("page.sum", lang))
    heads = [numeric[0], messages.get_message("report.unit", lang), *numeric[1:]]
    heads.append(messages.get_message("handout.files", lang))
    for column, text in enumerate(heads, 1):
        cell = write_cell(sheet, top, column, text)
        set_font(cell, bold=True).fill = PatternFill("solid", start_color=_GREY)
        cell.alignment = Alignment(horizontal="right" if text in numeric else None)
    for column in range(len(heads) + 1, len(_INDEX_WIDTHS) + 1):
        write_cell(sheet, top, column, None).fill = PatternFill("solid", start_color=_GREY)
    row = top
    for row, (handout, files) in enumerate(handouts, top + 1):
        numbers = [handout.count(kind) for kind in kinds]
        for column, value in enumerate([row - top, handout.name(lang), *(n or None for n in numbers), sum(numbers)], 1):
            write_cell(sheet, row, column, value).alignment = Alignment(vertical="top", wrap_text=column == 2)
        for column, name in enumerate(files, len(heads)):
            cell = write_cell(sheet, row, column, name)
            set_font(cell, color="FF0563C1", underline="single").hyperlink = quote(name)
    sheet.freeze_panes = f"C{top + 1}"
    sheet.auto_filter.ref = f"A{top}:H{row}"
    for column, width in enumerate(_INDEX_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _page(sheet, "landscape")
    sheet.print_area = f"A1:{get_column_letter(len(heads))}{row}"
    sheet.print_title_rows = f"{top}:{top}"
    return _saved(book)
