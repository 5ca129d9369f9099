"""Texts of web pages that a browser does not show, by what the elements and the style sheets of the page say."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from lxml.html import document_fromstring
from PIL import Image, ImageChops

import opencheck as oc
from judged_together import is_long_search
from opencheck.documents import page_styles
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
    "inset": "<p style='position:absolute;inset:0 auto auto -9999px'>~",
    "margin": "<p style='margin:-9999px'>~",
    "margin top": "<p style='margin-top:-9999px'>~",
    "far right": "<p style='position:fixed;left:9999px'>~",
    "indent cut off": "<p style='text-indent:100%;white-space:nowrap;overflow:hidden'>~",
    "scale as property": "<p style='scale:0'>~",
    "translate as property": "<p style='translate:-9999px'>~",
    "matrix": "<p style='transform:matrix(0,0,0,0,0,0)'>~",
    "filter": "<p style='filter:grayscale(1) opacity(0)'>~",
    "inline-size": "<p style='inline-size:0;overflow:hidden'>~",
    "popover": "<div popover>~</div>",
    "nested": "<style>div{.w{display:none}}</style><div><p class=w>~</div>",
    "nested with &": "<style>.a{&.w{display:none}}</style><p class='a w'>~",
    "nested list": "<style>.x,.a{> .y,> .w{display:none}}</style><div class=a><p class=w>~</div>",
    "nested twice": "<style>.a{b{color:red;i{display:none}}}</style><div class=a><b><i>~</i></b></div>",
    "nested media": "<style>.w{@media screen{display:none}}</style><p class=w>~",
    "after a nested rule": "<style>.w{&{display:block} display:none}</style><p class=w>~",
    "variable": "<style>:root{--d:none}.w{display:var(--d)}</style><p class=w>~",
    "variable of a variable": "<style>:root{--c:#fff;--d:var(--c)}.w{color:var(--d)}</style><p class=w>~",
    "variable that is not known": "<p style='display:var(--a,none)'>~",
    "variable of its own": "<p style='--s:0;font:var(--s)/1 serif'>~",
    "important variable": "<style>.w{--d:none!important}.w{--d:block}</style><p class=w style='display:var(--d)'>~",
    "unknown word later": "<p style='display:none;display:block\\9'>~",
    "layer counts less": "<style>.w{display:none} @layer a{p.w{display:block}}</style><p class=w>~",
    "important in a layer counts more": "<style>@layer a{.w{display:none!important}} p.w{display:block!important}</style><p class=w>~",
    "supports": "<style>@supports (display:grid){.w{display:none}}</style><p class=w>~",
    "light": "<style>@media (prefers-color-scheme:light){.w{display:none}}</style><p class=w>~",
    "comment": "<p style='display:none/**/'>~",
    "style of a noscript": "<style>.w{display:none}</style><noscript><style>.w{display:block}</style></noscript><p class=w>~",
    "style of another type": "<style>.w{display:none}</style><style type=text/less>.w{display:block}</style><p class=w>~",
    "hack for an old browser": "<p style='color:#fff;color:#000\\9'>~",
    "colour of Word that says nothing": "<div style='color:#fff'><p style='color:auto'>~</p></div>",
    "variable that is no colour": "<div style='color:#fff;--c:0'><p style='color:var(--c)'>~</p></div>",
    "size as around": "<div style='font-size:0'><p style='font-size:inherit'>~</p></div>",
    "ground given back": "<p style='color:#fff;background-color:#000;background:none'>~",
    "ground that is a list": "<style>.w{background-color:#000;color:#fff} p.w{background:#fff}</style><p class=w>~",
    "bgcolor of a paragraph": "<p bgcolor=#000000 style='color:#fff'>~",
    "color of a paragraph": "<div style='color:#fff'><p color=#000000>~</p></div>",
    "attributes without sign": "<table bgcolor=ffffff><tr><td><font color=ffffff>~</font></table>",
    "text fill inherited": "<div style='-webkit-text-fill-color:transparent'><p style='color:red'>~</p></div>",
    "all, then not": "<p style='color:#fff;all:unset;display:none'>~",
    "initial colour on black": "<div style='background:#000;color:#fff'><p style='color:initial'>~</p></div>",
    "bottom": "<p style='position:fixed;bottom:9999px'>~",
    "letters upon each other": "<p style='letter-spacing:-1000em'>~",
    "column": "<p style='display:table-column'>~",
    "scale one way": "<p style='transform:scale(1,0)'>~",
    "polygon": "<p style='clip-path:polygon(0 0,0 0,0 0)'>~",
    "scrolled away": "<p style='height:0;overflow:auto'>~",
    "line height": "<p style='font:16px/0 serif;overflow:hidden'>~",
    "paragraph in a format": "<b style='display:none'><p>~</p></b>",
    "paragraph in a heading": "<h1 hidden><p>~</h1>",
    "format not ended": "<p><font color=#fff>x<p>~<p>y",
    "format not ended, by class": "<style>.w{display:none}</style><p><span>x<i class=w>y<div><p>~</div>",
    "format over the border of a block": "<div><u hidden>x</div><p>~</p>",
    "block ended as if empty": "<div hidden/><p>~</p>",
    "odd element": "<o:p hidden>~</o:p>",
    "paragraph in a link": "<a hidden href=a.html><p>~</p></a>",
    "cell beside a table": "<table><caption hidden><p>~</caption><tr><td>x</table>",
    "list that is not ended": "<ul><li hidden>x<p>~</ul>",
    "title of a drawing": "<svg height=20><title>~</title></svg>",
    "desc of a drawing": "<svg height=20><desc>~</desc></svg>",
    "definition of a drawing": "<svg height=20><defs><text y=15>~</text></defs></svg>",
    "title below": "<title>~</title>",
    "fallback for no script": "<noscript><p>~</noscript>",
    "host of a shadow": "<div>~<template shadowrootmode=open>x</template></div>",
    "end with a null character": "<div hidden>x</di\0v>~</div>",
    "style below": "<p class=w>~</p><style>.w{display:none}</style>",
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
    "moved 0 as property": "<p style='scale:1;translate:0 0'>~",
    "matrix": "<p style='transform:matrix(1,0,0,1,0,0)'>~",
    "filter": "<p style='filter:grayscale(1) opacity(1)'>~",
    "zoom": "<p style='zoom:0'>~",
    "right": "<p style='position:absolute;right:-20px'>~",
    "margin": "<p style='margin:0 auto'>~",
    "far down": "<p style='position:absolute;top:3000px'>~",
    "indent and overflow": "<p style='text-indent:2em;overflow:hidden'>~",
    "nested in others": "<style>div{.w{display:none}}</style><p class=w>~",
    "nested with & in others": "<style>.a{&.w{display:none}}</style><p class=w>~",
    "nested around": "<style>.w{b{display:none}}</style><p class=w>~",
    "variable": "<style>:root{--d:block}.w{display:none;display:var(--d)}</style><p class=w>~",
    "variable that is not known": "<style>.x{--d:none}.w{display:var(--d)}</style><p class=w>~",
    "variable of another": "<style>.x{--d:none}.w{display:var(--d,block)}</style><p class=w>~",
    "unknown word": "<p style='display:block;display:nonesuch'>~",
    "prefixed": "<p style='display:none;display:-webkit-box'>~",
    "layer counts less": "<style>.w{display:block} @layer a{p.w{display:none}}</style><p class=w>~",
    "supports not": "<style>@supports not (display:grid){.w{display:none}}</style><p class=w>~",
    "container": "<style>@container (min-width:1px){.w{display:none}}</style><p class=w>~",
    "style of another type": "<style type=text/less>.w{display:none}</style><p class=w>~",
    "style of a template": "<template><style>.w{display:none}</style></template><p class=w>~",
    "hack for an old browser": "<p style='display:none\\9'>~",
    "colour given back": "<div style='color:#fff'><p style='color:initial'>~</p></div>",
    "ground given back": "<p style='background:#000;background:none'>~",
    "ground as a whole": "<p style='color:#fff;background:#fff;background-color:#000'>~",
    "bgcolor of a paragraph": "<p bgcolor=#000000>~",
    "bgcolor of a cell": "<table style='color:#fff'><tr><td bgcolor=003366>~</table>",
    "text fill": "<p style='color:#fff;-webkit-text-fill-color:red'>~",
    "text fill inherited": "<div style='-webkit-text-fill-color:red'><p style='color:#fff'>~</p></div>",
    "link": "<div style='color:#fff'><a href=a.html>~</a></div>",
    "marked": "<div style='color:#fff'><mark>~</mark></div>",
    "sticky": "<p style='position:sticky;left:-9999px'>~",
    "clip in the flow": "<p style='clip:rect(0,0,0,0)'>~",
    "letters near each other": "<p style='letter-spacing:-1px'>~",
    "letters nearer, and still side by side": "<p style='font-size:40px;letter-spacing:-4px'>~",
    "side given back": "<p style='margin-left:-9999px;margin:0'>~",
    "all given back": "<p style='display:none;all:unset'>~",
    "folded": "<details><summary>x</summary><p>~</p></details>",
    "unfolded": "<details open><summary>x</summary><p>~</p></details>",
    "summary": "<details><summary>~</summary>x</details>",
    "after a paragraph that a block ends": "<p hidden>x<div>~</div>",
    "text between rows": "<table hidden>~<tr><td>x</table>",
    "block between rows": "<table hidden><tr><p>~</p><td>x</table>",
    "link in a link": "<a hidden href=a.html>x<a href=b.html>~</a>",
    "item after one": "<ul><li hidden>x<li>~</ul>",
    "end of a block ends a format": "<span hidden><p>x</p></span>~",
    "null character in a value": "<p style='display:n\0one'>~",
    "text of a drawing": "<svg height=30><text y=20>~</text></svg>",
    "cell": "<table><tr hidden><td>x<tr><td>~</table>",
    "dark": "<style>@media (prefers-color-scheme:dark){.w{display:none}}</style><p class=w>~",
}

STRUCK = {
    "by class": "<style>.w{text-decoration:line-through}</style><p class=w>~",
    "by the line": "<style>.w{text-decoration-line:underline line-through}</style><p class=w>~",
    "around": "<style>.w{text-decoration:line-through red}</style><div class=w><p><b>~</b></div>",
    "del": "<del>~</del>",
    "paragraph in a format": "<s><p>~</p></s>",
    "format not ended": "<p><s>x<p>~",
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


def test_text_in_a_frame_that_shows_a_file_is_not_seen() -> None:
    document = oc.documents.read(f"<p>通知</p><iframe src=a.pdf>{LABEL}{ID}</iframe>", "a.html")
    assert document.attribute is None
    assert document.unread == [("unread.embedded", {"name": "a.pdf"})]
    assert locate_part(document.text, document.text.index(ID))[0] == "网页源码"


@pytest.mark.parametrize("sheet", ["(" * 20_000, "a{" * 40, "}}{ .w{{ @media {"])
def test_odd_style_sheets_hide_nothing(sheet: str) -> None:
    assert oc.documents.read(f"<style>{sheet}</style><p class=w>{LABEL}</p>", "a.html").attribute is not None


@pytest.mark.parametrize(
    "sheet", [f"{':not(' * 5000}a{')' * 5000}{{color:red}}", "@media screen{" * 20_000, "a{" * 20_000, "a{& &{" * 20]
)
def test_style_sheet_that_is_nested_too_deep_is_refused(sheet: str) -> None:
    with pytest.raises(oc.InputError, match="样式嵌套过深"):
        oc.documents.read(f"<style>{sheet}</style><p>{LABEL}</p>", "a.html")


@pytest.mark.parametrize(
    ("sheet", "body"),
    [
        ("".join(f"div.c{n} p{{color:red}}" for n in range(3000)), "<p>x" * 2000),
        ("".join(f"div:has(.c{n}){{color:red}}" for n in range(100)), "<div>" * 50 + "<p>x" * 2000),
        ("".join(f"p:nth-of-type({n}){{color:red}}" for n in range(50)), "<p>x" * 2000),
        ("p{color:red}" * 1000, "<p>x" * 2000),
        ("div{" * 30 + "".join(f"p.c{n}{{color:red}}" for n in range(5000)) + "}" * 30, "<p>x"),
    ],
    ids=["around", "has", "of type", "many that hold", "nested"],
)
def test_page_with_so_many_rules_that_it_would_take_long_is_refused(sheet: str, body: str) -> None:
    with pytest.raises(oc.InputError, match="样式过多"):
        oc.documents.read(f"<style>{sheet}</style>{body}<p>{LABEL}</p>", "a.html")


@pytest.mark.parametrize(
    ("value", "sides"),
    [("1px", "1 1 1 1"), ("1px 2px", "1 2 1 2"), ("1px 2px 3px", "1 2 3 2"), ("1px 2px 3px 4px", "1 2 3 4")],
)
def test_one_to_four_values_are_those_of_the_sides_clockwise_from_the_top(value: str, sides: str) -> None:
    tree = document_fromstring(f"<p style='inset:{value}'>x")
    (style,) = [drawn.style for drawn in page_styles.drawn_elements(tree) if drawn.element.tag == "p"]
    assert [style[side] for side in ("top", "right", "bottom", "left")] == [f"{n}px" for n in sides.split()]


@pytest.mark.parametrize(
    ("sheet", "body", "cost"),
    [
        ("p{color:red}", "<p>x", 190),
        (".a{color:red}", "<p class=a>x", 190),
        ("*{color:red}", "<p>x", 235),
        ("div p{color:red}", "<div><p>x</div>", 236),
        ("p+p{color:red}", "<p>x<p>y<p>z", 280),
        ("div:has(.a){color:red}", "<div><p>x<p>y</div>", 360),
        ("p:nth-of-type(2){color:red}", "<p>x<p>y<p>z", 275),
    ],
)
def test_page_is_refused_from_what_its_rules_cost_on(monkeypatch: pytest.MonkeyPatch, sheet: str, body: str, cost: int) -> None:
    """20 for each element and each child of one, 10 for each rule that holds; and what is looked through: around, before and within one."""
    page = f"<style>{sheet}</style>{body}"
    assert next(work for work in range(1000) if is_read_for(monkeypatch, page, work, of_an_element=0)) == cost


@pytest.mark.parametrize(("body", "elements", "cost"), [("<p>x", 5, 190), ("<p>x" * 2, 6, 240), ("<p>x" * 11, 15, 690)])
def test_page_of_more_elements_may_cost_more(monkeypatch: pytest.MonkeyPatch, body: str, elements: int, cost: int) -> None:
    page, least = f"<style>p{{color:red}}</style>{body}", -(-cost // elements)
    assert [is_read_for(monkeypatch, page, 0, of_an_element=n) for n in (least - 1, least)] == [False, True]
    assert is_read_for(monkeypatch, page, cost - elements, of_an_element=1)
    assert not is_read_for(monkeypatch, page, cost - elements - 1, of_an_element=1)


def is_read_for(monkeypatch: pytest.MonkeyPatch, page: str, work: int, *, of_an_element: int) -> bool:
    """Whether the styles of a page are followed where no more work is done than so much, and so much for each of its elements."""
    monkeypatch.setattr(page_styles, "_MOST_WORK", work)
    monkeypatch.setattr(page_styles, "_WORK_OF_AN_ELEMENT", of_an_element)
    try:
        return bool(list(page_styles.drawn_elements(document_fromstring(page))))
    except oc.InputError:
        return False


def test_large_table_with_rules_for_its_cells_is_read() -> None:
    rows = "<tr><td>甲<td>乙<td>丙<td>丁" * 1000
    page = f"<style>table tr td{{color:red}} tr:nth-of-type(even) td{{color:blue}}</style><p>{LABEL}</p><table>{rows}</table>"
    assert oc.documents.read(page, "a.html").attribute is not None


def test_variables_that_double_or_go_round_say_nothing() -> None:
    doubled = "".join(f"--v{n}:var(--v{n + 1}) var(--v{n + 1});" for n in range(40))
    for variables in (doubled + "--v40:none", "--v0:var(--v1);--v1:var(--v0)"):
        page = f"<style>p{{{variables};display:var(--v0)}}</style><p>{LABEL}</p>"
        assert oc.documents.read(page, "a.html").attribute is not None


@pytest.mark.browser
def test_browser_draws_what_counts_as_shown(browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 720})

    def picture(piece: str, label: str) -> Image.Image:
        page.set_content("<!DOCTYPE html>" + WHOLE.format(TEXT + piece.replace("~", label)))
        return Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")

    def is_drawn(piece: str) -> bool:
        with_label, with_other = picture(piece, LABEL), picture(piece, "（口口口口口口）")
        changes = ImageChops.difference(with_label, with_other).getextrema()
        return with_label.size != with_other.size or max(most for _, most in changes) > 25

    # Letters that are lines, grounds that other files may draw, and what a click unfolds.
    by_decision = ("font-size 1px", "image", "link out", "folded")
    for forms, expected in ((HIDDEN, False), (SHOWN, True)):
        for name in [name for name in forms if name not in by_decision][:: 1 if is_long_search() else 5]:
            assert is_drawn(forms[name]) == expected, name
    page.close()


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
