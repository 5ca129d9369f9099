"""Grids in order, due once a value is there, or pooled: each way in which the doubts may turn out is judged by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any, NamedTuple

from .cells import ELSEWHERE, folded
from .logic import as_day, has, may_be_on_roster
from .sets import LAST_DAY, YEAR, Found, counts
from .verdict import ANY, ANY_LATE, BROKEN, KEPT, OPEN, UNKNOWN, Verdict
from .world import ONE, Ledger, Row

SOME = 60
"""So many of the ways in which the doubts may turn out are looked at."""
Filled = dict[str, date]
"""The day on which each value was first published."""


class _Act(NamedTuple):
    """A publication; what is None is unknown. A blank day is not done; it is unknown where it cannot be read or no column has it."""

    counts: bool | None
    group: str | None
    values: dict[str, bool | None]
    day: date | None
    readable: bool
    stands: bool | None


def ordered_or_pooled(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Found:
    """A verdict for each subject, and for the pool."""
    acts = [a for row in ledger.rows[rule["on"]] if (a := _act(ledger, rule, need, row, usable=True))]
    acts += [a for row in ledger.refused[rule["on"]] if (a := _act(ledger, rule, need, row, usable=False))]
    named = list(dict.fromkeys(a.group for a in acts if a.counts and a.group))
    nameless = [a for a in acts if a.counts and a.group is None]
    listed = _listed(ledger, need)
    plain = _Judge(ledger, need, named, listed)
    sure = plain.verdicts([a for a in acts if a.counts and a.day and a.stands], nameless=bool(nameless))
    random = Random("grid")
    doubtful = any(None in (a.counts, a.day, a.stands, *a.values.values()) or (a.group is None and named) for a in acts)
    worlds = [plain.verdicts(acts_, nameless=bool(nameless)) for acts_ in _worlds(acts, named, random)] if doubtful else [sure]
    found: Found = {}
    for key, verdict in sure.items():
        answers = {world[key].outcome for world in worlds}
        if not doubtful:
            found[key, None] = verdict
            continue
        if len(answers) == 1 and answers != {OPEN}:
            outcome = f"{answers.pop()}|{UNKNOWN}"
        else:
            outcome = f"{OPEN}|{UNKNOWN}" if OPEN in answers else UNKNOWN
        found[key, None] = Verdict(outcome, ANY, ANY_LATE)
    if need.get("roster") and _unclear(ledger, need):
        found.setdefault((None, None), Verdict(UNKNOWN, ANY))
    if len(nameless) > 1 and need.get("nameless") != "together":  # cannot be told apart
        whole = all(plain.ordered({v: a.day for v in a.values if a.values[v] and a.day}).outcome == KEPT for a in nameless)
        found[None, None] = Verdict(f"{OPEN}|{UNKNOWN}" + (f"|{KEPT}" if whole else ""), ANY)
    elif (None, None) in found and nameless and named and not need.get("pooled"):
        outcome = found[None, None].outcome
        found[None, None] = Verdict(outcome.replace(BROKEN, UNKNOWN), ANY)
    if not found and need.get("wanted_yearly"):
        maybe = bool(acts)
        found[None, None] = Verdict(OPEN if ledger.as_of < LAST_DAY else f"{UNKNOWN}|{BROKEN}" if maybe else BROKEN, LAST_DAY)
        return found
    return found if need.get("pooled") else _perhaps(ledger, rule, need) | found


def _perhaps(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Found:
    """Subjects that only doubtful records of the topic name: nobody is accused, and none is passed over."""
    rows = [r for r in ledger.rows[rule["on"]] if counts(ledger, rule, "grid", need, r) is None and is_of_topic(rule, need, r)]
    rows += [r for r in ledger.refused[rule["on"]] if counts(ledger, rule, "grid", need, r)]
    there = [r for r in rows if (day := as_day(r[need["done"]])) is None or day <= ledger.as_of]
    return {(group, None): Verdict(f"{OPEN}|{UNKNOWN}", ANY, ANY_LATE) for r in there if (group := _group(need, r))}


def is_of_topic(rule: dict[str, Any], need: dict[str, Any], row: Row) -> bool:
    """Whether a record is of a topic that the rule names."""
    wanted = rule.get("when", {}).get("topic")
    topics = [v for axis in need["axes"] if axis["field"] == "topic" for v in axis["values"]]
    return row.get("topic") in (topics if wanted is None else wanted["in"] if isinstance(wanted, dict) else [wanted])


def _act(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any], row: Row, *, usable: bool) -> _Act | None:
    answer = counts(ledger, rule, "grid", need, row)
    if answer is False:
        return None
    (axis,) = need["axes"]
    day = as_day(row[need["done"]])
    if (day is None and not ledger.open_where_blank(rule["on"], row, need["done"])) or (day is not None and day > ledger.as_of):
        return _Act(answer, _group(need, row), dict.fromkeys(axis["values"], False), day, True, True) if usable else None
    stands: bool | None = True
    if (until := need.get("until")) and row[until] is not None and row[until] < min(ledger.as_of, LAST_DAY):
        ends = [r["until"] for r in _roster(ledger, need) if folded(r["subject"]) == folded(row[need["per"]] or "")]
        stands = None if not ends else None not in ends and max(ends) <= row[until]
    values = {v: has(axis["field"], row[axis["field"]], v) for v in axis["values"]}
    return _Act(answer if usable else None, _group(need, row), values, day, usable, stands)


def _group(need: dict[str, Any], row: Row) -> str | None:
    name = row[need["per"]]
    return None if name in (None, ELSEWHERE) else folded(str(name))


def _roster(ledger: Ledger, need: dict[str, Any]) -> list[Row]:
    return [r for r in ledger.rows.get("roster", []) if need.get("roster") and r["topic"] == need["roster"] and r["subject"]]


def _unclear(ledger: Ledger, need: dict[str, Any]) -> bool:
    rows = ledger.rows.get("roster", []) + ledger.refused.get("roster", [])
    return any(may_be_on_roster(r["topic"], need["roster"]) for r in rows if r not in _roster(ledger, need))


def _listed(ledger: Ledger, need: dict[str, Any]) -> list[str]:
    """Who is expected by the roster."""
    there = [
        r
        for r in _roster(ledger, need)
        if (r["since"] is None or r["since"] <= LAST_DAY) and (r["until"] is None or r["until"] >= date(YEAR, 1, 1))
    ]
    return list(dict.fromkeys(folded(r["subject"]) for r in there))


def _worlds(acts: list[_Act], named: list[str | None], random: Random) -> Iterator[list[_Act]]:
    """The doubts decided one way or another."""
    days = sorted({a.day for a in acts if a.day}) or [date(YEAR, 6, 1)]
    for number in range(SOME):
        bold = (0.15, 0.5, 0.85, 1.0)[number % 4]
        made = []
        for act in acts:
            if act.stands is False or (None in (act.counts, act.stands) and random.random() > bold):
                continue
            values = {v: (random.random() < bold if a is None else a) for v, a in act.values.items()}
            day = act.day or random.choice([days[0] - ONE, *days])
            if act.day is None and act.readable and random.random() > bold:
                continue
            done = None if act.day is None and act.readable else True
            # What names no subject is a set of its own, and may be of any other.
            groups = {act.group} if act.group else {None, random.choice([None, *named])}
            made += [act._replace(counts=done, group=g, values=values, day=day, stands=True) for g in groups]
        yield made


class _Judge:
    """Judges what is sure; a publication that is not marked as counted (its day is blank) fills only what nothing else fills."""

    def __init__(self, ledger: Ledger, need: dict[str, Any], named: list[str | None], listed: list[str]) -> None:
        self.ledger, self.need, self.named, self.listed = ledger, need, named, listed
        self.values: list[str] = need["axes"][0]["values"]
        self.single: list[str | None] | None = None

    def verdicts(self, acts: list[_Act], *, nameless: bool) -> dict[str | None, Verdict]:
        keys = [*self.named, *([None] if nameless else [])]
        filled = {key: self._filled([a for a in acts if a.group == key]) for key in keys}
        if not self.need.get("pooled"):
            return {key: self.ordered(of) for key, of in filled.items()}
        # Who is looked at together is told by what is sure, and is told once.
        self.single = [key for key in keys if len(filled[key]) <= 1] if self.single is None else self.single
        single = self.single
        found = {key: self._whole(of) for key, of in filled.items() if key not in single}
        if single:
            pool = self._joined([filled[key] for key in single])
            verdict = self._whole(pool)
            others = self._joined(list(filled.values()))
            if verdict.outcome == BROKEN and len(others) == len(self.values) > len(pool):
                verdict = Verdict(UNKNOWN, verdict.due)  # whether the lists of other subjects are also theirs
            found[single[0] if len(single) == 1 else None] = verdict
        return found | {s: self._whole({}) for s in self.listed if s not in self.named}

    def _filled(self, acts: list[_Act]) -> Filled:
        found: Filled = {}
        for act in sorted(acts, key=lambda a: a.counts is None):
            for value, there in act.values.items():
                if there and act.day and (act.counts or value not in found):
                    found[value] = min(act.day, found.get(value, act.day))
        return found

    @staticmethod
    def _joined(several: list[Filled]) -> Filled:
        found: Filled = {}
        for one in several:
            for value, day in one.items():
                found[value] = min(day, found.get(value, day))
        return found

    def _whole(self, filled: Filled) -> Verdict:
        if len(filled) < len(self.values):
            return Verdict(BROKEN if self.ledger.as_of >= LAST_DAY else OPEN, LAST_DAY)
        late = max(filled.values()) - LAST_DAY
        return Verdict(BROKEN, LAST_DAY, late.days) if late.days > 0 else Verdict(KEPT, LAST_DAY)

    def ordered(self, filled: Filled) -> Verdict:
        """All is due once the last one is there; in order, none may be there before an earlier one."""
        due = filled.get(self.need["once"])
        if not self.need.get("in_order"):
            if due is None:
                return Verdict(OPEN)
            late = (max(filled.values()) - due).days
            whole = len(filled) == len(self.values)
            return Verdict(KEPT if whole and late <= 0 else BROKEN, due, late if whole and late > 0 else None)
        at = [filled.get(v) for v in self.values]
        last = max((n for n, day in enumerate(at) if day is not None), default=-1)
        begun = at[: last + 1]
        days = [day for day in begun if day is not None]
        if None in begun or days != sorted(days):
            return Verdict(BROKEN, due)
        return Verdict(KEPT, due) if None not in at else Verdict(OPEN, due)


__all__ = ["is_of_topic", "ordered_or_pooled"]
