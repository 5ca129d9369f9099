"""The kinds about single records, judged one record at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from opencheck.records.tables import TABLES

from .cells import ELSEWHERE, UNFOUNDED
from .linked import linked_in, within
from .logic import PLANNED, as_day, both, concerns, holds, later
from .permanent import permanent
from .texts import LABELLED, SHOWS
from .verdict import ANY, BROKEN, KEPT, OPEN, UNKNOWN, Verdict
from .world import ONE, Ledger, Row, last_day, lateness, limit_on


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
    if applies and not _begun(ledger, rule, row):
        outcome = OPEN
    agrees = holds(ledger, table, row, rule.get("consistent") or {})
    if agrees is False or (agrees is None and outcome != OPEN):
        outcome = (
            UNKNOWN  # what may have been done before the limit ends, in a column that no source has, is still to come or kept
        )
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
        outcome = "needs_review" if reason == ELSEWHERE else BROKEN if reason in {None, *UNFOUNDED["reason"]} else KEPT
    if outcome == UNKNOWN and any(_refers(row[n]) for n in fields_read(rule, kind)):
        outcome = "needs_review"
    return found._replace(outcome=outcome, late_by=found.late_by if outcome == BROKEN else None)


def _begun(ledger: Ledger, rule: dict[str, Any], row: Row) -> bool:
    """Whether the acts have happened from which the duty comes: those that it asks for of its records, and one of those of its due day."""
    starts = [n for n in rule.get("due", {}).get("on", []) if n not in PLANNED and row[n] is not None]
    if starts and all(later(ledger, row[n]) for n in starts):
        return False
    return holds(ledger, rule["on"], row, rule.get("when") or {}) is not False


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
        return Verdict(OPEN if due > ledger.as_of else UNKNOWN, due)
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
    label = LABELLED.get(text)
    if label is None:
        return Verdict(BROKEN, due)
    if label == "?" or mark not in ("主动公开", "删减后公开", "依申请公开", "不予公开"):  # another word may be one of them
        return Verdict(UNKNOWN, due)
    return Verdict(KEPT if label == mark else BROKEN, due)


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
