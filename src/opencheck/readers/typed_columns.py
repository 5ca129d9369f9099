"""From raw columns to typed ones, the same way for every source and engine.

Each different value of a column is parsed once. A row with a value that means nothing, or without an id of its own, is rejected with every
reason. Two kinds of sources use it: rows in memory (workbooks, CSV, JSON, dicts), typed when they are read, and rows that stay where they are
(Parquet, frames, databases, DuckDB, Spark), typed a batch at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import polars as pl

from opencheck.core.calendar import FIRST_DAY, LAST_DAY
from opencheck.core.clock import SHANGHAI
from opencheck.core.errors import InputError
from opencheck.records.dataset import (
    ALL_CELLS,
    BATCH_ROWS,
    REFERENCED_TABLES,
    REJECTED,
    ROW,
    SRC,
    Dataset,
    Ignored,
    Place,
    Problem,
    RawRows,
    RecordSource,
    Rejected,
    Table,
    list_series,
)
from opencheck.records.fields import FieldSpec, TableSpec
from opencheck.records.parse import InvalidValue
from opencheck.records.tables import TABLES
from opencheck.records.whitespace import stripped

__all__ = ["BatchTyper", "MemorySource", "RawTable", "StreamedSource", "add_rows", "add_table", "map_headers"]

_SEPARATOR = "\x1f"
_ZONE = str(SHANGHAI)


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


@dataclass
class MemorySource:
    """Typed rows in memory; the rejected ones are among them, with the fields that could be read."""

    src: int
    fields: frozenset[str]
    frame: pl.DataFrame
    rejected: list[Rejected]

    @property
    def is_empty(self) -> bool:
        """See :class:`RecordSource`."""
        return not len(self.frame)

    def batches(self, fields: Collection[str]) -> Iterator[pl.DataFrame]:
        """See :class:`RecordSource`."""
        whole = self.frame if ALL_CELLS in fields else self.frame.select(self._kept(fields))
        for at in range(0, len(whole), BATCH_ROWS):
            yield whole.slice(at, BATCH_ROWS)

    def _kept(self, fields: Collection[str]) -> list[str]:
        return [n for n in self.frame.columns if n in fields or n in (ROW, SRC, REJECTED)]

    def account(self) -> tuple[int, list[Rejected]]:
        """See :class:`RecordSource`."""
        return len(self.frame) - len(self.rejected), self.rejected


def add_table(data: Dataset, raw: RawTable, place: tuple[str | None, str | None]) -> None:
    """Type rows in memory and add them to the dataset."""
    spec, count = raw.spec, len(raw.rows)
    src = data.source(place)
    data.positions[place] = raw.positions
    if not count:
        fields = frozenset(raw.columns) | {"id"}
        data.add(spec, MemorySource(src, fields, _no_rows(spec.name, fields), []))
        return
    problems: dict[int, list[Problem]] = {}
    typed: dict[str, list[Any]] = {}
    for name, (header, values) in raw.columns.items():
        typed[name] = _read_cells(spec.fields[name], header, values, problems)
    _identify(data, raw, typed, problems, place)
    series = {
        name: list_series(name, column)
        if isinstance(spec.fields[name].dtype, pl.List)
        else pl.Series(name, column, dtype=spec.fields[name].dtype)
        for name, column in typed.items()
    }
    series |= {
        f"+{name}": pl.Series([None if v in (None, "") else str(v) for v in column], dtype=pl.String)
        for name, column in raw.extra.items()
    }
    series[ROW] = pl.Series(ROW, raw.rows, dtype=pl.Int64)
    series[SRC] = pl.Series(SRC, [src] * count, dtype=pl.Int32)
    series[REJECTED] = pl.Series(REJECTED, [i in problems for i in range(count)], dtype=pl.Boolean)
    frame = pl.DataFrame(series)
    rejected = [
        Rejected(spec.name, Place(*place, raw.rows[i]), found, {name: column[i] for name, column in typed.items()})
        for i, found in problems.items()
    ]
    data.add(spec, MemorySource(src, frozenset(typed), frame, rejected))


@lru_cache(maxsize=64)
def _no_rows(table: str, fields: frozenset[str]) -> pl.DataFrame:
    spec = TABLES[table]
    schema: dict[str, Any] = {n: f.dtype for n, f in spec.fields.items() if n in fields}
    return pl.DataFrame(schema=schema | {ROW: pl.Int64, SRC: pl.Int32, REJECTED: pl.Boolean})


def _read_cells(spec: FieldSpec, header: str, values: Sequence[Any], problems: dict[int, list[Problem]]) -> list[Any]:
    types = set(map(type, values)) - {type(None)}
    if len(types) == 1 and types <= {str, date, bool, int}:
        answers, refused = _read_distinct(spec, dict.fromkeys(values))
        for index, value in enumerate(values) if refused else ():
            if value in refused:
                problems.setdefault(index, []).append(_problem(spec, header, value, refused[value]))
        return list(map(answers.__getitem__, values))
    known: dict[Any, Any] = {}
    result: list[Any] = [None] * len(values)
    for index, value in enumerate(values):
        if value is None:
            continue
        key = (type(value), tuple(map(str, value)) if isinstance(value, list) else value)
        if isinstance(value, (dict, set)):
            found: Any = InvalidValue("scalar")
        elif key in known:
            found = known[key]
        else:
            try:
                found = spec.read(value)
            except InvalidValue as exc:
                found = exc
            known[key] = found
        if isinstance(found, InvalidValue):
            problems.setdefault(index, []).append(_problem(spec, header, value, found))
        else:
            result[index] = found
    return result


def _read_distinct(spec: FieldSpec, values: Collection[Any]) -> tuple[dict[Any, Any], dict[Any, InvalidValue]]:
    """What each of a column's different values means, None for those that mean nothing, and why these are refused; lists as tuples."""
    answers: dict[Any, Any] = {}
    refused: dict[Any, InvalidValue] = {}
    for value in values:
        key = tuple(value) if isinstance(value, list) else value
        try:
            answers[key] = spec.read(value)
        except InvalidValue as exc:
            answers[key], refused[key] = None, exc
    return answers, refused


