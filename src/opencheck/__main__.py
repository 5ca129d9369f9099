"""The command ``opencheck``, also as ``python -m opencheck``."""

from __future__ import annotations

import os

__all__ = ["MALLOC", "main"]

MALLOC = "dirty_decay_ms:10000,muzzy_decay_ms:10000"
"""How long memory that was let go is kept for what comes next. After Polars' own half a second a check of a big archive gets every block's
memory anew from the system, which takes a tenth of its time. Said once, before Polars is loaded; what the user has set stays."""


def main() -> None:
    """Run the command."""
    os.environ.setdefault("_RJEM_MALLOC_CONF", MALLOC)
    from opencheck.cli import main as command

    command(prog_name="opencheck")


if __name__ == "__main__":
    main()
