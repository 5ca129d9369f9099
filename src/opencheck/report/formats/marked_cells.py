"""Which cells of a workbook are marked, how, and with which words; and the marks in the workbook's package."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from opencheck.core.display import display_lines, display_text, displayed
from opencheck.core.errors import InputError
from opencheck.core.outcomes import Outcome
from opencheck.records.dataset import ROW, SRC, Rejected
from opencheck.report import messages
from opencheck.report.finding import Finding
from opencheck.report.formats.csv import escape_formula
from opencheck.report.formats.package import Package
from opencheck.report.formats.package_comments import SheetComments
from opencheck.report.formats.package_sheets import SheetCells, Styles, merged_ranges
from opencheck.report.report import Report

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = [
    "FILLS",
    "Cell",
    "CellMap",
    "Note",
    "StyledCells",
    "comment_text",
    "mark_finding",
    "notes_text",
    "set_font",
    "write_cell",
    "write_marks",
]


AUTHOR = "opencheck"

FILLS = {
    "error": "FFFFC7CE",
    "warning": "FFFFEB9C",
    "advice": "FFDDEBF7",
    "indeterminate": "FFE4DFEC",
    "rejected": "FFF8CBAD",
}

_MAX_ROWS = 1_000_000  # rows of a sheet that is written out

_MAX_MARKED_CELLS = 2000  # cells of one column that carry the comment

_MAX_COMMENT = 30_000  # characters; Excel takes 32,767

_MANY = 3  # findings of a cell that say the same, from which on they are told together


class Cell(NamedTuple):
    """A cell of the workbook: the title of its sheet, its row and its column."""

    sheet: str
    row: int
    column: int


class Note(NamedTuple):
    """What a comment tells of one finding."""

    text: str
    """All of it."""
    alike: tuple[str, str, str] | None = None
    """Level, message and remedy: findings of one cell that have these in common are told together; None for what is told by itself."""
    rule: str = ""
    row: int = 0
    """The row of the list of findings."""


class CellMap:
    """Maps records and fields to cells, and collects colours and comments for them.

    Sources that are no sheet of the given package are written to ``extra`` as plain sheets.
    """

    def __init__(self, report: Report, package: Package | None, base: str | None, extra: Workbook) -> None:
        self._known: dict[tuple[int | None, str], tuple[str, dict[str, int], dict[int, int] | None]] = {}
        self._places = report.data.places
        self.marks: Marks = {}
        self._package = package
        self._sheets = {sheet.title: sheet for sheet in package.sheets} if package else {}
        self._merged: dict[str, list[tuple[int, int, int, int]]] = {}
        for src, place in enumerate(report.data.places):
            file, title = place
            if base is not None and file == base and title in self._sheets:
                self._know(src, "", (title, {}, None))
                for (source, table), columns in report.data.positions.items():
                    if source == src:
                        self._know(src, table, (title, columns, None))
            else:
                self._plain(report, extra, src)

    def source(self, row: Rejected) -> int | None:
        """Return the number of the source of a rejected row with real names, if it is of one."""
        if row.src is not None:
            return row.src
        return self._places.index(row.place[:2]) if row.place[:2] in self._places else None

    def _plain(self, report: Report, extra: Workbook, src: int) -> None:
        """Write a source in another format as a plain sheet: accepted and rejected rows in order. It is a copy, hence masked."""
        place = report.data.places[src]
        for name, table in report.data.tables.items():
            if table.count > _MAX_ROWS:
                raise InputError(
                    f"{table.spec.label_zh}有{table.count:,}行，一张工作表装不下，请用 csv、jsonl 或 json 格式 / "
                    f"table {name} has {table.count:,} rows, more than a sheet holds; use csv, jsonl or json"
                )
            frame = table.records().filter(pl.col(SRC) == src)
            rejected = [r for r in report.data.rejected if r.table == name and self.source(r) == src]
            if not len(frame) and not rejected:
                continue
            fields = [n for n in table.spec.fields if n in frame.columns]
            title = display_text(place[1] or table.spec.label_zh)[:28]
            while title.lower() in {t.lower() for t in (*extra.sheetnames, *self._sheets)}:
                title += "_"
            sheet = extra.create_sheet(title)
            for column, field in enumerate(fields, 1):
                cell = sheet.cell(1, column, table.spec.fields[field].column.label_zh)
                set_font(cell, bold=True)
            rows = {r[ROW]: r for r in frame.iter_rows(named=True)}
            for row in rejected:
                raw = {p.field: p.found for p in row.problems if p.field}
                rows[row.place.row or 0] = {**row.values, **raw}
            order = {number: i for i, number in enumerate(sorted(rows), 2)}
            for number, values in sorted(rows.items())[:_MAX_ROWS]:
                for column, field in enumerate(fields, 1):
                    write_cell(sheet, order[number], column, _copied(values.get(field)))
            sheet.freeze_panes = "A2"
            self._know(src, name, (sheet.title, {n: i for i, n in enumerate(fields)}, order))

    def _know(self, src: int, table: str, sheet: tuple[str, dict[str, int], dict[int, int] | None]) -> None:
        """Keep where the records of a table stand; what is told of another table's record, or of a line of none, stands by the first."""
        self._known[src, table] = sheet
        if (src, "") not in self._known or not self._known[src, ""][1]:
            self._known[src, ""] = sheet

    def locate(self, src: int | None, table: str, number: int | None, field: str) -> Cell | None:
        """Return the cell of a field of a record, by its source, table and row; without such a column the cell of the id, else the first."""
        known = self._known.get((src, table)) or self._known.get((src, ""))
        if known is None or number is None:
            return None
        title, columns, order = known
        row = number if order is None else order.get(number, 0)
        if row < 1:
            return None
        column = columns.get(field, columns.get("id", 0)) + 1
        for left, top, right, bottom in self._merged_ranges(title):
            if top <= row <= bottom and left <= column <= right:
                return Cell(title, top, left)
        return Cell(title, row, column)

    def _merged_ranges(self, title: str) -> list[tuple[int, int, int, int]]:
        if self._package is None or title not in self._sheets:
            return []
        if title not in self._merged:
            self._merged[title] = merged_ranges(self._package, self._sheets[title])
        return self._merged[title]

    def mark(self, src: int | None, table: str, number: int | None, field: str, kind: str, note: Note) -> None:
        """Record a colour (the worst kind wins) and a note for a cell."""
        cell = self.locate(src, table, number, field)
        if cell is None:
            return
        own = self.marks.setdefault(cell.sheet, {})
        before, notes = own.get((cell.row, cell.column), (kind, []))
        order = list(FILLS)
        if note not in notes:
            notes.append(note)
        own[cell.row, cell.column] = (min(before, kind, key=order.index), notes)


