"""The check itself: every table is read once and judged for all packs, then the rules about sets are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from opencheck.core.calendar import WorkCalendar
from opencheck.core.outcomes import QUIET, Outcome
from opencheck.engine.carriers.base import LocalCarrier, TableOutcome
from opencheck.engine.carriers.polars import PolarsCarrier
from opencheck.engine.plan import YEARLY, acts_of
from opencheck.engine.prepare import PackPlan, Shape, plan_pack
from opencheck.engine.result import Note, Progress, RuleResult
from opencheck.records.dataset import Dataset, Table
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import iter_tests
from opencheck.rules.context import DanglingReferences
from opencheck.rules.judgement import Judged
from opencheck.rules.packs.pack import Pack
from opencheck.rules.rule import Rule
from opencheck.rules.undated import undated_facts

__all__ = ["run"]

_POLARS = PolarsCarrier()


def run(
    data: Dataset,
    packs: Sequence[Pack],
    as_of: date,
    calendar: WorkCalendar,
    *,
    rules: Iterable[str] | None = None,
    include_all: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[list[RuleResult], list[Note]]:
    """Check a dataset against packs.

    Args:
        data: the records that were read.
        packs: the rules.
        as_of: the check is made at the end of this day (Asia/Shanghai).
        calendar: the working calendar.
        rules: ids of the rules to run; all where None.
        include_all: whether passes, and records that a rule does not concern, become findings too.
        progress: called as work goes on: for every batch of a table, and every rule about a set.

    Returns:
        A result for each rule, in the packs' order, and notes on what was not checked.
    """
    carrier = data.carrier if isinstance(data.carrier, LocalCarrier) else _POLARS
    wanted = None if rules is None else set(rules)
    shape = Shape.of(data)
    plans = []
    for pack in packs:
        chosen = [b.rule for i, b in pack.rules.items() if wanted is None or i in wanted]
        plans.append(plan_pack(pack, chosen, as_of, calendar, shape, include_all=include_all))
    total = sum(len(p.rules) for p in plans)
    tell = progress or (lambda progress: None)
    outcomes: list[dict[str, TableOutcome]] = [{} for _ in plans]
    done = 0
    for table in data.tables:
        using = [i for i, p in enumerate(plans) if table in p.tables]
        if not using:
            continue
        first = next((r.id for i in using for r in plans[i].tables[table].evaluator.rules), "")

        def at(rows: int, findings: int, *, rule: str = first, done: int = done, table: str = table) -> None:
            tell(Progress(rule, done, total, table, rows, findings))

        at(0, 0)
        names = {t: [plans[i].names[t] for i in using] for t in data.tables}
        found = carrier.evaluate(data, table, [plans[i].tables[table] for i in using], names=names, on_progress=at)
        for i, outcome in zip(using, found, strict=True):
            outcomes[i][table] = outcome
            done += len(plans[i].tables[table].evaluator.rules)
    results: list[RuleResult] = []
    notes: list[Note] = []
    for plan, own in zip(plans, outcomes, strict=True):
        results += _results(data, carrier, plan, own, lambda rule: tell(Progress(rule, done, total)), include_all=include_all)
        notes += [n for n in _notes(data, plan, own) if n not in notes]
    tell(Progress("", total, total))
    return results, notes


def _results(
    data: Dataset,
    carrier: LocalCarrier,
    plan: PackPlan,
    outcomes: dict[str, TableOutcome],
    tell: Callable[[str], None],
    *,
    include_all: bool,
) -> list[RuleResult]:
    found: dict[str, RuleResult] = {}
    dangling: dict[int, DanglingReferences] = {}
    for table, outcome in outcomes.items():
        evaluator = plan.tables[table].evaluator
        for number, rule in enumerate(evaluator.unread):
            found[rule.id] = _of_unread_text(rule, plan, outcome.evaluation.counts[-1 - number, Outcome.INDETERMINATE])
        for number, rule in enumerate(evaluator.rules):
            frames = outcome.evaluation.facts.get(number)
            facts = pl.concat(frames, how="diagonal") if frames else None
            if facts is not None and rule.id in plan.dangling and _has_violation(facts):
                references = plan.dangling[rule.id]
                if id(references) not in dangling:
                    dangling[id(references)] = carrier.dangling(data, references, plan.names)
                facts = rule.kind.settle_dangling(rule, facts, dangling[id(references)])
            quiet = {o: outcome.evaluation.counts[number, o] for o in QUIET}
            found[rule.id] = _of_records(rule, plan, facts, quiet, include_all=include_all)
    reduced = {t: plan.tables[t].evaluator.finish(o.evaluation) for t, o in outcomes.items()}
    for rule in plan.rules:
        if rule.kind.about == "set":
            tell(rule.id)
            inputs = {name: reduced[table][number] for name, (table, number) in plan.set_inputs[rule.id].items()}
            open_outcomes = rule.open_outcomes(plan.context.unconfirmed)
            result = _of_set(rule, plan, inputs, include_all=include_all or Outcome.PASS in open_outcomes)
            if rule.on in data.tables and not data.tables[rule.on].is_empty:
                if absent := _absent_conditions(rule, data.tables[rule.on]):
                    _leave_open(result, (Outcome.VIOLATION,), absent, {"unrecorded": absent})
                if open_outcomes:
                    _leave_unconfirmed(result, open_outcomes, rule.unconfirmed_names(plan.context.unconfirmed))
            if open_outcomes and not include_all:
                result.judged = [j for j in result.judged if j.outcome not in QUIET]
            found[rule.id] = result
        elif rule.id not in found:
            found[rule.id] = RuleResult(rule, plan.pack, plan.context)
        elif rule.id in plan.set_inputs:
            table, number = plan.set_inputs[rule.id][YEARLY]
            _judge_years_without_record(found[rule.id], plan, reduced[table][number])
    return [found[rule.id] for rule in plan.rules]


def _judge_years_without_record(result: RuleResult, plan: PackPlan, counted: pl.DataFrame) -> None:
    """Add the judgement of a yearly duty without any record: a violation when the year is over, unless some record may be the one.

    Args:
        result: the result of the rule's records.
        plan: the plan of its pack.
        counted: the result of its reduction :data:`~opencheck.engine.plan.YEARLY`.
    """
    numbers = counted.row(0, named=True) if len(counted) else {}
    if numbers.get("sure") or not plan.context.covers.years:
        return
    rule, covers = result.rule, plan.context.covers
    missing: tuple[str, ...] = ()
    facts: dict[str, Any] = {"no_record_between": (covers.first, covers.last)}
    if plan.context.as_of < covers.last:
        outcome = Outcome.PENDING
    elif numbers.get("unsure") or numbers.get("rejected"):
        outcome = Outcome.INDETERMINATE
        unclear = "topic" if numbers.get("no_topic") or numbers.get("word") else rule.for_year or "period"
        missing = (f"{rule.on}.rejected" if numbers["rejected"] else unclear,)
    elif Outcome.VIOLATION in rule.open_outcomes(plan.context.unconfirmed):
        outcome = Outcome.INDETERMINATE
        missing = rule.unconfirmed_names(plan.context.unconfirmed)
        facts["unconfirmed"] = True
    else:
        outcome = Outcome.VIOLATION
    if word := numbers.get("word"):
        facts["words"] = [("topic", word)]
    if outcome is Outcome.VIOLATION and (acts := acts_of(rule)):
        facts |= undated_facts(rule.on, acts[0], numbers.get("entered") or ())
    result.judged = [*result.judged, Judged(outcome, due=covers.last, facts=facts, missing=missing)]
    result.counts[outcome] = result.counts.get(outcome, 0) + 1


def _notes(data: Dataset, plan: PackPlan, outcomes: dict[str, TableOutcome]) -> list[Note]:
    notes = [n for t, o in outcomes.items() for n in plan.names[t].notes(o.unknown, plan.pack, data.place)]
    idle: dict[str, list[str]] = {}
    for rule in plan.rules:
        if rule.kind.about != "set" and rule.on not in data.tables:
            idle.setdefault(rule.on, []).append(rule.id)
    return notes + [("note.no_table", {"table": t, "table_zh": TABLES[t].label_zh, "rules": ids}) for t, ids in idle.items()]


def _has_violation(facts: pl.DataFrame) -> bool:
    return bool(facts.select((pl.col("_code") == Outcome.VIOLATION.code).any()).item())


def _of_unread_text(rule: Rule, plan: PackPlan, concerned: int) -> RuleResult:
    """The result of a rule that searches a text field which its table does not have: one finding for all records that it concerns."""
    result = RuleResult(rule, plan.pack, plan.context)
    if concerned:
        result.counts = {Outcome.INDETERMINATE: concerned}
        missing = (str(rule.kind.text_field(rule)),)
        result.judged = [Judged(Outcome.INDETERMINATE, facts={"unread": concerned}, missing=missing)]
    return result


def _of_set(rule: Rule, plan: PackPlan, inputs: dict[str, pl.DataFrame], *, include_all: bool) -> RuleResult:
    result = RuleResult(rule, plan.pack, plan.context)
    if rule.on not in plan.context.present and rule.kind.needs_table:
        result.counts = {Outcome.INDETERMINATE: 1}
        result.judged = [Judged(Outcome.INDETERMINATE, facts={"no_table": rule.on}, missing=(rule.on,))]
        return result
    judged = rule.kind.judge(rule, plan.context, inputs, include_all=include_all)
    result.counts, result.judged, result.cells = judged.counts, judged.findings, judged.cells
    return result


def _absent_conditions(rule: Rule, table: Table) -> tuple[str, ...]:
    """The fields of the rule's conditions that no source of its table has."""
    recorded = frozenset().union(*(source.fields for source in table.sources))
    return tuple(dict.fromkeys(n for n, t in iter_tests(rule.when) if t.unknown is None and n not in recorded))


