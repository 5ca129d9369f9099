"""Workbooks (.xlsx, .xlsm, .xls, .xlsb, .ods, .et), read by calamine; every row of a merged range has the range's value, in its first column.

Values are those that Excel last computed. A formula without a computed value, or with an error, is an invalid value, not a blank. Hidden
sheets, rows and columns are read like all others, and a note says so. What a file holds counts, not what it is called: web pages and text
tables that are named .xls are read as what they are.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError
from opencheck.documents.workbooks import BIFF, OLE, SUFFIXES, Sheet, Workbook, read_sheets, unreadable
from opencheck.readers.body_lines import is_example_sheet, is_issued_form
from opencheck.readers.forms import months_hint
from opencheck.readers.header_rows import REPORT_SHEETS, SheetRows, excerpt, find_tables, listing_hint
from opencheck.readers.hidden_parts import note_hidden
from opencheck.readers.memory_source import add_table
from opencheck.readers.raw_tables import RawTable
from opencheck.readers.sheet_units import note_units, take_unit_of_sheet
from opencheck.readers.spreadsheet_xml import is_spreadsheet_xml, read_spreadsheet_xml
from opencheck.readers.struck_cells import note_struck
from opencheck.records.dataset import Dataset, SkippedLine, SourceLocation

__all__ = [
    "SUFFIXES",
    "is_workbook",
    "read_workbook",
]


_MAX_MERGED_CELLS = 2000  # a larger merged range, such as a whole column, is a mistake and stays unfilled

_ZIP = b"PK\x03\x04"

_1904_OFFSET = 1462
"""Days from 1899-12-30 to 1904-01-01: Excel for the Mac counted its days from there."""
_SERIAL = re.compile(r"\s*\d{5}(?:\.\d+)?\s*")


def is_workbook(path: Path) -> bool:
    """Whether a file is a binary workbook by its first bytes, whatever it is called."""
    with path.open("rb") as file:
        head = file.read(8)
    return head.startswith((_ZIP, OLE))


def read_workbook(data: Dataset, path: Path) -> None:
    """Read every sheet that holds a table.

    Raises:
        InputError: the file is no workbook, is damaged, has a password, or holds no table.
    """
    content = path.read_bytes()
    if not content.startswith((b"PK", OLE, *BIFF)):
        _read_text(data, path, content)
        return
    _add_sheets(data, path, read_sheets(content, path, skip=REPORT_SHEETS))


def _read_text(data: Dataset, path: Path, content: bytes) -> None:
    """Read a web page, an XML spreadsheet or a text table that is named like a workbook.

    Raises:
        InputError: it is none of these.
    """
    from opencheck.core.encoding import decode
    from opencheck.readers.delimited import read_delimited
    from opencheck.readers.html import read_html

    try:
        head = decode(content, path.name)[:8192].lstrip("\ufeff \t\r\n")
    except InputError as exc:
        raise unreadable(path, "damaged", exc) from exc
    if is_spreadsheet_xml(head):
        _add_sheets(data, path, Workbook(read_spreadsheet_xml(path)))
    elif re.match(r"<!doctype html|<html|<head|<body|<table|<meta|<style|<div", head, re.I):
        read_html(data, path)
    elif re.match("mime-version:", head, re.I):
        text = f"{path}: 是单个文件网页（.mht），请在Excel里另存为 .xlsx / is a web archive (.mht): save it as .xlsx in Excel"
        raise InputError(text, code="not_a_workbook", path=path, accepted=sorted(SUFFIXES))
    elif not head.startswith("<") and any(delimiter in head for delimiter in ",\t;|") and "\x00" not in head:
        read_delimited(data, path)
    else:
        raise unreadable(path, "damaged", ValueError("Cannot detect file format"))


def _add_sheets(data: Dataset, path: Path, book: Workbook) -> None:
    found, hint, units, faults = False, "", list[str](), list[InputError]()
    if not book.tells_all:
        data.notes.append(("note.hidden_not_told", {"file": path.name}))
    best: int | None = None
    for sheet in sorted(book.sheets, key=lambda s: _rank(s.name)):
        # Forms that were issued are what was filled in where nothing else was, and so are, at last, sheets called examples.
        if best is not None and _rank(sheet.name) > best:
            if sheet.rows:
                where = SourceLocation(path.name, sheet.name)
                data.ignored.append(SkippedLine(where, "example_sheet", excerpt(sheet.rows[0][1])))
            continue
        rows = SheetRows(path.name, sheet.name, [], columns=sheet.columns)
        _fill_merged(rows, sheet)
        rows.rows = list(sheet.rows)
        name = sheet.name if sheet.name.lower() not in ("sheet1", "工作表1") else path.stem
        tables = find_tables(data, rows, name=name, faults=faults)
        if not tables:
            months = months_hint(rows.rows, rows.columns)
            hint = hint or (f"; [{sheet.name}] {months.removeprefix('; ')}" if months else listing_hint(rows.rows))
            continue
        found, best = True, _rank(sheet.name)
        for table in tables:
            if not table.rows:
                # An empty sheet may mean "none" or "not filled in": it proves no absence.
                data.ignored.append(SkippedLine(SourceLocation(path.name, sheet.name), "empty_sheet", table.spec.label_zh))
                continue
            if book.from_1904:
                _count_from_1904(table)
            place = (path.name, sheet.name)
            if (unit := take_unit_of_sheet(data, table, sheet.name)) is not None:
                units.append(unit)
            note_struck(data, place, table, sheet.struck)
            note_hidden(data, place, table, whole=sheet.hidden, rows=sheet.hidden_rows, columns=sheet.hidden_columns)
            add_table(data, table, place)
    note_units(data, path.name, units)
    if not found:
        if faults:
            raise faults[0]
        names = [sheet.name for sheet in book.sheets]
        raise InputError(
            f"{path}: 没有一张工作表是台账表 / no sheet holds a table of records; sheets found: {'、'.join(names)}; "
            f"run 'opencheck template ledger.xlsx' for a workbook with every table and header{hint}",
            code="no_table_of_records",
            path=path,
            found=names,
        )


def _rank(name: str) -> int:
    """0 for a sheet of records by its name, 1 for a form that was issued, 2 for an example or an explanation."""
    return 0 if not is_example_sheet(name) else 1 if is_issued_form(name) else 2


def _count_from_1904(table: RawTable) -> None:
    """Make the numbers in columns of days the numbers of days since 1899, as which they are read everywhere."""
    for name, (header, cells) in table.columns.items():
        if table.spec.fields[name].kind in ("date", "datetime"):
            table.columns[name] = (header, [_since_1899(cell) for cell in cells])
    for at, (name, (header, cells)) in enumerate(table.second):
        if table.spec.fields[name].kind in ("date", "datetime"):
            table.second[at] = (name, (header, [_since_1899(cell) for cell in cells]))


def _since_1899(cell: Any) -> Any:
    if isinstance(cell, str) and _SERIAL.fullmatch(cell):
        cell = float(cell)
    number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    return cell + _1904_OFFSET if number and len(str(int(cell))) == 5 else cell


def _fill_merged(rows: SheetRows, sheet: Sheet) -> None:
    by_number = dict(sheet.rows)
    at = {column: i for i, column in enumerate(sheet.columns)} if sheet.columns is not None else None
    for (top, left), (bottom, right) in sheet.merged:
        if right - left >= 2 and bottom - top <= _MAX_MERGED_CELLS:
            rows.merged_across.update(range(top + 1, bottom + 2))
        if top + 1 not in by_number or (bottom - top + 1) * (right - left + 1) > _MAX_MERGED_CELLS:
            continue
        columns = [c if at is None else at[c] for c in range(left, right + 1) if at is None or c in at]
        first = by_number[top + 1]
        value = first[columns[0]] if columns and columns[0] < len(first) else None
        for row in (by_number[n] for n in range(top + 1, bottom + 2) if n in by_number):
            for column in columns:
                row.extend([None] * (column + 1 - len(row)))
                row[column] = value
        for number in range(top + 1, bottom + 2) if len(columns) > 1 else ():
            rows.spread.setdefault(number, {}).update(dict.fromkeys(columns[1:], columns[0]))
