"""Detection of the table in a sheet: titles above, headers in any order, merged cells, notes below."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from opencheck.core.display import beginning
from opencheck.core.errors import InputError
from opencheck.core.normalize import normalize_key, normalize_whitespace
from opencheck.readers.header_groups import LONGEST_HEADING, SheetBody, headings_at
from opencheck.readers.heading_maps import map_for
from opencheck.readers.heading_match import Heading, sure_fields
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
    "find_tables",
    "listing_hint",
    "numbers_columns",
    "skip_reason",
]


REPORT_SHEETS = ("检查结果", "问题清单", "填写说明", "词表")
"""Sheets that opencheck writes into workbooks; they hold no records."""

EXAMPLE_PREFIX = "示例"
"""Prefix of the ids of the template's example rows, which are skipped."""

_HEADER_SEARCH_ROWS = 30  # the header row is among the first rows

_LABEL_WORDS = """
附注 注 备注 说明 填表 填表人 填报 填报人 填表单位 填报单位 填表日期 填报日期 填报时间 填表说明 制表 制表人 制表日期
审核 审核人 复核 复核人 校对 单位负责人 部门负责人 主要负责人 分管负责人 分管领导 主管领导 单位领导 负责人 经办 经办人
联系人 联系电话 联系方式 电话 签字 盖章 单位 报送单位 报送日期 报送时间 统计人 统计时间 统计日期 截止日期 截至日期
数据来源 打印日期 打印时间 导出时间 导出人
"""
_LABELS = "|".join(_LABEL_WORDS.split())
_SIGNED = r"(?:\s*[(（](?:签字|签名|签章|盖章|公章|章|签)[)）])?"
_LABELLED = re.compile(
    rf"[(（]?(?:{_LABELS}){_SIGNED}[:：].*|(?:{_LABELS})[(（](?:签字|签名|签章|盖章|公章|章|签)[)）]|第.{{1,4}}页.*"
)
"""A cell below a table that says what it is: 填表人：张某."""
_LABEL = re.compile(rf"[(（]?(?:{_LABELS}){_SIGNED}[:：]?")
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


def find_tables(data: Dataset, sheet: SheetRows, *, name: str, required: bool = False) -> list[RawTable]:
    """Find the tables in a sheet: usually one; others stand below it or beside it, each under headings of its own.

    Args:
        data: the dataset that records every heading, and every skipped line and column.
        sheet: the sheet.
        name: the name of the sheet (or file), which decides between tables that the headings allow.
        required: whether a sheet without a table is an error.

    Returns:
        For each table its cells by field; none where the sheet holds no known table.

    Raises:
        InputError: the sheet's name is that of a table, but there is no header row of it.
    """
    rows = [(number, [_blank_to_none(cell) for cell in cells]) for number, cells in sheet.rows]
    rows = [(number, cells) for number, cells in rows if any(cell is not None for cell in cells)]
    if not rows:
        return []
    mapping = map_for(data, sheet.file)
    spec, at = _find_header(rows, data.expected, name, mapping, sheet.sheet)
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
        return []
    for number, cells in rows[:at]:
        data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet, number), "title", _excerpt(cells)))
    found: list[RawTable] = []
    above = rows[:at]
    while spec is not None:
        headings, _ = headings_at(rows, at)
        known = {i: sure_fields(spec, h, mapping, sheet.sheet) for i, h in headings.items()}
        end, following = len(rows), None
        if data.expected is None:
            end, following = _next_table(rows, at, spec, known, mapping, sheet.sheet)
        for first, last in _beside(headings, known) if data.expected is None else [(0, None)]:
            found.append(_read_table(data, sheet, spec, rows[at:end], (first, last), above, mapping))
        at, spec = end, following
    return found


