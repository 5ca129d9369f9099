"""The rows of a sheet under their headings, as columns of a table's fields."""

from __future__ import annotations

from typing import Any

from opencheck.core.normalize import normalize_whitespace
from opencheck.readers.header_groups import SheetBody
from opencheck.readers.heading_match import Match, answers, match_headings, note_headings
from opencheck.readers.interpreted_documents import add_documents_of
from opencheck.readers.sources import RawTable
from opencheck.records.dataset import Dataset, RowError
from opencheck.records.date_spans import split_span
from opencheck.records.parse import InvalidValue

__all__ = ["read_body", "split_columns"]


def read_body(data: Dataset, body: SheetBody) -> RawTable:
    """Read the columns whose headings are understood, and note all headings.

    Args:
        data: the dataset that records them.
        body: the headings and records.

    Returns:
        The cells by field; columns of a first and a last day are split in two.
    """
    spec = body.spec
    matches = match_headings(spec, body.headings, body.asked, sheet=body.place.sheet, values=body.column)
    columns: dict[str, tuple[str, list[Any]]] = {}
    extra: dict[str, list[Any]] = {}
    positions: dict[str, int] = {}
    problems: dict[int, list[RowError]] = {}
    for i, match in matches.items():
        shown = normalize_whitespace(body.headings[i].shown)
        if match.status != "mapped":
            extra[shown if shown not in extra else f"{shown}_{i + 1}"] = body.column(i)
            continue
        if len(match.fields) == 1:
            columns[match.fields[0]] = (shown, answers(spec, body.headings[i], body.column(i)))
        else:
            columns |= split_columns(match, shown, body.column(i), problems)
        positions |= dict.fromkeys(match.fields, i)
    matches = add_documents_of(data, body, matches)
    note_headings(data, spec, body.headings, matches, body.place)
    return RawTable(spec, [number for number, _ in body.records], columns, extra, positions, problems)


def split_columns(
    match: Match, heading: str, values: list[Any], problems: dict[int, list[RowError]]
) -> dict[str, tuple[str, list[Any]]]:
    """A column of first and last days as two columns; the rows of cells that cannot be split are problems."""
    first, last = match.fields
    halves: tuple[list[Any], list[Any]] = ([], [])
    for row, value in enumerate(values):
        try:
            days = split_span(value)
        except InvalidValue as exc:
            problems.setdefault(row, []).append(RowError(first, heading, str(value)[:60], exc.code))
            days = (None, None)
        for half, day in zip(halves, days, strict=True):
            half.append(day)
    return {first: (heading, halves[0]), last: (heading, halves[1])}
