"""From rules to evaluators: record rules become expressions, rules about sets become reductions of the tables that they read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import polars as pl

from opencheck.engine.evaluator import TableEvaluator
from opencheck.records.dataset import REJECTED
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import ANY_OF, TOPIC_LIKE, to_test
from opencheck.rules.context import RuleContext
from opencheck.rules.reductions import Operation, Reduction, usable
from opencheck.rules.rule import Rule

__all__ = ["YEARLY", "SetInputs", "acts_of", "plan_evaluators"]

SetInputs = dict[str, dict[str, tuple[str, int]]]
"""For each rule about a set the table and number of each of its reductions."""


YEARLY = "yearly"
"""The name of the reduction of a rule about records that wants one each year."""


def _count_covered_records(rule: Rule, context: RuleContext) -> Reduction:
    """The reduction that counts a rule's records of the years that the pack covers: those that surely are, and those that may be."""
    if rule.for_year:
        year, concerned, of_topic = pl.col(rule.for_year), pl.lit(True), None
    else:
        named = pl.col("period").str.slice(0, 4).cast(pl.Int64, strict=False)
        year = pl.coalesce(named, *(pl.col(n).dt.year().cast(pl.Int64) for n in ("formed_on", "published_on")))
        concerned, of_topic = context.applies_expr(rule, absence=True), context.of_topic(rule)
    covered = year.is_in(context.covers.years)
    sure = concerned & covered & ~pl.col(REJECTED)
    entered = _is_undated(rule, context) & covered.fill_null(True)
    columns = {"one": pl.lit(1), "sure": sure.fill_null(False).cast(pl.Int64)}
    columns["unsure"] = sure.is_null().cast(pl.Int64)
    columns["rejected"] = pl.col(REJECTED).cast(pl.Int64)
    columns["entered"] = pl.when(entered).then(pl.col("id"))
    measures: dict[str, Operation] = {"sure": "sum", "unsure": "sum", "rejected": "sum", "entered": "values"}
    if of_topic is not None:
        open_ = pl.when(sure.is_null() & ~pl.col(REJECTED))
        columns["no_topic"] = open_.then(pl.col("topic").is_null().cast(pl.Int64))
        columns["word"] = open_.then(pl.when(pl.col(TOPIC_LIKE).is_not_null()).then(pl.col("topic")))
        measures |= {"no_topic": "sum", "word": "min"}
    return Reduction(rule.on, usable(concerned) | entered, columns, keys=("one",), measures=measures, of_topic=of_topic)


def acts_of(rule: Rule) -> list[str]:
    """The date fields that must be filled in for the rule to concern a record, and that are blank while the act is not done."""
    fields = TABLES[rule.on].fields
    acts = [n for n in rule.when if n != ANY_OF and fields[n].column.blank_means_pending]
    return [n for n in acts if to_test(rule.when[n]).present]


def _is_undated(rule: Rule, context: RuleContext) -> pl.Expr:
    """Whether a record is entered without the day of its act, and the rule would concern it with that day."""
    acts = acts_of(rule)
    if not acts:
        return pl.lit(False)
    done = rule.model_copy(update={"when": {n: test for n, test in rule.when.items() if n not in acts}})
    return context.applies_expr(done).fill_null(False) & pl.any_horizontal(context.undated(rule.on, n) for n in acts)


def plan_evaluators(
    rules: Sequence[Rule], context: RuleContext, *, include_all: bool
) -> tuple[dict[str, TableEvaluator], SetInputs]:
    """Plan the evaluators of all tables whose batches must be read. The same rules and context always give the same evaluators.

    Args:
        rules: the rules of one pack.
        context: where they are planned; tables that it does not have are left out.
        include_all: whether passes, and records that a rule does not concern, are reported too.
    """
    contexts = {table: context.for_table() for table in context.present}
    by_table: dict[str, list[Rule]] = {}
    reductions: dict[str, list[Reduction]] = {}
    set_inputs: SetInputs = {}
    for rule in rules:
        if rule.kind.about == "set":
            inputs = set_inputs.setdefault(rule.id, {})
            if rule.kind.needs_table and rule.on not in context.present:
                continue
            for name, reduction in rule.kind.reductions(rule, contexts.get(rule.on, context)).items():
                held = reductions.setdefault(reduction.table, [])
                inputs[name] = (reduction.table, len(held))
                held.append(reduction)
        elif rule.on in context.present:
            by_table.setdefault(rule.on, []).append(rule)
            if rule.yearly:
                held = reductions.setdefault(rule.on, [])
                set_inputs[rule.id] = {YEARLY: (rule.on, len(held))}
                held.append(_count_covered_records(rule, contexts[rule.on]))
    evaluators, key = {}, uuid.uuid4().hex
    for table in context.present:
        if table in by_table or table in reductions:
            rules_and_reductions = by_table.get(table, []), reductions.get(table, [])
            evaluators[table] = TableEvaluator(table, *rules_and_reductions, contexts[table], include_all=include_all)
            evaluators[table].planned_rules, evaluators[table].planned_as = tuple(rules), key
    return evaluators, set_inputs
