"""PDF documents: the text of every page; pages without text, and pages whose text cannot be decoded, are reported as unread."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote

from opencheck.core.errors import InputError
from opencheck.core.extras import missing_library
from opencheck.documents.garbled import is_garbled
from opencheck.documents.kept_texts import kept_lines
from opencheck.documents.parts import (
    RESTORED,
    ExtractedText,
    ReadEmbedded,
    damaged_file_error,
    pictures_unread,
    restored_lines,
)
from opencheck.documents.pdf_objects import drawn_annotations, read_objects
from opencheck.documents.pdf_pages import read_page
from opencheck.records.disclosure_labels import part_marker

__all__ = [
    "read_pdf",
]


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
    unseen: list[str] = []
    whole_pages: list[str] = []
    pictures: list[float | None] = []
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(f"{name}: 有密码，请去掉密码后再查 / protected by a password: remove it first")
        for number, page in enumerate(reader.pages, 1):
            own = read_page(page)
            text = own.text
            pages.append(text)
            unseen += own.unseen
            whole_pages.append(own.whole)
            if is_garbled(text) or not own.decodable:
                unread.append(("unread.garbled", {"page": number}))
            elif not text.strip():
                unread.append(("unread.page", {"page": number}))
            else:
                pictures += own.pictures
        unread += pictures_unread(pictures)
        further = {**_forms_and_comments(reader), "隐藏的文字": unseen}
        drawn = [text for page in reader.pages for text in drawn_annotations(page)]
        objects = read_objects(reader)
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
    if unseen:
        further[RESTORED] = restored_lines("\n".join(whole_pages).split("\n"), [text.split("\n"), *further.values()])
    for part, found in further.items():
        lines += [part_marker(part), *found] if found else []
    whole = "\n".join(lines)
    further_drawn = [text for text in dict.fromkeys(drawn) if text not in whole]
    if further_drawn:
        lines += [part_marker("图章和表单画出的文字"), *further_drawn]
    lines += kept_lines(unquote(text) for text in objects.strings if text not in whole)
    read_embedded(objects.files, lines, unread)
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
