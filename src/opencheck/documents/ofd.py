"""OFD documents (GB/T 33190): the text of every page, template and annotation, wherever the file says that they lie.

OFD.xml names the documents, a document its pages, templates, annotations and attachments. What the archive holds beside these is read,
too, as text that is not printed.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from opencheck.core.errors import InputError
from opencheck.documents.garbled import is_garbled
from opencheck.documents.kept_texts import kept_lines, kept_nodes
from opencheck.documents.ofd_text import Text, box_of, holds_unread_glyphs, texts_of
from opencheck.documents.parts import (
    LARGE_PICTURE,
    MANY_CURVES,
    RESTORED,
    ExtractedText,
    ReadEmbedded,
    pictures_unread,
    restored_lines,
    xml_tree,
)
from opencheck.records.disclosure_labels import part_marker

__all__ = [
    "read_ofd",
]

_ANNOTATIONS, _HIDDEN, _OTHER = "注释和图章", "隐藏的文字", "隐藏的其他文字"

_GAP, _GAP_IN_NUMBERS = 0.5, 0.3
"""From which gap on, in heights of a text, what follows stands in another cell; figures stand closer together than words."""

_DIGITS = tuple("0123456789Xx")

Unread = list[tuple[str, dict[str, Any]]]


class _Archive:
    """The parts of an OFD file, each parsed once, and which of them have been read."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.archive, self.name = archive, name
        self.paths = {p.lower(): p for p in archive.namelist()}
        self.trees: dict[str, Any] = {}
        self.unread: Unread = []

    def resolve(self, base: str, location: str) -> str:
        """The path of a location that a part gives; absolute ones start at the archive."""
        location = location.strip().replace("\\", "/")
        joined = location if location.startswith("/") else posixpath.join(posixpath.dirname(base), location)
        path = posixpath.normpath(joined).lstrip("/")
        return self.paths.get(path.lower(), path)

    def tree(self, path: str) -> Any:
        """The tree of a part; None, and a note, where it is missing."""
        if path not in self.trees:
            if path.lower() not in self.paths:
                self.unread.append(("unread.missing", {"name": path}))
                self.trees[path] = None
            else:
                self.trees[path] = xml_tree(self.archive.read(path), self.name)
        return self.trees[path]

    def located(self, base: str, nodes: Iterable[Any]) -> Iterator[tuple[Any, str]]:
        """Nodes that give a location, with the path."""
        for node in nodes:
            location = node.get("BaseLoc") or node.get("FileLoc") or _child_text(node, "FileLoc") or (node.text or "").strip()
            if location:
                yield node, self.resolve(base, location)


def _child_text(node: Any, name: str) -> str:
    return next((str(c.text or "").strip() for c in node.iterchildren(f"{{*}}{name}")), "")


def read_ofd(archive: zipfile.ZipFile, name: str, read_embedded: ReadEmbedded) -> ExtractedText:
    """Extract the text of an OFD file: page by page with their templates, top to bottom and left to right, then annotations.

    Raises:
        InputError: the document holds no text.
    """
    parts = _Archive(archive, name)
    lines: list[str] = []
    further: dict[str, list[str]] = {}
    whole: list[str] = []
    attached: set[str] = set()
    pictures: list[float | None] = []
    pages = _Pages(parts)
    for number, (path, templates) in enumerate(pages.found, 1):
        printed: list[str] = []
        unread_glyphs = False
        for part in (*templates, path):
            tree = parts.tree(part)
            if tree is None:
                continue
            texts = list(texts_of(tree, pages.units, pages.boxes.get(path) or _page_box(tree)))
            shown = _rows(t for t in texts if t.shown)
            hidden = _rows(t for t in texts if not t.shown)
            printed += shown
            further.setdefault(_HIDDEN, []).extend(hidden)
            whole += _rows(texts) if hidden else shown
            unread_glyphs |= holds_unread_glyphs(tree)
            curves = sum((n.text or "").count(" B ") for n in tree.iter("{*}AbbreviatedData"))
            pictures += [LARGE_PICTURE] if curves >= MANY_CURVES else []
            boxes = [box_of(node.get("Boundary")) for node in tree.iter("{*}ImageObject")]
            pictures += [width * height / 100 for _, _, width, height in boxes]  # the format counts in millimetres
        lines += printed
        if not "".join(printed).strip():
            parts.unread.append(("unread.page", {"page": number}))
        elif unread_glyphs or is_garbled("\n".join(printed)):
            parts.unread.append(("unread.garbled", {"page": number}))
    for path in pages.annotations:
        if (tree := parts.tree(path)) is not None:
            further.setdefault(_ANNOTATIONS, []).extend(_annotation_lines(tree, pages.units))
    attached |= pages.attachments
    for path in sorted(archive.namelist()):
        folders = path.lower().split("/")[:-1]
        if path.endswith(".xml") and path not in parts.trees:
            tree = parts.tree(path)
            part = _ANNOTATIONS if any(re.fullmatch("annots?", f) for f in folders) else _OTHER
            further.setdefault(part, []).extend(_annotation_lines(tree, pages.units))
        elif any(f.startswith("attach") for f in folders) and not path.endswith(("/", ".xml")):
            attached.add(path)
    if any(further.get(_HIDDEN, ())):
        further[RESTORED] = restored_lines(whole, [lines, *further.values()])
    for title, found in further.items():
        if filled := [line for line in found if line.strip()]:
            lines += [part_marker(title), *filled]
    lines += kept_lines(_kept(parts))
    parts.unread += pictures_unread(pictures)
    files = {Path(p).name: archive.read(p) for p in sorted(attached) if p in archive.namelist()}
    read_embedded(files, lines, parts.unread)
    if not "".join(lines).strip():
        raise InputError(f"{name}: 没有文字，可能是扫描件 / holds no text, perhaps a scan: run OCR first")
    return ExtractedText("\n".join(lines), {}, parts.unread)


