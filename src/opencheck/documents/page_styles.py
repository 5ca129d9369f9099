"""The style sheets that stand in a web page itself: what they and the elements declare of how each element is drawn.

Sheets that a page links are not fetched. Conditions on the width of the window are judged for one as wide as a usual screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from typing import Any, NamedTuple

from opencheck.core.errors import InputError
from opencheck.core.extras import missing_library

__all__ = ["Drawn", "Style", "drawn_elements"]

Style = Mapping[str, str]
"""The values of properties as they are written, in lower case, by the names of the properties."""

_PROPERTIES = frozenset(
    re.findall(
        r"\S+",
        """background background-color background-image clip clip-path color content-visibility display font font-size height left margin
    margin-left max-height max-width opacity overflow overflow-x overflow-y position text-decoration text-decoration-line text-indent top
    transform visibility -webkit-text-fill-color width""",
    )
)
"""What may make that a text is not seen, or is struck out."""

_WINDOW_WIDTH = 1280
"""In pixels."""

_WIDTH = re.compile(r"\(\s*(min|max)-width\s*:\s*([0-9]+(?:\.[0-9]+)?)\s*(px|em|rem)\s*\)")

_NAME = re.compile(r"[.#][-\w]+")
"""Names of classes and ids in a selector."""

_NEAREST = 200
"""So many elements around and before one are compared with a selector, so that no page takes long."""

_AUTHORS, _OWN, _IMPORTANT = 0, 1, 2
"""What is declared later counts, and counts more: by sheets, by the element, and as important."""


class Drawn(NamedTuple):
    """An element of a page, what is declared for it, and whether sheets that are not in the page may say more of it."""

    element: Any
    style: Style
    is_partly_known: bool


def drawn_elements(tree: Any) -> Iterator[Drawn]:
    """Yield each element of a tree of lxml, from the top, with what the page declares for it.

    Raises:
        InputError: a style sheet or the page is nested too deep to be read.

    >>> from lxml.html import document_fromstring
    >>> page = document_fromstring("<style>p.a {Color: White} p {color: red; left: 0}</style><p class=a style='top: 1px'>b<p class=c>")
    >>> [(dict(style), more) for element, style, more in drawn_elements(page) if element.tag == "p"]
    [({'color': 'white', 'left': '0', 'top': '1px'}, False), ({'color': 'red', 'left': '0'}, True)]
    """
    sheets = [style.text or "" for style in tree.iter("style") if _is_for_screens(style.get("media") or "")]
    has_more = _has_more_sheets(tree)
    try:
        rules = [rule for sheet in sheets for rule in _rules(sheet)]
        for element, style, names in _matched(tree, rules) if rules else _alone(tree):
            yield Drawn(element, style, has_more and not _names(element) <= names)
    except RecursionError as exc:
        raise InputError(
            "网页的样式嵌套过深，没有检查 / the styles of the web page are nested too deep, it was not checked"
        ) from exc


def _has_more_sheets(tree: Any) -> bool:
    """Whether other sheets than those in the page draw it, too: it links some, or it is a part of a page only."""
    links = any("stylesheet" in (link.get("rel") or "").lower() for link in tree.iter("link"))
    return links or tree.find("head/title") is None or any("@import" in (style.text or "") for style in tree.iter("style"))


def _names(element: Any) -> set[str]:
    """The names by which a sheet may draw an element."""
    names = (element.get("class") or "").split()
    return {f".{name}" for name in names} | ({f"#{element.get('id')}"} if element.get("id") else set())


def _alone(tree: Any) -> Iterator[tuple[Any, Style, Set[str]]]:
    for element in tree.iter():
        if isinstance(element.tag, str):
            declared = _read(element.get("style") or "")
            yield element, {name: value for name, (value, _) in declared.items()}, frozenset()


def _matched(tree: Any, rules: list[tuple[Any, Any]]) -> Iterator[tuple[Any, Style, Set[str]]]:
    """Each element with what is declared for it, and the names of classes and ids that the sheets know."""
    import cssselect2
    import tinycss2

    class Element(cssselect2.ElementWrapper):  # type: ignore[misc]
        """An element that does not keep lists of what stands around and before it."""

        @property
        def ancestors(self) -> tuple[Any, ...]:
            return tuple(_chain(self, "parent"))

        @property
        def previous_siblings(self) -> tuple[Any, ...]:
            return tuple(_chain(self, "previous"))

    matcher = cssselect2.Matcher()
    known: set[str] = set()
    for prelude, content in rules:
        try:
            selectors = cssselect2.compile_selector_list(prelude)
        except cssselect2.SelectorError:
            continue
        known.update(_NAME.findall(tinycss2.serialize(prelude)))
        declared = _as_declared(content)
        for selector in selectors if declared else ():
            if selector.pseudo_element is None:
                matcher.add_selector(selector, declared)
    for wrapped in Element.from_html_root(tree).iter_subtree():
        ranked: dict[str, tuple[int, str]] = {}
        found = [(_AUTHORS, block) for _, _, _, block in matcher.match(wrapped)]
        own = wrapped.etree_element.get("style")
        if own:
            found.append((_OWN, _read(own)))
        for origin, block in found:
            for name, (value, important) in block.items():
                rank = origin + (_IMPORTANT if important else 0)
                if name not in ranked or rank >= ranked[name][0]:
                    ranked[name] = (rank, value)
        yield wrapped.etree_element, {name: value for name, (_, value) in ranked.items()}, known


def _chain(element: Any, attribute: str) -> Iterator[Any]:
    for _ in range(_NEAREST):
        element = getattr(element, attribute)
        if element is None:
            return
        yield element


def _is_for_screens(media: str) -> bool:
    """Whether a list of media holds for a screen of a usual width; a condition that is not known does not hold."""
    return not media.strip() or any(_holds(query) for query in media.lower().split(","))


def _holds(query: str) -> bool:
    for bound, number, unit in _WIDTH.findall(query):
        width = float(number) * (1 if unit == "px" else 16)
        if not (width <= _WINDOW_WIDTH if bound == "min" else width >= _WINDOW_WIDTH):
            return False
    return set(_WIDTH.sub("", query).split()) <= {"screen", "all", "only", "and"}


def _rules(sheet: str) -> Iterator[tuple[Any, Any]]:
    """The selectors and declarations of the rules of a sheet that hold for a screen."""
    try:
        import tinycss2
    except ImportError as exc:
        raise missing_library(exc, "读取 HTML / to read HTML") from exc

    waiting = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)[::-1]
    while waiting:
        node = waiting.pop()
        if node.type == "qualified-rule":
            yield node.prelude, node.content
        elif node.type == "at-rule" and node.content is not None:
            name = node.lower_at_keyword
            if name in ("supports", "layer") or (name == "media" and _is_for_screens(tinycss2.serialize(node.prelude))):
                waiting += tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)[::-1]


def _as_declared(content: Any) -> dict[str, tuple[str, bool]]:
    """The properties that matter of a list of declarations, each with its value and whether it is important."""
    import tinycss2

    nodes = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    declarations = [node for node in nodes if node.type == "declaration" and node.lower_name in _PROPERTIES]
    return {
        node.lower_name: (tinycss2.serialize(node.value).strip().lower(), node.important)
        for node in sorted(declarations, key=lambda node: bool(node.important))
    }


@lru_cache(maxsize=4096)
def _read(style: str) -> dict[str, tuple[str, bool]]:
    return _as_declared(style)
