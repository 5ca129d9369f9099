"""One parser for each field type: from the content of a cell to a typed value, or an error that a person can act on.

Parsers do not guess: a date that cannot exist, lacks its day or century, or has two readings is invalid.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from opencheck.core.calendar import FIRST_DAY, LAST_DAY
from opencheck.core.clock import SHANGHAI
from opencheck.core.normalize import WHITESPACE, normalize_key, normalize_whitespace, without_unseen
from opencheck.core.periods import Period

__all__ = [
    "MEASURES",
    "Counted",
    "FieldType",
    "InvalidValue",
    "Uncomputed",
    "parse",
]


FieldType = Literal["text", "prose", "date", "datetime", "bool", "int", "number", "percent", "list", "period", "year"]


class Uncomputed(str):
    """A formula that nobody computed: what it stands for is not known, and its text never stands for its value."""


class InvalidValue(ValueError):
    """A value that its field type does not accept; ``code`` names the message in the catalogue."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_HALVES = {
    **dict.fromkeys(("凌晨", "清晨", "早晨", "早上", "上午", "am"), "morning"),
    "中午": "noon",
    **dict.fromkeys(("下午", "傍晚", "晚上", "晚", "pm"), "evening"),
}
"""Parts of a day by which people write its hours from 1 to 12."""
_UNCLEAR_HOURS = {"上午": {12}, "早上": {12}, "晚上": {12, 1, 2, 3, 4}, "晚": {12, 1, 2, 3, 4}}
"""Hours that may be those of the day before or after: 上午12:00 is midnight to some programs and noon to people."""

_HALF = "(?i:凌晨|清晨|早晨|早上|上午|中午|下午|傍晚|晚上|晚|am|pm)"

_TIME = (
    rf"(?:(?:(?<=\d)(?:T|(?={_HALF}))|(?<!\d)T?\s*+)(?P<half>{_HALF})?\s*+(?:"
    r"(?P<H>\d{1,2})(?:[:时点](?P<M>\d{1,2})(?:[:分](?P<S>\d{1,2})(?:\.\d+)?秒?)?分?|[时点]整?)"
    r"\s*+(?P<after>(?i:am|pm))?\s*+(?P<Z>Z|[+-]\d{2}(?::?\d{2})?)?(?:\[[A-Za-z]+/[A-Za-z_]+\])?)?)?"
)

_DATE = re.compile(
    r"(?:(?P<y>\d{4})\s*(?P<sep>[-/.年])\s*(?P<m>\d{1,2})\s*(?:(?P=sep)|(?<=\d)月)\s*(?P<d>\d{1,2})\s*[日号]?"
    r"|(?P<y2>\d{4})(?P<m2>\d{2})(?P<d2>\d{2}))\s*+(?:[(]?(?:星期|周)(?P<W>[一二三四五六日天])[)]?)?\s*+" + _TIME + r"[.。]?"
)

_CHINESE_DATE = re.compile(
    r"([〇零○一二三四五六七八九OoΟ0-9]{4})年([一二三四五六七八九十0-9]{1,3})月([一二三四五六七八九十0-9]{1,3})[日号]"
)

_STROKES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("。·・", "."))
"""The strokes and points that input methods write between the parts of a date."""

_MILLISECONDS = re.compile(r"1\d{12}")
"""A moment as programs in Java and JavaScript write it, in milliseconds since 1970: from 2001 to 2033."""

_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys("零○OoΟ", "0")

_EXCEL_EPOCH = datetime(1899, 12, 30)

_AS_DAY = re.compile(r"\d{4}([-/])\d{1,2}\1\d{1,2}(?:[T ]00:00(?::00)?)?")
_OCTOBER_OR_JANUARY = re.compile(r"\d{4}\.1")
"""A period that a spreadsheet wrote into a text file: it drops the last digit of 2018.10."""

_DAY_AS_MIDNIGHT = re.compile(r"[T ]00:00:00(?:\.0+)?$")
"""How programs write a day without its time into text files; 00:00 was written by somebody."""

_SERIALS = (20000, 73051)
"""From 1954-10-03 up to the day before 2100-01-01: the numbers of a date column that are read as Excel serials."""

_TRUE = {
    normalize_key(t)
    for t in ("是", "有", "对", "√", "✓", "✔", "☑", "✅", "true", "t", "yes", "y", "1", "已", "涉及", "属于", "是的")
}

