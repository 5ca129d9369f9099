"""SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from opencheck.core.display import display_text
from opencheck.core.outcomes import Outcome
from opencheck.records.dataset import SourceLocation
from opencheck.report.finding import Finding
from opencheck.report.rejected import rejected_reasons
from opencheck.report.report import Report
from opencheck.report.wording import labelled, subject_line

__all__ = [
    "as_sarif",
]


_LEVEL = {"error": "error", "warning": "warning", "advice": "note"}

_KIND = {
    Outcome.PASS: "pass",
    Outcome.VIOLATION: "fail",
    Outcome.PENDING: "informational",
    Outcome.NOT_APPLICABLE: "notApplicable",
    Outcome.INDETERMINATE: "open",
    Outcome.NEEDS_REVIEW: "review",
    Outcome.WAIVED: "fail",
}


def relative_paths(report: Report) -> dict[str, str]:
    """The paths of a report's files relative to the working directory, with slashes, by their names as the report shows them.

    Of a file that lies elsewhere it is its name.
    """
    found: dict[str, str] = {}
    for own, path in report.data.files.items():
        name = display_text(own)
        found.setdefault(name, _relative(path) or name)
    return found


def _relative(path: Any) -> str | None:
    try:
        inside = os.path.relpath(Path(path).resolve())
    except ValueError:  # another drive of Windows
        return None
    return None if inside.startswith("..") else display_text(Path(inside).as_posix())


def as_sarif(report: Report, lang: str) -> bytes:
    """Return the findings as a SARIF 2.1.0 log.

    A violation is a result of kind ``fail`` with the rule's level, indeterminate is ``open``, needs_review ``review``, pending
    ``informational``; a waived violation is suppressed with the waiver's basis. The row is the line of the physical location, the sheet
    the logical location; what is of no row is at line 1 of the table's file. Questions and rejected rows are tool notifications.
    """
    from opencheck.core.version import __version__

    rules, paths = report.results, relative_paths(report)
    index = {r.rule.id: n for n, r in enumerate(rules)}
    descriptors = [
        {
            "id": r.rule.id,
            "name": r.rule.id.replace("-", "").replace(".", "_"),
            "shortDescription": {"text": r.rule.title.get(lang)},
            "fullDescription": {"text": _duty(r.pack, r.rule.clause, lang) or r.rule.title.get(lang)},
            "help": {"text": r.rule.remedy.get(lang)},
            "defaultConfiguration": {"level": _LEVEL[r.rule.effective_severity]},
            "properties": {"clause": r.rule.clause, "pack": r.pack.id, "tags": [r.pack.id, f"clause {r.rule.clause}"]},
        }
        for r in rules
    ]
    run = {
        "tool": {
            "driver": {
                "name": "opencheck",
                "version": __version__,
                "semanticVersion": __version__,
                "language": "zh-CN" if lang == "zh" else "en",
                "rules": descriptors,
            }
        },
        "language": "zh-CN" if lang == "zh" else "en",
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, paths, f, index[f.rule], lang) for f in report.findings()],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {
                        "level": "note",
                        "message": {"text": _plain(q.text.get(lang))},
                        **_locations(paths, *_place(report, q.table)),
                    }
                    for q in report.questions
                ]
                + [
                    {
                        "level": "warning",
                        "message": {"text": _plain(rejected_reasons(r, lang))},
                        **_locations(paths, *(r.place if r.place.file else _place(report, r.table))),
                    }
                    for r in report.rejected
                ],
            }
        ],
        "properties": {"asOf": report.as_of.isoformat(), "rows": report.rows, "packs": [p.id for p in report.packs]},
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return (json.dumps(log, ensure_ascii=False, indent=1) + "\n").encode()


def _plain(text: str) -> str:
    """Escape links and placeholders in a message (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    return re.sub(r"([\\\[\]])", r"\\\1", text).replace("{", "{{").replace("}", "}}")


def _duty(pack: Any, clause: str, lang: str) -> str:
    known = pack.clauses.get(clause)
    return f"{clause}  {known.duty.get(lang)}" if known else ""


def _locations(paths: Mapping[str, str], file: str | None, sheet: str | None, row: int | None) -> dict[str, Any]:
    name = file or _NO_FILE
    artifact = {"uri": quote(paths.get(name, name))}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": row or 1}}}
    if sheet:
        location["logicalLocations"] = [{"name": sheet, "fullyQualifiedName": f"{sheet}!{row}" if row else sheet}]
    return {"locations": [location]}


_NO_FILE = "records"
"""The artifact of records that were given by a program, not in a file."""


def _place(report: Report, table: str) -> SourceLocation:
    """Where a table stands of which no row is meant: its first sheet, or the first file that was read.

    Code scanning refuses a log in which a result has no physical location.
    """
    sources = report.data.tables[table].sources if table in report.data.tables else ()
    places = [report.data.place(source.src, None) for source in sources]
    file, sheet = next(((p.file, p.sheet) for p in places if p.file), (next(iter(report.data.files), None), None))
    return SourceLocation(display_text(file) if file else None, display_text(sheet) if sheet else None)


def _result(report: Report, paths: Mapping[str, str], finding: Finding, rule: int, lang: str) -> dict[str, Any]:
    subject = subject_line(finding, finding.unit)
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "kind": _KIND[finding.outcome],
        "level": _LEVEL[finding.severity] if _KIND[finding.outcome] == "fail" else "none",
        "message": {
            "text": _plain(labelled(subject, finding.message.get(lang), lang) if subject else finding.message.get(lang))
        },
        **_locations(paths, *(finding.source if finding.source.file else _place(report, finding.table))),
        "partialFingerprints": {"opencheck/v1": finding.id},
        "properties": {
            "outcome": str(finding.outcome),
            "clause": finding.clause,
            "unit": finding.unit,
            "due": finding.due and finding.due.isoformat(),
            "actual": finding.actual and finding.actual.isoformat(),
            "remedy": finding.remedy.get(lang),
            "explanation": [t.get(lang) for t in finding.explanation],
        },
    }
    if finding.waiver:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": str(finding.waiver.get("basis") or "")}
        ]
    if finding.baseline:
        result["baselineState"] = "new" if finding.baseline == "new" else "unchanged"
    return result
