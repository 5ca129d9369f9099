"""What a kind says of a record or of a set, before it becomes a finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import narwhals as nw
from pydantic import BaseModel, ConfigDict

from opencheck.core.outcomes import Outcome

__all__ = [
    "Covers",
    "Judged",
    "Judgement",
    "Linked",
]


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
    """What a kind says of each record, as expressions over the table.

    ``code`` gives the outcome's number, ``due`` and ``actual`` the dates; ``extras`` are computed for the few rows that
    become findings.
    """

    code: nw.Expr
    due: nw.Expr | None = None
    actual: nw.Expr | None = None
    extras: dict[str, nw.Expr] = field(default_factory=dict)


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


class TextQuestion(NamedTuple):
    """A question of :meth:`Scope.of_text`."""

    field: str
    suspicious: bool
    as_written: bool
