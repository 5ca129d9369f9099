"""Cold starts: what a new process needs, in processor seconds of its own (user time), beside an empty one: `python benchmarks/cold.py`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from usage import MALLOC

ROOT = Path(__file__).resolve().parent.parent
_DICT = '{"document": [{"id": "1", "is_policy": True, "attribute": "主动公开", "published_on": "2018-09-28"}], "interpretation": []}'
_ONE = f"""
import time
import opencheck as oc
def check():
    return oc.check({_DICT}, pack="pingdu-2018", as_of="2018-10-31").violations[0].due
assert str(check()) == "2018-10-08"
started = time.perf_counter()
check()
print((time.perf_counter() - started) * 1000)
"""


LIBRARIES = "import polars, pydantic"
SHEETS = "import polars, pydantic; read the example ledger's cells"
"""Floors: what a command needs before it does anything."""
_SHEETS = """
import sys
import polars, pydantic
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_path(sys.argv[1])
print(sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names))
"""


class Start(NamedTuple):
    """Medians: user seconds, seconds by the clock, and milliseconds of the second call, where there is one."""

    user: float
    wall: float
    second: float | None


def commands(folder: Path) -> dict[str, list[str]]:
    """What is started, by name; a document is written into the folder."""
    ledger = next((ROOT / "examples").glob("*.xlsx"))
    python, opencheck = sys.executable, [sys.executable, "-m", "opencheck"]
    day = ["--pack", "pingdu-2018", "--as-of", "2018-12-31"]
    return {
        "python -c pass": [python, "-c", "pass"],
        "import polars": [python, "-c", "import polars"],
        LIBRARIES: [python, "-c", LIBRARIES],
        SHEETS: [python, "-c", _SHEETS, str(ledger)],
        "opencheck check, example ledger": [*opencheck, "check", str(ledger), *day, "--fail-on", "never"],
        "opencheck preflight, docx": [*opencheck, "preflight", str(_document(folder)), *day],
        "oc.check, one dict": [python, "-c", _ONE],
    }


def _document(folder: Path) -> Path:
    import docx

    made, path = docx.Document(), folder / "通知.docx"
    for line in (
        "平度市人民政府",
        "平政发〔2018〕1号",
        "关于做好工作的通知",
        "各镇人民政府，市直各部门：",
        "2018年8月24日",
        "（此件公开发布）",
    ):
        made.add_paragraph(line)
    made.save(str(path))
    return path


def run(command: list[str], folder: Path) -> tuple[float, float, str]:
    """User seconds, seconds and output of a process; ``wait4`` gives the times of this one alone.

    Raises:
        SystemExit: the command fails; status 1 is that of a check that found something, 2 with output that of a document for a person to look at.
    """
    with tempfile.TemporaryFile(dir=folder) as told, tempfile.TemporaryFile(dir=folder) as wrong:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=told, stderr=wrong, cwd=folder, env={**os.environ, **MALLOC})
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        wrong.seek(0)
        output = told.read().decode(errors="replace")
        if process.returncode not in (0, 1) and not (process.returncode == 2 and output):
            raise SystemExit(f"{' '.join(command[:4])}: {process.returncode}\n{wrong.read().decode(errors='replace')[-1000:]}")
        return usage.ru_utime, wall, output


def measure(rounds: int) -> dict[str, Start]:
    """Every start, interleaved, after one that fills the caches of files."""
    found: dict[str, list[tuple[float, float, str]]] = {}
    # Where PYTHONDONTWRITEBYTECODE is set every start would compile all modules anew, which an installed package never does.
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "src")], check=True)
    with tempfile.TemporaryDirectory(prefix="opencheck-cold-") as name:
        folder = Path(name)
        started = commands(folder)
        for number in range(rounds + 1):
            for what, command in started.items():
                result = run(command, folder)
                if number:
                    found.setdefault(what, []).append(result)
    starts = {}
    for what, results in found.items():
        second = statistics.median(float(out) for _, _, out in results) if what == "oc.check, one dict" else None
        user, wall = (statistics.median(r[at] for r in results) for at in (0, 1))
        starts[what] = Start(user, wall, second)
    return starts


if __name__ == "__main__":
    for name, start in measure(5).items():
        told = "" if start.second is None else f", second call {start.second:.1f} ms"
        print(f"{name}: {start.user:.2f} s user, {start.wall:.2f} s{told}")
