"""Workbooks (.xlsx, .xlsm, .xls, .xlsb, .ods, .et) as sheets of cells, for ledgers and documents alike; every size is looked at before reading.

An .xlsx is read here, after its XML has told how large its sheets are; other kinds do not tell, and are read in a process of their own. Values
are those that were last computed: a formula without a value is :class:`Uncomputed`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError, first_line
from opencheck.documents.old_workbook_parts import read_old_facts
from opencheck.documents.workbook_parts import SheetFacts, WorkbookFacts, read_workbook_facts
from opencheck.documents.workbook_worker import WorkbookFailure, read_isolated
from opencheck.records.parse import Uncomputed

__all__ = ["BIFF", "OLE", "SUFFIXES", "Sheet", "Workbook", "add_facts", "read_sheets", "unreadable"]

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"})

_MAX_UNPACKED_BYTES, _MAX_COMPRESSION_RATIO = 100_000_000, 150  # tables of text compress to a tenth or a twentieth

_MAX_GRID_CELLS, _MIN_FILLED_SHARE = 1_000_000, 1 / 8
"""A larger grid with fewer cells that hold something is read row by row: one stray cell in the far corner makes millions of blank ones."""
_MAX_COMPACT_CELLS = 20_000_000
_MANY_EMPTY_ROWS = 20_000
_MAX_DAYS = 2_900_000
"""Days up to some time before the year 10000, counted from 1900 or 1904."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BIFF = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08",
)
"""How files of Excel 2 to 4, and of Excel 5 without its container, begin."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass
class Sheet:
    """One sheet: its rows with their numbers (from 1), its merged ranges (from 0), and what is hidden."""

    name: str
    hidden: bool
    rows: list[tuple[int, list[Any]]]
    merged: Iterable[tuple[tuple[int, int], tuple[int, int]]] = ()
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    """The first and the last (from 0) of hidden columns that stand together."""
    struck: list[tuple[int, int]] = field(default_factory=list)
    """Cells that are struck out, by row (from 1) and column (from 0); none where the kind of file does not tell."""
    unseen: list[tuple[int, int]] = field(default_factory=list)
    """Cells that show nothing by their style, likewise."""
    columns: list[int] | None = None
    """Where blank columns were left out: for each column the number (from 0) that it has in the sheet."""


@dataclass
class Workbook:
    """The sheets of a workbook, and what its kind of file tells of it."""

    sheets: list[Sheet]
    from_1904: bool = False
    """Whether its days are counted from 1904."""
    tells_all: bool = True
    """Whether the file tells which rows are hidden and from which day days are counted."""


def read_sheets(content: bytes, where: str | Path, skip: Collection[str] = ()) -> Workbook:
    """Read the sheets of a workbook.

    Args:
        content: the file.
        where: the file's name or path, for errors.
        skip: the names of sheets that are left out.

    Raises:
        InputError: the file is no workbook, is damaged, has a password, or is unlike any table in size.
        ModuleNotFoundError: the library that reads workbooks is not installed.
    """
    import_module("python_calamine")  # before a file is called damaged because nothing can read it
    if content.startswith(b"PK"):
        _check_zip_bomb(where, content)
        try:
            facts = read_workbook_facts(content)
        except Exception as exc:  # of a damaged package zipfile and the XML parsers raise nearly anything
            raise unreadable(where, "password" if "password required" in str(exc) else "damaged", exc) from exc
        if facts is not None:
            return Workbook(_read_xlsx(where, content, facts, skip), facts.from_1904)
    elif _ENCRYPTED in content:
        raise unreadable(where, "password", None)
    try:
        sheets = [Sheet(name, hidden, rows, merged) for name, hidden, rows, merged in read_isolated(content)]
    except WorkbookFailure as exc:
        raise unreadable(where, exc.code, exc) from exc
    old = read_old_facts(content)
    knows_hidden_rows = old is not None and len(old.sheets) == len(sheets)
    if old is not None and knows_hidden_rows:
        for sheet, facts_of_sheet in zip(sheets, old.sheets, strict=True):
            sheet.hidden_rows, sheet.hidden_columns = facts_of_sheet.hidden_rows, facts_of_sheet.hidden_columns
            sheet.merged = facts_of_sheet.merged or sheet.merged
            add_facts(sheet, facts_of_sheet, from_1904=old.from_1904)
    return Workbook(
        [s for s in sheets if s.name not in skip], from_1904=old is not None and old.from_1904, tells_all=knows_hidden_rows
    )


def unreadable(where: str | Path, code: str, reason: BaseException | None) -> InputError:
    """The error for a workbook that cannot be read; ``code`` is ``password`` or ``damaged``."""
    if code == "password":
        text = f"{where}: 工作簿有密码，请先另存为无密码的文件 / the workbook is protected by a password: save it without one"
        return InputError(text, code="password", path=where)
    why = first_line(reason) if reason is not None else code
    return InputError(
        f"{where}: 不是能读的工作簿，或已损坏 / not a workbook that can be read, or a damaged one ({why}); "
        f"accepted: {', '.join(sorted(SUFFIXES))}",
        code="not_a_workbook",
        path=where,
        accepted=sorted(SUFFIXES),
    )


def _read_xlsx(where: str | Path, content: bytes, facts: WorkbookFacts, skip: Collection[str]) -> list[Sheet]:
    wanted = {name: sheet for name, sheet in facts.sheets.items() if name not in skip}
    sparse = {name for name, sheet in wanted.items() if _is_sparse(where, name, sheet)}
    try:
        sheets = _read_grids(content, {n: s for n, s in wanted.items() if n not in sparse})
        if sparse:
            sheets |= _read_row_by_row(content, {n: wanted[n] for n in sparse})
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as exc:  # a panic of calamine is no Exception
        raise unreadable(where, "damaged", exc) from exc
    for name, sheet in sheets.items():
        add_facts(sheet, wanted[name])
    return [sheets[name] for name in wanted]


def _is_sparse(where: str | Path, name: str, facts: SheetFacts) -> bool:
    """Whether a sheet's cells are too few for the grid that they span.

    Raises:
        InputError: they are strewn over so many rows and columns that they cannot be put together either.
    """
    if facts.area <= _MAX_GRID_CELLS or facts.cells >= facts.area * _MIN_FILLED_SHARE:
        return False
    compact = len(facts.rows) * len(facts.columns)
    if compact > _MAX_COMPACT_CELLS and facts.cells < compact * _MIN_FILLED_SHARE:
        raise InputError(
            f"{where} [{name}]: {facts.cells}个单元格散布在{len(facts.rows)}行、{len(facts.columns)}列里，不像台账，没有读取 / "
            f"{facts.cells} cells strewn over {len(facts.rows)} rows and {len(facts.columns)} columns, unlike any ledger: not read",
            code="strewn_cells",
            path=where,
            sheet=name,
        )
    return True


def _read_grids(content: bytes, wanted: dict[str, SheetFacts]) -> dict[str, Sheet]:
    import python_calamine

    sheets = {}
    with python_calamine.load_workbook(io.BytesIO(content)) as book:
        for name, facts in wanted.items():
            grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            rows: list[tuple[int, list[Any]]] = [(at, [None if c == "" else c for c in row]) for at, row in enumerate(grid, 1)]
            sheets[name] = Sheet(name, facts.hidden, rows, facts.merged, facts.hidden_rows, facts.hidden_columns)
    return sheets


def _read_row_by_row(content: bytes, wanted: dict[str, SheetFacts]) -> dict[str, Sheet]:
    """Read sheets without building a grid: only rows and columns with cells that hold something, by openpyxl."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheets = {}
    for name, facts in wanted.items():
        own: Any = book[name]
        own.reset_dimensions()
        if any(row >= after for row, after in pairwise(facts.rows)):  # openpyxl leaves out what stands after a later row
            raise ValueError("行没有按行号排列 / rows do not stand in the order of their numbers")
        columns, filled = sorted(facts.columns), set(facts.rows)
        rows = [
            (number, [cells[at] if at < len(cells) else None for at in columns])
            for first, last in _stretches(facts.rows)
            for number, cells in enumerate(own.iter_rows(first, last, values_only=True), first)
            if number in filled
        ]
        sheets[name] = Sheet(name, facts.hidden, rows, facts.merged, facts.hidden_rows, facts.hidden_columns, columns=columns)
    return sheets


