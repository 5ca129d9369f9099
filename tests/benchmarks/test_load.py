"""A short run of the load test of the service; docs/reliability.md has the figures of a long one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads memory and workers from /proc"),
]


@pytest.mark.thorough
def test_service_at_saturation_loses_nothing_and_leaves_nothing(root: Path) -> None:
    command = [sys.executable, str(root / "benchmarks" / "load.py"), "--seconds", "3", "--clients", "100", "--kill-every", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "faults: 0" in done.stdout
    assert re.search(r" 503 +[0-9]+$", done.stdout, re.M), "the limit was reached"
