"""The columns that rules read of a batch, and how those are made that no source has: answers about lists, days of the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from opencheck.core.calendar import FIRST_DAY
from opencheck.engine.calendar_columns import calendar_columns, working_days
from opencheck.records.tables import TABLES
from opencheck.rules.context import RuleContext
from opencheck.rules.reductions import in_steps

__all__ = ["Stage", "Stages"]

_EPOCH_OFFSET = (FIRST_DAY - date(1970, 1, 1)).days


@dataclass(frozen=True)
class Stage:
    """The columns that a stage of the evaluation reads, and how those come about that no source has."""

    own: frozenset[str]
    lists: Mapping[str, tuple[pl.Expr, ...]]
    """What is asked of lists, by their fields."""
    steps: tuple[tuple[pl.Expr, ...], ...]
    """Columns that are made one after the other: places in the calendar, what stands there, working days by number, shared columns."""


class Stages:
    """Plans stages of the evaluation of a table.

    Args:
        table: the table.
        context: where its rules were planned; its columns are those that they share.
    """

    def __init__(self, table: str, context: RuleContext) -> None:
        self._columns = context.columns
        self._fields = TABLES[table].fields
        self._days = {name: calendar_columns(context, columns) for name, columns in context.columns.by_day.items()}
        self._working = working_days(context.calendar) if context.columns.workdays else pl.Series(dtype=pl.Date)

    def reading(self, expressions: Iterable[pl.Expr]) -> Stage:
        """The stage after which these expressions can be worked out."""
        columns = self._columns
        made = {**columns.shared, **columns.workdays}
        chosen: set[str] = set()
        found = {n for e in expressions for n in e.meta.root_names()}
        while found:
            chosen |= found
            found = {r for n in found if n in made for r in made[n].meta.root_names()} - chosen
        lists: dict[str, list[pl.Expr]] = {}
        for question, (name, answer) in columns.lists.items():
            if question in chosen:
                lists.setdefault(name, []).append(answer.alias(question))
        days = {name: [c for c in known.columns if c in chosen] for name, known in self._days.items()}
        days = {name: wanted for name, wanted in days.items() if wanted}
        places = []
        for name in days:
            day = pl.col(name).dt.date() if self._fields[name].kind == "datetime" else pl.col(name)
            places.append(_within(day.cast(pl.Int32).cast(pl.Int64) - _EPOCH_OFFSET, len(self._days[name])).alias(f"@{name}"))
        found_there = [pl.lit(self._days[n][c]).gather(pl.col(f"@{n}")).alias(c) for n, wanted in days.items() for c in wanted]
        workdays = {n: e for n, e in columns.workdays.items() if n in chosen}
        numbers = {f"@{n}": _within(e.cast(pl.Int64) - 1, len(self._working)) for n, e in workdays.items()}
        by_number = {n: pl.lit(self._working).gather(pl.col(f"@{n}")) for n in workdays}
        worked_out = in_steps({**{n: e for n, e in columns.shared.items() if n in chosen}, **numbers, **by_number})
        steps = tuple(tuple(step) for step in (places, found_there, *worked_out) if step)
        return Stage(
            frozenset(chosen | set(lists) | set(days)), {n: tuple(predicates) for n, predicates in lists.items()}, steps
        )


def _within(at: pl.Expr, length: int) -> pl.Expr:
    return pl.when(at.is_between(0, length - 1)).then(at)
