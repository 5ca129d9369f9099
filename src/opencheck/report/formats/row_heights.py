"""Wrapped texts in spreadsheets: the heights of their rows, which are not fitted in a file of another program, and dates in one piece."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import ceil

__all__ = ["dates_in_one_piece", "row_height"]

_LINE = 16.0
_MOST = 400.0
"""Spreadsheets have no rows higher than this by much."""
_SPARE = 3
"""Columns of a cell that are left free: fonts differ, and a Chinese character is a little wider than two digits."""

_DATE = re.compile(r"\d{4}-(?:\d{2}-\d{2}(?:（周.）)?|\d{2}|[A-Z]\d+)")
_PIECE = re.compile(rf"(?:{_DATE.pattern}|[!-~]+|.)[，。；：、）”]*", re.ASCII | re.DOTALL)
"""What stays on one line: a date with its weekday, a word; and the punctuation after it."""


def row_height(cells: Iterable[tuple[str, float]]) -> float:
    """Return the height of a row, in points, that shows its longest cell.

    Args:
        cells: the texts of the row's cells that are wrapped, each with the width of its column in characters.

    >>> row_height([("PD-9.4", 12), ("立即发布解读材料并与文件相互链接", 20), ("", 5)])
    32.0
    """

    def lines(text: str, width: float) -> int:
        return sum(max(1, ceil(_columns(part) / (width - _SPARE))) for part in text.split("\n"))

    return min(_LINE * max((lines(text, width) for text, width in cells), default=1), _MOST)


def dates_in_one_piece(text: str, width: float) -> str:
    """Return a text with line breaks so that a cell that wraps it breaks no date at its hyphens; without a date as it is.

    A spreadsheet breaks after a hyphen and has no mark against it. A non-breaking hyphen in its place would be copied with the date, which
    would then not be found in the ledger; a line break is no part of the date.

    Args:
        text: what the cell says.
        width: of the column, in characters.

    >>> dates_in_one_piece("实际公开日期为2018-10-15（周一），迟6个工作日", 27).split("\\n")
    ['实际公开日期为', '2018-10-15（周一），迟6', '个工作日']
    """
    if not _DATE.search(text):
        return text
    return "\n".join(line for part in text.split("\n") for line in _lines(part, int(width) - _SPARE))


def _lines(text: str, room: int) -> Iterable[str]:
    line = ""
    for piece in _PIECE.findall(text):
        if line and _columns(line) + _columns(piece.rstrip("，。；：、）”")) > room:
            yield line.rstrip(" ")
            line = piece.lstrip(" ")
        else:
            line += piece
    yield line


def _columns(text: str) -> int:
    return sum(2 if ord(c) > 255 else 1 for c in text)