_FALSE = {
    normalize_key(t)
    for t in ("否", "无", "没有", "不是", "不属于", "×", "✗", "✘", "✖", "❌", "false", "f", "no", "n", "0", "未", "不涉及")
}

_LIST = re.compile(r"[;；、,，\n|]+")

_PERSONS = (
    "人|名|位|个|口人?|(?:人|名|位|个)?(?:人大代表|政协委员|代表|委员|群众代表|群众|家长代表|家长|居民代表|居民|村民代表|村民|市民代表|市民|公众代表|公众"
    "|专家|人员|工作人员|列席人员)"
)

Counted = Literal["persons", "attendances", "days", "times"]

MEASURES: dict[Counted, str] = {
    "persons": _PERSONS,
    "attendances": f"人次|{_PERSONS}",
    "days": "个?工作日|天|日",
    "times": "人?次|趟|回",
}
"""By what is counted the words of measure that may stand behind the number: 3天 and 3户 are no number of persons, nor are 3人次, which may be
one person three times."""

_DIGITS_OF_NUMBER = r"(?P<digits>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*+(?P<wan>万)?"
_WORDS_OF_NUMBER = "(?P<words>[零〇一二两三四五六七八九十百千]+)"


def _number_of(measures: str) -> re.Pattern[str]:
    return re.compile(rf"(?:共计|总计|合计|共|计)?\s*+(?:{_DIGITS_OF_NUMBER}|{_WORDS_OF_NUMBER})\s*+(?:{measures})?")


_BARE_NUMBER = _number_of("")
_NUMBERS: dict[Counted, re.Pattern[str]] = {counted: _number_of(measures) for counted, measures in MEASURES.items()}
_NUMBER_AND_WORD = _number_of(r"[^\W\d_]{1,6}")
"""A number with some word behind it, which may be another measure."""

_PLAIN = re.compile(r"[^一-龥]*+")

_UNITS = {"十": 10, "百": 100, "千": 1000}


def parse(kind: FieldType, value: Any, counted: Counted | None = None) -> Any:
    """Parse one cell.

    Args:
        kind: the field's type.
        value: the content of the cell: text, number, bool, date, datetime, list or None.
        counted: of a whole number what it counts: the words for that may stand behind it, and no others; none where it is None.

    Returns:
        The value, or None for an empty cell.

    Raises:
        InvalidValue: the type does not accept the value.

    >>> parse("date", "二〇一八年八月二十四日"), parse("date", 43336), parse("date", "2018.8.24")
    (datetime.date(2018, 8, 24), datetime.date(2018, 8, 24), datetime.date(2018, 8, 24))
    >>> parse("bool", "是"), parse("percent", "4%"), parse("list", "招生范围；招生条件")
    (True, 4.0, ['招生范围', '招生条件'])
    >>> parse("int", "5名代表", "persons"), parse("int", "两天", "days")
    (5, 2)
    """
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, str):
        if kind not in ("text", "list", "prose"):  # names and texts are shown as they are, and compared by their keys
            value = normalize_whitespace(without_unseen(value))
        else:
            value = normalize_whitespace(value) if kind == "text" else value.strip(WHITESPACE)
        if not value:
            return None
    return _int(value, counted) if kind == "int" else _PARSERS[kind](value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (list, tuple)):
        return "、".join(map(str, value))
    return value if isinstance(value, str) else str(value)


