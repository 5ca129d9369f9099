"""The records of one check, every row accounted for: usable rows as frames, unusable ones with their reasons."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import narwhals as nw
import polars as pl

from opencheck.engine.carriers.backends import ROW, SRC, Backend, local
from opencheck.records.fields import TableSpec

__all__ = [
    "BLOCK",
    "PIECE",
    "ROW",
    "SRC",
    "Dataset",
    "Ignored",
    "Place",
    "Problem",
    "Rejected",
    "Table",
    "column_of_lists",
]


BLOCK = 500_000
"""Rows of a big table that are judged at a time."""

PIECE = 250_000
"""Rows of a big table that are read in one go."""

_CUT = "\x1f"


def column_of_lists(name: str, lists: Sequence[list[str] | None]) -> pl.Series:
    """A column of lists of texts: made of one text a row, which Polars does sixty times as fast as of a list a row.

    >>> column_of_lists("channels", [["网站", "公开栏"], [], None, [""]]).to_list()
    [['网站', '公开栏'], [], None, ['']]
    """
    if any(texts and (not all(texts) or any(_CUT in text for text in texts)) for texts in lists):
        return pl.Series(name, lists, dtype=pl.List(pl.String))
    joined = pl.Series(name, [None if texts is None else _CUT.join(texts) for texts in lists], dtype=pl.String)
    column = pl.col(name)
    none = pl.lit(pl.Series([[]], dtype=pl.List(pl.String)))
    return joined.to_frame().select(pl.when(column == "").then(none).otherwise(column.str.split(_CUT)).alias(name)).to_series()


class Place(NamedTuple):
    """Where a row came from: file, sheet (for workbooks) and row as the person sees it (1-based)."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The place as JSON gives it."""
        return {"file": self.file, "sheet": self.sheet, "row": self.row}


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be used: field, header, what was found, and the catalogue's name for what is accepted."""

    field: str
    header: str
    found: str
    code: str
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass
class Rejected:
    """A row that is not checked, with every reason; ``values`` are the fields of it that could be read."""

    table: str
    place: Place
    problems: list[Problem]
    values: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Ignored:
    """A line that is no record: a title, a repeated header, a total, a note; or a sheet or column that is no part of a table."""

    place: Place
    code: str
    text: str


@dataclass
class Table:
    """The usable rows of one table.

    ``frame`` (lazy, of Polars or of the dataset's backend) holds the model's fields that the source has (``present``), ``_row`` and
    ``_src``. ``ghosts`` are the rejected rows with the fields that could be read: never checked themselves, they keep an absence
    elsewhere from being called a violation.
    """

    spec: TableSpec
    frame: Any
    present: frozenset[str]
    count: int
    ghosts: Any = None
    refused: list[Any] = dataclasses.field(default_factory=list)
    """Rejected rows that stay in the backend, where nothing of the records is to be fetched."""
    pieces: tuple[Any, ...] = ()
    """The frame in pieces of a block or less, where its source can be cut: a part of it is then read without what stands before."""
    unique: bool = False
    """Whether no two rows have one id for sure: it is unique in a source, and there is one source."""
    values: dict[str, list[tuple[str, int]]] = dataclasses.field(default_factory=dict)
    """The different values of columns, as far as reading them counted these, with the rows of each."""
    untidied: frozenset[str] = frozenset()
    """The texts that may have white space around them in ``pieces`` (never in ``frame``)."""


@dataclass
class Dataset:
    """Everything that was read: ``rows_read`` equals the checked rows and the rejected ones together."""

    tables: dict[str, Table] = dataclasses.field(default_factory=dict)
    places: list[tuple[str | None, str | None]] = dataclasses.field(default_factory=list)
    rejected: list[Rejected] = dataclasses.field(default_factory=list)
    ignored: list[Ignored] = dataclasses.field(default_factory=list)
    files: dict[str, Path] = dataclasses.field(default_factory=dict)
    """Where each file lies, by the name that findings give it."""
    expected: TableSpec | None = None
    """The table that every sheet is taken for, whatever it is called."""
    constants: dict[str, Any] = dataclasses.field(default_factory=dict)
    """Values of fields that no sheet has a column for."""
    backend: Backend = dataclasses.field(default_factory=local)
    """Where the records are worked on."""
    positions: dict[tuple[str | None, str | None], dict[str, int]] = dataclasses.field(default_factory=dict)
    """For each file and sheet, the column (from 0) of each field."""

    @property
    def rows(self) -> dict[str, int]:
        """Counts of rows read, checked and rejected."""
        checked = sum(table.count for table in self.tables.values())
        return {"read": checked + len(self.rejected), "checked": checked, "rejected": len(self.rejected)}

    def records(self, frame: Any) -> pl.DataFrame:
        """A table's frame worked out, whichever backend it is of."""
        return frame.collect() if isinstance(frame, pl.LazyFrame) else self.backend.fetch(nw.from_native(frame))

    def source(self, label: tuple[str | None, str | None]) -> int:
        """The index of a file and sheet among the places."""
        if label not in self.places:
            self.places.append(label)
        return self.places.index(label)

    def place(self, src: int | None, row: int | None) -> Place:
        """The place of a row by its source index."""
        file, sheet = self.places[src] if src is not None else (None, None)
        return Place(file, sheet, row)
