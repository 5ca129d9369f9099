"""The text of a document in each format that portals publish: .docx .pdf .ofd .html .txt, and tables in .xlsx .csv.

Everything that a reader of the published file could find is read, also where an editor does not look: headers, footers, notes, comments,
text boxes, deleted but tracked text, hidden sheets. What cannot be read (pictures, scanned pages) is said in ``unread``.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from opencheck.documents.facts import Found
from opencheck.errors import InputError
from opencheck.personal import shown
from opencheck.readers.delimited import decode
from opencheck.records.labels import part_line

__all__ = [
    "LARGEST",
    "ROWS",
    "Parts",
    "block_nodes",
    "from_bytes",
    "from_html",
    "html_tree",
    "looks_like_html",
    "too_large",
    "xml_tree",
]

LARGEST = 20_000_000
"""Bytes of a file that are read at all."""
UNPACKED = 10 * LARGEST
"""Bytes that an archive may unpack to."""
_META = {"ArticleTitle": "title", "PubDate": "published_on", "ContentSource": "issuer"}
ROWS = {
    "标题": "title",
    "名称": "title",
    "发文字号": "number",
    "文号": "number",
    "发文机关": "issuer",
    "发布机构": "issuer",
    "公开属性": "attribute",
    "公开方式": "attribute",
    "信息公开选项": "attribute",
    "发布日期": "published_on",
    "公开日期": "published_on",
    "成文日期": "signed_on",
    "发文日期": "signed_on",
}
"""Cells of a portal's metadata table, and the fact that stands in the next cell."""
_BLOCKS = frozenset(
    re.findall(
        r"\S+",
        """address article aside blockquote body br caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li
        main nav ol option p pre section table tbody tfoot thead title tr ul""",
    )
)
TOLD = frozenset(("alt", "title", "value", "content", "placeholder", "href"))
"""Attributes of HTML that hold text which a reader of the page can find."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SHEETS = (".xlsx", ".xls", ".et", ".csv", ".tsv")


@dataclass
class Parts:
    """A file's own text, facts that its format states, and what of it could not be read."""

    text: str
    known: dict[str, Found] = field(default_factory=dict)
    unread: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Messages of the catalogue, with their facts."""


def too_large(name: str) -> InputError:
    """The error for a file that is too large to be read."""
    return InputError(f"{name}: 文件过大 / too large: more than {LARGEST // 1_000_000} MB")


def _needs(what: str, exc: ImportError) -> InputError:
    return InputError(f"读取 {what} 需要 / {what} needs: pip install 'opencheck[documents]' ({exc.name})")


def _damaged(name: str, exc: Exception) -> InputError:
    return InputError(f"{name}: 文件损坏，读不出来 / damaged, cannot be read: {type(exc).__name__}")


def from_bytes(data: bytes, name: str) -> Parts:
    """The text of a file by its content; its ending only decides between kinds of plain text.

    Raises:
        InputError: what cannot be read, and what to do about it.
    """
    if len(data) > LARGEST:
        raise too_large(name)
    ending = Path(name).suffix.lower()
    if data[:5] == b"%PDF-":
        return _pdf(data, name)
    if data[:4] == b"PK\x03\x04":
        return _archive(data, name)
    if data[:8] == bytes.fromhex("d0cf11e0a1b11ae1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise InputError(f"{name}: 有密码，请去掉密码后再查 / protected by a password: remove it first")
        if ending in _SHEETS:
            return _sheets(data, name)
        raise InputError(f"{name}: 旧格式（.doc、.wps），请另存为 .docx / an old format (.doc, .wps): save it as .docx")
    if ending in (".docx", ".ofd", ".pdf", ".xlsx", ".xls", ".et", ".doc", ".wps"):
        raise InputError(f"{name}: 内容不是{ending}，可能损坏或改了扩展名 / its content is no {ending}: damaged, or renamed")
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{name}: 不是文本文件 / no text; accepted: .docx .pdf .ofd .html .txt .xlsx .csv")
    text = decode(data, name).replace("\r\n", "\n").replace("\r", "\n")
    return from_html(text) if looks_like_html(text) else Parts(text)


def _archive(data: bytes, name: str) -> Parts:
    """The text of a .docx, .xlsx or .ofd file, which are archives all."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > UNPACKED:
                raise InputError(f"{name}: 解压后过大 / unpacks to more than {UNPACKED // 1_000_000} MB")
            names = set(archive.namelist())
            if "OFD.xml" in names:
                return _ofd(archive, name)
            if "word/document.xml" in names:
                return _docx(archive, name)
        if "xl/workbook.xml" in names:
            return _sheets(data, name)
        raise InputError(
            f"{name}: 不是Word、Excel或OFD文件 / neither Word, Excel nor OFD; accepted: .docx .xlsx .ofd .pdf .html .txt"
        )
    except InputError:
        raise
    except Exception as exc:
        raise _damaged(name, exc) from exc


