"""The records of one check: the sources of every table, and every row accounted for, checked or rejected with its reasons."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import polars as pl

from opencheck.records.contradictions import CONTRADICTED
from opencheck.records.table_spec import TableSpec

__all__ = [
    "ALL_CELLS",
    "BATCH_ROWS",
    "CELL_SEPARATORS",
    "REFERENCED_TABLES",
    "REJECTED",
    "ROW",
    "SRC",
    "Carrier",
    "Dataset",
    "RawRows",
    "ReadHeading",
    "RecordSource",
    "Rejected",
    "RowError",
    "SkippedLine",
    "SourceLocation",
    "Table",
    "UnreadSource",
    "all_cells",
    "list_series",
]

ROW, SRC, REJECTED = "_row", "_src", "_rejected"
"""Columns beside a table's fields: the row number in its source, the number of the source, and whether the row was rejected."""
BATCH_ROWS = 250_000
"""Rows that are read and judged at a time."""
REFERENCED_TABLES = frozenset({"document", "account"})
"""Tables that other tables refer to by ``id``, which is unique there in all sources together."""
ALL_CELLS = "_cells"
"""A column that rules may read: every text of the row with the name of its column, unknown columns included."""
CELL_SEPARATORS = ("\x1f", "\x1e")
"""What stands in ``ALL_CELLS`` between a column's name and its text, and between two cells."""

_SEPARATOR = "\x1f"


def list_series(name: str, lists: Sequence[list[str] | None]) -> pl.Series:
    """A column of lists of texts: made of one text a row, which Polars does sixty times as fast as of a list a row.

    >>> list_series("channels", [["网站", "公开栏"], [], None, [""]]).to_list()
    [['网站', '公开栏'], [], None, ['']]
    """
    known = {id(texts): texts for texts in lists if texts is not None}  # readers give equal lists of a column as one
    if any(not all(texts) or any(_SEPARATOR in text for text in texts) for texts in known.values()):
        return pl.Series(name, lists, dtype=pl.List(pl.String))
    text_of = {place: _SEPARATOR.join(texts) for place, texts in known.items()}
    joined = pl.Series(name, [None if texts is None else text_of[id(texts)] for texts in lists], dtype=pl.String)
    column = pl.col(name)
    none = pl.lit(pl.Series([[]], dtype=pl.List(pl.String)))
    split = pl.when(column == "").then(none).otherwise(column.str.split(_SEPARATOR)).alias(name)
    return joined.to_frame().select(split).to_series()


class SourceLocation(NamedTuple):
    """Where a row came from: file, sheet (for workbooks) and row as the person sees it (1-based)."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The place as JSON gives it."""
        return {"file": self.file, "sheet": self.sheet, "row": self.row}


@dataclass(frozen=True)
class RowError:
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
    place: SourceLocation
    problems: list[RowError]
    values: dict[str, Any] = dataclasses.field(default_factory=dict)
    src: int | None = None
    """The number of its source, where several sources are one sheet; else its place tells it."""


@dataclass(frozen=True)
class SkippedLine:
    """A line that is no record: a title, a repeated header, a total, a note; or a sheet or column that is no part of a table."""

    place: SourceLocation
    code: str
    text: str
    near: tuple[str, str] | None = None
    """For a column, the table and field that it likely is."""
    may_hold: tuple[str, ...] | None = None
    """The tables of which it may hold records; empty where it may hold some of whatever table, None where it plainly holds none."""


@dataclass(frozen=True)
class ReadHeading:
    """What became of a heading of a table that was read."""

    place: SourceLocation
    table: str
    text: str
    """The heading as written; under a heading over several columns, both parts with a slash between them."""
    status: Literal["mapped", "proposed", "second", "not_used", "unknown"]
    """``mapped``: read as ``fields``. ``proposed``: not read; it likely means ``fields``. ``second``: another column is read as ``fields``,
    and this one where that is blank, unless a person named the other. ``not_used``: a person said so."""
    fields: tuple[str, ...] = ()
    how: Literal["name", "spelling", "values", "map"] | None = None
    """By what it was told: its name or alias, another spelling of one, the column's values, a person's mapping. None where it is not read."""
    other: str | None = None
    """For an unknown heading, the table that has such a column."""


class RawRows(Protocol):
    """Rows as a source holds them, before their values are parsed, read a batch at a time."""

    ordered: bool
    """Whether rows have an order, hence numbers."""

    @property
    def schema(self) -> pl.Schema:
        """The columns and their types."""

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """These columns and ``_row``, in the order of the source."""


class Carrier(Protocol):
    """What readers need of an engine: the frames that it reads itself and that stay in it."""

    name: str
    streams_text: bool
    """Whether it reads large text tables itself, by :meth:`scan_text`."""

    def owns(self, source: Any) -> bool:
        """Whether a source is a frame of this engine."""

    def raw_rows(self, source: Any) -> RawRows:
        """A frame of this engine, or Arrow batches, as rows."""

    def scan_parquet(self, path: Path) -> RawRows | None:
        """A Parquet file as rows; None where Polars is to scan it."""

    def scan_text(self, name: str, batches: Any) -> RawRows:
        """A large text table as rows: a reader of Arrow batches of its columns, every cell a text, and of ``_row``.

        Raises:
            InputError: an engine that does not read such a file.
        """


