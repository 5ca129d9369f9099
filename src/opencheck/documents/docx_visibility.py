"""What of a Word document nobody sees on its pages although nothing calls it hidden: white or tiny text, rows and boxes that are not drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from opencheck.documents.colours import is_as_white, parse_colour
from opencheck.documents.packages import local_name

__all__ = ["DELETED", "HIDDEN", "SHADED", "TINY", "WHITE", "colours", "is_on_colour", "part_of_place", "shading"]

DELETED, HIDDEN = "修订中删除的文字", "隐藏的文字"

WHITE, SHADED, TINY = "white", "shaded", "tiny"
"""What :func:`colours` tells of characters: white ones are seen on a shaded ground only."""

_TINY_HALF_POINTS = 4

_NO_COLOUR = ("", "auto", "none", "clear")

_LONGEST_PAGE, _WIDEST_MARGIN, _HIGHEST_PAGE = 21_000_000, 2_500_000, 12_000_000
"""In English Metric Units: what lies farther out lies on no page."""

_FAR_OUT = re.compile(r"(?i)(?:margin-)?(?:left|top)\s*:\s*-[0-9]{4,}")


def _attribute(node: Any, name: str) -> str:
    return next((str(v) for k, v in node.attrib.items() if k.rpartition("}")[2] == name), "")


def colours(properties: Any) -> Mapping[str, bool]:
    """Tell which of white, shaded and tiny the properties of characters say, and which they deny."""
    found = dict(shading(properties))
    for node in () if properties is None else properties.iterchildren("{*}color", "{*}sz", "{*}highlight"):
        value = _attribute(node, "val").lower()
        kind = local_name(node)
        if kind == "color":
            found[WHITE] = _is_white(value)
        elif kind == "sz":
            found[TINY] = value.isdecimal() and int(value) <= _TINY_HALF_POINTS
        elif value not in _NO_COLOUR and not _is_white(value):
            found[SHADED] = True
    return found


def _is_white(value: str) -> bool:
    """Whether Word's name or number of a colour, in lower case, is that of white, or so near that nobody sees it on paper."""
    colour = parse_colour(value) or parse_colour(f"#{value}")
    return colour is not None and is_as_white(*colour[:3])


def shading(properties: Any) -> Mapping[str, bool]:
    """Tell whether properties give a ground of another colour than white."""
    for node in () if properties is None else properties.iterchildren("{*}shd"):
        fill = _attribute(node, "fill").lower()
        if _attribute(node, "themeFill") or (fill not in _NO_COLOUR and not _is_white(fill)):
            return {SHADED: True}
    return {}


def is_on_colour(paragraph: Any) -> bool:
    """Whether a paragraph may stand on a coloured ground: its own, that of a table or a box (which styles and shapes give), or the page's."""
    if shading(next(paragraph.iterchildren("{*}pPr"), None)):
        return True
    for around in paragraph.iterancestors():
        kind = local_name(around)
        if kind in ("tbl", "txbxContent", "txBody") or (
            kind == "document" and next(around.iterchildren("{*}background"), None) is not None
        ):
            return True
    return False


def part_of_place(paragraph: Any) -> str:
    """The part to which a paragraph belongs by the row or the box that it stands in; blank where it is drawn."""
    for around in paragraph.iterancestors("{*}tr", "{*}txbxContent"):
        if local_name(around) == "tr":
            properties = next(around.iterchildren("{*}trPr"), None)
            said = {local_name(n): _attribute(n, "val") for n in (() if properties is None else properties)}
            if "del" in said:
                return DELETED
            if said.get("hidden", "0") not in ("0", "false", "off"):
                return HIDDEN
        elif _is_not_drawn(around):
            return HIDDEN
    return ""


def _is_not_drawn(box: Any) -> bool:
    for holder in box.iterancestors("{*}anchor", "{*}shape", "{*}rect"):
        if local_name(holder) != "anchor":
            style = holder.get("style") or ""
            return "visibility:hidden" in style.replace(" ", "") or _FAR_OUT.search(style) is not None
        named = next(holder.iterchildren("{*}docPr"), None)
        if "1" in (holder.get("hidden"), named is not None and named.get("hidden")):
            return True
        extent = next(holder.iterchildren("{*}extent"), None)
        sizes = {"H": _number(extent, "cx"), "V": _number(extent, "cy")}
        return any(
            _is_off_page(node, size) for axis, size in sizes.items() for node in holder.iterchildren(f"{{*}}position{axis}")
        )
    return False


def _is_off_page(position: Any, size: int) -> bool:
    offset = next(position.iterchildren("{*}posOffset"), None)
    text = str(offset.text or "").strip() if offset is not None else ""
    if not re.fullmatch("-?[0-9]+", text):
        return False
    from_page = position.get("relativeFrom") == "page"
    room = 0 if from_page else _WIDEST_MARGIN if local_name(position) == "positionH" else _HIGHEST_PAGE
    return int(text) + size <= -room or int(text) >= _LONGEST_PAGE


def _number(node: Any, name: str) -> int:
    value = "" if node is None else str(node.get(name) or "")
    return int(value) if value.isdecimal() else 0
