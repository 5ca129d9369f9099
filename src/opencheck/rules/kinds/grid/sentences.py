"""How a finding of ``grid`` is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from opencheck.core.localized import LocalizedName
from opencheck.core.outcomes import Outcome
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step
from opencheck.rules.kinds.grid.declaration import Cell, GridDeclaration
from opencheck.rules.protocols import RuleSpec

__all__ = ["grid_message", "grid_steps"]


def _facts(grid: GridDeclaration, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
    def words(cell: Cell) -> LocalizedName:
        parts = [context.named(rule.on, a.field, v) for a, v in zip(grid.axes, cell, strict=True)]
        return LocalizedName("·".join(p.zh for p in parts), " / ".join(p.en for p in parts))

    filled: dict[Cell, date] = found.get("filled") or {}
    return {
        "subject": found.get("subject"),
        "period": found.get("period") or "",
        "of": LocalizedName(*(f"{found['subject']}：", f"{found['subject']}: "))
        if found.get("subject")
        else LocalizedName("", ""),
        "absent": [words(c) for c in found.get("absent") or ()],
        "disorder": [words(c) for c in found.get("disorder") or ()],
        "late_cells": [words(c) for c in found.get("late") or ()],
        "actual": found.get("actual"),
        "may_be_since": found.get("may_be_since"),
        "late_by": found.get("late_by"),
        "late_unit": "days",
        "days": [LocalizedName(f"{words(c).zh} {d}", f"{words(c).en} {d}") for c, d in filled.items()] if grid.done else None,
        "count": len(grid.wanted),
        "have": len([c for c in grid.wanted if c in filled]),
        "wanted": [words(c) for c in grid.wanted],
        "done_field": (rule.on, grid.done) if grid.done else None,
        "once": context.named(rule.on, grid.axes[0].field, grid.once) if grid.once else None,
        "due": found.get("due"),
        "doubtful": found.get("doubtful"),
        "down": found.get("down"),
        "missing": found.get("missing"),
        "as_of": context.as_of,
    }


def grid_message(
    grid: GridDeclaration, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext
) -> tuple[str, dict[str, Any]]:
    """The code of the finding's message, and its facts."""
    facts, outcome = _facts(grid, rule, found, context), found["outcome"]
    if outcome is Outcome.VIOLATION and found.get("disorder"):
        return "grid.disorder", facts
    if outcome is Outcome.VIOLATION and found.get("late"):
        return "grid.late", facts
    if outcome is Outcome.INDETERMINATE and found.get("late"):
        return "grid.late_doubtful", facts
    if outcome is Outcome.PENDING and grid.once is not None:
        return "grid.pending_once", facts
    if outcome is Outcome.INDETERMINATE and found.get("down"):
        return "grid.down", facts
    if outcome is Outcome.INDETERMINATE and (found.get("disorder") or not found.get("absent")) and not found.get("roster_rows"):
        return "missing.fact", facts
    if found.get("roster_rows"):
        return "series.roster_rows", {**facts, "roster_rows": found["roster_rows"]}
    return f"grid.{outcome}", facts


def grid_steps(grid: GridDeclaration, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
    """The derivation after the clause and its reading."""
    facts = _facts(grid, rule, found, context)
    steps: list[Step] = [("step.grid_wanted", facts)]
    if facts["days"]:
        steps.append(("step.grid_days", facts))
    if facts["absent"]:
        steps.append(("step.grid_absent", facts))
    if facts["disorder"]:
        steps.append(("step.grid_disorder", facts))
    if facts["doubtful"]:
        steps.append(("step.doubtful", facts))
    if facts["due"] and found["outcome"] is not Outcome.PASS:
        steps.append(("step.due", facts))
    if facts["may_be_since"]:
        steps.append(("step.may_be_since", facts))
    if facts["late_by"]:
        steps.append(("step.late", facts))
    return steps
