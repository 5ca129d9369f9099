"""What an .xls and an .ods say beside the values of their cells: hidden rows and columns, the day from which days are counted, errors, and
formulas that nobody computed; an .ods also which cells are merged.

Calamine tells none of these: errors and formulas without a value are blank to it, which would mean that an act was not done. An .xls is a
file of records in a container of sectors, whose formats [MS-CFB] and [MS-XLS] describe; an .ods is XML.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from opencheck.documents.workbook_parts import SheetFacts
from opencheck.records.placeholders import is_formula_error

__all__ = ["OldFacts", "read_old_facts", "read_old_texts"]

_END_OF_CHAIN = 0xFFFFFFFC  # this and all greater numbers are no sectors
_MINI_CUTOFF = 4096
_DATE_MODE, _BOUND_SHEET, _ROW, _EOF = 0x22, 0x85, 0x208, 0x0A
_FORMULAS, _ERROR, _RECALC_ID = frozenset({0x0006, 0x0206, 0x0406}), 0x205, 0x1C1
_TEXT_OBJECT, _CONTINUE, _HEADERS = 0x1B6, 0x3C, frozenset({0x14, 0x15})
_BEGINS = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
_COLUMNS, _HIDDEN_COLUMN = 0x7D, 0x01
_HIDDEN_ROW = 0x20
_MAX_ROWS = 1_048_576
_MAX_REPEATED = 10_000  # cells for which one formula stands; more are a mistake
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_CALCULATE_ON_LOAD = 0x02


@dataclass
class OldFacts:
    """Whether days are counted from 1904, and what each worksheet says, in their order."""

    from_1904: bool = False
    sheets: list[SheetFacts] = field(default_factory=list)


def read_old_facts(content: bytes) -> OldFacts | None:
    """Read the facts of an .xls or .ods; None where they cannot be told: another kind of file, or one that is not written as it should be.

    >>> read_old_facts(b"PK no archive") is None
    True
    """
    try:
        return _of_ods(content) if content.startswith(b"PK") else _of_xls(content)
    except (ValueError, KeyError, IndexError, struct.error, zipfile.BadZipFile, expat.ExpatError, OSError, RuntimeError):
        return None
    except (NotImplementedError, EOFError, MemoryError):  # of damaged archives
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


def _of_ods(content: bytes) -> OldFacts | None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "content.xml" not in archive.namelist():
            return None
        xml = archive.read("content.xml")
    facts, groups = OldFacts(), 0
    row, rows, column, columns = 1, 1, 0, 1
    cell: dict[str, str] = {}
    text: list[str] | None = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, rows, column, columns, groups, cell, text
        part = name.rpartition(":")[2]
        own = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if part in ("table-cell", "covered-table-cell"):
            columns = int(own.get("number-columns-repeated", "1"))
            cell, text = attributes, [] if "formula" in own or "error" in attributes.values() else None
            spans = int(own.get("number-rows-spanned", "1")), int(own.get("number-columns-spanned", "1"))
            if spans != (1, 1) and facts.sheets:
                facts.sheets[-1].merged.append(((row - 1, column), (row + spans[0] - 2, column + spans[1] - 1)))
            if own.get("value-type") == "percentage" and facts.sheets and rows * columns <= _MAX_REPEATED:
                facts.sheets[-1].percents += [(r, c) for r in range(row, row + rows) for c in range(column, column + columns)]
        elif part == "null-date":
            facts.from_1904 = own.get("date-value", "").startswith("1904")
        elif part == "table":
            facts.sheets.append(SheetFacts())
            row, column = 1, 0
        elif part == "table-column" and facts.sheets:
            first, column = column, column + int(own.get("number-columns-repeated", "1"))
            if own.get("visibility", "visible") != "visible":
                facts.sheets[-1].hidden_columns.append((first, column - 1))
        elif part == "table-row-group":
            groups += own.get("display") == "false"
        elif part == "table-row" and facts.sheets:
            rows, column = int(own.get("number-rows-repeated", "1")), 0
            if own.get("visibility", "visible") != "visible":
                facts.sheets[-1].hidden_rows += range(row, min(row + rows, _MAX_ROWS + 1))

    def end(name: str) -> None:
        nonlocal row, column, text
        part = name.rpartition(":")[2]
        if part in ("table-cell", "covered-table-cell"):
            if text is not None and facts.sheets and rows * columns <= _MAX_REPEATED:
                places = [(r, c) for r in range(row, row + rows) for c in range(column, column + columns)]
                _note_ods_cell(facts.sheets[-1], places, cell, "".join(text).strip())
            column, text = column + columns, None
        elif part == "table-row":
            row += rows

    def characters(data: str) -> None:
        if text is not None:
            text.append(data)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parser.Parse(xml, True)
    # Groups that are folded hide rows by an attribute of their own, which nothing in a row repeats.
    return facts if not groups else None


def _note_ods_cell(facts: SheetFacts, places: list[tuple[int, int]], cell: dict[str, str], text: str) -> None:
    """Note a formula, or what is marked as an error, where it has no value."""
    own = {key.rpartition(":")[2]: value for key, value in cell.items()}
    if "error" in cell.values() or is_formula_error(text):
        facts.errors.update(dict.fromkeys(places, text or "#VALUE!"))
    elif "value-type" not in own and not text:
        facts.uncomputed.update(dict.fromkeys(places, "=" + own.get("formula", "").rpartition(":=")[2].lstrip("=")))


def _of_xls(content: bytes) -> OldFacts | None:
    book = _workbook_stream(content) if content.startswith(b"\xd0\xcf\x11\xe0") else content
    facts, sheets, computed = OldFacts(), list[int](), False
    for kind, data in _records(book, 0):
        if kind == _DATE_MODE:
            facts.from_1904 = struct.unpack_from("<H", data)[0] == 1
        elif kind == _BOUND_SHEET and data[5] == 0:  # a worksheet, not a chart or a macro
            sheets.append(struct.unpack_from("<I", data)[0])
        elif kind == _RECALC_ID:
            computed = True
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
                found.errors[_xls_place(data)] = _ERRORS.get(data[6], "#VALUE!")
        facts.sheets.append(found)
    return facts if sheets else None


def _xls_place(data: memoryview) -> tuple[int, int]:
    row, column = struct.unpack_from("<HH", data)
    return row + 1, column


def _note_xls_formula(facts: SheetFacts, data: memoryview, *, computed: bool) -> None:
    """Note a formula whose value is an error, or that nobody computed: programs that do not compute write an empty text or 0, Excel and its
    like state the version that computed."""
    result, (kind, code), flags = bytes(data[6:14]), (data[6], data[8]), struct.unpack_from("<H", data, 14)[0]
    is_number = result[6:] != b"\xff\xff"
    if not is_number and kind == 2:
        facts.errors[_xls_place(data)] = _ERRORS.get(code, "#VALUE!")
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
