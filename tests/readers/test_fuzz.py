"""A share of the fuzz run, which is longer when a person runs it: see docs/reliability.md."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

READERS = "xlsx,xls,xlsb,ods,spreadsheet_xml,csv,csv_duckdb,csv_checked,json,jsonl,parquet,parquet_duckdb,arrow,sqlite,sqlite_duckdb,html"
DOCUMENTS = "docx,docx_fixed,pdf,ofd,page,page_fixed,text,sheet,sheet_xls"
PACKS = "pack.yaml,topics.yaml,rules.yaml,norms.yaml,mapping,calendar,waivers,baseline,history"


def fuzz(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/fuzz.py", "--jobs", "1", *options]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(("names", "inputs"), [(f"{READERS},{DOCUMENTS}", 100), (PACKS, 20)], ids=["sources", "packs"])
def test_damaged_files_are_read_or_refused(root: Path, tmp_path: Path, names: str, inputs: int) -> None:
    """So many inputs, and not so many seconds, in which a machine under load would try a few targets only."""
    done = fuzz(root, "--inputs", str(inputs), "--only", names, "--keep", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert f"{inputs} inputs" in done.stdout
    assert " 0 faults" in done.stdout
    assert set(re.findall(r"(?m)^([\w.]+) +(?:read|refused) ", done.stdout)) == set(names.split(","))


def test_every_target_of_the_fuzz_run_has_its_share_here(root: Path) -> None:
    source = (root / "scripts" / "fuzz.py").read_text(encoding="utf-8")
    targets = re.findall(r'^    "([\w.]+)": Target\(', source, re.MULTILINE)
    assert sorted(targets) == sorted(f"{READERS},{DOCUMENTS},{PACKS}".split(","))


@pytest.mark.thorough
@pytest.mark.slow
def test_fuzz_run_notices_what_goes_wrong(root: Path, tmp_path: Path) -> None:
    """A reader that fails, one that never ends, one that crashes and one that takes all memory are faults, and their inputs are kept."""
    spoiled = """
import os, sys
sys.path.insert(0, "scripts")
import fuzz
fuzz.SECONDS = 1
def fail(path): raise KeyError(path.name)
def loop(path):
    while True: pass
def crash(path): os.abort()
def grow(path): bytearray(8 << 30)
T = fuzz.Target
fuzz.TARGETS = {n: T("text", "x.txt", "text", f) for n, f in (("fail", fail), ("loop", loop), ("crash", crash), ("grow", grow))}
sys.argv[1:] = ["--inputs", "4", "--keep", sys.argv[1]]
sys.exit(fuzz.main())
"""
    command = [sys.executable, "-c", spoiled, str(tmp_path)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stderr[-2000:]
    assert "4 inputs" in done.stdout
    assert " 4 faults" in done.stdout
    for word in ("exception", "hang", "crash", "memory"):
        assert f" {word} " in done.stdout, done.stdout
    assert {p.name.partition("-")[0] for p in tmp_path.iterdir()} == {"fail", "loop", "crash", "grow"}