def _leave_open(result: RuleResult, outcomes: Sequence[Outcome], absent: tuple[str, ...], why: Mapping[str, Any]) -> None:
    """Make outcomes of a rule about a set indeterminate where fields that decide are not there.

    What is wanted may be among the records, which do not say what they are about, or say it in a column that is not read; and what is there
    may not count for what such a column says.
    """
    if not (told := sum(result.counts.pop(o, 0) for o in outcomes)):
        return
    result.counts[Outcome.INDETERMINATE] = result.counts.get(Outcome.INDETERMINATE, 0) + told
    result.judged = [
        replace(j, outcome=Outcome.INDETERMINATE, missing=absent, facts={**j.facts, **why}) if j.outcome in outcomes else j
        for j in result.judged
    ]
    if result.cells is not None:
        is_open = pl.col("code").is_in([o.code for o in outcomes])
        code = pl.when(is_open).then(Outcome.INDETERMINATE.code).otherwise("code")
        result.cells = result.cells.with_columns(code.cast(result.cells.schema["code"]).alias("code"))


def _leave_unconfirmed(result: RuleResult, outcomes: Sequence[Outcome], names: tuple[str, ...]) -> None:
    """Make what hangs on a column that nobody has confirmed indeterminate, and say so where the outcome is indeterminate already."""
    result.judged = [
        replace(j, missing=tuple(dict.fromkeys((*names, *j.missing))), facts={**j.facts, "unconfirmed": True})
        if j.outcome is Outcome.INDETERMINATE
        else j
        for j in result.judged
    ]
    _leave_open(result, outcomes, names, {"unconfirmed": True, "only_unconfirmed": True})


def _of_records(
    rule: Rule, plan: PackPlan, facts: pl.DataFrame | None, quiet: dict[Outcome, int], *, include_all: bool
) -> RuleResult:
    """A rule's result from the facts of the reported records, and the counts of the others."""
    codes: dict[int, int] = {} if facts is None else dict(facts["_code"].value_counts().iter_rows())
    result = RuleResult(rule, plan.pack, plan.context, rows=facts)
    for outcome in Outcome:
        number = codes.get(outcome.code, 0)
        if outcome in QUIET and not include_all:
            number = quiet[outcome]
        if number:
            result.counts[outcome] = number
    return result
