"""Binary workbooks (.xlsb) of a few records, as [MS-XLSB] describes them: no library writes any."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Error:
    """A cell that shows an error, by its number; of a formula or not."""

    number: int
    of_formula: bool = False


@dataclass
class BinarySheet:
    """Rows of cells, each with its number format and whether it is struck out; what is hidden and merged, from 0."""

    rows: Sequence[Sequence[tuple[Any, str, bool]]]
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[tuple[int, int]] = ()
    merged: Sequence[tuple[int, int, int, int]] = ()
    """First and last row, first and last column."""


def record(kind: int, data: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = bytearray()
    left = len(data)
    while left > 0x7F:
        length.append(left & 0x7F | 0x80)
        left >>= 7
    return number + bytes([*length, left]) + data


def text(value: str) -> bytes:
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def cell(column: int, style: int, value: Any, *, from_1904: bool) -> bytes:
    head = struct.pack("<II", column, style)
    if isinstance(value, date):
        days = (value - (date(1904, 1, 1) if from_1904 else date(1899, 12, 30))).days
        return record(2, head + struct.pack("<i", days << 2 | 2))  # as Excel writes whole numbers
    if isinstance(value, float):
        return record(5, head + struct.pack("<d", value))
    if isinstance(value, Error):
        return record(11 if value.of_formula else 3, head + bytes([value.number]))
    return record(6, head + text(str(value)))


def worksheet(sheet: BinarySheet, styles: list[tuple[str, bool]], *, from_1904: bool) -> bytes:
    last_row, last_column = len(sheet.rows) - 1, max(map(len, sheet.rows)) - 1
    parts = [record(129), record(148, struct.pack("<4I", 0, last_row, 0, last_column))]
    if sheet.hidden_columns:
        widths = [record(60, struct.pack("<4IH", first, last, 0, 0, 1)) for first, last in sheet.hidden_columns]
        parts += [record(390), *widths, record(391)]
    parts.append(record(145))
    for number, row in enumerate(sheet.rows):
        hidden = 0x10 if number in sheet.hidden_rows else 0
        parts.append(record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, hidden, 0, 0)))
        for column, (value, shown, is_struck) in enumerate(row):
            if value is not None:
                parts.append(cell(column, styles.index((shown, is_struck)), value, from_1904=from_1904))
    parts.append(record(146))
    if sheet.merged:
        parts += [record(177), *(record(176, struct.pack("<4I", *merged)) for merged in sheet.merged), record(178)]
    return b"".join([*parts, record(130)])


def binary_workbook(sheets: Mapping[str, BinarySheet], *, from_1904: bool = False) -> bytes:
    """The file. A style is written for each number format with and without a line through the text."""
    formats = list(dict.fromkeys(shown for sheet in sheets.values() for row in sheet.rows for _, shown, _ in row))
    styles = [(shown, is_struck) for shown in formats for is_struck in (False, True)]
    fonts = [record(43, struct.pack("<HH", 220, 8 if is_struck else 0)) for is_struck in (False, True)]
    codes = [record(44, struct.pack("<H", 164 + number) + text(code)) for number, code in enumerate(formats)]
    cells = [
        record(47, struct.pack("<HHH", 0, 164 + formats.index(shown), int(is_struck)) + bytes(10))
        for shown, is_struck in styles
    ]
    base = record(47, struct.pack("<HHH", 0xFFFF, 0, 0) + bytes(10))
    look = [
        record(278),
        record(615, struct.pack("<I", len(codes))),
        *codes,
        record(616),
        record(611, struct.pack("<I", 2)),
        *fonts,
        record(612),
    ]
    look += [
        record(626, struct.pack("<I", 1)),
        base,
        record(627),
        record(617, struct.pack("<I", len(cells))),
        *cells,
        record(618),
        record(279),
    ]
    listed = [
        record(156, struct.pack("<II", 0, number) + text(f"rId{number}") + text(name)) for number, name in enumerate(sheets, 1)
    ]
    book = [
        record(131),
        record(153, struct.pack("<III", int(from_1904), 0, 0)),
        record(143),
        *listed,
        record(144),
        record(157),
        record(132),
    ]
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONSHIPS}/worksheet" Target="worksheets/sheet{number}.bin"/>'
        for number in range(1, len(sheets) + 1)
    )
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'{head}<Relationship Id="r" Type="{RELATIONSHIPS}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        )
        archive.writestr("xl/_rels/workbook.bin.rels", f"{head}{related}</Relationships>")
        archive.writestr("xl/workbook.bin", b"".join(book))
        archive.writestr("xl/styles.bin", b"".join(look))
        for number, sheet in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{number}.bin", worksheet(sheet, styles, from_1904=from_1904))
    return out.getvalue()
