"""Hand-outs as they are written, and filled in as a clerk does."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from handout_ledgers import Filler, check
from opencheck.report.handouts.folder import write_handouts


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handouts") / "out"
    write_handouts(check(), folder, reply_by=date(2019, 1, 15), every_unit=True)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "out"))


@pytest.fixture
def fill(folder: Path) -> Filler:
    """Fill in the row of a rule and record in a unit's workbook, under the headings that a clerk sees."""

    def filled(unit: str, rule: str, record: str | None, **values: Any) -> Path:
        path = folder / f"整改通知单-{unit}.xlsx"
        book = openpyxl.load_workbook(path)
        for sheet in book.worksheets[1:]:
            heads = {cell.value: cell.column for cell in sheet[2]}
            for row in sheet.iter_rows(min_row=3):
                named = (row[heads["规则"] - 1].value, row[heads["记录编号"] - 1].value)
                if named == (rule, record):
                    for head, value in values.items():
                        sheet.cell(row[0].row, heads[head], value)
                    book.save(path)
                    return path
        raise AssertionError((unit, rule, record))

    return filled
