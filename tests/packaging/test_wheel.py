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
from extras import brought_along, link_into

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The wheel, built as a user's pip builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(root)], check=True)
    (built,) = folder.glob("*.whl")
    return built


def empty_environment(folder: Path) -> Path:
    """An environment with nothing in it, not even pip; returns its folder of programs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder / ("Scripts" if os.name == "nt" else "bin")


def install(programs: Path, *words: str) -> None:
    """Install into an environment with the pip of this one; modules are compiled when they are imported, which few are."""
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "install", "--quiet", "--no-compile"]
    subprocess.run([*pip, *words], check=True)


def test_wheel_holds_packs_and_types(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "opencheck/_packs/pingdu-2018/pack.yaml" in names
    assert "opencheck/_packs/cn-statutes/norms.yaml" in names
    assert "opencheck/py.typed" in names


@pytest.mark.thorough
def test_wheel_installed_elsewhere_checks_the_example(tmp_path: Path, wheel: Path, ledger: Path) -> None:
    """Install the wheel with all that it depends on into an empty environment elsewhere, and check the example there."""
    bin_ = empty_environment(tmp_path / "env")
    install(bin_, str(wheel))
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


CORE = [
    "chinese-calendar",
    "click",
    "polars>=2.1,<3",
    "pydantic",
    "python-dateutil",
    "python-stdnum",
    "pyyaml",
    "typing-extensions",
]

USES = """
from pathlib import Path

import opencheck as oc
request = {"id": "1", "received_on": "2018-12-03", "replied_on": "2018-12-10"}
report = oc.check({"request": [request]}, as_of="2018-12-31", rules=["PD-15.3"])
report.assert_compliant()
report.write("a.json"), report.write("a.csv")
assert oc.documents.read("平政办发〔2018〕12号").number.value
assert oc.preflight({"text": "联系人13905321234"}, as_of="2018-12-31").blocking
for use in (lambda: oc.check("a.xlsx", as_of="2018-12-31"), lambda: oc.documents.read(Path("a.docx")), lambda: report.write("a.html")):
    try:
        use()
    except oc.InputError as exc:
        print(exc)
"""


@pytest.mark.thorough
def test_wheel_without_excel_and_web_libraries_checks_dicts_and_names_what_is_missing(
    tmp_path: Path, root: Path, wheel: Path
) -> None:
    """The smallest installation of docs/installation.md."""
    for page in ("docs/installation.md", "docs/en/installation.md"):
        text = (root / page).read_text(encoding="utf-8")
        assert all(library in text for library in CORE)
    programs = empty_environment(tmp_path / "env")
    python = programs / "python"
    install(programs, "--no-deps", str(wheel))
    link_into(tmp_path / "env", brought_along(CORE))  # as pip installs them, which the other test shows
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    (tmp_path / "a.docx").write_bytes((root / "examples" / "documents" / "01-通知.docx").read_bytes())
    (tmp_path / "a.xlsx").write_bytes((root / "examples" / "平度市2018年政务公开台账.xlsx").read_bytes())
    result = subprocess.run([str(python), "-c", USES], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert len(lines) == 3
    assert all(line.endswith("pip install opencheck") for line in lines), lines
    command = [str(python), "-m", "opencheck", "check", "a.json", "--as-of", "2018-12-31"]
    shown = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert "Traceback" not in shown.stderr
