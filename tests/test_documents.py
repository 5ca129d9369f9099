"""Documents read from every format, what they say of themselves, and the check before publication."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

import opencheck as oc
from opencheck.cli.main import main
from opencheck.documents.metadata import find_dates, find_document_numbers, repair_day

LINES = [
    "平度市人民政府办公室关于做好水源保护工作的通知", "平政办发〔2018〕12号", "各镇人民政府：", "根据国办发〔2018〕23号，现通知如下。", "2018年8月24日", "（此件公开发布）",
]  # fmt: skip


def _zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def as_docx() -> bytes:
    book = docx.Document()
    for line in LINES[:4]:
        book.add_paragraph(line)
    table = book.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "水源", "尹府水库"
    for line in LINES[4:]:
        book.add_paragraph(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_pdf() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.setFont("STSong-Light", 12)
    for number, line in enumerate(LINES):
        page.drawString(60, 780 - 24 * number, line)
    page.save()
    return out.getvalue()


def as_html() -> bytes:
    body = "".join(f"<p>{line}</p>" for line in LINES[2:])
    table = "<table><tr><td>发文字号：</td><td>平政办发〔2018〕12号</td><td>发布日期</td><td>2018-08-28 09:30</td></tr></table>"
    head = f'<meta name="ArticleTitle" content="{LINES[0]}"><script>var x="（此件不予公开）";</script>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{table}{body}</body></html>".encode()


def as_ofd() -> bytes:
    """Two pages, the objects of each in no order."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    files = {"OFD.xml": f"<ofd:OFD {space}/>".encode()}
    for page, lines in enumerate((LINES[:3], LINES[3:])):
        objects = [
            f'<ofd:TextObject Boundary="20 {20 + 10 * n} 100 8"><ofd:TextCode X="0" Y="6">{line}</ofd:TextCode></ofd:TextObject>'
            for n, line in enumerate(lines)
        ]
        body = "".join(reversed(objects))
        files[f"Doc_0/Pages/Page_{page}/Content.xml"] = (
            f"<ofd:Page {space}><ofd:Content>{body}</ofd:Content></ofd:Page>".encode()
        )
    return _zip(**files)


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
def test_every_format_says_the_same(data: bytes, name: str, tmp_path: Path) -> None:
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


def test_a_page_of_a_portal_with_stripped_characters() -> None:
    text = "\n".join([
        "关于印发任务分解落实方案的通知", "• 来源:平度政务网发布日期:2018-08-28【字体大小: 】", "根据(国办发〔201823号)和(鲁政办发〔201821号),现印发。", "2018824", "附件",
        "文件正式印发时,在文件正文上明确标注公开属性。",
    ])  # fmt: skip
    document = oc.documents.read(text)
    assert document.signed_on is not None
    assert (document.signed_on.value, document.signed_on.sure) == (date(2018, 8, 24), "damaged")
    assert document.published_on is not None
    assert document.published_on.value == date(2018, 8, 28)
    assert [(f.value, f.sure) for f in document.cited] == [
        ("国办发〔2018〕23号", "damaged"),
        ("鲁政办发〔2018〕21号", "damaged"),
    ]
    assert document.number is None
    assert document.attribute is None


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("2018824", date(2018, 8, 24)), ("20191129", date(2019, 11, 29)), ("2018111", None), ("2017822", date(2017, 8, 22)), ("2018229", None),
        ("20180824", date(2018, 8, 24)), ("2018011", date(2018, 1, 1)), ("2018131", date(2018, 1, 31)), ("20181301", None),
    ],
)  # fmt: skip
def test_damaged_days(digits: str, day: date | None) -> None:
    assert repair_day(digits) == day


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("国办发〔2018〕23号", ["国办发〔2018〕23号"]),
        ("国办发[2018]23号", ["国办发〔2018〕23号"]),
        ("国办发（2018）第023号", ["国办发〔2018〕23号"]),
        ("按照鲁政办发【2018】21号要求", ["鲁政办发〔2018〕21号"]),
        ("2018年第23号公告，房间2018号", []),
    ],
)
def test_numbers(text: str, numbers: list[str]) -> None:
    assert [f.value for f in find_document_numbers(text)] == numbers


def test_dates_stand_alone_on_their_line() -> None:
    text = "自2018年9月1日起施行。\n二O一八年八月二十四日\n（此件公开发布）\n2018-09-03，会议召开\n2018824"
    assert [f.value for f in find_dates(text)] == [date(2018, 8, 24), date(2018, 8, 24)]


