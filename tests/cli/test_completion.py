"""Completion in the shell."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("words", "at", "wanted", "unwanted"),
    [
        ("opencheck explain pd-9", 2, {"PD-9.4", "PD-9.1"}, "PD-8-7.1"),
        ("opencheck check 台账.xlsx --pack cn-disclosure-2019 --rule CD-", 6, {"CD-2.12"}, "PD-9.4"),
        ("opencheck check 台账.xlsx --pack ", 4, {"pingdu-2018", "cn-disclosure-2019"}, "PD-9.4"),
    ],
)
def test_completion_offers_rules_and_packs(words: str, at: int, wanted: set[str], unwanted: str) -> None:
    asked = {**os.environ, "COMP_WORDS": words, "COMP_CWORD": str(at), "_OPENCHECK_COMPLETE": "bash_complete"}
    code = "import sys; sys.argv = ['opencheck']; from opencheck.cli.main import main; main(prog_name='opencheck')"
    done = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True)
    found = {line.partition(",")[2] for line in done.stdout.splitlines()}
    assert wanted <= found
    assert unwanted not in found


def test_completion_prints_a_valid_shell_script() -> None:
    done = subprocess.run([sys.executable, "-m", "opencheck", "completion", "bash"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "_opencheck_completion" in done.stdout
    checked = subprocess.run(["bash", "-n"], input=done.stdout, text=True, capture_output=True)
    assert checked.returncode == 0, checked.stderr
