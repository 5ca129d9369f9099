"""Which field each heading of a source stands for, where all headings are known at once: frames, Parquet, databases, dicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from opencheck.core.errors import nearest
from opencheck.core.normalize import normalize_key
from opencheck.records.dataset import Dataset, RowError, SkippedLine, SourceLocation
from opencheck.records.fields import TableSpec
from opencheck.records.tables import TABLES

__all__ = ["canonical_first", "map_headers", "unknown_columns"]


def map_headers(data: Dataset, spec: TableSpec, headers: Sequence[str], place: tuple[str | None, str | None]) -> dict[str, str]:
    """For each header that names a field, the field; unknown headers and further columns of one field are recorded."""
    names: dict[str, str] = {}
    for header in canonical_first(spec, headers):
        name = spec.resolve_header(header)
        if name is None or name in names.values():
            code = "unknown_column" if name is None else "second_column"
            data.ignored.append(SkippedLine(SourceLocation(*place), code, header))
        if name is not None:
            names[header] = name
    return names


def canonical_first(spec: TableSpec, headers: Iterable[Any]) -> list[Any]:
    """Headers in the order in which they are given fields: where a field has several columns, the one with its own name comes first."""
    canonical = {normalize_key(field.column.label_zh) for field in spec.fields.values()}
    return sorted(headers, key=lambda header: normalize_key(str(header)) not in canonical)


def unknown_columns(headers: Sequence[str], spec: TableSpec | None) -> RowError:
    """Why rows without any known column are of no use: the columns, and the nearest known ones."""
    tables = [spec] if spec is not None else list(TABLES.values())
    known = {n for table in tables for f in table.fields.values() for n in (f.column.label_zh, f.name)}
    near = [f"{header} → {found}" for header in headers if (found := nearest(header, known)) is not None]
    code = "no_known_column" if near else "no_column_near"
    return RowError("", "", "", code, {"columns": list(headers)[:20], "near": near[:20]})
