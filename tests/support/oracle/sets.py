"""The kinds about sets of records: counts and series. One day, one period and one subject at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from .cells import ELSEWHERE, folded
from .logic import ALIKE, as_day, both, concerns, happened, holds, is_open, may_be_on_roster, only_open
from .subjects import ALL, meant, named_alone
from .verdict import ANY_LATE, BROKEN, KEPT, OPEN, UNKNOWN, Verdict
from .world import ONE, Ledger, Row, last_day, limit_on, units
from .world import elements as all_elements

YEAR = 2018
LAST_DAY = date(YEAR, 12, 31)
TOWN = re.compile("(镇|乡|街道|办事处|村|社区)(人民政府|政府)?$")
Found = dict[tuple[str | None, str | None], Verdict]


def period_names(every: str, year: int) -> list[str]:
    """The names of a year's periods."""
    months = [f"{year}-{n:02}" for n in range(1, 13)]
    if every == "week":
        first = next(date(year, 1, n) for n in range(1, 8) if date(year, 1, n).isoweekday() == 4)
        return [f"{year}-W{n + 1:02}" for n in range(53) if (first + n * 7 * ONE).year == year]
    listed = {
        "ten_days": [f"{month}-D{n}" for month in months for n in (1, 2, 3)],
        "month": months,
        "quarter": [f"{year}-Q{n}" for n in range(1, 5)],
        "half_year": [f"{year}-H1", f"{year}-H2"],
        "year": [str(year)],
    }
    return listed[every]


def periods(every: str) -> list[str]:
    """The periods of the year that the pack covers."""
    return period_names(every, YEAR)


def length_of(period: str) -> str:
    """How long a period is, by the shape of its name."""
    letters = {"W": "week", "D": "ten_days", "Q": "quarter", "H": "half_year"}
    return next((every for letter, every in letters.items() if letter in period), "year" if len(period) == 4 else "month")


