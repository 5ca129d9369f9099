"""Texts of web pages that a browser does not show, by what the elements and the style sheets of the page say."""

from __future__ import annotations

from pathlib import Path

import pytest

import opencheck as oc
from opencheck.records.disclosure_labels import locate_part

ID = "11010519491231002X"
LABEL = "（此件公开发布）"
TEXT = "<p>关于做好工作的通知</p><p>各镇：请做好工作。</p>"
WHOLE = "<html><head><title>t</title></head><body>{}</body></html>"

HIDDEN = {
    "media screen": "<style>@media screen{.w{display:none}}</style><p class=w>~",
    "important, then not": "<p style='display:none!important;display:block'>~",
    "important, then not, by class": "<style>.w{display:none!important;display:block}</style><p class=w>~",
    "media in between": "<style>.w{display:block} @media screen{.w{display:block}} .w{display:none}</style><p class=w>~",
    "media min-width": "<style>@media (min-width:800px){.w{display:none}}</style><p class=w>~",
    "id": "<style>#w{visibility:hidden}</style><p id=w>~",
    "descendant": "<style>div .w>b{opacity:0}</style><div><p class=w><b>~</b></div>",
    "important": "<style>.w{display:none!important}</style><p class=w style='display:block'>~",
    "last rule": "<style>.w{display:block}.w{display:none}</style><p class=w>~",
    "font 0": "<style>.w{font:0/0 a}</style><p class=w>~",
    "font-size 1px": "<p style='font-size:1px'>~",
    "white on white ground": "<p style='background:#fff;color:#fff'>~",
    "black on black": "<p style='background:#000;color:#000'>~",
    "transparent": "<p style='color:transparent'>~",
    "rgba": "<p style='color:rgba(0,0,0,.03)'>~",
    "hsl": "<p style='color:hsl(0,0%,99%)'>~",
    "sr-only": "<style>.s{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)}</style><span class=s>~</span>",
    "translate": "<p style='transform:translateX(-9999px)'>~",
    "scale": "<p style='transform:scale(0)'>~",
    "noscript": "<noscript>~</noscript>",
    "dialog": "<dialog>~</dialog>",
    "inherited white": "<div style='color:#fff'><p><b>~</b></p></div>",
    "attr": "<style>[data-x]{display:none}</style><p data-x>~",
    "not": "<style>p:not(.a){display:none}</style><p class=b>~",
    "text fill": "<p style='-webkit-text-fill-color:transparent'>~",
    "left %": "<p style='position:absolute;left:-200%'>~",
}

SHOWN = {
    "media print": "<style>@media print{.w{display:none}}</style><p class=w>~",
    "media narrow": "<style>@media (max-width:800px){.w{display:none}}</style><p class=w>~",
    "style media print": "<style media=print>.w{display:none}</style><p class=w>~",
    "overridden": "<style>.w{display:none} p.w{display:block}</style><p class=w>~",
    "own wins": "<style>.w{display:none}</style><p class=w style='display:block'>~",
    "size again": "<style>ul{font-size:0} li{font-size:14px}</style><ul><li>~</ul>",
    "visible again": "<style>div{visibility:hidden} p{visibility:visible}</style><div>x<p>~</p></div>",
    "colour again": "<div style='color:#fff'><p style='color:#000'>~</p></div>",
    "dark by class": "<style>.b{background:#036;color:#fff}</style><div class=b><p>~</p></div>",
    "dark gradient": "<style>.b{background:linear-gradient(#036,#024);color:#fff}</style><div class=b><p>~</p></div>",
    "image": "<div style='background:url(a.png) no-repeat;color:#fff'><p>~</p></div>",
    "grey": "<p style='color:#bbb'>~",
    "yellow": "<p style='color:#ff0'>~",
    "unrelated": "<style>.x{display:none}</style><p class=w>~",
    "shown as important": "<p style='display:block!important;display:none'>~",
    "hover": "<style>.w:hover{display:none}</style><p class=w>~",
    "before": "<style>.w::before{display:none}</style><p class=w>~",
    "bgcolor": "<table bgcolor=navy><tr><td><font color=white>~</font></table>",
    "dialog open": "<dialog open>~</dialog>",
    "hidden shown": "<style>[hidden]{display:block}</style><p hidden>~",
    "indent": "<p style='text-indent:2em;margin-left:-2em'>~",
    "static left": "<p style='left:-9999px'>~",
    "word": "<p class=MsoNormal style='margin:0cm;margin-bottom:.0001pt;font-size:16.0pt;mso-fareast-language:ZH-CN;color:windowtext'>~",
    "bold font": "<p style='font:700 16px/1.5 SimSun'>~",
    "link out": "<link rel=stylesheet href=a.css><div class=banner><p style='color:#fff'>~</p></div>",
    "bad css": "<style>}}}{ .w{{ @media { </style><p class=w>~",
    "moved 0": "<p style='transform:translate(0,0) scale(0.9)'>~",
}

