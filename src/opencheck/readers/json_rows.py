"""JSON, JSON Lines, dicts and pydantic models: rows that name their fields themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from opencheck.core.encoding import decode
from opencheck.core.errors import InputError
from opencheck.readers.table_detection import _TABLE_KEYS, table_named, table_of
from opencheck.readers.typed_columns import Cells, add_cells
from opencheck.records.dataset import Dataset, Ignored, Place, Problem, Rejected
from opencheck.records.fields import TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "SUFFIXES",
    "add_objects",
    "read_json",
]


SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})


def add_objects(
    data: Dataset,
    rows: Iterable[Any],
    spec: TableSpec | None,
    place: tuple[str | None, str | None],
    numbers: Iterable[int] | None = None,
) -> None:
    """Add dicts or models; a row says its table by ``table`` where ``spec`` does not, else its keys tell it.

    A key that no row has counts as a column that the source does not have; a key with null as a blank cell. The day of an
    event that may not have happened yet (published, replied, taken down) may be left out: that says that it has not.
    """
    grouped: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    models: dict[type[BaseModel], TableSpec] = {s.model: s for s in TABLES.values()}
    listed = list(rows)
    for number, row in zip(numbers or range(1, len(listed) + 1), listed, strict=True):
        own, content = None, row
        if type(row) is not dict:
            if isinstance(row, BaseModel):
                own = models.get(type(row))
                content = row.model_dump(include=row.model_fields_set | set(row.model_extra or {}))
            if not isinstance(content, Mapping):
                _reject(data, spec, place, number, content, "not_an_object")
                continue
        table = spec
        if table is None:
            content = dict(content)
            stated = next((content.pop(k) for k in _TABLE_KEYS if k in content), None)
            table = own or (table_named(str(stated)) if stated is not None else table_of(content))
        if table is None:
            _reject(data, spec, place, number, content, "no_table")
        else:
            grouped.setdefault(table.name, []).append((number, content))
    if spec is not None and not listed:
        grouped[spec.name] = []
    for name, group in grouped.items():
        _add(data, TABLES[name], group, place)


def _reject(
    data: Dataset, spec: TableSpec | None, place: tuple[str | None, str | None], number: int, row: Any, code: str
) -> None:
    problem = Problem("", "", str(row)[:60], code, {"values": [f"{s.name}（{s.zh}）" for s in TABLES.values()]})
    data.rejected.append(Rejected(spec.name if spec else "", Place(*place, number), [problem]))


def _add(
    data: Dataset, spec: TableSpec, rows: list[tuple[int, Mapping[str, Any]]], place: tuple[str | None, str | None]
) -> None:
    # A table that is given with no rows at all says that there are none, not that its fields are not recorded.
    columns: dict[str, tuple[str, list[Any]]] = {} if rows else {n: (n, []) for n in spec.fields}
    extra: dict[str, list[Any]] = {}
    for key, (first, values) in _by_key(rows).items():
        name = spec.field_of(str(key))
        if name is None or name in columns:
            extra[key] = values
            code = "unknown_column" if name is None else "second_column"
            data.ignored.append(Ignored(Place(*place, first), code, str(key)))
        else:
            columns[name] = (str(key), values)
    for name, field in spec.fields.items():
        if field.column.not_yet:
            columns.setdefault(name, (name, [None] * len(rows)))
    add_cells(data, Cells(spec, [number for number, _ in rows], columns, extra), place)


def _by_key(rows: list[tuple[int, Mapping[str, Any]]]) -> dict[str, tuple[int, list[Any]]]:
    """For each key of the rows the number of the first that has it, and its value in each row, None where it is not."""
    if not rows:
        return {}
    number, row = rows[0]
    if all(other.keys() == row.keys() for _, other in rows):
        return {key: (number, [other[key] for _, other in rows]) for key in row}
    found: dict[str, tuple[int, list[Any]]] = {}
    for index, (number, row) in enumerate(rows):
        for key, value in row.items():
            if key not in found:
                found[key] = (number, [None] * len(rows))
            found[key][1][index] = value
    return found


def read_json(data: Dataset, path: Path) -> None:
    """Read .json (an object of tables, or a list of rows) or .jsonl (a row a line).

    Raises:
        InputError: a file that is no JSON of that shape; a broken line of .jsonl is a rejected row instead.
    """
    text = decode(path.read_bytes(), path.name)
    named = table_named(path.stem)
    place = (path.name, None)
    if path.suffix.lower() != ".json":
        rows, numbers = [], []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            try:
                rows.append(json.loads(line))
                numbers.append(number)
            except ValueError as exc:
                problem = Problem("", "", line[:60], "not_json", {"reason": str(exc)})
                data.rejected.append(Rejected(named.name if named else "", Place(*place, number), [problem]))
        has_table = any(isinstance(r, dict) and any(k in r for k in _TABLE_KEYS) for r in rows)
        add_objects(data, rows, None if has_table else named, place, numbers)
        return
    try:
        content = json.loads(text)
    except ValueError as exc:
        raise InputError(
            f"{path}: 不是有效的JSON / not valid JSON: {exc}",
            code="not_valid_json",
            path=path,
            row=getattr(exc, "lineno", None),
        ) from exc
    if isinstance(content, list):
        has_table = any(isinstance(r, dict) and any(k in r for k in _TABLE_KEYS) for r in content)
        add_objects(data, content, None if has_table else named, place)
        return
    if not isinstance(content, dict) or not all(isinstance(v, list) for v in content.values()):
        raise InputError(
            f'{path}: 应为 / expected {{"table name": [rows], …}} or a list of rows; found {type(content).__name__}',
            code="not_rows",
            path=path,
            found=type(content).__name__,
        )
    for key, rows in content.items():
        spec = table_named(key)
        if spec is None:
            raise InputError(
                f"{path}: 不认识的表 / unknown table {key!r}; accepted: {', '.join(f'{s.name}（{s.zh}）' for s in TABLES.values())}",
                code="unknown_table",
                path=path,
                found=key,
                accepted=TABLES,
            )
        add_objects(data, rows, spec, (path.name, spec.zh))
