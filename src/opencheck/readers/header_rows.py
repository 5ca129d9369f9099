"""Detection of the table in a sheet: titles above, headers in any order, merged cells, notes below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from opencheck.core.errors import InputError
from opencheck.core.normalize import normalize_key, normalize_whitespace
from opencheck.readers.sources import RawTable
from opencheck.readers.table_detection import table_by_name
from opencheck.records.dataset import Dataset, RowError, SkippedLine, SourceLocation
from opencheck.records.fields import Record, TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "EXAMPLE_PREFIX",
    "REPORT_SHEETS",
    "SheetRows",
    "find_table",
    "skip_reason",
]


REPORT_SHEETS = ("检查结果", "问题清单", "填写说明", "词表")
"""Sheets that opencheck writes into workbooks; they hold no records."""

EXAMPLE_PREFIX = "示例"
"""Prefix of the ids of the template's example rows, which are skipped."""

_HEADER_SEARCH_ROWS = 30  # the header row is among the first rows

_LABEL_WORDS = """
附注 注 备注 说明 填表 填表人 填报 填报人 填表单位 填报单位 填表日期 填报日期 制表 制表人 审核 审核人 单位负责人 负责人 联系人 联系电话
统计时间 截止日期 数据来源
"""
_LABELS = "|".join(_LABEL_WORDS.split())
_LABELLED = re.compile(rf"[(（]?(?:{_LABELS})[:：].*|第.{{1,4}}页.*")
"""A cell below a table that says what it is: 填表人：张某."""
_LABEL = re.compile(rf"[(（]?(?:{_LABELS})[:：]?")
"""The same with what it says in the next cell."""
_STARRED = re.compile(r"[(（]?(?:\*|※).*")

_TOTAL = re.compile(r"(?:本[页表])?(?:合\s*计|小\s*计|总\s*计|共\s*计|总\s*数)[\s\d.,，:：()（）件条项个份次人户元万%]*")

_COMMON_FIELDS = frozenset(Record.model_fields)


@dataclass
class SheetRows:
    """A sheet or text file as rows of cells; ``rows`` holds (row number as displayed, cells)."""

    file: str | None
    sheet: str | None
    rows: list[tuple[int, Sequence[Any]]]
    merged_across: set[int] = field(default_factory=set)
    """Numbers of rows with a cell merged across three or more columns: usually titles and notes."""
    one_table: bool = False
    """Whether there is nothing beside the table, as in a text file: a cell beyond the header is then a fault of its row."""


def find_table(data: Dataset, sheet: SheetRows, *, name: str, required: bool = False) -> RawTable | None:
    """Find the table in a sheet.

    Args:
        data: the dataset that records every skipped line and column.
        sheet: the sheet.
        name: the name of the sheet (or file), which may identify the table.
        required: whether a sheet without a table is an error.

    Returns:
        The cells by field, or None where the sheet holds no known table.

    Raises:
        InputError: the sheet's name identifies a table, but there is no header row.
    """
    rows = [(number, [_blank_to_none(cell) for cell in cells]) for number, cells in sheet.rows]
    rows = [(number, cells) for number, cells in rows if any(cell is not None for cell in cells)]
    if not rows:
        return None
    named = data.expected or table_by_name(name)
    spec, at = _find_header(rows, named)
    if spec is None and data.expected is not None:
        # The table is given: the first row with several texts is its header.
        spec, at = (
            data.expected,
            next((i for i, (_, cells) in enumerate(rows) if sum(isinstance(c, str) for c in cells) > 1), 0),
        )
    if spec is None:
        if named is not None or required:
            accepted = "、".join(f.column.label_zh for f in (named or TABLES["disclosure"]).fields.values())
            place = f"{sheet.file or ''}{f' [{sheet.sheet}]' if sheet.sheet else ''}"
            raise InputError(
                f"{place}: 前{_HEADER_SEARCH_ROWS}行里没有找到表头 / no header row found in the first {_HEADER_SEARCH_ROWS} rows; "
                f"found: {_excerpt(rows[0][1])}; accepted: {accepted}",
                code="no_header",
                path=sheet.file,
                sheet=sheet.sheet,
                found=rows[0][1],
            )
        data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet), "sheet", _excerpt(rows[0][1])))
        return None
    for number, cells in rows[:at]:
        data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet, number), "title", _excerpt(cells)))
    fields, extra, second = _map_columns(data, sheet, spec, rows[at])
    header_texts = [normalize_key(str(c)) if c is not None else "" for c in rows[at][1]]
    width = len(header_texts)
    records: list[tuple[int, list[Any]]] = []
    problems: dict[int, list[RowError]] = {}
    id_at = next((i for i, f in fields.items() if f == "id"), None)
    for number, cells in rows[at + 1 :]:
        cells = cells[:width] + [None] * (width - len(cells)) + cells[width:]
        code = skip_reason(cells, header_texts, id_at, merged=number in sheet.merged_across, columns=len(fields))
        if code:
            data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet, number), code, _excerpt(cells)))
        else:
            if sheet.one_table and (beyond := [str(c) for c in cells[width:] if c is not None]):
                problems[len(records)] = [RowError("", "", " | ".join(beyond)[:60], "too_many_cells", {"count": width})]
            records.append((number, cells))
    columns = {f: (str(rows[at][1][i]), [cells[i] for _, cells in records]) for i, f in fields.items()}
    for f, value in data.constants.items():
        columns.setdefault(f, (f, [value] * len(records)))
    return RawTable(
        spec,
        [number for number, _ in records],
        columns,
        {title: [cells[i] for _, cells in records] for i, title in extra.items()},
        {f: i for i, f in fields.items()},
        problems,
        [(f, (str(rows[at][1][i]), [cells[i] for _, cells in records])) for i, f in second.items()],
    )


