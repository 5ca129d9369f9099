"""``permanent``: what is published stays up, for good or as long as the roster says that its reason runs.

Reading: no last day means still up. What was taken down is a violation unless the roster shows that the reason had ended by then; a subject
that is on no roster leaves that open. A last day after the day of the check has not come yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import narwhals as nw
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, need_field, outcome_chain, undotted
from opencheck.rules.judgement import Judgement
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Permanent",
]


class Permanent(Kind):
    """Not taken down, or not while its reason runs; see the module for the reading."""

    name: ClassVar[str] = "permanent"

    until: Annotated[str, Field(description="date field: the last day up; blank while still up")]
    while_on_roster: Annotated[
        str | None, Field(description="topic of the roster whose 'until' ends the reason; without it, for good")
    ] = None

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        need_field(rule.on, self.until, "date")
        if self.while_on_roster:
            need_field(rule.on, "subject", "text")

    def topics_of(self, rule: Rule) -> list[str]:
        """See :meth:`Kind.topics_of`."""
        return [self.while_on_roster] if self.while_on_roster else []

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        found = {(rule.on, self.until)}
        if self.while_on_roster:
            found |= {(rule.on, "subject"), *(("roster", n) for n in ("topic", "subject", "until"))}
        return found

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return [self.until]

    def plan(self, rule: Rule, scope: Scope) -> Judgement:
        """See :meth:`Kind.plan`."""
        until = nw.col(self.until)
        recorded = nw.lit(self.until in scope.present.get(rule.on, ())) | ~until.is_null()
        up = until.is_null() | (until > scope.as_of)
        ended, listed = self._ended(scope)
        codes = outcome_chain(
            scope.applies(rule),
            (~recorded, Outcome.INDETERMINATE),
            (up, Outcome.PASS),
            (ended <= until, Outcome.PASS),
            (~listed, Outcome.INDETERMINATE),
            otherwise=Outcome.VIOLATION,
        )
        return Judgement(codes, None, until, {"until": until, "ended": ended, "listed": listed})

    def _ended(self, scope: Scope) -> tuple[nw.Expr, nw.Expr]:
        """The day on which the reason ended, where the roster has one, and whether it can be told at all."""
        if not self.while_on_roster:
            return nw.lit(None, dtype=nw.Date), nw.lit(True)
        if "roster" not in scope.witnesses or not {"topic", "subject"} <= scope.present["roster"]:
            return nw.lit(None, dtype=nw.Date), nw.lit(False)
        prefix, topic = undotted(f"_roster:{self.while_on_roster}"), self.while_on_roster

        def make() -> nw.LazyFrame[Any]:
            day = nw.col("until").fill_null(date(9999, 12, 31))
            rows = scope.witnesses["roster"].filter((nw.col("topic") == topic) & ~nw.col("subject").is_null())
            known = rows.filter(~nw.col("_ghost")).with_columns(day.alias(f"{prefix}|until"))
            return known.group_by("subject").agg(nw.col(f"{prefix}|until").max()).rename({"subject": f"{prefix}|key"})

        scope.link(prefix, "subject", make)
        last = nw.col(f"{prefix}|until")
        return last, ~last.is_null()

    def missing(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[str]:
        """See :meth:`Kind.missing`."""
        if found.get("until") is None:
            return [self.until]
        return ["subject"] if self.while_on_roster and found.get("subject") is None else ["roster.subject"]

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """See :meth:`Kind.lateness`: what was taken down is not late by days."""
        return None, None

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        ended = found.get("ended")
        return {
            "until": found.get("until"),
            "to_field": (rule.on, self.until),
            "ended": ended if ended and ended.year < 9999 else None,
            "subject": found.get("subject"),
            "missing": found.get("missing"),
            "as_of": scope.as_of,
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts, outcome = self._facts(rule, found, scope), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            return ("missing.fact" if facts["until"] is None else "permanent.indeterminate"), facts
        if outcome is Outcome.VIOLATION and self.while_on_roster:
            return "permanent.violation_while", facts
        return f"permanent.{outcome}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        steps: list[Step] = [("step.taken_down" if facts["until"] else "step.still_up", facts)]
        if self.while_on_roster and facts["until"]:
            steps.append(
                (
                    "step.reason_ended"
                    if facts["ended"]
                    else "step.reason_runs"
                    if found.get("ended")
                    else "step.off_roster_here",
                    facts,
                )
            )
        return steps
