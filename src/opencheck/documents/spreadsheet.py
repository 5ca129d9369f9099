"""Spreadsheets as documents: the text of cells, comments and text boxes."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from opencheck.core.errors import InputError
from opencheck.documents.packages import main_part, relationships
from opencheck.documents.parts import ExtractedText, damaged_file_error, xml_tree
from opencheck.records.disclosure_labels import part_marker

_BESIDE_CELLS = ("comments", "threadedComment", "drawing")
"""Relationships of a sheet to parts with texts of their own."""

SPREADSHEET_SUFFIXES = (".xlsx", ".xls", ".et", ".csv", ".tsv")


def read_spreadsheet(data: bytes, name: str) -> ExtractedText:
    """Extract every sheet of a workbook, hidden ones included: a line for each row, cells separated by tabs.

    Raises:
        InputError: the file is damaged or empty.
    """
    from python_calamine import CalamineWorkbook

    def cell(value: Any) -> str:
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(n, book.get_sheet_by_name(n).to_python(skip_empty_area=True)) for n in book.sheet_names]
    except Exception as exc:
        raise damaged_file_error(name, exc) from exc
    lines = []
    for number, (title, rows) in enumerate(sheets):
        if number and any(any(c != "" for c in row) for row in rows):
            lines.append(part_marker(f"工作表 {title}"))
        lines += ["\t".join(map(cell, row)) for row in rows if any(c != "" for c in row)]
    lines += _comments_and_text_boxes(data, name)
    if not lines:
        raise InputError(f"{name}: 是空的 / is empty")
    return ExtractedText("\n".join(lines))


def _comments_and_text_boxes(data: bytes, name: str) -> list[str]:
    """Return the texts of a workbook's comments and text boxes."""
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
        roots = [xml_tree(archive.read(p), name) for p in sorted(parts.union(beside).intersection(present))]
    texts = [
        "".join(node.itertext("{*}t", "{*}text"))
        for root in roots
        for node in root.iter("{*}comment", "{*}threadedComment", "{*}p")
    ]
    filled = [t for t in dict.fromkeys(texts) if t.strip()]
    return [part_marker("单元格批注和文本框"), *filled] if filled else []
