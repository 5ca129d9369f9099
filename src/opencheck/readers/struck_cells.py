"""Cells that are struck out: an entry that may be withdrawn. They are named, and a day, a number or a yes or no
that is struck out is refused.

What is struck out may be an entry that no longer holds, or one that is done with, so it is neither read as it stands nor taken for a blank.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from opencheck.readers.forms import column_letters
from opencheck.readers.raw_tables import RawTable
from opencheck.records.dataset import Dataset

__all__ = ["note_struck"]

_MOST_LISTED = 20
_MARK = "（已划去）"
_FACTS = frozenset({"date", "datetime", "bool", "int", "number", "percent", "year"})
"""Kinds of fields that no text with a mark behind it can be."""


def note_struck(data: Dataset, place: tuple[str, str], table: RawTable, struck: Collection[tuple[int, int]]) -> None:
    """Name the cells of a table that are struck out, and mark those of facts, which are refused then.

    Args:
        data: the dataset that keeps the notes.
        place: file and sheet.
        table: the table; it is changed.
        struck: rows (from 1) and columns (from 0) of cells that are struck out.
    """
    if not struck:
        return
    index = {row: i for i, row in enumerate(table.rows)}
    concerned = sorted((row, column) for row, column in struck if row in index)
    if not concerned:
        return
    for name, at in table.positions.items():
        places = [index[row] for row, column in concerned if column == at]
        if not places or table.spec.fields[name].kind not in _FACTS:
            continue
        header, cells = table.columns[name]
        marked = list(cells)
        for place_of_row in places:
            if (cell := cells[place_of_row]) is not None:
                marked[place_of_row] = f"{_shown(cell)}{_MARK}"
        table.columns[name] = (header, marked)
    listed = [f"{column_letters(column)}{row}" for row, column in concerned[:_MOST_LISTED]]
    file, sheet = place
    facts = {"file": file, "sheet": sheet, "count": len(concerned), "cells": listed}
    data.notes.append(("note.struck_cells", facts))


def _shown(cell: Any) -> str:
    return str(cell.isoformat()[:10]) if isinstance(cell, date) else str(cell)
