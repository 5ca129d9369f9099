"""Files that are text only to a program: rich text, mail and web archives, XML of office programs, drawings, sources of typesetting.

What a reader sees is encoded in them, or split by their commands: searched as plain text, such a file would show neither its labels nor the
numbers in it. They are refused by name, by what they hold and by their suffix.
"""

from __future__ import annotations

import re
from pathlib import Path

from opencheck.core.errors import InputError
from opencheck.documents.html import BLOCKS

__all__ = ["SOURCE_SUFFIXES", "refuse_source"]

_HEAD = 4000
"""How much of a text is looked at, in characters."""

_KINDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "rtf": ("RTF文档（.rtf）", "an RTF document (.rtf)", (".rtf",)),
    "mail": ("邮件或单个文件网页（.eml、.mht）", "a mail or a web archive (.eml, .mht)", (".eml", ".mht", ".mhtml", ".mbox")),
    "open": (
        "OpenDocument文件（.odt、.fodt）",
        "an OpenDocument file (.odt, .fodt)",
        (".odt", ".fodt", ".ods", ".fods", ".odp", ".fodp"),
    ),
    "xml": ("XML文件（如Word 2003的 .xml）", "an XML file (such as .xml of Word 2003)", (".xml",)),
    "svg": ("SVG图（.svg）", "an SVG drawing (.svg)", (".svg",)),
    "postscript": ("PostScript文件（.ps、.eps）", "a PostScript file (.ps, .eps)", (".ps", ".eps")),
    "tex": ("TeX源文件（.tex）", "a TeX source (.tex)", (".tex", ".ltx")),
    "encoded": ("编码的附件（uuencode）", "an encoded attachment (uuencode)", (".uu", ".uue")),
    "card": ("名片或日历文件（.vcf、.ics）", "a card or a calendar (.vcf, .ics)", (".vcf", ".ics")),
}
"""For each kind its names in both languages, and its suffixes."""

_OF_SUFFIX = {suffix: kind for kind, (_, _, suffixes) in _KINDS.items() for suffix in suffixes}

SOURCE_SUFFIXES = frozenset(_OF_SUFFIX)
"""The suffixes of such files."""

_BEGINNINGS = {
    r"{\rtf": "rtf",
    "%!ps": "postscript",
    r"\documentclass": "tex",
    r"\documentstyle": "tex",
    r"\begin{document}": "tex",
    r"\usepackage": "tex",
    "begin:vcard": "card",
    "begin:vcalendar": "card",
}

_UUENCODED = re.compile(r"begin [0-7]{3,4} [^\n]{1,200}\nM")

_HEADER = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9-]{1,40}):")

_OF_MAIL = frozenset(("mime-version", "content-type", "content-transfer-encoding", "message-id", "received", "return-path"))
"""Headers that programs write; From: and Date: may begin a notice."""

_ELEMENT = re.compile(r"<(?P<name>[A-Za-z][A-Za-z0-9_.:-]{0,60})")

_OF_OFFICE = frozenset(("w:worddocument", "w:document", "pkg:package", "workbook", "ss:workbook"))

_OF_PAGES = BLOCKS | {
    "html",
    "head",
    "meta",
    "span",
    "a",
    "b",
    "i",
    "u",
    "em",
    "strong",
    "font",
    "img",
    "style",
    "script",
    "link",
    "base",
}


def refuse_source(text: str, name: str) -> None:
    """Refuse a text that is the source of another format.

    Args:
        text: the decoded text of a file.
        name: the file's name, for its suffix and for the message.

    Raises:
        InputError: it is one; the message names the format and says what to do.

    >>> refuse_source("From: 市民政局\\n各镇街：……", "通知.txt")
    >>> refuse_source(r"{\\rtf1\\ansi …}", "通知.txt")
    Traceback (most recent call last):
    opencheck.core.errors.InputError: 通知.txt: 是RTF文档（.rtf），请另存为 .docx 或 PDF / an RTF document (.rtf): save it as .docx or PDF
    """
    kind = _OF_SUFFIX.get(Path(name).suffix.lower()) or _kind_of(text.lstrip("\ufeff \t\r\n")[:_HEAD])
    if kind is not None:
        zh, en, _ = _KINDS[kind]
        where = f"{name}: " if name else ""
        raise InputError(f"{where}是{zh}，请另存为 .docx 或 PDF / {en}: save it as .docx or PDF")


def _kind_of(head: str) -> str | None:
    """The kind of source that a text begins as; None for text that people read, and for web pages."""
    lower = head.lower()
    if kind := next((kind for begin, kind in _BEGINNINGS.items() if lower.startswith(begin)), None):
        return kind
    if _UUENCODED.match(head):
        return "encoded"
    if head.startswith("%") and any(line.startswith((r"\documentclass", r"\documentstyle")) for line in lower.split("\n")):
        return "tex"
    if head.startswith("<"):
        return _kind_of_markup(head)
    return "mail" if _is_mail(head) else None


def _kind_of_markup(head: str) -> str | None:
    """The kind of XML by its outermost element; None for a page or a fragment of one."""
    at = 0
    while (comment := head.find("<!--", at)) >= 0 and not _ELEMENT.search(head, at, comment):
        at = end + len("-->") if (end := head.find("-->", comment)) >= 0 else len(head)
    element = _ELEMENT.search(head, at)
    root = element["name"].lower() if element else ""
    if root == "svg" or root.endswith(":svg"):
        return "svg"
    if root.startswith("office:"):
        return "open"
    if root in _OF_OFFICE or (head.startswith("<?xml") and root and root not in _OF_PAGES):
        return "xml"
    return None


def _is_mail(head: str) -> bool:
    """Whether a text begins with the headers of a mail, or of what is packed like one."""
    names: set[str] = set()
    for number, line in enumerate(head.split("\n")):
        header = _HEADER.match(line)
        if header:
            names.add(header["name"].lower())
        elif not (number == 0 and line.startswith("From ")) and not (names and line[:1] in (" ", "\t")):
            break
    return not names.isdisjoint(_OF_MAIL)
