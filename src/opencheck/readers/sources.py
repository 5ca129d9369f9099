"""Sources of records: rows in memory, typed when they are read, and rows that stay where they are, typed a batch at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import polars as pl

from opencheck.core.errors import InputError, OpencheckError, first_line, reading_broke_off
from opencheck.readers.column_names import map_headers, unknown_columns
from opencheck.readers.python_values import plain_value
from opencheck.readers.raw_tables import RawTable
from opencheck.readers.typed_columns import BatchTyper, Duplicates, contradiction_errors, made_id_label, read_cells
from opencheck.records.contradictions import CONTRADICTED, TABLES_OF_CELLS, contradiction_text, merged_text, same_text
from opencheck.records.dataset import (
    ALL_CELLS,
    BATCH_ROWS,
    REJECTED,
    ROW,
    SRC,
    Dataset,
    RawRows,
    Rejected,
    RowError,
    SourceLocation,
    Table,
    all_cells,
    list_series,
)
from opencheck.records.fields import FieldSpec, TableSpec
from opencheck.records.parse import InvalidValue, Uncomputed
from opencheck.records.placeholders import says_the_same
from opencheck.records.references import differ, is_referred_to
from opencheck.records.tables import TABLES

__all__ = [
    "DistributedRows",
    "MemorySource",
    "StreamedSource",
    "add_rows",
    "add_table",
    "reject_rows",
    "reject_unknown",
]


_SAMPLE_ROWS = 1_000
"""Rows of a source that stays where it is that are looked at for what a column may mean."""
_MAX_LISTED_ROWS = 100_000
"""Rows up to which those of an unknown table are listed one by one."""


@dataclass
class MemorySource:
    """Typed rows in memory; the rejected ones are among them, with the fields that could be read."""

    src: int
    fields: frozenset[str]
    frame: pl.DataFrame
    rejected: list[Rejected]

    @property
    def is_empty(self) -> bool:
        return not len(self.frame)

    def batches(self, fields: Collection[str]) -> Iterator[pl.DataFrame]:
        whole = self.frame.with_columns(all_cells(self.frame)) if ALL_CELLS in fields else self.frame.select(self._kept(fields))
        for at in range(0, len(whole), BATCH_ROWS):
            yield whole.slice(at, BATCH_ROWS)

    def _kept(self, fields: Collection[str]) -> list[str]:
        return [n for n in self.frame.columns if n in fields or n in (ROW, SRC, REJECTED, CONTRADICTED)]

    def account(self) -> tuple[int, list[Rejected]]:
        return len(self.frame) - len(self.rejected), self.rejected

    def repeats_ids(self) -> bool:
        return any(p.code == "duplicate_id" for row in self.rejected for p in row.problems)


def add_table(data: Dataset, raw: RawTable, place: tuple[str | None, str | None]) -> None:
    """Type rows in memory and add them to the dataset."""
    spec, count = raw.spec, len(raw.rows)
    src = data.source(place)
    # Of several tables of one kind in a sheet those columns are known that hold the same field in all of them.
    earlier = data.positions.get((*place, spec.name), raw.positions)
    data.positions[*place, spec.name] = {name: at for name, at in raw.positions.items() if earlier.get(name) == at}
    unit = data.unit_of(spec)
    if not count:
        fields = frozenset(raw.columns) | {"id"} | ({"unit"} if unit else frozenset())
        data.add(spec, MemorySource(src, fields, _no_rows(spec.name, fields), []))
        return
    problems = {index: list(found) for index, found in raw.problems.items()}
    typed: dict[str, list[Any]] = {}
    for name, (header, values) in raw.columns.items():
        typed[name] = read_cells(spec.fields[name], header, values, problems)
    contradicted: dict[int, str] = {}
    for name in dict.fromkeys(name for name, _ in raw.second):
        further = [c for n, c in raw.second if n == name]
        for index, text in _unite(spec.fields[name], raw.columns[name][0], typed[name], further, problems).items():
            contradicted[index] = contradicted.get(index, "") + text
    for index, cells in raw.merged.items():
        # What stands in a cell over two columns may be meant for both, or for either.
        for cell in cells:
            if cell.field != "id" and typed[cell.field][index] is None:
                contradicted[index] = contradicted.get(index, "") + merged_text(*cell)
    for name, (_, values) in () if spec.name in TABLES_OF_CELLS else (*raw.columns.items(), *raw.second):
        for index, word in _same_as_another(values, typed[name]).items():
            contradicted[index] = contradicted.get(index, "") + same_text(spec.fields[name], word)
    for index, text in contradicted.items() if spec.name in TABLES_OF_CELLS else ():
        problems.setdefault(index, []).extend(contradiction_errors(text))
    for index in (i for i, found in raw.problems.items() if not all(p.field for p in found)):
        for name in typed:  # which column the row's cells belong to is not known
            typed[name][index] = typed[name][index] if name == "id" else None
    if unit is not None:
        given = typed.get("unit", [None] * count)
        typed["unit"] = [unit if own is None else own for own in given]
    _identify(data, raw, typed, problems, place)
    series = {
        name: list_series(name, column)
        if isinstance(spec.fields[name].dtype, pl.List)
        else pl.Series(name, column, dtype=spec.fields[name].dtype)
        for name, column in typed.items()
    }
    series |= {
        f"+{name}": pl.Series(_extra_texts(spec, name, column, problems), dtype=pl.String) for name, column in raw.extra.items()
    }
    if contradicted:
        series[CONTRADICTED] = pl.Series(CONTRADICTED, [contradicted.get(i) for i in range(count)], dtype=pl.String)
    series[ROW] = pl.Series(ROW, raw.rows, dtype=pl.Int64)
    series[SRC] = pl.Series(SRC, [src] * count, dtype=pl.Int32)
    series[REJECTED] = pl.Series(REJECTED, [i in problems for i in range(count)], dtype=pl.Boolean)
    frame = pl.DataFrame(series)
    rejected = [
        Rejected(spec.name, SourceLocation(*place, raw.rows[i]), found, {name: column[i] for name, column in typed.items()})
        for i, found in sorted(problems.items())
    ]
    data.add(spec, MemorySource(src, frozenset(typed), frame, rejected))


def _unite(
    spec: FieldSpec,
    header: str,
    typed: list[Any],
    further: Sequence[tuple[str, list[Any]]],
    problems: dict[int, list[RowError]],
) -> dict[int, str]:
    """Take a field's further columns where the first is blank. Where values differ none of them counts, unless they only describe the
    record: by row what the columns say."""
    by_column = [(header, list(typed)), *((second, read_cells(spec, second, cells, problems)) for second, cells in further)]
    differs: set[int] = set()
    for _, values in by_column[1:]:
        for index, value in enumerate(values):
            if value is not None and typed[index] is None:
                typed[index] = value
            elif value is not None and spec.decides and differ(spec, value, typed[index]):
                differs.add(index)
    for index in differs:
        typed[index] = None
    return {
        index: contradiction_text(spec, [(h, values[index]) for h, values in by_column if values[index] is not None])
        for index in sorted(differs)
    }


def _same_as_another(values: Sequence[Any], typed: Sequence[Any]) -> dict[int, str]:
    """The blank cells of a column that only say that they are as another one (同上), by row."""
    blank = [i for i, value in enumerate(typed) if value is None] if None in typed else []
    return {i: text for i in blank if isinstance(text := values[i], str) and says_the_same(text)}


def _extra_texts(spec: TableSpec, header: str, column: list[Any], problems: dict[int, list[RowError]]) -> list[str | None]:
    """A column that is no field, as texts. A formula without a value is none; in a listing, checked cell by cell, it rejects the row."""
    texts: list[str | None] = []
    for index, value in enumerate(column):
        texts.append(_as_text(value))
        if isinstance(value, Uncomputed) and spec.name == "listing":
            problems.setdefault(index, []).append(RowError("", header, value, "formula"))
    return texts


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, Uncomputed):
        return None
    try:
        plain = plain_value(value)
    except InvalidValue:
        plain = value
    return None if plain is None or plain == "" else str(plain)


@lru_cache(maxsize=64)
def _no_rows(table: str, fields: frozenset[str]) -> pl.DataFrame:
    spec = TABLES[table]
    schema: dict[str, Any] = {n: f.dtype for n, f in spec.fields.items() if n in fields}
    return pl.DataFrame(schema=schema | {ROW: pl.Int64, SRC: pl.Int32, REJECTED: pl.Boolean})


def _identify(
    data: Dataset,
    raw: RawTable,
    typed: dict[str, list[Any]],
    problems: dict[int, list[RowError]],
    place: tuple[str | None, str | None],
) -> None:
    """Give every row its id: one of its own, made from the row where the source has no id at all.

    It is unique in its sheet (offices number each month's sheet from 1), and in the whole table where others refer to it. What refers to
    a serial number that comes again refers to none of its rows for certain.
    """
    spec = raw.spec
    if "id" not in typed:
        label = made_id_label(spec, place)
        typed["id"] = [f"{label}-{row}" for row in raw.rows]
    header = raw.columns["id"][0] if "id" in raw.columns else spec.fields["id"].column.label_zh
    earlier_rows: dict[str, SourceLocation] = {}
    if is_referred_to(spec, header) and spec.name in data.tables:
        earlier = data.tables[spec.name].records(["id"])
        earlier_rows = {i: data.place(s, r) for i, r, s in earlier.iter_rows()}
    seen: dict[str, int] = {}
    for index, value in enumerate(typed["id"]):
        if value is None:
            problems.setdefault(index, []).append(RowError("id", header, "", "blank_id"))
        elif value in earlier_rows or seen.setdefault(value, index) != index:
            first = earlier_rows.get(value) or SourceLocation(None, place[1], raw.rows[seen[value]])
            problems.setdefault(index, []).append(RowError("id", header, value, "duplicate_id", {"first": first}))


def reject_unknown(data: Dataset, rows: RawRows, spec: TableSpec | None, place: tuple[str | None, str | None]) -> None:
    """Reject all rows of a source with no column that is known.

    Raises:
        InputError: there are too many rows to list them.
    """
    numbers = [row for batch in rows.batches([]) for row in batch[ROW]]
    reject_rows(data, [n for n in rows.schema.names() if n != ROW], spec, numbers, place)


def reject_rows(
    data: Dataset,
    headers: Sequence[str],
    spec: TableSpec | None,
    rows: Sequence[int | None],
    place: tuple[str | None, str | None],
) -> None:
    """Reject rows by their numbers, because no column is known or the columns do not tell the table.

    Raises:
        InputError: there are too many to list them.
    """
    problem = unknown_columns(headers, spec)
    if len(rows) > _MAX_LISTED_ROWS:
        near = f"; 最接近 / did you mean: {', '.join(problem.facts['near'])}" if problem.facts["near"] else ""
        found = ", ".join(headers[:20])
        why = f"{len(rows)}行的列都不认识 / no column of its {len(rows)} rows is known"
        if problem.code == "columns_of_no_table":
            why = f"{len(rows)}行看不出属于哪张表 / cannot tell the table of its {len(rows)} rows"
        text = f"{place[0] or 'frame'}: {why}: {found}{near}"
        raise InputError(text, code="no_known_column", path=place[0], found=list(headers))
    table = spec.name if spec is not None else ""
    data.refused_lines += [Rejected(table, SourceLocation(*place, row), [problem]) for row in rows]


@runtime_checkable
class DistributedRows(RawRows, Protocol):
    """Rows of an engine that finds duplicate ids where the rows are."""

    def repeating(self, sources: Sequence[tuple[RawRows, BatchTyper]]) -> list[bool]:
        """For each of several sources of this engine whether it may have an id twice, all looked through together."""

    def find_duplicates(self, typer: BatchTyper) -> dict[str, tuple[int | None, SourceLocation]]:
        """The ids that several rows have; see :class:`Duplicates`."""

    def distinct_ids(self, typer: BatchTyper) -> pl.Series:
        """All ids, typed, each once."""


class StreamedSource:
    """Rows that stay where they are, typed a batch at a time whenever they are read.

    Args:
        data: the dataset that it belongs to.
        table: the table, with the sources that come before this one.
        rows: the raw rows.
        typer: types their batches.
    """

    is_empty = False

    def __init__(self, data: Dataset, table: Table, rows: RawRows, typer: BatchTyper) -> None:
        self.src, self.fields = typer.src, typer.fields
        self.rows, self.typer = rows, typer
        self._data, self._earlier, self._spec = data, list(table.sources), table.spec
        self._duplicates: Duplicates | None = None
        self._may_repeat: bool | None = None
        """Whether rows of an engine's own may have one id; None where they were not looked through."""
        self._account: tuple[int, list[Rejected]] | None = None

    def batches(self, fields: Collection[str]) -> Iterator[pl.DataFrame]:
        duplicates = self.duplicates()
        columns = self.typer.read_columns(fields)
        count, rejected = 0, []
        for raw in self._raw(columns):
            batch, wrong = self.typer.type(raw, fields, duplicates)
            count += len(batch) - len(wrong)
            rejected += wrong
            yield batch
        if self._account is None:
            self._account = count, rejected

    def _raw(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """The raw batches.

        Raises:
            InputError: reading breaks off: of a Parquet file only the beginning and the end are looked at before.
        """
        try:
            yield from self.rows.batches(columns)
        except OpencheckError:
            raise
        except (Exception, pl.exceptions.PanicException) as exc:
            raise reading_broke_off(self.typer.place[0] or self._spec.name, first_line(exc)) from exc

    def account(self) -> tuple[int, list[Rejected]]:
        """See :class:`RecordSource`: all rows are read where no check has done so."""
        if self._account is None:
            for _ in self.batches(()):
                pass
        assert self._account is not None
        return self._account

    def set_account(self, count: int, rejected: list[Rejected]) -> None:
        """Note what another engine's workers counted."""
        self._account = count, rejected

    def duplicates(self) -> Duplicates:
        """The ids that several rows have, here or in the sources before: found by the ids' hashes first."""
        if self._duplicates is None:
            self._duplicates = Duplicates(self._find_duplicates() if "id" in self.typer.headers else {})
        return self._duplicates

    def repeats_ids(self) -> bool:
        return bool(self.duplicates())

    def _ids(self) -> Iterator[pl.DataFrame]:
        for raw in self._raw(self.typer.headers["id"]):
            yield self.typer.ids(raw)

    def _find_duplicates(self) -> Mapping[str, tuple[int | None, SourceLocation]]:
        shared = bool(self._earlier) and is_referred_to(self._spec, self.typer.headers["id"][0])
        if isinstance(self.rows, DistributedRows):
            own = self.rows.find_duplicates(self.typer) if self._looked_through(self.rows) else {}
            return own | self._taken(self.rows.distinct_ids(self.typer)) if shared else own
        if not shared:
            hashes = [batch["id"].drop_nulls().hash() for batch in self._ids()]
            if sum(map(len, hashes)) == (pl.concat(hashes).n_unique() if hashes else 0):
                return {}
        batches = list(self._ids())
        if not batches:
            return {}
        ids = pl.concat(batches).drop_nulls("id")
        sheet = self.typer.place[1]
        twice = ids.filter(pl.col("id").is_duplicated()).group_by("id").agg(pl.col(ROW).min())
        found: dict[str, tuple[int | None, SourceLocation]] = {
            id_: (row, SourceLocation(None, sheet, row)) for id_, row in twice.iter_rows()
        }
        return found | self._taken(ids["id"]) if shared else found

    def _looked_through(self, rows: DistributedRows) -> bool:
        """Whether the engine finds that an id may stand here twice: it looks through all sources at once, which costs as much as one."""
        if self._may_repeat is None:
            others = (
                s for t in self._data.tables.values() for s in t.sources if isinstance(s, StreamedSource) and s is not self
            )
            open_ = [s for s in others if s._may_repeat is None and isinstance(s.rows, type(rows)) and "id" in s.typer.headers]
            together = [self, *open_]
            for source, found in zip(together, rows.repeating([(s.rows, s.typer) for s in together]), strict=True):
                source._may_repeat = found
        return bool(self._may_repeat)

    def _taken(self, ids: pl.Series) -> dict[str, tuple[int | None, SourceLocation]]:
        """Those of the ids that records of the sources before have."""
        before = [b.filter(~pl.col(REJECTED)).select("id", ROW, SRC) for s in self._earlier for b in s.batches(("id",))]
        taken = [b.filter(pl.col("id").is_in(ids.implode())) for b in before]
        return {id_: (None, self._data.place(src, row)) for b in taken for id_, row, src in b.iter_rows()}


def _some_values(rows: RawRows, header: str) -> list[Any]:
    """Values of a column in the first rows of a source; none where these cannot be read, which is told when all are."""
    try:
        first = next(iter(rows.batches([header])), None)
        return [] if first is None else first[header].head(_SAMPLE_ROWS).drop_nulls().to_list()
    except (Exception, pl.exceptions.PanicException):
        return []


def add_rows(data: Dataset, spec: TableSpec, rows: RawRows, place: tuple[str | None, str | None]) -> None:
    """Add rows that stay where they are to the dataset.

    Raises:
        InputError: a column of nested values.
    """
    schema = rows.schema
    some = None if isinstance(rows, DistributedRows) else lambda header: _some_values(rows, header)
    names = map_headers(data, spec, [n for n in schema if n not in (ROW, SRC)], place, some)
    if not names and len(schema):
        reject_unknown(data, rows, spec, place)
        return
    if "id" not in names.values() and not rows.ordered:
        header = spec.fields["id"].column.label_zh
        reason = "各行没有顺序 / its rows have no order to be told by"
        raise InputError(
            f"{spec.label_zh}（{spec.name}）：没有列“{header}” / needs a column id: {reason}", code="no_id_column", field="id"
        )
    typer = BatchTyper(spec, names, schema, place, data.source(place), unit=data.unit_of(spec))
    table = data.tables.get(spec.name, Table(spec))
    data.add(spec, StreamedSource(data, table, rows, typer))
