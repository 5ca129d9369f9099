"""The kind ``converted``: what many ask for, or what a meeting decided, and when it was published."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

from .cells import ELSEWHERE, folded
from .logic import as_day, both, happened, holds, is_open, may_be_any_topic
from .sets import Found, counts
from .verdict import BROKEN, KEPT, OPEN, UNKNOWN, Verdict
from .world import Ledger, Row, last_day, lateness, limit_on


def worded(text: str) -> str:
    """A wording without punctuation and white space."""
    return re.sub(r"[\s《》。“”、，;；()（）]+", "", folded(text))


def bare(text: str) -> str:
    """The same without the formulas that the generator writes around it."""
    key = re.sub("^(申请公开|关于)+", "", worded(text))
    return re.sub("(的信息|的申请)$", "", key) or worded(text)


def announced(text: str) -> str:
    """What a title or a matter names, without the formulas of decisions that the generator writes around it."""
    key = re.sub("^(市政府|关于)+", "", worded(text))
    return re.sub("(的决定|的信息|事项)+$", "", key) or worded(text)


class _Request(NamedTuple):
    sure: bool
    wording: str
    day: date | None


class _Published(NamedTuple):
    sure: bool
    names: list[str]
    day: date | None
    """None where it cannot be read."""


def converted(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Found:
    """A verdict for each thing that is asked for; one more where some requests do not tell what they ask for."""
    asked: dict[str, list[_Request]] = {}
    named = announced if need["of"] == "topics_decided" else bare
    nameless = 0
    table = rule["on"]
    for row in ledger.rows[table] + ledger.refused[table]:
        usable = row not in ledger.refused[table]
        answer = both([counts(ledger, rule, "converted", need, row), holds(ledger, table, row, need.get("where") or {})])
        day = as_day(row[need["day"]])
        if answer is False or (day is not None and day > ledger.as_of):
            continue
        cell = row[need["of"]]
        for name in cell if isinstance(cell, list) else [cell]:
            if name is None or name == ELSEWHERE:
                nameless += 1
            else:
                asked.setdefault(named(name), []).append(
                    _Request(bool(answer) and usable and day is not None, worded(name), day)
                )
        if cell is None and need["of"] == "topics_decided":
            nameless -= 1  # only what was entered is looked for
    out = _publications(ledger, need)
    found: Found = {(what, None): _judge(ledger, need, what, of, out, sorted(asked)) for what, of in asked.items()}
    sure = [sum(r.sure for r in of) for of in asked.values()]
    few = max((n for n in sure if n < need["at_least"]), default=0)
    if nameless and few + nameless >= need["at_least"]:
        found[None, None] = Verdict(UNKNOWN)
    return found


def _publications(ledger: Ledger, need: dict[str, Any]) -> list[_Published] | None:
    table = need["into"]["table"]
    if not ledger.gives(table) or (ledger.rows[table] and ledger.lacks(table, "published_on")):
        return None
    found = []
    for row in ledger.rows[table] + ledger.refused[table]:
        usable = row not in ledger.refused[table]
        answer, topic = is_open(row), _of_topic(need, row)
        day = happened(ledger, row["published_on"])
        if answer is False or topic is False or (row["published_on"] is not None and day is None) or (day is None and usable):
            continue
        cells = [n for n in (row[need["into"]["by"]], row["title"]) if n not in (None, ELSEWHERE)] if topic else []
        listed = need["of"] == "topics_decided"
        if topic and (listed or (cells and cells[0] == row[need["into"]["by"]])):
            several = cells if listed else cells[:1]
            cells += [p for cell in several for p in re.split("[;；、,，\n]", cell) if p.strip()]
        names = [announced(n) if listed else bare(n) for n in cells]
        found.append(_Published(bool(answer) and usable, names, day))
    return found


def _of_topic(need: dict[str, Any], row: Row) -> bool | None:
    """Whether it is of the topic that is asked for; one that nobody knows, or none, may be."""
    if not need.get("topic"):
        return True
    topic = row["topic"]
    if topic in (None, ELSEWHERE) or may_be_any_topic(topic):
        return None
    return bool(topic == need["topic"])


def _judge(
    ledger: Ledger, need: dict[str, Any], what: str, asked: list[_Request], out: list[_Published] | None, matters: list[str]
) -> Verdict:
    least, listed = need["at_least"], need["of"] == "topics_decided"
    sure = sorted(r.day for r in asked if r.sure and r.day)
    maybe = [r.day or date.min for r in asked if not r.sure]
    if len(sure) < least:
        return Verdict("not_applicable" if len(sure) + len(maybe) < least else UNKNOWN)
    start = sure[least - 1]
    span = limit_on(need["limit"], start)
    assert span is not None
    due = last_day(start, span)
    if out is None:
        return Verdict(UNKNOWN, due)
    ours = [p for p in out if what in p.names]
    days = [p.day for p in ours if p.sure and p.day and (not listed or p.day >= start)]
    done = min(days, default=None)
    if done is not None and done <= due:
        earliest = sorted([*sure, *maybe])[least - 1]
        first = limit_on(need["limit"], earliest) if earliest > date.min else None
        return Verdict(KEPT if first and done <= last_day(earliest, first) else UNKNOWN, due)
    if done is None and due > ledger.as_of:
        return Verdict(OPEN, due)
    late = lateness(span, due, done or ledger.as_of)

    def at_least(perhaps: list[_Published]) -> int | None:
        """How late it is if one of these is it, which were too late as well."""
        return lateness(span, due, min([done, *(p.day for p in perhaps if p.day and due < p.day)])) if done else late

    in_time = [p for p in ours if not p.sure and (p.day is None or (p.day <= due and (not listed or p.day >= start)))]
    if in_time or (listed and any(p.sure and p.day and p.day < start and what in p.names for p in ours)):
        return Verdict(UNKNOWN, due)
    wordings = [r.wording for r in asked if r.sure]
    if max(wordings.count(w) for w in wordings) < least:
        return Verdict("needs_review", due)
    if listed:
        strange = [p for p in out if not set(matters) & set(p.names)]
        longer = [p for p in out if any(what in n for n in p.names if n not in matters)]
        if done is None and any(p.day is not None and p.day >= start for p in strange + longer):
            return Verdict("needs_review", due)
        if done is None and any(p.day is None for p in strange):
            return Verdict(f"needs_review|{BROKEN}", due, late)
        if any(p.day is not None and start <= p.day <= due for p in longer):
            return Verdict("needs_review", due)
        return Verdict(BROKEN, due, at_least([p for p in ours if not p.sure] + longer))
    last = date.max if done is None else due
    if any(not p.names and (p.day is None or start <= p.day <= last) for p in out):
        return Verdict(UNKNOWN, due)
    return Verdict(BROKEN, due, at_least([p for p in ours if not p.sure] + [p for p in out if not p.names]))


__all__ = ["bare", "converted"]
