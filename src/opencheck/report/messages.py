"""Messages in Chinese and English: templates of the catalogue, filled with formatted facts."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from opencheck.core.localized import LocalizedName, LocalizedText
from opencheck.core.message_catalogue import get_message, load_messages
from opencheck.core.personal_data import mask_for_display
from opencheck.core.time_limits import Duration
from opencheck.records.tables import TABLES
from opencheck.rules.conditions import FieldRef, Test

__all__ = [
    "describe_test",
    "field_label",
    "fill_template",
    "format_message",
    "format_value",
    "get_message",
    "load_messages",
    "localized_message",
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
    """Fill a template in one language."""
    words = {field: format_value(facts.get(field), lang) for _, field, _, _ in string.Formatter().parse(template) if field}
    return template.format_map(words)


def field_label(table: str, name: str, lang: str) -> str:
    """Return the label of a field: its Chinese header or English label."""
    if name == "rejected":
        return get_message("word.rejected_row", lang)
    spec = TABLES[table].fields[name]
    return spec.column.label_zh if lang == "zh" else spec.column.label_en


def format_message(name: str, lang: str, **facts: Any) -> str:
    """Return a message in one language, filled with facts.

    >>> format_message("table.more_rows", "zh", count=3)
    '…… 还有 3 行'
    """
    return fill_template(load_messages()[name][lang], facts, lang)


def table_label(table: str, lang: str) -> str:
    """Return the label of a table."""
    return TABLES[table].label_zh if lang == "zh" else table


def format_value(value: Any, lang: str) -> str:
    """Format a fact for a message."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return get_message("word.yes" if value else "word.no", lang)
    if isinstance(value, LocalizedName):
        return value.zh if lang == "zh" else value.en
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return get_message("join.day", lang).format(day=value, weekday=get_message(f"weekday.{value.weekday()}", lang))
    if isinstance(value, Duration):
        return fill_template(load_messages()[f"span.{value.unit}"][lang], {"n": value.number}, lang)
    if isinstance(value, tuple) and len(value) == 2 and value[0] in TABLES:
        return field_label(*value, lang)
    if isinstance(value, Mapping):
        if "test" in value:
            table = value["field"][0]
            name = value["field"][1]
            tested = describe_test(value["test"], lang, table, name)
            return get_message("join.measure", lang).format(n=format_value(value["field"], lang), unit=tested)
        if "either" in value:
            branches = [get_message("join.and", lang).join(format_value(w, lang) for w in b) for b in value["either"]]
            return get_message("join.or", lang).join(branches)
        pairs = [format_message("join.labelled", lang, label=k, value=_labelled(k, v)) for k, v in value.items()]
        return get_message("join.parts", lang).join(pairs)
    if isinstance(value, (list, tuple, set)):
        return get_message("join.list", lang).join(format_value(v, lang) for v in value) or "—"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return mask_for_display(str(value))


def _labelled(key: Any, value: Any) -> Any:
    """Replace a value by its vocabulary's label, and shorten a long text."""
    if not (isinstance(key, tuple) and key[0] in TABLES):
        return value
    vocabulary = TABLES[key[0]].fields[key[1]].vocabulary
    if vocabulary and isinstance(value, str):
        return LocalizedName(vocabulary.label(value), value)
    return f"{mask_for_display(value)[:40]}…" if isinstance(value, str) and len(value) > 41 else value


def describe_test(test: Test, lang: str, table: str, field_name: str) -> str:
    """Describe a test of a field in one language."""
    found = []
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
            shown: Any = (table, value.field) if isinstance(value, FieldRef) else _labelled((table, field_name), value)
            if isinstance(value, list):
                shown = [_labelled((table, field_name), v) for v in value]
            found.append(fill_template(load_messages()[f"test.{name}"][lang], {"value": shown}, lang))
    if test.matches is not None:
        found.append(test.says[lang] if test.says else get_message("test.matches", lang))
    return get_message("join.and", lang).join(found)
