"""What an .xlsx says beside the values of its cells, read from its XML: hidden sheets and rows, formulas without a value, errors, percents,
months, cells that are struck out or show nothing.

Parts are found by their relationships, elements by their local names: prefixes, names of parts and kinds of quotes make no difference.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

from opencheck.documents.colours import is_as_white
from opencheck.documents.number_formats import Shown, shown_by

__all__ = ["SheetFacts", "SheetsInOrder", "WorkbookFacts", "read_workbook_facts", "relations"]

_MAIN = "/officeDocument"
_MAX_ROW, _MAX_COLUMN = 1_048_576, 16_384  # of the format
_TRUE = frozenset({"1", "true", "on"})
_REFERENCE = re.compile(r"\$?([A-Za-z]+)\$?(\d+)")
_TINY_POINTS, _NARROW_CHARACTERS = 1.5, 0.2
"""Up to this size nobody reads a font, or sees a row or a column."""
_CONTENTS = frozenset({"v", "f", "is"})
"""What a cell that holds something has."""


@dataclass
class SheetFacts:
    """One sheet: rows are numbered from 1 as they are shown, columns from 0."""

    hidden: bool = False
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    """The first and the last of hidden columns that stand together."""
    rows: list[int] = field(default_factory=list)
    """The rows with cells that hold something."""
    columns: set[int] = field(default_factory=set)
    """The columns with cells that hold something."""
    cells: int = 0
    """How many cells hold something."""
    uncomputed: dict[tuple[int, int], str] = field(default_factory=dict)
    """Formulas without a value: nobody computed them."""
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    percents: list[tuple[int, int]] = field(default_factory=list)
    months: list[tuple[int, int]] = field(default_factory=list)
    """Cells that show a year and a month: of a day that was typed so only these are known."""
    struck: list[tuple[int, int]] = field(default_factory=list)
    """Cells whose style strikes them out."""
    unseen: list[tuple[int, int]] = field(default_factory=list)
    """Cells whose style shows nothing: by their number format, or white on white."""
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    """Merged ranges: top left and bottom right, both numbered from 0."""

    def places(self, shown: Shown) -> list[tuple[int, int]]:
        """The cells that show percents, months or nothing."""
        return self.percents if shown == "percents" else self.months if shown == "months" else self.unseen

    @property
    def area(self) -> int:
        """How many cells the smallest rectangle with all of them has."""
        return max(self.rows) * (max(self.columns) + 1) if self.columns else 0


@dataclass
class SheetsInOrder:
    """The sheets of a workbook that is no .xlsx, in their order, and whether its days are counted from 1904."""

    from_1904: bool = False
    sheets: list[SheetFacts] = field(default_factory=list)


@dataclass
class WorkbookFacts:
    """All sheets of a workbook by their names, and whether its days are counted from 1904."""

    sheets: dict[str, SheetFacts]
    from_1904: bool


def read_workbook_facts(content: bytes) -> WorkbookFacts | None:
    """Read the facts of an .xlsx; None for any other kind of workbook.

    Args:
        content: the file.

    Returns:
        The facts of every worksheet (sheets of charts have none).

    Raises:
        zipfile.BadZipFile, KeyError, ValueError, ElementTree.ParseError, expat.ExpatError, RuntimeError: a damaged file, or one with a
            password.

    >>> read_workbook_facts(b"no archive") is None
    True
    """
    if content[:2] != b"PK":
        return None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
        if "_rels/.rels" not in parts:
            return None
        main = next((path for kind, path in relations(archive, parts, "").values() if kind.endswith(_MAIN)), None)
        if main is None or not main.endswith(".xml"):
            return None
        book = ElementTree.fromstring(_part(archive, parts, main))
        related = relations(archive, parts, main)
        styles = next((path for kind, path in related.values() if kind.endswith("/styles")), None)
        look = _part(archive, parts, styles) if styles else b""
        styles_of_cells = _Styles(look) if look else _Styles()
        # Programs that write formulas without computing them, and ask for it on opening, write 0 as their value.
        recalculate = any(e.get("fullCalcOnLoad", "") in _TRUE for e in book.iter() if _local(e.tag) == "calcPr")
        sheets = {}
        for sheet in (e for e in book.iter() if _local(e.tag) == "sheet"):
            kind, path = related[_attribute(sheet, "id")]
            if kind.endswith("/worksheet"):
                facts = _scan(_part(archive, parts, path), styles_of_cells, recalculate=recalculate)
                facts.hidden = sheet.get("state", "visible") != "visible"
                sheets[sheet.get("name", "")] = facts
        dates = next((e.get("date1904", "") for e in book.iter() if _local(e.tag) == "workbookPr"), "")
        return WorkbookFacts(sheets, dates.lower() in _TRUE)


def _part(archive: zipfile.ZipFile, parts: Mapping[str, str], path: str) -> bytes:
    return archive.read(parts[path])


def relations(archive: zipfile.ZipFile, parts: Mapping[str, str], path: str) -> dict[str, tuple[str, str]]:
    """The parts that a part refers to, by their ids: kind and path."""
    folder, name = posixpath.split(path)
    listed = ElementTree.fromstring(_part(archive, parts, posixpath.join(folder, "_rels", f"{name}.rels")))
    found = {}
    for one in listed:
        target = one.get("Target", "").replace("\\", "/")
        whole = target if target.startswith("/") else posixpath.join("/", folder, target)
        found[one.get("Id", "")] = one.get("Type", ""), posixpath.normpath(whole).lstrip("/").lower()
    return found


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attribute(element: ElementTree.Element, name: str) -> str:
    """An attribute in some namespace: of a sheet's two ids that of the relationship."""
    return next(value for key, value in element.attrib.items() if key.startswith("{") and _local(key) == name)


