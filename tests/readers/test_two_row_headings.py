"""Headings in two rows or three: the lower one never counts alone, however the cells are merged, and a title above is none of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils.cell import range_boundaries

import opencheck as oc
from office_ledgers import merged_sheet
from opencheck.readers import read
from opencheck.readers.heading_match import Heading, sure_fields
from opencheck.records.dataset import Dataset
from opencheck.records.tables import TABLES

Rows = Sequence[Sequence[Any]]


def book(path: Path, rows: Rows, merged: Sequence[str] = (), sheet: str = "依申请公开") -> Path:
    return merged_sheet(path, rows, merged, sheet)


def lines(rows: Rows, merged: Sequence[str]) -> Iterator[str]:
    """The rows of a table in HTML."""
    areas = [range_boundaries(cells) for cells in merged]
    for y, row in enumerate(rows, 1):
        yield "<tr>"
        for x, cell in enumerate(row, 1):
            over = next((a for a in areas if a[0] <= x <= a[2] and a[1] <= y <= a[3]), (x, y, x, y))
            if (x, y) == over[:2]:
                yield f"<td colspan={over[2] - x + 1} rowspan={over[3] - y + 1}>{'' if cell is None else cell}</td>"
        yield "</tr>"


def in_all_forms(folder: Path, rows: Rows, across: Sequence[str], down: Sequence[str]) -> dict[str, Path]:
    """The same rows as a workbook with merged cells, one where only groups are merged, a text table and a web page."""
    text = folder / "依申请公开.csv"
    with text.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    page = folder / "依申请公开.html"
    page.write_text(f"<meta charset=utf-8><table>{''.join(lines(rows, [*across, *down]))}</table>", encoding="utf-8")
    return {
        "merged": book(folder / "a.xlsx", rows, [*across, *down]),
        "across": book(folder / "b.xlsx", rows, across),
        "text": text,
        "page": page,
    }


def fields(data: Dataset) -> dict[str, str]:
    """By heading as shown the field that it is read as."""
    return {h.text: ",".join(h.fields) for h in data.headings if h.status == "mapped"}


TOP = ["序号", "申请内容", "责任单位", "收到日期"]
DOWN = ["A1:A2", "B1:B2", "C1:C2", "D1:D2"]
CELLS = ["1", "甲", "市民政局", "2018-09-03"]


@pytest.mark.parametrize(
    ("group", "below", "meant"),
    [
        ("计划", ["办理日期", "答复日期"], {}),
        ("行政复议情况", ["答复机关", "答复日期"], {}),
        ("2017年", ["登记日期", "答复日期"], {}),
        ("第三方", ["单位", "答复日期"], {"第三方/答复日期": "third_party_replied_on"}),
    ],
)
def test_lower_heading_never_counts_alone(tmp_path: Path, group: str, below: list[str], meant: dict[str, str]) -> None:
    rows = [[*TOP, group, None], [None] * 4 + below, [*CELLS, "2018-09-10", "2018-09-20"]]
    alone = dict(zip(TOP, ["id", "subject", "unit", "received_on"], strict=True))
    for form, path in in_all_forms(tmp_path, rows, ["E1:F1"], DOWN).items():
        data = read(path)
        assert fields(data) == {**alone, **meant}, form
        assert data.rows == {"read": 1, "checked": 1, "rejected": 0}, form


def test_headings_in_three_rows(tmp_path: Path) -> None:
    rows = [
        [*TOP, "第三方", None, None, None],
        [None] * 4 + ["征求", None, "计划", None],
        [None] * 4 + ["意见日期", "方式", "办理日期", "答复日期"],
        [*CELLS, "2018-09-10", "信函", "2018-09-10", "2018-09-20"],
    ]
    down = [f"{c}1:{c}3" for c in "ABCD"]
    for form, path in in_all_forms(tmp_path, rows, ["E1:H1", "E2:F2", "G2:H2"], down).items():
        data = read(path)
        assert list(fields(data)) == TOP, form
        assert [h.text for h in data.headings][-1] == "第三方/计划/答复日期", form


def test_lower_heading_of_a_table_further_down(tmp_path: Path) -> None:
    rows = [
        ["会议名称", "会议类型", "召开日期", "列席人数", None],
        ["第1次", "常务会议", "2018-09-03", 3, None],
        [None] * 5,
        ["序号", "责任单位", "计划", None, None],
        [None, None, "收到日期", "登记日期", "答复日期"],
        ["1", "市民政局", "2018-09-03", "2018-09-04", "2018-09-20"],
    ]
    data = read(book(tmp_path / "a.xlsx", rows, ["A4:A5", "B4:B5", "C4:E4"], sheet="台账"))
    assert [h.text for h in data.headings if h.table == "request"] == [
        "序号", "责任单位", "计划/收到日期", "计划/登记日期", "计划/答复日期",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "merged"),
    [
        (["依申请公开台账"], ["A1:F1"]),
        (["依申请公开台账"], []),
        (["依申请公开台账", None, None, None, "2018年", None], ["A1:D1", "E1:F1"]),
        (["依申请公开台账", None, None, None, None, None, "附件1"], ["A1:F1"]),
        (["依申请公开台账", None, None, None, None, None, "填报单位：", "市民政局"], []),
    ],
)
def test_line_above_the_headings_is_no_heading(tmp_path: Path, title: list[Any], merged: list[str]) -> None:
    rows = [title, [*TOP, "答复日期", "备注"], [*CELLS, "2018-09-20", None]]
    data = read(book(tmp_path / "a.xlsx", rows, merged, sheet="台账"))
    assert fields(data)["答复日期"] == "replied_on"
    assert all("/" not in h.text for h in data.headings)


@pytest.mark.parametrize(
    ("table", "group", "text", "field"),
    [
        ("request", "办理情况", "答复日期", "replied_on"),
        ("request", "基本信息", "申请内容", "subject"),
        ("request", "依申请公开办理情况", "收到日期", ""),
        ("request", "依申请公开", "收到日期", ""),  # may be the title of a table beside another one
        ("request", "申请情况", "收到日期", "received_on"),
        ("request", "申请", "单位", ""),  # who applied
        ("request", "补正情况", "补正日期", "corrected_on"),
        ("request", "补正情况", "收到日期", "corrected_on"),
        ("request", "补正情况", "答复日期", ""),
        ("request", "延期情况", "是否延期", "extension_notified_on"),
        ("request", "延期情况", "延期告知日期", "extension_notified_on"),
        ("request", "延期情况", "答复日期", ""),
        ("request", "第三方情况", "征求意见日期", "third_party_asked_on"),
        ("request", "第三方情况", "第三方答复日期", "third_party_replied_on"),
        ("request", "第三方情况", "答复日期", "third_party_replied_on"),
        ("request", "第三方情况", "名称", ""),
        ("request", "办理情况/第三方", "答复日期", "third_party_replied_on"),
        ("request", "第三方/办理情况", "答复日期", "third_party_replied_on"),
        ("request", "行政复议/办理情况", "答复日期", ""),
        ("request", "答复（计划）", "答复日期", ""),
        ("request", "办理情况（拟）", "答复日期", ""),
        ("disclosure", "公示情况", "公开日期", "published_on"),
        ("disclosure", "公示情况", "公示截止日期", "posted_until"),
        ("unit", "单位", "名称", "unit"),
        ("unit", "培训", "已培训人数", "trained"),
        ("unit", "2017年培训情况", "培训人数", ""),
        ("meeting", "计划", "列席人数", ""),
        ("document", "废止情况", "文号", ""),
    ],
)
def test_group_that_only_says_about(table: str, group: str, text: str, field: str) -> None:
    assert ",".join(sure_fields(TABLES[table], Heading(text, group), {})) == field


@pytest.mark.parametrize(
    ("replied", "group", "below", "cells", "outcome", "late"),
    [
        ("2018-10-16", "补正情况", ["告知补正日期", "补正日期"], ["2018-09-05", "2018-09-28"], "pass", None),
        ("2018-10-16", "延期情况", ["是否延期", "延期告知日期"], ["是", "2018-09-20"], "pass", None),
        ("2018-10-08", "第三方情况", ["征求意见日期", "第三方答复日期"], ["2018-09-05", "2018-09-14"], "pass", None),
        ("2018-10-16", "转办情况", ["告知补正日期", "补正日期"], ["2018-09-05", "2018-09-28"], "indeterminate", None),
        ("2018-10-16", "科室意见", ["延期告知日期", "意见"], ["2018-09-20", "同意"], "indeterminate", None),
        ("2018-10-16", "来件", ["方式", "份数"], ["网上", "1"], "violation", 12),
        ("2018-09-25", "转办情况", ["告知补正日期", "补正日期"], ["2018-09-05", "2018-09-28"], "pass", None),
    ],
)
def test_same_outcome_however_the_headings_are_merged(
    tmp_path: Path, replied: str, group: str, below: list[str], cells: list[str], outcome: str, late: int | None
) -> None:
    rows = [[*TOP, "答复日期", group, None], [None] * 5 + below, [*CELLS, replied, *cells]]
    for form, path in in_all_forms(tmp_path, rows, ["F1:G1"], [*DOWN, "E1:E2"]).items():
        report = oc.check(path, as_of="2018-12-31", rules="PD-15.3", include_all=True)
        assert [(str(f.outcome), f.late_by) for f in report.findings()] == [(outcome, late)], form
        unread = group in ("转办情况", "科室意见")
        assert bool(report.unread) == unread, form
        if outcome == "indeterminate":
            (finding,) = report.findings()
            assert f"{group}/{below[0]}" in finding.message.zh
            assert report.questions[0].likely[0].text == f"{group}/{below[0]}"


@pytest.mark.parametrize(("top", "outcome"), [("办理情况", "violation"), ("实际", "violation"), ("行政复议", "indeterminate")])
def test_day_of_the_reply_below_a_group(tmp_path: Path, top: str, outcome: str) -> None:
    rows = [[*TOP, top, None], [None] * 4 + ["答复日期", "答复方式"], [*CELLS, "2018-10-16", "邮寄"]]
    for form, path in in_all_forms(tmp_path, rows, ["E1:F1"], DOWN).items():
        report = oc.check(path, as_of="2018-12-31", rules="PD-15.3", include_all=True)
        assert [str(f.outcome) for f in report.findings()] == [outcome], form
        assert bool(report.unread) == (outcome == "indeterminate"), "what is there is asked about"


@pytest.mark.parametrize(
    ("heading", "outcome"),
    [
        ("是否延期", "indeterminate"), ("是否延长", "indeterminate"), ("延期情况", "indeterminate"), ("补正情况", "indeterminate"),
        ("第三方意见", "indeterminate"), ("不计工作日（小时）", "indeterminate"), ("天气情况", "violation"),
    ],
)  # fmt: skip
def test_column_that_may_move_the_limit_accuses_nobody(heading: str, outcome: str) -> None:
    row = {"编号": "1", "收到日期": "2018-09-03", "答复日期": "2018-10-16", heading: "是"}
    report = oc.check({"request": [row]}, as_of="2018-12-31", rules="PD-15.3")
    assert [str(f.outcome) for f in report.findings()] == [outcome]
    timely = oc.check({"request": [{**row, "答复日期": "2018-09-20"}]}, as_of="2018-12-31", rules="PD-15.3", include_all=True)
    assert heading.startswith("是否") or [str(f.outcome) for f in timely.findings()] == ["pass"]


@pytest.mark.parametrize(
    ("over", "below", "cells", "outcome"),
    [
        (["计划", "实际"], ["答复日期", "答复日期"], ["2018-09-20", "2018-10-16"], "violation"),
        (["计划", "实际"], ["答复日期", "答复日期"], ["2018-10-16", "2018-09-20"], "pass"),
        (
            ["计划", "计划"],
            ["办理日期", "答复日期"],
            ["2018-09-10", "2018-09-20"],
            "indeterminate",
        ),  # as merged cells are written
        (["实际", "实际"], ["办理日期", "答复日期"], ["2018-09-10", "2018-09-20"], "pass"),
        (["计划", None, "备注"], ["办理日期", "答复日期", "说明"], ["2018-09-10", "2018-09-20", None], "indeterminate"),
        (["行政复议", None, "办理"], ["机关", "答复日期", "答复日期"], ["市政府", "2018-09-20", "2018-10-16"], "violation"),
        (["单位：件", None], ["答复日期", "备注"], ["2018-09-20", None], "pass"),
        (["2018年12月", None], ["答复日期", "备注"], ["2018-09-20", None], "pass"),
        (["依申请公开台账", None], ["答复日期", "备注"], ["2018-09-20", None], "pass"),
    ],
)
def test_row_that_holds_groups_alone_stands_over_the_last_columns(
    over: list[str | None], below: list[str], cells: list[str | None], outcome: str, tmp_path: Path
) -> None:
    rows = [
        [None] * 4 + over,
        ["序号", "申请内容", "责任单位", "收到日期", *below],
        ["1", "甲", "市民政局", "2018-09-03", *cells],
    ]
    (tmp_path / "依申请公开.csv").write_text("\n".join(",".join(c or "" for c in row) for row in rows), encoding="utf-8")
    for path in (book(tmp_path / "台账.xlsx", rows), tmp_path / "依申请公开.csv"):
        report = oc.check(path, as_of="2018-12-31", rules=["PD-15.3"], include_all=True)
        assert [str(f.outcome) for f in report.findings()] == [outcome], path
