"""Spreadsheets as documents: the text of cells, comments and text boxes."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from opencheck.core.errors import InputError
from opencheck.documents.kept_texts import kept_lines, package_texts, sheet_headers
from opencheck.documents.packages import main_part, relationships
from opencheck.documents.parts import ExtractedText, xml_tree
from opencheck.documents.workbooks import read_sheets
from opencheck.records.disclosure_labels import part_marker
from opencheck.records.parse import Uncomputed

_BESIDE_CELLS = ("comments", "threadedComment", "drawing")
"""Relationships of a sheet to parts with texts of their own."""

SPREADSHEET_SUFFIXES = (".xlsx", ".xls", ".et", ".csv", ".tsv")


def read_spreadsheet(data: bytes, name: str) -> ExtractedText:
    """Extract every sheet of a workbook, hidden ones included: a line for each row, cells separated by tabs.

    Raises:
        InputError: the file is damaged, protected, empty, or unlike any table in size.
    """
    lines = []
    for number, sheet in enumerate(read_sheets(data, name).sheets):
        rows = [["" if _says_nothing(c) else _text(c) for c in cells] for _, cells in sheet.rows]
        filled = [row for row in rows if any(row)]
        left = min((next(i for i, text in enumerate(row) if text) for row in filled), default=0)
        if number and filled:
            lines.append(part_marker(f"工作表 {sheet.name}"))
        lines += ["\t".join(row[left:]) for row in filled]
    lines += _beside_cells(data, name)
    if not lines:
        raise InputError(f"{name}: 是空的 / is empty")
    return ExtractedText("\n".join(lines))


def _says_nothing(cell: Any) -> bool:
    return cell is None or isinstance(cell, Uncomputed)


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _beside_cells(data: bytes, name: str) -> list[str]:
    """Return the texts of a workbook's comments, text boxes, headers and footers, and the personal data in what it keeps beside them."""
    if data[:2] != b"PK":
        return []
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
