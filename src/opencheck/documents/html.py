"""HTML documents: text, the article's metadata, and writable text nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from opencheck.core.personal_data import PERSONAL_KINDS, PersonalKind, find_personal_data, mask_for_display
from opencheck.documents.hidden_elements import unseen_elements
from opencheck.documents.metadata import Found
from opencheck.documents.named_fields import NAMES
from opencheck.documents.page_tree import page_tree
from opencheck.documents.parts import RESTORED, ExtractedText, pictures_unread, restored_lines
from opencheck.records.disclosure_labels import part_marker

__all__ = [
    "BLOCKS",
    "METADATA_LABELS",
    "extract_html",
    "looks_like_html",
    "source_nodes",
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
        """address article aside blockquote body br caption center dd details div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr
        li main nav ol option p pre section summary table tbody tfoot thead title tr ul""",
    )
)
"""Elements before and after which a browser begins a new line."""

_TEXT_ATTRIBUTES = frozenset(("alt", "title", "value", "content", "placeholder", "href", "srcdoc", "aria-label"))
"""HTML attributes with text that a reader of the page can see or find."""


_SHOWN_FILE = re.compile(r"([^/?=&#]{1,80}\.(?:pdf|ofd|docx?|wps|xlsx?|et|pptx?))(?![a-z0-9])", re.I)


def looks_like_html(text: str) -> bool:
    """Return whether a text is HTML: a page, or a fragment from the editor of a CMS."""
    return bool(
        re.match(r"\s*(?:<!doctype html|<html|<\?xml|<!--)", text[:500], re.I)
        or re.search(
            r"</(?:p|div|span|table|td|tr|li|h[1-6]|body|a|strong|b|section)\s*>|<(?:br|p|div|table|img)\b[^<>]*>", text, re.I
        )
    )


def extract_html(text: str) -> ExtractedText:
    """Extract the text of HTML as a browser shows it, and its metadata."""
    tree = page_tree(text)
    personal = [" ".join(text.split()) for node, kinds in source_nodes(tree) for text in _personal(node[0](), kinds)]
    whole = _shown_lines(tree, inserted=False)
    unseen = unseen_elements(tree)
    further = {"隐藏的文字": _taken_out(tree, unseen.hidden), "划去的文字": _taken_out(tree, unseen.struck)}
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
    lines = _shown_lines(tree)
    if any(further.values()):
        further[RESTORED] = restored_lines(whole, [lines, *further.values()])
    for title, texts in further.items():
        lines += [part_marker(title), *texts] if texts else []
    if personal:
        lines += [part_marker("网页源码"), *personal]
    unread = pictures_unread(None for _ in tree.iter("img"))
    unread += [("unread.embedded", {"name": name}) for name in dict.fromkeys(_shown_files(tree))]
    return ExtractedText("\n".join(line for line in lines if line.strip()), metadata, unread)


def _shown_files(tree: Any) -> Iterator[str]:
    """The names of the documents that a page shows within itself."""
    for element in tree.iter("iframe", "embed", "object"):
        address = unquote(element.get("src") or element.get("data") or "")
        if found := _SHOWN_FILE.search(address):
            yield found[1]


def _shown_lines(tree: Any, *, inserted: bool = True) -> list[str]:
    """The lines of the text as a browser shows it."""
    pieces = [node if isinstance(node, str) else re.sub(r"\s+", " ", node[0]()) for node in text_nodes(tree, inserted=inserted)]
    lines = (re.sub(r"[ \u00a0\u3000]+", " ", line).strip(" ") for line in "".join(pieces).splitlines())
    return [re.sub(r" ?\t ?", "\t", line) for line in lines]


def _personal(text: str, kinds: tuple[PersonalKind, ...]) -> list[str]:
    """What of a text of the source matters: all of it where it holds personal data, of a script the data alone."""
    if kinds == PERSONAL_KINDS:
        return [text] if mask_for_display(text) != text else []
    return [text[h.start : h.end] for h in find_personal_data(text, kinds)]


def _taken_out(tree: Any, out: Set[Any]) -> list[str]:
    """Take out the texts of some elements, and return them: whole elements where all within is out, too."""
    if not out:
        return []
    elements = list(tree.iter())
    kept: set[Any] = {tree}
    """Elements with something that stays."""
    for element in reversed(elements):
        if isinstance(element.tag, str) and (element in kept or element not in out):
            kept.update((element, element.getparent()))
    found: list[str] = []
    taken: set[Any] = set()
    for element in elements:
        if element in taken or element not in out:
            continue
        if element in kept:
            found += _take_own_text(element)
        else:
            taken.update(element.iter())
            found.append(element.text_content())
            element.drop_tree()
    return [text for text in (" ".join(text.split()) for text in found) if text]


def _take_own_text(element: Any) -> list[str]:
    """Take out the text that stands in an element itself, and return it."""
    found, element.text = [element.text or ""], None
    for child in element:
        found.append(child.tail or "")
        child.tail = None
    return found


def _draw_forms(tree: Any) -> None:
    """Put what a form shows into the text: the boxes of options, and of a list the chosen option."""
    for element in list(tree.iter("input", "select")):
        if element.tag == "input" and (element.get("type") or "").lower() in ("checkbox", "radio"):
            element.tail = ("☐" if element.get("checked") is None else "☑") + (element.tail or "")
        elif element.tag == "select" and any(o.get("selected") is not None for o in element.iter("option")):
            for option in [o for o in element.iter("option") if o.get("selected") is None]:
                option.drop_tree()


TextNode = tuple[Callable[[], str], Callable[[str], None]]

_IN_SCRIPTS: tuple[PersonalKind, ...] = ("resident_id",)
"""Scripts and their data are full of numbers; only what has a check digit and a day of birth is looked for."""


def source_nodes(tree: Any) -> Iterator[tuple[TextNode, tuple[PersonalKind, ...]]]:
    """Yield what stands in the source of a page only (attributes, comments, scripts), with the kinds of personal data to look for in it."""

    def attribute(element: Any, name: str) -> TextNode:
        return (lambda: element.get(name) or ""), (lambda text: element.set(name, text))

    def content(element: Any) -> TextNode:
        return (lambda: element.text or ""), (lambda text: setattr(element, "text", text))

    for element in tree.iter():
        if not isinstance(element.tag, str):
            yield content(element), PERSONAL_KINDS
            continue
        for name in element.attrib:
            if name in _TEXT_ATTRIBUTES or name.startswith("data-"):
                yield attribute(element, name), PERSONAL_KINDS if name in _TEXT_ATTRIBUTES else _IN_SCRIPTS
        if element.tag in ("script", "iframe"):
            yield content(element), _IN_SCRIPTS


def text_nodes(tree: Any, *, inserted: bool = True) -> Iterator[str | TextNode]:
    """Yield the texts of an HTML tree in order as (getter, setter) pairs, and line breaks and tabs between blocks and cells as strings.

    Without ``inserted`` texts marked as put in later (``<ins>``) are left out. A cell with one line of text, such as word processors write it
    (a paragraph in each cell), stays in its row.
    """

    def node(element: Any, name: str) -> TextNode:
        return (lambda: getattr(element, name) or ""), (lambda text: setattr(element, name, text))

    from lxml import etree

    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    row_cell = None
    for event, element in walk:
        tag = element.tag
        if tag in ("td", "th") and event == "start" and row_cell is None and _is_one_line(element):
            row_cell = element
        elif element is row_cell:
            row_cell = None
        if event in ("comment", "pi"):
            yield node(element, "tail")
            continue
        skipped = tag in ("script", "style", "iframe") or (tag == "ins" and not inserted)
        if skipped and event == "start":
            walk.skip_subtree()
        if event == "start":
            if tag in BLOCKS and row_cell is None:
                yield "\n"
            if not skipped:
                yield node(element, "text")
        else:
            if tag in BLOCKS and row_cell is None:
                yield "\n"
            elif tag in ("td", "th"):
                yield "\t"
            if element.getparent() is not None:
                yield node(element, "tail")


def _is_one_line(cell: Any) -> bool:
    """Whether at most one of the blocks within a cell holds text."""
    from lxml import etree

    filled, begun = 0, False
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        if element.tag in BLOCKS:
            begun = False
        text = element.text if event == "start" else "" if element is cell else element.tail
        if text and text.strip() and not begun:
            filled, begun = filled + 1, True
    return filled < 2
