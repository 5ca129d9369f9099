"""The text objects of an OFD page: their lines with cells told apart by the distances of characters, and whether anybody sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from opencheck.documents.colours import is_as_white
from opencheck.documents.packages import local_name

__all__ = ["Text", "box_of", "holds_unread_glyphs", "texts_of"]

_GAP_IN_NUMBERS, _GAP = 0.4, 1.2
"""From which gap on, in sizes of the font, what follows a figure or a word stands in another cell."""

_DIGIT_WIDTH = 0.55

_USUAL_SIZE = 4.0
"""The size of a font where an object does not state it, in millimetres."""


class Text(NamedTuple):
    """A piece of text, the place of its box, and whether it is shown."""

    text: str
    left: float
    top: float
    right: float
    height: float
    shown: bool


def box_of(value: str | None) -> list[float]:
    """Read left, top, width and height; zeros where they are not stated.

    >>> box_of("20 20 100 8"), box_of("x")
    ([20.0, 20.0, 100.0, 8.0], [0.0, 0.0, 0.0, 0.0])
    """
    found = _numbers(value)
    return found if len(found) == 4 else [0.0, 0.0, 0.0, 0.0]


def texts_of(
    root: Any, units: dict[str, Any], page: list[float] | None = None, left: float = 0, top: float = 0, shown: bool = True,
    seen: frozenset[str] = frozenset(),
) -> Iterator[Text]:  # fmt: skip
    """Yield the text objects below an element with their places on the page, those of composite units included.

    Args:
        root: the element.
        units: composite units by their numbers.
        page: the box of the page, where it is known: what lies outside is not shown.
        left: the place of the element on the page.
        top: the same from above.
        shown: whether the element is shown.
        seen: the units that hold the element.
    """
    painted = _is_painted(root)
    for node in root.iter("{*}TextObject", "{*}CompositeObject"):
        x, y, width, height = box_of(node.get("Boundary"))
        own = shown and not any(str(a.get("Visible")).lower() == "false" for a in (node, *node.iterancestors()))
        if local_name(node) == "TextObject":
            own = own and _has_ink(node, painted)
            lines = list(_lines(node))
            tall = height if len(lines) == 1 else min(height, _size(node) or _USUAL_SIZE)
            for text, down in lines:
                at = top + y + down
                inside = page is None or not width or _overlaps(page, left + x, at, width, tall)
                yield Text(text, left + x, at, left + x + width, tall, own and inside)
            continue
        number = str(node.get("ResourceID"))
        if number in units and number not in seen:
            yield from texts_of(units[number], units, None, left + x, top + y, own, seen | {number})


def holds_unread_glyphs(root: Any) -> bool:
    """Whether glyphs are drawn for which the file gives no characters."""
    return any(
        next(node.iter("{*}Glyphs"), None) is not None and not "".join(c.text or "" for c in node.iter("{*}TextCode")).strip()
        for node in root.iter("{*}TextObject")
    )


def _lines(node: Any) -> Iterator[tuple[str, float]]:
    """The lines of a text object with their distances from the first."""
    size = _size(node)
    line, first, last_y, end = "", None, 0.0, 0.0
    for code in node.iter("{*}TextCode"):
        x, y = _number(code.get("X")), _number(code.get("Y"))
        y = last_y if y is None else y
        text, right = _spread(str(code.text or "").strip("\r\n \t"), code.get("DeltaX"), size, end if x is None else x)
        if first is None:
            first = y
        elif abs(y - last_y) > 0.5 * (size or _USUAL_SIZE):
            yield line, last_y - first
            line = ""
        elif x is not None and size and line and text and x - end > _share(line[-1], text[0]) * size:
            line += "\t"
        line, last_y, end = line + text, y, right
    yield line, last_y - (first or 0.0)


def _spread(text: str, deltas: str | None, size: float, x: float) -> tuple[str, float]:
    """A text with tabs where its characters stand far apart, and where it ends."""
    steps = _steps(deltas)
    if not steps or not size:
        return text, x + sum(_width(c) for c in text) * size
    found = []
    for at, char in enumerate(text):
        found.append(char)
        step = steps[min(at, len(steps) - 1)] if at < len(text) - 1 else _width(char) * size
        if at < len(text) - 1 and step - _width(char) * size > _share(char, text[at + 1]) * size:
            found.append("\t")
        x += step
    return "".join(found), x


def _steps(deltas: str | None) -> list[float]:
    """The distances of characters: ``g 3 4.5`` stands for 4.5 three times."""
    found: list[float] = []
    words = (deltas or "").split()
    at = 0
    while at < len(words):
        if words[at] == "g" and at + 2 < len(words) and words[at + 1].isdecimal():
            found += [_number(words[at + 2]) or 0.0] * min(int(words[at + 1]), 100_000)
            at += 3
        else:
            found.append(_number(words[at]) or 0.0)
            at += 1
    return found


def _width(char: str) -> float:
    return _DIGIT_WIDTH if char.isascii() else 1.0


def _share(left: str, right: str) -> float:
    return _GAP_IN_NUMBERS if left.isdigit() and (right.isdigit() or right in "Xx") else _GAP


def _size(node: Any) -> float:
    return _number(node.get("Size")) or 0.0


def _has_ink(node: Any, painted: bool) -> bool:
    """Whether a text is drawn: filled or stroked, not transparent, and not in white where nothing else is painted."""
    if _number(node.get("Alpha")) == 0 or (
        str(node.get("Fill")).lower() == "false" and str(node.get("Stroke")).lower() != "true"
    ):
        return False
    colour = next(node.iterchildren("{*}FillColor"), None)
    if colour is None:
        return True
    return _number(colour.get("Alpha")) != 0 and (painted or not _is_white(_numbers(colour.get("Value"))))


def _is_white(parts: list[float]) -> bool:
    """Whether red, green and blue, or one part of grey, each up to 255, give what cannot be told from white on paper."""
    if len(parts) not in (1, 3):
        return False
    red, green, blue = (part / 255 for part in (parts * 3 if len(parts) == 1 else parts))
    return is_as_white(red, green, blue)


def _is_painted(root: Any) -> bool:
    """Whether something lies on a page on which white can be read: a picture, or an area of another colour."""
    return next(root.iter("{*}ImageObject", "{*}CompositeObject"), None) is not None or any(
        str(path.get("Fill")).lower() == "true" for path in root.iter("{*}PathObject")
    )


def _overlaps(page: list[float], left: float, top: float, width: float, height: float) -> bool:
    return left < page[0] + page[2] and left + width > page[0] and top < page[1] + page[3] and top + height > page[1]


def _number(value: str | None) -> float | None:
    try:
        return float(value) if value is not None else None
    except ValueError:
        return None


def _numbers(value: str | None) -> list[float]:
    try:
        return [float(v) for v in (value or "").split()]
    except ValueError:
        return []
