"""``evidence``: what only a person can judge is decided by a reviewer's verdict on a piece of evidence.

Reading: the program never says "met" on its own. A verdict counts if it names its reviewer and its day, was given by the day of the
check, and has not run out; of several the latest decides, unit by unit. Without one the clause needs review.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import narwhals as nw
from pydantic import Field

from opencheck.core.localized import LocalizedName
from opencheck.core.outcomes import QUIET, Outcome
from opencheck.core.time_limits import Limit
from opencheck.engine.carriers.backends import ROW, SRC
from opencheck.rules.context import Scope
from opencheck.rules.expressions import Step
from opencheck.rules.judgement import Judged
from opencheck.rules.requirement import Kind

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = [
    "Evidence",
]


_FIELDS = ("clause", "dated_on", "reviewer", "verdict", "reviewed_on", "valid_until")


class Evidence(Kind):
    """A current verdict of a reviewer; see the module for the reading."""

    name: ClassVar[str] = "evidence"
    about: ClassVar[str] = "set"
    needs_table: ClassVar[bool] = False

    valid: Annotated[Limit, Field(description="how long a verdict holds that does not say so itself")]
    each_unit: Annotated[bool, Field(description="whether every unit of the table 'unit' needs a verdict of its own")] = False
    shows: Annotated[str, Field(description="what the evidence must show, in Chinese")]
    shows_en: Annotated[str, Field(description="the same in English")]

    def check(self, rule: Rule) -> None:
        """See :meth:`Kind.check`."""
        if rule.on != "evidence":
            raise ValueError("the kind 'evidence' judges the table 'evidence'")
        if self.valid.unit != "days":
            raise ValueError("evidence needs 'valid: N days'")
        if rule.when:
            raise ValueError("evidence finds its records by the rule's clause; leave 'when' out")

    def reads(self, rule: Rule) -> set[tuple[str, str]]:
        """See :meth:`Kind.reads`."""
        return {("evidence", name) for name in _FIELDS} | ({("unit", "year"), ("unit", "unit")} if self.each_unit else set())

    def cells(self, rule: Rule, found: Mapping[str, Any]) -> list[str]:
        """See :meth:`Kind.cells`."""
        return ["verdict"]

    def judge(self, rule: Rule, scope: Scope, everything: bool) -> tuple[dict[Outcome, int], list[Judged]]:
        """See :meth:`Kind.judge`."""
        groups: dict[str | None, list[dict[str, Any]]] = {}
        if "evidence" in scope.frames:
            rows = scope.frames["evidence"].filter((nw.col("clause") == rule.clause).fill_null(False))
            for row in scope.rows(rows.select("id", "unit", "title", *_FIELDS, SRC, ROW)).iter_rows(named=True):
                groups.setdefault(row["unit"], []).append(row)
        if self.each_unit and "unit" in scope.frames:
            listed = scope.frames["unit"].filter(nw.col("year").is_in(scope.covers.years) & ~nw.col("unit").is_null())
            for name in sorted(set(scope.fetch(listed.select("unit").unique())["unit"].to_list()) - set(groups)):
                groups[name] = []
        judged = [self._one(unit, rows, scope) for unit, rows in (groups or {None: []}).items()]
        if "evidence" in scope.witnesses:
            theirs = (nw.col("clause") == rule.clause).fill_null(True) & nw.col("_ghost")
            if len(scope.fetch(scope.witnesses["evidence"].filter(theirs).select("id"))):
                # A row that could not be used may hold a later verdict.
                for one in judged:
                    if one.outcome is Outcome.PASS:
                        one.outcome, one.missing = Outcome.NEEDS_REVIEW, ("evidence.rejected",)
        counts: dict[Outcome, int] = {}
        for one in judged:
            counts[one.outcome] = counts.get(one.outcome, 0) + 1
        return counts, [j for j in judged if everything or j.outcome not in QUIET]

    def expiry(self, row: Mapping[str, Any]) -> date:
        """The last day on which a verdict holds."""
        until: date = row["valid_until"] or row["reviewed_on"] + timedelta(days=self.valid.number)
        return until

    def _one(self, unit: str | None, rows: list[dict[str, Any]], scope: Scope) -> Judged:
        as_of = scope.as_of
        whole = [r for r in rows if r["verdict"] and r["reviewer"] and r["reviewed_on"] and r["reviewed_on"] <= as_of]
        whole.sort(key=lambda r: (r["reviewed_on"], r["verdict"] == "not_met"))
        latest = whole[-1] if whole else None
        about = latest or (rows[-1] if rows else {})
        facts = {k: about.get(k) for k in ("reviewer", "verdict", "reviewed_on", "title")} | {"evidence": len(rows)}
        missing: tuple[str, ...] = ()
        due: date | None = None
        if latest is None:
            outcome = Outcome.NEEDS_REVIEW
            if rows:
                missing = tuple(n for n in ("verdict", "reviewer", "reviewed_on") if about.get(n) is None)
        else:
            due = self.expiry(latest)
            facts["expiry"] = due
            found = Outcome.VIOLATION if latest["verdict"] == "not_met" else Outcome.PASS
            outcome = Outcome.NEEDS_REVIEW if found is Outcome.PASS and due < as_of else found
        return Judged(
            outcome,
            unit=unit,
            actual=about.get("reviewed_on"),
            record_id=about.get("id"),
            src=about.get(SRC),
            row=about.get(ROW),
            facts=facts,
            missing=missing,
        )

    def lateness(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[int | None, str | None]:
        """See :meth:`Kind.lateness`: a verdict is not late."""
        return None, None

    def _facts(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        return {
            "shows": LocalizedName(self.shows, self.shows_en),
            "clause": rule.clause,
            "reviewer": found.get("reviewer"),
            "reviewed_on": found.get("reviewed_on"),
            "expiry": found.get("expiry"),
            "title": found.get("title"),
            "missing": found.get("missing"),
            "as_of": scope.as_of,
            "valid": self.valid,
        }

    def describe(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> tuple[str, dict[str, Any]]:
        """See :meth:`Kind.describe`."""
        facts, outcome = self._facts(rule, found, scope), found["outcome"]
        if outcome is Outcome.NEEDS_REVIEW:
            if found.get("missing"):
                return "evidence.incomplete", facts
            if facts["expiry"]:
                return "evidence.expired", facts
            return ("evidence.unreviewed" if found.get("evidence") else "evidence.absent"), facts
        return f"evidence.{outcome}", facts

    def derive(self, rule: Rule, found: Mapping[str, Any], scope: Scope) -> list[Step]:
        """See :meth:`Kind.derive`."""
        facts = self._facts(rule, found, scope)
        steps: list[Step] = [("step.evidence_wanted", facts)]
        if facts["reviewed_on"] and facts["reviewer"]:
            steps.append(("step.evidence_review", facts))
        if facts["expiry"]:
            steps.append(("step.evidence_expiry", facts))
        return steps
