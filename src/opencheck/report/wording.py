"""Short phrases that several formats share: lateness, subject, location."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opencheck.core.personal_data import mask_for_display
from opencheck.report import messages
from opencheck.report.finding import Finding

if TYPE_CHECKING:
    from opencheck.records.dataset import Ignored

__all__ = [
    "ignored_text",
    "late_text",
    "place_text",
    "subject_line",
    "subject_text",
]


def late_text(finding: Finding, lang: str) -> str | None:
    """How much later or less than allowed, with its unit; None where nothing is late."""
    if not finding.late_by:
        return None
    return messages.format_message(
        "join.measure", lang, n=finding.late_by, unit=messages.get_message(f"unit.{finding.late_unit}", lang)
    )


def subject_text(finding: Finding) -> str:
    """What a finding is about, in few words: subject and period, or the record's title."""
    parts = [p for p in (finding.subject, finding.period) if p]
    return " ".join(parts) if finding.period else (finding.title or finding.subject or "")


def subject_line(finding: Finding, *more: str | None) -> str:
    """What a finding is about as one line: what else is given (the unit, the rule), the record's id, and its subject or title."""
    return " ".join(p for p in (*more, finding.record_id, subject_text(finding)) if p)


def place_text(file: str | None, sheet: str | None, row: int | None, lang: str) -> str:
    """Where a record stands, as a person would say it."""
    where = " ".join(p for p in (file, sheet) if p)
    if row is None:
        return where
    return messages.get_message("place.row" if where else "place.only_row", lang).format(where=where, row=row)


def ignored_text(line: Ignored, lang: str) -> str:
    """A line that is no record: where it stands, why it was not read, what it says."""
    why = f"{place_text(*line.place, lang)} {messages.get_message(f'ignore.{line.code}', lang)}"
    return messages.get_message("join.labelled", lang).format(label=why, value=mask_for_display(line.text))
