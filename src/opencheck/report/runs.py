"""One run of a check as the history keeps it, and the difference between two runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

__all__ = ["Run", "RunDiff"]


@dataclass(frozen=True)
class Run:
    """One run of a check: number, time, version of opencheck, packs and rules, day of the check, and summary."""

    id: int
    made_at: datetime
    version: str
    packs: str
    as_of: date
    rules: list[str]
    summary: dict[str, Any]

    @property
    def violations(self) -> int:
        """The number of violations, including those from before the plan was binding."""
        return sum(self.summary["violations"].values())

    def as_dict(self) -> dict[str, Any]:
        """Return the run as JSON data."""
        counts = {k: self.summary[k] for k in ("outcomes", "violations")}
        made = self.made_at.isoformat(timespec="seconds")
        return {
            "run": self.id,
            "made_at": made,
            "version": self.version,
            "packs": self.packs,
            "as_of": self.as_of.isoformat(),
            **counts,
        }


@dataclass(frozen=True)
class RunDiff:
    """The difference between the violations of two runs, as stored findings.

    ``new`` are absent from the earlier run (``returned``: but present in a run before it); ``recurring`` are in both; ``fixed`` are resolved;
    ``open`` were violations whose rule did not run again, or that are now waived or indeterminate.
    """

    earlier: Run
    later: Run
    new: list[dict[str, Any]]
    returned: list[dict[str, Any]]
    recurring: list[dict[str, Any]]
    fixed: list[dict[str, Any]]
    open: list[dict[str, Any]]

    @property
    def counts(self) -> dict[str, int]:
        """The number of violations in each group."""
        return {n: len(getattr(self, n)) for n in ("new", "returned", "recurring", "fixed", "open")}
