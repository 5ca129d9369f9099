"""XML spreadsheets of Excel 2003 (SpreadsheetML), which portals export under the name .xls."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from opencheck.core.errors import InputError
from opencheck.documents.number_formats import Shown, shown_by_format
from opencheck.documents.workbook_parts import SheetFacts
from opencheck.documents.workbooks import Sheet, add_facts
from opencheck.records.parse import Uncomputed

__all__ = ["is_spreadsheet_xml", "read_spreadsheet_xml"]

_NAMESPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
_MAX_SPAN = 1000  # a larger span, or step to the next cell, is a mistake


def is_spreadsheet_xml(head: str) -> bool:
    """Whether a file is an XML spreadsheet, by its beginning.

    >>> is_spreadsheet_xml('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>')
    True
    """
    return bool(re.search(r"<(?:\w+:)?Workbook\b", head)) and _NAMESPACE.strip("{}") in head


def read_spreadsheet_xml(path: Path) -> list[Sheet]:
    """Read the sheets.

    Raises:
        InputError: the XML is damaged.
    """
    try:
        root = ElementTree.parse(path).getroot()
        styles = _styles(root)
        return [_sheet(sheet, styles) for sheet in root.iter(f"{_NAMESPACE}Worksheet")]
    except (ElementTree.ParseError, ValueError) as exc:
        text = f"{path}: XML表格已损坏 / the XML spreadsheet is damaged: {exc}"
        raise InputError(text, code="not_a_workbook", path=path) from exc


@dataclass
class _Style:
    """What a style shows, and whether it strikes out."""

    shown: Shown | None = None
    is_struck: bool = False


def _styles(root: ElementTree.Element) -> dict[str, _Style]:
    """The styles by their ids; one that says nothing of a format or a font has that of its parent."""
    found: dict[str, _Style] = {}
    for style in root.iter(f"{_NAMESPACE}Style"):
        parent = found.get(style.get(f"{_NAMESPACE}Parent", ""), _Style())
        own = found[style.get(f"{_NAMESPACE}ID", "")] = _Style(parent.shown, parent.is_struck)
        if (number_format := style.find(f"{_NAMESPACE}NumberFormat")) is not None:
            own.shown = shown_by_format(number_format.get(f"{_NAMESPACE}Format", ""))
        if (font := style.find(f"{_NAMESPACE}Font")) is not None:
            own.is_struck = font.get(f"{_NAMESPACE}StrikeThrough") == "1"
    return found


def _sheet(sheet: ElementTree.Element, styles: dict[str, _Style]) -> Sheet:
    facts = SheetFacts()
    columns: dict[int, str] = {}
    of_all = next((e.get(f"{_NAMESPACE}StyleID", "") for e in sheet.iter(f"{_NAMESPACE}Table")), "")
    rows: dict[int, list[Any]] = {}
    hidden: list[int] = []
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = []
    hidden_columns: list[tuple[int, int]] = []
    last, column = 0, 0
    for width in sheet.iter(f"{_NAMESPACE}Column"):
        first = _number(width, "Index", column + 1)
        column = first + min(_number(width, "Span", 0), _MAX_SPAN)
        columns |= dict.fromkeys(range(first, column + 1), width.get(f"{_NAMESPACE}StyleID", ""))
        if width.get(f"{_NAMESPACE}Hidden") == "1":
            hidden_columns.append((first - 1, column - 1))
    for row in sheet.iter(f"{_NAMESPACE}Row"):
        number = _number(row, "Index", last + 1)
        last = number + min(_number(row, "Span", 0), _MAX_SPAN)  # the rows below it that are like it, and have no cells
        if row.get(f"{_NAMESPACE}Hidden") == "1":
            hidden += range(number, last + 1)
        column = 0
        cells = rows.setdefault(number, [])
        for cell in row.findall(f"{_NAMESPACE}Cell"):
            column = min(_number(cell, "Index", column + 1), column + _MAX_SPAN)
            across = min(_number(cell, "MergeAcross", 0), _MAX_SPAN)
            down = min(_number(cell, "MergeDown", 0), _MAX_SPAN)
            cells.extend([None] * (column - len(cells)))
            name = next((s for e in (cell, row) if (s := e.get(f"{_NAMESPACE}StyleID"))), columns.get(column) or of_all)
            style, place = styles.get(name, _Style()), (number, column - 1)
            cells[column - 1] = _value(cell, as_day=style.shown == "months")
            if cells[column - 1] is not None:
                if style.shown is not None:
                    facts.places(style.shown).append(place)
                if style.is_struck:
                    facts.struck.append(place)
            if across or down:
                merged.append(((number - 1, column - 1), (number + down - 1, column + across - 1)))
                for line in range(number, number + down + 1):
                    rows.setdefault(line, [])
            column += across
    visible = next((e.text for e in sheet.iter("{urn:schemas-microsoft-com:office:excel}Visible")), None)
    is_hidden = visible in ("SheetHidden", "SheetVeryHidden")
    found = Sheet(sheet.get(f"{_NAMESPACE}Name", ""), is_hidden, sorted(rows.items()), merged, hidden, hidden_columns)
    add_facts(found, facts)
    return found


def _number(element: ElementTree.Element, name: str, otherwise: int) -> int:
    return int(element.get(f"{_NAMESPACE}{name}", otherwise))


def _value(cell: ElementTree.Element, *, as_day: bool) -> Any:
    data = cell.find(f"{_NAMESPACE}Data")
    text = "" if data is None else "".join(data.itertext())
    kind = "" if data is None else data.get(f"{_NAMESPACE}Type", "")
    if not text:
        formula = cell.get(f"{_NAMESPACE}Formula")
        return Uncomputed(formula) if formula and kind != "String" else None
    if kind == "Number":
        number = float(text)
        return int(number) if number.is_integer() else number
    if kind == "DateTime" and as_day:
        with suppress(ValueError):  # a day that there is not, or before the year 1
            return date.fromisoformat(text[:10])
    return text == "1" if kind == "Boolean" else text
