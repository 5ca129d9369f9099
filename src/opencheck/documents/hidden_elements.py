"""Which texts of a web page a browser does not show, and which it shows struck out, as far as the page itself says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from opencheck.documents.colours import BLACK, WHITE, Colour, can_be_seen_on, laid_on, parse_colour
from opencheck.documents.page_styles import Drawn, Style, drawn_elements

__all__ = ["Unseen", "unseen_elements"]

_NEVER_DRAWN = frozenset(
    re.findall(
        r"\S+",
        """template noscript noembed noframes datalist canvas audio video rp progress meter desc metadata defs symbol clipPath mask marker
    pattern annotation""",
    )
)
"""Elements whose text a browser shows only where it can do nothing else with them, or never, as in drawings."""

_AS_AROUND = frozenset(("inherit", "unset", "revert", "revert-layer"))
"""Values of properties that elements take from what stands around them."""

_UNDRAWN = frozenset(("none", "table-column", "table-column-group"))
"""Values of ``display`` of which no text is drawn."""

_MAY_MATTER = (
    "boolean(//*[@style or @hidden or @popover or @color or @bgcolor or @text or @background or self::style or self::dialog"
    " or self::del or self::s or self::strike or (self::title and not(parent::head)) or "
    + " or ".join(f"self::{tag}" for tag in sorted(_NEVER_DRAWN))
    + "])"
)

_LENGTH = re.compile(r"([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[-+]?[0-9]+)?)(px|pt|pc|em|rem|ex|ch|cm|mm|q|in|vw|vh|%)?")

_PIXELS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "rem": 16.0,
    "cm": 37.8,
    "mm": 3.78,
    "q": 0.945,
    "in": 96.0,
    "vw": 12.8,
    "vh": 7.2,
}
"""Of units that do not depend on the text."""

_USUAL_SIZE = 16.0

_TINY = 2 * 4 / 3
"""Two points, in pixels: letters up to that size are taken for lines, as they are in Word."""

_FAR_OUT, _FAR_RIGHT = -100.0, 2000.0
"""In pixels, or in per cent: a text that begins so far to the left of its place or above it, or to the right of the page, is not seen."""

_WHOLE_LINE = 1000.0
"""In pixels: a first line that begins so far to the right is cut off, where what does not fit in is."""

_SIZES = ("width", "height", "max-width", "max-height", "inline-size", "block-size")

_TRANSPARENT = 0.1

_CUT_AWAY = re.compile(
    r"rect\(\s*[01](?:px)?(?:[\s,]+[01](?:px)?){3}\s*\)|inset\(\s*(?:[5-9][0-9]|100)%|circle\(\s*0|polygon\((?:[\s,]*0(?:px)?\s+0(?:px)?)+\s*\)"
)

_MOVED = re.compile(r"translate(?:x|y|3d)?\(([^()]*)\)")

_FADED = re.compile(r"(?<![-\w])opacity\(([^()]*)\)")

_WEIGHT = re.compile("[1-9][0-9]*")
"""A whole number alone among the parts of ``font``; a size has a unit, or is 0."""

_WITH_GROUND = frozenset(("body", "table", "thead", "tbody", "tfoot", "tr", "td", "th"))
"""Elements with the attributes ``bgcolor`` and ``background``; at others they say nothing."""

_USUALLY: Mapping[str, Style] = {
    "a": {"color": "#00e"},
    "mark": {"background-color": "yellow", "color": "black"},
    "dialog": {"background-color": "white", "color": "black"},
    "button": {"background-color": "#efefef", "color": "black"},
}
"""What browsers declare for some elements; for ``a`` where it is a link."""

_STRUCK = frozenset(("del", "s", "strike"))

_PLAIN_FUNCTIONS = re.compile(r"\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(")
"""Functions that give a colour; any other gives a picture or what is not known here."""

_PARTS = re.compile(r"[^\s()]+\([^()]*\)|[^\s()]+")

_SHRUNK = re.compile(r"(?:scale(?:x|y)?\((?:[^()]*,)?|(?:scale3d|matrix)\()\s*0*\.?0*\s*[,)]")


@dataclass(frozen=True)
class Unseen:
    """The elements of a page whose own text is not shown, and those in which it is struck out; what stands in children is theirs."""

    hidden: frozenset[Any] = field(default_factory=frozenset)
    struck: frozenset[Any] = field(default_factory=frozenset)


@dataclass(frozen=True)
class _State:
    """How the text at a place is drawn; None for a colour that sheets give which are not in the page."""

    is_gone: bool = False
    is_struck: bool = False
    is_invisible: bool = False
    size: float = _USUAL_SIZE
    colour: Colour | None = BLACK
    fill: str = ""
    ground: Colour | None = WHITE

    @property
    def is_hidden(self) -> bool:
        if self.is_gone or self.is_invisible or self.size <= _TINY:
            return True
        colour = parse_colour(self.fill) if self.fill else self.colour
        if colour is None:
            return False
        return colour[3] < _TRANSPARENT or (self.ground is not None and not can_be_seen_on(colour, self.ground))


def unseen_elements(tree: Any) -> Unseen:
    """Tell which elements of a tree of lxml hold text that is not shown, or is struck out.

    Raises:
        InputError: the style sheets of the page are nested too deep to be read, or have so many rules that it would take long.

    >>> from lxml.html import document_fromstring
    >>> page = document_fromstring("<style>.a {display: none}</style><p class=a>b<p style='color: #fefefe'>c<p>d<p><del>e</del>")
    >>> unseen = unseen_elements(page)
    >>> [element.text for element in page.iter("p", "del") if element in unseen.hidden], [element.text for element in unseen.struck]
    (['b', 'c'], ['e'])
    """
    if not tree.xpath(_MAY_MATTER):
        return Unseen()
    states: dict[Any, _State] = {}
    hidden, struck = set(), set()
    covered = {template.getparent() for template in tree.iter("template") if template.get("shadowrootmode") is not None}
    """Elements of which a browser shows what their template says; which of their own texts that shows, is not looked into."""
    for drawn in drawn_elements(tree):
        element = drawn.element
        states[element] = state = _state_within(states.get(element.getparent(), _State()), drawn)
        if element in covered:
            states[element] = state = replace(state, is_gone=True)
        if state.is_hidden:
            hidden.add(element)
        if state.is_struck:
            struck.add(element)
    return Unseen(frozenset(hidden), frozenset(struck))


def _state_within(parent: _State, drawn: Drawn) -> _State:
    """How the text of an element is drawn, by that of its parent and by what is declared for it."""
    element, style = drawn.element, drawn.style
    size = _size(style, parent.size)
    visibility, fill = style.get("visibility", "inherit"), style.get("-webkit-text-fill-color", "inherit")
    return _State(
        is_gone=parent.is_gone or _is_gone(element, style, size),
        is_struck=parent.is_struck or element.tag in _STRUCK or "line-through" in style.get("text-decoration-line", ""),
        is_invisible=parent.is_invisible if visibility in _AS_AROUND else visibility in ("hidden", "collapse"),
        size=size,
        colour=_colour(parent, drawn),
        fill=parent.fill if fill in _AS_AROUND else "" if fill in ("currentcolor", "initial") else fill,
        ground=_ground(parent, drawn),
    )


def _is_gone(element: Any, style: Style, size: float) -> bool:
    """Whether an element is not drawn with all that it holds, is drawn outside the window, or is cut down to nothing."""
    is_closed = any(element.get(name) is not None for name in ("hidden", "popover"))
    is_closed = is_closed or (element.tag == "dialog" and element.get("open") is None)
    display = style.get("display", "revert")
    if element.tag in _NEVER_DRAWN or display in _UNDRAWN or (is_closed and display == "revert"):
        return True
    if element.tag == "title" and element.getparent().tag != "head":
        return True
    if not style:
        return False
    shares = [style.get("opacity", "1"), *_FADED.findall(style.get("filter", ""))]
    if style.get("content-visibility") == "hidden" or any(
        _pixels(s, 1.0, share_of=1.0, unknown=1.0) < _TRANSPARENT for s in shares
    ):
        return True
    if any(not _FAR_OUT < _pixels(offset, size) < _FAR_RIGHT for offset in _offsets(style)):
        return True
    is_shrunk = _SHRUNK.search(style.get("transform", "")) or any(
        _pixels(part, 1.0, unknown=1.0) == 0 for part in style.get("scale", "").split()
    )
    clip = style.get("clip", "") if style.get("position") in ("absolute", "fixed") else ""
    if is_shrunk or _CUT_AWAY.search(f"{clip} {style.get('clip-path', '')}"):
        return True
    if _pixels(style.get("letter-spacing", "0"), size) < min(-size, -1.0):  # letters stand before each other
        return True
    cut = {style.get(name, "visible").split()[-1] for name in ("overflow-x", "overflow-y")}
    if element.tag in ("html", "body") or cut <= {"visible", *_AS_AROUND, "initial"}:
        return False
    sizes = [style[name] for name in _SIZES if name in style]
    if any(_pixels(value, size, share_of=_USUAL_SIZE, unknown=_USUAL_SIZE) <= 1 for value in sizes):
        return True
    if _pixels(style.get("line-height", "").rpartition("/")[2].partition(" ")[0], size, unknown=_USUAL_SIZE) == 0:
        return True
    if not cut & {"hidden", "clip"}:
        return False
    return _pixels(style.get("text-indent", "0"), size, share_of=_WHOLE_LINE) >= _WHOLE_LINE


def _offsets(style: Style) -> Iterator[str]:
    """How far a text is moved from its place, to the left and to the right and upwards."""
    if style.get("position") in ("relative", "absolute", "fixed"):
        yield from (style[name] for name in ("left", "right") if name in style)
        yield from (*_upwards(style.get("top", "0")), *_upwards(f"-{style.get('bottom', '0')}"))
    yield from (style[name] for name in ("text-indent", "margin-left") if name in style)
    yield from _upwards(style.get("margin-top", "0"))
    for arguments in (*_MOVED.findall(style.get("transform", "")), style.get("translate", "").replace(" ", ",")):
        yield from arguments.split(",")


def _upwards(offset: str) -> tuple[str, ...]:
    """An offset, if it leads upwards: a page may be as long as it likes."""
    return (offset,) if offset.startswith("-") else ()


def _pixels(text: str, size: float, *, share_of: float = 100.0, unknown: float = 0.0) -> float:
    """Return a length in pixels; what is no length, such as ``auto``, as ``unknown``."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        return unknown
    number, unit = float(match[1]), match[2] or ""
    if unit == "%":
        return number * share_of / 100
    return number * (_PIXELS[unit] if unit in _PIXELS else size if unit == "em" else size / 2)


