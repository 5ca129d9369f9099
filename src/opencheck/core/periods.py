"""Reference periods: months, quarters and years by their names (``2018-06``, ``2018-Q2``, ``2018``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

__all__ = [
    "Every",
    "Period",
    "period_of",
    "periods_between",
]


Every = Literal["month", "quarter", "year"]

_FORMS = (
    re.compile(r"(?P<y>\d{4})[-/.年]?(?:第)?(?:[Qq](?P<q>[1-4])|(?P<zq>[一二三四1-4])季度)"),
    re.compile(r"(?P<y>\d{4})(?:[-/.年](?P<m>\d{1,2})月?|(?P<m2>0[1-9]|1[0-2]))(?:份)?"),
    re.compile(r"(?P<y>\d{4})(?:年|年度)?"),
)

_QUARTER = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One calendar month, quarter or year.

    >>> Period.parse("2018年第二季度").name, Period.parse("2018年6月").name
    ('2018-Q2', '2018-06')
    >>> Period.parse("2018-12").following.name
    '2019-01'
    """

    year: int
    every: Every
    number: int = 1

    @classmethod
    def parse(cls, text: str) -> Period:
        """Parse a period from any spelling that ledgers use.

        Raises:
            ValueError: the text names no single month, quarter or year.
        """
        folded = re.sub(r"\s+", "", text)
        for form in _FORMS:
            if not (match := form.fullmatch(folded)):
                continue
            found = match.groupdict()
            year = int(found["y"])
            if quarter := found.get("q") or found.get("zq"):
                period = cls(year, "quarter", _QUARTER[quarter])
            elif month := found.get("m") or found.get("m2"):
                period = cls(year, "month", int(month))
            else:
                period = cls(year, "year")
            if 1949 <= year <= 2100 and (period.every != "month" or 1 <= period.number <= 12):
                return period
        raise ValueError(text)

    @property
    def name(self) -> str:
        """The canonical name, as the ``period`` field holds it."""
        if self.every == "month":
            return f"{self.year}-{self.number:02}"
        return f"{self.year}-Q{self.number}" if self.every == "quarter" else str(self.year)

    @property
    def first_day(self) -> date:
        """The period's first day."""
        months = {"month": 1, "quarter": 3, "year": 12}[self.every]
        return date(self.year, (self.number - 1) * months + 1, 1)

    @property
    def last_day(self) -> date:
        """The period's last day.

        >>> Period.parse("2020-02").last_day
        datetime.date(2020, 2, 29)
        """
        return self.following.first_day - timedelta(days=1)

    @property
    def following(self) -> Period:
        """The next period of the same length."""
        last = {"month": 12, "quarter": 4, "year": 1}[self.every]
        return Period(self.year + 1, self.every) if self.number == last else Period(self.year, self.every, self.number + 1)


def period_of(day: date, every: Every) -> Period:
    """Return the month, quarter or year that a day lies in.

    >>> period_of(date(2018, 8, 24), "quarter").name
    '2018-Q3'
    """
    if every == "month":
        return Period(day.year, "month", day.month)
    return Period(day.year, "quarter", (day.month + 2) // 3) if every == "quarter" else Period(day.year, "year")


def periods_between(first: date, last: date, every: Every) -> list[Period]:
    """Return the periods that lie completely between two days, both included.

    >>> [p.name for p in periods_between(date(2018, 1, 1), date(2018, 12, 31), "quarter")]
    ['2018-Q1', '2018-Q2', '2018-Q3', '2018-Q4']
    """
    period, found = period_of(first, every), []
    if period.first_day < first:
        period = period.following
    while period.last_day <= last:
        found.append(period)
        period = period.following
    return found
