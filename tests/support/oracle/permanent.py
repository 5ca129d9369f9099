"""The kind ``permanent``: what must stay up, with its renewals."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from .cells import ELSEWHERE, folded
from .logic import both, concerns, is_open, may_be_on_roster
from .verdict import BROKEN, KEPT, UNKNOWN, Verdict
from .world import ONE, Ledger, Row


def permanent(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> Verdict:
    last, first = row[need["until"]], row[need["since"]] if need.get("since") else ledger.as_of
    if first is not None and first > ledger.as_of and (last is not None or not ledger.lacks(rule["on"], need["until"])):
        return Verdict("not_applicable")  # not up yet
    if last is None and first is None and not ledger.lacks(rule["on"], need["until"]):
        return Verdict(UNKNOWN if ledger.lacks(rule["on"], need["since"]) else "not_applicable")  # never put up
    if last is None:
        return Verdict(UNKNOWN if ledger.lacks(rule["on"], need["until"]) else KEPT)
    if first is not None and last < first and need.get("since"):
        return Verdict(UNKNOWN)  # down before it was up
    if last > ledger.as_of:
        return Verdict(KEPT)
    if not need.get("while_on_roster"):
        return Verdict(BROKEN)
    surely = perhaps = last
    if need.get("renewed"):
        sure, maybe = _renewals(ledger, rule, need, row)
        surely, perhaps = _chain(last, sure), _chain(last, sure + maybe)
    if surely > ledger.as_of:
        return Verdict(KEPT)
    if row["subject"] in (None, ELSEWHERE):
        return Verdict(UNKNOWN)
    listed = [r for r in ledger.rows.get("roster", []) if _listed(need, row, r)]
    unsure = [r for r in ledger.refused.get("roster", []) if _listed(need, row, r)] + [
        r for r in listed if r["topic"] != need["while_on_roster"]
    ]
    ends = [r["until"] for r in listed if r not in unsure]
    if not ends or unsure:
        return Verdict(UNKNOWN)
    ended = None if None in ends else max(ends)
    if ended is not None and ended <= surely:
        return Verdict(KEPT)
    if perhaps > ledger.as_of or (ended is not None and ended <= perhaps) or ledger.lacks(rule["on"], "published_on"):
        return Verdict(UNKNOWN)
    return Verdict(BROKEN)


def _listed(need: dict[str, Any], row: Row, listed: Row) -> bool:
    """Whether a row of the roster is about a subject, as far as can be told."""
    about = listed["subject"] is not None and folded(listed["subject"]) == folded(row["subject"])
    return about and may_be_on_roster(listed["topic"], need["while_on_roster"])


FAR = date(9000, 1, 1)
Up = tuple[date, date]
"""From when to when something was up."""


def _renewals(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> tuple[list[Up], list[Up]]:
    """When others of the same subject and level were up, surely and perhaps."""
    sure: list[Up] = []
    maybe: list[Up] = []
    refused = ledger.refused[rule["on"]]
    for other in ledger.rows[rule["on"]] + refused:
        if other is row:
            continue
        first, last = other["published_on"], other[need["until"]] or FAR
        contradicts = first is not None and last < first  # until when it was up nobody knows
        named = other["subject"] not in (None, ELSEWHERE, "全市")
        answer = both(
            [
                concerns(ledger, rule, "permanent", other, absence=True),
                is_open(other),
                _renews(row["subject"], other["subject"]) if named else None,
                None if (other["level"] is None) != (row["level"] is None) else other["level"] == row["level"],
                None if other in refused or contradicts else True,
            ]
        )
        last = FAR if contradicts else last
        if not named and other["topic"] != rule["when"]["topic"]:
            continue  # what names neither its subject nor, as one of the known, its topic is taken for none
        if answer is False or (first is None and other not in refused) or (first is not None and first > ledger.as_of):
            continue
        (sure if answer else maybe).append((first or date.min, last))
    return sure, maybe


def _renews(subject: str | None, other: str) -> bool:
    """Whether a list is about the same subject; of several in a cell, one of them or all as they stand."""
    return folded(subject or "") in [folded(p) for p in (other, *re.split("[;；、,，]", other))]


def _chain(end: date, spans: list[Up]) -> date:
    """Until when something was up, with what follows it without a gap."""
    for first, last in sorted(spans):
        if first <= end + ONE:
            end = max(end, last)
    return end
