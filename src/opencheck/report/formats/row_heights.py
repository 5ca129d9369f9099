"""Heights of rows with wrapped texts: spreadsheets do not fit rows of files that they did not write."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["row_height"]

_LINE = 15.0
_MOST = 400.0
"""Spreadsheets have no rows higher than this by much."""


def row_height(cells: Iterable[tuple[str, float]]) -> float:
    """Return the height of a row, in points, that shows its longest cell.

    Args:
        cells: the texts of the row's cells that are wrapped, each with the width of its column in characters.

    >>> row_height([("PD-9.4", 12), ("立即发布解读材料并与文件相互链接", 20), ("", 5)])
    30.0
    """

    def lines(text: str, width: float) -> int:
        return sum(1 + int(sum(2 if ord(c) > 255 else 1 for c in part) / (width - 3)) for part in text.split("\n"))

    return min(_LINE * max((lines(text, width) for text, width in cells), default=1), _MOST)
