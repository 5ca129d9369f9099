"""Slow and obvious: days counted one by one on an independent list of the State Council's days."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

DAYS = {
    date.fromisoformat(row["date"]): row["isOffDay"]
    for row in json.loads((Path(__file__).parent.parent / "data" / "state-council-days.json").read_text(encoding="utf-8"))[
        "days"
    ]
}
ONE = timedelta(days=1)


def works(day: date) -> bool:
    return not DAYS[day] if day in DAYS else day.weekday() < 5


def add(day: date, n: int) -> date:
    while n:
        day += ONE
        n -= works(day)
    return day


def count(after: date, until: date) -> int:
    """Working days after one day up to another, one by one."""
    if until < after:
        return -count(until, after)
    found = 0
    while after < until:
        after += ONE
        found += works(after)
    return found
