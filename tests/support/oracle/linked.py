"""The kinds that look at linked records: ``within`` and ``linked_in``."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import slow_calendar

from .cells import ELSEWHERE, REFERS, SILENT, folded
from .logic import as_day, concerns, happened, later
from .verdict import ANY, BROKEN, KEPT, OPEN, UNKNOWN, Verdict
from .world import Ledger, Row, Span, kind_of, last_day, lateness, limit_on, merged, rules, units


def _settle(ledger: Ledger, span: Span, due: date, done: date | None) -> Verdict:
    """Done in time, done late, not done though it was due, or not yet due."""
    if done is not None and done <= due:
        return Verdict(KEPT, due)
    if done is None and due > ledger.as_of:
        return Verdict(OPEN, due)
    return Verdict(BROKEN, due, lateness(span, due, done or ledger.as_of))


def within(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> Verdict:
    table = rule["on"]
    start = as_day(row[need["from"]])
    linked = rule["require"].get("linked")
    other = need["to"].split(".")[1] if linked else None
    done, unsure = None, False
    if linked:
        acts, unsure = _linked_acts(ledger, table, linked, row, other, told=bool(need.get("also") and row[need["also"]]))
        done = min(acts, default=None)
        if need.get("also"):
            own = happened(ledger, row[need["also"]])
            done = min((d for d in (done, own) if d is not None), default=None)
    else:
        done = happened(ledger, row[need["to"]])
        unsure = ledger.lacks(table, need["to"])
    if start is None:
        return Verdict(UNKNOWN)
    if restart := need.get("restarts"):
        asked, again = happened(ledger, row[restart["asked"]]), happened(ledger, row[restart["on"]])
        again = again if again is not None and again >= start else None
        first = limit_on(need["limit"], start)
        whole = first and (_longer(ledger, need, row, start, first, unanswered=0) or first)
        last = last_day(start, whole) if whole else None
        if last is not None and asked is not None:
            if asked <= last and again is not None:
                start = again
            elif asked <= last:
                unsure = True
        elif last is not None and again is not None and row[restart["asked"]] is None:
            if again <= last:
                start = again
            else:
                unsure = True
    span = limit_on(need["limit"], start)
    if span is None:
        return Verdict(UNKNOWN)
    longer = _longer(ledger, need, row, start, span)
    if longer is None:
        plain = Span(
            span.number + (row[need["not_counted"]] or 0), span.unit
        )  # in time without any suspension, whatever it was
        return Verdict(KEPT if done is not None and done <= last_day(start, plain) else UNKNOWN, ANY)
    due = last_day(start, longer)
    if linked and linked_rows(ledger, table, linked, row):
        unsure |= _stray(ledger, table, linked, row, str(other), (start, due))
    if need.get("not_counted") and done is not None and not linked:
        passed = slow_calendar.count(as_day(row[need["from"]]), done)
        if (row[need["not_counted"]] or 0) > passed and done > last_day(start, span):
            return Verdict(UNKNOWN, ANY)
    found = _settle(ledger, span, due, done)
    return Verdict(UNKNOWN, due) if unsure and found.outcome == BROKEN else found


def _longer(
    ledger: Ledger, need: dict[str, Any], row: Row, start: date, span: Span, unanswered: int | None = None
) -> Span | None:
    """The span with the days that are not counted, and with the extension if it was notified within it; None where that is not known.

    Where a third party's own time is not known, ``unanswered`` counts in its place if it is given.
    """
    extra = row[need["not_counted"]] or 0 if need.get("not_counted") else 0
    waited = 0
    for pause in need.get("suspended", []):
        asked, answered = happened(ledger, row[pause["from"]]), happened(ledger, row[pause["to"]])
        if asked is None or asked < start or asked > last_day(start, Span(span.number + extra, span.unit)):
            continue
        if answered is not None:
            waited += max(0, slow_calendar.count(asked, answered))
        elif (most := limit_on(pause["at_most"], asked)) is None:
            if unanswered is None:
                return None
            waited += unanswered
        else:
            waited += most.number
    number = span.number + max(extra, waited)
    if need.get("extended_by_notice") and span.longer:
        notice = happened(ledger, row[need["extended_by_notice"]])
        if notice is not None and notice <= last_day(start, Span(number, span.unit)):
            number += span.longer.number
    return Span(number, span.unit, span.longer)


def _linked_acts(
    ledger: Ledger, table: str, link: dict[str, str], row: Row, day: str, *, told: bool
) -> tuple[list[date], bool]:
    """The days of linked acts that have happened, and whether there may be more: a table that records no such day is silent where the
    record itself has told the day."""
    if not ledger.gives(link["table"]):
        return [], True
    acts = []
    unsure = any(folded(str(o.get(link["by"]) or "")) in names_of(row) for o in ledger.refused[link["table"]])
    for other in linked_rows(ledger, table, link, row):
        if (act := happened(ledger, other[day])) is not None:
            acts.append(act)
        if not (told and ledger.lacks(link["table"], day)):
            unsure |= ledger.open_where_blank(link["table"], other, day)
    if not linked_rows(ledger, table, link, row):
        unsure |= _stray(ledger, table, link, row, day)
    return acts, unsure


def names_of(row: Row) -> set[str]:
    return {folded(str(row[n])) for n in ("id", "number", "title") if row.get(n) not in (None, ELSEWHERE)}


def linked_rows(ledger: Ledger, table: str, link: dict[str, str], row: Row) -> list[Row]:
    """Records of the other table that refer to this one by its id, its number or its title."""
    return [o for o in ledger.rows.get(link["table"], []) if o[link["by"]] and folded(o[link["by"]]) in names_of(row)]


def _stray(ledger: Ledger, table: str, link: dict[str, str], row: Row, day: str, days: tuple[date, date] | None = None) -> bool:
    """Whether a record of the other table refers to nothing that is there, and may mean this one: an office in common, or one unknown.

    With ``days``: it names nothing else, and is of a day from the first to the last of these, or of one unknown.

    An act that is not done by the day of the check is nobody's; when one was done of which the row was refused is not known.
    """
    targets = {n for r in ledger.rows[table] + ledger.refused[table] for n in names_of(r)}
    targets |= {
        n
        for t in ("document", "disclosure")
        if t != table
        for r in ledger.rows.get(t, [])
        if _served(ledger, t, r)
        for n in names_of(r)
    }
    mine = row["unit"] and _offices([row["unit"], *(row.get("drafting_units") or [])])
    refused = ledger.refused[link["table"]]
    for other in (*ledger.rows.get(link["table"], []), *refused):
        reference = other[link["by"]]
        if reference and folded(reference) in targets:
            continue
        is_refused = any(other is one for one in refused)
        if not is_refused and happened(ledger, other[day]) is None and not ledger.open_where_blank(link["table"], other, day):
            continue
        on = as_day(other[day])
        if days is not None and (_says(reference) or (on is not None and not days[0] <= on <= days[1])):
            continue
        if not other["unit"] or not mine:  # nobody is said to be responsible: it may be anyone's
            return True
        theirs = _offices([other["unit"]])
        if theirs & mine or _strangers(theirs | mine):
            return True
    return False


def _says(reference: str | None) -> bool:
    """Whether a reference says something: ids keep what stands there, words that fill a cell as well."""
    return reference is not None and folded(reference).strip("。.") not in SILENT | REFERS


def _served(ledger: Ledger, table: str, row: Row) -> bool:
    """Whether one of the rules with linked records surely concerns a record of another table."""
    linked = [r for r in rules().values() if r["on"] == table and "linked" in r["require"]]
    return any(concerns(ledger, r, kind_of(r), row) for r in linked)


def _offices(names: list[str | None]) -> set[str]:
    return {merged().get(p, p) for n in names if n for p in n.split("；")}


def linked_in(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> Verdict:
    link = rule["require"]["linked"]
    if not ledger.gives(link["table"]):
        return Verdict(UNKNOWN)
    found = linked_rows(ledger, rule["on"], link, row)
    refused = [o for o in ledger.refused[link["table"]] if folded(str(o.get(link["by"]) or "")) in names_of(row)]
    found, refused = ([o for o in of if not later(ledger, o[need["done"]])] for of in (found, refused))
    if not found and not refused:
        return Verdict("not_applicable")
    mine, theirs = row[need["among"]], [o[need["value"]] for o in found] + [None] * len(refused)
    if not mine:
        return Verdict(UNKNOWN)
    if any(t and _offices([t]) & _offices(mine) for t in theirs):
        return Verdict(KEPT)
    named = {p for o in (mine, [t for t in theirs if t]) for p in _offices(o)}
    return Verdict(UNKNOWN if None in theirs or _strangers(named) else BROKEN)


def _strangers(offices: set[str]) -> set[str]:
    """Those whose name nobody knows: each may be another name of any office."""
    return {n for n in offices if n not in set(units().values()) and not re.search("(镇|乡|街道|村|社区)(人民政府|政府)?$", n)}
