"""Datasets: their columns, tables and sources, and the count of every row."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from only import only
from opencheck.records.contradictions import CONTRADICTED
from opencheck.records.dataset import (
    ALL_CELLS,
    REJECTED,
    ROW,
    SRC,
    Dataset,
    Rejected,
    RowError,
    SourceLocation,
    Table,
    UnreadSource,
    all_cells,
    list_series,
)
from opencheck.records.tables import TABLES

REQUEST = TABLES["request"]


@given(st.lists(st.none() | st.lists(st.text("a;\x1f、 ", max_size=3), max_size=3), max_size=6))
def test_list_series_holds_the_lists(lists: list[list[str] | None]) -> None:
    assert list_series("x", lists).to_list() == lists


@dataclass
class Rows:
    """A source of a few rows, of which some are refused."""

    src: int
    frame: pl.DataFrame
    rejected: list[Rejected] = field(default_factory=list)
    repeated: bool = False

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self.frame.columns) & frozenset(REQUEST.fields)

    @property
    def is_empty(self) -> bool:
        return self.frame.is_empty()

    def batches(self, fields: Collection[str]) -> Iterator[pl.DataFrame]:
        yield self.frame.with_columns(all_cells(self.frame)) if ALL_CELLS in fields else self.frame

    def account(self) -> tuple[int, list[Rejected]]:
        return len(self.frame) - len(self.rejected), self.rejected

    def repeats_ids(self) -> bool:
        return self.repeated


def rows(src: int, ids: list[str], refused: int = 0, *, repeated: bool = False, **columns: list[Any]) -> Rows:
    count = len(ids)
    frame = pl.DataFrame({"id": ids, **columns, ROW: [*range(1, count + 1)], SRC: [src] * count})
    frame = frame.with_columns(pl.col(SRC).cast(pl.Int32), pl.Series(REJECTED, [i < refused for i in range(count)]))
    place = SourceLocation(f"{src}.xlsx", None, 1)
    wrong = [Rejected("request", place, [RowError("id", "编号", "", "blank_id")], {}, src) for _ in range(refused)]
    return Rows(src, frame, wrong, repeated)


def test_what_was_not_read_is_one_row_that_says_nothing_and_counts_for_none() -> None:
    source = UnreadSource(REQUEST, 3, "10月")
    assert (source.is_empty, source.account(), source.repeats_ids()) == (False, (0, []), False)
    assert source.fields == set(REQUEST.fields)
    batch = only(source.batches(["id", "subject", ALL_CELLS]))
    assert batch.rows(named=True) == [{"id": "10月", "subject": None, ALL_CELLS: None, ROW: None, SRC: 3, REJECTED: True}]
    plain = only(source.batches(["id"]))
    assert plain.columns == ["id", ROW, SRC, REJECTED]
    assert Table(REQUEST, [source]).unread == ("10月",)


def test_table_has_the_fields_that_every_source_has() -> None:
    first, second = rows(0, ["1", "2"], 1, subject=["甲", "乙"]), rows(1, ["3"], unit=["市民政局"])
    table = Table(REQUEST, [first, second])
    assert (table.present, table.count, table.is_empty, table.repeats_ids) == ({"id"}, 2, False, False)
    assert (Table(REQUEST).present, Table(REQUEST).is_empty) == (frozenset(), True)
    assert Table(REQUEST, [first, rows(1, ["3"], repeated=True)]).repeats_ids
    assert table.records().rows() == [("2", 2, 0), ("3", 1, 1)]
    asked = table.records(["subject", "unit"])
    assert asked.select("unit", "subject").rows() == [(None, "乙"), ("市民政局", None)]
    assert [batch.columns for batch in table.batches(["subject"])] == [["subject", ROW, SRC, REJECTED]] * 2


def test_doubts_of_a_record_come_with_it_where_they_are_asked_for() -> None:
    table = Table(REQUEST, [rows(0, ["1"], **{CONTRADICTED: ["x"]}), rows(1, ["2"])])
    assert table.records(["id"], contradictions=True)[CONTRADICTED].to_list() == ["x", None]
    assert Table(REQUEST).records(["id"], contradictions=True).columns == ["id", ROW, SRC, CONTRADICTED]
    assert Table(REQUEST).records(["id"]).columns == ["id", ROW, SRC]
    assert [CONTRADICTED in batch.columns for batch in table.batches(["id"])] == [True, False]
    (first, _) = table.batches(["id", ALL_CELLS])
    assert first[ALL_CELLS].to_list() == ["id\x1f1"], "doubts are no text of the row"


def test_all_texts_of_a_row_stand_with_the_names_of_their_columns() -> None:
    frame = pl.DataFrame({"id": ["1", None], "+科室": ["a", "b"], "days": [1, 2]})
    assert frame.select(all_cells(frame)).to_series().to_list() == ["id\x1f1\x1e+科室\x1fa", "+科室\x1fb"]


def test_every_row_is_counted_and_the_refused_are_in_the_order_of_their_sources() -> None:
    data = Dataset()
    data.add(TABLES["meeting"], rows(2, ["1"], 1))
    data.add(REQUEST, rows(1, ["1", "2", "3"], 1))
    data.refused_lines.append(Rejected("", SourceLocation("x.jsonl", None, 4), []))
    assert [r.place.file for r in data.rejected] == ["x.jsonl", "1.xlsx", "2.xlsx"]
    assert data.rows == {"read": 5, "checked": 2, "rejected": 3}


def test_unit_of_the_ledger_is_no_waivers() -> None:
    data = Dataset(ledger_unit="市民政局")
    assert [data.unit_of(TABLES[name]) for name in ("request", "waiver", "post")] == [
        "市民政局",
        None,
        "市民政局" if "unit" in TABLES["post"].fields else None,
    ]


def test_blocks_of_a_sheet_with_their_fields_in_other_columns_are_sources_of_their_own() -> None:
    data, sheet, other = Dataset(), ("a.xlsx", "一"), ("a.xlsx", "二")
    assert [data.source(sheet), data.source(other), data.source(sheet)] == [0, 1, 0]
    assert data.source_with(sheet, "request", {"id": 0}) == 0
    assert data.source_with(sheet, "request", {"id": 0}) == 0
    assert data.source_with(sheet, "request", {"id": 5}) == 2
    assert data.source_with(sheet, "meeting", {"id": 5}) == 0, "another table has positions of its own"
    assert data.source_with(other, "request", {"id": 5}) == 1
    assert data.places == [sheet, other, sheet]
    assert (data.place(2, 7), data.place(None, 7)) == (SourceLocation("a.xlsx", "一", 7), SourceLocation(None, None, 7))


@pytest.mark.parametrize(
    ("table", "sheet", "fields"), [("request", "一", {"id", "subject"}), ("request", "三", set()), ("meeting", "一", set())]
)
def test_fields_of_one_place_are_those_that_were_read_there(table: str, sheet: str, fields: set[str]) -> None:
    data = Dataset()
    data.add(REQUEST, rows(data.source(("a.xlsx", "一")), ["1"], subject=["甲"]))
    data.add(REQUEST, rows(data.source(("a.xlsx", "二")), ["1"], unit=["市民政局"]))
    data.add(REQUEST, UnreadSource(REQUEST, data.source(("a.xlsx", "三")), "三"))
    assert data.fields_at(table, "a.xlsx", sheet) == fields


@pytest.mark.parametrize(
    "lists",
    [
        [["网站"], ["网站", "公开栏"], [], None],
        [[""]],
        [["", "网站"], ["网站", ""]],
        [["网站\x1f公开栏"]],
        [None, None],
        [],
    ],
)
def test_column_of_lists_holds_each_list_as_it_is(lists: list[list[str] | None]) -> None:
    assert list_series("channels", lists).to_list() == lists
