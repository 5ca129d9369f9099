"""What a hidden cell of a document holds only its heading may tell: it is found there, and masked in a copy."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

import opencheck as oc
from opencheck.core.personal_data import find_personal_data
from opencheck.documents.parts import RESTORED, restored_lines
from sample_documents import _zip, word

TABLES = [
    [["姓名", "护照号码"], ["王某", "E12345670"], ["李某", "E12345671"]],
    [["姓名", "家庭住址"], ["王某", "李园街道1号楼2单元301室"], ["李某", "李园街道2号楼1单元101室"]],
]
Table = list[list[str]]
Place = Callable[[int, int], bool]

PLACES: dict[str, Place] = {
    "values": lambda row, column: row > 0 and column == 1,
    "one value": lambda row, column: (row, column) == (2, 1),
    "column": lambda row, column: column == 1,
    "heading": lambda row, column: row == 0,
    "rows": lambda row, column: row > 0,
    "all": lambda row, column: True,
}


def page(hidden: str) -> Callable[[Table, Place], bytes]:
    def made(table: Table, is_hidden: Place) -> bytes:
        rows = [
            "".join(f"<td{hidden if is_hidden(row, column) else ''}>{text}</td>" for column, text in enumerate(cells))
            for row, cells in enumerate(table)
        ]
        return f"<html><body><p>通知</p><table>{''.join(f'<tr>{r}</tr>' for r in rows)}</table></body></html>".encode()

    return made


def word_file(hidden: str) -> Callable[[Table, Place], bytes]:
    def cell(text: str, is_hidden: bool) -> str:
        if is_hidden and hidden == "del":
            return f"<w:tc><w:p><w:del><w:r><w:delText>{text}</w:delText></w:r></w:del></w:p></w:tc>"
        return f"<w:tc><w:p><w:r><w:rPr>{hidden if is_hidden else ''}</w:rPr><w:t>{text}</w:t></w:r></w:p></w:tc>"

    def made(table: Table, is_hidden: Place) -> bytes:
        rows = ["".join(cell(t, is_hidden(row, column)) for column, t in enumerate(cells)) for row, cells in enumerate(table)]
        body = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
        return word(f"<w:p><w:r><w:t>通知</w:t></w:r></w:p><w:tbl>{body}</w:tbl>")

    return made


def portable(table: Table, is_hidden: Place) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    drawn = canvas.Canvas(out)
    drawn.setFont("STSong-Light", 12)
    drawn.drawString(60, 780, "通知")
    for row, cells in enumerate(table):
        for column, text in enumerate(cells):
            written = drawn.beginText(60 + 200 * column, 740 - 30 * row)
            written.setTextRenderMode(3 if is_hidden(row, column) else 0)
            written.textOut(text)
            drawn.drawText(written)
    drawn.save()
    return out.getvalue()


def fixed_layout(table: Table, is_hidden: Place) -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'

    def at(text: str, top: int, left: int, more: str = "") -> str:
        return f'<ofd:TextObject Boundary="{left} {top} 60 8"{more}><ofd:TextCode>{text}</ofd:TextCode></ofd:TextObject>'

    cells = [
        at(text, 20 + 20 * row, 20 + 80 * column, ' Visible="false"' if is_hidden(row, column) else "")
        for row, cells in enumerate(table)
        for column, text in enumerate(cells)
    ]
    content = f"<ofd:Page {space}><ofd:Content>{at('通知', 5, 20)}{''.join(cells)}</ofd:Content></ofd:Page>".encode()
    return _zip(**{"OFD.xml": f"<ofd:OFD {space}/>".encode(), "Doc_0/Pages/Page_0/Content.xml": content})


FORMS: dict[str, Callable[[Table, Place], bytes]] = {
    "hidden.html": page(' style="display:none"'),
    "struck.html": page(' style="text-decoration:line-through"'),
    "hidden.docx": word_file("<w:vanish/>"),
    "struck.docx": word_file("<w:strike/>"),
    "deleted.docx": word_file("del"),
    "hidden.pdf": portable,
    "hidden.ofd": fixed_layout,
}


@pytest.mark.parametrize("table", TABLES, ids=["passport", "address"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", FORMS)
def test_data_that_only_their_heading_tells_are_found_where_nobody_sees_them(form: str, place: str, table: Table) -> None:
    content = FORMS[form](table, PLACES[place])
    text = oc.documents.read(content, form).text
    assert {text[hit.start : hit.end] for hit in find_personal_data(text)} == {table[1][1], table[2][1]}
    found = oc.preflight(oc.documents.read(content, form), table="document", as_of="2018-09-10")
    assert "PD-14.2c" in {f.rule for f in found.findings if f.outcome == "violation"}


@pytest.mark.parametrize("table", TABLES, ids=["passport", "address"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", [form for form in FORMS if form.endswith(("html", "docx"))])
def test_they_are_masked_in_a_copy(form: str, place: str, table: Table) -> None:
    copy = oc.documents.fixed_copy(FORMS[form](table, PLACES[place]), form)
    text = oc.documents.read(copy, form).text
    assert not find_personal_data(text)
    assert table[1][1] not in text
    assert table[0][1] in text


@pytest.mark.parametrize("form", FORMS)
def test_numbers_that_a_part_shows_by_itself_are_not_told_once_more(form: str) -> None:
    table = [["姓名", "身份证号"], ["王某", "11010519491231002X"]]
    text = oc.documents.read(FORMS[form](table, PLACES["column"]), form).text
    assert text.count("11010519491231002X") == 1
    assert RESTORED not in text


def test_of_a_long_text_only_what_holds_more_is_told_again() -> None:
    whole = ["通知", "", "电话 13905321234", "姓名\t护照号码", "王某\tE12345678", "电话\t0532-12345678", "王某 13805321234"]
    apart = [
        ["通知", "电话 13905321234", "姓名\t", "王某\t", "电话\t0532-12345678", "王某 138"],
        ["护照号码", "E12345678", "05321234"],
    ]
    assert restored_lines(whole, apart) == whole[3:]
    assert restored_lines(whole, [whole]) == []


def test_number_on_two_lines_of_which_one_is_hidden_is_told_with_all_lines() -> None:
    """No line by itself and no table holds it."""
    whole = ["身份证号：", "110105194912", "31002X", "通知"]
    assert restored_lines(whole, [["身份证号：", "110105194912", "通知"], ["31002X"]]) == whole


@pytest.mark.parametrize("hidden", ["", "<w:rPr><w:vanish/></w:rPr>"])
def test_heading_of_a_table_within_a_cell_explains_what_stands_below_it(hidden: str) -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:p><w:r>{properties}<w:t>{text}</w:t></w:r></w:p></w:tc>"

    rows = f"<w:tr>{cell('姓名')}{cell('护照号码')}</w:tr><w:tr>{cell('王某')}{cell('E12345678', hidden)}</w:tr>"
    outer = f"<w:tbl><w:tr>{cell('名单')}<w:tc><w:tbl>{rows}</w:tbl><w:p/></w:tc></w:tr></w:tbl>"
    text = oc.documents.read(word(outer), "a.docx").text
    assert [text[hit.start : hit.end] for hit in find_personal_data(text)] == ["E12345678"]
    copy = oc.documents.read(oc.documents.fixed_copy(word(outer), "a.docx"), "a.docx").text
    assert not find_personal_data(copy)
