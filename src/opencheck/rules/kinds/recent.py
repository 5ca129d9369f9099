"""``recent``: something must have happened not longer ago than a limit.

Reading: the limit starts with the last time, that day not counted; on its last day the record is still in order. A blank is unknown.
Where the calendar ends before the last day, the check day within the known days is in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import Duration, LimitSpec
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, day_of, norm_steps, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.requirement import Kind

__all__ = [
    "Recent",
]


class Recent(Kind):
    """Last done not longer ago than a limit; see the module for the reading."""

    name: ClassVar[str] = "recent"

    field: Annotated[str, Field(description="date field: the last time")]
    limit: LimitSpec

    def check(self, rule: RuleSpec) -> None:
        require_field(rule.on, self.field, "date", "datetime")
        if isinstance(self.limit, Duration) and self.limit.unit == "hours":
            raise ValueError("recent needs a limit in days or working_days")

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        return {(rule.on, self.field)}

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.field]

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        day = day_of(rule.on, self.field)
        due = context.due(self.field, self.limit)
        span, calendar = context.from_day(self.field, "span", self.limit), context.calendar
        inside = (day >= calendar.first_known) & pl.lit(context.as_of <= calendar.last_known) & span.is_not_null()
        elapsed = (pl.lit(context.as_of) - day).dt.total_days()
        surely = due.is_null() & (day <= context.as_of) & (inside | (elapsed <= span))
        codes = outcome_expr(
            context.applies(rule),
            (surely, Outcome.PASS),
            (day.is_null() | due.is_null() | (day > context.as_of), Outcome.INDETERMINATE),
            (due >= context.as_of, Outcome.PASS),
            otherwise=Outcome.VIOLATION,
        )
        return Judgement(codes, due, None, {"start": day})

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        return [self.field] if found.get("start") is None else []

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        start = found.get("start")
        limit = context.limit_on(self.limit, start) if start else None
        return {
            "from_field": (rule.on, self.field),
            "start": start,
            "limit": limit.duration if limit else None,
            "days": (context.as_of - start).days if start else None,
            "due": found.get("due"),
            "missing": found.get("missing"),
            "as_of": context.as_of,
            "last_year": context.calendar.last_known.year,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            if found.get("missing"):
                return "missing.fact", facts
            if facts["limit"] is None:
                return "within.no_norm", facts
            return ("recent.future" if facts["days"] < 0 else "within.calendar"), facts
        return f"recent.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        if facts["start"] is None:
            return []
        steps: list[Step] = [("step.event", facts)]
        steps += norm_steps(context.limit_on(self.limit, facts["start"]), facts)
        return [*steps, *([("step.due", facts)] if facts["due"] else [])]
