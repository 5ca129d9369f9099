"""An identity number in boxes, and in groups, in a table of each format; rows of figures set apart on a page stay figures."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import docx
import openpyxl
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

import opencheck as oc
from opencheck.core.personal_data import find_personal_data
from sample_documents import ID, _zip

Rows = Sequence[Sequence[str]]

BOXES = [("身份证号码", *ID)]
GROUPS = [("姓名", "身份证号码", "", ""), ("王某", ID[:6], ID[6:14], ID[14:])]
COUNTS = [("镇街", *"一二三四五六七八九十共"), ("李园", *"13805321234"), ("云山", "138", "0532", "1234")]


def _docx(rows: Rows) -> bytes:
    book, out = docx.Document(), io.BytesIO()
    table = book.add_table(rows=len(rows), cols=max(map(len, rows)))
    for number, cells in enumerate(rows):
        for place, text in enumerate(cells):
            table.cell(number, place).text = text
    book.save(out)
    return out.getvalue()


def _xlsx(rows: Rows) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for cells in rows:
        book.active.append([int(c) if c.isdecimal() and c[0] != "0" else c or None for c in cells])
    book.save(out)
    return out.getvalue()


def _html(rows: Rows) -> bytes:
    return (
        "<table>" + "".join("<tr>" + "".join(f"<td> {c} </td>\n" for c in cells) + "</tr>" for cells in rows) + "</table>"
    ).encode()


def _html_of_a_word_processor(rows: Rows) -> bytes:
    cells = ("".join(f"\n<td>\n<p class=M><span>{c}</span></p>\n</td>" for c in own) for own in rows)
    return ("<table>" + "".join(f"<tr>{c}</tr>" for c in cells) + "</table>").encode()


def _pdf(rows: Rows) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.setFont("STSong-Light", 12)
    page.drawString(60, 800, "名单")
    for number, cells in enumerate(rows):
        for place, text in enumerate(cells):
            page.drawString(
                40 + (60 + 20 * place if place else 0) + (40 * place if len(cells) < 6 else 0), 700 - 20 * number, text
            )
    page.save()
    return out.getvalue()


def _ofd(rows: Rows) -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    step = 8 if max(map(len, rows)) > 6 else 30
    objects = "".join(
        f'<ofd:TextObject Boundary="{20 + (20 + step * place if place else 0)} {20 + 10 * number} {2 * len(text)} 4" Size="4">'
        f'<ofd:TextCode X="0" Y="3">{text}</ofd:TextCode></ofd:TextObject>'
        for number, cells in enumerate(rows)
        for place, text in enumerate(cells)
    )
    page = f"<ofd:Page {space}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>"
    return _zip(**{"OFD.xml": f"<ofd:OFD {space}/>".encode(), "Doc_0/Pages/Page_0/Content.xml": page.encode()})


MAKERS: list[tuple[Callable[[Rows], bytes], str]] = [
    (_docx, "a.docx"),
    (_xlsx, "a.xlsx"),
    (_html, "a.html"),
    (_html_of_a_word_processor, "a.html"),
    (_pdf, "a.pdf"),
    (_ofd, "a.ofd"),
]


@pytest.mark.parametrize(("make", "name"), MAKERS)
@pytest.mark.parametrize("rows", [BOXES, GROUPS], ids=["boxes", "groups"])
def test_identity_number_over_cells_is_found(make: Callable[[Rows], bytes], name: str, rows: Rows) -> None:
    assert [h.kind for h in find_personal_data(oc.documents.read(make(rows), name).text)] == ["resident_id"]


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_rows_of_figures_are_no_numbers_of_persons(make: Callable[[Rows], bytes], name: str) -> None:
    assert find_personal_data(oc.documents.read(make(COUNTS), name).text) == []


@pytest.mark.parametrize(("make", "name"), [m for m in MAKERS if m[1] in ("a.docx", "a.html")])
@pytest.mark.parametrize("rows", [BOXES, GROUPS], ids=["boxes", "groups"])
def test_copy_masks_a_number_over_cells(make: Callable[[Rows], bytes], name: str, rows: Rows) -> None:
    text = oc.documents.read(oc.documents.fixed_copy(make(rows), name), name).text
    assert find_personal_data(text) == []
    assert text.count("*") >= 8


def test_document_with_a_number_in_boxes_may_not_be_published() -> None:
    record = {"title": "通知", "attribute": "主动公开", "text": f"通知\n身份证号码\t{chr(9).join(ID)}\n（此件公开发布）"}
    result = oc.preflight(record, as_of="2018-08-28")
    assert [f.rule for f in result.blocking] == ["PD-14.2c"]
    assert "1101**********002X" in result.blocking[0].message.zh
    (fix,) = result.fixes
    assert find_personal_data(record["text"][: fix.start] + fix.replacement + record["text"][fix.end :]) == []
