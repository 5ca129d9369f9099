"""The hand-out as a .docx file: a letter, and a small table for each item with room for the answer."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from copy import deepcopy
from itertools import chain
from typing import Any

from opencheck.core.localized import LocalizedName
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

_DAY = re.compile(r"(?<![A-Za-z0-9_./\\-])(\d{4})-(\d\d)-(\d\d)(?![A-Za-z0-9_./\\-])", re.ASCII)
"""A day in running text: not one in a link, or in the name of a file."""
_KEPT = frozenset({"number", "rule", "record_id"})
"""What is written as it is: by rule and id it is checked that cells were not moved."""


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
        paragraph.add_run(_clean(_letter_text(text, lang)))
    words = messages.get_message("join.list", lang).join(status_words((i.finding for i in handout.items), lang))
    paragraph = document.add_paragraph(messages.format_message("handout.status_words", lang, words=words))
    paragraph.paragraph_format.first_line_indent = Pt(24)
    for name in ("handout.from", "handout.contact", "handout.day"):
        document.add_paragraph(messages.get_message(name, lang)).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    blank = _ItemTable(document)
    for section in handout.sections:
        document.add_paragraph(section_title(section, lang), style="Heading 1")
        columns = answer_columns(i.finding for i in section.items)
        for item in section.items:
            _add_item(document, blank, item, columns, lang)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _ItemTable:
    """The table of an item with nothing in it, made once for a document: copying it takes a tenth of the time of making it."""

    def __init__(self, document: Any) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt

        table = document.add_table(rows=2, cols=4, style="Table Grid")
        table.autofit = False
        margins = _element("w:tblCellMar")  # without them a text touches the lines above and below it
        for side in ("w:top", "w:bottom"):
            margin = _element(side)
            margin.set(qn("w:w"), "57")  # twentieths of a point: 1 mm
            margin.set(qn("w:type"), "dxa")
            margins.append(margin)
        table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription", "w:tblPrChange")
        widths = (Cm(2.6), Cm(5.5), Cm(2.6), Cm(5.5))
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
            for cell in column.cells:
                cell.width = width
        table.cell(1, 1).merge(table.cell(1, 3))
        for row in table.rows:
            row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
            for place, cell in enumerate(dict.fromkeys(row.cells)):
                run = cell.paragraphs[0].add_run()
                run.bold, run.font.size = (True if place in (0, 2) else None), Pt(10.5)
                cell.paragraphs[0].paragraph_format.space_after = Pt(0)
                cell.paragraphs[0].paragraph_format.keep_with_next = True  # an item stays on one page
        self.table = table._tbl
        two, one = self.table.tr_lst
        self.rows = {2: two, 1: one}
        """A row with so many pairs of a heading and a text."""
        for part in (two, one, self.table):
            part.getparent().remove(part)

    def filled(self, lines: Sequence[Sequence[tuple[str, str]]]) -> Any:
        """Return a copy with a row for each line of pairs."""
        table = deepcopy(self.table)
        for pairs in lines:
            row = deepcopy(self.rows[len(pairs)])
            for cell, text in zip(row.tc_lst, chain.from_iterable(pairs), strict=True):
                cell.p_lst[0].r_lst[0].text = _clean(text)
            table.append(row)
        return table


def _add_item(document: Any, blank: _ItemTable, item: Item, columns: Sequence[str], lang: str) -> None:
    """Add the table of an item: pairs of a heading and a text, then pairs of a heading and a blank cell."""
    from docx.shared import Pt
    from docx.text.paragraph import Paragraph

    texts = item_texts(item, lang)
    lines: list[tuple[str, ...]] = [("number", "rule"), ("what",), ("clause",), ("record_id", "due")]
    lines += [(name,) for name in ("record", "place") if texts[name]]
    lines.append(("remedy",))
    wide = {"basis", "link"}
    short = [name for name in columns if name not in wide]
    of_answers = [tuple(short[at : at + 2]) for at in range(0, len(short), 2)]
    lines += [*of_answers[:1], *((name,) for name in columns if name in wide), *of_answers[1:]]
    texts = {name: text if name in _KEPT else _letter_text(text, lang) for name, text in texts.items()}
    table = blank.filled([[(label(name, lang), texts.get(name, "")) for name in names] for names in lines])
    hidden = Paragraph(table.tr_lst[0].tc_lst[0].p_lst[0], document).add_run(token_of(item.finding))
    hidden.font.hidden, hidden.font.size = True, Pt(10.5)
    for cell in table.tr_lst[-1].tc_lst:
        Paragraph(cell.p_lst[0], document).paragraph_format.keep_with_next = False
    after = document.add_paragraph()
    after.paragraph_format.space_after = Pt(0)
    after._p.addprevious(table)


def _letter_text(text: str, lang: str) -> str:
    """The text as a letter writes it: days in Chinese as 2018年10月15日, as official letters do.

    A hyphen is where lines break. LibreOffice breaks a date with hyphens that Word does not break anywhere, even between its digits.
    """

    def written(day: re.Match[str]) -> str:
        year, month, number = day.groups()
        of_month, of_day = LocalizedName(month.lstrip("0"), month), LocalizedName(number.lstrip("0"), number)
        return messages.format_message("handout.date", lang, year=year, month=of_month, day=of_day)

    return _DAY.sub(written, text)


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
