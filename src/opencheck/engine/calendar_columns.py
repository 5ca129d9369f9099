"""The calendar as columns: for each day the last day of a limit, the working day's number, the limit in force."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import polars as pl

from opencheck.core.calendar import FIRST_DAY, LAST_DAY, WorkCalendar
from opencheck.core.time_limits import DatedLimit, Duration
from opencheck.rules.context import RuleContext

__all__ = [
    "calendar_columns",
    "working_days",
]


def calendar_columns(context: RuleContext, columns: dict[str, tuple[str, Any]]) -> pl.DataFrame:
    """The calendar as a table, a row a day from ``FIRST_DAY``, a column for each thing looked up."""
    found = []
    for name, (what, value) in columns.items():
        numbers = {"number": _numbers, "before": _numbers_before}.get(what)
        series = numbers(context.calendar) if numbers else _looked_up(what, context.versions(value), context.calendar)
        found.append(series.alias(name))
    return pl.DataFrame(found)


@lru_cache(maxsize=128)
def _looked_up(what: str, limits: tuple[DatedLimit, ...], calendar: WorkCalendar) -> pl.Series:
    """For each day what the limit says that is in force on it; null where none is."""
    found: pl.Expr = pl.lit(None, dtype=pl.Date if what in ("due", "deadline") else pl.Int64)
    for limit in reversed(limits):
        inside = pl.col("day").is_between(limit.since or FIRST_DAY, limit.until or LAST_DAY)
        found = pl.when(inside).then(pl.lit(_column(what, limit, calendar))).otherwise(found)
    return _days().select(found.alias("day"))["day"]


def _column(what: str, limit: DatedLimit, calendar: WorkCalendar) -> pl.Series:
    if what == "due":
        return _due_days(limit.duration, calendar)
    if what == "deadline":
        rolled = limit.duration.unit == "days" and limit.duration.number > 0
        return _rolled(limit.duration, calendar) if rolled else _due_days(limit.duration, calendar)
    span = limit.duration if what == "span" else limit.extension
    return pl.Series([span.number if span else 0], dtype=pl.Int64).new_from_index(0, len(_days()))


@lru_cache(maxsize=1)
def _days() -> pl.DataFrame:
    return pl.DataFrame({"day": pl.date_range(FIRST_DAY, LAST_DAY, eager=True)})


@lru_cache(maxsize=8)
def _numbers(calendar: WorkCalendar) -> pl.Series:
    """For each day the number of working days up to it, counted from the first known day; null outside the known years."""
    table = calendar.table().with_columns(pl.col("works").cum_sum().cast(pl.Int64).alias("n")).select("day", "n")
    return _days().join(table, on="day", how="left", maintain_order="left")["n"]


@lru_cache(maxsize=8)
def _numbers_before(calendar: WorkCalendar) -> pl.Series:
    """For each day the number of working days before it, counted likewise: a day off after a period's last working day is not within it."""
    works = _days().join(calendar.table().select("day", "works"), on="day", how="left", maintain_order="left")["works"]
    return _numbers(calendar) - works.cast(pl.Int64)


@lru_cache(maxsize=256)
def _rolled(span: Duration, calendar: WorkCalendar) -> pl.Series:
    """The last days of a limit in plain days, a day off moved to the next working day; null outside the known years."""
    working = calendar.table().filter(pl.col("works")).select("day", next=pl.col("day"))
    ends = pl.DataFrame({"day": _due_days(span, calendar)}).with_row_index("order")
    known = calendar.table()["day"]
    found = ends.sort("day").join_asof(working.sort("day"), on="day", strategy="forward").sort("order")
    inside = pl.col("day").is_between(known.min(), known.max())
    return found.select(pl.when(inside).then("next"))["next"]


@lru_cache(maxsize=256)
def _due_days(span: Duration, calendar: WorkCalendar) -> pl.Series:
    days = _days()["day"]
    if span.unit == "days":
        shifted = days.to_frame().select(pl.col("day").dt.offset_by(f"{span.number}d")).to_series()
        return shifted.set(shifted > LAST_DAY, None)
    if span.number == 0:
        return days
    working = calendar.table().filter(pl.col("works"))["day"]
    index = (_numbers(calendar) + span.number - 1).cast(pl.Int64)
    index = index.set(index >= len(working), None)
    return working.gather(index)


@lru_cache(maxsize=8)
def working_days(calendar: WorkCalendar) -> pl.Series:
    """The working days in order: the first of the calendar's known days has number 1."""
    return calendar.table().filter(pl.col("works"))["day"]
