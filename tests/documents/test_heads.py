"""Heads of documents in the shapes that portals show: number, day of signing, day of publication, label."""

from __future__ import annotations

from datetime import date
from html import escape
from io import BytesIO

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import opencheck as oc
from growth import assert_linear
from opencheck.documents.contradictions import find_contradictions

BODY = "各镇人民政府：\n现通知如下。\n平安县人民政府\n2018年9月3日\n"

SAME = "as written"


def day(found: oc.documents.Found | None) -> str | None:
    return None if found is None else str(found.value)


@pytest.mark.parametrize(
    ("head", "number"),
    [
        ("平安府〔2019〕1号", SAME),
        ("平安复〔2019〕1号", SAME),
        ("平安税〔2019〕1号", SAME),
        ("平安厅〔2019〕1号", SAME),
        ("平政任〔2019〕1号", SAME),
        ("平安审〔2019〕1号", SAME),
        ("平安规〔2019〕1号", SAME),
        ("平安县人民政府办公室函〔2018〕3号", SAME),
        ("平政任字〔2019〕第1号", "平政任字〔2019〕1号"),
        ("平 政 复 〔2019〕 7 号", "平政复〔2019〕7号"),
        ("（平政复〔2019〕7号）", "平政复〔2019〕7号"),
        ("平政复﹝2019﹞7号", "平政复〔2019〕7号"),
        ("平政复【2019】7号", "平政复〔2019〕7号"),
        ("平政复（2019）7号", "平政复〔2019〕7号"),
        ("平政复〔２０１９〕７号", "平政复〔2019〕7号"),
        ("平政復〔2019〕7號", SAME),
        ("〔2018〕平政征字第12号", SAME),
        ("（2018）平政征字12号", "〔2018〕平政征字12号"),
        ("平政发〔2018〕3号　　签发人：王某", "平政发〔2018〕3号"),
        ("文号：平政任〔2019〕1号", "平政任〔2019〕1号"),
        ("文 号：平政任〔2019〕1号", "平政任〔2019〕1号"),
        ("发文字号 平政任〔2019〕1号", "平政任〔2019〕1号"),
        ("[文号] 平政任〔2019〕1号", "平政任〔2019〕1号"),
        ("【发文字号】平政任〔2019〕1号", "平政任〔2019〕1号"),
        ("（文号：平政任〔2019〕1号）", "平政任〔2019〕1号"),
        ("· 文号：平政任〔2019〕1号", "平政任〔2019〕1号"),
        ("1.文号：平政任〔2019〕1号", "平政任〔2019〕1号"),
        ("备注/文号：平政任〔2019〕1号", "平政任〔2019〕1号"),
        ("發文字號：平政任〔2019〕1號", "平政任〔2019〕1號"),
        ("发文字号：\n平政任〔2019〕1号", "平政任〔2019〕1号"),
        ("文号：平安市人民政府令第258号", "平安市人民政府令第258号"),
        ("发文字号\t平政任〔2019〕1号\t发布日期\t2019-01-05", "平政任〔2019〕1号"),
        ("索引号\t发文字号\t发布日期\n37001\t平政任〔2019〕1号\t2019-01-05", "平政任〔2019〕1号"),
        ("平安县人民政府关于某规划的批复（平政复〔2019〕7号）", "平政复〔2019〕7号"),
        ("平安政办字〔2018〕12号　2018-09-05", "平安政办字〔2018〕12号"),
        ("平政发〔2018〕3号（此件公开发布）", "平政发〔2018〕3号"),
        ("文　　号：平政任〔2019〕1号", "平政任〔2019〕1号"),
        ("发文字号(文号)：平政任〔2019〕1号", "平政任〔2019〕1号"),
        ("文号: 财税〔2018〕77号 日期: 2018-07-25", "财税〔2018〕77号"),
        ("平安县人民政府文件\n平政发〔2018〕3号", "平政发〔2018〕3号"),
        ("平政发〔2018〕3号、4号", None),
        ("文号：无", None),
        ("来文文号：平政任〔2019〕1号", None),
        ("关于转发《某通知》（鲁政发〔2018〕3号）的通知", None),
        ("转发《关于防汛的通知》（鲁政发〔2018〕3号）", None),
        ("关于废止平政发〔2008〕3号文件的通知", None),
        ("2018年第23号公告", None),
    ],
)
def test_number_is_read_in_every_shape_of_a_head(head: str, number: str | None) -> None:
    found = oc.documents.read(f"办理结果\n{head}\n{BODY}").number
    assert day(found) == (head if number == SAME else number)


