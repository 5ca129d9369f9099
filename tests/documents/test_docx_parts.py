"""Word files as they really lie: parts under any name, the strict form, controls around cells, what is in the file and not on the paper."""

from __future__ import annotations

import io
import zipfile

import pytest

import opencheck as oc
from opencheck.core.personal_data import find_personal_data
from opencheck.records.disclosure_labels import locate_part
from sample_documents import ID, OFFICE, STRICT, STRICT_OFFICE, TRANSITIONAL, _zip, p, word

NOTICE = p("关于做好工作的通知") + p("平政办发〔2018〕12号") + p("2018年8月24日") + p("（此件公开发布）")


@pytest.mark.parametrize("main", ["word/document.xml", "word/document2.xml", "正文/main.xml"])
@pytest.mark.parametrize(("space", "office"), [(TRANSITIONAL, OFFICE), (STRICT, STRICT_OFFICE)])
def test_docx_main_part_is_read_wherever_it_lies(main: str, space: str, office: str) -> None:
    data = word(NOTICE, main=main, space=space, office=office, parts__foot=f"<w:ftr>{p('联系人' + ID)}</w:ftr>")
    document = oc.documents.read(data, "a.docx")
    assert document.number is not None
    assert document.number.value == "平政办发〔2018〕12号"
    assert document.attribute is not None
    assert document.attribute.value == "主动公开"
    (hit,) = find_personal_data(document.text)
    assert locate_part(document.text, hit.start)[0] == "页脚"
    copy = oc.documents.fixed_copy(data, "a.docx")
    assert find_personal_data(oc.documents.read(copy, "a.docx").text) == []


def test_docx_label_is_inserted_into_the_main_part_of_any_form() -> None:
    for space, office in ((TRANSITIONAL, OFFICE), (STRICT, STRICT_OFFICE)):
        data = word(p("通知") + p("2018年8月24日"), main="word/document2.xml", space=space, office=office)
        copy = oc.documents.fixed_copy(data, "a.docx", attribute="依申请公开")
        assert oc.documents.read(copy, "a.docx").text == "通知\n2018年8月24日\n（此件依申请公开）"


CELL = f"<w:tc>{p('王某')}</w:tc>"

CONTROLLED = f"<w:sdt><w:sdtPr/><w:sdtContent><w:tc>{p('身份证号' + ID)}</w:tc></w:sdtContent></w:sdt>"


@pytest.mark.parametrize(
    "table",
    [
        f"<w:tbl><w:tr>{CELL}{CONTROLLED}</w:tr></w:tbl>",
        f"<w:tbl><w:sdt><w:sdtContent><w:tr>{CELL}{CONTROLLED}</w:tr></w:sdtContent></w:sdt></w:tbl>",
        f"<w:sdt><w:sdtContent><w:tbl><w:tr>{CELL}{CONTROLLED}</w:tr></w:tbl></w:sdtContent></w:sdt>",
        f"<w:tbl><w:tr>{CELL}<w:customXml>{CONTROLLED}</w:customXml></w:tr></w:tbl>",
        f"<w:tbl><w:tr>{CELL}<w:tc><w:tbl><w:tr>{CONTROLLED}</w:tr></w:tbl></w:tc></w:tr></w:tbl>",
    ],
)
def test_docx_cells_in_content_controls_are_read(table: str) -> None:
    document = oc.documents.read(word(NOTICE + table), "a.docx")
    assert document.text.endswith(f"王某\t身份证号{ID}")
    assert "PD-14.2c" in [f.rule for f in oc.preflight(document, as_of="2018-08-28").blocking]


def test_docx_number_in_boxes_is_found_and_other_rows_of_digits_stay() -> None:
    def row(text: str) -> str:
        return f"<w:tbl><w:tr>{''.join(f'<w:tc>{p(c)}</w:tc>' for c in text)}</w:tr></w:tbl>"

    document = oc.documents.read(word(row(ID) + row("110105194912310021")), "a.docx")
    (hit,) = find_personal_data(document.text)
    assert (hit.kind, document.text.count("\n", 0, hit.start)) == ("resident_id", 0)
    copy = oc.documents.fixed_copy(word(row(ID)), "a.docx")
    assert find_personal_data(oc.documents.read(copy, "a.docx").text) == []


HIDDEN_STYLE = (
    '<w:styles><w:style w:styleId="A"><w:rPr><w:vanish/></w:rPr></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    '<w:style w:styleId="C"><w:rPr><w:dstrike/></w:rPr></w:style><w:style w:styleId="D"><w:basedOn w:val="C"/></w:style></w:styles>'
)

