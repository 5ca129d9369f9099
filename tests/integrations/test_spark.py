"""Data frames of Spark in and out, and a job of spark-submit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyspark
import pytest

import opencheck as oc
from engine_reports import END, PACKS
from extras import brought_by, link_into
from opencheck.api.check import check_records
from opencheck.core.errors import InputError
from opencheck.engine.carriers.spark import SparkCarrier
from opencheck.readers import read
from short_lived_java import JAVA_OPTIONS

pytestmark = [pytest.mark.spark]


def test_check_spark_frames_equals_polars(spark: SparkCarrier, archive: Path, tmp_path: Path) -> None:
    from opencheck.integrations import spark as face

    session = spark.session
    tables = {}
    for name in ("disclosure-1", "disclosure-2", "document", "interpretation", "meeting"):
        shutil.copy(archive / f"{name}.parquet", tmp_path)
    archive = tmp_path
    violations = check_records(archive, packs=PACKS, as_of=END).violations
    broken = next(f for f in violations if f.table == "document" and f.unit)
    waived = [f.record_id for f in violations if (f.rule, f.unit) == (broken.rule, broken.unit)]
    waiver = {"id": "w", "rule": broken.rule, "unit": broken.unit, "basis": "省政府同意", "approved_by": "市府办"}
    pl.DataFrame([{**waiver, "from_": date(2018, 1, 1), "until": date(2019, 12, 31)}]).write_parquet(archive / "waiver.parquet")
    for path in sorted(archive.glob("*.parquet")):
        name = path.stem.partition("-")[0]
        frame = session.read.parquet(str(path)).selectExpr("*", "_metadata.row_index + 1 as _row")
        tables[name] = tables[name].unionByName(frame) if name in tables else frame
    report = face.check(tables, "pingdu-2018", END)
    plan = report.findings._jdf.queryExecution().optimizedPlan().toString()
    readers = [line for line in plan.splitlines() if "MapInArrow" in line]
    assert len(readers) <= len(tables)  # each table is read, judged and named in one pass
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
    assert sorted(found.filter(outcome="waived")["record_id"]) == sorted(waived)
    assert not [name for name, _ in report.notes if name.startswith("note.waiver")]
    rejected = report.rejected.collect()
    assert sorted((r["table"], r["record_id"], r["problems"][0]["field"]) for r in rejected) == [
        ("document", "W001", "id"), ("document", "W002", "id"), ("meeting", "H004", "held_on"),
    ]  # fmt: skip


def test_check_unusable_spark_frame_is_refused(spark: SparkCarrier) -> None:
    from opencheck.integrations import spark as face

    one = spark.session.createDataFrame([("2018-09-01", "主动公开")], "published_on string, attribute string")
    with pytest.raises(InputError, match="id"):
        face.check({"document": one}, "pingdu-2018", END)
    with pytest.raises(InputError, match="unknown table"):
        face.check({"nothing": one}, "pingdu-2018", END)
    with pytest.raises(InputError, match="DataFrame"):
        face.check({"document": [1]}, "pingdu-2018", END)  # type: ignore[dict-item]


JOB = """
from pyspark.sql import SparkSession
import opencheck
from opencheck.integrations import spark

session = SparkSession.builder.getOrCreate()
rows = [("1", "主动公开", True, "2018-09-28"), ("2", "主动公开", True, "2018-09-28")]
documents = session.createDataFrame(rows, "id string, attribute string, is_policy boolean, published_on string")
readings = session.createDataFrame([("r", "1", "2018-10-08")], "id string, document_id string, published_on string")
found = spark.check({"document": documents, "interpretation": readings}, "pingdu-2018", "2018-12-31", rules=["PD-9.4"])
print("FOUND", [(r["record_id"], str(r["due"]), r["message_zh"]) for r in found.told().collect()])

def place(batches):
    import opencheck, pyarrow
    for batch in batches:
        yield pyarrow.RecordBatch.from_pydict({"at": [opencheck.__file__]})

print("DRIVER", opencheck.__file__)
print("WORKER", documents.limit(1).mapInArrow(place, "at string").first()["at"])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("opencheck-*.whl"))


def submitted(folder: Path, *options: str, **environment: str) -> dict[str, str]:
    """What a job of spark-submit prints, by the word that each line begins with."""
    # The checkout that this test runs from is not on the path of the job.
    hide = "import sys; sys.path[:] = [p for p in sys.path if not p.rstrip('/').endswith('/src')]\n"
    (folder / "job.py").write_text(hide + JOB, encoding="utf-8")
    command = [str(Path(sys.executable).parent / "spark-submit"), "--conf", "spark.ui.enabled=false", *options, "job.py"]
    own = {**os.environ, "JDK_JAVA_OPTIONS": JAVA_OPTIONS, "PYTHONPATH": "", **environment}
    done = subprocess.run(command, capture_output=True, text=True, env=own, cwd=folder, timeout=600)
    lines = {word: rest for word, _, rest in (line.partition(" ") for line in done.stdout.splitlines())}
    assert "WORKER" in lines, done.stdout + done.stderr[-2000:]
    return lines


@pytest.mark.thorough
@pytest.mark.wheel
def test_spark_submit_with_the_wheel_finds(spark: SparkCarrier, wheel: Path, tmp_path: Path) -> None:
    """Named .zip: PySpark gives workers no other archive. The environment may have the checkout on its path, which must not be taken."""
    archive = tmp_path / "opencheck.zip"
    shutil.copy(wheel, archive)
    lines = submitted(tmp_path, "--master", "local[1]", "--py-files", str(archive), PYSPARK_PYTHON=sys.executable)
    assert lines["FOUND"].startswith("[('2', '2018-10-08', ")
    assert f"{archive.name}/opencheck/" in lines["DRIVER"]
    assert f"{archive.name}/opencheck/" in lines["WORKER"]


@pytest.mark.thorough
@pytest.mark.wheel
def test_spark_submit_with_a_packed_environment_finds(spark: SparkCarrier, wheel: Path, tmp_path: Path) -> None:
    """Workers in processes of their own, which have nothing but the environment that is sent to them: what opencheck[spark] brings."""
    env, home = tmp_path / "packed", tmp_path / "spark"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(env)], check=True)
    site = link_into(env, brought_by("spark") - {"pyspark"})  # a cluster brings its own
    zipfile.ZipFile(wheel).extractall(site)
    with tarfile.open(tmp_path / "env.tar.gz", "w:gz", compresslevel=0, dereference=True) as packed:  # files, and not links
        for part in ("bin", "lib", "pyvenv.cfg"):
            packed.add(env / part, part)
    home.mkdir()  # Spark's local cluster unpacks below its own folder
    for part in Path(pyspark.__file__).parent.iterdir():
        (home / part.name).symlink_to(part)
    options = ("--master", "local-cluster[1,1,1500]", "--conf", "spark.executor.memory=1000m", "--archives", "env.tar.gz#env")
    driver = f"spark.pyspark.driver.python={env / 'bin' / 'python'}"
    pythons = ("--conf", "spark.pyspark.python=./env/bin/python", "--conf", driver)
    try:
        lines = submitted(tmp_path, *options, *pythons, SPARK_HOME=str(home))
    finally:
        shutil.rmtree(home / "work", ignore_errors=True)
        shutil.rmtree(env)
        (tmp_path / "env.tar.gz").unlink()
    assert lines["FOUND"].startswith("[('2', '2018-10-08', ")
    assert lines["DRIVER"] == str(site / "opencheck" / "__init__.py")
    assert lines["WORKER"].startswith(str(home / "work"))
