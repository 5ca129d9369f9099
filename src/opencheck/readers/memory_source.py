"""Rows in memory, typed when they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import polars as pl

from opencheck.readers.column_types import without
from opencheck.readers.python_values import plain_value
from opencheck.readers.raw_tables import RawTable
from opencheck.readers.second_columns import denial_text, denials, different_names, unite
from opencheck.readers.typed_cells import contradiction_errors, read_cells
from opencheck.readers.typed_columns import made_id_label
from opencheck.records.contradictions import CONTRADICTED, TABLES_OF_CELLS, blank_text, merged_text
from opencheck.records.dataset import (
    ALL_CELLS,
    BATCH_ROWS,
    REJECTED,
    ROW,
    SRC,
    Dataset,
    RecordSource,
    Rejected,
    RowError,
    SourceLocation,
    UnreadSource,
    all_cells,
)
from opencheck.records.parse import InvalidValue, Uncomputed
from opencheck.records.references import is_referred_to
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES

__all__ = ["MemorySource", "add_empty_table", "add_table", "records_in_memory"]


@dataclass
class MemorySource:
    """Typed rows in memory; the rejected ones are among them, with the fields that could be read."""

    src: int
    fields: frozenset[str]
    frame: pl.DataFrame
    rejected: list[Rejected]
    second_names: dict[str, tuple[list[str], pl.DataFrame]] = field(default_factory=dict)
    """By field the headers and the rows that name another record twice; settled when all sources are read."""

    @property
    def is_empty(self) -> bool:
        return not len(self.frame)

    def batches(self, fields: Collection[str]) -> Iterator[pl.DataFrame]:
        whole = self.frame.with_columns(all_cells(self.frame)) if ALL_CELLS in fields else self.frame[self._kept(fields)]
        for at in range(0, len(whole), BATCH_ROWS):
            yield whole.slice(at, BATCH_ROWS)

    def _kept(self, fields: Collection[str]) -> list[str]:
        return [n for n in self.frame.columns if n in fields or n in (ROW, SRC, REJECTED, CONTRADICTED)]

    def account(self) -> tuple[int, list[Rejected]]:
        return len(self.frame) - len(self.rejected), self.rejected

    def fields_named_twice(self) -> dict[str, list[str]]:
        """See :meth:`StreamedSource.fields_named_twice`."""
        return {name: headers for name, (headers, _) in self.second_names.items()}

    def named_twice(self, name: str) -> Iterator[pl.DataFrame]:
        """See :meth:`StreamedSource.named_twice`."""
        yield self.second_names[name][1]

    def settle(self, name: str, rows: pl.DataFrame, answers: Mapping[int, tuple[str | None, str]]) -> None:
        """See :meth:`StreamedSource.settle`."""
        texts = self.frame[CONTRADICTED].to_list() if CONTRADICTED in self.frame.columns else [None] * len(self.frame)
        for index, (_, text) in answers.items():
            texts[index] = f"{texts[index] or ''}{text}" or None
        values = self.frame[name].scatter(list(answers), [value for value, _ in answers.values()])
        self.frame = self.frame.with_columns(values, pl.Series(CONTRADICTED, texts, dtype=pl.String))

    def repeats_ids(self) -> bool:
        return any(p.code == "duplicate_id" for row in self.rejected for p in row.problems)


def add_empty_table(data: Dataset, spec: TableSpec, place: tuple[str | None, str | None]) -> None:
    """Add a table that was given without rows: it states that there are no records, and its columns are present."""
    add_table(data, RawTable(spec, [], {n: (n, []) for n in spec.fields}), place)


def add_table(data: Dataset, raw: RawTable, place: tuple[str | None, str | None]) -> None:
    """Type rows in memory and add them to the dataset."""
    spec, count = raw.spec, len(raw.rows)
    src = data.source_with(place, spec.name, raw.positions)
    unit = data.unit_of(spec)
    if not count:
        present = frozenset(raw.columns) | {"id"} | ({"unit"} if unit else frozenset())
        data.add(spec, MemorySource(src, present, _no_rows(spec.name, present), []))
        return
    problems = {index: list(found) for index, found in raw.problems.items()}
    left_open: dict[str, dict[int, str]] = {}

    def read(name: str, header: str, cells: Sequence[Any]) -> pl.Series:
        open_cells = None if spec.name in TABLES_OF_CELLS else left_open.setdefault(name, {})
        return read_cells(spec.fields[name].under(header), header, cells, problems, open_cells)

    typed = {name: read(name, header, cells) for name, (header, cells) in raw.columns.items()}
    second_names: dict[str, tuple[list[str], pl.DataFrame]] = {}
    contradicted: dict[int, str] = {}

    def contradict(index: int, text: str) -> None:
        contradicted[index] = f"{contradicted.get(index, '')}{text}"

    for name in dict.fromkeys(name for name, _ in raw.second):
        own = spec.fields[name]
        further = [(header, read(name, header, cells)) for n, (header, cells) in raw.second if n == name]
        columns = [(raw.columns[name][0], typed[name]), *further]
        typed[name], texts = unite(own, columns)
        for index, text in texts.items():
            if index not in left_open.get(name, {}):
                contradict(index, text)
        for header, cells in (raw.columns[name], *(second for n, second in raw.second if n == name)):
            denied = denials(own, header, cells, typed[name])
            for index in denied.arg_true():
                contradict(index, denial_text(own, header, columns, index))
            typed[name] = without(typed[name], denied)
        if len(twice := different_names(own, columns, typed[name])):
            second_names[name] = ([header for header, _ in columns], twice)
    for name, open_cells in left_open.items():
        for index, text in open_cells.items():
            contradict(index, text)
        if open_cells:  # what another column says may be the same or not
            typed[name] = without(typed[name], _among(open_cells, count))
    for index, merged in raw.merged.items():
        # What stands in a cell over two columns may be meant for both, or for either.
        for cell in merged:
            if cell.field != "id" and typed[cell.field][index] is None:
                contradict(index, merged_text(*cell))
    for name, (header, cells) in () if spec.name in TABLES_OF_CELLS else (*raw.columns.items(), *raw.second):
        for index in typed[name].is_null().arg_true() if typed[name].null_count() else ():
            if (word := cells[index]) is not None and (text := blank_text(spec.fields[name], header, word)):
                contradict(index, text)
    for index, text in contradicted.items() if spec.name in TABLES_OF_CELLS else ():
        problems.setdefault(index, []).extend(contradiction_errors(text))
    # Which column the cells of such a row belong to is not known.
    shifted = {i for i, found in raw.problems.items() if not all(p.field for p in found)}
    if shifted:
        whole = _among(shifted, count)
        typed = {name: column if name == "id" else without(column, whole) for name, column in typed.items()}
    if unit is not None:
        given = typed.get("unit", pl.Series([None] * count, dtype=pl.String))
        typed["unit"] = given.fill_null(unit)
    typed["id"] = _identified(data, raw, typed.get("id"), problems, place)
    series = [column.alias(name) for name, column in typed.items()]
    for name, cells in raw.extra.items():
        series.append(pl.Series(f"+{name}", _extra_texts(spec, name, cells, problems), dtype=pl.String))
    if contradicted:
        series.append(pl.Series(CONTRADICTED, [contradicted.get(i) for i in range(count)], dtype=pl.String))
    series.append(pl.Series(ROW, raw.rows, dtype=pl.Int64))
    series.append(pl.Series(SRC, [src] * count, dtype=pl.Int32))
    series.append(pl.Series(REJECTED, [i in problems for i in range(count)], dtype=pl.Boolean))
    frame = pl.DataFrame(series)
    values = frame[list(typed)]
    rejected = [
        Rejected(spec.name, SourceLocation(*place, raw.rows[i]), found, values.row(i, named=True), src)
        for i, found in sorted(problems.items())
    ]
    data.add(spec, MemorySource(src, frozenset(typed), frame, rejected, second_names))


def _among(places: Collection[int], count: int) -> pl.Series:
    """Whether each of so many rows is at one of these places."""
    return pl.Series([index in places for index in range(count)], dtype=pl.Boolean)


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


def _identified(
    data: Dataset,
    raw: RawTable,
    given: pl.Series | None,
    problems: dict[int, list[RowError]],
    place: tuple[str | None, str | None],
) -> pl.Series:
    """The id of every row: one of its own, made from the row where the source has no id at all.

    It is unique in its sheet (offices number each month's sheet from 1), and in the whole table where others refer to it. What refers to
    a serial number that comes again refers to none of its rows for certain.
    """
    spec = raw.spec
    if given is None:
        label = made_id_label(spec, place)
        given = pl.Series("id", [f"{label}-{row}" for row in raw.rows], dtype=pl.String)
    header, _ = raw.columns.get("id", (spec.fields["id"].column.label_zh, []))
    earlier_rows: dict[str, SourceLocation] = {}
    if is_referred_to(spec, header) and spec.name in data.tables:
        earlier = data.tables[spec.name].records(["id"])
        earlier_rows = {i: data.place(s, r) for i, r, s in earlier.iter_rows()}
    seen: dict[str, int] = {}
    for index, value in enumerate(given):
        if value is None:
            problems.setdefault(index, []).append(RowError("id", header, "", "blank_id"))
        elif value in earlier_rows or seen.setdefault(value, index) != index:
            first = earlier_rows.get(value) or SourceLocation(None, place[1], raw.rows[seen[value]])
            problems.setdefault(index, []).append(RowError("id", header, value, "duplicate_id", {"first": first}))
    return given


def records_in_memory(data: Dataset) -> Dataset:
    """Return a dataset that another process can read: its records in memory, in place of plans over files and databases.

    Args:
        data: the dataset; it is not changed.
    """
    tables = {}
    for name, table in data.tables.items():
        sources: list[RecordSource] = []
        for source in table.sources:
            if isinstance(source, UnreadSource):
                sources.append(source)
                continue
            own, batches = source, list(source.batches(source.fields))
            if batches:
                _, rejected = source.account()
                whole = pl.concat(batches, how="diagonal")  # not each batch tells of contradictions
                own = MemorySource(source.src, source.fields, whole, rejected)
            sources.append(own)
        tables[name] = replace(table, sources=sources)
    return replace(data, tables=tables, carrier=None)
