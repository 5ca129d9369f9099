"""What a check before publication found, and whether the record may be published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import Outcome
from opencheck.documents import Fix
from opencheck.report.finding import Finding
from opencheck.rules.packs.pack import Pack

__all__ = ["FINDING_GROUPS", "Clearance", "Confirmation", "Preflight"]

FINDING_GROUPS = ("blocking", "warnings", "advice", "unknown", "upcoming")
"""The groups of a record's findings, most urgent first."""

Clearance = Literal["yes", "no", "needs_review"]
"""Whether a record may be published: yes, no, or only when a person has settled what is open."""


@dataclass(frozen=True)
class Confirmation:
    """An attachment that was not read and that a person confirmed all the same: its name, why it was not read, checksum, reason, person."""

    file: str
    problem: str
    sha256: str
    reason: str
    by: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the confirmation as JSON data."""
        return {n: getattr(self, n) for n in ("file", "problem", "sha256", "reason", "by")}


@dataclass
class Preflight:
    """The result of a check before publication.

    ``blocking`` are violations of severity error, ``warnings`` and ``advice`` those of lower severity, ``unknown`` the findings that a missing
    fact leaves indeterminate or that a person must judge, ``upcoming`` the duties due after publication. ``fixes`` are automatic corrections,
    ``notes`` contradictions of the document, unreadable parts and keys that look misspelt, ``unread`` those of them that say which pages,
    files and rows could not be read (small pictures excepted: most documents have a seal or a logo), ``contradictions`` those that say what
    differs, ``confirmations`` the attachments that a person confirmed unread.
    """

    record: dict[str, Any]
    as_of: date
    findings: list[Finding]
    fixes: list[Fix] = field(default_factory=list)
    notes: list[LocalizedText] = field(default_factory=list)
    packs: list[Pack] = field(default_factory=list, repr=False)
    confirmations: list[Confirmation] = field(default_factory=list)
    unread: list[LocalizedText] = field(default_factory=list)
    contradictions: list[LocalizedText] = field(default_factory=list)

    @property
    def clearance(self) -> Clearance:
        """Whether the record may be published: ``yes``, ``no``, or ``needs_review``.

        ``no`` if something blocks. ``needs_review`` if nothing does and yet something is open that could: a finding of severity error
        that cannot be judged or that a person must judge (``undecided``; a review before publication that is not recorded is one), a
        part that could not be read, a contradiction. What is open at a lower severity could not block and does not count.
        """
        if self.blocking:
            return "no"
        return "needs_review" if self.undecided or self.unread or self.contradictions else "yes"

    @property
    def publishable(self) -> bool:
        """Whether the clearance is ``yes``: nothing blocks publication, and nothing is open that could."""
        return self.clearance == "yes"

    @property
    def text(self) -> str:
        """The checked text, to which the positions of ``fixes`` in the field ``text`` refer; those in the title refer to the title."""
        return str(self.record.get("text") or "")

    def _violations(self, severity: str) -> list[Finding]:
        return [f for f in self.findings if f.outcome is Outcome.VIOLATION and f.severity == severity]

    @property
    def blocking(self) -> list[Finding]:
        """Violations of severity error, which block publication."""
        return self._violations("error")

    @property
    def warnings(self) -> list[Finding]:
        """Violations of severity warning."""
        return self._violations("warning")

    @property
    def advice(self) -> list[Finding]:
        """Violations of severity advice."""
        return self._violations("advice")

    @property
    def unknown(self) -> list[Finding]:
        """Indeterminate findings, with the missing facts, and those that a person must judge."""
        return [f for f in self.findings if f.outcome in (Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW)]

    @property
    def undecided(self) -> list[Finding]:
        """The unknown findings that would block publication if they turned out to be violations: those of severity error."""
        return [f for f in self.unknown if f.severity == "error"]

    @property
    def upcoming(self) -> list[Finding]:
        """Duties due after publication, the next first."""
        pending = [f for f in self.findings if f.outcome is Outcome.PENDING and f.due is not None]
        return sorted(pending, key=lambda f: f.due or date.max)

    def as_dict(self) -> dict[str, Any]:
        """Return the result as JSON data."""
        groups = {n: [f.as_dict() for f in getattr(self, n)] for n in FINDING_GROUPS}
        return {
            "pack": [p.id for p in self.packs],
            "as_of": self.as_of.isoformat(),
            "publishable": self.publishable,
            "clearance": self.clearance,
            "undecided": [f.rule for f in self.undecided],
            **groups,
            "fixes": [f.as_dict() for f in self.fixes],
            "notes": [n.model_dump() for n in self.notes],
            **({"confirmations": [c.as_dict() for c in self.confirmations]} if self.confirmations else {}),
        }
