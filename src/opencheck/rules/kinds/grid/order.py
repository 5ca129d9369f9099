"""The order in which a grid is filled, and the doubtful records that could change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from opencheck.records.dataset import REJECTED
from opencheck.rules.kinds.grid.declaration import Axis, Cell

__all__ = ["ON", "fits", "gaps", "held", "may_be_by", "may_disorder", "may_mend", "out_of_order"]

ON = "_on"
"""The column of the day of a doubtful record."""


def held(value: str) -> str:
    """The column that tells whether a doubtful record has the elements without which it is not what a value of the first axis says."""
    return f"_held:{value}"


def fits(axes: Sequence[Axis], cell: Cell, row: Mapping[str, Any]) -> bool:
    """Whether a doubtful record leaves room for a cell."""
    return row.get(held(cell[0])) is not False and all(
        _may(row[axis.field], value) for axis, value in zip(axes, cell, strict=True)
    )


def _may(held: Any, wanted: str) -> bool:
    return held is None or (wanted in held if isinstance(held, list) else held == wanted)


def may_be_by(day: date | None, row: Mapping[str, Any]) -> bool:
    """Whether a doubtful record may have been there by a day, if one is given."""
    return day is None or row[ON] is None or row[ON] <= day


def out_of_order(wanted: Sequence[Cell], filled: Mapping[Cell, date]) -> list[Cell]:
    """Cells that were filled before one that stands before them."""
    found, latest = [], None
    for cell in wanted:
        day = filled.get(cell)
        if day is None:
            continue
        if latest is not None and day < latest:
            found.append(cell)
        latest = max(day, latest) if latest else day
    return found


def gaps(wanted: Sequence[Cell], filled: Mapping[Cell, date]) -> list[Cell]:
    """Absent cells that stand before one that is filled."""
    last = max((i for i, c in enumerate(wanted) if c in filled), default=-1)
    return [c for c in wanted[: last + 1] if c not in filled]


def may_disorder(
    axes: Sequence[Axis], wanted: Sequence[Cell], filled: Mapping[Cell, date], rows: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The doubtful records that, if they count, fill a cell before one that stands before it.

    A record without a day is not published yet; only of a row that could not be used the day may be any.
    """
    found = []
    for row in rows:
        on = row[ON]
        if on is None and not row[REJECTED]:
            continue
        known = all(row[axis.field] is not None for axis in axes)
        room = [fits(axes, cell, row) for cell in wanted]
        # What surely holds the earlier cell, too, puts that on the same day.
        later = [
            day
            for i, cell in enumerate(wanted)
            if (day := filled.get(cell)) is not None and any(room[i + 1 :]) and not (known and room[i])
        ]
        if any(on is None or on < day for day in later):
            found.append(row)
    return found


def may_mend(
    axes: Sequence[Axis], wanted: Sequence[Cell], filled: Mapping[Cell, date], rows: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The doubtful records that, if they count, put the cells in order; none where some cell stays out of it whatever they are."""
    found: list[dict[str, Any]] = []
    for j, after in enumerate(wanted):
        for before in wanted[:j]:
            first, then = filled.get(before), filled.get(after)
            if first is None or then is None or first <= then:
                continue
            mending = [r for r in rows if fits(axes, before, r) and (r[ON] is None or r[ON] <= then)]
            if not mending:
                return []
            found += [r for r in mending if r not in found]
    return found
