"""JSON, JSON Lines, dicts and pydantic models: rows with named fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from opencheck.core.display import beginning
from opencheck.core.encoding import decode
from opencheck.core.errors import InputError, invalid_json
from opencheck.core.json_files import parse_json
from opencheck.readers.heading_maps import map_for
from opencheck.readers.heading_match import Heading, match_headings, note_headings
from opencheck.readers.memory_source import add_empty_table, add_table
from opencheck.readers.raw_tables import RawTable
from opencheck.readers.sheet_body import put_columns
from opencheck.readers.table_detection import TABLE_KEYS, detect_table, exact_table, table_by_name, table_of
from opencheck.readers.unknown_columns import unknown_columns
from opencheck.records.dataset import Dataset, Rejected, RowError, SourceLocation
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "SUFFIXES",
    "add_records",
    "read_json",
]


SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})

_AT_A_TIME = 200
"""Rows whose values are taken before those of the next ones."""


def add_records(
    data: Dataset,
    rows: Iterable[Any],
    spec: TableSpec | None,
    place: tuple[str | None, str | None],
    numbers: Iterable[int] | None = None,
) -> None:
    """Add dicts, models, dataclasses or rows of databases.

    Without ``spec``, the key ``table`` of a row names its table, else its keys identify it.

    A key that no row has is a column that is not recorded, as in a ledger or a frame: what it would tell is left open. A null is a blank
    cell, which says of the date of an event (published, replied) that it has not happened yet. So a misspelt key never means "not yet".
    """
    grouped: dict[str, tuple[list[int], list[Mapping[str, Any]]]] = {}
    models: dict[type[BaseModel], TableSpec] = {s.model: s for s in TABLES.values()}
    listed = list(rows)
    for number, row in enumerate(listed, 1) if numbers is None else zip(numbers, listed, strict=True):
        own, content = None, row
        if type(row) is not dict:
            if isinstance(row, BaseModel):
                own = models.get(type(row))
            content = _as_mapping(row)
            if content is None:
                _reject(data, spec, place, number, row, "not_an_object")
                continue
        table = spec
        if table is None:
            content = dict(content)
            stated = next((content.pop(k) for k in TABLE_KEYS if k in content), None)
            table = own or (table_by_name(str(stated)) if stated is not None else detect_table(content))
        if table is None:
            _reject(data, spec, place, number, content, "no_table")
        else:
            if table.name not in grouped:
                grouped[table.name] = ([], [])
            own_numbers, contents = grouped[table.name]
            own_numbers.append(number)
            contents.append(content)
    if spec is not None and not listed:
        add_empty_table(data, spec, place)
    for name, group in grouped.items():
        _add(data, TABLES[name], *group, place)


def _as_mapping(row: Any) -> Mapping[str, Any] | None:
    """A row with named fields as a mapping: a mapping, a model, a dataclass, a named tuple, a row of SQLAlchemy, sqlite3 or Spark.

    >>> from collections import namedtuple
    >>> _as_mapping(namedtuple("Row", "id unit")("1", "市财政局")), _as_mapping(("1", "市财政局"))
    ({'id': '1', 'unit': '市财政局'}, None)
    """
    if isinstance(row, BaseModel):
        return row.model_dump(include=row.model_fields_set | set(row.model_extra or {}))
    if isinstance(row, Mapping):
        return row
    if dataclasses.is_dataclass(row) and not isinstance(row, type):
        return {f.name: getattr(row, f.name) for f in dataclasses.fields(row)}
    for name in ("_mapping", "_asdict", "asDict"):  # SQLAlchemy; named tuples; Spark
        found = getattr(row, name, None)
        found = found() if callable(found) else found
        if isinstance(found, Mapping):
            return found
    if not isinstance(row, type) and callable(getattr(row, "keys", None)):  # sqlite3
        return {str(key): row[key] for key in row.keys()}  # noqa: SIM118 - its rows iterate over values
    return None


def _reject(
    data: Dataset, spec: TableSpec | None, place: tuple[str | None, str | None], number: int, row: Any, code: str
) -> None:
    problem = RowError(
        "", "", beginning(str(row), 60), code, {"values": [f"{s.name}（{s.label_zh}）" for s in TABLES.values()]}
    )
    data.refused_lines.append(Rejected(spec.name if spec else "", SourceLocation(*place, number), [problem]))


def _add(
    data: Dataset, spec: TableSpec, numbers: list[int], rows: list[Mapping[str, Any]], place: tuple[str | None, str | None]
) -> None:
    raw = RawTable(spec, numbers, {})
    file, sheet = place
    found = _values_by_key(rows)
    keys = list(found)
    headings = {i: Heading(str(key)) for i, key in enumerate(keys)}
    firsts = [first for first, _ in found.values()]
    cells = {i: values for i, (_, values) in enumerate(found.values())}
    matches = match_headings(spec, headings, map_for(data, file), sheet=sheet, values=cells.__getitem__)
    for i in matches:
        note_headings(data, spec, {i: headings[i]}, matches, SourceLocation(file, sheet, numbers[firsts[i]]))
    put_columns(raw, headings, matches, cells.__getitem__)
    if not raw.columns:
        problem = unknown_columns(list(map(str, keys)), spec)
        data.refused_lines += [Rejected(spec.name, SourceLocation(*place, number), [problem]) for number in numbers]
        return
    add_table(data, raw, place)


def _values_by_key(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, list[Any]]]:
    """Return key → (place of the first row that has it, its value in each row or None) for one row or more."""
    first = rows[0]
    if all(row.keys() == first.keys() for row in rows):
        columns: dict[str, list[Any]] = {key: [] for key in first}
        # A few rows at a time: taking one value of each of many rows, again for every key, waits for memory.
        for at in range(0, len(rows), _AT_A_TIME):
            some = rows[at : at + _AT_A_TIME]
            for key, values in columns.items():
                values += [row[key] for row in some]
        return {key: (0, values) for key, values in columns.items()}
    found: dict[str, tuple[int, list[Any]]] = {}
    for index, row in enumerate(rows):
        for key, value in row.items():
            if key not in found:
                found[key] = (index, [None] * len(rows))
            _, values = found[key]
            values[index] = value
    return found


def _by_keys(path: Path, rows: list[Any]) -> TableSpec | None:
    """The table of the rows of a file whose name is like that of one; None where every row is to tell its own."""
    if table_by_name(path.stem) is None:
        return None
    keys = dict.fromkeys(str(key) for row in rows if isinstance(row, dict) for key in row)
    return table_of(path.stem, keys) if keys else None


def read_json(data: Dataset, path: Path) -> None:
    """Read .json (an object of tables, or a list of rows) or .jsonl (one row a line; a malformed line is a rejected row).

    Raises:
        InputError: the file is not JSON of this shape.
    """
    text = decode(path.read_bytes(), path.name)
    named = exact_table(path.stem)
    place = (path.name, None)
    if path.suffix.lower() != ".json":
        rows, numbers = [], []
        # A line ends with a line feed only: texts may hold the other characters that end lines elsewhere, such as U+2028.
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            try:
                rows.append(parse_json(line))
                numbers.append(number)
            except ValueError as exc:
                problem = RowError("", "", beginning(line, 60), "not_json", {"reason": str(exc)})
                data.refused_lines.append(Rejected(named.name if named else "", SourceLocation(*place, number), [problem]))
        has_table = any(isinstance(r, dict) and any(k in r for k in TABLE_KEYS) for r in rows)
        add_records(data, rows, None if has_table else named or _by_keys(path, rows), place, numbers)
        return
    try:
        content = parse_json(text)
    except ValueError as exc:
        raise invalid_json(path, exc) from exc
    if isinstance(content, list):
        has_table = any(isinstance(r, dict) and any(k in r for k in TABLE_KEYS) for r in content)
        add_records(data, content, None if has_table else named or _by_keys(path, content), place)
        return
    if not isinstance(content, dict) or not all(isinstance(v, list) for v in content.values()):
        raise InputError(
            f'{path}: 应为 / expected {{"table name": [rows], …}} or a list of rows; found {type(content).__name__}',
            code="not_rows",
            path=path,
            found=type(content).__name__,
        )
    for key, rows in content.items():
        spec = table_by_name(key)
        if spec is None:
            raise InputError(
                f"{path}: 不认识的表 / unknown table {key!r}; accepted: {', '.join(f'{s.name}（{s.label_zh}）' for s in TABLES.values())}",
                code="unknown_table",
                path=path,
                found=key,
                accepted=TABLES,
            )
        add_records(data, rows, spec, (path.name, spec.label_zh))
