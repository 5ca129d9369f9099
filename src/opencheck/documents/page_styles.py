"""The style sheets that stand in a web page itself: what they and the elements declare of how each element is drawn.

Sheets that a page links are not fetched. Nested rules and variables are resolved. Of layers, only that they count less than what stands
in none is known; what ``@container`` and ``@scope`` limit is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from typing import Any, NamedTuple

from opencheck.core.errors import InputError
from opencheck.core.extras import missing_library
from opencheck.documents.colours import parse_colour
from opencheck.documents.screen_conditions import holds_for_screen, is_supported

__all__ = ["Drawn", "Style", "drawn_elements"]

Style = Mapping[str, str]
"""The values of properties as they are written, in lower case, by the names of the properties."""

_PROPERTIES = frozenset(
    re.findall(
        r"\S+",
        """background-color background-image block-size bottom clip clip-path color content-visibility display filter font-size height
    inline-size left letter-spacing line-height margin-left margin-top max-height max-width opacity overflow-x overflow-y position right scale
    text-decoration-line text-indent top transform translate visibility -webkit-text-fill-color width""",
    )
)
"""What may make that a text is not seen, or is struck out."""

_SHORT_FOR = {
    "all": tuple(_PROPERTIES),
    "background": ("background-color", "background-image"),
    "font": ("font-size", "line-height"),
    "text-decoration": ("text-decoration-line",),
    "overflow": ("overflow-x", "overflow-y"),
}
"""Properties that stand for several: each of these is given the whole value, in which its own is looked for when it matters."""

_SIDES = {
    "inset": ("top", "right", "bottom", "left"),
    "margin": ("margin-top", "margin-right", "margin-bottom", "margin-left"),
}
"""The same, of which each value is given to a side."""

_COLOURS = frozenset(("color", "-webkit-text-fill-color"))

_WORDS = {
    "display": frozenset(
        re.findall(
            r"\S+",
            """none block inline inline-block flex inline-flex grid inline-grid contents list-item flow flow-root run-in math ruby ruby-text
    ruby-base table inline-table table-row table-cell table-row-group table-header-group table-footer-group table-column
    table-column-group table-caption -webkit-box -webkit-inline-box -webkit-flex -webkit-inline-flex""",
        )
    ),
    "visibility": frozenset(("visible", "hidden", "collapse")),
    "position": frozenset(("static", "relative", "absolute", "fixed", "sticky", "-webkit-sticky")),
    "overflow": frozenset(("visible", "hidden", "clip", "scroll", "auto", "overlay")),
    "content-visibility": frozenset(("visible", "hidden", "auto")),
}
"""The words that a browser takes for a property: given another, it goes by what stands before it."""

_OF_ALL = frozenset(("inherit", "initial", "unset", "revert", "revert-layer"))

_VARIABLE = re.compile(r"var\(\s*(--[^\s,()]+)\s*(?:,((?:[^()]|\([^()]*\))*))?\)")

_NAME = re.compile(r"[.#][-\w]+")
"""Names of classes and ids in a selector."""

_SHEETS = "//style[not(ancestor::template or ancestor::noscript)]"
"""A browser with scripts takes no others."""

_NEAREST = 200
"""So many elements around and before one are compared with a selector, so that no page takes long."""

_LONGEST = 2000
"""So many letters a value with its variables, and the selector of a nested rule, may have: each level may double them."""

_MOST_WORK, _WORK_OF_AN_ELEMENT = 10_000_000, 200
"""So many comparisons a page may need, and so many more for each of its elements."""

_MOST_LETTERS = 250_000
"""So many letters all selectors may have, those of nested rules with what stands around them."""

_MOST_STEPS = 100
"""So many variables are filled into a value: they may go round in a circle."""

_DEEPEST = 50
"""So many rules may stand in each other."""

_LAYERED, _AUTHORS, _OWN = 0, 1, 2
"""Where a declaration stands: in a layer of a sheet, elsewhere in a sheet, at the element. The later of these counts more."""

_IMPORTANT = {_AUTHORS: 3, _LAYERED: 4, _OWN: 5}

_Block = Mapping[str, tuple[str, bool]]
"""The properties that matter of a list of declarations, each with its value and whether it is important."""


class _Rule(NamedTuple):
    selector: str
    origin: int
    block: _Block


class Drawn(NamedTuple):
    """An element of a page, what is declared for it, and whether sheets that are not in the page may say more of it."""

    element: Any
    style: Style
    is_partly_known: bool


def drawn_elements(tree: Any) -> Iterator[Drawn]:
    """Yield each element of a tree of lxml, from the top, with what the page declares for it.

    Raises:
        InputError: a style sheet or the page is nested too deep to be read, or has so many rules that it would take long.

    >>> from lxml.html import document_fromstring
    >>> page = document_fromstring("<style>p.a {Color: White} p {color: red; left: 0}</style><p class=a style='top: 1px'>b<p class=c>")
    >>> [(dict(style), more) for element, style, more in drawn_elements(page) if element.tag == "p"]
    [({'color': 'white', 'left': '0', 'top': '1px'}, False), ({'color': 'red', 'left': '0'}, True)]
    """
    sheets = [style.text or "" for style in tree.xpath(_SHEETS) if _is_for_screen(style)]
    has_more = _has_more_sheets(tree)
    variables: dict[Any, Style] = {}
    try:
        rules = [rule for sheet in sheets for rule in _rules(_parsed(sheet), "", _AUTHORS, 0)]
        if sum(len(rule.selector) for rule in rules) > _MOST_LETTERS:
            raise _too_many()
        for element, declared, names in _matched(tree, rules) if rules else _alone(tree):
            known = variables.get(element.getparent(), {})
            own = {name: value for name, value in declared.items() if name.startswith("--")}
            variables[element] = known = {**known, **_filled_in(own, {**known, **own})} if own else known
            yield Drawn(element, _filled_in(declared, known), has_more and not _names(element) <= names)
    except RecursionError as exc:
        raise _too_deep() from exc


def _is_for_screen(style: Any) -> bool:
    return (style.get("type") or "text/css").lower() == "text/css" and holds_for_screen(style.get("media") or "")


def _too_deep() -> InputError:
    return InputError("网页的样式嵌套过深，没有检查 / the styles of the web page are nested too deep, it was not checked")


def _too_many() -> InputError:
    return InputError("网页的样式过多，没有检查 / the web page has too many styles, it was not checked")


def _has_more_sheets(tree: Any) -> bool:
    """Whether other sheets than those in the page draw it, too: it links some, or it is a part of a page only."""
    links = any("stylesheet" in (link.get("rel") or "").lower() for link in tree.iter("link"))
    return links or tree.find("head/title") is None or any("@import" in (style.text or "") for style in tree.iter("style"))


def _names(element: Any) -> set[str]:
    """The names by which a sheet may draw an element."""
    names = (element.get("class") or "").split()
    return {f".{name}" for name in names} | ({f"#{element.get('id')}"} if element.get("id") else set())


def _filled_in(style: Style, variables: Style) -> Style:
    """Fill in variables; a declaration with one that is not known says nothing."""
    if not any("var(" in value for value in style.values()):
        return style
    filled = {name: _filled_value(value, variables) for name, value in style.items()}
    return {name: value for name, value in filled.items() if value is not None and _may_be(name, value)}


def _filled_value(value: str, variables: Style) -> str | None:
    for _ in range(_MOST_STEPS):
        match = _VARIABLE.search(value)
        if match is None:
            return None if "var(" in value else value
        filled = variables.get(match[1], match[2])
        if filled is None or len(value) > _LONGEST:
            return None
        value = f"{value[: match.start()]}{filled}{value[match.end() :]}".strip()
    return None


def _alone(tree: Any) -> Iterator[tuple[Any, Style, Set[str]]]:
    for element in tree.iter():
        if isinstance(element.tag, str):
            yield element, {name: value for name, (value, _) in _own_block(element).items()}, frozenset()


def _matched(tree: Any, rules: list[_Rule]) -> Iterator[tuple[Any, Style, Set[str]]]:
    """Each element with what is declared for it, and the names of classes and ids that the sheets know."""
    import cssselect2

    left = _MOST_WORK + _WORK_OF_AN_ELEMENT * sum(1 for _ in tree.iter())
    last: dict[str, tuple[Any, tuple[Any, ...]]] = {}

    def take(work: int) -> None:
        nonlocal left
        left -= work
        if left < 0:
            raise _too_many()

    def near(element: Any, attribute: str) -> tuple[Any, ...]:
        if attribute not in last or last[attribute][0] is not element:
            last[attribute] = (element, tuple(_chain(element, attribute)))
        found = last[attribute][1]
        take(3 + len(found))
        return found

    class Element(cssselect2.ElementWrapper):  # type: ignore[misc]
        """An element that keeps no lists of what stands around and before it; for the last one alone they are known."""

        @property
        def ancestors(self) -> tuple[Any, ...]:
            return near(self, "parent")

        @property
        def previous_siblings(self) -> tuple[Any, ...]:
            return near(self, "previous")

        def iter_children(self) -> Iterator[Any]:
            take(20 * (1 + len(self.etree_children)))
            return super().iter_children()  # type: ignore[no-any-return]

    matcher = cssselect2.Matcher()
    known: set[str] = set()
    for rule in rules:
        try:
            selectors = cssselect2.compile_selector_list(rule.selector)
        except cssselect2.SelectorError:
            continue
        known.update(_NAME.findall(rule.selector))
        for selector in selectors if rule.block else ():
            if selector.pseudo_element is None:
                matcher.add_selector(selector, rule)
    of_type = sum(rule.selector.count("-of-type") for rule in rules)  # each looks through all siblings
    for wrapped in Element.from_html_root(tree).iter_subtree():
        ranked: dict[str, tuple[int, str]] = {}
        found = [(rule.origin, rule.block) for _, _, _, rule in matcher.match(wrapped)]
        take(len(matcher.other_selectors) + 10 * len(found) + of_type * len(wrapped.etree_siblings) // 2)
        for origin, block in [*found, (_OWN, _own_block(wrapped.etree_element))]:
            for name, (value, important) in block.items():
                rank = _IMPORTANT[origin] if important else origin
                if name not in ranked or rank >= ranked[name][0]:
                    ranked[name] = (rank, value)
        yield wrapped.etree_element, {name: value for name, (_, value) in ranked.items()}, known


def _chain(element: Any, attribute: str) -> Iterator[Any]:
    for _ in range(_NEAREST):
        element = getattr(element, attribute)
        if element is None:
            return
        yield element


def _parsed(sheet: str) -> list[Any]:
    try:
        import tinycss2
    except ImportError as exc:
        raise missing_library(exc, "读取 HTML / to read HTML") from exc
    return list(tinycss2.parse_stylesheet(sheet, skip_comments=True))


def _rules(nodes: list[Any], around: str, origin: int, depth: int) -> Iterator[_Rule]:
    """The rules of a sheet, or of what stands in a rule with the selector ``around``, that hold for a screen."""
    import tinycss2

    if depth > _DEEPEST:
        raise _too_deep()
    declarations: list[Any] = []
    for node in nodes:
        if node.type == "declaration":
            declarations.append(node)
        elif node.type == "qualified-rule" or (node.type == "at-rule" and node.content is not None and _applies(node)):
            if declarations:
                yield _Rule(around, origin, _as_block(declarations))
                declarations = []  # what follows the rule counts more than it
            is_rule = node.type == "qualified-rule"
            selector = _nested(around, node.prelude) if is_rule else around
            parse = tinycss2.parse_blocks_contents if selector else tinycss2.parse_rule_list
            within = parse(node.content)
            is_layer = not is_rule and node.lower_at_keyword == "layer"
            yield from _rules(within, selector, _LAYERED if is_layer else origin, depth + 1)
    if around:
        yield _Rule(around, origin, _as_block(declarations))


def _applies(node: Any) -> bool:
    """Whether a screen takes what stands under an at-rule."""
    import tinycss2

    keyword = node.lower_at_keyword
    if keyword == "media":
        return holds_for_screen(tinycss2.serialize(node.prelude))
    return keyword == "layer" or (keyword == "supports" and is_supported(node.prelude))


def _nested(around: str, prelude: list[Any]) -> str:
    """The selector of a rule that stands in one with the selector ``around``, if it stands in one."""
    import tinycss2

    if not around:
        return str(tinycss2.serialize(prelude)).strip()
    parts: list[list[Any]] = [[]]
    for node in prelude:
        if node == ",":
            parts.append([])
        else:
            parts[-1].append(node)
    texts = [tinycss2.serialize(part).strip() for part in parts]
    selector = ", ".join(_joined(around, text) for text in texts)
    if len(selector) > _LONGEST:
        raise _too_deep()
    return selector


def _joined(around: str, text: str) -> str:
    if "&" in text:
        return text.replace("&", f":is({around})")
    return f":is({around}) {text}" if "," in around else f"{around} {text}"


def _own_block(element: Any) -> _Block:
    return _read(element.get("style") or "")


@lru_cache(maxsize=4096)
def _read(style: str) -> _Block:
    import tinycss2

    nodes = tinycss2.parse_blocks_contents(style, skip_comments=True)
    return _as_block([node for node in nodes if node.type == "declaration"])


def _as_block(declarations: list[Any]) -> _Block:
    import tinycss2

    block = {}
    for node in sorted(declarations, key=lambda node: bool(node.important)):
        value = tinycss2.serialize(node.value).strip().lower()
        for name, part in _in_full(node.lower_name, value):
            if name.startswith("--") or (name in _PROPERTIES and _may_be(name, part)):
                block[name] = (part, bool(node.important))
    return block


def _in_full(name: str, value: str) -> Iterator[tuple[str, str]]:
    """The properties for which one stands, with the value of each."""
    if name in _SIDES and value.strip():
        top, *others = value.split()
        right = others[0] if others else top
        bottom = others[1] if len(others) > 1 else top
        yield from zip(_SIDES[name], (top, right, bottom, others[2] if len(others) > 2 else right), strict=True)
    else:
        yield from ((full, value) for full in _SHORT_FOR.get(name, (name,)))


def _may_be(name: str, value: str) -> bool:
    """Whether a browser takes a value for a property, as far as that is known."""
    if "\\" in value:  # only old versions of Internet Explorer take it
        return False
    if "var(" in value or value in _OF_ALL:
        return True
    if name in _COLOURS:
        return "(" in value or value == "currentcolor" or parse_colour(value) is not None
    words = _WORDS.get(name.removesuffix("-x").removesuffix("-y"))
    return words is None or all(word in words for word in value.split())
