"""Detection of the table in a sheet: titles above, headers in any order, merged cells, notes below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opencheck.core.display import beginning
from opencheck.core.errors import InputError
from opencheck.core.normalize import normalize_key, normalize_whitespace
from opencheck.readers.body_lines import BodyLines
from opencheck.readers.forms import Form, form_in, months_hint
from opencheck.readers.header_groups import LONGEST_HEADING, Row, SheetBody, headings_at, stand_below
from opencheck.readers.heading_maps import map_for
from opencheck.readers.heading_match import Heading, sure_fields
from opencheck.readers.raw_tables import RawTable
from opencheck.readers.sections import Section, SectionsBelow, reporting_unit, split_at_sections
from opencheck.readers.sheet_body import read_body
from opencheck.readers.side_by_side import Block, blocks_of
from opencheck.readers.table_detection import evidence, exact_table
from opencheck.readers.unread_sheets import may_hold, unread_sheet
from opencheck.records.dataset import Dataset, RowError, SkippedLine, SourceLocation
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import TABLES

__all__ = [
    "HEADER_SEARCH_ROWS",
    "REPORT_SHEETS",
    "SheetRows",
    "body_of",
    "excerpt",
    "find_header",
    "find_tables",
    "listing_hint",
    "without_blanks",
]


REPORT_SHEETS = ("检查结果", "问题清单", "填写说明", "词表")
"""Sheets that opencheck writes into workbooks; they hold no records."""

HEADER_SEARCH_ROWS = 30
"""The header row is among the first rows."""

_SAMPLE_ROWS = 200
"""Rows that tell in which columns few words come again and again."""


@dataclass
class SheetRows:
    """A sheet or text file as rows of cells; ``rows`` holds (row number as displayed, cells)."""

    file: str | None
    sheet: str | None
    rows: list[tuple[int, Sequence[Any]]]
    merged_across: set[int] = field(default_factory=set)
    """Numbers of rows with a cell merged across three or more columns: usually titles and notes."""
    spread: dict[int, dict[int, int]] = field(default_factory=dict)
    """By the number of the row, the columns whose cells only repeat that of a column before them, with which they are merged: that column."""
    columns: Sequence[int] | None = None
    """The columns of the sheet that the cells stand in, where empty ones between them were left out."""
    one_table: bool = False
    """Whether there is nothing beside the table, as in a text file: a cell beyond the header is then a fault of its row."""


def find_tables(
    data: Dataset, sheet: SheetRows, *, name: str, required: bool = False, faults: list[InputError] | None = None
) -> list[RawTable]:
    """Find the tables in a sheet: usually one; others stand below it or beside it, each under headings of its own.

    Args:
        data: the dataset that records every heading, and every skipped line and column.
        sheet: the sheet.
        name: the name of the sheet (or file), which decides between tables that the headings allow.
        required: whether a sheet without a table is an error.
        faults: where it is put that there is no header row, for sheets beside which others may be read; else it is raised.

    Returns:
        For each table its cells by field; none where the sheet holds no known table.

    Raises:
        InputError: the sheet's name is that of a table, or a table is required, but there is no header row of it.
    """
    rows = [(number, without_blanks(cells)) for number, cells in sheet.rows]
    rows = [(number, cells) for number, cells in rows if cells.count(None) < len(cells)]
    if not rows:
        return []
    mapping = map_for(data, sheet.file)
    only = data.expected or exact_table(name)
    if form := form_in(rows, [only] if only else list(TABLES.values()), name, mapping, sheet.sheet, sheet.spread):
        return [_read_form(data, sheet, form, mapping)]
    spec, at = find_header(rows, data.expected, name, mapping, sheet.sheet)
    if spec is None and data.expected is not None:
        # The table is given: the first row with several texts is its header.
        spec, at = (
            data.expected,
            next((i for i, (_, cells) in enumerate(rows) if sum(isinstance(c, str) for c in cells) > 1), 0),
        )
    if spec is None:
        named = exact_table(name)
        if named is not None or required:
            fault = _no_header(sheet, rows, named)
            if named is None or faults is None:
                raise fault
            faults.append(fault)
            place = SourceLocation(sheet.file, sheet.sheet)
            data.ignored.append(SkippedLine(place, "sheet", excerpt(_widest(rows)), may_hold=(named.name,)))
            return []
        unread_sheet(data, rows, SourceLocation(sheet.file, sheet.sheet), name, excerpt(rows[0][1]), mapping)
        return []
    if data.expected is None and (held := may_hold(rows[:at], None, mapping, sheet.sheet, fewest=2)) is not None:
        first, cells = rows[0]
        place = SourceLocation(sheet.file, sheet.sheet, first)
        data.ignored.append(SkippedLine(place, "above", excerpt(cells), may_hold=held))
    for number, cells in rows[:at]:
        data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet, number), "title", excerpt(cells)))
    found: list[RawTable] = []
    while spec is not None:
        headings, depth = headings_at(rows, at)
        known = {i: sure_fields(spec, h, mapping, sheet.sheet) for i, h in headings.items()}
        end, following = len(rows), None
        if data.expected is None:
            end, following = _next_table(rows, at, body_of(spec, rows[at:], known, mapping, sheet.sheet, alike=True))
        blocks = [Block(spec)]
        if data.expected is None:
            blocks = blocks_of(spec, rows[:end], at, name=name, mapping=mapping, sheet=sheet.sheet)
        for block in blocks:
            if block.spec is None:
                place = SourceLocation(sheet.file, sheet.sheet, rows[at][0])
                own = [(n, [c for i, c in enumerate(cells) if block.holds(i)]) for n, cells in rows[at:end]]
                own = [(n, cells) for n, cells in own if any(c is not None for c in cells)]
                held = may_hold(own, None, mapping, sheet.sheet)
                data.ignored.append(SkippedLine(place, "columns", excerpt(own[0][1]), block.near, held))
            else:
                found += _read_table(data, sheet, block.spec, rows[at:end], block, rows[:at], mapping)
                data.last_read[sheet.file] = (block.spec, rows[at + depth : min(end, at + _SAMPLE_ROWS)])
        at, spec = end, following
    return found


def _read_table(
    data: Dataset,
    sheet: SheetRows,
    spec: TableSpec,
    rows: list[tuple[int, list[Any]]],
    block: Block,
    above: Sequence[tuple[int, Sequence[Any]]],
    mapping: Mapping[str, str],
) -> list[RawTable]:
    """Read one table, whose headings are the first of these rows; of each row the columns of the table. Where lines between the records head
    groups of them, each group is a part.
    """
    if block != Block(spec):
        own = [(n, [c if block.holds(i) else None for i, c in enumerate(cells)]) for n, cells in rows]
        rows = [(n, cells) for n, cells in own if any(c is not None for c in cells)]
    headings, depth = headings_at(rows, 0)
    width = max(len(rows[0][1]), 1 + max(headings, default=0))
    known = {i: sure_fields(spec, h, mapping, sheet.sheet) for i, h in headings.items()}
    body = body_of(spec, rows, known, mapping, sheet.sheet, alike=data.expected is None)
    records: list[tuple[int, list[Any]]] = []
    problems: dict[int, list[RowError]] = {}
    sections = SectionsBelow(_reporting_unit(above, block))
    for place, (number, cells) in enumerate(rows[depth:]):
        if len(cells) < width:
            cells = cells + [None] * (width - len(cells))
        is_merged = number in sheet.merged_across
        code = body.skip(cells, first=place == 0, merged=is_merged)
        if code == "section" and (section := body.section_in(cells, merged=is_merged)) is not None:
            sections.found.append((len(records), section))
        elif code == "note" and sections.above is not None and (unit := reporting_unit(cells)) is not None:
            sections.found.append((len(records), Section(None, unit[1])))
        if code:
            data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet, number), code, excerpt(cells)))
        else:
            if sheet.one_table and (beyond := [str(c) for c in cells[width:] if c is not None]):
                problems[len(records)] = [
                    RowError("", "", beginning(" | ".join(beyond), 60), "too_many_cells", {"count": width})
                ]
            records.append((number, cells))
    merged = _take_repeated(records, headings, sheet.spread)
    # What stands below no heading belongs to the records all the same: it is told, and searched where every cell is.
    nameless = range(width if sheet.one_table else max((len(cells) for _, cells in records), default=0))
    for i in (i for i in nameless if i not in headings and block.holds(i)):
        if any(i < len(cells) and cells[i] is not None for _, cells in records):
            headings[i] = Heading(f"（第{i + 1}列没有表头）")
    widest = 1 + max(headings, default=0)
    records = [(n, cells if len(cells) >= widest else cells + [None] * (widest - len(cells))) for n, cells in records]
    where = SourceLocation(sheet.file, sheet.sheet, rows[0][0])
    table = read_body(data, SheetBody(spec, where, headings, records, mapping, merged, sheet.columns), problems)
    if sheet.columns is not None:
        table.positions = {name: sheet.columns[at] for name, at in table.positions.items()}
    parts = split_at_sections(data, table, sections, sheet.sheet or sheet.file)
    for part in parts:
        for f, value in data.constants.items():
            part.columns.setdefault(f, (f, [value] * len(part.rows)))
    return parts


def _read_form(data: Dataset, sheet: SheetRows, form: Form, mapping: Mapping[str, str]) -> RawTable:
    """Read the one record of a form; where its cells stand in the sheet is not told, as they are no columns."""
    for number, cells in form.titles:
        data.ignored.append(SkippedLine(SourceLocation(sheet.file, sheet.sheet, number), "title", excerpt(cells)))
    (number, labels), (_, values) = form.rows
    place = SourceLocation(sheet.file, sheet.sheet, number)
    headings = {i: Heading(str(label)) for i, label in enumerate(labels)}
    table = read_body(data, SheetBody(form.spec, place, headings, [(number, values)], mapping, {}), {})
    table.positions = {}
    for f, value in data.constants.items():
        table.columns.setdefault(f, (f, [value]))
    data.notes.append(
        ("note.read_as_form", {"sheet": sheet.sheet or sheet.file, "table": form.spec.name, "table_zh": form.spec.label_zh})
    )
    return table


def _take_repeated(
    records: list[Row], headings: Mapping[int, Heading], spread: Mapping[int, Mapping[int, int]]
) -> dict[int, dict[int, tuple[str, Any]]]:
    """Take out of records what merged cells repeat to the right of their first column, and return what was there: see :class:`SheetBody`."""
    taken: dict[int, dict[int, tuple[str, Any]]] = {}
    for index, (number, cells) in enumerate(records) if spread else ():
        own = {i: first for i, first in spread.get(number, {}).items() if i < len(cells) and cells[i] is not None}
        if own:
            shown = {i: headings[first].shown if first in headings else f"（第{first + 1}列）" for i, first in own.items()}
            taken[index] = {i: (shown[i], cells[i]) for i in own}
            records[index] = (number, [None if i in own else cell for i, cell in enumerate(cells)])
    return taken


def _no_header(sheet: SheetRows, rows: list[tuple[int, list[Any]]], named: TableSpec | None) -> InputError:
    accepted = "、".join(f.column.label_zh for f in (named or TABLES["disclosure"]).fields.values())
    place = f"{sheet.file or ''}{f' [{sheet.sheet}]' if sheet.sheet else ''}"
    return InputError(
        f"{place}: 前{HEADER_SEARCH_ROWS}行里没有找到台账的表头 / no header row of a ledger found in the first {HEADER_SEARCH_ROWS} rows; "
        f"found: {excerpt(_widest(rows))}; accepted: {accepted}{months_hint(rows, sheet.columns) or listing_hint(rows)}",
        code="no_header",
        path=sheet.file,
        sheet=sheet.sheet,
        found=_widest(rows),
    )


def _widest(rows: list[tuple[int, list[Any]]]) -> list[Any]:
    """The first row with the most different texts: the likely header."""
    return max((cells for _, cells in rows[:HEADER_SEARCH_ROWS]), key=lambda cells: len(_texts(cells)))


def _texts(cells: Sequence[Any]) -> set[str]:
    return {c for c in cells if isinstance(c, str)}


def listing_hint(rows: Sequence[tuple[int, Sequence[Any]]]) -> str:
    """A hint, for a table of Chinese headings that is no ledger, at the check of published lists; nothing for any other sheet.

    >>> listing_hint([(1, ["id", "amount"]), (2, ["1", "2"])])
    ''
    """
    filled = [(number, cells) for number, cells in rows[:HEADER_SEARCH_ROWS] if any(c not in (None, "") for c in cells)]
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


def _reporting_unit(above: Sequence[tuple[int, Sequence[Any]]], block: Block) -> tuple[str, str] | None:
    """The unit that the last such line above a table names as the one that filled it in, with what that line calls it.

    Tables beside each other may each have a unit in a column of theirs; a line with one unit is above all of them.
    """
    for _, cells in reversed(above):
        own = reporting_unit(c for i, c in enumerate(cells) if block.holds(i))
        if (found := own or reporting_unit(cells)) is not None:
            return found
    return None


def without_blanks(cells: Sequence[Any]) -> list[Any]:
    """The cells, those that hold white space alone as None; nearly all begin with a letter or digit, which shows that they do not."""
    return [c if not isinstance(c, str) or c[:1].isalnum() or normalize_whitespace(c) else None for c in cells]


def excerpt(cells: Sequence[Any]) -> str:
    """The beginning of what a row says."""
    texts = list(dict.fromkeys(normalize_whitespace(str(c)) for c in cells if c is not None))
    return beginning(" | ".join(texts), 80)


def find_header(
    rows: list[tuple[int, list[Any]]], expected: TableSpec | None, name: str, mapping: Mapping[str, str], sheet: str | None
) -> tuple[TableSpec | None, int]:
    """Return the table and the index of its header row: the row whose headings fit one table best, or the first with records of its own.

    The lower halves of headings in two rows or three are none by themselves: they tell which table it is, and not what their columns are.
    """
    candidates: dict[int, tuple[float, TableSpec]] = {}
    only = expected or exact_table(name)
    titles: list[str] = []
    halves = 0
    for index, (_, cells) in enumerate(rows[:HEADER_SEARCH_ROWS]):
        texts = {normalize_key(c) for c in cells if isinstance(c, str) and len(c) <= LONGEST_HEADING}
        halves -= 1
        own, depth = headings_at(rows, index)
        if halves < 0 and (len(texts) >= 2 or depth > 1 or (only and len(rows[0][1]) == 1)):
            headings = [h for h in own.values() if len(h.text) <= LONGEST_HEADING]
            for spec in [only] if only else TABLES.values():
                below = _halves_below(spec, rows, index, mapping, sheet)
                halves = max(halves, below)
                shown = [_telling_half(spec, h, mapping, sheet) for h in headings] if below else headings
                found = evidence(spec, shown, mapping, sheet)
                enough = len(found.fields) >= 2 if expected else found.suffices(name)
                score = found.score(name, titles)
                if enough and score > candidates.get(index, (0.0, None))[0]:
                    candidates[index] = (score, spec)
        if not candidates:  # below the header stand records, whose words are no titles
            titles += [c for c in texts if len(c) > 2 or _stands_alone(cells)]
    if not candidates:
        return None, 0
    best = max(
        candidates, key=lambda index: (candidates[index][0], not _may_be_title(rows, index, candidates[index][1]), -index)
    )
    for index, (_, spec) in candidates.items():
        between = range(index + headings_at(rows, index)[1], best)
        if any(i not in candidates and len({str(c) for c in rows[i][1] if c is not None}) > 1 for i in between):
            return spec, index
    return candidates[best][1], best


def _stands_alone(cells: Sequence[Any]) -> bool:
    """Whether a row holds one text from its first column on, which is a title; over later columns it may be their heading."""
    return cells[0] is not None and len({str(c) for c in cells if c is not None}) == 1


def _halves_below(spec: TableSpec, rows: Sequence[Row], at: int, mapping: Mapping[str, str], sheet: str | None) -> int:
    """How many rows below one are only the lower halves of its headings."""
    return stand_below(rows, at, lambda heading: bool(sure_fields(spec, heading, mapping, sheet)))


def _may_be_title(rows: Sequence[Row], at: int, spec: TableSpec) -> bool:
    """Whether a row that looks like the upper half of headings may as well be a title with another text beside it."""
    headings, depth = headings_at(rows, at)
    return depth > 1 and any(h.group is None for h in headings.values()) and not _halves_below(spec, rows, at, {}, None)


def _telling_half(spec: TableSpec, heading: Heading, mapping: Mapping[str, str], sheet: str | None) -> Heading:
    """What of a heading tells its table: its lower half, where both together are not understood."""
    return Heading(heading.text) if heading.group is not None and not sure_fields(spec, heading, mapping, sheet) else heading


def body_of(
    spec: TableSpec,
    rows: Sequence[Row],
    known: Mapping[int, tuple[str, ...]],
    mapping: Mapping[str, str],
    sheet: str | None,
    *,
    alike: bool,
) -> BodyLines:
    """What tells the lines of a table.

    Args:
        spec: the table.
        rows: its rows, the headings first.
        known: the fields that its columns surely are.
        mapping: a person's mapping of headings.
        sheet: the sheet's name.
        alike: see :class:`BodyLines`.
    """
    _, depth = headings_at(rows, 0)
    header = [[normalize_key(str(c)) if c is not None else "" for c in cells] for _, cells in rows[:depth]]
    sample = [cells for _, cells in rows[depth : depth + _SAMPLE_ROWS]]
    return BodyLines(spec, header, known, len(known), mapping=mapping, sheet=sheet, sample=sample, alike=alike)


def _next_table(rows: Sequence[Row], at: int, body: BodyLines) -> tuple[int, TableSpec | None]:
    """Where the next table begins below a header, and which it is."""
    for i in range(at + headings_at(rows, at)[1], len(rows)):
        if (following := body.starts_table(rows, i)) is not None:
            # What starts there may be the lower half of headings whose upper half is not understood.
            upper = (n for n in (i - 2, i - 1) if n > at and n + _halves_below(following, rows, n, {}, None) >= i)
            return next(upper, i), following
    return len(rows), None
