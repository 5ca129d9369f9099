"""Texts that a file keeps beside what it prints: targets of links, descriptions of pictures, field codes, properties of the file.

Whoever gets the file finds them, and nobody who reads it on paper does. So only personal data in them matters.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote

from opencheck.core.personal_data import find_personal_data, mask_for_display
from opencheck.documents.packages import local_name
from opencheck.documents.parts import xml_tree
from opencheck.records.disclosure_labels import part_marker

__all__ = ["KEPT", "code_nodes", "is_beside", "kept_lines", "kept_nodes", "package_texts", "sheet_headers"]

KEPT = "链接、替代文字和文件属性"
"""The name of the part that holds such texts."""

Node = tuple[Callable[[], str], Callable[[str], None]]
"""How to read a text, and how to replace it."""

_ATTRIBUTES = frozenset(
    (
        "descr",
        "title",
        "alt",
        "tooltip",
        "display",
        "displayText",
        "prompt",
        "promptTitle",
        "string",
        "instr",
        "author",
        "query",
    )
)
_CODES = frozenset(("instrText", "delInstrText"))
_PREFILLED = frozenset(("default", "result", "listEntry", "helpText", "statusText"))
"""Elements of a form's field that hold a text as their value."""

_LONG_NUMBER = re.compile("[0-9]{15}")

_READ_ELSEWHERE = re.compile(
    r"\[Content_Types\]|xl/(?:worksheets|chartsheets|theme)/|xl/(?:sharedStrings|styles|calcChain|workbook)\.xml"
)
"""Parts whose texts are read as cells, or that hold none."""

_IN_SHEETS = ("{*}dataValidation", "{*}hyperlink", "{*}headerFooter")
_HEADER_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f+-]{6}|[0-9]+|[A-Z])')
"""What sets font, size and place in the header of a sheet."""


def kept_lines(texts: Iterable[str]) -> list[str]:
    """The lines of the part with those of the texts that hold personal data; none where none do.

    >>> kept_lines(["tel:13805321234", "http://www.pingdu.gov.cn"])
    ['【以下是链接、替代文字和文件属性】', 'tel:13805321234']
    """
    lines = dict.fromkeys(" ".join(text.split()) for text in texts)
    found = [line for line in lines if mask_for_display(line) != line]
    return [part_marker(KEPT), *found] if found else []


def kept_nodes(path: str, root: Any, *, beside: bool = False) -> Iterator[Node]:
    """Yield such texts of a part of an Office package.

    Args:
        path: the part's path.
        root: its tree, which replacing a text changes.
        beside: whether the part is not read as text: then its texts count, too.
    """
    for node in root.iter("{*}*"):
        kind = local_name(node)
        if path.endswith(".rels"):
            if node.get("TargetMode") == "External":
                yield _attribute(node, "Target")
            continue
        phonetic = kind == "t" and next(node.iterancestors("{*}rt"), None) is not None
        if (beside or kind in _CODES or phonetic) and not len(node) and node.text:
            yield partial(_text, node), partial(_set_text, node)
        for name, value in node.attrib.items():
            local = str(name).rpartition("}")[2]
            known = local in _ATTRIBUTES or (local == "val" and kind in _PREFILLED)
            if known or (_LONG_NUMBER.search(value) and find_personal_data(value, ("resident_id",))):
                yield _attribute(node, str(name))


def code_nodes(root: Any) -> Iterator[list[Node]]:
    """Yield for each paragraph the pieces of its field codes, over which a number may be spread."""
    for paragraph in root.iter("{*}p"):
        codes = [n for n in paragraph.iter("{*}instrText", "{*}delInstrText") if n.text]
        if len(codes) > 1:
            yield [(partial(_text, node), partial(_set_text, node)) for node in codes]


def _attribute(node: Any, name: str) -> Node:
    return partial(node.get, name), partial(node.set, name)


def _text(node: Any) -> str:
    return str(node.text or "")


def _set_text(node: Any, text: str) -> None:
    node.text = text


def is_beside(path: str) -> bool:
    """Whether a part of a package that is not read as text may hold such texts: properties, data, settings, caches, drawn pictures.

    >>> is_beside("word/_rels/document.xml.rels"), is_beside("customXml/item1.xml"), is_beside("xl/sharedStrings.xml")
    (True, True, False)
    """
    return path.endswith(".rels") or (path.endswith((".xml", ".svg")) and not _READ_ELSEWHERE.match(path))


def package_texts(archive: zipfile.ZipFile, name: str, trees: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Yield such texts of a package: of these parts, and of those that hold nothing else.

    Raises:
        InputError: a part declares entities.
    """
    read = dict(trees)
    beside = {p: xml_tree(archive.read(p), name) for p in archive.namelist() if p not in read and is_beside(p)}
    for path, root in (*read.items(), *beside.items()):
        for get, _ in kept_nodes(path, root, beside=path in beside):
            yield unquote(get())
        for codes in code_nodes(root):
            yield unquote("".join(get() for get, _ in codes))


def sheet_headers(archive: zipfile.ZipFile, name: str) -> tuple[list[str], list[str]]:
    """Return the headers and footers of a workbook's sheets, which are printed, and the hints and targets that its cells keep.

    Large sheets are not held in memory.

    Raises:
        InputError: a part declares entities.
    """
    from lxml import etree

    printed: list[str] = []
    kept: list[str] = []
    for path in archive.namelist():
        if not re.fullmatch(r"xl/(?:work|chart)sheets/[^/]+\.xml", path):
            continue
        content = io.BytesIO(archive.read(path))
        for _, node in etree.iterparse(
            content, tag=("{*}row", *_IN_SHEETS), resolve_entities=False, no_network=True, huge_tree=True
        ):
            kind = local_name(node)
            if kind == "headerFooter":
                printed += [line for child in node for line in _HEADER_CODE.split(str(child.text or "")) if line.strip()]
            elif kind != "row":
                kept += [unquote(get()) for get, _ in kept_nodes(path, node)]
            node.clear()
    return list(dict.fromkeys(printed)), kept
