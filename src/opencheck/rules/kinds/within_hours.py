"""``within_hours``: something must happen within hours of an event.

Reading: hours run on, nights and days off included; the limit ends at the minute. Both moments must be known with
their time of day (Asia/Shanghai). A check is made at the end of its day: what was due before then and is not done is late.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import narwhals as nw
from pydantic import Field

from opencheck.core.clock import SHANGHAI
from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import DatedLimit, Duration, LimitSpec
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, day_of, need_field, norm_steps, outcome_chain
from opencheck.rules.judgement import Judgement
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "WithinHours",
]


class WithinHours(Kind):
    """Done within hours of an event; see the module for the reading."""

    name: ClassVar[str] = "within_hours"

    from_: Annotated[str, Field(alias="from", description="datetime field: the event")]
    to: Annotated[str, Field(description="datetime field that must lie in the limit")]
    limit: LimitSpec

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        need_field(rule.on, self.from_, "datetime")
        need_field(rule.on, self.to, "datetime")
        if isinstance(self.limit, Duration) and self.limit.unit != "hours":
            raise ValueError("within_hours needs 'limit: N hours'")

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        return {(rule.on, self.from_), (rule.on, self.to)}

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return [self.to]

    @staticmethod
    def _end(scope: Scope) -> datetime:
        """The moment at which the check is made: the end of its day."""
        return datetime.combine(scope.as_of + timedelta(days=1), time(), SHANGHAI)

    def plan(self, rule: Rule, scope: Scope) -> Judgement:
        """See :meth:`Kind.plan`."""
        start, done = nw.col(self.from_), nw.col(self.to)
        end = scope.backend.moment(self._end(scope))
        known = nw.lit(self.to in scope.present.get(rule.on, ())) | ~done.is_null()
        # One expression a value of the limit: the day of the event chooses, and durations add to moments on every engine.
        late, over = nw.lit(None, dtype=nw.Boolean), nw.lit(None, dtype=nw.Boolean)
        due = nw.lit(None, dtype=nw.Date)
        for limit in reversed(scope.dated(self.limit)):
            span = timedelta(hours=limit.duration.number)
            day = day_of(rule.on, self.from_)
            holds = nw.lit(True)
            if limit.since:
                holds = holds & (day >= limit.since)
            if limit.until:
                holds = holds & (day <= limit.until)
            late = nw.when(holds).then(done > start + span).otherwise(late)
            over = nw.when(holds).then(start + span < end).otherwise(over)
            due = nw.when(holds).then((start + span).dt.date()).otherwise(due)
        contradiction = done < start
        seen = (done < end).fill_null(False)
        codes = outcome_chain(
            scope.applies(rule),
            (start.is_null() | over.is_null() | contradiction.fill_null(False), Outcome.INDETERMINATE),
            (seen & late.fill_null(False), Outcome.VIOLATION),
            (seen, Outcome.PASS),
            (~over, Outcome.PENDING),
            (~known, Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        return Judgement(codes, due, done.dt.date(), {"start": start, "done": done})

    def _limit(self, found: Mapping[str, Any], scope: Scope) -> DatedLimit | None:
        return scope.limit_on(self.limit, found["start"].date()) if found.get("start") else None

    def missing(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[str]:
        """See :meth:`Kind.missing`."""
        if found.get("start") is None:
            return [self.from_]
        return [self.to] if found.get("done") is None and self._limit(found, scope) else []

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """See :meth:`Kind.lateness`: in whole hours, begun hours counted."""
        limit = self._limit(found, scope)
        if limit is None:
            return None, None
        end = self._end(scope)
        done = found["done"] if found["done"] is not None and found["done"] < end else end
        late = done - (found["start"] + timedelta(hours=limit.duration.number))
        return -(-int(late.total_seconds()) // 3600), "hours"

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        limit, start = self._limit(found, scope), found.get("start")
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
            "as_of": scope.as_of,
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts, outcome = self._facts(rule, found, scope), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            if found.get("missing"):
                return "missing.fact", facts
            return ("within.no_norm" if facts["limit"] is None else "within_hours.contradiction"), facts
        if outcome is Outcome.VIOLATION:
            seen = facts["actual"] is not None and facts["actual"] < self._end(scope)
            return ("within_hours.late" if seen else "within_hours.absent"), facts
        return f"within_hours.{outcome}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts, limit = self._facts(rule, found, scope), self._limit(found, scope)
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
