"""From where a text of a web page counts as seen: the values on both sides of each limit."""

from __future__ import annotations

import pytest

import opencheck as oc

LABEL = "（此件公开发布）"
AWAY = "position:absolute;"
CUT = "overflow:hidden;"
PICTURE = "background:url(a.png);"

LIMITS = [
    # letters of two points, in every unit
    ("font-size:2px", "font-size:3px"),
    ("font-size:2pt", "font-size:2.1pt"),
    ("font-size:.16pc", "font-size:.17pc"),
    ("font-size:.16rem", "font-size:.17rem"),
    ("font-size:.16em", "font-size:.17em"),
    ("font-size:16%", "font-size:17%"),
    ("font-size:.3ex", "font-size:.34ex"),
    ("font-size:.07cm", "font-size:.071cm"),
    ("font-size:.7mm", "font-size:.71mm"),
    ("font-size:2.8q", "font-size:2.9q"),
    ("font-size:.027in", "font-size:.028in"),
    ("font-size:.2vw", "font-size:.21vw"),
    ("font-size:.37vh", "font-size:.38vh"),
    ("font:.1px/2 SimSun", "font:900 1em SimSun"),
    ("font:700 0/1 SimSun", "font:100 16px/0 SimSun"),
    ("font:0 SimSun", "font:bold SimSun"),
    ("font:italic 450 0 SimSun", "font:9pt/0 SimSun"),
    # how far away
    ("text-indent:-100px", "text-indent:-99px"),
    ("text-indent:-100", "text-indent:-99"),
    ("text-indent:-100%", "text-indent:-99%"),
    ("text-indent:-6.25em", "text-indent:-6.2em"),
    (f"{AWAY}left:2000px", f"{AWAY}left:1999px"),
    (f"{AWAY}top:-100px", f"{AWAY}top:-99px"),
    ("margin:-100px 0 0", "margin:0 0 -100px"),
    ("margin:0 0 0 -100px", "margin:0 0 -100px 0"),
    ("margin:0 -100px", "margin:0 -99px 0 0"),
    ("margin:0 -100px 0", "margin:0 -100px 0 0"),
    (f"{AWAY}inset:0 2000px", f"{AWAY}inset:0 1999px 0"),
    (f"{AWAY}inset:-100px 0 0", f"{AWAY}inset:0 0 -100px"),
    ("position:relative;left:-100px", "position:inherit;left:-100px"),
    ("transform:translate(0,-100px)", "transform:translate(0,-99px)"),
    ("translate:0 -100px", "translate:0 -99px"),
    # how much is left of it
    ("opacity:.09", "opacity:.1"),
    ("opacity:9%", "opacity:10%"),
    ("opacity:0", "opacity:inherit"),
    ("filter:opacity(.09)", "filter:opacity(.1)"),
    ("scale:0 1", "scale:none"),
    ("transform:scale(0,1)", "transform:scale(.1)"),
    (f"{CUT}height:1px", f"{CUT}height:2px"),
    (f"{CUT}width:6%", f"{CUT}width:7%"),
    (f"{CUT}max-height:0", f"{CUT}max-height:none"),
    ("overflow:auto;height:0", "overflow:visible;height:0"),
    ("overflow-y:clip;height:0", "overflow-y:visible;height:0"),
    (f"{CUT}text-indent:1000px", f"{CUT}text-indent:999px"),
    (f"{CUT}text-indent:100%", f"{CUT}text-indent:99%"),
    # colours
    (f"{PICTURE}color:rgba(0,0,0,.09)", f"{PICTURE}color:rgba(0,0,0,.1)"),
    ("color:#e7e7e7", "color:#e5e5e5"),
    ("color:rgba(0,0,0,.09)", "color:rgba(0,0,0,.11)"),
    ("background:#fff;color:#fff", "background:#036;color:#fff"),
    ("background:rgba(0,0,0,.05);color:#fff", "background:rgba(0,0,0,.5);color:#fff"),
    ("background:no-repeat;color:#fff", "background:linear-gradient(#000,#333);color:#fff"),
    ("background:#fff;background-color:#036;color:#036", "background:#fff;background-color:#036;color:#fff"),
    ("visibility:collapse", "visibility:inherit"),
]


def is_seen(piece: str) -> bool:
    page = f"<html><head><title>t</title></head><body><p>关于做好工作的通知</p><p>各镇：请做好工作。</p>{piece}</body></html>"
    return oc.documents.read(page, "a.html").attribute is not None


@pytest.mark.parametrize(("unseen", "seen"), LIMITS)
def test_label_counts_from_the_limit(unseen: str, seen: str) -> None:
    assert not is_seen(f"<p style='{unseen}'>{LABEL}</p>")
    assert is_seen(f"<p style='{seen}'>{LABEL}</p>")


def is_hidden_by(sheet: str, label: str = f"<p class=w>{LABEL}</p>") -> bool:
    return not is_seen(f"<style>{sheet}</style>{label}")


