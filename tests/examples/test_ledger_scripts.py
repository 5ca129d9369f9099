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
def made_by(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Runs a script, once or once more for all tests, and gives the folder that it wrote."""

    @cache
    def make(script: str, *, again: bool = False) -> Path:
        into = tmp_path_factory.mktemp("again" if again else "made")
        done = run(str(root / "examples" / script), str(into), folder=into)
        assert done.returncode == 0, done.stderr
        return into

    return make


@pytest.mark.slow
def test_example_ledger_is_current(made_by: Callable[..., Path], root: Path) -> None:
    made = made_by("make_ledger.py")
    assert (made / "README.md").read_text(encoding="utf-8") == (root / "examples" / "README.md").read_text(encoding="utf-8"), (
        "run: make docs"
    )
    new, old = read(made / make_ledger.NAME), read(root / "examples" / make_ledger.NAME)
    for name, table in new.tables.items():
        assert table.records().equals(old.tables[name].records()), name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("auditor/make_ledger.py", "去年的台账.xlsx"),
        pytest.param("make_ledger.py", "平度市2018年政务公开台账.xlsx", marks=pytest.mark.thorough),
    ],
)
def test_ledger_script_makes_the_same_file_twice(made_by: Callable[..., Path], root: Path, script: str, name: str) -> None:
    """The same content is the same file, so that one sees in the repository whether anything changed."""
    file = made_by(script) / name
    assert file.read_bytes() == (made_by(script, again=True) / name).read_bytes()
    made, kept = (openpyxl.load_workbook(p) for p in (file, (root / "examples" / script).with_name(name)))
    assert made.sheetnames == kept.sheetnames
    for sheet in made:
        assert [[c.value for c in r] for r in sheet] == [[c.value for c in r] for r in kept[sheet.title]], f"run {script}"
