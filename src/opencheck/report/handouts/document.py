"""The hand-out as a .docx file: a letter, and a small table for each item with room for the answer."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from opencheck.report import messages
from opencheck.report.formats.marked_cells import strip_control_chars
from opencheck.report.handouts.content import (
    Handout,
    Item,
    answer_columns,
    cover,
    item_texts,
    label,
    section_title,
    status_words,
    token_of,
)

__all__ = ["as_handout_document"]

_FONT = "仿宋"
_HEADING_FONT = "黑体"

_DATE_HYPHEN = re.compile(r"(?<=\d{4})-(?=\d\d|[A-Z]\d)|(?<=\d{4}-\d\d)-(?=\d\d)", re.ASCII)
"""A hyphen in a day, a month or a quarter. Ids keep theirs: a program that saves the file anew may make another character of the
element, and by rule and id it is checked that cells were not moved."""


def as_handout_document(handout: Handout, lang: str) -> bytes:
    """Return the hand-out as the bytes of a .docx file.

    Raises:
        ModuleNotFoundError: python-docx is not installed.
    """
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.4)
    page.top_margin = page.bottom_margin = Cm(2.2)
    for name, font, size in (("Normal", _FONT, 12), ("Title", _HEADING_FONT, 20), ("Heading 1", _HEADING_FONT, 14)):
        _set_font(document.styles[name], font, Pt(size))
    title = document.add_paragraph(messages.get_message("handout.title", lang), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(_clean(messages.format_message("handout.to", lang, unit=handout.name(lang))))
    for text in cover(handout, lang):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(24)
        _add_text(paragraph, text)
    words = messages.get_message("join.list", lang).join(status_words((i.finding for i in handout.items), lang))
    paragraph = document.add_paragraph(messages.format_message("handout.status_words", lang, words=words))
    paragraph.paragraph_format.first_line_indent = Pt(24)
    for name in ("handout.from", "handout.contact", "handout.day"):
        document.add_paragraph(messages.get_message(name, lang)).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for section in handout.sections:
        document.add_paragraph(section_title(section, lang), style="Heading 1")
        columns = answer_columns(i.finding for i in section.items)
        for item in section.items:
            _add_item(document, item, columns, lang)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_item(document: Any, item: Item, columns: Sequence[str], lang: str) -> None:
    """Add the table of an item: pairs of a heading and a text, then pairs of a heading and a blank cell."""
    from docx.shared import Cm, Pt

    texts = item_texts(item, lang)
    lines: list[tuple[tuple[str, str], ...]] = [
        (("number", texts["number"]), ("rule", texts["rule"])),
        (("what", texts["what"]),),
        (("clause", texts["clause"]),),
        (("record_id", texts["record_id"]), ("due", texts["due"])),
    ]
    lines += [((name, texts[name]),) for name in ("record", "place") if texts[name]]
    lines.append((("remedy", texts["remedy"]),))
    wide = {"basis", "link"}
    short = [(name, "") for name in columns if name not in wide]
    pairs_of_answers = [tuple(short[at : at + 2]) for at in range(0, len(short), 2)]
    lines += [*pairs_of_answers[:1], *(((name, ""),) for name in columns if name in wide), *pairs_of_answers[1:]]
    table = document.add_table(rows=0, cols=4, style="Table Grid")
    table.autofit = False
    widths = (Cm(2.6), Cm(5.5), Cm(2.6), Cm(5.5))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for pairs in lines:
        cells = table.add_row().cells
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
        if len(pairs) == 1:
            cells[1].merge(cells[3])
        for place, (name, text) in zip((0, 2), pairs, strict=False):
            cells[place].paragraphs[0].add_run(label(name, lang)).bold = True
            _add_text(cells[place + 1].paragraphs[0], text)
        row = table.rows[-1]._tr.get_or_add_trPr()
        row.append(_element("w:cantSplit"))
    hidden = table.rows[0].cells[0].paragraphs[0].add_run(token_of(item.finding))
    hidden.font.hidden = True
    for paragraph in _paragraphs(table):
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.keep_with_next = True  # an item stays on one page
        for run in paragraph.runs:
            run.font.size = Pt(10.5)
    for paragraph in (p for cell in table.rows[-1].cells for p in cell.paragraphs):
        paragraph.paragraph_format.keep_with_next = False
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _add_text(paragraph: Any, text: str) -> None:
    """Add a text whose dates are not broken at the end of a line.

    Word has an element for a hyphen that does not break; it is copied and read as a hyphen. The character U+2011 would be copied as
    itself, and a search for the date would not find it.
    """
    first, *others = _DATE_HYPHEN.split(_clean(text))
    run = paragraph.add_run(first)
    for part in others:
        run._r.append(_element("w:noBreakHyphen"))
        run = paragraph.add_run(part)


def _paragraphs(table: Any) -> Iterator[Any]:
    for cell in {id(c._tc): c for row in table.rows for c in row.cells}.values():
        yield from cell.paragraphs


def _element(name: str) -> Any:
    from docx.oxml import OxmlElement

    return OxmlElement(name)


def _set_font(style: Any, font: str, size: Any) -> None:
    """Set the font of a style for Latin and for East Asian text."""
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    style.font.name, style.font.size = font, size
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    fonts.set(qn("w:eastAsia"), font)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def _clean(text: str) -> str:
    return strip_control_chars(text)
