"""Messages in Chinese and English: templates of the catalogue, filled with formatted facts."""

from __future__ import annotations

import calendar
import string
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeGuard

from opencheck.core.display import display_text
from opencheck.core.localized import LocalizedName, LocalizedText
from opencheck.core.message_catalogue import LANGUAGES, get_message, load_messages
from opencheck.core.periods import Period
from opencheck.core.time_limits import Duration
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import FieldRef, Test

__all__ = [
    "describe_test",
    "facts_of",
    "field_label",
    "fill_template",
    "format_message",
    "format_value",
    "get_message",
    "lateness_text",
    "load_messages",
    "localized_message",
    "period_name",
    "span_text",
    "table_label",
]


def localized_message(name: str, facts: Mapping[str, Any] | None = None) -> LocalizedText:
    """Return a message in both languages, filled with facts.

    Args:
        name: the message's name in the catalogue.
        facts: dates, durations, (table, field) pairs, lists and numbers, formatted for each language.

    Raises:
        KeyError: the catalogue has no such message.

    >>> localized_message("day.make_up", {"day": date(2018, 9, 29), "number": 1, "holiday_zh": "国庆节", "holiday_en": "National Day"}).zh
    '2018-09-29（周六）国庆节调休上班，第1个工作日'
    """
    entry = load_messages()[name]
    return LocalizedText(zh=fill_template(entry["zh"], facts or {}, "zh"), en=fill_template(entry["en"], facts or {}, "en"))


def fill_template(template: str, facts: Mapping[str, Any], lang: str) -> str:
    """Fill a template in one language.

    Args:
        template: a text with facts in braces; ``{n:day|days}`` is the first word where the fact is 1 or a list of one, else the second.
        facts: the facts by name; one that is not there counts as None.
        lang: ``zh`` or ``en``.

    >>> fill_template("{n} {n:day|days}", {"n": 1}, "en"), fill_template("{n} {n:day|days}", {"n": 2}, "en")
    ('1 day', '2 days')
    """
    parts = []
    for literal, name, words in _parsed(template):
        parts.append(literal)
        if name is not None:
            value = facts.get(name)
            parts.append(_singular_or_plural(value, words) if words else format_value(value, lang))
    return "".join(parts)


@lru_cache(maxsize=4096)
def _parsed(template: str) -> tuple[tuple[str, str | None, str | None], ...]:
    """The pieces of a template: a text, the fact after it, and the words of which that fact chooses one."""
    return tuple((literal, name, words) for literal, name, words, _ in string.Formatter().parse(template))


@lru_cache(maxsize=4096)
def facts_of(template: str) -> frozenset[str]:
    """Return the names of the facts that a template is filled with.

    >>> sorted(facts_of("{n} {n:day|days} after {start}"))
    ['n', 'start']
    """
    return frozenset(name for _, name, _ in _parsed(template) if name is not None)


def _singular_or_plural(value: Any, words: str) -> str:
    one, _, several = words.partition("|")
    number = len(value) if isinstance(value, (list, tuple, set)) else value
    return one if number == 1 else several


def span_text(number: int, unit: str, lang: str) -> str:
    """Return a number of days, working days, hours or minutes in words.

    >>> span_text(1, "working_days", "en"), span_text(3, "hours", "zh")
    ('1 working day', '3小时')
    """
    return format_message(f"span.{unit}", lang, n=number)


def lateness_text(facts: Mapping[str, Any], lang: str) -> str:
    """Return how late something is, from the facts of a finding: at least so long where another record may show that it was done before.

    >>> lateness_text({"late_by": 2, "late_unit": "days", "may_be_since": None}, "zh"), lateness_text({"late_by": None}, "en")
    ('2天', '')
    """
    if facts.get("late_by") is None:
        return ""
    text = span_text(facts["late_by"], facts.get("late_unit") or "days", lang)
    return format_message("late.at_least", lang, late=text) if facts.get("may_be_since") else text


