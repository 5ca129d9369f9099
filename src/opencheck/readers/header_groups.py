"""The headings of a table in a sheet and the records below them; headings may be in two rows, one over several columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opencheck.readers.heading_match import Heading
from opencheck.records.dataset import SourceLocation
from opencheck.records.table_spec import TableSpec

__all__ = ["LONGEST_HEADING", "Row", "SheetBody", "headings_at"]

LONGEST_HEADING = 40

Row = tuple[int, list[Any]]


@dataclass(frozen=True)
class SheetBody:
    """The headings and records of a table in a sheet."""

    spec: TableSpec
    place: SourceLocation
    """File, sheet, and the row of the headings."""
    headings: Mapping[int, Heading]
    records: list[tuple[int, list[Any]]]
    mapping: Mapping[str, str]
    merged: Mapping[int, Mapping[int, tuple[str, Any]]]
    """For each record with cells that are merged with one before them in its row, by their columns: the heading of the merged cell's first
    column, and what stands there."""
    places: Sequence[int] | None = None
    """The columns of the sheet, where empty ones between them were left out."""

    def column(self, i: int) -> list[Any]:
        """The cells of a column."""
        return [cells[i] for _, cells in self.records]


def headings_at(rows: Sequence[Row], at: int) -> tuple[dict[int, Heading], int]:
    """The headings that begin in a row, by column, and how many rows they take.

    The row below belongs to them only if it says nothing but what each column of a group is: a group is a heading followed by cells that
    are blank or repeat it, all of which have different texts below; every other cell below is blank or repeats the one above.

    >>> top, below = ["序号", "公示起止时间", None, "责任单位"], [None, "开始", "结束", None]
    >>> [h.shown for h in headings_at([(1, top), (2, below)], 0)[0].values()]
    ['序号', '公示起止时间/开始', '公示起止时间/结束', '责任单位']
    """
    top = rows[at][1]
    below = rows[at + 1][1] if at + 1 < len(rows) and rows[at + 1][0] == rows[at][0] + 1 else []
    groups = _groups(top, below)
    if not groups:
        return {i: Heading(str(c)) for i, c in enumerate(top) if c is not None}, 1
    over = {i: top[start] for start, end in groups for i in range(start, end)}
    found: dict[int, Heading] = {}
    for i in range(max(len(top), len(below))):
        if i in over:
            found[i] = Heading(str(below[i]), str(over[i]))
        elif i < len(top) and top[i] is not None:
            found[i] = Heading(str(top[i]))
    return found, 2


def _groups(top: Sequence[Any], below: Sequence[Any]) -> list[tuple[int, int]]:
    """The columns (first, last + 1) of each group; none unless the whole row below is a row of headings."""
    groups: list[tuple[int, int]] = []
    at = 0
    while at < len(below):
        cell, above = below[at], top[at] if at < len(top) else None
        if cell is None or cell == above:
            at += 1
            continue
        end = _end(top, below, at)
        if above is None or end - at < 2:
            return []
        groups.append((at, end))
        at = end
    return groups


def _end(top: Sequence[Any], below: Sequence[Any], start: int) -> int:
    """The end of the group that may begin in a column: texts that differ, below a heading that is blank or the same further on."""
    end, texts = start, set()
    while end < len(below) and isinstance(below[end], str) and len(below[end]) <= LONGEST_HEADING and below[end] not in texts:
        over = top[end] if end < len(top) else None
        if end > start and over is not None and over != top[start]:
            break
        texts.add(below[end])
        end += 1
    return end
