"""Reading of documents from files, bytes, and strings of HTML or plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opencheck.core.errors import InputError
from opencheck.core.extras import names_missing_libraries
from opencheck.core.radicals import fold_radicals
from opencheck.documents.detect import extract_from_text, extract_text
from opencheck.documents.metadata import (
    Found,
    find_issuer,
    find_label,
    find_publication_date,
    find_signing_date,
    parse_day,
)
from opencheck.documents.numbers import find_document_numbers, find_own_numbers
from opencheck.documents.parts import MAX_FILE_BYTES, ExtractedText, too_large_error
from opencheck.documents.source_formats import SOURCE_SUFFIXES
from opencheck.records.disclosure_labels import part_marker
from opencheck.records.printed_lines import plain_line_ends

__all__ = [
    "Document",
    "read",
]


_SUFFIX = re.compile(
    rf"\.(?:docx?|wps|pdf|ofd|html?|txt|md|xlsx?|et|csv|tsv|{'|'.join(sorted(s[1:] for s in SOURCE_SUFFIXES))})$", re.I
)


@dataclass
class Document:
    """A document's text and metadata. Missing metadata is None; ``cited`` are the numbers of other documents.

    ``text`` holds the body, then headers, notes, comments and attachments, each after a separator line; ``unread`` lists the parts that
    could not be read, as messages of the catalogue with their facts.
    """

    text: str
    title: Found | None = None
    number: Found | None = None
    issuer: Found | None = None
    signed_on: Found | None = None
    published_on: Found | None = None
    attribute: Found | None = None
    cited: list[Found] = field(default_factory=list)
    unread: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def attach(self, name: str, other: Document) -> None:
        """Append the text of an attachment; its metadata is ignored."""
        self.text += f"\n{part_marker(f'附件 {name}')}\n{other.text}"
        self.unread += [(code, {**facts, "file": name}) for code, facts in other.unread]

    def as_record(self, **more: Any) -> dict[str, Any]:
        """Return the document as a record of the table ``document``; ``more`` adds or replaces fields."""
        facts = {n: getattr(self, n) for n in ("title", "number", "signed_on", "published_on", "attribute")}
        return {"text": self.text, **{n: f.value for n, f in facts.items() if f and f.value is not None}, **more}


@names_missing_libraries
def read(source: str | Path | bytes, name: str = "") -> Document:
    """Read a document.

    Args:
        source: a path, the bytes of a file, or a string of HTML or plain text.
        name: the file's name (with its suffix), for bytes.

    Returns:
        The document. Supported are .docx, .pdf, .ofd, .html and .txt, and .xlsx and .csv as tables; .doc, .wps, .odt, .rtf, .mht and
        the like must be converted first.

    Raises:
        InputError: the file is unreadable, too large, protected, damaged, or of another format; the message says what to do.

    >>> doc = read("关于做好工作的通知\\n平政办发〔2018〕12号\\n……\\n2018年8月24日\\n（此件公开发布）")
    >>> doc.number.value, doc.signed_on.value.isoformat(), doc.attribute.value
    ('平政办发〔2018〕12号', '2018-08-24', '主动公开')
    """
    if isinstance(source, Path) or (isinstance(source, str) and _is_path(source)):
        path = Path(source)
        name = path.name
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise too_large_error(name)
            source = path.read_bytes()
        except OSError as exc:
            raise InputError(f"{path}: 读不到文件 / cannot be read: {exc.strerror}") from exc
    if isinstance(source, bytes):
        return _document(extract_text(source, name))
    text = str(source)
    if len(text) > MAX_FILE_BYTES:
        raise too_large_error(name)
    return _document(extract_from_text(text, name))


def _is_path(text: str) -> bool:
    """Return whether a string is a path: a single line with a known suffix."""
    return len(text) < 1000 and "\n" not in text and "<" not in text and bool(_SUFFIX.search(text))


def _document(extracted: ExtractedText) -> Document:
    text, known = fold_radicals(plain_line_ends(extracted.text)), extracted.metadata
    numbers = find_document_numbers(text)
    own = next((n.found for n in find_own_numbers(text)), None)
    if "number" in known and (stated := find_own_numbers(f"文号：{known['number'].text}")):
        own = _placed(own, Found(stated[0].found.value, known["number"].where, stated[0].found.sure, known["number"].text))
    days = {n: _date_value(known[n]) for n in ("signed_on", "published_on") if n in known}
    posted = find_publication_date(text)
    of_the_page = days.get("published_on")
    if of_the_page and of_the_page.where.startswith("meta"):
        posted = of_the_page
    return Document(
        text=text,
        title=known.get("title") or _title(text),
        number=own,
        issuer=find_issuer(text)
        or (known["issuer"] if "issuer" in known and known["issuer"].where.startswith("meta") else None),
        signed_on=_placed(find_signing_date(text), days.get("signed_on")),
        published_on=_placed(posted, of_the_page),
        attribute=find_label(text),
        cited=[f for f in numbers if own is None or f.value != own.value],
        unread=extracted.unread,
    )


def _placed(found: Found | None, of_table: Found | None) -> Found | None:
    """What the text says, with its place in a table of the page where that says the same.

    The rows of tables are in the text, too: a table says nothing that would not be read alike in another form of the document.
    """
    return of_table if found and of_table and of_table.value == found.value else found


def _date_value(found: Found) -> Found | None:
    day = parse_day(found.text[:10] if re.match(r"\d{4}-\d\d-\d\d ", found.text) else found.text)
    return Found(day, found.where, "sure", found.text) if day else None


def _title(text: str) -> Found | None:
    for line in text.splitlines()[:30]:
        stripped = re.sub(r"^(?:文件|信息)?(?:标题|名称)[:：][ \t\u3000]{0,8}", "", line.strip(" \t\u3000"))
        if re.search(r"关于.{2,80}的(通知|意见|方案|办法|决定|公告|通告|批复|函|报告|规定)$", stripped):
            return Found(stripped, "text")
    return None
