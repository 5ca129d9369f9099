"""The subjects and periods that records are of, as expressions, and the records of which that is in doubt."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from opencheck.core.periods import Every, Period
from opencheck.records.dataset import REJECTED

__all__ = [
    "PERIOD_SHAPE",
    "DoubtfulRecords",
    "coarser",
    "is_of_all_subjects",
    "last_day_of",
    "period_of_day",
    "subjects_of_cell",
]

_ALL_SUBJECTS = "^(全市|全区|本市|本辖区|本行政辖区|平度市|所有|全体|各|义务教育学校$)"
"""Subjects that stand for all of them."""
PERIOD_SHAPE = {"month": r"^\d{4}-\d{2}$", "quarter": r"^\d{4}-Q[1-4]$", "year": r"^\d{4}$"}


class DoubtfulRecords:
    """Doubtful records, by the subject that they name."""

    def __init__(self, rows: pl.DataFrame | None = None) -> None:
        self._rows = [] if rows is None else rows.to_dicts()
        self._of: dict[str | None, list[int]] = {}
        for place, row in enumerate(self._rows):
            self._of.setdefault(row["_subject"], []).append(place)

    def possible(
        self, subject: str, cell: Period, *, lacking: frozenset[str] | None = None, by: date | None = None
    ) -> list[dict[str, Any]]:
        """Those that may be the one that is absent: of this subject or none, of a time that fits or none.

        Args:
            subject: the subject that is expected.
            cell: the period that is expected.
            lacking: the elements that are wanted and not there yet: only a record that holds one of them, or of which the elements or the
                use are unknown, may complete it.
            by: where the duty was kept late, its due day: only what may have been published by then matters.
        """
        theirs = sorted({*self._of.get(subject, ()), *self._of.get(None, ())})
        found = [self._rows[place] for place in theirs]
        return [
            d
            for d in found
            if (lacking is None or not d["_has"] or d[REJECTED] or lacking & set(d["_holds"].split("、")))
            and (by is None or d["_day"] is None or d["_day"] <= by)
            and _overlap(d["_period"], cell.first_day, cell.last_day)
        ]


@lru_cache(maxsize=4096)
def _overlap(name: str | None, first: date, last: date) -> bool:
    """Whether a period has days between two days; an unknown one may."""
    if name is None:
        return True
    other = Period.parse(name)
    return other.first_day <= last and first <= other.last_day


def last_day_of(named: pl.Expr) -> pl.Expr:
    """The last day of the month, quarter or year that a text names."""
    month = pl.when(named.str.contains(PERIOD_SHAPE["month"])).then(named.str.slice(5, 2))
    quarter = pl.when(named.str.contains(PERIOD_SHAPE["quarter"])).then(named.str.slice(6, 1))
    last = pl.coalesce(
        month.cast(pl.Int32, strict=False),
        quarter.cast(pl.Int32, strict=False) * 3,
        pl.when(named.str.contains(PERIOD_SHAPE["year"])).then(pl.lit(12, dtype=pl.Int32)),
    )
    return pl.date(named.str.slice(0, 4).cast(pl.Int32, strict=False), last, 1).dt.month_end()


def subjects_of_cell() -> pl.Expr:
    """The subjects that a cell names: several of them are separated by 、 ； or ，."""
    return (
        pl.col("subject")
        .str.replace_all("[；;，,/\\n]", "、")
        .str.split("、")
        .list.eval(_stripped(pl.element()))
        .list.drop_nulls()
    )


def _stripped(text: pl.Expr) -> pl.Expr:
    bare = text.str.strip_chars()
    return pl.when(bare != "").then(bare)


def is_of_all_subjects() -> pl.Expr:
    """Whether a record is about all subjects at once."""
    return pl.col("subject").str.contains(_ALL_SUBJECTS)


def coarser(named: pl.Expr, every: Every) -> pl.Expr:
    """A month's name as the quarter or year that holds it, a quarter's as its year; other names as they stand."""
    month = named.str.slice(5, 2)
    if every == "year":
        return named.str.slice(0, 4)
    if every == "quarter":
        quarter = pl.lit("Q4")
        for number, months in ((3, ("07", "08", "09")), (2, ("04", "05", "06")), (1, ("01", "02", "03"))):
            quarter = pl.when(month.is_in(months)).then(pl.lit(f"Q{number}")).otherwise(quarter)
        whole = pl.concat_str(named.str.slice(0, 5), quarter)
        return pl.when(named.str.contains(PERIOD_SHAPE["month"])).then(whole).otherwise(named)
    return named


def period_of_day(day: pl.Expr, every: Every) -> pl.Expr:
    """The name of the month, quarter or year in which a day lies."""
    if every == "month":
        return day.dt.to_string("%Y-%m")
    year = day.dt.year().cast(pl.String)
    return year if every == "year" else pl.concat_str(year, pl.lit("-Q"), ((day.dt.month() + 2) // 3).cast(pl.String))
