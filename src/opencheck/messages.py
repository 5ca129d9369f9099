"""The one catalogue of what opencheck says, in Chinese and English, and how facts are put into words."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from opencheck.personal import shown
from opencheck.records.tables import TABLES
from opencheck.rules.base import Named
from opencheck.rules.conditions import FieldRef, Test
from opencheck.rules.limits import Span
from opencheck.rules.rule import Text

__all__ = ["catalogue", "field_label", "fill", "say"]

LANGS = ("zh", "en")
_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, str]]:
    """Every message by name: ``{"zh": …, "en": …}``."""
    text = files("opencheck").joinpath("messages.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


def say(name: str, facts: Mapping[str, Any] | None = None) -> Text:
    """A message in both languages, filled with facts.

    Args:
        name: the message's name in the catalogue.
        facts: dates, spans, (table, field) pairs, lists and numbers, each put into the words of its language.

    Raises:
        KeyError: a name that the catalogue does not have.

    >>> say("day.make_up", {"day": date(2018, 9, 29), "number": 1, "holiday_zh": "国庆节", "holiday_en": "National Day"}).zh
    '2018-09-29（周六）国庆节调休上班，第1个工作日'
    """
    entry = catalogue()[name]
    return Text(zh=fill(entry["zh"], facts or {}, "zh"), en=fill(entry["en"], facts or {}, "en"))


def fill(template: str, facts: Mapping[str, Any], lang: str) -> str:
    """A template filled in one language."""
    words = {field: word(facts.get(field), lang) for _, field, _, _ in string.Formatter().parse(template) if field}
    return template.format_map(words)


def field_label(table: str, name: str, lang: str) -> str:
    """What a field is called: its Chinese header or English label."""
    if name == "rejected":
        return word_of("word.rejected_row", lang)
    spec = TABLES[table].fields[name]
    return spec.column.zh if lang == "zh" else spec.column.en


def word_of(name: str, lang: str) -> str:
    """A fixed word of the catalogue."""
    return catalogue()[name][lang]


def table_label(table: str, lang: str) -> str:
    """What a table is called."""
    return TABLES[table].zh if lang == "zh" else table


def word(value: Any, lang: str) -> str:
    """A fact in words."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return word_of("word.yes" if value else "word.no", lang)
    if isinstance(value, Named):
        return value.zh if lang == "zh" else value.en
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        weekday = _WEEKDAYS[lang][value.weekday()]
        return f"{value}（周{weekday}）" if lang == "zh" else f"{weekday} {value}"
    if isinstance(value, Span):
        return fill(catalogue()[f"span.{value.unit}"][lang], {"n": value.number}, lang)
    if isinstance(value, tuple) and len(value) == 2 and value[0] in TABLES:
        return field_label(*value, lang)
    if isinstance(value, Mapping):
        if "test" in value:
            table = value["field"][0]
            name = value["field"][1]
            return f"{word(value['field'], lang)}{'' if lang == 'zh' else ' '}{test_words(value['test'], lang, table, name)}"
        if "either" in value:
            branches = [("且" if lang == "zh" else " and ").join(word(w, lang) for w in b) for b in value["either"]]
            return ("，或者" if lang == "zh" else ", or ").join(branches)
        pairs = [f"{word(k, lang)}{'：' if lang == 'zh' else ': '}{word(_labelled(k, v), lang)}" for k, v in value.items()]
        return ("；" if lang == "zh" else "; ").join(pairs)
    if isinstance(value, (list, tuple, set)):
        return ("、" if lang == "zh" else ", ").join(word(v, lang) for v in value) or "—"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return shown(str(value))


def _labelled(key: Any, value: Any) -> Any:
    """A value of a field with its vocabulary's label; a long text cut short."""
    if not (isinstance(key, tuple) and key[0] in TABLES):
        return value
    vocabulary = TABLES[key[0]].fields[key[1]].vocabulary
    if vocabulary and isinstance(value, str):
        return Named(vocabulary.label(value), value)
    return f"{shown(value)[:40]}…" if isinstance(value, str) and len(value) > 41 else value


def test_words(test: Test, lang: str, table: str, field_name: str) -> str:
    """A condition's test of a field of a table in words."""
    found = []
    if test.present is not None:
        found.append(word_of("test.present" if test.present else "test.blank", lang))
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
        ("items_at_least", test.items_at_least),
    ):
        if value is not None:
            shown: Any = (table, value.field) if isinstance(value, FieldRef) else _labelled((table, field_name), value)
            if isinstance(value, list):
                shown = [_labelled((table, field_name), v) for v in value]
            found.append(fill(catalogue()[f"test.{name}"][lang], {"value": shown}, lang))
    if test.matches is not None:
        found.append(test.says[lang] if test.says else word_of("test.matches", lang))
    return ("且" if lang == "zh" else " and ").join(found)
