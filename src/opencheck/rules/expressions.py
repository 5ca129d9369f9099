"""Expressions and checks that several kinds share."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

from opencheck.core.errors import alternatives
from opencheck.core.localized import LocalizedName
from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import DatedLimit
from opencheck.records.dataset import ROW, SRC
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES
from opencheck.rules.statements import states

__all__ = [
    "LOWER_UNITS",
    "Step",
    "code",
    "day_of",
    "known_text",
    "norm_steps",
    "open_to_everybody",
    "outcome_expr",
    "owed_to_everybody",
    "parse_row_key",
    "require_field",
    "row_key_text",
]

Step = tuple[str, dict[str, Any]]
"""One line of a derivation: the name of a message in the catalogue and the facts that it is filled with."""

LOWER_UNITS = "(镇|乡|街道|办事处|村|社区|居委会|村委会|管委|管委会)(人民政府|政府|党委)?$"
"""How the names of towns, subdistricts, villages, communities and parks end: none of them is an office of the city."""

_SOURCE_STRIDE = 1 << 40
"""More rows than any source has: source and row make one number that sorts like both."""
_KEY_OFFSET = 10**17  # more than any such number, so that all of them have as many digits
_SEPARATOR = "\x1f"


def known_text(name: str) -> pl.Expr:
    """A text field by which records are grouped; null where it refers to an attachment (详见附件), for what that names is unknown.

    >>> pl.DataFrame({"subject": ["甲村", "详见附件", None]}).select(known_text("subject"))["subject"].to_list()
    ['甲村', None, None]
    """
    return pl.when(pl.col(name) != ELSEWHERE).then(pl.col(name))


def row_key_text(*names: str) -> pl.Expr:
    """A sort key with content: source, row and some text fields of a record in one text.

    The minimum or maximum of a group is its first or last record, with these texts; :func:`parse_row_key` takes it apart.
    """
    number = pl.col(SRC).cast(pl.Int64) * _SOURCE_STRIDE + pl.col(ROW)
    texts = [pl.col(n).fill_null("") for n in names]
    return pl.concat_str((number.fill_null(0) + _KEY_OFFSET).cast(pl.String), *texts, separator=_SEPARATOR)


def parse_row_key(text: str) -> tuple[int | None, int | None, list[str | None]]:
    """Source, row and the texts that :func:`row_key_text` has put together."""
    place, *texts = text.split(_SEPARATOR)
    number = int(place) - _KEY_OFFSET
    src, row = divmod(number, _SOURCE_STRIDE) if number else (None, None)
    return src, row, [t or None for t in texts]


def require_field(table: str, name: str, *kinds: str) -> None:
    """Refuse a field that the table does not have, or of another kind than those named.

    Raises:
        ValueError: naming what the table has.
    """
    if table not in TABLES:
        raise ValueError(f"没有这张表 / no table {table!r}{alternatives(table, TABLES)}")
    spec: TableSpec = TABLES[table]
    if name not in spec.fields:
        raise ValueError(f"表里没有这个字段 / table {table} has no field {name!r}{alternatives(name, spec.fields)}")
    if kinds and spec.fields[name].kind not in kinds:
        fit = [other for other, field in spec.fields.items() if field.kind in kinds]
        raise ValueError(
            f"字段类型不对 / {table}.{name} is a {spec.fields[name].kind}, needed: {' or '.join(kinds)}{alternatives(name, fit)}"
        )


def day_of(table: str, name: str) -> pl.Expr:
    """The day that a date field holds, or on which the moment of a datetime field lies."""
    column = pl.col(name)
    return column.dt.date() if TABLES[table].fields[name].kind == "datetime" else column


@cache
def code(outcome: Outcome) -> pl.Expr:
    """An outcome as a literal of the code column."""
    return pl.lit(outcome.code, dtype=pl.Int8)


_OPEN, _ON_REQUEST, _WITHHELD = ("主动公开", "删减后公开"), "依申请公开", "不予公开"


@cache
def open_to_everybody() -> pl.Expr:
    """Whether a disclosure is open: published on the office's own initiative, whole or redacted, or not marked otherwise.

    What is marked on-request or withheld is not; of an unknown mark it cannot be told.
    """
    mark = pl.col("attribute")
    is_open, is_closed = mark.is_null() | mark.is_in(_OPEN), mark.is_in((_ON_REQUEST, _WITHHELD))
    return pl.when(is_open).then(pl.lit(True)).when(is_closed).then(pl.lit(False))


@cache
def owed_to_everybody() -> pl.Expr:
    """Whether a duty to publish binds a disclosure: not where it is on request, nor where it is withheld for a reason.

    Of what is withheld without a reason, or with a text that denies one or may deny it, it cannot be told.
    """
    fields = TABLES["disclosure"].fields
    reasoned = [states(name, fields[name]).fill_null(False) for name in ("non_disclosure_reason", "confidential_basis")]
    unreasoned = (pl.col("attribute") == _WITHHELD) & ~pl.any_horizontal(reasoned)
    return pl.when(~unreasoned.fill_null(False)).then(open_to_everybody())


def norm_steps(limit: DatedLimit | None, facts: dict[str, Any]) -> list[Step]:
    """The norm that a limit rests on, and whether its number was read in the norm's text."""
    if limit is None:
        return [("within.no_norm", facts)]
    if not limit.norm_zh:
        return []
    norm = {**facts, "norm_zh": limit.norm_zh, "norm_en": limit.norm_en, "norm_clause": _clause(limit)}
    return [("step.norm", norm), *([] if limit.verified_in_source else [("step.unseen", facts)])]


def _clause(limit: DatedLimit) -> LocalizedName:
    """The clause of a limit's norm, as it follows the norm's name."""
    return LocalizedName(limit.clause, f" {limit.clause}") if limit.clause else LocalizedName("", "")


def outcome_expr(applies: pl.Expr, *cases: tuple[pl.Expr, Outcome], otherwise: Outcome) -> pl.Expr:
    """The outcome's code of a record about which a rule's kind decides by cases: the first that holds.

    A record that the rule does not concern is not applicable; one of which that is unknown is indeterminate, whatever the cases say.

    A case whose condition is null does not hold, so cases must be ordered with what is unknown first.
    """
    settled = ((~applies, Outcome.NOT_APPLICABLE), (applies.is_null(), Outcome.INDETERMINATE), *cases)
    (condition, outcome), *others = settled
    chain: Any = pl.when(condition).then(code(outcome))
    for condition, outcome in others:
        chain = chain.when(condition).then(code(outcome))
    expression: pl.Expr = chain.otherwise(code(otherwise))
    return expression