class _Styles:
    """The styles of cells that a reader of values does not tell of, by their numbers as cells give them.

    Attributes:
        shown: what those show that show percents, months or nothing.
        struck: those with a font that strikes out.
        unseen: those whose text is white on white, or so small that nobody reads it.
        noted: all of these.
    """

    def __init__(self, styles: bytes = b"<styleSheet/>") -> None:
        root = ElementTree.fromstring(styles)
        listed = {_local(e.tag): list(e) for e in root if _local(e.tag) in ("fonts", "fills", "cellXfs")}
        formats = {int(e.get("numFmtId", "-1")): e.get("formatCode", "") for e in root.iter() if _local(e.tag) == "numFmt"}
        striking = {str(at) for at, font in enumerate(listed.get("fonts", ())) if _strikes_out(font)}
        white = {str(at) for at, font in enumerate(listed.get("fonts", ())) if _is_white(font)}
        tiny = {str(at) for at, font in enumerate(listed.get("fonts", ())) if _size(font) <= _TINY_POINTS}
        paper = {str(at) for at, fill in enumerate(listed.get("fills", ())) if _is_as_paper(fill)}
        cells = [(str(at), e) for at, e in enumerate(listed.get("cellXfs", ()))]
        shown = {at: shown_by(int(e.get("numFmtId", "0")), formats) for at, e in cells}
        self.shown: dict[str, Shown] = {at: what for at, what in shown.items() if what is not None}
        self.struck = frozenset(at for at, e in cells if e.get("fontId", "0") in striking)
        self.unseen = frozenset(
            at
            for at, e in cells
            if e.get("fontId", "0") in tiny or (e.get("fontId", "0") in white and e.get("fillId", "0") in paper | {"0"})
        )
        self.noted = self.struck | self.unseen | self.shown.keys()


def _strikes_out(font: ElementTree.Element) -> bool:
    return any(_local(e.tag) == "strike" and e.get("val", "1") in _TRUE for e in font)


def _size(font: ElementTree.Element) -> float:
    return _number(next((e.get("val") for e in font if _local(e.tag) == "sz"), None), _TINY_POINTS + 1)


def _number(text: str | None, otherwise: float) -> float:
    return float(text) if text and text.replace(".", "", 1).isdecimal() else otherwise


def _is_white(part: ElementTree.Element, name: str = "color") -> bool:
    """Whether the colour of a font or fill is that of paper: as it is, or that of the theme or the palette that is white by default."""
    colour = next((e for e in part if _local(e.tag) == name), None)
    if colour is None:
        return False
    parts = re.fullmatch("(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})", colour.get("rgb", ""))
    if parts is not None:
        return is_as_white(*(int(part, 16) / 255 for part in parts.groups()))
    return (colour.get("theme") == "0" and float(colour.get("tint", "0")) == 0) or colour.get("indexed") in ("1", "9")