def days_of(period: str) -> tuple[date, date]:
    """The first and the last day of a period."""
    year, every, number = int(period[:4]), length_of(period), int(period[-1])
    if every == "week":
        thursday = next(date(year, 1, n) for n in range(1, 8) if date(year, 1, n).isoweekday() == 4)
        monday = thursday + (int(period[-2:]) - 1) * 7 * ONE - 3 * ONE
        return monday, monday + 6 * ONE
    first, months = 1, 12
    if every in ("month", "ten_days"):
        first, months = int(period[5:7]), 1
    elif every in ("quarter", "half_year"):
        months = 3 if every == "quarter" else 6
        first = (number - 1) * months + 1
    after = first + months
    end = date(year + after // 13, (after - 1) % 12 + 1, 1) - ONE
    if every == "ten_days":
        return date(year, first, number * 10 - 9), end if number == 3 else date(year, first, number * 10)
    return date(year, first, 1), end


def following(period: str) -> str:
    """The period after it."""
    every, day = length_of(period), days_of(period)[1] + ONE
    return name_on(day, every)


def name_on(day: date, every: str) -> str:
    """The period in which a day lies."""
    near = [name for year in (day.year - 1, day.year, day.year + 1) for name in period_names(every, year)]
    return next(name for name in near if days_of(name)[0] <= day <= days_of(name)[1])


def is_part(named: str, period: str) -> bool | None:
    """Whether a period is another one or a part of it: a week by its Thursday; unknown where they only have days in common."""
    (start, end), (first, last) = days_of(named), days_of(period)
    if length_of(named) == "week" and length_of(period) != "week":
        return first <= start + 3 * ONE <= last
    if first <= start and end <= last:
        return True
    return False if end < first or start > last else None


def whose(need: dict[str, Any], row: Row) -> bool | None:
    """Whether a record is of the units and levels that count."""
    answers: list[bool | None] = []
    if wanted := need.get("unit"):
        cell = row["unit"]
        each = None if cell is None else cell.split("；")
        strange = [u for u in each or () if u not in set(units().values()) and not TOWN.search(u)]
        answers.append(True if each is None or set(each) & set(wanted) else None if strange else False)
    if wanted := need.get("level"):
        # A town's record whose level is blank is the town's.
        towns = all(TOWN.search(u) for u in (row["unit"] or "").split("；"))
        lower = towns and "town" not in wanted and "village" not in wanted
        answers.append(row["level"] in wanted if row["level"] is not None else not lower)
    return both(answers)


def counts(ledger: Ledger, rule: dict[str, Any], kind: str, need: dict[str, Any], row: Row) -> bool | None:
    """Whether a record counts: the rule concerns it, it is open, and of those whose records count."""
    answers = [concerns(ledger, rule, kind, row), whose(need, row)]
    if only_open(rule, kind):
        answers.append(is_open(row))
    return both(answers)


def count(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Found:
    table, least = rule["on"], need["at_least"]
    distinct = need.get("distinct", [])
    distinct = [distinct] if isinstance(distinct, str) else distinct
    found: Found = {}
    for period in periods(need["every"]):
        first, last = days_of(period)
        sure: set[Any] = set()
        maybe: set[tuple[int, Any]] = set()
        for number, row in enumerate(ledger.rows[table]):
            answer = counts(ledger, rule, "count", need, row)
            answer = both([answer, holds(ledger, table, row, need.get("where") or {})])
            day = happened(ledger, row[need["of"]])
            named = row["period"] if need.get("by_period") else None
            if ledger.open_where_blank(table, row, need["of"]):
                answer = both([answer, None])
            elif day is None:
                answer = False
            elif named is not None:
                answer = both([answer, is_part(named, period)])
            else:
                answer = both([answer, first <= day <= last])
            apart = tuple(None if row[n] == ELSEWHERE else row[n] for n in distinct) or (number,)
            if None in apart and answer:
                answer = None
                apart = ("same day", day)
            if answer is True:
                sure |= {apart, ("same day", day)}  # what lacks only what tells it apart is no further one of that day
            elif answer is None:
                maybe.add((number, apart))
        untold = [apart for _, apart in maybe if apart not in sure and (None in apart or apart[0] == "same day")]
        told = {apart for _, apart in maybe if apart not in sure} - set(untold)
        unsure = len(untold) + len(told)
        for row in ledger.refused[table]:
            day = as_day(row[need["of"]])
            outside = day is not None and (happened(ledger, day) is None or not first <= day <= last)
            answer = both([counts(ledger, rule, "count", need, row), holds(ledger, table, row, need.get("where") or {})])
            if answer is not False and not (outside and not need.get("by_period")):
                unsure += 1
        done = len({apart for apart in sure if apart[0] != "same day"})
        if done >= least:
            outcome = KEPT
        elif last > ledger.as_of:
            outcome = OPEN
        else:
            outcome = UNKNOWN if done + unsure >= least else BROKEN
        found[None, period] = Verdict(outcome, last)
    return found


def due_of_period(need: dict[str, Any], period: str) -> date:
    """The day on which the disclosure of a period is due."""
    due = need.get("due", "following_period")
    _, last = days_of(period)
    if due == "following_period":
        return days_of(following(period))[1]
    if due == "period_end":
        return last
    if match := re.fullmatch(r"(next )?(\d\d)-(\d\d)", due):
        return date(int(period[:4]) + bool(match[1]), int(match[2]), int(match[3]))
    span = limit_on(due, last)
    assert span is not None
    return last_day(last, span)


def series(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Found:
    table = rule["on"]
    found: Found = {}
    rostered = bool(_rosters(ledger, rule, need)) if need.get("per") else False
    everybody = _subjects_known(ledger, rule, need) if need.get("per") else []
    for subject, expected in _expected(ledger, rule, need):
        for period in periods(need["every"]):
            due = due_of_period(need, period)
            on_a_day = re.fullmatch(r"\d\d-\d\d", need.get("due", ""))  # who is there on that day is expected
            if not (expected(due, due) if on_a_day else expected(*days_of(period))):
                continue
            sure: list[Act] = []
            possible: list[Act] = []
            for row in ledger.rows[table] + ledger.refused[table]:
                answer = both([counts(ledger, rule, "series", need, row), _in_period(need, row, period)])
                if need.get("per"):
                    answer = both([answer, _about(row["subject"], subject, everybody, guess=rostered)])
                published, elements = happened(ledger, row["published_on"]), row["elements"]
                if row in ledger.refused[table]:
                    answer, elements = False if answer is False else None, None
                if answer is False:
                    continue
                if published is None:
                    if ledger.open_where_blank(table, row, "published_on"):
                        possible.append((date.min, elements))
                    continue
                early = due > days_of(period)[1] and published < days_of(period)[1]
                if need.get("finer_counts") and row["period"] != period:  # a shorter period has begun, or the record names none
                    early = early and row["period"] is not None and published < days_of(row["period"])[0]
                known = elements is not None or not need.get("elements")
                (sure if answer and known and not early else possible).append((published, elements))
            found[subject, period] = _filled(ledger, need, due, sure, possible)
    if need.get("per") and (not _rosters(ledger, rule, need) or _may_be_more(ledger, rule, need)):
        found[None, None] = Verdict(UNKNOWN)  # whether nobody is missing
    return found


Act = tuple[date, list[str] | None]


def _rosters(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> list[Row]:
    topics = [t for t in (need.get("roster"), rule["when"]["topic"]) if t]
    return [r for r in ledger.rows.get("roster", []) if r["topic"] in topics and r["subject"] is not None]


def _may_be_more(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> bool:
    """Whether a row of the roster may name further subjects."""
    topics = [t for t in (need.get("roster"), rule["when"]["topic"]) if t]
    rows = ledger.rows.get("roster", []) + ledger.refused.get("roster", [])
    sure = _rosters(ledger, rule, need)
    return any(may_be_on_roster(r["topic"], t) for r in rows if r not in sure for t in topics)


def _expected(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> Iterator[tuple[str | None, Any]]:
    """Each subject that is expected, and of which days it is."""
    if not need.get("per"):
        yield None, lambda first, last: True
        return
    if listed := _rosters(ledger, rule, need):
        for subject in dict.fromkeys(folded(r["subject"]) for r in listed):
            spans = [(r["since"], r["until"]) for r in listed if folded(r["subject"]) == subject]
            yield subject, lambda a, b, spans=spans: any((s is None or s <= b) and (u is None or u >= a) for s, u in spans)
        return
    known = _subjects_known(ledger, rule, need)
    for subject in dict.fromkeys(s for cell in _surely_seen(ledger, rule, need) for s in meant(cell, known, guess=False).sure):
        yield subject, lambda first, last: True


def _subjects_known(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> list[str]:
    """The subjects of the roster, or those that records name."""
    if listed := _rosters(ledger, rule, need):
        return [folded(r["subject"]) for r in listed]
    return named_alone(_surely_seen(ledger, rule, need))


def _surely_seen(ledger: Ledger, rule: dict[str, Any], need: dict[str, Any]) -> list[str]:
    """The cells of subjects of records that surely belong to a period."""
    found = []
    for row in ledger.rows[rule["on"]]:
        known = _sure_of_its_period(need, row) and (row["elements"] is not None or not need.get("elements"))
        if known and counts(ledger, rule, "series", need, row) and row["subject"] not in (None, *ALL):
            found.append(row["subject"])
    return found


def _sure_of_its_period(need: dict[str, Any], row: Row) -> bool:
    """Whether a record belongs to one period of the sort that is asked for, and is not out before it ended."""
    named = _as_month(need, row)
    if named is None:
        day = row["formed_on"]
        if day is None:
            return False
        named = name_on(day, need["every"])
    if length_of(named) != need["every"]:
        return False
    after = need.get("due", "following_period") == "following_period"
    return not (after and row["published_on"] is not None and row["published_on"] < days_of(named)[1])


def _about(cell: str | None, subject: str | None, known: list[str], *, guess: bool) -> bool | None:
    """Whether a cell of subjects names one: of several in a cell each; 全市 may be each one's."""
    if cell is None or cell in ALL:
        return None
    named = meant(cell, known, guess=guess)
    return True if subject in named.sure else None if named.others or subject in named.perhaps else False


def _as_month(need: dict[str, Any], row: Row) -> str | None:
    """The period that a record names; of cumulative figures from January on the last month, unless they were out before it ended."""
    named, published = row["period"], as_day(row["published_on"])
    if named is None or not need.get("cumulative") or length_of(named) in ("week", "ten_days"):
        return named
    first, last = days_of(named)
    return named if first.month != 1 or (published is not None and published < last) else f"{last:%Y-%m}"


def _in_period(need: dict[str, Any], row: Row, period: str) -> bool | None:
    """Whether a disclosure belongs to a period."""
    first, last = days_of(period)
    if (named := _as_month(need, row)) is not None:
        if need.get("finer_counts"):
            return is_part(named, period)
        start, end = days_of(named)
        if named == period or not (start <= last and first <= end):
            return bool(named == period)
        return None  # of a longer or a shorter period that has days in common
    day = as_day(row["formed_on"])
    return None if day is None else first <= day <= last


def _complete(need: dict[str, Any], acts: list[Act]) -> date | None:
    """The day on which the elements were there together."""
    wanted, held, names = set(need.get("elements", [])), set(), set(all_elements().values())
    for day, elements in sorted(acts, key=lambda a: a[0]):
        if elements is None or ELSEWHERE in elements:
            return day
        held |= wanted & set(elements)
        # A word that nobody knows may stand for all of them.
        if wanted <= held or any(e not in names for e in elements):
            return day
    return None


def _known(acts: list[Act]) -> list[Act]:
    """The same with elements that are surely there only."""
    names = set(all_elements().values())
    return [(day, [e for e in elements or [] if e in names]) for day, elements in acts]


def _filled(ledger: Ledger, need: dict[str, Any], due: date, sure: list[Act], possible: list[Act]) -> Verdict:
    """The day on which the disclosures of a period were complete decides; where doubtful ones may make it good, nobody is accused."""
    complete = _complete(need, _known(sure))
    if complete is not None and complete <= due:
        return Verdict(KEPT, due)
    if complete is None and due > ledger.as_of:
        return Verdict(OPEN, due)
    # What is absent may be a doubtful record of any day, what is late only one that was in time.
    named = set(all_elements().values())
    elsewhere = [(day, elements) for day, elements in sure if elements and (ELSEWHERE in elements or set(elements) - named)]
    doubtful = possible if complete is not None else [(date.min, elements) for _, elements in possible + elsewhere]
    best = _complete(need, sure + doubtful)
    if best is not None and best <= due:
        return Verdict(UNKNOWN, due)
    lacking = set(need.get("elements", [])) - {e for _, elements in _known(sure) for e in elements or []}
    some = complete is None and any(lacking & set(elements or []) for _, elements in doubtful)
    if complete is not None and best is not None and best < complete:  # so late at least; of elements the day is not worked out
        return Verdict(BROKEN, due, ANY_LATE if need.get("elements") else (best - due).days)
    # Some of what is absent may be in a doubtful record, the rest is in none: the docstring does not say that this is a breach.
    return Verdict(f"{BROKEN}|{UNKNOWN}" if some else BROKEN, due, ((complete or ledger.as_of) - due).days)


SETS = {"count": count, "series": series}
__all__ = ["ALIKE", "SETS", "Found", "counts", "days_of", "periods", "whose"]
