"""Whether a check judged again what an earlier violation is about that rests on no record, such as a month without a publication."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from opencheck.core.display import displayed
from opencheck.core.outcomes import Outcome
from opencheck.engine.result import RuleResult
from opencheck.records.dataset import Dataset
from opencheck.report.finding import Finding

__all__ = ["JudgedAgain"]

_OPEN = frozenset({Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW})


class JudgedAgain:
    """What a check judged beside the records: the subjects and periods of each series, and what it left open as a whole.

    A violation without a record ends, too, where its table, its sheet, the roster or its subject is no longer given; that mends nothing.

    Args:
        results: those of the check.
        findings: those of the check.
        data: what was checked.
    """

    def __init__(self, results: Iterable[RuleResult], findings: Iterable[Finding], data: Dataset) -> None:
        self._series = {result.rule.id: result for result in results if result.cells is not None}
        self._cells: dict[str, set[tuple[str | None, str | None]]] = {}
        self._open: dict[str, list[Finding]] = defaultdict(list)
        for finding in findings:
            if finding.outcome in _OPEN and finding.record_id is None:
                self._open[finding.rule].append(finding)
        self._tables = frozenset(data.tables)
        self._sheets = {displayed(sheet) for _, sheet in data.places}

    def covers(self, rule: str, told: Mapping[str, Any]) -> bool:
        """Whether the check would have found an earlier violation again, if it still were one.

        Args:
            rule: its rule, which ran again.
            told: of its values as JSON ``table``, ``subject``, ``period`` and ``source``; it has no ``record_id``.
        """
        subject, period, source = told["subject"], told["period"], told["source"]
        if told["table"] not in self._tables or (source["row"] is not None and source["sheet"] not in self._sheets):
            return False
        if period is not None and rule in self._series:
            return (subject, period) in self._judged(rule)
        return not any(f.subject in (None, subject) and f.period in (None, period) for f in self._open[rule])

    def _judged(self, rule: str) -> set[tuple[str | None, str | None]]:
        """The subjects and periods that a series has, as findings show them."""
        if rule not in self._cells:
            cells = self._series[rule].cells
            pairs = () if cells is None else cells.select("subject", "period").iter_rows()
            self._cells[rule] = {(displayed(subject or None), period) for subject, period in pairs}
        return self._cells[rule]
