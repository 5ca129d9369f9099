"""Hidden rows, columns and sheets are read like all others: what is hidden is said, for whoever filled in the ledger may have forgotten it."""

from __future__ import annotations

from collections.abc import Collection

from opencheck.readers.raw_tables import RawTable
from opencheck.records.dataset import Dataset

__all__ = ["note_hidden"]

_MOST_LISTED = 20


def note_hidden(
    data: Dataset,
    place: tuple[str, str],
    table: RawTable,
    *,
    whole: bool = False,
    rows: Collection[int] = (),
    columns: Collection[tuple[int, int]] = (),
) -> None:
    """Note what of a table is hidden.

    Args:
        data: the dataset that keeps the notes.
        place: file and sheet.
        table: the table.
        whole: whether the whole sheet is hidden.
        rows: the numbers of the sheet's hidden rows.
        columns: the first and the last (from 0) of hidden columns that stand together, or that have hidden cells.
    """
    facts = {"file": place[0], "sheet": place[1]}
    if whole:
        data.notes.append(("note.hidden_sheet", {**facts, "count": len(table.rows)}))
    hidden = sorted(set(rows) & set(table.rows))
    if hidden:
        listed = [str(row) for row in hidden[:_MOST_LISTED]]
        data.notes.append(("note.hidden_rows", {**facts, "count": len(hidden), "rows": listed}))
    headers = [table.columns[n][0] for n, at in table.positions.items() if any(a <= at <= b for a, b in columns)]
    if headers:
        data.notes.append(("note.hidden_columns", {**facts, "columns": headers[:_MOST_LISTED]}))
