"""From raw columns to typed ones: each distinct value is parsed once, and a row with a value of no use is rejected.

Two doors lead here: cells (workbooks, CSV, JSON, dicts), where a column is a list of whatever was found, and frames
(Parquet, Polars, pandas, Arrow), where types are mostly right already and stay lazy.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.records.dataset import PIECE, Dataset, Place, Problem, Rejected, Table, column_of_lists
from opencheck.records.fields import FieldSpec, TableSpec
from opencheck.records.parse import InvalidValue
from opencheck.records.whitespace import cleaned, is_untidy, tidying

__all__ = [
    "LINK_TARGETS",
    "Cells",
    "Refusals",
    "add_cells",
    "add_frame",
    "answers_of",
    "first_place",
    "merge",
    "problem_of",
]


LINK_TARGETS = frozenset({"document", "account"})
"""Tables that other tables refer to by ``id``: there an id cannot be made up."""

_CHOSEN_BY = ("id", "topic", "unit")


@dataclass
class Cells:
    """Rows of cells under known headers: ``columns`` maps a field to (header as written, its cells)."""

    spec: TableSpec
    rows: list[int]
    columns: dict[str, tuple[str, list[Any]]]
    extra: dict[str, list[Any]] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)


def add_cells(data: Dataset, cells: Cells, place: tuple[str | None, str | None]) -> None:
    """Type the cells and add them to the dataset; rows with problems are rejected, all others kept."""
    spec, count = cells.spec, len(cells.rows)
    problems: dict[int, list[Problem]] = {}
    typed: dict[str, list[Any]] = {}
    for name, (header, values) in cells.columns.items():
        typed[name] = _typed(spec.fields[name], header, values, problems)
    _identify(data, cells, typed, problems, place)
    src = data.source(place)
    data.positions[place] = cells.positions
    for index, found in problems.items():
        readable = {name: column[index] for name, column in typed.items()}
        data.rejected.append(Rejected(spec.name, Place(*place, cells.rows[index]), found, readable))
    good = [i for i in range(count) if i not in problems]
    rows = {name: column if not problems else [column[i] for i in good] for name, column in typed.items()}
    series = {
        name: column_of_lists(name, column)
        if isinstance(spec.fields[name].dtype, pl.List)
        else pl.Series(name, column, dtype=spec.fields[name].dtype)
        for name, column in rows.items()
    }
    series |= {
        f"+{name}": pl.Series([None if (v := column[i]) in (None, "") else str(v) for i in good], dtype=pl.String)
        for name, column in cells.extra.items()
    }
    frame = pl.DataFrame(series).with_columns(
        pl.Series(ROW, [cells.rows[i] for i in good], dtype=pl.Int64), pl.lit(src, dtype=pl.Int32).alias(SRC)
    )
    ghosts = [{name: column[i] for name, column in typed.items()} for i in problems]
    merge(data, spec, frame.lazy(), frozenset(typed), len(good), ghosts, unique=True)


def _typed(spec: FieldSpec, header: str, values: Sequence[Any], problems: dict[int, list[Problem]]) -> list[Any]:
    types = set(map(type, values)) - {type(None)}
    if len(types) == 1 and types <= {str, date, bool, int}:
        answers, refused = answers_of(spec, list(dict.fromkeys(values)))
        for index, value in enumerate(values) if refused else ():
            if value in refused:
                problems.setdefault(index, []).append(problem_of(spec, header, value, refused[value]))
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
            problems.setdefault(index, []).append(problem_of(spec, header, value, found))
        else:
            result[index] = found
    return result


def problem_of(spec: FieldSpec, header: str, value: Any, refused: InvalidValue) -> Problem:
    """Why a value is of no use, with what its field accepts."""
    facts = {"values": list(spec.vocabulary.labels)} if refused.code == "vocabulary" and spec.vocabulary else {}
    return Problem(spec.name, header, str(value)[:60], refused.code, facts)


def _identify(
    data: Dataset,
    cells: Cells,
    typed: dict[str, list[Any]],
    problems: dict[int, list[Problem]],
    place: tuple[str | None, str | None],
) -> None:
    """Give every row its id: one of its own, made from the row where the source has no id at all.

    It is unique in its sheet (offices number each month's sheet from 1), and in the whole table where others refer to it.
    """
    spec = cells.spec
    if "id" not in typed:
        if spec.name in LINK_TARGETS:
            for index in range(len(cells.rows)):
                problems.setdefault(index, []).append(Problem("id", spec.fields["id"].column.label_zh, "", "no_id_column"))
        label = place[1] or spec.label_zh
        typed["id"] = [f"{label}-{row}" for row in cells.rows]
    header = cells.columns["id"][0] if "id" in cells.columns else spec.fields["id"].column.label_zh
    seen: dict[str, str] = {}
    if spec.name in LINK_TARGETS and spec.name in data.tables:
        earlier = data.tables[spec.name].frame.select("id", ROW, SRC).collect()
        seen = {i: first_place(data.place(s, r)) for i, r, s in earlier.iter_rows()}
    for index, value in enumerate(typed["id"]):
        if value is None:
            problems.setdefault(index, []).append(Problem("id", header, "", "blank_id"))
        elif value in seen:
            problems.setdefault(index, []).append(Problem("id", header, value, "duplicate_id", {"first": seen[value]}))
        else:
            seen[value] = first_place(Place(None, place[1], cells.rows[index]))


def first_place(place: Place) -> str:
    """A row's place in words."""
    return "".join((f"{place.file} " if place.file else "", f"{place.sheet}!" if place.sheet else "", f"第{place.row}行"))


def merge(
    data: Dataset,
    spec: TableSpec,
    frame: Any,
    present: frozenset[str],
    count: int,
    ghosts: Any = (),
    refused: Any = None,
    pieces: tuple[Any, ...] = (),
    *,
    unique: bool = False,
    values: dict[str, list[tuple[str, int]]] | None = None,
    untidied: frozenset[str] = frozenset(),
) -> None:
    """Add usable rows to the dataset's table, and with them the rejected ones (as dicts, or as a frame of the dataset's backend).

    ``unique``: no two of the rows have one id; ``values`` and ``untidied``: see :class:`Table`.
    """
    pieces = pieces or (frame,)
    ghost_frame: Any = None
    if isinstance(ghosts, (list, tuple)):
        if ghosts:
            names = sorted({name for ghost in ghosts for name in ghost})
            ghost_frame = pl.DataFrame({n: pl.Series([g.get(n) for g in ghosts], dtype=spec.fields[n].dtype) for n in names})
    else:
        ghost_frame = ghosts
    if earlier := data.tables.get(spec.name):
        pieces = earlier.pieces + pieces
        frame = data.backend.together([earlier.frame, frame])
        # What one of the sources does not record is not known of the table: its blanks say nothing.
        present, count = present & earlier.present, count + earlier.count
        frames = [g for g in (earlier.ghosts, ghost_frame) if g is not None]
        ghost_frame = data.backend.together(frames) if len(frames) > 1 else (frames or [None])[0]
    refusals = [*(earlier.refused if earlier else ()), *([refused] if refused is not None else ())]
    first = earlier is None
    data.tables[spec.name] = Table(
        spec,
        frame,
        present,
        count,
        ghost_frame,
        refusals,
        pieces,
        unique=unique and first,
        values=values or {} if first else {},
        untidied=untidied | earlier.untidied if earlier else untidied,
    )


def add_frame(
    data: Dataset,
    spec: TableSpec,
    frame: pl.LazyFrame,
    place: tuple[str | None, str | None],
    unknown: list[str] | None = None,
    *,
    cut: bool = False,
) -> None:
    """Type a frame lazily and add it to the dataset; only distinct values of untyped columns are looked at.

    Columns that are no field of the table are appended to ``unknown``; ``cut`` says that reading a part of the frame costs no more than
    that part.
    """
    schema = frame.collect_schema()
    names: dict[str, str] = {}
    for header in schema:
        name = spec.resolve_header(header)
        if name is not None and name not in names.values():
            names[header] = name
        elif unknown is not None:
            unknown.append(header)
    source = frame.rename(names).select(*names.values())
    frame = source.with_row_index(ROW, 1)
    headers = {name: header for header, name in names.items()}
    schema = frame.collect_schema()

    untyped = [n for n in names.values() if not _is_typed(spec.fields[n], schema[n])]
    # Cleaning text costs more than all rules together, so it is done only where there is something to clean. The columns that rows are chosen
    # by are looked through beforehand, so that a reader may choose; the others as they are read, if they are.
    texts = [n for n in names.values() if n not in untyped and n in _CHOSEN_BY]
    few = [n for n in texts if n != "id"]
    looks = [frame.select(pl.col(n).drop_nulls().unique()) for n in untyped]
    counts = [frame.group_by(n).agg(pl.len().alias("#")) for n in few]
    with ThreadPoolExecutor(1) as pool:
        looked = pool.submit(pl.collect_all, [*looks, *counts], engine="streaming")
        ids = _Ids.of(frame) if "id" in texts else None
        distinct = looked.result()
    counted = dict(zip(few, distinct[len(untyped) :], strict=True))
    untidy = {n: values.select(is_untidy(pl.col(n)).any()).item() for n, values in counted.items()}
    if ids is not None:
        untidy["id"] = ids.untidy
    bad: dict[str, dict[Any, InvalidValue]] = {}
    loose = frozenset(n for n in names.values() if n not in (*untyped, *texts) and spec.fields[n].kind in ("text", "prose"))
    expressions = [
        pl.col(n) if n in loose or untidy.get(n) is False else _light(spec.fields[n], schema[n])
        for n in names.values()
        if n not in untyped
    ]
    for name, values in zip(untyped, distinct, strict=False):
        expression, refused = _mapping(spec.fields[name], schema[name], values.to_series())
        expressions.append(expression)
        if refused:
            bad[name] = refused

    if "id" not in names.values():
        expressions.append(pl.format(f"{place[1] or spec.label_zh}-{{}}", pl.col(ROW)).alias("id"))
    src = pl.lit(data.source(place), dtype=pl.Int32).alias(SRC)

    def typed(rows: pl.LazyFrame) -> pl.LazyFrame:
        return rows.with_columns(*expressions, src).cast({ROW: pl.Int64})

    raw, untidied = frame, typed(frame)
    frame = untidied.with_columns(tidying(spec, loose))

    rejected: dict[int, list[Problem]] = {}
    if bad:
        faults = raw.filter(pl.any_horizontal(_is_bad(n, v, schema[n]) for n, v in bad.items())).collect()
        for row in faults.iter_rows(named=True):
            for name, refused in bad.items():
                value = row[name]
                key = tuple(value) if isinstance(value, list) else value
                if key in refused:
                    rejected.setdefault(row[ROW], []).append(problem_of(spec.fields[name], headers[name], value, refused[key]))
    seen = ids if ids is not None and not ids.untidy else None
    _identify_frame(data, spec, frame, place, "id" in names.values(), rejected, seen)
    count = int(frame.select(pl.len()).collect().item())
    pieces = [untidied]
    if cut and count > PIECE:
        pieces = [typed(source.slice(at, PIECE).with_row_index(ROW, at + 1)) for at in range(0, count, PIECE)]
    ghosts: list[dict[str, Any]] = []
    if rejected:
        rows = pl.Series(list(rejected), dtype=pl.Int64)
        for values_row in frame.filter(pl.col(ROW).is_in(rows.implode())).collect().iter_rows(named=True):
            row = values_row.pop(ROW)
            values_row.pop(SRC)
            data.rejected.append(Rejected(spec.name, Place(*place, row), rejected[row], values_row))
            ghosts.append(values_row)
        usable = ~pl.col(ROW).is_in(rows.implode())
        frame, pieces = frame.filter(usable), [p.filter(usable) for p in pieces]
    present = frozenset(names.values()) | {"id"}
    told = {n: list(v.drop_nulls(n).iter_rows()) for n, v in counted.items() if not (untidy[n] or rejected)}
    merge(
        data,
        spec,
        frame,
        present,
        count - len(rejected),
        ghosts,
        pieces=tuple(pieces),
        unique=True,
        values=told,
        untidied=loose,
    )


class _Ids(NamedTuple):
    """What is to be known of the ids of a frame all at once."""

    untidy: bool
    """Whether there is something to clean."""
    sound: bool
    """Whether none is blank, and no two are alike; told by their hashes, which may call two alike that are not."""

    @classmethod
    def of(cls, frame: pl.LazyFrame) -> _Ids:
        column = pl.col("id")
        seen = frame.select(hash=column.hash(), blank=column.is_null(), untidy=is_untidy(column)).collect(engine="streaming")
        return cls(bool(seen["untidy"].any()), not seen["blank"].any() and seen["hash"].n_unique() == len(seen))


def _identify_frame(
    data: Dataset,
    spec: TableSpec,
    frame: pl.LazyFrame,
    place: tuple[str | None, str | None],
    has_id: bool,
    rejected: dict[int, list[Problem]],
    seen: _Ids | None = None,
) -> None:
    """Reject the rows whose id is blank or another row's; ``seen`` is what is known of the ids already."""
    header = spec.fields["id"].column.label_zh
    if not has_id:
        if spec.name in LINK_TARGETS:
            for row in frame.select(ROW).collect().to_series().to_list():
                rejected.setdefault(row, []).append(Problem("id", header, "", "no_id_column"))
        return
    # Different hashes are of different ids: only where two are alike are the ids themselves looked at.
    if (seen or _Ids.of(frame)).sound and not (spec.name in LINK_TARGETS and spec.name in data.tables):
        return
    ids = frame.select("id", ROW).collect()
    if ids["id"].null_count():
        for row in ids.filter(pl.col("id").is_null())[ROW].to_list():
            rejected.setdefault(row, []).append(Problem("id", header, "", "blank_id"))
        ids = ids.drop_nulls("id")
    if ids["id"].n_unique() < len(ids):
        twice = ids.filter(pl.col("id").is_duplicated()).with_columns(first=pl.col(ROW).min().over("id"))
        for value, row, first in twice.filter(pl.col(ROW) != pl.col("first")).iter_rows():
            facts = {"first": first_place(Place(None, place[1], first))}
            rejected.setdefault(row, []).append(Problem("id", header, value, "duplicate_id", facts))
    if spec.name in LINK_TARGETS and spec.name in data.tables:
        earlier = data.tables[spec.name].frame.select("id", pl.col(ROW).alias("r0"), pl.col(SRC).alias("s0")).collect()
        for value, row, r0, s0 in ids.join(earlier, on="id").iter_rows():
            facts = {"first": first_place(data.place(s0, r0))}
            rejected.setdefault(row, []).append(Problem("id", header, value, "duplicate_id", facts))


def _is_typed(spec: FieldSpec, dtype: pl.DataType) -> bool:
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
    return dtype == spec.dtype


def _light(spec: FieldSpec, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(spec.name)
    if spec.kind in ("text", "prose"):
        return cleaned(column).alias(spec.name)
    if spec.kind == "list":
        return pl.when(column.list.len() > 0).then(column).alias(spec.name)
    if isinstance(dtype, pl.Datetime):
        zoned = column if dtype.time_zone else column.dt.replace_time_zone("Asia/Shanghai")
        local = zoned.dt.convert_time_zone("Asia/Shanghai")
        return local.dt.date() if spec.kind == "date" else local.dt.cast_time_unit("us")
    return column.cast(spec.dtype)


Refusals = dict[Any, InvalidValue]
"""Values of a column that are none of its kind, with the reason."""


def answers_of(spec: FieldSpec, values: Sequence[Any]) -> tuple[dict[Any, Any], Refusals]:
    """What each of a column's different values means, None for those of no use, and why these are refused; lists as tuples."""
    answers: dict[Any, Any] = {}
    refused: Refusals = {}
    for value in values:
        key = tuple(value) if isinstance(value, list) else value
        try:
            answers[key] = spec.read(value)
        except InvalidValue as exc:
            answers[key], refused[key] = None, exc
    return answers, refused


def _mapping(spec: FieldSpec, dtype: pl.DataType, values: pl.Series) -> tuple[pl.Expr, dict[Any, InvalidValue]]:
    raw = values.to_list()
    answers, refused = answers_of(spec, raw)
    column = pl.col(spec.name)
    if dtype == spec.dtype and all(answers[k] == k for k in answers if not isinstance(k, tuple)) and not refused:
        return column, refused
    if not raw:
        return pl.lit(None, dtype=spec.dtype).alias(spec.name), refused
    if isinstance(dtype, pl.List):
        text = column.list.join("\x1f")
        keys = ["\x1f".join(map(str, value)) for value in raw]
        new = [answers[tuple(value)] for value in raw]
    else:
        text, keys, new = column, raw, [answers[value] for value in raw]
    old = pl.Series(keys, dtype=None if isinstance(dtype, pl.List) else dtype)
    if isinstance(spec.dtype, pl.List):
        joined = pl.Series(["\x1f".join(v) if v else None for v in new], dtype=pl.String)
        return text.replace_strict(old, joined, default=None).str.split("\x1f").alias(spec.name), refused
    return (
        text.replace_strict(old, pl.Series(new, dtype=spec.dtype), default=None, return_dtype=spec.dtype).alias(spec.name),
        refused,
    )


def _is_bad(name: str, refused: dict[Any, InvalidValue], dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List):
        keys = ["\x1f".join(map(str, key)) for key in refused]
        return pl.col(name).list.join("\x1f").is_in(keys)
    return pl.col(name).is_in(pl.Series(list(refused), dtype=dtype).implode())
