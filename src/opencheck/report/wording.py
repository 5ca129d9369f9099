"""Short phrases that several formats share: lateness, subject, location."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from opencheck.core.display import display_text
from opencheck.records.tables import TABLES
from opencheck.report import messages
from opencheck.report.finding import Finding

if TYPE_CHECKING:
    from opencheck.records.dataset import SkippedLine
    from opencheck.rules.packs.pack import Pack

__all__ = [
    "ignored_text",
    "labelled",
    "late_text",
    "pack_titles",
    "place_text",
    "subject_line",
    "subject_text",
    "task_title",
]


def late_text(finding: Finding, lang: str) -> str | None:
    """Return by how much a finding is late or short, with its unit; None where it is not."""
    return messages.lateness_text(finding.facts, lang) if finding.late_by else None


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


def pack_titles(packs: Sequence[Pack], lang: str) -> str:
    """Return the titles of the packs that a report is about, on one line."""
    return messages.get_message("join.list", lang).join(pack.title.get(lang) for pack in packs)


def task_title(packs: Sequence[Pack], task: str, lang: str) -> str:
    """Return what a task is called by the pack that has it; blank where none has."""
    return next((pack.tasks[task].get(lang) for pack in packs if task in pack.tasks), "")


def labelled(label: str, value: str, lang: str) -> str:
    """Return a label and what it is of, with the colon of the language.

    >>> labelled("会议 row 3", "duplicate id", "en")
    '会议 row 3: duplicate id'
    """
    return messages.get_message("join.labelled", lang).format(label=label, value=value)


_SAYS_HOW = frozenset({"continuation", "above", "months", "file"})
"""What is not read and says itself what to do about it."""


def ignored_text(line: SkippedLine, lang: str) -> str:
    """Return a skipped line in words: location, reason and content."""
    place, why = place_text(*line.place, lang), messages.get_message(f"ignore.{line.code}", lang)
    text = labelled(messages.get_message("place.why", lang).format(place=place, why=why), display_text(line.text), lang)
    if line.near:
        return messages.format_message("ignore.near", lang, line=text, field=line.near)
    if line.may_hold is None or line.code in _SAYS_HOW:
        return text
    if not line.may_hold:
        return messages.format_message("ignore.records", lang, line=text)
    spec = TABLES[line.may_hold[0]]
    return messages.format_message("ignore.records_of", lang, line=text, table=spec.label_zh if lang == "zh" else spec.name)
