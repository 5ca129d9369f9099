"""Which elements of a web page a browser does not show, as far as they say so themselves."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["is_hidden"]

_NOT_SHOWN = re.compile(r"(?i)(?:display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}(?:hidden|collapse))")


def is_hidden(element: Any) -> bool:
    """Whether an element of a tree of lxml says of itself that it shall not be shown.

    >>> from xml.etree.ElementTree import fromstring
    >>> [is_hidden(fromstring(text)) for text in ('<tr hidden=""/>', '<td style="display: none"/>', "<td/>")]
    [True, True, False]
    """
    return element.get("hidden") is not None or element.tag == "template" or bool(_NOT_SHOWN.search(element.get("style") or ""))
