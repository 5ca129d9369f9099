"""Reference periods: months, quarters and years by their names (``2018-06``, ``2018-Q2``, ``2018``), and the day on which each falls due.

The date arithmetic is python-dateutil's ``relativedelta`` and ``rrule``. Its parser is not used: it guesses, and a ledger's dates are read
exactly or refused (:mod:`opencheck.records.parse`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from dateutil.relativedelta import relativedelta
from dateutil.rrule import MONTHLY, rrule

from opencheck.core.time_limits import Duration

if TYPE_CHECKING:
    from opencheck.core.calendar import WorkCalendar

__all__ = [
    "Every",
    "Period",
    "check_due",
    "due_day",
    "due_in_own_year",
    "period_of",
    "periods_between",
]


Every = Literal["month", "quarter", "year"]

_FORMS = (
    re.compile(r"(?P<y>\d{4})[-/.年]?(?:第)?(?:[Qq](?P<q>[1-4])|(?P<zq>[一二三四1-4])季度)"),
    re.compile(r"(?P<y>\d{4})(?:[-/.年](?P<m>\d{1,2})月?|(?P<m2>0[1-9]|1[0-2]))(?:份)?"),
    re.compile(r"(?P<y>\d{4})(?:年|年度)?"),
)
_SPAN = re.compile(r"(?P<y>\d{4})[-/.年](?P<first>\d{1,2})月?(?:[-~～—–－至到]+)(?P<last>\d{1,2})月(?:份)?")

_YEARS = (1949, 2100)
_MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "year": 12}

_STEP = {every: relativedelta(months=+months) for every, months in _MONTHS.items()}
"""From a period's first day to the next period's first day."""

_END = {every: relativedelta(months=+months - 1, day=31) for every, months in _MONTHS.items()}
"""From a period's first day to its last: day 31 of its last month, which ``relativedelta`` shortens to the month's own last day."""

_DAY_OF_YEAR = re.compile(r"(?P<next>next )?(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])")

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

        Months from the year's first on are how offices name the figures of the last of them (1-8月: August, with what came before);
        three months that make a quarter, and twelve, are that quarter and the year.

        >>> [Period.parse(t).name for t in ("2018年1-8月", "2018年1—3月", "2018年7月至9月", "2018年1-12月")]
        ['2018-08', '2018-Q1', '2018-Q3', '2018']

        Raises:
            ValueError: the text names no single month, quarter or year.
        """
        folded = re.sub(r"\s+", "", text)
        if span := _SPAN.fullmatch(folded):
            return cls._of_months(int(span["y"]), int(span["first"]), int(span["last"]), text)
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
            if _YEARS[0] <= year <= _YEARS[1] and (period.every != "month" or 1 <= period.number <= 12):
                return period
        raise ValueError(text)

    @classmethod
    def _of_months(cls, year: int, first: int, last: int, text: str) -> Period:
        if not (_YEARS[0] <= year <= _YEARS[1] and 1 <= first <= last <= 12):
            raise ValueError(text)
        if (first, last) == (1, 12):
            return cls(year, "year")
        if last - first == 2 and last % 3 == 0:
            return cls(year, "quarter", last // 3)
        if first != 1 and first != last:
            raise ValueError(text)
        return cls(year, "month", last)

    @property
    def name(self) -> str:
        """The canonical name, as the ``period`` field holds it."""
        if self.every == "month":
            return f"{self.year}-{self.number:02}"
        return f"{self.year}-Q{self.number}" if self.every == "quarter" else str(self.year)

    @property
    def first_day(self) -> date:
        """The period's first day."""
        return date(self.year, (self.number - 1) * _MONTHS[self.every] + 1, 1)

    @property
    def last_day(self) -> date:
        """The period's last day.

        >>> Period.parse("2020-02").last_day
        datetime.date(2020, 2, 29)
        """
        return self.first_day + _END[self.every]

    @property
    def following(self) -> Period:
        """The next period of the same length."""
        return period_of(self.first_day + _STEP[self.every], self.every)


def period_of(day: date, every: Every) -> Period:
    """Return the month, quarter or year that a day lies in.

    >>> period_of(date(2018, 8, 24), "quarter").name
    '2018-Q3'
    """
    return Period(day.year, every, (day.month - 1) // _MONTHS[every] + 1)


def periods_between(first: date, last: date, every: Every) -> list[Period]:
    """Return the periods that lie completely between two days, both included.

    >>> [p.name for p in periods_between(date(2018, 1, 1), date(2018, 12, 31), "quarter")]
    ['2018-Q1', '2018-Q2', '2018-Q3', '2018-Q4']
    """
    start = period_of(first, every).first_day
    first_days = rrule(MONTHLY, interval=_MONTHS[every], dtstart=start, until=last)
    periods = (period_of(moment.date(), every) for moment in first_days)
    return [period for period in periods if first <= period.first_day and period.last_day <= last]


def check_due(rule: str) -> str:
    """The text of a due day, as rules of series write it, if it is one.

    Raises:
        ValueError: for anything but ``following_period``, ``period_end``, ``MM-DD``, ``next MM-DD`` or a span in days or working days.

    >>> check_due("next 01-31")
    'next 01-31'
    """
    if rule in ("following_period", "period_end") or _DAY_OF_YEAR.fullmatch(rule):
        return rule
    if Duration.parse(rule).unit == "hours":
        raise ValueError(f"a period falls due on a day: expected days or working_days, found {rule!r}")
    return rule


def due_in_own_year(rule: str) -> bool:
    """Whether a due rule names a day of the period's own year.

    >>> due_in_own_year("07-31"), due_in_own_year("next 01-31")
    (True, False)
    """
    match = _DAY_OF_YEAR.fullmatch(rule)
    return match is not None and not match["next"]


def due_day(period: Period, rule: str, calendar: WorkCalendar) -> date | None:
    """The last day on which what a period asks for is in time; None where the working calendar does not reach.

    Args:
        period: the month, quarter or year.
        rule: ``following_period`` (the end of the next period), ``period_end``, ``MM-DD`` of the period's year, ``next MM-DD`` of the year
            after, or a span that starts with the period's last day, that day not counted. A day that the month lacks is its last one.
        calendar: the working calendar, for spans in working days.

    Raises:
        ValueError: for a text that :func:`check_due` refuses.

    >>> from opencheck.core.calendar import WorkCalendar
    >>> china, june = WorkCalendar.china(), Period.parse("2018-06")
    >>> [str(due_day(june, rule, china)) for rule in ("following_period", "period_end", "next 01-31", "15 days", "5 working_days")]
    ['2018-07-31', '2018-06-30', '2019-01-31', '2018-07-15', '2018-07-06']
    """
    if rule == "following_period":
        return period.following.last_day
    if rule == "period_end":
        return period.last_day
    if match := _DAY_OF_YEAR.fullmatch(rule):
        years = 1 if match["next"] else 0
        return period.first_day + relativedelta(years=+years, month=int(match["month"]), day=int(match["day"]))
    return Duration.parse(rule).ends_on(period.last_day, calendar)
