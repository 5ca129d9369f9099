"""``recent``: something must have happened not longer ago than a limit.

Reading: the limit starts with the last time, that day not counted; on its last day the record is still in order. A blank is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import Duration, LimitSpec
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, day_of, need_field, norm_steps, outcome_chain
from opencheck.rules.judgement import Judgement
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Recent",
]


class Recent(Kind):
    """Last done not longer ago than a limit; see the module for the reading."""

    name: ClassVar[str] = "recent"

    field: Annotated[str, Field(description="date field: the last time")]
    limit: LimitSpec

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        need_field(rule.on, self.field, "date", "datetime")
        if isinstance(self.limit, Duration) and self.limit.unit == "hours":
            raise ValueError("recent needs a limit in days or working_days")

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        return {(rule.on, self.field)}

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return [self.field]

    def plan(self, rule: Rule, scope: Scope) -> Judgement:
        """See :meth:`Kind.plan`."""
        day = day_of(rule.on, self.field)
        due = scope.due(self.field, self.limit)
        codes = outcome_chain(
            scope.applies(rule),
            (day.is_null() | due.is_null() | (day > scope.as_of), Outcome.INDETERMINATE),
            (due >= scope.as_of, Outcome.PASS),
            otherwise=Outcome.VIOLATION,
        )
        return Judgement(codes, due, None, {"start": day})

    def missing(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[str]:
        """See :meth:`Kind.missing`."""
        return [self.field] if found.get("start") is None else []

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        start = found.get("start")
        limit = scope.limit_on(self.limit, start) if start else None
        return {
            "from_field": (rule.on, self.field),
            "start": start,
            "limit": limit.duration if limit else None,
            "days": (scope.as_of - start).days if start else None,
            "due": found.get("due"),
            "missing": found.get("missing"),
            "as_of": scope.as_of,
            "last_year": scope.calendar.last_known.year,
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts, outcome = self._facts(rule, found, scope), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            if found.get("missing"):
                return "missing.fact", facts
            if facts["limit"] is None:
                return "within.no_norm", facts
            return ("recent.future" if facts["days"] < 0 else "within.calendar"), facts
        return f"recent.{outcome}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        if facts["start"] is None:
            return []
        steps: list[Step] = [("step.event", facts)]
        steps += norm_steps(scope.limit_on(self.limit, facts["start"]), facts)
        return [*steps, *([("step.due", facts)] if facts["due"] else [])]