def _blank_to_none(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell if normalize_whitespace(cell) else None
    return cell


def _excerpt(cells: Sequence[Any]) -> str:
    texts = list(dict.fromkeys(normalize_whitespace(str(c)) for c in cells if c is not None))
    return " | ".join(texts)[:80]


def _find_header(rows: list[tuple[int, list[Any]]], named: TableSpec | None) -> tuple[TableSpec | None, int]:
    """Return the table and the index of its header row: the row that names most fields of one table."""
    best: tuple[float, TableSpec | None, int] = (0.0, None, 0)
    for index, (_, cells) in enumerate(rows[:_HEADER_SEARCH_ROWS]):
        texts = [c for c in cells if isinstance(c, str) and len(c) <= 40]
        if len({normalize_key(t) for t in texts}) < 2 and not (named and len(rows[0][1]) == 1):
            continue
        for spec in [named] if named else TABLES.values():
            found = {f for t in texts if (f := spec.resolve_header(t))}
            score = len(found) + 0.5 * len(found - _COMMON_FIELDS)
            enough = len(found) >= 2 if named else len(found - _COMMON_FIELDS) >= 2
            if enough and score > best[0]:
                best = (score, spec, index)
    return best[1], best[2]


def _map_columns(
    data: Dataset, sheet: SheetRows, spec: TableSpec, header: tuple[int, list[Any]]
) -> tuple[dict[int, str], dict[int, str], dict[int, str]]:
    """Return column index → field, column index → title for the columns that match no field, and further columns of fields."""
    number, cells = header
    fields: dict[int, str] = {}
    extra: dict[int, str] = {}
    second: dict[int, str] = {}
    # A column with the canonical header takes precedence over an alias.
    order = sorted(
        (i for i, c in enumerate(cells) if c is not None),
        key=lambda i: (normalize_key(str(cells[i])) not in {normalize_key(f.column.label_zh) for f in spec.fields.values()}, i),
    )
    for i in order:
        name = spec.resolve_header(str(cells[i]))
        if name is None or name in fields.values():
            title = normalize_whitespace(str(cells[i]))
            if name is not None:
                second[i] = name
            extra[i] = title if title not in extra.values() else f"{title}_{i + 1}"
            code = "unknown_column" if name is None else "second_column"
            data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet, number), code, title))
        else:
            fields[i] = name
    return fields, extra, second


def skip_reason(cells: Sequence[Any], header: Sequence[str], id_at: int | None, *, merged: bool, columns: int) -> str | None:
    """Return why a row below the header is skipped, or None for a record.

    What a row is says the whole of its cells, not how one begins: 合计 is a total, 合计报表 a title, and ``*5`` with a date an id.

    Args:
        cells: the row, as wide as the header.
        header: the header, normalised.
        id_at: the column of the ids.
        merged: whether a cell is merged across three or more columns.
        columns: how many columns name fields.

    Returns:
        ``blank``, ``header_again``, ``example``, ``total`` or ``note``.

    >>> skip_reason(["合计", None, "3"], ["编号", "标题", "件数"], 0, merged=False, columns=3)
    'total'
    """
    written = [c for c in cells if c not in (None, "")]
    if not written:
        return "blank"
    keys = [normalize_key(str(c)) if c is not None else "" for c in cells]
    same = sum(1 for a, b in zip(keys, header, strict=False) if a and a == b)
    if same >= 2 and same * 10 >= len(written) * 7:
        return "header_again"
    if id_at is not None and str(cells[id_at] or "").startswith(EXAMPLE_PREFIX):
        return "example"
    if _TOTAL.fullmatch(normalize_whitespace(str(written[0]))):
        return "total"
    different = list(dict.fromkeys(normalize_whitespace(str(c)) for c in dict.fromkeys(written)))
    if len(different) == 1 and ((columns >= 3 and merged) or _STARRED.fullmatch(different[0])):
        return "note"
    if all(_LABELLED.fullmatch(t) for t in different) or (len(different) == 2 and _LABEL.fullmatch(different[0])):
        return "note"
    return None
