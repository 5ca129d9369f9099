"""The status of each rule, as JUnit files and pytest report it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from opencheck.core.outcomes import Outcome, Severity
from opencheck.report import messages
from opencheck.report.finding import Finding, by_gravity
from opencheck.report.wording import place_text, subject_line
from opencheck.rules.rule import Rule

__all__ = [
    "RuleStatus",
    "Status",
    "finding_text",
    "rule_status",
]


Status = Literal["failed", "warned", "indeterminate", "needs_review", "pending", "not_applicable", "passed"]


@dataclass(frozen=True)
class RuleStatus:
    """The status of a rule: its worst outcome, the reason in one line, and its findings, the worst first."""

    status: Status
    reason: str
    findings: tuple[Finding, ...] = ()

    @property
    def violations(self) -> list[Finding]:
        """The violations among the findings."""
        return [f for f in self.findings if f.outcome is Outcome.VIOLATION]


def rule_status(
    rule: Rule, findings: Iterable[Finding], counts: dict[Outcome, int], lang: str, fail_on: str = "error"
) -> RuleStatus:
    """The verdict on a rule.

    Args:
        rule: the rule.
        findings: its findings.
        counts: its outcomes with their numbers, passes included.
        lang: ``zh`` or ``en``.
        fail_on: the lowest severity of a violation that fails the rule; lower ones only warn.
    """
    found = by_gravity(list(findings))
    by_outcome = {o: [f for f in found if f.outcome is o] for o in Outcome}
    violations = by_outcome[Outcome.VIOLATION]
    failing = [f for f in violations if fail_on != "never" and f.severity.rank >= Severity(fail_on).rank]
    # Indeterminate outranks a warning: a rule with warnings counts as passed.
    ranked: tuple[tuple[Status, list[Finding]], ...] = (
        ("failed", failing),
        ("indeterminate", by_outcome[Outcome.INDETERMINATE]),
        ("needs_review", by_outcome[Outcome.NEEDS_REVIEW]),
        ("warned", violations),
        ("pending", by_outcome[Outcome.PENDING]),
    )
    for status, those in ranked:
        if those:
            facts = {"count": len(violations if status == "failed" else those), "first": those[0].message.get(lang)}
            name = "verdict.violations" if status in ("failed", "warned") else f"verdict.{status}"
            return RuleStatus(status, messages.localized_message(name, facts).get(lang), tuple(found))
    if counts.get(Outcome.PASS) or counts.get(Outcome.WAIVED) or by_outcome[Outcome.WAIVED]:
        return RuleStatus(
            "passed",
            messages.localized_message("verdict.passed", {"count": counts.get(Outcome.PASS, 0)}).get(lang),
            tuple(found),
        )
    return RuleStatus("not_applicable", messages.localized_message("verdict.not_applicable", {"table": (rule.on,)}).get(lang))


def finding_text(finding: Finding, lang: str) -> str:
    """Return a finding with its explanation as lines of text."""
    place = place_text(*finding.source, lang)
    severity = f"{messages.get_message(f'severity.{finding.severity}', lang)} " if finding.outcome is Outcome.VIOLATION else ""
    head = f"{severity}{messages.get_message(f'outcome.{finding.outcome}', lang)}  {subject_line(finding, finding.unit)}  [{place}]".rstrip(
        " []"
    )
    head += "]" if place else ""
    steps = [f"    - {step.get(lang)}" for step in finding.explanation]
    return "\n".join([head, f"  {finding.message.get(lang)}", *steps, f"  → {finding.remedy.get(lang)}"])
