"""Reference periods by their names, from weeks (``2018-W05``) to years (``2018``), and the day on which each falls due.

A range of months that is no quarter, half-year or year (2018年1-8月) keeps a name of its own, ``2018-01~08``, and stands for none of these.
Series of cumulative figures take it for its last month.

Weeks are those of ISO 8601 (GB/T 7408): Monday to Sunday, week 1 is the one with the year's first Thursday. A week belongs to the year in which
its Thursday lies, so that every week belongs to one year and none to two. 旬 are the days 1 to 10, 11 to 20, and 21 to the end of the month.

The date arithmetic is python-dateutil's ``relativedelta`` and ``rrule``. Its parser is not used: it guesses, and a ledger's dates are read
exactly or refused (:mod:`opencheck.records.parse`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from dateutil.relativedelta import relativedelta
from dateutil.rrule import MONTHLY, WEEKLY, rrule

from opencheck.core.time_limits import Duration

if TYPE_CHECKING:
    from opencheck.core.calendar import WorkCalendar

__all__ = [
    "LENGTHS",
    "Every",
    "Length",
    "Period",
    "check_due",
    "due_day",
    "due_in_own_year",
    "due_span",
    "period_of",
    "periods_between",
]


Every = Literal["week", "ten_days", "month", "quarter", "half_year", "year"]

Length = Every | Literal["months"]
"""What a record may name besides: a range of months that is none of the others."""

LENGTHS: tuple[Every, ...] = ("week", "ten_days", "month", "quarter", "half_year", "year")
"""The lengths of periods, the shortest first."""

_NUMBER = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_FORMS: tuple[tuple[Every, re.Pattern[str]], ...] = (
    ("quarter", re.compile(r"(?P<y>\d{4})[-/.年]?(?:第)?(?:[Qq](?P<a>[1-4])|(?P<b>[一二三四1-4])季度)")),
    ("half_year", re.compile(r"(?P<y>\d{4})[-/.年]?(?:[Hh](?P<a>[12])|(?P<b>[上下])半年(?:度)?)")),
    ("week", re.compile(rf"(?P<y>\d{{4}})(?:[-/.年]?[Ww](?P<a>\d{{1,2}})|(?:[-/.年]第?|第)(?P<b>{_NUMBER})周)")),
    ("ten_days", re.compile(rf"(?P<y>\d{{4}})[-/.年](?P<m>{_NUMBER})(?:月份?)?-?(?:[Dd](?P<a>[1-3])|(?P<b>[上中下])旬)")),
    ("month", re.compile(rf"(?P<y>\d{{4}})(?:[-/.年](?P<a>\d{{1,2}})月?|年(?P<c>{_NUMBER})月|(?P<b>0[1-9]|1[0-2]))(?:份)?")),
    ("year", re.compile(r"(?P<y>\d{4})(?:年|年度)?")),
)
"""Of each length the spellings that ledgers use: ``y`` is the year, ``m`` the month that holds it, the others its number."""

_TO = "[-~～—–－至到]+"
_SPAN = re.compile(
    rf"(?P<y>\d{{4}})[-/.年](?P<first>\d{{1,2}})月?(?:份)?{_TO}(?:(?P=y)年)?(?P<last>\d{{1,2}})月(?:份)?"
    rf"|(?P<y2>\d{{4}})[-/.](?P<first2>\d{{1,2}})(?:~|[至到](?:(?P=y2)[-/.])?)(?P<last2>\d{{1,2}})"
)

_YEARS = (1949, 2100)
_MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""The lengths that are whole months."""

_END = {every: relativedelta(months=months - 1, day=31) for every, months in _MONTHS.items()}
"""From a period's first day to its last: day 31 of its last month, which ``relativedelta`` shortens to the month's own last day."""

_FIRST_DAYS: dict[Every, dict[str, Any]] = {
    "week": {"freq": WEEKLY},
    "ten_days": {"freq": MONTHLY, "bymonthday": (1, 11, 21)},
    **{every: {"freq": MONTHLY, "interval": months} for every, months in _MONTHS.items()},
}
"""How the first days of periods follow one another."""

_DAY_OF_YEAR = re.compile(r"(?P<next>next )?(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])")