def _problem(spec: FieldSpec, header: str, value: Any, refused: InvalidValue) -> Problem:
    """Why a value is of no use, with what its field accepts."""
    facts = {"values": list(spec.vocabulary.labels)} if refused.code == "vocabulary" and spec.vocabulary else {}
    return Problem(spec.name, header, str(value)[:60], refused.code, facts)


def _identify(
    data: Dataset,
    raw: RawTable,
    typed: dict[str, list[Any]],
    problems: dict[int, list[Problem]],
    place: tuple[str | None, str | None],
) -> None:
    """Give every row its id: one of its own, made from the row where the source has no id at all.

    It is unique in its sheet (offices number each month's sheet from 1), and in the whole table where others refer to it.
    """
    spec = raw.spec
    if "id" not in typed:
        if spec.name in REFERENCED_TABLES:
            for index in range(len(raw.rows)):
                problems.setdefault(index, []).append(Problem("id", spec.fields["id"].column.label_zh, "", "no_id_column"))
        label = place[1] or spec.label_zh
        typed["id"] = [f"{label}-{row}" for row in raw.rows]
    header = raw.columns["id"][0] if "id" in raw.columns else spec.fields["id"].column.label_zh
    seen: dict[str, str] = {}
    if spec.name in REFERENCED_TABLES and spec.name in data.tables:
        earlier = data.tables[spec.name].records(["id"])
        seen = {i: _first_place(data.place(s, r)) for i, r, s in earlier.iter_rows()}
    for index, value in enumerate(typed["id"]):
        if value is None:
            problems.setdefault(index, []).append(Problem("id", header, "", "blank_id"))
        elif value in seen:
            problems.setdefault(index, []).append(Problem("id", header, value, "duplicate_id", {"first": seen[value]}))
        else:
            seen[value] = _first_place(Place(None, place[1], raw.rows[index]))


