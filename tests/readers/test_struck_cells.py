"""A cell that is struck out is named, and a day or number in it is no fact."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

import opencheck as oc
from opencheck.readers.raw_tables import RawTable
from opencheck.readers.struck_cells import note_struck
from opencheck.records.dataset import Dataset
from opencheck.records.tables import TABLES

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


def test_cells_are_named_in_order_and_only_facts_are_marked() -> None:
    data, place = Dataset(), ("台账.xlsx", "依申请公开")
    columns: dict[str, tuple[str, list[Any]]] = {
        "subject": ("申请内容", ["甲", "乙"]),
        "received_on": ("收到日期", [datetime(2018, 9, 3, 9), None]),
        "replied_on": ("答复日期", [date(2018, 9, 20), "2018-09-21"]),
        "excluded_days": ("不计工作日", [3, 0]),
    }
    table = RawTable(TABLES["request"], [2, 5], columns, positions={name: i for i, name in enumerate(columns)})
    note_struck(data, place, table, {(1, 1), (5, 3), (2, 0), (5, 9), (5, 1), (2, 1), (5, 2)})
    assert {name: cells for name, (_, cells) in table.columns.items()} == {
        "subject": ["甲", "乙"],
        "received_on": ["2018-09-03（已划去）", None],
        "replied_on": [date(2018, 9, 20), "2018-09-21（已划去）"],
        "excluded_days": [3, "0（已划去）"],
    }
    ((code, facts),) = data.notes
    cells = ["A2", "B2", "B5", "C5", "D5", "J5"]
    assert (code, facts) == (
        "note.struck_cells",
        {"file": "台账.xlsx", "sheet": "依申请公开", "count": 6, "cells": cells},
    )


def test_moment_that_is_struck_out_is_named_by_its_day() -> None:
    table = RawTable(
        TABLES["request"], [2], {"received_on": ("收到日期", [datetime(2018, 9, 3, 9)])}, positions={"received_on": 0}
    )
    note_struck(Dataset(), ("台账.xlsx", "依申请公开"), table, {(2, 0)})
    assert table.columns["received_on"] == ("收到日期", ["2018-09-03（已划去）"])


def test_twenty_cells_are_named_and_those_outside_the_table_are_not() -> None:
    data, table = Dataset(), RawTable(TABLES["request"], list(range(2, 32)), {})
    note_struck(data, ("台账.xlsx", "依申请公开"), table, set())
    note_struck(data, ("台账.xlsx", "依申请公开"), table, {(1, 0), (40, 0)})
    assert data.notes == []
    note_struck(data, ("台账.xlsx", "依申请公开"), table, {(row, 0) for row in range(1, 27)})
    ((_, facts),) = data.notes
    assert (facts["count"], facts["cells"]) == (25, [f"A{row}" for row in range(2, 22)])
