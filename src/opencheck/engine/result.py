"""The result of every rule: counts of outcomes, and the facts from which findings are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from opencheck.core.outcomes import Outcome
from opencheck.rules.context import RuleContext
from opencheck.rules.judgement import Judged
from opencheck.rules.packs.pack import Pack

if TYPE_CHECKING:
    from opencheck.rules.rule import Rule

__all__ = ["Note", "Progress", "RuleResult"]

Note = tuple[str, dict[str, Any]]
"""Something to say about a check: the name of a message in the catalogue and the facts that it is filled with."""


class Progress(NamedTuple):
    """How far a check has come.

    ``rule``: the rule that is worked on, for a table the first of its rules; blank at the end. ``done`` of ``total`` rules are through.
    ``table``, ``rows``, ``findings``: of the table that is read, blank where none is, the rows so far and what they gave to report.
    """

    rule: str
    done: int
    total: int
    table: str = ""
    rows: int = 0
    findings: int = 0


@dataclass
class RuleResult:
    """What one rule found: counts of all outcomes, and the rows or judgements that become findings."""

    rule: Rule
    pack: Pack
    context: RuleContext
    counts: dict[Outcome, int] = field(default_factory=dict)
    rows: pl.DataFrame | None = None
    """The facts of reported records, a row each."""
    judged: list[Judged] = field(default_factory=list)
    cells: pl.DataFrame | None = None
    """Of a series: the outcome of every subject and period."""
