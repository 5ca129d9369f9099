"""Files that add years to the working calendar, or correct it.

A calendar that is wrong without a word makes every deadline wrong: a file that cannot be the State Council's notice is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError
from opencheck.core.json_files import read_json

__all__ = ["CalendarDays", "read_calendar_files"]


@dataclass
class CalendarDays:
    """What files say: days that depart from the plain week (``True``: off), their names, and the years that are complete."""

    departures: dict[date, bool] = field(default_factory=dict)
    names: dict[date, tuple[str, str]] = field(default_factory=dict)
    years: set[int] = field(default_factory=set)


def read_calendar_files(files: Sequence[Path], known: frozenset[int]) -> CalendarDays:
    """Read calendar files together.

    Args:
        files: the files.
        known: the years that are known without them.

    Returns:
        Their days; of the years only those that they complete.

    Raises:
        InputError: a file that is missing, has another format, has no holidays, gives one day twice with different meanings, or has
            days of a year that is neither known nor complete.
    """
    found = CalendarDays()
    for path in files:
        content = _content(path)
        days: set[date] = set()
        for number, row in enumerate(content["days"], 1):
            day, off = _day(path, number, row)
            if found.departures.setdefault(day, off) is not off:
                raise _refused(
                    path,
                    f"{day} 写了两次，一次放假、一次上班",
                    f"{day} stands twice, once off and once working",
                    row=number,
                    found=row,
                )
            days.add(day)
            if name := row.get("name"):
                found.names[day] = (str(name), str(name))
        if not any(found.departures[day] for day in days):
            raise _refused(path, "没有一天放假", "it has no holidays", found=content["days"][:3])
        found.years |= _years(path, content, found.departures, days, known)
    return found


def _years(
    path: Path, content: dict[str, Any], departures: dict[date, bool], days: set[date], known: frozenset[int]
) -> set[int]:
    """The years that a file completes."""
    stated = content.get("years", [content["year"]] if "year" in content else None)
    complete = {d.year for d in days if departures.get(date(d.year, 1, 1)) and departures.get(date(d.year, 10, 1))}
    if stated is not None:
        try:
            years = {int(year) for year in stated}
        except (TypeError, ValueError, OverflowError) as exc:
            raise _refused(path, f"年份不是数字：{stated!r}", f"a year is no number: {stated!r}", found=stated) from exc
        if lacking := sorted(years - known - complete):
            zh = f"{'、'.join(map(str, lacking))}年没有元旦和国庆节放假，不是完整的一年"
            raise _refused(path, zh, f"1 January and 1 October are no holidays in {lacking}: not a whole year", found=stated)
        complete &= years | known
        complete |= years
    loose = sorted({d.year for d in days if not {d.year - 1, d.year, d.year + 1} & complete} - known)
    if loose:
        zh = f"{'、'.join(map(str, loose))}年不完整：没有元旦和国庆节放假，也没有写明年份（year）"
        en = f"{loose}: not whole years, without 1 January and 1 October as holidays, and not named as 'year'"
        raise _refused(path, zh, en, found=loose)
    return complete


def _content(path: Path) -> dict[str, Any]:
    content = read_json(path)
    if not isinstance(content, dict) or not isinstance(content.get("days"), list):
        raise InputError(
            f'{path}: 应为 / expected {{"days": [{{"date": "2027-01-01", "isOffDay": true}}, …]}}, '
            f"found {type(content).__name__} without a list 'days'",
            code="not_a_calendar",
            path=path,
            field="days",
        )
    return content


def _day(path: Path, number: int, row: Any) -> tuple[date, bool]:
    try:
        day, off = date.fromisoformat(row["date"]), row["isOffDay"]
        if not isinstance(off, bool):
            raise TypeError
    except (KeyError, TypeError, ValueError) as exc:
        raise InputError(
            f"{path}: days 第{number}项无法使用 / item {number} cannot be used: found {row!r}; accepted: "
            '{"date": "YYYY-MM-DD", "isOffDay": true|false}',
            code="not_a_calendar",
            path=path,
            row=number,
            field="days",
            found=row,
        ) from exc
    return day, off


def _refused(path: Path, zh: str, en: str, *, row: int | None = None, found: Any = None) -> InputError:
    text = f"{path}: {zh} / {en}"
    return InputError(text, code="not_a_calendar", path=path, row=row, field="days", found=found)