def _read_table(
    data: Dataset,
    sheet: SheetRows,
    spec: TableSpec,
    rows: list[tuple[int, list[Any]]],
    columns: tuple[int, int | None],
    above: Sequence[tuple[int, Sequence[Any]]],
    mapping: Mapping[str, str],
) -> RawTable:
    """Read one table, whose headings are the first of these rows; of each row the columns of the table."""
    first, last = columns
    if (first, last) != (0, None):
        own = [
            (n, [c if i >= first and (last is None or i < last) else None for i, c in enumerate(cells)]) for n, cells in rows
        ]
        rows = [(n, cells) for n, cells in own if any(c is not None for c in cells)]
    headings, depth = headings_at(rows, 0)
    header_texts = [[normalize_key(str(c)) if c is not None else "" for c in cells] for _, cells in rows[:depth]]
    width = max(len(header_texts[0]), 1 + max(headings, default=0))
    known = {i: sure_fields(spec, h, mapping, sheet.sheet) for i, h in headings.items()}
    id_at = next((i for i, fields in known.items() if fields == ("id",)), None)
    records: list[tuple[int, list[Any]]] = []
    problems: dict[int, list[RowError]] = {}
    for place, (number, cells) in enumerate(rows[depth:]):
        cells = cells[:width] + [None] * (width - len(cells)) + cells[width:]
        code = skip_reason(cells, header_texts, id_at, merged=number in sheet.merged_across, columns=len(headings))
        if (
            code is None
            and data.expected is None
            and ((place == 0 and numbers_columns(cells)) or _names_columns(cells, spec, known, mapping, sheet.sheet))
        ):
            code = "header_again"
        if code:
            data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet, number), code, _excerpt(cells)))
        else:
            if sheet.one_table and (beyond := [str(c) for c in cells[width:] if c is not None]):
                problems[len(records)] = [
                    RowError("", "", beginning(" | ".join(beyond), 60), "too_many_cells", {"count": width})
                ]
            records.append((number, cells))
    # What stands below no heading belongs to the records all the same: it is told, and searched where every cell is.
    nameless = range(width if sheet.one_table else max((len(cells) for _, cells in records), default=0))
    for i in (i for i in nameless if i not in headings and i >= first and (last is None or i < last)):
        if any(i < len(cells) and cells[i] is not None for _, cells in records):
            headings[i] = Heading(f"（第{i + 1}列没有表头）")
    widest = 1 + max(headings, default=0)
    records = [(number, cells + [None] * (widest - len(cells))) for number, cells in records]
    where = SourceLocation(sheet.file, sheet.sheet, rows[0][0])
    table = read_body(data, SheetBody(spec, where, headings, records, mapping), problems)
    if "unit" not in table.columns and (unit := _reporting_unit(above)) is not None:
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
    rows: list[tuple[int, list[Any]]], expected: TableSpec | None, name: str, mapping: Mapping[str, str], sheet: str | None
) -> tuple[TableSpec | None, int]:
    """Return the table and the index of its header row: the row whose headings fit one table best, or the first with records of its own."""
    candidates: dict[int, tuple[float, TableSpec]] = {}
    only = expected or exact_table(name)
    titles: list[str] = []
    for index, (_, cells) in enumerate(rows[:_HEADER_SEARCH_ROWS]):
        texts = {normalize_key(c) for c in cells if isinstance(c, str) and len(c) <= LONGEST_HEADING}
        if len(texts) >= 2 or (only and len(rows[0][1]) == 1):
            headings = [h for h in headings_at(rows, index)[0].values() if len(h.text) <= LONGEST_HEADING]
            for spec in [only] if only else TABLES.values():
                found = evidence(spec, headings, mapping, sheet)
                enough = len(found.fields) >= 2 if expected else found.suffices(name)
                score = found.score(name, titles)
                if enough and score > candidates.get(index, (0.0, None))[0]:
                    candidates[index] = (score, spec)
        if not candidates:  # below the header stand records, whose words are no titles
            titles += [c for c in texts if len(c) > 2]
    if not candidates:
        return None, 0
    best = max(candidates, key=lambda index: (candidates[index][0], -index))
    for index, (_, spec) in candidates.items():
        between = range(index + headings_at(rows, index)[1], best)
        if any(i not in candidates and len({str(c) for c in rows[i][1] if c is not None}) > 1 for i in between):
            return spec, index
    return candidates[best][1], best


@lru_cache(maxsize=1)
def _written_headings() -> frozenset[str]:
    """The headings of all tables as their names and aliases are written."""
    columns = [(f.name, f.column) for spec in TABLES.values() for f in spec.fields.values()]
    return frozenset(t for name, c in columns for t in (name, c.label_zh, *c.aliases, *c.vague, *c.nearby, *c.likely))


