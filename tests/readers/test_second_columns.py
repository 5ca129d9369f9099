"""Several columns for one field: the filled one counts, two that differ are a contradiction. Alike from every kind of source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pytest

import opencheck as oc
from opencheck.core.outcomes import Outcome
from opencheck.readers import read

HEADS = ["编号", "单位", "收到日期", "答复日期", "replied_on", "责任单位"]
ROWS = [
    ["1", "市局", "2018-11-05", None, "2018-11-20", None],
    ["2", None, "2018-11-05", "2018-11-20", None, "市局"],
    ["3", "市局", "2018-11-05", "2018-11-20", "2018年11月20日", "市局办公室"],
    ["4", "市局", "2018-11-05", "2018-11-20", "2018-12-20", None],
    ["5", "市局", "2018-11-05", None, "12月", None],
    ["6", "市局", "2018-11-05", "无", "未答复", None],
]


def workbook(folder: Path) -> Any:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "依申请公开"
    for row in (HEADS, *ROWS):
        book.worksheets[0].append(row)
    book.save(folder / "x.xlsx")
    return folder / "x.xlsx"


def text(folder: Path) -> Any:
    lines = [",".join("" if c is None else c for c in row) for row in (HEADS, *ROWS)]
    (folder / "依申请公开.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder / "依申请公开.csv"


def frame() -> pl.DataFrame:
    return pl.DataFrame(ROWS, schema=dict.fromkeys(HEADS, pl.String), orient="row")


def parquet(folder: Path) -> Any:
    frame().write_parquet(folder / "request.parquet")
    return folder / "request.parquet"


SOURCES: dict[str, Callable[[Path], Any]] = {
    "workbook": workbook,
    "text": text,
    "dicts": lambda _: {"request": [dict(zip(HEADS, row, strict=True)) for row in ROWS]},
    "polars": lambda _: {"request": frame()},
    "pandas": lambda _: {"request": pd.DataFrame(ROWS, columns=HEADS)},
    "pandas, one name twice": lambda _: {
        "request": pd.DataFrame(ROWS, columns=[h if h != "replied_on" else "答复日期" for h in HEADS])
    },
    "parquet": parquet,
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("carrier", [None, "duck"])
def test_filled_column_counts_and_two_that_differ_are_refused(
    name: str, carrier: str | None, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    data = read(SOURCES[name](tmp_path), carrier=request.getfixturevalue(carrier) if carrier else None)
    found = data.tables["request"].records().select("id", "unit", "replied_on").sort("id").rows()
    assert found == [
        ("1", "市局", date(2018, 11, 20)),
        ("2", "市局", date(2018, 11, 20)),
        ("3", "市局办公室", date(2018, 11, 20)),
        ("6", "市局", None),
    ]
    assert {(r.values["id"], p.field, p.code) for r in data.rejected for p in r.problems} == {
        ("4", "replied_on", "contradiction"),
        ("5", "replied_on", "date"),
    }
    contradiction = next(p for r in data.rejected for p in r.problems if p.code == "contradiction")
    assert contradiction.found == "2018-11-20 / 2018-12-20"
    assert "second_column" in {i.code for i in data.ignored}


def test_contradiction_never_passes() -> None:
    """What depends on the rejected row cannot be judged."""
    rows = [{"id": "1", "document_id": "1", "published_on": "2018-09-04", "发布日期": "2018-12-04"}]
    document = {"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-03"}
    report = oc.check({"document": [document], "interpretation": rows}, as_of="2018-12-31", rules="PD-9.4")
    assert [f.outcome for f in report.findings()] == [Outcome.INDETERMINATE]
