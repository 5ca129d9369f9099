"""Automatic fixes: mask personal data, insert a missing label. Fixes are proposed as data and applied to a copy.

A mask has as many characters as the value, so positions in the text stay the same. Text formats (.docx, .html, .txt) are rewritten; for
others (.pdf, .ofd, .xlsx) a person changes the original file.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from opencheck.core.encoding import decode
from opencheck.core.errors import InputError
from opencheck.core.personal_data import PERSONAL_KINDS, PersonalKind, find_personal_data, mask_personal_data
from opencheck.core.personal_labels import Beside, TextTables
from opencheck.documents.docx import Format, Run, open_word, paragraph_runs, restored_runs, text_runs
from opencheck.documents.html import TextNode, looks_like_html, source_nodes, text_nodes
from opencheck.documents.kept_texts import code_nodes, is_beside, kept_nodes
from opencheck.documents.metadata import find_signature
from opencheck.documents.packages import local_name, main_part
from opencheck.documents.page_tree import page_source, page_tree
from opencheck.documents.parts import damaged_file_error, xml_tree
from opencheck.documents.source_formats import refuse_source
from opencheck.records.disclosure_labels import locate_part, printed_label
from opencheck.records.printed_lines import attachments_start

__all__ = [
    "Fix",
    "fixed_copy",
    "free_copy_name",
    "propose_label",
    "propose_masks",
]


@dataclass(frozen=True)
class Fix:
    """One proposed change of a text field: its characters from ``start`` to ``end`` become ``replacement``.

    ``part`` names the part of the document if it is not the body: an attachment, a footer. A fix never contains the masked value.
    """

    action: Literal["mask", "insert"]
    rule: str
    field: str
    start: int
    end: int
    replacement: str
    part: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the fix as JSON data."""
        return {n: getattr(self, n) for n in ("action", "rule", "field", "start", "end", "replacement", "part")}


def propose_masks(rule: str, field: str, text: str, kinds: Iterable[PersonalKind] = PERSONAL_KINDS) -> list[Fix]:
    """Propose a mask for each piece of personal data in a text.

    >>> propose_masks("PD-14.2c", "text", "王某 11010519491231002X")[0].replacement
    '1101**********002X'
    """
    return [
        Fix("mask", rule, field, h.start, h.end, h.masked, locate_part(text, h.start)[0])
        for h in find_personal_data(text, kinds)
        if not h.of_office
    ]


def propose_label(rule: str, field: str, text: str, attribute: str) -> Fix:
    """Propose the label of an attribute as a separate line: after the day of signing, else before the attachments, else at the end.

    >>> propose_label("PD-13.3", "text", "通知\\n2018年8月24日\\n附件\\n名单", "主动公开").start
    13
    """
    lines = text.split("\n")
    after = label_line(lines)
    at = sum(len(line) + 1 for line in lines[: after + 1]) - 1
    return Fix("insert", rule, field, at, at, "\n" + printed_label(attribute))


def label_line(lines: Sequence[str]) -> int:
    """Return the index of the line after which the label of a document belongs."""
    text = "\n".join(line.replace("\n", " ") for line in lines)
    attached = attachments_start(text)
    end = len(text) if attached is None else attached
    signed = find_signature(text)
    at = int(signed.where.split("-")[0]) if signed else len(text[:end].rstrip())
    return text.count("\n", 0, at)


def fixed_copy(
    data: bytes, name: str, *, attribute: str | None = None, kinds: Iterable[PersonalKind] = PERSONAL_KINDS
) -> bytes:
    """Return a copy of a document with personal data masked and, if an attribute is given, its label inserted.

    Args:
        data: the file's bytes.
        name: its name, for messages.
        attribute: the label to insert, a value of the vocabulary ``attribute``; None if the text has a label.
        kinds: the kinds of personal data to mask.

    Returns:
        The bytes of the copy; plain text is encoded in UTF-8.

    Raises:
        InputError: the format cannot be rewritten.

    >>> fixed_copy("王某 13805321234\\n".encode(), "a.txt").decode()
    '王某 138****1234\\n'
    """
    wanted = tuple(kinds)
    if data[:4] == b"PK\x03\x04" and (copy := _fixed_package(data, name, attribute, wanted)) is not None:
        return copy
    if data[:5] == b"%PDF-" or data[:4] == b"PK\x03\x04":
        raise InputError(
            f"{name}: 这种格式不能自动修改，请改原文件后重新生成 / cannot be rewritten: change the original and make the file anew"
        )
    text = decode(data, name).replace("\r\n", "\n").replace("\r", "\n")
    refuse_source(text, name)
    if looks_like_html(text):
        return _redact_html(text, attribute, wanted).encode()
    for fix in propose_masks("", "", text, wanted):
        text = text[: fix.start] + fix.replacement + text[fix.end :]
    if attribute:
        fix = propose_label("", "", text, attribute)
        text = text[: fix.start] + fix.replacement + text[fix.end :]
    return text.encode()


