"""What an .xlsb says beside the values of its cells: hidden rows and columns, merged ranges, errors, percents, days of which only the month is
shown, struck-out cells, and the day from which days are counted. Its parts are records, which [MS-XLSB] describes.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator

from opencheck.documents.number_formats import Shown, shown_by
from opencheck.documents.workbook_parts import SheetFacts, SheetsInOrder, relations

__all__ = ["ERROR_TEXTS", "read_binary_facts"]

ERROR_TEXTS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
"""Errors of cells by their numbers, in binary workbooks of every kind."""

_WORKBOOK, _SHEET = 153, 156
_FONT, _FORMAT, _STYLE, _STYLES_OF_CELLS, _END_OF_STYLES = 43, 44, 47, 617, 618
_ROW, _COLUMNS, _MERGED = 0, 60, 176
_ERROR_CELLS = frozenset({3, 11})
_NUMBER_CELLS, _OTHER_CELLS = frozenset({2, 5, 9}), frozenset({3, 4, 6, 7, 8, 10, 11})
_STRIKES_OUT, _HIDDEN_ROW, _HIDDEN_COLUMN = 0x08, 0x10, 0x01

_Styles = list[tuple[bool, Shown | None]]
"""Of each style whether it strikes out, and what its format shows."""


def read_binary_facts(content: bytes) -> SheetsInOrder | None:
    """Read the facts of an .xlsb; None for any other package.

    Raises:
        zipfile.BadZipFile, ElementTree.ParseError, ValueError, KeyError, IndexError, struct.error, OSError, RuntimeError: a damaged file.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        if "xl/workbook.bin" not in names:
            return None

        def part(path: str) -> bytes:
            return archive.read(names[path])

        related = relations(archive, names, "xl/workbook.bin")
        styles = _styles(part("xl/styles.bin")) if "xl/styles.bin" in names else []
        facts = SheetsInOrder()
        for kind, data in _records(part("xl/workbook.bin")):
            if kind == _WORKBOOK:
                facts.from_1904 = bool(data[0] & 1)
            elif kind == _SHEET:
                _, path = related[_text(data, 8)]
                if "/worksheets/" in f"/{path}":  # not a chart or a dialogue
                    facts.sheets.append(_sheet(part(path), styles))
    return facts


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part: the kind in one or two bytes, the length in up to four, seven bits of each."""
    at = 0
    while at < len(part):
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (part[at] & 0x7F) << 7
            at += 1
        length = 0
        for shift in (0, 7, 14, 21):
            byte = part[at]
            at += 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        yield kind, part[at : at + length]
        at += length


def _text(data: bytes, at: int) -> str:
    (letters,) = struct.unpack_from("<I", data, at)
    return data[at + 4 : at + 4 + 2 * letters].decode("utf-16-le", "replace")


def _styles(part: bytes) -> _Styles:
    fonts: list[bool] = []
    formats: dict[int, str] = {}
    cells: _Styles = []
    is_of_cells = False
    for kind, data in _records(part):
        if kind == _FONT:
            fonts.append(bool(data[2] & _STRIKES_OUT))
        elif kind == _FORMAT:
            formats[struct.unpack_from("<H", data)[0]] = _text(data, 2)
        elif kind in (_STYLES_OF_CELLS, _END_OF_STYLES):
            is_of_cells = kind == _STYLES_OF_CELLS
        elif kind == _STYLE and is_of_cells:
            number_format, font = struct.unpack_from("<HH", data, 2)
            cells.append((font < len(fonts) and fonts[font], shown_by(number_format, formats)))
    return cells


def _sheet(part: bytes, styles: _Styles) -> SheetFacts:
    facts, row = SheetFacts(), 0
    for kind, data in _records(part):
        if kind == _ROW:
            row = struct.unpack_from("<I", data)[0] + 1
            if data[11] & _HIDDEN_ROW:
                facts.hidden_rows.append(row)
        elif kind in _NUMBER_CELLS or kind in _OTHER_CELLS:
            column, style = struct.unpack_from("<II", data)
            place = row, column
            is_struck, shown = styles[style & 0xFFFFFF] if style & 0xFFFFFF < len(styles) else (False, None)
            if kind in _ERROR_CELLS:
                facts.errors[place] = ERROR_TEXTS.get(data[8], "#VALUE!")
            if is_struck:
                facts.struck.append(place)
            if shown == "nothing" or (shown is not None and kind in _NUMBER_CELLS):
                facts.places(shown).append(place)
        elif kind == _COLUMNS:
            first, last = struct.unpack_from("<II", data)
            if struct.unpack_from("<H", data, 16)[0] & _HIDDEN_COLUMN:
                facts.hidden_columns.append((first, last))
        elif kind == _MERGED:
            first_row, last_row, first, last = struct.unpack_from("<IIII", data)
            facts.merged.append(((first_row, first), (last_row, last)))
    return facts
