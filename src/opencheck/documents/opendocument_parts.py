"""What an .ods says beside the values of its cells, read from its XML: hidden rows and columns, merged ranges, errors, formulas without a
value, percents, days of which only the month is shown, struck-out cells, and the day from which days are counted.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from opencheck.documents.workbook_parts import SheetFacts, SheetsInOrder
from opencheck.records.placeholders import is_formula_error

__all__ = ["read_opendocument_facts"]

_MAX_ROWS = 1_048_576
_MAX_REPEATED = 10_000  # cells for which one formula stands; more are a mistake


_FORMATS = frozenset({"date-style", "text-style", "number-style"})
_PARTS_OF_A_DAY = frozenset({"era", "year", "quarter", "month", "week-of-year", "day", "day-of-week", "hours", "minutes"})


@dataclass
class _Styles:
    """The styles of cells that show only the month of a day, and those that strike out what stands in a cell."""

    months: set[str] = field(default_factory=set)
    striking: set[str] = field(default_factory=set)
    _month_formats: set[str] = field(default_factory=set)
    _format: str = ""
    _shown: set[str] = field(default_factory=set)
    _style: str = ""

    def read(self, xml: bytes) -> None:
        """Add the styles of a part, which may build on those of parts that were read before."""
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.Parse(xml, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        part, own = _local(name), {_local(key): value for key, value in attributes.items()}
        if part in _FORMATS:
            self._format, self._shown = own.get("name", ""), set()
        elif part in _PARTS_OF_A_DAY:
            self._shown.add(part)
        elif part == "map" and self._format and own.get("apply-style-name") in self._month_formats:
            self._month_formats.add(self._format)  # the format of some values, as Excel writes them: 2018年9月;@
        elif part == "style":
            self._style = own.get("name", "")
            parent = own.get("parent-style-name", "")
            if own["data-style-name"] in self._month_formats if "data-style-name" in own else parent in self.months:
                self.months.add(self._style)
            if parent in self.striking:
                self.striking.add(self._style)
        elif part == "text-properties" and self._style and (line := own.get("text-line-through-style")):
            (self.striking.discard if line == "none" else self.striking.add)(self._style)

    def _end(self, name: str) -> None:
        part = _local(name)
        if part in _FORMATS:
            if part == "date-style" and self._shown == {"year", "month"}:
                self._month_formats.add(self._format)
            self._format = ""
        elif part == "style":
            self._style = ""


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def read_opendocument_facts(content: bytes) -> SheetsInOrder | None:
    """Read the facts of an .ods; None for any other package, and where rows may be hidden by what nothing in a row repeats.

    Raises:
        zipfile.BadZipFile, expat.ExpatError, ValueError, KeyError, OSError, RuntimeError: a damaged file.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "content.xml" not in names:
            return None
        xml = archive.read("content.xml")
        styles = _Styles()
        for part in (*([archive.read("styles.xml")] if "styles.xml" in names else ()), xml):
            styles.read(part)
    facts, groups = SheetsInOrder(), 0
    row, rows, column, columns = 1, 1, 0, 1
    cell: dict[str, str] = {}
    text: list[str] | None = None
    usual: list[tuple[int, str]] = []  # the styles of columns: up to which column (exclusively) they reach
    of_row = ""

    def places() -> list[tuple[int, int]]:
        return [(r, c) for r in range(row, row + rows) for c in range(column, column + columns)]

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, rows, column, columns, groups, cell, text, of_row
        part, own = _local(name), {_local(key): value for key, value in attributes.items()}
        if part in ("table-cell", "covered-table-cell"):
            columns = int(own.get("number-columns-repeated", "1"))
            cell, text = attributes, [] if "formula" in own or "error" in attributes.values() else None
            spans = int(own.get("number-rows-spanned", "1")), int(own.get("number-columns-spanned", "1"))
            if spans != (1, 1) and facts.sheets:
                facts.sheets[-1].merged.append(((row - 1, column), (row + spans[0] - 2, column + spans[1] - 1)))
            if "value-type" in own and facts.sheets and rows * columns <= _MAX_REPEATED:
                style = own.get("style-name") or of_row or next((style for end, style in usual if column < end), "")
                if own["value-type"] == "percentage":
                    facts.sheets[-1].percents += places()
                elif own["value-type"] == "date" and style in styles.months:
                    facts.sheets[-1].months += places()
                if style in styles.striking:
                    facts.sheets[-1].struck += places()
        elif part == "null-date":
            facts.from_1904 = own.get("date-value", "").startswith("1904")
        elif part == "table":
            facts.sheets.append(SheetFacts())
            row, column = 1, 0
            usual.clear()
        elif part == "table-column" and facts.sheets:
            first, column = column, column + int(own.get("number-columns-repeated", "1"))
            usual.append((column, own.get("default-cell-style-name", "")))
            if own.get("visibility", "visible") != "visible":
                facts.sheets[-1].hidden_columns.append((first, column - 1))
        elif part == "table-row-group":
            groups += own.get("display") == "false"
        elif part == "table-row" and facts.sheets:
            rows, column, of_row = int(own.get("number-rows-repeated", "1")), 0, own.get("default-cell-style-name", "")
            if own.get("visibility", "visible") != "visible":
                facts.sheets[-1].hidden_rows += range(row, min(row + rows, _MAX_ROWS + 1))

    def end(name: str) -> None:
        nonlocal row, column, text
        part = _local(name)
        if part in ("table-cell", "covered-table-cell"):
            if text is not None and facts.sheets and rows * columns <= _MAX_REPEATED:
                _note_formula(facts.sheets[-1], places(), cell, "".join(text).strip())
            column, text = column + columns, None
        elif part == "table-row":
            row += rows

    def characters(data: str) -> None:
        if text is not None:
            text.append(data)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parser.Parse(xml, True)
    # Groups that are folded hide rows by an attribute of their own, which nothing in a row repeats.
    return facts if not groups else None


def _note_formula(facts: SheetFacts, places: list[tuple[int, int]], cell: dict[str, str], text: str) -> None:
    """Note a formula, or what is marked as an error, where it has no value."""
    own = {_local(key): value for key, value in cell.items()}
    if "error" in cell.values() or is_formula_error(text):
        facts.errors.update(dict.fromkeys(places, text or "#VALUE!"))
    elif "value-type" not in own and not text:
        facts.uncomputed.update(dict.fromkeys(places, "=" + own.get("formula", "").rpartition(":=")[2].lstrip("=")))
