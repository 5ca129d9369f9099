"""The one evaluator: judges typed batches of a table by all its rules about records, and reduces them for its rules about sets.

Every carrier hands it the same batches. It looks up days by their number, asks lists once for each different list of a batch, evaluates all
outcomes in one select, and keeps facts only of the rows that become findings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from opencheck.core.calendar import FIRST_DAY
from opencheck.core.outcomes import QUIET, Outcome
from opencheck.engine.calendar_columns import calendar_columns, working_days
from opencheck.engine.facts import FINDING_COLUMNS, apply_exceptions, fact_columns, is_reported, own_strings
from opencheck.records.dataset import ALL_CELLS, REJECTED, ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.context import RuleContext
from opencheck.rules.reductions import Link, Reduction
from opencheck.rules.requirement import Kind
from opencheck.rules.rule import Rule

__all__ = ["Evaluation", "TableEvaluator", "reduce_batch"]

_EPOCH_OFFSET = (FIRST_DAY - date(1970, 1, 1)).days
_MERGE_AFTER = 16


@dataclass
class Evaluation:
    """What came of some batches: counts, the facts of reported rows by rule, and partial reductions. Evaluations add up."""

    counts: Counter[tuple[int, Outcome]] = field(default_factory=Counter)
    facts: dict[int, list[pl.DataFrame]] = field(default_factory=dict)
    partials: dict[int, list[pl.DataFrame]] = field(default_factory=dict)

    def add(self, other: Evaluation, reductions: Sequence[Reduction]) -> None:
        """Add what came of further batches."""
        self.counts += other.counts
        for number, frames in other.facts.items():
            self.facts.setdefault(number, []).extend(frames)
        for number, frames in other.partials.items():
            held = self.partials.setdefault(number, [])
            held.extend(frames)
            if len(held) > _MERGE_AFTER:
                self.partials[number] = [reductions[number].merge(held)]


@dataclass(frozen=True)
class _Stage:
    """The columns that a stage of the evaluation reads, and how those come about that no source has."""

    own: frozenset[str]
    days: Mapping[str, pl.DataFrame]
    workdays: Mapping[str, pl.Expr]
    lists: Mapping[str, tuple[str, ...]]
    shared: tuple[pl.Expr, ...]


class TableEvaluator:
    """The rules of one pack about one table, planned.

    Args:
        table: the table.
        rules: rules about its records.
        reductions: what rules about sets need of it.
        context: where the rules were planned; its columns are those that they share.
        include_all: whether passes, and records that a rule does not concern, are reported too.
    """

    def __init__(
        self, table: str, rules: Sequence[Rule], reductions: Sequence[Reduction], context: RuleContext, *, include_all: bool
    ) -> None:
        self.table, self.context, self.include_all = table, context, include_all
        present = context.present[table]
        texts = {r.id: r.kind.text_field(r) for r in rules}
        self.unread = [r for r in rules if texts[r.id] is not None and texts[r.id] not in present]
        """Rules that read through a text that the table does not have."""
        self.rules = [r for r in rules if r not in self.unread]
        self.reductions = list(reductions)
        self.planned_rules: tuple[Rule, ...] = ()
        """All rules that were planned together, those about sets and other tables included: planned again they give the same evaluators."""
        judgements = []
        for rule in self.rules:
            context.columns.current_rule = rule.id
            judgements.append(apply_exceptions(rule, context, rule.kind.plan(rule, context)))
        self._names = [f"_c{i}" for i in range(len(self.rules))]
        self._codes = [j.code.alias(n) for n, j in zip(self._names, judgements, strict=True)]
        self._facts = [fact_columns(r, j, n, context) for r, j, n in zip(self.rules, judgements, self._names, strict=True)]
        self._unread = [context.applies(r).fill_null(True).sum().alias(f"_u{i}") for i, r in enumerate(self.unread)]
        self.links: Mapping[str, Link] = context.columns.links
        self._post_checks = {
            i: r.kind.post_check for i, r in enumerate(self.rules) if type(r.kind).post_check is not Kind.post_check
        }
        looked_up = context.columns.by_day
        self._days = {name: calendar_columns(context, columns) for name, columns in looked_up.items()}
        self._working = working_days(context.calendar) if context.columns.workdays else pl.Series(dtype=pl.Date)
        reduced = [
            e for r in self.reductions for e in (*r.columns.values(), r.concerned, *([] if r.where is None else [r.where]))
        ]
        self._judged = self._stage([*self._codes, *self._unread, *reduced])
        self._told = self._stage([e for columns in self._facts for e in columns])
        self._counts = [(pl.col(n) == o.code).sum().alias(f"{i}={o}") for i, n in enumerate(self._names) for o in QUIET]
        spec = TABLES[table]
        fields = set(spec.fields) | {ALL_CELLS}
        keys = {link.on for link in self.links.values()}
        self.fields = frozenset(((self._judged.own | self._told.own | keys) & fields) | set(FINDING_COLUMNS))
        """The table's fields that are read."""

    def _stage(self, expressions: Iterable[pl.Expr]) -> _Stage:
        columns = self.context.columns
        made = {**columns.shared, **columns.workdays}
        chosen: set[str] = set()
        found = {n for e in expressions for n in e.meta.root_names()}
        while found:
            chosen |= found
            found = {r for n in found if n in made for r in made[n].meta.root_names()} - chosen
        lists: dict[str, list[str]] = {}
        for question, (name, _) in columns.lists.items():
            if question in chosen:
                lists.setdefault(name, []).append(question)
        days = {name: known.select(n for n in known.columns if n in chosen) for name, known in self._days.items()}
        days = {name: known for name, known in days.items() if known.columns}
        return _Stage(
            own=frozenset(chosen | set(lists) | set(days)),
            days=days,
            workdays={n: e for n, e in columns.workdays.items() if n in chosen},
            lists={name: tuple(questions) for name, questions in lists.items()},
            shared=tuple(e.alias(n) for n, e in columns.shared.items() if n in chosen),
        )

    def evaluate(self, batch: pl.DataFrame) -> Evaluation:
        """Judge and reduce a batch: typed, under the pack's names, rejected rows marked, the columns of links beside each row."""
        found = Evaluation()
        batch = batch.rechunk()  # look-ups by index and the items of lists want one chunk a column
        part = self._looked_up(batch.select(n for n in batch.columns if n in self._judged.own or n == REJECTED), self._judged)
        if self.reductions:
            found.partials = {i: [f] for i, f in enumerate(reduce_batch(part, self.reductions))}
        if not (self.rules or self.unread):
            return found
        if batch[REJECTED].any():
            good = ~pl.col(REJECTED)
            batch, part = batch.filter(good), part.filter(good)
        for i, number in enumerate(part.select(self._unread).row(0) if self._unread else ()):
            found.counts[-1 - i, Outcome.INDETERMINATE] = number or 0
        if not self.rules:
            return found
        codes = part.select(self._codes)
        quiet = iter(codes.select(self._counts).row(0)) if len(codes) else iter([0] * len(self._counts))
        for i in range(len(self.rules)):
            for outcome in QUIET:
                found.counts[i, outcome] = next(quiet)
        if not len(codes):
            return found
        if not self.include_all:
            rows = codes.select(pl.any_horizontal(is_reported(n) for n in self._names)).to_series().arg_true()
            if not len(rows):
                return found
            batch, codes = batch[rows], codes[rows]
        told = self._looked_up(batch.select(n for n in batch.columns if n in self._told.own), self._told).hstack(codes)
        self._collect(told, found)
        return found

    def _collect(self, rows: pl.DataFrame, found: Evaluation) -> None:
        """The facts of each rule's reported rows."""
        chosen = [i for i, name in enumerate(self._names) if self.include_all or rows.select(is_reported(name).any()).item()]
        frames = [rows.lazy() if self.include_all else rows.lazy().filter(is_reported(self._names[i])) for i in chosen]
        for i, facts in zip(
            chosen, pl.collect_all(f.select(self._facts[i]) for i, f in zip(chosen, frames, strict=True)), strict=True
        ):
            own = own_strings(facts)
            if i in self._post_checks:
                own = self._post_checks[i](self.rules[i], own)
            found.facts[i] = [own]

    def _looked_up(self, rows: pl.DataFrame, stage: _Stage) -> pl.DataFrame:
        added: list[pl.Series] = []
        for name, known in stage.days.items():
            day = rows[name]
            day = day.dt.date() if isinstance(day.dtype, pl.Datetime) else day
            at = day.cast(pl.Int32).cast(pl.Int64) - _EPOCH_OFFSET
            added += known.select(pl.all().gather(_within(at, len(known)))).get_columns()
        for name, questions in stage.lists.items():
            which, distinct = _distinct_lists(rows[name])
            answers = distinct.select(self.context.columns.lists[q][1].alias(q) for q in questions)
            added += answers.select(pl.all().gather(which)).get_columns()
        rows = rows.hstack(added) if added else rows
        if stage.workdays:
            numbers = rows.select(e.cast(pl.Int64).alias(n) for n, e in stage.workdays.items())
            rows = rows.hstack(
                [self._working.gather(_within(numbers[n] - 1, len(self._working))).alias(n) for n in stage.workdays]
            )
        return rows.with_columns(stage.shared) if stage.shared else rows

    def finish(self, evaluation: Evaluation) -> dict[int, pl.DataFrame]:
        """The results of the reductions, by their numbers."""
        return {i: self.reductions[i].finish(frames) for i, frames in evaluation.partials.items()}

    def empty_batch(self) -> pl.DataFrame:
        """A batch without rows: what a table that is given with no records amounts to."""
        fields = TABLES[self.table].fields
        schema: dict[str, Any] = {n: fields[n].dtype for n in fields if n in self.fields}
        schema |= {ALL_CELLS: pl.String} if ALL_CELLS in self.fields else {}
        schema |= {ROW: pl.Int64, SRC: pl.Int32, REJECTED: pl.Boolean}
        return pl.DataFrame(schema=schema)