def _is_as_paper(fill: ElementTree.Element) -> bool:
    pattern = next((e for e in fill if _local(e.tag) == "patternFill"), None)
    return pattern is not None and (pattern.get("patternType", "none") == "none" or _is_white(pattern, "fgColor"))


def _scan(sheet: bytes, styles: _Styles, *, recalculate: bool = False) -> SheetFacts:
    """The facts of a sheet, in one pass over its elements; texts are looked at in cells with formulas and errors only.

    Where the file is to be computed when it is opened, the value 0 of a formula is none.
    """
    facts = SheetFacts()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parts: dict[str, str] = {}
    places: dict[str, int] = {}
    row, row_text, column, row_filled, cell_filled = 0, "0", -1, False, False
    cell: dict[str, str] = {}
    formula: list[str] | None = None
    value: list[str] = []

    def end_cell() -> None:
        nonlocal formula, value
        text = "".join(value).strip()
        if cell.get("t") == "e":
            facts.errors[row, column] = text or "#VALUE!"
        elif formula is not None and (not text or (recalculate and text == "0")) and cell.get("t") != "str":
            facts.uncomputed[row, column] = f"={''.join(formula).strip()}"
        formula, value = None, []
        parser.CharacterDataHandler = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, row_text, column, row_filled, cell_filled, cell, formula, value
        part = parts.get(name)
        if part is None:
            part = parts[name] = name.rpartition(":")[2]
        if part == "c":
            if formula is not None or value:
                end_cell()
            cell, cell_filled = attributes, False
            if "r" in attributes:
                letters = attributes["r"].rstrip("0123456789")
                number = attributes["r"][len(letters) :]
                if not row_text:
                    row, row_text = _row_number(number), number
                elif number != row_text:
                    raise ValueError(f"the cell {attributes['r']} stands in row {row}")
                if letters not in places:
                    places[letters] = _column_number(letters)
                column = places[letters]
            else:
                column += 1
        elif part in _CONTENTS:
            if not cell_filled:
                cell_filled = True
                facts.cells += 1
                facts.columns.add(column)
                if not row_filled:
                    row_filled = True
                    facts.rows.append(row)
                if styles.noted and (style := cell.get("s", "0")) in styles.noted:
                    if style in styles.struck:
                        facts.struck.append((row, column))
                    if style in styles.unseen:
                        facts.unseen.append((row, column))
                    if (what := styles.shown.get(style)) is not None:
                        facts.places(what).append((row, column))
            if part == "f":
                formula = []
                parser.CharacterDataHandler = formula.append
            elif part == "v" and (formula is not None or cell.get("t") == "e"):
                value = [""]
                parser.CharacterDataHandler = value.append
        elif part == "row":
            if formula is not None or value:
                end_cell()
            row, row_filled, column = _row_number(attributes.get("r", row + 1)), False, -1
            row_text = str(row) if "r" in attributes else ""
            if attributes.get("hidden", "") in _TRUE or _number(attributes.get("ht"), _TINY_POINTS + 1) <= _TINY_POINTS:
                facts.hidden_rows.append(row)
        elif part == "col":
            first, last = attributes.get("min", ""), attributes.get("max", "")
            is_hidden = attributes.get("hidden", "") in _TRUE or _number(attributes.get("width"), 1) <= _NARROW_CHARACTERS
            if is_hidden and first.isdecimal() and last.isdecimal():
                facts.hidden_columns.append((int(first) - 1, int(last) - 1))
        elif part == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            facts.merged.append((_place(first), _place(last or first)))

    parser.StartElementHandler = start
    parser.Parse(sheet, True)
    if formula is not None or value:
        end_cell()
    return facts


def _place(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(f"no cell: {reference!r}")
    return _row_number(found[2]) - 1, _column_number(found[1])


def _row_number(text: str | int) -> int:
    number = int(text)
    if not 1 <= number <= _MAX_ROW:
        raise ValueError(f"no row: {text!r}")
    return number


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(f"no column: {letters!r}")
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= _MAX_COLUMN:
        raise ValueError(f"no column: {letters!r}")
    return number - 1
