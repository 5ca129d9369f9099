"""Detection of the table in a sheet: titles above, headers in any order, merged cells, notes below."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opencheck.core.display import beginning
from opencheck.core.errors import InputError
from opencheck.core.normalize import normalize_key, normalize_whitespace
from opencheck.readers.header_groups import LONGEST_HEADING, SheetBody, headings_at
from opencheck.readers.heading_maps import map_for
from opencheck.readers.heading_match import sure_fields
from opencheck.readers.sheet_body import read_body
from opencheck.readers.sources import RawTable
from opencheck.readers.table_detection import evidence, exact_table
from opencheck.records.dataset import Dataset, RowError, SkippedLine, SourceLocation
from opencheck.records.fields import TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "EXAMPLE_PREFIX",
    "REPORT_SHEETS",
    "SheetRows",
    "find_table",
    "listing_hint",
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
        data: the dataset that records every heading, and every skipped line and column.
        sheet: the sheet.
        name: the name of the sheet (or file), which decides between tables that the headings allow.
        required: whether a sheet without a table is an error.

    Returns:
        The cells by field, or None where the sheet holds no known table.

    Raises:
        InputError: the sheet's name is that of a table, but there is no header row of it.
    """
    rows = [(number, [_blank_to_none(cell) for cell in cells]) for number, cells in sheet.rows]
    rows = [(number, cells) for number, cells in rows if any(cell is not None for cell in cells)]
    if not rows:
        return None
    asked = map_for(data, sheet.file)
    spec, at = _find_header(rows, data.expected, name, asked, sheet.sheet)
    if spec is None and data.expected is not None:
        # The table is given: the first row with several texts is its header.
        spec, at = (
            data.expected,
            next((i for i, (_, cells) in enumerate(rows) if sum(isinstance(c, str) for c in cells) > 1), 0),
        )
    if spec is None:
        named = exact_table(name)
        if named is not None or required:
            raise _no_header(sheet, rows, named)
        data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet), "sheet", _excerpt(rows[0][1])))
        return None
    for number, cells in rows[:at]:
        data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet, number), "title", _excerpt(cells)))
    headings, depth = headings_at(rows, at)
    header_texts = [[normalize_key(str(c)) if c is not None else "" for c in cells] for _, cells in rows[at : at + depth]]
    width = max(len(header_texts[0]), 1 + max(headings, default=0))
    likely_id = next((i for i, h in headings.items() if sure_fields(spec, h, asked, sheet.sheet) == ("id",)), None)
    records: list[tuple[int, list[Any]]] = []
    problems: dict[int, list[RowError]] = {}
    for number, cells in rows[at + depth :]:
        cells = cells[:width] + [None] * (width - len(cells)) + cells[width:]
        code = skip_reason(cells, header_texts, likely_id, merged=number in sheet.merged_across, columns=len(headings))
        if code:
            data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet, number), code, _excerpt(cells)))
        else:
            if sheet.one_table and (beyond := [str(c) for c in cells[width:] if c is not None]):
                problems[len(records)] = [
                    RowError("", "", beginning(" | ".join(beyond), 60), "too_many_cells", {"count": width})
                ]
            records.append((number, cells))
    place = SourceLocation(sheet.file, sheet.sheet, rows[at][0])
    table = read_body(data, SheetBody(spec, place, headings, records, asked), problems)
    if "unit" not in table.columns and (unit := _reporting_unit(rows[:at])) is not None:
        table.columns["unit"] = (unit[0], [unit[1]] * len(records))
    for f, value in data.constants.items():
        table.columns.setdefault(f, (f, [value] * len(records)))
    return table


def _no_header(sheet: SheetRows, rows: list[tuple[int, list[Any]]], named: TableSpec | None) -> InputError:
    accepted = "、".join(f.column.label_zh for f in (named or TABLES["disclosure"]).fields.values())
    place = f"{sheet.file or ''}{f' [{sheet.sheet}]' if sheet.sheet else ''}"
    return InputError(
        f"{place}: 前{_HEADER_SEARCH_ROWS}行里没有找到台账的表头 / no header row of a ledger found in the first {_HEADER_SEARCH_ROWS} rows; "
        f"found: {_excerpt(_widest(rows))}; accepted: {accepted}{listing_hint(rows)}",
        code="no_header",
        path=sheet.file,
        sheet=sheet.sheet,
        found=_widest(rows),
    )


def _widest(rows: list[tuple[int, list[Any]]]) -> list[Any]:
    """The first row with the most different texts: the likely header."""
    return max((cells for _, cells in rows[:_HEADER_SEARCH_ROWS]), key=lambda cells: len(_texts(cells)))


