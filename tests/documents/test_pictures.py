"""Pictures: small ones are told, what is as large as a scanned page keeps a document from being called publishable."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import pytest
from docx.shared import Cm
from PIL import Image
from reportlab.lib.units import cm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

import opencheck as oc
from opencheck.documents import read
from sample_documents import as_ofd, with_part

Sides = tuple[float, float]


def _picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "PNG")
    return io.BytesIO(out.getvalue())


def _docx(width: float, height: float) -> bytes:
    book, out = docx.Document(), io.BytesIO()
    book.add_paragraph("附件见下图（此件公开发布）")
    book.add_picture(_picture(), Cm(width), Cm(height))
    book.save(out)
    return out.getvalue()


def _old_docx(width: float, height: float) -> bytes:
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
    shape = f'<v:shape style="position:absolute;width:{width / 2.54 * 72}pt;height:{height * 10}mm"><v:imagedata/></v:shape>'
    body = f"<w:p><w:r><w:t>附件见下图</w:t></w:r><w:r><w:pict>{shape}</w:pict></w:r></w:p>"
    return with_part(_docx(1, 1), "word/footer9.xml", f"<w:ftr {names}>{body}</w:ftr>".encode())


def _pdf(width: float, height: float) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.drawString(60, 800, "- 3 -")
    page.drawImage(ImageReader(_picture()), 20, 20, width * cm, height * cm)
    page.save()
    return out.getvalue()


def _ofd(width: float, height: float) -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    objects = f'<ofd:ImageObject Boundary="10 10 {width * 10} {height * 10}" ResourceID="9"/>'
    text = '<ofd:TextObject Boundary="20 20 100 8"><ofd:TextCode X="0" Y="6">附件见下图</ofd:TextCode></ofd:TextObject>'
    page = f"<ofd:Page {space}><ofd:Content>{text}{objects}</ofd:Content></ofd:Page>"
    return with_part(as_ofd(), "Doc_0/Pages/Page_2/Content.xml", page.encode())


@pytest.mark.parametrize(
    ("make", "name"),
    [(_docx, "a.docx"), (_old_docx, "a.docx"), (_pdf, "a.pdf"), (_ofd, "a.ofd")],
    ids=["docx", "vml", "pdf", "ofd"],
)
@pytest.mark.parametrize(("sides", "large"), [((4.2, 4.2), False), ((14.9, 10), False), ((15.1, 10), True), ((17, 25), True)])
def test_pictures_of_a_quarter_page_are_told_apart(
    make: Callable[[float, float], bytes], name: str, sides: Sides, large: bool
) -> None:
    document = read(make(*sides), name)
    codes = [code for code, _ in document.unread]
    assert ("unread.large_pictures" in codes) is large
    assert ("unread.pictures" in codes) is (not large or make is _old_docx)
    result = oc.preflight(document, as_of="2018-08-28")
    assert bool(result.unread) is large
    assert any("图片" in note.zh for note in result.notes)
    if large:
        assert not result.publishable
