"""Documents read from every format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import opencheck as oc
from opencheck.core.personal_data import find_personal_data
from opencheck.records.disclosure_labels import locate_part
from sample_documents import (
    ID,
    LINES,
    A,
    _zip,
    annotate,
    as_docx,
    as_html,
    as_ofd,
    as_pdf,
    commented_sheet,
    pdf_with,
    with_part,
)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (as_ofd(), "通知.ofd"),
        (as_docx(), "通知.docx"),
        (as_pdf(), "通知.pdf"),
        (as_html(), "通知.html"),
        ("\n".join(LINES).encode("gb18030"), "通知.txt"),
    ],
)
def test_read_every_format_gives_the_same(data: bytes, name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    for document in (oc.documents.read(file), oc.documents.read(data, name)):
        assert document.title is not None
        assert document.title.value == LINES[0]
        assert document.number is not None
        assert document.number.value == "平政办发〔2018〕12号"
        assert document.signed_on is not None
        assert document.signed_on.value == date(2018, 8, 24)
        assert document.attribute is not None
        assert document.attribute.value == "主动公开"
        assert [f.value for f in document.cited] == ["国办发〔2018〕23号"]
        if name.endswith("html"):
            assert document.published_on is not None
            assert document.published_on.value == date(2018, 8, 28)
            assert document.number.where.startswith("table")
    record = document.as_record(is_policy=True)
    assert record["signed_on"] == date(2018, 8, 24)


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100, "旧.doc", "另存为 .docx"),
        (b"no pdf", "x.pdf", "可能损坏或改了扩展名"),
        (b"%PDF-1.7 broken", "x.pdf", "文件损坏"),
        (as_pdf()[:600], "x.pdf", "文件损坏"),
        (_zip(a=b"1"), "x.docx", "不是Word、Excel或OFD文件"),
        (as_docx()[:2000], "x.docx", "文件损坏"),
        (lambda: _zip(**{"word/document.xml": b"0" * 210_000_000}), "x.docx", "解压后过大"),
        (lambda: b"0" * 20_000_001, "x.txt", "文件过大"),
    ],
)
def test_read_unreadable_file_says_what_to_do(data: bytes | Callable[[], bytes], name: str, told: str) -> None:
    data = data() if callable(data) else data  # the large ones are not made by every process that collects tests
    with pytest.raises(oc.InputError, match=told):
        oc.documents.read(data, name)


def test_read_html_fetches_nothing_and_is_never_halved() -> None:
    entity = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body>&x;{}（此件公开发布）{}</body></html>'
    document = oc.documents.read(entity.format("<div>" * 500, "</div>" * 500))
    assert "root:" not in document.text
    assert document.attribute is not None
    with pytest.raises(oc.InputError, match="嵌套过深"):
        oc.documents.read(entity.format("<div>" * 10_000, "</div>" * 10_000))
    assert oc.documents.read("<p>（此件公开发布）").attribute is not None


HIDDEN = [
    (pdf_with(annotate), "a.pdf", "表单和文本框"),
    (pdf_with(lambda w: w.add_attachment("list.csv", f"王某,{ID}".encode())), "a.pdf", "嵌入的文件 list.csv"),
    (with_part(as_docx(), "word/charts/chart1.xml", f"<c {A}><a:p><a:t>{ID[:9]}</a:t><a:t>{ID[9:]}</a:t></a:p></c>".encode()), "a.docx", "图表和图示"),
    (with_part(as_docx(), "word/embeddings/list.txt", f"王某 {ID}".encode()), "a.docx", "嵌入的文件 list.txt"),
    (with_part(as_ofd(), "Doc_0/Annots/Page_0/Annotation.xml", f'<a><TextObject Boundary="1 1 1 1"><TextCode>{ID}</TextCode></TextObject></a>'.encode()), "a.ofd", "注释和图章"),
    (with_part(as_ofd(), "Doc_0/Attachs/list.txt", f"王某 {ID}".encode()), "a.ofd", "嵌入的文件 list.txt"),
    (commented_sheet(), "a.xlsx", "单元格批注"),
    (f'<p>正文</p><img alt="户主{ID}"><p>（此件公开发布）</p>'.encode(), "a.html", "网页源码"),
    (f"<p>正文</p><!-- 户主{ID} --><p>（此件公开发布）</p>".encode(), "a.html", "网页源码"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "name", "part"), HIDDEN, ids=[f"{n}-{p}" for _, n, p in HIDDEN])
def test_read_hidden_parts_are_searched(data: bytes, name: str, part: str) -> None:
    from opencheck.core.personal_data import find_personal_data
    from opencheck.records.disclosure_labels import locate_part

    document = oc.documents.read(data, name)
    hits = [h for h in find_personal_data(document.text) if h.kind == "resident_id"]
    assert [locate_part(document.text, h.start)[0] for h in hits] == [part]
    if name.endswith("html"):
        assert ID not in oc.documents.fixed_copy(data, name).decode()
    if name != "a.xlsx":
        assert document.attribute is not None
        assert document.attribute.value == "主动公开"  # what stands around the body says nothing of it


def test_read_unreadable_embedded_file_is_noted() -> None:
    document = oc.documents.read(with_part(as_docx(), "word/embeddings/oleObject1.bin", b"\x00\x01\x02"), "a.docx")
    assert document.unread == [("unread.embedded", {"name": "oleObject1.bin"})]
    result = oc.preflight(document, as_of="2018-08-28")
    assert result.notes[0].zh == "嵌入的文件“oleObject1.bin”读不出来，没有检查"


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none">{}</p>',
        '<div style="color:red; DISPLAY : none"><p>{}</p></div>',
        '<span style="visibility:hidden">{}</span>',
        "<p hidden>{}</p>",
        "<template><p>{}</p></template>",
        '<p style="opacity: 0">{}</p>',
        '<p style="font-size:0px;">{}</p>',
        '<p style="position:absolute; left:-9999px">{}</p>',
        '<p><font color="#FFFFFF">{}</font></p>',
        '<p style="color:white">{}</p>',
    ],
)
def test_read_html_that_is_not_shown_is_no_fact_but_is_searched(hidden: str) -> None:
    page = "<p>通知</p>" + "".join(hidden.format(t) for t in ("2018年8月24日", "（此件公开发布）", f"王某{ID}")) + "<p>正文</p>"
    document = oc.documents.read(page)
    assert (document.signed_on, document.attribute) == (None, None)
    assert document.text.startswith("通知\n正文\n【以下是隐藏的文字】")
    assert ID in document.text


@pytest.mark.parametrize(
    "shown",
    [
        '<p style="opacity:0.5">{}</p>',
        '<p style="font-size:0.9em;margin-left:-2em;background-color:white">{}</p>',
        '<table bgcolor="#c00"><tr><td style="color:#fff">{}</td></tr></table>',
        '<p class="banner"><span style="color:#fff">{}</span></p>',
        '<p style="background:#c00;color:#fff">{}</p>',
    ],
)
def test_read_html_that_is_shown_is_a_fact(shown: str) -> None:
    document = oc.documents.read(f"<p>通知</p>{shown.format('（此件公开发布）')}<p>正文</p>")
    assert document.attribute is not None


def test_read_html_says_which_documents_it_shows_without_their_text() -> None:
    page = '<p>通知</p><iframe src="/pdf/web/viewer.html?file=/a/%E5%90%8D%E5%8D%95.pdf"></iframe><object data="b.docx"></object><iframe src="/share.html"></iframe>'
    document = oc.documents.read(page)
    assert document.unread == [("unread.embedded", {"name": "名单.pdf"}), ("unread.embedded", {"name": "b.docx"})]
    assert not oc.preflight(document, as_of="2018-08-28").publishable


@pytest.mark.parametrize(
    "struck",
    ["<p><del>{}</del></p>", "<p><s>{}</s></p>", "<strike>{}</strike>", '<p style="text-decoration: line-through">{}</p>'],
)
def test_read_html_that_is_struck_out_is_no_fact_but_is_searched(struck: str) -> None:
    page = "<p>通知</p>" + "".join(struck.format(t) for t in ("2018年8月24日", "（此件公开发布）", f"王某{ID}")) + "<p>正文</p>"
    document = oc.documents.read(page)
    assert (document.signed_on, document.attribute) == (None, None)
    assert document.text.startswith("通知\n正文\n【以下是划去的文字】")
    assert len(find_personal_data(document.text)) == 1


@pytest.mark.parametrize("out", ["<del>{}</del><ins>********</ins>", "<s>{}</s>", '<span style="display:none">{}</span>'])
def test_read_html_number_of_which_only_the_middle_is_out_is_found_and_masked(out: str) -> None:
    page = f"<p>（此件公开发布）</p><p>王某身份证{ID[:6]}{out.format(ID[6:14])}{ID[14:]}</p>"
    (hit,) = find_personal_data(text := oc.documents.read(page).text)
    assert locate_part(text, hit.start)[0] == "隐藏的、删去的文字还原以后"
    assert find_personal_data(oc.documents.read(oc.documents.fixed_copy(page.encode(), "a.html"), "a.html").text) == []


@pytest.mark.parametrize(
    "source",
    [
        '<script>var rows = [{{"name": "王某", "card": "{}"}}]</script>',
        '<p data-card="{}">正文</p>',
        '<iframe srcdoc="&lt;p&gt;王某{}&lt;/p&gt;"></iframe>',
        '<button aria-label="王某{}">看</button>',
    ],
)
def test_read_html_source_is_searched_and_masked(source: str) -> None:
    page = "<p>（此件公开发布）</p>" + source.format(ID)
    (hit,) = find_personal_data(text := oc.documents.read(page).text)
    assert locate_part(text, hit.start)[0] == "网页源码"
    assert find_personal_data(oc.documents.read(oc.documents.fixed_copy(page.encode(), "a.html"), "a.html").text) == []


def test_read_html_numbers_of_scripts_that_are_no_identity_numbers_are_left() -> None:
    page = '<p data-id="13805321234">正文</p><script>var id = 13805321234, card = "6222021234567890128"</script>'
    assert oc.documents.read(page).text == "正文"
    assert oc.documents.fixed_copy(page.encode(), "a.html").decode() == page


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ('<input type="radio">主动公开 <input type="radio" checked>依申请公开', "依申请公开"),
        ('<label><input type="CHECKBOX">主动公开</label><label><input type="checkbox">依申请公开</label>', None),
        ('<input type="checkbox">主动公开', None),
        ("<select><option>主动公开</option><option selected>不予公开</option></select>", "不予公开"),
        ("<select><option>主动公开</option><option>不予公开</option></select>", None),
    ],
)
def test_read_html_forms_as_they_are_drawn(form: str, value: str | None) -> None:
    found = oc.documents.read(f"<p>公开属性：{form}</p><p>正文</p>").attribute
    assert (found.value if found else None) == value


def test_read_html_table_of_names_above_values() -> None:
    rows = "<tr><th>标题</th><th>文号</th><th>公开属性</th></tr><tr><td>通知</td><td>平政复〔2018〕3号</td><td>依申请公开</td></tr>"
    document = oc.documents.read(f"<table>{rows}</table><p>正文</p>")
    assert document.title is None
    assert document.number is not None
    assert document.number.value == "平政复〔2018〕3号"
    assert document.attribute is not None
    assert document.attribute.value == "依申请公开"


def test_read_workbook_comments_under_any_name() -> None:
    import io
    import zipfile

    data, out = commented_sheet(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.infolist():
            content = source.read(item).replace(b"comments/comment1.xml", b"notes/n.xml")
            target.writestr(item.filename.replace("comments/comment1.xml", "notes/n.xml"), content)
    assert "xl/notes/n.xml" in zipfile.ZipFile(out).namelist()
    assert f"身份证{ID}" in oc.documents.read(out.getvalue(), "a.xlsx").text


def test_fixed_copy_puts_the_label_below_the_signature_not_below_the_portals_date() -> None:
    text = "关于做好工作的通知\n2018-09-05\n各镇：\n通知如下。\n平安县人民政府\n2018年9月3日\n附件\n名单\n"
    copy = oc.documents.fixed_copy(text.encode(), "a.txt", attribute="主动公开").decode()
    assert copy == text.replace("9月3日\n", "9月3日\n（此件公开发布）\n")
