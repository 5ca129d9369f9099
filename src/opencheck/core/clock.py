"""The time zone of all records, and today's date in it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

__all__ = [
    "SHANGHAI",
]


def today() -> str:
    """The day in Asia/Shanghai, as YYYY-MM-DD: what a check takes where no day is given."""
    from opencheck.core.clock import SHANGHAI

    return datetime.now(SHANGHAI).date().isoformat()


SHANGHAI = ZoneInfo("Asia/Shanghai")
