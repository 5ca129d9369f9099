"""What a PDF keeps beside its pages: found wherever a program puts it, files of one name apart, stamps as they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

import opencheck as oc
from opencheck.core.personal_data import find_personal_data
from opencheck.records.disclosure_labels import locate_part
from sample_documents import ID, pdf_with

KEPT = "链接、替代文字和文件属性"


def named(**values: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})


def stream(content: str, **values: Any) -> StreamObject:
    made = StreamObject()
    made._data = content.encode()
    made.update(named(**values))
    return made


def annotated(**values: Any) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        box = ArrayObject([NumberObject(n) for n in (50, 50, 200, 80)])
        made = {n: writer._add_object(v) if isinstance(v, StreamObject) else v for n, v in values.items()}
        note = writer._add_object(named(Type=NameObject("/Annot"), Rect=box, **made))
        writer.pages[0][NameObject("/Annots")] = ArrayObject([note])

    return change


def rooted(name: str, value: Any) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        writer.root_object[NameObject(name)] = writer._add_object(value) if isinstance(value, StreamObject) else value

    return change


def text(content: str) -> TextStringObject:
    return TextStringObject(content)


LINK, NOTE, WIDGET = NameObject("/Link"), NameObject("/Text"), NameObject("/Widget")

BESIDE: dict[str, Callable[[PdfWriter], Any]] = {
    "bookmark": lambda writer: writer.add_outline_item(title=f"王某{ID}", page_number=0),
    "property": lambda writer: writer.add_metadata({"/Author": f"王某{ID}"}),
    "properties in XML": rooted(
        "/Metadata", stream(f"<x><d>{ID}</d></x>", Type=NameObject("/Metadata"), Subtype=NameObject("/XML"))
    ),
    "data of a form": rooted("/AcroForm", named(XFA=ArrayObject([text("datasets"), stream(f"<d><id>{ID}</id></d>")]))),
    "script": rooted("/OpenAction", named(S=NameObject("/JavaScript"), JS=text(f"var a='{ID}'"))),
    "number of a page": rooted("/PageLabels", named(Nums=ArrayObject([NumberObject(0), named(P=text(ID))]))),
    "description": rooted("/StructTreeRoot", named(K=ArrayObject([named(S=NameObject("/Figure"), Alt=text(ID))]))),
    "started file": annotated(Subtype=LINK, A=named(S=NameObject("/Launch"), F=text(f"C:/{ID}.doc"))),
    "rich note": annotated(Subtype=NOTE, RC=text(f"<p>{ID}</p>")),
    "author of a note": annotated(Subtype=NOTE, Contents=text("好"), T=text(f"王某{ID}")),
    "field of no form": annotated(Subtype=WIDGET, FT=NameObject("/Tx"), T=text("a"), V=text(ID)),
}


@pytest.mark.parametrize("change", BESIDE.values(), ids=BESIDE)
def test_pdf_strings_of_every_object_are_searched(change: Callable[[PdfWriter], Any]) -> None:
    whole = oc.documents.read(pdf_with(change), "a.pdf").text
    assert {locate_part(whole, h.start)[0] for h in find_personal_data(whole)} == {KEPT}


def test_pdf_what_the_pages_say_is_not_told_twice() -> None:
    change = annotated(Subtype=NOTE, Contents=text(ID), RC=text(ID))
    whole = oc.documents.read(pdf_with(change), "a.pdf").text
    assert [locate_part(whole, h.start)[0] for h in find_personal_data(whole)] == ["批注"]


def test_pdf_files_of_one_name_and_files_of_notes_are_read() -> None:
    def two(writer: PdfWriter) -> None:
        writer.add_attachment("a.txt", b"x")
        writer.add_attachment("a.txt", ID.encode())

    assert len(find_personal_data(oc.documents.read(pdf_with(two), "a.pdf").text)) == 1
    content = named(Type=NameObject("/Filespec"), F=text("名单.txt"), EF=DictionaryObject())

    def note(writer: PdfWriter) -> None:
        content["/EF"][NameObject("/F")] = writer._add_object(stream(ID))
        annotated(Subtype=NameObject("/FileAttachment"), FS=content)(writer)

    whole = oc.documents.read(pdf_with(note), "a.pdf").text
    assert [locate_part(whole, h.start)[0] for h in find_personal_data(whole)] == ["嵌入的文件 名单.txt"]


def test_pdf_stamp_is_read_as_it_is_drawn() -> None:
    font = named(Type=NameObject("/Font"), Subtype=NameObject("/Type1"), BaseFont=NameObject("/Helvetica"))
    box = ArrayObject([NumberObject(n) for n in (0, 0, 200, 30)])

    def stamp(writer: PdfWriter) -> None:
        drawn = stream(
            f"BT /F1 12 Tf 10 10 Td ({ID}) Tj ET",
            Type=NameObject("/XObject"),
            Subtype=NameObject("/Form"),
            BBox=box,
            Resources=named(Font=named(F1=font)),
        )
        annotated(Subtype=NameObject("/Stamp"), AP=named(N=writer._add_object(drawn)))(writer)

    whole = oc.documents.read(pdf_with(stamp), "a.pdf").text
    assert [locate_part(whole, h.start)[0] for h in find_personal_data(whole)] == ["图章和表单画出的文字"]