def _moment(value: Any) -> tuple[date, time | None, str | None]:
    """Split a value into day, time of day (None where not given) and zone."""
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            value = value.astimezone(SHANGHAI)
        # Workbooks, databases and pandas hold a day as the midnight at its beginning.
        return value.date(), None if value.time() == time() else value.time(), None
    if isinstance(value, date):
        return value, None, None
    if not isinstance(value, (int, float, str)):
        raise InvalidValue("date")
    if isinstance(value, float) and not value.is_integer():
        return _serial(value)
    text = unicodedata.normalize("NFKC", str(int(value) if isinstance(value, float) else value))
    if _MILLISECONDS.fullmatch(text):
        moment = datetime.fromtimestamp(int(text) / 1000, SHANGHAI)
        return moment.date(), moment.time(), None
    if text.isdigit() and len(text) == 5:
        return _serial(float(text))
    if re.fullmatch(r"\d{5}\.\d+", text):
        return _serial(float(text))
    weekday = None
    if match := _DATE.fullmatch(text.translate(_STROKES)):
        found = match.groupdict()
        numbers = [found[k] or found[k + "2"] for k in "ymd"]
        hour, minute, second, zone = (found[k] for k in "HMSZ")
        half = (found["half"] or found["after"] or "").lower()
        given = hour is not None and not _DAY_AS_MIDNIGHT.search(text)
        clock = _clock(half, int(hour), int(minute or 0), int(second or 0)) if given else None
        weekday = found["W"]
    elif match := _CHINESE_DATE.fullmatch(re.sub(r"\s", "", text)):
        numbers = ["".join(_DIGITS.get(c, c) for c in match[1]), *map(_chinese, match.group(2, 3))]
        clock, zone = None, None
    else:
        raise InvalidValue("date")
    try:
        day = date(*map(int, numbers))
    except ValueError as exc:
        raise InvalidValue("impossible_date") from exc
    if weekday and "一二三四五六日".index(weekday.replace("天", "日")) != day.weekday():
        raise InvalidValue("weekday")
    return day, clock, zone


def _clock(half: str, hour: int, minute: int, second: int) -> time | None:
    """The time of day; None where the words for a part of the day leave open which it is.

    >>> _clock("下午", 3, 30, 0), _clock("am", 12, 5, 0), _clock("上午", 12, 0, 0)
    (datetime.time(15, 30), datetime.time(0, 5), None)

    Raises:
        InvalidValue: no such time, or one of another part of the day.
    """
    part = _HALVES.get(half)
    if hour in _UNCLEAR_HOURS.get(half, ()):
        return None
    if part == "morning" and hour >= 12:
        if hour > 12:
            raise InvalidValue("impossible_date")
        hour = 0
    elif part == "noon" and hour < 11:
        if not 1 <= hour <= 2:
            raise InvalidValue("impossible_date")
        hour += 12
    elif part == "evening" and 1 <= hour < 12:
        hour += 12
    elif part == "evening" and hour == 0:
        raise InvalidValue("impossible_date")
    try:
        return time(hour, minute, second)
    except ValueError as exc:
        raise InvalidValue("impossible_date") from exc


def _chinese(text: str) -> str:
    """A number below 100 in digits; 二四 is 24 as 二十四 is.

    Raises:
        InvalidValue: signs that make no number together, such as 十一0 or 十十.
    """
    tens, ten, ones = text.rpartition("十")
    written = "".join(_DIGITS.get(c, c) for c in ones)
    if not ten:
        return written
    first = _DIGITS.get(tens, tens) or "1"
    if not (first.isdigit() and len(first) == 1 and len(written) <= 1):
        raise InvalidValue("date")
    return f"{first}{written or 0}"


def _serial(number: float) -> tuple[date, time | None, str | None]:
    if not _SERIALS[0] <= number < _SERIALS[1]:
        raise InvalidValue("date")
    moment = _EXCEL_EPOCH + timedelta(days=number)
    moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    return moment.date(), moment.time() if number % 1 else None, None


def _in_range(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidValue("impossible_date")
    return day


def _date(value: Any) -> date:
    day, clock, zone = _moment(value)
    if zone and clock:
        day = _zoned(day, clock, zone).date()
    return _in_range(day)


def _zoned(day: date, clock: time, zone: str) -> datetime:
    """A moment of another zone, in Asia/Shanghai.

    Raises:
        InvalidValue: no such zone, or a day that no calendar reaches.
    """
    try:
        return datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone == 'Z' else zone}").astimezone(SHANGHAI)
    except (ValueError, OverflowError) as exc:
        raise InvalidValue("impossible_date") from exc


def _datetime(value: Any) -> datetime:
    day, clock, zone = _moment(value)
    if clock is None:
        raise InvalidValue("datetime")
    _in_range(day)
    return _zoned(day, clock, zone) if zone else datetime.combine(day, clock, SHANGHAI)


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    key = normalize_key(_text(value))
    if key in _TRUE:
        return True
    if key in _FALSE:
        return False
    raise InvalidValue("bool")


