"""Cells that hold a first and a last day: 2018年9月1日至9月10日."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from opencheck.core.normalize import normalize_whitespace
from opencheck.records.parse import InvalidValue, parse
from opencheck.records.placeholders import is_not_done, is_placeholder, is_still_going_on

__all__ = ["split_span"]

_BETWEEN = re.compile(r"\s*(?:至|到|~|～|—+|–|―|-{1,2})\s*")

_LONGEST = 100
"""Characters of the longest cell that is read: each stroke of it may be the one between the two days."""

_NO_YEAR = re.compile(r"(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?")

_NO_MONTH = re.compile(r"(?P<d>\d{1,2})\s*日?")


def split_span(value: Any) -> tuple[Any, Any]:
    """Split a cell into its first and last day; the last is None where it states none yet (起, 至今).

    The last day may leave out the year, or year and month, of the first, as notices print them; it is then not before the first.

    Args:
        value: the cell.

    Returns:
        The two days; None for both where the cell says that there are none.

    Raises:
        InvalidValue: the cell holds no two days, or more than one reading.

    >>> split_span("2018年9月1日至9月10日")
    (datetime.date(2018, 9, 1), datetime.date(2018, 9, 10))
    >>> split_span("2018.9.1-9.10"), split_span("2018-09-01起")[1]
    ((datetime.date(2018, 9, 1), datetime.date(2018, 9, 10)), None)
    """
    if value is None:
        return None, None
    if not isinstance(value, str):
        raise InvalidValue("span")
    text = normalize_whitespace(unicodedata.normalize("NFKC", value)).removeprefix("自").removeprefix("从").removesuffix("止")
    if is_placeholder(text) or is_not_done(text):
        return None, None
    if len(text) > _LONGEST:
        raise InvalidValue("span")
    if text.endswith("起") and (first := _day(text[:-1])):
        return first, None
    found: set[tuple[date, date | None]] = set()
    for match in _BETWEEN.finditer(text):
        first, rest = _day(text[: match.start()].rstrip("起")), text[match.end() :]
        if first is None:
            continue
        if is_still_going_on(rest):
            found.add((first, None))
        elif (last := _day(rest)) is not None:
            found.add((first, last))
        elif not ("-" in match[0] and "-" in text[: match.start()]) and (last := _completed(first, rest)) is not None:
            # The stroke that separates the parts of the first day may also stand between those of the last.
            found.add((first, last))
    if len(found) != 1:
        raise InvalidValue("span")
    return found.pop()


def _day(text: str) -> date | None:
    try:
        found = parse("date", text.strip())
    except InvalidValue:
        return None
    return found if isinstance(found, date) else None


def _completed(first: date, text: str) -> date | None:
    """A last day without its year, or without year and month."""
    try:
        if match := _NO_YEAR.fullmatch(text):
            last = date(first.year, int(match["m"]), int(match["d"]))
        elif match := _NO_MONTH.fullmatch(text):
            last = date(first.year, first.month, int(match["d"]))
        else:
            return None
    except ValueError:
        return None
    return last if last >= first else None
