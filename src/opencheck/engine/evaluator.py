"""The one evaluator: judges typed batches of a table by all its rules about records, and reduces them for its rules about sets.

Every carrier hands it the same batches. It looks up days by their number, asks lists once for each different list of a batch, evaluates all
outcomes in one select, and keeps facts only of the rows that become findings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from opencheck.core.library_behaviour import single_chunks
from opencheck.core.outcomes import QUIET, Outcome
from opencheck.engine.days_alone import corners_of_days, favourable_times, fields_of_days_alone, with_days_alone
from opencheck.engine.facts import FINDING_COLUMNS, apply_exceptions, fact_columns, is_reported, own_strings
from opencheck.engine.reducing import chained, collected, is_small, reduce_rows, topic_test_key
from opencheck.engine.stages import Stage, Stages
from opencheck.engine.topic_rows import TopicRows
from opencheck.records.contradictions import CONTRADICTED, contradicts, day_alone, has_contradictions
from opencheck.records.dataset import ALL_CELLS, REJECTED, ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.context import RuleContext
from opencheck.rules.contradicted import fields_that_decide, surely_unconcerned
from opencheck.rules.reductions import Link, Reduction, link_key
from opencheck.rules.requirement import Kind
from opencheck.rules.rule import Rule

__all__ = ["Evaluation", "TableEvaluator"]

_MERGE_AFTER = 16
_LINK_KEY = "_link_key"


@dataclass
class Evaluation:
    """What came of some batches: counts, the facts of reported rows by rule, and partial reductions. Evaluations add up."""

    counts: Counter[tuple[int, Outcome]] = field(default_factory=Counter)
    facts: dict[int, list[pl.DataFrame]] = field(default_factory=dict)
    partials: dict[int, list[pl.DataFrame]] = field(default_factory=dict)

    @property
    def reported(self) -> int:
        """The number of records' outcomes that become findings."""
        return sum(len(frame) for frames in self.facts.values() for frame in frames)

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
class _Group:
    """Rules and reductions that ask the same of the topic, by their numbers: they see only the rows that this leaves."""

    of_topic: pl.Expr | None
    rules: tuple[int, ...]
    unread: tuple[int, ...]
    reductions: tuple[int, ...]
    judged: Stage
    reported: Stage
    """What only the rows need that become findings."""
    links: tuple[str, ...]
    """The links whose columns it reads."""
    reads: frozenset[str]
    """The columns of a batch that it needs."""


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
        self.planned_as = ""
        """A name that the evaluators have in common which were planned together."""
        judgements = [apply_exceptions(r, context, r.kind.plan(r, context)) for r in self.rules]
        self._names = [f"_c{i}" for i in range(len(self.rules))]
        self._codes = [j.code.alias(n) for n, j in zip(self._names, judgements, strict=True)]
        self._facts = [fact_columns(r, j, n, context) for r, j, n in zip(self.rules, judgements, self._names, strict=True)]
        self._unread = [context.applies(r).fill_null(True).sum().alias(f"_u{i}") for i, r in enumerate(self.unread)]
        self.links: Mapping[str, Link] = context.columns.links
        self._unlinked: dict[str, list[pl.Expr]] = {}
        """For links that had no record their columns."""
        self._post_checks = {
            i: r.kind.post_check for i, r in enumerate(self.rules) if type(r.kind).post_check is not Kind.post_check
        }
        self._stages = Stages(table, context)
        self._count_of = [[(pl.col(n) == o.code).sum().alias(f"{n}={o}") for o in QUIET] for n in self._names]
        self._all = [tuple(range(n)) for n in (len(self.rules), len(self.unread), len(self.reductions))]
        self._at_once = self._group(None, *self._all, at_once=True)
        """All rules, for a small batch: it is worked out in one query."""
        spec = TABLES[table]
        fields = set(spec.fields) | {ALL_CELLS}
        self.fields = frozenset((self._at_once.reads & fields) | set(FINDING_COLUMNS))
        """The table's fields that are read."""

    def _group(
        self,
        of_topic: pl.Expr | None,
        rules: tuple[int, ...],
        unread: tuple[int, ...],
        reductions: tuple[int, ...],
        *,
        at_once: bool = False,
    ) -> _Group:
        reduced = [e for n in reductions for e in (*self.reductions[n].expressions, self.reductions[n].concerned)]
        judging = [*(self._codes[n] for n in rules), *(self._unread[n] for n in unread), *reduced]
        reporting = [e for n in rules for e in self._facts[n]]
        judged = self._stages.reading([*judging, *reporting] if at_once else judging)
        reported = judged if at_once else self._stages.reading(reporting)
        read = judged.own | reported.own
        links = tuple(name for name, link in self.links.items() if not read.isdisjoint(link.measures))
        keys = {self.links[name].on for name in links}
        return _Group(of_topic, rules, unread, reductions, judged, reported, links, read | keys | {REJECTED, CONTRADICTED})

    @cached_property
    def _whole(self) -> _Group:
        """All rules, for a large batch of which every outcome is told."""
        return self._group(None, *self._all)

    @cached_property
    def _groups(self) -> list[_Group]:
        """The rules and reductions by what they ask of the topic."""
        tests = [[self.context.of_topic(r) for r in rules] for rules in (self.rules, self.unread)]
        topic_tests = [*tests, [r.of_topic for r in self.reductions]]
        numbers: dict[str, tuple[pl.Expr | None, list[list[int]]]] = {}
        for sort, of_sort in enumerate(topic_tests):
            for number, test in enumerate(of_sort):
                numbers.setdefault(topic_test_key(test), (test, [[], [], []]))[1][sort].append(number)
        return [self._group(test, *map(tuple, of_group)) for test, of_group in numbers.values()]

    def evaluate(self, batch: pl.DataFrame, linked: Mapping[str, pl.DataFrame | None] | None = None) -> Evaluation:
        """Judge and reduce a batch.

        Args:
            batch: typed, under the pack's names, rejected rows marked.
            linked: what is put beside the records, for each link, None for one without any rows; the columns of other links are in the
                batch.
        """
        found = Evaluation()
        small = is_small(batch)
        if small or self.include_all:
            self._evaluate(self._at_once if small else self._whole, batch, linked or {}, found, small=small)
            return found
        topics, usable = TopicRows(batch), int((~batch[REJECTED]).sum())
        # Whether a rule concerns a record cannot be told by a topic that two columns give differently.
        besides = batch.select(contradicts({"topic"})).to_series().arg_true() if has_contradictions(batch) else None
        for group in self._groups:
            rows = topics.passing(group.of_topic, group.reads, besides=besides)
            judged = self._evaluate(group, rows, linked or {}, found, small=False)
            for number in group.rules:
                found.counts[number, Outcome.NOT_APPLICABLE] += usable - judged
        return found

    def _evaluate(
        self, group: _Group, batch: pl.DataFrame, linked: Mapping[str, pl.DataFrame | None], found: Evaluation, *, small: bool
    ) -> int:
        """Judge and reduce rows by a group of rules; the number of the usable ones is returned."""
        batch = self._with_links(batch, {name: linked[name] for name in group.links if name in linked})
        blank = batch
        alone = fields_of_days_alone(TABLES[self.table], batch) if has_contradictions(batch) else []
        batch = with_days_alone(batch, alone, favourable_times(alone, self._starting)) if alone else batch
        part = self._worked_out(batch, group.judged, [self._codes[n] for n in group.rules], small=small)
        if group.reductions:
            whole = part.with_columns(batch[CONTRADICTED]) if has_contradictions(batch) else part
            own = [self.reductions[n] for n in group.reductions]
            partials = reduce_rows(whole, own, [self._reduced_fields[n] for n in group.reductions], small=small)
            found.partials.update({n: [frame] for n, frame in zip(group.reductions, partials, strict=True)})
        if not (group.rules or group.unread):
            return len(batch)
        if batch[REJECTED].any():
            good = ~pl.col(REJECTED)
            batch, part, blank = batch.filter(good), part.filter(good), blank.filter(good)
        if group.unread:
            for number, concerned in zip(group.unread, part.select(self._unread[n] for n in group.unread).row(0), strict=True):
                found.counts[-1 - number, Outcome.INDETERMINATE] = concerned or 0
        if group.rules and len(part):
            if has_contradictions(batch):
                part = self._left_open(group, batch, part, blank, alone, small=small)
            self._count_and_report(group, batch, part, found, small=small)
        return len(batch)

    def _count_and_report(
        self, group: _Group, batch: pl.DataFrame, part: pl.DataFrame, found: Evaluation, *, small: bool
    ) -> None:
        """Count the outcomes of usable rows, and keep the facts of those that are reported."""
        names = [self._names[n] for n in group.rules]
        counts = [c for n in group.rules for c in self._count_of[n]]
        counted = part.select(*(is_reported(n).any().alias(n) for n in names), *counts).row(0)
        found.counts.update(dict(zip(((n, o) for n in group.rules for o in QUIET), counted[len(names) :], strict=True)))
        chosen = [n for n, reported in zip(group.rules, counted, strict=False) if self.include_all or reported]
        if not chosen:
            return
        rows = part
        if not small:
            codes = part.select(n for n in part.columns if n in (*names, CONTRADICTED))
            if not self.include_all:
                reported = codes.select(pl.any_horizontal(is_reported(n) for n in names)).to_series().arg_true()
                batch, codes = batch[reported], codes[reported]
            rows = self._worked_out(batch, group.reported, [], small=False).hstack(codes)
        self._collect(rows, chosen, found, small=small)

    def _with_links(self, batch: pl.DataFrame, linked: Mapping[str, pl.DataFrame | None]) -> pl.DataFrame:
        """The batch with the columns of what its records' keys name, null where there is none."""
        absent: list[pl.Expr] = []
        for name, right in linked.items():
            if right is None or not len(right):
                if name not in self._unlinked:
                    self._unlinked[name] = _null_columns(self.links[name])
                absent += self._unlinked[name]
            else:
                key = link_key(pl.col(self.links[name].on)).alias(_LINK_KEY)
                batch = batch.with_columns(key).join(
                    right, left_on=_LINK_KEY, right_on="key", how="left", maintain_order="left"
                )
                batch = batch.drop(_LINK_KEY)
        return batch.with_columns(absent) if absent else batch

    def _collect(self, rows: pl.DataFrame, chosen: Sequence[int], found: Evaluation, *, small: bool) -> None:
        """The facts of the reported rows of some rules."""
        more = [CONTRADICTED] if CONTRADICTED in rows.columns else []
        if small and len(rows) == 1:
            found.facts |= {i: [self._reported(i, rows.select(*self._facts[i], *more), found)] for i in chosen}
            return
        own = rows.lazy()
        frames = [
            (own if self.include_all else own.filter(is_reported(self._names[i]))).select(*self._facts[i], *more)
            for i in chosen
        ]
        for i, facts in zip(chosen, collected(frames), strict=True):
            looked = self._reported(i, facts, found)
            found.facts[i] = [looked if small else own_strings(looked)]

    def _reported(self, number: int, facts: pl.DataFrame, found: Evaluation) -> pl.DataFrame:
        """The facts after a closer look. Rows that it clears are counted and go no further: they may be many."""
        facts = self._looked_closer(number, facts)
        if self.include_all or number not in self._post_checks:
            return facts
        for outcome in QUIET:
            found.counts[number, outcome] += int((facts["_code"] == outcome.code).sum())
        return facts.filter(is_reported("_code"))

    def _looked_closer(self, number: int, facts: pl.DataFrame) -> pl.DataFrame:
        if number not in self._post_checks:
            return facts
        found = self._post_checks[number](self.rules[number], facts)
        if CONTRADICTED in facts.columns:  # no closer look settles which of two columns holds
            is_open = contradicts(self._decisive[number])
            kept = facts.select((pl.col("_code") == Outcome.INDETERMINATE.code) & is_open).to_series()
            found = found.with_columns(pl.when(kept).then(facts["_code"]).otherwise("_code").alias("_code"))
        return found

    @cached_property
    def _reduced_fields(self) -> list[frozenset[str]]:
        """For each reduction the fields of the table that it hangs on, those behind shared columns included."""
        fields = set(TABLES[self.table].fields)
        return [frozenset(self._stages.reading([*r.expressions, r.concerned]).own & fields) for r in self.reductions]

    @cached_property
    def _undecided(self) -> list[pl.Expr]:
        """For each rule whether a record is left open because two columns of a field disagree that the rule reads."""
        return [
            (contradicts(fields) & ~surely_unconcerned(r, self.context)).alias(n)
            for r, fields, n in zip(self.rules, self._decisive, self._names, strict=True)
        ]

    @cached_property
    def _starting(self) -> frozenset[str]:
        """The fields with which limits in hours start."""
        return frozenset(name for rule in self.rules for name in rule.kind.starting_fields(rule))

    @cached_property
    def _decisive(self) -> list[frozenset[str]]:
        """For each rule the fields of the table on which its judgement of a record hangs."""
        return [fields_that_decide(r, self.context) for r in self.rules]

    def _left_open(
        self, group: _Group, batch: pl.DataFrame, part: pl.DataFrame, blank: pl.DataFrame, alone: Sequence[str], *, small: bool
    ) -> pl.DataFrame:
        """The judged rows, with the outcomes that hang on a contradicted field left open.

        Of a moment of which only the day is known (``alone``) the most favourable of that day was judged, in place of a ``blank``; where each
        of its times gives the same, it stands.
        """
        decisive = frozenset().union(*(self._decisive[n] for n in group.rules))
        places = batch.select(contradicts(decisive)).to_series().arg_true()
        masks = batch[places].select(self._undecided[n] for n in group.rules)
        if alone:
            masks = self._unsettled_by_days(group, batch[places], part[places], blank[places], alone, masks, small=small)
        open_ = [n for n in masks.columns if masks[n].any()]
        changed = [part[n].scatter(places.filter(masks[n]), Outcome.INDETERMINATE.code) for n in open_]
        return part.with_columns(*changed, batch[CONTRADICTED])

    def _unsettled_by_days(
        self,
        group: _Group,
        batch: pl.DataFrame,
        part: pl.DataFrame,
        blank: pl.DataFrame,
        alone: Sequence[str],
        masks: pl.DataFrame,
        *,
        small: bool,
    ) -> pl.DataFrame:
        """The masks of what is left open, without what every time of the days that are known alone decides in the same way."""
        settled = []
        for number in group.rules:
            name, fields = self._names[number], [n for n in alone if n in self._decisive[number]]
            if not fields or number in self._post_checks or not masks[name].any():
                continue
            others = [contradicts({n}) & (day_alone(n).is_null() if n in fields else True) for n in self._decisive[number]]
            same = ~batch.select(pl.any_horizontal(others)).to_series()
            for corner in corners_of_days(batch, blank, fields, favourable_times(fields, self._starting)):
                code = self._worked_out(corner, group.judged, [self._codes[number]], small=small)[name]
                same &= (code == part[name]) & (code != Outcome.INDETERMINATE.code)
            settled.append((masks[name] & ~same).alias(name))
        return masks.with_columns(settled)

    def _worked_out(self, batch: pl.DataFrame, stage: Stage, codes: list[pl.Expr], *, small: bool) -> pl.DataFrame:
        """The columns that a stage reads, with those that are made for it and the codes, in one query."""
        rows = single_chunks(batch[[n for n in batch.columns if n in stage.own or n == REJECTED]])
        if small:
            for step in ([e for predicates in stage.lists.values() for e in predicates], *stage.steps, codes):
                rows = rows.with_columns(step) if step else rows
            return rows
        answers: list[pl.Series] = []
        for name, predicates in stage.lists.items():
            which, distinct = _distinct_lists(rows[name])
            answers += distinct.select(predicates).select(pl.all().gather(which)).get_columns()
        return collected([chained(rows.hstack(answers).lazy(), [*stage.steps, codes])])[0]

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


def _null_columns(link: Link) -> list[pl.Expr]:
    """The columns of a link where no record is linked at all."""
    empty = link.reductions[0].of_no_rows()
    return [pl.lit(None, dtype=empty.schema[n]).alias(n) for n in link.measures]


def _distinct_lists(lists: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """For each list the number of the different one that it is, and the different ones, null among them: they are few beside the records."""
    rows = lists.to_frame().with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("at")).group_by(lists.name).agg("at")
    which = rows.select("at").with_row_index("which").explode("at")
    numbers = pl.zeros(len(lists), dtype=pl.UInt32, eager=True).scatter(which["at"], which["which"])
    return numbers, rows.select(lists.name)
