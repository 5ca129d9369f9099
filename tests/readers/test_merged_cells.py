"""Cells merged across columns of a record: what stands there counts for the first column, and the others are neither filled nor blank."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import opencheck as oc
from merged_workbooks import Merges, Rows, Writer, html, ods, strewn_xlsx, xls, xlsx, xml
from opencheck.readers import read, read_as
from opencheck.records.dataset import ALL_CELLS

KINDS = [xlsx, strewn_xlsx, xls, ods, xml, html]

HEADS = ["编号", "申请内容", "收到日期", "答复日期", "备注"]
ROWS: Rows = [
    HEADS,
    ["1", "甲", "2018-09-03", None, None],
    ["2", "乙", "2018-09-03", "2018-09-20", None],
    ["3", "丙", "2018-09-04", None, None],
    ["4", "丁", None, None, "转办"],
    ["5", "戊", "2018-09-05", None, None],
]
MERGES: Merges = [(1, 2, 1, 2), (3, 2, 2, 2)]


@pytest.mark.parametrize("write", KINDS)
def test_cell_over_two_days_is_the_first_and_leaves_the_other_open(tmp_path: Path, write: Writer) -> None:
    path = write(tmp_path, ROWS, MERGES)
    frame = (
        read(path)
        .tables["request"]
        .records(["id", "received_on", "replied_on", "note"])
        .select("id", "received_on", "replied_on")
    )
    assert frame.rows() == [
        ("1", date(2018, 9, 3), None),
        ("2", date(2018, 9, 3), date(2018, 9, 20)),
        ("3", date(2018, 9, 4), None),
        ("4", date(2018, 9, 4), None),
        ("5", date(2018, 9, 5), None),
    ]
    report = oc.check(path, as_of="2018-12-31", rules=["PD-15.3"], include_all=True)
    outcomes = {f.record_id: str(f.outcome) for f in report.findings()}
    assert outcomes == {"1": "indeterminate", "2": "pass", "3": "indeterminate", "4": "indeterminate", "5": "violation"}
    first = next(f for f in report.findings() if f.record_id == "1")
    assert "“答复日期”的格与“收到日期”的合并成了一格（2018-09-03）" in first.message.zh
    notes = [n["zh"] for n in report.to_dict()["notes"]]
    assert [n for n in notes if "合并成一格" in n and "3行" in n], notes
    assert report.rows == {"read": 5, "checked": 5, "rejected": 0}


@pytest.mark.parametrize("write", KINDS)
def test_cell_over_rows_is_every_rows(tmp_path: Path, write: Writer) -> None:
    data = read(write(tmp_path, ROWS, [(3, 2, 2, 1)]))
    days = data.tables["request"].records(["id", "received_on"]).select("id", "received_on").rows()
    assert dict(days)["3"] == dict(days)["4"] == date(2018, 9, 4)
    assert not [
        n
        for n, _ in oc.check(data.files["台账" + data.inputs[0].suffix], as_of="2018-12-31").notes
        if n == "note.merged_across"
    ]


@pytest.mark.parametrize("write", KINDS)
@pytest.mark.parametrize("text", [None, "/", "未答复"])
def test_cell_over_columns_that_says_nothing_of_the_second(tmp_path: Path, write: Writer, text: str | None) -> None:
    """A blank is blank in both columns; a word may be meant for either."""
    report = oc.check(
        write(tmp_path, [HEADS, ["1", "甲", "2018-09-03", text, None]], [(1, 3, 1, 2)]), as_of="2018-12-31", rules="PD-15.3"
    )
    assert [str(f.outcome) for f in report.findings()] == ["violation"], "only the note is open"
    report = oc.check(
        write(tmp_path, [HEADS, ["1", text, None, "2018-09-20", None]], [(1, 1, 1, 2)]), as_of="2018-12-31", rules="PD-15.3"
    )
    assert [str(f.outcome) for f in report.findings()] == ["indeterminate"]


def test_headings_over_columns_stay_as_they_are(tmp_path: Path) -> None:
    rows: Rows = [
        ["公开信息台账", None, None, None],
        ["编号", "信息主题", "公示起止时间", None],
        [None, None, "开始", "结束"],
        ["1", "低保", "2018-09-03", "2018-09-20"],
    ]
    data = read(xlsx(tmp_path, rows, [(0, 0, 1, 4), (1, 2, 1, 2)]))
    frame = data.tables["disclosure"].records(["published_on", "posted_until"])
    assert frame.select("published_on", "posted_until").rows() == [(date(2018, 9, 3), date(2018, 9, 20))]


def test_other_column_of_the_field_settles_it(tmp_path: Path) -> None:
    heads = ["编号", "收到日期", "答复日期", "回复日期"]
    data = read(
        xlsx(
            tmp_path,
            [heads, ["1", "2018-09-03", None, "2018-09-20"], ["2", None, "2018-09-20", None]],
            [(1, 1, 1, 2), (2, 2, 1, 2)],
        )
    )
    assert data.tables["request"].records(["replied_on"])["replied_on"].to_list() == [date(2018, 9, 20)] * 2
    assert "_contradicted" not in data.tables["request"].sources[0].batches(["replied_on"]).__next__().columns


def test_first_column_without_a_heading_or_meaning_gives_the_field_nothing(tmp_path: Path) -> None:
    for heads in (["编号", None, "答复日期", "收到日期"], ["编号", "天气", "答复日期", "收到日期"]):
        report = oc.check(
            xlsx(tmp_path, [heads, ["1", "2018-09-20", None, "2018-09-03"]], [(1, 1, 1, 2)]),
            as_of="2018-12-31",
            rules="PD-15.3",
        )
        assert [str(f.outcome) for f in report.findings()] == ["indeterminate"]
        assert (heads[1] or "第2列") in report.findings()[0].message.zh


def test_id_that_is_merged_away_rejects_its_row(tmp_path: Path) -> None:
    data = read(xlsx(tmp_path, [["申请内容", "编号", "收到日期"], ["甲", None, "2018-09-03"]], [(1, 0, 1, 2)]))
    assert [[p.code for p in r.problems] for r in data.rejected] == [["blank_id"]]


def test_days_of_the_documents_of_interpretations_are_left_open_too(tmp_path: Path) -> None:
    heads = ["文号", "文件名称", "文件公布时间", "解读发布时间", "责任单位"]
    rows: Rows = [
        heads,
        ["平政发〔2018〕1号", "甲", "2018-09-03", None, "市教体局"],
        ["平政发〔2018〕2号", "乙", None, "2018-09-04", "市教体局"],
    ]
    book = xlsx(tmp_path, rows, [(1, 2, 1, 2), (2, 1, 1, 2)])
    book = book.rename(tmp_path / "政策解读.xlsx")
    report = oc.check(book, as_of="2018-12-31", rules="PD-9.4", include_all=True)
    assert [str(f.outcome) for f in report.findings()] == ["indeterminate"] * 2


def test_row_of_a_published_list_is_refused_where_the_cell_is_of_one_of_its_fields(tmp_path: Path) -> None:
    listing = xlsx(tmp_path, [["姓名", "主题", "保障人数"], ["王某", None, "2"], ["李某", "低保", "3"]], [(1, 0, 1, 2)])
    data = read_as(listing, "listing", {})
    assert [[p.code for p in r.problems] for r in data.rejected] == [["merged_across"]]
    other = xlsx(tmp_path, [["姓名", "备用", "保障人数"], ["王某", None, "2"]], [(1, 0, 1, 2)])
    cells = next(read_as(other, "listing", {}).tables["listing"].batches((ALL_CELLS,)))[ALL_CELLS].to_list()
    assert cells[0].count("王某") == 1


def test_cell_that_reaches_below_no_heading_leaves_nothing_there(tmp_path: Path) -> None:
    heads = ["编号", "收到日期", "答复日期", None]
    data = read(xlsx(tmp_path, [heads, ["1", "2018-09-03", "2018-09-20", None]], [(1, 2, 1, 2)]))
    assert data.tables["request"].records(["replied_on"])["replied_on"].to_list() == [date(2018, 9, 20)]
    assert data.ignored == []