def _first_place(place: Place) -> str:
    """A row's place in words."""
    return "".join((f"{place.file} " if place.file else "", f"{place.sheet}!" if place.sheet else "", f"第{place.row}行"))


def map_headers(data: Dataset, spec: TableSpec, headers: Sequence[str], place: tuple[str | None, str | None]) -> dict[str, str]:
    """For each header that names a field, the field; the others are recorded as ignored columns."""
    names: dict[str, str] = {}
    for header in headers:
        name = spec.resolve_header(header)
        if name is not None and name not in names.values():
            names[header] = name
        else:
            data.ignored.append(Ignored(Place(*place), "unknown_column" if name is None else "second_column", header))
    return names


@dataclass(frozen=True)
class Duplicates:
    """Ids that several rows have: for each the row that keeps it, and its place in words. Without a row none of them keeps it."""

    first: Mapping[str, tuple[int | None, str]]

    def __bool__(self) -> bool:
        return bool(self.first)

    def has(self, id_: str | None, row: int | None) -> bool:
        """Whether a row has an id that belongs to another one."""
        found = self.first.get(id_) if id_ is not None else None
        return found is not None and (found[0] is None or found[0] != row)

    def mask(self, frame: pl.DataFrame) -> pl.Series:
        """The rows of a typed batch whose id belongs to another one."""
        found = pl.repeat(False, len(frame), dtype=pl.Boolean, eager=True)
        may = frame["id"].is_in(list(self.first)).fill_null(False).arg_true()
        rows = frame.select("id", ROW)[may].iter_rows()
        return found.scatter([at for at, (id_, row) in zip(may, rows, strict=True) if self.has(id_, row)], True)


