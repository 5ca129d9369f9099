"""Rows in memory: which cells of them count, which leave a field open, and which refuse the row."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from only import only
from opencheck.readers.frames import PolarsRows
from opencheck.readers.memory_source import MemorySource, add_empty_table, add_table, records_in_memory
from opencheck.readers.raw_tables import MergedCell, RawTable
from opencheck.readers.streamed_source import add_rows
from opencheck.records.contradictions import CONTRADICTED, contradictions_in, same_words_in
from opencheck.records.dataset import ALL_CELLS, REJECTED, ROW, SRC, Dataset, RowError, SourceLocation, UnreadSource
from opencheck.records.parse import Uncomputed
from opencheck.records.tables import TABLES

PLACE = ("台账.xlsx", "依申请公开")


def raw(table: str = "request", columns: dict[str, tuple[str, list[Any]]] | None = None, **more: Any) -> RawTable:
    columns = columns or {}
    count = max(len(cells) for _, cells in columns.values())
    return RawTable(TABLES[table], list(range(2, count + 2)), columns, **more)


def source(table: RawTable, data: Dataset | None = None) -> MemorySource:
    data = data or Dataset()
    add_table(data, table, PLACE)
    found = data.tables[table.spec.name].sources[-1]
    assert isinstance(found, MemorySource)
    return found


def problems(found: MemorySource) -> list[tuple[int | None, str, str]]:
    return [(r.place.row, p.field, p.code) for r in found.rejected for p in r.problems]


def doubts(found: MemorySource) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    texts = found.frame[CONTRADICTED].to_list() if CONTRADICTED in found.frame.columns else []
    return [
        (str(i), c.field, c.columns) for i, text in zip(found.frame["id"], texts, strict=False) for c in contradictions_in(text)
    ]


@pytest.mark.parametrize(("ledger_unit", "fields"), [(None, {"id", "subject"}), ("市民政局", {"id", "subject", "unit"})])
def test_table_without_rows_has_its_columns(ledger_unit: str | None, fields: set[str]) -> None:
    data = Dataset(ledger_unit=ledger_unit)
    add_table(data, RawTable(TABLES["request"], [], {"subject": ("申请内容", [])}), PLACE)
    found = only(data.tables["request"].sources)
    assert (found.fields, found.is_empty, found.account()) == (fields, True, (0, []))
    assert set(data.tables["request"].records().columns) == {*fields, ROW, SRC}
    whole = Dataset()
    add_empty_table(whole, TABLES["request"], PLACE)
    assert whole.tables["request"].present == set(TABLES["request"].fields)


def test_batches_have_the_fields_that_are_asked_for() -> None:
    found = source(raw(columns={"id": ("编号", ["1", "2"]), "subject": ("申请内容", ["甲", "乙"])}, extra={"科室": ["a", ""]}))
    assert not found.is_empty
    batch = only(found.batches(["subject"]))
    assert batch.columns == ["subject", ROW, SRC, REJECTED]
    assert batch["subject"].to_list() == ["甲", "乙"]
    cells = only(found.batches([ALL_CELLS, "subject"]))
    assert cells[ALL_CELLS].to_list() == ["id\x1f1\x1esubject\x1f甲\x1e+科室\x1fa", "id\x1f2\x1esubject\x1f乙"]


def test_refused_rows_are_counted_and_tell_what_could_be_read() -> None:
    columns = {"id": ("编号", ["1", "2", None, "1"]), "received_on": ("收到日期", ["2018-09-03", "2018-09-31", None, None])}
    found = source(raw(columns=columns))
    count, rejected = found.account()
    assert count == 1
    assert problems(found) == [(3, "received_on", "impossible_date"), (4, "id", "blank_id"), (5, "id", "duplicate_id")]
    assert [r.values for r in rejected] == [
        {"id": "2", "received_on": None},
        {"id": None, "received_on": None},
        {"id": "1", "received_on": None},
    ]
    assert rejected[0].place == SourceLocation(*PLACE, 3)
    assert rejected[2].problems[0].facts == {"first": SourceLocation(None, "依申请公开", 2)}
    assert {(p.header, p.found) for r in rejected[1:] for p in r.problems} == {("编号", ""), ("编号", "1")}
    assert found.repeats_ids()
    assert not source(raw(columns={"id": ("编号", ["1", None])})).repeats_ids()


@pytest.mark.parametrize(("header", "refused"), [("序号", []), ("编号", [(2, "id", "duplicate_id")])])
def test_id_that_others_refer_to_may_not_come_again_in_another_sheet(header: str, refused: list[Any]) -> None:
    data = Dataset()
    add_table(data, raw("document", {"id": (header, ["1"]), "title": ("标题", ["甲"])}), ("台账.xlsx", "一季度"))
    found = source(raw("document", {"id": (header, ["1", "2"]), "title": ("标题", ["乙", "丙"])}), data)
    assert problems(found) == refused
    if refused:
        assert found.rejected[0].problems[0].facts == {"first": SourceLocation("台账.xlsx", "一季度", 2)}


def test_rows_without_ids_are_called_by_their_sheet_and_row() -> None:
    found = source(raw(columns={"subject": ("申请内容", ["甲", "乙"])}))
    assert found.frame["id"].to_list() == ["依申请公开-2", "依申请公开-3"]


def test_unit_of_the_ledger_is_that_of_records_without_one() -> None:
    data = Dataset(ledger_unit="市民政局")
    assert source(raw(columns={"unit": ("责任单位", ["市财政局", None])}), data).frame["unit"].to_list() == [
        "市财政局",
        "市民政局",
    ]
    assert source(raw(columns={"subject": ("申请内容", ["甲"])}), data).frame["unit"].to_list() == ["市民政局"]
    assert "unit" not in source(raw(columns={"subject": ("申请内容", ["甲"])})).fields


def test_columns_of_one_field_that_differ_leave_it_open() -> None:
    columns = {"id": ("编号", ["1", "2", "3"]), "replied_on": ("答复日期", ["2018-09-03", None, "2018-09-05"])}
    second = [("replied_on", ("办结日期", ["2018-09-04", "2018-09-04", "2018-09-05"]))]
    found = source(raw(columns=columns, second=second))
    assert found.frame["replied_on"].to_list() == [None, date(2018, 9, 4), date(2018, 9, 5)]
    assert doubts(found) == [("1", "replied_on", (("答复日期", "2018-09-03"), ("办结日期", "2018-09-04")))]


def test_each_field_is_united_with_its_own_further_columns() -> None:
    columns = {
        "id": ("编号", ["1"]), "replied_on": ("答复日期", ["2018-09-03"]), "received_on": ("收到日期", ["2018-09-01"])
    }  # fmt: skip
    second = [("replied_on", ("答复时间", ["2018-09-03"])), ("received_on", ("收件日期", ["2018-09-02"]))]
    found = source(raw(columns=columns, second=second))
    assert found.frame.select("replied_on", "received_on").row(0) == (date(2018, 9, 3), None)
    assert doubts(found) == [("1", "received_on", (("收到日期", "2018-09-01"), ("收件日期", "2018-09-02")))]


def test_column_that_says_no_where_another_tells_the_day_leaves_it_open() -> None:
    columns = {
        "id": ("编号", ["1", "2"]), "extension_notified_on": ("延期告知日期", ["2018-09-10", "2018-09-10"])
    }  # fmt: skip
    found = source(raw(columns=columns, second=[("extension_notified_on", ("是否延期", ["否", "是"]))]))
    assert found.frame["extension_notified_on"].to_list() == [None, date(2018, 9, 10)]
    assert doubts(found) == [("1", "extension_notified_on", (("是否延期", "否"), ("延期告知日期", "2018-09-10")))]


def test_word_that_is_unknown_leaves_its_field_open_whatever_another_column_says() -> None:
    columns = {"id": ("编号", ["1", "2"]), "kind": ("会议类型", ["碰头会", "常务会议"])}
    found = source(raw("meeting", columns, second=[("kind", ("类别", ["全体会议", "常务会议"]))]))
    assert found.frame["kind"].to_list() == [None, "executive"]
    assert [(i, field, said) for i, field, said in doubts(found)] == [("1", "kind", (("会议类型", "碰头会"),))]


def test_merged_cell_leaves_its_field_open_where_it_is_blank() -> None:
    columns = {
        "id": ("编号", ["1", "2", None]), "received_on": ("收到日期", ["2018-09-03"] * 3), "replied_on": ("答复日期", [None, "2018-09-05", None])
    }  # fmt: skip
    cell = MergedCell("replied_on", "收到日期", "2018-09-03")
    found = source(raw(columns=columns, merged={0: [cell], 1: [cell], 2: [MergedCell("id", "编号", "x")]}))
    assert [(i, field) for i, field, _ in doubts(found)] == [("1", "replied_on")]
    assert problems(found) == [(4, "id", "blank_id")]


def test_blank_for_a_word_that_likely_means_something_is_told() -> None:
    columns = {"id": ("编号", ["1", "2", "3"]), "replied_on": ("答复日期", ["同上", None, "未答复"])}
    found = source(raw(columns=columns, second=[("replied_on", ("办结日期", [None, "同上", None]))]))
    texts = found.frame.to_dict(as_series=False).get(CONTRADICTED, [])
    assert [same_words_in(text) for text in texts] == [[("replied_on", "同上")], [("replied_on", "同上")], []]
    assert CONTRADICTED not in source(raw(columns={"id": ("编号", ["1"]), "replied_on": ("答复日期", [None])})).frame.columns


def test_cells_of_a_row_whose_columns_are_not_known_are_none() -> None:
    columns = {"id": ("编号", ["1", "2"]), "subject": ("申请内容", ["甲", "乙"])}
    shifted = RowError("", "", "x", "too_many_cells")
    found = source(raw(columns=columns, problems={0: [shifted]}))
    assert found.frame.select("id", "subject").rows() == [("1", None), ("2", "乙")]
    own = source(raw(columns=columns, problems={0: [RowError("subject", "申请内容", "x", "text")]}))
    assert own.frame["subject"].to_list() == ["甲", "乙"], "what is wrong is known to be of one column"


@pytest.mark.parametrize(("table", "refused"), [("listing", [(3, "", "formula")]), ("request", [])])
def test_other_columns_are_texts_and_a_formula_without_a_value_is_none(table: str, refused: list[Any]) -> None:
    cells = ["a", Uncomputed("=1+1"), 12, "", None, date(2018, 9, 3)]
    found = source(raw(table, {"id": ("编号", list("123456"))}, extra={"金额": cells}))
    assert found.frame["+金额"].to_list() == ["a", None, "12", None, None, "2018-09-03"]
    assert problems(found) == refused


def test_listing_refuses_the_rows_that_other_tables_leave_open() -> None:
    columns = {"id": ("编号", ["1", "2"]), "topic": ("信息主题", ["财政收支", "同上"])}
    found = source(raw("listing", columns, second=[("topic", ("主题", ["环境空气质量", None]))]))
    assert CONTRADICTED in found.frame.columns
    assert [(row, field) for row, field, _ in problems(found)] == [(2, "topic")]
    assert found.account()[0] == 1


def test_names_of_another_record_are_settled_with_what_was_said_before() -> None:
    columns = {
        "id": ("编号", ["1", "2"]),
        "document_id": ("文号", ["平政发〔2018〕1号"] * 2),
        "published_on": ("发布日期", ["同上", "2018-09-03"]),
    }
    found = source(raw("interpretation", columns, second=[("document_id", ("文件名称", ["甲办法", "乙办法"]))]))
    assert found.fields_named_twice() == {"document_id": ["文号", "文件名称"]}
    rows = only(found.named_twice("document_id"))
    assert rows["_at"].to_list() == [0, 1]
    before = found.frame[CONTRADICTED].to_list()
    found.settle("document_id", rows, {0: (None, "甲"), 1: ("平政发〔2018〕1号", "")})
    assert found.frame["document_id"].to_list() == [None, "平政发〔2018〕1号"]
    assert found.frame[CONTRADICTED].to_list() == [f"{before[0]}甲", None]
    plain = source(raw("interpretation", {"id": ("编号", ["1"]), "document_id": ("文号", ["平政发〔2018〕1号"])}))
    assert plain.fields_named_twice() == {}
    plain.settle("document_id", rows, {0: (None, "甲")})
    assert plain.frame[CONTRADICTED].to_list() == ["甲"]


def test_dataset_for_another_process_has_all_of_its_records_and_gaps() -> None:
    data, spec = Dataset(), TABLES["request"]
    data.add(spec, UnreadSource(spec, data.source(("台账.xlsx", "续")), "续"))
    rows = pl.DataFrame({"id": ["1", "1", "2"], "subject": ["甲", "乙", "丙"]})
    add_rows(data, spec, PolarsRows(rows.lazy()), ("request.parquet", None))
    own = records_in_memory(data)
    assert set(own.tables) == {"request"}
    assert [type(source) for source in own.tables["request"].sources] == [UnreadSource, MemorySource]
    read = own.tables["request"].sources[1]
    assert (read.account()[0], [r.place.row for r in read.account()[1]]) == (2, [2])
    assert own.tables["request"].records(["id", "subject"]).rows() == data.tables["request"].records(["id", "subject"]).rows()


def test_batches_of_which_one_is_contradicted_are_one_source_for_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opencheck.readers.frames.BATCH_ROWS", 1)
    data, days = Dataset(), {"答复日期": ["2018-01-02", "2018-01-03"], "回复日期": ["2018-01-02", "2018-01-09"]}
    add_rows(
        data,
        TABLES["request"],
        PolarsRows(pl.DataFrame({"id": ["1", "2"], **days}).lazy(), sliceable=True),
        ("a.parquet", None),
    )
    told = records_in_memory(data).tables["request"].records(["id", "replied_on"], contradictions=True)
    assert [row["id"] for row in told.iter_rows(named=True) if row[CONTRADICTED]] == ["2"]


def test_source_without_rows_stays_what_it_is_for_another_process() -> None:
    data = Dataset()
    add_rows(data, TABLES["meeting"], PolarsRows(pl.DataFrame({"id": []}, schema={"id": pl.String})), ("meeting.parquet", None))
    own = records_in_memory(data)
    assert own.tables["meeting"].sources == data.tables["meeting"].sources
    assert (own.tables["meeting"].count, own.tables["meeting"].present) == (0, {"id"})
