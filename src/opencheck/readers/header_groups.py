"""The headings of a table in a sheet and the records below them; headings may be in two rows, one over several columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from opencheck.readers.heading_match import Heading
from opencheck.records.dataset import SourceLocation
from opencheck.records.table_spec import TableSpec

__all__ = ["LONGEST_HEADING", "Row", "SheetBody", "headings_at", "stand_below"]

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
    are blank or repeat it, all of which have different texts below; every other cell below is blank or repeats the one above. What is
    below may be a group once more. One text over all columns is a title, and no group.

    >>> top, below = ["序号", "公示起止时间", None, "责任单位"], [None, "开始", "结束", None]
    >>> [h.shown for h in headings_at([(1, top), (2, below)], 0)[0].values()]
    ['序号', '公示起止时间/开始', '公示起止时间/结束', '责任单位']
    >>> rows = [(1, ["编号", "第三方", None]), (2, [None, "征求", None]), (3, [None, "日期", "方式"])]
    >>> [h.shown for h in headings_at(rows, 0)[0].values()], headings_at([(1, ["公示情况", None]), (2, ["开始", "结束"])], 0)[1]
    (['编号', '第三方/征求/日期', '第三方/征求/方式'], 1)
    """
    headings, groups, depth = _levels(rows, at, _MOST_ROWS)
    grouped = {i for start, end in groups for i in range(start, end)}
    if len(groups) == 1 and grouped.issuperset(headings):
        return _one_row(rows[at][1]), 1
    return headings, depth


_MOST_ROWS = 3
"""Rows that headings take at most."""

Groups = list[tuple[int, int]]
"""The columns (first, last + 1) of each group."""


def _one_row(cells: Sequence[Any]) -> dict[int, Heading]:
    return {i: Heading(str(c)) for i, c in enumerate(cells) if c is not None}


def _levels(rows: Sequence[Row], at: int, most: int) -> tuple[dict[int, Heading], Groups, int]:
    """The headings that begin in a row, the groups in it, and how many rows they take."""
    top = rows[at][1]
    below = rows[at + 1][1] if most > 1 and at + 1 < len(rows) and rows[at + 1][0] == rows[at][0] + 1 else []
    inner, parted, depth = _levels(rows, at + 1, most - 1) if below else ({}, [], 1)
    more = {i: below[start] for start, end in parted for i in range(start + 1, end)}
    if more:
        below = [more.get(i, below[i] if i < len(below) else None) for i in range(max(len(below), 1 + max(more)))]
    groups = _groups(top, below, more)
    if not groups:
        return _one_row(top), [], 1
    over = {i: str(top[start]) for start, end in groups for i in range(start, end)}
    found: dict[int, Heading] = {}
    for i in range(max(len(top), len(below))):
        own = inner.get(i)
        if i in over and own is not None:
            found[i] = Heading(own.text, over[i] if own.group is None else f"{over[i]}/{own.group}")
        elif own is not None and own.group is not None:
            found[i] = own
        elif i < len(top) and top[i] is not None:
            found[i] = Heading(str(top[i]))
        elif i < len(below) and below[i] is not None:
            found[i] = Heading(str(below[i]))
    return found, groups, 1 + depth


def stand_below(rows: Sequence[Row], at: int, known: Callable[[Heading], bool]) -> int:
    """How many rows below one are surely no more than the lower halves of its headings, none of which says by itself what its column is.

    A line with two texts may stand above a table as well. It is a row of headings where one of them is merged with the cell below it, or
    where most of those that stand alone are known.

    Args:
        rows: the rows of the sheet.
        at: the row of the headings.
        known: whether a heading is one of a table.

    >>> rows = [(1, ["收到日期", "计划", None]), (2, ["收到日期", "办理日期", "答复日期"])]
    >>> stand_below(rows, 0, lambda heading: False), stand_below(rows, 1, lambda heading: True)
    (1, 0)
    """
    headings, depth = headings_at(rows, at)
    if depth == 1:
        return 0
    alone = {i: h for i, h in headings.items() if h.group is None}
    below = rows[at + 1][1]
    if any(i < len(below) and below[i] is not None and str(below[i]) == h.text for i, h in alone.items()):
        return depth - 1
    return depth - 1 if 2 * sum(map(known, alone.values())) > len(alone) else 0


_DIGIT = re.compile(r"\d")
_GROUP = re.compile(r"[^\d:：]{1,10}")
"""A heading over others: no day, nothing that is labelled, no title of a ledger."""


def _over_the_last(top: Sequence[Any], below: Sequence[Any]) -> Groups:
    """The groups in a row that holds nothing else: the headings of the first columns stand in the row below, beside those of the groups.

    One text alone over one column is a title, or says in which unit is counted.

    >>> below = ["序号", "收到日期", "办理日期", "答复日期", "办结时间"]
    >>> _over_the_last([None, None, "计划", None, "实际"], below), _over_the_last([None, None, "计划", "计划", None], below)
    ([(2, 4), (4, 5)], [(2, 4)])
    >>> _over_the_last([None, None, "依申请公开台账", None, "单位：件"], below), _over_the_last(["台账", None, None, None, "市民政局"], below)
    ([], [])
    """
    texts = [(i, c) for i, c in enumerate(top) if c is not None]
    width = len(below)
    # A record has a digit in it: an id or a day.
    are_headings = width > 0 and all(isinstance(c, str) and len(c) <= LONGEST_HEADING and not _DIGIT.search(c) for c in below)
    if not are_headings or not texts or texts[0][0] < 2 or texts[-1][0] >= width:
        return []
    if any(not isinstance(c, str) or not _GROUP.fullmatch(c) or c == below[i] for i, c in texts):
        return []
    starts = [i for n, (i, c) in enumerate(texts) if n == 0 or c != texts[n - 1][1]]
    merged = len(texts) > len(starts)
    if len(starts) < 2 and not merged:
        return []
    last = {start: max(i for i, _ in texts if i < end) for start, end in pairwise([*starts, width])}
    groups = [(start, last[start] + 1 if merged else end) for start, end in pairwise([*starts, width])]
    return groups if all(len(set(below[a:b])) == b - a for a, b in groups) else []


def _groups(top: Sequence[Any], below: Sequence[Any], more: Collection[int]) -> Groups:
    """The groups in a row; none unless the whole row below is a row of headings. ``more``: the columns that go on with a group below."""
    if groups := _over_the_last(top, below):
        return groups
    groups = []
    at = 0
    while at < len(below):
        cell, above = below[at], top[at] if at < len(top) else None
        if cell is None or cell == above or at in more:
            at += 1
            continue
        end = _end(top, below, at, more)
        if above is None or end - at < 2:
            return []
        groups.append((at, end))
        at = end
    return groups


def _end(top: Sequence[Any], below: Sequence[Any], start: int, more: Collection[int]) -> int:
    """The end of the group that may begin in a column: texts that differ, below a heading that is blank or the same further on."""
    end, texts = start, set()
    while end < len(below) and isinstance(below[end], str) and len(below[end]) <= LONGEST_HEADING:
        over = top[end] if end < len(top) else None
        if end > start and over is not None and over != top[start]:
            break
        if end not in more:
            if below[end] in texts:
                break
            texts.add(below[end])
        end += 1
    return end
