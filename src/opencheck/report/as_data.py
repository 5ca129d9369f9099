"""A report as data: JSON, counts, and a frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from opencheck.core.outcomes import Outcome, Severity
from opencheck.core.version import __version__
from opencheck.engine.result import RuleResult
from opencheck.report.finding import Finding
from opencheck.report.questions import heading_dict
from opencheck.report.rejected import rejected_dict
from opencheck.report.unread import ignored_dict
from opencheck.rules.packs.selection import task_of

__all__ = ["counts_of", "findings_frame", "report_dict"]


def counts_of(findings: Sequence[Finding], results: Sequence[RuleResult], *, listed: bool) -> dict[str, Any]:
    """Counts by outcome, of violations by severity, by rule, task and unit.

    Args:
        findings: the findings of a report.
        results: what every rule gave.
        listed: whether only what is listed among the findings is counted; else passes are, too.
    """
    outcomes: Counter[str] = Counter()
    by_rule: dict[str, dict[str, int]] = {}
    found: dict[str, Counter[Outcome]] = {r.rule.id: Counter() for r in results}
    for finding in findings if listed else ():
        found[finding.rule][finding.outcome] += 1
    for result in results:
        counts = found[result.rule.id] if listed else result.counts
        by_rule[result.rule.id] = {o.value: n for o, n in sorted(counts.items(), key=lambda kv: kv[0].code)}
        outcomes.update({o.value: n for o, n in counts.items()})
    tasks: dict[str, Counter[str]] = {}
    units: dict[str, Counter[str]] = {}
    for finding in findings:
        key = finding.outcome.value
        if finding.outcome is Outcome.VIOLATION:
            key = "before_plan" if finding.before_plan else finding.severity.value
        tasks.setdefault(task_of(finding.clause), Counter())[key] += 1
        units.setdefault(finding.unit or "—", Counter())[key] += 1
    severities = Counter(f.severity for f in findings if f.outcome is Outcome.VIOLATION)
    return {
        "outcomes": {o.value: outcomes.get(o.value, 0) for o in Outcome},
        "violations": {s.value: severities[s] for s in Severity},
        "by_rule": by_rule,
        "by_task": {k: dict(v) for k, v in tasks.items()},
        "by_unit": {k: dict(v) for k, v in units.items()},
    }


def findings_frame(findings: Iterable[Finding]) -> pl.DataFrame:
    """The findings as a frame; see :meth:`opencheck.report.report.Report.to_frame`."""
    rows = []
    for finding in findings:
        row = finding.as_dict()
        for key in ("message", "remedy"):
            row |= {f"{key}_{lang}": text for lang, text in row.pop(key).items()}
        row |= {f"source_{k}": v for k, v in row.pop("source").items()}
        row.pop("explanation")
        row |= {"due": finding.due, "actual": finding.actual}
        rows.append(row)
    schema: dict[str, Any] = {
        "due": pl.Date,
        "actual": pl.Date,
        "late_by": pl.Int64,
        "source_row": pl.Int64,
        "missing": pl.List(pl.String),
    }
    return pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)


def report_dict(report: Any) -> dict[str, Any]:
    """The report as JSON gives it; see :meth:`opencheck.report.report.Report.to_dict`."""
    packs = [p.id for p in report.packs]
    return {
        "opencheck": __version__,
        "pack": packs[0] if len(packs) == 1 else packs,
        "as_of": report.as_of.isoformat(),
        "parameters": {p.id: p.values for p in report.packs},
        **({"units": list(report.units)} if report.units else {}),
        "rows": report.rows,
        "questions": [q.as_dict() for q in report.questions],
        "headings": [heading_dict(h) for h in report.headings],
        "summary": report.summary,
        "rejected": [rejected_dict(r) for r in report.rejected],
        "ignored": [ignored_dict(line) for line in report.ignored],
        "waivers": [w.as_dict() for w in report.waivers],
        **({"answers": report.answers} if report.answers else {}),
        **({"baseline": {**report.changes, "fixed_findings": report.fixed}} if report.fixed is not None else {}),
        "notes": [remark.model_dump() for remark in report.remarks],
        "findings": [f.as_dict() for f in report._findings],
    }
