"""What an .xls (.et of WPS is one) says beside the values of its cells: hidden rows and columns, the day from which days are counted, errors,
formulas that nobody computed, percents, days of which only the month is shown, struck-out cells.

Calamine tells none of these: errors and formulas without a value are blank to it, which would mean that an act was not done, and 2018年9月 is
the first of September. An .xls is a file of records in a container of sectors, whose formats [MS-CFB] and [MS-XLS] describe.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

from opencheck.documents.binary_workbook_parts import ERROR_TEXTS, read_binary_facts
from opencheck.documents.number_formats import Shown, shown_by
from opencheck.documents.opendocument_parts import read_opendocument_facts
from opencheck.documents.workbook_parts import SheetFacts, SheetsInOrder

__all__ = ["read_old_facts", "read_old_texts"]

_END_OF_CHAIN = 0xFFFFFFFC  # this and all greater numbers are no sectors
_MINI_CUTOFF = 4096
_DATE_MODE, _BOUND_SHEET, _ROW, _EOF = 0x22, 0x85, 0x208, 0x0A
_FORMULAS, _ERROR, _RECALC_ID = frozenset({0x0006, 0x0206, 0x0406}), 0x205, 0x1C1
_TEXT_OBJECT, _CONTINUE, _HEADERS = 0x1B6, 0x3C, frozenset({0x14, 0x15})
_BEGINS = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
_COLUMNS, _HIDDEN_COLUMN = 0x7D, 0x01
_HIDDEN_ROW = 0x20
_FONT, _FORMAT, _STYLE = 0x31, 0x41E, 0xE0
_STRIKES_OUT = 0x08
_NUMBERS, _SEVERAL_NUMBERS = frozenset({0x203, 0x27E}), 0xBD
_TEXTS = frozenset({0xFD, 0x204, 0xD6, 0x205})
"""Cells with texts, and with a yes or no."""
_BIFF_8 = 0x0600
_CALCULATE_ON_LOAD = 0x02


def read_old_facts(content: bytes) -> SheetsInOrder | None:
    """Read the facts of an .xls, .xlsb or .ods; None where they cannot be told: another kind of file, or one that is not written so.

    >>> read_old_facts(b"PK no archive") is None
    True
    """
    try:
        if content.startswith(b"PK"):
            return read_opendocument_facts(content) or read_binary_facts(content)
        return _of_xls(content)
    except (ValueError, KeyError, IndexError, struct.error, zipfile.BadZipFile, OSError, RuntimeError):
        return None
    except (expat.ExpatError, ElementTree.ParseError, NotImplementedError, EOFError, MemoryError):  # of damaged archives
        return None


def read_old_texts(content: bytes) -> list[str]:
    """Return what an .xls shows beside its cells: comments, text boxes, headers and footers; nothing where it cannot be told."""
    try:
        book = _workbook_stream(content) if content.startswith(b"\xd0\xcf\x11\xe0") else content
        sheets = [struct.unpack_from("<I", data)[0] for kind, data in _records(book, 0) if kind == _BOUND_SHEET]
        return [text for at in sheets for text in _texts_beside(book, at) if text.strip()]
    except (ValueError, KeyError, IndexError, struct.error):
        return []


def _texts_beside(book: bytes, at: int) -> Iterator[str]:
    left, text = 0, ""
    for kind, record in _records(book, at):
        data = bytes(record)
        if kind == _CONTINUE and left and data:
            piece = data[1:].decode("utf-16-le" if data[0] & 1 else "latin-1", "replace")[:left]
            left, text = left - len(piece), text + piece
            continue
        if text:
            yield text
        left, text = 0, ""
        if kind == _TEXT_OBJECT:
            left = struct.unpack_from("<H", data, 10)[0]
        elif kind in _HEADERS and len(data) > 3:
            yield data[3:].decode("utf-16-le" if data[2] & 1 else "latin-1", "replace")
    if text:
        yield text


@dataclass
class _Styles:
    """The styles of cells, as the records before the sheets define them."""

    fonts: list[bool] = field(default_factory=list)
    """Whether each font strikes out."""
    formats: dict[int, str] = field(default_factory=dict)
    cells: list[tuple[int, int]] = field(default_factory=list)
    """Of each style its font and its number format."""
    is_biff_8: bool = True

    def add(self, kind: int, data: memoryview) -> None:
        """Note what a record defines."""
        if kind == _FONT:
            self.fonts.append(bool(data[2] & _STRIKES_OUT))
        elif kind == _FORMAT:
            number, letters = struct.unpack_from("<HB", data)
            if not self.is_biff_8:
                text = bytes(data[3 : 3 + letters]).decode("latin-1")
            else:  # the length has two bytes, and a third says whether a letter has
                wide = data[4] & 1
                text = bytes(data[5 : 5 + (letters << wide)]).decode("utf-16-le" if wide else "latin-1", "replace")
            self.formats[number] = text
        elif kind == _STYLE:
            self.cells.append(struct.unpack_from("<HH", data))

    def shown(self) -> list[tuple[bool, Shown | None]]:
        """Of each style whether it strikes out, and what its format shows."""
        fonts = [*self.fonts[:4], False, *self.fonts[4:]]  # no font has the number 4
        return [
            (font < len(fonts) and fonts[font], shown_by(number_format, self.formats)) for font, number_format in self.cells
        ]


def _of_xls(content: bytes) -> SheetsInOrder | None:
    book = _workbook_stream(content) if content.startswith(b"\xd0\xcf\x11\xe0") else content
    facts, sheets, computed = SheetsInOrder(), list[int](), False
    styles = _Styles(is_biff_8=struct.unpack_from("<HHH", book)[2] == _BIFF_8)
    for kind, data in _records(book, 0):
        styles.add(kind, data)
        if kind == _DATE_MODE:
            facts.from_1904 = struct.unpack_from("<H", data)[0] == 1
        elif kind == _BOUND_SHEET and data[5] == 0:  # a worksheet, not a chart or a macro
            sheets.append(struct.unpack_from("<I", data)[0])
        elif kind == _RECALC_ID:
            computed = True
    shown = styles.shown()
    for at in sheets:
        found = SheetFacts()
        for kind, data in _records(book, at):
            if kind == _ROW and struct.unpack_from("<H", data, 12)[0] & _HIDDEN_ROW:
                found.hidden_rows.append(struct.unpack_from("<H", data)[0] + 1)
            elif kind == _COLUMNS and struct.unpack_from("<H", data, 8)[0] & _HIDDEN_COLUMN:
                found.hidden_columns.append(struct.unpack_from("<HH", data))
            elif kind in _FORMULAS:
                _note_xls_formula(found, data, computed=computed)
            elif kind == _ERROR and data[7]:
                found.errors[_xls_place(data)] = ERROR_TEXTS.get(data[6], "#VALUE!")
            for place, style in _styled_cells(kind, data):
                is_struck, what = shown[style] if style < len(shown) else (False, None)
                if is_struck:
                    found.struck.append(place)
                if what == "nothing" or (what is not None and kind not in _TEXTS):
                    found.places(what).append(place)
        facts.sheets.append(found)
    return facts if sheets else None


def _styled_cells(kind: int, data: memoryview) -> Iterator[tuple[tuple[int, int], int]]:
    """The cells of a record that hold something, and their styles."""
    if kind in _NUMBERS or kind in _TEXTS or kind in _FORMULAS:
        yield _xls_place(data), struct.unpack_from("<H", data, 4)[0]
    elif kind == _SEVERAL_NUMBERS:
        row, column = _xls_place(data)
        for number in range((len(data) - 6) // 6):
            yield (row, column + number), struct.unpack_from("<H", data, 4 + 6 * number)[0]


def _xls_place(data: memoryview) -> tuple[int, int]:
    row, column = struct.unpack_from("<HH", data)
    return row + 1, column


def _note_xls_formula(facts: SheetFacts, data: memoryview, *, computed: bool) -> None:
    """Note a formula whose value is an error, or that nobody computed: programs that do not compute write an empty text or 0, Excel and its
    like state the version that computed."""
    result, (kind, code), flags = bytes(data[6:14]), (data[6], data[8]), struct.unpack_from("<H", data, 14)[0]
    is_number = result[6:] != b"\xff\xff"
    if not is_number and kind == 2:
        facts.errors[_xls_place(data)] = ERROR_TEXTS.get(code, "#VALUE!")
    elif (not is_number and kind == 3 and (flags & _CALCULATE_ON_LOAD or not computed)) or (
        result == bytes(8) and flags & _CALCULATE_ON_LOAD
    ):
        facts.uncomputed[_xls_place(data)] = "="


def _records(book: bytes, at: int) -> Iterator[tuple[int, memoryview]]:
    """The records of the part of a workbook that begins at a place, without those of charts within it."""
    whole, depth = memoryview(book), 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        if kind in _BEGINS:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, whole[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook_stream(content: bytes) -> bytes:
    """The stream of the workbook in its container.

    Raises:
        ValueError: there is none, or the sectors are not chained as they should be.
        struct.error, IndexError: the container is cut off.
    """
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    if not (7 <= shift <= 16 and 4 <= mini_shift <= shift):
        raise ValueError("no sizes of sectors")
    size = 1 << shift
    listed, directory = struct.unpack_from("<II", content, 44)
    mini_table, _, more, more_count = struct.unpack_from("<IIII", content, 60)
    table_sectors = list(struct.unpack_from("<109I", content, 76))
    for _ in range(min(more_count, len(content) // size)):
        *sectors, more = struct.unpack_from(f"<{size // 4}I", content, (more + 1) << shift)
        table_sectors += sectors
    table: list[int] = []
    for sector in table_sectors[: min(listed, len(content) // size)]:
        table += struct.unpack_from(f"<{size // 4}I", content, (sector + 1) << shift)

    def stream(start: int) -> bytes:
        return b"".join(content[(n + 1) << shift : (n + 2) << shift] for n in _chain(table, start))

    entries = stream(directory)
    root = b""
    for at in range(0, len(entries) - 127, 128):
        name_length, kind = struct.unpack_from("<HB", entries, at + 64)
        start, length = struct.unpack_from("<II", entries, at + 116)
        name = entries[at : at + max(0, min(name_length, 64) - 2)].decode("utf-16-le", "replace").lower()
        if kind == 5:
            root = stream(start)
        elif kind == 2 and name in ("workbook", "book"):
            if length >= _MINI_CUTOFF:
                return stream(start)[:length]
            numbers = stream(mini_table)
            minis = list(struct.unpack_from(f"<{len(numbers) // 4}I", numbers))
            return b"".join(root[n << mini_shift : (n + 1) << mini_shift] for n in _chain(minis, start))[:length]
    raise ValueError("no workbook in the container")


def _chain(table: list[int], start: int) -> Iterator[int]:
    """The sectors of a stream, one after the other.

    Raises:
        ValueError: they never end.
        IndexError: one of them is not there.
    """
    left = len(table)
    while start < _END_OF_CHAIN:
        if left < 0:
            raise ValueError("a circle of sectors")
        yield start
        start = table[start]
        left -= 1