class RecordSource(Protocol):
    """One source of a table's records."""

    src: int
    fields: frozenset[str]
    """The table's fields that the source has."""

    @property
    def is_empty(self) -> bool:
        """Whether it is known without reading that there are no rows."""

    def batches(self, fields: Collection[str]) -> Iterator[pl.DataFrame]:
        """Typed batches: those of the fields that the source has, ``id``, ``_row``, ``_src`` and ``_rejected``; ``_cells`` if asked for."""

    def account(self) -> tuple[int, list[Rejected]]:
        """How many rows can be used, and the rows that cannot, with their reasons."""

    def repeats_ids(self) -> bool:
        """Whether a row was refused because its id is that of another one."""


@dataclass
class UnreadSource:
    """A sheet, file or table of a database that was not read and may hold records of a table: one row that cannot be used and says nothing,
    so that nothing is called missing that may stand there; it is no row that was read."""

    spec: TableSpec
    src: int
    name: str
    """What it is called, in the place of an id."""
    fields: frozenset[str] = field(init=False)
    """All of the table, as it may have any."""

    def __post_init__(self) -> None:
        self.fields = frozenset(self.spec.fields)

    @property
    def is_empty(self) -> bool:
        """Never: see the class."""
        return False

    def batches(self, fields: Collection[str]) -> Iterator[pl.DataFrame]:
        """The one row."""
        schema: dict[str, Any] = {n: f.dtype for n, f in self.spec.fields.items() if n in fields}
        schema |= {ALL_CELLS: pl.String()} if ALL_CELLS in fields else {}
        schema |= {ROW: pl.Int64(), SRC: pl.Int32(), REJECTED: pl.Boolean()}
        values = {"id": self.name, SRC: self.src, REJECTED: True}
        yield pl.DataFrame([{n: values.get(n) for n in schema}], schema=schema)

    def account(self) -> tuple[int, list[Rejected]]:
        """No row was read, none refused."""
        return 0, []

    def repeats_ids(self) -> bool:
        """No id is known."""
        return False


@dataclass
class Table:
    """The records of one table, from all its sources."""

    spec: TableSpec
    sources: list[RecordSource] = field(default_factory=list)
    unit_counts: Counter[str] = field(default_factory=Counter)
    """Records of each unit, under the names that the packs give them; filled by a check."""

    @property
    def present(self) -> frozenset[str]:
        """The fields that every source has: what one of them does not record is not known of the table."""
        return frozenset.intersection(*(s.fields for s in self.sources)) if self.sources else frozenset()

    @property
    def unread(self) -> tuple[str, ...]:
        """The names of what was not read and may hold records of it."""
        return tuple(s.name for s in self.sources if isinstance(s, UnreadSource))

    @property
    def is_empty(self) -> bool:
        """Whether it is known without reading that there are no rows."""
        return all(source.is_empty for source in self.sources)

    @property
    def count(self) -> int:
        """The rows that can be used."""
        return sum(source.account()[0] for source in self.sources)

    @property
    def repeats_ids(self) -> bool:
        """Whether rows were refused because of their ids: what refers to such an id may mean a refused row."""
        return any(source.repeats_ids() for source in self.sources)

    def batches(self, fields: Collection[str]) -> Iterator[pl.DataFrame]:
        """Typed batches of all sources with these fields, in one order and of one type; those that a source lacks are null.

        With ``_cells`` among the fields every text of the row is kept as well. Rejected rows are there, with ``_rejected``; where a
        source has several columns for a field, ``_contradicted`` tells of those that disagree.
        """
        own = [n for n in self.spec.fields if n in fields]
        for source in self.sources:
            lacking = [pl.lit(None, dtype=self.spec.fields[n].dtype).alias(n) for n in own if n not in source.fields]
            for batch in source.batches(fields):
                if lacking:
                    batch = batch.with_columns(lacking)
                kept = [ALL_CELLS] if ALL_CELLS in fields else []
                kept += [CONTRADICTED] if CONTRADICTED in batch.columns else []
                # A query that only chooses columns would cost several times as much, and most checks are of few rows.
                yield batch[[*own, *kept, ROW, SRC, REJECTED]]

    def records(self, fields: Collection[str] | None = None, *, contradictions: bool = False) -> pl.DataFrame:
        """The records that can be used, all at once, with ``_row``, ``_src`` and, if asked for, ``_contradicted``."""
        wanted = [n for n in self.spec.fields if n in (self.present if fields is None else fields)]
        schema = {n: self.spec.fields[n].dtype for n in wanted} | {ROW: pl.Int64(), SRC: pl.Int32()}
        schema |= {CONTRADICTED: pl.String()} if contradictions else {}
        kept = [batch.filter(~pl.col(REJECTED)) for batch in self.batches(wanted)]
        found = [batch[[n for n in schema if n in batch.columns]] for batch in kept]
        return pl.concat([pl.DataFrame(schema=schema), *found], how="diagonal")


