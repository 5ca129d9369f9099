from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import slow_calendar
from opencheck import InputError, UnknownDayError, WorkCalendar
from opencheck.core.calendar import FIRST_DAY, LAST_DAY
from opencheck.records.parse import InvalidValue, parse

CALENDAR = WorkCalendar.china()
LAST = CALENDAR.last_known


def answer(call: Callable[..., object], *given: object) -> object:
    """What a call gives, or the name of the error with which it refuses."""
    try:
        return call(*given)
    except (InputError, LookupError, TypeError, ValueError) as error:
        return type(error).__name__


# The independent list begins with 2007; the years before are compared with the plain week and the package's own days.
DAYS = st.dates(date(2007, 1, 1), date(2026, 12, 31))


def test_is_working_day_agrees_with_the_independent_list() -> None:
    day = date(2007, 1, 1)
    while day <= date(2026, 12, 31):
        assert CALENDAR.is_working_day(day) == slow_calendar.works(day), day
        day += timedelta(days=1)


@given(DAYS, st.integers(1, 60))
def test_add_working_days_counts_day_by_day(day: date, n: int) -> None:
    expected = slow_calendar.add(day, n)
    if expected > date(2026, 12, 31):
        with pytest.raises(UnknownDayError):
            CALENDAR.add_working_days(day, n)
    else:
        assert CALENDAR.add_working_days(day, n) == expected


@given(st.dates(date(2004, 1, 1), date(2025, 12, 31)), st.integers(1, 120))
def test_add_working_days_agrees_with_described_days(day: date, n: int) -> None:
    due = CALENDAR.add_working_days(day, n)
    walked = CALENDAR.days(day, due)
    assert sum(d.works for d in walked) == n
    assert walked[-1].works


@given(DAYS, DAYS)
def test_count_working_days_counts_day_by_day(a: date, b: date) -> None:
    assert CALENDAR.count_working_days(a, b) == slow_calendar.count(a, b)
    assert CALENDAR.count_working_days(b, a) == -CALENDAR.count_working_days(a, b)


@given(st.lists(st.one_of(st.none(), st.dates(date(2003, 6, 1), date(2027, 6, 30))), max_size=40), st.integers(0, 30))
def test_add_working_days_column_equals_single_days(days: list[date | None], n: int) -> None:
    def one(day: date | None) -> date | None:
        try:
            return None if day is None else CALENDAR.add_working_days(day, n)
        except UnknownDayError:
            return None

    expected = [one(day) for day in days]
    assert CALENDAR.add_working_days(days, n) == expected
    assert CALENDAR.add_working_days(pl.Series("d", days, dtype=pl.Date), n).to_list() == expected


@given(st.lists(st.tuples(st.dates(date(2003, 6, 1), date(2027, 6, 30)), DAYS), min_size=1, max_size=40))
def test_count_working_days_column_equals_single_days(pairs: list[tuple[date, date]]) -> None:
    after, until = zip(*pairs, strict=True)
    expected = [CALENDAR.count_working_days(a, b) if CALENDAR.knows(a) else None for a, b in pairs]
    assert CALENDAR.count_working_days(list(after), list(until)) == expected


def test_add_working_days_pandas_column_returns_pandas() -> None:
    column = pd.Series(pd.to_datetime(["2018-09-28", "2018-08-25"]))
    result = CALENDAR.add_working_days(column, 3)
    assert isinstance(result, pd.Series)
    assert [pd.Timestamp(d).date() for d in result] == [date(2018, 10, 8), date(2018, 8, 29)]


def test_count_working_days_unequal_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        CALENDAR.count_working_days([date(2018, 1, 2)], [])


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2018-08-24", 3, "2018-08-29"),
        ("2018-08-24", 20, "2018-09-21"),
        ("2018-09-10", 20, "2018-10-12"),
        ("2018-09-27", 3, "2018-09-30"),
        ("2018-09-28", 3, "2018-10-08"),
        ("2018-09-29", 3, "2018-10-09"),
        ("2018-02-08", 3, "2018-02-12"),
        ("2018-02-10", 3, "2018-02-13"),
        ("2018-02-13", 3, "2018-02-23"),
        ("2018-04-04", 3, "2018-04-10"),
        ("2018-04-27", 3, "2018-05-03"),
        ("2018-12-28", 3, "2019-01-03"),
    ],
)
def test_add_working_days_known_cases_of_2018(start: str, n: int, due: str) -> None:
    assert CALENDAR.add_working_days(date.fromisoformat(start), n) == date.fromisoformat(due)


