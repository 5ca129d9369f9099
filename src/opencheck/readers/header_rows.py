"""Finding the table in a sheet as people make them: titles above, headers in any order, merged cells, notes below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from opencheck.core.errors import InputError
from opencheck.core.normalize import clean, fold
from opencheck.readers.table_detection import table_named
from opencheck.readers.typed_columns import Cells
from opencheck.records.dataset import Dataset, Ignored, Place
from opencheck.records.fields import Record, TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "EXAMPLE_MARK",
    "OWN_SHEETS",
    "Grid",
    "read_grid",
]


OWN_SHEETS = ("检查结果", "问题清单", "填写说明", "词表")
"""Sheets that opencheck itself writes into workbooks; they hold no records."""

EXAMPLE_MARK = "示例"
"""The template's example rows carry this in front of their id; they are never taken for records."""

_LOOK = 30  # header rows are looked for among the first rows only

_NOTE = re.compile(
    r"^[(（]?((附?注|备注|说明|填表人?|填报人?|填表单位|填报单位|制表人?|审核人?|单位负责人|负责人|联系人|联系电话|统计时间|截止日期|数据来源)[:：]"
    r"|第.{1,4}页|\*|※)"
)

_TOTAL = re.compile(r"^(合\s*计|小\s*计|总\s*计|共\s*计|总\s*数)[:：]?")

_BASE = frozenset(Record.model_fields)


@dataclass
class Grid:
    """A sheet or text file as rows of cells; ``rows`` holds (row number as the person sees it, cells)."""

    file: str | None
    sheet: str | None
    rows: list[tuple[int, Sequence[Any]]]
    merged_across: set[int] = field(default_factory=set)
    """Row numbers that have a cell merged across three or more columns: titles and notes, as a rule."""


def read_grid(data: Dataset, grid: Grid, *, name: str, must: bool = False) -> Cells | None:
    """Find the table in a sheet.

    Args:
        data: takes the note of every line and column that is no part of the table.
        grid: the sheet.
        name: what the sheet (or file) is called; it tells the table where it can.
        must: whether a sheet without a table is an error rather than a sheet of another kind.

    Returns:
        The cells under their fields, or None where the sheet holds no table of ours.

    Raises:
        InputError: the sheet's name promises a table, but no header row can be found.
    """
    rows = [(number, [_tidy(cell) for cell in cells]) for number, cells in grid.rows]
    rows = [(number, cells) for number, cells in rows if any(cell is not None for cell in cells)]
    if not rows:
        return None
    named = data.expected or table_named(name)
    spec, at = _header(rows, named)
    if spec is None and data.expected is not None:
        # Whatever it holds is to be judged: its header is then the first line of several texts.
        spec, at = (
            data.expected,
            next((i for i, (_, cells) in enumerate(rows) if sum(isinstance(c, str) for c in cells) > 1), 0),
        )
    if spec is None:
        if named is not None or must:
            accepted = "、".join(f.column.zh for f in (named or TABLES["disclosure"]).fields.values())
            place = f"{grid.file or ''}{f' [{grid.sheet}]' if grid.sheet else ''}"
            raise InputError(
                f"{place}: 前{_LOOK}行里没有找到表头 / no header row found in the first {_LOOK} rows; "
                f"found: {_excerpt(rows[0][1])}; accepted: {accepted}",
                code="no_header",
                path=grid.file,
                sheet=grid.sheet,
                found=rows[0][1],
            )
        data.ignored.append(Ignored(Place(grid.file, grid.sheet), "sheet", _excerpt(rows[0][1])))
        return None
    for number, cells in rows[:at]:
        data.ignored.append(Ignored(Place(grid.file, grid.sheet, number), "title", _excerpt(cells)))
    fields, extra = _columns(data, grid, spec, rows[at])
    header_texts = [fold(str(c)) if c is not None else "" for c in rows[at][1]]
    width = len(header_texts)
    kept: list[tuple[int, list[Any]]] = []
    id_at = next((i for i, f in fields.items() if f == "id"), None)
    for number, cells in rows[at + 1 :]:
        cells = cells[:width] + [None] * (width - len(cells)) + cells[width:]
        code = _no_record(cells, header_texts, id_at, number in grid.merged_across, len(fields))
        if code:
            data.ignored.append(Ignored(Place(grid.file, grid.sheet, number), code, _excerpt(cells)))
        else:
            kept.append((number, cells))
    columns = {f: (str(rows[at][1][i]), [cells[i] for _, cells in kept]) for i, f in fields.items()}
    for f, value in data.constants.items():
        columns.setdefault(f, (f, [value] * len(kept)))
    return Cells(
        spec,
        [number for number, _ in kept],
        columns,
        {title: [cells[i] for _, cells in kept] for i, title in extra.items()},
        {f: i for i, f in fields.items()},
    )


