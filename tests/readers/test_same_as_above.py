"""同上 is a blank, as every placeholder is; the report says so once for each column, because it likely means something."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

import opencheck as oc
from opencheck.readers import read
from opencheck.records.contradictions import CONTRADICTED

HEADS = ["编号", "责任单位", "收到日期", "答复日期", "备注"]
ROWS: list[list[Any]] = [
    ["1", "市教体局", "2018-09-03", "2018-09-10", None],
    ["2", "同上", "2018-09-03", "同 上", None],
    ["3", "〃", "2018-09-03", "同上。", "待定"],
    ["4", "市教体局", "2018-09-03", "待定", "同意"],
]


def told(report: oc.Report) -> list[str]:
    return [note["zh"] for note in report.to_dict()["notes"] if "按空白处理" in note["zh"]]


def sources(tmp_path: Path, kind: str) -> Any:
    frame = pl.DataFrame(ROWS, schema=dict.fromkeys(HEADS, pl.String), orient="row")
    if kind == "frame":
        return {"request": frame}
    if kind == "dicts":
        return {"request": frame.to_dicts()}
    path = tmp_path / f"依申请公开.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in [HEADS, *ROWS]:
            book.active.append(row)
        book.save(path)
    elif kind == "csv":
        frame.write_csv(path)
    elif kind == "parquet":
        frame.write_parquet(path)
    elif kind == "jsonl":
        frame.write_ndjson(path)
    elif kind == "html":
        lines = ["".join(f"<td>{cell or ''}</td>" for cell in row) for row in [HEADS, *ROWS]]
        path.write_text("<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>", encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["frame", "dicts", "xlsx", "csv", "parquet", "jsonl", "html"])
def test_cell_that_is_as_another_is_blank_and_told_once_a_column(tmp_path: Path, kind: str) -> None:
    report = oc.check(sources(tmp_path, kind), as_of="2018-12-31", rules=["PD-15.3"], include_all=True)
    assert {f.record_id: str(f.outcome) for f in report.findings()} == {
        "1": "pass",
        "2": "violation",
        "3": "violation",
        "4": "violation",
    }
    notes = told(report)
    assert len(notes) == 2
    row = 3 if kind in ("xlsx", "csv", "html") else 2
    dates, units = sorted(notes, key=lambda note: "责任单位" in note)
    for part in ("“答复日期”有2格", "同 上", "同上。", f"第{row}行"):
        assert part in dates
    for part in ("“责任单位”有2格", "同上、〃", f"第{row}行"):
        assert part in units
    assert report.rows == {"read": 4, "checked": 4, "rejected": 0}


@pytest.mark.parametrize("kind", ["frame", "parquet", "csv"])
def test_both_engines_say_the_same(tmp_path: Path, kind: str) -> None:
    here, there = (
        oc.check(sources(tmp_path, kind), as_of="2018-12-31", engine=engine).to_dict() for engine in ("polars", "duckdb")
    )
    assert here == there


def test_other_placeholders_and_words_are_not_told() -> None:
    rows = [{"编号": "1", "收到日期": "2018-09-03", "答复日期": day, "备注": "同上级要求"} for day in ("待定",)]
    assert told(oc.check({"request": rows}, as_of="2018-12-31")) == []


def test_word_that_another_column_of_the_field_settles_is_not_told(tmp_path: Path) -> None:
    rows = [{"id": "1", "received_on": "2018-09-03", "replied_on": "同上", "答复日期": "2018-09-10"}]
    for source in (rows, pl.DataFrame(rows)):
        data = read({"request": source})
        assert data.tables["request"].records(["replied_on"])["replied_on"].to_list() == [date(2018, 9, 10)]
        assert told(oc.check({"request": source}, as_of="2018-12-31")) == []


def test_word_leaves_no_rule_open_and_refuses_no_row_of_a_list() -> None:
    source = pl.DataFrame([{"id": "1", "subject": "同上", "topic": "低保"}])
    data = read({"listing": source})
    assert data.rows == {"read": 1, "checked": 1, "rejected": 0}
    assert CONTRADICTED not in data.tables["listing"].records(["subject"]).columns
