"""The kind ``evidence``: the latest verdict that counts decides; without one a person must judge."""

from __future__ import annotations

from datetime import date
from typing import Any

from .cells import ELSEWHERE, folded
from .sets import YEAR, Found
from .verdict import BROKEN, KEPT, Verdict
from .world import ONE, Ledger, Row


def evidence(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Found:
    """A verdict for each unit that the clause, the table of units or the evidence names; what is said of several is said of each."""
    clause = folded(rule["clause"])
    ours = [row for row in ledger.rows["evidence"] if row["clause"] is not None and folded(row["clause"]) == clause]
    lost = any(row["clause"] is None or folded(row["clause"]) == clause for row in ledger.refused["evidence"])
    names = [name for row in ours for name in _units(row)]
    if need.get("each_unit") is True and ledger.gives("unit"):
        rows = ledger.rows["unit"] + ledger.refused["unit"]
        names += [name for row in rows if row["year"] in (YEAR, None) for name in _units(row)]
    elif need.get("each_unit"):
        names += need["each_unit"] if isinstance(need["each_unit"], list) else []
    found: Found = {}
    for unit in dict.fromkeys(names or [None]):
        verdict = _of_unit(ledger, need, [row for row in ours if unit in _units(row)])
        # A row that could not be used may hold a later verdict.
        found[unit, None] = Verdict("needs_review" if lost and verdict == KEPT else verdict)
    return found


def _units(row: Row) -> list[str | None]:
    return list(row["unit"].split("；")) if row["unit"] else [None]


def _of_unit(ledger: Ledger, need: dict[str, Any], rows: list[Row]) -> str:
    """The latest verdict decides; of one day the worse."""
    given = [row for row in rows if _counts(ledger, row)]
    if not given:
        return "needs_review"

    def until(row: Row) -> date:
        day: date = row["valid_until"] or row["reviewed_on"] + int(need["valid"].split()[0]) * ONE
        return day

    latest = max(given, key=lambda row: (row["reviewed_on"], row["verdict"] == "not_met", until(row)))
    if latest["verdict"] == "not_met":  # holds until another verdict is given
        return BROKEN
    return KEPT if until(latest) >= ledger.as_of else "needs_review"


def _counts(ledger: Ledger, row: Row) -> bool:
    """A verdict with reviewer and day, given by the day of the check, on a material that was there; for "not met" there may be none."""
    reviewed, dated = row["reviewed_on"], row["dated_on"]
    if row["verdict"] is None or not _names(row["reviewer"]) or reviewed is None or reviewed > ledger.as_of:
        return False
    if row["verdict"] == "not_met":
        return True
    return bool(dated <= reviewed) if dated is not None else _names(row["title"]) or _names(row["url"])


def _names(text: str | None) -> bool:
    """Whether a cell names somebody or something: an attachment that it refers to does not."""
    return text is not None and text != ELSEWHERE
