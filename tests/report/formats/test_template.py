"""The empty ledger to fill in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl

from commands import run
from opencheck.readers import read
from opencheck.records import TABLES


def test_template_has_every_table_and_reads_back_empty(tmp_path: Path) -> None:
    file = tmp_path / "ledger.xlsx"
    assert run("template", str(file)).exit_code == 0
    assert run("template", str(file)).exit_code == 2, "an existing file is not overwritten"
    assert run("template", str(tmp_path / "x.csv")).exit_code == 2
    book = openpyxl.load_workbook(file)
    assert book.sheetnames[0] == "填写说明"
    assert [s for s in book.sheetnames if s not in ("填写说明", "词表")] == [t.label_zh for t in TABLES.values()]
    for spec in TABLES.values():
        sheet = book[spec.label_zh]
        assert [c.value for c in sheet[1]] == [f.column.label_zh for f in spec.fields.values()]
        assert all(c.comment is not None for c in sheet[1])
        assert str(sheet["A2"].value).startswith("示例")
        wants = {f.column.label_zh for f in spec.fields.values() if f.kind == "bool" or f.vocabulary}
        listed = {
            sheet.cell(1, int(openpyxl.utils.range_boundaries(str(r))[0])).value
            for v in sheet.data_validations.dataValidation
            for r in v.sqref.ranges
        }
        assert wants <= listed
    assert book["公开信息"]["B2"].value == "环境空气质量"
    data = read(file)
    assert data.rows == {"read": 0, "checked": 0, "rejected": 0}
    assert not data.tables
    book["会议"].append(["1", "常务会议", date(2018, 9, 12)])
    book.save(file)
    assert read(file).rows["checked"] == 1
    for spec in TABLES.values():
        for field in spec.fields.values():
            if field.column.example and not (spec.name in ("disclosure", "roster") and field.name == "topic"):
                field.read(field.column.example)