def test_numbers_listed_in_the_body_are_not_its_own() -> None:
    text = f"办理结果\n{BODY.replace('现通知如下。', '废止下列文件。')}平政发〔2008〕3号\n平政发〔2009〕8号\n附件\n平政发〔2010〕1号\n"
    document = oc.documents.read(text)
    assert document.number is None
    assert [f.value for f in document.cited] == ["平政发〔2008〕3号", "平政发〔2009〕8号", "平政发〔2010〕1号"]


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ("发布日期：2018-09-05", True),
        ("发布时间：2018-09-05 10:20", True),
        ("[发布日期]2018年9月5日", True),
        ("发布日期\t2018-09-05", True),
        ("发布日期\t文号\n2018-09-05\t平政发〔2018〕3号", True),
        ("发布日期：\n2018-09-05", True),
        ("來源：縣政府 發佈日期：2018-09-05", True),
        ("来源:平度政务网发布日期:2018-09-05【字体】", True),
        ("索引号：37028/2018-00012 发布日期：2018-09-05 主题：", True),
        ("来源：县政府 日期：2018-09-05 浏览次数：12", True),
        ("时间：2018-09-05 来源：县政府", True),
        ("更新日期：2018/9/5", True),
        ("生成日期：2018.9.5", True),
        ("公开日期：2018-09-05", True),
        ("更新日期：2018-09-09 发布日期：2018-09-05", True),
        ("2018-09-05", True),
        ("2018-09-05 08:56", True),
        ("时间：2018年9月5日 地点：会议室", False),
        ("会议时间：2018年9月5日", False),
        ("发文日期：2018-09-05", False),
        ("印发日期：2018-09-05", False),
        ("发布日期：2018-02-30", False),
        ("发布日期：待定", False),
    ],
)
def test_publication_is_the_portals_day_and_signing_the_signatures(head: str, published: bool) -> None:
    document = oc.documents.read(f"关于做好工作的通知\n{head}\n{BODY}")
    assert (day(document.signed_on), day(document.published_on)) == ("2018-09-03", "2018-09-05" if published else None)


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("各镇：\n通知如下。\n平安县财政局 2018年9月3日", "2018-09-03"),
        ("各镇：\n通知如下。\n平安县财政局2018年9月3日（此件公开发布）", "2018-09-03"),
        ("各镇：\n通知如下。\n平安县财政局　平安县教育局\n二〇一八年九月三日", "2018-09-03"),
        ("各镇：\n通知如下。\n平安县财政局　二○一八年九月三日", "2018-09-03"),
        ("各镇：\n通知如下。\n平安县财政局\n2 0 1 8 年 9 月 3 日", "2018-09-03"),
        ("各镇：\n通知如下。\n平安县财政局\n２０１８年９月３日", "2018-09-03"),
        ("各镇：\n通知如下。\n平安县财政局\n2018年9月3日\n平安县财政局办公室 2018年9月5日印发", "2018-09-03"),
        ("各镇：\n通知如下。\n平安县财政局\n2018年9月3日\n附件\n名单\n2018年9月10日", "2018-09-03"),
        ("（2018年9月3日）\n为做好工作，决定如下。\n", "2018-09-03"),
        ("成文日期：2018-09-02\n各镇：\n通知如下。\n平安县财政局\n2018年9月3日", "2018-09-02"),
        ("发文日期：2018-09-05\n各镇：\n通知如下。\n", "2018-09-05"),
        ("2018-09-03\n各镇：\n通知如下。\n", "2018-09-03"),
        ("各镇：\n会议定于2018年9月9日召开。\n平安县政府\n2018年9月3日", "2018-09-03"),
        ("各镇：\n通知如下。\n按照要求自2018年9月3日起施行", None),
    ],
)
def test_signing_day_is_read_in_every_shape_of_a_signature(text: str, signed: str | None) -> None:
    assert day(oc.documents.read(f"关于做好工作的通知\n{text}").signed_on) == signed


LINES = [
    "平安县人民政府关于做好防汛工作的通知", "平安府〔2018〕12号", "文号：平安府〔2018〕12号", "發文字號：平安府﹝2018﹞12號", "發布日期：2018-09-05", "日期: 2018-09-05",
    "索引号：3702/2018-1 发文字号：平安府〔2018〕12号　发布日期：2018-09-05", "公开属性\t主动公开\t文号\t平安府〔2018〕12号", "公开属性：主动公开□ 依申请公开☑", "各镇：", "通知如下。",
    "□主动公开", "☑依申请公开", "平安县人民政府 2018年9月3日", "二○一八年九月三日", "（此件公开发布）", "附件", "2018-09-05", "主动公开", "　　", "信息公开选项：主动公开 依申请公开",
]  # fmt: skip


def html_of(lines: list[str]) -> str:
    def block(line: str) -> str:
        cells = [f"<td>{escape(cell)}</td>" for cell in line.split("\t")]
        return f"<p>{escape(line)}</p>" if len(cells) == 1 else f"<table><tr>{''.join(cells)}</tr></table>"

    return f"<html><body>{''.join(map(block, lines))}</body></html>"


def docx_of(lines: list[str]) -> bytes:
    book = docx.Document()
    for line in lines:
        book.add_paragraph(line)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=8))
