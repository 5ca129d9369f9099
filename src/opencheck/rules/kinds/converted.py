"""``converted``: what is requested often, and can be public, is published for everybody.

Reading: requests for the same thing are counted by its wording; from the request that makes them many, a limit runs in which it must
be published. Requests of which it is blank whether the information can be public may or may not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import narwhals as nw
import polars as pl
from pydantic import Field

from opencheck.core.outcomes import QUIET, Outcome
from opencheck.core.time_limits import Duration, LimitSpec
from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import Conditions, check_fields, compile_conditions, iter_tests
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, need_field, norm_steps
from opencheck.rules.judgement import Judged, Linked
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Converted",
]


class Converted(Kind):
    """What many ask for is published; see the module for the reading."""

    name: ClassVar[str] = "converted"
    about: ClassVar[str] = "set"

    at_least: Annotated[int, Field(ge=1, description="how many requests are many")]
    of: Annotated[str, Field(description="text field that tells what is asked for")]
    day: Annotated[str, Field(description="date field of the request")]
    where: Annotated[Conditions, Field(description="what a request must meet to be counted")] = {}
    into: Annotated[Linked, Field(description="table and text field in which it must be published")]
    done: Annotated[str, Field(description="date field of that table: the day of publication")] = "published_on"
    limit: LimitSpec

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        need_field(rule.on, self.of, "text")
        need_field(rule.on, self.day, "date")
        check_fields(self.where, TABLES[rule.on])
        need_field(self.into.table, self.into.by, "text")
        need_field(self.into.table, self.done, "date")
        if isinstance(self.limit, Duration) and self.limit.unit == "hours":
            raise ValueError("converted needs a limit in days or working_days")

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        mine = {(rule.on, n) for n in (self.of, self.day, *(n for n, _ in iter_tests(self.where)))}
        return mine | {(self.into.table, n) for n in (self.into.by, self.done, "title")}

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return [self.of]

    def judge(self, rule: Rule, scope: Scope, everything: bool) -> tuple[dict[Outcome, int], list[Judged]]:
        """See :meth:`Kind.judge`."""
        counted = scope.applies(rule) & compile_conditions(self.where, scope.fields(rule.on))
        frame = scope.witnesses[rule.on].with_columns(counted.alias("_counts"))
        frame = frame.filter(nw.col("_counts").fill_null(True)).filter((nw.col(self.day) <= scope.as_of).fill_null(True))
        rows = scope.rows(frame.select("id", "unit", self.of, self.day, "_counts", "_ghost", SRC, ROW))
        sure = pl.col("_counts").fill_null(False) & pl.col(self.day).is_not_null() & ~pl.col("_ghost")
        named = rows.filter(pl.col(self.of).is_not_null())
        groups = named.filter(sure).sort(self.day).group_by(self.of, maintain_order=True)
        many = groups.agg(pl.len().alias("n"), pl.col(self.day).alias("days"), pl.col("unit").drop_nulls().first())
        maybe = dict(named.filter(~sure).group_by(self.of).len().iter_rows())
        published = self._published(scope)
        counts: dict[Outcome, int] = {}
        result: list[Judged] = []
        seen = set(many[self.of].to_list())
        extra = pl.DataFrame({self.of: [k for k in maybe if k not in seen]}, schema={self.of: pl.String})
        everything_asked = pl.concat([many, extra], how="diagonal").sort(self.of)
        for row in everything_asked.iter_rows(named=True):
            judged = self._one(rule, scope, row, maybe.get(row[self.of], 0), published)
            counts[judged.outcome] = counts.get(judged.outcome, 0) + 1
            if everything or judged.outcome not in QUIET:
                result.append(judged)
        return counts, result

    def _published(self, scope: Scope) -> dict[str, date | None] | None:
        """When each thing was first published, by its wording and by the title; None where the table is not given."""
        table = self.into.table
        if table not in scope.witnesses or self.done not in scope.present[table]:
            return None
        found: dict[str, date | None] = {}
        for name in (self.into.by, "title"):
            rows = scope.frames[table].filter(~nw.col(name).is_null() & (nw.col(self.done) <= scope.as_of))
            first = rows.group_by(name).agg(nw.col(self.done).min().alias("_first"))
            for key, day in scope.fetch(first).iter_rows():
                before = found.get(key)
                found[key] = day if before is None else min(before, day)
        return found

    def _one(
        self,
        rule: Rule,
        scope: Scope,
        row: dict[str, Any],
        maybe: int,
        published: dict[str, date | None] | None,
    ) -> Judged:
        what, n, days = row[self.of], row["n"] or 0, row["days"] or []
        facts: dict[str, Any] = {"counted": n, "possible": n + maybe, "what": what}
        if n < self.at_least:
            if n + maybe < self.at_least:
                return Judged(Outcome.NOT_APPLICABLE, row["unit"], subject=what, facts=facts)
            asked = [name for name, t in iter_tests(self.where) if t.unknown is None]
            missing = tuple(f"{rule.on}.{name}" for name in asked) or (f"{rule.on}.{self.day}",)
            return Judged(Outcome.INDETERMINATE, row["unit"], subject=what, facts=facts, missing=missing)
        start: date = days[self.at_least - 1]
        limit = scope.limit_on(self.limit, start)
        due = scope.end_of(start, limit.duration) if limit else None
        facts |= {"start": start}
        if published is None:
            missing = (self.into.table if self.into.table not in scope.present else f"{self.into.table}.{self.done}",)
            return Judged(Outcome.INDETERMINATE, row["unit"], subject=what, due=due, facts=facts, missing=missing)
        done = published.get(what)
        if due is None:
            outcome = Outcome.INDETERMINATE
        elif done is not None:
            outcome = Outcome.PASS if done <= due else Outcome.VIOLATION
        else:
            outcome = Outcome.PENDING if due > scope.as_of else Outcome.VIOLATION
        return Judged(outcome, row["unit"], subject=what, due=due, actual=done, facts=facts)

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """See :meth:`Kind.lateness`: in the unit of the limit."""
        limit = scope.limit_on(self.limit, found["start"]) if found.get("start") else None
        if limit is None or found.get("due") is None:
            return super().lateness(rule, found, scope)
        return scope.late(limit.duration, found["due"], found.get("actual") or scope.as_of)

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        start = found.get("start")
        limit = scope.limit_on(self.limit, start) if start else None
        return {
            "what": found.get("what"),
            "counted": found.get("counted"),
            "possible": found.get("possible"),
            "at_least": self.at_least,
            "start": start,
            "from_field": (rule.on, self.day),
            "limit": limit.duration if limit else None,
            "due": found.get("due"),
            "actual": found.get("actual"),
            "missing": found.get("missing"),
            "as_of": scope.as_of,
            "late_by": found.get("late_by"),
            "last_year": scope.calendar.last_known.year,
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts, outcome = self._facts(rule, found, scope), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            if not found.get("missing"):
                return ("within.no_norm" if facts["limit"] is None else "within.calendar"), facts
            return ("missing.fact" if facts["start"] else "converted.indeterminate"), facts
        if outcome is Outcome.VIOLATION:
            return ("converted.late" if facts["actual"] else "converted.absent"), facts
        return f"converted.{outcome}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        steps: list[Step] = [("step.converted", facts)]
        if facts["start"]:
            steps.append(("step.event", facts))
            steps += norm_steps(scope.limit_on(self.limit, facts["start"]), facts)
            if facts["due"]:
                steps.append(("step.due", facts))
        if facts["actual"]:
            steps.append(("step.actual", facts))
        return steps
