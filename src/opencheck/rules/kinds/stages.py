"""``stages``: steps that must each be recorded, one after the other.

Reading: a step on the same day as the one before is in order. Once a later step is recorded, the earlier ones must be; while the last step
is still to come, what is in order so far is pending. Steps that need not occur (an investigation) may be blank, but not out of order. A step
dated after the day of the check has not happened yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from opencheck.core.outcomes import Outcome
from opencheck.records.tables import TABLES
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, day_of, outcome_expr, require_field
from opencheck.rules.judgement import Judgement
from opencheck.rules.protocols import RuleSpec
from opencheck.rules.requirement import Kind

__all__ = [
    "Stages",
]


class Stages(Kind):
    """Dates recorded for each step, in order; see the module for the reading."""

    name: ClassVar[str] = "stages"

    steps: Annotated[list[str], Field(min_length=2, description="date fields, in the order in which they must lie")]
    optional: Annotated[list[str], Field(description="those of them that need not occur")] = []

    def check(self, rule: RuleSpec) -> None:
        for name in self.steps:
            require_field(rule.on, name, "date", "datetime")
        if unknown := [n for n in self.optional if n not in self.steps[:-1]]:
            raise ValueError(f"'optional' names no step before the last: {', '.join(unknown)}")

    def required_fields(self, rule: RuleSpec) -> set[tuple[str, str]]:
        return {(rule.on, name) for name in self.steps}

    def fields_to_highlight(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        return self._absent(found) or self._early(rule, found) or self.steps

    def plan(self, rule: RuleSpec, context: RuleContext) -> Judgement:
        mixed = self._are_mixed(rule)
        happened = {n: day_of(rule.on, n) <= context.as_of for n in self.steps}
        days = [pl.when(done).then(day_of(rule.on, n) if mixed else pl.col(n)) for n, done in happened.items()]
        unrecorded = context.fields(rule.on).absent
        early, gap, unsure = pl.lit(False), pl.lit(False), pl.lit(False)
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
        open_ = days[-1].is_null()
        codes = outcome_expr(
            context.applies(rule),
            (early | gap, Outcome.VIOLATION),
            (unsure | (open_ & pl.lit(self.steps[-1] in unrecorded)), Outcome.INDETERMINATE),
            (open_, Outcome.PENDING),
            otherwise=Outcome.PASS,
        )
        latest = day_of(rule.on, self.steps[-1])
        for name in reversed(self.steps[:-1]):
            latest = pl.when(latest.is_null()).then(day_of(rule.on, name)).otherwise(latest)
        return Judgement(codes, latest, extras={f"happened:{n}": done for n, done in happened.items()})

    def _are_mixed(self, rule: RuleSpec) -> bool:
        """Whether of some steps the day is recorded and of others the moment: then days are compared."""
        return len({TABLES[rule.on].fields[n].kind for n in self.steps}) > 1

    def _days(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """The steps that have happened by the day of the check, None for the others."""
        return {n: found.get(n) if found.get(f"happened:{n}") else None for n in self.steps}

    def _absent(self, found: Mapping[str, Any]) -> list[str]:
        days = self._days(found)
        last = max((i for i, n in enumerate(self.steps) if days[n] is not None), default=-1)
        return [n for n in self.steps[: last + 1] if days[n] is None and n not in self.optional]

    def _early(self, rule: RuleSpec, found: Mapping[str, Any]) -> list[str]:
        names, latest, mixed = [], None, self._are_mixed(rule)
        for name, moment in self._days(found).items():
            value = moment.date() if mixed and isinstance(moment, datetime) else moment
            if value is None:
                continue
            if latest is not None and value < latest:
                names.append(name)
            latest = value if latest is None else max(latest, value)
        return names

    def missing(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[str]:
        unrecorded = context.fields(rule.on).absent
        return [n for n in self.steps if n in unrecorded and found.get(n) is None]

    def lateness(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[int | None, str | None]:
        """An order that is not kept is not late by days."""
        return None, None

    def _facts(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
        return {
            "steps": [(rule.on, n) for n in self.steps],
            "values": {(rule.on, n): found.get(n) for n in self.steps},
            "absent": [(rule.on, n) for n in self._absent(found)],
            "early": [(rule.on, n) for n in self._early(rule, found)],
            "last": (rule.on, self.steps[-1]),
            "missing": found.get("missing"),
            "as_of": context.as_of,
        }

    def message(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> tuple[str, dict[str, Any]]:
        facts, outcome = self._facts(rule, found, context), found["outcome"]
        if outcome is Outcome.INDETERMINATE:
            return "missing.fact", facts
        if outcome is Outcome.VIOLATION:
            return ("stages.early" if facts["early"] else "stages.absent"), facts
        return f"stages.{outcome}", facts

    def explanation_steps(self, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
        facts = self._facts(rule, found, context)
        steps: list[Step] = [("step.stages_wanted", facts), ("step.values", facts)]
        if facts["early"]:
            steps.append(("step.stages_early", facts))
        if facts["absent"]:
            steps.append(("step.stages_absent", facts))
        return steps
