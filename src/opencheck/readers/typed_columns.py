"""From raw columns to typed ones, the same way for every source and engine.

Each different value of a column is parsed once. A row with a value that means nothing, or without an id of its own, is rejected with every
reason; where two columns of one field disagree, the record is kept without it (:mod:`opencheck.records.contradictions`). Two kinds of sources
use it: rows in memory (workbooks, CSV, JSON, dicts), typed when they are read, and rows that stay where they are (Parquet, frames, databases,
DuckDB, Spark), typed a batch at a time. Cells of columns in memory: :mod:`opencheck.readers.typed_cells`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from functools import reduce
from operator import or_
from typing import Any

import polars as pl

from opencheck.core.calendar import FIRST_DAY, LAST_DAY
from opencheck.readers.column_types import as_cells, cast, has_type, list_keys, no_texts, nowhere, refuse_nested, without
from opencheck.readers.second_columns import AT, UNITED, denial_text, denials, different_names, unite
from opencheck.readers.typed_cells import contradiction_errors, problem_of, read_distinct, typed_series
from opencheck.records.contradictions import CONTRADICTED, TABLES_OF_CELLS, blank_text, left_open_text
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
)
from opencheck.records.fields import FieldSpec
from opencheck.records.parse import InvalidValue
from opencheck.records.table_spec import TableSpec

__all__ = ["BatchTyper", "Duplicates", "made_id_label"]

_VALUE, _TEXT = "_settled_value", "_settled_text"


def made_id_label(spec: TableSpec, place: tuple[str | None, str | None]) -> str:
    """What stands before the row's number in the ids of rows that have none: in tables that others refer to it tells the file as well.

    >>> from opencheck.records.tables import TABLES
    >>> made_id_label(TABLES["meeting"], ("a.xlsx", "1月")), made_id_label(TABLES["document"], ("a.xlsx", "1月"))
    ('1月', 'a.xlsx 1月')
    """
    if spec.name in REFERENCED_TABLES:
        return " ".join(part for part in place if part) or spec.label_zh
    return place[1] or spec.label_zh


@dataclass(frozen=True)
class Duplicates:
    """Ids that several rows have: for each the row that keeps it, and its place. Without a row none of them keeps it."""

    first: Mapping[str, tuple[int | None, SourceLocation]]

    def __bool__(self) -> bool:
        return bool(self.first)

    def has(self, id_: str | None, row: int | None) -> bool:
        """Whether a row has an id that belongs to another one."""
        found = self.first.get(id_) if id_ is not None else None
        return found is not None and (found[0] is None or found[0] != row)

    def mask(self, frame: pl.DataFrame) -> pl.Series:
        """The rows of a typed batch whose id belongs to another one."""
        found = nowhere(len(frame))
        named = frame.select("id", ROW).with_row_index("at").filter(pl.col("id").is_in(list(self.first)))
        return found.scatter([at for at, id_, row in named.iter_rows() if self.has(id_, row)], True)


@dataclass(frozen=True)
class _Fault:
    """Where the values of one raw column mean nothing."""

    name: str
    header: str
    mask: pl.Series
    reasons: Mapping[Any, InvalidValue]

    def problem(self, spec: FieldSpec, value: Any) -> RowError:
        """What to say of one row."""
        return problem_of(spec, self.header, *self._value_and_reason(value))

    def left_open(self, spec: FieldSpec, raw: pl.Series) -> pl.Series | None:
        """What leaves the field open in the rows that need not be rejected for it; None where there are none."""
        keys = list_keys(raw) if isinstance(raw.dtype, pl.List) else raw
        distinct = pl.DataFrame([keys.alias("key"), raw.alias("value")]).filter(self.mask).unique("key")
        refused = map(self._value_and_reason, distinct["value"].to_list())
        said = [left_open_text(spec, self.header, value, reason.code) or None for value, reason in refused]
        if not any(said):
            return None
        texts = distinct.select("key", pl.Series("text", said, dtype=pl.String))
        found = pl.DataFrame([keys.alias("key"), self.mask.alias("is_wrong")]).join(
            texts, on="key", how="left", maintain_order="left"
        )
        return found.select(pl.when("is_wrong").then("text").alias("text")).to_series()

    def _value_and_reason(self, value: Any) -> tuple[Any, InvalidValue]:
        value = value.to_list() if isinstance(value, pl.Series) else value
        return value, self.reasons[tuple(value) if isinstance(value, list) else value]


def _joined(texts: Sequence[pl.Series]) -> pl.Series:
    """What is said of each row, one after the other; null where nothing is."""
    joined = pl.select(pl.concat_str(*texts, ignore_nulls=True).alias("text"))
    return joined.select(pl.when(pl.col("text") != "").then("text")).to_series()


def _no_moments(spec: FieldSpec, typed: pl.Series, values: pl.Series) -> tuple[pl.Series | None, dict[Any, InvalidValue]]:
    """Which typed days and times cannot be, with the reasons: days beyond the calendar, and a midnight where a time of day is wanted.

    Databases and pandas hold a day as the midnight at its beginning, as workbooks do.
    """
    local = typed.dt.replace_time_zone(None) if isinstance(typed.dtype, pl.Datetime) else typed  # each part asks the zone again
    days = local.dt.date()
    wrong = ((days < FIRST_DAY) | (days > LAST_DAY)).fill_null(False)
    reasons = dict.fromkeys(values.filter(wrong).unique().to_list(), InvalidValue("impossible_date"))
    if spec.kind == "datetime":
        midnight = (local.dt.time() == time()).fill_null(False)
        reasons = dict.fromkeys(values.filter(midnight).unique().to_list(), InvalidValue("datetime")) | reasons
        wrong |= midnight
    return (wrong, reasons) if wrong.any() else (None, {})


class BatchTyper:
    """Types raw batches of one source: what a column's values mean is remembered from batch to batch. It pickles without its memory.

    Args:
        spec: the table.
        names: for each raw column that is read, its field; a field may have several, of which the filled one counts.
        schema: the raw columns' types.
        place: file and sheet.
        src: the source's number.
        unit: the unit of the records that name none.

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
        unit: str | None = None,
    ) -> None:
        self.spec, self.place, self.src, self._unit = spec, place, src, unit
        self.headers: dict[str, list[str]] = {}
        """For each field its raw columns."""
        for header, name in names.items():
            self.headers.setdefault(name, []).append(header)
            refuse_nested(spec, name, header, schema[header])
        first = {own[0] for own in self.headers.values()}
        self._further = [header for header in schema if header not in first and header not in (ROW, SRC)]
        """Those whose texts are not among the fields: columns that are no field, and further ones of a field."""
        self._parsed_headers = frozenset(h for h, name in names.items() if not has_type(spec.fields[name], schema[h]))
        """The raw columns whose values are parsed, because they are not of the field's type."""
        dates = {h for h in names if schema[h].is_temporal()}
        self._may_reject = frozenset(
            n
            for n, own in self.headers.items()
            if len(own) > 1 or n == "id" or not (self._parsed_headers | dates).isdisjoint(own)
        )
        self._rejects_contradicted = spec.name in TABLES_OF_CELLS
        self.fields = frozenset(self.headers) | {"id"} | ({"unit"} if unit is not None else frozenset())
        self._settled: dict[str, pl.DataFrame] = {}
        """By field the names of another record that were looked up, all together: what the field says then, and what is said of it."""
        self._known: dict[str, tuple[dict[Any, Any], dict[Any, InvalidValue]]] = {}
        self._canonical: dict[str, pl.Series] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_known": {}, "_canonical": {}}

    def read_fields(self, wanted: Collection[str]) -> list[str]:
        """The fields that are read for these: those, and all that may reject a row."""
        return [n for n in self.headers if n in wanted or n in self._may_reject or ALL_CELLS in wanted]

    def read_columns(self, wanted: Collection[str]) -> list[str]:
        """The source's columns that are read for these fields: for ``_cells`` all of them."""
        own = [h for n in self.read_fields(wanted) for h in self.headers[n]]
        return list(dict.fromkeys(own + self._further)) if ALL_CELLS in wanted else own

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
        faults: list[_Fault] = []
        contradictions: list[pl.Series] = []
        for name in self.read_fields(wanted):
            series, found, contradicted = self._field(name, raw)
            columns.append(series)
            faults += found
            contradictions += [] if contradicted is None else [contradicted]
        if contradictions:
            columns.append(_joined(contradictions).alias(CONTRADICTED))
        frame = pl.DataFrame([*columns, raw[ROW].cast(pl.Int64)])
        frame = frame.with_columns(pl.lit(self.src, dtype=pl.Int32).alias(SRC))
        masks = [fault.mask for fault in faults]
        if contradictions and self._rejects_contradicted:
            masks.append(frame[CONTRADICTED].is_not_null())
        if self._unit is not None and "unit" in wanted:
            frame = self._with_unit(frame)
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
            frame = frame.with_columns(reduce(or_, masks).fill_null(False).alias(REJECTED))
            rejected = self._reasons(raw, frame, faults, duplicates)
        else:
            frame = frame.with_columns(pl.lit(False).alias(REJECTED))
        if ALL_CELLS in wanted:
            whole = frame.hstack([as_cells(raw[header]).alias(f"+{header}") for header in self._further])
            frame = frame.with_columns(whole.select(all_cells(whole)).to_series())
        kept = [n for n in frame.columns if n in wanted or n in ("id", ROW, SRC, REJECTED, CONTRADICTED)]
        return frame.select(kept), rejected

    def _with_unit(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The batch with the unit of the whole ledger in the records that name none."""
        given = [pl.col("unit")] if "unit" in frame.columns else []
        return frame.with_columns(pl.coalesce(*given, pl.lit(self._unit)).alias("unit"))

    def column(self, name: str, raw: pl.DataFrame) -> pl.Series:
        """One field of a raw batch, typed; null where its values mean nothing or its columns disagree."""
        return self._field(name, raw)[0]

    def different_names(self, name: str, raw: pl.DataFrame) -> pl.DataFrame:
        """The names of a raw batch by which rows name another record twice, each once; see :mod:`opencheck.readers.two_names`."""
        columns = [(header, self._column(name, header, raw[header])[0]) for header in self.headers[name]]
        found = different_names(self.spec.fields[name], columns, unite(self.spec.fields[name], columns)[0])
        return found.drop(AT).unique(maintain_order=True).with_row_index(AT)

    def settle(self, name: str, rows: pl.DataFrame, answers: Mapping[int, tuple[str | None, str]]) -> None:
        """Note what a field says where its columns hold some names; see :meth:`opencheck.readers.streamed_source.StreamedSource.settle`."""
        values, texts = zip(*answers.values(), strict=True)
        columns: dict[str, Any] = {AT: list(answers), _VALUE: values, _TEXT: texts}
        looked_up = pl.DataFrame(columns, schema={AT: rows.schema[AT], _VALUE: pl.String, _TEXT: pl.String})
        more = rows.drop(UNITED).join(looked_up, on=AT, maintain_order="left").drop(AT)
        names = rows.drop(UNITED, AT).columns
        before = [self._settled[name]] if name in self._settled else []
        self._settled[name] = pl.concat([*before, more]).unique(names, keep="first")

    def _with_settled(
        self, name: str, typed: pl.Series, by_column: Sequence[tuple[str, pl.Series]]
    ) -> tuple[pl.Series, pl.Series]:
        """A field with what was settled of its names, and what is said of it."""
        settled = self._settled[name]
        names = pl.DataFrame([values.alias(f"{number}") for number, (_, values) in enumerate(by_column)])
        rows = names.join(settled, on=names.columns, how="left", nulls_equal=True, maintain_order="left")
        value = pl.when(pl.col(_TEXT).is_not_null()).then(_VALUE).otherwise(typed).alias(name)
        found = rows.select(value, pl.when(pl.col(_TEXT) != "").then(_TEXT).alias(_TEXT))
        return found[name], found[_TEXT]

    def ids(self, raw: pl.DataFrame) -> pl.DataFrame:
        """The typed ids of a raw batch, with their rows."""
        return pl.DataFrame([self.column("id", raw), raw[ROW].cast(pl.Int64)])

    def _reasons(
        self,
        raw: pl.DataFrame,
        frame: pl.DataFrame,
        faults: Sequence[_Fault],
        duplicates: Duplicates | None,
    ) -> list[Rejected]:
        header = self.headers.get("id", [self.spec.fields["id"].column.label_zh])[0]
        found = []
        for index in frame[REJECTED].arg_true():
            row = frame.row(index, named=True)
            problems = [
                fault.problem(self.spec.fields[fault.name], raw[fault.header][index]) for fault in faults if fault.mask[index]
            ]
            if self._rejects_contradicted:
                problems += contradiction_errors(row.get(CONTRADICTED))
            if row["id"] is None and "id" not in {fault.name for fault in faults}:
                problems.append(RowError("id", header, "", "blank_id"))
            elif duplicates and duplicates.has(row["id"], row[ROW]):
                problems.append(RowError("id", header, row["id"], "duplicate_id", {"first": duplicates.first[row["id"]][1]}))
            readable = {n: row[n] for n in row if n not in (ROW, SRC, REJECTED, CONTRADICTED)}
            found.append(Rejected(self.spec.name, SourceLocation(*self.place, row[ROW]), problems, readable))
        return found

    def _field(self, name: str, raw: pl.DataFrame) -> tuple[pl.Series, list[_Fault], pl.Series | None]:
        """A field of a raw batch, typed, from all its columns; what is wrong with them, and what each row says of a field that is left open."""
        spec, faults = self.spec.fields[name], []
        by_column, left_open = [], list[pl.Series]()
        for header in self.headers[name]:
            typed, more = self._column(name, header, raw[header])
            for fault in more:
                texts = None if self._rejects_contradicted else fault.left_open(spec, raw[header])
                left_open += [] if texts is None else [texts]
                mask = fault.mask if texts is None else fault.mask & texts.is_null()
                faults += [replace(fault, mask=mask)] if mask.any() else []
            by_column.append((header, typed))
        typed, disagreements = unite(spec, by_column) if len(by_column) > 1 else (typed, {})
        said = left_open[::-1]  # the last one counts
        if name in self._settled:
            typed, settled = self._with_settled(name, typed, by_column)
            said.append(settled)
        if len(by_column) > 1:
            for header in self.headers[name]:
                denied = denials(spec, header, raw[header], typed)
                disagreements |= {at: denial_text(spec, header, by_column, at) for at in denied.arg_true()}
                typed = without(typed, denied)
        if disagreements:
            none = no_texts(len(raw))
            said.append(none.scatter(list(disagreements), list(disagreements.values())))
        remarks = [] if self._rejects_contradicted else self._remarks_on_blanks(spec, typed, raw)
        for texts in left_open:  # what another column says may be the same or not
            typed = without(typed, texts.is_not_null())
        told = [*([pl.select(pl.coalesce(said)).to_series()] if said else []), *remarks]
        return typed, faults, _joined(told) if told else None

    def _remarks_on_blanks(self, spec: FieldSpec, typed: pl.Series, raw: pl.DataFrame) -> list[pl.Series]:
        """What is said of the blanks of a field for the words in their cells, of each column with such words."""
        found = []
        for header in self.headers[spec.name] if typed.null_count() else ():
            may_say = raw.schema[header] == pl.String or spec.under(header).asks
            if may_say and (blank := typed.is_null() & raw[header].is_not_null()).any():
                texts = {word: text for word in raw[header].filter(blank).unique() if (text := blank_text(spec, header, word))}
                if texts:
                    said = raw[header].replace_strict(list(texts), list(texts.values()), default=None, return_dtype=pl.String)
                    found.append(said.set(~blank, None))
        return found

    def _column(self, name: str, header: str, values: pl.Series) -> tuple[pl.Series, list[_Fault]]:
        """A raw column typed, null where its values mean nothing, and where they do not."""
        typed, refused, reasons = self._typed(name, header, values)
        wrong = refused is not None and refused.any()
        return typed, [_Fault(name, header, refused, reasons)] if refused is not None and wrong else []

    def _typed(self, name: str, header: str, values: pl.Series) -> tuple[pl.Series, pl.Series | None, dict[Any, InvalidValue]]:
        spec = self.spec.fields[name].under(header)
        if header not in self._parsed_headers:
            typed = cast(spec, values)
            wrong, reasons = _no_moments(spec, typed, values) if typed.dtype.is_temporal() and len(values) else (None, {})
            return (typed if wrong is None else typed.set(wrong, None)).alias(name), wrong, reasons
        return self._parsed(name, header, spec, values)

    def _parsed(
        self, name: str, header: str, spec: FieldSpec, values: pl.Series
    ) -> tuple[pl.Series, pl.Series | None, dict[Any, InvalidValue]]:
        if values.dtype.is_float():
            values = values.fill_nan(None)
        answers, refused = self._known.setdefault(header, ({}, {}))
        listed = isinstance(values.dtype, pl.List)
        keys = list_keys(values) if listed else values
        # Most columns hold the field's own values: once these are known, looking whether there is another one is enough.
        if header in self._canonical and keys.is_in(self._canonical[header].implode()).all():
            return values.alias(name), None, {}
        distinct = values.to_frame("value").with_columns(keys.alias("key")).unique("key", maintain_order=True).drop_nulls("key")
        raw = distinct["value"].to_list()
        unknown = [v for v in raw if (tuple(v) if listed else v) not in answers]
        more, wrong = read_distinct(spec, unknown)
        answers |= more
        refused |= wrong
        if not raw:
            return pl.Series(name, [None] * len(values), dtype=spec.dtype), None, {}
        new = [answers[tuple(v) if listed else v] for v in raw]
        typed_new = typed_series(spec, new)
        wrong_here = [(tuple(v) if listed else v) in refused for v in raw]
        if values.dtype == spec.dtype and not any(wrong_here) and raw == new:
            before = self._canonical.get(header)
            self._canonical[header] = distinct["key"] if before is None else pl.concat([before, distinct["key"]]).unique()
            return values.alias(name), None, {}
        place = keys.to_frame("key").join(
            distinct.select("key", pl.int_range(pl.len(), dtype=pl.UInt32).alias("at")),
            on="key",
            how="left",
            maintain_order="left",
        )["at"]
        bad = pl.Series(wrong_here, dtype=pl.Boolean).gather(place).fill_null(False) if any(wrong_here) else None
        return typed_new.gather(place).alias(name), bad, refused
