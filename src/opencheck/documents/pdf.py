"""PDF documents: the text of every page; pages without text, and pages whose text cannot be decoded, are reported as unread."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from opencheck.core.errors import InputError
from opencheck.core.extras import missing_library
from opencheck.documents.garbled import is_garbled
from opencheck.documents.kept_texts import kept_lines
from opencheck.documents.parts import (
    ExtractedText,
    ReadEmbedded,
    damaged_file_error,
    join_boxes,
    pictures_unread,
)
from opencheck.records.disclosure_labels import part_marker

__all__ = [
    "read_pdf",
]


_KNOWN_CODES = re.compile("/Uni[A-Z]+-(?:UCS2|UTF16)-[HV]|/(?:GB-EUC|GBpc-EUC|GBK-EUC|GBK2K|ETen-B5|ETenms-B5|90ms-RKSJ)-[HV]")

_SQUARE_CM = (2.54 / 72) ** 2
"""A square point in square centimetres."""

_ANCHORED = 1.0
"""How far two characters of one row may stand apart in height, in points."""


def read_pdf(data: bytes, name: str, read_embedded: ReadEmbedded) -> ExtractedText:
    """Extract the text of a PDF: its pages, then annotations and form fields.

    Raises:
        InputError: the file holds no text, is protected by a password, or is damaged.
    """
    try:
        from pypdf import PdfReader
        from pypdf.errors import DependencyError
    except ImportError as exc:
        raise missing_library(exc, "读取 .pdf / to read .pdf") from exc
    unread: list[tuple[str, dict[str, Any]]] = []
    pages: list[str] = []
    pictures: list[float | None] = []
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(f"{name}: 有密码，请去掉密码后再查 / protected by a password: remove it first")
        for number, page in enumerate(reader.pages, 1):
            text, decoded, sizes = _page_text(page)
            pages.append(text)
            if is_garbled(text) or not decoded:
                unread.append(("unread.garbled", {"page": number}))
            elif not text.strip():
                unread.append(("unread.page", {"page": number}))
            else:
                pictures += sizes
        unread += pictures_unread(pictures)
        further = _forms_and_comments(reader)
        kept = kept_lines(_kept(reader))
        embedded = {n: c[0] for n, c in reader.attachments.items()}
    except InputError:
        raise
    except DependencyError as exc:
        raise InputError(
            f"{name}: 文件加了密（AES），读取需要 / is encrypted (AES), reading it needs: pip install 'opencheck[documents]'",
            code="missing_library",
        ) from exc
    except Exception as exc:
        raise damaged_file_error(name, exc) from exc
    text = "\n".join(pages)
    if not "".join(p for p in pages if not is_garbled(p)).strip():
        raise InputError(
            f"{name}: 没有能读的文字，可能是扫描件，或者字体没有编码 / "
            "holds no text that can be read: a scan, or fonts without codes; run OCR first"
        )
    lines = [text]
    for part, found in further.items():
        lines += [part_marker(part), *found] if found else []
    lines += kept
    read_embedded(embedded, lines, unread)
    return ExtractedText("\n".join(lines), {}, unread)


def _forms_and_comments(reader: Any) -> dict[str, list[str]]:
    """What stands in fields and text boxes, which are printed with the page, and in comments, which are not."""
    printed: list[str] = []
    comments: list[str] = []
    for field in (reader.get_fields() or {}).values():
        if field.get("/FT") in ("/Tx", "/Ch") and (value := field.get("/V")):  # a choice of several is a list
            printed += [str(v) for v in (value if isinstance(value, list) else [value])]
    for page in reader.pages:
        for annotation in (n.get_object() for n in page.get("/Annots") or ()):
            if "/Contents" in annotation:
                (printed if annotation.get("/Subtype") == "/FreeText" else comments).append(str(annotation["/Contents"]))
    return {"表单和文本框": printed, "批注": comments}


def _kept(reader: Any) -> Iterator[str]:
    """The targets of links and the properties of the file."""
    yield from (str(value) for value in (reader.metadata or {}).values())
    for page in reader.pages:
        for annotation in (n.get_object() for n in page.get("/Annots") or ()):
            action = annotation.get("/A")
            if action is not None and "/URI" in action.get_object():
                yield unquote(str(action.get_object()["/URI"]))


def _page_text(page: Any) -> tuple[str, bool, list[float | None]]:
    """The text of a page, whether each of its fonts says which characters it shows, and the sizes of its pictures in square centimetres.

    Characters set one by one in a row, as in the boxes of a form, are joined.
    """
    from pypdf.generic import DictionaryObject

    placed: list[tuple[str, float, float]] = []
    fonts: dict[int, Any] = {}
    pictures: list[float | None] = []
    nothing = DictionaryObject()
    resources = page.get("/Resources", nothing).get_object()
    objects = resources.get("/XObject", nothing).get_object()

    def visit(text: str, _matrix: Any, position: Any, font: Any, _size: Any) -> None:
        if font is not None:
            fonts[id(font)] = font
        if text.strip():
            placed.append((text.strip(), position[4], position[5]))

    def look(operator: Any, operands: Any, matrix: Any, _position: Any) -> None:
        if operator == b"Do" and operands and operands[0] in objects and objects[operands[0]].get("/Subtype") == "/Image":
            pictures.append(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) * _SQUARE_CM)

    text = page.extract_text(visitor_text=visit, visitor_operand_before=look)
    at, pieces = 0, []
    for row in _boxed_rows(placed):
        pattern = r"[ \t\n]*".join(map(re.escape, row))
        match = re.compile(pattern).search(text, at)
        if match:
            pieces += [text[at : match.start()], row]
            at = match.end()
    joined = "\n".join(join_boxes(line) for line in "".join([*pieces, text[at:]]).split("\n"))
    return joined, all(map(_is_decodable, fonts.values())), pictures


def _boxed_rows(placed: list[tuple[str, float, float]]) -> Iterator[str]:
    """Rows of at least four single characters, each to the right of the one before."""
    row: list[tuple[str, float, float]] = []
    for piece in [*placed, ("", 0.0, 0.0)]:
        text, x, y = piece
        if row and not (len(text) == 1 and abs(y - row[-1][2]) <= _ANCHORED and x > row[-1][1]):
            if len(row) >= 4:
                yield "".join(t for t, _, _ in row)
            row = []
        if len(text) == 1:
            row.append(piece)


def _is_decodable(font: Any) -> bool:
    """Whether a font says which characters it shows: by a table of its own, or by an encoding that pypdf knows.

    Others number their glyphs, and their text comes out as characters at random.
    """
    return (
        font.get("/Subtype") != "/Type0" or "/ToUnicode" in font or _KNOWN_CODES.match(str(font.get("/Encoding"))) is not None
    )
