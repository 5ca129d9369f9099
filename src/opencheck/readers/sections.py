"""Lines between the records of a table that head a group of them: 一、市民政局, and below it what this office reports.

Reading: the records below such a line, until the next one, are those of the unit that it names, where the table has no column of units; their
serial numbers begin anew. A line of a lower rank (（一）低保 below 一、市民政局) leaves the unit as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from opencheck.core.normalize import normalize_whitespace
from opencheck.readers.raw_tables import RawTable
from opencheck.readers.sheet_units import takes_units, unit_of_sheet
from opencheck.records.dataset import Dataset

__all__ = ["Section", "SectionsBelow", "section_of", "split_at_sections"]

_HEADER = "分组标题"
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_MARKS = (
    re.compile(rf"第?{_NUMERAL}(?:部分|类|组)?\s*[、.．,，:：\s]\s*"),
    re.compile(rf"[(（]{_NUMERAL}[)）]\s*[、.．]?\s*"),
    re.compile(r"(?:\d{1,2}\s*[、.．)）]|[(（]\d{1,2}[)）]|[①-⑳])\s*"),
)
"""What numbers a heading, by its rank; digits number records, too."""
_MOST_BY_DIGITS = 2
_LONGEST = 30


@dataclass(frozen=True)
class Section:
    """A line that heads the records below it."""

    rank: int | None
    """0 for 一、, 1 for （一）, 2 for 1.; None without a number."""
    unit: str | None
    """The unit that it names; None where it names something else."""


def section_of(text: str) -> Section | None:
    """Return what a line heads that holds this text alone; None where it is no heading.

    >>> [section_of(text) for text in ("一、市民政局", "市财政局：", "（二）低保", "1.云山镇", "R-12", "1.低保")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [Section(rank=0, unit='市民政局'), Section(rank=None, unit='市财政局'), Section(rank=1, unit=None), Section(rank=2, unit='云山镇'),
     None, None]
    """
    plain = normalize_whitespace(text)
    if len(plain) > _LONGEST:
        return None
    ranks = ((rank, mark) for rank, pattern in enumerate(_MARKS) if (mark := pattern.match(plain)))
    rank, mark = next(ranks, (None, None))
    name = plain[mark.end() if mark else 0 :].strip(" :：()（）")
    unit = unit_of_sheet(name)
    is_heading = unit is not None or (rank is not None and rank < _MOST_BY_DIGITS and name != "")
    return Section(rank, unit) if is_heading else None


@dataclass
class SectionsBelow:
    """The headings between the records of one table: before which record each stands."""

    found: list[tuple[int, Section]]

    def parts(self, count: int) -> Iterator[tuple[range, str | None]]:
        """The records between headings, and whose they are."""
        start, unit, of_rank = 0, None, None
        for at, section in self.found:
            if at > start:
                yield range(start, at), unit
            start = at
            if section.unit is not None:
                unit, of_rank = section.unit, section.rank
            elif of_rank is None or section.rank is None or section.rank <= of_rank:
                unit, of_rank = None, None
        if count > start:
            yield range(start, count), unit


def split_at_sections(data: Dataset, table: RawTable, sections: SectionsBelow, sheet: str | None) -> list[RawTable]:
    """Split a table at the headings between its records: each part has ids of its own, and the unit of its heading where the table has no
    column of units.

    Args:
        data: the dataset, which notes the units that were taken from headings.
        table: the table.
        sections: its headings.
        sheet: the name of the sheet, or of the file; None where records have no name.

    Returns:
        The parts; the table itself where it has no headings, or no records.
    """
    if not sections.found or not table.rows:
        return [table]
    takes = takes_units(data, table.spec) and "unit" not in table.columns
    parts, units = [], list[str]()
    for rows, unit in sections.parts(len(table.rows)):
        part = _part(table, rows)
        if takes and unit is not None:
            part.columns["unit"] = (_HEADER, [unit] * len(rows))
            units.append(unit)
        parts.append(part)
    if units:
        data.notes.append(("note.section_units", {"sheet": sheet, "units": list(dict.fromkeys(units))}))
    return parts


def _part(table: RawTable, rows: range) -> RawTable:
    """Some rows of a table that follow one another."""

    def own(cells: Sequence[Any]) -> list[Any]:
        return list(cells[rows.start : rows.stop])

    return replace(
        table,
        rows=own(table.rows),
        columns={name: (header, own(cells)) for name, (header, cells) in table.columns.items()},
        extra={header: own(cells) for header, cells in table.extra.items()},
        problems={at - rows.start: found for at, found in table.problems.items() if at in rows},
        second=[(name, (header, own(cells))) for name, (header, cells) in table.second],
        merged={at - rows.start: found for at, found in table.merged.items() if at in rows},
    )
