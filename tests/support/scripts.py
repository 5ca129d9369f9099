"""Run a script in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, timeout=120)
