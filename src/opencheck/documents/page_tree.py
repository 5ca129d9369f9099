"""The tree of a web page as browsers build it, by the parsing rules of the HTML standard.

Which element a text stands in decides whether a style hides it: a parser with rules of its own would take other labels for shown than a
reader of the page sees.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from html import escape
from typing import Any

from opencheck.core.errors import InputError
from opencheck.core.extras import missing_library

__all__ = ["page_source", "page_tree"]

_DEEPEST = 512
"""Browsers nest elements no deeper; what is nested deeper they put elsewhere."""

_MOST_STEPS = 100_000_000
"""Of open elements that a parser passes on its way to the one that a tag belongs to, for all tags together: some seconds."""

_MOST_COPIES = 1_000_000
"""Of elements that a parser adds since a format such as ``<font>`` goes on in the next paragraph: some hundred megabytes."""

_MOST_ATTRIBUTES = 5_000
"""Of one element: a parser compares each with all before it."""

_TOKEN = re.compile(
    r"""<!--.*?(?:-->|\Z)  |  <(?:script|style)\b.*?(?:</(?:script|style)|\Z)
    |  <(/?)([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^>])*+)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""A tag: its slash, its name, the rest of it; or a comment, a script or a sheet, in which there are none."""

_QUOTED = re.compile("\"[^\"]*\"|'[^']*'")

_ENDED_BY_OTHERS = frozenset(
    re.findall(
        r"\S+",
        """area base body br col colgroup dd dt embed head hr html img input li link meta optgroup option p param rb rp rt rtc source tbody td
    tfoot th thead tr track wbr""",
    )
)
"""Elements without content, and those that the next of their kind ends: many of them are never deep."""

_FORMATS = frozenset(["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"])

_MOST_ALIKE = 3
"""Of formats with the same tag, no more go on in the next paragraph."""

_UNMARKED = ("iframe", "noembed", "noframes", "noscript", "plaintext", "xmp")
"""Elements whose content is no markup to a browser, besides scripts and styles."""

_MARK = "\ufdd0"
"""A code that is for use within programs, and never a character: it holds the place of a content."""

_WHOLE_PAGE = re.compile(r"<(?:html|body|!doctype)", re.IGNORECASE)

_DOCTYPE = re.compile(r"(?:\s++|<!--.*?-->|<\?[^>]*>)*+(<!doctype[^>]*>)", re.IGNORECASE | re.DOTALL)

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufdd0\ufffe\uffff]")
"""Codes that stand for no character in HTML; ``lxml`` holds none of them but U+FDD0."""

_NO_NAME = re.compile("[\\s\"'<>/=&\x00-\x1f\ud800-\udfff\ufffe\uffff]")


def page_tree(text: str) -> Any:
    """Return the root of a page's tree, of elements of ``lxml.html``; what stands in a ``<template>`` is within it.

    Nothing is fetched, and no script is run, but the page is taken as by a browser that runs scripts.

    Raises:
        InputError: the page is nested deeper than browsers nest, or so faulty that to build its tree would take minutes.

    >>> [element.tag for element in page_tree("<b hidden><p>x</p></b>").iter()]
    ['html', 'head', 'body', 'b', 'p']
    """
    try:
        from lxml import html
        from selectolax.lexbor import LexborHTMLParser
    except ImportError as exc:
        raise missing_library(exc, "读取 HTML / to read HTML") from exc
    _refuse_costly(text)
    top = LexborHTMLParser(text.encode("utf-8", "replace"), scripting=True).root
    tree = html.HTMLParser().makeelement("html")
    if top is None or top.parent is None:
        return tree
    _copy_children(top.parent.first_child, tree)
    return tree


def page_source(tree: Any, original: str) -> str:
    """Write a tree of ``page_tree`` as HTML: a whole page if the original was one, else what a browser put into head and body of it.

    >>> page_source(page_tree("<p>a<p>b"), "<p>a<p>b")
    '<p>a</p><p>b</p>'
    """
    from lxml import etree

    contents: list[str] = []
    for element in tree.iter(*_UNMARKED):
        if element.text:  # ``lxml`` takes it for text, and would write "&lt;" for "<"
            contents.append(element.text)
            element.text = _MARK
    if _WHOLE_PAGE.search(original):
        doctype = _DOCTYPE.match(original)
        source = etree.tostring(tree, encoding="unicode", method="html", doctype=doctype and doctype[1])
    else:
        pieces: list[str] = []
        for part in tree:
            is_wrapper = part.tag in ("head", "body")
            pieces.append(escape(part.text or "", quote=False) if is_wrapper else "")
            pieces += [etree.tostring(e, encoding="unicode", method="html") for e in (part if is_wrapper else (part,))]
        source = "".join(pieces)
    waiting = iter(contents)
    return re.sub(_MARK, lambda _: next(waiting), source)


def _copy_children(node: Any, tree: Any) -> None:
    """Copy a node, those after it and all within them into a tree; what stands beside the root is put into the root."""
    from lxml import html

    around, added = tree, None
    """The element around the place, and the child that was added to it last."""
    waiting: list[tuple[Any, Any]] = []
    """For each element around that one, itself, and what comes next in it."""
    while True:
        if node is None:
            if not waiting:
                return
            added = around
            around, node = waiting.pop()
            continue
        following = node.next
        if node.is_element_node:
            attributes = {_NO_NAME.sub("_", name): _held(value) for name, value in node.attributes.items()}
            if waiting or node.tag != "html":
                element = html.etree.SubElement(around, _NO_NAME.sub("_", node.tag), attributes)
            else:
                element = tree
                element.attrib.update(attributes)
            inner = node.first_child
            if node.tag == "textarea":  # holds text only; the parser may put it into a format that is not ended before it
                element.text, inner = _held(node.text()), None
            if inner is None and node.tag == "template":
                inner = next((fragment.first_child for fragment in node.template_fragments()), None)
            waiting.append((around, following))
            if len(waiting) > _DEEPEST:
                raise _too_deep()
            around, added, node = element, None, inner
            continue
        if node.is_text_node:
            text = _held(node.text_content)
            if added is None:
                around.text = (around.text or "") + text
            else:
                added.tail = (added.tail or "") + text
        elif (comment := _comment(node)) is not None:
            added = html.etree.Comment()
            added.text = _held(comment)
            around.append(added)
        node = following


def _comment(node: Any) -> str | None:
    """The text of a comment, or of an instruction, which is none to a browser; None for what is neither."""
    source: str = node.html or ""
    if node.is_comment_node:
        return source.removeprefix("<!--").removesuffix("-->")
    return source[1:-1] if source.startswith("<?") else None


def _refuse_costly(text: str) -> None:
    """Refuse a page of which the standard's rules make a tree only in minutes, or a tree of millions of elements.

    Elements are taken for open until their end is seen, which are more than a parser keeps; a page with so many of them is made to be costly,
    or by a mistake.
    """
    opened: dict[str, list[str]] = defaultdict(list)
    """For each name, the tags of the elements that are open."""
    alike: Counter[str] = Counter()
    """How many formats with the same tag are open."""
    depth = kept = steps = copies = 0
    for token in _TOKEN.finditer(text):
        is_end, name, rest = token.groups("")
        name = name.lower()
        steps += depth
        copies += 0 if is_end else kept
        if steps > _MOST_STEPS or copies > _MOST_COPIES or (len(rest) > 2 * _MOST_ATTRIBUTES and _has_too_many(rest)):
            raise _too_deep()
        if not name or name in _ENDED_BY_OTHERS or (rest.endswith("/") and (opened["svg"] or opened["math"])):
            continue
        if not is_end:
            tag = name + rest
            opened[name].append(tag)
            depth += 1
            if name in _FORMATS:
                kept += alike[tag] < _MOST_ALIKE
                alike[tag] += 1
        elif opened[name]:
            tag = opened[name].pop()
            depth -= 1
            if name in _FORMATS:
                alike[tag] -= 1
                kept -= alike[tag] < _MOST_ALIKE


def _has_too_many(rest: str) -> bool:
    """Whether a tag has too many attributes, as far as a glance tells."""
    return len(_QUOTED.sub("", rest).replace("/", " ").split()) > _MOST_ATTRIBUTES


def _held(text: str | None) -> str:
    """A text without what ``lxml`` cannot hold."""
    return _NO_TEXT.sub("", text or "").replace("\f", " ")


def _too_deep() -> InputError:
    return InputError(
        "HTML 嵌套过深或标签残缺太多，没有检查 / HTML nested too deep, or with too many tags that are not closed: not checked"
    )
