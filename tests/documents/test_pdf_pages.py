"""PDF pages whose text is not what they show, numbers in boxes, protection without a password for reading."""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

import opencheck as oc
from opencheck.core.personal_data import find_personal_data
from opencheck.documents.garbled import is_garbled
from opencheck.records.disclosure_labels import locate_part
from sample_documents import ID, LINES, PROTECTED_PDF, as_pdf, pdf_with

NOTICE = "平度市人民政府办公室关于做好水源保护工作的通知"


def drawn(*pages: list[tuple[float, float, str]], font: str = "STSong-Light") -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    page = canvas.Canvas(out)
    for texts in pages:
        page.setFont(font, 12)
        for x, y, text in texts:
            page.drawString(x, y, text)
        page.showPage()
    page.save()
    return out.getvalue()


def second_page(data: bytes, encoding: object) -> bytes:
    """The first page of the notice, then these with another encoding of their fonts."""
    writer = PdfWriter(PdfReader(io.BytesIO(data)))
    for page in writer.pages:
        for font in page["/Resources"]["/Font"].values():
            font.get_object()[NameObject("/Encoding")] = encoding
    writer.insert_page(PdfReader(io.BytesIO(as_pdf())).pages[0], 0)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


GLYPH_NAMES = DictionaryObject(
    {
        NameObject("/Type"): NameObject("/Encoding"),
        NameObject("/Differences"): ArrayObject([NumberObject(65), *(NameObject(f"/g{n}") for n in range(21, 47))]),
    }
)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (drawn([(60, 700, NOTICE)]), NameObject("/Identity-H")),
        (drawn([(60, 700, NOTICE)]), NameObject("/GBKp-EUC-H")),
        (drawn([(60, 700, NOTICE)]), NameObject("/Own-Map-H")),
        (drawn([(60, 700, "ABCDEFGHIJKLMNOP")], font="Helvetica"), GLYPH_NAMES),
    ],
    ids=["glyph numbers", "unknown map", "own map", "glyph names"],
)
def test_pdf_page_with_fonts_without_codes_is_unread(data: bytes, encoding: object) -> None:
    document = oc.documents.read(second_page(data, encoding), "a.pdf")
    assert document.unread == [("unread.garbled", {"page": 2})]
    assert document.number is not None  # of the page that can be read
    assert "第2页的文字读不出来" in oc.preflight(document, as_of="2018-08-28").notes[0].zh


def test_pdf_of_garbled_pages_only_is_refused() -> None:
    whole = PdfWriter(PdfReader(io.BytesIO(second_page(drawn([(60, 700, "ABCDEFGHIJKLMNOP")], font="Helvetica"), GLYPH_NAMES))))
    whole.remove_page(0)
    out = io.BytesIO()
    whole.write(out)
    with pytest.raises(oc.InputError, match="没有能读的文字"):
        oc.documents.read(out.getvalue(), "a.pdf")


NAMES = "王建国 李秀英 张伟 刘芳 陈静 杨洋 赵磊 黄敏 周杰 吴刚 徐丽 孙涛 胡军 朱红 高峰 林涛 何平 郭亮 马超 罗勇 梁冰 宋佳 郑爽 谢霆 韩雪 唐嫣 冯巩 于谦"


