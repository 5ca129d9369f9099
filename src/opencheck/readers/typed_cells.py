"""Cells become values of their fields' types: a column in memory at once, each different value once; and why a cell is of no use."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from opencheck.core.display import beginning
from opencheck.readers.column_types import cast, has_type
from opencheck.readers.python_values import plain_value
from opencheck.records.contradictions import Doubt, contradictions_in, left_open_text
from opencheck.records.dataset import RowError, list_series
from opencheck.records.fields import FieldSpec
from opencheck.records.parse import InvalidValue

__all__ = ["contradiction_errors", "problem_of", "read_cells", "read_distinct", "typed_series"]

_FEW = 200
"""Cells up to which reading them one by one is faster than a query; both give the same."""


def read_cells(
    spec: FieldSpec,
    header: str,
    values: Sequence[Any],
    problems: dict[int, list[RowError]],
    left_open: dict[int, str] | None = None,
) -> pl.Series:
    """A column of cells, typed; cells that mean nothing become null.

    Args:
        spec: the field, as the column holds it (:meth:`FieldSpec.under`).
        header: the column's header.
        values: its cells.
        problems: where the reasons for which rows are rejected are added, by the place of the row.
        left_open: where is added what leaves the field open instead, by the place of the row; where None, that rejects the row too.
    """

    def text_of(value: Any, refused: InvalidValue) -> str:
        return "" if left_open is None else left_open_text(spec, header, value, refused.code)

    def refuse(index: int, value: Any, refused: InvalidValue, text: str) -> None:
        if left_open is not None and text:
            left_open[index] = text
        else:
            problems.setdefault(index, []).append(problem_of(spec, header, value, refused))

    types = set(map(type, values)) - {type(None)}
    if types == {str} and len(values) > _FEW and has_type(spec, pl.String()):
        return cast(spec, pl.Series(spec.name, values, dtype=pl.String))
    keys = _plain_keys(types, values)
    if keys is not None:
        answers, refused = read_distinct(spec, dict.fromkeys(keys))
        texts = {key: text_of(list(key) if isinstance(key, tuple) else key, reason) for key, reason in refused.items()}
        for index, key in enumerate(keys) if refused else ():
            if key in refused:
                refuse(index, values[index], refused[key], texts[key])
        place = {key: number for number, key in enumerate(answers)}
        return typed_series(spec, list(answers.values())).gather(pl.Series(map(place.__getitem__, keys), dtype=pl.UInt32))
    known: dict[Any, Any] = {}
    result: list[Any] = [None] * len(values)
    for index, value in enumerate(values):
        if value is None:
            continue
        try:
            plain = plain_value(value)
            key = (type(plain), tuple(map(str, plain)) if isinstance(plain, list) else plain)
            found: Any = known[key] if key in known else spec.read(plain)
        except InvalidValue as exc:
            refuse(index, value, exc, text_of(value, exc))
            continue
        known[key] = result[index] = found
    return typed_series(spec, result)


def typed_series(spec: FieldSpec, values: Sequence[Any]) -> pl.Series:
    """Values of a field's type as a column."""
    return list_series(spec.name, values) if isinstance(spec.dtype, pl.List) else pl.Series(spec.name, values, dtype=spec.dtype)


def _plain_keys(types: set[type], values: Sequence[Any]) -> Sequence[Any] | None:
    """What tells the different values of a column apart: the values themselves, or lists of texts as tuples; None where types are mixed."""
    if len(types) <= 1 and types <= {str, date, datetime, bool, int}:
        return values
    if types == {list}:
        keys = [None if value is None else tuple(value) for value in values]
        try:
            distinct = set(keys)
        except TypeError:  # lists of lists
            return None
        return keys if all(type(item) is str for key in distinct for item in key or ()) else None
    return None


def read_distinct(spec: FieldSpec, values: Collection[Any]) -> tuple[dict[Any, Any], dict[Any, InvalidValue]]:
    """What each of a column's different values means, None for those that mean nothing, and why these are refused; lists as tuples."""
    answers: dict[Any, Any] = {}
    refused: dict[Any, InvalidValue] = {}
    for value in values:
        key = tuple(value) if isinstance(value, list) else value
        try:
            answers[key] = spec.read(plain_value(value))
        except InvalidValue as exc:
            answers[key], refused[key] = None, exc
    return answers, refused


def problem_of(spec: FieldSpec, header: str, value: Any, refused: InvalidValue) -> RowError:
    """Why a value is of no use, with what its field accepts."""
    facts = {"values": list(spec.vocabulary.labels)} if refused.code == "vocabulary" and spec.vocabulary else {}
    found = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return RowError(spec.name, header, beginning(found, 60), refused.code, facts)


_REJECTED_FOR = {Doubt.DIFFERENT: "contradiction", Doubt.MERGED: "merged_across", Doubt.UNKNOWN: "unknown_day"}
"""The doubts that are found when a row is put together; for the others it is rejected when the cell is read."""


def contradiction_errors(text: str | None) -> list[RowError]:
    """Why a row is of no use whose columns disagree, in a table that is checked cell by cell, where no record can be left open."""
    return [
        RowError(
            c.field,
            " / ".join(dict.fromkeys(h for h, _ in c.columns)),
            beginning(" / ".join(v for _, v in c.columns), 60),
            _REJECTED_FOR[c.doubt],
        )
        for c in contradictions_in(text)
    ]
