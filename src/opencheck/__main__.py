"""The command ``opencheck``, also as ``python -m opencheck``."""

from __future__ import annotations

import os
import sys

from opencheck.core.library_behaviour import ALLOCATOR_SETTINGS, ALLOCATOR_VARIABLE

__all__ = ["main"]


def main() -> None:
    """Run the command."""
    os.environ.setdefault(ALLOCATOR_VARIABLE, ALLOCATOR_SETTINGS)  # before Polars is loaded; what the user has set stays
    try:
        from opencheck.cli.main import main as command

        command(prog_name="opencheck")
    except KeyboardInterrupt:  # while Python still imports
        sys.exit(130)


if __name__ == "__main__":
    main()
