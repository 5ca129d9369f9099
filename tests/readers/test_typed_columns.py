"""Cells become values of their fields' types."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import opencheck as oc
from batches import batches_of
from opencheck.readers import memory_source, read, streamed_source, typed_cells
from opencheck.readers.frames import PolarsRows
from opencheck.readers.typed_columns import Duplicates
from opencheck.records import TABLES
from opencheck.records.contradictions import contradiction_text, contradictions_in, left_open_text
from opencheck.records.dataset import ROW, Dataset, RowError, SourceLocation
from opencheck.records.fields import FieldSpec
from opencheck.records.parse import InvalidValue
from opencheck.records.table_spec import TableSpec

AS_OF = "2018-12-31"

CELLS = st.one_of(
    st.none(), st.text(max_size=12), st.integers(-5, 10**9), st.floats(allow_nan=True), st.booleans(), st.dates(), st.datetimes(),
    st.sampled_from(["2018-08-24", "是", "村级", "主动公开", "2018-06", "甲；乙"]), st.lists(st.text(max_size=3), max_size=3),
)  # fmt: skip


@given(st.sampled_from(sorted(TABLES)), st.data())
def test_typed_columns_any_cells_every_row_is_counted(table: str, data: st.DataObject) -> None:
    fields = data.draw(st.lists(st.sampled_from(sorted(TABLES[table].fields)), unique=True, min_size=1, max_size=6))
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(fields, CELLS)), max_size=8))
    report = oc.check({table: rows}, as_of=AS_OF)
    assert report.rows["read"] == len(rows) == report.rows["checked"] + report.rows["rejected"]
    report.to_dict()


ONE_KIND = st.one_of(
    *(
        st.lists(st.none() | values, max_size=8)
        for values in (
            st.text(alphabet=" \t\n　\u200b0129-年月日是否市局、A", max_size=12),
            st.sampled_from(["2018-02-29", "2018.8.24", "主动公开", "此件公开发布", "2018-Q3", "省", "5", "TRUE"]),
            st.dates(date(1949, 1, 1), date(2060, 1, 1)),
            st.booleans(),
            st.integers(-5, 50_000),
        )
    ),
    st.lists(st.none() | st.text(max_size=3) | st.booleans() | st.integers(0, 3) | st.floats(0, 3), max_size=8),
)


@given(st.sampled_from([f for t in TABLES.values() for f in t.fields.values()]), ONE_KIND, st.sampled_from([0, 200]))
def test_typed_column_equals_its_cells(field: FieldSpec, values: list[Any], few: int) -> None:
    wanted: list[Any] = []
    wrong: dict[int, str] = {}
    for number, value in enumerate(values):
        try:
            wanted.append(None if value is None else field.read(value))
        except InvalidValue as exc:
            wanted.append(None)
            wrong[number] = exc.code
    problems: dict[int, list[RowError]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed_cells, "_FEW", few)  # more cells than these are read by a query
        found = typed_cells.read_cells(field, "列", values, problems).to_list()
    assert [(type(v), v) for v in found] == [(type(v), v) for v in wanted]
    assert {number: [p.code for p in told] for number, told in problems.items()} == {n: [c] for n, c in wrong.items()}


def read_all(add: Callable[[Dataset, TableSpec], None], spec: TableSpec) -> tuple[list[Any], list[Any]]:
    """The usable records, and the rejected ones with their reasons."""
    data = Dataset()
    add(data, spec)
    told = [(r.place.row, [(p.field, p.header, p.found, p.code, p.facts) for p in r.problems]) for r in data.rejected]
    return data.tables[spec.name].records().rows(), told


ONE_TYPE = st.one_of(
    *(
        st.tuples(st.just(dtype), st.lists(st.none() | values, max_size=8))
        for dtype, values in (
            (pl.String, st.text(alphabet=" \t\n　\u200b0129-年月日是否市局、A", max_size=12)),
            (pl.String, st.sampled_from(["—" * 30, "无" + "。" * 50, "详见 附件", "领导 要求", "市财政\n局", "=A1", "《保密法》第九条" * 9])),
            (pl.String, st.sampled_from(["2018-02-29", "2018.8.24", "主动公开", "2018-Q3", "省", "5", "5.0", "TRUE", "甲；乙", " ", ""])),
            (pl.Date, st.dates(date(1, 1, 1), date(9999, 12, 31))),
            (pl.Boolean, st.booleans()),
            (pl.Int64, st.integers(-5, 50_000)),
            (pl.UInt8, st.integers(0, 255)),
            (pl.Datetime("us"), st.datetimes(datetime(1949, 10, 1), datetime(2060, 1, 1))),
            (pl.List(pl.String), st.lists(st.sampled_from(["甲", "乙 ", "", "甲；乙"]), max_size=3)),
            (pl.Float64, st.sampled_from([0.0, 3.0, 2.5, -1.0, float("nan"), 43336.0])),
        )
    )
)  # fmt: skip
FIELDS = [(t, n) for t in ("disclosure", "request", "opinion_case", "document") for n in TABLES[t].fields]


@given(st.sampled_from(FIELDS), ONE_TYPE, st.integers(1, 4))
def test_typed_columns_cells_a_column_and_batches_give_the_same(
    where: tuple[str, str], typed: tuple[Any, list[Any]], rows: int
) -> None:
    (table, name), (dtype, values) = where, typed
    spec = TABLES[table]
    if isinstance(dtype, pl.List) and spec.fields[name].kind != "list":
        return  # refused as nested
    ids = {} if name == "id" else {"id": [str(n) for n in range(len(values))]}
    numbers = list(range(1, len(values) + 1))
    nothing = [v if v == v else None for v in values]  # NaN is how frames write a blank cell
    cells = {n: ("列" if n == name else n, v) for n, v in (ids | {name: nothing}).items()}
    header = name if spec.resolve_header("列") is None else "列"
    cells[name] = (header, nothing)
    frame = pl.DataFrame([*(pl.Series(n, v, dtype=pl.String) for n, v in ids.items()), pl.Series(header, values, dtype=dtype)])

    def as_cells(data: Dataset, spec: TableSpec) -> None:
        memory_source.add_table(data, memory_source.RawTable(spec, numbers, cells), (None, None))

    def as_column(data: Dataset, spec: TableSpec) -> None:
        streamed_source.add_rows(data, spec, PolarsRows(frame), (None, None))

    expected = read_all(as_cells, spec)
    assert read_all(as_column, spec) == expected
    with batches_of(rows):
        assert read_all(as_column, spec) == expected


@pytest.mark.parametrize("kind", [pl.Date, pl.Datetime("us")])
@pytest.mark.parametrize(("day", "refused"), [("1949-09-30", 1), ("1949-10-01", 0), ("2100-12-31", 0), ("2101-01-01", 1)])
def test_typed_day_that_no_calendar_has_is_refused(kind: Any, day: str, refused: int) -> None:
    column = pl.Series("published_on", [date.fromisoformat(day), date(2018, 9, 10)]).cast(kind)
    data = read({"disclosure": pl.DataFrame({"id": ["1", "2"]}).with_columns(column)})
    assert [[p.code for p in r.problems] for r in data.rejected] == [["impossible_date"]] * refused
    assert data.tables["disclosure"].records()["published_on"].drop_nulls().len() == 2 - refused


@pytest.mark.parametrize(
    ("name", "cells", "found"),
    [
        ("note", [1, True, 0, False, 1.0], ["1", "是", "0", "否", "1"]),  # 1 and yes are equal to Python only
        ("note", [1, True, 0, False], ["1", "是", "0", "否"]),
        ("channels", [["网站"], None, ["广播", "网站"], []], [["网站"], None, ["广播", "网站"], None]),
        ("channels", [[1], [True], ["1"], None], [["1"], ["True"], ["1"], None]),
        ("published_on", [datetime(2018, 9, 3), date(2018, 9, 3), "2018-09-03", None], [date(2018, 9, 3)] * 3 + [None]),
    ],
)
def test_cells_of_a_column_are_told_apart_by_type_and_content(name: str, cells: list[Any], found: list[Any]) -> None:
    problems: dict[int, list[RowError]] = {}
    assert typed_cells.read_cells(TABLES["disclosure"].fields[name], "列", cells, problems).to_list() == found
    assert not problems


@pytest.mark.parametrize("cells", [["半停", "正常"], ["半停", 5]])
def test_word_that_rejects_its_row_is_told_with_those_of_the_field(cells: list[Any]) -> None:
    spec = TABLES["account"].fields["status"]
    problems: dict[int, list[RowError]] = {}
    typed_cells.read_cells(spec, "状态", cells, problems)
    assert problems[0] == [RowError("status", "状态", "半停", "vocabulary", {"values": ["正常", "已关停"]})]
    typed_cells.read_cells(TABLES["account"].fields["followers"], "粉丝数", ["若干"], problems := {})
    assert problems[0] == [RowError("followers", "粉丝数", "若干", "int", {})]


@pytest.mark.parametrize("length", [60, 61])
def test_long_word_is_told_by_its_beginning(length: int) -> None:
    word, shown = "若" * length, "若" * 60
    problems: dict[int, list[RowError]] = {}
    typed_cells.read_cells(TABLES["account"].fields["followers"], "粉丝数", [word], problems)
    assert [p.found for p in problems[0]] == [shown]
    text = contradiction_text(TABLES["listing"].fields["note"], [("备注", word)])
    assert [p.found for p in typed_cells.contradiction_errors(text)] == [shown]
    open_ = left_open_text(TABLES["meeting"].fields["kind"], "会议类型", word, "vocabulary")
    assert [c.columns for c in contradictions_in(open_)] == [(("会议类型", shown),)]


def test_id_that_comes_twice_is_kept_by_its_first_row_and_by_none_that_has_no_number() -> None:
    """Rows of a database have no numbers: which of them came first is not known."""
    duplicates = Duplicates({"1": (3, SourceLocation("甲.xlsx", "表", 3)), "2": (None, SourceLocation("乙.db", "request"))})
    assert duplicates
    assert not Duplicates({})
    ids, rows = ["1", "1", "2", "3", None, "1", "2"], [3, 4, 4, 5, 6, None, None]
    expected = [False, True, True, False, False, True, True]
    assert [duplicates.has(id_, row) for id_, row in zip(ids, rows, strict=True)] == expected
    frame = pl.DataFrame({"id": ids, ROW: rows}, schema={"id": pl.String, ROW: pl.Int64})
    assert duplicates.mask(frame).to_list() == expected
