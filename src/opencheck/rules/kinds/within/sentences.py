"""How a finding of ``within`` is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from opencheck.core.outcomes import Outcome
from opencheck.core.time_limits import DatedLimit
from opencheck.records.tables import TABLES
from opencheck.rules.context import RuleContext
from opencheck.rules.expressions import Step, norm_steps
from opencheck.rules.kinds.within.declaration import WithinDeclaration
from opencheck.rules.protocols import RuleSpec

__all__ = ["limit_of", "within_message", "within_steps"]

_AT_ONCE = ("within.late", "within.absent", "within.absent_today", "within.pending")
"""The messages that have another wording where the limit is 0 days."""


def limit_of(within: WithinDeclaration, found: Mapping[str, Any], context: RuleContext) -> DatedLimit | None:
    """The limit in force on the day from which the period runs; None where that day or the norm is unknown."""
    return context.limit_on(within.limit, found["start"]) if found.get("start") else None


def within_message(
    within: WithinDeclaration, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext
) -> tuple[str, dict[str, Any]]:
    """The name of the finding's message, and its facts."""
    facts = _facts(within, rule, found, context)
    name = _message_name(found, facts, context)
    at_once = facts["limit"] is not None and facts["limit"].number == 0
    return (f"{name}_at_once" if at_once and name in _AT_ONCE else name), facts


def _message_name(found: Mapping[str, Any], facts: Mapping[str, Any], context: RuleContext) -> str:
    outcome: Outcome = found["outcome"]
    if outcome is Outcome.INDETERMINATE:
        if found.get("missing"):
            if found.get("ambiguous"):
                return "missing.ambiguous"
            if found.get("stray"):
                return "missing.stray_in_time" if found.get("actual") else "missing.stray"
            return "missing.fact"
        if facts["limit"] is None:
            return "within.no_norm"
        return "within.calendar"
    if outcome is Outcome.VIOLATION:
        done = found["actual"] is not None and found["actual"] <= context.as_of
        if not done and found["due"] == context.as_of:
            return "within.absent_today"
        return "within.late" if done else "within.absent"
    if outcome is Outcome.PASS and found.get("due") is None:
        return "within.pass_known"
    return f"within.{outcome}"


def _facts(within: WithinDeclaration, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> dict[str, Any]:
    table, name = within.target(rule)
    target = TABLES[table or rule.on]
    limit = limit_of(within, found, context)
    return {
        "from_field": (rule.on, within.restarts.on if found.get("fresh") and within.restarts else within.from_),
        "to_field": (target.name, name),
        "start": found.get("start"),
        "limit": limit.duration if limit else None,
        "due": found.get("due"),
        "actual": found.get("actual"),
        "late_by": found.get("late_by"),
        "late_unit": found.get("late_unit"),
        "missing": found.get("missing"),
        "stray": found.get("stray"),
        "as_of": context.as_of,
        "last_year": context.calendar.last_known.year,
    }


def within_steps(within: WithinDeclaration, rule: RuleSpec, found: Mapping[str, Any], context: RuleContext) -> list[Step]:
    """The days one by one, the due day, the actual day, the days late."""
    facts = _facts(within, rule, found, context)
    start, due = facts["start"], facts["due"]
    limit = limit_of(within, found, context)
    at_once = limit is not None and limit.duration.number == 0
    steps: list[Step] = [("step.event_at_once" if at_once else "step.event", facts)] if start else []
    if limit is None:
        return [*steps, *([("within.no_norm", facts)] if start else [])]
    steps += norm_steps(limit, facts)
    reading = "step.reading_working" if limit.duration.unit == "working_days" else "step.reading_days"
    steps.append(("step.reading_at_once" if limit.duration.number == 0 else reading, facts))
    steps += _changes_of_the_period(within, rule, found, facts, limit)
    if due is None:
        return [*steps, ("within.calendar", facts)]
    if limit.duration.unit == "working_days":
        steps += _counted_days(start, due, context)
    plain = start + timedelta(days=limit.duration.number)
    if limit.duration.unit == "days" and due != plain:
        steps.append(("step.rolled", {**facts, "plain": plain}))
    return [*steps, *_what_was_done(found, facts)]


def _changes_of_the_period(
    within: WithinDeclaration, rule: RuleSpec, found: Mapping[str, Any], facts: Mapping[str, Any], limit: DatedLimit
) -> list[Step]:
    """A correction that was asked for too late, suspensions, days that are not counted, and the extension."""
    steps: list[Step] = []
    if found.get("asked_late") and within.restarts:
        asked = {"asked_field": (rule.on, within.restarts.asked), "asked": found[within.restarts.asked]}
        steps.append(("step.restart_late", {**facts, **asked}))
    for by in within.suspended if found.get("suspended") else ():
        if found.get(by.from_) is not None:
            stop_facts = {"asked_field": (rule.on, by.from_), "asked": found[by.from_], "answered_field": (rule.on, by.to)}
            answered = {"answered": found.get(by.to), "days": found["suspended"]}
            steps.append(("step.suspended" if found.get(by.to) else "step.suspended_open", {**facts, **stop_facts, **answered}))
    if found.get("excluded"):
        steps.append(("step.excluded", {**facts, "excluded": found["excluded"]}))
    if found.get("notice"):
        more = {**facts, "notice": found["notice"], "base_due": found.get("base_due"), "extension": limit.extension}
        steps.append(("step.extended" if found.get("extended") else "step.extension_late", more))
    return steps


def _what_was_done(found: Mapping[str, Any], facts: dict[str, Any]) -> list[Step]:
    """The due day, the day on which it was done, and the lateness."""
    steps: list[Step] = [("step.due", facts)]
    links = found.get("links")
    if links and links > 1:
        steps.append(("step.first_of", {**facts, "count": links}))
    if found.get("actual") is not None:
        steps.append(("step.actual" if found["actual"] <= facts["as_of"] else "step.still_to_come", facts))
    elif found["outcome"] in (Outcome.VIOLATION, Outcome.PENDING):
        steps.append(("step.not_done", facts))
    if found.get("late_by"):
        steps.append(("step.late", facts))
    return steps


def _counted_days(start: date, due: date, context: RuleContext) -> list[Step]:
    """One line for each day from the day after ``start`` to ``due``: what it is, and its number where it counts."""
    steps: list[Step] = []
    number = 0
    for day in context.calendar.days(start, due):
        if day.works:
            number += 1
        steps.append(
            (f"day.{day.kind}", {"day": day.date, "number": number, "holiday_zh": day.name_zh, "holiday_en": day.name_en})
        )
    return steps
