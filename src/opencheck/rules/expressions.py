"""Expressions and checks that several kinds share."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import DatedLimit
from opencheck.engine.carriers.backends import SPAN, place_number
from opencheck.records.fields import TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "Step",
    "code",
    "outcome_chain",
]


CELLS = "_cells"
"""A column that rules may read: every text of the row with the name of its column, unknown columns included."""

CELL = ("\x1f", "\x1e")
"""What stands in ``CELLS`` between a column's name and its text, and between two cells."""

Step = tuple[str, dict[str, Any]]
"""One line of a derivation: the name of a message in the catalogue and the facts that it is filled with."""

_TAG = 10**17  # more than any place, so that all of them have as many digits

_CUT = "\x1f"


def place_tag(*names: str) -> nw.Expr:
    """Source, row and some texts of a record in one text that sorts like its place: the first or last record of a group by one aggregate."""
    texts = [nw.col(n).fill_null("") for n in names]
    return nw.concat_str((place_number().fill_null(0) + _TAG).cast(nw.String), *texts, separator=_CUT)


def untagged(tag: str) -> tuple[int | None, int | None, list[str | None]]:
    """Source, row and the texts that :func:`place_tag` has put together."""
    place, *texts = tag.split(_CUT)
    number = int(place) - _TAG
    src, row = divmod(number, SPAN) if number else (None, None)
    return src, row, [t or None for t in texts]


def undotted(name: str) -> str:
    """A column's name that every engine takes for one: Spark reads a dot as the way into a nested column."""
    return name.replace(".", "·")


def need_field(table: str, name: str, *kinds: str) -> None:
    """Refuse a field that the table does not have, or of another kind than those named.

    Raises:
        ValueError: naming what the table has.
    """
    if table not in TABLES:
        raise ValueError(f"no table {table!r}; tables: {', '.join(TABLES)}")
    spec: TableSpec = TABLES[table]
    if name not in spec.fields:
        raise ValueError(f"table {table} has no field {name!r}; it has: {', '.join(spec.fields)}")
    if kinds and spec.fields[name].kind not in kinds:
        raise ValueError(f"{table}.{name} is a {spec.fields[name].kind}, needed: {' or '.join(kinds)}")


def day_of(table: str, name: str) -> nw.Expr:
    """The day that a date field holds, or on which the moment of a datetime field lies."""
    column = nw.col(name)
    return column.dt.date() if TABLES[table].fields[name].kind == "datetime" else column


def code(outcome: Outcome) -> nw.Expr:
    """An outcome as a literal of the code column."""
    return nw.lit(outcome.code, dtype=nw.Int8)


def norm_steps(limit: DatedLimit | None, facts: dict[str, Any]) -> list[Step]:
    """The norm that a limit rests on, and whether its number was read in the norm's text."""
    if limit is None:
        return [("within.no_norm", facts)]
    if not limit.norm_zh:
        return []
    norm = {**facts, "norm_zh": limit.norm_zh, "norm_en": limit.norm_en, "norm_clause": limit.clause or ""}
    return [("step.norm", norm), *([] if limit.seen else [("step.unseen", facts)])]


def outcome_chain(applies: nw.Expr, *cases: tuple[nw.Expr, Outcome], otherwise: Outcome) -> nw.Expr:
    """The first case that holds decides; a rule that does not apply, or may not apply, is settled first.

    A case whose condition is null does not hold, so cases must be ordered with what is unknown first.
    """
    chain = code(otherwise)
    settled = ((~applies, Outcome.NOT_APPLICABLE), (applies.is_null(), Outcome.INDETERMINATE), *cases)
    for condition, outcome in reversed(settled):
        chain = nw.when(condition).then(code(outcome)).otherwise(chain)
    return chain