def test_comments_are_no_part_of_a_value() -> None:
    assert is_hidden_by(".w{display:/* a */none/* b */}")
    assert is_hidden_by("i{.w{/* a */display:none/* b */}}", f"<i><b class=w>{LABEL}</b></i>")
    assert not is_seen(f"<p style='/* a */display:none/* b */;/* c */'>{LABEL}</p>")


def test_rules_stand_fifty_deep_in_each_other() -> None:
    assert is_hidden_by(f"{'@media screen{' * 49}.w{{display:none}}{'}' * 49}")
    with pytest.raises(oc.InputError, match="样式嵌套过深"):
        is_hidden_by(f"{'@media screen{' * 50}.w{{display:none}}{'}' * 50}")


def test_list_of_selectors_may_be_long_where_nothing_stands_in_its_rule() -> None:
    names = ",".join(f".col-lg-{n}" for n in range(400))
    assert is_hidden_by(f"{names},.w{{display:none}}")
    assert is_hidden_by(f"@media screen{{{names},.w{{display:none}}}}")


def test_selector_of_a_nested_rule_has_two_thousand_letters() -> None:
    name = "a" * (2000 - len(". .w"))
    assert not is_hidden_by(f".{name}{{.w{{display:none}}}}")
    with pytest.raises(oc.InputError, match="样式嵌套过深"):
        is_hidden_by(f".{name}a{{.w{{display:none}}}}")


@pytest.mark.parametrize(("steps", "is_hidden"), [(99, True), (100, False)])
def test_variable_is_followed_for_a_hundred_steps(steps: int, is_hidden: bool) -> None:
    names = "".join(f"--v{n}:var(--v{n + 1});" for n in range(steps))
    assert is_hidden_by(f".w{{{names}--v{steps}:none;display:var(--v0)}}") is is_hidden


@pytest.mark.parametrize("letters", [2000, 2001])
def test_value_with_variables_has_two_thousand_letters(letters: int) -> None:
    words = "var(--a) " + "a" * (letters - 9)
    assert is_hidden_by(f".w{{--a:;--b:{words};opacity:var(--b,0)}}") is (letters > 2000)


@pytest.mark.parametrize(("between", "is_hidden"), [(199, True), (200, False)])
def test_two_hundred_elements_around_and_before_one_are_looked_at(between: int, is_hidden: bool) -> None:
    around = f"<div class=a>{'<i>' * between}<b class=w>{LABEL}</b>{'</i>' * between}</div>"
    before = f"<div><i class=a></i>{'<i></i>' * between}<b class=w>{LABEL}</b></div>"
    assert is_hidden_by(".a .w{display:none}", around) is is_hidden
    assert is_hidden_by(".a~.w{display:none}", before) is is_hidden


@pytest.mark.parametrize(
    ("head", "banner", "may_be_drawn"),
    [
        ("<title>t</title>", "class=banner", False),
        ("<title>t</title><style></style>", "class=banner", False),
        ("<title>t</title><link rel=icon href=a.ico><link>", "class=banner", False),
        ("<title>t</title><link rel=StyleSheet href=a.css>", "class=banner", True),
        ("<title>t</title><style>@import url(a.css);</style>", "class=banner", True),
        ("", "class=banner", True),
        ("", "", False),
        ("<style>.banner{top:0}</style>", "class=banner", False),
        ("<style>.banner{top:0}</style>", "class='banner wide'", True),
        ("<style>.banner{top:0}</style>", "class=banner id=top", True),
        ("<style>.banner,#top{top:0}</style>", "class=banner id=top", False),
    ],
)
def test_white_may_stand_on_a_ground_that_other_sheets_give(head: str, banner: str, may_be_drawn: bool) -> None:
    page = f"<html><head>{head}</head><body><p>通知</p><div {banner}><b style='color:#fff'>{LABEL}</b></div></body></html>"
    assert (oc.documents.read(page, "a.html").attribute is not None) is may_be_drawn


@pytest.mark.parametrize(
    "before",
    [
        "p:no-such-thing{color:red}",
        "@layer a,b;",
        "@media screen;",
        "@charset 'utf-8';",
        "@font-face{font-family:a}",
        "@page{margin:0}",
        "@supports (no{}",
        "{}",
        ".w::before{display:none}",
    ],
)
def test_what_a_sheet_says_besides_leaves_its_rules(before: str) -> None:
    assert is_hidden_by(f"{before}.w{{display:none}}") is (before != "@supports (no{}")
    assert not is_hidden_by(f"{before}.x{{display:none}}")


def test_list_in_a_nested_rule_is_of_what_stands_in_the_rule_around() -> None:
    inside = f"<div class=a><p class=w>{LABEL}</p></div>"
    assert is_hidden_by(".a{.x,.w{display:none}}", inside)
    assert is_hidden_by(".a{.w,.x{display:none}}", inside)
    assert not is_hidden_by(".a{.x,.y{display:none}}", inside)
    assert not is_hidden_by(".a{> .x,> .y,> .z{display:none}}", inside)