@pytest.mark.parametrize(
    "text",
    [
        "/g21/g35/g12/g44/g8/g9",
        "(cid:12)(cid:13)(cid:77)(cid:5)",
        "\ue012\ue034\ue056\ue078",
        "第一章 总则\n" + "正文，\ufffd\ufffd\ufffd\ufffd\ufffd",
        "\x01\x02\x03\x04\x05abc",
        "ÆÕ¶Ô±±¾©ÊÐÈËÃñÕþ¸®°ì¹«ÊÒ",
        "كتاب في المدينة القديمة",
        "ЖЗИЙКЛМНОПРСТУФХ",
        "㐀㐁㐂㐃㐄㐅㐆㐇㐈",
        "!\"#$%&'()*+,;<=>?@[]^`{|}~" * 2,
        "".join(chr(0x4E00 + 97 * n % 20_000) for n in range(200)),
    ],
)
def test_page_that_does_not_say_what_it_shows_is_garbled(text: str) -> None:
    assert is_garbled(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n".join(LINES),
        NAMES,
        "\n".join(NAMES.split()) * 3,
        "序号 1 2 3 4 5 ……………… 100.5% 12-3\n合计 12,345.67",
        "This page is in English. https://example.com/?a=b&c=d",
        "■ 主动公开 □ 依申请公开",
        "\uf0b7 第一项\n\uf0b7 第二项\n\uf0b7 第三项要求各单位认真落实，并于年底前报送总结材料和统计报表",
        "联系电话：0532-88880000",
        "平度市人民政府办公室 α、β 系数，Москва 代表处共三人参加本次会议并作交流发言",
    ],
)
def test_page_of_a_document_is_not_garbled(text: str) -> None:
    assert not is_garbled(text)


def test_pdf_number_in_boxes_is_one_number() -> None:
    boxes = [(80 + 18 * n, 500.0, c) for n, c in enumerate("证号" + ID)]
    document = oc.documents.read(drawn([(60, 700, "通知"), *boxes]), "a.pdf")
    assert [h.kind for h in find_personal_data(document.text)] == ["resident_id"]
    spaced = oc.documents.read(drawn([(60, 500, " ".join(ID))]), "a.pdf")
    assert [h.kind for h in find_personal_data(spaced.text)] == ["resident_id"]


def _page(draw: Any) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.setFont("STSong-Light", 12)
    page.drawString(60, 700, NOTICE)
    draw(page)
    page.save()
    return out.getvalue()


def _in_white(page: Any) -> None:
    page.setFillColorRGB(1, 1, 1)
    page.drawString(60, 500, f"（此件公开发布）{ID}")


def _in_near_white(page: Any) -> None:
    page.setFillColorRGB(0.98, 0.99, 1)
    page.drawString(60, 500, f"（此件公开发布）{ID}")


def _with_next_to_no_ink(page: Any) -> None:
    page.setFillColorCMYK(0, 0.01, 0.01, 0.02)
    page.drawString(60, 500, f"（此件公开发布）{ID}")


def _without_ink(page: Any) -> None:
    text = page.beginText(60, 500)
    text.setTextRenderMode(3)
    text.textLine(f"（此件公开发布）{ID}")
    page.drawText(text)


def _transparent(page: Any) -> None:
    page.setFillAlpha(0)
    page.drawString(60, 500, f"（此件公开发布）{ID}")


def _tiny(page: Any) -> None:
    page.setFont("STSong-Light", 0.5)
    page.drawString(60, 500, f"（此件公开发布）{ID}")


def _outside(page: Any) -> None:
    page.drawString(60, -40, f"（此件公开发布）{ID}")


@pytest.mark.parametrize("draw", [_in_white, _in_near_white, _with_next_to_no_ink, _without_ink, _transparent, _tiny, _outside])
def test_pdf_text_that_nobody_sees_is_no_label_but_is_searched(draw: Any) -> None:
    document = oc.documents.read(_page(draw), "a.pdf")
    assert document.attribute is None
    (hit,) = find_personal_data(document.text)
    assert locate_part(document.text, hit.start)[0] == "隐藏的文字"
    assert "PD-13.3" in [f.rule for f in oc.preflight(document, as_of="2018-08-28").blocking]


def _on_red(page: Any) -> None:
    page.setFillColorRGB(0.8, 0, 0)
    page.rect(50, 480, 300, 40, fill=1)
    page.setFillColorRGB(1, 1, 1)
    page.drawString(60, 500, "（此件公开发布）")


def _in_grey(page: Any) -> None:
    page.setFillGray(0.75)
    page.drawString(60, 500, "（此件公开发布）")


def _in_full_ink(page: Any) -> None:
    page.setFillColorCMYK(0, 0, 0, 1)
    page.drawString(60, 500, "（此件公开发布）")


def _on_near_white(page: Any) -> None:
    page.setFillColorRGB(0.99, 0.99, 0.99)
    page.rect(0, 0, 600, 800, fill=1)
    page.setFillColorRGB(0, 0, 0)
    page.drawString(60, 500, "（此件公开发布）")


