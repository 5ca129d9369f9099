"""Sheets with more than one table, and lines of a sheet that are no records: headings again, numbers of columns, form rows, signatures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import opencheck as oc
from opencheck.readers import delimited, read, read_as
from opencheck.readers.body_lines import numbers_columns, skip_reason
from opencheck.readers.header_rows import listing_hint
from opencheck.readers.heading_match import Heading
from opencheck.readers.table_detection import evidence
from opencheck.records.dataset import ALL_CELLS, Dataset
from opencheck.records.tables import TABLES

HEADS = ["编号", "申请内容", "收到日期", "答复日期"]
FIRST = ["1", "甲", "2018-09-03", "2018-09-20"]
SECOND = ["2", "乙", "2018-10-08", "2018-10-26"]


def ledger(tmp_path: Path, rows: list[list[Any]], sheet: str = "Sheet1") -> Path:
    book = openpyxl.Workbook()
    own = book.active
    own.title = sheet
    for row in rows:
        own.append(row)
    book.save(tmp_path / "台账.xlsx")
    return tmp_path / "台账.xlsx"


def replies(data: Dataset) -> list[tuple[str, date, date | None]]:
    found = [
        b.select("id", "received_on", "replied_on") for b in data.tables["request"].batches(("id", "received_on", "replied_on"))
    ]
    return [row for batch in found for row in batch.rows()]


MADE = [("1", date(2018, 9, 3), date(2018, 9, 20)), ("2", date(2018, 10, 8), date(2018, 10, 26))]


def test_table_below_with_other_columns_is_read_under_its_own_headings(tmp_path: Path) -> None:
    rows = [HEADS, FIRST, [], ["编号", "申请内容", "答复日期", "收到日期"], [*SECOND[:2], SECOND[3], SECOND[2]]]
    data = read(ledger(tmp_path, rows))
    assert replies(data) == MADE
    assert data.rows == {"read": 2, "checked": 2, "rejected": 0}
    above, below = (data.positions[src, "request"] for src, _ in enumerate(data.places))
    assert above == {"id": 0, "subject": 1, "received_on": 2, "replied_on": 3}
    assert below == {"id": 0, "subject": 1, "received_on": 3, "replied_on": 2}


def test_table_of_another_kind_below_is_that_table(tmp_path: Path) -> None:
    rows = [
        ["一、依申请公开"], HEADS, FIRST, SECOND, ["二、公文"], ["编号", "标题", "文号", "成文日期", "公布日期", "公开属性"],
        ["1", "关于绿化的通知", "平政办发〔2018〕1号", "2018-08-01", "2018-08-20", "主动公开"],
    ]  # fmt: skip
    data = read(ledger(tmp_path, rows))
    assert replies(data) == MADE
    assert data.tables["document"].records(["signed_on", "published_on"]).rows()[0][:2] == (date(2018, 8, 1), date(2018, 8, 20))
    assert data.rows == {"read": 3, "checked": 3, "rejected": 0}
    report = oc.check(ledger(tmp_path, rows), as_of="2018-12-31", include_all=True)
    report.write(tmp_path / "结果.xlsx")
    assert {f.source.row for f in report.findings(table="document") if f.source.row} <= {7}


def test_larger_table_below_does_not_make_the_first_one_titles(tmp_path: Path) -> None:
    more = [*HEADS, "登记日期", "办理日期", "法律依据", "可否公开"]
    data = read(ledger(tmp_path, [HEADS, FIRST, more, [*SECOND, "2018-10-08", "2018-10-09", "条例第二十一条", "是"]]))
    assert replies(data) == MADE


def test_tables_side_by_side_are_two(tmp_path: Path) -> None:
    data = read(
        ledger(
            tmp_path,
            [
                ["上半年", *[None] * 4, "下半年"],
                [*HEADS, None, *HEADS],
                [*FIRST, None, *SECOND],
                FIRST[:0] + [None] * 5 + ["3", "丙", "2018-11-01", None],
            ],
        )
    )
    assert replies(data) == [MADE[0], MADE[1], ("3", date(2018, 11, 1), None)]
    assert data.rows == {"read": 3, "checked": 3, "rejected": 0}


def test_one_heading_that_comes_twice_is_no_second_table(tmp_path: Path) -> None:
    data = read(ledger(tmp_path, [[*HEADS, "答复日期"], [*FIRST[:3], None, FIRST[3]]]))
    assert replies(data) == MADE[:1]


def test_record_that_holds_words_of_headings_is_a_record(tmp_path: Path) -> None:
    data = read(
        ledger(tmp_path, [["编号", "标题", "收到日期", "备注"], ["1", "公开内容", "2018-09-03", "法律依据"]], "依申请公开")
    )
    assert data.rows == {"read": 1, "checked": 1, "rejected": 0}


@pytest.fixture(params=["workbook", "memory", "large"])
def reader(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[list[list[Any]]], Dataset]:
    """Reads rows as a workbook, as a text table, and as one that is larger than memory."""

    def read_rows(rows: list[list[Any]]) -> Dataset:
        if request.param == "workbook":
            return read(ledger(tmp_path, rows, "依申请公开"))
        carrier = None
        if request.param == "large":
            carrier = request.getfixturevalue("duck")
            monkeypatch.setattr(delimited, "STREAMING_THRESHOLD_BYTES", 0)
        file = tmp_path / "依申请公开.csv"
        file.write_text("".join(",".join(c or "" for c in [*row, *[""] * (4 - len(row))]) + "\n" for row in rows))
        return read(file, carrier=carrier)

    return read_rows


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["1", "2", "3", "4"], "header_again"),
        (["甲", "乙", "丙", "丁"], "header_again"),
        (["（1）", "（2）", "（3）", "（4）"], "header_again"),
        (["3"], "no_content"),
        (["以下空白"], "no_content"),
        (["（以下无正文）"], "no_content"),
        (["例", "甲", "2018-01-02", "2018-03-30"], "example"),
        (["（例）", "甲", "2018-01-02", "2018-03-30"], "example"),
        (["样例1", "甲", "2018-01-02", "2018-03-30"], "example"),
        (["2.每月5日前报送。"], "no_content"),
        (["(2 行受影响)"], "no_content"),
        (["---", "---", "---", "---"], "no_content"),
        (["单位（盖章）："], "note"),
        (["单位负责人（签字）：", None, "分管领导："], "note"),
        (["经办人：王某", None, "联系方式：0532-88361234"], "note"),
    ],
)
def test_line_that_is_no_record_is_listed_and_judged_by_no_rule(
    reader: Callable[[list[list[Any]]], Dataset], line: list[Any], code: str
) -> None:
    data = reader([HEADS, line, FIRST, SECOND])
    assert replies(data) == MADE
    assert data.rows == {"read": 2, "checked": 2, "rejected": 0}
    assert [(i.code, i.place.row) for i in data.ignored] == [(code, 2)]


@pytest.mark.parametrize(
    "line", [["3", "丙"], ["3", None, "2018-09-03"], [None, "丙", "2018-09-03"], ["3", "/", "/", "未答复"]]
)
def test_line_with_any_content_is_a_record_or_refused(reader: Callable[[list[list[Any]]], Dataset], line: list[Any]) -> None:
    data = reader([HEADS, FIRST, line])
    assert data.rows["read"] == 2
    assert not data.ignored


def test_numbers_stand_below_the_headings_only() -> None:
    assert not numbers_columns(["2", "3", "4"])
    assert not numbers_columns(["1", "2"])
    assert skip_reason(["1", "2", "3"], [["编号", "人数", "件数"]], 0, merged=False, columns=3) is None


def test_english_names_below_the_headings_are_headings(tmp_path: Path) -> None:
    data = read(ledger(tmp_path, [HEADS, ["id", "subject", "received_on", "replied_on"], FIRST, SECOND]))
    assert replies(data) == MADE
    assert [(i.code, i.place.row) for i in data.ignored] == [("header_again", 2)]


def test_table_of_two_columns_may_have_records_of_a_number_alone() -> None:
    assert skip_reason(["3", None], [["编号", "标题"]], 0, merged=False, columns=2) is None


def test_documents_of_every_sheet_of_interpretations_are_judged(tmp_path: Path) -> None:
    heads = ["文号", "文件公布时间", "解读发布时间", "责任单位"]
    book = openpyxl.Workbook()
    for month, row in (
        ("1月", ["平政发〔2018〕1号", "2018-09-03", "2018-09-04", "市教体局"]),
        ("2月", ["平政发〔2018〕2号", "2018-10-08", "2018-10-30", "市教体局"]),
    ):
        sheet = book.create_sheet(f"政策解读{month}")
        sheet.append(heads)
        sheet.append(row)
    del book[book.sheetnames[0]]
    book.save(tmp_path / "台账.xlsx")
    report = oc.check(tmp_path / "台账.xlsx", as_of="2018-12-31", rules="PD-9.4")
    assert [(f.source.sheet, f.due) for f in report.violations] == [("政策解读2月", date(2018, 10, 11))]


def test_column_without_a_heading_is_told_and_searched(tmp_path: Path) -> None:
    file = ledger(tmp_path, [[*HEADS[:3], None, "备注"], [*FIRST[:3], "2018-09-20", None]])
    data = read(file)
    assert [(i.code, i.text) for i in data.ignored] == [("unknown_column", "（第4列没有表头）")]
    assert data.rows == {"read": 1, "checked": 1, "rejected": 0}
    listing = ledger(tmp_path, [["户主姓名", "保障人数", None], ["王某", "2", "11010519491231002X"]])
    cells = next(read_as(listing, "listing", {}).tables["listing"].batches((ALL_CELLS,)))[ALL_CELLS].to_list()
    assert "11010519491231002X" in cells[0]


@pytest.mark.parametrize(
    "heads",
    [
        ["编号 No.", "申请内容 Subject", "收到日期 Received on", "答复日期 Replied on"],
        ["1.编号", "2.申请内容", "3.收到日期", "4.答复日期"],
        ["（一）编号", "（二）申请内容", "（三）收到日期", "（四）答复日期"],
        ["①编号", "②申请内容", "③收到日期", "④答复日期"],
        ["编号*", "申请内容（不超过200字）", "收到日期（必填）：", "答复日期【格式：2018-01-01】"],
        ["ID/编号", "Subject/申请内容", "Received on/收到日期", "答复日期（Replied on）"],
    ],
)
def test_heading_with_a_number_a_note_or_its_english_is_that_heading(tmp_path: Path, heads: list[str]) -> None:
    assert replies(read(ledger(tmp_path, [heads, FIRST, SECOND]))) == MADE


@pytest.mark.parametrize(
    "heading", ["答复日期（计划）", "答复日期（拟）", "答复日期（第三方）", "答复日期（最迟）", "答复日期/Received on"]
)
def test_day_whose_note_may_make_it_another_is_asked_about(tmp_path: Path, heading: str) -> None:
    """The day on which a reply is planned is no reply."""
    file = ledger(tmp_path, [[*HEADS[:3], heading], FIRST])
    report = oc.check(file, as_of="2018-12-31", rules="PD-15.3", include_all=True)
    assert not report.findings("pass")
    assert not report.violations
    if "/" not in heading:
        assert [q.fields for q in report.questions] == [("replied_on",)]


@pytest.mark.parametrize(
    ("rows", "titles", "first"),
    [
        ([["拟公示"], ["甲栏", "乙栏"], ["王某", "李某"], ["张某", "赵某"]], ["拟公示"], 3),
        ([["甲栏", "乙栏"], ["王某", "李某"], ["张某", "赵某"]], [], 2),
        ([["名单"], ["王某"], ["李某"]], [], 2),
        ([["名单", 2018], ["王某", 1], ["李某", 2]], [], 2),
        ([["低保公示名单"], ["户主", "村庄"], ["王某", "甲村"], ["李某", "乙村"]], ["低保公示名单"], 3),
    ],
)
def test_list_to_be_published_has_its_headings_where_several_texts_stand_first(
    rows: list[list[Any]], titles: list[str], first: int, tmp_path: Path
) -> None:
    """Whatever its headings are: it is checked cell by cell. A single text above them is its title."""
    data = read_as(ledger(tmp_path, rows), "listing", {"主题": "最低生活保障"})
    assert [line.text for line in data.ignored if line.code == "title"] == titles
    found = data.tables["listing"].records(["topic"])
    assert found.select("_row", "topic").rows() == [(first, "最低生活保障"), (first + 1, "最低生活保障")]


@pytest.mark.parametrize(
    ("sheet", "title", "table"),
    [
        ("Sheet1", None, "disclosure"), ("Sheet1", "2018年公文台账", "document"), ("Sheet1", "2018年政策解读台账", "interpretation"),
        ("Sheet1", "公开信息台账", "disclosure"), ("Sheet1", "依申请公开台账", "disclosure"),  # whose columns it has not
        ("2018年公文", "政策解读台账", "document"), ("政策解读2018", "公文台账", "interpretation"),
    ],
)  # fmt: skip
def test_title_tells_the_table_where_its_headings_fit_several_and_the_name_of_the_sheet_before_it(
    sheet: str, title: str | None, table: str, tmp_path: Path
) -> None:
    rows = [["序号", "文号", "公布日期", "公开渠道"], ["1", "平政发〔2018〕1号", "2018-09-03", "政府网站"]]
    data = read(ledger(tmp_path, [[title], *rows] if title else rows, sheet))
    assert {name: len(t.records(["id"])) for name, t in data.tables.items()} == {table: 1}


@pytest.mark.parametrize("above", [28, 29, 30])
def test_headings_are_looked_for_in_the_first_thirty_rows(above: int, tmp_path: Path) -> None:
    path = ledger(tmp_path, [*([f"说明第{n}条"] for n in range(above)), HEADS, FIRST], "依申请公开")
    if above < 30:
        assert replies(read(path)) == MADE[:1]
    else:
        with pytest.raises(oc.InputError, match="前30行里没有找到台账的表头"):
            read(path)


@pytest.mark.parametrize(
    ("rows", "hinted"),
    [
        ([["户主", "村庄", "人数"], ["王某", "甲村", 3]], True),
        ([["户主", "村庄", "n"], ["王某", "甲村", 3]], False),
        ([["户主", "村庄", "人数"]], False),
        ([["户主", "村庄", "人数"], [None, ""]], False),
        ([["名单"], ["户主", "村庄", "人数"], ["王某", "甲村", 3]], True),
    ],
)
def test_table_of_three_chinese_headings_may_be_a_list_to_be_published(rows: list[list[Any]], hinted: bool) -> None:
    assert bool(listing_hint(list(enumerate(rows, 1)))) is hinted


@pytest.mark.parametrize(
    ("rows", "first"), [([["名单", "户主"], ["户主", "人数"], ["王某", 3]], 3), ([["户主", "甲"], ["王某", "乙"]], 2)]
)
def test_headings_of_a_list_to_be_published_are_a_row_with_two_of_its_fields(
    rows: list[list[Any]], first: int, tmp_path: Path
) -> None:
    data = read_as(ledger(tmp_path, rows), "listing", {"主题": "最低生活保障"})
    assert data.tables["listing"].records(["topic"])["_row"].to_list() == [first]


@pytest.mark.parametrize(("heading", "tells"), [("公开对象", True), ("学校", False), ("水源地", False), ("项目名称", False)])
def test_heading_that_stands_in_tables_of_every_kind_is_a_field_and_tells_no_table(heading: str, tells: bool) -> None:
    found = evidence(TABLES["disclosure"], [Heading(heading)])
    assert (found.fields, found.telling) == ({"subject"}, {"subject"} if tells else set())
