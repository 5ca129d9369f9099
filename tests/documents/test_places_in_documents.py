"""A label or an identity number at every place of a document: found there, or told as standing elsewhere than in the text."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Text
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

import opencheck as oc
from opencheck.core.personal_data import find_personal_data
from opencheck.records.disclosure_labels import locate_part
from sample_documents import ID, A, _zip, with_part

OWN, BESIDE, UNPRINTED = "of the document", "printed beside its text", "not printed"
TITLE, DAY = "关于做好工作的通知", "2018年8月24日"

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
VML, SHAPE = (
    'xmlns:v="urn:schemas-microsoft-com:vml"',
    'xmlns:s="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"',
)
CHOICE = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(body: str, **parts: str) -> bytes:
    """A Word file with further parts of some kinds."""
    related = "".join(f'<Relationship Id="{n}" Type="{OFFICE}/{n}" Target="{n}.xml"/>' for n in parts)
    files = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}">{related}</Relationships>',
        **{f"word/{n}.xml": content for n, content in parts.items()},
    }
    return _zip(**{n: c.encode() for n, c in files.items()})


def word_places(text: str) -> Iterator[tuple[str, str, bytes]]:
    body = p(TITLE) + p(DAY)
    box = f"<w:txbxContent>{p(text)}</w:txbxContent>"
    old_box, new_box = (
        f"<w:pict><v:textbox {VML}>{box}</v:textbox></w:pict>",
        f"<w:drawing><s:txbx {SHAPE}>{box}</s:txbx></w:drawing>",
    )
    letters = "".join(f"<w:r><w:t>{c}</w:t></w:r>" for c in text)
    yield "above the title", OWN, docx(p(text) + body)
    yield "last line", OWN, docx(body + p(text))
    yield "letters of their own", OWN, docx(f"{body}<w:p>{letters}</w:p>")
    yield "table", OWN, docx(f"{body}<w:tbl><w:tr><w:tc>{p(text)}</w:tc><w:tc>{p('')}</w:tc></w:tr></w:tbl>")
    yield "text box", OWN, docx(f"{body}<w:p><w:r>{old_box}</w:r></w:p>")
    both = f"<mc:AlternateContent {CHOICE}><mc:Choice>{new_box}</mc:Choice><mc:Fallback>{old_box}</mc:Fallback></mc:AlternateContent>"
    yield "text box of two versions", OWN, docx(f"{body}<w:p><w:r>{both}</w:r></w:p>")
    yield "hyperlink", OWN, docx(f"{body}<w:p><w:hyperlink><w:r><w:t>{text}</w:t></w:r></w:hyperlink></w:p>")
    yield "field", OWN, docx(f'{body}<w:p><w:fldSimple w:instr="x"><w:r><w:t>{text}</w:t></w:r></w:fldSimple></w:p>')
    yield "inserted", OWN, docx(f"{body}<w:p><w:ins><w:r><w:t>{text}</w:t></w:r></w:ins></w:p>")
    yield "header", BESIDE, docx(body, header=f"<w:hdr {WORD}>{p(text)}</w:hdr>")
    yield "footer", BESIDE, docx(body, footer=f"<w:ftr {WORD}>{p(text)}</w:ftr>")
    table = f"<w:tbl><w:tr><w:tc>{p(text)}</w:tc></w:tr></w:tbl>"
    yield "table of a footer", BESIDE, docx(body, footer=f"<w:ftr {WORD}>{table}</w:ftr>")
    for kind in ("footnote", "endnote"):
        yield kind, BESIDE, docx(body, **{f"{kind}s": f"<w:{kind}s {WORD}><w:{kind}>{p(text)}</w:{kind}></w:{kind}s>"})
    yield "comment", UNPRINTED, docx(body, comments=f"<w:comments {WORD}><w:comment>{p(text)}</w:comment></w:comments>")
    yield "hidden", UNPRINTED, docx(f"{body}<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{text}</w:t></w:r></w:p>")
    yield "deleted", UNPRINTED, docx(f"{body}<w:p><w:del><w:r><w:delText>{text}</w:delText></w:r></w:del></w:p>")


def pdf(*lines: tuple[str, int], more: Any = None) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.setFont("STSong-Light", 12)
    for text, y in lines:
        page.drawString(60, y, text)
    page.save()
    writer = PdfWriter(PdfReader(io.BytesIO(out.getvalue())))
    if isinstance(more, DictionaryObject):
        field = writer._add_object(more)
        writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): ArrayObject([field])})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([field])
    elif more is not None:
        writer.add_annotation(0, more)
    changed = io.BytesIO()
    writer.write(changed)
    return changed.getvalue()


def form_field(kind: str, value: Any) -> DictionaryObject:
    place = ArrayObject([NumberObject(n) for n in (50, 50, 200, 80)])
    named = {"/Type": NameObject("/Annot"), "/Subtype": NameObject("/Widget"), "/Rect": place, "/FT": NameObject(kind)}
    return DictionaryObject({NameObject(n): v for n, v in {**named, "/T": TextStringObject("x"), "/V": value}.items()})


def pdf_places(text: str) -> Iterator[tuple[str, str, bytes]]:
    head = ((TITLE, 780), (DAY, 740))
    yield "page", OWN, pdf(*head, (text, 700))
    yield "page, drawn first", OWN, pdf((text, 700), *head)
    yield "text field", BESIDE, pdf(*head, more=form_field("/Tx", TextStringObject(text)))
    yield "choice", BESIDE, pdf(*head, more=form_field("/Ch", TextStringObject(text)))
    chosen = ArrayObject([TextStringObject("其他"), TextStringObject(text)])
    yield "several choices", BESIDE, pdf(*head, more=form_field("/Ch", chosen))
    yield "text box", BESIDE, pdf(*head, more=FreeText(text=text, rect=(50, 50, 200, 80)))
    yield "comment", UNPRINTED, pdf(*head, more=Text(text=text, rect=(50, 50, 80, 80)))


def ofd_places(text: str) -> Iterator[tuple[str, str, bytes]]:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'

    def at(content: str, top: int, left: int = 20, width: int = 100) -> str:
        return f'<ofd:TextObject Boundary="{left} {top} {width} 8"><ofd:TextCode>{content}</ofd:TextCode></ofd:TextObject>'

    def file(objects: list[str], **more: bytes) -> bytes:
        page = f"<ofd:Page {space}><ofd:Content>{''.join(objects)}</ofd:Content></ofd:Page>".encode()
        return _zip(**{"OFD.xml": f"<ofd:OFD {space}/>".encode(), "Doc_0/Pages/Page_0/Content.xml": page, **more})

    head = [at(TITLE, 20), at(DAY, 40)]
    yield "page", OWN, file([*head, at(text, 60)])
    yield "page, from below", OWN, file([at(text, 60), *reversed(head)])
    letters = [at(c, 60, 20 + 8 * n, 8) for n, c in enumerate(text)]
    random.Random(1).shuffle(letters)
    yield "letters of their own in no order", OWN, file([*letters, *head])
    note = f"<ofd:PageAnnot {space}><ofd:Annot><ofd:Appearance>{at(text, 1)}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
    yield "annotation", BESIDE, file(head, **{"Doc_0/Annots/Page_0/Annotation.xml": note.encode()})


def sheet_places(text: str) -> Iterator[tuple[str, str, bytes]]:
    def book(cell: str = "", comment: str = "", second: str = "") -> bytes:
        made = openpyxl.Workbook()
        for row, content in enumerate((TITLE, DAY, cell), 1):
            made.active.cell(row, 1, content)
        if comment:
            made.active["A1"].comment = Comment(comment, "x")
        if second:
            made.create_sheet("二")["A1"] = second
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()

    yield "cell", OWN, book(text)
    yield "second sheet", BESIDE, book(second=text)
    yield "comment", UNPRINTED, book(comment=text)
    box = f"<d {A}><a:p><a:t>{text[:4]}</a:t><a:t>{text[4:]}</a:t></a:p></d>"
    yield "text box", BESIDE, with_part(book(), "xl/drawings/drawing1.xml", box.encode())


PLACES = {".docx": word_places, ".pdf": pdf_places, ".ofd": ofd_places, ".xlsx": sheet_places}


def placed(text: str) -> list[Any]:
    return [
        pytest.param(suffix, whose, data, id=f"{suffix[1:]}-{name}")
        for suffix, places in PLACES.items()
        for name, whose, data in places(text)
    ]


@pytest.mark.parametrize(("suffix", "whose", "data"), placed(f"身份证号{ID}"))
def test_identity_number_is_found_wherever_it_stands(suffix: str, whose: str, data: bytes) -> None:
    document = oc.documents.read(data, f"a{suffix}")
    (hit,) = find_personal_data(document.text)
    assert hit.kind == "resident_id"
    assert (locate_part(document.text, hit.start)[0] == "") == (whose == OWN)
    assert "PD-14.2c" in [f.rule for f in oc.preflight(document, as_of="2018-08-28").blocking]


@pytest.mark.parametrize(("suffix", "whose", "data"), placed("（此件公开发布）"))
def test_label_is_the_documents_own_only_in_its_text(suffix: str, whose: str, data: bytes) -> None:
    """A label beside the text may be that of another document: nothing is assumed, nobody accused. What is not printed labels nothing."""
    document = oc.documents.read(data, f"a{suffix}")
    found = {f.rule: str(f.outcome) for f in oc.preflight(document, as_of="2018-08-28").findings}
    assert (document.attribute and document.attribute.value) == ("主动公开" if whose == OWN else None)
    expected = {OWN: None, BESIDE: "indeterminate", UNPRINTED: "violation"}[whose]
    assert found.get("PD-13.3") == expected
