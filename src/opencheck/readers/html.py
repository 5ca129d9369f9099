"""Tables in web pages (.html): each ``<table>`` is a sheet, and cells that span rows or columns are merged cells."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from opencheck.core.encoding import decode
from opencheck.core.errors import InputError
from opencheck.readers.header_rows import SheetRows, find_tables
from opencheck.readers.sources import add_table
from opencheck.records.dataset import Dataset

__all__ = [
    "SUFFIXES",
    "read_html",
]


SUFFIXES = frozenset({".html", ".htm"})

_MAX_SPAN = 1000  # a larger span is a mistake


def read_html(data: Dataset, path: Path) -> None:
    """Read every innermost table of a page that holds records.

    Raises:
        InputError: the page cannot be read, or holds no table of records.
    """
    from opencheck.documents.html import html_tree
    from opencheck.documents.parts import MAX_FILE_BYTES, too_large_error

    content = path.read_bytes()
    if len(content) > MAX_FILE_BYTES:
        raise too_large_error(path.name)
    tree = html_tree(decode(content, path.name))
    tables = [t for t in tree.iter("table") if not any(True for _ in t.iterdescendants("table"))]
    found = False
    for number, table in enumerate(tables, 1):
        caption = " ".join("".join(c.text_content() for c in table.iter("caption")).split())
        name = caption or f"表{number}"
        rows = SheetRows(path.name, name, [])
        _add_cells(rows, table)
        for one in find_tables(data, rows, name=caption or path.stem):
            found = True
            add_table(data, one, (path.name, name))
    if not found:
        raise InputError(
            f"{path}: 网页里没有台账或公示表 / the page holds no table of records; tables found: {len(tables)}",
            code="no_table_of_records",
            path=path,
        )


def _add_cells(rows: SheetRows, table: Any) -> None:
    """Add the rows of a table, with spans filled."""
    down: dict[int, tuple[int, str | None, int]] = {}
    """For each column in which a cell reaches further down: by how many rows, its text, and its first column."""
    for number, line in enumerate(table.iter("tr"), 1):
        row: list[Any] = []
        spread: dict[int, int] = {}

        def fill(row: list[Any] = row, spread: dict[int, int] = spread) -> None:
            while len(row) in down:
                left, text, first = down.pop(len(row))
                if left > 1:
                    down[len(row)] = (left - 1, text, first)
                if first < len(row):
                    spread[len(row)] = first
                row.append(text)

        for cell in line.iterchildren("td", "th"):
            fill()
            text = " ".join(cell.text_content().split()) or None
            first, across, high = len(row), _span(cell, "colspan"), _span(cell, "rowspan")
            for column in range(first, first + across):
                if high > 1:
                    down[column] = (high - 1, text, first)
                if column > first:
                    spread[column] = first
                row.append(text)
        fill()
        rows.rows.append((number, row))
        if spread:
            rows.spread[number] = spread
        if any(n >= 2 for n in Counter(spread.values()).values()):
            rows.merged_across.add(number)


def _span(cell: Any, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(max(int(text), 1), _MAX_SPAN) if text.isdigit() else 1
