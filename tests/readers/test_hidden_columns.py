"""Hidden columns are read like all others, and the report says so."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwt

import opencheck as oc
from merged_workbooks import ods, xml

HEADS = ["编号", "申请内容", "收到日期", "答复日期", "备注"]
ROW = ["1", "甲", "2018-09-03", "2018-12-20", None]


def with_xlsx(path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (HEADS, ROW):
        book.active.append(row)
    book.active.column_dimensions["D"].hidden = True
    book.save(path / "台账.xlsx")
    return path / "台账.xlsx"


def with_xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for r, row in enumerate((HEADS, ROW)):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    sheet.col(3).hidden = True
    book.save(str(path / "台账.xls"))
    return path / "台账.xls"


def with_ods(path: Path) -> Path:
    whole = ods(path, [HEADS, ROW], [])
    with zipfile.ZipFile(whole) as old:
        parts = {name: old.read(name).decode() for name in old.namelist()}
    columns = '<table:table-column table:number-columns-repeated="3"/><table:table-column table:visibility="collapse"/>'
    parts["content.xml"] = parts["content.xml"].replace("<table:table-row>", columns + "<table:table-row>", 1)
    with zipfile.ZipFile(whole, "w") as new:
        for name, text in parts.items():
            new.writestr(name, text)
    return whole


def with_xml(path: Path) -> Path:
    whole = xml(path, [HEADS, ROW], [])
    column = '<ss:Column ss:Span="1"/><ss:Column ss:Index="4" ss:Hidden="1"/>'
    whole.write_text(whole.read_text(encoding="utf-8").replace("<ss:Table>", f"<ss:Table>{column}"), encoding="utf-8")
    return whole


@pytest.mark.parametrize("write", [with_xlsx, with_xls, with_ods, with_xml])
def test_hidden_column_is_read_and_said(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    path = write(tmp_path)
    report = oc.check(path, as_of="2018-12-31", rules="PD-15.3")
    assert [f.record_id for f in report.violations] == ["1"]
    hidden = [facts for name, facts in report.notes if name == "note.hidden_columns"]
    sheet = "Sheet" if path.suffix == ".xlsx" else "Sheet1"
    assert hidden == [{"file": path.name, "sheet": sheet, "columns": ["答复日期"]}]
