"""Sheets and styles in a workbook's package: sheets taken over from another workbook, cells with another colour."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from opencheck.report.formats.package import Package, Sheet

__all__ = [
    "SheetCells",
    "Styles",
    "merged_ranges",
    "take_over",
]


_LISTS = (("numFmts", None), ("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId"))


class Styles:
    """The cell styles of a package; new ones are added at the end, so that those there keep their numbers."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.root, self.main = package.tree(package.related(package.workbook, "styles")), package.main
        self._formats = self._list("cellXfs")
        self._coloured: dict[tuple[int, str], int] = {}
        self._fills: dict[str, int] = {}

    def _list(self, name: str) -> Any:
        return self.root.find(f"{self.main}{name}")

    def _append(self, parent: Any, child: Any) -> int:
        parent.append(child)
        parent.set("count", str(len(parent)))
        return len(parent) - 1

    def coloured(self, style: int, colour: str) -> int:
        """Return the number of a style that differs by its fill only."""
        if (style, colour) not in self._coloured:
            new = deepcopy(self._formats[style])
            new.set("fillId", str(self._fill(colour)))
            new.set("applyFill", "1")
            self._coloured[style, colour] = self._append(self._formats, new)
        return self._coloured[style, colour]

    def _fill(self, colour: str) -> int:
        from lxml import etree

        if colour not in self._fills:
            fill = etree.Element(f"{self.main}fill")
            pattern = etree.SubElement(fill, f"{self.main}patternFill", patternType="solid")
            etree.SubElement(pattern, f"{self.main}fgColor", rgb=colour)
            self._fills[colour] = self._append(self._list("fills"), fill)
        return self._fills[colour]

    def plain(self, style: int) -> int:
        """Return the style without a fill that is otherwise the same; for cells that an earlier run coloured."""

        def rest(own: Any) -> tuple[Any, ...]:
            attributes = {k: v for k, v in own.attrib.items() if k not in ("fillId", "applyFill")}
            return sorted(attributes.items()), [deepcopy(c).attrib.items() for c in own]

        wanted = rest(self._formats[style])
        for number, own in enumerate(self._formats):
            if own.get("fillId", "0") == "0" and rest(own) == wanted:
                return number
        new = deepcopy(self._formats[style])
        new.set("fillId", "0")
        return self._append(self._formats, new)

    def take_over(self, other: Styles, style: int) -> int:
        """Add a style of another workbook and return its number here."""
        if (style, "\0") not in self._coloured:
            new = deepcopy(other._formats[style])
            new.set("xfId", "0")
            for name, attribute in _LISTS[1:]:
                child = deepcopy(other._list(name)[int(new.get(attribute or "", "0"))])
                new.set(attribute or "", str(self._append(self._list(name), self._own(child))))
            number = new.get("numFmtId", "0")
            if int(number) >= 164:
                new.set("numFmtId", self._number_format(other, number))
            self._coloured[style, "\0"] = self._append(self._formats, self._own(new))
        return self._coloured[style, "\0"]

    def _own(self, element: Any) -> Any:
        from lxml import etree

        return etree.fromstring(self._package.in_own_names(etree.tostring(element)))

    def _number_format(self, other: Styles, number: str) -> str:
        from lxml import etree

        found = other._list("numFmts")
        code = next(f.get("formatCode") for f in found if f.get("numFmtId") == number)
        own = self._list("numFmts")
        if own is None:
            own = etree.Element(f"{self.main}numFmts", count="0")
            self.root.insert(0, own)
        used = {int(f.get("numFmtId")) for f in own}
        same = next((f.get("numFmtId") for f in own if f.get("formatCode") == code), None)
        if same is None:
            same = str(max(used | {163}) + 1)
            self._append(own, etree.Element(f"{self.main}numFmt", numFmtId=same, formatCode=code))
        return str(same)