def _next_table(
    rows: list[tuple[int, list[Any]]],
    at: int,
    spec: TableSpec,
    known: Mapping[int, tuple[str, ...]],
    mapping: Mapping[str, str],
    sheet: str | None,
) -> tuple[int, TableSpec | None]:
    """Where the next table begins below a header, and which it is: at a row of headings that are not those of the table above."""
    words = _written_headings()
    for i in range(at + headings_at(rows, at)[1], len(rows)):
        cells = rows[i][1]
        if sum(c in words for c in cells if type(c) is str) < 2 or _names_columns(cells, spec, known, mapping, sheet):
            continue
        headings = headings_at(rows, i)[0]
        if {column: sure_fields(spec, h, mapping, sheet) for column, h in headings.items()} == known:
            continue
        candidates = (evidence(other, headings.values(), mapping, sheet) for other in TABLES.values())
        found = [e for e in candidates if len(e.telling) >= 2 and len(e.fields) * 2 >= len(headings)]
        if found:
            title = [c for c in rows[i - 1][1] if isinstance(c, str)] if len(set(rows[i - 1][1]) - {None}) == 1 else []
            return i, max(found, key=lambda e: (e.score(None, title), e.spec is spec)).spec
    return len(rows), None


def _names_columns(
    cells: Sequence[Any], spec: TableSpec, known: Mapping[int, tuple[str, ...]], mapping: Mapping[str, str], sheet: str | None
) -> bool:
    """Whether a row names the columns once more in other words: below 收到日期 stands received_on."""
    written = [(i, c) for i, c in enumerate(cells) if c is not None and c != ""]
    if len(written) < 3 or not all(type(c) is str and len(c) <= LONGEST_HEADING for _, c in written):
        return False
    others = 0
    for i, text in written:
        own = known.get(i)
        others += not own or sure_fields(spec, Heading(text), mapping, sheet) != own
        if others * 10 > len(written) * 3:  # soon so in nearly every record
            return False
    return True


def _beside(headings: Mapping[int, Heading], known: Mapping[int, tuple[str, ...]]) -> list[tuple[int, int | None]]:
    """The columns of each table that stands under these headings: several where the same headings come again in the same order."""
    texts = [(i, normalize_key(headings[i].shown)) for i in sorted(known)]
    for count in range(len(texts) // 2, 1, -1):
        size = len(texts) // count
        blocks = [texts[at : at + size] for at in range(0, len(texts), size)]
        if size < 2 or len(texts) % count or sum(bool(known[i]) for i, _ in blocks[0]) < 2:
            continue
        if all([t for _, t in block] == [t for _, t in blocks[0]] for block in blocks):
            starts = [0, *(block[0][0] for block in blocks[1:]), None]
            return [(first or 0, last) for first, last in pairwise(starts)]
    return [(0, None)]


_SERIES = ("一二三四五六七八九十", "甲乙丙丁戊己庚辛壬癸", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def numbers_columns(cells: Sequence[Any]) -> bool:
    """Whether a row below the headings numbers the columns: 1, 2, 3 or 甲, 乙, 丙, as printed forms do.

    >>> numbers_columns(["1", "2", None, "3"]), numbers_columns(["（1）", "（2）", "（3）"]), numbers_columns([1, 2.0, 3, "2018-09-01"])
    (True, True, False)
    """
    written = [c for c in cells if c is not None and c != ""]
    if not 3 <= len(written) <= 99 or any(isinstance(c, str) and len(c) > 6 for c in written):
        return False
    texts = [normalize_key(str(int(c)) if isinstance(c, float) and c.is_integer() else str(c)).upper() for c in written]
    return texts == [str(n) for n in range(1, len(texts) + 1)] or any("".join(texts) == s[: len(texts)] for s in _SERIES)


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


_RECORD_ID = re.compile(r"(?!\d{1,6}(?:\.0)?$)[\w*〔〕\[\]()（）/.—-]+")
"""The id of a record: not the number alone of a row in a form that is numbered beforehand, nor a sentence."""


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
        ``blank``, ``header_again``, ``example``, ``total``, ``note``, or ``no_content`` for a row that says nothing but a number.

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
    alone = len(written) == 1 and columns >= 3 and id_at is not None and cells[id_at] not in (None, "")
    if not any(map(normalize_key, different)) or (alone and not _RECORD_ID.fullmatch(different[0])):
        return "no_content"
    return None
