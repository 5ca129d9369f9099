"""HTML documents: text, the article's metadata, and writable text nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from opencheck.core.errors import InputError
from opencheck.core.extras import missing_library
from opencheck.core.personal_data import mask_for_display
from opencheck.documents.hidden_elements import is_hidden
from opencheck.documents.metadata import Found
from opencheck.documents.named_fields import NAMES
from opencheck.documents.parts import ExtractedText, pictures_unread
from opencheck.records.disclosure_labels import part_marker

__all__ = [
    "BLOCKS",
    "METADATA_LABELS",
    "extract_html",
    "html_tree",
    "looks_like_html",
    "text_nodes",
]


_META_TAGS = {"ArticleTitle": "title", "PubDate": "published_on", "ContentSource": "issuer"}

METADATA_LABELS = {
    "标题": "title",
    "名称": "title",
    **dict.fromkeys(NAMES["issuer"], "issuer"),
    **dict.fromkeys(NAMES["number"], "number"),
    **dict.fromkeys(NAMES["published"], "published_on"),
    **dict.fromkeys(NAMES["signed"], "signed_on"),
}
"""Label in a portal's metadata table → field of the document; the value stands in the next cell."""

BLOCKS = frozenset(
    re.findall(
        r"\S+",
        """address article aside blockquote body br caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li
        main nav ol option p pre section table tbody tfoot thead title tr ul""",
    )
)
"""Elements before and after which a browser begins a new line."""

TEXT_ATTRIBUTES = frozenset(("alt", "title", "value", "content", "placeholder", "href"))
"""HTML attributes with text that a reader of the page can see or find."""


def looks_like_html(text: str) -> bool:
    """Return whether a text is HTML: a page, or a fragment from the editor of a CMS."""
    return bool(
        re.match(r"\s*(?:<!doctype html|<html|<\?xml|<!--)", text[:500], re.I)
        or re.search(
            r"</(?:p|div|span|table|td|tr|li|h[1-6]|body|a|strong|b|section)\s*>|<(?:br|p|div|table|img)\b[^<>]*>", text, re.I
        )
    )


def html_tree(text: str) -> Any:
    """Parse HTML without network access or external entities.

    Raises:
        InputError: the parser stops before the end, so that the rest would go unchecked.
    """
    try:
        from lxml import html
    except ImportError as exc:
        raise missing_library(exc, "读取 HTML / to read HTML") from exc
    parser = html.HTMLParser(no_network=True, recover=True, huge_tree=True, encoding="utf-8")
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except Exception as exc:
        raise InputError(f"HTML 读不出来 / HTML that cannot be read: {type(exc).__name__}") from exc
    if any(e.level_name == "FATAL" for e in parser.error_log):
        raise InputError(
            "HTML 嵌套过深或已损坏，只能读到一半，没有检查 / HTML nested too deep or damaged: it can be read in part only, not checked"
        )
    return tree


def extract_html(text: str) -> ExtractedText:
    """Extract the text of HTML as a browser shows it, and its metadata."""
    tree = html_tree(text)
    unseen = _take_hidden(tree)
    _draw_forms(tree)
    metadata: dict[str, Found] = {}
    for meta in tree.iter("meta"):
        target, value = _META_TAGS.get(meta.get("name") or ""), (meta.get("content") or "").strip()
        if target and value:
            metadata.setdefault(target, Found(value, f"meta {meta.get('name')}", "sure", value))
    for row in tree.iter("tr"):
        cells = [" ".join(c.text_content().split()) for c in row if c.tag in ("td", "th")]
        for label, value in pairwise(cells):
            target = METADATA_LABELS.get(re.sub(r"[\s:：]", "", label))
            if target and value and re.sub(r"[\s:：]", "", value) not in METADATA_LABELS:  # else a row of names, values below
                metadata.setdefault(target, Found(value, f"table {label}", "sure", value))
    heading = next((h for h in tree.iter("h1") if h.text_content().strip()), None)
    if heading is not None:
        metadata.setdefault("title", Found(" ".join(heading.text_content().split()), "h1"))
    pieces: list[str] = []
    for node in text_nodes(tree):
        pieces.append(node if isinstance(node, str) else re.sub(r"\s+", " ", node[0]()))
    lines = [re.sub(r"[ \u00a0\u3000]+", " ", line).strip(" ") for line in "".join(pieces).splitlines()]
    hidden = [v for e in tree.iter() if isinstance(e.tag, str) for n, v in e.attrib.items() if n in TEXT_ATTRIBUTES]
    hidden += [node.text or "" for node in tree.iter() if not isinstance(node.tag, str)]
    if unseen:
        lines += [part_marker("隐藏的文字"), *unseen]
    # Of attributes and comments only personal data matters.
    if personal := [" ".join(t.split()) for t in hidden if mask_for_display(t) != t]:
        lines += [part_marker("网页源码"), *personal]
    unread = pictures_unread(None for _ in tree.iter("img"))
    return ExtractedText("\n".join(line for line in lines if line.strip()), metadata, unread)


def _take_hidden(tree: Any) -> list[str]:
    """Take out the elements that a browser does not show, and return their texts."""
    found = []
    taken: set[Any] = set()
    for element in list(tree.iter()):
        if element in taken or not isinstance(element.tag, str) or element.getparent() is None:
            continue
        if is_hidden(element):
            taken.update(element.iter())
            found.append(" ".join(element.text_content().split()))
            element.drop_tree()
    return [text for text in found if text]


def _draw_forms(tree: Any) -> None:
    """Put what a form shows into the text: the boxes of options, and of a list the chosen option."""
    for element in list(tree.iter("input", "select")):
        if element.tag == "input" and (element.get("type") or "").lower() in ("checkbox", "radio"):
            element.tail = ("☐" if element.get("checked") is None else "☑") + (element.tail or "")
        elif element.tag == "select" and any(o.get("selected") is not None for o in element.iter("option")):
            for option in [o for o in element.iter("option") if o.get("selected") is None]:
                option.drop_tree()


TextNode = tuple[Callable[[], str], Callable[[str], None]]


def text_nodes(tree: Any) -> Iterator[str | TextNode]:
    """Yield the texts of an HTML tree in order as (getter, setter) pairs, and line breaks and tabs between blocks and cells as strings."""

    def node(element: Any, name: str) -> TextNode:
        return (lambda: getattr(element, name) or ""), (lambda text: setattr(element, name, text))

    from lxml import etree

    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag
        if event in ("comment", "pi"):
            yield node(element, "tail")
            continue
        skipped = tag in ("script", "style")
        if event == "start":
            if tag in BLOCKS:
                yield "\n"
            if not skipped:
                yield node(element, "text")
        else:
            if tag in BLOCKS:
                yield "\n"
            elif tag in ("td", "th"):
                yield "\t"
            if element.getparent() is not None:
                yield node(element, "tail")