def _stretches(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last row of each stretch of a sheet that no long run of empty rows interrupts.

    openpyxl gives every empty row on the way to a stray cell, a second for some 400,000; but it reads a sheet anew for each stretch.
    """
    ends = [at for at, (row, after) in enumerate(pairwise(rows)) if after - row > _MANY_EMPTY_ROWS]
    for first, last in zip([0, *(at + 1 for at in ends)], [*ends, len(rows) - 1], strict=True):
        yield rows[first], rows[last]


def add_facts(sheet: Sheet, facts: SheetFacts, *, from_1904: bool = False) -> None:
    """Write into the cells what a reader of values leaves out: formulas without a value, errors, percents and months as they are shown.

    2018年9月 that was typed into a cell is held as the first day of September; another day was typed in full.
    """
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
    for place in facts.months:
        row, index = rows.get(place[0], []), place[1] if at is None else at[place[1]]
        if index < len(row) and (day := _day(row[index], from_1904=from_1904)) is not None and day.day == 1:
            put(place, f"{day.year}年{day.month}月")
    for place, formula in facts.uncomputed.items():
        put(place, Uncomputed(formula))
    for place, error in facts.errors.items():
        put(place, error)
    sheet.struck, sheet.unseen = facts.struck, facts.unseen
    sheet.rows = sorted(rows.items())


def _day(value: Any, *, from_1904: bool) -> date | None:
    """The day of a cell that is formatted as one; calamine gives some of an .xlsb as the numbers that they are."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < _MAX_DAYS:
        return (date(1904, 1, 1) if from_1904 else date(1899, 12, 30)) + timedelta(days=int(value))
    return value if isinstance(value, date) else None


def _check_zip_bomb(where: str | Path, content: bytes) -> None:
    """Reject a zip bomb: a workbook with a compression ratio far above that of any table."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except Exception as exc:  # a version that zipfile does not know is no BadZipFile
        raise unreadable(where, "damaged", exc) from exc
    if unpacked > _MAX_UNPACKED_BYTES and unpacked > _MAX_COMPRESSION_RATIO * len(content):
        size = f"{unpacked // 1_000_000} MB"
        raise InputError(
            f"{where}: 解压后有{size}，不像台账，没有打开 / unpacks to {size}, unlike any ledger: not opened",
            code="unpacks_too_large",
            path=where,
            found=unpacked,
        )
