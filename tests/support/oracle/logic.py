"""Conditions in three values: True, False, and None where a blank or an unknown word leaves it open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from opencheck.records.tables import TABLES

from .cells import DENIAL, ELSEWHERE, UNFOUNDED
from .world import Ledger, Row, elements, merged, terms, topics, units

PLANNED = {"posted_until", "valid_until", "effective_at", "until", "from"}
TOWN = re.compile("(镇|乡|街道|村|社区)(人民政府|政府)?$")
ALIKE = {
    "环境空气质量状况": "environment.air_quality",
    "月度财政收支表": "fiscal.monthly",
    "扶贫项目公示": "poverty_relief.project",
}
"""Unknown topics that the generator writes, and the known ones that they may be."""


def both(values: Iterable[bool | None]) -> bool | None:
    """And."""
    found = list(values)
    return False if False in found else None if None in found else True


def either(values: Iterable[bool | None]) -> bool | None:
    """Or."""
    found = list(values)
    return True if True in found else None if None in found else False


def opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


def as_day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def happened(ledger: Ledger, value: Any) -> Any:
    """The day of an act, None where it is still to come."""
    day = as_day(value)
    return None if day is None or day > ledger.as_of else day


def later(ledger: Ledger, value: Any) -> bool:
    """Whether an act is dated after the day of the check: it has not happened."""
    return value is not None and as_day(value) > ledger.as_of


def holds(ledger: Ledger, table: str, row: Row, conditions: dict[str, Any], *, whatever_day: bool = False) -> bool | None:
    """Whether a record meets conditions."""
    found = []
    for name, wanted in conditions.items():
        if name == "any":
            found.append(either(holds(ledger, table, row, b, whatever_day=whatever_day) for b in wanted))
            continue
        test = wanted if isinstance(wanted, dict) else {"in": wanted} if isinstance(wanted, list) else {"is": wanted}
        found.append(_test(ledger, table, row, name, test, whatever_day=whatever_day))
    return both(found)


def _test(ledger: Ledger, table: str, row: Row, name: str, test: dict[str, Any], *, whatever_day: bool) -> bool | None:
    value = row[name]
    spec = TABLES[table].fields[name]
    answers: list[bool | None] = []
    if "present" in test:
        there = value is not None and value != []
        if there and spec.kind in ("date", "datetime") and not whatever_day and name not in PLANNED:
            there = as_day(value) <= ledger.as_of
        known = there or not ledger.lacks(table, name)
        if spec.column.basis:
            there = there and value not in UNFOUNDED[spec.column.basis]
        elif spec.kind == "text" and spec.vocabulary is None and value == DENIAL:
            known = False
        if there and spec.kind == "text" and spec.vocabulary and spec.vocabulary.open and value not in spec.vocabulary.values:
            known = False
        answers.append((there is test["present"]) if known else None)
    for key, bound in test.items():
        if key in ("present", "unknown", "says"):
            continue
        answer = None if value is None else _valued(row, table, name, key, bound)
        named = bound if isinstance(bound, list) else [bound]
        if name == "topic" and ALIKE.get(str(value)) in named:
            answer = None
        if spec.vocabulary and spec.vocabulary.open and value not in spec.vocabulary.values:
            answer = None if key != "in" or set(bound) != set(spec.vocabulary.values) or value is None else answer
        answers.append(answer)
    result = both(answers)
    if spec.vocabulary is None and (value == ELSEWHERE or (isinstance(value, list) and ELSEWHERE in value)):
        result = None
    return test["unknown"] if result is None and "unknown" in test else result


def _valued(row: Row, table: str, name: str, key: str, bound: Any) -> bool | None:
    value = row[name]
    if isinstance(bound, dict) and "field" in bound:
        other = row[bound["field"]]
        if other is None:
            return None
        if key == "is":
            return _of_the_unit(str(value), str(other))
        if key == "year_at_most":
            return bool(value.year <= other)
        if isinstance(value, datetime) != isinstance(other, datetime):
            value, other = as_day(value), as_day(other)
        if "less_days" in bound:
            other -= timedelta(days=bound["less_days"])
        return bool({"at_least": value >= other, "at_most": value <= other, "before": value < other}[key])
    if isinstance(bound, str) and isinstance(value, date):
        bound = date.fromisoformat(bound)
        value = as_day(value)
    if key == "is":
        return bool(value == bound)
    if key == "not":
        return bool(value != bound)
    if key == "in":
        return value in bound
    if key == "not_in":
        return value not in bound
    if key == "at_least":
        return bool(value >= bound)
    if key == "at_most":
        return bool(value <= bound)
    if key == "matches":
        return any(_matches(p, value) for p in (bound if isinstance(bound, list) else [bound]))
    return _list_test(key, bound, value, name)


def _of_the_unit(cell: str, own: str) -> bool | None:
    """Whether a cell names a unit of the record, a part of one, or itself (本单位)."""
    mine = {merged().get(u, u) for u in own.split("；")}
    known = {*units().values(), *merged().values()}
    strange = {u for u in mine if u not in known and not TOWN.search(u)}
    answers: list[bool | None] = []
    for name in (merged().get(n, n) for n in cell.split("；")):
        if name in mine or name[:2] in ("本单", "我局"):
            answers.append(True)
        elif "公司" in name:
            answers.append(False)
        elif name in known or TOWN.search(name):
            answers.append(None if strange else False)
        else:
            cores = {TOWN.sub(r"\1", u) for u in mine if not u.endswith("市人民政府")}
            answers.append(True if any(name.startswith(core) for core in cores) else None)
    return either(answers)


def _matches(pattern: Any, text: str) -> bool:
    """Patterns look at a text without white space and in plain digits; sentences of a body keep their lines."""
    if isinstance(pattern, str):
        pattern = {"holds": pattern}
    plain = re.sub(r"\s+", "", text)
    return bool(re.search(pattern["holds"], plain)) and not ("lacks" in pattern and re.search(pattern["lacks"], plain))


def _list_test(key: str, bound: Any, items: list[str], name: str) -> bool | None:
    """A word that nobody knows may be one of those that are wanted, spelled otherwise, or several of them."""
    known = set(elements().values()) if name == "elements" else set(terms(name).values())
    strange = len({i for i in items if i not in known}) if known else 0
    if key == "contains":
        return True if all(b in items for b in bound) else None if strange else False
    if key == "contains_any":
        return True if any(b in items for b in bound) else None if strange else False
    if key == "contains_none":
        return not any(b in items for b in bound)
    assert key == "items_at_least", key
    others = len(set(items)) - strange
    # Words that nobody knows may all mean one thing, one of the others or not, and one may mean several.
    sure = others or min(strange, 1)
    return True if sure >= bound else None if strange else False


def is_open(row: Row) -> bool | None:
    """Whether a disclosure is open to everybody."""
    mark = row["attribute"]
    if mark is None or mark in ("主动公开", "删减后公开"):
        return True
    return False if mark in ("依申请公开", "不予公开") else None


def is_owed(row: Row) -> bool | None:
    """Whether a duty to publish binds it: what is withheld without a reason may be owed."""
    if row["attribute"] == "不予公开" and {row["non_disclosure_reason"], row["confidential_basis"]} <= {
        None,
        *UNFOUNDED["ground"],
    }:
        return None
    return is_open(row)


KINDS_ABOUT_PUBLICATION = {"within", "posted", "permanent", "count", "grid", "series", "in_one_place", "converted"}


LOOKING_FOR_WHAT_IS_MISSING = {"count", "grid", "series", "in_one_place", "converted"}


def may_be_any_topic(topic: str | None) -> bool:
    """Whether it is a word that nobody knows: it may be the topic that is missing, whatever it resembles."""
    return topic is not None and topic not in set(topics().values())


def may_be_on_roster(topic: str | None, wanted: str) -> bool:
    """Whether a row of the roster may be one of those that are wanted: its topic is theirs, blank, or a word that nobody knows."""
    return topic in (wanted, None) or may_be_any_topic(topic)


def concerns(ledger: Ledger, rule: dict[str, Any], kind: str, row: Row, *, absence: bool = False) -> bool | None:
    """Whether the rule concerns a record; with ``absence`` it is looked for as what is missing, as rules about sets always do."""
    wanted = rule.get("when") or {}
    if (absence or kind in LOOKING_FOR_WHAT_IS_MISSING) and "topic" in wanted and may_be_any_topic(row["topic"]):
        wanted = {n: test for n, test in wanted.items() if n != "topic"}
        answers: list[bool | None] = [None, holds(ledger, rule["on"], row, wanted, whatever_day=True)]
    else:
        answers = [holds(ledger, rule["on"], row, wanted, whatever_day=True)]
    if only_open(rule, kind):
        answers.append(is_owed(row))
    if "for_year" in rule:
        year = row[rule["for_year"]]
        answers.append(None if year is None else year == 2018)
    return both(answers)


def only_open(rule: dict[str, Any], kind: str) -> bool:
    return rule["on"] == "disclosure" and bool(rule.get("open_only", kind in KINDS_ABOUT_PUBLICATION))


def has(name: str, value: Any, wanted: str) -> bool | None:
    """Whether a field holds a value; a word that nobody knows may be it."""
    if value is None or value == ELSEWHERE:
        return None
    if name == "topic" and may_be_any_topic(value):
        return None
    if not isinstance(value, list):
        known = set(terms(name).values())
        return True if value == wanted else None if known and value not in known else False
    if wanted in value:
        return True
    known = set(elements().values()) if name == "elements" else set(terms(name).values())
    return None if ELSEWHERE in value or (known and any(v not in known for v in value)) else False


__all__ = [
    "ALIKE",
    "as_day",
    "both",
    "concerns",
    "either",
    "happened",
    "has",
    "holds",
    "is_open",
    "is_owed",
    "later",
    "may_be_any_topic",
    "only_open",
    "opposite",
    "topics",
]
