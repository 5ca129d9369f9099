"""Which elements of a web page a browser does not show, and which it shows struck out, as far as they say so themselves."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["is_hidden", "is_struck"]

_NOT_SHOWN = re.compile(r"(?i)(?:display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}(?:hidden|collapse))")

_STRUCK = re.compile(r"(?i)text-decoration(?:-line)?\s{0,3}:[^;]{0,80}line-through")


def is_hidden(element: Any) -> bool:
    """Whether an element of a tree of lxml says of itself that it shall not be shown.

    >>> from xml.etree.ElementTree import fromstring
    >>> [is_hidden(fromstring(text)) for text in ('<tr hidden=""/>', '<td style="display: none"/>', "<td/>")]
    [True, True, False]
    """
    return element.get("hidden") is not None or element.tag == "template" or bool(_NOT_SHOWN.search(element.get("style") or ""))


def is_struck(element: Any) -> bool:
    """Whether an element of a tree of lxml says of itself that it is struck out.

    >>> from xml.etree.ElementTree import fromstring
    >>> [is_struck(fromstring(text)) for text in ("<del/>", '<b style="text-decoration: line-through"/>', "<b/>")]
    [True, True, False]
    """
    return element.tag in ("del", "s", "strike") or bool(_STRUCK.search(element.get("style") or ""))
