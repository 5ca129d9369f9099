"""CSV for spreadsheets."""

from __future__ import annotations

import csv
import io

import openpyxl

import opencheck as oc
from opencheck.report.output import render


def test_csv_formula_is_quoted() -> None:
    row = {"id": "=cmd|' /C calc'!A0", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    text = render(oc.check({"document": [row], "interpretation": []}, as_of="2018-12-31"), "csv").decode()
    assert "'=cmd|" in text
    assert ",=cmd" not in text


def test_csv_and_xlsx_formulas_are_inert(evil: oc.Report) -> None:
    rows = list(csv.reader(io.StringIO(render(evil, "csv", "zh").decode("utf-8-sig"))))
    cells = [c for row in rows for c in row]
    assert any("=cmd" in c for c in cells)
    assert not any(c.startswith(("=", "+", "-", "@")) for c in cells)
    book = openpyxl.load_workbook(io.BytesIO(render(evil, "xlsx", "zh")))
    found = [c for sheet in book for row in sheet.iter_rows() for c in row if isinstance(c.value, str) and "=cmd" in c.value]
    assert found
    assert all(c.data_type == "s" for c in found)
