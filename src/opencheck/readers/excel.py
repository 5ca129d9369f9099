"""Workbooks (.xlsx, .xlsm, .xls, .xlsb, .ods, .et), read by calamine; every cell of a merged range has the range's value.

Values are those that Excel last computed. A formula without a computed value, or with an error, is an invalid value, not a blank. Hidden
sheets and rows are read like all others, and a note says so. What a file holds counts, not what it is called: web pages and text tables that
are named .xls are read as what they are.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError
from opencheck.readers.header_rows import REPORT_SHEETS, SheetRows, find_table, listing_hint
from opencheck.readers.sources import RawTable, add_table
from opencheck.readers.spreadsheet_xml import is_spreadsheet_xml, read_spreadsheet_xml
from opencheck.readers.workbook_parts import SheetFacts, WorkbookFacts, read_workbook_facts
from opencheck.readers.workbook_worker import WorkbookFailure, read_isolated
from opencheck.records.dataset import Dataset, SkippedLine, SourceLocation
from opencheck.records.parse import Uncomputed

__all__ = [
    "SUFFIXES",
    "is_workbook",
    "read_workbook",
]


SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"})

_MAX_UNPACKED_BYTES, _MAX_COMPRESSION_RATIO = 100_000_000, 150  # tables of text compress to a tenth or a twentieth

_MAX_MERGED_CELLS = 2000  # a larger merged range, such as a whole column, is a mistake and stays unfilled

_MAX_GRID_CELLS, _MIN_FILLED_SHARE = 1_000_000, 1 / 8
"""A larger grid with fewer cells that hold something is read row by row: one stray cell in the far corner makes millions of blank ones."""
_MAX_COMPACT_CELLS = 20_000_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08",
)  # Excel 2 to 4, and 5 without its container
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

_1904_OFFSET = 1462
"""Days from 1899-12-30 to 1904-01-01: Excel for the Mac counted its days from there."""
_SERIAL = re.compile(r"\s*\d{5}(?:\.\d+)?\s*")


@dataclass
class _Sheet:
    name: str
    hidden: bool
    rows: list[tuple[int, list[Any]]]
    merged: Iterable[tuple[tuple[int, int], tuple[int, int]]] = ()
    hidden_rows: list[int] = field(default_factory=list)
    columns: list[int] | None = None
    """Where blank columns were left out: for each column the number (from 0) that it has in the sheet."""


def is_workbook(path: Path) -> bool:
    """Whether a file is a binary workbook by its first bytes, whatever it is called."""
    with path.open("rb") as file:
        head = file.read(8)
    return head.startswith((_ZIP, _OLE))


def read_workbook(data: Dataset, path: Path) -> None:
    """Read every sheet that holds a table.

    Raises:
        InputError: the file is no workbook, is damaged, has a password, or holds no table.
    """
    content = path.read_bytes()
    if not content.startswith((b"PK", _OLE, *_BIFF)):
        _read_text(data, path, content)
        return
    from_1904 = False
    if content.startswith(b"PK"):
        _check_zip_bomb(path, content)
        try:
            facts = read_workbook_facts(content)
        except Exception as exc:  # of a damaged package zipfile and the XML parsers raise nearly anything
            raise _failure(path, "password" if "password required" in str(exc) else "damaged", exc) from exc
        if facts is not None:
            _add_sheets(data, path, _read_xlsx(path, content, facts), from_1904=facts.from_1904)
            return
    elif _ENCRYPTED in content:
        raise _failure(path, "password", None)
    try:
        sheets = [_Sheet(name, hidden, rows, merged) for name, hidden, rows, merged in read_isolated(content)]
    except WorkbookFailure as exc:
        raise _failure(path, exc.code, exc) from exc
    _add_sheets(data, path, sheets, from_1904=from_1904)


def _failure(path: Path, code: str, reason: BaseException | None) -> InputError:
    if code == "password":
        text = f"{path}: 工作簿有密码，请先另存为无密码的文件 / the workbook is protected by a password: save it without one"
        return InputError(text, code="password", path=path)
    why = (str(reason).splitlines() or [type(reason).__name__])[0]
    return InputError(
        f"{path}: 不是能读的工作簿，或已损坏 / not a workbook that can be read, or a damaged one ({why}); "
        f"accepted: {', '.join(sorted(SUFFIXES))}",
        code="not_a_workbook",
        path=path,
        accepted=sorted(SUFFIXES),
    )


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
        raise _failure(path, "damaged", exc) from exc
    if is_spreadsheet_xml(head):
        sheets = [_Sheet(name, hidden, rows, (), hidden_rows) for name, hidden, rows, hidden_rows in read_spreadsheet_xml(path)]
        _add_sheets(data, path, sheets)
    elif re.match(r"<!doctype html|<html|<head|<body|<table|<meta|<style|<div", head, re.I):
        read_html(data, path)
    elif re.match("mime-version:", head, re.I):
        text = f"{path}: 是单个文件网页（.mht），请在Excel里另存为 .xlsx / is a web archive (.mht): save it as .xlsx in Excel"
        raise InputError(text, code="not_a_workbook", path=path, accepted=sorted(SUFFIXES))
    elif not head.startswith("<") and any(delimiter in head for delimiter in ",\t;|") and "\x00" not in head:
        read_delimited(data, path)
    else:
        raise _failure(path, "damaged", ValueError("Cannot detect file format"))


def _read_xlsx(path: Path, content: bytes, facts: WorkbookFacts) -> list[_Sheet]:
    wanted = {name: sheet for name, sheet in facts.sheets.items() if name not in REPORT_SHEETS}
    sparse = {name for name, sheet in wanted.items() if _is_sparse(path, name, sheet)}
    try:
        sheets = _read_grids(content, {n: s for n, s in wanted.items() if n not in sparse})
        if sparse:
            sheets |= _read_row_by_row(content, {n: wanted[n] for n in sparse})
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as exc:  # a panic of calamine is no Exception
        raise _failure(path, "damaged", exc) from exc
    for name, sheet in sheets.items():
        _add_facts(sheet, wanted[name])
    return [sheets[name] for name in wanted]


def _is_sparse(path: Path, name: str, facts: SheetFacts) -> bool:
    """Whether a sheet's cells are too few for the grid that they span.

    Raises:
        InputError: they are strewn over so many rows and columns that they cannot be put together either.
    """
    if facts.area <= _MAX_GRID_CELLS or facts.cells >= facts.area * _MIN_FILLED_SHARE:
        return False
    compact = len(facts.rows) * len(facts.columns)
    if compact > _MAX_COMPACT_CELLS and facts.cells < compact * _MIN_FILLED_SHARE:
        raise InputError(
            f"{path} [{name}]: {facts.cells}个单元格散布在{len(facts.rows)}行、{len(facts.columns)}列里，不像台账，没有读取 / "
            f"{facts.cells} cells strewn over {len(facts.rows)} rows and {len(facts.columns)} columns, unlike any ledger: not read",
            code="strewn_cells",
            path=path,
            sheet=name,
        )
    return True


def _read_grids(content: bytes, wanted: dict[str, SheetFacts]) -> dict[str, _Sheet]:
    import python_calamine

    sheets = {}
    with python_calamine.load_workbook(io.BytesIO(content)) as book:
        for name, facts in wanted.items():
            grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            rows: list[tuple[int, list[Any]]] = [(at, [None if c == "" else c for c in row]) for at, row in enumerate(grid, 1)]
            sheets[name] = _Sheet(name, facts.hidden, rows, facts.merged, facts.hidden_rows)
    return sheets


def _read_row_by_row(content: bytes, wanted: dict[str, SheetFacts]) -> dict[str, _Sheet]:
    """Read sheets without building a grid: only rows and columns with cells that hold something, by openpyxl."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheets = {}
    for name, facts in wanted.items():
        own: Any = book[name]
        own.reset_dimensions()
        columns, filled = sorted(facts.columns), set(facts.rows)
        rows = [
            (number, [cells[at] if at < len(cells) else None for at in columns])
            for number, cells in enumerate(own.iter_rows(values_only=True), 1)
            if number in filled
        ]
        sheets[name] = _Sheet(name, facts.hidden, rows, facts.merged, facts.hidden_rows, columns)
    return sheets