class _Pages:
    """The pages of all documents of a file with the templates that come first on them; annotations, attachments, composite units."""

    def __init__(self, parts: _Archive) -> None:
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.annotations: list[str] = []
        self.attachments: set[str] = set()
        self.boxes: dict[str, list[float]] = {}
        """The box of each page for which its document gives one."""
        self.units: dict[str, Any] = {}
        """Graphic units that pages show by their number: seals, tables, repeated blocks."""
        root = parts.tree("OFD.xml")
        for _, document in parts.located("OFD.xml", root.iter("{*}DocRoot")):
            if (tree := parts.tree(document)) is not None:
                self._read(parts, document, tree)
        if not self.found:
            self._by_folder(parts)

    def _read(self, parts: _Archive, document: str, tree: Any) -> None:
        for _, path in parts.located(document, tree.iter("{*}PublicRes", "{*}DocumentRes")):
            self._read_units(parts, path)
        templates = {str(node.get("ID")): path for node, path in parts.located(document, tree.iter("{*}TemplatePage"))}
        used: set[str] = set()
        unlisted = () if templates or self.found else tuple(_templates_by_folder(parts))
        for pages in tree.iter("{*}Pages"):
            for _, path in parts.located(document, pages.iterchildren("{*}Page")):
                page = parts.tree(path)
                wanted = [] if page is None else [str(t.get("TemplateID")) for t in page.iterchildren("{*}Template")]
                own = [templates[t] for t in wanted if t in templates and t not in used]
                used |= set(wanted)
                for _, resource in parts.located(path, () if page is None else page.iterchildren("{*}PageRes")):
                    self._read_units(parts, resource)
                self.found.append((path, (*unlisted, *own)))
                if (box := _page_box(page) or _page_box(tree)) is not None:
                    self.boxes[path] = box
                unlisted = ()
        for _, path in parts.located(document, tree.iterchildren("{*}Annotations")):
            listed = parts.tree(path)
            for _, page_path in parts.located(path, () if listed is None else listed.iterchildren("{*}Page")):
                self.annotations.append(page_path)
        for _, path in parts.located(document, tree.iterchildren("{*}Attachments")):
            listed = parts.tree(path)
            for _, file in parts.located(path, () if listed is None else listed.iterchildren("{*}Attachment")):
                if file.lower() not in parts.paths:
                    parts.unread.append(("unread.missing", {"name": Path(file).name}))
                self.attachments.add(file)

    def _read_units(self, parts: _Archive, path: str) -> None:
        tree = parts.tree(path)
        for unit in () if tree is None else tree.iter("{*}CompositeGraphicUnit"):
            self.units[str(unit.get("ID"))] = unit

    def _by_folder(self, parts: _Archive) -> None:
        """The pages by the usual names of their folders, where the file does not list them."""

        def order(path: str) -> tuple[str, int]:
            folder, _, rest = path.rpartition("/Page_")
            return folder, int(re.sub(r"\D.*", "", rest) or 0)

        pages = sorted((p for p in parts.paths.values() if re.search(r"/Pages/[^/]+/Content\.xml$", p)), key=order)
        self.found = [(p, () if n else tuple(_templates_by_folder(parts))) for n, p in enumerate(pages)]


def _page_box(tree: Any) -> list[float] | None:
    """The box of the paper that a page, or the document for all its pages, gives."""
    for area in () if tree is None else tree.iter("{*}Area", "{*}PageArea"):
        box = box_of(_child_text(area, "PhysicalBox"))
        if box[2] and box[3]:
            return box
    return None


def _kept(parts: _Archive) -> Iterator[str]:
    """What the parts keep beside the pages: the author, bookmarks, targets of links, data of the maker, parameters."""
    for path, tree in parts.trees.items():
        if tree is None:
            continue
        pages = next(tree.iter("{*}TextObject"), None) is not None
        for get, _ in kept_nodes(path, tree, beside=not pages):
            yield unquote(get())
        for node in tree.iter("{*}URI", "{*}Parameter"):
            yield unquote(str(node.get("URI") or node.text or ""))


def _templates_by_folder(parts: _Archive) -> list[str]:
    """Templates that no document lists: some makers leave the list out."""
    return sorted(p for p in parts.paths.values() if re.search(r"/(?:Tpls?|Temps?|Templates?)/[^/]+/Content\.xml$", p, re.I))


def _rows(texts: Iterable[Text]) -> list[str]:
    """Put texts into lines: what stands at the same height, from left to right; a gap as wide as a character becomes a tab."""
    rows: list[list[Text]] = []
    for text in sorted(texts, key=lambda t: (t.top, t.left)):
        if rows and text.top - rows[-1][0].top <= max(0.5, 0.4 * min(text.height, rows[-1][0].height)):
            rows[-1].append(text)
        else:
            rows.append([text])
    lines = []
    for row in rows:
        line, end = "", None
        for text in sorted(row, key=lambda t: t.left):
            share = _GAP_IN_NUMBERS if line[-1:].isdigit() and text.text[:1] in _DIGITS else _GAP
            line += ("\t" if end is not None and text.left - end > max(0.5, share * text.height) else "") + text.text
            end = text.right
        lines.append(line)
    return lines


def _annotation_lines(tree: Any, units: dict[str, Any]) -> list[str]:
    """The texts of annotations, and what their author remarked."""
    remarks = [str(node.text or "").strip() for node in tree.iter("{*}Remark")]
    return [*_rows(texts_of(tree, units)), *(r for r in remarks if r)]