def xml_tree(content: bytes, name: str) -> Any:
    """The tree of one part of an archive.

    Raises:
        InputError: a part that declares entities: neither format allows it, and text could hide behind them.
    """
    try:
        from lxml import etree
    except ImportError as exc:
        raise _needs(".docx .ofd", exc) from exc
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError(f"{name}: 含有不该有的DTD声明，可能有害，没有打开 / declares a DTD, which may do harm: not opened")
    return root


def _docx(archive: zipfile.ZipFile, name: str) -> Parts:
    """The body first; then what stands around it: headers, footers, notes, comments, and text that is deleted but tracked."""
    known = {p.rpartition("/")[2]: p for p in archive.namelist() if re.fullmatch(r"word/[a-z]+[0-9]*\.xml", p)}
    body = xml_tree(archive.read(known["document.xml"]), name)
    lines = list(_word_lines(body))
    around: dict[str, list[str]] = {}
    titles = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注", "comments": "批注"}
    pictures = _pictures(body)
    for part in sorted(known):
        title = titles.get(re.sub(r"[0-9]*\.xml$", "", part))
        if title:
            root = xml_tree(archive.read(known[part]), name)
            pictures += _pictures(root)
            around.setdefault(title, []).extend(_word_lines(root))
            around.setdefault("修订中删除的文字", []).extend(_deleted(root))
    around.setdefault("修订中删除的文字", []).extend(_deleted(body))
    drawn = sorted(p for p in archive.namelist() if re.fullmatch(r"word/(?:charts|diagrams)/[^/]+\.xml", p))
    around["图表和图示"] = [line for p in drawn for line in _drawn(xml_tree(archive.read(p), name))]
    for title, found in around.items():
        if kept := [line for line in found if line.strip()]:
            lines += [part_line(title), *kept]
    unread: list[tuple[str, dict[str, Any]]] = [("unread.pictures", {"count": pictures})] if pictures else []
    inside = [p for p in archive.namelist() if p.startswith("word/embeddings/")]
    _embedded({Path(p).name: archive.read(p) for p in inside}, lines, unread)
    if not "".join(lines).strip():
        raise InputError(f"{name}: 没有文字，可能是扫描件 / holds no text, perhaps a scan: run OCR first")
    return Parts("\n".join(lines), {}, unread)


def _drawn(root: Any) -> list[str]:
    """The texts of a drawing, a line for each paragraph."""
    lines = ["".join(t.text or "" for t in p.iter(f"{_A}t")) for p in root.iter(f"{_A}p")]
    return list(dict.fromkeys(lines))  # a diagram keeps its texts twice