def _add_facts(sheet: _Sheet, facts: SheetFacts) -> None:
    """Write into the cells what calamine leaves out: formulas without a value, errors, and percents as they are shown."""
    rows = dict(sheet.rows)
    at = {column: i for i, column in enumerate(sheet.columns)} if sheet.columns is not None else None

    def put(place: tuple[int, int], value: Any) -> None:
        row = rows.setdefault(place[0], [])
        index = place[1] if at is None else at[place[1]]
        row.extend([None] * (index + 1 - len(row)))
        row[index] = value

    for place in facts.percents:
        row, index = rows.get(place[0], []), place[1] if at is None else at[place[1]]
        if index < len(row) and isinstance(value := row[index], (int, float)) and not isinstance(value, bool):
            put(place, f"{value * 100:.10g}%")
    for place, formula in facts.uncomputed.items():
        put(place, Uncomputed(formula))
    for place, error in facts.errors.items():
        put(place, error)
    sheet.rows = sorted(rows.items())


def _add_sheets(data: Dataset, path: Path, sheets: list[_Sheet], *, from_1904: bool = False) -> None:
    found, hint = False, ""
    own = [sheet for sheet in sheets if sheet.name not in REPORT_SHEETS]
    for sheet in own:
        rows = SheetRows(path.name, sheet.name, [])
        _fill_merged(rows, sheet)
        rows.rows = list(sheet.rows)
        table = find_table(data, rows, name=sheet.name if sheet.name.lower() not in ("sheet1", "工作表1") else path.stem)
        if table is None:
            hint = hint or listing_hint(rows.rows)
            continue
        found = True
        if not table.rows:
            # An empty sheet may mean "none" or "not filled in": it proves no absence.
            data.ignored.append(SkippedLine(SourceLocation(path.name, sheet.name), "empty_sheet", table.spec.label_zh))
            continue
        if sheet.columns is not None:
            table.positions = {name: sheet.columns[at] for name, at in table.positions.items()}
        if from_1904:
            _count_from_1904(table)
        _note_hidden(data, path.name, sheet, table)
        add_table(data, table, (path.name, sheet.name))
    if not found:
        names = [sheet.name for sheet in own]
        raise InputError(
            f"{path}: 没有一张工作表是台账表 / no sheet holds a table of records; sheets found: {'、'.join(names)}; "
            f"run 'opencheck template ledger.xlsx' for a workbook with every table and header{hint}",
            code="no_table_of_records",
            path=path,
            found=names,
        )


def _note_hidden(data: Dataset, file: str, sheet: _Sheet, table: RawTable) -> None:
    if sheet.hidden:
        data.notes.append(("note.hidden_sheet", {"file": file, "sheet": sheet.name, "count": len(table.rows)}))
    hidden = sorted(set(sheet.hidden_rows) & set(table.rows))
    if hidden:
        facts = {"file": file, "sheet": sheet.name, "count": len(hidden), "rows": [str(row) for row in hidden[:20]]}
        data.notes.append(("note.hidden_rows", facts))


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


def _check_zip_bomb(path: Path, content: bytes) -> None:
    """Reject a zip bomb: a workbook with a compression ratio far above that of any table."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as exc:
        raise _failure(path, "damaged", exc) from exc
    if unpacked > _MAX_UNPACKED_BYTES and unpacked > _MAX_COMPRESSION_RATIO * len(content):
        size = f"{unpacked // 1_000_000} MB"
        raise InputError(
            f"{path}: 解压后有{size}，不像台账，没有打开 / unpacks to {size}, unlike any ledger: not opened",
            code="unpacks_too_large",
            path=path,
            found=unpacked,
        )


def _fill_merged(rows: SheetRows, sheet: _Sheet) -> None:
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
