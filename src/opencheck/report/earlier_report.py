"""Reports that were written as JSON, read back: to compare a check with, or to explain one of their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from opencheck.core.errors import InputError
from opencheck.core.json_files import read_json
from opencheck.core.localized import LocalizedText
from opencheck.core.outcomes import QUIET, Outcome, Severity
from opencheck.records.dataset import Rejected
from opencheck.report.finding import IDENTITY, Finding
from opencheck.report.judged_again import JudgedAgain

__all__ = ["compare_with_earlier", "earlier_findings"]


class _Source(BaseModel):
    model_config = ConfigDict(extra="allow")

    file: str | None
    sheet: str | None
    row: int | None


class _Finding(BaseModel):
    """What is relied on of a finding."""

    model_config = ConfigDict(extra="allow")

    id: str
    rule: str
    table: str
    record_id: str | None
    subject: str | None
    period: str | None
    outcome: Annotated[str, AfterValidator(lambda value: Outcome(value).value)]
    severity: Annotated[str, AfterValidator(lambda value: Severity(value).value)]
    unit: str | None
    title: str | None
    due: str | None
    message: LocalizedText
    remedy: LocalizedText
    explanation: list[LocalizedText]
    source: _Source


class _Report(BaseModel):
    findings: list[_Finding]


def earlier_findings(path: Path) -> list[dict[str, Any]]:
    """The findings of a file written with ``--format json``.

    Raises:
        InputError: the file cannot be read, or is no such report; what is wrong in it is named.
    """
    content = read_json(path)
    try:
        _Report.model_validate(content)
    except ValidationError as exc:
        error = exc.errors()[0]
        place = ".".join(map(str, error["loc"]))
        text = f"{path}: 不是检查报告的JSON / not a JSON report of opencheck: {place or 'report'}: {error['msg']}"
        raise InputError(text, code="not_a_report", path=path, field=place or None) from exc
    found: list[dict[str, Any]] = content["findings"]
    return found


def compare_with_earlier(
    findings: Iterable[Finding],
    path: Path,
    rules: Iterable[str],
    record_ids: Callable[[set[str]], dict[str, set[str]]],
    rejected: Iterable[Rejected],
    judged_again: JudgedAgain,
) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """Mark each violation as ``new`` or ``known`` against an earlier JSON report.

    Args:
        findings: those of the new check.
        path: the earlier report.
        rules: the rules that the new check ran.
        record_ids: the ids of the records that some tables have now, rejected ones included.
        rejected: the rows that were rejected now.
        judged_again: what the new check judged beside the records.

    Returns:
        The earlier violations that have been fixed, the ids of the records of others that are no longer there, and the rules of those that rest
        on no record and were not judged again.

    Raises:
        InputError: a file that is no such report.
    """
    earlier = {_identity_of(f): f for f in earlier_findings(path) if f["outcome"] == Outcome.VIOLATION}
    open_ = [f for f in findings if f.outcome not in QUIET]
    now = {_key_of(f) for f in open_}
    known = _known([f for f in open_ if f.outcome is Outcome.VIOLATION], earlier)
    # What cannot be told any more, or was waived since, is not fixed; nor is a violation whose row is rejected now.
    ran = set(rules)
    lost = {(r.table, str(r.values["id"])) for r in rejected if r.values.get("id") is not None}
    ended = [
        f
        for key, f in earlier.items()
        if key not in now and key not in known and f["rule"] in ran and (f["table"], f["record_id"]) not in lost
    ]
    there = record_ids({f["table"] for f in ended if f["record_id"] is not None})
    fixed, gone, unjudged = [], [], []
    for f in ended:
        if f["record_id"] is None and not judged_again.covers(f["rule"], f):
            unjudged.append(f["rule"])
        elif f["record_id"] is None or f["record_id"] in there[f["table"]]:
            fixed.append({k: f[k] for k in (*IDENTITY, "unit", "title", "due", "message")})
        else:
            gone.append(f["record_id"])
    return fixed, gone, unjudged


def _known(violations: Iterable[Finding], earlier: Mapping[tuple[Any, ...], Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    """Mark violations as new or known, and return the earlier ones that are still there.

    Serial numbers and numbers of rows move when rows are inserted: a record of the same title, unit and last day under another number is
    the same one, before one that only has its number now.
    """
    left = dict(earlier)
    by_content: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for key, f in earlier.items():
        if f["title"]:
            by_content.setdefault(_content_of({**f, "sheet": f["source"]["sheet"]}), []).append(key)

    def same(finding: Finding) -> Iterable[tuple[Any, ...]]:
        key = _key_of(finding)
        return [key] if key in left and left[key]["title"] == finding.title else []

    def moved(finding: Finding) -> Iterable[tuple[Any, ...]]:
        fields = {**{n: getattr(finding, n) for n in _CONTENT}, "sheet": finding.source.sheet}
        return (key for key in by_content.get(_content_of(fields), ()) if key in left)

    def renamed(finding: Finding) -> Iterable[tuple[Any, ...]]:
        return [key] if (key := _key_of(finding)) in left else []

    known: set[tuple[Any, ...]] = set()
    unmatched = list(violations)
    for find in (same, moved, renamed):
        rest = []
        for finding in unmatched:
            own = next(iter(find(finding)), None)
            if own is None:
                rest.append(finding)
                continue
            finding.baseline = "known"
            known.add(own)
            del left[own]
        unmatched = rest
    for finding in unmatched:
        finding.baseline = "new"
    return known


_CONTENT = ("rule", "table", "unit", "title", "subject", "period", "due")


def _content_of(finding: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a finding is about whatever number its record has."""
    return tuple(None if finding[n] is None else str(finding[n]) for n in (*_CONTENT, "sheet"))


def _key_of(finding: Finding) -> tuple[Any, ...]:
    return (*(getattr(finding, k) for k in IDENTITY), finding.source.sheet)


def _identity_of(finding: dict[str, Any]) -> tuple[Any, ...]:
    """What makes a finding of two reports the same."""
    return (*(finding[k] for k in IDENTITY), finding["source"]["sheet"])
