"""The facts that findings are made from: what holds for every kind is put over the kind's own judgement, and columns are named."""

from __future__ import annotations

import polars as pl

from opencheck.core.outcomes import QUIET, Outcome
from opencheck.records.dataset import ROW, SRC
from opencheck.rules.conditions import compile_conditions
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import code
from opencheck.rules.judgement import Judgement
from opencheck.rules.protocols import RuleSpec

__all__ = ["FINDING_COLUMNS", "apply_exceptions", "fact_columns", "is_reported", "own_strings"]

FINDING_COLUMNS = ("id", "unit", "title")
"""The fields that every finding about a record is told with."""


def apply_exceptions(rule: RuleSpec, context: RuleContext, judgement: Judgement) -> Judgement:
    """What holds for every kind about records, put over the kind's own judgement.

    Data that contradict themselves decide nothing; an exception that the clause grants applies on its recorded basis only, and where it
    cannot be told whether it does, nobody is accused; a written justification answers a breach.
    """
    fields = context.fields(rule.on)
    own = judgement.code
    final, extras = own, {"_own": own}

    def change(condition: pl.Expr, outcome: Outcome) -> None:
        nonlocal final
        final = pl.when(condition).then(code(outcome)).otherwise(final)

    if rule.consistent:
        consistent = compile_conditions(rule.consistent, fields)
        change((own != Outcome.NOT_APPLICABLE.code) & ~consistent, Outcome.INDETERMINATE)
        extras["consistent"] = consistent
    for number, grant in enumerate(rule.exceptions):
        claimed = compile_conditions(grant.when, fields)
        granted = claimed & compile_conditions(grant.basis_test, fields)
        change((final == Outcome.VIOLATION.code) & granted.is_null(), Outcome.INDETERMINATE)
        change((own != Outcome.NOT_APPLICABLE.code) & granted, Outcome.NOT_APPLICABLE)
        extras |= {f"claimed:{number}": claimed, f"granted:{number}": granted}
    if rule.justification:
        extras["justified"] = (final == Outcome.VIOLATION.code) & pl.col(rule.justification).is_not_null()
        change(extras["justified"], Outcome.PASS)
    if len(extras) == 1:
        return judgement
    return Judgement(final, judgement.due, judgement.actual, {**judgement.extras, **extras})


def fact_columns(rule: RuleSpec, judgement: Judgement, name: str, context: RuleContext) -> list[pl.Expr]:
    """The columns that a rule's findings are made from; ``name`` is the column of the outcome's code."""
    own = sorted({n for t, n in rule.required_fields() if t == rule.on} - set(FINDING_COLUMNS))
    no_date = pl.lit(None, dtype=pl.Date)
    facts: dict[str, pl.Expr] = {
        **{n: pl.col(n) for n in (*FINDING_COLUMNS, ROW, SRC)},
        "_code": pl.col(name),
        "due": no_date if judgement.due is None else judgement.due,
        "actual": no_date if judgement.actual is None else judgement.actual,
        "_applies": context.applies(rule),
        **{n: pl.col(n) for n in own},
        **{key: expression for key, expression in judgement.extras.items() if key not in own},
    }
    return [expression.alias(n) for n, expression in facts.items()]


def is_reported(name: str) -> pl.Expr:
    """Whether the outcome in a column is one of which findings are made."""
    low, high = sorted(o.code for o in QUIET)
    return (pl.col(name) != low) & (pl.col(name) != high)


def own_strings(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame whose texts are its own: those of selected rows else keep the memory of the whole batch that they were selected from."""
    blank = pl.lit("")
    texts = [pl.concat_str(pl.col(n), blank).alias(n) for n, t in frame.schema.items() if t == pl.String]
    lists = [
        pl.col(n).list.eval(pl.concat_str(pl.element(), blank)) for n, t in frame.schema.items() if t == pl.List(pl.String)
    ]
    return frame.with_columns(*texts, *lists)
