"""Findings chosen by outcome, rule, severity, task and table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from opencheck.core.outcomes import Outcome, Severity
from opencheck.records.tables import TABLES
from opencheck.report.finding import Finding
from opencheck.report.options import chosen_names
from opencheck.rules.packs.pack import Pack
from opencheck.rules.packs.selection import task_of

__all__ = ["filter_findings"]

_VALUES: dict[str, Callable[[Finding], str]] = {
    "outcome": lambda f: f.outcome,
    "rule": lambda f: f.rule,
    "severity": lambda f: f.severity,
    "task": lambda f: task_of(f.clause),
    "table": lambda f: f.table,
}


def filter_findings(
    findings: Sequence[Finding],
    filters: Mapping[str, str | Iterable[str] | None],
    *,
    rules: Iterable[str],
    packs: Iterable[Pack],
) -> list[Finding]:
    """Return the findings that every filter lets through, in their order.

    Args:
        findings: the findings of a report.
        filters: for ``outcome``, ``rule``, ``severity``, ``task`` and ``table`` a name or several; None for all.
        rules: the ids of the rules that were checked.
        packs: the packs whose tasks may be named.

    Raises:
        UnknownNameError: a name that does not exist; the nearest one is named.
    """
    tasks = {task: None for pack in packs for task in (*pack.tasks, *map(task_of, pack.clauses))}
    accepted = {"outcome": Outcome, "rule": rules, "severity": Severity, "task": tasks, "table": TABLES}
    found = list(findings)
    for option, given in filters.items():
        if (chosen := chosen_names(option, given, accepted[option])) is not None:
            found = [f for f in found if _VALUES[option](f) in chosen]
    return found
