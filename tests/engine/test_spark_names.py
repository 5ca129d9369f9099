"""Interpretations in Spark that name a document by number and by title: both are looked up, as from rows anywhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import opencheck as oc
from opencheck.engine.carriers import spark_rows, spark_worker
from opencheck.engine.carriers.spark import SparkCarrier

pytestmark = [pytest.mark.spark]

POLICY = {"is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}
DOCUMENTS = [
    {"id": f"文{n}", "number": f"平政发〔2018〕{n}号", "title": f"{name}办法", **POLICY} for n, name in enumerate("甲乙丙丁", 1)
]
INTERPRETATIONS = [
    {"id": f"解{at}", "number": f"平政发〔2018〕{number}号", "title": title, "published_on": "2018-09-28"}
    for at, (number, title) in enumerate([(1, "乙办法"), (3, "丙办法"), (4, "关于丁办法的通知"), (9, "戊办法")])
]
OUTCOMES = {"文1": "indeterminate", "文2": "indeterminate", "文3": "pass", "文4": "pass"}


def outcomes(report: oc.Report) -> dict[str, str]:
    return {f.record_id: str(f.outcome) for f in report.findings(rule="PD-9.4")}


def as_columns(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows).rename({"number": "文号", "title": "文件名称"})


@pytest.mark.thorough
def test_spark_frames_with_number_and_title_are_both_looked_up(spark: SparkCarrier, monkeypatch: pytest.MonkeyPatch) -> None:
    # What workers pack comes to the driver partition by partition, as a large table does.
    monkeypatch.setattr(spark_rows, "_MAX_FETCHED_BYTES", 0)
    monkeypatch.setattr(spark_worker, "SMALL_BYTES", 0)
    documents = spark.session.createDataFrame(pl.DataFrame(DOCUMENTS).to_arrow()).repartition(2)
    interpretations = spark.session.createDataFrame(as_columns(INTERPRETATIONS).to_arrow()).repartition(2)
    tables = {"document": documents, "interpretation": interpretations}
    report = oc.check(tables, as_of="2018-12-31", include_all=True, engine="spark")
    assert outcomes(report) == OUTCOMES
    told = [facts for name, facts in report.notes if name == "note.contradicted"]
    assert [(t["field"], t["columns"], t["count"]) for t in told] == [
        (("interpretation", "document_id"), ["文号", "文件名称"], 1)
    ]


def test_spark_files_with_number_and_title_are_both_looked_up(spark: SparkCarrier, tmp_path: Path) -> None:
    pl.DataFrame(DOCUMENTS).write_parquet(tmp_path / "document.parquet")
    as_columns(INTERPRETATIONS).write_parquet(tmp_path / "interpretation.parquet")
    carrier = SparkCarrier(spark.session, small_rows=0)
    report = oc.check(tmp_path, as_of="2018-12-31", rules="PD-9.4", include_all=True, engine=carrier)
    assert outcomes(report) == OUTCOMES