class BatchTyper:
    """Types raw batches of one source: what a column's values mean is remembered from batch to batch. It pickles without its memory.

    Args:
        spec: the table.
        names: for each raw column that is read, its field.
        schema: the raw columns' types.
        place: file and sheet.
        src: the source's number.

    Raises:
        InputError: a column of nested values.
    """

    def __init__(
        self,
        spec: TableSpec,
        names: Mapping[str, str],
        schema: Mapping[str, pl.DataType],
        place: tuple[str | None, str | None],
        src: int,
    ) -> None:
        self.spec, self.place, self.src = spec, place, src
        self.headers = {name: header for header, name in names.items()}
        self._schema = {name: schema[header] for header, name in names.items()}
        for name, dtype in self._schema.items():
            _refuse_nested(spec, self.headers[name], dtype)
        self.parsed = frozenset(n for n, t in self._schema.items() if not _has_type(spec.fields[n], t))
        """The fields whose values are parsed, because they are not of the field's type."""
        self.fields = frozenset(self.headers) | {"id"}
        self._known: dict[str, tuple[dict[Any, Any], dict[Any, InvalidValue]]] = {}
        self._canonical: dict[str, pl.Series] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_known": {}, "_canonical": {}}

    def read_fields(self, wanted: Collection[str]) -> list[str]:
        """The fields that are read for these: those, and all that may reject a row."""
        dates = {n for n, t in self._schema.items() if t.is_temporal()}
        return [n for n in self.headers if n in wanted or n in self.parsed or n in dates or n == "id"]

    def type(
        self, raw: pl.DataFrame, wanted: Collection[str], duplicates: Duplicates | None = None
    ) -> tuple[pl.DataFrame, list[Rejected]]:
        """A raw batch as typed records with ``_rejected``, and the reasons for what is rejected.

        Args:
            raw: the source's columns for :meth:`read_fields`, and ``_row``.
            wanted: the fields to keep.
            duplicates: the ids that several rows have.
        """
        columns: list[pl.Series] = []
        bad: dict[str, tuple[pl.Series, dict[Any, InvalidValue]]] = {}
        for name in self.read_fields(wanted):
            series, refused, reasons = self._column(name, raw[self.headers[name]])
            columns.append(series)
            if refused is not None and refused.any():
                bad[name] = refused, reasons
        frame = pl.DataFrame([*columns, raw[ROW].cast(pl.Int64)])
        frame = frame.with_columns(pl.lit(self.src, dtype=pl.Int32).alias(SRC))
        masks = [refused for refused, _ in bad.values()]
        ids_given = "id" in self.headers
        if not ids_given:
            frame = frame.with_columns(pl.format(f"{self.place[1] or self.spec.label_zh}-{{}}", pl.col(ROW)).alias("id"))
            if self.spec.name in REFERENCED_TABLES:
                masks.append(pl.repeat(True, len(frame), dtype=pl.Boolean, eager=True))
        elif frame["id"].null_count():
            masks.append(frame["id"].is_null())
        if duplicates:
            masks.append(duplicates.mask(frame))
        rejected: list[Rejected] = []
        if masks:
            mask = masks[0]
            for other in masks[1:]:
                mask = mask | other
            frame = frame.with_columns(mask.fill_null(False).alias(REJECTED))
            rejected = self._reasons(raw, frame, bad, duplicates)
        else:
            frame = frame.with_columns(pl.lit(False).alias(REJECTED))
        kept = [n for n in frame.columns if n in wanted or n in ("id", ROW, SRC, REJECTED)]
        return frame.select(kept), rejected

    @property
    def shares_ids(self) -> bool:
        """Whether ids are unique in all sources of the table together."""
        return self.spec.name in REFERENCED_TABLES

    def column(self, name: str, raw: pl.DataFrame) -> pl.Series:
        """One field of a raw batch, typed; null where its values mean nothing."""
        return self._column(name, raw[self.headers[name]])[0]

    def ids(self, raw: pl.DataFrame) -> pl.DataFrame:
        """The typed ids of a raw batch, with their rows."""
        series, _, _ = self._column("id", raw[self.headers["id"]])
        return pl.DataFrame([series, raw[ROW].cast(pl.Int64)])

    def _reasons(
        self,
        raw: pl.DataFrame,
        frame: pl.DataFrame,
        bad: Mapping[str, tuple[pl.Series, dict[Any, InvalidValue]]],
        duplicates: Duplicates | None,
    ) -> list[Rejected]:
        header = self.headers.get("id", self.spec.fields["id"].column.label_zh)
        found = []
        for index in frame[REJECTED].arg_true():
            row = frame.row(index, named=True)
            problems = []
            for name, (refused, reasons) in bad.items():
                if refused[index]:
                    value = raw[self.headers[name]][index]
                    value = value.to_list() if isinstance(value, pl.Series) else value
                    key = tuple(value) if isinstance(value, list) else value
                    problems.append(_problem(self.spec.fields[name], self.headers[name], value, reasons[key]))
            if "id" not in self.headers and self.spec.name in REFERENCED_TABLES:
                problems.append(Problem("id", header, "", "no_id_column"))
            elif row["id"] is None and "id" not in bad:
                problems.append(Problem("id", header, "", "blank_id"))
            elif duplicates and duplicates.has(row["id"], row[ROW]):
                problems.append(Problem("id", header, row["id"], "duplicate_id", {"first": duplicates.first[row["id"]][1]}))
            readable = {n: row[n] for n in row if n not in (ROW, SRC, REJECTED)}
            found.append(Rejected(self.spec.name, Place(*self.place, row[ROW]), problems, readable))
        return found

    def _column(self, name: str, values: pl.Series) -> tuple[pl.Series, pl.Series | None, dict[Any, InvalidValue]]:
        """The typed column, where its values mean nothing, and why they do not."""
        spec = self.spec.fields[name]
        if name not in self.parsed:
            typed = _cast(spec, values)
            if typed.dtype.is_temporal() and len(values):
                days = typed.dt.date() if isinstance(typed.dtype, pl.Datetime) else typed
                far = ((days < FIRST_DAY) | (days > LAST_DAY)).fill_null(False)
                if far.any():
                    reasons = dict.fromkeys(values.filter(far).to_list(), InvalidValue("impossible_date"))
                    return typed.set(far, None).alias(name), far, reasons
            return typed.alias(name), None, {}
        return self._parsed(name, spec, values)

    def _parsed(
        self, name: str, spec: FieldSpec, values: pl.Series
    ) -> tuple[pl.Series, pl.Series | None, dict[Any, InvalidValue]]:
        if values.dtype == pl.Float64 or values.dtype == pl.Float32:
            values = values.fill_nan(None)
        elif values.dtype == pl.Binary:
            values = _as_text(spec, self.headers[name], values)
        answers, refused = self._known.setdefault(name, ({}, {}))
        listed = isinstance(values.dtype, pl.List)
        keys = _list_keys(values) if listed else values
        # Most columns hold the field's own values: once these are known, looking whether there is another one is enough.
        if name in self._canonical and keys.is_in(self._canonical[name].implode()).all():
            return values.alias(name), None, {}
        distinct = values.to_frame("value").with_columns(keys.alias("key")).unique("key", maintain_order=True).drop_nulls("key")
        raw = distinct["value"].to_list()
        unknown = [v for v in raw if (tuple(v) if listed else v) not in answers]
        if unknown:
            more, wrong = _read_distinct(spec, unknown)
            answers |= more
            refused |= wrong
        if not raw:
            return pl.repeat(None, len(values), dtype=spec.dtype, eager=True).alias(name), None, {}
        new = [answers[tuple(v) if listed else v] for v in raw]
        typed_new = list_series("new", new) if isinstance(spec.dtype, pl.List) else pl.Series("new", new, dtype=spec.dtype)
        wrong_here = [(tuple(v) if listed else v) in refused for v in raw]
        if values.dtype == spec.dtype and not any(wrong_here) and raw == new:
            before = self._canonical.get(name)
            self._canonical[name] = distinct["key"] if before is None else pl.concat([before, distinct["key"]]).unique()
            return values.alias(name), None, {}
        place = keys.to_frame("key").join(
            distinct.select("key", pl.int_range(pl.len(), dtype=pl.UInt32).alias("at")),
            on="key",
            how="left",
            maintain_order="left",
        )["at"]
        bad = pl.Series(wrong_here, dtype=pl.Boolean).gather(place).fill_null(False) if any(wrong_here) else None
        return typed_new.gather(place).alias(name), bad, refused