def test_text_is_read_the_same_in_every_form(lines: list[str]) -> None:
    def facts(document: oc.documents.Document) -> list[object]:
        names = ("title", "number", "issuer", "signed_on", "published_on", "attribute")
        found = [getattr(document, n) for n in names]
        return [(f.value, f.sure) if f else None for f in found]

    text = "\n".join(lines)
    if not text.strip():
        return
    expected = facts(oc.documents.read(text))
    assert facts(oc.documents.read("\r\n".join(lines))) == expected
    assert facts(oc.documents.read("\u2028".join(lines))) == expected
    assert facts(oc.documents.read(text.encode(), "a.txt")) == expected
    assert facts(oc.documents.read("\r\n".join(lines).encode("gb18030"), "a.txt")) == expected
    assert facts(oc.documents.read(html_of(lines).encode(), "a.html")) == expected
    assert facts(oc.documents.read(docx_of(lines), "a.docx")) == expected


def test_head_of_named_fields_is_read_as_a_whole() -> None:
    text = (
        "标题：关于防汛工作的通知\n发文机构：平安县人民政府\n发文日期：2018年09月06日\n文  号：安政发〔2018〕3号\n公布日期：2018年09月05日\n"
        + BODY
    )
    document = oc.documents.read(text)
    facts = [getattr(document, n) for n in ("title", "issuer", "number", "signed_on", "published_on")]
    assert [day(f) for f in facts] == ["关于防汛工作的通知", "平安县人民政府", "安政发〔2018〕3号", "2018-09-03", "2018-09-05"]


SIGNED, LATER = date(2018, 9, 3), date(2018, 9, 5)


@pytest.mark.parametrize(
    ("text", "record", "codes"),
    [
        (
            "文号：平政发〔2018〕3号\n平政发〔2018〕3号\n正文。",
            {"number": "平政发﹝2018﹞3号", "signed_on": SIGNED, "published_on": LATER},
            [],
        ),
        ("文号：平政发〔2018〕3号\n平政发〔2018〕8号\n正文。", {}, ["number"]),
        ("平政发〔2018〕8号\n正文。", {"number": "平政发〔2018〕3号"}, ["number"]),
        ("平政发〔2018〕3号\n正文。", {"number": "平政发[2018]第03号"}, []),
        ("平政发〔2018〕3号\n正文。", {"number": "平政发[2018]第03号\n平政办发[2018]5号"}, []),
        ("平政发〔2018〕3号\n正文。", {"number": "平政发[2018]第03号\n平政发[2018]第04号"}, []),
        ("平政發〔2018〕3號\n正文。", {"number": "平政发〔2018〕3号"}, []),
        ("关于某规划的批复（平政复〔2018〕3号）\n正文。", {"number": "平政复〔2018〕5号"}, ["number"]),
        ("正文。", {"number": "平安市人民政府令第12号", "signed_on": SIGNED}, []),
        ("正文引用平政发〔2018〕8号。", {"number": "平政发〔2018〕3号"}, []),
        ("平政发〔2018〕3号\n正文。", {"signed_on": date(2018, 12, 31)}, []),
        ("平政发〔2018〕3号\n正文。", {"signed_on": date(2019, 1, 1)}, ["number_year"]),
        ("平政发〔2018〕3号\n正文。\n2017年12月31日", {}, ["number_year"]),
        ("正文。", {"signed_on": SIGNED, "published_on": SIGNED}, []),
        ("正文。", {"signed_on": LATER, "published_on": SIGNED}, ["published_before_signed"]),
        ("正文。\n2018年9月5日", {"published_on": SIGNED}, ["published_before_signed"]),
        ("正文。\n2018年9月5日", {"signed_on": SIGNED}, ["signed"]),
        ("正文。\n2018年9月3日\n附件\n2018年9月5日", {"signed_on": SIGNED}, []),
    ],
)
def test_contradictions_of_text_and_record(text: str, record: dict[str, object], codes: list[str]) -> None:
    assert [code for code, _ in find_contradictions(text, **record)] == [f"contradiction.{c}" for c in codes]  # type: ignore[arg-type]


ENDLESS = [
    "（", "2018 ", "2018年", "发〔 ", "平", "平政发〔2018〕", "文号：", "文号：\n", "发布日期 ", "日期：", "日期\t", "日期\t文号\n", "附件 ", "2018-09-03 ", "2018-09-03\n",
    "平安市财政局 ", "关于的通知（", "各：\n", "\n", "【以下是", "平政发〔2018〕3号 ", "<p", "</p ", "〔2018〕平", "时间：2018-09-03 ", "<i hidden>x",
    "<input type=radio>主动公开", "<select><option selected>主动公开",
]  # fmt: skip


@pytest.mark.parametrize("piece", ENDLESS)
@pytest.mark.parametrize("head", ["", "发布日期", "文号：平政"])
def test_heads_are_read_in_linear_time(piece: str, head: str) -> None:
    assert_linear(oc.documents.read, lambda number: f"{head}{piece * number}号日\n", small=500)
