"""What became of each rule, in a word: how JUnit files and pytest tell it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from opencheck.core.outcomes import Outcome, Severity
from opencheck.report import messages
from opencheck.report.finding import Finding, by_gravity
from opencheck.report.wording import about, place_text
from opencheck.rules.rule import Rule

__all__ = [
    "Status",
    "Verdict",
    "told",
    "verdict",
]


Status = Literal["failed", "warned", "indeterminate", "needs_review", "pending", "not_applicable", "passed"]


@dataclass(frozen=True)
class Verdict:
    """A rule's verdict: the worst that it found, why in one line, and the findings behind it, the worst first."""

    status: Status
    reason: str
    findings: tuple[Finding, ...] = ()

    @property
    def violations(self) -> list[Finding]:
        """The violations among the findings."""
        return [f for f in self.findings if f.outcome is Outcome.VIOLATION]


def verdict(rule: Rule, findings: Iterable[Finding], counts: dict[Outcome, int], lang: str, fail_on: str = "error") -> Verdict:
    """The verdict on a rule.

    Args:
        rule: the rule.
        findings: its findings.
        counts: its outcomes, passes included.
        lang: ``zh`` or ``en``.
        fail_on: the lowest severity of a violation that fails; what lies below warns.
    """
    found = by_gravity(list(findings))
    by_outcome = {o: [f for f in found if f.outcome is o] for o in Outcome}
    violations = by_outcome[Outcome.VIOLATION]
    failing = [f for f in violations if fail_on != "never" and f.severity.rank >= Severity(fail_on).rank]
    # What cannot be judged outweighs a warning: a rule that only warned would count as kept.
    ranked: tuple[tuple[Status, list[Finding]], ...] = (
        ("failed", failing),
        ("indeterminate", by_outcome[Outcome.INDETERMINATE]),
        ("needs_review", by_outcome[Outcome.NEEDS_REVIEW]),
        ("warned", violations),
        ("pending", by_outcome[Outcome.PENDING]),
    )
    for status, those in ranked:
        if those:
            facts = {"count": len(violations if status == "failed" else those), "first": those[0].message.in_(lang)}
            name = "verdict.violations" if status in ("failed", "warned") else f"verdict.{status}"
            return Verdict(status, messages.say(name, facts).in_(lang), tuple(found))
    if counts.get(Outcome.PASS) or counts.get(Outcome.WAIVED) or by_outcome[Outcome.WAIVED]:
        return Verdict("passed", messages.say("verdict.passed", {"count": counts.get(Outcome.PASS, 0)}).in_(lang), tuple(found))
    return Verdict("not_applicable", messages.say("verdict.not_applicable", {"table": (rule.on,)}).in_(lang))


def told(finding: Finding, lang: str) -> str:
    """A finding with its derivation, as lines of text."""
    place = place_text(*finding.source, lang)
    severity = f"{messages.word_of(f'severity.{finding.severity}', lang)} " if finding.outcome is Outcome.VIOLATION else ""
    head = (
        f"{severity}{messages.word_of(f'outcome.{finding.outcome}', lang)}  {about(finding, finding.unit)}  [{place}]".rstrip(
            " []"
        )
    )
    head += "]" if place else ""
    steps = [f"    - {step.in_(lang)}" for step in finding.explanation]
    return "\n".join([head, f"  {finding.message.in_(lang)}", *steps, f"  → {finding.remedy.in_(lang)}"])