def _pictures(root: Any) -> int:
    return sum(1 for _ in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"))


def _word_lines(root: Any) -> Iterator[str]:
    """A line for each paragraph, a line for each row of a table with tabs between its cells; text boxes follow their paragraph."""
    for child in root:
        if child.tag == f"{_W}p":
            yield _word_text(child)
            for box in child.iter(f"{_W}txbxContent"):
                if not any(a.tag == f"{_MC}Fallback" for a in box.iterancestors()):
                    yield from _word_lines(box)
        elif child.tag == f"{_W}tbl":
            for row in child.iter(f"{_W}tr"):
                if next(a for a in row.iterancestors() if a.tag == f"{_W}tbl") is child:
                    yield "\t".join(" ".join(_word_lines(cell)) for cell in row.iterchildren(f"{_W}tc"))
        elif isinstance(child.tag, str):
            yield from _word_lines(child)


def _word_text(paragraph: Any) -> str:
    """The text of a paragraph as printed: without deleted text and without its text boxes."""
    found = []
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"):
        if any(a.tag in (f"{_W}txbxContent", f"{_W}del", f"{_W}tabs") for a in _up_to(node, paragraph)):
            continue
        name = node.tag.removeprefix(_W)
        found.append(node.text or "" if name == "t" else {"tab": "\t", "noBreakHyphen": "-"}.get(name, "\n"))
    return "".join(found)


def _up_to(node: Any, top: Any) -> Iterator[Any]:
    for ancestor in node.iterancestors():
        if ancestor is top:
            return
        yield ancestor


def _deleted(root: Any) -> list[str]:
    found = ["".join(t.text or "" for t in node.iter(f"{_W}delText", f"{_W}t")) for node in root.iter(f"{_W}del")]
    return [text for text in found if text.strip()]


def _sheets(data: bytes, name: str) -> Parts:
    """Every sheet of a workbook, hidden ones too: a line for each row, tabs between the cells."""
    from python_calamine import CalamineWorkbook

    def cell(value: Any) -> str:
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(n, book.get_sheet_by_name(n).to_python(skip_empty_area=True)) for n in book.sheet_names]
    except Exception as exc:
        raise _damaged(name, exc) from exc
    lines = []
    for number, (title, rows) in enumerate(sheets):
        if number and any(any(c != "" for c in row) for row in rows):
            lines.append(part_line(f"工作表 {title}"))
        lines += ["\t".join(map(cell, row)) for row in rows if any(c != "" for c in row)]
    lines += _beside_cells(data, name)
    if not lines:
        raise InputError(f"{name}: 是空的 / is empty")
    return Parts("\n".join(lines))


def _beside_cells(data: bytes, name: str) -> list[str]:
    """What a workbook shows besides its cells: comments and text boxes."""
    if data[:2] != b"PK":
        return []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [
            p
            for p in archive.namelist()
            if re.fullmatch(r"xl/(?:comments[^/]*|drawings/drawing[^/]*|(?:threadedC|c)omments/[^/]+)\.xml", p)
        ]
        roots = [xml_tree(archive.read(p), name) for p in sorted(parts)]
    texts = [
        "".join(root.itertext("{*}t", "{*}text"))
        for whole in roots
        for root in (whole.iter("{*}comment", "{*}threadedComment", f"{_A}p"))
    ]
    kept = [t for t in dict.fromkeys(texts) if t.strip()]
    return [part_line("单元格批注和文本框"), *kept] if kept else []


def _ofd(archive: zipfile.ZipFile, name: str) -> Parts:
    """The text of an OFD file (GB/T 33190): templates, then page by page, top to bottom and left to right."""

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
        if noted := [line for line in lines_of(other) if line.strip()]:
            lines += [part_line("批注"), *noted]
    inner = [n for n in archive.namelist() if re.search(r"/Attach[^/]*/[^/]+$", n, re.I) and not n.endswith(".xml")]
    _embedded({Path(n).name: archive.read(n) for n in inner}, lines, unread)
    if not "".join(lines).strip():
        raise InputError(f"{name}: 没有文字，可能是扫描件 / holds no text, perhaps a scan: run OCR first")
    return Parts("\n".join(lines), {}, unread)


def _embedded(files: Mapping[str, bytes], lines: list[str], unread: list[tuple[str, dict[str, Any]]]) -> None:
    """Add the texts of files within a file; what cannot be read is said."""
    for title, content in files.items():
        try:
            inner = from_bytes(content, title)
        except InputError:
            unread.append(("unread.embedded", {"name": title}))
            continue
        lines += [part_line(f"嵌入的文件 {title}"), inner.text]
        unread += inner.unread


def _pdf(data: bytes, name: str) -> Parts:
    try:
        from pypdf import PdfReader
    except ImportError as exc:
        raise _needs(".pdf", exc) from exc
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(f"{name}: 有密码，请去掉密码后再查 / protected by a password: remove it first")
        pages = [page.extract_text() for page in reader.pages]
        beside = [str(v) for v in (reader.get_form_text_fields() or {}).values() if v]
        for page in reader.pages:
            beside += [str(a["/Contents"]) for n in page.get("/Annots") or () if "/Contents" in (a := n.get_object())]
        inside = {n: c[0] for n, c in reader.attachments.items()}
    except InputError:
        raise
    except Exception as exc:
        raise _damaged(name, exc) from exc
    text = "\n".join(pages)
    if not text.strip():
        raise InputError(f"{name}: 没有文字，可能是扫描件 / holds no text, perhaps a scan: run OCR first")
    unread: list[tuple[str, dict[str, Any]]] = [("unread.page", {"page": n}) for n, p in enumerate(pages, 1) if not p.strip()]
    lines = [text, *([part_line("批注和表单"), *beside] if beside else [])]
    _embedded(inside, lines, unread)
    return Parts("\n".join(lines), {}, unread)


