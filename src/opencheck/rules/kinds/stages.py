"""``stages``: steps that must each be recorded, one after the other.

Reading: a step on the same day as the one before is in order. Once a later step is recorded, the earlier ones must be; while the last step
is still to come, what is in order so far is pending. Steps that need not occur (an investigation) may be blank, but not out of order.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import narwhals as nw
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.records.tables import TABLES
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step, day_of, need_field, outcome_chain
from opencheck.rules.judgement import Judgement
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Stages",
]


class Stages(Kind):
    """Dates recorded for each step, in order; see the module for the reading."""

    name: ClassVar[str] = "stages"

    steps: Annotated[list[str], Field(min_length=2, description="date fields, in the order in which they must lie")]
    optional: Annotated[list[str], Field(description="those of them that need not occur")] = []

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        for name in self.steps:
            need_field(rule.on, name, "date", "datetime")
        if unknown := [n for n in self.optional if n not in self.steps[:-1]]:
            raise ValueError(f"'optional' names no step before the last: {', '.join(unknown)}")

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        return {(rule.on, name) for name in self.steps}

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return self._absent(found) or self._early(found) or self.steps

    def plan(self, rule: Rule, scope: Scope) -> Judgement:
        """See :meth:`Kind.plan`."""
        mixed = len({TABLES[rule.on].fields[n].kind for n in self.steps}) > 1
        days = [day_of(rule.on, n) if mixed else nw.col(n) for n in self.steps]
        unrecorded = scope.fields(rule.on).absent
        early, gap, unsure = nw.lit(False), nw.lit(False), nw.lit(False)
        for i, name in enumerate(self.steps[:-1]):
            later = reduce(lambda a, b: a | b, [~d.is_null() for d in days[i + 1 :]])
            for day in days[i + 1 :]:
                early = early | (days[i] > day).fill_null(False)
            if name in self.optional:
                continue
            if name in unrecorded:
                unsure = unsure | (days[i].is_null() & later)
            else:
                gap = gap | (days[i].is_null() & later)
        open_ = nw.col(self.steps[-1]).is_null()
        codes = outcome_chain(
            scope.applies(rule),
            (early | gap, Outcome.VIOLATION),
            (unsure | (open_ & nw.lit(self.steps[-1] in unrecorded)), Outcome.INDETERMINATE),
            (open_, Outcome.PENDING),
            otherwise=Outcome.PASS,
        )
        latest = day_of(rule.on, self.steps[-1])
        for name in reversed(self.steps[:-1]):
            latest = nw.when(latest.is_null()).then(day_of(rule.on, name)).otherwise(latest)
        return Judgement(codes, latest)

    def _absent(self, found: Mapping[str, Any]) -> list[str]:
        last = max((i for i, n in enumerate(self.steps) if found.get(n) is not None), default=-1)
        return [n for n in self.steps[: last + 1] if found.get(n) is None and n not in self.optional]

    def _early(self, found: Mapping[str, Any]) -> list[str]:
        names, latest = [], None
        for name in self.steps:
            value = found.get(name)
            if value is None:
                continue
            if latest is not None and value < latest:
                names.append(name)
            latest = value if latest is None else max(latest, value)
        return names

    def missing(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[str]:
        """See :meth:`Kind.missing`."""
        unrecorded = scope.fields(rule.on).absent
        return [n for n in self.steps if n in unrecorded and found.get(n) is None]

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """See :meth:`Kind.lateness`: an order that is not kept is not late by days."""
        return None, None

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        return {
            "steps": [(rule.on, n) for n in self.steps],
            "values": {(rule.on, n): found.get(n) for n in self.steps},
            "absent": [(rule.on, n) for n in self._absent(found)],
            "early": [(rule.on, n) for n in self._early(found)],
            "last": (rule.on, self.steps[-1]),
            "missing": found.get("missing"),
            "as_of": scope.as_of,
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts, outcome = self._facts(rule, found, scope), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            return "missing.fact", facts
        if outcome is Outcome.VIOLATION:
            return ("stages.early" if facts["early"] else "stages.absent"), facts
        return f"stages.{outcome}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        steps: list[Step] = [("step.stages_wanted", facts), ("step.values", facts)]
        if facts["early"]:
            steps.append(("step.stages_early", facts))
        if facts["absent"]:
            steps.append(("step.stages_absent", facts))
        return steps