def _list_keys(values: pl.Series) -> pl.Series:
    inner = values.dtype.inner if isinstance(values.dtype, pl.List) else None
    return (values if inner == pl.String else values.list.eval(pl.element().cast(pl.String))).list.join(_SEPARATOR)


def _refuse_nested(spec: TableSpec, header: str, dtype: pl.DataType) -> None:
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    field_name = spec.resolve_header(header)
    listed = field_name is not None and spec.fields[field_name].kind == "list"
    plain = not (inner.is_nested() or inner in (pl.Object, pl.Unknown)) and (listed or not isinstance(dtype, pl.List))
    if not plain:
        raise InputError(
            f"{spec.label_zh}（{spec.name}）的列“{header}”是嵌套类型，无法读取；请先展开成普通列 / "
            f"column {header!r} holds nested values ({dtype}); flatten it into plain columns first"
        )


def _has_type(spec: FieldSpec, dtype: pl.DataType) -> bool:
    """Whether values of a type need no parsing to be values of the field."""
    if spec.vocabulary is not None or spec.kind in ("period", "year"):
        return False
    if spec.kind in ("text", "prose"):
        return dtype == pl.String
    if spec.kind == "datetime":
        return isinstance(dtype, pl.Datetime)
    if spec.kind == "date":
        return dtype == pl.Date or isinstance(dtype, pl.Datetime)
    if spec.kind == "int":
        return dtype.is_unsigned_integer()
    if spec.kind == "list":
        return False
    return dtype == spec.dtype


def _cast(spec: FieldSpec, values: pl.Series) -> pl.Series:
    if spec.kind in ("text", "prose"):
        return stripped(values, prose=spec.kind == "prose")
    if isinstance(values.dtype, pl.Datetime):
        zoned = values if values.dtype.time_zone else values.dt.replace_time_zone(_ZONE)
        local = zoned.dt.convert_time_zone(_ZONE)
        return local.dt.date() if spec.kind == "date" else local.dt.cast_time_unit("us")
    if values.dtype == pl.Float64:
        values = values.fill_nan(None)
    return values.cast(spec.dtype)