_DIGITS = "一二三四五六七八九"
_WORDS = {_DIGITS[n - 1]: n for n in range(1, 10)} | {
    (_DIGITS[tens - 1] if tens > 1 else "") + "十" + (_DIGITS[ones - 1] if ones else ""): tens * 10 + ones
    for tens in range(1, 6)
    for ones in range(10)
}
"""一 to 五十九: the numbers of months, quarters and weeks."""
_THIRDS = {"上": 1, "中": 2, "下": 3}
_HALVES = {"上": 1, "下": 2}


@dataclass(frozen=True, slots=True)
class Period:
    """One week, 旬, month, quarter, half-year or year; ``number`` counts within the year. Of a range of months it is the first and the last.

    >>> Period.parse("2018年第二季度").name, Period.parse("2018年6月").name
    ('2018-Q2', '2018-06')
    >>> [Period.parse(t).name for t in ("2018年第5周", "2018年上半年", "2018年6月中旬")]
    ['2018-W05', '2018-H1', '2018-06-D2']
    >>> Period.parse("2018-12").following.name
    '2019-01'
    """

    year: int
    every: Length
    number: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Parse a period from any spelling that ledgers use.

        Months that make a quarter, a half-year or the year are that period; other ranges of months stay what they are.

        >>> [Period.parse(t).name for t in ("2018年1—3月", "2018年7月至9月", "2018年1-6月", "2018年1-12月", "2018年1-8月")]
        ['2018-Q1', '2018-Q3', '2018-H1', '2018', '2018-01~08']

        Raises:
            ValueError: the text names no single period, or one that the calendar lacks (2018 has no week 53).
        """
        folded = re.sub(r"\s+", "", text)
        if span := _SPAN.fullmatch(folded):
            year, first, last = (int(span[n] or span[f"{n}2"]) for n in ("y", "first", "last"))
            return cls._of_months(year, first, last, text)
        for every, form in _FORMS:
            if match := form.fullmatch(folded):
                found = match.groupdict()
                period = cls(int(found["y"]), every, _number(every, found, text))
                if _YEARS[0] <= period.year <= _YEARS[1] and period.number <= _last_number(period.year, every):
                    return period
        raise ValueError(text)

    @classmethod
    def _of_months(cls, year: int, first: int, last: int, text: str) -> Period:
        if not (_YEARS[0] <= year <= _YEARS[1] and 1 <= first <= last <= 12):
            raise ValueError(text)
        for every, months in _MONTHS.items():
            if last - first + 1 == months and last % months == 0:
                return cls(year, every, last // months)
        return cls(year, "months", first * 100 + last)

    @property
    def name(self) -> str:
        """The canonical name, as the ``period`` field holds it; names of one length sort as their days do."""
        if self.every == "ten_days":
            return f"{self.year}-{self.month:02}-D{(self.number - 1) % 3 + 1}"
        if self.every == "months":
            first, last = divmod(self.number, 100)
            return f"{self.year}-{first:02}~{last:02}"
        ends = {
            "week": f"-W{self.number:02}",
            "month": f"-{self.number:02}",
            "quarter": f"-Q{self.number}",
            "half_year": f"-H{self.number}",
        }
        return f"{self.year}{ends.get(self.every, '')}"

    @property
    def month(self) -> int:
        """The month in which the period begins.

        >>> Period.parse("2018-H2").month
        7
        """
        return self.first_day.month

    @property
    def first_day(self) -> date:
        """The period's first day; that of a year's first week may lie in the year before.

        >>> Period.parse("2019-W01").first_day
        datetime.date(2018, 12, 31)
        """
        if self.every == "week":
            return date.fromisocalendar(self.year, self.number, 1)
        if self.every == "ten_days":
            month, third = divmod(self.number - 1, 3)
            return date(self.year, month + 1, third * 10 + 1)
        if self.every == "months":
            return date(self.year, self.number // 100, 1)
        return date(self.year, (self.number - 1) * _MONTHS[self.every] + 1, 1)

    @property
    def last_day(self) -> date:
        """The period's last day.

        >>> Period.parse("2020-02").last_day, Period.parse("2019-02-D3").last_day
        (datetime.date(2020, 2, 29), datetime.date(2019, 2, 28))
        """
        first = self.first_day
        if self.every == "week":
            return first + timedelta(days=6)
        if self.every == "ten_days":
            return first + (timedelta(days=9) if first.day < 21 else _END["month"])
        if self.every == "months":
            return date(self.year, self.number % 100, 1) + _END["month"]
        return first + _END[self.every]

    @property
    def following(self) -> Period:
        """The next period of the same length.

        Raises:
            ValueError: the period is a range of months, which no other one follows.
        """
        if self.every == "months":
            raise ValueError(self.name)
        return period_of(self.last_day + timedelta(days=1), self.every)

    def lies_between(self, first: date, last: date) -> bool:
        """Whether the period belongs to the days between two days, both included: the whole of it, of a week its Thursday.

        >>> Period.parse("2019-W01").lies_between(date(2019, 1, 1), date(2019, 12, 31))
        True
        """
        if self.every == "week":
            return first <= self.first_day + timedelta(days=3) <= last
        return first <= self.first_day and self.last_day <= last


def _number(every: Every, found: dict[str, str | None], text: str) -> int:
    """The number that a spelling gives a period within its year; 1 where the year is all it says."""

    def as_number(written: str) -> int:
        number = int(written) if written.isdecimal() else _WORDS.get(written, 0)
        if number < 1:
            raise ValueError(text)
        return number

    number = found.get("a") or found.get("b") or found.get("c")
    if number is None:
        return 1
    if every == "half_year":
        return _HALVES.get(number) or as_number(number)
    if every == "ten_days":
        month = as_number(found["m"] or "")
        return (month - 1) * 3 + (_THIRDS.get(number) or as_number(number))
    return as_number(number)


def _last_number(year: int, every: Every) -> int:
    """The number of a year's last period."""
    if every == "week":
        return date(year, 12, 28).isocalendar().week
    return 36 if every == "ten_days" else 12 // _MONTHS[every]


