"""Rows in memory as a reader found them, before their cells are typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from opencheck.records.dataset import RowError
from opencheck.records.table_spec import TableSpec

__all__ = ["MergedCell", "RawTable"]


class MergedCell(NamedTuple):
    """A cell without a value of its own: it is merged with one before it in the row."""

    field: str
    header: str
    """The header of the merged cell's first column."""
    value: Any
    """What stands in the merged cell."""


@dataclass
class RawTable:
    """Rows in memory under known headers, as a reader found them."""

    spec: TableSpec
    rows: list[int]
    """The row numbers, as a person sees them."""
    columns: dict[str, tuple[str, list[Any]]]
    """For each field its header as written, and its cells."""
    extra: dict[str, list[Any]] = field(default_factory=dict)
    """Columns that are no field of the table, by their headers."""
    positions: dict[str, int] = field(default_factory=dict)
    """For each field the number of its column in the sheet (from 0)."""
    problems: dict[int, list[RowError]] = field(default_factory=dict)
    """What is wrong with rows, as far as the reader knows already, by their places among the rows."""
    second: list[tuple[str, tuple[str, list[Any]]]] = field(default_factory=list)
    """Further columns of fields that have one, with their headers and cells."""
    merged: dict[int, list[MergedCell]] = field(default_factory=dict)
    """Cells that are merged with one before them in the row, by the places of the rows."""