def test_labels_that_disagree_are_told_and_give_no_value() -> None:
    found = oc.documents.read("（此件公开发布）\n……\n公开属性：依申请公开\n").attribute
    assert found is not None
    assert (found.value, found.sure) == (None, "ambiguous")


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100, "旧.doc", "另存为 .docx"),
        (b"no pdf", "x.pdf", "可能损坏或改了扩展名"),
        (b"%PDF-1.7 broken", "x.pdf", "文件损坏"),
        (as_pdf()[:600], "x.pdf", "文件损坏"),
        (_zip(a=b"1"), "x.docx", "不是Word、Excel或OFD文件"),
        (as_docx()[:2000], "x.docx", "文件损坏"),
        (_zip(**{"word/document.xml": b"0" * 210_000_000}), "x.docx", "解压后过大"),
        (b"0" * 20_000_001, "x.txt", "文件过大"),
    ],
)
def test_files_that_cannot_be_read_say_what_to_do(data: bytes, name: str, told: str) -> None:
    with pytest.raises(oc.InputError, match=told):
        oc.documents.read(data, name)


def test_html_fetches_nothing_and_what_a_parser_gives_up_on_is_refused() -> None:
    entity = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body>&x;{}（此件公开发布）{}</body></html>'
    document = oc.documents.read(entity.format("<div>" * 1_000, "</div>" * 1_000))
    assert "root:" not in document.text
    assert document.attribute is not None
    # Newer parsers give up on very deep pages: those are refused. Never half a page that passes for a whole one.
    with contextlib.suppress(oc.InputError):
        assert oc.documents.read(entity.format("<div>" * 10_000, "")).attribute is not None
    assert oc.documents.read("<p>（此件公开发布）").attribute is not None


POLICY = {
    "title": "通知", "is_policy": True, "is_important": True, "attribute": "主动公开", "signed_on": "2018-08-24", "submitted_on": "2018-08-20", "interpretation_plan_on": "2018-08-20",
    "proposed_attribute": "主动公开", "proposed_reason": "涉及群众利益", "affects_public_interest": False, "drafting_units": ["市财政局"], "reviewed_on": "2018-08-27",
    "review_result": "可以公开", "reviewer": "王某", "text": "……\n（此件公开发布）",
}  # fmt: skip


def test_a_document_that_may_be_published_and_what_falls_due_then() -> None:
    result = oc.preflight(POLICY, as_of="2018-08-28")
    assert result.blocking == []
    assert result.unknown == []
    assert [(f.rule, f.due) for f in result.upcoming] == [("PD-9.4", date(2018, 8, 31))]
    assert result.as_dict()["publishable"] is True


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"text": "……"}, "PD-13.3"),
        ({"text": "（此件依申请公开）"}, "PD-13.3"),
        ({"text": "王某 11010519491231002X\n（此件公开发布）"}, "PD-14.2c"),
        ({"reviewed_on": None}, "PD-14.1b"),
        ({"reviewed_on": "2018-08-29"}, "PD-14.1b"),
        ({"proposed_reason": None}, "PD-13.1"),
        ({"interpretation_plan_on": "2018-08-21"}, "PD-9.3"),
    ],
)
def test_what_blocks(changes: dict[str, object], rule: str) -> None:
    # What fell due before the plan was signed is advice; these documents go out after it.
    shifted = {"submitted_on": "2018-08-25", "interpretation_plan_on": "2018-08-25", "signed_on": "2018-08-26"}
    later = {**POLICY, **shifted, **({"interpretation_plan_on": "2018-08-26"} if rule == "PD-9.3" else changes)}
    assert [f.rule for f in oc.preflight(later, as_of="2018-08-28").blocking] == [rule]


def test_the_code_of_the_page_runs(root: Path) -> None:
    text = (root / "docs" / "preflight.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    names: dict[str, object] = {}
    exec(compile(code, "preflight.md", "exec"), names)
    document = names["document"]
    assert isinstance(document, oc.documents.Document)
    assert document.signed_on is not None
    assert document.signed_on.sure == "damaged"


def test_preflight_on_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "通知.docx"
    file.write_bytes(as_docx())
    fields = [f"--field={k}" for k in ("审查结果=可以公开", "审查人=王某", "保密审查日期=2018-08-27", "是否政策性文件=否")]
    good = CliRunner().invoke(main, ["preflight", str(file), "--as-of", "2018-08-28", *fields])
    assert (good.exit_code, "没有阻止公布的问题" in good.stdout) == (0, True)
    bad = CliRunner().invoke(main, ["preflight", str(file), "--as-of", "2018-08-28", *fields[:2], "--format", "json"])
    assert bad.exit_code == 0, "an unrecorded fact is unknown, no breach"
    assert {f["rule"] for f in json.loads(bad.stdout)["unknown"]} >= {"PD-14.1b"}
    record = tmp_path / "r.json"
    record.write_text(json.dumps({**POLICY, "reviewed_on": "2018-08-30"}), encoding="utf-8")
    blocked = CliRunner().invoke(main, ["preflight", str(record), "--as-of", "2018-08-28"])
    assert blocked.exit_code == 1
    assert "PD-14.1b" in blocked.stdout
    for content in ("[]", "no json", '{"signed_on": "2018-02-30"}'):
        record.write_text(content, encoding="utf-8")
        assert CliRunner().invoke(main, ["preflight", str(record), "--as-of", "2018-08-28"]).exit_code == 2
    assert CliRunner().invoke(main, ["preflight", str(record), "--table", "nothing"]).exit_code == 2


def test_the_label_of_an_attachment_is_not_the_documents_own() -> None:
    attached = oc.documents.read("现转发给你们。\n2018年9月3日\n附件\n上级通知\n（此件公开发布）\n").attribute
    assert attached is not None
    assert (attached.value, attached.sure, attached.where) == (None, "ambiguous", "attachment")
    own = oc.documents.read("现转发给你们。\n（此件公开发布）\n附件1\n上级通知\n（此件依申请公开）\n").attribute
    assert own is not None
    assert own.value == "主动公开"
    listed = oc.documents.read("附件：1.任务表\n2018年9月3日\n（此件公开发布）\n").attribute
    assert listed is not None
    assert listed.value == "主动公开"


# what an editor does not look at

ID = "11010519491231002X"
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def pdf_with(change) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(as_pdf())))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def annotate(writer) -> None:
    from pypdf.annotations import FreeText

    writer.add_annotation(0, FreeText(text=f"核对{ID}", rect=(50, 50, 200, 100)))


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.infolist():
            target.writestr(item, source.read(item))
        target.writestr(name, content)
    return out.getvalue()


