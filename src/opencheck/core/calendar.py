"""The working calendar of the People's Republic of China; every count of working days goes through this module.

A day works or rests by the State Council's yearly holiday notice: Monday to Friday work, Saturday and Sunday rest,
holidays rest, make-up weekends (调休上班) work. The days come from the ``chinese-calendar`` package; a file adds years
that it does not know yet, or corrects it.

How working days are counted (民法典第二百零一条: the day on which a period begins is not counted): *N working days after
day D* leaves D out, counts working days after D, and ends with the end of the Nth. D may itself be a day off.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from opencheck.core.calendar_file import read_calendar_files
from opencheck.core.clock import SHANGHAI
from opencheck.core.errors import InputError, UnknownDayError

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "Day",
    "DayKind",
    "WorkCalendar",
]


DayKind = Literal["working", "weekend", "holiday", "make_up"]

FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2100, 12, 31)
"""The range of supported dates; readers reject a date outside it."""

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar.

    ``kind`` is ``working`` (plain), ``make_up`` (a weekend that works), ``weekend`` or ``holiday``; ``name_zh`` and
    ``name_en`` name the holiday that the day belongs to, or that a make-up day makes up for.
    """

    date: date
    kind: DayKind
    name_zh: str = ""
    name_en: str = ""

    @property
    def works(self) -> bool:
        """Whether offices work on this day."""
        return self.kind in ("working", "make_up")


