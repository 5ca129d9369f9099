"""The outcome of a series in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opencheck.core.outcomes import Outcome
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step
from opencheck.rules.kinds.series.declaration import SeriesDeclaration
from opencheck.rules.protocols import RuleSpec

__all__ = ["series_message", "series_steps"]


def series_message(
    series: SeriesDeclaration, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext
) -> tuple[str, dict[str, Any]]:
    """The message of a finding, and what it is filled with."""
    facts, outcome = _facts(series, rule, found, context), found["outcome"]
    if outcome is Outcome.INDETERMINATE:
        if found.get("no_roster"):
            return "series.no_roster", facts
        if found.get("roster_rows"):
            return "series.roster_rows", facts
        if not found.get("missing"):
            return "within.calendar", facts
        if found.get("early"):
            return "series.early", facts
        return ("series.doubtful" if found.get("doubtful") else "series.undated"), facts
    if outcome is Outcome.VIOLATION:
        if facts["actual"]:
            return "series.late", facts
        return ("series.incomplete" if series.elements and found.get("n") else "series.absent"), facts
    return f"series.{outcome}", facts


def series_steps(series: SeriesDeclaration, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
    """The derivation of a finding."""
    facts = _facts(series, rule, found, context)
    if found.get("no_roster") or found.get("roster_rows"):
        return [("step.no_roster", facts)]
    reading = {"following_period": "step.due_following", "period_end": "step.due_period_end"}
    steps: list[Step] = [
        ("step.series_wanted_of" if facts["subject"] else "step.series_wanted", facts),
        (reading.get(series.due, "step.due_own"), facts),
    ]
    if facts["due"]:
        steps.append(("step.due", facts))
    if facts["actual"]:
        steps.append(("step.actual", facts))
    elif found["outcome"] is not Outcome.PASS:
        steps.append(("step.none_found", facts))
    if series.elements and facts["absent_elements"]:
        steps.append(("step.absent_elements", facts))
    if facts["may_be_since"]:
        steps.append(("step.may_be_since", facts))
    if facts["late_by"]:
        steps.append(("step.late", facts))
    if facts["doubtful"]:
        steps.append(("step.doubtful", facts))
    if facts["off_roster"] and facts["subject"]:
        steps.append(("step.off_roster", facts))
    return steps


def _facts(series: SeriesDeclaration, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
    have = found.get("have") or []
    return {
        "subject": found.get("subject"),
        "period": found.get("period"),
        "every": series.every,
        "due": found.get("due"),
        "actual": found.get("actual"),
        "may_be_since": found.get("may_be_since"),
        "late_by": found.get("late_by"),
        "late_unit": found.get("late_unit"),
        "missing": found.get("missing"),
        "doubtful": found.get("doubtful"),
        "elements": series.elements,
        "absent_elements": [e for e in series.elements if e not in have],
        "off_roster": found.get("off_roster"),
        "roster_rows": found.get("roster_rows"),
        "topics": list(rule.topics),
        "as_of": context.as_of,
        "last_year": context.calendar.last_known.year,
    }
