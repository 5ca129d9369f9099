"""What the files of a published table show besides the cells that are checked column by column.

Whoever gets the file finds its titles, notes, totals, signatures, comments, links and further sheets, too. They are read as the preflight of a
document reads them. Cells that a record holds are left out: their columns say what they may show.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError
from opencheck.core.personal_data import PREFILTER
from opencheck.documents import read
from opencheck.documents.spreadsheet import SPREADSHEET_SUFFIXES
from opencheck.readers import frames, json_rows, sql
from opencheck.records.dataset import ALL_CELLS, CELL_SEPARATORS, Dataset
from opencheck.records.disclosure_labels import part_marker

__all__ = ["text_around"]

_ROWS_ONLY = frames.SUFFIXES | json_rows.SUFFIXES | sql.SUFFIXES
"""Files that hold nothing but rows."""

_WORD = re.compile(r'[^\s,"]+')
"""What stays in one piece, however a cell is written into the text of a file."""

_MAY_BE_PERSONAL = re.compile(PREFILTER)

_CHECKED = "1"
"""Stands for a cell that was checked in its column: a number, so that the rows above it still are the headings, and nobody's."""


def text_around(data: Dataset, table: str) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """Read the files of a published table as documents, without the cells that its columns are checked for.

    Args:
        data: what was read of the files.
        table: the table's name.

    Returns:
        The text, blank if there is none, and the parts that could not be read: messages of the catalogue with their facts.
    """
    texts: list[str] = []
    unread: list[tuple[str, dict[str, Any]]] = []
    for path in data.inputs:
        if not path.is_file() or path.suffix.lower() in _ROWS_ONLY:
            continue
        try:
            document = read(path.read_bytes(), _name_by_content(path))
        except (InputError, OSError) as exc:
            unread.append(("unread.around", {"file": path.name, "problem": str(exc).removeprefix(f"{path.name}: ")}))
            continue
        texts.append(document.text)
        unread += [(code, {**facts, "file": path.name}) for code, facts in document.unread]
    whole = "\n".join(texts)
    if not _MAY_BE_PERSONAL.search(whole):
        return whole, unread
    return f"{part_marker('表格单元格以外的文字')}\n{_without(whole, _rows(data, table))}", unread


def _name_by_content(path: Path) -> str:
    """The name by which a file is read: portals name web pages and text tables .xls."""
    with path.open("rb") as file:
        is_packed = file.read(4).startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    return path.stem if path.suffix.lower() in SPREADSHEET_SUFFIXES and not is_packed else path.name


def _rows(data: Dataset, table: str) -> Iterator[list[str]]:
    """The texts of each record's cells."""
    own = data.tables.get(table)
    behind_name, between = CELL_SEPARATORS
    for batch in own.batches([ALL_CELLS]) if own is not None else ():
        for cells in batch[ALL_CELLS].drop_nulls():
            yield [text for _, _, text in (cell.partition(behind_name) for cell in cells.split(between))]


class _Words:
    """The words of a text, each with its place and the number of its line."""

    def __init__(self, text: str) -> None:
        found = [(line, match) for line, (start, end) in enumerate(_lines(text)) for match in _WORD.finditer(text, start, end)]
        self._lines = [line for line, _ in found]
        self.words = [match.group() for _, match in found]
        self.starts = [match.start() for _, match in found]
        self.ends = [match.end() for _, match in found]
        self._left: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            self._left.setdefault(word, []).append(at)

    def take(self, own: list[str], others: set[str], near: int) -> tuple[int, int] | None:
        """Find a cell where its row stands, once; the place of its first character and that behind its last.

        The same words elsewhere are no such cell, nor is there one for a row into which a cell above reaches down.
        """
        left = self._left.get(own[0], [])
        for number, first in enumerate(left):
            last = first + len(own)
            if self.words[first:last] == own and (not others or not others.isdisjoint(self._beside(first, last, near))):
                del left[number]
                return self.starts[first], self.ends[last - 1]
        return None

    def _beside(self, first: int, last: int, near: int) -> list[str]:
        """The other words of its line; of one that stands alone on it, as blocks within a cell do, those nearby."""
        start, end = bisect_left(self._lines, self._lines[first]), bisect_right(self._lines, self._lines[last - 1])
        if (start, end) == (first, last):
            start, end = max(0, first - near), last + near
        return [*self.words[start:first], *self.words[last:end]]


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends."""
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _without(text: str, rows: Iterator[list[str]]) -> str:
    """Take the cells of the rows that may be personal out of a text, each where its row stands; positions stay the same."""
    words, left = _Words(text), list(text)
    for cells in rows:
        pieces = [_WORD.findall(cell) for cell in cells]
        near = sum(map(len, pieces))
        for at, (cell, own) in enumerate(zip(cells, pieces, strict=True)):
            if not own or not _MAY_BE_PERSONAL.search(cell):
                continue
            others = {word for other in (*pieces[:at], *pieces[at + 1 :]) for word in other}
            if place := words.take(own, others, near):
                start, end = place
                left[start:end] = [_CHECKED, *(c if c.isspace() else " " for c in left[start + 1 : end])]
    return "".join(left)
