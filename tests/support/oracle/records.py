"""The kinds about single records, judged one record at a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import slow_calendar
from opencheck.records.tables import TABLES

from .cells import ELSEWHERE, folded
from .logic import as_day, both, concerns, happened, holds, is_open, may_be_on_roster
from .texts import LABELLED, SHOWS
from .world import ONE, Ledger, Row, Span, kind_of, last_day, lateness, limit_on, merged, rules, units

ANY = date.min
"""A due day that no docstring tells."""
UNKNOWN, KEPT, BROKEN, OPEN = "indeterminate", "pass", "violation", "pending"


class Verdict(NamedTuple):
    """What is compared with the product."""

    outcome: str
    due: date | None = None
    late_by: int | None = None


def judge_record(ledger: Ledger, rule: dict[str, Any], kind: str, row: Row) -> Verdict:
    """What the rule says of a record."""
    table = rule["on"]
    applies = concerns(ledger, rule, kind, row)
    found = KINDS[kind](ledger, rule, rule["require"][kind], row)
    if found.outcome == "skip":
        return found
    outcome = found.outcome if applies else UNKNOWN
    if applies is False:
        return found._replace(outcome="not_applicable", late_by=None)
    if holds(ledger, table, row, rule.get("consistent") or {}) is not True:
        outcome = UNKNOWN
    for grant in rule.get("exceptions", []):
        basis = {grant["basis"]: {"present": True} | ({"matches": grant["matches"]} if "matches" in grant else {})}
        claimed = holds(ledger, table, row, grant["when"])
        granted = both([claimed, holds(ledger, table, row, basis)])
        if granted:
            return found._replace(outcome="not_applicable", late_by=None)
        if granted is None and outcome == BROKEN and not _never_excepted(rule, row):
            outcome = UNKNOWN
    if outcome == BROKEN and rule.get("justification"):
        reason = row[rule["justification"]]
        outcome = "needs_review" if reason == ELSEWHERE else BROKEN if reason is None else KEPT
    if outcome == UNKNOWN and any(_refers(row[n]) for n in fields_read(rule, kind)):
        outcome = "needs_review"
    return found._replace(outcome=outcome, late_by=found.late_by if outcome == BROKEN else None)


def _never_excepted(rule: dict[str, Any], row: Row) -> bool:
    """Whether the text shows what no exception names."""
    return bool(SHOWS.get(row.get("text") or "", set()) & set(rule["require"].get("free_of", {}).get("never_excepted", [])))


def _refers(value: Any) -> bool:
    return value == ELSEWHERE or (isinstance(value, list) and ELSEWHERE in value)


def fields_read(rule: dict[str, Any], kind: str) -> set[str]:
    """The fields of its own table that the rule names anywhere."""
    names: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in ("title", "says"):
                    continue
                names.add(str(key))
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)
        elif isinstance(value, str):
            names.add(value)

    for part in ("when", "consistent", "exceptions", "due", "require", "justification", "for_year"):
        look(rule.get(part))
    if kind == "free_of" or kind == "marked":
        names |= {"text", "attribute"} if kind == "marked" else {rule["require"][kind].get("text", "text")}
    if rule["on"] == "disclosure" and rule.get("open_only", kind in ("within", "posted", "permanent")):
        names |= {"attribute", "non_disclosure_reason", "confidential_basis"}
    return names & set(TABLES[rule["on"]].fields)


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
        acts, unsure = _linked_acts(ledger, table, linked, row, other)
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
        if again is not None and again >= start:
            start = again
        else:
            unsure |= asked is not None
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
    found = _settle(ledger, span, due, done)
    return Verdict(UNKNOWN, due) if unsure and found.outcome == BROKEN else found


def _longer(ledger: Ledger, need: dict[str, Any], row: Row, start: date, span: Span) -> Span | None:
    """The span with the days that are not counted, and with the extension if it was notified within it; None where that is not known."""
    extra = row[need["not_counted"]] or 0 if need.get("not_counted") else 0
    waited = 0
    for pause in need.get("suspended", []):
        asked, answered = happened(ledger, row[pause["from"]]), happened(ledger, row[pause["to"]])
        if asked is None or asked < start or asked > last_day(start, Span(span.number + extra, span.unit)):
            continue
        if answered is not None:
            waited += max(0, slow_calendar.count(asked, answered))
        elif (most := limit_on(pause["at_most"], asked)) is None:
            return None
        else:
            waited += most.number
    number = span.number + max(extra, waited)
    if need.get("extended_by_notice") and span.longer:
        notice = happened(ledger, row[need["extended_by_notice"]])
        if notice is not None and notice <= last_day(start, Span(number, span.unit)):
            number += span.longer.number
    return Span(number, span.unit, span.longer)


def _linked_acts(ledger: Ledger, table: str, link: dict[str, str], row: Row, day: str) -> tuple[list[date], bool]:
    """The days of linked acts that have happened, and whether there may be more."""
    if not ledger.gives(link["table"]):
        return [], True
    acts = []
    unsure = any(folded(str(o.get(link["by"]) or "")) in names_of(row) for o in ledger.refused[link["table"]])
    for other in linked_rows(ledger, table, link, row):
        if (act := happened(ledger, other[day])) is not None:
            acts.append(act)
        unsure |= ledger.open_where_blank(link["table"], other, day)
    if not linked_rows(ledger, table, link, row):
        unsure |= _stray(ledger, table, link, row)
    return acts, unsure


def names_of(row: Row) -> set[str]:
    return {folded(str(row[n])) for n in ("id", "number", "title") if row.get(n) not in (None, ELSEWHERE)}


def linked_rows(ledger: Ledger, table: str, link: dict[str, str], row: Row) -> list[Row]:
    """Records of the other table that refer to this one by its id, its number or its title."""
    return [o for o in ledger.rows.get(link["table"], []) if o[link["by"]] and folded(o[link["by"]]) in names_of(row)]


def _stray(ledger: Ledger, table: str, link: dict[str, str], row: Row) -> bool:
    """Whether a record of the other table refers to nothing that is there, and may mean this one: an office in common, or one unknown."""
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
    for other in ledger.rows.get(link["table"], []):
        reference = other[link["by"]]
        if reference and folded(reference) in targets:
            continue
        if not other["unit"] or not mine:  # nobody is said to be responsible: it may be anyone's
            return True
        theirs = _offices([other["unit"]])
        if theirs & mine or _strangers(theirs | mine):
            return True
    return False


def _served(ledger: Ledger, table: str, row: Row) -> bool:
    """Whether one of the rules with linked records surely concerns a record of another table."""
    linked = [r for r in rules().values() if r["on"] == table and "linked" in r["require"]]
    return any(concerns(ledger, r, kind_of(r), row) for r in linked)


def _offices(names: list[str | None]) -> set[str]:
    return {merged().get(p, p) for n in names if n for p in n.split("；")}


def posted(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> Verdict:
    first, last = row[need["from"]], row[need["until"]]
    number = int(need["at_least"].split()[0])
    if first is None:
        return Verdict(UNKNOWN)
    due = first + (number - 1) * ONE
    if last is not None and last < first:
        return Verdict(UNKNOWN, due)
    if first > ledger.as_of:
        return Verdict(OPEN, due)
    if last is None and ledger.lacks(rule["on"], need["until"]):
        return Verdict(UNKNOWN, due)
    ended = last is not None and last <= ledger.as_of
    days, day = 0, first
    while day <= (last if ended else ledger.as_of):
        days, day = days + 1, day + ONE
    if days >= number:
        return Verdict(KEPT, due)
    return Verdict(BROKEN, due, number - days) if ended else Verdict(OPEN, due)


def meets(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> Verdict:
    answer = holds(ledger, rule["on"], row, need)
    due, open_, unsure = due_day(ledger, rule, row)
    if answer:
        return Verdict(KEPT, due)
    if open_:
        return Verdict(OPEN, due)
    if answer is None or unsure:
        return Verdict(UNKNOWN, due)
    return Verdict(BROKEN, due)


def due_day(ledger: Ledger, rule: dict[str, Any], row: Row) -> tuple[date | None, bool, bool]:
    """The day on which the duty falls due, whether it is still to come, and whether it is unknown."""
    due = rule.get("due")
    if not due:
        return None, False, False
    if "year_end_of" in due:
        year = row[due["year_end_of"]]
        return (date(year, 12, 31), date(year, 12, 31) > ledger.as_of, False) if year else (None, False, True)
    day = next((as_day(row[n]) for n in due["on"] if row[n] is not None), None)
    if day is not None and "limit" in due:
        span = limit_on(due["limit"], day)
        day = last_day(day, span) if span else None
    return day, day is not None and day > ledger.as_of, day is None


def marked(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> Verdict:
    due, open_, _ = due_day(ledger, rule, row)
    text, mark = row["text"], row["attribute"]
    if ledger.lacks(rule["on"], "text"):
        return Verdict("skip")  # told once of the whole table
    if text is None:
        return Verdict(OPEN if open_ else UNKNOWN, due)
    label = LABELLED.get(text)  # a text that is there is judged, before the day of signing, too
    if label is None:
        return Verdict(BROKEN, due)
    if label == "?" or mark not in ("主动公开", "删减后公开", "依申请公开", "不予公开"):  # another word may be one of them
        return Verdict(UNKNOWN, due)
    return Verdict(KEPT if label == mark else BROKEN, due)


def linked_in(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> Verdict:
    link = rule["require"]["linked"]
    if not ledger.gives(link["table"]):
        return Verdict(UNKNOWN)
    found = linked_rows(ledger, rule["on"], link, row)
    refused = [o for o in ledger.refused[link["table"]] if folded(str(o.get(link["by"]) or "")) in names_of(row)]
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


def stages(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> Verdict:
    table, optional = rule["on"], need.get("optional", [])
    days = [(n, row[n] if row[n] and as_day(row[n]) <= ledger.as_of else None) for n in need["steps"]]
    filled = [d for _, d in days if d is not None]
    if not filled:
        return Verdict(UNKNOWN if ledger.lacks(table, need["steps"][-1]) else OPEN, ANY)
    if filled != sorted(filled):
        return Verdict(BROKEN, ANY)
    last = max((i for i, (_, d) in enumerate(days) if d is not None), default=-1)
    skipped = [n for n, d in days[:last] if d is None and n not in optional]
    if any(not ledger.lacks(table, n) for n in skipped):
        return Verdict(BROKEN, ANY)
    unrecorded = [n for i, (n, d) in enumerate(days) if d is None and n not in optional and ledger.lacks(table, n)]
    if skipped or need["steps"][-1] in unrecorded:
        return Verdict(UNKNOWN, ANY)
    return Verdict(KEPT if last == len(days) - 1 else OPEN, ANY)


def recent(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> Verdict:
    last = row[need["field"]]
    if last is None:
        return Verdict(UNKNOWN)
    span = limit_on(need["limit"], last)
    if span is None:
        return Verdict(UNKNOWN)
    due = last + span.number * ONE if span.unit == "days" else last_day(last, span)
    if last > ledger.as_of:
        return Verdict(UNKNOWN, due)
    if ledger.as_of <= due:
        return Verdict(KEPT, due)
    return Verdict(BROKEN, due, lateness(span, due, ledger.as_of))


def within_hours(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> Verdict:
    start, done = row[need["from"]], row[need["to"]]
    if start is None:
        return Verdict(UNKNOWN)
    span = limit_on(need["limit"], start.date())
    if span is None:
        return Verdict(UNKNOWN)
    due = start + timedelta(hours=span.number)
    end = datetime(ledger.as_of.year, ledger.as_of.month, ledger.as_of.day) + ONE
    if done is not None and done < start:
        return Verdict(UNKNOWN, due.date())
    done = None if done is None or done >= end else done
    if done is None and due < end and ledger.lacks(rule["on"], need["to"]):
        return Verdict(UNKNOWN, due.date())
    if done is not None and done <= due:
        return Verdict(KEPT, due.date())
    if done is None and due >= end:
        return Verdict(OPEN, due.date())
    late = int(((done or end) - due).total_seconds())
    unit = 60 if late < 3600 else 3600
    return Verdict(BROKEN, due.date(), late // unit + (late % unit > 0))


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


def free_of(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row) -> Verdict:
    field = need.get("text", "text")
    text = row[field]
    if ledger.lacks(rule["on"], field) or row.get("personal_data_basis") == ELSEWHERE:
        return Verdict("skip")  # told once of the whole table; for a person to read
    if text is None or text == ELSEWHERE:
        return Verdict(UNKNOWN)
    shown = SHOWS.get(text)
    wanted = set(need.get("personal", [])) | ({"copy_list", "contact"} if need.get("patterns") else set())
    return Verdict("skip" if shown is None else BROKEN if shown & wanted else KEPT)


KINDS: dict[str, Callable[[Ledger, dict[str, Any], Any, Row], Verdict]] = {
    "within": within,
    "posted": posted,
    "meets": meets,
    "marked": marked,
    "linked_in": linked_in,
    "stages": stages,
    "recent": recent,
    "within_hours": within_hours,
    "permanent": permanent,
    "free_of": free_of,
}