def _black_again(page: Any) -> None:
    page.saveState()
    page.setFillColorRGB(1, 1, 1)
    page.rect(0, 0, 600, 800, fill=1)
    page.restoreState()
    page.drawString(60, 500, "（此件公开发布）")


@pytest.mark.parametrize("draw", [_on_red, _in_grey, _in_full_ink, _on_near_white, _black_again])
def test_pdf_text_on_a_coloured_ground_or_after_white_is_seen(draw: Any) -> None:
    document = oc.documents.read(_page(draw), "a.pdf")
    assert document.attribute is not None


def test_pdf_of_outlines_is_told() -> None:
    def outlines(page: Any) -> None:
        path = page.beginPath()
        path.moveTo(60, 300)
        for n in range(3000):
            path.curveTo(60 + n % 300, 310, 70, 320 + n % 50, 60, 300)
        page.drawPath(path, fill=1)

    document = oc.documents.read(_page(outlines), "a.pdf")
    assert document.unread == [("unread.large_pictures", {"count": 1})]


@pytest.mark.parametrize("matrix", [None, [2, 0, 0, 2, 0, 0]])
def test_pdf_picture_within_a_form_is_as_large_as_it_is_drawn(matrix: list[int] | None) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    def in_a_form(page: Any) -> None:
        page.beginForm("scan")
        page.drawImage(ImageReader(Image.new("RGB", (40, 40), "white")), 0, 0, 250, 250)
        page.endForm()
        if matrix:
            page.transform(*matrix)
        page.doForm("scan")

    document = oc.documents.read(_page(in_a_form), "a.pdf")
    assert document.unread == [("unread.large_pictures" if matrix else "unread.pictures", {"count": 1})]


def test_pdf_column_of_single_digits_stays_a_column() -> None:
    column = [(80.0, 700 - 14 * n, c) for n, c in enumerate("13905321234")]
    document = oc.documents.read(drawn(column), "a.pdf")
    assert find_personal_data(document.text) == []
    assert document.text.split() == list("13905321234")


def test_pdf_protected_against_changes_only_is_read_or_what_is_missing_told() -> None:
    if find_spec("cryptography"):
        assert oc.documents.read(PROTECTED_PDF, "a.pdf").text.strip() == "2018-08-24"
    else:
        with pytest.raises(oc.InputError, match=r"opencheck\[documents\]"):
            oc.documents.read(PROTECTED_PDF, "a.pdf")


@pytest.mark.parametrize(("password", "told"), [("", None), ("x", "有密码")])
def test_pdf_password_for_reading_is_asked_for_where_there_is_one(password: str, told: str | None) -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(as_pdf())))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    if told is None:
        assert oc.documents.read(out.getvalue(), "a.pdf").number is not None
    else:
        with pytest.raises(oc.InputError, match=told):
            oc.documents.read(out.getvalue(), "a.pdf")


def test_pdf_form_fields_are_searched_and_are_no_label_of_the_page() -> None:
    def fill(writer: Any) -> None:
        names = [("/姓名", f"王某 {ID}"), ("/备注", "（此件公开发布）"), ("/空白", "")]
        fields = []
        for name, value in names:
            field = DictionaryObject(
                {
                    NameObject("/FT"): NameObject("/Tx"),
                    NameObject("/T"): TextStringObject(name),
                    NameObject("/V"): TextStringObject(value),
                }
            )
            fields.append(writer._add_object(field))
        form = DictionaryObject({NameObject("/Fields"): ArrayObject(fields)})
        writer._root_object[NameObject("/AcroForm")] = writer._add_object(form)

    document = oc.documents.read(pdf_with(fill), "a.pdf")
    plain = oc.documents.read(as_pdf(), "a.pdf")
    assert ID in document.text
    assert [h.kind for h in find_personal_data(document.text)].count("resident_id") == 1 + [
        h.kind for h in find_personal_data(plain.text)
    ].count("resident_id")
    assert document.attribute == plain.attribute
