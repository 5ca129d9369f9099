"""Detection of the table of a sheet, file or list of dicts, by its name or its headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opencheck.core.normalize import normalize_key
from opencheck.records.fields import Record, TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "TABLE_KEYS",
    "detect_table",
    "table_by_name",
]


def table_by_name(name: str) -> TableSpec | None:
    """Return the table that a sheet or file name equals or contains (the longest match wins), or None.

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
"""Keys by which a row states its table."""


def detect_table(row: Mapping[str, Any]) -> TableSpec | None:
    """Return the table with most of its own fields among a row's keys; None unless there is exactly one."""
    base = set(Record.model_fields)
    scores = {s.name: len({f for key in row if (f := s.resolve_header(str(key)))} - base) for s in TABLES.values()}
    best = max(scores.values())
    names = [name for name, score in scores.items() if score == best]
    return TABLES[names[0]] if best >= 1 and len(names) == 1 else None
