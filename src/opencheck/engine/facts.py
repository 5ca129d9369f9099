"""The columns that findings are made from, and what a rule states for every kind: consistency, exceptions, justification."""

from __future__ import annotations

import polars as pl

from opencheck.core.outcomes import QUIET, Outcome
from opencheck.records.dataset import ROW, SRC
from opencheck.records.placeholders import ELSEWHERE
from opencheck.records.tables import TABLES
from opencheck.rules.condition_expressions import compile_conditions, refers_elsewhere, states_field
from opencheck.rules.conditions import iter_tests
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import code
from opencheck.rules.judgement import Judgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.rule import Rule

__all__ = ["FINDING_COLUMNS", "apply_exceptions", "fact_columns", "is_reported", "own_strings"]

FINDING_COLUMNS = ("id", "unit", "title")
"""The fields of the record that every finding shows; for a blank title what the record is about, where its table says which field that is."""


def apply_exceptions(rule: Rule, context: RuleContext, judgement: Judgement) -> Judgement:
    """Change a kind's judgement of records by what the rule states for any kind: its start, consistency, exceptions, justification.

    Where what the duty starts with is still to come, nothing is kept or broken yet. Data that contradict themselves decide nothing; an
    exception that the clause grants applies on its recorded basis only, and where it cannot be told whether it does, nobody is accused; a
    written justification answers a breach. What cannot be told because a field refers to an attachment is for a person to read there.
    """
    fields = context.fields(rule.on)
    # Named columns: an expression that stands several times in another is worked out each time.
    judged, marks = judgement.code, {}
    if (coming := context.still_to_come(rule)) is not None:
        coming = context.applies(rule) & coming
        marks = {"still_to_come": coming & (judged != Outcome.PENDING.code)}  # where the kind's own words do not say it
        judged = pl.when(coming).then(code(Outcome.PENDING)).otherwise(judged)
    own = context.shared(f"_own:{rule.id}", judged)
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
        granted = context.shared(f"_granted:{rule.id}:{number}", claimed & compile_conditions(grant.basis_test, fields))
        change((final == Outcome.VIOLATION.code) & granted.is_null(), Outcome.INDETERMINATE)
        change((own != Outcome.NOT_APPLICABLE.code) & granted, Outcome.NOT_APPLICABLE)
        extras |= {f"claimed:{number}": claimed, f"granted:{number}": granted}
    if rule.justification:
        reason = pl.col(rule.justification)
        given = states_field(rule.justification, fields)
        extras["justified"] = (final == Outcome.VIOLATION.code) & (given & (reason != ELSEWHERE)).fill_null(False)
        change((final == Outcome.VIOLATION.code) & (reason == ELSEWHERE), Outcome.NEEDS_REVIEW)
        change((final == Outcome.VIOLATION.code) & given.is_null(), Outcome.INDETERMINATE)
        change(extras["justified"], Outcome.PASS)
        if unread := sorted(h for t, n, h in context.proposed if (t, n) == (rule.on, rule.justification)):
            # The reason may stand in a column that nobody has confirmed.
            change((final == Outcome.VIOLATION.code) & reason.is_null(), Outcome.INDETERMINATE)
            extras["unread_reason"] = pl.lit("、".join(unread))
    if relief := rule.relief_among(context.proposed):
        # The day that extends or suspends the limit may stand in a column that nobody has confirmed.
        blank = pl.any_horizontal(pl.col(n).is_null() for n in sorted({n for _, n in relief}))
        extras["unread_relief"] = (final == Outcome.VIOLATION.code) & blank
        change(extras["unread_relief"], Outcome.INDETERMINATE)
    if open_outcomes := rule.open_outcomes(context.unconfirmed):
        # What the column says decides, and nobody has confirmed which field it is.
        told = final.is_in([o.code for o in open_outcomes])
        change(told, Outcome.INDETERMINATE)
        tested = {name for name, _ in iter_tests(rule.when)}
        extras["unconfirmed"] = told | context.applies(rule).is_null() if tested & fields.unconfirmed else told
    weighed = len(extras) > 1
    if (elsewhere := _refers_elsewhere(rule, context)) is not None:
        change((final == Outcome.INDETERMINATE.code) & elsewhere, Outcome.NEEDS_REVIEW)
    if not weighed:
        extras = {}
    return Judgement(final, judgement.due, judgement.actual, {**judgement.extras, **extras, **marks})


def _refers_elsewhere(rule: RuleSpec, context: RuleContext) -> pl.Expr | None:
    """Whether a text that the rule reads refers to an attachment, where a person can read what the record does not say."""
    found: list[pl.Expr] = []
    for name in sorted(n for t, n in rule.required_fields() if t == rule.on):
        spec = TABLES[rule.on].fields[name]
        if spec.kind in ("text", "list") and spec.vocabulary is None and spec.takes_placeholders:
            elsewhere = refers_elsewhere(name, spec)
            if spec.kind == "list":
                found.append(context.list_predicate(name, f"_{name}?elsewhere", elsewhere).fill_null(False))
            else:
                found.append(context.shared(f"_{name}?elsewhere", elsewhere.fill_null(False)))
    return pl.any_horizontal(found) if found else None


def fact_columns(rule: RuleSpec, judgement: Judgement, name: str, context: RuleContext) -> list[pl.Expr]:
    """The columns that a rule's findings are made from; ``name`` is the column of the outcome's code."""
    own = sorted({n for t, n in rule.required_fields() if t == rule.on} - set(FINDING_COLUMNS))
    no_date = pl.lit(None, dtype=pl.Date)
    facts: dict[str, pl.Expr] = {
        **{n: pl.col(n) for n in (*FINDING_COLUMNS, ROW, SRC)},
        **({"title": pl.coalesce("title", titled_by)} if (titled_by := TABLES[rule.on].titled_by) else {}),
        "_code": pl.col(name),
        "due": no_date if judgement.due is None else judgement.due,
        "actual": no_date if judgement.actual is None else judgement.actual,
        "_applies": context.applies(rule),
        **{n: pl.col(n) for n in own},
        **{key: expression for key, expression in judgement.extras.items() if key not in own},
    }
    return [expression.alias(n) for n, expression in facts.items()]


def is_reported(name: str) -> pl.Expr:
    """Whether the outcome in a column is reported as a finding."""
    low, high = sorted(o.code for o in QUIET)
    return (pl.col(name) != low) & (pl.col(name) != high)


def own_strings(frame: pl.DataFrame) -> pl.DataFrame:
    """A copy of a frame with copied texts: else the texts of a few selected rows keep the whole batch in memory."""
    blank = pl.lit("")
    texts = [pl.concat_str(pl.col(n), blank).alias(n) for n, t in frame.schema.items() if t == pl.String]
    lists = [
        pl.col(n).list.eval(pl.concat_str(pl.element(), blank)) for n, t in frame.schema.items() if t == pl.List(pl.String)
    ]
    return frame.with_columns(*texts, *lists)
