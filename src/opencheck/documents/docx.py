"""Word documents (.docx): the text as printed, in reading order, then what a reader of the file can find beside it.

Parts are told by what they are, not by their names: the main part by its relationship, headers, notes and comments by their root
element. Elements are told by their local names, which the transitional and the strict form of the format share.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from opencheck.core.errors import InputError
from opencheck.documents.docx_visibility import (
    DELETED,
    HIDDEN,
    SHADED,
    TINY,
    WHITE,
    colours,
    is_on_colour,
    part_of_place,
    shading,
)
from opencheck.documents.kept_texts import kept_lines, package_texts
from opencheck.documents.packages import local_name, main_part, relationships, xml_parts
from opencheck.documents.parts import (
    DRAWING_NAMESPACE,
    RESTORED,
    UNITS_PER_CM,
    ExtractedText,
    ReadEmbedded,
    pictures_unread,
    restored_lines,
    xml_tree,
)
from opencheck.records.disclosure_labels import part_marker

__all__ = [
    "Format",
    "Run",
    "open_word",
    "paragraph_runs",
    "read_docx",
    "restored_runs",
    "text_runs",
]

_TITLES = {
    "hdr": "页眉",
    "ftr": "页脚",
    "footnotes": "脚注",
    "endnotes": "尾注",
    "comments": "批注",
    "glossaryDocument": "文档部件",
}

_MOVED, _STRUCK = "修订中移走的文字", "划去的文字"

_UNPRINTED_BY = {"vanish": HIDDEN, TINY: HIDDEN, "strike": _STRUCK, "dstrike": _STRUCK}
"""Properties of characters that take a text out of the document, and the part that it then belongs to; the first that is on counts."""

Format = Mapping[str, bool]
"""Which of these properties are said to be on or off."""

_EMBEDDED = ("aFChunk", "package", "oleObject", "subDocument")
"""Relationships to whole files within the document."""

_PICTURES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic",
    "{http://purl.oclc.org/ooxml/drawingml/picture}pic",
)

_OLD_SIZE = re.compile(r"(?:^|;)\s*(?:width|height):([0-9.]+)(pt|in|cm|mm)", re.I)

_CM = {"pt": 2.54 / 72, "in": 2.54, "cm": 1.0, "mm": 0.1}

_CHARACTERS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-", "br": "\n", "cr": "\n"}

_SYMBOLS = {
    "Wingdings": {0xFE: "☑", 0xFD: "☒", 0xFC: "✓", 0xFB: "✗", 0xA8: "□", 0x6F: "□", 0x71: "□", 0x6E: "■", 0x6C: "●", 0xA1: "○"},
    "Wingdings 2": {0x52: "☑", 0x53: "☒", 0x50: "✓", 0x4F: "✗", 0xA3: "□", 0x2A: "□"},
}  # fmt: skip
"""What boxes and ticks are in the fonts that have them instead of letters."""


class Run(NamedTuple):
    """A piece of a paragraph's text: its element, its text, and the part of the document it belongs to (blank: as printed).

    ``is_new`` says that a tracked change put it in.
    """

    node: Any
    text: str
    part: str
    is_new: bool = False


def open_word(archive: zipfile.ZipFile, name: str) -> tuple[dict[str, Any], dict[str, Format]]:
    """Return the trees of the parts that hold text, and what the styles say of hiding and striking out, by their ids.

    The main part comes first, then headers, footers, notes and comments, charts and diagrams.

    Raises:
        InputError: the file has no main part that is a document, or a part declares entities.
    """
    main = main_part(archive, name)
    trees = xml_parts(archive, name)
    if main is not None:
        trees.setdefault(main, xml_tree(archive.read(main), name))
    if main is None or local_name(trees[main]) != "document":
        raise InputError(f"{name}: 没有正文，不是Word文件 / has no main part: no Word document")
    kept = {p: root for p, root in sorted(trees.items()) if local_name(root) in _TITLES or _is_drawn(p, root)}
    styles = [style for root in trees.values() if local_name(root) == "styles" for style in root.iterchildren("{*}style")]
    return {main: trees[main], **kept}, _styles(styles)


def _is_drawn(path: str, root: Any) -> bool:
    folder = re.match(r"word/(?:charts|diagrams)/[^/]+\.xml$", path) is not None
    return folder or local_name(root) in ("chartSpace", "dataModel")


def read_docx(archive: zipfile.ZipFile, name: str, read_embedded: ReadEmbedded) -> ExtractedText:
    """Extract the body, followed by headers, footers, notes, comments, tracked deletions and hidden text, each after a separator line.

    Raises:
        InputError: the document holds no text.
    """
    parts, styles = open_word(archive, name)
    body, *others = parts.values()
    lines = list(_lines(body, styles))
    further: dict[str, list[str]] = {}
    for root in others:
        title = _TITLES.get(local_name(root))
        found = list(_lines(root, styles)) if title else _drawing_lines(root)
        further.setdefault(title or "图表和图示", []).extend(found)
    taken_out: dict[str, list[str]] = {}
    for root in parts.values():
        for part, text in _unprinted(root, styles):
            taken_out.setdefault(part, []).append(text)
    if taken_out:
        whole = [line for root in parts.values() for line in _lines(root, styles, before=True)]
        taken_out[RESTORED] = restored_lines(whole, [lines, *further.values(), *taken_out.values()])
    for part, found in taken_out.items():
        further.setdefault(part, []).extend(found)
    for title, found in further.items():
        if filled := [line for line in dict.fromkeys(found) if line.strip()]:
            lines += [part_marker(title), *filled]
    lines += kept_lines(package_texts(archive, name, parts.items()))
    unread = pictures_unread(size for root in parts.values() for size in _picture_sizes(root))
    present = set(archive.namelist())
    embedded = {p for p in present if p.startswith("word/embeddings/")}
    for part in parts:
        for kind, target in relationships(archive, part, name):
            if target not in present:
                unread.append(("unread.missing", {"name": Path(target).name}))
            elif kind in _EMBEDDED:
                embedded.add(target)
    read_embedded({Path(p).name: archive.read(p) for p in sorted(embedded)}, lines, unread)
    if not "".join(lines).strip():
        raise InputError(f"{name}: 没有文字，可能是扫描件 / holds no text, perhaps a scan: run OCR first")
    return ExtractedText("\n".join(lines), {}, unread)


def _styles(styles: Iterable[Any]) -> dict[str, Format]:
    """What each style says of its text, of itself or by the style it is based on."""
    own: dict[str, Format] = {}
    based: dict[str, str] = {}
    for style in styles:
        number = _value(style, "styleId")
        own[number] = {**_said(next(style.iterchildren("{*}rPr"), None)), **shading(next(style.iterchildren("{*}pPr"), None))}
        parent = next(style.iterchildren("{*}basedOn"), None)
        if parent is not None:
            based[number] = _value(parent, "val")

    def resolved(number: str) -> Format:
        found: dict[str, bool] = {}
        seen: set[str] = set()
        while number in own and number not in seen:
            seen.add(number)
            found = {**own[number], **found}
            number = based.get(number, "")
        return found

    return {number: found for number in own if (found := resolved(number))}


def paragraph_runs(paragraph: Any, styles: Mapping[str, Format]) -> Iterator[Run]:
    """Yield the pieces of a paragraph's text in order, without those of text boxes and of other paragraphs within it."""
    around = _Around(part_of_place(paragraph), dict(styles.get(_style(paragraph, "pPr", "pStyle"), {})), False)
    if is_on_colour(paragraph):
        around = around._replace(format={**around.format, SHADED: True})
    yield from _runs(paragraph, around, styles)