STRUCK = {
    "by class": "<style>.w{text-decoration:line-through}</style><p class=w>~",
    "by the line": "<style>.w{text-decoration-line:underline line-through}</style><p class=w>~",
    "around": "<style>.w{text-decoration:line-through red}</style><div class=w><p><b>~</b></div>",
    "del": "<del>~</del>",
}


def read(piece: str, page: str) -> oc.documents.Document:
    return oc.documents.read(page.format(TEXT + piece.replace("~", LABEL)), "a.html")


@pytest.mark.parametrize("page", [WHOLE, "{}"], ids=["page", "fragment"])
@pytest.mark.parametrize("piece", HIDDEN.values(), ids=HIDDEN)
def test_label_that_is_not_shown_is_none(piece: str, page: str) -> None:
    document = read(piece, page)
    assert document.attribute is None
    assert locate_part(document.text, document.text.index("此件"))[0] == "隐藏的文字"


@pytest.mark.parametrize("page", [WHOLE, "{}"], ids=["page", "fragment"])
@pytest.mark.parametrize("piece", SHOWN.values(), ids=SHOWN)
def test_label_that_is_shown_counts(piece: str, page: str) -> None:
    document = read(piece, page)
    assert document.attribute is not None
    assert document.attribute.value == "主动公开"


@pytest.mark.parametrize("piece", STRUCK.values(), ids=STRUCK)
def test_label_that_is_struck_out_is_none(piece: str) -> None:
    document = read(piece, WHOLE)
    assert document.attribute is None
    assert locate_part(document.text, document.text.index("此件"))[0] == "划去的文字"


@pytest.mark.parametrize(
    ("piece", "is_known"),
    [
        ("<div class=banner><b style='color:#fff'>~</b></div>", False),
        ("<div id=top><b style='color:#fff'>~</b></div>", False),
        ("<div class=banner><b class=w>~</b></div>", False),
        ("<style>.banner{line-height:2}</style><div class=banner><b style='color:#fff'>~</b></div>", True),
        ("<b style='color:#fff'>~</b>", True),
    ],
)
def test_white_counts_as_seen_only_where_other_sheets_may_give_its_ground(piece: str, is_known: bool) -> None:
    linked = '<html><head><title>t</title><link rel="stylesheet" href="site.css"><style>.w{{color:#fff}}</style></head><body>{}</body></html>'
    assert (read(piece, linked).attribute is None) == is_known


def test_text_beside_a_shown_part_of_a_hidden_element_is_taken_out_alone() -> None:
    page = "<style>div{visibility:hidden} p{visibility:visible}</style><div>甲<p>乙</p>丙<!-- 丁 -->戊</div>"
    document = oc.documents.read(page, "a.html")
    assert document.text.splitlines() == ["乙", "【以下是隐藏的文字】", "甲", "丙", "戊"]


@pytest.mark.parametrize(
    "piece",
    [f"<p hidden data-card={ID}>a</p>", f"<div style='display:none'><!-- {ID} --></div>", f"<p hidden><img alt={ID}>"],
)
def test_source_of_hidden_elements_is_searched(piece: str) -> None:
    text = oc.documents.read(f"<p>通知</p>{piece}", "a.html").text
    assert locate_part(text, text.index(ID))[0] == "网页源码"


@pytest.mark.parametrize("sheet", ["@media screen{" * 20_000, "(" * 20_000, "a{" * 20_000, "}}{ .w{{ @media {"])
def test_odd_style_sheets_hide_nothing(sheet: str) -> None:
    assert oc.documents.read(f"<style>{sheet}</style><p class=w>{LABEL}</p>", "a.html").attribute is not None


def test_style_sheet_that_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(oc.InputError, match="样式嵌套过深"):
        oc.documents.read(f"<style>{':not(' * 5000}a{')' * 5000}{{color:red}}</style><p>{LABEL}</p>", "a.html")


def test_hidden_rows_and_cells_by_class_are_told_of_a_ledger(tmp_path: Path) -> None:
    rows = "".join(
        f"<tr{line}><td>{unit}</td><td>2018-01-02</td><td{cell}>2018-03-01</td></tr>"
        for unit, line, cell in (("市财政局", "", ""), ("市环保局", " class=away", ""), ("市卫计局", "", " class=pale"))
    )
    head = "<tr><th>单位</th><th>收到申请日期</th><th>答复日期</th></tr>"
    file = tmp_path / "依申请公开.html"
    file.write_text(f"<style>.away{{display:none}} .pale{{color:#fdfdfd}}</style><table>{head}{rows}</table>", "utf-8")
    notes = {name: facts for name, facts in oc.check(str(file), as_of="2018-12-31").notes if name.startswith("note.hidden")}
    assert notes["note.hidden_rows"]["rows"] == ["3"]
    assert notes["note.hidden_columns"]["columns"] == ["答复日期"]
