"""The time zone of all records, and today's date in it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

__all__ = [
    "SHANGHAI",
    "today",
]


SHANGHAI = ZoneInfo("Asia/Shanghai")


def today() -> str:
    """Return today's date in Asia/Shanghai as YYYY-MM-DD, the default day of a check."""
    return datetime.now(SHANGHAI).date().isoformat()
