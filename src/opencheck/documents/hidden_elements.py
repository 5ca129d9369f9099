"""Which elements of a web page a browser does not show, and which it shows struck out, as far as they say so themselves."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["is_hidden", "is_struck", "is_white"]

_NOT_SHOWN = re.compile(
    r"(?i)(?:display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}(?:hidden|collapse)"
    r"|(?:opacity|font-size)\s{0,3}:\s{0,3}0+(?:\.0*)?(?:%|[a-z]{1,3})?\s{0,3}(?:!|;|$)"
    r"|(?:left|top|text-indent|margin-left)\s{0,3}:\s{0,3}-[0-9]{3,6}(?:\.[0-9]*)?(?:px|pt|em|%))"
)
"""Not drawn, without any size or ink, or outside the window."""

_COLOUR = re.compile(r"(?i)(?<![-\w])color\s{0,3}:\s{0,3}([^;!]*)")

_WHITE = re.compile(r"(?i)(?:white|#fff(?:fff)?|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))\s*")

_BACKGROUND = re.compile(r"(?i)background")

_STRUCK = re.compile(r"(?i)text-decoration(?:-line)?\s{0,3}:[^;]{0,80}line-through")


def is_hidden(element: Any) -> bool:
    """Whether an element of a tree of lxml says of itself that it shall not be shown.

    >>> from xml.etree.ElementTree import fromstring
    >>> [is_hidden(fromstring(text)) for text in ('<tr hidden=""/>', '<td style="display: none"/>', "<td/>")]
    [True, True, False]
    >>> [is_hidden(fromstring(f'<p style="{style}"/>')) for style in ("opacity:0.8", "position:absolute;left:-9999px", "font-size: 0")]
    [False, True, True]
    """
    return element.get("hidden") is not None or element.tag == "template" or bool(_NOT_SHOWN.search(element.get("style") or ""))


def is_struck(element: Any) -> bool:
    """Whether an element of a tree of lxml says of itself that it is struck out.

    >>> from xml.etree.ElementTree import fromstring
    >>> [is_struck(fromstring(text)) for text in ("<del/>", '<b style="text-decoration: line-through"/>', "<b/>")]
    [True, True, False]
    """
    return element.tag in ("del", "s", "strike") or bool(_STRUCK.search(element.get("style") or ""))


def is_white(element: Any) -> bool:
    """Whether an element of a tree of lxml writes in white on what nothing around it says to be dark.

    >>> from lxml.html import fromstring
    >>> page = fromstring('<p><b style="color:#fff">a</b><i style="background:red"><b style="color: white">b</b></i></p>')
    >>> [is_white(bold) for bold in page.iter("b")]
    [True, False]
    """
    own = _COLOUR.search(element.get("style") or "")
    colour = own[1] if own else element.get("color") or ""
    if not _WHITE.fullmatch(colour.strip()):
        return False
    around = (element, *element.iterancestors())
    return not any(
        _BACKGROUND.search(e.get("style") or "") or e.get("bgcolor") or e.get("background") or e.get("class") for e in around
    )