def text_runs(paragraph: Any, styles: Mapping[str, Format], *, before: bool = False) -> Iterator[Run]:
    """Yield the pieces of a paragraph that are printed; with ``before`` those from before something was deleted, hidden or struck out."""
    return (run for run in paragraph_runs(paragraph, styles) if not (run.is_new if before else run.part))


def restored_runs(runs: Iterable[Run]) -> list[Run]:
    """The pieces of a paragraph as it was: with what was deleted, hidden or struck out, without what was put in.

    Empty where all of it is printed, or all of it was taken out: such text is read in any case.
    """
    before = [run for run in runs if not run.is_new]
    return before if len({run.part for run in before}) > 1 else []


class _Around(NamedTuple):
    """What the elements around a run say of it: its part of the document, its format, and whether it was put in by a change."""

    part: str
    format: Format
    is_new: bool

    @property
    def shown_part(self) -> str:
        found = self.part or next((part for kind, part in _UNPRINTED_BY.items() if self.format.get(kind)), "")
        return found or (HIDDEN if self.format.get(WHITE) and not self.format.get(SHADED) else "")


def _runs(element: Any, around: _Around, styles: Mapping[str, Format]) -> Iterator[Run]:
    for child in element.iterchildren(tag="{*}*"):
        kind = local_name(child)
        if kind in ("txbxContent", "Fallback", "pPr", "tabs", "sdtPr", "rt", "p", "tbl"):
            continue
        if kind == "r":
            yield from _run(child, around, styles)
        elif kind == "t":  # of a formula or a drawing
            yield Run(child, child.text or "", around.shown_part, around.is_new)
        else:
            within = {"del": DELETED, "moveFrom": _MOVED}.get(kind, around.part)
            yield from _runs(child, around._replace(part=within, is_new=around.is_new or kind in ("ins", "moveTo")), styles)