UNPRINTED = [
    ("<w:p><w:moveFrom><w:r><w:t>{}</w:t></w:r></w:moveFrom></w:p>", "修订中移走的文字"),
    ("<w:p><w:del><w:r><w:delText>{}</w:delText></w:r></w:del></w:p>", "修订中删除的文字"),
    ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{}</w:t></w:r></w:p>", "隐藏的文字"),
    ('<w:p><w:r><w:rPr><w:vanish w:val="true"/></w:rPr><w:t>{}</w:t></w:r></w:p>', "隐藏的文字"),
    ('<w:p><w:r><w:rPr><w:rStyle w:val="B"/></w:rPr><w:t>{}</w:t></w:r></w:p>', "隐藏的文字"),
    ('<w:p><w:pPr><w:pStyle w:val="B"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>', "隐藏的文字"),
    ("<w:p><w:hyperlink><w:r><w:rPr><w:vanish/></w:rPr><w:t>{}</w:t></w:r></w:hyperlink></w:p>", "隐藏的文字"),
    ("<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>{}</w:t></w:r></w:p>", "划去的文字"),
    ('<w:p><w:r><w:rPr><w:dstrike w:val="1"/></w:rPr><w:t>{}</w:t></w:r></w:p>', "划去的文字"),
    ('<w:p><w:r><w:rPr><w:rStyle w:val="D"/></w:rPr><w:t>{}</w:t></w:r></w:p>', "划去的文字"),
    ('<w:p><w:pPr><w:pStyle w:val="D"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>', "划去的文字"),
]


@pytest.mark.parametrize(("shape", "part"), UNPRINTED)
def test_docx_what_is_not_printed_is_no_fact_but_is_searched(shape: str, part: str) -> None:
    body = p("通知") + "".join(shape.format(t) for t in ("2018年8月24日", "（此件公开发布）", f"王某{ID}"))
    document = oc.documents.read(word(body, styles=HIDDEN_STYLE), "a.docx")
    assert (document.signed_on, document.attribute) == (None, None)
    (hit,) = find_personal_data(document.text)
    assert locate_part(document.text, hit.start)[0] == part
    assert {"PD-13.3", "PD-14.2c"} <= {f.rule for f in oc.preflight(document, as_of="2018-08-28").blocking}
    assert (
        find_personal_data(oc.documents.read(oc.documents.fixed_copy(word(body, styles=HIDDEN_STYLE), "a.docx"), "a.docx").text)
        == []
    )


@pytest.mark.parametrize(
    "properties",
    [
        '<w:rPr><w:vanish w:val="0"/></w:rPr>',
        '<w:rPr><w:rStyle w:val="B"/><w:vanish w:val="false"/></w:rPr>',
        '<w:rPr><w:strike w:val="0"/></w:rPr>',
        '<w:rPr><w:rStyle w:val="D"/><w:dstrike w:val="off"/></w:rPr>',
        "",
    ],
)
def test_docx_what_is_shown_all_the_same_is_printed(properties: str) -> None:
    found = oc.documents.read(word(p("（此件公开发布）", properties), styles=HIDDEN_STYLE), "a.docx").attribute
    assert found is not None
    assert found.value == "主动公开"


def run(text: str, properties: str = "") -> str:
    return f"<w:r>{properties}<w:t>{text}</w:t></w:r>"


def deleted(text: str) -> str:
    return f"<w:del><w:r><w:delText>{text}</w:delText></w:r></w:del>"


@pytest.mark.parametrize(
    "masked",
    [
        run(ID[:6]) + deleted(ID[6:14]) + f"<w:ins>{run('********')}</w:ins>" + run(ID[14:]),
        run(ID[:6]) + f"<w:ins>{run('********')}</w:ins>" + deleted(ID[6:14]) + run(ID[14:]),
        run(ID[:6]) + deleted(ID[6:]),
        run(ID[:6]) + run(ID[6:14], "<w:rPr><w:vanish/></w:rPr>") + f"<w:moveTo>{run('****')}</w:moveTo>" + run(ID[14:]),
        run(ID[:6]) + run(ID[6:14], "<w:rPr><w:strike/></w:rPr>") + run(ID[14:]),
        run(ID[:6]) + deleted(ID[6:10]) + run(ID[10:14], "<w:rPr><w:vanish/></w:rPr>") + run(ID[14:]),
    ],
)
def test_docx_number_of_which_only_a_part_was_taken_out_is_found_and_masked(masked: str) -> None:
    data = word(NOTICE + f"<w:p>{run('王某身份证')}{masked}</w:p>")
    document = oc.documents.read(data, "a.docx")
    (hit,) = find_personal_data(document.text)
    assert locate_part(document.text, hit.start)[0] == "隐藏的、删去的文字还原以后"
    assert document.attribute is not None
    assert "PD-14.2c" in [f.rule for f in oc.preflight(document, as_of="2018-08-28").blocking]
    assert find_personal_data(oc.documents.read(oc.documents.fixed_copy(data, "a.docx"), "a.docx").text) == []