def period_name(period: str) -> LocalizedName:
    """Return a period in words; a text that names none stays as it is.

    >>> period_name("2018-06"), period_name("2018-Q2").zh
    (LocalizedName(zh='2018年6月', en='June 2018'), '2018年第二季度')
    >>> [tuple(vars(period_name(p)).values()) for p in ("2018-W05", "2018-H1", "2018-02-D3")]
    [('2018年第5周', 'week 5 of 2018'), ('2018年上半年', 'first half of 2018'), ('2018年2月下旬', '21–28 February 2018')]
    """
    try:
        own = Period.parse(period)
    except ValueError:
        return LocalizedName(period, period)
    month = LocalizedName(f"{own.month}月", calendar.month_name[own.month])
    text = localized_message(f"period.{own.every}", {"year": own.year, "month": month, "number": _number_of(own)})
    return LocalizedName(text.zh, text.en)


def _number_of(period: Period) -> LocalizedName:
    """The number of a period as its name says it."""
    if period.every == "quarter":
        return LocalizedName("一二三四"[period.number - 1], str(period.number))
    if period.every == "months":
        first, last = divmod(period.number, 100)
        return LocalizedName(f"{first}至{last}月", f"{calendar.month_name[first]} to {calendar.month_name[last]}")
    if period.every == "half_year":
        return LocalizedName(("上半年", "下半年")[period.number - 1], ("first", "second")[period.number - 1])
    if period.every == "ten_days":
        days = f"{period.first_day.day}–{period.last_day.day}"
        return LocalizedName(("上旬", "中旬", "下旬")[(period.number - 1) % 3], days)
    return LocalizedName(str(period.number), str(period.number))


def field_label(table: str, name: str, lang: str) -> str:
    """Return the label of a field: its Chinese header or English label."""
    spec = TABLES[table].fields[name]
    return spec.column.label_zh if lang == "zh" else spec.column.label_en


def format_message(name: str, lang: str, /, **facts: Any) -> str:
    """Return a message in one language, filled with facts.

    >>> format_message("table.more", "zh", count=3)
    '…… 还有 3 条'
    """
    return fill_template(load_messages()[name][lang], facts, lang)


def table_label(table: str, lang: str) -> str:
    """Return the label of a table."""
    return TABLES[table].label_zh if lang == "zh" else table


def format_value(value: Any, lang: str) -> str:
    """Format a fact for a message; what records hold is put as :func:`~opencheck.core.display.display_text` shows it.

    A :class:`LocalizedText` is a text that was put together before, or one of a pack, and stays as it is.
    """
    if isinstance(value, str):
        return display_text(value)
    if value is None:
        return get_message("word.none", lang)
    if isinstance(value, bool):
        return get_message("word.yes" if value else "word.no", lang)
    if isinstance(value, LocalizedName):  # a name may be a word of the record that no vocabulary knows
        return display_text(value.zh if lang == "zh" else value.en)
    if isinstance(value, (list, tuple, set, dict)):
        return _format_several(value, lang)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return get_message("join.day", lang).format(day=value, weekday=get_message(f"weekday.{value.weekday()}", lang))
    if isinstance(value, Duration):
        return span_text(value.number, value.unit, lang)
    if isinstance(value, float) and value.is_integer():
        return display_text(str(int(value)))
    if isinstance(value, LocalizedText):
        return value.get(lang)
    return display_text(str(value))


def _format_several(value: Any, lang: str) -> str:
    """Format a field, what a field must be or is, or several values."""
    if _is_field(value):
        return _format_field(*value, lang)
    if isinstance(value, dict):
        return _describe(value, lang)
    texts = [format_value(v, lang) for v in value] or [get_message("word.none", lang)]
    first = get_message("join.list", lang).join(texts[:-1])
    return get_message("join.last", lang).join([first, texts[-1]] if first else texts)


@lru_cache(maxsize=4096)
def _format_field(table: str, name: str, lang: str) -> str:
    label = LocalizedName(*(field_label(table, name, each) for each in LANGUAGES))
    return format_message("join.field", lang, label=label)


