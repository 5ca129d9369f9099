"""From raw columns to typed ones, the same way for every source and engine.

Each different value of a column is parsed once. A row with a value that means nothing, or without an id of its own, is rejected with every
reason. Two kinds of sources use it: rows in memory (workbooks, CSV, JSON, dicts), typed when they are read, and rows that stay where they are
(Parquet, frames, databases, DuckDB, Spark), typed a batch at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from opencheck.core.calendar import FIRST_DAY, LAST_DAY
from opencheck.core.clock import SHANGHAI
from opencheck.core.errors import InputError
from opencheck.records.dataset import (
    ALL_CELLS,
    REFERENCED_TABLES,
    REJECTED,
    ROW,
    SRC,
    Rejected,
    RowError,
    SourceLocation,
    all_cells,
    list_series,
)
from opencheck.records.fields import FieldSpec, TableSpec
from opencheck.records.parse import InvalidValue
from opencheck.records.placeholders import may_be_placeholder
from opencheck.records.whitespace import stripped

__all__ = ["BatchTyper", "Duplicates", "first_place", "made_id_label", "read_cells"]

_SEPARATOR = "\x1f"
_ZONE = str(SHANGHAI)


def read_cells(spec: FieldSpec, header: str, values: Sequence[Any], problems: dict[int, list[RowError]]) -> list[Any]:
    """A column of cells, typed; cells that mean nothing become None, and their reasons are added to ``problems`` by the place of the row."""
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


def _problem(spec: FieldSpec, header: str, value: Any, refused: InvalidValue) -> RowError:
    """Why a value is of no use, with what its field accepts."""
    facts = {"values": list(spec.vocabulary.labels)} if refused.code == "vocabulary" and spec.vocabulary else {}
    return RowError(spec.name, header, str(value)[:60], refused.code, facts)


def made_id_label(spec: TableSpec, place: tuple[str | None, str | None]) -> str:
    """What stands before the row's number in the ids of rows that have none: in tables that others refer to it tells the file as well.

    >>> from opencheck.records.tables import TABLES
    >>> made_id_label(TABLES["meeting"], ("a.xlsx", "1月")), made_id_label(TABLES["document"], ("a.xlsx", "1月"))
    ('1月', 'a.xlsx 1月')
    """
    if spec.name in REFERENCED_TABLES:
        return " ".join(part for part in place if part) or spec.label_zh
    return place[1] or spec.label_zh


def first_place(place: SourceLocation) -> str:
    """A row's place in words."""
    return "".join((f"{place.file} " if place.file else "", f"{place.sheet}!" if place.sheet else "", f"第{place.row}行"))


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
        self._further = [header for header in schema if header not in names and header not in (ROW, SRC)]
        self._schema = {name: schema[header] for header, name in names.items()}
        for name, dtype in self._schema.items():
            _refuse_nested(spec, name, self.headers[name], dtype)
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
        return [n for n in self.headers if n in wanted or n in self.parsed or n in dates or n == "id" or ALL_CELLS in wanted]

    def read_columns(self, wanted: Collection[str]) -> list[str]:
        """The source's columns that are read for these fields: for ``_cells`` all of them."""
        return [self.headers[n] for n in self.read_fields(wanted)] + (self._further if ALL_CELLS in wanted else [])

    def type(
        self, raw: pl.DataFrame, wanted: Collection[str], duplicates: Duplicates | None = None
    ) -> tuple[pl.DataFrame, list[Rejected]]:
        """A raw batch as typed records with ``_rejected``, and the reasons for what is rejected.

        Args:
            raw: the source's columns for these fields (:meth:`read_columns`), and ``_row``.
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
            label = made_id_label(self.spec, self.place).replace("{", "{{").replace("}", "}}")
            frame = frame.with_columns(pl.format(f"{label}-{{}}", pl.col(ROW)).alias("id"))
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
        if ALL_CELLS in wanted:
            whole = frame.hstack([_as_cells(raw[header]).alias(f"+{header}") for header in self._further])
            frame = frame.with_columns(whole.select(all_cells(whole)).to_series())
        kept = [n for n in frame.columns if n in wanted or n in ("id", ROW, SRC, REJECTED)]
        return frame.select(kept), rejected

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
            if row["id"] is None and "id" not in bad:
                problems.append(RowError("id", header, "", "blank_id"))
            elif duplicates and duplicates.has(row["id"], row[ROW]):
                problems.append(RowError("id", header, row["id"], "duplicate_id", {"first": duplicates.first[row["id"]][1]}))
            readable = {n: row[n] for n in row if n not in (ROW, SRC, REJECTED)}
            found.append(Rejected(self.spec.name, SourceLocation(*self.place, row[ROW]), problems, readable))
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


def _refuse_nested(spec: TableSpec, name: str, header: str, dtype: pl.DataType) -> None:
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    listed = spec.fields[name].kind == "list"
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
        texts = stripped(values, prose=spec.kind == "prose")
        return _without_placeholders(spec, texts) if spec.takes_placeholders else texts
    if isinstance(values.dtype, pl.Datetime):
        zoned = values if values.dtype.time_zone else values.dt.replace_time_zone(_ZONE)
        local = zoned.dt.convert_time_zone(_ZONE)
        return local.dt.date() if spec.kind == "date" else local.dt.cast_time_unit("us")
    if values.dtype == pl.Float64:
        values = values.fill_nan(None)
    return values.cast(spec.dtype)


def _without_placeholders(spec: FieldSpec, texts: pl.Series) -> pl.Series:
    """Texts as :meth:`FieldSpec.read` reads them: only the few that may be placeholders are looked at one by one."""
    changed = {text: found for text in may_be_placeholder(texts) if (found := spec.read(text)) != text}
    if not changed:
        return texts
    return texts.replace_strict(list(changed), list(changed.values()), default=texts, return_dtype=pl.String)


def _as_text(spec: FieldSpec, header: str, values: pl.Series) -> pl.Series:
    try:
        return values.cast(pl.String)
    except pl.exceptions.PolarsError as exc:
        raise InputError(
            f"列“{header}”是二进制，且不是UTF-8文字 / column {header!r} ({spec.name}) holds binary values that are no UTF-8 text"
        ) from exc


def _as_cells(values: pl.Series) -> pl.Series:
    """A column that is no field of the table as texts."""
    if values.dtype.is_nested() or values.dtype in (pl.Object, pl.Binary):
        cells = [v.decode(errors="replace") if isinstance(v, bytes) else v for v in values.to_list()]
        return pl.Series(values.name, [None if v is None else str(v) for v in cells], dtype=pl.String)
    texts = values.cast(pl.String)
    return texts.set((texts == "").fill_null(False), None)
