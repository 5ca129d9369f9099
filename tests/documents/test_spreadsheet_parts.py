"""What a workbook shows besides the values of its cells: formulas without a value, pictures, embedded files, comments of an .xls."""

from __future__ import annotations

import io
import struct

import openpyxl
import pytest
from openpyxl.drawing.image import Image
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from PIL import Image as Picture

import opencheck as oc
from opencheck.core.personal_data import find_personal_data
from opencheck.documents.old_workbook_parts import read_old_texts
from sample_documents import ID, with_part


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(*rows: list[object]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def test_formulas_without_a_value_keep_a_workbook_from_publication() -> None:
    document = oc.documents.read(saved(workbook(["名单"], ['=CONCATENATE("110105","19491231002X")', "=1+1"])), "a.xlsx")
    assert document.unread == [("unread.formulas", {"sheet": "Sheet", "count": 2})]
    result = oc.preflight(document, as_of="2018-08-28")
    assert "工作表“Sheet”有2个公式没有算出的值" in result.unread[0].zh
    assert not result.publishable


@pytest.mark.parametrize(("pixels", "large"), [(100, False), (600, True)])
def test_pictures_of_a_workbook_are_told(pixels: int, large: bool) -> None:
    book, drawn = workbook(["名单"]), io.BytesIO()
    Picture.new("RGB", (40, 40), "white").save(drawn, "PNG")
    picture = Image(io.BytesIO(drawn.getvalue()))
    picture.width = picture.height = pixels
    book.active.add_image(picture, "B2")
    document = oc.documents.read(saved(book), "a.xlsx")
    assert document.unread == [("unread.large_pictures" if large else "unread.pictures", {"count": 1})]


def test_files_embedded_in_a_workbook_are_read_or_told() -> None:
    data = with_part(saved(workbook(["名单"])), "xl/embeddings/a.xlsx", saved(workbook([ID])))
    assert len(find_personal_data(oc.documents.read(data, "a.xlsx").text)) == 1
    other = with_part(saved(workbook(["名单"])), "xl/embeddings/oleObject1.bin", b"\x00")
    assert oc.documents.read(other, "a.xlsx").unread == [("unread.embedded", {"name": "oleObject1.bin"})]


@pytest.mark.parametrize(
    "part",
    [
        f'<pivotCacheRecords><r><s v="{ID}"/></r></pivotCacheRecords>',
        f"<externalLink><v>{ID}</v></externalLink>",
        f"<a>{ID}</a>",
    ],
)
def test_caches_and_data_of_a_workbook_are_searched(part: str) -> None:
    for path in ("xl/pivotCache/records1.xml", "xl/externalLinks/link1.xml", "customXml/item1.xml"):
        data = with_part(saved(workbook(["名单"])), path, part.encode())
        assert len(find_personal_data(oc.documents.read(data, "a.xlsx").text)) == 1


def test_days_of_a_workbook_are_counted_from_its_own_first_day() -> None:
    from datetime import date

    book = workbook(["关于公布结果的通知"])
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["成文日期", date(2018, 8, 24)])
    document = oc.documents.read(saved(book), "a.xlsx")
    assert document.signed_on is not None
    assert document.signed_on.value == date(2018, 8, 24)


def test_identity_number_that_a_spreadsheet_has_rounded_is_found_where_it_is_called_one() -> None:
    text = oc.documents.read(saved(workbook(["姓名", "身份证号"], ["王某", 110105194912310021])), "a.xlsx").text
    assert [h.kind for h in find_personal_data(text)] == ["resident_id"]
    for heading in ("准考证号", "金额", "编码"):
        text = oc.documents.read(saved(workbook(["姓名", heading], ["王某", 110105194912310021])), "a.xlsx").text
        assert find_personal_data(text) == []


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _text_object(text: str) -> bytes:
    half = len(text) // 2
    pieces = b"".join(_record(0x3C, b"\x01" + part.encode("utf-16-le")) for part in (text[:half], text[half:]))
    return _record(0x1B6, struct.pack("<HHHHHHHI", 0, 0, 0, 0, 0, len(text), 16, 0)) + pieces + _record(0x3C, b"\0" * 16)


def test_comments_boxes_and_headers_of_an_xls_are_read() -> None:
    begin, end = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)), _record(0x0A, b"")
    header = _record(0x14, struct.pack("<HB", 4, 1) + "页眉".encode("utf-16-le"))
    sheet = begin + header + _text_object(f"核对{ID}") + _text_object("说明") + end
    offset = len(begin) + len(_record(0x85, struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"a")) + len(end)
    bound = _record(0x85, struct.pack("<IBBBB", offset, 0, 0, 1, 0) + b"a")
    assert read_old_texts(begin + bound + end + sheet) == ["页眉", f"核对{ID}", "说明"]
    assert read_old_texts(b"no workbook") == []