def _run(run: Any, around: _Around, styles: Mapping[str, Format]) -> Iterator[Run]:
    properties = next(run.iterchildren("{*}rPr"), None)
    symbols: Mapping[int, str] = {}
    if properties is not None:
        own = {**around.format, **styles.get(_style(run, "rPr", "rStyle"), {}), **_said(properties)}
        around = around._replace(format=own)
        fonts = next(properties.iterchildren("{*}rFonts"), None)
        symbols = _SYMBOLS.get(_value(fonts, "ascii") or _value(fonts, "hAnsi"), {}) if fonts is not None else {}
    part, is_new = around.shown_part, around.is_new
    for child in run.iterchildren(tag="{*}*"):
        kind = local_name(child)
        if kind in ("t", "delText"):
            text = child.text or ""
            if symbols:
                text = "".join(symbols.get(ord(c) & 0xFF if 0xF000 <= ord(c) <= 0xF0FF else ord(c), c) for c in text)
            yield Run(child, text, part or (DELETED if kind == "delText" else ""), is_new)
        elif kind == "sym":
            yield Run(child, _symbol(child), part, is_new)
        elif kind == "fldChar":
            yield Run(child, _form_box(child), part, is_new)
        elif kind in _CHARACTERS:
            yield Run(child, _CHARACTERS[kind], part, is_new)
        elif kind != "rPr":
            yield from _runs(child, around, styles)


def _symbol(node: Any) -> str:
    """The character of a symbol: a box or tick where the font is known, else the private character that says that something stands there."""
    try:
        code = int(_value(node, "char"), 16)
    except ValueError:
        return "\ufffd"
    font = _SYMBOLS.get(_value(node, "font"), {})
    if not font and chr(code & 0xFF) in "0123456789Xx" and code >> 8 in (0, 0xF0):
        return chr(code & 0xFF)  # fonts of symbols have figures where others have them
    return font.get(code & 0xFF) or (chr(code) if 0x20 <= code < 0xD800 else chr(0xF000 | code & 0xFF))


def _form_box(node: Any) -> str:
    """The check box of a form, which Word draws from its state."""
    box = next(node.iter("{*}checkBox"), None)
    if box is None:
        return ""
    state = next(box.iterchildren("{*}checked"), None)
    if state is None:
        state = next(box.iterchildren("{*}default"), None)
    return "☐" if state is None or _value(state, "val") in ("0", "false", "off") else "☑"


def _said(properties: Any) -> Format:
    """What the properties of characters say of hiding, striking out and colours."""
    nodes = () if properties is None else properties.iterchildren("{*}*")
    said = {
        kind: _value(node, "val") not in ("0", "false", "off") for node in nodes if (kind := local_name(node)) in _UNPRINTED_BY
    }
    return {**said, **colours(properties)}


def _style(element: Any, properties: str, kind: str) -> str:
    node = element.find(f"{{*}}{properties}/{{*}}{kind}")
    return "" if node is None else _value(node, "val")


