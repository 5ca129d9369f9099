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

from opencheck.core.personal_data import mask_for_display
from opencheck.documents.packages import local_name
from opencheck.documents.parts import xml_tree
from opencheck.records.disclosure_labels import part_marker

__all__ = ["KEPT", "is_beside", "kept_lines", "kept_nodes", "package_texts", "sheet_headers"]

KEPT = "链接、替代文字和文件属性"
"""The name of the part that holds such texts."""

Node = tuple[Callable[[], str], Callable[[str], None]]
"""How to read a text, and how to replace it."""

_ATTRIBUTES = frozenset(("descr", "title", "alt", "tooltip", "display", "displayText", "prompt", "promptTitle"))
_CODES = frozenset(("instrText", "delInstrText"))
_PREFILLED = frozenset(("default", "result", "listEntry", "helpText", "statusText"))
"""Elements of a form's field that hold a text as their value."""

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


def kept_nodes(path: str, root: Any) -> Iterator[Node]:
    """Yield such texts of a part of an Office package.

    Args:
        path: the part's path.
        root: its tree, which replacing a text changes.
    """
    for node in root.iter("{*}*"):
        kind = local_name(node)
        if path.endswith(".rels"):
            if node.get("TargetMode") == "External":
                yield _attribute(node, "Target")
        elif path.startswith("docProps/") or kind in _CODES:
            if not len(node) and node.text:
                yield partial(_text, node), partial(_set_text, node)
        else:
            for name in node.attrib:
                local = str(name).rpartition("}")[2]
                if local in _ATTRIBUTES or (local == "val" and kind in _PREFILLED):
                    yield _attribute(node, str(name))


def _attribute(node: Any, name: str) -> Node:
    return partial(node.get, name), partial(node.set, name)


def _text(node: Any) -> str:
    return str(node.text or "")


def _set_text(node: Any, text: str) -> None:
    node.text = text


def is_beside(path: str) -> bool:
    """Whether a part of a package holds nothing but such texts.

    >>> is_beside("word/_rels/document.xml.rels"), is_beside("docProps/core.xml"), is_beside("word/document.xml")
    (True, True, False)
    """
    return path.endswith(".rels") or (path.startswith("docProps/") and path.endswith(".xml"))


def package_texts(archive: zipfile.ZipFile, name: str, trees: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Yield such texts of a package: of these parts, and of those that hold nothing else.

    Raises:
        InputError: a part declares entities.
    """
    beside = [(path, xml_tree(archive.read(path), name)) for path in archive.namelist() if is_beside(path)]
    for path, root in (*trees, *beside):
        for get, _ in kept_nodes(path, root):
            yield unquote(get())


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
