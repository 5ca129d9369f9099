"""One rule, every engine: Polars, DuckDB and Spark find the same, field by field of what people read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine_reports import END, told
from example_tables import plain_tables, with_texts
from opencheck.core.errors import InputError
from opencheck.engine.carriers.backends import Backend, DuckDB, Spark, backend_of
from opencheck.readers import delimited, read
from record_strategies import LEDGERS, all_examples

ENGINES = [pytest.param("duck"), pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.xdist_group("spark")])]


def same(source: Callable[[], Any], backend: Backend, as_of: date = END) -> dict[str, Any]:
    here, there = told(source(), as_of=as_of), told(source(), backend, as_of)
    for key in here:
        if isinstance(here[key], list):
            ours, theirs = ([json.dumps(i, ensure_ascii=False, sort_keys=True) for i in x[key]] for x in (here, there))
            assert ours == theirs, key
        assert here[key] == there[key], key
    return here


@pytest.mark.parametrize("engine", ENGINES)
def test_carriers_example_ledger_is_alike(engine: str, ledger: Path, request: pytest.FixtureRequest) -> None:
    found = same(lambda: read(ledger), request.getfixturevalue(engine))
    assert len(found["findings"]) > 300


@pytest.mark.parametrize("engine", ENGINES)
def test_carriers_records_of_all_examples_are_alike(engine: str, request: pytest.FixtureRequest) -> None:
    found = same(all_examples, request.getfixturevalue(engine))
    broken = {f["rule"] for f in found["findings"] if f["outcome"] == "violation"}
    assert len(broken) > 80  # most rules about records have something to say of them


@settings(max_examples=settings.default.max_examples // 12, suppress_health_check=list(HealthCheck))
@given(LEDGERS, st.dates(date(2018, 1, 1), date(2019, 3, 31)))
def test_duckdb_any_ledger_is_alike(duck: DuckDB, ledger: dict[str, list[dict[str, Any]]], as_of: date) -> None:
    same(lambda: ledger, duck, as_of)


@pytest.mark.spark
@pytest.mark.xdist_group("spark")
@settings(max_examples=1, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(LEDGERS, min_size=4, max_size=4))
def test_spark_any_ledger_is_alike(spark: Spark, ledgers: list[dict[str, list[dict[str, Any]]]]) -> None:
    one: dict[str, list[dict[str, Any]]] = {}
    for number, ledger in enumerate(ledgers):
        for table, records in ledger.items():
            one.setdefault(table, []).extend({**r, "id": f"{number}{r['id']}"} for r in records)
    same(lambda: one, spark)


@pytest.mark.parametrize("engine", ENGINES)
def test_carriers_parquet_accounts_for_every_row(engine: str, archive: Path, request: pytest.FixtureRequest) -> None:
    backend = request.getfixturevalue(engine)
    found = same(lambda: archive, backend) if engine == "duck" else None
    data = read(archive, backend=backend)
    assert not any(isinstance(t.frame, pl.LazyFrame) for t in data.tables.values())
    here = read(archive)
    assert data.rows == here.rows
    assert here.rows["rejected"] == 3
    assert [(r.table, r.place, r.problems) for r in data.rejected] == [(r.table, r.place, r.problems) for r in here.rejected]
    if found:
        assert len(found["rejected"]) == 3


def test_duckdb_large_text_table_is_alike(duck: DuckDB, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = plain_tables(ledger)["meeting"]
    texts = with_texts(frame)
    folder = tmp_path / "会议台账"
    folder.mkdir()
    (folder / "会议.csv").write_bytes(texts.write_csv().encode("gb18030"))
    small = told(folder)
    monkeypatch.setattr(delimited, "STREAMING_THRESHOLD_BYTES", 0)
    large = told(folder, duck)
    assert small["findings"] == large["findings"]
    assert small["rows"] == large["rows"]
    (folder / "会议.csv").write_text(
        "id,kind,held_on\n1,常务会议,2018-09-01\n2,常务会议,2018-09-01,多了,一格\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"会议\.csv.*no row"):
        read(folder, backend=duck)


def test_carriers_unknown_name_or_limit_is_refused() -> None:
    with pytest.raises(InputError, match="polars, duckdb, spark"):
        backend_of("pandas")
    with pytest.raises(InputError, match="duckdb"):
        backend_of("polars", "1GiB")
    with pytest.raises(InputError, match="DuckDB"):
        backend_of("duckdb", "a lot")
    own = DuckDB("64MiB")
    (limit,) = own.connection.execute("select current_setting('memory_limit')").fetchone() or ("",)
    assert limit.startswith("64")
    folder = own.folder
    assert folder.is_dir()
    own.connection.close()
    del own
    assert not folder.exists()


def test_duckdb_moments_in_any_zone_are_alike(duck: DuckDB, tmp_path: Path) -> None:
    base = pl.datetime_range(pl.datetime(2018, 9, 1, 14), pl.datetime(2018, 9, 1, 18), "30m", time_zone="UTC", eager=True)
    frame = pl.DataFrame(
        {
            "id": [str(i) for i in range(len(base))],
            "grade": "other",
            "detected_at": base,
            "responded_at": base + timedelta(hours=48, minutes=1),
            "assessed_at": base.dt.convert_time_zone("America/New_York"),
        }
    )
    for zone, stored in (("UTC", frame), ("naive", frame.with_columns(pl.col(pl.Datetime("us", "UTC")).dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)))):  # fmt: skip
        folder = tmp_path / zone
        folder.mkdir()
        stored.write_parquet(folder / "opinion_case.parquet")
        here = same(lambda folder=folder: folder, duck, date(2018, 9, 5))  # type: ignore[misc]
        assert here["findings"]
