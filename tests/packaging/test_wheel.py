"""The installed wheel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

import make_ledger
from commands import AS_OF

pytestmark = pytest.mark.wheel


def test_wheel_installed_elsewhere_checks_the_example(tmp_path: Path, root: Path, ledger: Path) -> None:
    """Build the wheel, install it into an empty environment elsewhere, and check the example there."""
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(tmp_path), str(root)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "opencheck/_packs/pingdu-2018/pack.yaml" in names
    assert "opencheck/_packs/cn-statutes/norms.yaml" in names
    assert "opencheck/py.typed" in names
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    bin_ = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([str(bin_ / "python"), "-m", "pip", "install", "--quiet", str(wheel)], check=True)
    work = tmp_path / "elsewhere"
    work.mkdir()
    env: dict[str, Any] = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    result = subprocess.run(
        [str(bin_ / "opencheck"), "check", str(ledger), *AS_OF, "--format", "json"],
        cwd=work,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    assert len(json.loads(result.stdout)["findings"]) == len(make_ledger.EXPECTED)
