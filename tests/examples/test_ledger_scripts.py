"""The ledgers of the examples are made by their scripts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import pytest

import make_ledger
from opencheck.readers import read
from scripts import run


@pytest.fixture(scope="module")
def made_twice(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Runs a script twice, into the folders ``a`` and ``b`` of the one that is returned; each script once for all tests."""

    @cache
    def make(script: str) -> Path:
        into = tmp_path_factory.mktemp("made")
        for folder in ("a", "b"):
            done = run(str(root / "examples" / script), str(into / folder), folder=into)
            assert done.returncode == 0, done.stderr
        return into

    return make


@pytest.mark.slow
def test_example_ledger_is_current(made_twice: Callable[[str], Path], root: Path) -> None:
    made = made_twice("make_ledger.py") / "a"
    assert (made / "README.md").read_text(encoding="utf-8") == (root / "examples" / "README.md").read_text(encoding="utf-8"), (
        "run: make docs"
    )
    new, old = read(made / make_ledger.NAME), read(root / "examples" / make_ledger.NAME)
    for name, table in new.tables.items():
        assert table.records().equals(old.tables[name].records()), name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "name"), [("auditor/make_ledger.py", "去年的台账.xlsx"), ("make_ledger.py", "平度市2018年政务公开台账.xlsx")]
)
def test_ledger_script_makes_the_same_file_twice(made_twice: Callable[[str], Path], root: Path, script: str, name: str) -> None:
    """The same content is the same file, so that one sees in the repository whether anything changed."""
    into = made_twice(script)
    assert (into / "a" / name).read_bytes() == (into / "b" / name).read_bytes()
    made, kept = (openpyxl.load_workbook(p) for p in (into / "a" / name, (root / "examples" / script).with_name(name)))
    assert made.sheetnames == kept.sheetnames
    for sheet in made:
        assert [[c.value for c in r] for r in sheet] == [[c.value for c in r] for r in kept[sheet.title]], f"run {script}"
