"""``count``: at least a number of records in each period.

Reading: records are counted, not persons or agenda items; "at least" includes the number; what lies after the day of the check has not
happened yet. A record of which a needed fact is blank may or may not count: where it would decide, the result is indeterminate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import narwhals as nw
import polars as pl
from pydantic import Field

from opencheck.core.outcomes import QUIET, Outcome
from opencheck.core.periods import Every, Period, periods_between
from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import Conditions, check_fields, compile_conditions, iter_tests
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, need_field
from opencheck.rules.judgement import Judged
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Count",
]


class Count(Kind):
    """At least so many records in each period; see the module for the reading."""

    name: ClassVar[str] = "count"
    about: ClassVar[str] = "set"

    at_least: Annotated[int, Field(ge=1)]
    every: Every
    of: Annotated[str, Field(description="date field that puts a record in its period")]
    where: Annotated[Conditions, Field(description="what a record must meet to be counted")] = {}
    distinct: Annotated[str | None, Field(description="text field whose different values are counted, not the records")] = None

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        need_field(rule.on, self.of, "date")
        if self.distinct:
            need_field(rule.on, self.distinct, "text")
        check_fields(self.where, TABLES[rule.on])

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        mine = {(rule.on, self.of)} | {(rule.on, name) for name, _ in iter_tests(self.where)}
        return mine | ({(rule.on, self.distinct)} if self.distinct else set())

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return [self.of]

    def judge(self, rule: Rule, scope: Scope, everything: bool) -> tuple[dict[Outcome, int], list[Judged]]:
        """See :meth:`Kind.judge`."""
        fields = scope.fields(rule.on)
        asked = [n for conditions in (rule.when, self.where) for n, t in iter_tests(conditions) if t.unknown is None]
        needed = list(dict.fromkeys([self.of, *asked, *([self.distinct] if self.distinct else [])]))
        counts_ = scope.applies(rule) & compile_conditions(self.where, fields)
        rows = scope.rows(
            scope.witnesses[rule.on]
            .with_columns(counts_.alias("_counts"), (nw.col(self.of) > scope.as_of).alias("_future"))
            .filter(nw.col("_counts").fill_null(True) & ~nw.col("_future").fill_null(False))
            .select("id", "unit", ROW, SRC, "_ghost", "_counts", *needed)
        )
        sure = pl.col("_counts").fill_null(False) & pl.col(self.of).is_not_null() & ~pl.col("_ghost")
        if self.distinct:
            sure = sure & pl.col(self.distinct).is_not_null()
        result: list[Judged] = []
        counts: dict[Outcome, int] = {}
        for period in periods_between(scope.covers.first, scope.covers.last, self.every):
            judged = self._period(rule, scope, rows, sure, period, needed)
            counts[judged.outcome] = counts.get(judged.outcome, 0) + 1
            if everything or judged.outcome not in QUIET:
                result.append(judged)
        return counts, result

    def _period(self, rule: Rule, scope: Scope, rows: pl.DataFrame, sure: pl.Expr, period: Period, needed: list[str]) -> Judged:
        inside = pl.col(self.of).is_between(period.first_day, period.last_day)
        # Ids are unique in a sheet only: the same id on the same day in two sheets is one thing listed twice.
        counted = rows.filter(sure & inside).unique(["id", self.of]).sort(self.of, "id")
        if self.distinct:
            counted = counted.unique(self.distinct, keep="first", maintain_order=True)
        doubtful = rows.filter(~sure & inside.fill_null(True))
        low, high = len(counted), len(counted) + len(doubtful)
        over = scope.as_of >= period.last_day
        missing: tuple[str, ...] = ()
        if low >= self.at_least:
            outcome = Outcome.PASS
        elif not over:
            outcome = Outcome.PENDING
        elif high < self.at_least:
            outcome = Outcome.VIOLATION
        else:
            outcome = Outcome.INDETERMINATE
            missing = tuple(f"{rule.on}.{n}" for n in needed if doubtful[n].null_count()) or (f"{rule.on}.rejected",)
        first = counted.head(20)
        return Judged(
            outcome,
            period=period.name,
            due=period.last_day,
            actual=counted[self.of][self.at_least - 1] if low >= self.at_least else None,
            facts={
                "counted": low,
                "possible": high,
                "records": list(first.select("id", self.of).iter_rows()),
                "doubtful": doubtful["id"].head(5).to_list(),
            },
            missing=missing,
        )

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """See :meth:`Kind.lateness`: what is short in number is not late by days."""
        return None, None

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        return {
            "table": rule.on,
            "of_field": (rule.on, self.of),
            "period": found.get("period"),
            "at_least": self.at_least,
            "counted": found.get("counted"),
            "possible": found.get("possible"),
            "records": found.get("records"),
            "doubtful": found.get("doubtful"),
            "due": found.get("due"),
            "missing": found.get("missing"),
            "as_of": scope.as_of,
            "short": self.at_least - (found.get("counted") or 0),
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        return f"count.{found['outcome']}", self._facts(rule, found, scope)

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        steps: list[Step] = [("step.count_wanted", facts)]
        steps += [("step.counted", {**facts, "record": i, "day": d}) for i, d in facts["records"] or ()]
        steps.append(("step.count_found", facts))
        if facts["doubtful"]:
            steps.append(("step.count_doubtful", facts))
        return steps
