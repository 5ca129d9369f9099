"""The tree of a web page: as a browser builds it, within a bound of time, and written again without loss."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

import opencheck as oc
from judged_together import is_long_search
from opencheck.documents import page_tree as page_tree_module
from opencheck.documents.page_tree import page_source, page_tree

_NAMES = (
    "a b i u s font span div p h1 ul li ol dl dt dd table tbody thead tr td th caption colgroup col select option form input button br hr "
    "pre textarea title style script template html head body center marquee object ruby rt nobr em code section details summary iframe xmp"
)

_AS_NESTED = """pages => pages.map(page => {
  const found = [];
  const add = node => {
    for (const child of (node.localName === 'template' ? node.content : node).childNodes) {
      if (child.nodeType === 1) { found.push('<' + child.localName); add(child); found.push('>'); }
      if (child.nodeType === 3) found.push(child.data);
    }
  };
  add(new DOMParser().parseFromString(page, 'text/html').documentElement);
  return found;
})"""


def faulty_page(random_: random.Random) -> str:
    pieces = [random_.choice(["", "<!DOCTYPE html>"])]
    for _ in range(random_.randint(1, 14)):
        name, kind = random_.choice(_NAMES.split()), random_.random()
        pieces.append(
            f"<{name}{random_.choice(['', ' hidden', '/'])}>" if kind < 0.5 else f"</{name}>" if kind < 0.75 else "甲"
        )
    return "".join(pieces)


def text_of(page: str) -> str | None:
    """The text of a page; None where it is refused for what it would cost."""
    try:
        return str(page_tree(page).text_content())
    except oc.InputError as error:
        if "标签残缺太多" not in str(error):
            raise
        return None


def nested(element: Any) -> Iterator[str]:
    yield from [element.text] if element.text else []
    for child in element:
        yield f"<{child.tag}"
        yield from nested(child)
        yield ">"
        yield from [child.tail] if child.tail else []


@pytest.mark.browser
def test_tree_of_a_faulty_page_is_that_of_a_browser(browser: Any) -> None:
    random_ = random.Random(18)
    pages = [faulty_page(random_) for _ in range(20_000 if is_long_search() else 1_000)]
    browsers = browser.new_page()
    for page, expected in zip(pages, browsers.evaluate(_AS_NESTED, pages), strict=True):
        assert list(nested(page_tree(page))) == expected, page
    browsers.close()


def test_nothing_of_a_page_is_left_out() -> None:
    page = page_tree(
        "<?a 1?><!-- 2 --><!DOCTYPE html><head><template><p>3<template>4</template></template></head><noscript><p>5</noscript>"
        "<svg><![CDATA[6]]><template><a>7</template></svg><o:p @click=8 :a='9'>x</o:p></body></html>10<!-- 11 -->"
    )
    source = page_source(page, "<html>")
    assert "<!--?a 1?-->" in source
    assert [number for number in range(1, 12) if str(number) not in source] == []
    assert [e.tag for e in page.iter("p", "template", "noscript")] == ["template", "p", "template", "noscript", "template"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<style>.a{}</style><!-- c --><p>x</p>y", "<style>.a{}</style><!-- c --><p>x</p>y"),
        ("<p>a<noscript><b>&amp;</b></noscript>", "<p>a<noscript><b>&amp;</b></noscript></p>"),
        ("<script>a<b&&c</script><xmp><q>&</xmp>", "<script>a<b&&c</script><xmp><q>&</xmp>"),
        ("5 &lt; 6 &lt;script&gt; &amp;lt;<p>x</p>", "5 &lt; 6 &lt;script&gt; &amp;lt;<p>x</p>"),
        ("<textarea><p>x</textarea>", "<textarea>&lt;p&gt;x</textarea>"),
        ("<!-- a --><!DOCTYPE html><p>x", "<!DOCTYPE html>\n<html><!-- a --><head></head><body><p>x</p></body></html>"),
        (
            "<html lang=zh>\ufdd0<noscript>n</noscript>",
            '<html lang="zh"><head></head><body><noscript>n</noscript></body></html>',
        ),
        ("<p \x01a='b\x02\f'>c\x03\f\ud800d", '<p _a="b ">c ?d</p>'),
        ('<a"b>x', "<a_b>x</a_b>"),
        ("<p>a<!--b-->c", "<p>a<!--b-->c</p>"),
        ("<p>x<b></b>y<table>z", "<p>x<b></b>yz<table></table></p>"),
        ("", ""),
    ],
)
def test_page_is_written_as_it_was_read(text: str, written: str) -> None:
    assert page_source(page_tree(text), text) == written
    assert page_source(page_tree(written), written) == written


@pytest.mark.parametrize("depth", [500, 509, 510, 511, 2000])
def test_page_is_read_as_deep_as_browsers_nest(depth: int) -> None:
    text = text_of("<div>" * depth + "（此件公开发布）")
    assert text == ("（此件公开发布）" if depth <= 510 else None)  # with <html> and <body> 512


COSTLY = {
    "blocks": "<div>" * 100_000,
    "formats": "<b>" * 100_000,
    "formats that go on": "".join(f"<p><font color=#{n:06d}>x" for n in range(3_000)),
    "links": "<a><div>" * 50_000,
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">",
    "attributes without spaces": "<p/" + "/".join(f"a{n}" for n in range(50_000)) + ">",
    "ends of other elements": "<div>" * 50_000 + "</p>" * 50_000,
    "ends of no elements": "<div><span>" * 50_000 + "</x>" * 50_000,
    "ends in values": "<div a='</div>'>" * 100_000,
    "ends in comments": "<div><!--</div>-->" * 100_000,
    "lists": "<ul><li>" * 50_000,
    "items": "<span>" * 30_000 + "<dd>" * 30_000,
    "blocks that end themselves": "<div/>" * 100_000,
}


@pytest.mark.parametrize("page", COSTLY.values(), ids=COSTLY)
def test_page_that_would_take_minutes_is_refused(page: str) -> None:
    assert text_of(page) is None


@pytest.mark.parametrize(
    ("limit", "page", "cost"),
    [
        ("_MOST_STEPS", "<div><DIV></div></div>", 4),
        ("_MOST_STEPS", "<div></div><div></div>", 2),
        ("_MOST_STEPS", "<p><p><li><li><br><br>", 0),
        ("_MOST_STEPS", "<div><br><p>", 2),
        ("_MOST_STEPS", "<div></x></div>", 2),
        ("_MOST_STEPS", "</div><div></div>", 1),
        ("_MOST_STEPS", "<div><!--</div>--><p>", 2),
        ("_MOST_STEPS", "<div><script>'</div>'</script><p>", 2),
        ("_MOST_STEPS", "<svg><path/><path/></svg>", 3),
        ("_MOST_STEPS", "<math><mi/><mi/></math>", 3),
        ("_MOST_STEPS", "<svg></svg><path/><path/><p>", 4),
        ("_MOST_STEPS", "<div/><p><p>", 2),
        ("_MOST_STEPS", "<svg><g><p></g></svg>", 6),
        ("_MOST_STEPS", "<b><b><p>", 3),
        ("_MOST_COPIES", "<b><p><p>", 2),
        ("_MOST_COPIES", "<b></p><p>", 1),
        ("_MOST_COPIES", "<b></b><p>", 0),
        ("_MOST_COPIES", "<div><p>", 0),
        ("_MOST_COPIES", "<b><b><b><b><p>", 9),
        ("_MOST_COPIES", "<b><b><b><b></b><p>", 9),
        ("_MOST_COPIES", "<b><b><b><b></b></b><p>", 8),
        ("_MOST_COPIES", "<b></b><b></b><b></b><b></b><b><p>", 1),
        ("_MOST_COPIES", "<b a=1><b a=2><b a=3><b a=4><p>", 10),
        ("_MOST_ATTRIBUTES", "<p aa bb cc>", 3),
        ("_MOST_ATTRIBUTES", "<p aa/bb/cc>", 3),
        ("_MOST_ATTRIBUTES", "<p aa='x y z' bb=\"x y\">", 2),
    ],
)
def test_page_is_refused_from_its_cost_on(monkeypatch: pytest.MonkeyPatch, limit: str, page: str, cost: int) -> None:
    """Steps: the elements that are open at each tag. Copies: the formats, up to three alike, that are open at each start."""
    taken = []
    for number in range(cost + 3):
        monkeypatch.setattr(page_tree_module, limit, number)
        taken.append(text_of(page) is not None)
    assert taken.index(True) == cost


USUAL = {
    "format that is not ended": "<p><font color=red>x" * 5_000,
    "paragraphs and cells that are not ended": "<table>" + "<tr><td>1<td><p>2" * 5_000,
    "drawings": "<svg>" + "<path d='M 0'/>" * 20_000 + "</svg>",
    "script with comparisons": "<script>" + "a<b;" * 50_000 + "</script>" + "<p>x" * 1_000,
    "long value": f"<p title='{' a' * 50_000}'>",
    "signs": "<" * 300_000,
}


@pytest.mark.parametrize("page", USUAL.values(), ids=USUAL)
def test_large_page_of_a_usual_kind_is_read(page: str) -> None:
    assert (text_of(page + "<p>（此件公开发布）") or "").endswith("（此件公开发布）")
