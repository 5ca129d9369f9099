"""The scoring sheet of a pack (政务公开考评), ``score.yaml``: points of items, deductions, floors and vetoes, as data."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from opencheck.core.localized import PackText
from opencheck.core.outcomes import Severity

__all__ = [
    "Item",
    "ScoringSheet",
    "Veto",
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Model):
    """An item of the sheet: its tasks, its points, and the deductions for violations."""

    id: str
    tasks: Annotated[list[str], Field(min_length=1, description="tasks of the pack whose clauses count here")]
    title: Annotated[PackText | None, Field(description="the first task's title where none is given")] = None
    points: Annotated[float, Field(gt=0)]
    deductions: Annotated[dict[Severity, float] | None, Field(description="points a violation, instead of the sheet's")] = None
    floor: Annotated[float, Field(ge=0, description="points that remain in any case")] = 0


class Veto(_Model):
    """A cap on the whole score, applied by one violation of any of these rules."""

    rules: Annotated[list[str], Field(min_length=1)]
    title: PackText
    cap: Annotated[float, Field(ge=0)]


class ScoringSheet(_Model):
    """A pack's scoring sheet, ``score.yaml``."""

    title: PackText
    basis: Annotated[PackText, Field(description="the norm that gives the weights, or that they are the pack's own")]
    total: Annotated[float, Field(gt=0)] = 100
    deductions: Annotated[dict[Severity, float], Field(description="points that a violation takes off, by severity")]
    items: Annotated[list[Item], Field(min_length=1)]
    vetoes: list[Veto] = []

    @model_validator(mode="after")
    def _adds_up(self) -> ScoringSheet:
        points = sum(i.points for i in self.items)
        if abs(points - self.total) > 1e-9:
            raise ValueError(f"the items' points add up to {points:g}, not to the total of {self.total:g}")
        tasks = [t for i in self.items for t in i.tasks]
        if twice := sorted({t for t in tasks if tasks.count(t) > 1}):
            raise ValueError(f"tasks stand in two items: {', '.join(twice)}")
        return self

    def check(self, tasks: Collection[str], rules: Collection[str]) -> None:
        """Validate the sheet against its pack.

        Raises:
            ValueError: a task belongs to no item, or a task or rule is unknown.
        """
        held = {t for i in self.items for t in i.tasks}
        if unknown := sorted(held - set(tasks)):
            raise ValueError(f"no task {', '.join(unknown)} in pack.yaml")
        if missing := sorted(set(tasks) - held):
            raise ValueError(f"no item holds task {', '.join(missing)}")
        if odd := [r for v in self.vetoes for r in v.rules if r not in rules]:
            raise ValueError(f"no rule {', '.join(odd)}")
