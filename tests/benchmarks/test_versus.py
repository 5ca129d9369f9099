"""Two source trees side by side: what is measured, and that a difference in counts is told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import opencheck as oc

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc, which this system has not"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def versus(root: Path, after: Path, data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "benchmarks" / "versus.py"), str(root), str(after), "--rows", "2000", "--rounds", "1"]
    command += ["--spark-rows", "0", "--calls", "5", "--folder", str(data), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_versus_of_a_tree_with_itself_finds_equal_counts(root: Path, data: Path, tmp_path: Path) -> None:
    output = tmp_path / "all.json"
    done = versus(root, root, data, "--only", "six-polars", "ledger", "each-rule", "--output", str(output))
    assert done.returncode == 0, done.stderr
    assert "rules that became much slower:" in done.stdout
    for name in ("six-polars", "ledger", "each-rule"):
        assert f"counts, {name}: equal" in done.stdout
    assert f"counts, ledger: equal ({len(oc.load_pack('pingdu-2018').rules)} rules" in done.stdout
    found = json.loads(output.read_text(encoding="utf-8"))
    assert all(
        r["cpu"] > 0 and r["wall"] > 0 and r["peak"] > 50 for sides in found.values() for runs in sides.values() for r in runs
    )
    counts = found["six-polars"]["after"][0]["counts"]
    assert set(counts) == {f"SIX-{n}" for n in range(1, 7)}
    assert sum(counts["SIX-1"].values()) == 2000


def test_versus_names_the_rules_that_became_much_slower(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    from versus import slower_rules  # type: ignore[import-not-found]

    before = [{"rules": {"A": 10.0, "B": 10.0, "C": 2.0}}, {"rules": {"A": 12.0, "B": 10.0, "C": 2.0}}]
    after = [{"rules": {"A": 200.0, "B": 14.9, "C": 4.9}}, {"rules": {"A": 20.0, "B": 14.9, "C": 4.9, "NEW": 50.0}}]
    assert slower_rules({"before": before, "after": after}) == ["A: 11.0 → 110.0 ms, 10.00 ×"]


def test_versus_tells_a_rule_that_counts_otherwise(root: Path, data: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    for name in ("src", "rules", "examples"):
        shutil.copytree(root / name, changed / name)  # with what is compiled
    pack = changed / "rules" / "pingdu-2018" / "pack.yaml"
    text = pack.read_text(encoding="utf-8")
    pack.write_text(text.replace("value: 3 working_days", "value: 30 working_days", 1), encoding="utf-8")
    done = versus(root, changed, data, "--only", "whole-polars")
    assert done.returncode == 1, done.stderr
    assert "counts, whole-polars: differ" in done.stdout
    assert "PD-9.4 violation:" in done.stdout


def test_versus_refuses_what_is_no_source_tree(root: Path, data: Path, tmp_path: Path) -> None:
    done = versus(root, tmp_path, data)
    assert done.returncode == 2
    assert "src/opencheck" in done.stderr
