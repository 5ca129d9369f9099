"""Short phrases that several formats share: lateness, subject, location."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opencheck.core.display import display_text
from opencheck.report import messages
from opencheck.report.finding import Finding

if TYPE_CHECKING:
    from opencheck.records.dataset import SkippedLine

__all__ = [
    "ignored_text",
    "late_text",
    "place_text",
    "subject_line",
    "subject_text",
]


def late_text(finding: Finding, lang: str) -> str | None:
    """Return by how much a finding is late or short, with its unit; None where it is not."""
    if not finding.late_by:
        return None
    return messages.span_text(finding.late_by, finding.late_unit or "days", lang)


def subject_text(finding: Finding) -> str:
    """Return the subject of a finding: subject and period, or the record's title."""
    parts = [p for p in (finding.subject, finding.period) if p]
    return " ".join(parts) if finding.period else (finding.title or finding.subject or "")


def subject_line(finding: Finding, *more: str | None) -> str:
    """Return one line that identifies a finding: the given words (unit, rule), the record's id, and its subject or title."""
    return " ".join(p for p in (*more, finding.record_id, subject_text(finding)) if p)


def place_text(file: str | None, sheet: str | None, row: int | None, lang: str) -> str:
    """Return the location of a record in words."""
    source = " ".join(display_text(p) for p in (file, sheet) if p)
    if row is None:
        return source
    return messages.get_message("place.row" if source else "place.only_row", lang).format(where=source, row=row)


def ignored_text(line: SkippedLine, lang: str) -> str:
    """Return a skipped line in words: location, reason and content."""
    why = f"{place_text(*line.place, lang)} {messages.get_message(f'ignore.{line.code}', lang)}"
    told = messages.get_message("join.labelled", lang).format(label=why, value=display_text(line.text))
    return messages.format_message("ignore.near", lang, line=told, field=line.near) if line.near else told
