"""Links between records of two tables: join to a record what the records say that refer to it, and find references that are ambiguous.

Reading: a record is referred to by its id, a document's number or its title. What several records have in common refers to none of them for
certain: of two notices of one title, an interpretation of that title is of one, and of which cannot be told. So it is with the id of two rows
of which the second was refused, unless that says the same again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce

import polars as pl

from opencheck.records.tables import TABLES
from opencheck.rules.context import RuleContext
from opencheck.rules.protocols import LinkSpec
from opencheck.rules.reductions import Link, Operation, Reduction, link_key, link_keys, linking_fields

__all__ = ["Measures", "keyed", "link_referring", "may_mean_another", "missing_of_link"]

_KEYS = "=keys"
_BESIDE, _WITHIN = "\x1f", "\x1e"
Measures = Mapping[str, tuple[pl.Expr, Operation]]
"""The columns that a link joins to a record, by name: the expression over the other table, and how those of several rows are aggregated."""


def keyed(
    table: str,
    where: pl.Expr,
    key: pl.Expr,
    measures: Measures,
    *,
    several: bool = False,
    of_topic: pl.Expr | None = None,
) -> Reduction:
    """A table's rows grouped by the key of a link; keys are normalized here and nowhere else.

    Args:
        table: the table whose rows are grouped.
        where: those of its rows that count.
        key: the text that is the key.
        measures: the columns to join to the record that has the key.
        several: whether a cell may hold several keys.
        of_topic: a test of the topic that is false only of rows that ``where`` leaves out.
    """
    columns = {"key": link_key(key)} | {n: expression for n, (expression, _) in measures.items()}
    operations = {n: operation for n, (_, operation) in measures.items()}
    reduction = Reduction(table, where, columns, keys=("key",), measures=operations, of_topic=of_topic)
    if not several:
        return reduction
    # Given, so that reductions which share ``where`` take a cell apart once: it is the dearest step of a link.
    keys = {"key": pl.col(_KEYS)}
    return replace(reduction, columns=columns | keys, explode=("key",), given={_KEYS: link_keys(key)})


def link_referring(on: str, linked: LinkSpec, context: RuleContext, name: str, measures: Measures) -> list[str]:
    """Join to the records of a table what refers to them: one join for each field by which it may (id, number, title).

    Args:
        on: the table of the records referred to.
        linked: the table that refers to them, and its field.
        context: where the links are planned.
        name: a name for the link; the same name is joined once.
        measures: the columns to join to a record.

    Returns:
        The prefix of the linked columns for each of the fields, that for the id first: ``{prefix}|{measure}``.
    """
    prefixes, where = [], _refers(linked, context)
    for field in linking_fields(on, context.present):
        prefix = f"{name}@{field}"
        prefixed = {f"{prefix}|{n}": measure for n, measure in measures.items()}
        referring = keyed(linked.table, where, pl.col(linked.by), prefixed, several=True)
        context.link(Link(prefix, field, (referring,)))
        prefixes.append(prefix)
    return prefixes


def missing_of_link(linked: LinkSpec, name: str, context: RuleContext) -> list[str]:
    """What is missing where no record that refers to this one tells a field: the table, the field by which its records refer, or the field."""
    recorded = context.present.get(linked.table)
    if recorded is None:
        return [linked.table]
    return [f"{linked.table}.{n}" for n in (linked.by, name) if n not in recorded] or [f"{linked.table}.{name}"]


def _refers(linked: LinkSpec, context: RuleContext) -> pl.Expr:
    """Whether a row refers to a record at all: one expression for all links by the field."""
    return context.columns.referring.setdefault((linked.table, linked.by), pl.col(linked.by).is_not_null())


def may_mean_another(on: str, linked: LinkSpec, context: RuleContext) -> pl.Expr:
    """Whether what refers to a record may mean another one: one that has the same id, number or title."""
    each = [_is_ambiguous(on, field, linked, context) for field in linking_fields(on, context.present)]
    return context.shared(f"_{on}~{linked.table}.{linked.by}|ambiguous", reduce(lambda a, b: a | b, each))


def _is_ambiguous(on: str, field: str, linked: LinkSpec, context: RuleContext) -> pl.Expr:
    """Whether records refer to a value of a field that several records have; for ids, also records of the table that ``by`` points to."""
    target = TABLES[linked.table].fields[linked.by].column.link
    repeated = field == "id" and on in context.repeated
    if field == "id" and target is None:
        return pl.lit(False)
    prefix = f"_{on}:{field}~{linked.table}.{linked.by}"

    def having(table: str) -> Reduction:
        there = pl.col(field).is_not_null()  # a row that was refused may be the one that is meant
        measures: dict[str, tuple[pl.Expr, Operation]] = {f"{prefix}|n": (pl.lit(1, dtype=pl.Int64), "sum")}
        if repeated:  # a row that was given twice is one
            content = _row_hash(table)
            measures |= {f"{prefix}|least": (content, "min"), f"{prefix}|greatest": (content, "max")}
        return keyed(table, there, pl.col(field), measures)

    # Ids that are two as they are written may be one as they are compared.
    others = (having(str(target)),) if field == "id" and target != on and target in context.present else ()
    named = keyed(linked.table, _refers(linked, context), pl.col(linked.by), {}, several=True)
    context.link(Link(prefix, field, (having(on), *others), among=named, keep=(f"{prefix}|n", 2)))
    several = pl.col(f"{prefix}|n").fill_null(1) > 1
    return several & (pl.col(f"{prefix}|least") != pl.col(f"{prefix}|greatest")) if repeated else several


def _row_hash(table: str) -> pl.Expr:
    """A hash of a row without its id."""
    parts = []
    for name, spec in TABLES[table].fields.items():
        if name != "id":
            column = pl.col(name).list.join(_WITHIN) if isinstance(spec.dtype, pl.List) else pl.col(name).cast(pl.String)
            parts.append(column.fill_null(_WITHIN))
    return pl.concat_str(pl.lit(table), *parts, separator=_BESIDE).hash(0).reinterpret(signed=True)
