"""Tables that stand beside one another in a sheet, under one row of headings: the same table again, or another one.

Read as one table, the records of the one would be given the days of the other. So a table begins wherever the headings begin again; an empty
column alone divides nothing, because ledgers leave columns empty within one table, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from opencheck.core.normalize import normalize_key
from opencheck.readers.header_groups import Row, headings_at
from opencheck.readers.heading_match import Heading
from opencheck.readers.table_detection import evidence, table_by_name
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES

__all__ = ["Block", "blocks_of", "stands_alone"]


@dataclass(frozen=True)
class Block:
    """The columns of one table: from ``first`` up to, not including, ``last`` (None: to the end)."""

    spec: TableSpec | None
    """The table; None where the headings are those of no ledger."""
    first: int = 0
    last: int | None = None
    near: tuple[str, str] | None = None
    """Where it is no table, the table and field that one of its headings is all the same."""

    def holds(self, i: int) -> bool:
        """Whether a column is one of the block's."""
        return i >= self.first and (self.last is None or i < self.last)


def stands_alone(headings: Mapping[int, Heading]) -> bool:
    """Whether one table alone stands under these headings, as far as they tell without the rows below.

    >>> stands_alone({i: Heading(t) for i, t in enumerate(["编号", "收到日期", "编号", "收到日期"])})
    False
    """
    return not _starts(headings, frozenset(), ())


def blocks_of(
    spec: TableSpec, rows: Sequence[Row], at: int, *, name: str, mapping: Mapping[str, str], sheet: str | None = None
) -> list[Block]:
    """The tables under the headings of a row, from left to right.

    Args:
        spec: the table that all headings together are taken for.
        rows: the rows of the sheet.
        at: the row of the headings.
        name: the name of the sheet or file.
        mapping: a person's mapping of headings.
        sheet: the sheet's name, for mappings of one sheet.

    Returns:
        One block for each table; a single one where the headings do not begin again.

    >>> heads = ["编号", "文件标题", "公布日期", None, "编号", "文件编号", "解读发布日期"]
    >>> [(b.spec.name, b.first, b.last) for b in blocks_of(TABLES["document"], [(1, heads)], 0, name="台账", mapping={})]
    [('document', 0, 4), ('interpretation', 4, None)]
    """
    headings, _ = headings_at(rows, at)
    gaps = [i for i in range(max(headings)) if i not in headings]
    written = frozenset(i for i in gaps if any(c is not None for _, cells in rows[at:] for c in cells[i : i + 1]))
    above = rows[at - 1][1] if at and rows[at - 1][0] == rows[at][0] - 1 else []
    starts = _starts(headings, written, above)
    blocks = [Block(None)]
    for start, sure in starts.items():
        *done, last = blocks
        before, rest = replace(last, last=start), Block(None, start)
        # Without the same heading of an id again a table begins only where both sides are tables by their own headings.
        if sure or all(_table_of(b, headings, rows[:at], name, mapping, sheet, ()) is not None for b in (before, rest)):
            blocks = [*done, before, rest]
    if len(blocks) == 1:
        return [Block(spec)]
    found: list[Block] = []
    for block in blocks:
        own = _table_of(block, headings, rows[:at], name, mapping, sheet, [b.spec for b in found])
        near = _near(block, headings, rows[:at], mapping, sheet, [b.spec for b in found]) if own is None else None
        found.append(replace(block, spec=own, near=near))
    return found if any(b.spec is not None for b in found) else [Block(spec)]


_ANYWHERE = frozenset(
    normalize_key(text)
    for name in ("note", "unit", "url")
    for text in (TABLES["disclosure"].fields[name].column.label_zh, *TABLES["disclosure"].fields[name].column.aliases)
)
"""Headings that may come twice in one table: each half of a form may have its remarks."""


def _starts(headings: Mapping[int, Heading], written: frozenset[int], above: Sequence[Any]) -> dict[int, bool]:
    """The columns, after the first, where a table may begin, and whether one surely does.

    Args:
        headings: the headings by column.
        written: the columns without a heading that have something in them all the same.
        above: the row above the headings.
    """
    columns = sorted(headings)
    titles = {i for i, cell in enumerate(above) if cell is not None}
    texts = [normalize_key(headings[i].shown) for i in columns]
    if again := _repeated(texts):
        return {columns[n]: True for n in again}
    starts: dict[int, bool] = {}
    first = 0
    for n, i in enumerate(columns[:-1]):
        if n - first < 2:
            continue
        ids = _is_id(headings[i]) and _is_id(headings[columns[first]])
        if any(c not in written for c in range(columns[n - 1] + 1, i)):
            titled = i in titles and len(titles) == len(starts) + 2
            repeated = (set(texts[n:]) & set(texts[first:n])) - _ANYWHERE
            if ids or titled or repeated:
                starts[i], first = ids and texts[n] == texts[first], n
        elif ids and texts[n] == texts[first]:
            starts[i], first = True, n
    return starts


def _repeated(texts: Sequence[str]) -> list[int]:
    """Where the same texts begin again in the same order, until the end; at least two at a time."""
    for size in range(2, len(texts)):
        if len(texts) % size == 0 and all(t == texts[n % size] for n, t in enumerate(texts)):
            return list(range(size, len(texts), size))
    return []


def _is_id(heading: Heading) -> bool:
    return heading.group is None and TABLES["disclosure"].resolve_header(heading.text) == "id"


def _table_of(
    block: Block,
    headings: Mapping[int, Heading],
    above: Sequence[Row],
    name: str,
    mapping: Mapping[str, str],
    sheet: str | None,
    taken: Sequence[TableSpec | None],
) -> TableSpec | None:
    """The table of a block: its title, then the name of the sheet, decide between those that its headings allow."""
    titles = _titles(block, above)
    own = None if table_by_name(name) in taken or any(table_by_name(t) for t in titles) else name
    columns = [h for i, h in headings.items() if block.holds(i)]
    found = [
        e
        for e in (evidence(spec, columns, mapping, sheet) for spec in TABLES.values())
        if any(e.suffices(t) for t in (name, *titles))
    ]
    best = max(found, key=lambda e: (e.score(own, titles), e.spec not in taken), default=None)
    return best.spec if best is not None else None


def _near(
    block: Block,
    headings: Mapping[int, Heading],
    above: Sequence[Row],
    mapping: Mapping[str, str],
    sheet: str | None,
    taken: Sequence[TableSpec | None],
) -> tuple[str, str] | None:
    """The table and field that a heading of no table tells all the same, so that a ledger beside another one is not left out in silence."""
    columns = [h for i, h in headings.items() if block.holds(i)]
    found = [e for e in (evidence(spec, columns, mapping, sheet) for spec in TABLES.values()) if e.telling]
    best = max(found, key=lambda e: (e.score(None, _titles(block, above)), e.spec not in taken), default=None)
    return (best.spec.name, min(best.telling)) if best is not None else None


def _titles(block: Block, above: Sequence[Row]) -> set[str]:
    return {c for _, cells in above for i, c in enumerate(cells) if block.holds(i) and isinstance(c, str)}
