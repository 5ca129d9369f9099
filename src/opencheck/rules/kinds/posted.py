"""``posted``: a notice must stay up for a number of days.

Reading: calendar days; the posting day and the last day both count, as notices print their periods. A posting that reaches the number
only by counting the posting day passes and is marked ``borderline`` (民法典第二百零一条 would leave that day out). A notice with
no last day is still up: it is counted up to the day of the check and stays pending until the number is reached. Minimum periods
are not rolled over holidays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import Duration, Limit
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.requirement import Kind

__all__ = [
    "Posted",
]


class Posted(Kind):
    """Kept up for at least a number of calendar days; see the module for the reading."""

    name: ClassVar[str] = "posted"
    open_only: ClassVar[bool] = True
    falls_short: ClassVar[bool] = True

    from_: Annotated[str, Field(alias="from", description="date field: the first day posted, counted")]
    until: Annotated[str, Field(description="date field: the last day posted, counted; blank while still posted")]
    at_least: Limit

    def check(self, rule: RuleSpec) -> None:
        require_field(rule.on, self.from_, "date")
        require_field(rule.on, self.until, "date")
        if self.at_least.unit != "days" or self.at_least.number < 1:
            raise ValueError("posted needs 'at_least: N days' with N of 1 or more")

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        return {(rule.on, self.from_), (rule.on, self.until)}

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return [self.until]

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        start, until = pl.col(self.from_), pl.col(self.until)
        reached = context.due(self.from_, Duration(self.at_least.number - 1, "days"))
        strictly = context.due(self.from_, self.at_least)
        up = until.is_null() | (until > context.as_of)
        last = pl.when(up).then(pl.lit(context.as_of)).otherwise(until)
        recorded = pl.lit(self.until in context.present.get(rule.on, ())) | ~until.is_null()
        enough = last >= reached
        codes = outcome_expr(
            context.applies(rule),
            (start.is_null(), Outcome.INDETERMINATE),
            (reached.is_null(), Outcome.INDETERMINATE),
            (until < start, Outcome.INDETERMINATE),
            (start > context.as_of, Outcome.PENDING),
            (~recorded & enough, Outcome.INDETERMINATE),
            (enough, Outcome.PASS),
            (up, Outcome.PENDING),
            otherwise=Outcome.VIOLATION,
        )
        extras = {
            "start": start,
            "until": until,
            "borderline": (enough & (last < strictly)).fill_null(False),
        }
        return Judgement(codes, reached, until, extras)

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        if found.get("start") is None:
            return [self.from_]
        return [] if found.get("until") else [self.until]

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """The days by which the posting fell short."""
        start, until = found.get("start"), found.get("until")
        if start is None or until is None:
            return None, None
        return self.at_least.number - (until - start).days - 1, "days"

    def is_done(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> bool:
        """What was taken down early was not done."""
        return False

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        start, until = found.get("start"), found.get("until")
        last = min(until or context.as_of, context.as_of)
        return {
            "from_field": (rule.on, self.from_),
            "to_field": (rule.on, self.until),
            "start": start,
            "until": until,
            "last": last,
            "limit": self.at_least,
            "days": (last - start).days + 1 if start else None,
            "due": found.get("due"),
            "late_by": found.get("late_by"),
            "late_unit": "days",
            "missing": found.get("missing"),
            "as_of": context.as_of,
            "strict": start + timedelta(days=self.at_least.number) if start else None,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            if found.get("missing"):
                return "missing.fact", facts
            return "posted.contradiction", facts
        return ("posted.borderline" if found.get("borderline") else f"posted.{outcome}"), facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        if facts["start"] is None:
            return []
        steps: list[Step] = [("step.posted_from", facts), ("step.reading_posted", facts)]
        steps.append(("step.posted_until" if facts["until"] else "step.still_posted", facts))
        if facts["days"] > 0:  # a last day before the first, or a first day still to come, makes no posting
            steps.append(("step.posted_days", facts))
        if found.get("borderline"):
            steps.append(("step.borderline", facts))
        if found.get("late_by"):
            steps.append(("step.short", facts))
        return steps