def all_cells(batch: pl.DataFrame) -> pl.Expr:
    """The column ``ALL_CELLS`` of a batch that holds every column of its source."""
    texts = [n for n, dtype in batch.schema.items() if dtype == pl.String and n != CONTRADICTED]
    named = [pl.concat_str(pl.lit(f"{n}{CELL_SEPARATORS[0]}"), pl.col(n)) for n in texts]
    return pl.concat_str(named, separator=CELL_SEPARATORS[1], ignore_nulls=True).alias(ALL_CELLS)


@dataclass
class Dataset:
    """Everything that was read: ``rows`` read equal the checked rows and the rejected ones together."""

    tables: dict[str, Table] = field(default_factory=dict)
    places: list[tuple[str | None, str | None]] = field(default_factory=list)
    """File and sheet of every source, by its number."""
    refused_lines: list[Rejected] = field(default_factory=list)
    """Lines that belong to no table that was read: broken JSON, a row of no known table."""
    ignored: list[SkippedLine] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    """Where each file lies, by the name that findings give it."""
    inputs: list[Path] = field(default_factory=list)
    """The files and folders that were read."""
    expected: TableSpec | None = None
    """The table that every sheet is taken for, whatever it is called."""
    constants: dict[str, Any] = field(default_factory=dict)
    """Values of fields that no sheet has a column for."""
    ledger_unit: str | None = None
    """The unit of every record that names none; waivers excepted, which concern every unit then."""
    carrier: Carrier | None = None
    """The engine that reads what is larger than memory; None for Polars."""
    positions: dict[tuple[int, str], dict[str, int]] = field(default_factory=dict)
    """For each source and table, the column (from 0) of each field."""
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """What the report must say of how the sources were read and what readers concluded, as names and facts of messages."""
    headings: list[ReadHeading] = field(default_factory=list)
    """What became of the headings of every table that was read."""
    mappings: dict[str | None, dict[str, str]] = field(default_factory=dict)
    """For a file (None: for all) the headings that a person mapped, folded, to the headers of fields."""
    last_read: dict[str | None, tuple[TableSpec, Sequence[tuple[int, Sequence[Any]]]]] = field(default_factory=dict)
    """For each file, the table that was read last in it with some of its rows, which a sheet without headings may continue."""
    pending: list[Callable[[], None]] = field(default_factory=list)
    """What readers do when all sources are read."""

    def add(self, spec: TableSpec, source: RecordSource) -> None:
        """Add a source to a table."""
        self.tables.setdefault(spec.name, Table(spec)).sources.append(source)

    @property
    def rejected(self) -> list[Rejected]:
        """The rows that cannot be used, in the order of their sources."""
        sources = sorted((s for t in self.tables.values() for s in t.sources), key=lambda s: s.src)
        return [*self.refused_lines, *(r for s in sources for r in s.account()[1])]

    @property
    def rows(self) -> dict[str, int]:
        """Counts of rows read, checked and rejected."""
        checked, rejected = sum(t.count for t in self.tables.values()), len(self.rejected)
        return {"read": checked + rejected, "checked": checked, "rejected": rejected}

    def unit_of(self, spec: TableSpec) -> str | None:
        """The unit of the records of a table that name none."""
        return self.ledger_unit if "unit" in spec.fields and spec.name != "waiver" else None

    def source(self, label: tuple[str | None, str | None]) -> int:
        """The number of a file and sheet among the sources."""
        if label not in self.places:
            self.places.append(label)
        return self.places.index(label)

    def source_with(self, label: tuple[str | None, str | None], table: str, positions: dict[str, int]) -> int:
        """The number of a file and sheet among the sources; another one where a table's fields stand in other columns than before.

        Of two blocks of a table in one sheet, beside each other or one below the other, each is a source.
        """
        self.source(label)
        own = (src for src, place in enumerate(self.places) if place == label)
        src = next((src for src in own if self.positions.get((src, table), positions) == positions), None)
        if src is None:
            self.places.append(label)
            src = len(self.places) - 1
        self.positions[src, table] = positions
        return src

    def place(self, src: int | None, row: int | None) -> SourceLocation:
        """The place of a row by the number of its source."""
        file, sheet = self.places[src] if src is not None else (None, None)
        return SourceLocation(file, sheet, row)

    def fields_at(self, table: str, file: str | None, sheet: str | None) -> frozenset[str]:
        """The fields that the sources of one place have for a table; none where it has no such source."""
        sources = self.tables[table].sources if table in self.tables else []
        read = (s for s in sources if not isinstance(s, UnreadSource))
        return frozenset().union(*(s.fields for s in read if self.places[s.src] == (file, sheet)))