def _value(node: Any, name: str) -> str:
    """An attribute by its local name."""
    return next((str(v) for k, v in node.attrib.items() if k.rpartition("}")[2] == name), "")


def _lines(root: Any, styles: Mapping[str, Format], *, before: bool = False, tables: bool = True) -> Iterator[str]:
    """Yield a line for each paragraph and each table row (cells separated by tabs); text boxes follow their paragraph.

    With ``before`` as it was before something in it was deleted, hidden or struck out; else as printed. Without ``tables`` no rows.
    """
    for child in root.iterchildren(tag="{*}*"):
        kind = local_name(child)
        if kind == "p":
            yield "".join(run.text for run in text_runs(child, styles, before=before))
            for box in child.iter("{*}txbxContent"):
                if _nearest(box, "p") is child and _nearest(box, "Fallback") is None:
                    yield from _lines(box, styles, before=before)
            for shape in child.iter(f"{DRAWING_NAMESPACE}p"):
                if _nearest(shape, "p") is child and _nearest(shape, "Fallback") is None:
                    yield "".join(t.text or "" for t in shape.iter("{*}t"))
        elif kind == "tbl" and (tables or not _has_headings(child)):
            yield from _rows(child, styles, before=before)
        elif kind not in ("Fallback", "pPr", "tbl"):
            yield from _lines(child, styles, before=before, tables=tables)


def _rows(table: Any, styles: Mapping[str, Format], *, before: bool) -> Iterator[str]:
    """Yield a line for each row; those of a table within a cell follow the row, so that its headings stand above what they explain."""
    for row in table.iter("{*}tr"):
        if _nearest(row, "tbl") is table:
            cells = [c for c in row.iter("{*}tc") if _nearest(c, "tr") is row]
            yield "\t".join(" ".join(_lines(cell, styles, before=before, tables=False)).strip() for cell in cells)
            for inner in (t for cell in cells for t in cell.iter("{*}tbl") if _nearest(t, "tc") is cell and _has_headings(t)):
                yield from _rows(inner, styles, before=before)


def _has_headings(table: Any) -> bool:
    """Whether a table has several rows: one of a single row only lays out what stands in a cell."""
    return sum(_nearest(row, "tbl") is table for row in table.iter("{*}tr")) > 1


def _nearest(node: Any, *kinds: str) -> Any:
    return next((a for a in node.iterancestors() if local_name(a) in kinds), None)


def _unprinted(root: Any, styles: Mapping[str, Format]) -> Iterator[tuple[str, str]]:
    """Yield what is in the file and not on the paper, a line for each part of a paragraph."""
    for paragraph in root.iter("{*}p"):
        found: dict[str, str] = {}
        for run in paragraph_runs(paragraph, styles):
            found[run.part] = found.get(run.part, "") + run.text
        yield from ((part, text) for part, text in found.items() if part)


def _drawing_lines(root: Any) -> list[str]:
    """Return the texts of a drawing, one line for each paragraph, and the values that a chart keeps of its table."""
    lines = ["".join(t.text or "" for t in p.iter("{*}t")) for p in root.iter("{*}p")]
    lines += [v.text or "" for v in root.iter("{*}v")]
    return list(dict.fromkeys(lines))  # a diagram stores its texts twice


def _picture_sizes(root: Any) -> Iterator[float | None]:
    """Yield the printed sizes of the pictures, in square centimetres; None where it is not stated."""
    for picture in root.iter(*_PICTURES):
        frame = _nearest(picture, "inline", "anchor")
        extent = next((picture if frame is None else frame).iter("{*}extent", "{*}ext"), None)
        sides = [] if extent is None else [extent.get(n, "") for n in ("cx", "cy")]
        yield math.prod(int(s) / UNITS_PER_CM for s in sides) if sides and all(map(str.isdecimal, sides)) else None
    for picture in root.iter("{urn:schemas-microsoft-com:vml}imagedata"):
        if _nearest(picture, "object") is None and _nearest(picture, "Fallback") is None:
            old = _OLD_SIZE.findall(picture.getparent().get("style", ""))
            yield math.prod(float(number) * _CM[unit.lower()] for number, unit in old) if len(old) == 2 else None
