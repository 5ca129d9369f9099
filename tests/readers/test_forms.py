"""A form with the headings on the left is one record; a table with a column for each month is told to be none."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import opencheck as oc
from opencheck.readers import read

REQUEST = [["依申请公开登记表"], ["项目", "内容"], ["编号", "1"], ["申请内容", "某村征地批复"], ["收到日期", datetime(2018, 9, 3)], ["答复日期", "2018年11月20日"], ["责任单位", "市民政局"]]  # fmt: skip
PAIRS = [
    ["编号", "1", "申请内容", "某村征地批复"],
    ["收到日期", "2018-09-03", "答复日期", "2018-11-20"],
    ["责任单位", "市民政局", "备注", None],
]


def workbook(path: Path, rows: list[list[Any]], name: str = "Sheet1", merge: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    for cells in merge:
        book.active.merge_cells(cells)
    book.save(path)
    return path


@pytest.mark.parametrize("rows", [REQUEST, PAIRS])
@pytest.mark.parametrize("name", ["Sheet1", "依申请公开", "登记表"])
def test_form_is_one_record(rows: list[list[Any]], name: str, tmp_path: Path) -> None:
    report = oc.check(workbook(tmp_path / "登记.xlsx", rows, name), as_of="2018-12-31", rules=["PD-15.3"])
    assert report.rows == {"read": 1, "checked": 1, "rejected": 0}
    [found] = report.findings(rule="PD-15.3")
    assert (str(found.outcome), found.unit, found.record_id) == ("violation", "市民政局", "1")
    assert [n for n in report.to_dict()["notes"] if "读成“依申请公开”的一条记录" in n["zh"]]
    report.write(tmp_path / "结果.xlsx")


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
