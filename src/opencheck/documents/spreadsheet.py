"""Spreadsheets as documents: the text of cells, comments and text boxes."""

from __future__ import annotations

import io
import math
import re
import zipfile
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError
from opencheck.documents.kept_texts import kept_lines, package_texts, sheet_headers
from opencheck.documents.old_workbook_parts import read_old_texts
from opencheck.documents.packages import local_name, main_part, relationships
from opencheck.documents.parts import (
    DRAWING_NAMESPACE,
    RESTORED,
    UNITS_PER_CM,
    ExtractedText,
    ReadEmbedded,
    pictures_unread,
    restored_lines,
    xml_tree,
)
from opencheck.documents.workbooks import Sheet, read_sheets
from opencheck.records.disclosure_labels import part_marker
from opencheck.records.parse import Uncomputed

_HIDDEN, _STRUCK = "隐藏的文字", "划去的文字"

_BESIDE_CELLS = ("comments", "threadedComment", "drawing")
"""Relationships of a sheet to parts with texts of their own."""

SPREADSHEET_SUFFIXES = (".xlsx", ".xls", ".et", ".csv", ".tsv")


def read_spreadsheet(data: bytes, name: str, read_embedded: ReadEmbedded) -> ExtractedText:
    """Extract every sheet of a workbook: a line for each row, cells separated by tabs.

    What nobody sees (hidden sheets, rows and columns, cells struck out or without a visible text) stands in parts of its own, which hold no
    label; numbers of persons are searched for in these, too.

    Raises:
        InputError: the file is damaged, protected, empty, or unlike any table in size.
    """
    lines: list[str] = []
    further: dict[str, list[str]] = {_HIDDEN: [], _STRUCK: [], RESTORED: []}
    unread: list[tuple[str, dict[str, Any]]] = []
    for number, sheet in enumerate(read_sheets(data, name).sheets):
        rows, taken_out = _rows_as_shown(sheet)
        for part, texts in taken_out.items():
            further[part] += texts
        filled = [row for row in rows if any(row)]
        if count := sum(isinstance(c, Uncomputed) for _, cells in sheet.rows for c in cells):
            unread.append(("unread.formulas", {"sheet": sheet.name, "count": count}))
        left = min((next(i for i, text in enumerate(row) if text) for row in filled), default=0)
        if number and filled:
            lines.append(part_marker(f"工作表 {sheet.name}"))
        lines += ["\t".join(row[left:]) for row in filled]
    for part, texts in further.items():
        lines += [part_marker(part), *texts] if texts else []
    if data[:2] == b"PK":
        lines += _beside_cells(data, name)
        unread += _unread_parts(data, name, read_embedded, lines)
    elif texts := read_old_texts(data):
        lines += [part_marker("单元格批注、文本框和页眉页脚"), *dict.fromkeys(texts)]
    if not lines and not unread:
        raise InputError(f"{name}: 是空的 / is empty")
    return ExtractedText("\n".join(lines), {}, unread)


def _rows_as_shown(sheet: Sheet) -> tuple[list[list[str]], dict[str, list[str]]]:
    """The texts of a sheet's cells as they are seen, and what nobody sees, by the part to which it goes.

    Where the sheet as it is holds more data of persons, this stands in one more part: what a number is, its heading may tell.
    """
    taken_out: dict[str, list[str]] = {_HIDDEN: [], _STRUCK: []}
    rows = [["" if _says_nothing(cell) else _text(cell) for cell in cells] for _, cells in sheet.rows]
    hidden_rows, struck, unseen = set(sheet.hidden_rows), set(sheet.struck), set(sheet.unseen)
    if not (sheet.hidden or hidden_rows or sheet.hidden_columns or struck or unseen):
        return rows, taken_out
    whole = ["\t".join(row) for row in rows]
    for (number, _), row in zip(sheet.rows, rows, strict=True):
        for at, text in enumerate(row):
            if not text:
                continue
            column = at if sheet.columns is None else sheet.columns[at]
            gone = sheet.hidden or number in hidden_rows or (number, column) in unseen
            gone = gone or any(first <= column <= last for first, last in sheet.hidden_columns)
            if gone or (number, column) in struck:
                taken_out[_HIDDEN if gone else _STRUCK].append(text)
                row[at] = ""
    taken_out[RESTORED] = restored_lines(whole, [["\t".join(row) for row in rows], *taken_out.values()])
    return rows, taken_out


def _unread_parts(data: bytes, name: str, read_embedded: ReadEmbedded, lines: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Read embedded files; what is to be said of pictures, and of comments of a binary workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        present = archive.namelist()
        unread = [
            ("unread.embedded", {"name": Path(p).name}) for p in present if re.fullmatch(r"xl/[^_]*comments[^/]*\.bin", p, re.I)
        ]
        pictures: list[float | None] = []
        for path in present:
            if re.fullmatch(r"xl/drawings/[^/]+\.xml", path):
                pictures += map(_size, xml_tree(archive.read(path), name).iter("{*}pic"))
        files = {
            Path(p).name: archive.read(p) for p in sorted(present) if p.startswith("xl/embeddings/") and not p.endswith("/")
        }
    read_embedded(files, lines, unread)
    return [*unread, *pictures_unread(pictures)]


def _size(picture: Any) -> float | None:
    """The printed size of a picture in square centimetres."""
    extent = next(picture.iter(f"{DRAWING_NAMESPACE}ext"), None)
    if extent is None:
        anchors = (a for a in picture.iterancestors() if local_name(a).endswith("Anchor"))
        extent = next((e for anchor in anchors for e in anchor.iterchildren("{*}ext")), None)
    sides = [] if extent is None else [extent.get(n, "") for n in ("cx", "cy")]
    return math.prod(int(s) / UNITS_PER_CM for s in sides) if sides and all(map(str.isdecimal, sides)) else None


def _says_nothing(cell: Any) -> bool:
    return cell is None or isinstance(cell, Uncomputed)


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _beside_cells(data: bytes, name: str) -> list[str]:
    """Return the texts of a workbook's comments, text boxes, headers and footers, and the personal data in what it keeps beside them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        present = archive.namelist()
        parts = {
            p
            for p in present
            if re.fullmatch(r"xl/(?:comments[^/]*|drawings/drawing[^/]*|(?:threadedC|c)omments/[^/]+)\.xml", p)
        }
        sheets = [t for _, t in relationships(archive, main_part(archive, name) or "xl/workbook.xml", name)]
        beside = [target for sheet in sheets for kind, target in relationships(archive, sheet, name) if kind in _BESIDE_CELLS]
        roots = {p: xml_tree(archive.read(p), name) for p in sorted(parts.union(beside).intersection(present))}
        headers, hints = sheet_headers(archive, name)
        kept = [*hints, *package_texts(archive, name, roots.items())]
    lines: list[str] = []
    # Text boxes are printed with the sheet, comments are not.
    for part, tags in (("文本框", ("{*}p",)), ("单元格批注", ("{*}comment", "{*}threadedComment"))):
        texts = ["".join(node.itertext("{*}t", "{*}text")) for root in roots.values() for node in root.iter(*tags)]
        filled = [t for t in dict.fromkeys(texts) if t.strip()]
        lines += [part_marker(part), *filled] if filled else []
    if headers:
        lines += [part_marker("页眉页脚"), *headers]
    return lines + kept_lines(kept)
