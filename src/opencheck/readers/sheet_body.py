"""Rows in memory under their headings, as columns of a table's fields: those of a sheet, and objects with named values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opencheck.core.display import beginning
from opencheck.core.normalize import normalize_whitespace
from opencheck.readers.header_groups import SheetBody
from opencheck.readers.heading_maps import map_for
from opencheck.readers.heading_match import Heading, Match, answers, match_headings, note_headings
from opencheck.readers.interpreted_documents import add_documents_of
from opencheck.readers.memory_source import add_table
from opencheck.readers.raw_tables import MergedCell, RawTable
from opencheck.readers.unknown_columns import reject_rows
from opencheck.records.dataset import Dataset, RowError, SourceLocation
from opencheck.records.date_spans import split_span
from opencheck.records.parse import InvalidValue
from opencheck.records.table_spec import TableSpec

__all__ = ["add_columns", "put_columns", "read_body"]


def read_body(data: Dataset, body: SheetBody, problems: dict[int, list[RowError]]) -> RawTable:
    """Read the columns whose headings are understood, and note all headings.

    Args:
        data: the dataset that records them.
        body: the headings and records.
        problems: what is wrong with rows as such, by their places among the records.

    Returns:
        The cells by field.
    """
    spec = body.spec
    matches = match_headings(spec, body.headings, body.mapping, sheet=body.place.sheet, values=body.column)
    matches = add_documents_of(data, body, matches)
    note_headings(data, spec, body.headings, matches, body.place)
    raw = RawTable(spec, [number for number, _ in body.records], {}, problems=problems)
    raw.positions = put_columns(raw, body.headings, matches, body.column)
    for index, cells in body.merged.items():
        own = [(matches[i], cell) for i, cell in cells.items() if i in matches and matches[i].is_read]
        found = [MergedCell(name, *cell) for match, cell in own for name in match.fields if name in raw.columns]
        if found:
            raw.merged[index] = found
    return raw


def add_columns(
    data: Dataset,
    spec: TableSpec | None,
    columns: Sequence[tuple[str, list[Any]]],
    count: int,
    place: tuple[str | None, str | None],
) -> None:
    """Add columns of values in memory, one of a header each, as rows that are numbered from 1.

    Raises:
        InputError: no column is known, and there are too many rows to list them.
    """
    headings = {i: Heading(header) for i, (header, _) in enumerate(columns)}
    cells = {i: values for i, (_, values) in enumerate(columns)}
    raw = None
    if spec is not None:
        file, sheet = place
        matches = match_headings(spec, headings, map_for(data, file), sheet=sheet, values=cells.__getitem__)
        note_headings(data, spec, headings, matches, SourceLocation(*place))
        raw = RawTable(spec, list(range(1, count + 1)), {})
        put_columns(raw, headings, matches, cells.__getitem__)
    if raw is None or (count and not raw.columns):
        reject_rows(data, [header for header, _ in columns], spec, range(1, count + 1), place)
        return
    add_table(data, raw, place)


def put_columns(
    raw: RawTable, headings: Mapping[int, Heading], matches: Mapping[int, Match], cells: Callable[[int], list[Any]]
) -> dict[str, int]:
    """Put the columns that are read into a table under their fields, a column of a first and a last day as two; the others as further ones.

    Args:
        raw: the table.
        headings: the headings by column.
        matches: what they mean; of several columns for one field the first comes first.
        cells: the cells of a column.

    Returns:
        For each field its first column.
    """
    positions: dict[str, int] = {}
    for i, match in matches.items():
        shown, values = normalize_whitespace(headings[i].shown), cells(i)
        own = match.is_read and all(name in raw.spec.fields for name in match.fields)
        if match.status != "mapped" or not own:
            raw.extra[shown if shown not in raw.extra else f"{shown}_{i + 1}"] = values
        if not own:
            continue
        field, *last = match.fields
        halves = _split(match.fields, shown, values, raw.problems) if last else {field: answers(raw.spec, headings[i], values)}
        for name, half in halves.items():
            if name in raw.columns:
                raw.second.append((name, (shown, half)))
            else:
                raw.columns[name] = (shown, half)
                positions[name] = i
    return positions


def _split(
    fields: tuple[str, ...], heading: str, values: list[Any], problems: dict[int, list[RowError]]
) -> dict[str, list[Any]]:
    """A column of first and last days as two; the rows of cells that cannot be split are problems."""
    first, last = fields
    found: dict[str, list[Any]] = {first: [], last: []}
    for row, value in enumerate(values):
        try:
            days = split_span(value)
        except InvalidValue as exc:
            problems.setdefault(row, []).append(RowError(first, heading, beginning(str(value), 60), exc.code))
            days = (None, None)
        for name, day in zip(fields, days, strict=True):
            found[name].append(day)
    return found
