"""Comments in a workbook's package: the texts in their part, the boxes that show them in the sheet's VML drawing."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from opencheck.report.formats.package import Package, Sheet

__all__ = [
    "SheetComments",
]


_MARK = "\u2014\u2014 opencheck \u2014\u2014\n"
"""Begins what is added to a comment that somebody else wrote; a later run finds it there and removes it."""

_AFTER_DRAWING = frozenset(
    (
        "legacyDrawing",
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
        "AlternateContent",
    )
)

_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"></xml>'
)

_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)

_SHAPE = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" '
    'style="position:absolute;margin-left:60pt;margin-top:2pt;width:345pt;height:{height}pt;z-index:1;visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)

_ANY_SHAPE = re.compile(r"<((?:\w+:)?)shape\b[^>]*(?<!/)>.*?</\1shape>", re.S)

_DECLARED = ("v", "o", "x")


class SheetComments:
    """The comments of one sheet, by the coordinates of their cells."""

    def __init__(self, package: Package, sheet: Sheet, author: str) -> None:
        self._package, self._sheet, self._author = package, sheet, author
        self._main = package.main
        self._part = self._related("comments")
        self._shapes: list[tuple[int, int, int]] = []
        self._by_cell: dict[str, Any] | None = None

    def _related(self, kind: str) -> str | None:
        return next((target for _, own, target in self._package.relations(self._sheet.part) if own == kind), None)

    def clear(self) -> list[str]:
        """Remove the comments of an earlier run, and return the coordinates of their cells."""
        if self._part is None or self._author.encode() not in self._package.content(self._part):
            return []
        root = self._package.tree(self._part)
        authors = [a.text or "" for a in root.iter(f"{self._main}author")]
        cleared, removed = [], set()
        for comment in list(root.iter(f"{self._main}comment")):
            reference = comment.get("ref")
            if authors[int(comment.get("authorId") or 0)] == self._author:
                comment.getparent().remove(comment)
                removed.add(reference)
                cleared.append(reference)
            elif self._cut_own(comment):
                cleared.append(reference)
        self._remove_shapes(removed)
        return cleared

    def _cut_own(self, comment: Any) -> bool:
        text = comment.find(f"{self._main}text")
        whole = "".join(t.text or "" for t in comment.iter(f"{self._main}t"))
        if text is None or _MARK not in whole:
            return False
        own = False
        for child in list(text):
            written = "".join(t.text or "" for t in child.iter(f"{self._main}t"))
            if _MARK in written and not own:
                own, before = True, written.partition(_MARK)[0].removesuffix("\n\n")
                if before:
                    next(child.iter(f"{self._main}t")).text = before
                    continue
            if own:
                text.remove(child)
        return True

    def add(self, row: int, column: int, text: str, height: int) -> bool:
        """Add a comment to a cell, or a text to the comment that it has.

        Returns:
            False where the cell has a thread of comments, which cannot take it.
        """
        from lxml import etree
        from openpyxl.utils.cell import get_column_letter

        root = self._comments()
        reference = f"{get_column_letter(column)}{row}"
        assert self._by_cell is not None
        known = self._by_cell.get(reference)
        if known is not None:
            if self._authors()[int(known.get("authorId") or 0)].startswith("tc="):
                return False
            self._append_text(known.find(f"{self._main}text"), f"\n\n{_MARK}{text}")
            return True
        comment = etree.SubElement(root.find(f"{self._main}commentList"), f"{self._main}comment", ref=reference)
        comment.set("authorId", str(self._author_id()))
        self._append_text(etree.SubElement(comment, f"{self._main}text"), text)
        self._by_cell[reference] = comment
        self._shapes.append((row, column, height))
        return True

    def _append_text(self, parent: Any, text: str) -> None:
        from lxml import etree

        run = etree.SubElement(parent, f"{self._main}r")
        node = etree.SubElement(run, f"{self._main}t")
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        node.text = text

    def _comments(self) -> Any:
        if self._part is None:
            self._part = self._package.free_name("xl/comments{}.xml")
            namespace = self._main.strip("{}")
            self._package.put(self._part, f'<comments xmlns="{namespace}"><authors/><commentList/></comments>'.encode())
            self._package.declare(self._part, "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml")
            self._package.relate(self._sheet.part, "comments", self._part)
        root = self._package.tree(self._part)
        if self._by_cell is None:
            self._by_cell = {c.get("ref"): c for c in root.iter(f"{self._main}comment")}
        return root

    def _authors(self) -> list[str]:
        return [a.text or "" for a in self._comments().iter(f"{self._main}author")]

    def _author_id(self) -> int:
        from lxml import etree

        authors = self._authors()
        if self._author not in authors:
            etree.SubElement(self._comments().find(f"{self._main}authors"), f"{self._main}author").text = self._author
            return len(authors)
        return authors.index(self._author)

    def write_shapes(self) -> None:
        """Write the boxes of the comments that were added."""
        if not self._shapes:
            return
        part = self._drawing()
        vml = self._package.content(part).decode("utf-8", "surrogateescape")
        first = max((int(n) for n in re.findall(r"_x0000_s(\d+)", vml)), default=1024) + 1
        boxes = [
            _SHAPE.format(number=first + n, height=height * 3 // 4, row=row - 1, column=column - 1)
            for n, (row, column, height) in enumerate(self._shapes)
        ]
        if 'id="_x0000_t202"' not in vml:
            boxes.insert(0, _SHAPE_TYPE)
        end = re.search(r"</(?:\w+:)?xml>\s*$", vml)
        if end is None:
            raise ValueError(f"{part}: no VML drawing")
        names = {"v": "vml", "o": "office:office", "x": "office:excel"}
        declared = " ".join(f'xmlns:{p}="urn:schemas-microsoft-com:{escape(n)}"' for p, n in names.items())
        own = (
            "".join(re.sub(r"^<v:(\w+)", rf"<v:\1 {declared}", box) for box in boxes) if not _declares(vml) else "".join(boxes)
        )
        self._package.put(part, (vml[: end.start()] + own + vml[end.start() :]).encode("utf-8", "surrogateescape"))
        self._shapes = []

    def _drawing(self) -> str:
        from lxml import etree

        root = self._package.tree(self._sheet.part)
        legacy = root.find(f"{self._main}legacyDrawing")
        identifier = f"{self._package.office}id"
        if legacy is not None:
            targets = {i: target for i, _, target in self._package.relations(self._sheet.part)}
            return targets[legacy.get(identifier)]
        part = self._package.free_name("xl/drawings/opencheck{}.vml")
        self._package.put(part, _VML.encode())
        self._package.declare_default("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
        legacy = etree.Element(f"{self._main}legacyDrawing")
        legacy.set(identifier, self._package.relate(self._sheet.part, "vmlDrawing", part))
        after = next((c for c in root if isinstance(c.tag, str) and c.tag.rpartition("}")[2] in _AFTER_DRAWING), None)
        if after is None:
            root.append(legacy)
        else:
            after.addprevious(legacy)
        return part

    def _remove_shapes(self, cells: set[str]) -> None:
        from openpyxl.utils.cell import coordinate_to_tuple

        part = self._related("vmlDrawing")
        if not cells or part is None:
            return
        places = {coordinate_to_tuple(c) for c in cells}

        def keep(match: re.Match[str]) -> str:
            row = re.search(r"<(?:\w+:)?Row>\s*(\d+)", match[0])
            column = re.search(r"<(?:\w+:)?Column>\s*(\d+)", match[0])
            ours = row and column and (int(row[1]) + 1, int(column[1]) + 1) in places and "Note" in match[0]
            return "" if ours else match[0]

        vml = self._package.content(part).decode("utf-8", "surrogateescape")
        self._package.put(part, _ANY_SHAPE.sub(keep, vml).encode("utf-8", "surrogateescape"))


def _declares(vml: str) -> bool:
    """Whether a drawing declares the prefixes that the boxes use, at its root."""
    root = re.search(r"<(?:\w+:)?xml\b[^>]*>", vml)
    return root is not None and all(f"xmlns:{p}=" in root[0] for p in _DECLARED)
