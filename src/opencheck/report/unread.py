"""Lines, columns and sheets that were not read as records: as JSON data, and those that a rule would have needed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from opencheck.core.normalize import normalize_key
from opencheck.records.dataset import Dataset, SkippedLine
from opencheck.records.tables import TABLES
from opencheck.report import messages
from opencheck.rules.rule import Rule

__all__ = ["ignored_dict", "wanted_but_unread"]

_TABLE_NAMES = {normalize_key(n): t.name for t in TABLES.values() for n in (t.name, t.label_zh, *t.aliases)}


def ignored_dict(line: SkippedLine) -> dict[str, Any]:
    """Return a line, column or sheet that is no record as JSON data."""
    return {
        **line.place.as_dict(),
        "text": line.text,
        "reason": messages.load_messages()[f"ignore.{line.code}"],
        **({"likely": line.near[1]} if line.near else {}),
    }


def wanted_but_unread(data: Dataset, shown: Sequence[SkippedLine], rules: Iterable[Rule]) -> list[SkippedLine]:
    """Return the sheets and columns that likely are a table or field that a rule reads and that is not there.

    Args:
        data: what was read.
        shown: its ignored lines as reports show them, in the same order.
        rules: the rules that were checked.
    """
    read = {field for rule in rules for field in rule.required_fields()}
    return [line for raw, line in zip(data.ignored, shown, strict=True) if _is_wanted(raw, read, data)]


def _is_wanted(line: SkippedLine, read: set[tuple[str, str]], data: Dataset) -> bool:
    if line.near is not None:
        of_table, field = line.near
        return line.near in read and field not in data.fields_at(of_table, line.place.file, line.place.sheet)
    if line.code != "sheet" or not line.place.sheet:
        return False
    near = difflib.get_close_matches(normalize_key(line.place.sheet), _TABLE_NAMES, n=1, cutoff=0.75)
    table = _TABLE_NAMES[near[0]] if near else None
    return table is not None and table not in data.tables and table in {t for t, _ in read}
