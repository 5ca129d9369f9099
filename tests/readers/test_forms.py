"""A form with the headings on the left is one record; a table with a column for each month is told to be none."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import opencheck as oc
from office_ledgers import merged_sheet
from opencheck.readers import read, read_as
from opencheck.readers.forms import form_in, months_hint, months_in
from opencheck.records.tables import TABLES

REQUEST = [["依申请公开登记表"], ["项目", "内容"], ["编号", "1"], ["申请内容", "某村征地批复"], ["收到日期", datetime(2018, 9, 3)], ["答复日期", "2018年11月20日"], ["责任单位", "市民政局"]]  # fmt: skip
PAIRS = [
    ["编号", "1", "申请内容", "某村征地批复"],
    ["收到日期", "2018-09-03", "答复日期", "2018-11-20"],
    ["责任单位", "市民政局", "备注", None],
]


def workbook(path: Path, rows: list[list[Any]], name: str = "Sheet1", merge: tuple[str, ...] = ()) -> Path:
    return merged_sheet(path, rows, merge, name)


@pytest.mark.parametrize("rows", [REQUEST, PAIRS])
@pytest.mark.parametrize("name", ["Sheet1", "依申请公开", "登记表"])
def test_form_is_one_record(rows: list[list[Any]], name: str, tmp_path: Path) -> None:
    report = oc.check(workbook(tmp_path / "登记.xlsx", rows, name), as_of="2018-12-31", rules=["PD-15.3"])
    assert report.rows == {"read": 1, "checked": 1, "rejected": 0}
    [found] = report.findings(rule="PD-15.3")
    assert (str(found.outcome), found.unit, found.record_id) == ("violation", "市民政局", "1")
    assert [n for n in report.to_dict()["notes"] if "读成“依申请公开”的一条记录" in n["zh"]]
    report.write(tmp_path / "结果.xlsx")


def test_form_is_of_the_topic_that_is_given_with_it(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "登记.xlsx", [["信息标题", "某村征地批复"], ["公开日期", "2018-09-03"], ["责任单位", "市民政局"]]
    )
    data = read_as(path, "disclosure", {"主题": "征地批复"})
    assert data.tables["disclosure"].records(["topic", "unit"]).select("topic", "unit").rows() == [("征地批复", "市民政局")]


def test_records_of_a_table_are_of_the_topic_that_is_given_with_it(tmp_path: Path) -> None:
    rows = [["信息标题", "公开日期", "责任单位"], ["甲", "2018-09-03", "市民政局"], ["乙", "2018-09-04", "市财政局"]]
    data = read_as(workbook(tmp_path / "台账.xlsx", rows), "disclosure", {"主题": "征地批复"})
    assert data.tables["disclosure"].records(["topic", "title"]).select("topic", "title").rows() == [
        ("征地批复", "甲"),
        ("征地批复", "乙"),
    ]


def test_form_with_merged_cells_is_one_record(tmp_path: Path) -> None:
    rows = [[row[0], row[1] if len(row) > 1 else None, None, None] for row in REQUEST]
    path = workbook(tmp_path / "登记.xlsx", rows, merge=("A1:D1", "B4:D4", "B5:D5", "B6:D6"))
    [found] = oc.check(path, as_of="2018-12-31", rules=["PD-15.3"]).findings(rule="PD-15.3")
    assert str(found.outcome) == "violation"


def test_form_in_a_text_file_and_with_a_blank(tmp_path: Path) -> None:
    (tmp_path / "登记.csv").write_text("编号,1\n申请内容,某村征地批复\n收到日期,2018-09-03\n答复日期,\n", encoding="utf-8")
    data = read(tmp_path / "登记.csv")
    assert data.tables["request"].records(["received_on", "replied_on"])["replied_on"].to_list() == [None]


@pytest.mark.parametrize(
    "rows",
    [
        [["编号", "本表内不重复"], ["申请内容", "申请公开的信息"], ["收到日期", "填收到申请的日期"], ["答复日期", "没有答复的留空"]],  # an explanation
        [["字段", "说明", "例"], ["收到日期", "日期", "2018-09-03"], ["答复日期", "日期", "2018-09-03"], ["申请内容", "文字", "甲"]],
        [["收到日期", "2018-09-03"], ["答复日期", "2018-09-20"], ["收到日期", "2018-10-08"], ["答复日期", "2018-10-20"]],  # several records
        [["周一", "馒头"], ["周二", "米饭"], ["周三", "面条"], ["日期", "2018-09-03"]],
        [["申请内容", "甲"], ["收到日期", None], ["答复日期", None]],
    ],
)  # fmt: skip
def test_what_only_resembles_a_form_is_no_record(rows: list[list[Any]], tmp_path: Path) -> None:
    with pytest.raises(oc.InputError):
        read(workbook(tmp_path / "a.xlsx", rows))


def test_list_stays_a_list(tmp_path: Path) -> None:
    rows = [["编号", "申请内容"], ["收到日期", "甲"], ["答复日期", "2018-09-03"]]
    data = read(workbook(tmp_path / "a.xlsx", rows, "依申请公开"))
    assert data.rows["read"] == 2


@pytest.mark.parametrize("name", ["Sheet1", "公开信息"])
def test_months_as_columns_are_told_with_their_place(name: str, tmp_path: Path) -> None:
    rows = [["2018年公开情况"], ["项目", *[f"{n}月" for n in range(1, 13)]], ["月度财政收支", *["√"] * 12]]
    with pytest.raises(oc.InputError) as found:
        read(workbook(tmp_path / "台账.xlsx", rows, name))
    text = str(found.value)
    assert "台账.xlsx" in text
    assert name in text
    assert "第2行的B—M列是各月（1月、2月、" in text
    assert "“所属期”" in text


def test_months_as_columns_beside_a_ledger_are_listed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "依申请公开"
    for row in (["编号", "申请内容", "收到日期", "答复日期"], ["1", "甲", "2018-09-03", "2018-09-20"]):
        book.active.append(row)
    other = book.create_sheet("各月情况")
    other.append(["项目", "一月", "二月", "三月"])
    other.append(["财政收支", "√", "√", None])
    book.save(tmp_path / "台账.xlsx")
    report = oc.check(tmp_path / "台账.xlsx", as_of="2018-12-31", rules=["PD-15.3"])
    assert [(i.code, i.place.sheet) for i in report.data.ignored] == [("months", "各月情况")]
    assert "一个月一列的表，没有读" in str(report.to_dict()["ignored"])


@pytest.mark.parametrize(
    "rows",
    [
        [["编号", "1"], ["申请内容", "某村征地批复"], ["收到日期", "2018-09-03"], ["答复日期", None]],
        [["编号", "1", "申请内容", "某村征地批复"], ["收到日期", "2018-09-03", "答复日期", None]],
    ],
)
def test_day_that_is_left_blank_in_a_form_has_not_come(rows: list[list[Any]], tmp_path: Path) -> None:
    found = oc.check(workbook(tmp_path / "登记.xlsx", rows), as_of="2018-12-31", rules=["PD-15.3"]).findings()
    assert [(str(f.outcome), f.record_id) for f in found] == [("violation", "1")]


DAYS = [["收到日期", "2018-09-03"], ["答复日期", "2018-09-20"]]
ASKED = [*DAYS, ["申请内容", "甲"]]


@pytest.mark.parametrize(
    ("rows", "labels", "titles"),
    [
        (ASKED, ["收到日期", "答复日期", "申请内容"], 0),
        ([*DAYS, ["经办人", "张某"]], None, 0),  # two headings of the table are too few
        ([*ASKED, ["经办人", "张某"], ["电话", "1"]], ["收到日期", "答复日期", "申请内容", "经办人", "电话"], 0),
        ([*ASKED, ["经办人", "张某"], ["电话", "1"], ["传真", "2"]], None, 0),  # half of what is said is known
        ([["登记表"], *ASKED, ["一", "二", "三", "四", "五"]], ["收到日期", "答复日期", "申请内容"], 2),
        ([["项目", "内容", "项目", "内容"], *ASKED], ["收到日期", "答复日期", "申请内容"], 1),
        ([["项目", "内容", "编号", "1"], *ASKED], ["编号", "收到日期", "答复日期", "申请内容"], 0),
        ([["项目", "征地"], ["征地情况", "填写"], *ASKED], ["项目", "征地情况", "收到日期", "答复日期", "申请内容"], 0),
        ([*ASKED, ["责任单位", "市民政局", "备注"]], ["收到日期", "答复日期", "申请内容", "责任单位", "备注"], 0),
        ([*ASKED, ["说" * 40, None]], ["收到日期", "答复日期", "申请内容", "说" * 40], 0),
        ([*ASKED, ["说" * 41, None]], ["收到日期", "答复日期", "申请内容"], 1),
        ([*ASKED, [5, None]], ["收到日期", "答复日期", "申请内容"], 1),
        ([*[["登记表"]] * 57, *ASKED], ["收到日期", "答复日期", "申请内容"], 57),
        ([*[["登记表"]] * 58, *ASKED], None, 0),
        ([["收到日期", "2018-02-30"], ["申请内容", "甲"], ["答复日期", None]], ["收到日期", "申请内容", "答复日期"], 0),
    ],
)  # fmt: skip
def test_lines_of_a_form_are_headings_with_what_they_say_or_titles(
    rows: list[list[Any]], labels: list[str] | None, titles: int
) -> None:
    found = form_in(list(enumerate(rows, 1)), list(TABLES.values()), "表", {}, None, {})
    assert (None if found is None else found.rows[0][1]) == labels
    if found is not None:
        assert (found.spec.name, len(found.titles)) == ("request", titles)
        first = next(n for n, cells in enumerate(rows, 1) if labels and labels[0] in cells)
        assert [number for number, _ in found.rows] == [first, first], "the record stands where its first heading does"


@pytest.mark.parametrize(("name", "table"), [("公文", "document"), ("公开信息", "disclosure")])
def test_name_tells_of_which_of_two_tables_a_form_is(name: str, table: str) -> None:
    rows = [["编号", "1"], ["标题", "甲"], ["发布日期", "2018-09-20"], ["公开属性", "主动公开"]]
    found = form_in(list(enumerate(rows, 1)), list(TABLES.values()), name, {}, None, {})
    assert found is not None
    assert found.spec.name == table


@pytest.mark.parametrize(
    ("cells", "columns", "place"),
    [
        (["项目", "1月", "2月", "3月"], None, "第4行的B—D列"),
        (["项目", "1月", "2月", "3月"], [0, 2, 3, 28], "第4行的C—AC列"),
        (["项目", "2018年1月份", "十月", "12月"], None, "第4行的B—D列"),
        (["项目", "1月", "2月"], None, None),
        (["项目", "1月", "2月", "3月", "3月"], None, None),
        (["项目", "一季度", "二季度", "13月", "1月", "2月"], None, None),
    ],
)
def test_months_are_three_different_ones_in_a_row(cells: list[str], columns: list[int] | None, place: str | None) -> None:
    rows = [(3, ["某年"]), (4, cells)]
    assert (months_in(rows) is None) == (place is None)
    hint = months_hint(rows, columns)
    assert hint.partition("是各月")[0] == ("" if place is None else f"; {place}")
