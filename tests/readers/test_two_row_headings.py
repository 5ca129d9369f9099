"""Headings in two rows or three: the lower one never counts alone, however the cells are merged, and a title above is none of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.cell import range_boundaries

from opencheck.readers import read
from opencheck.records.dataset import Dataset

Rows = Sequence[Sequence[Any]]


def book(path: Path, rows: Rows, merged: Sequence[str] = (), sheet: str = "依申请公开") -> Path:
    made = openpyxl.Workbook()
    made.active.title = sheet
    for row in rows:
        made.active.append(row)
    for cells in merged:
        made.active.merge_cells(cells)
    made.save(path)
    return path


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


def in_all_forms(folder: Path, rows: Rows, across: Sequence[str], down: Sequence[str]) -> dict[str, Dataset]:
    """The same rows as a workbook with merged cells, one where only groups are merged, a text table and a web page."""
    text = folder / "依申请公开.csv"
    with text.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    page = folder / "依申请公开.html"
    page.write_text(f"<meta charset=utf-8><table>{''.join(lines(rows, [*across, *down]))}</table>", encoding="utf-8")
    paths = {
        "merged": book(folder / "a.xlsx", rows, [*across, *down]),
        "across": book(folder / "b.xlsx", rows, across),
        "text": text,
        "page": page,
    }
    return {name: read(path) for name, path in paths.items()}


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
    for form, data in in_all_forms(tmp_path, rows, ["E1:F1"], DOWN).items():
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
    for form, data in in_all_forms(tmp_path, rows, ["E1:H1", "E2:F2", "G2:H2"], down).items():
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
