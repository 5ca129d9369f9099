"""Office packages (.docx, .xlsx): which part is the main one, and how parts refer to each other."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from opencheck.documents.parts import xml_tree

__all__ = [
    "local_name",
    "main_part",
    "relationships",
    "xml_parts",
]


def local_name(node: Any) -> str:
    """Return the name of an element without its namespace; blank for comments."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def relationships(archive: zipfile.ZipFile, part: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the target of each relationship of a part to another part of the package.

    Args:
        archive: the package.
        part: path of the part; blank for the package itself.
        name: the file's name, for messages.
    """
    folder, _, base = part.rpartition("/")
    path = f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels"
    if path not in archive.namelist():
        return
    for node in xml_tree(archive.read(path), name).iterchildren("{*}Relationship"):
        if node.get("TargetMode") == "External":
            continue
        kind, target = str(node.get("Type") or "").rpartition("/")[2], unquote(str(node.get("Target") or ""))
        joined = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if target and not target.startswith("#"):
            yield kind, joined


def main_part(archive: zipfile.ZipFile, name: str) -> str | None:
    """Return the path of the main part, as the package names it or under its usual name; None where there is none."""
    named = [target for kind, target in relationships(archive, "", name) if kind == "officeDocument"]
    present = archive.namelist()
    return next((p for p in (*named, "word/document.xml", "xl/workbook.xml", "xl/workbook.bin") if p in present), None)


def xml_parts(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    """Return the trees of the XML parts; relationships, content types and the data that programs keep beside the document are no text.

    Raises:
        InputError: a part declares entities.
    """
    paths = [
        p for p in archive.namelist() if p.endswith(".xml") and not p.startswith(("[Content_Types]", "customXml/", "docProps/"))
    ]
    return {p: xml_tree(archive.read(p), name) for p in paths}
