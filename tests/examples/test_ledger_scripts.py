"""The ledgers of the examples are made by their scripts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

import make_ledger
from opencheck.readers import read
from scripts import run


def test_example_ledger_is_current(tmp_path: Path, root: Path) -> None:
    subprocess.run([sys.executable, str(root / "examples" / "make_ledger.py"), str(tmp_path)], check=True)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == (root / "examples" / "README.md").read_text(
        encoding="utf-8"
    ), "run: make docs"
    new, old = read(tmp_path / make_ledger.NAME), read(root / "examples" / make_ledger.NAME)
    for name, table in new.tables.items():
        assert table.records().equals(old.tables[name].records()), name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "name"), [("auditor/make_ledger.py", "去年的台账.xlsx"), ("make_ledger.py", "平度市2018年政务公开台账.xlsx")]
)
def test_ledger_script_makes_the_same_file_twice(root: Path, tmp_path: Path, script: str, name: str) -> None:
    """The same content is the same file, so that one sees in the repository whether anything changed."""
    for folder in ("a", "b"):
        done = run(str(root / "examples" / script), str(tmp_path / folder), folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    made, kept = (openpyxl.load_workbook(p) for p in (tmp_path / "a" / name, (root / "examples" / script).with_name(name)))
    assert made.sheetnames == kept.sheetnames
    for sheet in made:
        assert [[c.value for c in r] for r in sheet] == [[c.value for c in r] for r in kept[sheet.title]], f"run {script}"