def _texts(cells: Sequence[Any]) -> set[str]:
    return {c for c in cells if isinstance(c, str)}


def listing_hint(rows: Sequence[tuple[int, Sequence[Any]]]) -> str:
    """A hint, for a table of Chinese headings that is no ledger, at the check of published lists; nothing for any other sheet.

    >>> listing_hint([(1, ["id", "amount"]), (2, ["1", "2"])])
    ''
    """
    filled = [(number, cells) for number, cells in rows[:_HEADER_SEARCH_ROWS] if any(c not in (None, "") for c in cells)]
    if len(filled) < 2:
        return ""
    head = _texts(_widest([(n, list(cells)) for n, cells in filled]))
    chinese = [h for h in head if any("\u4e00" <= c <= "\u9fff" for c in h)]
    if len(chinese) < 3:
        return ""
    return (
        "; 如果是拟公布的名单、公示表，请用 opencheck preflight --table listing 检查 / "
        "a list or table to be published is checked by: opencheck preflight FILE --table listing"
    )


_REPORTING_UNIT = re.compile(r"((?:填报|报送|上报|填表|制表|编制)(?:单位|部门|机关))\s*[:：]\s*([^\s:：]+)(?![^\s]*[:：])")


def _reporting_unit(above: Sequence[tuple[int, Sequence[Any]]]) -> tuple[str, str] | None:
    """The unit that a line above the table names as the one that filled it in, with what that line calls it."""
    for _, cells in above:
        line = "  ".join(dict.fromkeys(str(c) for c in cells if c is not None))
        if match := _REPORTING_UNIT.search(line):
            return match[1], match[2]
    return None


def _blank_to_none(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell if normalize_whitespace(cell) else None
    return cell


def _excerpt(cells: Sequence[Any]) -> str:
    texts = list(dict.fromkeys(normalize_whitespace(str(c)) for c in cells if c is not None))
    return beginning(" | ".join(texts), 80)


def _find_header(
    rows: list[tuple[int, list[Any]]], expected: TableSpec | None, name: str, asked: Mapping[str, str], sheet: str | None
) -> tuple[TableSpec | None, int]:
    """Return the table and the index of its header row: the row whose headings fit one table best."""
    best: tuple[float, TableSpec | None, int] = (0.0, None, 0)
    only = expected or exact_table(name)
    titles: list[str] = []
    for index, (_, cells) in enumerate(rows[:_HEADER_SEARCH_ROWS]):
        texts = {normalize_key(c) for c in cells if isinstance(c, str) and len(c) <= LONGEST_HEADING}
        if len(texts) >= 2 or (only and len(rows[0][1]) == 1):
            headings = [h for h in headings_at(rows, index)[0].values() if len(h.text) <= LONGEST_HEADING]
            for spec in [only] if only else TABLES.values():
                found = evidence(spec, headings, asked, sheet)
                enough = len(found.fields) >= 2 if expected else found.suffices(name)
                score = found.score(name, titles)
                if enough and score > best[0]:
                    best = (score, spec, index)
        if best[1] is None:  # below the header stand records, whose words are no titles
            titles += [c for c in texts if len(c) > 2]
    return best[1], best[2]


def _repeats(cells: Sequence[Any], header: Sequence[str], written: int) -> bool:
    """Whether a row says what a row of the header (normalised) says: two cells or more, and seven of ten of those that are written."""
    same, other = 0, 0
    for cell, text in zip(cells, header, strict=False):
        if cell is None or cell == "":
            continue
        if text and normalize_key(str(cell)) == text:
            same += 1
        elif (other := other + 1) * 10 > written * 3:  # most rows are records, and told after a few cells
            return False
    return same >= 2 and same * 10 >= written * 7


def skip_reason(
    cells: Sequence[Any], header: Sequence[Sequence[str]], id_at: int | None, *, merged: bool, columns: int
) -> str | None:
    """Return why a row below the header is skipped, or None for a record.

    What a row is says the whole of its cells, not how one begins: 合计 is a total, 合计报表 a title, and ``*5`` with a date an id.

    Args:
        cells: the row, as wide as the header.
        header: the rows of the header, normalised.
        id_at: the column of the ids.
        merged: whether a cell is merged across three or more columns.
        columns: how many columns have a heading.

    Returns:
        ``blank``, ``header_again``, ``example``, ``total`` or ``note``.

    >>> skip_reason(["合计", None, "3"], [["编号", "标题", "件数"]], 0, merged=False, columns=3)
    'total'
    """
    written = [c for c in cells if c not in (None, "")]
    if not written:
        return "blank"
    if any(_repeats(cells, row, len(written)) for row in header):
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