def test_docx_number_that_a_change_put_in_is_told_once_and_what_it_replaced_is_none() -> None:
    data = word(NOTICE + f"<w:p>{run('电话' + ID[:6])}{deleted('0')}<w:ins>{run(ID[6:])}</w:ins></w:p>")
    document = oc.documents.read(data, "a.docx")
    assert len(find_personal_data(document.text)) == 1
    assert "还原" not in document.text


def symbol(code: str, font: str) -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'


def letter(text: str, font: str) -> str:
    return f'<w:r><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr><w:t>{text}</w:t></w:r>'


def form(state: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox>{state}</w:checkBox></w:ffData></w:fldChar></w:r>'


@pytest.mark.parametrize(
    ("empty", "ticked"),
    [
        (symbol("F0A8", "Wingdings"), symbol("F0FE", "Wingdings")),
        (symbol("00A3", "Wingdings 2"), symbol("0052", "Wingdings 2")),
        (letter("£", "Wingdings 2"), letter("R", "Wingdings 2")),
        (letter("\uf0a3", "Wingdings 2"), letter("\uf052", "Wingdings 2")),
        (form('<w:default w:val="0"/>'), form('<w:default w:val="0"/><w:checked/>')),
        (form('<w:default w:val="1"/><w:checked w:val="0"/>'), form('<w:default w:val="1"/>')),
    ],
)
def test_docx_boxes_of_fonts_and_forms_are_ticks(empty: str, ticked: str) -> None:
    def options(first: str, second: str) -> bytes:
        return word(
            f"<w:p><w:r><w:t>公开属性：</w:t></w:r>{first}<w:r><w:t>主动公开 </w:t></w:r>{second}<w:r><w:t>依申请公开</w:t></w:r></w:p>"
        )

    found = oc.documents.read(options(empty, ticked), "a.docx").attribute
    assert found is not None
    assert found.value == "依申请公开"
    assert oc.documents.read(options(empty, empty), "a.docx").attribute is None
    unknown = symbol("F041", "Some Font")
    assert oc.documents.read(options(empty, unknown), "a.docx").attribute is None


def test_docx_missing_and_embedded_parts_are_told() -> None:
    relations = (
        f'<Relationship Id="r1" Type="{OFFICE}/header" Target="header9.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/aFChunk" Target="/chunks/a.txt"/>'
        f'<Relationship Id="r3" Type="{OFFICE}/hyperlink" Target="http://example.com" TargetMode="External"/>'
    )
    data = word(NOTICE, relations=relations, **{"chunks__a.txt": f"王某{ID}"})
    document = oc.documents.read(data, "a.docx")
    assert document.unread == [("unread.missing", {"name": "header9.xml"})]
    assert [h.kind for h in find_personal_data(document.text)] == ["resident_id"]


def test_docx_without_relationships_is_read_by_the_usual_name() -> None:
    body = f'<w:document xmlns:w="{TRANSITIONAL}"><w:body>{NOTICE}</w:body></w:document>'
    number = oc.documents.read(_zip(**{"word/document.xml": body.encode()}), "a.docx").number
    assert number is not None
    assert number.value == "平政办发〔2018〕12号"


@pytest.mark.parametrize("old", ["<w:body>", "</w:p>", "<Relationship "])
def test_docx_damaged_part_is_refused_when_read_and_when_fixed(old: str) -> None:
    source, out = zipfile.ZipFile(io.BytesIO(word(NOTICE))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for item in source.infolist():
            target.writestr(item.filename, source.read(item).decode().replace(old, "<" + old, 1))
    for use in (oc.documents.read, oc.documents.fixed_copy):
        with pytest.raises(oc.InputError, match="文件损坏"):
            use(out.getvalue(), "a.docx")
