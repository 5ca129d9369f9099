"""The kind ``in_one_place``: what is in doubt is thought out both ways, and a conclusion has to hold whichever way it is."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random
from typing import Any, NamedTuple

from .cells import ELSEWHERE, folded
from .logic import happened, may_be_on_roster
from .sets import LAST_DAY, YEAR, Found, counts
from .subjects import ALL, meant, named_alone
from .verdict import BROKEN, KEPT, OPEN, UNKNOWN, Verdict
from .world import Ledger, Row, terms

SOME = 120
"""So many of the ways in which the doubts may turn out are looked at."""


class _Act(NamedTuple):
    """A publication: whether it counts, whom it is about (None: anybody) and where it was (None: anywhere)."""

    counts: bool | None
    subjects: list[str] | None
    places: list[str] | None


def in_one_place(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Found:
    """A verdict for each subject that is expected; one more where the roster is not there, or not whole."""
    found: Found = {}
    listed = [row for row in ledger.rows.get("roster", []) if may_be_on_roster(row["topic"], need["roster"])]
    listed += [row for row in ledger.refused.get("roster", []) if may_be_on_roster(row["topic"], need["roster"])]
    named = [row for row in ledger.rows.get("roster", []) if row["topic"] == need["roster"] and row["subject"]]
    expected = {folded(row["subject"]) for row in named if _there(row)}
    if not expected or len(named) < len(listed):
        found[None, None] = Verdict(UNKNOWN)
    rows = [(row, True) for row in ledger.rows[rule["on"]]] + [(row, False) for row in ledger.refused[rule["on"]]]
    each = [(row["subject"], a) for row, usable in rows if (a := _act(ledger, rule, need, row, usable=usable))]
    cells = [cell for cell, act in each if act.counts and cell not in (None, *ALL)]
    listed_names = [folded(row["subject"]) for row in named]
    known = listed_names or named_alone(cells)
    acts = [act for cell, one in each for act in _of_each(one, cell, known, guess=bool(listed_names))]
    if not expected:
        expected = {s for act in acts if act.counts for s in act.subjects or []}
    worlds = list(_worlds(acts, sorted(expected), need, Random("worlds")))
    certain = len(worlds) == 1
    for subject in expected:
        answers = {world[subject] for world in worlds}
        if ledger.as_of < LAST_DAY:
            outcome = KEPT if answers == {True} else OPEN
            outcome = f"{KEPT}|{OPEN}" if outcome == KEPT and not certain else outcome
        elif len(answers) > 1:
            outcome = UNKNOWN
        else:  # what is doubtful need not be thought out to the end
            outcome = (KEPT if answers == {True} else BROKEN) + ("" if certain else f"|{UNKNOWN}")
        found[subject, None] = Verdict(outcome, LAST_DAY)
    return found


def _there(row: Row) -> bool:
    """Whether a subject of the roster is there in the year."""
    first, last = row["since"], row["until"]
    return (first is None or first <= LAST_DAY) and (last is None or last >= date(YEAR, 1, 1))


def _act(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row, *, usable: bool) -> _Act | None:
    """What a record shows; None where it surely counts for nothing."""
    answer = counts(ledger, rule, "in_one_place", need, row)
    day = row["published_on"]
    if (day is not None and (happened(ledger, day) is None or day.year != YEAR)) or (
        day is None and usable and not ledger.open_where_blank(rule["on"], row, "published_on")
    ):
        answer = False
    elif day is None or not usable:
        answer = None if answer else answer
    if answer is False:
        return None
    places = row[need["place"]]
    return _Act(answer, None, None if places is None or ELSEWHERE in places else [folded(p) for p in places])


def _of_each(act: _Act, cell: str | None, known: list[str], *, guess: bool) -> list[_Act]:
    """What a record shows of those whom it surely names, and of those whom it may mean."""
    if cell is None or cell in ALL:
        return [act]
    named = meant(cell, known, guess=guess)
    maybe = [act._replace(counts=None, subjects=[name]) for name in named.perhaps]
    return [act._replace(subjects=named.sure), *maybe, *([act._replace(counts=None)] if named.others else [])]


def _worlds(acts: list[_Act], expected: list[str], need: dict[str, Any], random: Random) -> Any:
    """For each way in which the doubts may turn out, who of the expected kept the duty."""
    apart = {folded(p) for p in need.get("apart", [])}
    known = {folded(p) for p in terms(need["place"]).values()} | apart
    used = sorted({p for act in acts for p in act.places or []})
    strange = [p for p in used if p not in known]
    doubtful = strange or any(act.counts is None or act.subjects is None or act.places is None for act in acts)
    for number in range(SOME if doubtful else 1):
        favourite = random.choice([*used, *sorted(apart), "别处"])  # each doubt for one place and one subject …
        biased = number % 3 > 0  # … or each by itself
        means = {p: random.choice([p, p, *used, *sorted(apart)]) for p in strange}
        where: dict[str, set[str]] = {s: set() for s in expected}
        for act in acts:
            if act.counts is None and random.random() < 0.4:
                continue
            for subject in [random.choice([*expected, ""])] if act.subjects is None else act.subjects:
                places = [favourite if biased else random.choice([*used, "别处"])] if act.places is None else act.places
                where.setdefault(subject, set()).update(means.get(p, p) for p in places)
        tally = Counter(p for s in expected for p in where[s] if p not in apart)
        most = max(tally.values(), default=0)
        common = [p for p, n in tally.items() if n == most]
        # Two that the same subjects use are one place as far as the duty goes; of two that others use, none is the common one.
        users = {frozenset(s for s in expected if p in where[s]) for p in common}
        yield {s: len(users) == 1 and common[0] in where[s] for s in expected}


__all__ = ["in_one_place"]
