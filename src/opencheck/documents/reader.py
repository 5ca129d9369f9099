"""Read a document from a file, from bytes, or from a string of HTML or plain text."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from opencheck.documents.facts import Found, day_of, label_of, numbers_of, published, signed
from opencheck.errors import InputError
from opencheck.readers.delimited import decode

__all__ = ["Document", "read"]

LARGEST = 20_000_000
"""Bytes of a file, and of what an archive unpacks to, that are read at all."""
_META = {"ArticleTitle": "title", "PubDate": "published_on", "ContentSource": "issuer"}
_ROWS = {
    "发文字号": "number",
    "文号": "number",
    "发文机关": "issuer",
    "公开属性": "attribute",
    "发布日期": "published_on",
    "成文日期": "signed_on",
}


@dataclass
class Document:
    """A document's text and what it says of itself. A fact that was not found is None; ``cited`` are other documents' numbers."""

    text: str
    title: Found | None = None
    number: Found | None = None
    issuer: Found | None = None
    signed_on: Found | None = None
    published_on: Found | None = None
    attribute: Found | None = None
    cited: list[Found] = field(default_factory=list)

    def as_record(self, **more: Any) -> dict[str, Any]:
        """The document as a record of the table ``document``; ``more`` adds or replaces fields."""
        facts = {n: getattr(self, n) for n in ("title", "number", "signed_on", "published_on", "attribute")}
        return {"text": self.text, **{n: f.value for n, f in facts.items() if f and f.value is not None}, **more}


def read(source: str | Path | bytes, name: str = "") -> Document:
    """Read a document.

    Args:
        source: a path; bytes of a file (``name`` gives its ending); or a string of HTML or plain text.
        name: the file's name, where bytes are given.

    Returns:
        The document. .docx, .pdf, .ofd, .html and .txt are read; .doc and .wps must be converted first.

    Raises:
        InputError: a file that cannot be read, is too large, protected, damaged, or of another kind, with what to do.

    >>> doc = read("关于做好工作的通知\\n平政办发〔2018〕12号\\n……\\n2018年8月24日\\n（此件公开发布）")
    >>> doc.number.value, doc.signed_on.value.isoformat(), doc.attribute.value
    ('平政办发〔2018〕12号', '2018-08-24', '主动公开')
    """
    if isinstance(source, Path) or (isinstance(source, str) and "\n" not in source and _is_file(source)):
        path = Path(source)
        name = path.name
        try:
            if path.stat().st_size > LARGEST:
                raise InputError(f"{name}: 文件过大 / too large: more than {LARGEST // 1_000_000} MB")
            source = path.read_bytes()
        except OSError as exc:
            raise InputError(f"{path}: 读不到文件 / cannot be read: {exc.strerror}") from exc
    if isinstance(source, bytes):
        if len(source) > LARGEST:
            raise InputError(f"{name}: 文件过大 / too large: more than {LARGEST // 1_000_000} MB")
        text, known = _from_bytes(source, name)
    else:
        text, known = _from_html(str(source)) if _looks_like_html(str(source)) else (str(source), {})
    return _document(text, known)


def _is_file(text: str) -> bool:
    try:
        return len(text) < 1000 and Path(text).is_file()
    except OSError:
        return False


def _looks_like_html(text: str) -> bool:
    return bool(re.match(r"\s*(?:<!doctype html|<html|<\?xml|<[a-z]+[\s>])", text[:500], re.I))


def _from_bytes(data: bytes, name: str) -> tuple[str, dict[str, Found]]:
    ending = Path(name).suffix.lower()
    if data[:5] == b"%PDF-":
        return _from_pdf(data, name), {}
    if data[:4] == b"PK\x03\x04":
        return _from_archive(data, name), {}
    if data[:8] == bytes.fromhex("d0cf11e0a1b11ae1"):
        raise InputError(f"{name}: 旧格式或加密文件，请另存为 .docx / old or protected format: save it as .docx")
    if ending in (".docx", ".ofd", ".pdf"):
        raise InputError(f"{name}: 内容不是{ending}，可能损坏或改了扩展名 / its content is no {ending}: damaged, or renamed")
    text = decode(data, name)
    return _from_html(text) if _looks_like_html(text) else (text, {})


def _from_archive(data: bytes, name: str) -> str:
    """The text of a .docx or .ofd file, which are archives both."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > 10 * LARGEST:
                raise InputError(f"{name}: 解压后过大 / unpacks to more than {10 * LARGEST // 1_000_000} MB")
            names = set(archive.namelist())
            if "OFD.xml" in names:
                return _from_ofd(archive)
        if "word/document.xml" not in names:
            raise InputError(f"{name}: 不是Word或OFD文件 / neither Word nor OFD; accepted: .docx .ofd .pdf .html .txt")
        return _from_docx(data)
    except InputError:
        raise
    except Exception as exc:
        raise InputError(f"{name}: 文件损坏，读不出来 / damaged, cannot be read: {type(exc).__name__}") from exc


