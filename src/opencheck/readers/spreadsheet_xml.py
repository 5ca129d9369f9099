"""XML spreadsheets of Excel 2003 (SpreadsheetML), which portals export under the name .xls."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from opencheck.core.errors import InputError
from opencheck.documents.workbooks import Sheet
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
        return [_sheet(sheet) for sheet in root.iter(f"{_NAMESPACE}Worksheet")]
    except (ElementTree.ParseError, ValueError) as exc:
        text = f"{path}: XML表格已损坏 / the XML spreadsheet is damaged: {exc}"
        raise InputError(text, code="not_a_workbook", path=path) from exc


def _sheet(sheet: ElementTree.Element) -> Sheet:
    rows: dict[int, list[Any]] = {}
    hidden: list[int] = []
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = []
    hidden_columns: list[tuple[int, int]] = []
    number, column = 0, 0
    for width in sheet.iter(f"{_NAMESPACE}Column"):
        first = _number(width, "Index", column + 1)
        column = first + min(_number(width, "Span", 0), _MAX_SPAN)
        if width.get(f"{_NAMESPACE}Hidden") == "1":
            hidden_columns.append((first - 1, column - 1))
    for row in sheet.iter(f"{_NAMESPACE}Row"):
        number = _number(row, "Index", number + 1)
        if row.get(f"{_NAMESPACE}Hidden") == "1":
            hidden.append(number)
        column = 0
        cells = rows.setdefault(number, [])
        for cell in row.findall(f"{_NAMESPACE}Cell"):
            column = min(_number(cell, "Index", column + 1), column + _MAX_SPAN)
            across = min(_number(cell, "MergeAcross", 0), _MAX_SPAN)
            down = min(_number(cell, "MergeDown", 0), _MAX_SPAN)
            cells.extend([None] * (column - len(cells)))
            cells[column - 1] = _value(cell)
            if across or down:
                merged.append(((number - 1, column - 1), (number + down - 1, column + across - 1)))
                for line in range(number, number + down + 1):
                    rows.setdefault(line, [])
            column += across
    visible = next((e.text for e in sheet.iter("{urn:schemas-microsoft-com:office:excel}Visible")), None)
    is_hidden = visible in ("SheetHidden", "SheetVeryHidden")
    return Sheet(sheet.get(f"{_NAMESPACE}Name", ""), is_hidden, sorted(rows.items()), merged, hidden, hidden_columns)


def _number(element: ElementTree.Element, name: str, otherwise: int) -> int:
    return int(element.get(f"{_NAMESPACE}{name}", otherwise))


def _value(cell: ElementTree.Element) -> Any:
    data = cell.find(f"{_NAMESPACE}Data")
    text = "" if data is None else "".join(data.itertext())
    kind = "" if data is None else data.get(f"{_NAMESPACE}Type", "")
    if not text:
        formula = cell.get(f"{_NAMESPACE}Formula")
        return Uncomputed(formula) if formula and kind != "String" else None
    if kind == "Number":
        number = float(text)
        return int(number) if number.is_integer() else number
    return text == "1" if kind == "Boolean" else text
