"""What an .xls and an .ods say beside the values of their cells: hidden rows, and the day from which days are counted.

Calamine tells neither. An .xls is a file of records in a container of sectors, whose formats [MS-CFB] and [MS-XLS] describe; an .ods is XML.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

__all__ = ["OldFacts", "read_old_facts"]

_END_OF_CHAIN = 0xFFFFFFFC  # this and all greater numbers are no sectors
_MINI_CUTOFF = 4096
_DATE_MODE, _BOUND_SHEET, _ROW, _EOF = 0x22, 0x85, 0x208, 0x0A
_BEGINS = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
_HIDDEN_ROW = 0x20
_MAX_ROWS = 1_048_576


@dataclass
class OldFacts:
    """Whether days are counted from 1904, and by number of the worksheet (from 0) its hidden rows (from 1)."""

    from_1904: bool = False
    hidden_rows: list[list[int]] = field(default_factory=list)


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


def _of_ods(content: bytes) -> OldFacts | None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "content.xml" not in archive.namelist():
            return None
        xml = archive.read("content.xml")
    facts, row, groups = OldFacts(), 1, 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, groups
        part = name.rpartition(":")[2]
        own = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if part == "null-date":
            facts.from_1904 = own.get("date-value", "").startswith("1904")
        elif part == "table":
            facts.hidden_rows.append([])
            row = 1
        elif part == "table-row-group":
            groups += own.get("display") == "false"
        elif part == "table-row" and facts.hidden_rows:
            count = int(own.get("number-rows-repeated", "1"))
            if own.get("visibility", "visible") != "visible":
                facts.hidden_rows[-1] += range(row, min(row + count, _MAX_ROWS + 1))
            row += count

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(xml, True)
    # Groups that are folded hide rows by an attribute of their own, which nothing in a row repeats.
    return facts if not groups else None


def _of_xls(content: bytes) -> OldFacts | None:
    book = _workbook_stream(content) if content.startswith(b"\xd0\xcf\x11\xe0") else content
    facts, sheets = OldFacts(), list[int]()
    for kind, data in _records(book, 0):
        if kind == _DATE_MODE:
            facts.from_1904 = struct.unpack_from("<H", data)[0] == 1
        elif kind == _BOUND_SHEET and data[5] == 0:  # a worksheet, not a chart or a macro
            sheets.append(struct.unpack_from("<I", data)[0])
    for at in sheets:
        hidden = []
        for kind, data in _records(book, at):
            if kind == _ROW and struct.unpack_from("<H", data, 12)[0] & _HIDDEN_ROW:
                hidden.append(struct.unpack_from("<H", data)[0] + 1)
        facts.hidden_rows.append(hidden)
    return facts if sheets else None


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
