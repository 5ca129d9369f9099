"""The memory and the processor time that a benchmark's process says of itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc, which this system has not")


def child(root: Path, code: str) -> dict[str, Any]:
    told = "import json, resource; own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
    told += "print(json.dumps({'peak': peak_mib(), 'cpu': cpu_seconds(), 'inherited': own}))"
    code = (
        f"import sys; sys.path.insert(0, {str(root / 'benchmarks')!r})\nfrom usage import cpu_seconds, peak_mib\n{code}\n{told}"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_peak_of_a_small_child_is_not_that_of_a_big_parent(root: Path) -> None:
    ballast = bytearray(b"x") * (400 * 1024 * 1024)
    found = child(root, "")
    del ballast
    assert found["peak"] < 100


def test_peak_holds_what_was_let_go(root: Path) -> None:
    found = child(root, "a = bytearray(b'x') * (200 * 1024 * 1024); del a")
    assert 200 < found["peak"] < 320


def test_peak_and_time_hold_those_of_a_running_process_of_its_own(root: Path) -> None:
    inner = "a = bytearray(b'x') * (150 * 1024 * 1024)\nfor _ in range(20_000_000): pass\nprint('done', flush=True); import time; time.sleep(60)"
    code = f"import subprocess, sys\ninner = subprocess.Popen([sys.executable, '-c', {inner!r}], stdout=subprocess.PIPE)\ninner.stdout.readline()\n"
    code += "import atexit; atexit.register(inner.kill)"
    found = child(root, code)
    assert found["peak"] > 150
    assert found["cpu"] > 0.2


def test_time_is_that_of_the_processor_and_not_of_the_clock(root: Path) -> None:
    assert child(root, "import time; time.sleep(1)")["cpu"] < 0.8
    assert child(root, "for _ in range(30_000_000): pass")["cpu"] > 0.3


def test_benchmarks_do_not_read_the_peak_that_children_inherit(root: Path) -> None:
    for name in ("bench.py", "versus.py"):
        assert "ru_maxrss" not in (root / "benchmarks" / name).read_text(encoding="utf-8")
