"""What the types of a frame's columns mean for the fields of a table: which need no parsing, and which are refused."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from opencheck.core.clock import SHANGHAI
from opencheck.core.errors import InputError
from opencheck.records.document_numbers import may_shorten_numbers, with_full_numbers
from opencheck.records.fields import FieldSpec
from opencheck.records.placeholders import may_be_placeholder
from opencheck.records.table_spec import TableSpec
from opencheck.records.whitespace import one_line, separate_lines, stripped

__all__ = ["as_cells", "cast", "has_type", "list_keys", "no_texts", "nowhere", "refuse_nested", "without"]

_SEPARATOR = "\x1f"
_ZONE = str(SHANGHAI)


def without(typed: pl.Series, mask: pl.Series) -> pl.Series:
    """A column with nulls where the mask says so."""
    return pl.select(pl.when(~mask).then(typed).alias(typed.name)).to_series()


def nowhere(count: int) -> pl.Series:
    """A mask of so many rows, of which it takes none.

    >>> nowhere(2).to_list()
    [False, False]
    """
    return pl.Series([False] * count, dtype=pl.Boolean)


def no_texts(count: int) -> pl.Series:
    """A column of so many nulls.

    >>> no_texts(2).to_list()
    [None, None]
    """
    return pl.Series([None] * count, dtype=pl.String)


def list_keys(values: pl.Series) -> pl.Series:
    """For each list one text that equal lists share."""
    inner = values.dtype.inner if isinstance(values.dtype, pl.List) else None
    return (values if inner == pl.String else values.list.eval(pl.element().cast(pl.String))).list.join(_SEPARATOR)


def refuse_nested(spec: TableSpec, name: str, header: str, dtype: pl.DataType) -> None:
    """Refuse a column whose values hold others.

    Raises:
        InputError: lists where the field takes none, structs and the like.
    """
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    listed = spec.fields[name].kind == "list"
    plain = not (inner.is_nested() or inner in (pl.Object, pl.Unknown)) and (listed or not isinstance(dtype, pl.List))
    if not plain:
        raise InputError(
            f"{spec.label_zh}（{spec.name}）的列“{header}”是嵌套类型，无法读取；请先展开成普通列 / "
            f"column {header!r} holds nested values ({dtype}); flatten it into plain columns first"
        )


def has_type(spec: FieldSpec, dtype: pl.DataType) -> bool:
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


def cast(spec: FieldSpec, values: pl.Series) -> pl.Series:
    """Values that need no parsing as the field's type; times without a zone are in Asia/Shanghai."""
    if spec.kind in ("text", "prose"):
        tidied = stripped if spec.kind == "prose" else separate_lines if spec.keeps_lines else one_line
        texts = tidied(values)
        if spec.column.link is not None:
            return _changed(texts, {text: with_full_numbers(text) for text in may_shorten_numbers(texts)})
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
    return _changed(texts, {text: spec.read(text) for text in may_be_placeholder(texts)})


def _changed(texts: pl.Series, meant: Mapping[str, str | None]) -> pl.Series:
    """Texts as what they mean, where that is not what they say."""
    changed = {text: found for text, found in meant.items() if found != text}
    if not changed:
        return texts
    return texts.replace_strict(list(changed), list(changed.values()), default=texts, return_dtype=pl.String)


def as_cells(values: pl.Series) -> pl.Series:
    """A column that is no field of the table as texts."""
    if values.dtype.is_nested() or values.dtype in (pl.Object, pl.Binary):
        cells = [v.decode(errors="replace") if isinstance(v, bytes) else v for v in values.to_list()]
        return pl.Series(values.name, [None if v is None else str(v) for v in cells], dtype=pl.String)
    texts = values.cast(pl.String)
    return texts.set((texts == "").fill_null(False), None)
