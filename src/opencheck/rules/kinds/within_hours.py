"""``within_hours``: something must happen within hours of an event.

Reading: hours run on, nights and days off included; the limit ends at the minute. Both moments must be known with
their time of day (Asia/Shanghai). A check is made at the end of its day: what was due before then and is not done is late. Less than an
hour late is told in minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.clock import SHANGHAI
from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import DatedLimit, Duration, LimitSpec
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, day_of, norm_steps, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.requirement import Kind

__all__ = [
    "WithinHours",
]


class WithinHours(Kind):
    """Done within hours of an event; see the module for the reading."""

    name: ClassVar[str] = "within_hours"

    from_: Annotated[str, Field(alias="from", description="datetime field: the event")]
    to: Annotated[str, Field(description="datetime field that must lie in the limit")]
    limit: LimitSpec

    def check(self, rule: RuleSpec) -> None:
        require_field(rule.on, self.from_, "datetime")
        require_field(rule.on, self.to, "datetime")
        if isinstance(self.limit, Duration) and self.limit.unit != "hours":
            raise ValueError("within_hours needs 'limit: N hours'")

    @property
    def limit_units(self) -> tuple[str, ...]:
        return ("hours",)

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        return {(rule.on, self.from_), (rule.on, self.to)}

    def starting_fields(self, rule: RuleSpec) -> tuple[str, ...]:
        return (self.from_,)

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.to]

    @staticmethod
    def _end(context: RuleContext) -> datetime:
        """The moment at which the check is made: the end of its day."""
        return datetime.combine(context.as_of + timedelta(days=1), time(), SHANGHAI)

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        start, done = pl.col(self.from_), pl.col(self.to)
        end = pl.lit(self._end(context))
        known = pl.lit(self.to in context.present.get(rule.on, ())) | ~done.is_null()
        # One expression a value of the limit: the day of the event chooses, and durations add to moments on every engine.
        late, over = pl.lit(None, dtype=pl.Boolean), pl.lit(None, dtype=pl.Boolean)
        due = pl.lit(None, dtype=pl.Date)
        for limit in reversed(context.versions(self.limit)):
            span = timedelta(hours=limit.duration.number)
            day = day_of(rule.on, self.from_)
            holds = pl.lit(True)
            if limit.since:
                holds = holds & (day >= limit.since)
            if limit.until:
                holds = holds & (day <= limit.until)
            late = pl.when(holds).then(done > start + span).otherwise(late)
            over = pl.when(holds).then(start + span < end).otherwise(over)
            due = pl.when(holds).then((start + span).dt.date()).otherwise(due)
        seen = done < end
        codes = outcome_expr(
            context.applies(rule),
            (start.is_null() | over.is_null() | (done < start), Outcome.INDETERMINATE),
            (seen & late, Outcome.VIOLATION),
            (seen, Outcome.PASS),
            (~over, Outcome.PENDING),
            (~known, Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        return Judgement(codes, due, done.dt.date(), {"start": start, "done": done})

    def _limit(self, found: Mapping[str, Any], context: RuleContext) -> DatedLimit | None:
        return context.limit_on(self.limit, found["start"].date()) if found.get("start") else None

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        if found.get("start") is None:
            return [self.from_]
        return [self.to] if found.get("done") is None and self._limit(found, context) else []

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """In hours, begun hours counted; less than an hour in minutes, begun minutes counted."""
        limit = self._limit(found, context)
        if limit is None:
            return None, None
        end = self._end(context)
        done = end if found["done"] is None else min(found["done"], end)
        late = done - (found["start"] + timedelta(hours=limit.duration.number))
        seconds = int(late.total_seconds())
        return (-(-seconds // 60), "minutes") if seconds < 3600 else (-(-seconds // 3600), "hours")

    def due_moment(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> datetime | None:
        """The minute at which the hours are over."""
        limit = self._limit(found, context)
        due: datetime | None = found["start"] + timedelta(hours=limit.duration.number) if limit else None
        return due

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        limit, start = self._limit(found, context), found.get("start")
        return {
            "from_field": (rule.on, self.from_),
            "to_field": (rule.on, self.to),
            "start": start,
            "limit": limit.duration if limit else None,
            "due_at": start + timedelta(hours=limit.duration.number) if start and limit else None,
            "actual": found.get("done"),
            "late_by": found.get("late_by"),
            "late_unit": found.get("late_unit"),
            "missing": found.get("missing"),
            "as_of": context.as_of,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            if found.get("missing"):
                return "missing.fact", facts
            return ("within.no_norm" if facts["limit"] is None else "within_hours.contradiction"), facts
        if outcome is Outcome.VIOLATION:
            seen = facts["actual"] is not None and facts["actual"] < self._end(context)
            return ("within_hours.late" if seen else "within_hours.absent"), facts
        return f"within_hours.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts, limit = self._facts(rule, found, context), self._limit(found, context)
        if facts["start"] is None:
            return []
        steps: list[Step] = [("step.event_hours", facts)]
        steps += norm_steps(limit, facts)
        if limit:
            steps += [("step.reading_hours", facts), ("step.due_at", facts)]
        steps.append(("step.actual", facts) if facts["actual"] else ("step.not_done", facts))
        if facts["late_by"]:
            steps.append(("step.late", facts))
        return steps
