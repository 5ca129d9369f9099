"""A sheet, table or file that was not read and may hold records is said first, and nothing is called missing that may stand there."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

import opencheck as oc
from office_ledgers import workbook
from opencheck.report.formats.terminal import as_table

HEADS = ["序号", "申请内容", "责任单位", "收到日期", "答复日期"]
KEPT = ["1", "甲", "市民政局", "2018-09-03", "2018-09-20"]
LATE = ["2", "乙", "市财政局", "2018-09-03", "2018-09-26"]
RULE = "PD-15.3"


def check(path: Path, rule: str = RULE) -> oc.Report:
    return oc.check(path, as_of="2018-12-31", rules=rule)


def unread(report: oc.Report) -> list[tuple[str, str | None, tuple[str, ...] | None]]:
    return [(line.code, line.place.sheet, line.may_hold) for line in report.unread]


@pytest.mark.parametrize(
    ("name", "rows", "code", "held"),
    [
        ("依申请公开（续）", [LATE], "continuation", ("request",)),
        ("10月", [["2018年10月"], LATE], "continuation", ("request",)),
        ("10月", [["序号", "申请内容", "责任单位", "收文", "答复"], LATE], "sheet", ("request",)),
        ("Sheet2", [["经办", "科室", "市财政局", "2018-09-03", "乙", "办结"]], "sheet", ()),
        ("依申请公开情况", [["编", "事", "谁"], ["a", "乙", "财政"], ["b", "丙", "民政"]], "sheet", ("request",)),
    ],
)
def test_sheet_that_may_hold_records_is_said_first(
    name: str, rows: list[list[Any]], code: str, held: tuple[str, ...], tmp_path: Path
) -> None:
    report = check(workbook(tmp_path / "台账.xlsx", **{"依申请公开": [HEADS, KEPT], name: rows}))
    assert unread(report) == [(code, name, held)]
    text = as_table(report, "zh")
    assert f"没有读懂的表和列 1\n  台账.xlsx {name} " in text
    with pytest.raises(AssertionError):
        report.assert_compliant(rule=RULE)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("封面", [["平度市民政局政务公开台账"], ["填报单位：", "市民政局", "填报日期：", "2018-12-31"]]),
        ("目录", [["序号", "名称"], [1, "依申请公开"], [2, "公文"]]),
        ("填报要求", [["一", "日期按2018-09-03填写。"], ["二", "责任单位写全称，如市民政局。"]]),
        ("空表", [[None]]),
        ("统计", [["单位", "收到件数", "办结件数", "占比"], ["市民政局", 12, 11, "92%"], ["市财政局", 3, 3, "100%"]]),
        ("各月件数", [["单位", "1月", "2月", "3月"], ["市民政局", 1, 0, 4], ["市财政局", 2, 2, 2]]),
    ],
)
def test_sheet_that_is_plainly_no_ledger_raises_no_alarm(name: str, rows: list[list[Any]], tmp_path: Path) -> None:
    report = check(workbook(tmp_path / "台账.xlsx", **{"依申请公开": [HEADS, KEPT], name: rows}))
    assert unread(report) == []


def test_sheet_of_a_table_that_no_rule_reads_is_not_asked_for(tmp_path: Path) -> None:
    path = workbook(tmp_path / "台账.xlsx", **{"依申请公开": [HEADS, KEPT], "依申请公开（续）": [LATE]})
    assert unread(check(path, "PD-9.4")) == []


SERIES = ["序号", "信息主题", "责任单位", "公开属性", "所属期", "公开日期"]


def month(number: int) -> list[Any]:
    return [number, "环境空气质量", "市环保局", "主动公开", f"2018-{number:02d}", f"2018-{number + 1:02d}-10"]


BY_MONTH = [["信息主题", "责任单位", *(f"{i}月" for i in range(1, 12))], ["环境空气质量", "市环保局", *["已公开"] * 11]]


@pytest.mark.parametrize(
    ("given", "name", "rows", "code"),
    [(6, "公开信息（续）", [month(i) for i in range(7, 12)], "continuation"), (1, "空气质量", BY_MONTH, "months")],
)
def test_nothing_is_missing_that_an_unread_sheet_may_hold(
    given: int, name: str, rows: list[list[Any]], code: str, tmp_path: Path
) -> None:
    own = [SERIES, *(month(i) for i in range(1, given + 1))]
    alone = check(workbook(tmp_path / "一.xlsx", **{"公开信息": own}), "PD-8-7.1")
    assert len(alone.violations) == 11 - given
    report = check(workbook(tmp_path / "二.xlsx", **{"公开信息": own, name: rows}), "PD-8-7.1")
    assert unread(report) == [(code, name, ("disclosure",))]
    assert (len(report.violations), len(report.findings("indeterminate"))) == (0, 11 - given)
    last = report.findings("indeterminate")[-1]
    said = f"2018年11月的信息是否公开无法判断：“{name}”里的记录可能属于本期，但“{name}”没有读"
    assert last.message.zh.endswith(said), "no record has the sheet's name as its id"
    assert last.remedy.zh == f"整理没有读的“{name}”，在记录上面写一行表头，然后重新检查"
    assert report.rows == {"read": given, "checked": given, "rejected": 0}


@pytest.mark.parametrize("below", [[], [["1", "关于印发办法的通知", "平政发〔2018〕1号", "市财政局", "2018-09-03"]]])
def test_sheet_named_as_a_table_without_headings_stops_no_other_sheet(below: list[list[Any]], tmp_path: Path) -> None:
    rows = [["公文台账由办公室另报"], *below]
    path = workbook(tmp_path / "台账.xlsx", **{"公文": rows, "依申请公开": [HEADS, LATE]})
    report = oc.check(path, as_of="2018-12-31", rules=[RULE, "PD-9.4"])
    assert unread(report) == [("sheet", "公文", ("document",))]
    assert [(f.rule, f.record_id) for f in report.violations] == [(RULE, "2")]
    with pytest.raises(oc.InputError, match="前30行里没有找到台账的表头"):
        check(workbook(tmp_path / "一.xlsx", **{"公文": rows}))


def test_issued_forms_that_were_filled_in_are_all_read(tmp_path: Path) -> None:
    sheets = {"填写示例": [HEADS, KEPT], "民政局样表": [HEADS, KEPT], "财政局样表": [HEADS, LATE]}
    report = check(workbook(tmp_path / "台账.xlsx", **sheets))
    assert [f.record_id for f in report.violations] == ["2"]
    assert [(line.code, line.place.sheet) for line in report.ignored] == [("example_sheet", "填写示例")]


def test_records_above_the_headings_are_told(tmp_path: Path) -> None:
    rows = [
        ["所解读文件", "发布日期", "解读单位"],
        ["平政发〔2018〕1号", "2018-09-28", "市民政局"],
        ["编号", "文件名称", "文号", "起草单位", "是否政策性文件", "公开属性", "公布日期", "成文日期"],
        ["1", "通知一", "平政发〔2018〕1号", "市民政局", "是", "主动公开", "2018-09-03", "2018-09-01"],
    ]
    report = check(workbook(tmp_path / "台账.xlsx", **{"公文": rows}), "PD-9.4")
    assert unread(report) == [("above", "公文", ("interpretation",))]


def test_second_table_of_a_page_is_told(tmp_path: Path) -> None:
    path = tmp_path / "台账.html"
    lines = ["".join(f"<td>{c}" for c in row) for row in (HEADS, KEPT, LATE)]
    path.write_text(f"<meta charset=utf-8><table><tr>{lines[0]}<tr>{lines[1]}</table><table><tr>{lines[2]}</table>", "utf-8")
    assert unread(check(path)) == [("continuation", "表2", ("request",))]


@pytest.mark.parametrize(("rows", "held"), [(1, [("sheet", "依申请公开_2018Q4", ("request",))]), (0, [])])
def test_table_of_a_database_with_the_columns_of_ours_is_told(rows: int, held: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "台账.db"
    with sqlite3.connect(path) as database:
        for name, count in (("依申请公开", 1), ("依申请公开_2018Q4", rows)):
            database.execute(f'create table "{name}" (id text, subject text, unit text, received_on text, replied_on text)')
            database.executemany(f'insert into "{name}" values (?, ?, ?, ?, ?)', [KEPT] * count)
        database.execute("create table auth_user (id text, name text, password text)")
        database.execute("insert into auth_user values ('1', '甲', 'x')")
    database.close()
    assert unread(check(path)) == held


def test_files_of_a_folder_that_are_not_read_are_told_by_name(tmp_path: Path) -> None:
    workbook(tmp_path / "依申请公开9月.xlsx", **{"依申请公开": [HEADS, KEPT]})
    for name in ("依申请公开10月.docx", "11月.rar", "会议通知.docx", "报告.html", "现场.jpg", "说明.txt", "~$依申请公开.docx"):
        (tmp_path / name).write_bytes(b"x")
    report = check(tmp_path)
    assert [(line.place.file, line.may_hold) for line in report.unread] == [
        ("11月.rar", ()),
        ("依申请公开10月.docx", ("request",)),
    ]
