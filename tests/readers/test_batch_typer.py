"""A raw batch becomes typed records, rejected rows with their reasons, and what is said of fields that are left open."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from opencheck.readers.typed_columns import BatchTyper, Duplicates, made_id_label
from opencheck.records.contradictions import CONTRADICTED, contradictions_in
from opencheck.records.dataset import ALL_CELLS, REJECTED, ROW, SRC, SourceLocation
from opencheck.records.tables import TABLES

PLACE = ("依申请公开.parquet", None)


def typer_of(table: str, names: Mapping[str, str], raw: pl.DataFrame, unit: str | None = None) -> BatchTyper:
    return BatchTyper(TABLES[table], names, raw.schema, PLACE, 3, unit)


def raw_of(columns: Mapping[str, list[Any]], **types: Any) -> pl.DataFrame:
    count = len(next(iter(columns.values())))
    return pl.DataFrame({**columns, ROW: list(range(2, 2 + count))}, schema_overrides=types)


REQUESTS = raw_of({"编号": ["1", None, "3"], "收到日期": ["2018-09-03", "2018-09-04", "九月"], "备注": ["甲", None, ""]})
NAMES = {"编号": "id", "收到日期": "received_on"}


def test_row_without_an_id_or_with_a_day_that_is_none_is_rejected_with_what_it_holds() -> None:
    frame, rejected = typer_of("request", NAMES, REQUESTS).type(REQUESTS, ["received_on"])
    assert frame.columns == ["id", "received_on", ROW, SRC, REJECTED]
    assert frame.rows() == [
        ("1", date(2018, 9, 3), 2, 3, False),
        (None, date(2018, 9, 4), 3, 3, True),
        ("3", None, 4, 3, True),
    ]
    assert [(r.table, r.place) for r in rejected] == [
        ("request", SourceLocation(*PLACE, 3)),
        ("request", SourceLocation(*PLACE, 4)),
    ]
    assert [[(p.field, p.header, p.found, p.code) for p in r.problems] for r in rejected] == [
        [("id", "编号", "", "blank_id")],
        [("received_on", "收到日期", "九月", "date")],
    ]
    assert [r.values for r in rejected] == [{"id": None, "received_on": date(2018, 9, 4)}, {"id": "3", "received_on": None}]


def test_batch_without_a_fault_has_no_row_rejected() -> None:
    whole = REQUESTS.head(1)
    frame, rejected = typer_of("request", NAMES, whole).type(whole, ["received_on"])
    assert (frame[REJECTED].to_list(), rejected) == ([False], [])
    assert CONTRADICTED not in frame.columns


def test_id_of_another_row_is_told_with_its_place() -> None:
    first = SourceLocation(*PLACE, 2)
    duplicates = Duplicates({"1": (2, first)})
    raw = raw_of({"编号": ["1", "1", "2"]})
    frame, rejected = typer_of("request", {"编号": "id"}, raw).type(raw, [], duplicates)
    assert frame[REJECTED].to_list() == [False, True, False]
    assert [[(p.field, p.header, p.found, p.code, p.facts) for p in r.problems] for r in rejected] == [
        [("id", "编号", "1", "duplicate_id", {"first": first})]
    ]


def test_row_with_two_faults_tells_both_and_no_other() -> None:
    raw = raw_of({"编号": ["1", "1", None], "收到日期": ["2018-09-03", "九月", "去年"]})
    found = typer_of("request", NAMES, raw).type(raw, [], Duplicates({"1": (2, SourceLocation(*PLACE, 2))}))[1]
    assert [[p.code for p in r.problems] for r in found] == [["date", "duplicate_id"], ["date", "blank_id"]]


def test_rows_without_ids_get_one_of_their_place() -> None:
    raw = raw_of({"标题": ["甲", "乙"]})
    for table, label in (("request", "依申请公开"), ("document", "依申请公开.parquet")):
        frame, rejected = typer_of(table, {"标题": "title"}, raw).type(raw, ["title"])
        assert (frame["id"].to_list(), rejected) == ([f"{label}-2", f"{label}-3"], [])
    assert made_id_label(TABLES["document"], (None, None)) == TABLES["document"].label_zh
    braces = BatchTyper(TABLES["request"], {"标题": "title"}, raw.schema, (None, "{1}月"), 0)
    assert braces.type(raw, [])[0]["id"].to_list() == ["{1}月-2", "{1}月-3"]


def test_unit_of_the_ledger_is_that_of_records_that_name_none() -> None:
    raw = raw_of({"编号": ["1", "2"], "单位": ["市财政局", None]})
    names = {"编号": "id", "单位": "unit"}
    assert typer_of("request", names, raw, "市民政局").type(raw, ["unit"])[0]["unit"].to_list() == ["市财政局", "市民政局"]
    assert typer_of("request", names, raw).type(raw, ["unit"])[0]["unit"].to_list() == ["市财政局", None]
    without = typer_of("request", {"编号": "id"}, raw, "市民政局")
    assert without.fields == {"id", "unit"}
    assert without.type(raw, ["unit"])[0]["unit"].to_list() == ["市民政局"] * 2
    assert "unit" not in without.type(raw, [])[0].columns
    assert typer_of("request", {"编号": "id"}, raw).fields == {"id"}


def test_only_what_is_asked_for_or_may_reject_a_row_is_read() -> None:
    columns: dict[str, list[Any]] = {
        "编号": ["1"],
        "标题": ["甲"],
        "收到日期": ["2018-09-03"],
        "答复日期": [date(2018, 9, 4)],
        "姓名": ["某"],
    }
    raw = raw_of({**columns, "内容": ["乙"], "申请内容": ["丙"]})
    names = {
        "编号": "id",
        "标题": "title",
        "收到日期": "received_on",
        "答复日期": "replied_on",
        "内容": "subject",
        "申请内容": "subject",
    }
    typer = typer_of("request", names, raw)
    assert typer.read_fields([]) == ["id", "received_on", "replied_on", "subject"]
    assert typer.read_fields(["title"]) == ["id", "title", "received_on", "replied_on", "subject"]
    assert typer.read_columns([]) == ["编号", "收到日期", "答复日期", "内容", "申请内容"]
    assert typer.read_columns([ALL_CELLS]) == ["编号", "标题", "收到日期", "答复日期", "内容", "申请内容", "姓名"]


def test_all_cells_are_kept_with_their_columns() -> None:
    frame = typer_of("request", NAMES, REQUESTS).type(REQUESTS, ["received_on", ALL_CELLS])[0]
    first, _, third = frame[ALL_CELLS].to_list()
    assert "甲" in first
    assert "备注" in first
    assert "备注" not in third, "an empty cell says nothing"


def test_columns_that_disagree_leave_the_field_open_and_their_first_is_not_taken() -> None:
    columns: dict[str, list[Any]] = {
        "编号": ["1", "2", "3"],
        "收到日期": ["2018-09-03", "2018-09-03", None],
        "收文日期": ["2018-09-04", None, "2018-09-05"],
    }
    raw = raw_of(columns)
    names = {**NAMES, "收文日期": "received_on"}
    frame, rejected = typer_of("request", names, raw).type(raw, ["received_on"])
    assert frame["received_on"].to_list() == [None, date(2018, 9, 3), date(2018, 9, 5)]
    assert [[c.field for c in contradictions_in(text)] for text in frame[CONTRADICTED]] == [["received_on"], [], []]
    assert (frame[REJECTED].to_list(), rejected) == ([False] * 3, [])


def test_row_of_a_table_of_cells_is_rejected_where_its_columns_disagree() -> None:
    raw = raw_of({"编号": ["1", "2"], "产品名称": ["甲", "甲"], "产品": ["乙", "甲"]})
    frame, (rejected,) = typer_of("listing", {"编号": "id", "产品名称": "product", "产品": "product"}, raw).type(
        raw, ["product"]
    )
    assert frame[REJECTED].to_list() == [True, False]
    assert [(p.field, p.header, p.found, p.code) for p in rejected.problems] == [
        ("product", "产品名称 / 产品", "甲 / 乙", "contradiction")
    ]


def test_word_that_its_field_does_not_know_leaves_it_open_in_its_row_alone() -> None:
    raw = raw_of({"编号": ["1", "2", "3", "4"], "会议类型": ["碰头会", "常务会议", None, "碰头会"]})
    typer = typer_of("meeting", {"编号": "id", "会议类型": "kind"}, raw)
    for _ in range(2):  # the second time by what is remembered
        frame, rejected = typer.type(raw, ["kind"])
        kind = TABLES["meeting"].fields["kind"].read("常务会议")
        assert frame["kind"].to_list() == [None, kind, None, None]
        said = [[(c.field, c.columns) for c in contradictions_in(text)] for text in frame[CONTRADICTED]]
        assert said == [[("kind", (("会议类型", "碰头会"),))], [], [], [("kind", (("会议类型", "碰头会"),))]]
        assert (frame[REJECTED].to_list(), rejected) == ([False] * 4, [])
    assert typer.column("kind", raw).to_list() == [None, kind, None, None]


@pytest.mark.parametrize(
    ("table", "name", "values", "dtype", "typed"),
    [
        ("unit", "trained", [3, None, 0], pl.Int32, [3, None, 0]),
        ("unit", "trained", [3, None, 0], pl.UInt8, [3, None, 0]),
        ("unit", "trained", [3.0, float("nan"), None], pl.Float64, [3, None, None]),
        ("request", "note", ["甲", None, " 乙"], pl.Categorical, ["甲", None, "乙"]),
        ("request", "note", ["甲", None, "乙"], pl.Categorical, ["甲", None, "乙"]),
        ("request", "note", [None, None, None], pl.Int64, [None, None, None]),
        ("request", "received_on", [datetime(2018, 9, 3), None, None], pl.Datetime("ms"), [date(2018, 9, 3), None, None]),
        ("disclosure", "channels", [["网站"], None, ["网站", "广播"]], pl.List(pl.String), [["网站"], None, ["网站", "广播"]]),
        ("disclosure", "channels", [["网站", " 广播"], None, []], pl.List(pl.String), [["网站", "广播"], None, None]),
        ("meeting", "state_secret", [True, None, False], pl.Boolean, [True, None, False]),
    ],
)  # fmt: skip
def test_column_has_the_type_of_its_field_whatever_that_of_the_source(
    table: str, name: str, values: list[Any], dtype: Any, typed: list[Any]
) -> None:
    raw = raw_of({"列": values}, 列=dtype)
    typer = typer_of(table, {"列": name}, raw)
    for batch, expected in ((raw, typed), (raw.reverse(), typed[::-1]), (raw.slice(1, 1), typed[1:2]), (raw.clear(), [])):
        found = typer.column(name, batch)
        assert (found.dtype, found.to_list()) == (TABLES[table].fields[name].dtype, expected)


@pytest.mark.parametrize(
    ("name", "kind", "values", "codes"),
    [
        ("received_on", pl.Datetime("us"), [datetime(2018, 9, 3), datetime(1949, 9, 30)], {3: "impossible_date"}),
        ("received_on", pl.Date, [date(2101, 1, 1), date(2018, 9, 3)], {2: "impossible_date"}),
    ],
)
def test_typed_day_beyond_the_calendar_rejects_its_row(name: str, kind: Any, values: list[Any], codes: dict[int, str]) -> None:
    raw = raw_of({"编号": ["1", "2"], "列": values}, 列=kind)
    frame, rejected = typer_of("request", {"编号": "id", "列": name}, raw).type(raw, [name])
    assert {r.place.row: r.problems[0].code for r in rejected} == codes
    assert [day is None for day in frame[name]] == [row in codes for row in frame[ROW]]


def test_midnight_of_a_typed_column_leaves_the_time_open() -> None:
    days = [datetime(2018, 9, 3), datetime(2018, 9, 3, 0, 1), None, datetime(1949, 9, 30)]
    raw = raw_of({"编号": list("1234"), "发现时间": days})
    frame, rejected = typer_of("opinion_case", {"编号": "id", "发现时间": "detected_at"}, raw).type(raw, ["detected_at"])
    assert [moment is None for moment in frame["detected_at"]] == [True, False, True, True]
    said = [[(c.field, c.columns) for c in contradictions_in(text)] for text in frame[CONTRADICTED]]
    assert said == [[("detected_at", (("发现时间", "2018-09-03"),))], [], [], []]
    assert [(r.place.row, r.problems[0].code) for r in rejected] == [(5, "impossible_date")]


def test_typer_is_sent_without_what_it_remembers() -> None:
    typer = typer_of("request", NAMES, REQUESTS)
    before = typer.type(REQUESTS, ["received_on"])[0]
    sent = pickle.loads(pickle.dumps(typer))
    assert (sent._known, sent._canonical) == ({}, {})
    assert sent.type(REQUESTS, ["received_on"])[0].equals(before)
    assert typer.ids(REQUESTS).rows() == [("1", 2), (None, 3), ("3", 4)]