def looks_like_html(text: str) -> bool:
    """Whether a text is HTML: a page, or the body that an editor in a CMS hands over."""
    return bool(
        re.match(r"\s*(?:<!doctype html|<html|<\?xml|<!--)", text[:500], re.I)
        or re.search(
            r"</(?:p|div|span|table|td|tr|li|h[1-6]|body|a|strong|b|section)\s*>|<(?:br|p|div|table|img)\b[^<>]*>", text, re.I
        )
    )


def html_tree(text: str) -> Any:
    """The tree of an HTML text; nothing is fetched, no entity is resolved from outside.

    Raises:
        InputError: HTML that a parser gives up on: what follows would not have been checked.
    """
    try:
        from lxml import html
    except ImportError as exc:
        raise _needs("HTML", exc) from exc
    parser = html.HTMLParser(no_network=True, recover=True, huge_tree=True, encoding="utf-8")
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except Exception as exc:
        raise InputError(f"HTML 读不出来 / HTML that cannot be read: {type(exc).__name__}") from exc
    if any(e.level_name == "FATAL" for e in parser.error_log):
        raise InputError(
            "HTML 嵌套过深或已损坏，只能读到一半，没有检查 / HTML nested too deep or damaged: it can be read in part only, not checked"
        )
    return tree


def from_html(text: str) -> Parts:
    """The text of HTML as a browser shows it, and what its metadata state."""
    tree = html_tree(text)
    known: dict[str, Found] = {}
    for meta in tree.iter("meta"):
        target, value = _META.get(meta.get("name") or ""), (meta.get("content") or "").strip()
        if target and value:
            known.setdefault(target, Found(value, f"meta {meta.get('name')}", "sure", value))
    for row in tree.iter("tr"):
        cells = [" ".join(c.text_content().split()) for c in row if c.tag in ("td", "th")]
        for label, value in pairwise(cells):
            target = ROWS.get(re.sub(r"[\s:：]", "", label))
            if target and value:
                known.setdefault(target, Found(value, f"table {label}", "sure", value))
    heading = next((h for h in tree.iter("h1") if h.text_content().strip()), None)
    if heading is not None:
        known.setdefault("title", Found(" ".join(heading.text_content().split()), "h1"))
    pieces: list[str] = []
    for node in block_nodes(tree):
        pieces.append(node if isinstance(node, str) else re.sub(r"\s+", " ", node[0]()))
    lines = [re.sub(r"[ \u00a0\u3000]+", " ", line).strip(" ") for line in "".join(pieces).splitlines()]
    hidden = [v for e in tree.iter() if isinstance(e.tag, str) for n, v in e.attrib.items() if n in TOLD]
    hidden += [node.text or "" for node in tree.iter() if not isinstance(node.tag, str)]
    if telling := [" ".join(t.split()) for t in hidden if shown(t) != t]:  # the rest is no text of the document
        lines += [part_line("网页源码"), *telling]
    pictures = sum(1 for _ in tree.iter("img"))
    unread: list[tuple[str, dict[str, Any]]] = [("unread.pictures", {"count": pictures})] if pictures else []
    return Parts("\n".join(line for line in lines if line.strip()), known, unread)


Node = tuple[Callable[[], str], Callable[[str], None]]


def block_nodes(tree: Any) -> Iterator[str | Node]:
    """The texts of an HTML tree in order, as functions that read and write them, with line breaks and tabs where blocks and cells meet."""

    def own(element: Any, name: str) -> Node:
        return (lambda: getattr(element, name) or ""), (lambda text: setattr(element, name, text))

    from lxml import etree

    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag
        if event in ("comment", "pi"):
            yield own(element, "tail")
            continue
        skipped = tag in ("script", "style")
        if event == "start":
            if tag in _BLOCKS:
                yield "\n"
            if not skipped:
                yield own(element, "text")
        else:
            if tag in _BLOCKS:
                yield "\n"
            elif tag in ("td", "th"):
                yield "\t"
            if element.getparent() is not None:
                yield own(element, "tail")