def _fixed_package(data: bytes, name: str, attribute: str | None, kinds: tuple[PersonalKind, ...]) -> bytes | None:
    """The copy of a Word document; None for another kind of package."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            main = main_part(archive, name)
            if main is None or main.endswith(".bin") or local_name(xml_tree(archive.read(main), name)) != "document":
                return None
            return _redact_docx(archive, name, attribute, kinds)
    except InputError:
        raise
    except Exception as exc:
        raise damaged_file_error(name, exc) from exc


def _mask_nodes(nodes: Iterable[str | TextNode], kinds: tuple[PersonalKind, ...], beside: Beside | None = None) -> None:
    """Mask personal data in the joined text of several nodes, and write each node its share.

    White space within a node is no line end, and between blocks it is nothing: the text is searched as the reader of documents joins it.
    """
    pieces: list[tuple[str | TextNode, str]] = []
    line_ended = True
    for node in nodes:
        text = node if isinstance(node, str) else node[0]()
        if not text.strip() and text != "\t":
            text = "" if line_ended else "\n" if isinstance(node, str) else " "
            node = text
        if text:
            pieces.append((node, text))
            line_ended = text == "\n" or (line_ended and not text.strip() and text != "\t")
    whole = "".join(text for _, text in pieces)
    changed = list(whole)
    searched = "".join(t if isinstance(node, str) else re.sub(r"\s", " ", t) for node, t in pieces)
    for hit in find_personal_data(searched, kinds, beside=beside):
        if not hit.of_office:
            changed[hit.start : hit.end] = hit.masked
    at = 0
    for node, text in pieces:
        new = "".join(changed[at : at + len(text)])
        at += len(text)
        if not isinstance(node, str) and new != text:
            node[1](new)


def _redact_html(text: str, attribute: str | None, kinds: tuple[PersonalKind, ...]) -> str:
    from lxml import etree

    tree = page_tree(text)
    _mask_nodes(text_nodes(tree), kinds)
    _mask_nodes(text_nodes(tree, inserted=False), kinds)
    for (get, put), looked_for in list(source_nodes(tree)):
        if (masked := mask_personal_data(text := get(), [k for k in kinds if k in looked_for])) != text:
            put(masked)
    body = tree.find("body")
    if attribute and body is not None:
        blocks = [
            e
            for e in body.iter("p", "div", "li", "h1", "h2", "h3", "section")
            if not len(e.findall(".//p")) and not len(e.findall(".//div"))
        ]
        note = etree.Element("p")
        note.text = printed_label(attribute)
        if blocks:
            blocks[label_line([" ".join(b.text_content().split()) for b in blocks])].addnext(note)
        else:
            body.append(note)
    return page_source(tree, text)


def _redact_docx(archive: zipfile.ZipFile, name: str, attribute: str | None, kinds: tuple[PersonalKind, ...]) -> bytes:
    """Rewrite the texts of a .docx file and copy everything else unchanged."""
    from lxml import etree

    parts, styles = open_word(archive, name)
    main = next(iter(parts))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for item in archive.infolist():
            content = archive.read(item)
            root = parts.get(item.filename)
            if root is not None:
                cells = _words_beside_cells(root)
                for paragraph in root.iter("{*}p"):
                    beside = next((cells[a] for a in paragraph.iterancestors("{*}tc") if a in cells), None)
                    runs = list(paragraph_runs(paragraph, styles))
                    for part in dict.fromkeys(r.part for r in runs):
                        _mask_nodes([_text_node(r) for r in runs if r.part == part], kinds, beside)
                    restored = restored_runs(paragraph_runs(paragraph, styles))
                    _mask_nodes([_text_node(r) for r in restored], kinds, beside)
                for table in root.iter("{*}tbl"):
                    for before in (False, True):
                        _mask_nodes(_table_nodes(table, styles, before=before), kinds)
                if attribute and item.filename == main:
                    _insert_paragraph(root, printed_label(attribute), styles)
            elif is_beside(item.filename):
                root = xml_tree(content, name)
            if root is not None and _mask_kept(item.filename, root, kinds, beside=item.filename not in parts) | (
                item.filename in parts
            ):
                content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            copy.writestr(item, content)
    return out.getvalue()


def _mask_kept(path: str, root: Any, kinds: tuple[PersonalKind, ...], *, beside: bool) -> bool:
    """Mask personal data in what a part keeps beside its text; whether there was any."""
    changed = False
    for codes in code_nodes(root):
        _mask_nodes(codes, kinds)
    for get, put in kept_nodes(path, root, beside=beside):
        text = get()
        if (masked := mask_personal_data(text, kinds)) != text:
            put(masked)
            changed = True
    return changed


def _words_beside_cells(root: Any) -> dict[Any, Beside]:
    """For each table cell the headings and cells that tell what its numbers are."""
    found = {}
    for table in root.iter("{*}tbl"):
        rows = [_own(row, "tc", "tr") for row in _own(table, "tr", "tbl")]
        texts = [
            [" ".join("".join(t.text or "" for t in cell.iter("{*}t", "{*}delText")).split()) for cell in row] for row in rows
        ]
        tables, at = TextTables("\n".join("\t".join(row) for row in texts)), 0
        for cells, row in zip(rows, texts, strict=True):
            for cell, text in zip(cells, row, strict=True):
                found[cell] = tables.beside(at)
                at += len(text) + 1
            at += not row
    return found


def _table_nodes(table: Any, styles: Mapping[str, Format], *, before: bool) -> Iterator[str | TextNode]:
    """The texts of a table as printed, or before something was deleted or hidden, row by row: a number may be spread over cells."""
    for row in _own(table, "tr", "tbl"):
        for cell in _own(row, "tc", "tr"):
            for number, paragraph in enumerate(cell.iter("{*}p")):
                if number:
                    yield "\u200b"
                yield from map(_text_node, text_runs(paragraph, styles, before=before))
            yield "\t"
        yield "\n"


def _own(node: Any, name: str, holder: str) -> list[Any]:
    """The rows of a table, or the cells of a row: those in content controls too, those of tables within them not."""
    return [part for part in node.iter(f"{{*}}{name}") if next(part.iterancestors(f"{{*}}{holder}")) is node]


def _text_node(run: Run) -> str | TextNode:
    """The text of a run; a tab, a symbol or a box is no text that can be written."""
    node = run.node
    if local_name(node) not in ("t", "delText") or (node.text or "") != run.text:
        return run.text
    return (lambda: node.text or ""), (lambda text: setattr(node, "text", text))


def _insert_paragraph(root: Any, note: str, styles: Mapping[str, Format]) -> None:
    from lxml import etree

    body = next(root.iterchildren("{*}body"))
    space = body.tag.removesuffix("body")
    children = [c for c in body if local_name(c) in ("p", "tbl")]
    paragraph = etree.Element(f"{space}p")
    etree.SubElement(etree.SubElement(paragraph, f"{space}r"), f"{space}t").text = note
    if children:
        texts = ["".join(run.text for run in text_runs(c, styles)) if local_name(c) == "p" else "" for c in children]
        children[label_line(texts)].addnext(paragraph)
    else:
        body.insert(0, paragraph)


def free_copy_name(path: Path) -> Path:
    """Return an unused path beside a file for its fixed copy: 通知.已处理.docx.

    >>> free_copy_name(Path("通知.docx")).name
    '通知.已处理.docx'
    """
    for number in range(1, 1000):
        tail = "" if number == 1 else f"{number}"
        found = path.with_name(f"{path.stem}.已处理{tail}{path.suffix}")
        if not found.exists():
            return found
    raise InputError(f"{path}: 处理过的副本太多 / too many copies already")