def period_of(day: date, every: Every) -> Period:
    """Return the period of a length that a day lies in.

    >>> period_of(date(2018, 8, 24), "quarter").name, period_of(date(2018, 12, 31), "week").name
    ('2018-Q3', '2019-W01')
    """
    if every == "week":
        iso = day.isocalendar()
        return Period(iso.year, every, iso.week)
    if every == "ten_days":
        return Period(day.year, every, (day.month - 1) * 3 + min((day.day - 1) // 10, 2) + 1)
    return Period(day.year, every, (day.month - 1) // _MONTHS[every] + 1)


def periods_between(first: date, last: date, every: Every) -> list[Period]:
    """Return the periods that lie completely between two days, both included; of weeks those whose Thursday does.

    >>> [p.name for p in periods_between(date(2018, 1, 1), date(2018, 12, 31), "quarter")]
    ['2018-Q1', '2018-Q2', '2018-Q3', '2018-Q4']
    >>> weeks = periods_between(date(2026, 1, 1), date(2026, 12, 31), "week")
    >>> weeks[0].name, weeks[0].first_day.isoformat(), weeks[-1].name, weeks[-1].last_day.isoformat()
    ('2026-W01', '2025-12-29', '2026-W53', '2027-01-03')
    """
    start = period_of(first, every).first_day
    first_days = rrule(dtstart=start, until=last, **_FIRST_DAYS[every])
    periods = (period_of(moment.date(), every) for moment in first_days)
    return [period for period in periods if period.lies_between(first, last)]


def check_due(rule: str) -> str:
    """The text of a due day, as rules of series write it, if it is one.

    Raises:
        ValueError: for anything but ``following_period``, ``period_end``, ``MM-DD``, ``next MM-DD`` or a span in days or working days.

    >>> check_due("next 01-31")
    'next 01-31'
    """
    span = due_span(rule)
    if span is not None and span.unit == "hours":
        raise ValueError(f"应为日期或天数 / a period falls due on a day: expected days or working_days, found {rule!r}")
    return rule


def due_span(rule: str) -> Duration | None:
    """The span of a due rule that counts from the period's last day; None where it names the day.

    >>> due_span("5 working_days"), due_span("next 01-31")
    (Duration(number=5, unit='working_days'), None)
    """
    named = rule in ("following_period", "period_end") or _DAY_OF_YEAR.fullmatch(rule)
    return None if named else Duration.parse(rule)


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
        period: the period.
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
        return date(period.year + years, int(match["month"]), 1) + relativedelta(day=int(match["day"]))
    return Duration.parse(rule).ends_on(period.last_day, calendar)