def test_count_working_days_2018_has_250() -> None:
    assert CALENDAR.count_working_days(date(2017, 12, 31), date(2018, 12, 31)) == 250


def test_next_working_day_skips_holidays() -> None:
    assert CALENDAR.next_working_day(date(2018, 9, 28)) == date(2018, 9, 29)
    assert CALENDAR.next_working_day([date(2018, 9, 30)]) == [date(2018, 10, 8)]


def test_calendar_unknown_year_raises() -> None:
    last = CALENDAR.last_known
    assert CALENDAR.add_working_days(last, 0) == last
    with pytest.raises(UnknownDayError, match="--calendar"):
        CALENDAR.add_working_days(last, 1)
    with pytest.raises(UnknownDayError):
        CALENDAR.is_working_day(last + timedelta(days=1))
    with pytest.raises(UnknownDayError):
        CALENDAR.count_working_days(date(2003, 12, 31), date(2018, 1, 1))
    with pytest.raises(ValueError, match="0 or more"):
        CALENDAR.add_working_days(last, -1)


def test_calendar_file_adds_a_year(tmp_path) -> None:
    year = CALENDAR.last_known.year + 1
    days = [{"date": f"{year}-01-01", "isOffDay": True, "name": "元旦"}, {"date": f"{year}-01-02", "isOffDay": False}]
    days += [{"date": f"{year}-10-01", "isOffDay": True, "name": "国庆节"}]
    file = tmp_path / "more.json"
    file.write_text(json.dumps({"days": days}), encoding="utf-8")
    more = WorkCalendar.china(file)
    assert more.last_known == date(year, 12, 31)
    assert not more.is_working_day(date(year, 1, 1))
    assert more.is_working_day(date(year, 1, 2)), "the file's make-up day works, whatever day of the week it is"
    assert more.describe(date(year, 10, 1)).name_zh == "国庆节"
    assert CALENDAR.last_known.year == year - 1, "the shared calendar is not changed"


def test_calendar_file_corrects_a_day(tmp_path) -> None:
    file = tmp_path / "fix.json"
    file.write_text(json.dumps({"days": [{"date": "2018-09-29", "isOffDay": True}]}), encoding="utf-8")
    assert WorkCalendar.china(file).add_working_days(date(2018, 9, 28), 3) == date(2018, 10, 9)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "JSON"),
        ("[]", "days"),
        ('{"days": [{"date": "2027-13-01", "isOffDay": true}]}', "item 1"),
        ('{"days": [{"date": "2027-01-01"}]}', "item 1"),
        ('{"days": [{"date": "2027-01-01", "isOffDay": 1}]}', "item 1"),
        (
            '{"years": [2040], "days": [{"date": "2040-01-01", "isOffDay": true}, {"date": "2040-10-01", "isOffDay": true}]}',
            "gap",
        ),
        ('{"days": []}', "no holidays"),
        ('{"year": 2027, "days": []}', "no holidays"),
        ('{"year": 2027, "days": [{"date": "2027-10-09", "isOffDay": false}]}', "no holidays"),
        ('{"year": 2027, "days": [{"date": "2018-10-01", "isOffDay": true}]}', "not a whole year"),
        ('{"year": 2027, "days": [{"date": "2027-01-01", "isOffDay": true}]}', "not a whole year"),
        ('{"days": [{"date": "2027-05-01", "isOffDay": true}, {"date": "2027-10-01", "isOffDay": true}]}', "not whole years"),
        ('{"year": "明年", "days": [{"date": "2027-01-01", "isOffDay": true}]}', "no number"),
        ('{"years": 2027, "days": [{"date": "2027-01-01", "isOffDay": true}]}', "no number"),
        (
            '{"days": [{"date": "2018-09-29", "isOffDay": true}, {"date": "2018-09-29", "isOffDay": false}]}',
            "stands twice, once off",
        ),
        ("[" * 100_000, "JSON"),
    ],
)
def test_calendar_bad_file_is_refused(tmp_path, content: str, message: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message) as error:
        WorkCalendar.china(file)
    assert "bad.json" in str(error.value)