def reduce_batch(part: pl.DataFrame, reductions: Sequence[Reduction]) -> list[pl.DataFrame]:
    """The partial result of each reduction. The rows that a rule concerns are found once for all of its reductions."""
    by_rule: dict[int, list[int]] = {}
    for number, reduction in enumerate(reductions):
        by_rule.setdefault(id(reduction.concerned), []).append(number)
    groups = list(by_rule.values())
    masks = part.select(reductions[group[0]].concerned.alias(str(i)) for i, group in enumerate(groups))
    found: dict[int, pl.DataFrame] = {}
    for i, group in enumerate(groups):
        reads = sorted({n for number in group for n in reductions[number].reads})
        mask = masks.to_series(i)
        rows = part.select(reads)
        rows = rows.filter(mask) if len(mask) == len(rows) else rows.filter(mask[0])  # a literal has one row
        found |= {number: own_strings(reductions[number].partial(rows)) for number in group}
    return [found[number] for number in range(len(reductions))]


def _within(at: pl.Series, length: int) -> pl.Series:
    return at.set((at < 0) | (at >= length), None)


def _distinct_lists(lists: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """For each list the number of the different one that it is, and the different ones, null among them: they are few beside the records."""
    rows = lists.to_frame().with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("at")).group_by(lists.name).agg("at")
    which = rows.select("at").with_row_index("which").explode("at")
    numbers = pl.zeros(len(lists), dtype=pl.UInt32, eager=True).scatter(which["at"], which["which"])
    return numbers, rows.select(lists.name)
