"""What the oracle says of a record."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

ANY = date.min
"""A due day that no docstring tells."""
ANY_LATE = -1
"""Lateness that is not compared: it depends on what is in doubt."""
UNKNOWN, KEPT, BROKEN, OPEN = "indeterminate", "pass", "violation", "pending"


class Verdict(NamedTuple):
    """What is compared with the product."""

    outcome: str
    due: date | None = None
    late_by: int | None = None
