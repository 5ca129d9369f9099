"""Ledgers of interpretations that tell of the documents, too: their number, title and day of publication stand in the same row.

Each row is then read twice, as an interpretation and as the document that it interprets. A document that is listed as interpreted policy is a
policy document, and one that is published is open: these two facts are what such a ledger is about, and the report says that they were
concluded. Where documents are given in a table of their own, that table alone counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opencheck.readers.header_groups import SheetBody
from opencheck.readers.heading_match import Match, match_headings
from opencheck.readers.memory_source import add_table
from opencheck.readers.raw_tables import MergedCell, RawTable
from opencheck.records.dataset import Dataset
from opencheck.records.fields import FieldSpec
from opencheck.records.parse import InvalidValue
from opencheck.records.tables import TABLES

__all__ = ["add_documents_of"]

_FACTS = frozenset({"title", "number", "published_on", "signed_on", "is_policy", "is_important", "attribute", "drafting_units"})


def add_documents_of(data: Dataset, body: SheetBody, matches: Mapping[int, Match]) -> dict[int, Match]:
    """Add the documents of a ledger of interpretations to what is read when all sources are.

    Args:
        data: the dataset.
        body: the sheet.
        matches: what its headings mean in the table of the sheet.

    Returns:
        The matches, with those headings mapped that tell of the documents alone.
    """
    if body.spec.name != "interpretation":
        return dict(matches)
    document = TABLES["document"]
    free = {
        i: h
        for i, h in body.headings.items()
        if matches[i].status in ("unknown", "proposed", "second") or matches[i].fields == ("document_id",)
    }
    positions = {
        name: i
        for i, m in match_headings(document, free, body.mapping, sheet=body.place.sheet, values=body.column).items()
        for name in m.fields
        if m.status == "mapped" and name in _FACTS and (name not in body.spec.fields or document.names_row(free[i].text))
    }
    if "published_on" not in positions or not positions.keys() & {"title", "number"}:
        return dict(matches)
    data.pending.append(lambda: _add_documents(data, body, positions))
    found = dict(matches)
    for name, i in positions.items():
        if found[i].status != "mapped":
            found[i] = Match("mapped", (f"document.{name}",), "spelling")
    return found


def _add_documents(data: Dataset, body: SheetBody, positions: Mapping[str, int]) -> None:
    # Each sheet of interpretations tells of its own documents; a table of documents tells of all.
    if "document" in data.tables and not any(name == "note.interpreted_documents" for name, _ in data.notes):
        return
    document = TABLES["document"]
    different: dict[tuple[Any, ...], tuple[int, list[Any], list[MergedCell]]] = {}
    for index, (number, cells) in enumerate(body.records):
        within = body.merged.get(index, {})
        merged = [MergedCell(name, *within[i]) for name, i in positions.items() if i in within]
        different.setdefault((*(str(cells[i]) for i in positions.values()), *merged), (number, cells, merged))
    merged_cells = {index: merged for index, (_, _, merged) in enumerate(different.values()) if merged}
    records = [(number, cells) for number, cells, _ in different.values()]
    columns: dict[str, tuple[str, list[Any]]] = {
        name: (body.headings[i].shown, [cells[i] for _, cells in records]) for name, i in positions.items()
    }
    _, days = columns["published_on"]
    published = [_is_day(document.fields["published_on"], day) for day in days]
    concluded: dict[str, list[Any]] = {
        "is_policy": [True] * len(records),
        "attribute": ["主动公开" if p else None for p in published],
    }
    for name, values in concluded.items():
        columns.setdefault(name, (document.fields[name].column.label_zh, values))
    place = (body.place.file, body.place.sheet)
    at = {name: i if body.places is None else body.places[i] for name, i in positions.items()}
    add_table(data, RawTable(document, [number for number, _ in records], columns, merged=merged_cells, positions=at), place)
    data.notes.append(("note.interpreted_documents", {"sheet": body.place.sheet or body.place.file, "count": len(records)}))


def _is_day(field: FieldSpec, value: Any) -> bool:
    """Whether a cell tells a day: 未公开 is none, nor is what the row will be rejected for."""
    try:
        return field.read(value) is not None
    except InvalidValue:
        return False
