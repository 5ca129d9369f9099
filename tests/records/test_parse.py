"""Values as people write them into cells."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencheck.core.clock import SHANGHAI
from opencheck.records.parse import Counted, FieldType, InvalidValue, parse

DIGITS = "〇一二三四五六七八九"


def said(kind: FieldType, value: object, counted: Counted | None = None) -> object:
    """What a cell says: its value, or the code of its refusal."""
    try:
        return parse(kind, value, counted)
    except InvalidValue as refused:
        return refused.code


def chinese(number: int) -> str:
    if number < 10:
        return DIGITS[number]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


@given(st.dates(date(1955, 1, 1), date(2099, 12, 31)))
def test_parse_date_every_written_form_is_the_day(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    forms: list[object] = [
        day, datetime(y, m, d, 9, 30), f"{day}", f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}{m:02}{d:02}", int(f"{y}{m:02}{d:02}"),
        f"{y}年{m}月{d}日", f"{y}年 {m:02}月 {d:02}日", f" {y}-{m}-{d} 8:56:14", f"{y}-{m:02}-{d:02}T00:00:00+08:00",
        f"{''.join(DIGITS[int(c)] for c in str(y))}年{chinese(m)}月{chinese(d)}日", (day - date(1899, 12, 30)).days,
        float((day - date(1899, 12, 30)).days), (day - date(1899, 12, 30)).days + 0.25, str((day - date(1899, 12, 30)).days),
        f"{y}-{m}-{d}".translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ]  # fmt: skip
    for form in forms:
        assert said("date", form) == day, form


@pytest.mark.parametrize(
    "text",
    ["2018-02-30", "2018-13-01", "2018-00-10", "2019-02-29", "18.8.24", "8/9/2018", "2018年8月", "2018-08", "明天", "2018/08-24", "1234567", 12, 99999, True, "2018-08-24 25:00", "1900-01-01"],
)  # fmt: skip
def test_what_is_no_day_or_two_days_is_refused(text: object) -> None:
    with pytest.raises(InvalidValue):
        parse("date", text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("二〇一八年十一0月五日", "date"),
        ("二〇一八年十十月五日", "date"),
        ("2018年9月十12日", "date"),
        ("2018年9月12十3日", "date"),
        ("二〇一八年0十月五日", "impossible_date"),
        ("2018-09-03T08:00:00+99:99", "impossible_date"),
    ],
)
def test_signs_that_make_no_number_or_zone_are_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse("date", text)
    assert refused.value.code == code


_SIGNS = st.text("二〇一八年十月日0189-/.: TZ+%,;Q上午人千万两零²٣x\u200b", max_size=24)
_MOMENTS = st.builds("{}T{}{}".format, st.sampled_from(["0001-01-01", "9999-12-31", "2018-09-03"]), _SIGNS, st.sampled_from(["", "Z", "+08:00", "-2359", "+99:99"]))  # fmt: skip


@given(
    st.sampled_from(["text", "prose", "date", "datetime", "bool", "int", "number", "percent", "list", "period", "year"]),
    st.one_of(
        _SIGNS, _MOMENTS, st.floats(), st.integers(), st.datetimes(), st.dates(), st.booleans(), st.lists(_SIGNS, max_size=3)
    ),
)
def test_any_value_is_read_or_refused(kind: FieldType, value: object) -> None:
    """Whatever a cell holds, the only error is the one that rejects its row."""
    with contextlib.suppress(InvalidValue):
        parse(kind, value)


def test_ten_of_two_digits_is_read_as_written() -> None:
    assert said("date", "二〇一八年一十一月十1日") == date(2018, 11, 11)


def test_parse_date_leap_day_exists() -> None:
    assert said("date", "2020-02-29") == date(2020, 2, 29)


def test_parse_datetime_is_in_shanghai() -> None:
    expected = datetime(2018, 8, 24, 10, 30, tzinfo=SHANGHAI)
    for form in (
        "2018-08-24 10:30",
        "2018年8月24日 10时30分",
        "2018-08-24T02:30:00Z",
        datetime(2018, 8, 24, 10, 30),
        43336.4375,
    ):
        assert said("datetime", form) == expected
    with pytest.raises(InvalidValue, match="datetime"):
        parse("datetime", "2018-08-24")


def test_parse_date_of_another_zone_is_in_shanghai() -> None:
    assert said("date", "2018-08-23T16:00:00Z") == date(2018, 8, 24)
    assert said("date", "2018-08-23T15:59:59Z") == date(2018, 8, 23)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("bool", "√", True), ("bool", "否", False), ("bool", 1, True), ("bool", 0.0, False), ("bool", "Ｙ", True),
        ("year", 2018.0, 2018), ("year", "2018年度", 2018), ("year", "２０１８年", 2018), ("int", "1,200", 1200), ("int", 3.0, 3), ("number", "2.5", 2.5), ("percent", "4%", 4.0), ("percent", "４％", 4.0),
        ("percent", 4, 4.0), ("percent", "0.07%", 0.07), ("percent", 0, 0.0), ("percent", 1, 1.0), ("list", "甲；乙、丙,甲\n丁", ["甲", "乙", "丙", "丁"]),
        ("list", ["甲", " "], ["甲"]), ("list", [], None), ("text", 12.0, "12"), ("text", "　 ", None), ("text", True, "是"),
        ("text", datetime(2018, 1, 2), "2018-01-02"), ("text", ["a", "b"], "a、b"), ("date", float("nan"), None),
        ("period", "2018年6月", "2018-06"), ("period", 201806, "2018-06"), ("period", 2018.0, "2018"), ("period", "2018Q2", "2018-Q2"),
        ("period", "2018年第二季度", "2018-Q2"), ("period", datetime(2018, 6, 1), "2018-06"), ("period", "2018年度", "2018"),
        ("period", "2018-06-01", "2018-06"), ("period", "2018/6/30", "2018-06"), ("period", date(2018, 6, 13), "2018-06"), ("period", "2018.2", "2018-02"),
    ],
)  # fmt: skip
def test_parse_value_of_each_kind(kind, value, expected) -> None:
    assert said(kind, value) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [("bool", "大概"), ("int", "2.5"), ("year", 0), ("year", 20188), ("year", "18"), ("year", 1948), ("int", -1), ("int", True), ("number", "许多"), ("percent", 0.04), ("percent", "四"), ("period", 2018.1), ("period", "2018.1"), ("period", date(2018, 1, 6)), ("period", "2018-01-06"), ("period", "2018-01-12"), ("period", datetime(2018, 1, 2)), ("period", "2018-13"), ("period", "上月"), ("period", "1800"), ("period", date(1948, 1, 1))],
)  # fmt: skip
def test_refused(kind, value) -> None:
    with pytest.raises(InvalidValue):
        parse(kind, value)


def test_parse_half_of_a_day_after_a_date_is_no_time() -> None:
    assert said("date", "2018-11-6 下午") == said("date", "2018年11月6日上午") == date(2018, 11, 6)
    with pytest.raises(InvalidValue):
        parse("datetime", "2018-11-6 下午")


@pytest.mark.parametrize(
    ("written", "hour", "minute"),
    [
        ("上午8:30", 8, 30), ("上午11时59分", 11, 59), ("中午12:10", 12, 10), ("中午1点", 13, 0), ("下午12:30", 12, 30), ("下午1:00", 13, 0),
        ("下午3点", 15, 0), ("下午15:30", 15, 30), ("傍晚6时", 18, 0), ("晚8点", 20, 0), ("晚上11:59", 23, 59), ("凌晨2时", 2, 0),
        ("凌晨12:05", 0, 5), ("8时", 8, 0), ("8点整", 8, 0), ("15点", 15, 0), ("3:30 PM", 15, 30), ("12:30 AM", 0, 30), ("PM 3:30", 15, 30),
        ("下午 03:30:00", 15, 30),
    ],
)  # fmt: skip
def test_hour_is_that_of_its_part_of_the_day(written: str, hour: int, minute: int) -> None:
    moment = datetime(2018, 9, 3, hour, minute, tzinfo=SHANGHAI)
    for day in ("2018年9月3日", "2018/9/3 "):
        assert said("datetime", day + written) == moment
        assert said("date", day + written) == date(2018, 9, 3)


@pytest.mark.parametrize("written", ["上午12:00", "早上12点", *(f"{half}{hour}点" for half in ("晚上", "晚") for hour in (12, 1, 2, 3, 4)), "晚上4:59"])  # fmt: skip
def test_hour_that_may_be_of_another_half_of_the_day_leaves_the_time_open(written: str) -> None:
    """上午12:00 is midnight to some programs and noon to people; the day is the same."""
    assert said("date", f"2018年9月3日{written}") == date(2018, 9, 3)
    with pytest.raises(InvalidValue, match="datetime"):
        parse("datetime", f"2018年9月3日{written}")


@pytest.mark.parametrize("written", ["上午15:30", "中午5:00", "下午0:30", "下午25:00", "8时许", "8:30-9:00", "AM"])
def test_hour_that_does_not_fit_is_refused(written: str) -> None:
    with pytest.raises(InvalidValue):
        parse("datetime", f"2018年9月3日{written}")


def test_weekday_beside_a_day_must_be_its_own() -> None:
    for text in ("2018年3月5日（星期一）", "2018-3-5 周一", "2018/3/4（星期天）", "2018.3.4 星期日"):
        assert said("date", text) in (date(2018, 3, 5), date(2018, 3, 4))
    with pytest.raises(InvalidValue, match="weekday"):
        parse("date", "2018-03-05（星期二）")


@pytest.mark.parametrize(
    "text",
    ["2018年3月5号", "2018。3。5", "2018·3·5", "2018—3—5", "2018−03−05", "2018.3.5.", "2018年3月5日。", "二〇一八年三月五号", "2018-03-05T09:30:00+08", "2018-03-05 09:30:00.000 +0800", "2018-03-05T00:00:00+08:00[Asia/Shanghai]", 1520179200000, "1520179200000"],
)  # fmt: skip
def test_day_as_input_methods_and_programs_write_it(text: object) -> None:
    assert said("date", text) == date(2018, 3, 5)


@pytest.mark.parametrize("unseen", ["\u200b", "\u200c", "\u2060", "\u202a", "\u200e", "\ufeff", "\ufe0f", "\u00ad"])
def test_characters_that_nobody_sees_change_no_value(unseen: str) -> None:
    assert said("date", f"{unseen}2018{unseen}-09-20{unseen}") == date(2018, 9, 20)
    assert said("period", f"2018年{unseen}6月") == "2018-06"
    assert said("int", f"{unseen}5{unseen}名代表", "persons") == 5
    assert said("bool", f"是{unseen}") is True
    assert said("date", unseen) is None


def test_milliseconds_are_a_moment_in_shanghai() -> None:
    assert said("datetime", 1535941800000) == datetime(2018, 9, 3, 10, 30, tzinfo=SHANGHAI)
    assert said("date", 1535990399999) == date(2018, 9, 3)
    assert said("date", 1535990400000) == date(2018, 9, 4)


@pytest.mark.parametrize("value", [1520179200, 2018030509300, "20180305093000", "2018-3-59:30", "2018年3月5日前", "约2018年3月5日", "农历2018年三月初五", "107年3月5日"])  # fmt: skip
def test_number_or_text_that_only_resembles_a_day_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue):
        parse("date", value)


@pytest.mark.parametrize(("text", "number"), [("12,345", 12345), ("12，345", 12345), ("1,234,567", 1234567), ("1.2万", 12000), ("共5。", 5)])  # fmt: skip
def test_number_with_thousands_or_a_unit(text: str, number: int) -> None:
    assert said("int", text) == number


@pytest.mark.parametrize("text", ["3,2", "1,2", "12,34", "1,2345", "1,234,56", ",5", "5,", "3、2", "1.00005万"])
def test_numbers_in_a_row_are_no_number(text: str) -> None:
    """3,2 are three and two, of which nobody can say how many were meant."""
    with pytest.raises(InvalidValue):
        parse("int", text)


@pytest.mark.parametrize(
    ("counted", "text", "number"),
    [
        ("persons", "12人", 12), ("persons", "1.2万人", 12000), ("persons", "共5人。", 5), ("persons", "三名", 3), ("persons", "5 个", 5),
        ("persons", "4位家长代表", 4), ("persons", "3口人", 3), ("attendances", "共 5 人次", 5), ("attendances", "5名代表", 5),
        ("days", "3个工作日", 3), ("days", "两天", 2), ("days", "３日", 3), ("times", "1次", 1), ("times", "两趟", 2),
    ],
)  # fmt: skip
def test_number_with_a_measure_of_what_is_counted(counted: Counted, text: str, number: int) -> None:
    assert said("int", text, counted) == number
    assert said("int", str(number), counted) == said("int", number, counted) == number


@pytest.mark.parametrize(
    ("counted", "text"),
    [
        ("persons", "3天"), ("persons", "5万元"), ("persons", "3户"), ("persons", "3人次"), ("persons", "3场"), ("persons", "3个工作日"), ("persons", "三项"),
        ("attendances", "3天"), ("days", "3人"), ("days", "3周"), ("days", "3个月"), ("days", "3小时"), ("times", "2天"), ("times", "2人"),
    ],
)  # fmt: skip
def test_number_of_something_else_is_refused(counted: Counted, text: str) -> None:
    """Three days of training are not three persons who were trained."""
    with pytest.raises(InvalidValue, match=f"count_of_{counted}"):
        parse("int", text, counted)


@pytest.mark.parametrize("text", ["3人", "3天", "3个", "三次"])
def test_number_of_nobody_knows_what_takes_no_measure(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse("int", text)


@pytest.mark.parametrize("value", ["-4%", -4, "110%", 400, "100.5%"])
def test_percent_beyond_the_whole_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match="percent"):
        parse("percent", value)
    assert said("percent", "100%") == 100.0


@pytest.mark.parametrize("value", ["4分", "4.00分", "4个百分点", "4人", "4/100", "共4", "四成", "不低于4%"])
def test_points_and_other_units_are_no_percentage(value: str) -> None:
    """Of how many points four are is not known: of a thousand they are 0.4 %."""
    with pytest.raises(InvalidValue):
        parse("percent", value)
    assert [said("percent", v) for v in ("4 %", "４", "4.5%")] == [4.0, 4.0, 4.5]


@pytest.mark.parametrize(
    ("serial", "day"), [(20000, date(1954, 10, 3)), (73050, date(2099, 12, 31)), ("20000", date(1954, 10, 3))]
)
def test_parse_date_first_and_last_serial_number_of_a_workbook_are_days(serial: object, day: date) -> None:
    assert said("date", serial) == day


@pytest.mark.parametrize("number", [19999, 73051, "19999", "73051"])
def test_parse_date_number_beyond_the_serial_numbers_is_refused(number: object) -> None:
    with pytest.raises(InvalidValue):
        parse("date", number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("零", 0), ("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99), ("一百零五", 105), ("一百一十", 110), ("两百零三", 203),
        ("一千零一", 1001), ("一千零二十", 1020), ("一千二百三十四", 1234), ("九千九百九十九", 9999), ("〇", 0), ("五", 5),
        ("二百五", "int"), ("一千二", "int"), ("一百十", "int"), ("十百", "int"), ("百", "int"), ("二三", "int"), ("五零", "int"),
        ("二十二十", "int"), ("一百二百", "int"), ("零十", "int"),
        (0, 0), ("+5", 5), ("1万", 10000), (999_999_999_999, 999_999_999_999), (10**12, "int"), ("-1", "int"), ("2.5", "int"), ("共 5", 5),
    ],
)  # fmt: skip
def test_number_is_read_in_its_regular_form_only(text: object, number: object) -> None:
    assert said("int", text) == number


@pytest.mark.parametrize(
    ("text", "year"),
    [("1949", 1949), ("1948", "year"), (2100, 2100), (2101, "year"), ("2018年", 2018), ("2018年度", 2018), (2018.5, "year"), ("02018", "year")],
)  # fmt: skip
def test_year_is_one_of_the_calendar(text: object, year: object) -> None:
    assert said("year", text) == year


@pytest.mark.parametrize(
    ("value", "share"),
    [
        (0, 0.0), (1, 1.0), (100, 100.0), ("0%", 0.0), ("100 %", 100.0), ("4.5％", 4.5), (0.5, "percent"), (0.99, "percent"), ("0.5%", 0.5),
        (100.01, "percent"), (-1, "percent"), ("百", "number"), ("四", "percent"), ("%", "number"), (True, "number"),
    ],
)  # fmt: skip
def test_percent_is_of_the_whole_and_has_one_reading(value: object, share: object) -> None:
    assert said("percent", value) == share


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("上午0:30", "00:30"), ("早上11:59", "11:59"), ("早上12:00", "datetime"), ("凌晨12:00", "00:00"), ("凌晨13:00", "impossible_date"),
        ("中午10:59", "impossible_date"), ("中午11:00", "11:00"), ("中午12:00", "12:00"), ("中午0:10", "impossible_date"),
        ("中午1:00", "13:00"), ("中午2:59", "14:59"), ("中午3:00", "impossible_date"), ("中午13:00", "13:00"),
        ("下午1:00", "13:00"), ("下午11:59", "23:59"), ("下午12:00", "12:00"), ("下午0:00", "impossible_date"), ("下午23:00", "23:00"),
        ("晚上5:00", "17:00"), ("晚上4:00", "datetime"), ("晚上12:00", "datetime"), ("晚5:00", "17:00"), ("晚4:59", "datetime"),
        ("23:59:59", "23:59:59"), ("24:00", "impossible_date"), ("8:60", "impossible_date"), ("8:30:60", "impossible_date"),
        ("12:00 am", "00:00"), ("12:00 pm", "12:00"),
    ],
)  # fmt: skip
def test_hours_at_the_ends_of_the_parts_of_a_day(written: str, time: str) -> None:
    found = said("datetime", f"2018年9月3日 {written}")
    assert (found.isoformat()[11:19].removesuffix(":00") if isinstance(found, datetime) else found) == time


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (43336.5, "2018-08-24T12:00:00+08:00"),
        ("43336.5", "2018-08-24T12:00:00+08:00"),
        (43336.999999, "2018-08-25T00:00:00+08:00"),  # a program's rounding of midnight
        (43336.000005, "2018-08-24T00:00:00+08:00"),
        (43336 + 1 / 3, "2018-08-24T08:00:00+08:00"),
        ("2018-08-24T00:30:00-01:00", "2018-08-24T09:30:00+08:00"),
        ("2018-08-24T23:30Z", "2018-08-25T07:30:00+08:00"),
        (datetime(2018, 8, 24, 23, 30, tzinfo=UTC), "2018-08-25T07:30:00+08:00"),
        (date(2018, 8, 24), "datetime"),
        (43336, "datetime"),
        (43336.0, "datetime"),
        ("43336", "datetime"),
        (43337, "datetime"),
        ("1949-09-30 08:00", "impossible_date"),
        ("1949-10-01 08:00", "1949-10-01T08:00:00+08:00"),
        ("2100-12-31 08:00", "2100-12-31T08:00:00+08:00"),
        ("2101-01-01 08:00", "impossible_date"),
        ("9999-12-31T23:00:00-12:00", "impossible_date"),
        (True, "date"),
        ([], "date"),
    ],
)
def test_moment_is_read_to_the_second(value: object, moment: str) -> None:
    found = said("datetime", value)
    assert (found.isoformat() if isinstance(found, datetime) else found) == moment


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("1949-10-01", date(1949, 10, 1)), ("1949-09-30", "impossible_date"), ("2100-12-31", date(2100, 12, 31)), ("2101-01-01", "impossible_date"),
        ("2018-02-29", "impossible_date"), ("2018-08-24T16:30:00Z", date(2018, 8, 25)), (20180824.0, date(2018, 8, 24)), (43336.75, date(2018, 8, 24)),
        (datetime(2018, 8, 24, 16, 0, tzinfo=UTC), date(2018, 8, 25)), ("2018-03-05 星期二", "weekday"), ("2018-03-05 星期一", date(2018, 3, 5)),
        ("2018-03-10 周六", date(2018, 3, 10)), ("2018-03-11 周天", date(2018, 3, 11)), (False, "date"), ("二〇一八年二十月五日", "impossible_date"),
        ("二○一八年二月二四日", date(2018, 2, 24)), ("二零一八年十月三十一日", date(2018, 10, 31)), ("2018年二十二月1日", "impossible_date"),
    ],
)  # fmt: skip
def test_day_is_read_or_refused_for_a_reason(value: object, day: object) -> None:
    assert said("date", value) == day


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("text", False, "否"), ("text", 12.5, "12.5"), ("text", datetime(2018, 1, 2, 8, 30), "2018-01-02 08:30:00"), ("text", ("甲", 2), "甲、2"),
        ("text", " 甲  乙 ", "甲 乙"), ("text", None, None), ("prose", " 甲\r\n乙 ", "甲\n乙"), ("list", "甲|乙，丙", ["甲", "乙", "丙"]), ("list", "；、", None),
        ("list", ["乙", "甲", "乙"], ["乙", "甲"]), ("bool", "不是", False), ("bool", 2, "bool"), ("bool", "", None), ("bool", False, False),
        ("number", "1,234.5", 1234.5), ("number", True, "number"), ("number", "-2", -2.0), ("period", date(2018, 6, 1), "2018-06"), ("period", 2018.5, "period"),
        ("period", "2018-00", "period"), ("period", date(988, 6, 1), "period"),
    ],
)  # fmt: skip
def test_what_a_cell_says_in_a_field_of_each_kind(kind: FieldType, value: object, found: object) -> None:
    assert said(kind, value) == found


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2018-09-03 00:00:00", None),
        ("2018-09-03T00:00:00.000", None),
        ("2018/9/3 00:00:00", None),
        ("2018-09-03 00:00", 0),
        ("2018-09-03 0:00:00", 0),
        ("2018-09-03 00:00:01", 0),
        ("2018-09-03 12:00:00", 12),
        ("2018-09-03T00:00:00+08:00", 0),
    ],
)
def test_day_that_a_program_wrote_as_a_midnight_tells_no_time(text: str, hour: int | None) -> None:
    assert said("date", text) == date(2018, 9, 3)
    moment = said("datetime", text)
    assert (moment.hour if isinstance(moment, datetime) else moment) == ("datetime" if hour is None else hour)
