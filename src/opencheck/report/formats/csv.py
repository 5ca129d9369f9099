"""CSV: one line for each finding."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from opencheck.core.outcomes import Outcome
from opencheck.report import messages
from opencheck.report.finding import Finding
from opencheck.report.rejected import rejected_reasons
from opencheck.report.report import Report
from opencheck.report.wording import late_text, subject_text

__all__ = [
    "as_csv",
    "escape_formula",
]


_FORMULA = re.compile("[\\s\u200b\ufeff]*[=+@＝＋－＠−﹢﹣﹦﹫-]|[\\t\\r]")
"""What a spreadsheet may take for a formula: its first character in any width, whatever white space stands before it."""


def escape_formula(text: str) -> str:
    """Escape a text that a spreadsheet would interpret as a formula, also behind white space, in full width or as a small form.

    >>> escape_formula("=cmd|' /C calc'!A0"), escape_formula("＝1+1"), escape_formula("市环保局")
    ("'=cmd|' /C calc'!A0", "'＝1+1", '市环保局')
    """
    return f"'{text}" if _FORMULA.match(text) else text


# Columns of a list of findings; their headers are the messages ``column.NAME``.
COLUMNS = (
    "outcome",
    "severity",
    "rule",
    "clause",
    "unit",
    "record_id",
    "what",
    "message",
    "due",
    "actual",
    "late",
    "remedy",
    "file",
    "sheet",
    "row",
)


def flat_row(finding: Finding, lang: str) -> dict[str, Any]:
    """Return a finding as one row of a spreadsheet."""
    severity = messages.get_message(f"severity.{finding.severity}", lang) if finding.outcome is Outcome.VIOLATION else ""
    return {
        "outcome": messages.get_message(f"outcome.{finding.outcome}", lang),
        "severity": severity,
        "rule": finding.rule,
        "clause": finding.clause,
        "unit": finding.unit,
        "record_id": finding.record_id,
        "what": subject_text(finding),
        "message": finding.message.get(lang),
        "due": finding.due,
        "actual": finding.actual,
        "late": late_text(finding, lang),
        "remedy": finding.remedy.get(lang) if finding.outcome in _ACTIONABLE else None,
        "file": finding.source.file,
        "sheet": finding.source.sheet,
        "row": finding.source.row,
    }


_ACTIONABLE = (Outcome.VIOLATION, Outcome.INDETERMINATE, Outcome.NEEDS_REVIEW, Outcome.PENDING)


def as_csv(report: Report, lang: str) -> bytes:
    """Return the report as CSV: findings, then rejected rows, with headers in the given language."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([messages.get_message(f"column.{name}", lang) for name in COLUMNS])
    for finding in report.findings():
        row = flat_row(finding, lang)
        writer.writerow([escape_formula(str(row[n])) if row[n] is not None else "" for n in COLUMNS])
    for rejected in report.rejected:
        row = dict.fromkeys(COLUMNS)
        row |= {
            "outcome": messages.get_message("word.rejected_row", lang),
            "record_id": rejected.values.get("id"),
            "message": rejected_reasons(rejected, lang),
            "file": rejected.place.file,
            "sheet": rejected.place.sheet,
            "row": rejected.place.row,
        }
        writer.writerow([escape_formula(str(row[n])) if row[n] is not None else "" for n in COLUMNS])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