def _tidy(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell if clean(cell) else None
    return cell


def _excerpt(cells: Sequence[Any]) -> str:
    texts = list(dict.fromkeys(clean(str(c)) for c in cells if c is not None))
    return " | ".join(texts)[:80]


def _header(rows: list[tuple[int, list[Any]]], named: TableSpec | None) -> tuple[TableSpec | None, int]:
    """The table and the index of its header row: the row that names most fields of one table."""
    best: tuple[float, TableSpec | None, int] = (0.0, None, 0)
    for index, (_, cells) in enumerate(rows[:_LOOK]):
        texts = [c for c in cells if isinstance(c, str) and len(c) <= 40]
        if len({fold(t) for t in texts}) < 2 and not (named and len(rows[0][1]) == 1):
            continue
        for spec in [named] if named else TABLES.values():
            found = {f for t in texts if (f := spec.field_of(t))}
            score = len(found) + 0.5 * len(found - _BASE)
            enough = len(found) >= 2 if named else len(found - _BASE) >= 2
            if enough and score > best[0]:
                best = (score, spec, index)
    return best[1], best[2]


def _columns(
    data: Dataset, grid: Grid, spec: TableSpec, header: tuple[int, list[Any]]
) -> tuple[dict[int, str], dict[int, str]]:
    """Column index → field, and column index → title of the columns that are none."""
    number, cells = header
    fields: dict[int, str] = {}
    extra: dict[int, str] = {}
    # A column under the canonical header goes before one under an alias.
    order = sorted(
        (i for i, c in enumerate(cells) if c is not None),
        key=lambda i: (fold(str(cells[i])) not in {fold(f.column.zh) for f in spec.fields.values()}, i),
    )
    for i in order:
        name = spec.field_of(str(cells[i]))
        if name is None or name in fields.values():
            title = clean(str(cells[i]))
            extra[i] = title if title not in extra.values() else f"{title}_{i + 1}"
            code = "unknown_column" if name is None else "second_column"
            data.ignored.append(Ignored(Place(grid.file, grid.sheet, number), code, title))
        else:
            fields[i] = name
    return fields, extra


def _no_record(cells: Sequence[Any], header: list[str], id_at: int | None, merged: bool, columns: int) -> str | None:
    """Why a line below the header is no record: a repeated header, a total, a note, the template's example."""
    texts = [fold(str(c)) if c is not None else "" for c in cells]
    filled = [t for t in texts if t]
    same = sum(1 for a, b in zip(texts, header, strict=False) if a and a == b)
    if same >= 2 and same * 10 >= len(filled) * 7:
        return "header_again"
    first = clean(str(next(c for c in cells if c is not None)))
    if id_at is not None and cells[id_at] is not None and str(cells[id_at]).startswith(EXAMPLE_MARK):
        return "example"
    if _TOTAL.match(first):
        return "total"
    few = len(set(filled))
    if (few == 1 and columns >= 3 and merged) or (few <= 2 and _NOTE.match(first)):
        return "note"
    return None
