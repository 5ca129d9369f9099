"""Sheets as offices keep them, checked by the command: what it tells of each record, and the status with which it exits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import office_ledgers as made
from commands import AS_OF, run

REPLIES = ["编号", "申请内容", "收到日期", "答复日期"]
LATE, IN_TIME = ["甲", "2018-09-03", "2018-11-20"], ["乙", "2018-10-08", "2018-10-26"]
BESIDE = [
    ["编号", "文件标题", "政策性文件", "公开属性", "公布日期", None, "编号", "对应文件", "解读日期"],
    ["A1", "甲办法", "是", "主动公开", "2018-09-14", None, "J1", "丙办法", "2018-09-19"],
    ["A2", "乙办法", "是", "主动公开", "2018-09-14", None, "J2", "甲办法", "2018-10-19"],
    ["A3", "丙办法", "是", "主动公开", "2018-09-21", None, "J3", "乙办法", "2018-09-17"],
]
NOTICES = [
    ["扶贫项目公示情况表"],
    ["序号", "信息主题", "公开层级", "公示起止时间", None],
    [None, None, None, "开始", "结束"],
    [1, "扶贫项目", "村级", "2018年9月1日", "2018年9月10日"],
    [2, "扶贫项目", "村级", "2018年10月8日", "2018年10月15日"],
]
FORM = [
    ["编号", "1", "申请内容", "某村征地批复"],
    ["收到日期", "2018-09-03", "答复日期", "2018-11-20"],
    ["责任单位", "市民政局", "备注", None],
]


@pytest.mark.parametrize(
    ("name", "rows", "merged", "rule", "status", "told"),
    [
        ("文件", made.DOCUMENTS, ["A1:I1"], "PD-9.4", 1,
         {"1": "pass", "2": "violation", "3": "not_applicable", "5": "indeterminate"}),
        ("依申请公开", made.REQUESTS, ["A1:G1"], "PD-15.3", 1, {"1": "pass", "2": "violation", "3": "pending"}),
        ("扶贫公示", NOTICES, ["A1:E1", "D2:E2"], "PD-8-4.4", 1, {"1": "pass", "2": "violation"}),
        ("政策解读", made.INTERPRETATIONS, ["A1:I1"], "PD-9.4", 1,
         {"台账.xlsx 政策解读-3": "violation", "台账.xlsx 政策解读-4": "pass"}),
        ("账号", made.ACCOUNTS, ["A1:H1"], "PD-18.3", 0, {"1": "pass", "2": "not_applicable"}),
        ("台账", BESIDE, [], "PD-9.4", 1, {"A1": "violation", "A2": "pass", "A3": "pass"}),
        ("登记表", FORM, [], "PD-15.3", 1, {"1": "violation"}),
        ("依申请公开", [REPLIES, ["1", *IN_TIME], [], [*REPLIES[:2], *REPLIES[:1:-1]], ["2", "甲", *LATE[:0:-1]]], [], "PD-15.3", 1,
         {"1": "pass", "2": "violation"}),
        ("依申请公开", [REPLIES, ["一、市民政局"], ["1", *LATE], ["二、市财政局"], ["2", *IN_TIME]], [], "PD-15.3", 1, {"1": "violation", "2": "pass"}),
        ("依申请公开", [[*REPLIES, "责任科室"], ["1", *LATE], ["2", "乙", "2018-09-03", None]], ["C3:D3"], "PD-15.3", 1,
         {"1": "violation", "2": "indeterminate"}),
    ],
)  # fmt: skip
def test_sheet_is_judged_by_the_command(
    name: str, rows: list[list[Any]], merged: list[str], rule: str, status: int, told: dict[str, str], tmp_path: Path
) -> None:
    sheet = made.merged_sheet(tmp_path / "台账.xlsx", rows, merged, name)
    assert judged(sheet, rule) == (status, told)


def judged(ledger: Path, rule: str) -> tuple[int, dict[str, str]]:
    """The status with which the command exits, and the outcome of each record."""
    result = run("check", str(ledger), *AS_OF, "--rule", rule, "--fail-on", "advice", "--format", "jsonl", "--all")
    findings = [json.loads(line) for line in result.stdout.splitlines()]
    return result.exit_code, {f["record_id"]: f["outcome"] for f in findings}


@pytest.mark.parametrize("beside", [made.STATISTICS, [["通讯录"], ["姓名", "电话"], ["王某", "0532-88000000"]], [["备忘"]], []])
def test_ledger_is_judged_by_the_command_beside_a_sheet_that_is_none(beside: list[list[Any]], tmp_path: Path) -> None:
    ledger = made.workbook(tmp_path / "台账.xlsx", 附表=beside, 依申请公开=made.REQUESTS)
    assert judged(ledger, "PD-15.3") == (1, {"1": "pass", "2": "violation", "3": "pending"})
