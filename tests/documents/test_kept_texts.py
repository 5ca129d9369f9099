"""Personal data in what a file keeps beside what it prints: links, descriptions of pictures, field codes, properties, sheet headers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from pypdf import PdfWriter
from pypdf.annotations import Link

import opencheck as oc
from opencheck.documents.redaction import fixed_copy

MOBILE, IDENTITY = "13805321234", "370283198001011230"
DRAWN = (
    '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:docPr id="1" name="图片 1" descr="{}"/></wp:inline></w:drawing></w:r></w:p>'
)
FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "tel:{}"</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)
CHOICE = '<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="王某 {}" w:value="1"/></w:dropDownList></w:sdtPr></w:sdt>'
LINK = (
    '<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" '
    'Target="tel:{}" TargetMode="External"/>'
)


def word(within: str = "", link: str = "", keywords: str = "") -> bytes:
    """A Word document with these pieces of XML in its text, among its links and in its properties."""
    made = docx.Document()
    for line in ("关于公示的通知", "正文。", "2018年8月27日", "（此件公开发布）"):
        made.add_paragraph(line)
    made.core_properties.keywords = keywords
    plain, out = io.BytesIO(), io.BytesIO()
    made.save(plain)
    with zipfile.ZipFile(plain) as archive, zipfile.ZipFile(out, "w") as copy:
        for item in archive.infolist():
            content = archive.read(item).decode("utf-8", "surrogateescape")
            if item.filename == "word/document.xml":
                content = content.replace("<w:sectPr", within + "<w:sectPr", 1)
            elif item.filename == "word/_rels/document.xml.rels":
                content = content.replace("</Relationships>", link + "</Relationships>")
            copy.writestr(item, content.encode("utf-8", "surrogateescape"))
    return out.getvalue()


def kinds(data: bytes, name: str) -> set[str]:
    document = oc.documents.read(data, name=name)
    found = oc.preflight(document, as_of="2018-08-28").blocking
    return {"found" for f in found if f.rule == "PD-14.2c" and "链接、替代文字和文件属性第" in f.message.zh}


@pytest.mark.parametrize("number", [MOBILE, IDENTITY])
@pytest.mark.parametrize(
    "made",
    [
        lambda n: word(within=FIELD.format(n)),
        lambda n: word(within=DRAWN.format(n)),
        lambda n: word(within=CHOICE.format(n)),
        lambda n: word(link=LINK.format(n)),
        lambda n: word(link=LINK.format("%" + f"{ord(n[0]):x}" + n[1:])),
        lambda n: word(keywords=f"王某 {n}"),
    ],
    ids=["field code", "picture", "choices", "link", "link in percent signs", "keywords"],
)
def test_what_a_word_file_keeps_beside_its_text_is_searched(made: Callable[[str], bytes], number: str) -> None:
    assert kinds(made(number), "通知.docx") == {"found"}
    assert not kinds(made("公示"), "通知.docx")


def test_what_a_word_file_keeps_is_masked_in_the_copy() -> None:
    data = word(FIELD.format(MOBILE) + DRAWN.format(IDENTITY), LINK.format(MOBILE), IDENTITY)
    copy = fixed_copy(data, "通知.docx")
    assert not kinds(copy, "通知.docx")
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        everything = b"".join(archive.read(n) for n in archive.namelist())
    assert MOBILE.encode() not in everything
    assert IDENTITY.encode() not in everything
    assert "138****1234" in docx.Document(io.BytesIO(copy)).part.rels["rIdX"].target_ref


def test_ordinary_links_and_properties_add_nothing_and_label_nothing() -> None:
    link = LINK.replace("tel:{}", "http://www.pingdu.gov.cn/n4/180824.html")
    document = oc.documents.read(word(DRAWN.format("（此件不予公开）"), link, "依申请公开"), name="通知.docx")
    assert document.attribute is not None
    assert document.attribute.value == "主动公开"
    assert "链接、" not in document.text


def test_what_a_workbook_keeps_beside_its_cells_is_searched(tmp_path: Path) -> None:
    def saved(change: Callable[[openpyxl.Workbook], object]) -> bytes:
        book = openpyxl.Workbook()
        book.active.append(["序号", "标题"])
        book.active.append([1, "公示"])
        change(book)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def hint(book: openpyxl.Workbook) -> None:
        rule = DataValidation(type="textLength", formula1="1", showInputMessage=True, prompt=f"问王某 {MOBILE}")
        rule.add("B2")
        book.active.add_data_validation(rule)

    def linked(book: openpyxl.Workbook) -> None:
        book.active["B2"].hyperlink = f"tel:{MOBILE}"

    def described(book: openpyxl.Workbook) -> None:
        book.properties.description = IDENTITY

    for change in (hint, linked, described):
        assert kinds(saved(change), "公示.xlsx") == {"found"}, change

    def headed(book: openpyxl.Workbook) -> None:
        book.active.oddHeader.center.text = f"联系人王某 {MOBILE}"

    text = oc.documents.read(saved(headed), name="公示.xlsx").text
    assert text.endswith(f"【以下是页眉页脚】\n联系人王某 {MOBILE}"), "printed with every page"
    assert "【以下是" not in oc.documents.read(saved(lambda book: None), name="公示.xlsx").text


def test_links_and_properties_of_a_pdf_are_searched() -> None:
    from reportlab.pdfgen.canvas import Canvas

    plain = io.BytesIO()
    canvas = Canvas(plain)
    canvas.drawString(72, 720, "Notice of the city government")
    canvas.save()

    def saved(uri: str, subject: str) -> bytes:
        writer = PdfWriter(clone_from=io.BytesIO(plain.getvalue()))
        writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url=uri))
        writer.add_metadata({"/Subject": subject})
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    assert kinds(saved(f"tel:{MOBILE}", ""), "通知.pdf") == {"found"}
    assert kinds(saved("http://www.pingdu.gov.cn", IDENTITY), "通知.pdf") == {"found"}
    assert not kinds(saved("http://www.pingdu.gov.cn", "notice"), "通知.pdf")