def _as_text(spec: FieldSpec, header: str, values: pl.Series) -> pl.Series:
    try:
        return values.cast(pl.String)
    except pl.exceptions.PolarsError as exc:
        raise InputError(
            f"列“{header}”是二进制，且不是UTF-8文字 / column {header!r} ({spec.name}) holds binary values that are no UTF-8 text"
        ) from exc


@runtime_checkable
class DistributedRows(RawRows, Protocol):
    """Rows of an engine that finds duplicate ids where the rows are."""

    def find_duplicates(self, typer: BatchTyper, earlier: Sequence[RecordSource]) -> dict[str, tuple[int | None, str]]:
        """The ids that several rows have; see :class:`Duplicates`."""


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
        self._account: tuple[int, list[Rejected]] | None = None

    def batches(self, fields: Collection[str]) -> Iterator[pl.DataFrame]:
        """See :class:`RecordSource`."""
        duplicates = self.duplicates()
        columns = [self.typer.headers[n] for n in self.typer.read_fields(fields)]
        count, rejected = 0, []
        for raw in self.rows.batches(columns):
            batch, wrong = self.typer.type(raw, fields, duplicates)
            count += len(batch) - len(wrong)
            rejected += wrong
            yield batch
        if self._account is None:
            self._account = count, rejected

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

    def _ids(self) -> Iterator[pl.DataFrame]:
        header = self.typer.headers["id"]
        for raw in self.rows.batches([header]):
            yield self.typer.ids(raw)

    def _find_duplicates(self) -> Mapping[str, tuple[int | None, str]]:
        if isinstance(self.rows, DistributedRows):
            return self.rows.find_duplicates(self.typer, self._earlier)
        shared = self._spec.name in REFERENCED_TABLES and bool(self._earlier)
        if not shared:
            hashes = [batch["id"].drop_nulls().hash() for batch in self._ids()]
            if sum(map(len, hashes)) == (pl.concat(hashes).n_unique() if hashes else 0):
                return {}
        ids = pl.concat(list(self._ids())).drop_nulls("id")
        sheet = self.typer.place[1]
        twice = ids.filter(pl.col("id").is_duplicated()).group_by("id").agg(pl.col(ROW).min())
        found: dict[str, tuple[int | None, str]] = {
            id_: (row, _first_place(Place(None, sheet, row))) for id_, row in twice.iter_rows()
        }
        if shared:
            before = [b.filter(~pl.col(REJECTED)).select("id", ROW, SRC) for s in self._earlier for b in s.batches(("id",))]
            taken = pl.concat(before).filter(pl.col("id").is_in(ids["id"].implode()))
            found |= {id_: (None, _first_place(self._data.place(src, row))) for id_, row, src in taken.iter_rows()}
        return found


def add_rows(data: Dataset, spec: TableSpec, rows: RawRows, place: tuple[str | None, str | None]) -> None:
    """Add rows that stay where they are to the dataset.

    Raises:
        InputError: a column of nested values.
    """
    schema = rows.schema
    names = map_headers(data, spec, [n for n in schema if n not in (ROW, SRC)], place)
    if "id" not in names.values() and (spec.name in REFERENCED_TABLES or not rows.ordered):
        header = spec.fields["id"].column.label_zh
        reason = (
            "其他表引用它 / other tables refer to it" if rows.ordered else "各行没有顺序 / its rows have no order to be told by"
        )
        raise InputError(
            f"{spec.label_zh}（{spec.name}）：没有列“{header}” / needs a column id: {reason}", code="no_id_column", field="id"
        )
    typer = BatchTyper(spec, names, schema, place, data.source(place))
    table = data.tables.get(spec.name, Table(spec))
    data.add(spec, StreamedSource(data, table, rows, typer))
