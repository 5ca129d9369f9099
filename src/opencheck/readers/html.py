"""Tables in web pages (.html): each ``<table>`` is a sheet, and cells that span rows or columns are merged cells.

What a browser does not show is read as hidden rows, columns and sheets of a workbook are, and a note says so; but of a cell that shows a text
the hidden part, such as a key to sort by, is no part of it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opencheck.core.encoding import decode
from opencheck.core.errors import InputError
from opencheck.documents.hidden_elements import Unseen, unseen_elements
from opencheck.readers.header_rows import SheetRows, find_tables
from opencheck.readers.hidden_parts import note_hidden
from opencheck.readers.memory_source import add_table
from opencheck.readers.struck_cells import note_struck
from opencheck.readers.table_detection import exact_table, table_by_name
from opencheck.records.dataset import Dataset

__all__ = [
    "SUFFIXES",
    "read_html",
]


SUFFIXES = frozenset({".html", ".htm"})

_MAX_SPAN = 1000  # a larger span is a mistake

_SHEET = re.compile(r"^(?:sheet|工作表|表)\s?\d{1,4}\s?[:：]\s?", re.I)
"""What LibreOffice writes before the name of a sheet."""


def read_html(data: Dataset, path: Path) -> None:
    """Read every innermost table of a page that holds records.

    Raises:
        InputError: the page cannot be read, or holds no table of records.
    """
    from opencheck.documents.page_tree import page_tree
    from opencheck.documents.parts import MAX_FILE_BYTES, too_large_error

    content = path.read_bytes()
    if len(content) > MAX_FILE_BYTES:
        raise too_large_error(path.name)
    tree = page_tree(decode(content, path.name))
    unseen = unseen_elements(tree)
    tables = _tables_with_headings(tree)
    found, faults = False, list[InputError]()
    for number, (table, heading) in enumerate(tables, 1):
        caption = " ".join("".join(c.text_content() for c in table.iter("caption")).split()) or heading
        name = caption or f"表{number}"
        rows = SheetRows(path.name, name, [])
        hidden = _Hidden(whole=table in unseen.hidden)
        _add_cells(rows, table, hidden, unseen)
        for one in find_tables(data, rows, name=caption or path.stem, faults=faults):
            found = True
            place = (path.name, name)
            note_struck(data, place, one, hidden.struck)
            columns = {(column, column) for row, column in hidden.cells if row in one.rows}
            note_hidden(data, place, one, whole=hidden.whole, rows=hidden.rows, columns=columns)
            if left_out := sorted(set(one.rows) & hidden.left_out):
                facts = {"file": path.name, "sheet": name, "count": len(left_out), "rows": [str(n) for n in left_out[:20]]}
                data.notes.append(("note.hidden_text", facts))
            add_table(data, one, place)
    if not found:
        if faults:
            raise faults[0]
        raise InputError(
            f"{path}: 网页里没有台账或公示表 / the page holds no table of records; tables found: {len(tables)}",
            code="no_table_of_records",
            path=path,
        )


def _tables_with_headings(tree: Any) -> list[tuple[Any, str]]:
    """The innermost tables, each with the name that a heading between the one before it and itself gives it; blank where there is none.

    Spreadsheets write the names of their sheets into a page so. Another heading says which of several tables it may be, and that only: one that
    is just the name of a table may as well be that of a chapter.
    """
    found: list[tuple[Any, str]] = []
    heading = ""
    for element in tree.iter("table", "h1", "h2", "h3", "h4"):
        if element.tag != "table":
            text = " ".join(element.text_content().split())
            name, is_sheet = _SHEET.subn("", text)
            heading = name if table_by_name(name) is not None and (is_sheet or exact_table(name) is None) else ""
        elif not any(True for _ in element.iterdescendants("table")):
            found.append((element, heading))
            heading = ""
    return found


@dataclass
class _Hidden:
    """What of a table a browser does not show, or shows struck out: rows by their numbers, cells by row and column."""

    whole: bool
    rows: set[int] = field(default_factory=set)
    cells: set[tuple[int, int]] = field(default_factory=set)
    struck: set[tuple[int, int]] = field(default_factory=set)
    left_out: set[int] = field(default_factory=set)
    """Rows with a cell of which a hidden part was left out."""


def _add_cells(rows: SheetRows, table: Any, hidden: _Hidden, unseen: Unseen) -> None:
    """Add the rows of a table, with spans filled, and note what is hidden by the elements that are not shown."""
    down: dict[int, tuple[int, str | None, int]] = {}
    """For each column in which a cell reaches further down: by how many rows, its text, and its first column."""
    for number, line in enumerate(table.iter("tr"), 1):
        row: list[Any] = []
        spread: dict[int, int] = {}
        if line in unseen.hidden and not hidden.whole:
            hidden.rows.add(number)

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
            shown, not_shown, is_struck = _texts(cell, unseen)
            text = shown or not_shown or None
            if shown and not_shown:
                hidden.left_out.add(number)
            if text and ((cell in unseen.hidden and line not in unseen.hidden) or not shown):
                hidden.cells.add((number, len(row)))
            if is_struck:
                hidden.struck.add((number, len(row)))
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


def _texts(cell: Any, unseen: Unseen) -> tuple[str, str, bool]:
    """The text that a cell shows, the text within it that is hidden, and whether all that is shown is struck out.

    Lines of a cell are parts of their own, as they are in a sheet.
    """
    if not len(cell):
        text = " ".join((cell.text or "").split())
        return text, "", bool(text) and cell in unseen.struck
    from lxml import etree

    from opencheck.documents.html import BLOCKS

    texts: dict[bool, list[str]] = {False: [], True: []}
    within: list[tuple[bool, bool]] = []
    """For each element around the place whether its own text is hidden in a cell that is shown, and whether it is struck out."""
    struck: set[bool] = set()

    def add(text: str) -> None:
        is_hidden, is_struck = within[-1]
        texts[is_hidden].append(text)
        if not is_hidden and text.strip():
            struck.add(is_struck)

    for event, element in etree.iterwalk(cell, events=("start", "end", "comment", "pi")):
        if element.tag in BLOCKS:
            for part in texts.values():
                part.append(" ")
        if event == "start":
            within.append((element in unseen.hidden and cell not in unseen.hidden, element in unseen.struck))
            if element.tag not in ("script", "style"):
                add(element.text or "")
        elif element is not cell:
            if event == "end":
                within.pop()
            add(element.tail or "")
    shown, not_shown = (" ".join("".join(texts[is_unseen]).split()) for is_unseen in (False, True))
    return shown, not_shown, struck == {True}


def _span(cell: Any, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(max(int(text), 1), _MAX_SPAN) if text.isdigit() else 1