def _size(style: Style, around: float) -> float:
    """The size of letters in pixels."""
    text = style.get("font-size", "inherit")
    if text in (*_AS_AROUND, "smaller", "larger"):
        return around
    words = [word.partition("/")[0] for word in text.split() if not _WEIGHT.fullmatch(word)]
    text = next((word for word in words if word[0].isdigit() or word[0] == "."), "medium")
    return _pixels(text, around, share_of=around, unknown=_USUAL_SIZE)


def _colour(parent: _State, drawn: Drawn) -> Colour | None:
    element, style = drawn.element, drawn.style
    attribute = _attribute(element, {"body": "text", "font": "color"}.get(element.tag))
    declared = style.get("color") or attribute or "revert"
    if declared == "revert":
        declared = _usual(element).get("color", "unset")
        if declared == "unset" and drawn.is_partly_known:
            return None
    if declared == "currentcolor" or declared in _AS_AROUND:
        return parent.colour
    return BLACK if declared == "initial" else parse_colour(declared)


def _usual(element: Any) -> Style:
    """What browsers declare for an element."""
    return {} if element.tag == "a" and element.get("href") is None else _USUALLY.get(element.tag, {})


def _attribute(element: Any, name: str | None) -> str:
    """The colour that an attribute gives; browsers do not ask for the sign before its numbers."""
    text = (element.get(name) or "").strip().lower() if name else ""
    return f"#{text}" if len(text) == 6 and not parse_colour(text) else text


def _ground(parent: _State, drawn: Drawn) -> Colour | None:
    element, style = drawn.element, drawn.style
    colour, picture = style.get("background-color", ""), style.get("background-image", "")
    if element.tag in _WITH_GROUND:
        colour = colour or _attribute(element, "bgcolor")
        picture = picture or (f"url({element.get('background')})" if element.get("background") else "")
    colour = colour or _usual(element).get("background-color", "")
    if not colour and not picture:
        return None if drawn.is_partly_known else parent.ground
    if "(" in _PLAIN_FUNCTIONS.sub("", picture):
        return None
    found = [parsed for part in _PARTS.findall(colour) if (parsed := parse_colour(part))]
    if not found:
        return parent.ground
    if found[-1][3] == 1:
        return found[-1]
    return parent.ground and laid_on(found[-1], parent.ground)
