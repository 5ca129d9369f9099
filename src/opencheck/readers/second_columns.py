"""Several columns for one field of a table: the filled one counts, and two that disagree leave the field open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import polars as pl

from opencheck.readers.column_types import nowhere, without
from opencheck.records.contradictions import contradiction_text
from opencheck.records.fields import FieldSpec
from opencheck.records.references import differs, preferred

__all__ = ["AT", "UNITED", "denial_text", "denials", "different_names", "unite"]


def unite(spec: FieldSpec, columns: Sequence[tuple[str, pl.Series]]) -> tuple[pl.Series, dict[int, str]]:
    """The columns of a field as one; where they disagree it is blank, unless the field only describes the record.

    Args:
        spec: the field.
        columns: its columns, each with its header and its typed values.

    Returns:
        The values, and what the columns say by the places where they disagree.

    >>> from opencheck.records.tables import TABLES
    >>> subject = TABLES["roster"].fields["subject"]
    >>> values, texts = unite(subject, [("对象", pl.Series(["甲", None, "甲"])), ("名称", pl.Series(["甲", "乙", "丙"]))])
    >>> values.to_list(), list(texts)
    (['甲', '乙', None], [2])
    """
    (_, united), *further = columns
    disagree = nowhere(len(united))
    for _, values in further:
        disagree |= differs(spec, united, values)
        united = preferred(spec, united, values)
    if not spec.decides or not disagree.any():
        return united, {}
    said = {at: [(header, v) for header, values in columns if (v := values[at]) is not None] for at in disagree.arg_true()}
    return without(united, disagree), {at: contradiction_text(spec, values) for at, values in said.items()}


def denials(spec: FieldSpec, header: str, values: pl.Series | Sequence[Any], united: pl.Series) -> pl.Series:
    """Where a column that asks whether something was done says no, though another column tells the day.

    Args:
        spec: the field.
        header: the column's header.
        values: what stands in the column.
        united: the field's columns as one (:func:`unite`).

    >>> from opencheck.records.tables import TABLES
    >>> day = TABLES["request"].fields["extension_notified_on"]
    >>> denials(day, "是否延期", ["是", "否", "否"], pl.Series(["2018-09-10", "2018-09-10", None])).to_list()
    [False, True, False]
    """
    asked = spec.under(header)
    if not asked.asks or united.null_count() == len(united):
        return nowhere(len(united))
    if isinstance(values, pl.Series):
        no: Collection[Any] = [v for v in values.unique().to_list() if asked.answer(v) is False]
        says_no = values.is_in(no)
    else:
        says_no = pl.Series([asked.answer(value) is False for value in values], dtype=pl.Boolean)
    return says_no.fill_null(False) & united.is_not_null()


def denial_text(spec: FieldSpec, header: str, columns: Sequence[tuple[str, pl.Series]], at: int) -> str:
    """What is said of a row of :func:`denials`: the column that says no, and those that tell a day."""
    return contradiction_text(spec, [(header, False), *((h, v) for h, values in columns if (v := values[at]) is not None)])


AT, UNITED = "_at", "_united"
"""Columns of :func:`different_names`: the place of the row, and the name that counts."""


def different_names(spec: FieldSpec, columns: Sequence[tuple[str, pl.Series]], united: pl.Series) -> pl.DataFrame:
    """The rows where the columns of a field name another record differently, its number and its title.

    Args:
        spec: the field.
        columns: its columns, each with its header and its typed values.
        united: what the columns are as one; where they disagree, it is blank, and nothing is left to be settled.

    Returns:
        The columns ``AT``, ``UNITED`` and, by their numbers, those of the field; no rows where the field refers to no record.

    >>> from opencheck.records.tables import TABLES
    >>> document = TABLES["interpretation"].fields["document_id"]
    >>> columns = [("文号", pl.Series(["平政发1号", None])), ("文件名称", pl.Series(["甲办法", "乙办法"]))]
    >>> different_names(document, columns, unite(document, columns)[0]).rows()
    [(0, '平政发1号', '平政发1号', '甲办法')]
    """
    names = [values.alias(f"{number}") for number, (_, values) in enumerate(columns)]
    rows = pl.DataFrame([united.alias(UNITED), *names]).with_row_index(AT)
    if spec.column.link is None:
        return rows.clear()
    return rows.filter(pl.any_horizontal(pl.col(name.name) != pl.col(UNITED) for name in names))
