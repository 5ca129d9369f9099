"""The parts of a workbook's package (.xlsx, .xlsm): read, changed one by one, and written with all other parts as they were."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from opencheck.core.errors import InputError
from opencheck.documents.parts import xml_tree

__all__ = [
    "Package",
    "Sheet",
]


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_RELS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_WITH_MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


class Sheet:
    """One sheet of the workbook: its title and the part that holds it."""

    def __init__(self, title: str, part: str, element: Any) -> None:
        self.title, self.part, self.element = title, part, element


class Package:
    """A workbook's parts by name. A part that nobody asked to change keeps its bytes.

    Raises:
        InputError: the file lacks a part that every workbook has; errors of zip and XML pass.

    >>> import openpyxl
    >>> out = io.BytesIO()
    >>> openpyxl.Workbook().save(out)
    >>> [sheet.title for sheet in Package(out.getvalue()).sheets]
    ['Sheet']
    """

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._infos = {i.filename: i for i in self._archive.infolist()}
        self._trees: dict[str, Any] = {}
        self._seen: dict[str, Any] = {}
        self._new: dict[str, bytes] = {}
        self._gone: set[str] = set()
        self.workbook = self.related("", "officeDocument")
        self._find_sheets()

    def _find_sheets(self) -> None:
        root = self.tree(self.workbook)
        self.main = root.tag.partition("}")[0] + "}"
        self.strict = self.main.strip("{}") == _STRICT_MAIN
        self.office = f"{{{_STRICT_OFFICE if self.strict else _OFFICE}}}"
        targets = {i: (kind, target) for i, kind, target in self.relations(self.workbook)}
        self.sheets = []
        for element in root.find(f"{self.main}sheets"):
            kind, part = targets[element.get(f"{self.office}id")]
            if kind == "worksheet":
                self.sheets.append(Sheet(element.get("name"), part, element))

    def __contains__(self, part: str) -> bool:
        return part in self._new or (part in self._infos and part not in self._gone)

    @property
    def parts(self) -> list[str]:
        """The names of all parts."""
        return [*(n for n in self._infos if n not in self._gone), *(n for n in self._new if n not in self._infos)]

    def content(self, part: str) -> bytes:
        """Return the bytes of a part."""
        return self._new[part] if part in self._new else self._archive.read(self._infos[part])

    def tree(self, part: str) -> Any:
        """Return the XML of a part; a part whose tree was asked for is written anew from it."""
        if part not in self._trees:
            self._trees[part] = self.look(part)
        return self._trees[part]

    def look(self, part: str) -> Any:
        """Return the XML of a part to read only: the part keeps its bytes."""
        if part in self._trees:
            return self._trees[part]
        if part not in self._seen:
            self._seen[part] = xml_tree(self.content(part), part)
        return self._seen[part]

    def put(self, part: str, content: bytes) -> None:
        """Add a part, or give it a new content."""
        self._trees.pop(part, None)
        self._seen.pop(part, None)
        self._gone.discard(part)
        self._new[part] = content

    def drop(self, part: str) -> None:
        """Remove a part and its own relations."""
        for name in (part, _rels_of(part)):
            self._trees.pop(name, None)
            self._seen.pop(name, None)
            self._new.pop(name, None)
            self._gone.add(name)
        types = self.tree("[Content_Types].xml")
        for override in types.findall(f"{_TYPES}Override"):
            if override.get("PartName", "").lstrip("/") == part:
                types.remove(override)

    def free_name(self, pattern: str) -> str:
        """Return an unused name for a part: ``xl/comments{}.xml``."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Yield the internal relations of a part (blank: the package): id, last word of the type, name of the target."""
        name = _rels_of(part)
        if name not in self:
            return
        for relation in self.look(name):
            if isinstance(relation.tag, str) and relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), relation.get("Target"))).lstrip("/")
                yield relation.get("Id"), relation.get("Type").rpartition("/")[2], target

    def related(self, part: str, kind: str) -> str:
        """Return the name of the part that a part (blank: the package) has one relation of this kind to.

        Raises:
            InputError: there is none.
        """
        for _, own, target in self.relations(part):
            if own == kind and target in self:
                return target
        raise InputError(f"{part or '_rels'}: 没有 {kind} / no {kind}", code="damaged_package", found=kind)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation of a part to a target, and return its id."""
        from lxml import etree

        name = _rels_of(part)
        if name not in self:
            self.put(name, b'<Relationships xmlns="%s"/>' % _RELS.strip("{}").encode())
        root = self.tree(name)
        used = {r.get("Id") for r in root}
        number = len(used) + 1
        while f"rId{number}" in used:
            number += 1
        relation = etree.SubElement(root, f"{_RELS}Relationship", Id=f"rId{number}")
        relation.set("Type", f"{self.office.strip('{}')}/{kind}")
        relation.set("Target", f"/{target}")
        return f"rId{number}"

    def unrelate(self, part: str, target: str) -> str | None:
        """Remove the relation of a part to a target; return its id."""
        for identifier, _, own in list(self.relations(part)):
            if own == target:
                root = self.tree(_rels_of(part))
                for relation in list(root):
                    if relation.get("Id") == identifier:
                        root.remove(relation)
                return identifier
        return None

    def declare(self, part: str, content_type: str) -> None:
        """State the content type of a part."""
        from lxml import etree

        types = self.tree("[Content_Types].xml")
        own = next((o for o in types.findall(f"{_TYPES}Override") if o.get("PartName", "").lstrip("/") == part), None)
        if own is None:
            own = etree.SubElement(types, f"{_TYPES}Override", PartName=f"/{part}")
        own.set("ContentType", content_type)

    def declare_default(self, suffix: str, content_type: str) -> None:
        """State the content type of all parts with a suffix, unless there is one."""
        from lxml import etree

        types = self.tree("[Content_Types].xml")
        if all(d.get("Extension", "").lower() != suffix for d in types.findall(f"{_TYPES}Default")):
            types.insert(0, etree.Element(f"{_TYPES}Default", Extension=suffix, ContentType=content_type))

    @property
    def macros(self) -> list[str]:
        """The parts that hold the workbook's macros."""
        return [target for _, kind, target in self.relations(self.workbook) if kind == "vbaProject"]

    def set_macros(self, keep: bool) -> None:
        """State in the content types whether the workbook may hold macros (.xlsm), and remove them where it may not."""
        for part in [] if keep else self.macros:
            for _, _, inner in list(self.relations(part)):
                self.drop(inner)
            self.unrelate(self.workbook, part)
            self.drop(part)
        wanted = _WITH_MACROS if keep else _WORKBOOK
        stated = [o.get("ContentType") for o in self.tree("[Content_Types].xml") if o.get("PartName") == f"/{self.workbook}"]
        if stated != [wanted]:
            self.declare(self.workbook, wanted)

    def remove_sheets(self, titles: tuple[str, ...]) -> None:
        """Remove sheets with their own parts, and the names that belong to them."""
        from lxml import etree

        root = self.tree(self.workbook)
        listed = list(root.find(f"{self.main}sheets"))
        kept = [e for e in listed if e.get("name") not in titles]
        for sheet in [s for s in self.sheets if s.title in titles]:
            for _, kind, part in list(self.relations(sheet.part)):
                if kind in ("comments", "vmlDrawing"):
                    self.drop(part)
            self.unrelate(self.workbook, sheet.part)
            self.drop(sheet.part)
            sheet.element.getparent().remove(sheet.element)
            self.sheets.remove(sheet)
        for name in list(root.iter(f"{self.main}definedName")):
            if (local := name.get("localSheetId")) is not None:
                own = listed[int(local)]
                if own in kept:
                    name.set("localSheetId", str(kept.index(own)))
                else:
                    name.getparent().remove(name)
        names = root.find(f"{self.main}definedNames")
        if names is not None and not len(names) and len(kept) < len(listed):
            etree.strip_elements(root, f"{self.main}definedNames")

    def in_own_names(self, content: bytes) -> bytes:
        """Return XML of a common workbook in the namespaces of this one, which may be the strict ones."""
        if not self.strict:
            return content
        return content.replace(_MAIN.encode(), _STRICT_MAIN.encode()).replace(_OFFICE.encode(), _STRICT_OFFICE.encode())

    def add_sheet(self, title: str, content: bytes, at: int | None = None) -> Sheet:
        """Add a sheet, at an index or at the end; names that belong to the sheets after it stay theirs."""
        from lxml import etree

        root = self.tree(self.workbook)
        sheets = root.find(f"{self.main}sheets")
        index = len(sheets) if at is None else at
        for name in root.iter(f"{self.main}definedName"):
            if (local := name.get("localSheetId")) is not None and int(local) >= index:
                name.set("localSheetId", str(int(local) + 1))
        part = self.free_name("xl/worksheets/opencheck{}.xml")
        self.put(part, self.in_own_names(content))
        self.declare(part, "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml")
        element = etree.Element(f"{self.main}sheet", name=title)
        element.set("sheetId", str(max((int(s.get("sheetId")) for s in sheets), default=0) + 1))
        element.set(f"{self.office}id", self.relate(self.workbook, "worksheet", part))
        sheets.insert(index, element)
        self.sheets.insert(index, sheet := Sheet(title, part, element))
        return sheet

    def print_names(self, sheet: Sheet) -> list[tuple[str, str]]:
        """Return what is printed of a sheet: the names of its area and of its repeated rows, with what they refer to."""
        local = str(self.sheets.index(sheet))
        names = self.look(self.workbook).iter(f"{self.main}definedName")
        own = [n for n in names if n.get("localSheetId") == local and n.get("name").startswith("_xlnm.Print_")]
        return [(n.get("name"), n.text) for n in own]

    def add_name(self, sheet: Sheet, name: str, refers_to: str) -> None:
        """Add a name that belongs to a sheet."""
        from lxml import etree

        root = self.tree(self.workbook)
        names = root.find(f"{self.main}definedNames")
        if names is None:
            before = [
                e for tag in ("sheets", "functionGroups", "externalReferences") for e in root.iterfind(f"{self.main}{tag}")
            ]
            names = etree.Element(f"{self.main}definedNames")
            before[-1].addnext(names)
        added = etree.SubElement(names, f"{self.main}definedName", name=name, localSheetId=str(self.sheets.index(sheet)))
        added.text = refers_to

    def open_first_sheet(self) -> None:
        """Let the workbook open with its first sheet, and select no other: whoever types would type into all that are selected."""
        for view in self.tree(self.workbook).iter(f"{self.main}workbookView"):
            view.set("activeTab", "0")
            view.set("firstSheet", "0")
        for number, sheet in enumerate(self.sheets):
            if number and b"tabSelected" in self.content(sheet.part):
                for view in self.tree(sheet.part).iter(f"{self.main}sheetView"):
                    view.attrib.pop("tabSelected", None)

    def save(self) -> bytes:
        """Return the package; parts that were not changed have the same bytes, in the same order."""
        from lxml import etree

        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in self.parts:
                content = self.content(part) if part not in self._trees else None
                if content is None:
                    content = etree.tostring(self._trees[part], xml_declaration=True, encoding="UTF-8", standalone=True)
                info = zipfile.ZipInfo(part, self._infos[part].date_time if part in self._infos else (1980, 1, 1, 0, 0, 0))
                archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        return out.getvalue()


def _rels_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
