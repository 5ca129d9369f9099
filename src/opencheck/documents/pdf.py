"""PDF documents: the text of every page; pages without text are reported as unread."""

from __future__ import annotations

import io
from typing import Any

from opencheck.core.errors import InputError
from opencheck.documents.parts import ExtractedText, ReadEmbedded, damaged_file_error, missing_extra_error
from opencheck.records.disclosure_labels import part_marker


def read_pdf(data: bytes, name: str, read_embedded: ReadEmbedded) -> ExtractedText:
    """Extract the text of a PDF: its pages, then annotations and form fields.

    Raises:
        InputError: the file holds no text, is protected by a password, or is damaged.
    """
    try:
        from pypdf import PdfReader
    except ImportError as exc:
        raise missing_extra_error(".pdf", exc) from exc
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(f"{name}: 有密码，请去掉密码后再查 / protected by a password: remove it first")
        pages = [page.extract_text() for page in reader.pages]
        notes = [str(v) for v in (reader.get_form_text_fields() or {}).values() if v]
        for page in reader.pages:
            notes += [str(a["/Contents"]) for n in page.get("/Annots") or () if "/Contents" in (a := n.get_object())]
        embedded = {n: c[0] for n, c in reader.attachments.items()}
    except InputError:
        raise
    except Exception as exc:
        raise damaged_file_error(name, exc) from exc
    text = "\n".join(pages)
    if not text.strip():
        raise InputError(f"{name}: 没有文字，可能是扫描件 / holds no text, perhaps a scan: run OCR first")
    unread: list[tuple[str, dict[str, Any]]] = [("unread.page", {"page": n}) for n, p in enumerate(pages, 1) if not p.strip()]
    lines = [text, *([part_marker("批注和表单"), *notes] if notes else [])]
    read_embedded(embedded, lines, unread)
    return ExtractedText("\n".join(lines), {}, unread)
