"""Which table a sheet, file or list of dicts holds: by its name or by its headings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opencheck.core.normalize import normalize_key
from opencheck.records.fields import Record, TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "detect_table",
    "table_by_name",
]


def table_by_name(name: str) -> TableSpec | None:
    """The table that a sheet or file name stands for: equal to one of its names, or holding its longest one.

    >>> table_by_name("2018年公文台账").name
    'document'
    """
    key = normalize_key(name)
    names = [(normalize_key(n), spec) for spec in TABLES.values() for n in (spec.name, spec.label_zh, *spec.aliases)]
    for text, spec in names:
        if text == key:
            return spec
    held = [(len(text), spec) for text, spec in names if len(text) >= 2 and text in key]
    longest = max((length for length, _ in held), default=0)
    best = {spec.name for length, spec in held if length == longest}
    return TABLES[best.pop()] if len(best) == 1 else None


TABLE_KEYS = ("table", "_table", "表")


def detect_table(row: Mapping[str, Any]) -> TableSpec | None:
    """The table whose own fields a row names most of; None where that is no single one."""
    base = set(Record.model_fields)
    scores = {s.name: len({f for key in row if (f := s.resolve_header(str(key)))} - base) for s in TABLES.values()}
    best = max(scores.values())
    names = [name for name, score in scores.items() if score == best]
    return TABLES[names[0]] if best >= 1 and len(names) == 1 else None
