"""Word documents (.docx): the text in reading order."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError
from opencheck.documents.parts import DRAWING_NAMESPACE, ExtractedText, ReadEmbedded, xml_tree
from opencheck.records.disclosure_labels import part_marker

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


def read_docx(archive: zipfile.ZipFile, name: str, read_embedded: ReadEmbedded) -> ExtractedText:
    """Extract the body, followed by headers, footers, notes, comments and tracked deletions, each after a separator line.

    Raises:
        InputError: the document holds no text.
    """
    known = {p.rpartition("/")[2]: p for p in archive.namelist() if re.fullmatch(r"word/[a-z]+[0-9]*\.xml", p)}
    body = xml_tree(archive.read(known["document.xml"]), name)
    lines = list(_paragraph_lines(body))
    further: dict[str, list[str]] = {}
    titles = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注", "comments": "批注"}
    pictures = _count_pictures(body)
    for part in sorted(known):
        title = titles.get(re.sub(r"[0-9]*\.xml$", "", part))
        if title:
            root = xml_tree(archive.read(known[part]), name)
            pictures += _count_pictures(root)
            further.setdefault(title, []).extend(_paragraph_lines(root))
            further.setdefault("修订中删除的文字", []).extend(_deleted_lines(root))
    further.setdefault("修订中删除的文字", []).extend(_deleted_lines(body))
    drawings = sorted(p for p in archive.namelist() if re.fullmatch(r"word/(?:charts|diagrams)/[^/]+\.xml", p))
    further["图表和图示"] = [line for p in drawings for line in _drawing_lines(xml_tree(archive.read(p), name))]
    for title, found in further.items():
        if filled := [line for line in found if line.strip()]:
            lines += [part_marker(title), *filled]
    unread: list[tuple[str, dict[str, Any]]] = [("unread.pictures", {"count": pictures})] if pictures else []
    embedded = [p for p in archive.namelist() if p.startswith("word/embeddings/")]
    read_embedded({Path(p).name: archive.read(p) for p in embedded}, lines, unread)
    if not "".join(lines).strip():
        raise InputError(f"{name}: 没有文字，可能是扫描件 / holds no text, perhaps a scan: run OCR first")
    return ExtractedText("\n".join(lines), {}, unread)


def _drawing_lines(root: Any) -> list[str]:
    """Return the texts of a drawing, one line for each paragraph."""
    lines = ["".join(t.text or "" for t in p.iter(f"{DRAWING_NAMESPACE}t")) for p in root.iter(f"{DRAWING_NAMESPACE}p")]
    return list(dict.fromkeys(lines))  # a diagram stores its texts twice


def _count_pictures(root: Any) -> int:
    return sum(1 for _ in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"))


def _paragraph_lines(root: Any) -> Iterator[str]:
    """Yield a line for each paragraph and each table row (cells separated by tabs); text boxes follow their paragraph."""
    for child in root:
        if child.tag == f"{_W}p":
            yield _paragraph_text(child)
            for box in child.iter(f"{_W}txbxContent"):
                if not any(a.tag == f"{_MC}Fallback" for a in box.iterancestors()):
                    yield from _paragraph_lines(box)
        elif child.tag == f"{_W}tbl":
            for row in child.iter(f"{_W}tr"):
                if next(a for a in row.iterancestors() if a.tag == f"{_W}tbl") is child:
                    yield "\t".join(" ".join(_paragraph_lines(cell)) for cell in row.iterchildren(f"{_W}tc"))
        elif isinstance(child.tag, str):
            yield from _paragraph_lines(child)


def _paragraph_text(paragraph: Any) -> str:
    """Return the text of a paragraph as printed: without deleted text and text boxes."""
    found = []
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"):
        if any(a.tag in (f"{_W}txbxContent", f"{_W}del", f"{_W}tabs") for a in _ancestors_below(node, paragraph)):
            continue
        name = node.tag.removeprefix(_W)
        found.append(node.text or "" if name == "t" else {"tab": "\t", "noBreakHyphen": "-"}.get(name, "\n"))
    return "".join(found)


def _ancestors_below(node: Any, top: Any) -> Iterator[Any]:
    for ancestor in node.iterancestors():
        if ancestor is top:
            return
        yield ancestor


def _deleted_lines(root: Any) -> list[str]:
    found = ["".join(t.text or "" for t in node.iter(f"{_W}delText", f"{_W}t")) for node in root.iter(f"{_W}del")]
    return [text for text in found if text.strip()]