class WorkCalendar:
    """A working calendar over whole known years.

    Args:
        departures: days that depart from the plain week: ``True`` a day off, ``False`` a make-up working day.
        years: the years for which the departures are complete; every result stays within them.
        names: (Chinese, English) name of the holiday that a departure belongs to.

    Raises:
        ValueError: if the years have a gap: counting across an unknown year would be a guess.

    >>> calendar = WorkCalendar.china()
    >>> calendar.add_working_days(date(2018, 9, 28), 3)     # Sat 29 and Sun 30 work, then the National Day week
    datetime.date(2018, 10, 8)
    >>> calendar.count_working_days(date(2018, 9, 28), date(2018, 10, 9))
    4
    >>> calendar.describe(date(2018, 9, 29)).kind
    'make_up'
    """

    def __init__(
        self,
        departures: Mapping[date, bool],
        years: Sequence[int],
        names: Mapping[date, tuple[str, str]] | None = None,
    ) -> None:
        known = sorted(set(years))
        if not known or known != list(range(known[0], known[-1] + 1)):
            raise ValueError(f"the known years must follow each other without a gap, got {known}")
        self.first_known = date(known[0], 1, 1)
        self.last_known = date(known[-1], 12, 31)
        self._departures = dict(departures)
        self._names = dict(names or {})
        self._working = [
            day
            for offset in range((self.last_known - self.first_known).days + 1)
            if self._works(day := self.first_known + timedelta(days=offset))
        ]

    @classmethod
    def china(cls, *files: str | Path) -> WorkCalendar:
        """The State Council's calendar, with years added or corrected from files.

        Args:
            files: JSON files ``{"days": [{"date": "2027-01-01", "isOffDay": true, "name": "元旦"}, …]}``. A file may
                also name its ``year`` (or ``years``). A new year is complete when it has its 1 January and its 1 October off, as
                in every notice. What a file says prevails over the package.

        Raises:
            InputError: a file that is missing, has another format, has no holidays, gives one day twice with different
                meanings, has days of a year that is neither known nor complete, or leaves a gap between known years.

        >>> WorkCalendar.china().last_known.year >= 2026
        True
        """
        if not files:
            return _china()
        departures, names, years = _published_days()
        given = read_calendar_files([Path(file) for file in files], frozenset(years))
        departures |= given.departures
        names |= given.names
        years |= given.years
        try:
            return cls(departures, sorted(years), names)
        except ValueError as exc:
            raise InputError(
                f"{', '.join(map(str, files))}: 日历年份不连续 / calendar years have a gap: {exc}", code="calendar_gap"
            ) from exc

    def _works(self, day: date) -> bool:
        off = self._departures.get(day)
        return day.weekday() < 5 if off is None else not off

    def knows(self, day: date) -> bool:
        """Whether the day lies in the known years.

        >>> WorkCalendar.china().knows(date(1999, 1, 1))
        False
        """
        day = _day(day)
        return self.first_known <= day <= self.last_known

    def _require(self, day: date) -> None:
        if not self.knows(day):
            raise UnknownDayError(
                f"{day} 不在已公布的日历年份内 / is outside the calendar's known years "
                f"({self.first_known.year}–{self.last_known.year}); add years with --calendar FILE"
            )

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on the day.

        Raises:
            UnknownDayError: outside the known years.

        >>> WorkCalendar.china().is_working_day(date(2018, 9, 30))      # a Sunday that makes up for National Day
        True
        """
        day = _day(day)
        self._require(day)
        return self._works(day)

    def describe(self, day: date) -> Day:
        """The day with its kind and the holiday it belongs to, for explanations.

        Raises:
            UnknownDayError: outside the known years.

        >>> WorkCalendar.china().describe(date(2018, 10, 1)).name_zh
        '国庆节'
        """
        day = _day(day)
        self._require(day)
        off, weekend = self._departures.get(day), day.weekday() >= 5
        kind: DayKind
        kind = (
            ("weekend" if weekend else "working")
            if off is None or (off is False and not weekend)
            else "holiday"
            if off
            else "make_up"
        )
        zh, en = self._names.get(day, ("", "")) if kind in ("holiday", "make_up") else ("", "")
        return Day(day, kind, zh, en)

    def days(self, after: date, until: date) -> list[Day]:
        """Every day after ``after`` up to and including ``until``, described one by one.

        >>> [d.kind for d in WorkCalendar.china().days(date(2018, 8, 24), date(2018, 8, 27))]
        ['weekend', 'weekend', 'working']
        """
        after, until = _day(after), _day(until)
        return [self.describe(after + timedelta(days=i)) for i in range(1, (until - after).days + 1)]

    @overload
    def add_working_days(self, start: date, n: int) -> date: ...
    @overload
    def add_working_days(self, start: Sequence[date | None], n: int) -> list[date | None]: ...
    @overload
    def add_working_days(self, start: Any, n: int) -> Any: ...
    def add_working_days(self, start: Any, n: int) -> Any:
        """The Nth working day after a day; the day itself is never counted.

        Args:
            start: a date or datetime, a list of them, or a Polars or pandas Series of them. A time with a zone counts by its
                day in Asia/Shanghai.
            n: working days to count, 1 or more; 0 gives the day itself, whether it works or not.

        Returns:
            A date for a date; for a list or Series the same kind back, with null where the input is null or where
            the answer lies outside the known years.

        Raises:
            UnknownDayError: for a single date whose answer lies outside the known years.
            ValueError: for a negative ``n``.

        Rests on 民法典第二百零一条 and the State Council's notices.

        >>> WorkCalendar.china().add_working_days(date(2018, 2, 13), 3)     # across Spring Festival
        datetime.date(2018, 2, 23)
        >>> WorkCalendar.china().add_working_days([date(2018, 8, 25), None], 3)
        [datetime.date(2018, 8, 29), None]
        """
        if n < 0:
            raise ValueError("n must be 0 or more: deadlines are counted forward")
        if isinstance(start, date):
            return self._add(_day(start), n)
        return self._column(start, lambda day: self._add(day, n))

    def _add(self, start: date, n: int) -> date:
        self._require(start)
        if n == 0:
            return start
        index = self._count_to(start) + n - 1
        if index >= len(self._working):
            raise UnknownDayError(
                f"{start} 之后第{n}个工作日落在尚未公布的日历年份 / the {n}th working day after {start} lies after "
                f"{self.last_known.year}, the last year that is known; add years with --calendar FILE"
            )
        return self._working[index]

    def _count_to(self, day: date) -> int:
        """Working days from the first known day up to and including ``day``."""
        return bisect_left(self._working, day + _ONE)

    @overload
    def count_working_days(self, after: date, until: date) -> int: ...
    @overload
    def count_working_days(self, after: Any, until: Any) -> Any: ...
    def count_working_days(self, after: Any, until: Any) -> Any:
        """Working days after one day up to and including another; negative when ``until`` comes first.

        Args:
            after: the day that is not counted; a date, or a list or Series of dates.
            until: the last day that is counted; of the same shape.

        Raises:
            UnknownDayError: for single dates, one of which lies outside the known years (columns give null there).

        >>> WorkCalendar.china().count_working_days(date(2018, 9, 27), date(2018, 9, 30))
        3
        """
        if isinstance(after, date) and isinstance(until, date):
            after, until = _day(after), _day(until)
            self._require(after)
            self._require(until)
            return self._count_to(until) - self._count_to(after)
        import polars as pl

        first, second = _to_series(after), _to_series(until)
        if len(first) != len(second):
            raise ValueError(f"columns of one length are needed, got {len(first)} and {len(second)}")
        count = self.table().select("day", pl.col("works").cum_sum().cast(pl.Int64).alias("n"))
        lookup = (
            pl.DataFrame({"a": first, "b": second})
            .join(count.rename({"n": "na"}), left_on="a", right_on="day", how="left", maintain_order="left")
            .join(count.rename({"n": "nb"}), left_on="b", right_on="day", how="left", maintain_order="left")
        )
        return _same_type(after, lookup.select(pl.col("nb") - pl.col("na")).to_series().rename("working_days"))

    @overload
    def next_working_day(self, day: date) -> date: ...
    @overload
    def next_working_day(self, day: Sequence[date | None]) -> list[date | None]: ...
    @overload
    def next_working_day(self, day: Any) -> Any: ...
    def next_working_day(self, day: Any) -> Any:
        """The first working day after a day (a date, a list or a Series; errors as in :meth:`add_working_days`).

        >>> WorkCalendar.china().next_working_day(date(2018, 9, 30))
        datetime.date(2018, 10, 8)
        """
        return self.add_working_days(day, 1)

    def _column(self, column: Any, answer: Any) -> Any:
        """Map a column through its distinct days: even a national archive has few of them."""
        import polars as pl

        days = _to_series(column)
        answers: dict[date, date | None] = {}
        for day in days.unique().drop_nulls().to_list():
            try:
                answers[day] = answer(day)
            except UnknownDayError:
                answers[day] = None
        if not answers:
            result = pl.Series(days.name, [None] * len(days), dtype=pl.Date)
        else:
            result = days.replace_strict(answers, default=None, return_dtype=pl.Date)
        return _same_type(column, result)

    def table(self) -> pl.DataFrame:
        """The known days as a frame: ``day`` (date), ``works`` (bool).

        >>> WorkCalendar.china().table().columns
        ['day', 'works']
        """
        import polars as pl

        days = pl.DataFrame({"day": pl.date_range(self.first_known, self.last_known, eager=True)})
        return days.with_columns(works=pl.col("day").is_in(pl.Series(self._working).implode()))


@lru_cache(maxsize=1)
def _china() -> WorkCalendar:
    departures, names, years = _published_days()
    return WorkCalendar(departures, sorted(years), names)


def _published_days() -> tuple[dict[date, bool], dict[date, tuple[str, str]], set[int]]:
    from chinese_calendar import constants

    chinese = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    departures = dict.fromkeys(constants.holidays, True) | dict.fromkeys(constants.workdays, False)
    names = {
        day: (chinese.get(name, name), name) for source in (constants.holidays, constants.workdays)
        for day, name in source.items()
    }  # fmt: skip
    first, last = min(constants.holidays).year, max(constants.holidays).year
    return departures, names, set(range(first, last + 1))


def _day(value: date) -> date:
    """The day of a date or datetime, in Asia/Shanghai where it has a zone."""
    if not isinstance(value, datetime):
        return value
    return (value.astimezone(SHANGHAI) if value.tzinfo is not None else value).date()


def _to_series(column: Any) -> pl.Series:
    import polars as pl

    if isinstance(column, (list, tuple)):
        return pl.Series("day", [None if day is None else _day(day) for day in column], dtype=pl.Date)
    import narwhals as nw

    try:
        series: pl.Series = nw.from_native(column, series_only=True).to_polars()
    except TypeError as exc:
        accepted = "a date, a datetime, a list of these, or a Series"
        raise TypeError(f"working days are counted from {accepted}, not from a {type(column).__name__}") from exc
    if isinstance(series.dtype, pl.Datetime) and series.dtype.time_zone:
        return series.dt.convert_time_zone(str(SHANGHAI)).dt.date()
    return series.cast(pl.Date)


def _same_type(original: Any, result: pl.Series) -> Any:
    if isinstance(original, (list, tuple)):
        return result.to_list()
    import narwhals as nw

    native = nw.get_native_namespace(original)
    return result.to_pandas() if native.__name__ == "pandas" else result