def test_calendar_absent_file_is_refused(tmp_path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        WorkCalendar.china(tmp_path / "none.json")


def test_calendar_file_may_say_a_day_twice_and_name_days_around_its_year(tmp_path) -> None:
    """Notices list days off at the end of the year before and the beginning of the year after."""
    year = CALENDAR.last_known.year + 1
    days = [f"{year}-01-01", f"{year}-10-01", f"{year}-10-01", f"{year - 1}-12-31", f"{year + 1}-01-01"]
    file = tmp_path / "more.json"
    file.write_text(json.dumps({"days": [{"date": day, "isOffDay": True} for day in days]}), encoding="utf-8")
    more = WorkCalendar.china(file)
    assert more.last_known == date(year, 12, 31)
    assert not more.is_working_day(date(year - 1, 12, 31))


def test_calendar_files_that_contradict_each_other_are_refused(tmp_path) -> None:
    for name, off in (("a.json", True), ("b.json", False)):
        days = [{"date": "2018-09-29", "isOffDay": off}, {"date": "2018-10-01", "isOffDay": True}]
        (tmp_path / name).write_text(json.dumps({"days": days}), encoding="utf-8")
    with pytest.raises(InputError, match=r"b\.json.*2018-09-29"):
        WorkCalendar.china(tmp_path / "a.json", tmp_path / "b.json")


def test_calendar_takes_datetimes_by_their_day_in_shanghai() -> None:
    evening = datetime(2018, 9, 27, 20, tzinfo=UTC)  # four in the morning of the 28th
    for moment in (datetime(2018, 9, 28, 23, 59), evening, pd.Timestamp("2018-09-28 23:59"), pd.Timestamp(evening)):
        assert CALENDAR.add_working_days(moment, 3) == date(2018, 10, 8)
        assert CALENDAR.next_working_day(moment) == date(2018, 9, 29)
        assert CALENDAR.count_working_days(moment, datetime(2018, 10, 9, 0, 1)) == 4
        assert CALENDAR.is_working_day(moment)
        assert CALENDAR.knows(moment)
        assert CALENDAR.describe(moment).date == date(2018, 9, 28)
        assert [d.date for d in CALENDAR.days(moment, date(2018, 9, 29))] == [date(2018, 9, 29)]
        assert CALENDAR.add_working_days(moment, 0) == date(2018, 9, 28)
    assert CALENDAR.add_working_days([evening, None, date(2018, 9, 28)], 3) == [date(2018, 10, 8), None, date(2018, 10, 8)]
    for column in (pl.Series([evening, None]), pd.Series([pd.Timestamp(evening), pd.NaT])):
        assert pl.Series(CALENDAR.add_working_days(column, 3)).cast(pl.Date).to_list() == [date(2018, 10, 8), None]


@pytest.mark.parametrize("wrong", ["2018-09-28", 43371, object()])
def test_calendar_what_is_no_day_is_a_type_error(wrong: object) -> None:
    with pytest.raises(TypeError, match="working days are counted from"):
        CALENDAR.add_working_days(wrong, 3)


@pytest.mark.parametrize("day", [date(1949, 10, 1), date(2100, 12, 31)])
def test_first_and_last_day_of_all_are_days_and_their_neighbours_are_none(day: date) -> None:
    assert FIRST_DAY <= day <= LAST_DAY
    assert parse("date", day.isoformat()) == day
    outside = day - timedelta(days=1) if day == FIRST_DAY else day + timedelta(days=1)
    with pytest.raises(InvalidValue):
        parse("date", outside.isoformat())


def test_calendar_file_that_says_again_what_the_week_says_changes_no_kind(tmp_path) -> None:
    days = [("2018-09-27", False), ("2018-09-08", True), ("2018-09-09", False), ("2018-09-26", True)]
    file = tmp_path / "more.json"
    file.write_text(json.dumps({"days": [{"date": d, "isOffDay": off, "name": "某节"} for d, off in days]}), encoding="utf-8")
    described = [WorkCalendar.china(file).describe(date.fromisoformat(d)) for d, _ in days]
    assert [(d.kind, d.name_zh, d.works) for d in described] == [
        ("working", "", True),  # a Thursday that works
        ("holiday", "某节", False),
        ("make_up", "某节", True),
        ("holiday", "某节", False),
    ]
    plain = [CALENDAR.describe(date.fromisoformat(d)) for d in ("2018-09-26", "2018-09-08", "2018-09-29", "2018-10-01")]
    assert [(d.kind, d.name_zh, d.name_en != "") for d in plain] == [
        ("working", "", False),
        ("weekend", "", False),
        ("make_up", "国庆节", True),
        ("holiday", "国庆节", True),
    ]


@pytest.mark.parametrize(("after", "until"), [(date(2018, 9, 3), [date(2018, 9, 5)]), ([date(2018, 9, 3)], date(2018, 9, 5))])
def test_one_day_and_a_column_of_days_are_not_counted_together(after: object, until: object) -> None:
    with pytest.raises(TypeError, match="not from a date"):
        CALENDAR.count_working_days(after, until)


@pytest.mark.parametrize(
    ("start", "n", "found"),
    [
        (date(2018, 9, 28), 0, date(2018, 9, 28)),
        (date(2018, 9, 28), 1, date(2018, 9, 29)),
        (date(2018, 9, 28), -1, "ValueError"),
        (LAST, 0, LAST),
        (LAST, 1, "UnknownDayError"),
        (LAST - timedelta(days=30), 60, "UnknownDayError"),
        (LAST + timedelta(days=1), 0, "UnknownDayError"),
        (date(2004, 1, 1), 0, date(2004, 1, 1)),
        (date(2003, 12, 31), 0, "UnknownDayError"),
        ([date(2018, 9, 28), LAST, None], 1, [date(2018, 9, 29), None, None]),
        ([None], 1, [None]),
        ([], 1, []),
    ],
)
def test_working_days_are_added_within_the_known_years(start: object, n: int, found: object) -> None:
    assert answer(CALENDAR.add_working_days, start, n) == found


@pytest.mark.parametrize(
    ("after", "until", "found"),
    [
        (date(2018, 9, 28), date(2018, 9, 28), 0),
        (date(2018, 9, 27), date(2018, 9, 28), 1),
        (date(2018, 9, 28), date(2018, 9, 27), -1),
        (LAST, LAST + timedelta(days=1), "UnknownDayError"),
        (date(2003, 12, 31), date(2004, 1, 2), "UnknownDayError"),
        ([date(2018, 9, 27), None], [date(2018, 9, 28), LAST], [1, None]),
        ([date(2018, 9, 27)], [LAST + timedelta(days=1)], [None]),
        ([date(2018, 9, 27)], [], "ValueError"),
        ([], [], []),
    ],
)
def test_working_days_are_counted_within_the_known_years(after: object, until: object, found: object) -> None:
    assert answer(CALENDAR.count_working_days, after, until) == found


def test_calendar_of_china_has_the_years_of_which_notices_are_known() -> None:
    from chinese_calendar import constants

    assert (CALENDAR.first_known, LAST) == (date(2004, 1, 1), date(max(constants.holidays).year, 12, 31))
    table = CALENDAR.table()
    assert (table["day"][0], table["day"][-1], table.columns) == (CALENDAR.first_known, LAST, ["day", "works"])
    assert table["works"].sum() == len([d for d in CALENDAR.days(date(2003, 12, 31), LAST) if d.works])


@pytest.mark.parametrize("zone", [None, "Asia/Shanghai"])
def test_column_of_times_counts_by_the_day_that_it_says(zone: str | None) -> None:
    column = pl.Series([datetime(2018, 9, 28, 23, 59)]).dt.replace_time_zone(zone)
    assert CALENDAR.add_working_days(column, 3).to_list() == [date(2018, 10, 8)]
    assert CALENDAR.count_working_days(column, column).to_list() == [0]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ([], 1),
        (["-1:12-31"], 1),
        (["+1:01-01"], 1),
        (["+2:01-01"], "InputError"),  # two years on is not around the year
        (["+1:01-01", "+1:10-01"], 2),
        (["+1:10-01", "+2:01-01"], "InputError"),
    ],
)
def test_calendar_file_completes_years_and_names_days_next_to_them(tmp_path, more: list[str], found: object) -> None:
    year = LAST.year + 1
    days = [f"{year}-01-01", f"{year}-10-01", *(f"{year + int(d[:2])}-{d[3:]}" for d in more)]
    file = tmp_path / "more.json"
    for stated in ({}, {"year": year}, {"years": [year, 2018]}):
        file.write_text(json.dumps(stated | {"days": [{"date": d, "isOffDay": True} for d in days]}), encoding="utf-8")
        last = answer(lambda: WorkCalendar.china(file).last_known.year - LAST.year)
        # A file that names its years completes no others; what stands next to them is passed over.
        assert last == (found if not stated or found == "InputError" else 1), stated


@pytest.mark.parametrize(("day", "first"), [("2002-12-31", date(2003, 1, 1)), ("2001-12-31", "InputError")])
def test_calendar_file_of_an_earlier_year_names_days_of_the_year_before_that(tmp_path, day: str, first: object) -> None:
    days = [{"date": d, "isOffDay": True} for d in ("2003-01-01", "2003-10-01", day)]
    file = tmp_path / "earlier.json"
    file.write_text(json.dumps({"days": days}), encoding="utf-8")
    assert answer(lambda: WorkCalendar.china(file).first_known) == first
