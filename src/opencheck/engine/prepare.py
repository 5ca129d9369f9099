"""The plan of a check: made once for a pack, a day and a shape of the data, and cached with the pack."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from opencheck.core.calendar import WorkCalendar
from opencheck.engine.carriers.base import SEVERAL, WHOLE, References, TablePlan
from opencheck.engine.names import Names
from opencheck.engine.plan import SetInputs, plan_evaluators
from opencheck.records.dataset import REJECTED, ROW, SRC, Dataset
from opencheck.records.placeholders import says_nothing
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import day_of, row_key_text
from opencheck.rules.links import keyed
from opencheck.rules.packs.pack import Pack
from opencheck.rules.reductions import Reduction, link_key, link_keys, linking_fields
from opencheck.rules.rule import Rule

__all__ = ["PackPlan", "Shape", "plan_pack", "rule_context"]

_CACHE_SIZE = 128
"""Plans that a pack keeps: those of a few days, at a few tables and shapes of records each."""
_lock = threading.Lock()


@dataclass(frozen=True)
class Shape:
    """What of a dataset plans depend on: the tables, the fields that each has, and where ids were refused."""

    present: tuple[tuple[str, frozenset[str]], ...]
    repeated: frozenset[str] = frozenset()
    """The tables of which rows were refused because of their ids."""
    proposed: frozenset[tuple[str, str, str]] = frozenset()
    """Table, field and heading of the columns that are not read and likely are a field that is not there."""
    unread: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Table and names of what was not read and may hold records of it."""

    @classmethod
    def of(cls, data: Dataset) -> Shape:
        """The shape of a dataset."""
        present = tuple(sorted((name, table.present) for name, table in data.tables.items()))
        repeated = frozenset(n for n, t in data.tables.items() if t.repeats_ids)
        proposed = frozenset((*line.near, line.text) for line in data.ignored if line.near is not None)
        unread = tuple((name, table.unread) for name, table in data.tables.items() if table.unread)
        return cls(present, repeated, proposed, unread)


@dataclass
class PackPlan:
    """A pack's rules planned for a shape of data: it holds no data, and serves any number of checks at a time."""

    pack: Pack
    rules: list[Rule]
    context: RuleContext
    names: dict[str, Names]
    tables: dict[str, TablePlan]
    """The tables whose batches must be read, with what is asked of them."""
    set_inputs: SetInputs
    dangling: dict[str, References]
    """For rules about linked records where to look for references that point to nothing."""


def rule_context(pack: Pack, as_of: date, calendar: WorkCalendar, shape: Shape) -> RuleContext:
    """What the rules of a pack are planned and judged against."""
    return RuleContext(
        as_of=as_of,
        calendar=calendar,
        covers=pack.covers_on(as_of),
        statutes=pack.statutes,
        present=dict(shape.present),
        repeated=shape.repeated,
        unread=dict(shape.unread),
        proposed=shape.proposed,
        roster_policy=str(pack.values.get("roster_day", "any_day")),
        roll_to_next_workday=bool(pack.values.get("roll_over_days_off", False)),
        topic_titles={t.id: (t.title.zh, t.title.en) for t in pack.topics.values()},
        known_terms=pack.known_terms,
        successors=pack.unit_successors,
        known_units=frozenset(u.name for u in pack.units),
        pack=pack.id,
    )


def plan_pack(
    pack: Pack, rules: Sequence[Rule], as_of: date, calendar: WorkCalendar, shape: Shape, *, include_all: bool
) -> PackPlan:
    """The plan of a pack's rules, from the pack's store where it has it."""
    key = (tuple(r.id for r in rules), as_of, calendar, shape, include_all)
    plan: PackPlan | None = pack.plans.get(key)
    if plan is None:
        plan = _plan(pack, rules, rule_context(pack, as_of, calendar, shape), include_all=include_all)
        with _lock:
            while len(pack.plans) >= _CACHE_SIZE:
                del pack.plans[next(iter(pack.plans))]
            pack.plans[key] = plan
    return plan


def _plan(pack: Pack, rules: Sequence[Rule], context: RuleContext, *, include_all: bool) -> PackPlan:
    evaluators, set_inputs = plan_evaluators(rules, context, include_all=include_all)
    names = {table: Names.of(pack, table) for table in context.present}
    tables = {table: TablePlan(names[table], evaluator) for table, evaluator in evaluators.items()}
    dangling = _dangling(rules, context)
    return PackPlan(pack, list(rules), context, names, tables, set_inputs, dangling)


def _dangling(rules: Sequence[Rule], context: RuleContext) -> dict[str, References]:
    """For each rule about linked records where to look for dangling references; rules about the same links share the look-up."""
    shared: dict[tuple[str, str, str, str], References] = {}
    by_rule: dict[str, References] = {}
    for rule in rules:
        if rule.kind.about == "set" or rule.on not in context.present or (found := rule.kind.dangling(rule, context)) is None:
            continue
        key = (rule.on, *found)
        if key not in shared:
            shared[key] = _references(*key, rules, context)
        by_rule[rule.id] = shared[key]
    return by_rule


def _references(on: str, table: str, by: str, day: str, rules: Sequence[Rule], context: RuleContext) -> References:
    """Where to look for rows of a linked table that refer to no record of a table, nor to one of another table that a rule links to.

    A row whose act is not done, or lies after the day of the check, is the absent record of nobody.
    """
    done = ~context.undated(table, day) & (pl.col(REJECTED) | (day_of(table, day) <= context.as_of).fill_null(True))
    keys = link_keys(pl.col(by))
    columns = {"key": keys, WHOLE: link_key(pl.col(by)), SEVERAL: (keys.list.len() > 1).fill_null(False)}
    columns |= {"names_another": ~says_nothing(pl.col(by)).fill_null(True)}
    columns |= {"_ref": row_key_text("id"), "on": day_of(table, day), **{n: pl.col(n) for n in ("id", "unit", SRC, ROW)}}

    def named(table: str, which: pl.Expr) -> list[Reduction]:
        names = linking_fields(table, context.present)
        return [keyed(table, which & pl.col(n).is_not_null(), pl.col(n), {}) for n in names]

    targets = named(on, pl.lit(True))
    for other in rules:
        linked = other.require.linked
        if other.on != on and other.on in context.present and linked and (linked.table, linked.by) == (table, by):
            applies = context.for_table().applies_expr(other, own_columns=True).fill_null(False) & ~pl.col(REJECTED)
            targets += named(other.on, applies)
    return References(Reduction(table, done, columns, explode=("key",)), tuple(targets), context.offices)
