"""Lines, columns and sheets that were not read as records: as JSON data, and those that a rule would have needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from opencheck.records.dataset import Dataset, SkippedLine
from opencheck.report import messages
from opencheck.rules.rule import Rule

__all__ = ["ignored_dict", "wanted_but_unread"]


def ignored_dict(line: SkippedLine) -> dict[str, Any]:
    """Return a line, column or sheet that is no record as JSON data."""
    return {
        **line.place.as_dict(),
        "text": line.text,
        "reason": messages.load_messages()[f"ignore.{line.code}"],
        **({"likely": line.near[1]} if line.near else {}),
    }


def wanted_but_unread(data: Dataset, shown: Sequence[SkippedLine], rules: Iterable[Rule]) -> list[SkippedLine]:
    """Return the columns that likely are a field that a rule reads and that is not there, and what was not read that may hold records of a
    table that a rule reads, or of whatever table.

    Args:
        data: what was read.
        shown: its ignored lines as reports show them, in the same order.
        rules: the rules that were checked.
    """
    read = {field for rule in rules for field in rule.deciding_fields()}
    return [line for raw, line in zip(data.ignored, shown, strict=True) if _is_wanted(raw, read, data)]


def _is_wanted(line: SkippedLine, read: set[tuple[str, str]], data: Dataset) -> bool:
    if line.may_hold is not None and (not line.may_hold or not {t for t, _ in read}.isdisjoint(line.may_hold)):
        return True
    if line.near is None:
        return False
    of_table, field = line.near
    return line.near in read and field not in data.fields_at(of_table, line.place.file, line.place.sheet)
