"""Data frames of Spark in and out, and a job of spark-submit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import opencheck as oc
from engine_reports import END, PACKS
from opencheck.api.check import check_records
from opencheck.core.errors import InputError
from opencheck.engine.carriers.spark import SparkCarrier
from opencheck.readers import read

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


@pytest.mark.wheel
def test_spark_submit_with_the_wheel_finds(spark: SparkCarrier, root: Path, tmp_path: Path) -> None:
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
