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


KEPT = ("09-interpretation.yaml", "13-documents.yaml", "15-requests.yaml")
"""The rules of the small pack: each costs several checks on either tree, and what is done with them does not depend on how many there are."""


@pytest.fixture(scope="module")
def small(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree whose pack has few rules."""
    tree = tmp_path_factory.mktemp("small")
    for name in ("src", "rules", "examples"):
        shutil.copytree(root / name, tree / name)  # with what is compiled
    pack = tree / "rules" / "pingdu-2018"
    for file in [*pack.glob("[0-9][0-9]-*.yaml"), pack / "score.yaml"]:
        if file.name not in KEPT:
            file.unlink()
    return tree


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def versus(root: Path, before: Path, after: Path, data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        str(root / "benchmarks" / "versus.py"),
        str(before),
        str(after),
        "--rows",
        "2000",
        "--rounds",
        "1",
    ]
    command += ["--spark-rows", "0", "--calls", "5", "--folder", str(data), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.mark.thorough
def test_versus_of_a_tree_with_itself_finds_equal_counts(root: Path, small: Path, data: Path, tmp_path: Path) -> None:
    output = tmp_path / "all.json"
    done = versus(root, small, small, data, "--only", "six-polars", "ledger", "each-rule", "--output", str(output))
    assert done.returncode == 0, done.stderr
    assert "rules that became much slower:" in done.stdout
    for name in ("six-polars", "ledger", "each-rule"):
        assert f"counts, {name}: equal" in done.stdout
    rules = oc.load_pack(small / "rules" / "pingdu-2018").rules
    assert len(rules) > 10
    assert f"counts, ledger: equal ({len(rules)} rules" in done.stdout
    found = json.loads(output.read_text(encoding="utf-8"))
    assert set(found["each-rule"]["after"][0]["rules"]) == set(rules)
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


@pytest.mark.thorough
def test_versus_tells_a_rule_that_counts_otherwise(root: Path, small: Path, data: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(small, tmp_path / "changed")
    pack = changed / "rules" / "pingdu-2018" / "pack.yaml"
    text = pack.read_text(encoding="utf-8")
    pack.write_text(text.replace("value: 3 working_days", "value: 30 working_days", 1), encoding="utf-8")
    done = versus(root, small, changed, data, "--only", "whole-polars")
    assert done.returncode == 1, done.stderr
    assert "counts, whole-polars: differ" in done.stdout
    assert "PD-9.4 violation:" in done.stdout


def test_versus_refuses_what_is_no_source_tree(root: Path, data: Path, tmp_path: Path) -> None:
    done = versus(root, root, tmp_path, data)
    assert done.returncode == 2
    assert "src/opencheck" in done.stderr
