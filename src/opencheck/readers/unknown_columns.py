"""Rows of which no column is known, or whose columns do not tell their table: rejected one by one."""

from __future__ import annotations

from collections.abc import Sequence

from opencheck.core.errors import InputError, nearest
from opencheck.records.dataset import ROW, Dataset, RawRows, Rejected, RowError, SourceLocation
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES

__all__ = ["reject_rows", "reject_unknown", "unknown_columns"]

_MAX_LISTED_ROWS = 100_000
"""Rows up to which those of an unknown table are listed one by one."""


def reject_unknown(data: Dataset, rows: RawRows, spec: TableSpec | None, place: tuple[str | None, str | None]) -> None:
    """Reject all rows of a source with no column that is known.

    Raises:
        InputError: there are too many rows to list them.
    """
    numbers = [row for batch in rows.batches([]) for row in batch[ROW]]
    reject_rows(data, [n for n in rows.schema.names() if n != ROW], spec, numbers, place)


def reject_rows(
    data: Dataset,
    headers: Sequence[str],
    spec: TableSpec | None,
    rows: Sequence[int | None],
    place: tuple[str | None, str | None],
) -> None:
    """Reject rows by their numbers, because no column is known or the columns do not tell the table.

    Raises:
        InputError: there are too many to list them.
    """
    problem = unknown_columns(headers, spec)
    if len(rows) > _MAX_LISTED_ROWS:
        near = f"; 最接近 / did you mean: {', '.join(problem.facts['near'])}" if problem.facts["near"] else ""
        found = ", ".join(headers[:20])
        why = f"{len(rows)}行的列都不认识 / no column of its {len(rows)} rows is known"
        if problem.code == "columns_of_no_table":
            why = f"{len(rows)}行看不出属于哪张表 / cannot tell the table of its {len(rows)} rows"
        text = f"{place[0] or 'frame'}: {why}: {found}{near}"
        raise InputError(text, code="no_known_column", path=place[0], found=list(headers))
    table = spec.name if spec is not None else ""
    data.refused_lines += [Rejected(table, SourceLocation(*place, row), [problem]) for row in rows]


def unknown_columns(headers: Sequence[str], spec: TableSpec | None) -> RowError:
    """Why rows are of no use whose columns are unknown, with the nearest known ones, or do not tell the table."""
    tables = [spec] if spec is not None else list(TABLES.values())
    known = {n for table in tables for f in table.fields.values() for n in (f.column.label_zh, f.name)}
    if spec is None and any(table.resolve_header(header) for table in tables for header in headers):
        return RowError("", "", "", "columns_of_no_table", {"columns": list(headers)[:20], "near": []})
    near = [f"{header} → {found}" for header in headers if (found := nearest(header, known)) is not None]
    code = "no_known_column" if near else "no_column_near"
    return RowError("", "", "", code, {"columns": list(headers)[:20], "near": near[:20]})
