"""The comparison with other ways to check: all count the same, and the page says what was measured."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opencheck.engine.carriers.spark import SparkCarrier

MODULES = ("bench", "cold", "contenders", "data_maker", "goals", "tasks", "usage")


@pytest.fixture
def modules(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import bench
    import contenders
    import data_maker
    import goals

    yield {"bench": bench, "contenders": contenders, "data_maker": data_maker, "goals": goals}
    for name in MODULES:
        sys.modules.pop(name, None)


def test_contenders_count_the_same_for_every_rule(modules: dict[str, Any], tmp_path: Path) -> None:
    folder = modules["data_maker"].make(tmp_path, 10_000)
    contenders = modules["contenders"]
    counts = contenders.by_hand(folder)
    assert {rule for rule, n in counts.items() if n} == {f"SIX-{n}" for n in range(1, 6)}
    assert contenders.opencheck(folder) == counts
    assert contenders.opencheck(folder, "duckdb") == counts
    assert contenders.by_hand_duckdb(folder) == counts
    assert contenders.plain_python(folder) == counts


@pytest.mark.thorough
@pytest.mark.spark
def test_contender_on_spark_counts_the_same(spark: SparkCarrier, modules: dict[str, Any], tmp_path: Path) -> None:
    folder, contenders = modules["data_maker"].make(tmp_path, 2_000), modules["contenders"]
    before = spark.session.conf.get("spark.sql.shuffle.partitions")
    try:
        assert contenders.spark_session() is spark.session  # one more would take as long as everything else
        assert contenders.by_hand_spark(folder) == contenders.by_hand(folder)
    finally:
        spark.session.conf.set("spark.sql.shuffle.partitions", before)


def test_bench_leaves_out_what_counts_otherwise_and_says_so(modules: dict[str, Any]) -> None:
    bench = modules["bench"]
    found = {
        "a": bench.Used(1.0, 1.0, 1.0, {"SIX-1": 4, "SIX-3": 9}),
        "b": bench.Used(1.0, 1.0, 1.0, {"SIX-1": 4, "SIX-3": 9}),
        "c": bench.Used(1.0, 1.0, 1.0, {"SIX-1": 4, "SIX-3": 18}),
        "bare scan": bench.Used(1.0, 1.0, 1.0, 1),
    }
    run = bench.Bench(argparse.Namespace())
    assert list(run.agreed(found, 10)) == ["a", "b", "bare scan"]
    assert len(run.faults) == 1
    assert "SIX-3 18 ≠ 9" in run.faults[0]
    assert run.faults[0] in run.page()


def test_goals_are_met_missed_not_measured_or_of_other_rows(modules: dict[str, Any]) -> None:
    goals = modules["goals"]
    found = {"cold-check": (1.2, None), "dicts": (149_999.0, None), "rules": (4.0, 1000)}
    lines = {goal.key: line for goal, line in zip(goals.GOALS, goals.lines(found, {"dicts": "a frame"})[2:], strict=True)}
    assert "| 1.20 s user | 是 / yes |" in lines["cold-check"]
    assert "| 149,999 /s | **否 / no** | a frame |" in lines["dicts"]
    assert "1,000 rows only" in lines["rules"]
    assert "not measured" in lines["preflight"]


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="reads the times of a process by wait4")
def test_bench_of_cold_starts_writes_the_page(root: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    command = [sys.executable, str(root / "benchmarks" / "bench.py"), "--only", "cold", "--cold", "1", "--output", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    text = page.read_text(encoding="utf-8")
    for what in (
        "python -c pass",
        "import polars",
        "import polars, pydantic",
        "opencheck check, example ledger",
        "opencheck preflight, docx",
        "oc.check, one dict",
    ):
        assert f"| {what} | " in text
