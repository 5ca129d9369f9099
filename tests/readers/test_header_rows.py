"""Which row of a sheet holds the headings, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from opencheck.readers import read
from opencheck.readers.header_rows import excerpt, find_header, listing_hint, without_blanks

HEADS = ["编号", "申请内容", "收到日期", "答复日期"]
RECORD = ["1", "甲", "2018-09-03", "2018-09-20"]
MORE = ["编号", "申请内容", "收到日期", "答复日期", "登记日期", "办理日期"]


def header(rows: list[list[Any]], name: str = "Sheet1") -> tuple[str | None, int]:
    """The table that is found, and the place of its headings."""
    spec, at = find_header(list(enumerate(rows, 1)), None, name, {}, None)
    return spec and spec.name, at


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([HEADS, RECORD], 0),
        ([["台账"], ["2018年"], HEADS, RECORD], 2),
        ([HEADS, HEADS, RECORD], 0),  # the first of two that are alike
        ([HEADS, ["2018年"], MORE, RECORD], 2),  # the one with most, as nothing but a title stands between them
        ([HEADS, RECORD, MORE, RECORD], 0),  # those that have records of their own
        ([HEADS, ["转下页", "转下页"], MORE, RECORD], 2),  # a merged cell that repeats
        # a title with a word beside it may look like the upper half of headings
        ([["市民政局", "办理情况", None], [None, "收到日期", "答复日期"], RECORD], 1),
        ([["编号", "办理情况", None], [None, "收到日期", "答复日期"], RECORD], 0),
        # lower halves tell the table, though what is below 计划 is no day of the reply
        ([["申请内容", "计划", None], ["申请内容", "收到日期", "答复日期"], RECORD[1:]], 0),
    ],
)
def test_headings_are_found_below_titles_and_above_records(rows: list[list[Any]], at: int) -> None:
    assert header(rows) == ("request", at)


@pytest.mark.parametrize(
    ("above", "table"),
    [
        (["公文"], "document"),
        (["公文", None, None, None], "document"),
        (["公文"] * 4, "document"),  # merged
        (["公文台账"], "document"),
        ([None, None, "公文台账", None], "document"),  # in the middle
        (["公文台账", None, None, "2018年"], "document"),
        ([None, None, "公文", None], "disclosure"),  # it may be a heading over the last columns
        (["公文", None, None, "2018年"], "disclosure"),
        (["2018年", None, None, "公文"], "disclosure"),
        (["会议"], "disclosure"),  # no meeting has such columns
        (["台账"], "disclosure"),
    ],
)
def test_title_tells_the_table_of_headings_that_two_tables_have(above: list[str | None], table: str) -> None:
    """However short it is where it stands alone; a word of two characters beside another or over some columns is no title."""
    heads, record = ["标题", "公布日期", "不公开理由", "责任单位"], ["某办法", "2018-09-03", "", "市财政局"]
    assert header([heads, record]) == ("disclosure", 0)
    assert header([above, heads, record]) == (table, 1)


@pytest.mark.parametrize(("above", "found"), [(0, ("request", 0)), (29, ("request", 29)), (30, (None, 0))])
def test_headings_are_among_the_first_thirty_rows(above: int, found: tuple[str | None, int]) -> None:
    assert header([*([f"说明{n}"] for n in range(above)), HEADS, RECORD]) == found


@pytest.mark.parametrize(("length", "found"), [(40, ("request", 0)), (41, (None, 0))])
def test_heading_with_a_note_is_no_sentence(length: int, found: tuple[str | None, int]) -> None:
    noted = f"收到日期（{'填' * (length - 6)}）"
    assert header([[noted, "答复日期"], ["2018-09-03", "2018-09-20"]]) == found


@pytest.mark.parametrize(
    ("rows", "is_list"),
    [
        ([["姓名", "住址", "金额"], ["王某", "某村", 3]], True),
        ([["姓名", "住址", "amount"], ["王某", "某村", 3]], False),
        ([["姓名", "住址", "金额"]], False),
        ([["姓名", "住址", "金额"], [None, "", None]], False),  # there is nothing below
        ([["名单"], ["姓名", "住址", "金额"]], True),
        ([["a", "b", "c"], ["姓名", "住址", "金额"]], False),  # of rows with as many texts the first
    ],
)
def test_table_of_chinese_headings_that_is_no_ledger_may_be_a_list_to_be_published(
    rows: list[list[Any]], is_list: bool
) -> None:
    assert ("preflight" in listing_hint(list(enumerate(rows, 1)))) is is_list


def test_what_is_blank_is_none_and_a_row_is_quoted_by_its_beginning() -> None:
    assert without_blanks(["甲", " 乙", " ", "\u3000\n", "", "（一）", 0, None]) == [
        "甲",
        " 乙",
        None,
        None,
        None,
        "（一）",
        0,
        None,
    ]
    assert excerpt(["甲 \n乙", None, 3, "甲 乙", "丙"]) == "甲 乙 | 3 | 丙"
    assert [len(excerpt(["长" * n])) for n in (80, 81)] == [80, 80]


def text_table(folder: Path, *lines: str) -> Path:
    path = folder / "依申请公开.csv"
    path.write_text("\n".join((",".join(HEADS), *lines)), encoding="utf-8")
    return path


def test_row_of_a_text_table_holds_nothing_beyond_the_headings(tmp_path: Path) -> None:
    """A comma in a cell that nobody quoted moves the others; commas at the end of a line move nothing."""
    record = "甲,2018-09-03,2018-09-20"
    data = read(text_table(tmp_path, f"1,{record}", f"2,{record},,", f"3,{record},多,的", "4,甲,2018-09-03"))
    assert data.rows == {"read": 4, "checked": 3, "rejected": 1}
    (rejected,) = data.rejected
    (problem,) = rejected.problems
    assert (rejected.place.row, problem.code, problem.found, problem.facts) == (4, "too_many_cells", "多 | 的", {"count": 4})


def test_records_of_a_text_table_are_of_the_unit_above_them(tmp_path: Path) -> None:
    record = "甲,2018-09-03,2018-09-20"
    data = read(text_table(tmp_path, "一、市民政局,,,", f"1,{record}", "二、市财政局,,,", f"2,{record}"))
    assert data.tables["request"].records(["id", "unit"]).select("id", "unit").rows() == [("1", "市民政局"), ("2", "市财政局")]
    assert [(line.code, line.place.row) for line in data.ignored] == [("section", 2), ("section", 4)]
