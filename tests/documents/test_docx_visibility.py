"""Word files: a label that nobody sees on the page is none, and a number that the file keeps anywhere is found, masked in the copy."""

from __future__ import annotations

import pytest

import opencheck as oc
from opencheck.core.personal_data import find_personal_data
from opencheck.records.disclosure_labels import locate_part
from sample_documents import ID, p, word

LABEL = "（此件公开发布）"

NOTICE = p("通知") + p("2018年8月24日") + p(LABEL)

DRAWN = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
STYLES = '<w:styles><w:style w:styleId="A"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style></w:styles>'


def run(properties: str) -> str:
    return p(LABEL, f"<w:rPr>{properties}</w:rPr>")


def box(place: str, more: str = "") -> str:
    inner = f"{place}<wp:extent cx='900000' cy='900000'/><wp:docPr id='1' {more}/><w:txbxContent>{p(LABEL)}</w:txbxContent>"
    return f"<w:p><w:r><w:drawing {DRAWN}><wp:anchor>{inner}</wp:anchor></w:drawing></w:r></w:p>"


def at(axis: str, offset: int, frame: str) -> str:
    return f'<wp:position{axis} relativeFrom="{frame}"><wp:posOffset>{offset}</wp:posOffset></wp:position{axis}>'


def row(properties: str) -> str:
    return f"<w:tbl><w:tr><w:trPr>{properties}</w:trPr><w:tc>{p(LABEL)}</w:tc></w:tr></w:tbl>"


UNSEEN = {
    "white": run('<w:color w:val="FFFFFF"/>'),
    "near white": run('<w:color w:val="FEFEFE"/>'),
    "near white on near white": run('<w:color w:val="FDFDFD"/><w:shd w:fill="FEFEFE"/>'),
    "white by style": run('<w:rStyle w:val="A"/>'),
    "on white": run('<w:color w:val="ffffff"/><w:shd w:fill="FFFFFF"/>'),
    "tiny": run('<w:sz w:val="2"/>'),
    "box above the page": box(at("V", -900_001, "page")),
    "box far to the left": box(at("H", -3_500_000, "column")),
    "box below every page": box(at("V", 21_000_000, "page")),
    "hidden box": box("", 'hidden="1"'),
    "old box": f'<w:p><w:r><w:pict><v:shape xmlns:v="v" style="position:absolute;margin-left:-2000pt"><w:txbxContent>{p(LABEL)}</w:txbxContent></v:shape></w:pict></w:r></w:p>',
    "hidden row": row("<w:hidden/>"),
    "deleted row": row('<w:del w:id="1"/>'),
}

SEEN = {
    "white on red": run('<w:color w:val="FFFFFF"/><w:shd w:fill="C00000"/>'),
    "pale grey": run('<w:color w:val="BFBFBF"/>'),
    "yellow": run('<w:color w:val="FFFF00"/>'),
    "white, marked": run('<w:color w:val="FFFFFF"/><w:highlight w:val="red"/>'),
    "black in a white style": run('<w:rStyle w:val="A"/><w:color w:val="000000"/>'),
    "white paragraph on red": f'<w:p><w:pPr><w:shd w:fill="C00000"/></w:pPr><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>{LABEL}</w:t></w:r></w:p>',
    "white in a table": f"<w:tbl><w:tr><w:tc>{run('<w:color w:val=&quot;FFFFFF&quot;/>'.replace('&quot;', chr(34)))}</w:tc></w:tr></w:tbl>",
    "small": run('<w:sz w:val="10"/>'),
    "box on the page": box(at("V", -800_000, "page") + at("H", -1_000_000, "column")),
    "box far above its paragraph": box(at("V", -8_000_000, "paragraph")),
    "drawn row": row('<w:hidden w:val="0"/>'),
}


@pytest.mark.parametrize("body", UNSEEN.values(), ids=UNSEEN)
def test_label_that_nobody_sees_is_none(body: str) -> None:
    document = oc.documents.read(word(p("通知") + body, styles=STYLES), "a.docx")
    assert document.attribute is None
    assert locate_part(document.text, document.text.index("此件"))[0] in ("隐藏的文字", "修订中删除的文字")
    assert "PD-13.3" in [f.rule for f in oc.preflight(document, as_of="2018-08-28").blocking]


@pytest.mark.parametrize("body", SEEN.values(), ids=SEEN)
def test_label_that_is_seen_counts(body: str) -> None:
    document = oc.documents.read(word(p("通知") + body, styles=STYLES), "a.docx")
    assert document.attribute is not None


def code(*pieces: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:instrText>{text}</w:instrText></w:r>" for text in pieces) + "</w:p>"


KEPT: dict[str, tuple[str, dict[str, str]]] = {
    "data": ("", {"customXml__item1": f"<a><id>{ID}</id></a>"}),
    "variable": ("", {"word__settings": f'<w:settings><w:docVar w:val="{ID}"/></w:settings>'}),
    "recipients": ("", {"word__recipientData": f'<w:recipients><w:uniqueTag w:val="{ID}"/></w:recipients>'}),
    "author": ("", {"word__people": f'<w:people><w:person w:author="王某{ID}"/></w:people>'}),
    "name of a property": ("", {"docProps__custom": f'<Properties><property name="{ID}"/></Properties>'}),
    "name of a picture": (
        f'<w:p><w:r><w:drawing {DRAWN}><wp:inline><wp:docPr name="{ID}.jpg"/></wp:inline></w:drawing></w:r></w:p>',
        {},
    ),
    "drawn letters": (f'<w:p><w:r><w:pict><v:textpath xmlns:v="v" string="{ID}"/></w:pict></w:r></w:p>', {}),
    "field": (f'<w:p><w:fldSimple w:instr="QUOTE {ID}"/></w:p>', {}),
    "field in pieces": (code('HYPERLINK "tel:', ID[:6], f'{ID[6:]}"'), {}),
    "bookmark": (f'<w:p><w:bookmarkStart w:name="id{ID}"/></w:p>', {}),
    "phonetic": (f"<w:p><w:r><w:ruby><w:rt><w:r><w:t>{ID}</w:t></w:r></w:rt></w:ruby></w:r></w:p>", {}),
}


@pytest.mark.parametrize(("body", "parts"), KEPT.values(), ids=KEPT)
def test_number_that_the_file_keeps_is_found_and_masked(body: str, parts: dict[str, str]) -> None:
    data = word(NOTICE + body, **parts)
    document = oc.documents.read(data, "a.docx")
    (hit,) = find_personal_data(document.text)
    assert locate_part(document.text, hit.start)[0] == "链接、替代文字和文件属性"
    assert find_personal_data(oc.documents.read(oc.documents.fixed_copy(data, "a.docx"), "a.docx").text) == []


def test_numbers_of_the_format_are_nobodys() -> None:
    ids = '<w:p w:rsidR="13805321234" w:id="13805321234"><w:bookmarkStart w:name="_Toc13805321234"/></w:p>'
    assert find_personal_data(oc.documents.read(word(NOTICE + ids), "a.docx").text) == []


def test_figures_in_symbol_fonts_are_figures() -> None:
    letters = "".join(f'<w:sym w:font="Symbol" w:char="F0{ord(c):02X}"/>' for c in ID)
    document = oc.documents.read(word(f"{NOTICE}<w:p><w:r>{letters}</w:r></w:p>"), "a.docx")
    assert [h.kind for h in find_personal_data(document.text)] == ["resident_id"]
