"""The appraisal score (政务公开考评): a pack's scoring sheet applied to a check, with the cost of each violation.

Readings: every item starts with its full points; a violation deducts the points of its severity, down to the item's floor, the worst first.
Findings from before the plan was binding, pending and waived ones cost nothing. Indeterminate findings and those that need a review make the
score a range, whose lower end (``worst_case``) counts them as violations. A veto caps the whole score. The weights are the pack's own unless
the sheet names the norm that sets them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import Outcome
from opencheck.report.finding import Finding, by_gravity
from opencheck.rules.packs.scoring_sheet import Item, ScoringSheet, Veto
from opencheck.rules.packs.selection import task_of

if TYPE_CHECKING:
    from opencheck.report.report import Report
    from opencheck.rules.packs.pack import Pack

__all__ = [
    "ItemScore",
    "Score",
    "score",
    "scores",
    "unchecked_items",
]


@dataclass(frozen=True)
class ItemScore:
    """The score of an item, its worst case, and the cost of each violation (by the finding's id)."""

    item: Item
    title: LocalizedText
    score: float
    worst_case: float
    costs: dict[str, float]

    @property
    def at_floor(self) -> bool:
        """Whether violations brought it down to its floor: further ones cost nothing more."""
        return bool(self.costs) and self.score <= self.item.floor


@dataclass(frozen=True)
class Score:
    """The score of a unit, or (``unit`` None) of the whole; ``worst_case`` counts undecided findings as violations."""

    pack: str
    unit: str | None
    total: float
    score: float
    worst_case: float
    items: list[ItemScore]
    vetoes: list[Veto] = field(default_factory=list)
    """The vetoes that apply."""

    def as_dict(self) -> dict[str, Any]:
        """Return the score as JSON data."""
        return {
            "pack": self.pack,
            "unit": self.unit,
            "total": self.total,
            "score": self.score,
            "least": self.worst_case,
            "items": [
                {
                    "id": i.item.id,
                    "title": i.title.model_dump(),
                    "points": i.item.points,
                    "score": i.score,
                    "least": i.worst_case,
                    "at_floor": i.at_floor,
                    "costs": i.costs,
                }
                for i in self.items
            ],
            "vetoes": [{"title": v.title.model_dump(), "cap": v.cap} for v in self.vetoes],
        }


def scores(report: Report) -> list[Score]:
    """Return the scores of a check for every pack with a sheet: of the whole, then of each unit with a finding, the lowest first.

    >>> import opencheck as oc
    >>> late = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
    >>> report = oc.check({"document": [late], "interpretation": []}, as_of="2018-12-31", rules=["PD-9.4"])
    >>> [(s.unit, s.score) for s in scores(report)][:1]
    [(None, 99.0)]
    """
    found = []
    for pack in report.packs:
        if pack.score is None:
            continue
        findings = [f for f in report.findings() if f.result.pack is pack and not f.before_plan]
        units: dict[str, list[Finding]] = {}
        for finding in findings:
            units.setdefault(finding.unit or "—", []).append(finding)
        of_units = [score(pack, pack.score, theirs, unit) for unit, theirs in units.items()]
        found += [score(pack, pack.score, findings), *sorted(of_units, key=lambda s: (s.score, s.worst_case, s.unit or ""))]
    return found


def unchecked_items(report: Report, pack: Pack) -> list[Item]:
    """Return the items of a pack's sheet whose rules decided nothing: their full points mean "not checked"."""
    decided = {task_of(r.rule.clause) for r in report.results if r.pack is pack and set(r.counts) - {Outcome.NOT_APPLICABLE}}
    return [i for i in pack.score.items if not decided & set(i.tasks)] if pack.score else []


def score(pack: Pack, sheet: ScoringSheet, findings: Iterable[Finding], unit: str | None = None) -> Score:
    """Apply a sheet to findings of its pack.

    Args:
        pack: the pack.
        sheet: its sheet.
        findings: the findings that count; only violations and undecided ones change the score.
        unit: the unit of the findings, or None for the whole.
    """
    by_task: dict[str, list[Finding]] = {}
    for finding in by_gravity(list(findings)):
        by_task.setdefault(task_of(finding.clause), []).append(finding)
    items = []
    for item in sheet.items:
        deductions = sheet.deductions | (item.deductions or {})
        points = item.points
        costs: dict[str, float] = {}
        theirs = [f for task in item.tasks for f in by_task.get(task, ())]
        for finding in theirs:
            if finding.outcome is Outcome.VIOLATION:
                remaining = max(item.floor, points - deductions.get(finding.severity, 0))
                costs[finding.id] = round(points - remaining, 6)
                points = remaining
        worst_case = points
        for finding in theirs:
            if finding.outcome in (Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW):
                worst_case = max(item.floor, worst_case - deductions.get(finding.severity, 0))
        title = item.title or pack.tasks[item.tasks[0]]
        items.append(ItemScore(item, title, round(points, 6), round(worst_case, 6), costs))
    violated = {f.rule for task in by_task.values() for f in task if f.outcome is Outcome.VIOLATION}
    undecided = {
        f.rule for task in by_task.values() for f in task if f.outcome in (Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW)
    }
    vetoes = [v for v in sheet.vetoes if violated & set(v.rules)]
    possible_vetoes = [v for v in sheet.vetoes if (violated | undecided) & set(v.rules)]
    whole = min([sum(i.score for i in items), *(v.cap for v in vetoes)])
    lowest = min([sum(i.worst_case for i in items), *(v.cap for v in possible_vetoes)])
    return Score(pack.id, unit, sheet.total, round(whole, 6), round(lowest, 6), items, vetoes)
