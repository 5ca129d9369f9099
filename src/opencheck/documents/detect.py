"""Detection of a file's format by its content; archives and embedded files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opencheck.core.encoding import decode
from opencheck.core.errors import InputError
from opencheck.documents.docx import read_docx
from opencheck.documents.html import extract_html, looks_like_html
from opencheck.documents.ofd import read_ofd
from opencheck.documents.packages import local_name, main_part
from opencheck.documents.parts import (
    MAX_FILE_BYTES,
    MAX_UNPACKED_BYTES,
    ExtractedText,
    damaged_file_error,
    too_large_error,
    xml_tree,
)
from opencheck.documents.pdf import read_pdf
from opencheck.documents.source_formats import SOURCE_SUFFIXES, refuse_source
from opencheck.documents.spreadsheet import SPREADSHEET_SUFFIXES, read_spreadsheet
from opencheck.records.disclosure_labels import part_marker

__all__ = [
    "extract_from_text",
    "extract_text",
]


def extract_text(data: bytes, name: str) -> ExtractedText:
    """Extract the text of a file. The content decides on the format; the suffix only distinguishes spreadsheets from other old formats.

    Raises:
        InputError: the file cannot be read; the message says what to do about it.
    """
    if len(data) > MAX_FILE_BYTES:
        raise too_large_error(name)
    suffix = Path(name).suffix.lower()
    if data[:5] == b"%PDF-":
        return read_pdf(data, name, read_embedded)
    if suffix in SOURCE_SUFFIXES:
        refuse_source("", name)
    if data[:4] == b"PK\x03\x04":
        return _extract_archive(data, name)
    if data[:8] == bytes.fromhex("d0cf11e0a1b11ae1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise InputError(f"{name}: 有密码，请去掉密码后再查 / protected by a password: remove it first")
        if suffix in SPREADSHEET_SUFFIXES:
            return read_spreadsheet(data, name, read_embedded)
        raise InputError(f"{name}: 旧格式（.doc、.wps），请另存为 .docx / an old format (.doc, .wps): save it as .docx")
    if suffix in (".docx", ".ofd", ".pdf", ".xlsx", ".xls", ".et", ".doc", ".wps"):
        raise InputError(f"{name}: 内容不是{suffix}，可能损坏或改了扩展名 / its content is no {suffix}: damaged, or renamed")
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{name}: 不是文本文件 / no text; accepted: .docx .pdf .ofd .html .txt .xlsx .csv")
    return extract_from_text(decode(data, name).replace("\r\n", "\n").replace("\r", "\n"), name)


def extract_from_text(text: str, name: str = "") -> ExtractedText:
    """Extract what HTML or plain text shows.

    Raises:
        InputError: it is the source of another format, or HTML that cannot be read.
    """
    refuse_source(text, name)
    return extract_html(text) if looks_like_html(text) else ExtractedText(text)


def _extract_archive(data: bytes, name: str) -> ExtractedText:
    """Extract the text of a .docx, .xlsx or .ofd file: all of them are zip archives."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise InputError(f"{name}: 解压后过大 / unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB")
            if "OFD.xml" in archive.namelist():
                return read_ofd(archive, name, read_embedded)
            main = main_part(archive, name)
            if main is None:
                kind = ""
            elif main.endswith(".bin"):
                kind = "workbook"
            else:
                kind = local_name(xml_tree(archive.read(main), name))
            if kind == "document":
                return read_docx(archive, name, read_embedded)
        if kind == "workbook":
            return read_spreadsheet(data, name, read_embedded)
        raise InputError(
            f"{name}: 不是Word、Excel或OFD文件 / neither Word, Excel nor OFD; accepted: .docx .xlsx .ofd .pdf .html .txt"
        )
    except InputError:
        raise
    except Exception as exc:
        raise damaged_file_error(name, exc) from exc


def read_embedded(files: Mapping[str, bytes], lines: list[str], unread: list[tuple[str, dict[str, Any]]]) -> None:
    """Append the texts of embedded files to ``lines``, and a message to ``unread`` for each file that cannot be read."""
    for title, content in files.items():
        try:
            inner = extract_text(content, title)
        except InputError:
            unread.append(("unread.embedded", {"name": title}))
            continue
        lines += [part_marker(f"嵌入的文件 {title}"), inner.text]
        unread += inner.unread
