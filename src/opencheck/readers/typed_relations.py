"""Tables that stay where they are: Parquet, databases and frames of DuckDB or Spark, typed by expressions.

The same as :mod:`opencheck.readers.typed_columns` for frames that are not of Polars: only distinct values of columns without the right type
are looked at, every row with a value of no use is rejected, and what is usable stays lazy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import narwhals as nw
import polars as pl

from opencheck.core.errors import InputError
from opencheck.core.normalize import BLANKS
from opencheck.engine.carriers.backends import ROW, SPAN, SRC, Frame, Relational, place_number
from opencheck.readers.typed_columns import LINK_TARGETS, Refusals, answers_of, first_place, merge, problem_of
from opencheck.records.dataset import Dataset, Ignored, Place, Problem, Rejected
from opencheck.records.fields import FieldSpec, TableSpec

__all__ = [
    "MOST",
    "RefusedRows",
    "add_relation",
]


MOST = 1_000_000
"""Different values up to which a column of another type is read value by value."""

_BAD, _FIRST, _TWICE = "_bad", "_first", "_twice"

_RAW = "_raw|"


def add_relation(data: Dataset, spec: TableSpec, native: Any, *, lazy: bool = False) -> None:
    """Type a native frame of the dataset's backend and add it to the dataset.

    Args:
        data: takes the table; its backend is the frame's.
        spec: which table it is.
        native: the frame, with the columns ``_src`` and ``_row`` beside its own; ``_row`` may be null where rows have no order.
        lazy: whether rejected rows stay in the backend (``Table.refused``) instead of becoming ``data.rejected``.

    Raises:
        InputError: a table that others refer to without ``id``, or a column of texts with too many different values to read as what it is.
    """
    backend = data.backend
    assert isinstance(backend, Relational)
    frame = nw.from_native(native)
    names: dict[str, str] = {}
    labels = data.places
    for header in frame.collect_schema().names():
        if header in (ROW, SRC):
            continue
        name = spec.field_of(header)
        if name is not None and name not in names.values():
            names[header] = name
        else:
            data.ignored.append(Ignored(Place(*labels[-1]), "unknown_column" if name is None else "second_column", header))
    if "id" not in names.values() and spec.name in LINK_TARGETS:
        header = spec.fields["id"].column.zh
        raise InputError(
            f"{spec.zh}（{spec.name}）：没有列“{header}” / needs a column id: other tables refer to it",
            code="no_id_column",
            field="id",
            found=header,
        )
    frame = frame.select(*(nw.col(h).alias(n) for h, n in names.items()), ROW, SRC)
    frame = backend.at_shanghai(frame)
    schema = frame.collect_schema()
    frame = _floats(frame)

    untyped = [n for n in names.values() if not _is_typed(spec.fields[n], schema[n])]
    values = _distinct(backend, frame, untyped, spec)
    refused: dict[str, Refusals] = {}
    flags: list[nw.Expr] = []
    typed: dict[str, nw.Expr] = {n: _light(spec.fields[n], schema[n], backend) for n in names.values() if n not in untyped}
    for name, found in zip(untyped, values, strict=True):
        frame, typed[name], bad = _mapped(backend, frame, spec.fields[name], found)
        if bad:
            refused[name] = bad
            flags.append(nw.col(f"_bad|{name}").fill_null(False))
    if "id" not in names.values():
        label = next((sheet for _, sheet in labels[-1:] if sheet), spec.zh)
        typed["id"] = nw.concat_str(nw.lit(f"{label}-"), nw.col(ROW).cast(nw.String))
    raw = [nw.col(n).alias(f"{_RAW}{n}") for n in refused]
    frame = frame.with_columns(*raw) if raw else frame
    frame = frame.with_columns(*(e.alias(n) for n, e in typed.items()))
    fields = list(typed)
    frame, counted, flag = _identified(data, backend, frame, spec, "id" in names.values())
    flags += flag
    present = frozenset(fields)
    keep = [*fields, ROW, SRC]
    if not flags:
        merge(data, spec, frame.select(keep).to_native(), present, counted)
        return
    frame = frame.with_columns(reduce(lambda a, b: a | b, flags).alias(_BAD))
    good, bad_rows = frame.filter(~nw.col(_BAD)), frame.filter(nw.col(_BAD))
    extra = [c for c in frame.collect_schema().names() if c.startswith(_RAW) or c in (_FIRST, _TWICE)]
    shown = bad_rows.select(*keep, *extra)
    headers = {n: h for h, n in names.items()}
    if lazy:
        number = int(backend.fetch(shown.select(nw.len())).item())
        told = RefusedRows(shown.to_native(), refused, headers) if number else None
        merge(data, spec, good.select(keep).to_native(), present, counted - number, shown.select(fields).to_native(), told)
        return
    ghosts = []
    for row in backend.fetch(shown).sort(SRC, ROW).iter_rows(named=True):
        place = data.place(row[SRC], row[ROW])
        problems = problems_of(spec, row, refused, headers, place)
        readable = {n: row[n] for n in fields}
        data.rejected.append(Rejected(spec.name, place, problems, readable))
        ghosts.append(readable)
    merge(data, spec, good.select(keep).to_native(), present, counted - len(ghosts), ghosts)


@dataclass
class RefusedRows:
    """Rejected rows that stay in their backend: the frame, and what was refused of each field."""

    frame: Any
    refused: dict[str, Refusals]
    headers: dict[str, str]


def problems_of(
    spec: TableSpec, row: dict[str, Any], refused: dict[str, Refusals], headers: dict[str, str], place: Place
) -> list[Problem]:
    """Why a rejected row is of no use, from its values as they were (``_raw|field``) and what was found of its id."""
    problems = []
    for name, known in refused.items():
        value = row[f"{_RAW}{name}"]
        if value in known:
            problems.append(problem_of(spec.fields[name], headers[name], value, known[value]))
    header = spec.fields["id"].column.zh
    if row["id"] is None and "id" not in refused:
        problems.append(Problem("id", header, "", "blank_id"))
    elif row.get(_TWICE):
        first = row.get(_FIRST)
        where = first_place(Place(None, place.sheet, first % SPAN)) if first is not None else "另一行 / another row"
        problems.append(Problem("id", header, row["id"], "duplicate_id", {"first": where}))
    return problems


def _is_typed(spec: FieldSpec, dtype: Any) -> bool:
    if spec.vocabulary is not None or spec.kind in ("period", "year"):
        return False
    if spec.kind in ("text", "prose"):
        return bool(dtype == nw.String)
    if spec.kind == "datetime":
        return bool(dtype == nw.Datetime)
    if spec.kind == "date":
        return bool(dtype in (nw.Date, nw.Datetime))
    if spec.kind == "int":
        return bool(dtype in (nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64))
    if spec.kind == "list":
        return bool(dtype == nw.List(nw.String))
    return bool(dtype == (nw.Boolean if spec.kind == "bool" else nw.Float64))


def _floats(frame: Frame) -> Frame:
    decimals = [n for n, t in frame.collect_schema().items() if t == nw.Decimal]
    return frame.with_columns(nw.col(n).cast(nw.Float64) for n in decimals) if decimals else frame


def _light(spec: FieldSpec, dtype: Any, backend: Relational) -> nw.Expr:
    column = nw.col(spec.name)
    if spec.kind in ("text", "prose"):
        if spec.kind == "prose":
            column = column.str.replace_all("\r\n", "\n", literal=True)
        stripped = column.str.strip_chars(BLANKS)
        return nw.when(stripped != "").then(stripped)
    if spec.kind == "list":
        return nw.when(column.list.len() > 0).then(column)
    if spec.kind == "date":
        return column.dt.date() if dtype == nw.Datetime else column
    return column if spec.kind == "datetime" else column.cast(backend.dtype(spec.dtype))


def _distinct(backend: Relational, frame: Frame, untyped: list[str], spec: TableSpec) -> list[pl.Series]:
    """The different values of each column."""
    grouped = [frame.select(n).filter(~nw.col(n).is_null()).group_by(n).agg(nw.len().alias("_n")) for n in untyped]
    found = backend.fetch_all([g.select(n).head(MOST + 1) for n, g in zip(untyped, grouped, strict=True)])
    for name, values in zip(untyped, found, strict=True):
        if len(values) > MOST:
            field = spec.fields[name]
            raise InputError(
                f"{spec.zh}的列“{field.column.zh}”有{MOST:,}个以上不同的文字值，请先转成{field.kind}类型 / "
                f"column {name} holds more than {MOST:,} different values; give it as {field.kind}"
            )
    return [values[name] for name, values in zip(untyped, found, strict=True)]


def _mapped(backend: Relational, frame: Frame, spec: FieldSpec, values: pl.Series) -> tuple[Frame, nw.Expr, Refusals]:
    """A column read value by value: a join with what each value means."""
    answers, refused = answers_of(spec, values.to_list())
    name = spec.name
    if values.dtype == spec.dtype and not refused and all(k == v for k, v in answers.items()):
        return frame, nw.col(name), refused
    if not answers:
        return frame, nw.lit(None).cast(backend.dtype(spec.dtype)), refused
    known = pl.DataFrame(
        {
            f"_key|{name}": values,
            f"_new|{name}": pl.Series([answers[_key(v)] for v in values.to_list()], dtype=spec.dtype),
            f"_bad|{name}": [_key(v) in refused for v in values.to_list()],
        }
    )
    joined = frame.join(backend.table(known), left_on=name, right_on=f"_key|{name}", how="left")
    return joined, nw.col(f"_new|{name}"), refused


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _identified(
    data: Dataset, backend: Relational, frame: Frame, spec: TableSpec, has_id: bool
) -> tuple[Frame, int, list[nw.Expr]]:
    """The frame with what is known of double ids, the count of its rows, and what makes a row bad."""
    blank = nw.col("id").is_null().cast(nw.Int64).sum().alias("blank")
    ordered = (~nw.col(ROW).is_null()).cast(nw.Int64).sum().alias("ordered")
    count, blanks, numbered = backend.fetch(frame.select(nw.len().alias("n"), blank, ordered)).row(0)
    if not has_id:
        if numbered < count:
            raise InputError(
                f"{spec.zh}（{spec.name}）：没有编号列 / needs a column id: its rows have no order to be told by",
                code="no_id_column",
                field="id",
            )
        return frame, count, []
    flags = [nw.col("id").is_null()] if blanks else []
    order = place_number().alias("_order")
    keys = ["id"] if spec.name in LINK_TARGETS else ["id", SRC]
    ids = frame.filter(~nw.col("id").is_null()).select("id", SRC, order)
    earlier = data.tables.get(spec.name) if spec.name in LINK_TARGETS else None
    if earlier is not None:
        ids = nw.concat([nw.from_native(backend.lift(earlier.frame)).select("id", SRC, order), ids])
    twice = ids.group_by(keys).agg(nw.len().alias("_n"), nw.col("_order").min().alias(_FIRST)).filter(nw.col("_n") > 1)
    if not len(backend.fetch(twice.head(1))):
        return frame, count, flags
    # Where rows have no order, none of those that share an id is the first.
    twice = twice.rename({k: f"{_TWICE}|{k}" for k in keys})
    joined = frame.join(twice, left_on=keys, right_on=[f"{_TWICE}|{k}" for k in keys], how="left")
    again = ~nw.col("_n").is_null() & ((order != nw.col(_FIRST)) | nw.col(_FIRST).is_null())
    return joined.with_columns(again.alias(_TWICE)), count, [*flags, nw.col(_TWICE)]