def take_over(package: Package, styles: Styles, other: Package, sheet: Sheet, at: int | None) -> Sheet:
    """Add a sheet of another workbook, which openpyxl wrote: its texts stand in the cells, its styles are added."""
    from lxml import etree

    root = deepcopy(other.tree(sheet.part))
    texts = _shared_texts(other)
    foreign = Styles(other)
    for element in root.iter(f"{other.main}c", f"{other.main}row", f"{other.main}col"):
        name = "style" if element.tag.endswith("}col") else "s"
        if element.get(name) is not None:
            element.set(name, str(styles.take_over(foreign, int(element.get(name)))))
        if element.get("t") == "s":
            text = texts[int(element.find(f"{other.main}v").text)]
            for child in list(element):
                element.remove(child)
            element.set("t", "inlineStr")
            inline = etree.SubElement(element, f"{other.main}is")
            inline.extend(deepcopy(child) for child in text)
    for view in root.iter(f"{other.main}sheetView"):
        view.attrib.pop("tabSelected", None)
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    added = package.add_sheet(sheet.title, content, at)
    for name, refers_to in other.print_names(sheet):
        package.add_name(added, name, refers_to)
    return added


def _shared_texts(package: Package) -> list[Any]:
    part = next((target for _, kind, target in package.relations(package.workbook) if kind == "sharedStrings"), None)
    return list(package.tree(part)) if part else []


def merged_ranges(package: Package, sheet: Sheet) -> list[tuple[int, int, int, int]]:
    """Return the merged ranges of a sheet: first column, first row, last column, last row."""
    from openpyxl.utils.cell import range_boundaries

    found = package.look(sheet.part).iterfind(f"{package.main}mergeCells/{package.main}mergeCell")
    bounds = [range_boundaries(merged.get("ref")) for merged in found]
    return [(left or 1, top or 1, right or left or 1, bottom or top or 1) for left, top, right, bottom in bounds]


class SheetCells:
    """The cells of one sheet by row and column; a cell that is not there is made, with the style of its row or column."""

    def __init__(self, package: Package, sheet: Sheet) -> None:
        self._main, self._root = package.main, package.tree(sheet.part)
        self._data = self._root.find(f"{self._main}sheetData")
        self._rows: dict[int, Any] = {}
        number = 0
        for row in self._data:
            number = int(row.get("r") or number + 1)
            self._rows[number] = row
        self._cells: dict[int, dict[int, Any]] = {}

    def set_style(self, row: int, column: int, change: Any) -> None:
        """Replace the style of a cell by what ``change`` makes of its number."""
        cell = self._cell(row, column)
        cell.set("s", str(change(int(cell.get("s") or 0))))

    def _row_cells(self, number: int) -> dict[int, Any]:
        from openpyxl.utils.cell import coordinate_to_tuple

        if number not in self._cells:
            found, column = {}, 0
            for cell in self._rows[number].findall(f"{self._main}c"):
                column = coordinate_to_tuple(cell.get("r"))[1] if cell.get("r") else column + 1
                found[column] = cell
            self._cells[number] = found
        return self._cells[number]

    def _cell(self, row: int, column: int) -> Any:
        from lxml import etree
        from openpyxl.utils.cell import get_column_letter

        if row not in self._rows:
            new = etree.Element(f"{self._main}row", r=str(row))
            later = [n for n in self._rows if n > row]
            if later:
                self._rows[min(later)].addprevious(new)
            else:
                self._data.append(new)
            self._rows[row] = new
        cells = self._row_cells(row)
        if column not in cells:
            own = self._rows[row]
            new = etree.Element(f"{self._main}c", r=f"{get_column_letter(column)}{row}")
            style = own.get("s") if own.get("customFormat") in ("1", "true") else self._column_style(column)
            if style:
                new.set("s", style)
            later = [n for n in cells if n > column]
            if later:
                cells[min(later)].addprevious(new)
            elif cells:
                cells[max(cells)].addnext(new)
            else:
                own.insert(0, new)
            own.attrib.pop("spans", None)
            cells[column] = new
        return cells[column]

    def _column_style(self, column: int) -> str | None:
        for own in self._root.iter(f"{self._main}col"):
            if int(own.get("min")) <= column <= int(own.get("max")):
                style: str | None = own.get("style")
                return style
        return None