def _decimal(value: Any, form: re.Pattern[str] = _BARE_NUMBER) -> Decimal:
    if isinstance(value, bool):
        raise InvalidValue("number")
    text = unicodedata.normalize("NFKC", str(value)).removesuffix("。")
    if not (match := form.fullmatch(text)):
        raise InvalidValue("number")
    try:
        if match["words"]:
            return Decimal(_chinese_number(match["words"]))
        return Decimal(match["digits"].replace(",", "")) * (10_000 if match["wan"] else 1)
    except InvalidOperation as exc:  # pragma: no cover - the pattern admits only decimals
        raise InvalidValue("number") from exc


def _chinese_number(text: str) -> int:
    """A number below ten thousand in Chinese numerals, in the regular form only.

    >>> _chinese_number("十二"), _chinese_number("两百零三"), _chinese_number("三")
    (12, 203, 3)
    """
    numerals = "零一二三四五六七八九"
    total, digit, last = 0, None, 10_000
    plain = text.replace("〇", "零").replace("两", "二")
    for char in plain:
        if (unit := _UNITS.get(char)) is None:
            if digit not in (None, 0):
                raise InvalidValue("number")
            digit = numerals.index(char)
            continue
        if unit >= last or digit == 0 or (digit is None and (unit != 10 or total)):
            raise InvalidValue("number")
        total, last, digit = total + (digit or 1) * unit, unit, None
    if digit and last > 10 and plain[-2:-1] in _UNITS:  # 二百五 is 250 to most people, and 205 to some
        raise InvalidValue("number")
    return total + (digit or 0)


def _int(value: Any, counted: Counted | None = None) -> int:
    try:
        number = _decimal(value, _NUMBERS[counted] if counted else _BARE_NUMBER)
    except InvalidValue as exc:
        other = counted and _NUMBER_AND_WORD.fullmatch(unicodedata.normalize("NFKC", str(value)).removesuffix("。"))
        raise InvalidValue(f"count_of_{counted}" if other else "int") from exc
    if number != number.to_integral_value() or not 0 <= number < 10**12:
        raise InvalidValue("int")
    return int(number)


def _year(value: Any) -> int:
    text = unicodedata.normalize("NFKC", _text(value)).removesuffix("年度").removesuffix("年")
    if not re.fullmatch(r"\d{4}", text) or not FIRST_DAY.year <= int(text) <= LAST_DAY.year:
        raise InvalidValue("year")
    return int(text)


def _percent(value: Any) -> float:
    text = unicodedata.normalize("NFKC", str(value))
    written = text.endswith("%")
    number = _decimal(text[:-1].strip() if written else value)
    # Of how many points 4分 are is not known, nor of how many persons 4人.
    if not 0 <= number <= 100 or not _PLAIN.fullmatch(text):
        raise InvalidValue("percent")
    if written:
        return float(number)
    if not any(c.isdigit() for c in text):
        raise InvalidValue("percent")
    # 0.04 is 4 % in a percent-formatted cell and 0.04 % in a plain one: two readings, so it is invalid.
    if 0 < number < 1:
        raise InvalidValue("percent")
    return float(number)


def _list(value: Any) -> list[str] | None:
    items = value if isinstance(value, (list, tuple)) else _LIST.split(_text(value))
    return list(dict.fromkeys(text for item in items if (text := normalize_whitespace(str(item))))) or None


def _period(value: Any) -> str:
    if isinstance(value, str) and _AS_DAY.fullmatch(value):
        value = _moment(value)[0]
    if isinstance(value, date):
        # A spreadsheet makes the first day of a month of 2018-6, and the 6th of January of the months 1-6.
        if 1 < value.day <= 12:
            raise InvalidValue("period")
        value = f"{value.year:04}-{value.month:02}"
    if isinstance(value, str) and _OCTOBER_OR_JANUARY.fullmatch(value):
        raise InvalidValue("period")
    if isinstance(value, float) and not value.is_integer():
        raise InvalidValue("period")
    try:
        return Period.parse(unicodedata.normalize("NFKC", _text(value))).name
    except ValueError as exc:
        raise InvalidValue("period") from exc


_PARSERS: dict[FieldType, Callable[[Any], Any]] = {
    "text": _text,
    "prose": lambda value: _text(value).replace("\r\n", "\n").strip(WHITESPACE),
    "date": _date,
    "datetime": _datetime,
    "bool": _bool,
    "year": _year,
    "number": lambda value: float(_decimal(value)),
    "percent": _percent,
    "list": _list,
    "period": _period,
}
