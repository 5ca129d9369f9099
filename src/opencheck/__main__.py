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
"""Memory that was let go is kept for ten seconds for what comes next, on Linux big pieces too, and for any thread of the same processor.
After Polars' own half a second a check of a big archive gets every block's memory anew from the system, which takes a tenth of its time.
Said once, before Polars is loaded; what the user has set stays."""


def main() -> None:
    """Run the command."""
    os.environ.setdefault("_RJEM_MALLOC_CONF", JEMALLOC_CONF)
    from opencheck.cli.main import main as command

    command(prog_name="opencheck")


if __name__ == "__main__":
    main()
