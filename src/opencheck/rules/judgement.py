"""The judgement of a kind about records or about a set, before findings are made from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict

from opencheck.core.outcomes import QUIET, Outcome

__all__ = ["Covers", "Judged", "Judgement", "Linked", "SetJudgement"]


class Linked(BaseModel):
    """Records of another table that refer to this one: ``by`` is their field that holds this record's id."""

    model_config = ConfigDict(extra="forbid")

    table: str
    by: str


@dataclass(frozen=True)
class Covers:
    """The days, both included, that duties by year or period are checked for."""

    first: date
    last: date

    @property
    def years(self) -> list[int]:
        """The years that lie whole within."""
        return [
            y
            for y in range(self.first.year, self.last.year + 1)
            if self.first <= date(y, 1, 1) and date(y, 12, 31) <= self.last
        ]


@dataclass
class Judgement:
    """The judgement of each record, as expressions over the table.

    ``code`` gives the outcome's number, ``due`` and ``actual`` the dates; ``extras`` are computed for the few rows that
    become findings.
    """

    code: pl.Expr
    due: pl.Expr | None = None
    actual: pl.Expr | None = None
    extras: dict[str, pl.Expr] = field(default_factory=dict)


@dataclass
class Judged:
    """One finished judgement that is not about one record: a period of a series, a count, a whole table."""

    outcome: Outcome
    unit: str | None = None
    subject: str | None = None
    period: str | None = None
    due: date | None = None
    actual: date | None = None
    record_id: str | None = None
    src: int | None = None
    row: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass
class SetJudgement:
    """The judgement of a set: counts of all outcomes, and the judgements that become findings."""

    counts: dict[Outcome, int] = field(default_factory=dict)
    findings: list[Judged] = field(default_factory=list)
    cells: pl.DataFrame | None = None
    """Of a series: the outcome (``code``) of every ``subject`` and ``period``, passes included, for tables of a report."""

    @classmethod
    def of(cls, judged: list[Judged], *, include_all: bool) -> SetJudgement:
        """Counts of all judgements, and those of them that are reported."""
        found = cls()
        for one in judged:
            found.counts[one.outcome] = found.counts.get(one.outcome, 0) + 1
            if include_all or one.outcome not in QUIET:
                found.findings.append(one)
        return found
