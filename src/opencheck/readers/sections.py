"""Where groups of records begin in a table: below a line 一、市民政局 or 填报单位：市民政局, and where each unit numbers its own from 1.

Reading: the records below such a line, until the next one, are those of the unit that it names, where the table has no column of units; their
serial numbers begin anew. A line of a lower rank (（一）低保 below 一、市民政局) leaves the unit as it is. A line 填报单位：… between records
heads those below it only where one stands above the first record, too; else it may sign those above. In a table with a column of units
serial numbers that begin at 1 again are those of a group, if it is of other units than the one before; else the rows are the same ones twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from opencheck.core.normalize import normalize_whitespace
from opencheck.readers.raw_tables import RawTable
from opencheck.readers.sheet_units import takes_units, unit_of_sheet
from opencheck.records.dataset import Dataset
from opencheck.records.references import is_referred_to

__all__ = ["Section", "SectionsBelow", "is_mark", "reporting_unit", "section_of", "split_at_sections"]

_HEADER = "分组标题"
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_MARKS = (
    re.compile(rf"第?{_NUMERAL}(?:部分|类|组)?\s*[、.．,，:：\s]\s*"),
    re.compile(rf"[(（]{_NUMERAL}[)）]\s*[、.．]?\s*"),
    re.compile(r"(?:\d{1,2}\s*[、.．)）]|[(（]\d{1,2}[)）]|[①-⑳])\s*"),
)
"""What numbers a heading, by its rank."""
_RANK_OF_DIGITS = 2
"""Digits number records, too."""
_LONGEST = 30
_FIRST = re.compile(r"0*1(?:\.0)?")
"""The first serial number."""
_STAMP = r"(?:[(（][^()（）]{0,8}[)）]\s*)?"
_REPORTING_UNIT = re.compile(
    rf"(?P<label>(?:填报|报送|上报|填表)(?:单位|部门|机关))\s*{_STAMP}[:：]\s*{_STAMP}"
    r"(?P<unit>[^\s:：()（）]{2,})(?![^\s]*[:：])"
)
"""The unit that filled in a table, with a stamp in brackets about it, but not the next label of the line; who collected it is another."""


@dataclass(frozen=True)
class Section:
    """A line that heads the records below it."""

    rank: int | None
    """0 for 一、, 1 for （一）, 2 for 1.; None without a number."""
    unit: str | None
    """The unit that it names; None where it names something else."""

    @property
    def is_numbered_by_words(self) -> bool:
        """Whether a Chinese numeral numbers it, as none numbers records."""
        return self.rank in range(_RANK_OF_DIGITS)


def is_mark(text: str) -> bool:
    """Whether a cell holds the number of a heading alone: 一, 一、 or （一）."""
    return re.fullmatch(rf"[(（]?{_NUMERAL}[)）]?[、.．]?", normalize_whitespace(text)) is not None


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
    name = plain[mark.end() if mark else 0 :].strip(" 、:：()（）")
    unit = unit_of_sheet(name)
    section = Section(rank, unit)
    return section if unit is not None or (section.is_numbered_by_words and name != "") else None


def reporting_unit(cells: Iterable[Any]) -> tuple[str, str] | None:
    """The unit that a line names as the one that filled in the table, and what the line calls it.

    >>> reporting_unit(["填报单位（盖章）：市民政局（公章）", None, "填报人：张某"]), reporting_unit(["填报单位：", "市民政局"])
    (('填报单位', '市民政局'), ('填报单位', '市民政局'))
    >>> reporting_unit(["填报单位：（盖章）", "填报人：张某"]), reporting_unit(["制表单位：市政府办公室"])
    (None, None)
    """
    line = "  ".join(dict.fromkeys(str(c) for c in cells if c is not None))
    match = _REPORTING_UNIT.search(line)
    return (match["label"], match["unit"]) if match else None


@dataclass
class SectionsBelow:
    """What heads the records of one table: before which record each line stands."""

    above: tuple[str, str] | None = None
    """The unit that a line above the table names, and what it calls it."""
    found: list[tuple[int, Section]] = field(default_factory=list)

    def parts(self, count: int) -> Iterator[tuple[range, str | None]]:
        """The records between headings, and whose they are where a heading says it."""
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
    """Split a table where groups of its records begin: each part has ids of its own, and the unit of its heading where the table has no column
    of units.

    Args:
        data: the dataset, which notes the units that were taken from headings.
        table: the table.
        sections: what heads its records.
        sheet: the name of the sheet, or of the file; None where records have no name.

    Returns:
        The parts; the table itself where it has no groups.
    """
    takes = takes_units(data, table.spec) and "unit" not in table.columns
    groups = list(sections.parts(len(table.rows)))
    if "unit" in table.columns:
        groups = [(part, unit) for rows, unit in groups for part in _numbered_anew(table, rows)]
    parts, units = [], list[str]()
    for rows, unit in groups:
        part = table if len(rows) == len(table.rows) else _part(table, rows)
        if takes and unit is not None:
            part.columns["unit"] = (_HEADER, [unit] * len(rows))
            units.append(unit)
        elif sections.above is not None and "unit" not in table.columns:
            label, reporting = sections.above
            part.columns["unit"] = (label, [reporting] * len(rows))
        parts.append(part)
    if units:
        data.notes.append(("note.section_units", {"sheet": sheet, "units": list(dict.fromkeys(units))}))
    return parts or [table]


def _numbered_anew(table: RawTable, rows: range) -> Iterator[range]:
    """The groups of some records that each number their own from 1 and are of other units than the group before."""
    header, ids = table.columns.get("id", ("", []))
    if not ids or is_referred_to(table.spec, header):
        yield rows
        return
    _, units = table.columns["unit"]
    start = rows.start
    starts = [*(at for at in rows if _FIRST.fullmatch(str(ids[at]).strip())), rows.stop]
    for at, end in pairwise(starts):
        # What is twice in one group, or comes again with the same units, is refused for its id.
        if at > start and {units[i] for i in range(start, at)}.isdisjoint(units[at:end]):
            yield range(start, at)
            start = at
    yield range(start, rows.stop)


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
