"""Sheets that are no lists: a form (项目 | 内容), whose first column holds the headings of one record; a table with a column for each month.

Reading. A sheet is a form where three headings of one table or more stand below one another, each with what it says beside it, and one of
them is a day that is one; a sheet that only explains the columns of a ledger has none. A form may have two such pairs of columns. What a cell
of a month means (a tick, a number, a day of what?) is not told by the table, so it is not read; what stands where is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from opencheck.core.normalize import normalize_key, normalize_whitespace
from opencheck.readers.header_groups import LONGEST_HEADING, Row
from opencheck.readers.heading_match import Heading, sure_fields
from opencheck.readers.table_detection import evidence
from opencheck.records.fields import FieldSpec
from opencheck.records.parse import InvalidValue
from opencheck.records.table_spec import TableSpec

__all__ = ["Form", "column_letters", "form_in", "months_hint", "months_in"]

_MOST_ROWS = 60
"""Rows of the longest form."""

_FEWEST = 3
"""Headings of one table that make a sheet a form of it."""

_TITLES = frozenset(map(normalize_key, ("项目", "栏目", "事项", "填报项目", "字段", "指标", "名称")))
_BESIDE_TITLES = frozenset(map(normalize_key, ("内容", "填写内容", "填报内容", "具体内容", "情况", "填写", "填报", "值")))

_MONTH = re.compile(r"(?:\d{4}年)?(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?")


@dataclass(frozen=True)
class Form:
    """One record that stands in a sheet from top to bottom."""

    spec: TableSpec
    rows: list[Row]
    """The headings, and below them the record, as rows of a list."""
    titles: list[Row]
    """The lines above it and within it that are neither."""


def form_in(
    rows: Sequence[Row],
    tables: Sequence[TableSpec],
    name: str,
    mapping: Mapping[str, str],
    sheet: str | None,
    spread: Mapping[int, Mapping[int, int]],
) -> Form | None:
    """The form that a sheet is; None where it is none.

    Args:
        rows: the sheet's rows that hold something.
        tables: the tables of which it may be one.
        name: the name of the sheet or file.
        mapping: a person's mapping of headings.
        sheet: the sheet's name, for mappings of one sheet.
        spread: see :class:`SheetRows`.

    >>> from opencheck.records.tables import TABLES
    >>> cells = [["会议情况登记表"], ["会议名称", "第5次会议"], ["会议类型", "常务会议"], ["召开日期", "2018-09-12"]]
    >>> found = form_in(list(enumerate(cells, 1)), list(TABLES.values()), "表", {}, None, {})
    >>> found.spec.name, [cells for _, cells in found.rows]
    ('meeting', [['会议名称', '会议类型', '召开日期'], ['第5次会议', '常务会议', '2018-09-12']])
    """
    if len(rows) > _MOST_ROWS:
        return None
    pairs: list[tuple[int, str, Any]] = []
    titles: list[Row] = []
    for number, cells in rows:
        own = [c for i, c in enumerate(cells) if i not in spread.get(number, {})]
        found = _pairs_of(own)
        if not found:
            titles.append((number, cells))
        pairs += [(number, label, value) for label, value in found]
    labels = [normalize_key(label) for _, label, _ in pairs]
    if len(set(labels)) < max(_FEWEST, len(labels)):
        return None
    headings = [Heading(label) for _, label, _ in pairs]
    fitting: dict[str, float] = {}
    for spec in tables:
        found_evidence = evidence(spec, headings, mapping, sheet)
        fields = [sure_fields(spec, heading, mapping, sheet) for heading in headings]
        known = sum(map(bool, fields))
        sure = [(field, value) for own, (_, _, value) in zip(fields, pairs, strict=True) if len(own) == 1 for field in own]
        enough = len(found_evidence.fields) >= _FEWEST and known * 2 > len(headings) and found_evidence.suffices(name)
        if enough and _says_a_day([(spec.fields[field], value) for field, value in sure]):
            fitting[spec.name] = found_evidence.score(name, (str(c) for _, cells in titles for c in cells))
    if not fitting:
        return None
    best = max(fitting, key=fitting.__getitem__)
    spec = next(spec for spec in tables if spec.name == best)
    first = pairs[0][0]
    return Form(spec, [(first, [label for _, label, _ in pairs]), (first, [value for _, _, value in pairs])], titles)


def _pairs_of(cells: Sequence[Any]) -> list[tuple[str, Any]]:
    """The labels of a line, each with what stands beside it; none for a line that is no part of a form."""
    last = max((i for i, c in enumerate(cells) if c is not None), default=-1)
    if last > 3 or len(cells) < 2:
        return []
    found = []
    own = cells[: last + 1]
    for label, value in zip_longest(own[::2], own[1::2]):
        if not isinstance(label, str) or len(label) > LONGEST_HEADING:
            return []
        if normalize_key(label) in _TITLES and isinstance(value, str) and normalize_key(value) in _BESIDE_TITLES:
            continue
        found.append((label, value))
    return found


def _says_a_day(values: Sequence[tuple[FieldSpec, Any]]) -> bool:
    """Whether one of the days is written, and what stands beside the others can be one."""
    written = False
    for field, value in values:
        if field.kind in ("date", "datetime") and value is not None:
            try:
                written |= field.read(value) is not None
            except InvalidValue as exc:
                if exc.code not in ("datetime", "impossible_date", "weekday", "formula"):
                    return False
                written = True
    return written


def months_in(rows: Sequence[tuple[int, Sequence[Any]]]) -> tuple[int, list[tuple[int, str]]] | None:
    """The first row that names months, three or more and each once: its number, and the columns (from 0) with the months.

    >>> months_in([(2, ["项目", "1月", "2月", "3月"])])
    (2, [(1, '1月'), (2, '2月'), (3, '3月')])
    """
    for number, cells in rows:
        months = [
            (i, normalize_whitespace(c)) for i, c in enumerate(cells) if isinstance(c, str) and _MONTH.fullmatch(c.strip())
        ]
        if len(months) >= _FEWEST and len({text for _, text in months}) == len(months):
            return number, months
    return None


def months_hint(rows: Sequence[tuple[int, Sequence[Any]]], columns: Sequence[int] | None = None) -> str:
    """What is said of a table with a column for each month, instead of a row for each record; nothing for any other sheet.

    Args:
        rows: the sheet's rows.
        columns: the columns that the cells stand in, where empty ones were left out.

    >>> months_hint([(2, ["项目", "1月", "2月", "3月"])])[:37]
    '; 第2行的B—D列是各月（1月、2月、3月），这样的表没有读：台账一行一'
    """
    if found := months_in(rows):
        number, months = found
        places = [i if columns is None else columns[i] for i, _ in months]
        first, last = column_letters(places[0]), column_letters(places[-1])
        texts = "、".join(text for _, text in months)
        return (
            f"; 第{number}行的{first}—{last}列是各月（{texts}），这样的表没有读：台账一行一条，请每期一行，"
            "列为“信息主题”“所属期”（如2018-06）“公开日期” / "
            f"row {number}, columns {first} to {last} are months; such a table is not read: write one row for each period, with the columns "
            "信息主题 (topic), 所属期 (period) and 公开日期 (published on)"
        )
    return ""


def column_letters(column: int) -> str:
    """A column of a sheet by its letters, from 0.

    >>> column_letters(0), column_letters(26)
    ('A', 'AA')
    """
    before, last = divmod(column, 26)
    return (column_letters(before - 1) if before else "") + chr(ord("A") + last)
