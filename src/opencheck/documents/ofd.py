"""OFD documents (GB/T 33190): the text objects of every page."""

from __future__ import annotations

import re
import zipfile
from itertools import groupby
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError
from opencheck.documents.parts import ExtractedText, ReadEmbedded, xml_tree
from opencheck.records.disclosure_labels import part_marker


def read_ofd(archive: zipfile.ZipFile, name: str, read_embedded: ReadEmbedded) -> ExtractedText:
    """Extract the text of an OFD file: templates, then page by page, top to bottom and left to right.

    Raises:
        InputError: the document holds no text.
    """

    def order(page: str) -> tuple[str, int]:
        folder, _, rest = page.rpartition("/Page_")
        return folder, int(re.sub(r"\D.*", "", rest) or 0)

    def lines_of(page: str) -> list[str]:
        placed = []
        for item in xml_tree(archive.read(page), name).iter("{*}TextObject"):
            box = [float(v) for v in (item.get("Boundary") or "0 0 0 0").split()]
            placed.append((round(box[1]), box[0], "".join(c.text or "" for c in item.iter("{*}TextCode"))))
        return ["".join(t for _, _, t in row) for _, row in groupby(sorted(placed), key=lambda t: t[0])]

    pages = sorted((n for n in archive.namelist() if re.search(r"/Pages/[^/]+/Content\.xml$", n)), key=order)
    templates = sorted(n for n in archive.namelist() if re.search(r"/(?:Tpls?|Temps?|Templates?)/[^/]+/Content\.xml$", n, re.I))
    lines: list[str] = []
    unread: list[tuple[str, dict[str, Any]]] = []
    for page in templates:
        lines += lines_of(page)
    for number, page in enumerate(pages, 1):
        found = lines_of(page)
        lines += found
        if not "".join(found).strip():
            unread.append(("unread.page", {"page": number}))
    for other in sorted(n for n in archive.namelist() if re.search(r"/Annots?/.+\.xml$", n, re.I)):
        if notes := [line for line in lines_of(other) if line.strip()]:
            lines += [part_marker("批注"), *notes]
    embedded = [n for n in archive.namelist() if re.search(r"/Attach[^/]*/[^/]+$", n, re.I) and not n.endswith(".xml")]
    read_embedded({Path(n).name: archive.read(n) for n in embedded}, lines, unread)
    if not "".join(lines).strip():
        raise InputError(f"{name}: 没有文字，可能是扫描件 / holds no text, perhaps a scan: run OCR first")
    return ExtractedText("\n".join(lines), {}, unread)
