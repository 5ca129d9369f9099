"""One rule, every engine: Polars, DuckDB and Spark find the same, field by field of what people read."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import opencheck as oc
from opencheck.api.check import check_records
from opencheck.core.errors import InputError
from opencheck.engine import plan as plans
from opencheck.engine import run as engines
from opencheck.engine.carriers.backends import ROW, SRC, Backend, DuckDB, Spark, backend_of
from opencheck.readers import delimited, read
from opencheck.readers import typed_columns as columns
from opencheck.records.dataset import Dataset
from opencheck.records.tables import TABLES
from opencheck.rules.packs.loader import load_packs
from test_kinds import rows

PACKS = load_packs(["pingdu-2018"])
END = date(2018, 12, 31)


@pytest.fixture(scope="session")
def spark() -> Iterator[Spark]:
    if shutil.which("java") is None:
        pytest.skip("no Java here: Spark does not start (Debian: apt-get install openjdk-17-jre-headless)")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").appName("opencheck tests").config("spark.driver.memory", "3g")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "FATAL",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "America/New_York",  # no engine's own zone moves a day
    }.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield Spark(session)
    session.stop()


@pytest.fixture(scope="session")
def duck() -> DuckDB:
    return DuckDB("512MiB")


ENGINES = [pytest.param("duck"), pytest.param("spark", marks=pytest.mark.xdist_group("spark"))]


def told(source: Any, backend: Backend | None = None, as_of: date = END, everything: bool = False) -> dict[str, Any]:
    """Everything that a check says."""
    if not isinstance(source, Dataset):
        source = read(source, backend=backend)
    elif backend is not None:
        source.backend = backend
    return check_records(source, packs=PACKS, as_of=as_of, include_all=everything).to_dict()


def same(source: Callable[[], Any], backend: Backend, as_of: date = END) -> dict[str, Any]:
    here, there = told(source(), as_of=as_of), told(source(), backend, as_of)
    for key in here:
        if isinstance(here[key], list):
            ours, theirs = ([json.dumps(i, ensure_ascii=False, sort_keys=True) for i in x[key]] for x in (here, there))
            assert ours == theirs, key
        assert here[key] == there[key], key
    return here


@pytest.mark.parametrize("engine", ENGINES)
def test_the_example_ledger(engine: str, ledger: Path, request: pytest.FixtureRequest) -> None:
    found = same(lambda: read(ledger), request.getfixturevalue(engine))
    assert len(found["findings"]) > 300


def all_examples() -> dict[str, list[dict[str, Any]]]:
    """The records of every example of every rule in one ledger, their ids kept apart: each rule meets all boundaries."""
    ledger: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES if name != "waiver"}
    for rule, bound in PACKS[0].rules.items():
        for number, example in enumerate(bound.rule.examples):
            for table, records in example.given.items():
                for place, record in enumerate(records):
                    ids = {
                        k: f"{rule}/{number}/{v}"
                        for k, v in record.items()
                        if v is not None and (k == "id" or k.endswith("_id"))
                    }
                    if table in ledger:
                        ledger[table].append({"id": f"{rule}/{number}/{table}/{place}", **record, **ids})
    return {table: list({r["id"]: r for r in records}.values()) for table, records in ledger.items() if records}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_records_of_all_examples(engine: str, request: pytest.FixtureRequest) -> None:
    found = same(all_examples, request.getfixturevalue(engine))
    broken = {f["rule"] for f in found["findings"] if f["outcome"] == "violation"}
    assert len(broken) > 80  # most rules about records have something to say of them


LEDGERS = st.fixed_dictionaries({name: rows(name) for name in TABLES if name not in ("waiver", "listing")})


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(LEDGERS, st.dates(date(2018, 1, 1), date(2019, 3, 31)))
def test_any_ledger_on_duckdb(duck: DuckDB, ledger: dict[str, list[dict[str, Any]]], as_of: date) -> None:
    same(lambda: ledger, duck, as_of)


@pytest.mark.xdist_group("spark")
@settings(max_examples=1, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(LEDGERS, min_size=4, max_size=4))
def test_any_ledger_on_spark(spark: Spark, ledgers: list[dict[str, list[dict[str, Any]]]]) -> None:
    one: dict[str, list[dict[str, Any]]] = {}
    for number, ledger in enumerate(ledgers):
        for table, records in ledger.items():
            one.setdefault(table, []).extend({**r, "id": f"{number}{r['id']}"} for r in records)
    same(lambda: one, spark)


def plain_tables(ledger: Path) -> dict[str, pl.DataFrame]:
    """The example ledger as frames of an archive: typed columns, and some values of no use among them."""
    found = {}
    for name, table in read(ledger).tables.items():
        frame = table.frame.collect().drop(ROW, SRC)
        frame = frame.select(c for c in frame.columns if not c.startswith("+"))
        if name in ("document", "account"):
            frame = frame.unique("id", maintain_order=True)
        found[name] = frame
    odd = pl.int_range(pl.len()) == 3
    found["meeting"] = found["meeting"].with_columns(
        pl.when(odd).then(pl.lit("2018-02-30")).otherwise(pl.col("held_on").cast(pl.String)).alias("held_on")
    )
    found["document"] = pl.concat([found["document"], found["document"].head(2)])
    spaces = pl.format(" {}\u3000", pl.col("title"))
    found["disclosure"] = found["disclosure"].with_columns(pl.when(odd).then(spaces).otherwise("title").alias("title"))
    return found


@pytest.fixture(scope="session")
def archive(ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    for name, frame in plain_tables(ledger).items():
        frame.write_parquet(folder / f"{name}.parquet")
    half = len(plain_tables(ledger)["disclosure"]) // 2
    whole = folder / "disclosure.parquet"
    pl.read_parquet(whole).head(half).write_parquet(folder / "disclosure-1.parquet")
    pl.read_parquet(whole).slice(half).write_parquet(folder / "disclosure-2.parquet")
    whole.unlink()
    return folder


@pytest.mark.parametrize("engine", ENGINES)
def test_parquet_stays_where_it_is_and_every_row_is_accounted_for(
    engine: str, archive: Path, request: pytest.FixtureRequest
) -> None:
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


def in_blocks_of(
    rows: int, source: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, everything: bool = True
) -> dict[str, Any]:
    with monkeypatch.context() as patch:
        for module, name, value in (
            (columns, "PIECE", rows),
            (plans, "PIECE", rows),
            (plans, "BLOCK", 2 * rows),
            (plans, "_FEW_PARTS", 0 if rows == 1 else 99),  # two pieces in a block, or one alone
            (plans, "_SHARE", 2),
            (engines, "SMALL", -1),
        ):
            patch.setattr(module, name, value)
        return told(source(), everything=everything)


@pytest.mark.parametrize("everything", [True, False])
@pytest.mark.parametrize("rows", [1, 7])
def test_an_archive_in_small_blocks(rows: int, everything: bool, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = told(read(archive), everything=everything)
    blocks = in_blocks_of(rows, lambda: read(archive), monkeypatch, everything)
    assert len(whole["rejected"]) == 3
    assert blocks == whole


@pytest.mark.xdist_group("spark")
def test_data_frames_of_spark_in_and_out(spark: Spark, archive: Path) -> None:
    from opencheck.integrations import spark as face

    session = spark.session
    tables = {}
    for path in sorted(archive.glob("*.parquet")):
        name = path.stem.partition("-")[0]
        frame = session.read.parquet(str(path)).selectExpr("*", "_metadata.row_index + 1 as _row")
        tables[name] = tables[name].unionByName(frame) if name in tables else frame
    report = face.check(tables, "pingdu-2018", END)
    plan = report.findings._jdf.queryExecution().optimizedPlan().toString()
    readers = [line for line in plan.splitlines() if "MapInArrow" in line]
    assert len(readers) <= 3  # one for each table with texts: the last look at personal data
    assert "PythonUDF" not in plan
    assert "BatchEvalPython" not in plan
    found = pl.DataFrame(pl.from_arrow(report.told().toArrow()))
    expected = check_records(read(archive), packs=PACKS, as_of=END).findings()
    columns = ("rule", "outcome", "severity", "record_id", "unit", "subject", "period", "due", "late_by", "before_plan", "message_zh", "explanation_zh")  # fmt: skip

    def line(f: oc.Finding) -> tuple[Any, ...]:
        steps = "\n".join(t.zh for t in f.explanation)
        return (
            f.rule, str(f.outcome), str(f.severity), f.record_id, f.unit, f.subject, f.period, f.due, f.late_by, f.before_plan, f.message.zh, steps,
        )  # fmt: skip

    assert sorted(map(repr, found.select(columns).iter_rows())) == sorted(repr(line(f)) for f in expected)
    rejected = report.rejected.collect()
    assert sorted((r["table"], r["record_id"], r["problems"][0]["field"]) for r in rejected) == [
        ("document", "W001", "id"), ("document", "W002", "id"), ("meeting", "H004", "held_on"),
    ]  # fmt: skip


@pytest.mark.xdist_group("spark")
def test_spark_says_what_it_cannot_do_before_it_starts(spark: Spark) -> None:
    from opencheck.integrations import spark as face

    one = spark.session.createDataFrame([("2018-09-01", "主动公开")], "published_on string, attribute string")
    with pytest.raises(InputError, match="id"):
        face.check({"document": one}, "pingdu-2018", END)
    with pytest.raises(InputError, match="unknown table"):
        face.check({"nothing": one}, "pingdu-2018", END)
    with pytest.raises(InputError, match="DataFrame"):
        face.check({"document": [1]}, "pingdu-2018", END)  # type: ignore[dict-item]


@pytest.mark.xdist_group("spark")
def test_a_job_of_spark_submit_with_the_wheel(spark: Spark, root: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(root)], check=True, capture_output=True)  # fmt: skip
    (wheel,) = tmp_path.glob("opencheck-*.whl")
    job = tmp_path / "job.py"
    job.write_text(
        "import opencheck\n"
        "from pyspark.sql import SparkSession\n"
        "from opencheck.integrations import spark\n"
        "assert '.whl' in opencheck.__file__, opencheck.__file__\n"
        "session = SparkSession.builder.getOrCreate()\n"
        "rows = [('1', '主动公开', True, '2018-09-28'), ('2', '主动公开', True, '2018-09-28')]\n"
        "documents = session.createDataFrame(rows, 'id string, attribute string, is_policy boolean, published_on string')\n"
        "readings = session.createDataFrame([('r', '1', '2018-10-08')], 'id string, document_id string, published_on string')\n"
        "found = spark.check({'document': documents, 'interpretation': readings}, 'pingdu-2018', '2018-12-31', rules=['PD-9.4'])\n"
        "print('FOUND', [(r['record_id'], str(r['due']), r['message_zh']) for r in found.told().collect()])\n",
        encoding="utf-8",
    )
    command = [str(Path(sys.executable).parent / "spark-submit"), "--master", "local[1]", "--conf", "spark.ui.enabled=false"]
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": ""}
    # The wheel comes first, and the checkout that this test runs from is not on the path of the job.
    hide = "import sys; sys.path[:] = [p for p in sys.path if not p.rstrip('/').endswith('/src')]\n"
    (tmp_path / "main.py").write_text(hide + job.read_text(encoding="utf-8"), encoding="utf-8")
    done = subprocess.run(
        [*command, "--py-files", str(wheel), str(tmp_path / "main.py")],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    (line,) = [x for x in done.stdout.splitlines() if x.startswith("FOUND")] or [done.stdout + done.stderr[-2000:]]
    assert line.startswith("FOUND [('2', '2018-10-08', ")


def test_large_text_tables(duck: DuckDB, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = plain_tables(ledger)["meeting"]
    texts = with_texts(frame)
    folder = tmp_path / "会议台账"
    folder.mkdir()
    (folder / "会议.csv").write_bytes(texts.write_csv().encode("gb18030"))
    small = told(folder)
    monkeypatch.setattr(delimited, "LARGE", 0)
    large = told(folder, duck)
    assert small["findings"] == large["findings"]
    assert small["rows"] == large["rows"]
    (folder / "会议.csv").write_text(
        "id,kind,held_on\n1,常务会议,2018-09-01\n2,常务会议,2018-09-01,多了,一格\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"会议\.csv.*no row"):
        read(folder, backend=duck)


def with_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame as a database without lists, dates and booleans holds it."""
    return frame.select(
        pl.col(n).list.join("；").alias(n) if t == pl.List(pl.String) else pl.col(n).cast(pl.String).alias(n)
        for n, t in frame.schema.items()
    )


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_sqlite(engine: str, ledger: Path, tmp_path: Path) -> None:
    path = tmp_path / "portal.db"
    tables = plain_tables(ledger)
    with sqlite3.connect(path) as own:
        for name in ("document", "interpretation", "meeting"):
            frame = with_texts(tables[name])
            columns = ", ".join(f'"{c}" text' for c in frame.columns)
            own.execute(f"create table {name} ({columns})")
            own.executemany(f"insert into {name} values ({', '.join('?' * frame.width)})", frame.rows())
        own.execute("create table users (name text)")
    names = ("document", "interpretation", "meeting")
    expected = told({n: with_texts(tables[n]) for n in names})
    found = told(path, backend_of(engine))
    for one in (*expected["findings"], *found["findings"]):
        one["source"] = {"row": one["source"]["row"]}
        del one["id"]  # of the sheet, which a database has none of
    assert found["findings"] == expected["findings"]
    assert found["rows"] == expected["rows"]
    assert any("users" in i["text"] for i in found["ignored"])
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "opencheck",
            "check",
            str(path),
            "--as-of",
            "2018-12-31",
            "--engine",
            engine,
            "--format",
            "json",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["rows"] == expected["rows"]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_postgresql(engine: str, postgres: str, ledger: Path) -> None:
    from adbc_driver_postgresql import dbapi

    tables = {n: f for n, f in plain_tables(ledger).items() if n in ("document", "interpretation", "meeting", "opinion_case")}
    with dbapi.connect(postgres) as own, own.cursor() as cursor:
        for name, frame in tables.items():
            cursor.adbc_ingest(name, frame.to_arrow(compat_level=pl.CompatLevel.oldest()), mode="replace")
        own.commit()
    expected, found = told(dict(tables)), told(postgres, backend_of(engine))
    for one in (*expected["findings"], *found["findings"]):
        one["source"] = {"row": one["source"]["row"]}
        del one["id"]  # of the sheet, which a database has none of
    assert found["findings"] == expected["findings"]
    assert found["rows"] == expected["rows"]
    with pytest.raises(InputError) as refused:
        read(postgres.replace("/postgres", "/nothing"), backend=backend_of(engine))
    assert "nothing" in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


def test_engines_are_named_and_bounded() -> None:
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


def test_moments_mean_the_same_whatever_zone_they_are_written_in(duck: DuckDB, tmp_path: Path) -> None:
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
