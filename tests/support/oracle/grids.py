"""The kind ``grid``: cell by cell, by records that surely fill it and records that may."""

from __future__ import annotations

import re
from copy import copy
from datetime import date
from itertools import product
from typing import Any

from .cells import ELSEWHERE, folded
from .grid_worlds import is_of_topic, ordered_or_pooled
from .logic import both, either, happened, has
from .sets import LAST_DAY, YEAR, Found, counts
from .subjects import named_alone
from .verdict import ANY, BROKEN, KEPT, OPEN, UNKNOWN, Verdict
from .world import ONE, Ledger, Row

Cell = tuple[str, ...]
LEFT_OUT = {"personal"}
"""Options of which the oracle says nothing: rules with one of them are not compared (``personal`` is of the kind ``columns``)."""


def grid(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Found:
    table, per = rule["on"], need.get("per")
    need = {**need, "on": table}
    if per == "subject":
        found = _grid(_by_subject(ledger, rule, need), rule, need)
        lines = {folded(row["subject"]) for row in ledger.rows[table] if "\n" in (row["subject"] or "")}
        plain = {folded(row["subject"]) for row in ledger.rows[table] if row["subject"] and "\n" not in row["subject"]}
        return {
            k: v._replace(outcome=v.outcome.replace(BROKEN, UNKNOWN), late_by=None) if k[0] in lines - plain else v
            for k, v in found.items()
        }
    return _grid(ledger, rule, need)


def _by_subject(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Ledger:
    """The ledger with a record of its own for each of several subjects that a cell names and that are known."""
    table, topic = rule["on"], need.get("roster")
    listed = [folded(r["subject"]) for r in ledger.rows.get("roster", []) if topic and r["topic"] == topic and r["subject"]]
    cells = [
        r["subject"]
        for r in ledger.rows[table]
        if counts(ledger, rule, "grid", need, r) and r["subject"] not in (None, ELSEWHERE)
    ]
    known = listed or named_alone(cells, lines=False)
    own = copy(ledger)
    own.rows, own.refused = dict(ledger.rows), dict(ledger.refused)
    for rows in (own.rows, own.refused):
        rows[table] = [made for row in rows[table] for made in _of_each(row, known)]
    return own


def _of_each(row: Row, known: list[str]) -> list[Row]:
    cell = row["subject"]
    if cell in (None, ELSEWHERE) or folded(cell) in known:
        return [row]
    pieces = [folded(p) for p in re.split(r"[;；、,，/\n和]|[（(]\d[)）]", cell) if p.strip()]
    if all(p in known for p in pieces):
        return [{**row, "subject": p} for p in pieces]
    there = [p for p in pieces if p in known] if "\n" in cell else []
    return [*({**row, "subject": p} for p in there), row]


def _grid(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Found:
    table, per = rule["on"], need.get("per")
    if need.get("in_order") or need.get("once") or need.get("pooled"):
        return ordered_or_pooled(ledger, rule, need)
    cells: list[Cell] = list(product(*(axis["values"] for axis in need["axes"])))
    rows = [(row, counts(ledger, rule, "grid", need, row)) for row in ledger.rows[table]]
    refused = [(row, counts(ledger, rule, "grid", need, row)) for row in ledger.refused[table]]
    open_ones = [row for row, answer in rows if answer is None and is_of_topic(rule, need, row)] + [r for r, a in refused if a]
    rows += [(row, _never_sure(answer)) for row, answer in refused]
    rows = [(row, answer) for row, answer in rows if answer is not False]
    found: Found = {}
    for group in _groups(rows, need) if per else [None]:
        mine = [(row, answer if group is None else both([answer, _of_group(row[per], group)])) for row, answer in rows]
        mine = [(row, answer) for row, answer in mine if answer is not False]
        found[group, str(YEAR) if need.get("every") else None] = _judge(ledger, need, mine, cells)
    nameless = [(row, answer) for row, answer in rows if per and row[per] in (None, ELSEWHERE)]
    if any(answer for _, answer in nameless):
        found[None, None] = _apart(ledger, need, nameless, cells, bool(found))
    nobody = _nobody(ledger, need, rows) if per and not found else {}
    return nobody or found | _perhaps(ledger, need, open_ones, rows, cells, found)


def _apart(
    ledger: Ledger, need: dict[str, Any], rows: list[tuple[Row, bool | None]], cells: list[Cell], named: bool
) -> Verdict:
    """Records without a subject cannot be told apart: kept only where each is whole by itself; a breach only where it is one of no other."""
    sure = [(row, answer) for row, answer in rows if answer]
    if len(sure) == 1:
        verdict = _judge(ledger, need, rows, cells)
        return verdict._replace(outcome=UNKNOWN, late_by=None) if named and verdict.outcome == BROKEN else verdict
    due = _due(need, rows)
    if all(_judge(ledger, need, [one], cells).outcome == KEPT for one in sure):
        return Verdict(f"{KEPT}|{OPEN}|{UNKNOWN}", due)
    return Verdict(f"{OPEN}|{UNKNOWN}", due)  # which of them is left open


def _perhaps(
    ledger: Ledger,
    need: dict[str, Any],
    open_ones: list[Row],
    rows: list[tuple[Row, bool | None]],
    cells: list[Cell],
    found: Found,
) -> Found:
    """Subjects that only doubtful records of the topic name: nobody is accused, and none is passed over."""
    per, period = need.get("per"), str(YEAR) if need.get("every") else None
    known: Found = {}
    for row in open_ones if per else ():
        if row[per] in (None, ELSEWHERE) or (
            need.get("done") and row[need["done"]] is not None and not happened(ledger, row[need["done"]])
        ):
            continue
        group = folded(str(row[per]))
        if (group, period) in found or (need.get("every") and _of_the_year(row) is not True):
            continue
        mine = [(other, both([answer, _of_group(other[per], group)])) for other, answer in rows]
        verdict = _judge(ledger, need, [(other, answer) for other, answer in mine if answer is not False], cells)
        known[group, period] = verdict._replace(outcome=UNKNOWN, late_by=None) if verdict.outcome == BROKEN else verdict
    return known


def _nobody(ledger: Ledger, need: dict[str, Any], rows: list[tuple[Row, bool | None]]) -> Found:
    """No subject at all: a breach only where the clause wants some each year.

    A doubtful record that is dated after the day of the check leaves nothing open: nothing was there yet, whatever it is about.
    """
    if not need.get("wanted_yearly"):
        return {}
    if ledger.as_of < LAST_DAY:
        return {(None, None): Verdict(OPEN, LAST_DAY)}
    done = need.get("done")
    may_be_there = any(not done or row[done] is None or happened(ledger, row[done]) for row, _ in rows)
    return {(None, None): Verdict(UNKNOWN if may_be_there else BROKEN, LAST_DAY)}


def _never_sure(answer: bool | None) -> bool | None:
    return None if answer else answer


def _groups(rows: list[tuple[Row, bool | None]], need: dict[str, Any]) -> list[str]:
    names = [folded(str(row[need["per"]])) for row, answer in rows if answer and row[need["per"]] not in (None, ELSEWHERE)]
    return list(dict.fromkeys(names))


def _of_group(value: str | None, group: str) -> bool | None:
    return None if value in (None, ELSEWHERE) else folded(str(value)) == group


def _judge(ledger: Ledger, need: dict[str, Any], rows: list[tuple[Row, bool | None]], cells: list[Cell]) -> Verdict:
    sure = {c for c in cells for row, answer in rows if both([answer, _fills(ledger, need, row, c)])}
    maybe = {c for c in cells for row, answer in rows if both([answer, _fills(ledger, need, row, c)]) is None}
    due = _due(need, rows)
    if len(sure) == len(cells):
        return _in_time(ledger, need, rows, cells, due)
    if due > ledger.as_of:  # from which of doubtful first records the days run is left open
        return Verdict(OPEN, ANY if need.get("follow_up") else due)
    if sure | maybe >= set(cells):
        # What surely came too late is a breach, whatever the others are.
        verdict = _in_time(ledger, need, rows, [c for c in cells if c in sure], due)
        return verdict if verdict.outcome == BROKEN else Verdict(UNKNOWN, due)
    return Verdict(BROKEN, due)


def _in_time(
    ledger: Ledger, need: dict[str, Any], rows: list[tuple[Row, bool | None]], cells: list[Cell], due: date
) -> Verdict:
    """Whether each cell was filled by the due day, also by what has been taken down since."""
    done = need.get("done")
    if not done:
        return Verdict(KEPT, due)
    ever = {k: v for k, v in need.items() if k != "until"}
    answers = {c: [(row, both([answer, _fills(ledger, ever, row, c)])) for row, answer in rows] for c in cells}
    first = {c: min(row[done] for row, answer in of if answer) for c, of in answers.items()}
    late = [c for c in cells if first[c] > due]
    if not late:
        return Verdict(KEPT, due)
    # A doubtful record dated after the due day leaves open only how late it was; one whose day was not read may be of any day.
    perhaps = {c: [row[done] or date.min for row, a in answers[c] if a is None] for c in late}
    surely = {c: min([first[c], *perhaps[c]]) for c in late if all(day > due for day in perhaps[c])}
    return Verdict(BROKEN, due, (max(surely.values()) - due).days) if surely else Verdict(UNKNOWN, due)


def _due(need: dict[str, Any], rows: list[tuple[Row, bool | None]]) -> date:
    """The end of the year in which it began; what began shortly before it has some days more."""
    if not need.get("follow_up"):
        return LAST_DAY
    begun = [day for row, answer in rows if answer for day in (row["formed_on"], row["published_on"]) if day is not None]
    if not begun:
        return LAST_DAY
    first = min(begun)
    return max(LAST_DAY, first + int(need["follow_up"].split()[0]) * ONE, date(first.year, 12, 31))


def _fills(ledger: Ledger, need: dict[str, Any], row: Row, cell: Cell) -> bool | None:
    answers: list[bool | None] = []
    for number, (axis, value) in enumerate(zip(need["axes"], cell, strict=True)):
        names = [value, *(need.get("stands_for", {}).get(value, []) if number == len(cell) - 1 else [])]
        names += [word for word, values in need.get("comprises", {}).items() if value in values and number == len(cell) - 1]
        answers.append(either(has(axis["field"], row[axis["field"]], name) for name in names))
    for element in need.get("holds", {}).get(cell[0], []):
        answers.append(has("elements", row["elements"], element))
    if done := need.get("done"):
        day = happened(ledger, row[done])
        answers.append(None if ledger.open_where_blank(need["on"], row, done) else day is not None)
        if need.get("every") and cell[0] not in need.get("any_year", []):
            answers.append(_of_the_year(row))
    if (dated := need.get("dated")) and row[dated] is not None:
        answers.append(happened(ledger, row[dated]) is not None)
    if (until := need.get("until")) and row[until] is not None:
        answers.append(row[until] >= min(ledger.as_of, LAST_DAY))
    return both(answers)


def _of_the_year(row: Row) -> bool | None:
    """By the period that it names, else by the day on which it was formed."""
    if row["period"] is not None:
        return bool(row["period"][:4] == str(YEAR))
    return None if row["formed_on"] is None else row["formed_on"].year == YEAR


__all__ = ["LEFT_OUT", "grid"]
