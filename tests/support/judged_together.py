"""Records of many cases judged in one check: a check of one record costs as much as that of a hundred."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from hypothesis import settings

import opencheck as oc
from opencheck.rules.packs.pack import PackRule

T = TypeVar("T")
Records = dict[str, list[dict[str, Any]]]
Case = tuple[date, Records]
"""A day and the records that are judged on it."""


def is_long_search() -> bool:
    """Whether this run looks at everything that is alike, and not at one of a kind (``make test-thorough``)."""
    return settings.default.max_examples > 100


def first_and_last(items: Sequence[T]) -> list[T]:
    """The first and the last of items that are alike; all of them in the long search."""
    return list(items) if is_long_search() else [*items[:1], *items[1:][-1:]]


def two_of_each_kind(bound: Iterable[PackRule]) -> list[str]:
    """The ids of the first and the last rule of each kind and table; of all in the long search.

    For what holds of rules by their kinds, as each rule is shown by its own examples.
    """
    alike: dict[tuple[str, str], list[str]] = {}
    for one in bound:
        alike.setdefault((type(one.rule.kind).__name__, one.rule.on), []).append(one.rule.id)
    return [rule for rules in alike.values() for rule in first_and_last(rules)]


def judged_together(
    rule: PackRule, cases: Sequence[Case], form: Callable[[list[dict[str, Any]]], Any] = list
) -> list[list[tuple[str | None, oc.Finding]]]:
    """The findings of each case with the ids of their records; ``form`` makes a table of its rows.

    Cases of the same day whose tables have the same columns are one ledger, their ids kept apart, where a rule judges each record by itself;
    a case whose records may touch those of another one is judged alone.
    """
    ledgers: dict[str, list[int]] = {}
    for number, (as_of, records) in enumerate(cases):
        shape = {table: sorted({key for row in rows for key in row}) for table, rows in sorted(records.items())}
        own = "" if stand_apart(rule, records) else str(number)
        ledgers.setdefault(json.dumps([str(as_of), shape, own]), []).append(number)
    found: list[list[tuple[str | None, oc.Finding]]] = [[] for _ in cases]
    for numbers in ledgers.values():
        as_of = cases[numbers[0]][0]
        if len(numbers) == 1:
            alone = {table: form(rows) for table, rows in cases[numbers[0]][1].items()}
            found[numbers[0]] = [(f.record_id, f) for f in rule.check(alone, as_of=as_of)]
            continue
        together: Records = {}
        for number in numbers:
            for table, rows in cases[number][1].items():
                together.setdefault(table, []).extend({**row, **_numbered(row, number)} for row in rows)
        for finding in rule.check({table: form(rows) for table, rows in together.items()}, as_of=as_of):
            number, _, record_id = str(finding.record_id).partition("/")
            found[int(number)].append((record_id, finding))
    return found


def _numbered(row: dict[str, Any], number: int) -> dict[str, str]:
    return {
        key: f"{number}/{value}" for key, value in row.items() if value is not None and (key == "id" or key.endswith("_id"))
    }


def stand_apart(rule: PackRule, records: Records) -> bool:
    """Whether records with other ids beside them change nothing: each is judged by itself, and every reference is by the id of one of them.

    Only such cases are judged together.
    """
    own, linked = rule.rule, rule.rule.require.linked
    if own.kind.about == "set" or own.yearly or not set(records) <= {own.on, linked.table if linked else ""}:
        return False
    text = own.kind.text_field(own)
    if text is not None and not all(text in row for row in records.get(own.on, [])):
        return False  # one finding tells of all records that their table lacks the text
    rows = [row for rows in records.values() for row in rows]
    ids = {row.get("id") for row in rows}
    references: Iterable[Any] = (value for row in rows for key, value in row.items() if key.endswith("_id"))
    return None not in ids and len(ids) > 0 and all(value in ids for value in references)
