"""The months of another topic that keep a quarter together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from opencheck.core.periods import Every, Period, periods_between
from opencheck.rules.subject_periods import DoubtfulRecords, coarser
from opencheck.rules.undated import UNDATED

__all__ = ["Months", "quarters_of_months"]

_MONTHS = 3
"""Months of a quarter."""


def quarters_of_months(months: pl.DataFrame, every: Every) -> pl.DataFrame:
    """The quarters of which all three months were published: done when the last of them was."""
    return (
        months.drop_nulls(["subject", "done"])
        .with_columns(coarser(pl.col("period"), every).alias("period"))
        .group_by("subject", "period")
        .agg(pl.col("unit").min(), pl.len().alias("n"), pl.col("done").max())
        .filter(pl.col("n") == _MONTHS)
        .with_columns(pl.col("n").cast(pl.Int64), pl.lit(0, dtype=pl.Int64).alias("undated"))
    )


class Months:
    """The months that were surely published, and the records that may be of others."""

    def __init__(self, reduced: Mapping[str, pl.DataFrame]) -> None:
        self._done: dict[tuple[str, str], date] = {}
        self._doubts = DoubtfulRecords(reduced.get("month_doubts"))
        if "months" in reduced:
            days = reduced["months"].select("subject", "period", "done").drop_nulls().iter_rows()
            self._done = {(subject, period): day for subject, period, day in days}

    def completing(self, subject: str, quarter: Period, by: date | None) -> list[dict[str, Any]]:
        """The doubtful records that, if they count, make the quarter whole; none where it lacks a month all the same.

        Args:
            subject: whose months they are.
            quarter: the quarter.
            by: where it was kept late, its due day: only what may have been published by then matters.
        """
        days = self._days(subject, quarter)
        lacking = {name for name, day in days.items() if day is None or (by is not None and day > by)}
        rows = [d for d in self._doubts.possible(subject, quarter, by=by) if not d[UNDATED]]
        of_any = [d for d in rows if d["_period"] not in days]
        named = [d for d in rows if d["_period"] in lacking]
        return named + of_any if len(lacking - {d["_period"] for d in named}) <= len(of_any) else []

    def may_be_complete_since(self, subject: str, quarter: Period, after: date, until: date) -> date | None:
        """The first day after one and by another on which the quarter may be whole; None where it surely is not by then."""
        rows = self._doubts.possible(subject, quarter, by=until)
        known = (*self._days(subject, quarter).values(), *(d["_day"] for d in rows))
        days = sorted({day for day in known if day is not None and after < day <= until})
        return next((day for day in days if self.completing(subject, quarter, day)), None)

    def _days(self, subject: str, quarter: Period) -> dict[str, date | None]:
        """The day on which each month of a quarter was surely published, by its name."""
        names = [month.name for month in periods_between(quarter.first_day, quarter.last_day, "month")]
        return {name: self._done.get((subject, name)) for name in names}
