"""A last day that the cell does not tell (不详) is not “still posted”, which a blank says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

import opencheck as oc
from only import only
from opencheck.records.placeholders import is_formula_error
from opencheck.records.tables import TABLES
from placeholder_words import SILENT

STILL_POSTED = [None, "", "无", "—", "N/A", "待定", "至今", "长期公示"]
NOT_TOLD = ["不详", "未填", "待补", "同 上", "〃", "不清楚。", "unknown"]
NOTICE = {"topic": "poverty_relief.project", "published_on": "2018-09-03", "attribute": "主动公开", "level": "village"}


def notices() -> list[dict[str, Any]]:
    words = [*STILL_POSTED, *NOT_TOLD, "2018-09-12", "2018-09-11"]
    return [NOTICE | {"id": f"{i:02}", "title": f"公示{i}", "posted_until": word} for i, word in enumerate(words)]


def source(kind: str, tmp_path: Path) -> Any:
    rows = notices()
    if kind == "dicts":
        return {"disclosure": rows}
    frame = pl.DataFrame(rows)
    if kind == "frame":
        return {"disclosure": frame}
    path = tmp_path / f"公开信息.{kind}"
    if kind == "parquet":
        frame.write_parquet(path)
    else:
        book = openpyxl.Workbook()
        book.active.title = "公开信息"
        for row in [frame.columns, *frame.rows()]:
            book.active.append(list(row))
        book.save(path)
    return path


@pytest.mark.parametrize(
    ("kind", "engine"),
    [("dicts", "polars"), ("frame", "polars"), ("xlsx", "polars"), ("parquet", "polars"), ("parquet", "duckdb")],
)
def test_last_day_that_is_not_told_leaves_a_notice_open(kind: str, engine: Any, tmp_path: Path) -> None:
    report = oc.check(source(kind, tmp_path), as_of="2018-12-31", rules=["PD-8-4.4"], include_all=True, engine=engine)
    found = {f.record_id: f for f in report.findings()}
    expected = [*["pass"] * len(STILL_POSTED), *["indeterminate"] * len(NOT_TOLD), "pass", "violation"]
    assert [str(found[row["id"]].outcome) for row in notices()] == expected
    open_one = found[f"{len(STILL_POSTED):02}"]
    assert "“公示截止日期”写的是“不详”" in open_one.message.zh
    assert report.rows == {"read": 17, "checked": 17, "rejected": 0}
    note = only(n["zh"] for n in report.to_dict()["notes"] if "也不能算还没有" in n["zh"])
    assert f"{len(NOT_TOLD)}行的“公示截止日期”写的是“" in note
    assert all(word in note for word in NOT_TOLD)


def test_entry_of_the_roster_whose_last_day_is_not_told_is_neither_expected_nor_left_out() -> None:
    """A subject that may have left the roster is no violation, and not complete either."""
    roster = [{"id": "1", "topic": "environment.source_water", "subject": "甲水源", "until": "不详"}]
    table = {
        "disclosure": [{"id": "1", "topic": "environment.source_water", "subject": "乙水源", "published_on": "2018-09-03"}]
    }
    for until, expected in (("不详", {"indeterminate"}), ("至今", {"violation"})):
        roster[0]["until"] = until
        report = oc.check({**table, "roster": roster}, as_of="2018-12-31", rules=["PD-8-7.2"])
        assert {str(f.outcome) for f in report.findings() if f.subject in (None, "甲水源")} >= expected, until
        assert ("violation" in {str(f.outcome) for f in report.findings() if f.subject == "甲水源"}) is (until == "至今")


@pytest.mark.parametrize("word", [w for w in SILENT if not is_formula_error(w)])
def test_every_placeholder_still_reads_as_a_blank_day(word: str) -> None:
    assert TABLES["disclosure"].fields["posted_until"].read(word) is None
    assert not TABLES["disclosure"].fields["published_on"].leaves_open(word)
