"""Workbooks (.xlsx, .xlsm, .xls, .xlsb, .ods, .et), read by calamine; every cell of a merged range has the range's value.

Values are those that Excel last computed. A formula without a computed value, or with an error, is an invalid value, not a blank.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opencheck.core.errors import InputError
from opencheck.readers.header_rows import REPORT_SHEETS, SheetRows, find_table, listing_hint
from opencheck.readers.sources import add_table
from opencheck.records.dataset import Dataset, SkippedLine, SourceLocation

if TYPE_CHECKING:
    from openpyxl import Workbook

__all__ = [
    "SUFFIXES",
    "read_workbook",
]


SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"})

_MAX_UNPACKED_BYTES, _MAX_COMPRESSION_RATIO = 100_000_000, 150  # tables of text compress to a tenth or a twentieth

_MAX_MERGED_CELLS = 2000  # a larger merged range, such as a whole column, is a mistake and stays unfilled


def read_workbook(data: Dataset, path: Path) -> None:
    """Read every sheet that holds a table.

    Raises:
        InputError: the file is no workbook, has a password, or holds no table.
    """
    import python_calamine

    content = path.read_bytes()
    _check_zip_bomb(path, content)
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
    except python_calamine.PasswordError as exc:
        raise InputError(
            f"{path}: 工作簿有密码，请先另存为无密码的文件 / the workbook is protected by a password",
            code="password",
            path=path,
        ) from exc
    except Exception as exc:
        raise InputError(
            f"{path}: 不是能读的工作簿 / not a workbook that can be read ({exc}); accepted: {', '.join(sorted(SUFFIXES))}",
            code="not_a_workbook",
            path=path,
            accepted=sorted(SUFFIXES),
        ) from exc
    hint = ""
    found, sheets = False, [name for name in book.sheet_names if name not in REPORT_SHEETS]
    formulas = _Formulas(path.name, content)
    for name in sheets:
        sheet = book.get_sheet_by_name(name)
        if sheet.height == 0:
            continue
        raw = sheet.to_python(skip_empty_area=False)
        rows = SheetRows(path.name, name, [])
        cells = [[None if c == "" else c for c in row] for row in raw]
        formulas.apply(name, cells)
        _fill_merged(rows, cells, sheet.merged_cell_ranges or [])
        rows.rows = list(enumerate(cells, 1))
        table = find_table(data, rows, name=name if name.lower() not in ("sheet1", "工作表1") else f"{path.stem}")
        if table is None:
            hint = hint or listing_hint(rows.rows)
        else:
            found = True
            if table.rows:
                add_table(data, table, (path.name, name))
            else:
                # An empty sheet may mean "none" or "not filled in": it proves no absence.
                data.ignored.append(SkippedLine(SourceLocation(path.name, name), "empty_sheet", table.spec.label_zh))
    if not found:
        raise InputError(
            f"{path}: 没有一张工作表是台账表 / no sheet holds a table of records; sheets found: {'、'.join(sheets)}; "
            f"run 'opencheck template ledger.xlsx' for a workbook with every table and header{hint}",
            code="no_table_of_records",
            path=path,
            found=sheets,
        )


def _check_zip_bomb(path: Path, content: bytes) -> None:
    """Reject a zip bomb: a workbook with a compression ratio far above that of any table."""
    if content[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile:
        return
    if unpacked > _MAX_UNPACKED_BYTES and unpacked > _MAX_COMPRESSION_RATIO * len(content):
        size = f"{unpacked // 1_000_000} MB"
        raise InputError(
            f"{path}: 解压后有{size}，不像台账，没有打开 / unpacks to {size}, unlike any ledger: not opened",
            code="unpacks_too_large",
            path=path,
            found=unpacked,
        )


def _fill_merged(rows: SheetRows, cells: list[list[Any]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    for (top, left), (bottom, right) in ranges:
        if right - left >= 2:
            rows.merged_across.update(range(top + 1, bottom + 2))
        if top >= len(cells) or (bottom - top + 1) * (right - left + 1) > _MAX_MERGED_CELLS:
            continue
        value = cells[top][left] if left < len(cells[top]) else None
        for row in cells[top : bottom + 1]:
            row.extend([None] * (right + 1 - len(row)))
            row[left : right + 1] = [value] * (right + 1 - left)


class _Formulas:
    """Details of an .xlsx that calamine omits: formulas without a computed value, errors (#N/A), and percent formats."""

    def __init__(self, name: str, content: bytes) -> None:
        self._name = name
        self._content = content
        self._book: Workbook | None = None
        self._needed = self._needs(content)

    @staticmethod
    def _needs(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                names = parts.namelist()
                percent = "xl/styles.xml" in names and re.search(
                    rb'(numFmtId="(9|10)"|formatCode="[^"]*%)', parts.read("xl/styles.xml")
                )
                sheets = [n for n in names if n.startswith("xl/worksheets/sheet")]
                return bool(percent) or any(
                    mark in x for n in sheets for x in [parts.read(n)] for mark in (b"<f>", b"<f ", b' t="e"')
                )
        except (zipfile.BadZipFile, KeyError):
            return False

    def apply(self, sheet: str, cells: list[list[Any]]) -> None:
        """Write the details of a sheet into its cells."""
        if not self._needed:
            return
        if self._book is None:
            import openpyxl

            try:
                self._book = openpyxl.load_workbook(io.BytesIO(self._content), read_only=False, data_only=False)
            except Exception as exc:
                raise InputError(
                    f"{self._name}: 有公式、错误值或百分比格式，但无法核对 / has formulas, errors or percent cells that cannot be examined "
                    f"({str(exc).splitlines()[0]}); 请在Excel里把数据另存为只有数值的工作簿 / save it as values, then it can be read",
                    code="cells_not_examined",
                    path=self._name,
                    sheet=sheet,
                ) from exc
        if sheet not in self._book.sheetnames:
            return
        for row, column, cell in _special_cells(self._book[sheet]):
            if row >= len(cells) or column >= len(cells[row]):
                continue
            value = cells[row][column]
            if cell.data_type in ("f", "e"):
                if value is None:
                    cells[row][column] = f"{cell.value}"
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                cells[row][column] = f"{value * 100:.10g}%"


def _special_cells(sheet: Any) -> Iterator[tuple[int, int, Any]]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None and (cell.data_type in ("f", "e") or "%" in (cell.number_format or "")):
                yield cell.row - 1, cell.column - 1, cell
