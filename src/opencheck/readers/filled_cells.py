"""Records with single cells filled in that their sources leave blank; the sources themselves stay as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from opencheck.records.dataset import ALL_CELLS, CELL_SEPARATORS, ROW, Dataset, RecordSource, Rejected

__all__ = ["with_cells"]

Cells = Mapping[tuple[str, int, int], Mapping[str, str]]
"""Table, number of the source and row → field → text."""


@dataclass
class _FilledSource:
    """A source of which some blank cells are filled in."""

    src: int
    fields: frozenset[str]
    source: RecordSource
    cells: dict[str, dict[int, str]]
    """Field → row → text."""

    @property
    def is_empty(self) -> bool:
        return self.source.is_empty

    def batches(self, fields: Collection[str]) -> Iterator[pl.DataFrame]:
        for batch in self.source.batches(fields):
            filled = []
            for field, texts in self.cells.items():
                text = pl.col(ROW).replace_strict(texts, default=None, return_dtype=pl.String)
                if field in batch.columns:
                    filled.append(pl.coalesce(pl.col(field), text).alias(field))
                if ALL_CELLS in batch.columns:
                    parts = (pl.col(ALL_CELLS), pl.lit(CELL_SEPARATORS[1] + field + CELL_SEPARATORS[0]) + text)
                    batch = batch.with_columns(pl.concat_str(parts, ignore_nulls=True).alias(ALL_CELLS))
            yield batch.with_columns(filled)

    def account(self) -> tuple[int, list[Rejected]]:
        return self.source.account()

    def repeats_ids(self) -> bool:
        return self.source.repeats_ids()


def with_cells(data: Dataset, cells: Cells) -> tuple[Dataset, set[tuple[str, int, int]]]:
    """Return the dataset with cells filled in.

    Args:
        data: the records; they are not changed.
        cells: what to fill in; a cell that holds something keeps it.

    Returns:
        The new dataset, and the cells that could not be filled in: their source has no such column, and what it does not record
        of its other rows must not be taken for blank.

    >>> from opencheck.readers import read
    >>> data = read({"proposal_reply": [{"id": "1", "justification": None}]})
    >>> filled, _ = with_cells(data, {("proposal_reply", 0, 1): {"justification": "涉及商业秘密"}})
    >>> filled.tables["proposal_reply"].records(["justification"])["justification"].to_list()
    ['涉及商业秘密']
    """
    left = set(cells)
    tables = dict(data.tables)
    for name in {table for table, _, _ in cells}:
        sources: list[RecordSource] = []
        for source in tables[name].sources if name in tables else ():
            own: dict[str, dict[int, str]] = {}
            for (table, src, row), values in cells.items():
                if table == name and src == source.src and source.fields.issuperset(values):
                    left.discard((table, src, row))
                    for field, text in values.items():
                        own.setdefault(field, {})[row] = text
            sources.append(_FilledSource(src=source.src, fields=source.fields, source=source, cells=own) if own else source)
        if name in tables:
            tables[name] = replace(tables[name], sources=sources)
    return replace(data, tables=tables), left
