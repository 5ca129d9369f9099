"""A cell that is struck out is named, and a day or number in it is no fact."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

import opencheck as oc

HEADS = ["序号", "申请内容", "责任单位", "收到日期", "答复日期", "不计工作日"]


def ledger(path: Path, reply: Any, cell: str, *, strike: bool) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "依申请公开"
    for row in (HEADS, ["1", "甲", "市民政局", "2018-09-03", reply, 3]):
        book.active.append(row)
    book.active[cell].font = Font(strike=strike)
    book.save(path)
    return path


def check(path: Path) -> oc.Report:
    return oc.check(path, as_of="2018-12-31", rules="PD-15.3")


@pytest.mark.parametrize("reply", ["2018-09-20", datetime(2018, 9, 20)])
@pytest.mark.parametrize("cell", ["D2", "E2", "F2"])
def test_fact_that_is_struck_out_never_passes(reply: Any, cell: str, tmp_path: Path) -> None:
    report = check(ledger(tmp_path / "台账.xlsx", reply, cell, strike=True))
    assert (report.rows["rejected"], report.summary["outcomes"]["pass"]) == (1, 0)
    assert [facts["cells"] for code, facts in report.data.notes if code == "note.struck_cells"] == [[cell]]


def test_other_text_that_is_struck_out_is_named_and_read(tmp_path: Path) -> None:
    report = check(ledger(tmp_path / "台账.xlsx", "2018-09-20", "B2", strike=True))
    assert report.summary["outcomes"]["pass"] == 1
    assert any("B2" in remark.zh for remark in report.remarks)


def test_cell_that_is_not_struck_out_is_not_named(tmp_path: Path) -> None:
    report = check(ledger(tmp_path / "台账.xlsx", "2018-09-20", "E2", strike=False))
    assert report.summary["outcomes"]["pass"] == 1
    assert not any(code == "note.struck_cells" for code, _ in report.data.notes)
