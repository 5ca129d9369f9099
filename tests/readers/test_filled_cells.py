"""Blank cells that are filled in: the record holds them, what stood there stays, and both are among all cells of the record."""

from __future__ import annotations

from opencheck.readers import read
from opencheck.readers.filled_cells import with_cells
from opencheck.records.dataset import ALL_CELLS, CELL_SEPARATORS


def test_cells_are_filled_in_where_they_are_blank_and_among_all_cells() -> None:
    rows = [
        {"id": n, "title": "甲", "justification": given, "note": None} for n, given in (("1", None), ("2", "已有"), ("3", None))
    ]
    data = read({"disclosure": rows})
    answers = {1: {"justification": "防汛", "note": "附件"}, 2: {"justification": "防汛"}}
    filled, left = with_cells(data, {("disclosure", 0, row): values for row, values in answers.items()})
    assert left == set()
    (batch,) = filled.tables["disclosure"].batches(["id", "justification", "note", ALL_CELLS])
    assert batch["justification"].to_list() == ["防汛", "已有", None]
    assert batch["note"].to_list() == ["附件", None, None]
    name_and_text, cells = CELL_SEPARATORS
    held = [[cell.split(name_and_text) for cell in text.split(cells)] for text in batch[ALL_CELLS]]
    assert held[0] == [["id", "1"], ["title", "甲"], ["justification", "防汛"], ["note", "附件"]]
    assert held[1] == [["id", "2"], ["title", "甲"], ["justification", "已有"], ["justification", "防汛"]]
    assert held[2] == [["id", "3"], ["title", "甲"]]


def test_cells_of_other_rows_sources_and_columns_are_told() -> None:
    data = read({"disclosure": [{"id": "1", "justification": None}]})
    asked = {
        ("disclosure", 0, 1): {"note": "甲"},
        ("disclosure", 1, 1): {"justification": "甲"},
        ("request", 0, 1): {"note": "甲"},
    }
    filled, left = with_cells(data, asked)
    assert left == set(asked), "there is no such column, source or table"
    assert filled.tables["disclosure"].records(["justification"])["justification"].to_list() == [None]
