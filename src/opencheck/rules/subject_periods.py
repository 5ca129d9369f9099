"""The subjects and periods that records are of, as expressions, and the records of which that is in doubt."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from opencheck.core.periods import LENGTHS, Every, Length, Period
from opencheck.records.dataset import REJECTED
from opencheck.records.placeholders import ELSEWHERE

__all__ = [
    "PERIOD_SHAPE",
    "DoubtfulRecords",
    "coarser",
    "cumulative_month",
    "day_within",
    "first_day_of",
    "is_of_all_subjects",
    "last_day_of",
    "lies_in",
    "period_of_day",
    "subjects_of_cell",
    "with_days",
]

_ALL_SUBJECTS = (
    "^(全市|全区|全县|全镇|全部|本市|本辖区|本行政辖区|平度市($|各|所有|全|辖区|范围|境内|行政)|所有|全体|各|义务教育(阶段)?学校$|中小学校?$"
    "|([0-9]+|[一二两三四五六七八九十]+)(个|处|所)|[0-9]+(家|座|户|村))"
)
"""Subjects that stand for all of them, or for so many that are not named."""
PERIOD_SHAPE: dict[Length, str] = {
    "week": r"^[0-9]{4}-W[0-9]{2}$",
    "ten_days": r"^[0-9]{4}-[0-9]{2}-D[1-3]$",
    "month": r"^[0-9]{4}-[0-9]{2}$",
    "quarter": r"^[0-9]{4}-Q[1-4]$",
    "half_year": r"^[0-9]{4}-H[12]$",
    "year": r"^[0-9]{4}$",
    "months": r"^[0-9]{4}-[0-9]{2}~[0-9]{2}$",
}
_FROM_JANUARY = r"^[0-9]{4}(-Q1|-H1|-01~[0-9]{2})?$"


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
        """The records that may be the absent one: they name this subject or none, and this period, a part of it or none.

        Args:
            subject: the subject that is expected.
            cell: the period that is expected.
            lacking: the elements that are wanted and not there yet: only a record that holds one of them, or of which the elements or the
                use are unknown, may complete it.
            by: where the duty was kept late, its due day: only what may have been published by then matters.
        """
        theirs = sorted({*self._of.get(subject, ()), *self._of.get(None, ())})
        found = [self._rows[place] for place in theirs]
        first, last = cell.first_day, cell.last_day
        return [
            d
            for d in found
            if (lacking is None or not d["_has"] or d[REJECTED] or lacking & set(d["_holds"].split("、")))
            and (by is None or d["_day"] is None or d["_day"] <= by)
            and _overlap(d["_period"], first, last)
        ]


@lru_cache(maxsize=4096)
def _overlap(name: str | None, first: date, last: date) -> bool:
    """Whether a period has days between two days; an unknown one may."""
    if name is None:
        return True
    other = Period.parse(name)
    return other.first_day <= last and first <= other.last_day


def _is(named: pl.Expr, every: Length) -> pl.Expr:
    return named.str.contains(PERIOD_SHAPE[every])


def day_within(named: pl.Expr) -> pl.Expr:
    """A day of a named period that lies in the longer period which it belongs to: the Thursday of a week, else the first day."""
    year, number = named.str.slice(0, 4).cast(pl.Int32, strict=False), named.str.slice(5, 2).cast(pl.Int32, strict=False)
    last = named.str.slice(-1).cast(pl.Int32, strict=False)
    month = (
        pl.when(_is(named, "month") | _is(named, "ten_days") | _is(named, "months"))
        .then(number)
        .when(_is(named, "quarter"))
        .then(last * 3 - 2)
        .when(_is(named, "half_year"))
        .then(last * 6 - 5)
        .when(_is(named, "year"))
        .then(1)
    )
    day = pl.when(_is(named, "ten_days")).then(last * 10 - 9).otherwise(1)
    january = pl.date(year, 1, 4)  # always in week 1
    weeks = named.str.slice(6, 2).cast(pl.Int64, strict=False) - 1
    thursday = january + pl.duration(days=4 - january.dt.weekday().cast(pl.Int64) + weeks * 7)
    return pl.when(_is(named, "week")).then(thursday).otherwise(pl.date(year, month, day))


def first_day_of(named: pl.Expr, within: pl.Expr) -> pl.Expr:
    """The first day of the period that a text names; ``within`` is its :func:`day_within`."""
    return pl.when(_is(named, "week")).then(within.dt.offset_by("-3d")).otherwise(within)


def last_day_of(named: pl.Expr, within: pl.Expr | None = None) -> pl.Expr:
    """The last day of the period that a text names; ``within`` is its :func:`day_within` where that is known."""
    within = day_within(named) if within is None else within
    return (
        pl.when(_is(named, "week"))
        .then(within.dt.offset_by("3d"))
        .when(_is(named, "ten_days") & (within.dt.day() < 21))
        .then(within.dt.offset_by("9d"))
        .when(_is(named, "quarter"))
        .then(within.dt.offset_by("2mo").dt.month_end())
        .when(_is(named, "half_year"))
        .then(within.dt.offset_by("5mo").dt.month_end())
        .when(_is(named, "year"))
        .then(within.dt.offset_by("11mo").dt.month_end())
        .when(_is(named, "months"))
        .then(_last_month(named).dt.month_end())
        .otherwise(within.dt.month_end())
    )


def _last_month(named: pl.Expr) -> pl.Expr:
    """The first day of the last month of a range of months."""
    year, month = (named.str.slice(at, n).cast(pl.Int32, strict=False) for at, n in ((0, 4), (8, 2)))
    return pl.when(_is(named, "months")).then(pl.date(year, month, 1))


def cumulative_month(named: pl.Expr, last: pl.Expr) -> pl.Expr:
    """The last month of a named longer period that begins with the year: cumulative figures are of it; other names as they stand.

    ``last`` is the :func:`last_day_of` the period.
    """
    return pl.when(named.str.contains(_FROM_JANUARY)).then(last.dt.to_string("%Y-%m")).otherwise(named)


def with_days(rows: pl.DataFrame, named: str) -> pl.DataFrame:
    """The rows with the days that :func:`lies_in` compares, of the period that a column names."""
    period = pl.col(named)
    rows = rows.with_columns(day_within(period).alias("_within"), _is(period, "week").alias("_week"))
    within = pl.col("_within")
    return rows.with_columns(first_day_of(period, within).alias("_begins"), last_day_of(period, within).alias("_ends"))


def lies_in(period: Period) -> pl.Expr:
    """Whether the period of a row, see :func:`with_days`, is a given one or a part of it; null where they only overlap.

    A week is a part of the period in which its Thursday lies.
    """
    first, last = period.first_day, period.last_day
    begins, ends = pl.col("_begins"), pl.col("_ends")
    by_thursday = pl.when(pl.col("_week") & pl.lit(period.every != "week"))
    inside = by_thursday.then(pl.col("_within").is_between(first, last)).otherwise((begins >= first) & (ends <= last))
    outside = by_thursday.then(~inside).otherwise((ends < first) | (begins > last))
    return pl.when(inside).then(True).when(outside).then(False)


def subjects_of_cell() -> pl.Expr:
    """The subjects that a cell names: several of them are separated by 、 ； or ，.

    Other ways to name several, a line for each among them, are told apart where it is known who there is: see :mod:`.subject_names`.
    """
    return (
        pl.col("subject")
        .str.replace_all("[；;，,/]", "、")
        .str.split("、")
        .list.eval(_stripped(pl.element()))
        .list.drop_nulls()
    )


def _stripped(text: pl.Expr) -> pl.Expr:
    bare = text.str.strip_chars()
    return pl.when(bare != "").then(bare)


def is_of_all_subjects() -> pl.Expr:
    """Whether a record is about all subjects at once, or about those that an attachment names: each may be among them."""
    return pl.col("subject").str.contains(_ALL_SUBJECTS) | (pl.col("subject") == ELSEWHERE)


def coarser(named: pl.Expr, every: Every, within: pl.Expr | None = None) -> pl.Expr:
    """The name of the period of a length that a named shorter period is a part of; other names as they stand.

    ``within`` is the :func:`day_within` of the name where that is known.
    """
    shorter = LENGTHS[: LENGTHS.index(every)]
    if not shorter:
        return named
    is_shorter = pl.any_horizontal(_is(named, length) for length in shorter)
    own = period_of_day(day_within(named) if within is None else within, every)
    is_part = is_shorter | (own == period_of_day(_last_month(named), every)).fill_null(False)
    return pl.when(is_part).then(own).otherwise(named)


def period_of_day(day: pl.Expr, every: Every) -> pl.Expr:
    """The name of the period of a length in which a day lies."""
    month = day.dt.month().cast(pl.Int32)
    if every == "week":
        return day.dt.to_string("%G-W%V")
    if every == "month":
        return day.dt.to_string("%Y-%m")
    if every == "ten_days":
        third = pl.min_horizontal((day.dt.day().cast(pl.Int32) - 1) // 10, 2) + 1
        return pl.concat_str(day.dt.to_string("%Y-%m"), pl.lit("-D"), third.cast(pl.String))
    year = day.dt.year().cast(pl.String)
    if every == "year":
        return year
    letter, months = ("H", 6) if every == "half_year" else ("Q", 3)
    return pl.concat_str(year, pl.lit(f"-{letter}"), ((month - 1) // months + 1).cast(pl.String))