Marks = dict[str, dict[tuple[int, int], tuple[str, list[Note]]]]
"""By sheet, row and column: the colour and the notes."""


def _copied(value: Any) -> Any:
    """A value of a record as its copy shows it, the lines of a long text apart."""
    return display_lines(value) if isinstance(value, str) else displayed(value)


def mark_finding(where: CellMap, finding: Finding, lang: str, sheet: str, listed: int) -> None:
    """Mark the cells of a violation, or of a finding that a missing fact leaves open.

    Args:
        where: the cells.
        finding: the finding.
        lang: ``zh`` or ``en``.
        sheet: the sheet with the list of findings.
        listed: its row there.
    """
    if finding.outcome is Outcome.VIOLATION:
        kind: str = finding.severity
    elif finding.outcome is Outcome.INDETERMINATE:
        kind = "indeterminate"
    else:
        return
    own = comment_text(finding, lang)
    level = own.partition("】")[0].removeprefix("【")
    text = f"{own}\n{messages.format_message('workbook.listed', lang, sheet=sheet, rows=str(listed))}"
    note = Note(text, (level, finding.message.get(lang), finding.remedy.get(lang)), finding.rule, listed)
    rows: list[int | None] = [*finding.rows[:_MAX_MARKED_CELLS]]
    for row in rows or [finding.source.row]:
        for field in finding.cells[:3] or ["id"]:
            where.mark(finding.src, finding.table, row, field, kind, note)


def comment_text(finding: Finding, lang: str) -> str:
    """Return the comment of a finding's cell: rule, message and remedy, then the derivation."""
    level = f"severity.{finding.severity}" if finding.outcome is Outcome.VIOLATION else f"outcome.{finding.outcome}"
    title = finding.result.rule.title.get(lang)
    lines = [f"【{messages.get_message(level, lang)}】{finding.rule} {title}", finding.message.get(lang)]
    lines.append(f"→ {finding.remedy.get(lang)}")
    lines += [f"· {step.get(lang)}" for step in finding.explanation]
    return "\n".join(lines)


