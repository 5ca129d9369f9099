"""The appraisal score (政务公开考评): a pack's scoring sheet applied to a check, and what each violation costs.

Readings: every item starts with its full points; a violation takes off what the sheet says for its severity, down to the item's floor, the
gravest first. What fell due before the plan bound, what is not yet due and what is waived costs nothing. What cannot be judged, or waits for
a review, costs nothing yet and is no achievement either: the score is told as a range whose lower end counts it as violated. A veto caps the
whole score. The weights are the pack's own unless the sheet names the norm that gives them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import Outcome
from opencheck.report.finding import Finding, by_gravity, task_of
from opencheck.rules.packs.scoring_sheet import Item, ScoringSheet, Veto

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
    """What is left of an item, for sure and at least, and what each of its violations cost (by the finding's id)."""

    item: Item
    title: LocalizedText
    score: float
    worst_case: float
    costs: dict[str, float]


@dataclass(frozen=True)
class Score:
    """A score: of a unit, or (``unit`` None) of the whole; ``least`` counts what cannot be judged as violated."""

    pack: str
    unit: str | None
    total: float
    score: float
    worst_case: float
    items: list[ItemScore]
    vetoes: list[Veto] = field(default_factory=list)
    """The vetoes that apply."""

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON gives it."""
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
                    "costs": i.costs,
                }
                for i in self.items
            ],
            "vetoes": [{"title": v.title.model_dump(), "cap": v.cap} for v in self.vetoes],
        }


def scores(report: Report) -> list[Score]:
    """The scores of a check for every pack that has a sheet: of the whole, then of each unit with a finding, the lowest first.

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
    """The items of a pack's sheet none of whose rules had anything to decide on: their full points are no achievement."""
    decided = {task_of(r.rule.clause) for r in report.results if r.pack is pack and set(r.counts) - {Outcome.NOT_APPLICABLE}}
    return [i for i in pack.score.items if not decided & set(i.tasks)] if pack.score else []


def score(pack: Pack, sheet: ScoringSheet, findings: Iterable[Finding], unit: str | None = None) -> Score:
    """Apply a sheet to findings of its pack.

    Args:
        pack: the pack.
        sheet: its sheet.
        findings: those that count; other outcomes than violations, and what cannot be judged, cost nothing.
        unit: whose findings they are.
    """
    by_task: dict[str, list[Finding]] = {}
    for finding in by_gravity(list(findings)):
        by_task.setdefault(task_of(finding.clause), []).append(finding)
    items = []
    for item in sheet.items:
        off = sheet.deductions | (item.deductions or {})
        left = least = item.points
        costs: dict[str, float] = {}
        theirs = [f for task in item.tasks for f in by_task.get(task, ())]
        for finding in theirs:
            if finding.outcome is Outcome.VIOLATION:
                now = max(item.floor, left - off.get(finding.severity, 0))
                costs[finding.id] = round(left - now, 6)
                left = now
        least = left
        for finding in theirs:
            if finding.outcome in (Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW):
                least = max(item.floor, least - off.get(finding.severity, 0))
        title = item.title or pack.tasks[item.tasks[0]]
        items.append(ItemScore(item, title, round(left, 6), round(least, 6), costs))
    broken = {f.rule for task in by_task.values() for f in task if f.outcome is Outcome.VIOLATION}
    doubtful = {f.rule for task in by_task.values() for f in task if f.outcome in (Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW)}
    vetoes = [v for v in sheet.vetoes if broken & set(v.rules)]
    feared = [v for v in sheet.vetoes if (broken | doubtful) & set(v.rules)]
    whole = min([sum(i.score for i in items), *(v.cap for v in vetoes)])
    lowest = min([sum(i.worst_case for i in items), *(v.cap for v in feared)])
    return Score(pack.id, unit, sheet.total, round(whole, 6), round(lowest, 6), items, vetoes)
