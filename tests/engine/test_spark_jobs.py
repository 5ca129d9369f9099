"""Where Spark's engine judges: small files in the driver without a job, the others in the workers with few; and both beside each other."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from engine_reports import END, PACKS, said
from opencheck.api.check import check_records
from opencheck.engine.carriers import spark as spark_carrier
from opencheck.engine.carriers import spark_links, spark_rows, spark_worker
from opencheck.engine.carriers.spark import SparkCarrier
from opencheck.engine.carriers.spark_rows import is_spark
from opencheck.readers import read
from opencheck.records.dataset import ROW, SRC, Dataset
from record_strategies import all_examples

pytestmark = [pytest.mark.spark]


def jobs(spark: SparkCarrier, group: str) -> int:
    return len(spark.session.sparkContext.statusTracker().getJobIdsForGroup(group))


def in_spark(data: Dataset) -> set[str]:
    """The files that Spark reads."""
    return {str(data.places[s.src][0]) for table in data.tables.values() for s in table.sources if is_spark(s)}


def test_spark_small_files_need_no_job(spark: SparkCarrier, archive: Path, tmp_path: Path) -> None:
    for name in ("document", "interpretation", "meeting", "disclosure-1", "disclosure-2"):  # linked, and one table in two files
        shutil.copy(archive / f"{name}.parquet", tmp_path)
    carrier = SparkCarrier(spark.session)
    spark.session.sparkContext.setJobGroup("small", "small files")
    data = read(tmp_path, carrier=carrier)
    assert not in_spark(data)
    found = check_records(data, packs=PACKS, as_of=END).to_dict()
    assert found == check_records(tmp_path, packs=PACKS, as_of=END).to_dict()
    assert len(found["findings"]) > 100
    assert jobs(spark, "small") == 0


def test_spark_file_is_small_up_to_the_limits(spark: SparkCarrier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "request.parquet"
    pl.DataFrame({"id": ["1", "2", "3"], "title": ["甲" * 500, "乙" * 500, "丙" * 500]}).write_parquet(path, compression="zstd")
    for small_rows, files in ((4, set()), (3, set()), (2, {path.name}), (0, {path.name})):
        assert in_spark(read(tmp_path, carrier=SparkCarrier(spark.session, small_rows=small_rows))) == files, small_rows
    carrier = SparkCarrier(spark.session, small_rows=3)
    long = 3 * 500 * len("甲".encode())  # before compression, which makes much less of it
    assert path.stat().st_size < long
    monkeypatch.setattr(spark_carrier, "_SMALL_BYTES", long)
    assert in_spark(read(tmp_path, carrier=carrier)) == {path.name}
    monkeypatch.setattr(spark_carrier, "_SMALL_BYTES", long + 1000)
    assert in_spark(read(tmp_path, carrier=carrier)) == set()
    empty = tmp_path / "empty"
    empty.mkdir()
    pl.DataFrame(schema={"id": pl.String}).write_parquet(empty / "request.parquet")
    assert in_spark(read(empty, carrier=SparkCarrier(spark.session, small_rows=0))) == {path.name}


def as_if_too_many_to_send(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes of tables, and is linked to them, stays in Spark."""
    monkeypatch.setattr(spark_links, "MAX_SENT_BYTES", 0)
    monkeypatch.setattr(spark_links, "_FEW_ROWS", -1)
    monkeypatch.setattr(spark_rows, "_MAX_FETCHED_BYTES", 0)
    monkeypatch.setattr(spark_worker, "SMALL_BYTES", 0)


@pytest.mark.parametrize("large", [False, True], ids=["sent", "joined"])
def test_spark_small_and_large_files_are_alike(
    spark: SparkCarrier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    """Tables in the driver, in the workers and in both, linked both ways; ``large``: as if what comes of them were, too."""
    restricted: list[Any] = []
    restrict = spark_links.restricted
    monkeypatch.setattr(spark_carrier, "restricted", lambda *given: restricted.append(found := restrict(*given)) or found)
    if large:
        as_if_too_many_to_send(monkeypatch)
    ledger = {t: rows for t, rows in all_examples().items() if t in ("document", "interpretation", "meeting")}
    tables = {name: t.records().drop(ROW, SRC) for name, t in read(ledger).tables.items()}
    referred = pl.col("id").is_in(tables["interpretation"]["document_id"].drop_nulls().to_list())
    document = tables.pop("document").sort(referred, descending=True, maintain_order=True)
    # The second file has the id of a document of the first one again.
    tables |= {"document-1": document.head(5), "document-2": pl.concat([document.slice(5), document.head(1)])}
    tables["meeting"] = tables["meeting"].head(5)
    for name, frame in tables.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    carrier = SparkCarrier(spark.session, small_rows=5)
    group = f"mixed {large}"
    spark.session.sparkContext.setJobGroup(group, group)
    data = read(tmp_path, carrier=carrier)
    assert in_spark(data) == {"document-2.parquet", "interpretation.parquet"}
    found = said(check_records(data, packs=PACKS, as_of=END, include_all=True))
    count = jobs(spark, group)
    assert found == said(check_records(tmp_path, packs=PACKS, as_of=END, include_all=True))
    assert bool(restricted) is large
    assert any(map(len, restricted)) is large  # some of these rows are linked to what Spark keeps
    assert [r["source"]["file"] for r in found["rejected"]] == ["document-2.parquet"]
    if not large:
        assert count <= 14


def test_spark_reference_that_names_nothing_is_found_behind_many_that_name_others(
    spark: SparkCarrier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the references were too many for the driver: of each office the one of its own day is there, after nine of other documents."""
    as_if_too_many_to_send(monkeypatch)
    documents: list[dict[str, Any]] = []
    readings: list[dict[str, Any]] = []
    for number, (unit, referred) in enumerate({"市财政局": None, "市民政局": "/", "市教体局": "别的文件"}.items()):
        own = {"unit": unit, "published_on": date(2018, 9, 3)}
        documents.append({"id": f"d{number}", "is_policy": True, "attribute": "主动公开", **own})
        readings += [{**own, "id": f"o{number}-{i}", "document_id": "没有的文件"} for i in range(9)]
        readings.append({**own, "id": f"late-{number}", "document_id": f"d{number}", "published_on": date(2018, 9, 20)})
        readings.append({**own, "id": f"stray-{number}", "document_id": referred, "published_on": date(2018, 9, 6)})
    pl.DataFrame(documents).write_parquet(tmp_path / "document.parquet")
    pl.DataFrame(readings, infer_schema_length=None).write_parquet(tmp_path / "interpretation.parquet")
    found = check_records(read(tmp_path, carrier=spark), packs=PACKS, as_of=END, rules=["PD-9.4"])
    outcomes = {f.record_id: str(f.outcome) for f in found.findings()}
    assert outcomes == {"d0": "indeterminate", "d1": "indeterminate", "d2": "violation"}
    assert said(found) == said(check_records(tmp_path, packs=PACKS, as_of=END, rules=["PD-9.4"]))