def commented_sheet() -> bytes:
    import openpyxl
    from openpyxl.comments import Comment

    book = openpyxl.Workbook()
    book.active["A1"] = "名单"
    book.active["A1"].comment = Comment(f"身份证{ID}", "a")
    hidden = book.create_sheet("hidden")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "13905321234"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HIDDEN = [
    (pdf_with(annotate), "a.pdf", "批注和表单"),
    (pdf_with(lambda w: w.add_attachment("list.csv", f"王某,{ID}".encode())), "a.pdf", "嵌入的文件 list.csv"),
    (with_part(as_docx(), "word/charts/chart1.xml", f"<c {A}><a:p><a:t>{ID[:9]}</a:t><a:t>{ID[9:]}</a:t></a:p></c>".encode()), "a.docx", "图表和图示"),
    (with_part(as_docx(), "word/embeddings/list.txt", f"王某 {ID}".encode()), "a.docx", "嵌入的文件 list.txt"),
    (with_part(as_ofd(), "Doc_0/Annots/Page_0/Annotation.xml", f'<a><TextObject Boundary="1 1 1 1"><TextCode>{ID}</TextCode></TextObject></a>'.encode()), "a.ofd", "批注"),
    (with_part(as_ofd(), "Doc_0/Attachs/list.txt", f"王某 {ID}".encode()), "a.ofd", "嵌入的文件 list.txt"),
    (commented_sheet(), "a.xlsx", "单元格批注和文本框"),
    (f'<p>正文</p><img alt="户主{ID}"><p>（此件公开发布）</p>'.encode(), "a.html", "网页源码"),
    (f"<p>正文</p><!-- 户主{ID} --><p>（此件公开发布）</p>".encode(), "a.html", "网页源码"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "name", "part"), HIDDEN, ids=[f"{n}-{p}" for _, n, p in HIDDEN])
def test_what_an_editor_does_not_look_at_is_read_too(data: bytes, name: str, part: str) -> None:
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


def test_an_embedded_file_that_cannot_be_read_is_said() -> None:
    document = oc.documents.read(with_part(as_docx(), "word/embeddings/oleObject1.bin", b"\x00\x01\x02"), "a.docx")
    assert document.unread == [("unread.embedded", {"name": "oleObject1.bin"})]
    result = oc.preflight(document, as_of="2018-08-28")
    assert result.notes[0].zh == "嵌入的文件“oleObject1.bin”读不出来，没有检查"


def test_a_field_under_two_names_is_one_field_or_an_error() -> None:
    text = f"……{ID}"
    result = oc.preflight(
        {"正文": text, "标题": "通知"}, attachments={"a": oc.documents.read("电话13905321234\n")}, as_of="2018-08-28"
    )
    (finding,) = [f for f in result.blocking if f.rule == "PD-14.2c"]
    assert "身份证号" in finding.message.zh
    assert "附件 a" in finding.message.zh
    with pytest.raises(oc.InputError, match="给了两次"):
        oc.preflight({"正文": text, "text": "好"}, as_of="2018-08-28")


@pytest.mark.parametrize("junk", ["@@", "\u200b", "\ufeff", " "])
def test_what_converters_leave_between_characters_hides_no_label(junk: str) -> None:
    document = oc.documents.read(f"通知\n2018年8月24日\n（此件{junk}公开{junk}发布）\n")
    assert document.attribute is not None
    assert document.attribute.value == "主动公开"