def _from_docx(data: bytes) -> str:
    try:
        from docx import Document as Docx
        from docx.table import Table
        from docx.text.paragraph import Paragraph
    except ImportError as exc:
        raise InputError("读取 .docx 需要 / .docx needs: pip install 'opencheck[documents]'") from exc
    lines = []
    for block in Docx(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif isinstance(block, Table):
            lines += ["\t".join(dict.fromkeys(c.text for c in row.cells)) for row in block.rows]
    return "\n".join(lines)


def _from_ofd(archive: zipfile.ZipFile) -> str:
    """The text of an OFD file (GB/T 33190), page by page, top to bottom and left to right."""
    try:
        from lxml import etree
    except ImportError as exc:
        raise InputError("读取 .ofd 需要 / .ofd needs: pip install 'opencheck[documents]'") from exc
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)

    def number(page: str) -> tuple[str, int]:
        folder, _, rest = page.rpartition("/Page_")
        return folder, int(re.sub(r"\D.*", "", rest) or 0)

    pages = sorted((n for n in archive.namelist() if re.search(r"/Pages/Page_\d+/Content\.xml$", n)), key=number)
    lines: list[str] = []
    for page in pages:
        placed = []
        for item in etree.fromstring(archive.read(page), parser).iter("{*}TextObject"):
            box = [float(v) for v in (item.get("Boundary") or "0 0 0 0").split()]
            placed.append((round(box[1]), box[0], "".join(c.text or "" for c in item.iter("{*}TextCode"))))
        for _, row in groupby(sorted(placed), key=lambda t: t[0]):
            lines.append("".join(text for _, _, text in row))
    return "\n".join(lines)


def _from_pdf(data: bytes, name: str) -> str:
    try:
        from pypdf import PdfReader
    except ImportError as exc:
        raise InputError("读取 .pdf 需要 / .pdf needs: pip install 'opencheck[documents]'") from exc
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(f"{name}: 有密码，请去掉密码后再查 / protected by a password: remove it first")
        text = "\n".join(page.extract_text() for page in reader.pages)
    except InputError:
        raise
    except Exception as exc:
        raise InputError(f"{name}: 文件损坏，读不出来 / damaged, cannot be read: {type(exc).__name__}") from exc
    if not text.strip():
        raise InputError(f"{name}: 没有文字，可能是扫描件 / holds no text, perhaps a scan: run OCR first")
    return text


def _from_html(text: str) -> tuple[str, dict[str, Found]]:
    try:
        from lxml import html
    except ImportError as exc:
        raise InputError("读取HTML需要 / HTML needs: pip install 'opencheck[documents]'") from exc
    parser = html.HTMLParser(no_network=True, recover=True, huge_tree=False, encoding="utf-8")
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except Exception as exc:
        raise InputError(f"HTML 读不出来 / HTML that cannot be read: {type(exc).__name__}") from exc
    known: dict[str, Found] = {}
    for meta in tree.iter("meta"):
        target, value = _META.get(meta.get("name") or ""), (meta.get("content") or "").strip()
        if target and value:
            known.setdefault(target, Found(value, f"meta {meta.get('name')}", "sure", value))
    for row in tree.iter("tr"):
        cells = [" ".join(c.text_content().split()) for c in row if c.tag in ("td", "th")]
        for label, value in pairwise(cells):
            target = _ROWS.get(re.sub(r"[\s:：]", "", label))
            if target and value:
                known.setdefault(target, Found(value, f"table {label}", "sure", value))
    for node in list(tree.iter("script", "style", "noscript")):
        node.drop_tree()
    for tag in ("p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "title", "td"):
        for node in tree.iter(tag):
            node.tail = ("\n" if tag != "td" else "\t") + (node.tail or "")
    heading = next((h for h in tree.iter("h1") if h.text_content().strip()), None)
    if heading is not None:
        known.setdefault("title", Found(" ".join(heading.text_content().split()), "h1"))
    lines = [re.sub(r"[ \t\u00a0\u3000]+", " ", line).strip() for line in tree.text_content().splitlines()]
    return "\n".join(line for line in lines if line), known


def _document(text: str, known: dict[str, Found]) -> Document:
    numbers = numbers_of(text)
    lines = {line.strip() for line in text.splitlines()}
    own = next((f for f in numbers if f.text.strip() in lines), None)
    if "number" in known and (stated := numbers_of(known["number"].text)):
        own = Found(stated[0].value, known["number"].where, stated[0].sure, known["number"].text)
    days = {n: _dated(known[n]) for n in ("signed_on", "published_on") if n in known}
    attribute = label_of(text)
    if attribute is None and "attribute" in known:
        attribute = label_of(f"公开属性：{known['attribute'].text}\n")
    return Document(
        text=text,
        title=known.get("title") or _title(text),
        number=own,
        issuer=known.get("issuer"),
        signed_on=days.get("signed_on") or signed(text),
        published_on=days.get("published_on") or published(text),
        attribute=attribute,
        cited=[f for f in numbers if own is None or f.value != own.value],
    )


def _dated(found: Found) -> Found | None:
    day = day_of(found.text[:10] if re.match(r"\d{4}-\d\d-\d\d ", found.text) else found.text)
    return Found(day, found.where, "sure", found.text) if day else None


def _title(text: str) -> Found | None:
    for line in text.splitlines()[:30]:
        stripped = line.strip(" \t\u3000")
        if re.search(r"关于.{2,80}的(通知|意见|方案|办法|决定|公告|通告|批复|函|报告|规定)$", stripped):
            return Found(stripped, "text")
    return None
