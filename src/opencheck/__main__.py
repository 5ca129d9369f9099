"""The command ``opencheck``, also as ``python -m opencheck``."""

from __future__ import annotations

import os
import sys

__all__ = [
    "JEMALLOC_CONF",
    "main",
]


_DECAY = "dirty_decay_ms:10000,muzzy_decay_ms:10000"

JEMALLOC_CONF = f"{_DECAY},oversize_threshold:0,percpu_arena:percpu" if sys.platform == "linux" else _DECAY
"""jemalloc keeps freed memory for ten seconds; on Linux also large allocations, in one arena for each CPU.
With the half second that Polars sets, a check of a large archive spends a tenth of its time on fetching memory from the system again.
Set before Polars is loaded; a value set by the user takes precedence."""


def main() -> None:
    """Run the command."""
    os.environ.setdefault("_RJEM_MALLOC_CONF", JEMALLOC_CONF)
    from opencheck.cli.main import main as command

    command(prog_name="opencheck")


if __name__ == "__main__":
    main()