def notes_text(notes: Sequence[Note], lang: str, sheet: str) -> str:
    """Return the comment of a cell; many findings that say the same are one paragraph, without their derivations.

    A column that is lacking leaves every rule that reads it open, dozens in one cell: nobody reads those one by one.

    Args:
        notes: those of the cell.
        lang: ``zh`` or ``en``.
        sheet: the sheet with the list of findings.

    >>> alike = ("无法判断", "缺少“主题”", "补填“主题”")
    >>> print(notes_text([Note(f"R-{n} …", alike, f"R-{n}", n + 2) for n in (1, 2, 3, 6)], "zh", "问题清单"))
    【无法判断】4条规则：R-1、R-2、R-3、R-6
    缺少“主题”
    → 补填“主题”
    见“问题清单”第3–5、8行
    """
    groups: dict[object, list[Note]] = {}
    for note in notes:
        groups.setdefault(note.alike or note, []).append(note)
    told = []
    for group in groups.values():
        if len(group) < _MANY or group[0].alike is None:
            told += [note.text for note in group]
            continue
        level, message, remedy = group[0].alike
        separator = messages.get_message("join.list", lang)
        facts = {"level": level, "rules": separator.join(note.rule for note in group), "count": len(group)}
        rows = separator.join(_spans(sorted(note.row for note in group)))
        listed = messages.format_message("workbook.listed", lang, sheet=sheet, rows=rows)
        told.append("\n".join([messages.format_message("workbook.alike", lang, **facts), message, f"→ {remedy}", listed]))
    return "\n\n".join(told)


def _spans(rows: Sequence[int]) -> list[str]:
    """Rows in order, those that follow one another as a span."""
    starts = [n for n in rows if n - 1 not in rows]
    ends = [n for n in rows if n + 1 not in rows]
    return [str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True)]


def write_marks(package: Package, marks: Marks, lang: str, listed: str) -> None:
    """Remove the marks of an earlier run from a package, and write colours and comments to its cells.

    Args:
        package: the workbook.
        marks: those of each sheet, by row and column.
        lang: ``zh`` or ``en``.
        listed: the sheet with the list of findings.
    """
    from openpyxl.utils.cell import coordinate_to_tuple

    styles = Styles(package)
    for sheet in package.sheets:
        comments, wanted = SheetComments(package, sheet, AUTHOR), marks.get(sheet.title, {})
        cleared = comments.clear()
        if not cleared and not wanted:
            continue
        cells = SheetCells(package, sheet)
        for reference in cleared:
            cells.set_style(*coordinate_to_tuple(reference), styles.plain)
        for (row, column), (kind, notes) in wanted.items():
            text = strip_control_chars(notes_text(notes, lang, listed))[:_MAX_COMMENT]
            cells.set_style(row, column, lambda style, colour=FILLS[kind]: styles.coloured(style, colour))
            comments.add(row, column, text, min(60 + 22 * sum(1 + len(line) // 30 for line in text.splitlines()), 700))
        comments.write_shapes()


def set_font(cell: Any, **changes: Any) -> Any:
    """Change the font of a cell, and return the cell: a font made anew has no name, and every program shows another one.

    Args:
        cell: a cell of openpyxl.
        changes: ``bold``, ``size``, ``color`` and the like, as openpyxl's fonts have them.
    """
    font = copy(cell.font)
    for name, value in changes.items():
        setattr(font, name, value)
    cell.font = font
    return cell


def strip_control_chars(text: str) -> str:
    """Remove what XML cannot hold: control characters, halves of surrogate pairs, the two last code points."""
    return "".join(c for c in text if (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff") or c in "\n\t")


def write_cell(sheet: Worksheet, row: int, column: int, value: Any) -> Any:
    """Write a value to a cell; text that looks like a formula stays text."""
    if isinstance(value, list):
        value = "；".join(map(str, value))
    if hasattr(value, "tzinfo") and value.tzinfo is not None:
        value = value.replace(tzinfo=None)
    if isinstance(value, str):
        value = strip_control_chars(value)[:32000]
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
        if escape_formula(value) != value:
            cell.quotePrefix = True
    return cell


class StyledCells:
    """Writes the cells of a sheet of which many look alike: openpyxl takes longer to set how a cell looks than to write what it holds."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self._styles: dict[Hashable, Any] = {}

    def write(self, row: int, column: int, value: Any, look: Hashable, set_look: Callable[[Any], object]) -> Any:
        """Write a value as :func:`write_cell` does, and return the cell.

        Args:
            row: its row.
            column: its column.
            value: what it holds.
            look: a name for how it looks.
            set_look: sets that; called for the first cell of each look.

        >>> import openpyxl
        >>> cells = StyledCells(openpyxl.Workbook().worksheets[0])
        >>> made = [cells.write(1, at, "=1", "bold", lambda cell: set_font(cell, bold=True)) for at in (1, 2)]
        >>> [(cell.font.bold, cell.data_type, cell.quotePrefix) for cell in made]
        [(True, 's', True), (True, 's', True)]
        """
        cell: Any = self.sheet.cell(row, column)
        if look in self._styles:
            cell._style = copy(self._styles[look])
        else:
            set_look(cell)
            self._styles[look] = copy(cell._style)
        return write_cell(self.sheet, row, column, value)