def _is_field(value: Any) -> TypeGuard[tuple[str, str]]:
    return isinstance(value, tuple) and len(value) == 2 and value[0] in TABLES


def _describe(value: Mapping[Any, Any], lang: str) -> str:
    """Describe what a field must be, alternatives of that, or the values of fields."""
    if "test" in value:
        table, name = value["field"]
        tested = describe_test(value["test"], lang, table, name, lacking=value.get("lacking", False))
        return format_message("join.required", lang, field=(table, name), required=tested)
    if "later" in value:
        return format_message("test.later", lang, field=value["field"], value=value["later"])
    if "either" in value:
        branches = [get_message("join.and", lang).join(format_value(w, lang) for w in b) for b in value["either"]]
        return get_message("join.or", lang).join(dict.fromkeys(branches))
    if "each" in value:
        return get_message("join.parts", lang).join(format_value(w, lang) for w in value["each"])
    pairs = [
        format_message("join.blank" if v is None or v == [] else "join.value", lang, label=k, value=_labelled(k, v))
        for k, v in value.items()
    ]
    return get_message("join.parts", lang).join(pairs)


def _labelled(key: Any, value: Any) -> Any:
    """Replace a value by its vocabulary's label, and shorten a long text."""
    if not _is_field(key):
        return value
    field = TABLES[key[0]].fields[key[1]]
    if field.vocabulary and isinstance(value, str):
        return LocalizedName(field.vocabulary.label(value), value)
    if not isinstance(value, str):
        return value
    short = f"{display_text(value)[:40]}…" if len(value) > 41 else value
    return f"“{' '.join(short.split())}”" if field.kind == "prose" else short


def describe_test(test: Test, lang: str, table: str, field_name: str, *, lacking: bool = False) -> str:
    """Describe a test of a field in one language.

    Args:
        test: the test.
        lang: ``zh`` or ``en``.
        table: the field's table.
        field_name: the field.
        lacking: whether the test names only what a list lacks, to be told as that.

    >>> describe_test(Test(contains_any=["政府门户网站"]), "zh", "disclosure", "channels")
    '应含政府门户网站'
    >>> describe_test(Test(at_most=FieldRef(field="effective_at")), "zh", "disclosure", "published_at")
    '应不晚于生效时间'
    """
    found = []
    kind = TABLES[table].fields[field_name].kind
    is_day, is_count = kind in ("date", "datetime"), kind == "int"
    if test.present is not None:
        found.append(get_message("test.present" if test.present else "test.blank", lang))
    for name, value in (
        ("is", test.is_),
        ("not", test.not_),
        ("in", test.in_),
        ("not_in", test.not_in),
        ("at_least", test.at_least),
        ("at_most", test.at_most),
        ("before", test.before),
        ("contains", test.contains),
        ("contains_any", test.contains_any),
        ("contains_none", test.contains_none),
        ("year_at_most", test.year_at_most),
        ("items_at_least", test.items_at_least),
    ):
        if value is not None:
            if name in ("in", "contains_any") and isinstance(value, list) and len(value) == 1:
                name = {"in": "is", "contains_any": "contains"}[name]
            if name == "is" and isinstance(value, FieldRef):
                name = "same"
            if is_count and name == "at_least":
                name = "count_at_least"
            if is_day and name in ("at_least", "at_most"):
                name = {"at_least": "not_before", "at_most": "not_after"}[name]
            if lacking and name == "contains":
                name = "lacks"
            shown: Any = (table, value.field) if isinstance(value, FieldRef) else _labelled((table, field_name), value)
            if isinstance(value, list):
                shown = [_labelled((table, field_name), v) for v in value]
            found.append(fill_template(load_messages()[f"test.{name}"][lang], {"value": shown}, lang))
    if test.matches is not None:
        found.append(test.says[lang] if test.says else get_message("test.matches", lang))
    return get_message("join.and", lang).join(found)
